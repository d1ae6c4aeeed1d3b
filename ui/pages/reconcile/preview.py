"""A statement file before it is taken in: what it holds, whether it adds up, who sent it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.errors import KnownError
from core.model.reconciliations import StatementProvider
from core.services.statement_desk import ImportStatement
from core.statements.statement import StatementFile, StatementLine
from ui.badges import badge_for
from ui.models.columns import amount_column
from ui.models.rows import RowsModel
from ui.models.table import Column
from ui.pages.reconcile.keys import bind_keys
from ui.pages.reconcile.reading import ReadFile, controls, facts, likely_provider
from ui.pages.reconcile.words import filled, number
from ui.theme import gap, set_look
from ui.widgets.basics import Card, PlainLabel, SelectableLabel, splitter
from ui.widgets.buttons import BusyButton, button
from ui.widgets.data_table import DataTable
from ui.widgets.facts import KeyValueList
from ui.widgets.messages import InlineMessage
from ui.widgets.progress_line import ProgressLine

SHOWN_LINES = 50
_SHOWN_PROBLEMS = 30


class PreviewPanel(QWidget):
    """Shows a file that was read; nothing is stored before Import.

    Signals:
        import_wanted(command): an ``ImportStatement``; the panel is busy until ``stop``.
        profile_chosen(name): read the file again by this saved profile, "" by itself.
        mapping_wanted: open the mapping of columns.
        left: the person does not want this file.
        cancelled: stop what is being done.
    """

    import_wanted = Signal(object)
    profile_chosen = Signal(str)
    mapping_wanted = Signal()
    left = Signal()
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read: ReadFile | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 1.4))
        self.title = PlainLabel(look="title", wrap=True)
        column.addWidget(self.title)
        self.message = InlineMessage()
        column.addWidget(self.message)
        self.progress = ProgressLine()
        self.progress.cancelled.connect(self.cancelled)
        column.addWidget(self.progress)
        self.lines_model: RowsModel[StatementLine] = RowsModel(
            self._columns(), row_id=id, parent=self
        )
        self.table = DataTable(self.lines_model, self.tr("First lines of the file"))
        self.split = splitter(self._make_facts(), self._make_lines(), shares=(2, 3))
        column.addWidget(self.split, 1)
        column.addLayout(self._make_buttons())

    @property
    def read(self) -> ReadFile | None:
        """The file shown."""
        return self._read

    @property
    def is_busy(self) -> bool:
        """Tell whether the file is being taken in."""
        return self.import_button.is_busy

    @property
    def provider(self) -> StatementProvider:
        """Who sent the statement, as chosen."""
        return StatementProvider(self.provider_choice.currentData())

    def show_file(self, read: ReadFile, *, keep_provider: bool = False) -> None:
        """Show a file; ``keep_provider`` where only its columns were read anew."""
        self._read = read
        self.title.setText(read.path.name)
        self.message.clear()
        self._show_profiles(read)
        if not keep_provider:
            place = self.provider_choice.findData(likely_provider(read).value)
            self.provider_choice.setCurrentIndex(place)
        if read.refusal:
            self.message.show_message(read.refusal, level="warning")
        self._show_content(read.file)
        self.map_button.setVisible(True)
        target = self.import_button if read.file is not None else self.map_button
        target.setFocus()

    def stop(self) -> None:
        """Take the busy state away."""
        self.import_button.finish()
        self.progress.stop()
        self.split.setEnabled(True)

    def show_error(self, error: KnownError) -> None:
        """Say why the file was not taken in; everything chosen stays."""
        self.message.show_error(error)

    def _columns(self) -> tuple[Column[StatementLine], ...]:
        return (
            Column("line", self.tr("Line"), lambda row: str(row.line), width=5),
            Column("date", self.tr("Date"), lambda row: str(row.date), width=10),
            amount_column(
                "amount",
                self.tr("Amount"),
                lambda row: row.amount_minor,
                currency=lambda row: row.currency,
                tone=lambda row: "danger" if row.amount_minor < 0 else None,
                width=12,
            ),
            Column(
                "text",
                self.tr("Text"),
                lambda row: row.description or row.counterparty,
                tool_tip=lambda row: row.description,
                width=34,
            ),
            Column(
                "reference",
                self.tr("Reference"),
                lambda row: row.transaction_id or row.reference,
                width=18,
            ),
        )

    def _make_facts(self) -> QWidget:
        card = Card()
        form = QFormLayout()
        form.setHorizontalSpacing(gap(self, 2))
        form.setVerticalSpacing(gap(self))
        self.provider_choice = QComboBox()
        for provider in (StatementProvider.MTN, StatementProvider.AIRTEL, StatementProvider.BANK):
            self.provider_choice.addItem(badge_for("method", provider).text, provider.value)
        self.profile_choice = QComboBox()
        self.profile_choice.activated.connect(self._on_profile_chosen)
        for label, field in (
            (self.tr("&From"), self.provider_choice),
            (self.tr("&Columns"), self.profile_choice),
        ):
            text = PlainLabel(label)
            text.setBuddy(field)
            field.setAccessibleName(label.replace("&", ""))
            form.addRow(text, field)
        card.body.addLayout(form)
        self.facts = KeyValueList()
        card.body.addWidget(self.facts)
        self.balance = SelectableLabel()
        card.body.addWidget(self.balance)
        self.problems = InlineMessage()
        card.body.addWidget(self.problems)
        card.body.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(card)
        return area

    def _make_lines(self) -> QWidget:
        pane = QWidget()
        column = QVBoxLayout(pane)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 0.6))
        self.lines_heading = PlainLabel(look="muted")
        column.addWidget(self.lines_heading)
        column.addWidget(self.table, 1)
        return pane

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(gap(self))
        self.leave_button = button(self.tr("Cancel (Esc)"))
        self.leave_button.clicked.connect(self.left)
        self.map_button = button(self.tr("Map columns… (Ctrl+M)"), icon_name="columns")
        self.map_button.clicked.connect(self.mapping_wanted)
        self.import_button = BusyButton(self.tr("Import"), busy_text=self.tr("Importing…"))
        self.import_button.clicked.connect(self._on_import)
        row.addWidget(self.leave_button)
        row.addStretch(1)
        row.addWidget(self.map_button)
        row.addWidget(self.import_button)
        bind_keys(
            self,
            {"Ctrl+M": self.map_button.click, "Return": self._on_enter, "Enter": self._on_enter},
        )
        return row

    def _show_profiles(self, read: ReadFile) -> None:
        self.profile_choice.clear()
        self.profile_choice.addItem(self.tr("Found by itself"), "")
        for name in read.profiles:
            self.profile_choice.addItem(name, name)
        place = self.profile_choice.findData(read.profile_name)
        self.profile_choice.setCurrentIndex(max(0, place))

    def _show_content(self, file: StatementFile | None) -> None:
        lines = file.lines if file is not None else ()
        self.lines_model.show_rows(lines[:SHOWN_LINES])
        told = self.tr("First %1 of %2 lines") if len(lines) > SHOWN_LINES else self.tr("%2 lines")
        self.lines_heading.setText(filled(told, number(SHOWN_LINES), number(len(lines))))
        self.facts.set_facts(facts(file) if file is not None else [])
        self._show_controls(file)
        self._show_problems(file)
        self.import_button.setText(
            filled(self.tr("Import %1 lines (Enter)"), number(len(lines)))
            if lines
            else self.tr("Import (Enter)")
        )
        self.import_button.setEnabled(bool(lines))
        if file is not None and not lines:
            self.message.show_message(self.tr("The file holds no lines."), level="warning")

    def _show_controls(self, file: StatementFile | None) -> None:
        found = controls(file) if file is not None else ()
        self.balance.setText("\n".join(control.text for control in found))
        looks = {control.holds for control in found}
        look = "wrong" if False in looks else "good" if True in looks else "muted"
        set_look(self.balance, look=look)
        self.balance.setVisible(bool(found))

    def _show_problems(self, file: StatementFile | None) -> None:
        problems = file.problems if file is not None else ()
        if not problems:
            self.problems.clear()
            return
        told = [problem.message for problem in problems[:_SHOWN_PROBLEMS]]
        if len(problems) > _SHOWN_PROBLEMS:
            told.append(filled(self.tr("and %1 more"), number(len(problems) - _SHOWN_PROBLEMS)))
        self.problems.show_message("\n".join(told), level="warning")

    def _on_profile_chosen(self, place: int) -> None:
        self.profile_chosen.emit(str(self.profile_choice.itemData(place)))

    def _on_enter(self) -> None:
        focused = self.focusWidget()
        pressed = focused if isinstance(focused, QPushButton) else self.import_button
        if pressed.isEnabled():
            pressed.click()

    def _on_import(self) -> None:
        read = self._read
        if read is None or read.file is None:
            self.import_button.finish()
            return
        self.message.clear()
        self.split.setEnabled(False)
        currency = read.file.statements[0].currency if read.file.statements else "RWF"
        self.import_wanted.emit(
            ImportStatement(read.path, self.provider, read.profile_name, currency)
        )
