"""What was learned from the clerks' decisions, to be looked at and forgotten."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QTabBar, QVBoxLayout, QWidget

from core.errors import KnownError
from core.services.learning.rows import Forgotten, LessonKind, LessonRow
from ui.context import PageContext
from ui.models.columns import badge_column, time_column
from ui.models.rows import RowsModel
from ui.models.table import Column, ColumnKind
from ui.pages.reconcile.learned_words import meaning, shown
from ui.pages.reconcile.words import filled, number
from ui.theme import gap
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import button
from ui.widgets.data_table import DataTable
from ui.widgets.inputs import SearchField
from ui.widgets.messages import InlineMessage

_KINDS = tuple(LessonKind)


class LearnedDialog(QDialog):
    """One tab for each kind of lesson; Delete forgets, Ctrl+Z takes that back."""

    def __init__(self, context: PageContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._rows: tuple[LessonRow, ...] = ()
        self._has_shown = False
        self._removals: list[Forgotten] = []
        self.setWindowTitle(self.tr("What was learned"))
        self.setModal(True)
        column = QVBoxLayout(self)
        margin = gap(self, 2.5)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(gap(self, 1.4))
        column.addWidget(PlainLabel(self.tr("What was learned from your decisions"), look="title"))
        column.addWidget(
            PlainLabel(
                self.tr(
                    "It only suggests: nothing is matched or set aside by it alone. What is"
                    " forgotten suggests no more; what was decided stays as it is, and later"
                    " decisions teach anew."
                ),
                look="muted",
                wrap=True,
            )
        )
        self.message = InlineMessage()
        column.addWidget(self.message)
        self.search = SearchField(self.tr("Search payer, wording, reason"))
        self.search.search_changed.connect(self._ask)
        column.addWidget(self.search)
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(self.tr("Kinds of lessons"))
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        for _ in _KINDS:
            self.tabs.addTab("")
        self.tabs.currentChanged.connect(self._show_kind)
        column.addWidget(self.tabs)
        self.model: RowsModel[LessonRow] = RowsModel(
            self._columns(), row_id=lambda row: (row.ref.kind, row.ref.key), parent=self
        )
        self.table = DataTable(self.model, self.tr("Lessons"))
        self.table.selection_changed.connect(self._show_buttons)
        column.addWidget(self.table, 1)
        self.empty = PlainLabel("", look="muted", wrap=True)
        column.addWidget(self.empty)
        column.addStretch(0)
        column.addLayout(self._make_buttons())
        self._bind_keys()
        metrics = self.fontMetrics()
        self.resize(metrics.averageCharWidth() * 140, metrics.height() * 28)
        self._show(())
        self._ask()

    def forget(self) -> None:
        """Forget the selected lessons."""
        app, actor = self._context.app, self._context.actor
        refs = [row.ref for row in self.table.selected_rows()]
        if not refs:
            return
        self.message.clear()
        self._context.tasks.operation(
            self,
            lambda: app.learning.forget(actor, refs),
            on_success=self._on_forgotten,
            on_known_error=self._on_refused,
        )

    def take_back(self) -> None:
        """Put back what was forgotten last."""
        app, actor = self._context.app, self._context.actor
        if not self._removals:
            return
        forgotten = self._removals.pop()
        self._show_buttons()
        self._context.tasks.operation(
            self,
            lambda: app.learning.restore(actor, forgotten),
            on_success=lambda _: self._on_put_back(),
            on_known_error=self._on_refused,
        )

    def _ask(self, _: str = "") -> None:
        app, actor, text = self._context.app, self._context.actor, self.search.text()
        self._context.tasks.query(
            self,
            lambda: app.learning.lessons(actor, search=text),
            on_success=self._show,
            on_known_error=self.message.show_error,
        )

    def _on_forgotten(self, forgotten: Forgotten) -> None:
        if forgotten.number:
            self._removals.append(forgotten)
            self.message.show_message(self.tr("Forgotten. Ctrl+Z takes it back."), level="success")
        self._ask()

    def _on_put_back(self) -> None:
        self.message.show_message(self.tr("It counts again."), level="success")
        self._ask()

    def _on_refused(self, error: KnownError) -> None:
        self.message.show_error(error)
        self._ask()

    def _show(self, rows: tuple[LessonRow, ...]) -> None:
        self._rows = rows
        titles = {
            LessonKind.PAYER: self.tr("Payers"),
            LessonKind.WORDING: self.tr("Set aside"),
            LessonKind.FEE: self.tr("Fees"),
            LessonKind.DECLINED: self.tr("Declined"),
        }
        for place, kind in enumerate(_KINDS):
            count = sum(row.ref.kind is kind for row in rows)
            self.tabs.setTabText(place, f"{titles[kind]} {number(count)}")
            self.tabs.setTabToolTip(place, f"Ctrl+{place + 1}")
        if rows and not self._has_shown:
            self._has_shown = True
            self.tabs.setCurrentIndex(_KINDS.index(rows[0].ref.kind))
            self.table.setFocus()
        self._show_kind()

    def _show_kind(self, _: int = 0) -> None:
        kind = _KINDS[self.tabs.currentIndex()]
        rows = tuple(row for row in self._rows if row.ref.kind is kind)
        self.model.show_rows(rows)
        self.table.setVisible(bool(rows))
        self.empty.setText(self._nothing(kind))
        self.empty.setVisible(not rows)
        if rows and not self.table.selected_rows():
            self.table.selectRow(0)
            if not self.search.hasFocus():
                self.table.setFocus()
        self._show_buttons()

    def _nothing(self, kind: LessonKind) -> str:
        if self.search.text().strip():
            return self.tr("Nothing of this kind holds what was searched for.")
        return {
            LessonKind.PAYER: self.tr(
                "No payer yet: one is learned when a line is matched with another than it names."
            ),
            LessonKind.WORDING: self.tr(
                "No wording yet: one is learned when a line is set aside with a reason."
            ),
            LessonKind.FEE: self.tr(
                "No fee yet: a rule needs at least three confirmed payments that all agree with it."
            ),
            LessonKind.DECLINED: self.tr("Nothing was declined on the statements still open."),
        }[kind]

    def _show_buttons(self) -> None:
        self.forget_button.setEnabled(bool(self.table.selected_rows()))
        self.undo_button.setEnabled(bool(self._removals))

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(gap(self))
        self.forget_button = button(self.tr("Forget (Del)"), icon_name="trash")
        self.forget_button.clicked.connect(self.forget)
        self.undo_button = button(self.tr("Undo (Ctrl+Z)"), icon_name="undo")
        self.undo_button.clicked.connect(self.take_back)
        self.close_button = button(self.tr("Close (Esc)"), kind="primary")
        self.close_button.setAutoDefault(False)
        self.close_button.clicked.connect(self.reject)
        row.addWidget(self.forget_button)
        row.addWidget(self.undo_button)
        row.addStretch(1)
        row.addWidget(self.close_button)
        return row

    def _bind_keys(self) -> None:
        keys = {"Del": self.forget_button.click, "Ctrl+Z": self.undo_button.click}
        for key, act in keys.items():
            QShortcut(QKeySequence(key), self).activated.connect(act)
        for place in range(len(_KINDS)):
            shortcut = QShortcut(QKeySequence(f"Ctrl+{place + 1}"), self)
            shortcut.activated.connect(lambda place=place: self.tabs.setCurrentIndex(place))

    def _columns(self) -> tuple[Column[LessonRow], ...]:
        return (
            Column("shown", self.tr("On a statement"), shown, tool_tip=shown, width=36),
            Column("meaning", self.tr("Means"), meaning, tool_tip=meaning, width=46),
            badge_column("provider", self.tr("From"), "method", lambda row: row.provider, width=7),
            Column(
                "times",
                self.tr("How often"),
                lambda row: filled("%1 ×", number(row.times)),
                ColumnKind.AMOUNT,
                width=10,
            ),
            Column("who", self.tr("Who"), lambda row: row.last_by, width=9),
            time_column("when", self.tr("When"), lambda row: row.last_at),
        )
