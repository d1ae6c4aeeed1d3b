"""Saying by hand what the columns of an unknown table mean; remembered under a name."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from core.errors import InvalidInputError, KnownError
from core.statements.profile import Role, SignRule
from core.statements.reading import read_statement
from core.statements.sources import RawTable
from core.statements.statement import StatementFile
from ui.context import PageContext
from ui.pages.reconcile.mapping_profile import (
    ROLE_WORDS,
    SIGN_WORDS,
    ColumnChoices,
    guessed_choices,
    profile_of,
    what_is_missing,
)
from ui.pages.reconcile.mapping_table import MappingTable
from ui.pages.reconcile.reading import controls, short_totals
from ui.pages.reconcile.words import filled, tr
from ui.tasks import Progress, Task
from ui.theme import gap, set_look
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import BusyButton, button
from ui.widgets.inputs import CountEdit
from ui.widgets.messages import InlineMessage


class MappingDialog(QDialog):
    """Roles over the columns, the rules a file does not tell, and what comes of them at once.

    Signals:
        profile_saved(name): read the file by this profile now.
    """

    profile_saved = Signal(str)

    def __init__(
        self,
        context: PageContext,
        path: Path,
        table: RawTable,
        parent: QWidget,
        *,
        name: str = "",
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._path = path
        self._raw = table
        self._reading: Task[StatementFile] | None = None
        self.setWindowTitle(self.tr("Map columns"))
        self.setModal(True)
        column = QVBoxLayout(self)
        margin = gap(self, 2.5)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(gap(self, 1.4))
        column.addWidget(
            PlainLabel(filled(self.tr("What the columns of %1 mean"), path.name), look="title")
        )
        self.message = InlineMessage()
        column.addWidget(self.message)
        column.addLayout(self._make_rules())
        self.table = MappingTable(table)
        column.addWidget(self.table, 1)
        self.totals = PlainLabel(look="muted", wrap=True)
        self.totals.setMinimumHeight(self.fontMetrics().height() * 2)
        column.addWidget(self.totals)
        column.addLayout(self._make_foot(name))
        self._start(guessed_choices(table))
        metrics = self.fontMetrics()
        self.resize(metrics.averageCharWidth() * 150, metrics.height() * 38)

    @property
    def choices(self) -> ColumnChoices:
        """What is chosen now."""
        header = self.header_row.value()
        return ColumnChoices(
            self.table.roles,
            header - 1 if header else None,
            SignRule(self.sign_rule.currentData()),
            self.date_order.currentData(),
            self.decimal_mark.currentData(),
        )

    @property
    def has_changes(self) -> bool:
        """Tell whether closing would lose a mapping."""
        return self.isVisible() and self.choices != self._first_choices

    def save(self) -> None:
        """Remember the mapping and read the file by it."""
        app, actor = self._context.app, self._context.actor
        name = self.name.text().strip()
        profile = profile_of(self.choices, self._raw, name)
        self.save_button.start()
        self.message.clear()
        if not name:
            self._on_refused(
                InvalidInputError(self.tr("Give the mapping a name, such as the bank's."))
            )
            self.name.setFocus()
            return
        self._context.tasks.operation(
            self,
            lambda: app.statements.save_profile(actor, profile),
            on_success=lambda _none: self._on_saved(name),
            on_known_error=self._on_refused,
            on_finished=self.save_button.finish,
        )

    def done(self, result: int) -> None:
        """Let no reading go on for a closed dialog."""
        if self._reading is not None:
            self._reading.cancel()
        super().done(result)

    def _make_rules(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(gap(self, 1.5))
        grid.setVerticalSpacing(gap(self, 0.4))
        self.header_row = CountEdit(self.tr("Header in row"), most=len(self._raw.rows))
        self.header_row.setSpecialValueText(self.tr("none"))
        self.date_order = self._combo(
            ("", self.tr("Seen from the file")),
            ("dmy", self.tr("Day, month, year")),
            ("mdy", self.tr("Month, day, year")),
            ("ymd", self.tr("Year, month, day")),
        )
        self.decimal_mark = self._combo(
            ("", self.tr("Seen from the file")),
            (".", self.tr("Point: 1,500.00")),
            (",", self.tr("Comma: 1.500,00")),
        )
        self.sign_rule = self._combo(
            *((rule.value, tr(str(word))) for rule, word in SIGN_WORDS.items())
        )
        for place, (label, field) in enumerate(
            (
                (self.tr("&Header in row"), self.header_row),
                (self.tr("&Dates"), self.date_order),
                (self.tr("Decimal &mark"), self.decimal_mark),
                (self.tr("&In and out"), self.sign_rule),
            )
        ):
            text = PlainLabel(label, look="small")
            text.setBuddy(field)
            field.setAccessibleName(label.replace("&", ""))
            grid.addWidget(text, 0, place)
            grid.addWidget(field, 1, place)
            grid.setColumnStretch(place, 1)
        return grid

    def _make_foot(self, name: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(gap(self))
        label = PlainLabel(self.tr("Save &under"))
        self.name = QLineEdit(name)
        self.name.setPlaceholderText(self.tr("Name of the bank or layout"))
        self.name.setMaxLength(80)
        self.name.setAccessibleName(self.tr("Save under"))
        label.setBuddy(self.name)
        self.name.returnPressed.connect(self._on_enter)
        row.addWidget(label)
        row.addWidget(self.name, 1)
        self.cancel_button = button(self.tr("Cancel (Esc)"))
        self.cancel_button.clicked.connect(self.reject)
        self.save_button = BusyButton(self.tr("Save and use (Ctrl+Enter)"))
        self.save_button.clicked.connect(self.save)
        row.addWidget(self.cancel_button)
        row.addWidget(self.save_button)
        for key in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(key), self).activated.connect(self._on_enter)
        return row

    def _combo(self, *choices: tuple[str, str]) -> QComboBox:
        combo = QComboBox()
        for value, text in choices:
            combo.addItem(text, value)
        combo.activated.connect(lambda _place: self._read_again())
        return combo

    def _start(self, choices: ColumnChoices) -> None:
        header = choices.header_row
        self.header_row.setValue(0 if header is None else header + 1)
        self.table.set_roles(dict(choices.roles))
        for combo, value in (
            (self.date_order, choices.date_order),
            (self.decimal_mark, choices.decimal_mark),
            (self.sign_rule, choices.sign_rule.value),
        ):
            combo.setCurrentIndex(max(0, combo.findData(value)))
        self._first_choices = self.choices
        self.table.model.set_header_row(header)
        self.table.view.scrollTo(self.table.model.index(header or 0, 0))
        self.header_row.valueChanged.connect(self._on_header_row)
        self.table.roles_changed.connect(self._read_again)
        self._read_again()

    def _on_header_row(self, value: int) -> None:
        self.table.model.set_header_row(value - 1 if value else None)
        self._read_again()

    def _read_again(self) -> None:
        """Read the whole file by the choices off the GUI thread; only the latest answer counts."""
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        missing = what_is_missing(self.choices)
        self.save_button.setEnabled(not missing)
        if missing:
            words = ", ".join(tr(str(ROLE_WORDS[role])) for role in missing)
            told = self.tr("Still to be chosen above a column: %1")
            if Role.AMOUNT in missing:
                told = self.tr("Still to be chosen above a column: %1 (or money in and out)")
            self._tell(filled(told, words), "muted")
            return
        profile, path = profile_of(self.choices, self._raw, "·"), self._path
        self._tell(self.tr("Reading…"), "muted")

        def read(_progress: Progress) -> StatementFile:
            return read_statement(path, profile=profile)

        self._reading = self._context.tasks.slow(
            self, read, on_success=self._on_read, on_known_error=self._on_not_readable
        )

    def _on_read(self, file: StatementFile) -> None:
        found = {control.holds for control in controls(file)}
        if not file.lines:
            self._tell(self.tr("By these choices the file holds no line."), "wrong")
            return
        look = "wrong" if False in found else "good" if True in found else "muted"
        self._tell(short_totals(file), look)
        if file.problems:
            self.totals.setToolTip("\n".join(p.message for p in file.problems[:12]))

    def _on_not_readable(self, error: KnownError) -> None:
        self._tell(error.message, "wrong")

    def _tell(self, text: str, look: str) -> None:
        set_look(self.totals, look=look)
        self.totals.setText(text)
        self.totals.setToolTip("")

    def _on_enter(self) -> None:
        if self.save_button.isEnabled():
            self.save_button.click()

    def _on_saved(self, name: str) -> None:
        self.accept()
        self.profile_saved.emit(name)

    def _on_refused(self, error: KnownError) -> None:
        self.save_button.finish()
        self.message.show_error(error)
