"""A table of any length that holds only the pages somebody looks at.

The model knows the number of rows and asks for pages by a signal; whoever owns it fetches them
off the GUI thread and hands them back:

    model = PagedTableModel(COLUMNS, row_id=lambda row: row.payment_id)
    model.page_wanted.connect(page.fetch)      # fetch(question, page) starts a query …
    model.deliver(question, page, rows, total) # … whose answer comes back here
    model.failed(question, page)               # or failed
    model.ask_again()                          # new filter or order: start from an empty table
    model.refresh()                            # same question, perhaps other data: rows stay

At most one page is on its way at a time and the page touched last comes first, so a scroll thumb
dragged over a million rows fetches where it stops, not everything it passed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from ui.badges import Badge
from ui.models.roles import (
    ACCESSIBLE_TEXT,
    ALIGNMENT,
    BADGE,
    COPY,
    DISPLAY,
    HORIZONTAL,
    LEFT,
    RIGHT,
    ROW,
    ROW_ID,
    TONE,
    TOOL_TIP,
)

RowT = TypeVar("RowT")
Index = QModelIndex | QPersistentModelIndex
LOADING = "…"
_ROOT = QModelIndex()


class ColumnKind(Enum):
    """How a column is painted and aligned."""

    TEXT = "text"
    AMOUNT = "amount"
    BADGE = "badge"


@dataclass(frozen=True, slots=True)
class Column(Generic[RowT]):
    """One column: what it says of a row.

    ``key`` names the column for sorting and saved layouts. ``text`` is what is shown and read
    out (the word of a badge too); ``copy`` is what the clipboard gets, ``text`` unless given.
    ``width`` is in characters. ``tone`` names a colour token for the text of a row, or None.
    """

    key: str
    header: str
    text: Callable[[RowT], str]
    kind: ColumnKind = ColumnKind.TEXT
    copy: Callable[[RowT], str] | None = None
    badge: Callable[[RowT], Badge | None] | None = None
    tone: Callable[[RowT], str | None] | None = None
    tool_tip: Callable[[RowT], str] | None = None
    width: int = 14
    sortable: bool = False

    @property
    def alignment(self) -> int:
        """Amounts stand to the right, everything else to the left."""
        return RIGHT if self.kind is ColumnKind.AMOUNT else LEFT


_Painted = tuple[tuple[str, ...], tuple[Badge | None, ...], tuple[str | None, ...]]
"""Texts, badges and tones of a row's cells."""


@dataclass(slots=True)
class _Line(Generic[RowT]):
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


