"""What the program makes of a table under the choices of the moment, for a person to check."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from core.statements.profile import Role
from core.statements.sources import BalanceVerdict, Understanding
from core.statements.statement import StatementFile
from ui.pages.reconcile.mapping_profile import SIGN_WORDS
from ui.pages.reconcile.reading import controls, date_order_words, short_totals
from ui.pages.reconcile.words import filled, number, tr
from ui.theme import gap, set_look
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import button
from ui.widgets.flow import FlowLayout

translate = QCoreApplication.translate


def understood_texts(found: Understanding) -> tuple[tuple[str, bool | None], ...]:
    """Return one sentence per habit of the file; True is proved, None not certain, False wrong."""
    dates = filled(translate("Reconcile", "Dates: %1"), date_order_words(found.date_order))
    comma = translate("Reconcile", "comma")
    mark = comma if found.decimal_mark == "," else translate("Reconcile", "point")
    marks = filled(translate("Reconcile", "Decimal mark: %1"), mark)
    signs = filled(translate("Reconcile", "In and out: %1"), tr(str(SIGN_WORDS[found.sign_rule])))
    told = [
        _certain(dates, unsure=found.date_order_unsure),
        _certain(marks, unsure=found.decimal_mark_unsure),
        _certain(signs, unsure=found.sign_rule_unsure),
    ]
    if any(column.role is Role.FEE for column in found.columns):
        how = (
            translate("Reconcile", "Fees: besides the amounts")
            if found.fees_separate
            else translate("Reconcile", "Fees: within the amounts")
        )
        told.append((how, True))
    told.append(_balance(found))
    return tuple(told)


class UnderstandingBar(QWidget):
    """The file's habits as understood, then the control totals.

    Signals:
        row_wanted(row): show this row, numbered from 1 as a spreadsheet does.
    """

    row_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(gap(self, 0.4))
        self.habits = QWidget()
        self._flow = FlowLayout(self.habits, spacing=gap(self, 1.5))
        self._labels: list[PlainLabel] = []
        grid.addWidget(self.habits, 0, 0, 1, 2)
        self.totals = PlainLabel(look="muted", wrap=True)
        self.totals.setMinimumHeight(self.fontMetrics().height() * 2)
        grid.addWidget(self.totals, 1, 0)
        self.row_button = button("", kind="link")
        self.row_button.clicked.connect(self._on_row)
        grid.addWidget(self.row_button, 1, 1)
        grid.setColumnStretch(0, 1)
        self._row: int | None = None
        self._show_row(None)

    def tell(self, text: str, look: str) -> None:
        """Say something in the place of totals."""
        set_look(self.totals, look=look)
        self.totals.setText(text)
        self.totals.setToolTip("")
        self._show_row(None)

    def show_habits(self, found: Understanding | None) -> None:
        """Show what was understood of the file's habits."""
        texts = understood_texts(found) if found is not None else ()
        while len(self._labels) < len(texts):
            label = PlainLabel("", self.habits)
            self._labels.append(label)
            self._flow.addWidget(label)
        for place, label in enumerate(self._labels):
            label.setVisible(place < len(texts))
            if place < len(texts):
                text, is_certain = texts[place]
                label.setText(text)
                set_look(label, look={True: "good", None: "muted", False: "wrong"}[is_certain])

    def show_totals(self, file: StatementFile, found: Understanding | None) -> None:
        """Show the control totals of the whole file."""
        if not file.lines:
            self.tell(self.tr("By these choices the file holds no line."), "wrong")
            return
        checks = controls(file)
        holds = {each.holds for each in checks}
        self.tell(
            short_totals(file), "wrong" if False in holds else "good" if True in holds else "muted"
        )
        self.totals.setToolTip("\n".join(problem.message for problem in file.problems[:12]))
        breaks = [line for each in checks for line in each.breaks]
        if found is not None and found.breaks:
            breaks = list(found.breaks)
        if not breaks:
            breaks = [each.line for each in file.problems if each.line is not None]
        self._show_row(breaks[0] if breaks else None)

    def _show_row(self, row: int | None) -> None:
        self._row = row
        self.row_button.setVisible(row is not None)
        if row is not None:
            self.row_button.setText(filled(self.tr("Show row %1 (Ctrl+G)"), number(row)))

    def _on_row(self) -> None:
        if self._row is not None:
            self.row_wanted.emit(self._row)


def _certain(text: str, *, unsure: bool) -> tuple[str, bool | None]:
    if unsure:
        return filled(translate("Reconcile", "%1 (not certain)"), text), None
    return f"{text} ✓", True


def _balance(found: Understanding) -> tuple[str, bool | None]:
    match found.balance:
        case BalanceVerdict.FOLLOWS:
            return translate("Reconcile", "Running balance: follows ✓"), True
        case BalanceVerdict.BREAKS:
            row = number(found.breaks[0]) if found.breaks else "?"
            told = translate("Reconcile", "Running balance: breaks at row %1 ✗")
            return filled(told, row), False
        case BalanceVerdict.CONTRADICTS:
            return translate("Reconcile", "Running balance: contradicts the amounts ✗"), False
        case BalanceVerdict.ABSENT:
            return translate("Reconcile", "Running balance: none"), None
