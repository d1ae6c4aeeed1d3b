"""Saying by hand what the columns of an unknown table mean; remembered under a name."""

from __future__ import annotations

from dataclasses import dataclass

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
from core.money import DEFAULT_CURRENCY
from core.services.statements.looking import LookedInto
from core.statements.profile import ColumnProfile, Role, SignRule
from core.statements.sources import RawTable, Understanding
from core.statements.statement import StatementFile
from ui.context import PageContext
from ui.pages.reconcile.mapping_profile import (
    ROLE_WORDS,
    SIGN_WORDS,
    ColumnChoices,
    guessed_choices,
    preset_choices,
    profile_of,
    what_is_missing,
)
from ui.pages.reconcile.mapping_table import MappingTable
from ui.pages.reconcile.understanding import UnderstandingBar
from ui.pages.reconcile.words import filled, tr
from ui.tasks import Progress, Task
from ui.theme import gap
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import BusyButton, button
from ui.widgets.inputs import CountEdit
from ui.widgets.messages import InlineMessage


@dataclass(frozen=True, slots=True)
class _Understood:
    """What comes of the choices: the statements, and how each column was read."""

    file: StatementFile
    understanding: Understanding | None


class MappingDialog(QDialog):
    """Roles over the columns, the rules a file does not tell, and what comes of them at once.

    Signals:
        profile_saved(name): read the file by this profile now.
        half_made(choices): the dialog was left with choices that were not saved.
    """

    profile_saved = Signal(str)
    half_made = Signal(object)

    def __init__(
        self,
        context: PageContext,
        look: LookedInto,
        table: RawTable,
        parent: QWidget,
        *,
        half_made: ColumnChoices | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._look = look
        self._path = look.path
        self._raw = table
        self._reading: Task[_Understood] | None = None
        self.setWindowTitle(self.tr("Map columns"))
        self.setModal(True)
        column = QVBoxLayout(self)
        margin = gap(self, 2.5)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(gap(self, 1.4))
        column.addWidget(
            PlainLabel(filled(self.tr("What the columns of %1 mean"), look.path.name), look="title")
        )
        self.message = InlineMessage()
        column.addWidget(self.message)
        column.addLayout(self._make_rules())
        self.table = MappingTable(table)
        column.addWidget(self.table, 1)
        self.understanding = UnderstandingBar()
        self.understanding.row_wanted.connect(self.table.show_row)
        self.totals = self.understanding.totals
        column.addWidget(self.understanding)
        column.addLayout(self._make_foot(look.profile_name))
        self._start(guessed_choices(table), half_made)
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
        """Let no reading go on for a closed dialog, and keep a mapping that was not saved."""
        if self._reading is not None:
            self._reading.cancel()
        if result == QDialog.DialogCode.Rejected and self.has_changes:
            self.half_made.emit(self.choices)
        super().done(result)

    def _make_rules(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(gap(self, 1.5))
        grid.setVerticalSpacing(gap(self, 0.4))
        self.preset = self._make_preset()
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
                (self.tr("S&tart from"), self.preset),
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
        QShortcut(QKeySequence("Ctrl+G"), self).activated.connect(self._on_show_row)
        return row

    def _combo(self, *choices: tuple[str, str]) -> QComboBox:
        combo = QComboBox()
        for value, text in choices:
            combo.addItem(text, value)
        combo.activated.connect(lambda _place: self._read_again())
        return combo

    def _make_preset(self) -> QComboBox:
        """Return the choice of layouts to start from: the file's own, saved ones, built-in ones."""
        preset = QComboBox()
        preset.addItem(self.tr("Found by itself"), "")
        names = (*self._look.saved_profiles, *self._context.app.statements.builtin_profiles())
        for name in dict.fromkeys(names):
            preset.addItem(name, name)
        preset.activated.connect(self._on_preset)
        return preset

    def _on_preset(self, place: int) -> None:
        app, name = self._context.app, str(self.preset.itemData(place))
        if not name:
            self._show_choices(guessed_choices(self._raw))
            self._read_again()
            return
        self._context.tasks.query(
            self,
            lambda: app.statements.profile(name),
            on_success=self._on_preset_read,
            on_known_error=self.message.show_error,
            latest="preset",
        )

    def _on_preset_read(self, profile: ColumnProfile) -> None:
        choices = preset_choices(self._raw, profile)
        if choices is None:
            told = self.tr("This file does not have the columns of “%1”; nothing was changed.")
            self.message.show_message(filled(told, profile.name), level="warning")
            self.preset.setCurrentIndex(0)
            return
        self.message.clear()
        self._show_choices(choices)
        self._read_again()

    def _start(self, choices: ColumnChoices, half_made: ColumnChoices | None) -> None:
        self._show_choices(choices)
        self._first_choices = self.choices
        if half_made is not None:
            self._show_choices(half_made)
            told = self.tr("Your choices of before are still here.")
            self.message.show_message(told, level="info")
        self.header_row.valueChanged.connect(self._on_header_row)
        self.table.roles_changed.connect(self._read_again)
        self._read_again()

    def _show_choices(self, choices: ColumnChoices) -> None:
        header = choices.header_row
        self.header_row.setValue(0 if header is None else header + 1)
        self.table.set_roles(dict(choices.roles))
        for combo, value in (
            (self.date_order, choices.date_order),
            (self.decimal_mark, choices.decimal_mark),
            (self.sign_rule, choices.sign_rule.value),
        ):
            combo.setCurrentIndex(max(0, combo.findData(value)))
        self.table.model.set_header_row(header)
        self.table.view.scrollTo(self.table.model.index(header or 0, 0))

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
            self.understanding.tell(filled(told, words), "muted")
            return
        profile, path = profile_of(self.choices, self._raw, "·"), self._path
        app, currency = self._context.app, self._look.currency or DEFAULT_CURRENCY
        self.understanding.tell(self.tr("Reading…"), "muted")

        def read(progress: Progress) -> _Understood:
            table = app.statements.table(path, profile, watch=progress)
            file = app.statements.read(path, profile=profile, currency=currency, watch=progress)
            return _Understood(file, table.understanding)

        self._reading = self._context.tasks.slow(
            self, read, on_success=self._on_read, on_known_error=self._on_not_readable
        )

    def _on_read(self, understood: _Understood) -> None:
        self._reading = None
        self.table.show_understanding(understood.understanding)
        self.understanding.show_habits(understood.understanding)
        self.understanding.show_totals(understood.file, understood.understanding)

    def _on_not_readable(self, error: KnownError) -> None:
        self._reading = None
        self.table.show_understanding(None)
        self.understanding.show_habits(None)
        self.understanding.tell(error.message, "wrong")

    def _on_enter(self) -> None:
        if self.save_button.isEnabled():
            self.save_button.click()

    def _on_show_row(self) -> None:
        if self.understanding.row_button.isVisible():
            self.understanding.row_button.click()

    def _on_saved(self, name: str) -> None:
        self.accept()
        self.profile_saved.emit(name)

    def _on_refused(self, error: KnownError) -> None:
        self.save_button.finish()
        self.message.show_error(error)
