"""How a person has a list's columns: order, widths, which are shown, and the order of rows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt

from ui.widgets.data_table import DataTable


@dataclass(frozen=True, slots=True)
class SortOrder:
    """By which column rows are ordered, and which way round."""

    key: str
    descending: bool = True


@dataclass(frozen=True, slots=True)
class ColumnLayout:
    """One column: its key, its width in tenths of a character, and whether it is shown."""

    key: str
    width_tenths: int
    is_shown: bool


@dataclass(frozen=True, slots=True)
class ListLayout:
    """All columns from left to right, and the order of rows; None leaves the list's own."""

    columns: tuple[ColumnLayout, ...]
    order: SortOrder | None = None

    @classmethod
    def from_text(cls, text: str) -> ListLayout | None:
        """Return what ``to_text`` made; None for anything else."""
        try:
            columns, order = json.loads(text)
            return cls(
                tuple(
                    ColumnLayout(str(key), int(width), bool(shown)) for key, width, shown in columns
                ),
                SortOrder(str(order[0]), bool(order[1])) if order else None,
            )
        except (ValueError, TypeError, LookupError):
            return None

    def to_text(self) -> str:
        """Return the layout as text."""
        columns = [[each.key, each.width_tenths, each.is_shown] for each in self.columns]
        order = [self.order.key, self.order.descending] if self.order else None
        return json.dumps([columns, order])


def layout_of(table: DataTable[Any], order: SortOrder | None) -> ListLayout:
    """Return how a table's columns are now."""
    header = table.horizontalHeader()
    columns = []
    for place in range(header.count()):
        number = header.logicalIndex(place)
        columns.append(
            ColumnLayout(
                table.rows.columns[number].key,
                table.width_tenths(number),
                not table.isColumnHidden(number),
            )
        )
    return ListLayout(tuple(columns), order)


def lay_out(table: DataTable[Any], layout: ListLayout) -> None:
    """Put a table's columns as they were; columns it does not know stay as they are."""
    header = table.horizontalHeader()
    numbers = {column.key: number for number, column in enumerate(table.rows.columns)}
    known = [column for column in layout.columns if column.key in numbers]
    for place, column in enumerate(known):
        number = numbers[column.key]
        header.moveSection(header.visualIndex(number), place)
        table.set_width_tenths(number, column.width_tenths)
    if any(column.is_shown for column in known):
        for column in known:
            table.setColumnHidden(numbers[column.key], not column.is_shown)


def show_order(table: DataTable[Any], order: SortOrder) -> None:
    """Point the header's arrow at the column rows are ordered by."""
    numbers = {column.key: number for number, column in enumerate(table.rows.columns)}
    down, up = Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder
    if order.key in numbers:
        table.horizontalHeader().setSortIndicator(
            numbers[order.key], down if order.descending else up
        )