class PagedTableModel(QAbstractTableModel, Generic[RowT]):
    """Frozen rows by pages.

    Signals:
        page_wanted(question, page): fetch that page and call ``deliver`` or ``failed``.
        total_changed(total): how many rows the question has.
        sort_wanted(key, descending): a header was clicked; order in the query, then ``ask_again``.
    """

    page_wanted = Signal(int, int)
    total_changed = Signal(int)
    sort_wanted = Signal(str, bool)
    _pump = Signal()

    def __init__(
        self,
        columns: Sequence[Column[RowT]],
        *,
        row_id: Callable[[RowT], Hashable],
        page_size: int = 100,
        kept_pages: int = 40,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.page_size = page_size
        self._alignments = [column.alignment for column in self.columns]
        self._row_id = row_id
        self._kept_pages = kept_pages
        self._pages: OrderedDict[int, list[_Line[RowT]]] = OrderedDict()
        self._last_page = -1
        self._total = 0
        self._question = 0
        self._answered = False
        self._wanted: list[int] = []
        self._in_flight: int | None = None
        self._refreshing: dict[int, Sequence[RowT] | None] = {}
        self._pump.connect(self._ask_for_next_page, Qt.ConnectionType.QueuedConnection)

    # What the owner calls

    @property
    def total(self) -> int:
        """How many rows the question has, loaded or not."""
        return self._total

    @property
    def is_answered(self) -> bool:
        """Tell whether the first page of the present question has arrived."""
        return self._answered

    def ask_again(self) -> None:
        """Forget all rows and ask for the first page: another filter or another order."""
        self.beginResetModel()
        self._pages.clear()
        self._last_page = -1
        self._total = 0
        self._answered = False
        self._start_question([0])
        self.endResetModel()

    def refresh(self) -> None:
        """Ask for the pages in use again; rows and selection stay until the answer is here."""
        in_use = list(self._pages)[-2:] or [0]
        self._start_question(in_use)
        self._refreshing = dict.fromkeys(in_use)

    def deliver(self, question: int, page: int, rows: Sequence[RowT], total: int) -> None:
        """Take the rows of a page and the number of all rows; an old question's are ignored."""
        if question != self._question:
            return
        self._in_flight = None
        self._answered = True
        if page in self._refreshing:
            self._refreshing[page] = rows
            if all(part is not None for part in self._refreshing.values()):
                parts = {number: part for number, part in self._refreshing.items() if part}
                self._refreshing = {}
                self._replace_pages(parts, total)
        else:
            self._set_total(total)
            self._put_page(page, rows)
        self._pump.emit()

    def count(self, question: int, total: int) -> None:
        """Take the number of all rows, where it comes apart from them."""
        if question == self._question and self._answered and not self._refreshing:
            self._set_total(total)

    def failed(self, question: int, page: int) -> None:
        """Note that a page could not be fetched; it is asked for again when next looked at."""
        if question == self._question:
            self._in_flight = None
            self._refreshing.pop(page, None)

    def row_at(self, row: int) -> RowT | None:
        """Return the row at a position, or None while it is loading or outside."""
        line = self._line(row)
        return None if line is None else line.row

    def cell(self, row: int, column: int) -> tuple[str, Badge | None, str | None]:
        """Return text, badge and tone of a cell at once, for delegates; it wants what is absent."""
        line = self._line(row)
        if line is None:
            self._want(row // self.page_size)
            return (LOADING, None, "text_muted")
        texts, badges, tones = line.painted
        return (texts[column], badges[column], tones[column])

    def position_of(self, row_id: Hashable) -> int | None:
        """Return where a row stands, if it is loaded."""
        for page, lines in self._pages.items():
            for offset, line in enumerate(lines):
                if line.row_id == row_id:
                    return page * self.page_size + offset
        return None

    # What Qt calls

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of rows of the question."""
        return 0 if parent.isValid() else self._total

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = DISPLAY) -> Any:
        """Answer the view; a row not yet here is wanted by being asked for."""
        if role == ALIGNMENT:
            return self._alignments[index.column()]
        if role not in _ANSWERED:
            return None
        line = self._line(index.row())
        if line is None:
            self._want(index.row() // self.page_size)
            return LOADING if role in {DISPLAY, ACCESSIBLE_TEXT} else None
        column = index.column()
        if role in {DISPLAY, ACCESSIBLE_TEXT}:
            return line.painted[0][column]
        if role == BADGE:
            return line.painted[1][column]
        if role == TONE:
            return line.painted[2][column]
        if role == ROW:
            return line.row
        if role == ROW_ID:
            return line.row_id
        return self._copy_or_tip(line, column, role)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = DISPLAY
    ) -> str | int | None:
        """Return a column's title; rows have none."""
        if orientation.value != HORIZONTAL or not 0 <= section < len(self.columns):
            return None
        if role == DISPLAY:
            return self.columns[section].header
        return self._alignments[section] if role == ALIGNMENT else None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Pass a click on a header on: rows are ordered by the query, never here."""
        if 0 <= column < len(self.columns) and self.columns[column].sortable:
            descending = order is Qt.SortOrder.DescendingOrder
            self.sort_wanted.emit(self.columns[column].key, descending)

    # Inside

    def _copy_or_tip(self, line: _Line[RowT], column: int, role: int) -> str | None:
        definition = self.columns[column]
        if role == COPY:
            return definition.copy(line.row) if definition.copy else line.painted[0][column]
        return definition.tool_tip(line.row) if definition.tool_tip else None

    def _line(self, row: int) -> _Line[RowT] | None:
        page, offset = divmod(row, self.page_size)
        lines = self._pages.get(page)
        if lines is None or offset >= len(lines):
            return None
        if page != self._last_page:
            self._last_page = page
            self._pages.move_to_end(page)
        return lines[offset]

    def _want(self, page: int) -> None:
        if page == self._in_flight or (self._wanted and self._wanted[-1] == page):
            return
        # A window never spans more than two pages: those asked for last are those in sight.
        self._wanted = [*[other for other in self._wanted if other != page][-1:], page]
        self._pump.emit()

    def _start_question(self, pages: list[int]) -> None:
        self._question += 1
        self._in_flight = None
        self._refreshing = {}
        self._wanted = pages
        self._pump.emit()

    def _ask_for_next_page(self) -> None:
        while self._wanted and self._in_flight is None:
            page = self._wanted.pop()
            if page in self._pages and page not in self._refreshing:
                continue
            self._in_flight = page
            self.page_wanted.emit(self._question, page)

    def _made(self, rows: Sequence[RowT]) -> list[_Line[RowT]]:
        return [_Line(row, self._row_id(row), self.columns) for row in rows]

    def _put_page(self, page: int, rows: Sequence[RowT]) -> None:
        self._pages[page] = self._made(rows)
        self._last_page = page
        while len(self._pages) > self._kept_pages:
            self._pages.popitem(last=False)
        self._announce(page)

    def _announce(self, page: int) -> None:
        first = page * self.page_size
        last = min(first + self.page_size, self._total) - 1
        if last >= first and self.columns:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))

    def _set_total(self, total: int) -> None:
        if total == self._total:
            return
        if total > self._total:
            self.beginInsertRows(QModelIndex(), self._total, total - 1)
            self._total = total
            self.endInsertRows()
        else:
            self.beginRemoveRows(QModelIndex(), total, self._total - 1)
            self._total = total
            self.endRemoveRows()
        self.total_changed.emit(total)

    def _replace_pages(self, parts: dict[int, Sequence[RowT]], total: int) -> None:
        """Put refreshed pages in place, moving selection and current row along with their ids."""
        old_ids = {
            index.row(): line.row_id
            for index in self.persistentIndexList()
            if (line := self._line(index.row())) is not None
        }
        fresh = {page: self._made(rows) for page, rows in parts.items()}
        position = {
            line.row_id: page * self.page_size + offset
            for page, lines in fresh.items()
            for offset, line in enumerate(lines)
        }
        moved = any(position.get(row_id) != row for row, row_id in old_ids.items())
        if total != self._total or moved:
            self._relayout(fresh, total, old_ids, position)
        else:
            self._pages = OrderedDict(fresh)
            self._last_page = -1
            for page in fresh:
                self._announce(page)

    def _relayout(
        self,
        fresh: dict[int, list[_Line[RowT]]],
        total: int,
        old_ids: dict[int, Hashable],
        position: dict[Hashable, int],
    ) -> None:
        # Rows are added before and taken away after the move, at the end each time, so that no
        # index loses its row on the way.
        self._set_total(max(total, self._total))
        # A layout change is the one signal by which Qt lets a model say where each row went.
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        self._pages = OrderedDict(fresh)
        self._last_page = -1
        after = []
        for index in before:
            target = position.get(old_ids.get(index.row()))
            after.append(QModelIndex() if target is None else self.index(target, index.column()))
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()
        self._set_total(total)


_ANSWERED = frozenset({DISPLAY, ACCESSIBLE_TEXT, TONE, BADGE, ROW, ROW_ID, COPY, TOOL_TIP})
