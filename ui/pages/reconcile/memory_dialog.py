"""What was answered about the accounts, to be looked at and forgotten."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from core.errors import KnownError
from core.services.statements.memory import RememberedAnswer
from ui.context import PageContext
from ui.models.columns import badge_column, time_column
from ui.models.rows import RowsModel
from ui.models.table import Column
from ui.pages.reconcile.reading import date_order_words
from ui.theme import gap
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import button
from ui.widgets.data_table import DataTable
from ui.widgets.messages import InlineMessage


class MemoryDialog(QDialog):
    """One row per account and layout; Delete forgets, and the next file is asked about again."""

    def __init__(self, context: PageContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.setWindowTitle(self.tr("What is remembered"))
        self.setModal(True)
        column = QVBoxLayout(self)
        margin = gap(self, 2.5)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(gap(self, 1.4))
        column.addWidget(PlainLabel(self.tr("What is remembered about accounts"), look="title"))
        self.explanation = PlainLabel(
            self.tr(
                "The next file of the same account and layout is read so, with no question. What"
                " is forgotten is asked again; statements already imported stay as they are."
            ),
            look="muted",
            wrap=True,
        )
        column.addWidget(self.explanation)
        self.message = InlineMessage()
        column.addWidget(self.message)
        self.model: RowsModel[RememberedAnswer] = RowsModel(
            self._columns(), row_id=lambda row: row.answer_id, parent=self
        )
        self.table = DataTable(self.model, self.tr("Remembered answers"))
        self.table.selection_changed.connect(self._show_buttons)
        column.addWidget(self.table, 1)
        self.empty = PlainLabel(
            self.tr("Nothing is remembered yet: it comes with the first import."), look="muted"
        )
        column.addWidget(self.empty)
        row = QHBoxLayout()
        row.setSpacing(gap(self))
        self.forget_button = button(self.tr("Forget (Del)"), icon_name="trash")
        self.forget_button.clicked.connect(self.forget)
        self.close_button = button(self.tr("Close (Esc)"), kind="primary")
        self.close_button.clicked.connect(self.reject)
        row.addWidget(self.forget_button)
        row.addStretch(1)
        row.addWidget(self.close_button)
        column.addLayout(row)
        QShortcut(QKeySequence("Del"), self).activated.connect(self._on_delete)
        metrics = self.fontMetrics()
        self.resize(metrics.averageCharWidth() * 140, metrics.height() * 26)
        self._show(())
        self._ask()

    def forget(self) -> None:
        """Forget the selected answers."""
        app, actor = self._context.app, self._context.actor
        ids = [row.answer_id for row in self.table.selected_rows()]
        if not ids:
            return

        def work() -> tuple[RememberedAnswer, ...]:
            for answer_id in ids:
                app.statements.forget(actor, answer_id)
            return app.statements.remembered(actor)

        self.message.clear()
        self._context.tasks.operation(
            self, work, on_success=self._show, on_known_error=self._on_refused
        )

    def _ask(self) -> None:
        app, actor = self._context.app, self._context.actor
        self._context.tasks.query(
            self,
            lambda: app.statements.remembered(actor),
            on_success=self._show,
            on_known_error=self.message.show_error,
        )

    def _on_refused(self, error: KnownError) -> None:
        self.message.show_error(error)
        self._ask()

    def _show(self, rows: tuple[RememberedAnswer, ...]) -> None:
        self.model.show_rows(rows)
        self.table.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        if rows and not self.table.selected_rows():
            self.table.selectRow(0)
            self.table.setFocus()
        self._show_buttons()

    def _show_buttons(self) -> None:
        self.forget_button.setEnabled(bool(self.table.selected_rows()))

    def _on_delete(self) -> None:
        if self.forget_button.isEnabled():
            self.forget_button.click()

    def _columns(self) -> tuple[Column[RememberedAnswer], ...]:
        return (
            Column(
                "account",
                self.tr("Account"),
                lambda row: row.account or "–",
                tool_tip=lambda row: row.account,
                width=24,
            ),
            badge_column("provider", self.tr("From"), "method", lambda row: row.provider, width=6),
            Column(
                "layout",
                self.tr("Layout"),
                lambda row: row.layout_words,
                tool_tip=lambda row: row.layout_words,
                width=30,
            ),
            Column(
                "profile",
                self.tr("Columns"),
                lambda row: row.profile_name or self.tr("Found by itself"),
                width=18,
            ),
            Column(
                "dates",
                self.tr("Dates"),
                lambda row: (
                    date_order_words(row.date_order)
                    if row.date_order
                    else self.tr("As the file shows")
                ),
                width=18,
            ),
            Column(
                "currency",
                self.tr("Currency"),
                lambda row: row.currency or self.tr("As the file says"),
                width=14,
            ),
            Column("who", self.tr("Who"), lambda row: row.answered_by, width=8),
            time_column("when", self.tr("When"), lambda row: row.answered_at),
        )
