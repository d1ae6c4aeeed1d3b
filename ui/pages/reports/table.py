"""A report's rows as a table with its totals below, always in sight."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from core.money import major
from core.phones import phone_display
from core.services.reports.contract import (
    ColumnKind,
    ReportColumn,
    ReportRow,
)
from ui.badges import Badge, badge_for
from ui.models.rows import RowsModel
from ui.models.table import Column
from ui.models.table import ColumnKind as PaintedAs
from ui.pages.reports.words import figure_text, translate
from ui.theme import row_height
from ui.widgets.data_table import DataTable

_BADGES = {ColumnKind.METHOD: "method", ColumnKind.PAYMENT_STATUS: "status"}
_FIGURES = frozenset(
    {ColumnKind.AMOUNT, ColumnKind.COUNT, ColumnKind.SHARE, ColumnKind.DURATION_MS}
)
_COPIED_AS_KEPT = frozenset({ColumnKind.COUNT, ColumnKind.DURATION_MS, *_BADGES})
_WIDTHS = {
    ColumnKind.TEXT: 10,
    ColumnKind.METHOD: 12,
    ColumnKind.PAYMENT_STATUS: 13,
    ColumnKind.AMOUNT: 14,
    ColumnKind.COUNT: 10,
    ColumnKind.SHARE: 10,
    ColumnKind.DURATION_MS: 11,
    ColumnKind.DAY: 12,
    ColumnKind.MOMENT: 17,
}

_WIDEST_TEXT = 40
_MEASURED_ROWS = 200
_ROWS_MADE_AT_ONCE = 200
_MOST_ROWS_WHOLE = 60
_FEWEST_ROWS = 5


def table_columns(
    columns: Sequence[ReportColumn],
    rows: Sequence[ReportRow] = (),
    *,
    with_currency: bool = False,
    of_totals: bool = False,
) -> tuple[Column[ReportRow], ...]:
    """Return the columns as tables paint them, those of texts as wide as ``rows`` need.

    ``with_currency`` adds one for the currency of the amounts; ``of_totals`` says "Total" where a
    row of totals has no name of its own.
    """
    made = [_column(place, column, rows) for place, column in enumerate(columns)]
    if of_totals and made:
        first, total = made[0], translate("Reports", "Total")
        made[0] = replace(first, text=lambda row: first.text(row) or total)
    if with_currency:
        made.append(
            Column("currency", translate("Reports", "Currency"), lambda row: row.currency, width=9)
        )
    return tuple(made)


def _column(place: int, column: ReportColumn, rows: Sequence[ReportRow]) -> Column[ReportRow]:
    kind = column.kind

    def text(row: ReportRow) -> str:
        cell = row.cells[place]
        if column.key == "phone" and isinstance(cell, str):
            return phone_display(cell)
        return figure_text(kind, cell, row.currency)

    def copied(row: ReportRow) -> str:
        cell = row.cells[place]
        if kind is ColumnKind.AMOUNT and isinstance(cell, int):
            return major(cell, row.currency or "RWF")
        if kind in _COPIED_AS_KEPT:
            return "" if cell is None else str(cell)
        return text(row)

    def badge(row: ReportRow) -> Badge | None:
        cell = row.cells[place]
        return badge_for(_BADGES[kind], cell) if isinstance(cell, str) and cell else None

    painted = PaintedAs.TEXT
    if kind in _BADGES:
        painted = PaintedAs.BADGE
    elif kind in _FIGURES:
        painted = PaintedAs.AMOUNT
    return Column(
        column.key,
        column.title,
        text,
        painted,
        copy=copied,
        badge=badge if kind in _BADGES else None,
        tool_tip=text if kind is ColumnKind.TEXT else None,
        width=max(_WIDTHS[kind], len(column.title) + 2, _longest(place, column, rows)),
    )


def _longest(place: int, column: ReportColumn, rows: Sequence[ReportRow]) -> int:
    """Return how many characters the texts of a column need, within reason."""
    if column.kind is not ColumnKind.TEXT:
        return 0
    texts = (figure_text(column.kind, row.cells[place]) for row in rows[:_MEASURED_ROWS])
    return min(_WIDEST_TEXT, max(map(len, texts), default=0))


class _TotalsTable(DataTable[ReportRow]):
    """The rows under the rows: no header of its own, widths and place of the table above."""

    def __init__(self, model: RowsModel[ReportRow], name: str, above: DataTable[ReportRow]) -> None:
        super().__init__(model, name)
        self._above = above
        self.horizontalHeader().hide()
        self.setAlternatingRowColors(False)
        font = self.font()
        font.setBold(True)
        self.setFont(font)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = above.horizontalHeader()
        header.sectionResized.connect(lambda place, _old, new: self.setColumnWidth(place, new))
        header.sectionMoved.connect(
            lambda _place, old, new: self.horizontalHeader().moveSection(old, new)
        )
        above.horizontalScrollBar().valueChanged.connect(self.horizontalScrollBar().setValue)
        above.verticalScrollBar().rangeChanged.connect(self._leave_room)

    def _leave_room(self, _least: int, most: int) -> None:
        """Be as narrow as the table above with its scroll bar, so that columns stay in line."""
        bar = self._above.verticalScrollBar().sizeHint().width() if most else 0
        self.setViewportMargins(0, 0, bar, 0)

    def fit(self, rows: int) -> None:
        """Take the height of all rows and the widths of the table above."""
        frame = 2 * self.frameWidth()
        self.setFixedHeight(row_height(self.fontMetrics()) * max(1, rows) + frame)
        for place in range(self.rows.columnCount()):
            self.setColumnWidth(place, self._above.columnWidth(place))


class ReportTable(QFrame):
    """The rows, and the totals below them that no scrolling takes away.

    Signals:
        payments_requested(filter): Enter or a double click on a row that has payments behind it.
        nothing_behind: the same on a row that has none.
    """

    payments_requested = Signal(object)
    nothing_behind = Signal()

    def __init__(
        self,
        name: str,
        columns: Sequence[ReportColumn],
        rows: Sequence[ReportRow] = (),
        *,
        with_currency: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._columns = tuple(columns)
        self._is_whole = False
        painted = table_columns(columns, rows, with_currency=with_currency)
        self.model = RowsModel(
            painted, row_id=self._about, page_size=_ROWS_MADE_AT_ONCE, parent=self
        )
        self.table = DataTable(self.model, name)
        self.totals_model = RowsModel(
            table_columns(columns, rows, with_currency=with_currency, of_totals=True),
            row_id=self._about,
            parent=self,
        )
        totals_name = translate("Reports", "Totals: %1").replace("%1", name)
        self.totals = _TotalsTable(self.totals_model, totals_name, self.table)
        for table in (self.table, self.totals):
            table.row_opened.connect(self._on_opened)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.table, 1)
        column.addWidget(self.totals)
        self.table.setMinimumHeight(row_height(self.fontMetrics()) * _FEWEST_ROWS)
        # A figure far from its column's name could not be read across.
        stretches = bool(columns) and columns[-1].kind not in _FIGURES
        for table in (self.table, self.totals):
            table.horizontalHeader().setStretchLastSection(stretches or with_currency)

    @property
    def needed_width(self) -> int:
        """The width in pixels that shows every column."""
        return self.table.horizontalHeader().length() + 2 * self.table.frameWidth()

    def show_rows(self, rows: Sequence[ReportRow], totals: Sequence[ReportRow]) -> None:
        """Show other figures; what was selected stays selected where it is still there."""
        self.model.show_rows(rows)
        self.totals_model.show_rows(totals)
        self.totals.setVisible(bool(totals))
        self.totals.fit(len(totals))

    def take_needed_height(self) -> None:
        """Be as high as all rows, if not too many: the page scrolls, not the table."""
        self._is_whole = True
        header = self.table.horizontalHeader()
        rows = self.model.rowCount()
        height = row_height(self.table.fontMetrics()) * min(rows, _MOST_ROWS_WHOLE)
        height += header.sizeHint().height() + 2 * self.table.frameWidth()
        if header.length() > self.table.viewport().width():
            height += self.table.horizontalScrollBar().sizeHint().height()
        self.table.setFixedHeight(height)  # fewer rows than the least, where there are no more
        policy = Qt.ScrollBarPolicy
        self.table.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if rows > _MOST_ROWS_WHOLE else policy.ScrollBarAlwaysOff
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room for the scroll bar where the columns became wider than the table."""
        super().resizeEvent(event)
        if self._is_whole:
            self.take_needed_height()

    def changeEvent(self, event: QEvent) -> None:
        """Follow another font."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange and hasattr(self, "totals"):
            self.totals.fit(self.totals_model.rowCount())

    def _about(self, row: ReportRow) -> Hashable:
        """Return what a row is about, whatever its figures: the same when it is read again."""
        cells = zip(self._columns, row.cells, strict=True)
        return (row.group, row.currency, *(c for k, c in cells if k.kind not in _FIGURES))

    def _on_opened(self, row: ReportRow) -> None:
        if row.drill is None:
            self.nothing_behind.emit()
        else:
            self.payments_requested.emit(row.drill)
