"""Sale lines: what was sold, how many, at which price; their sum is the amount."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from core.model.customers import TaxClass
from core.money import VAT_RATE_PERCENT
from core.services.payments.rules import SaleLine
from ui.theme import gap
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import IconButton, button
from ui.widgets.inputs import AmountEdit, CountEdit

MOST_PIECES = 9_999


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A sale line as typed; the tax class is its letter."""

    description: str = ""
    quantity: str = "1"
    unit_price: str = ""
    tax_class: str = ""


def tax_word(tax_class: TaxClass) -> str:
    """Return a tax class with its letter, as people choose it."""
    word = {
        TaxClass.STANDARD: QCoreApplication.translate("SaleLinesEditor", "VAT %1 %"),
        TaxClass.EXEMPT: QCoreApplication.translate("SaleLinesEditor", "exempt"),
        TaxClass.ZERO_RATED: QCoreApplication.translate("SaleLinesEditor", "zero-rated"),
        TaxClass.NOT_TAXED: QCoreApplication.translate("SaleLinesEditor", "outside VAT"),
    }[tax_class]
    return f"{tax_class} · {word.replace('%1', str(VAT_RATE_PERCENT))}"


class SaleLinesEditor(QWidget):
    """A short grid of lines; without lines it takes no room but its button.

    ``with_tax`` lets the tax class of each line be chosen; else all carry the standard rate.

    Signals:
        changed: something was typed, added or taken away.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None, *, with_tax: bool = False) -> None:
        super().__init__(parent)
        self._with_tax = with_tax
        self._rows: list[_LineRow] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 0.6))
        self._head = QWidget()
        self._grid = QGridLayout(self._head)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(gap(self))
        self._grid.setVerticalSpacing(gap(self, 0.5))
        self._grid.setColumnStretch(0, 1)
        titles = [self.tr("What is sold"), self.tr("How many"), self.tr("Price of one")]
        if with_tax:
            titles.append(self.tr("Tax"))
        for place, title in enumerate(titles):
            self._grid.addWidget(PlainLabel(title, look="small"), 0, place)
        column.addWidget(self._head)
        self.add_button = button(self.tr("+ Add a sale line (Ctrl+L)"), kind="link")
        # A button's own shortcut waits a tenth of a second, in which keys go to the field before.
        QShortcut(QKeySequence("Ctrl+L"), self).activated.connect(self.add_button.click)
        self.add_button.clicked.connect(self._on_add)
        column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._show_head()

    @property
    def is_empty(self) -> bool:
        """Tell whether there are no lines."""
        return not self._rows

    @property
    def total_minor(self) -> int | None:
        """The sum of the lines, or None while a line is unfinished."""
        lines = self.lines()
        if lines is None or not lines:
            return None
        return sum(line.quantity * line.unit_price_minor for line in lines)

    def lines(self) -> tuple[SaleLine, ...] | None:
        """Return the lines, or None while one of them is unfinished."""
        made = [row.line() for row in self._rows]
        finished = tuple(line for line in made if line is not None)
        return finished if len(finished) == len(made) else None

    def drafts(self) -> tuple[LineDraft, ...]:
        """Return the lines as typed."""
        return tuple(row.draft() for row in self._rows)

    def set_drafts(self, drafts: tuple[LineDraft, ...]) -> None:
        """Show other lines."""
        while self._rows:
            self._take_away(self._rows[-1])
        for draft in drafts:
            self._add(draft)
        self._show_head()

    def fields(self) -> list[QLineEdit]:
        """Return the fields that a scanner may type into by mistake."""
        return [field for row in self._rows for field in (row.what, row.price.edit)]

    def _add(self, draft: LineDraft) -> _LineRow:
        row = _LineRow(draft, self, with_tax=self._with_tax)
        place = self._grid.rowCount()
        for column, widget in enumerate(row.widgets):
            self._grid.addWidget(widget, place, column)
        row.tax.currentIndexChanged.connect(self.changed)
        row.what.textChanged.connect(self.changed)
        row.count.valueChanged.connect(self.changed)
        row.price.amount_changed.connect(self.changed)
        row.remove.clicked.connect(lambda: self._on_remove(row))
        self._rows.append(row)
        return row

    def _take_away(self, row: _LineRow) -> None:
        self._rows.remove(row)
        for widget in row.widgets:
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        row.deleteLater()

    def _on_add(self) -> None:
        row = self._add(LineDraft())
        self._show_head()
        row.what.setFocus()
        self.changed.emit()

    def _on_remove(self, row: _LineRow) -> None:
        self._take_away(row)
        self._show_head()
        self.add_button.setFocus()
        self.changed.emit()

    def _show_head(self) -> None:
        self._head.setVisible(bool(self._rows))


class _LineRow(QObject):
    """The widgets of one line."""

    def __init__(self, draft: LineDraft, parent: QWidget, *, with_tax: bool) -> None:
        super().__init__(parent)
        self.what = QLineEdit(draft.description)
        self.what.setAccessibleName(self.tr("What is sold"))
        self.count = CountEdit(self.tr("How many"), least=1, most=MOST_PIECES)
        self.count.setValue(int(draft.quantity) if draft.quantity.isdecimal() else 1)
        self.price = AmountEdit(self.tr("Price of one"))
        self.price.echo.hide()
        self.price.edit.setText(draft.unit_price)
        self.tax = QComboBox(parent)
        self.tax.setAccessibleName(self.tr("Tax"))
        for each in (TaxClass.STANDARD, *(kind for kind in TaxClass if kind != "B")):
            self.tax.addItem(tax_word(each), each.value)
        self.tax.setCurrentIndex(max(0, self.tax.findData(draft.tax_class)))
        self.tax.setVisible(with_tax)
        if with_tax:
            self.price.setMaximumWidth(self.price.fontMetrics().averageCharWidth() * 20)
        self.what.setCursorPosition(0)
        self.remove = IconButton("trash", self.tr("Take this line away"))
        taxes = (self.tax,) if with_tax else ()
        self.widgets: tuple[QWidget, ...] = (
            self.what, self.count, self.price, *taxes, self.remove,
        )  # fmt: skip

    def line(self) -> SaleLine | None:
        what, price_minor = self.what.text().strip(), self.price.amount_minor
        if not what or price_minor is None:
            return None
        tax_class = TaxClass(self.tax.currentData())
        return SaleLine(what, self.count.value(), price_minor, tax_class)

    def draft(self) -> LineDraft:
        return LineDraft(
            self.what.text(),
            str(self.count.value()),
            self.price.edit.text(),
            self.tax.currentData(),
        )
