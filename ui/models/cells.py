"""One column of a table, and one row with its texts made ready to be painted."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from core.services.reports.contract import Cell
from core.services.reports.contract import ColumnKind as FileKind
from ui.badges import Badge
from ui.models.roles import LEFT, RIGHT

RowT = TypeVar("RowT")


class ColumnKind(Enum):
    """How a column is painted and aligned."""

    TEXT = "text"
    AMOUNT = "amount"
    BADGE = "badge"


@dataclass(frozen=True, slots=True)
class FileCell(Generic[RowT]):
    """What a file has of a row where that is no text; amounts are minor units of ``currency``."""

    kind: FileKind
    value: Callable[[RowT], Cell]
    currency: Callable[[RowT], str] = lambda _row: ""


@dataclass(frozen=True, slots=True)
class Column(Generic[RowT]):
    """One column: what it says of a row.

    ``key`` names the column for sorting and saved layouts. ``text`` is what is shown and read
    out (the word of a badge too); ``copy`` is what the clipboard gets, ``text`` unless given;
    ``in_file`` is what a spreadsheet gets, ``copy`` unless given.
    ``width`` is in characters; a column that ``grows`` takes room that no other column needs.
    ``tone`` names a colour token for the text of a row, or None.
    """

    key: str
    header: str
    text: Callable[[RowT], str]
    kind: ColumnKind = ColumnKind.TEXT
    copy: Callable[[RowT], str] | None = None
    in_file: FileCell[RowT] | None = None
    badge: Callable[[RowT], Badge | None] | None = None
    tone: Callable[[RowT], str | None] | None = None
    tool_tip: Callable[[RowT], str] | None = None
    width: int = 14
    grows: bool = False
    sortable: bool = False

    @property
    def alignment(self) -> int:
        """Amounts stand to the right, everything else to the left."""
        return RIGHT if self.kind is ColumnKind.AMOUNT else LEFT


_Painted = tuple[tuple[str, ...], tuple[Badge | None, ...], tuple[str | None, ...]]
"""Texts, badges and tones of a row's cells."""


@dataclass(slots=True)
class Line(Generic[RowT]):
    """A row with its texts made once, because a view asks for them hundreds of times.

    They are made when the row is first looked at: of fifty thousand rows most never are.
    """

    row: RowT
    row_id: Hashable
    columns: tuple[Column[RowT], ...]
    _painted: _Painted | None = None

    @property
    def painted(self) -> _Painted:
        """What is painted of the row."""
        if self._painted is None:
            row, columns = self.row, self.columns
            self._painted = (
                tuple([column.text(row) for column in columns]),
                tuple([column.badge(row) if column.badge else None for column in columns]),
                tuple([column.tone(row) if column.tone else None for column in columns]),
            )
        return self._painted

    def or_earlier(self, earlier: Line[RowT] | None) -> Line[RowT]:
        """Return the earlier line, whose texts are made already, where the row is the same."""
        return self if earlier is None or earlier.row != self.row else earlier
