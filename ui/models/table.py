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
from collections.abc import Callable, Hashable, Iterable, Sequence
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
from ui.models.cells import Column, ColumnKind, Line
from ui.models.rereading import InUse, Reread
from ui.models.roles import (
    ACCESSIBLE_TEXT,
    ALIGNMENT,
    BADGE,
    COPY,
    DISPLAY,
    HORIZONTAL,
    ROW,
    ROW_ID,
    TONE,
    TOOL_TIP,
)
from ui.models.steps import KnownRows, steps

__all__ = ["LOADING", "Column", "ColumnKind", "PagedTableModel"]

RowT = TypeVar("RowT")
Index = QModelIndex | QPersistentModelIndex
LOADING = "…"
_ROOT = QModelIndex()


class PagedTableModel(QAbstractTableModel, Generic[RowT]):
    """Frozen rows by pages.

    Signals:
        page_wanted(question, page): fetch that page and call ``deliver`` or ``failed``.
        total_changed(total): how many rows the question has.
        sort_wanted(key, descending): a header was clicked; order in the query, then ``ask_again``.
        about_to_replace, replaced: the rows are put in place as they are now; between the two no
            row can be asked for.
    """

    page_wanted = Signal(int, int)
    total_changed = Signal(int)
    sort_wanted = Signal(str, bool)
    about_to_replace = Signal()
    replaced = Signal()
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
        self._pages: OrderedDict[int, list[Line[RowT]]] = OrderedDict()
        self._last_page = -1
        self._total = 0
        self._question = 0
        self._answered = False
        self._wanted: list[int] = []
        self._in_flight: int | None = None
        self._refreshing: dict[int, Sequence[RowT] | None] = {}
        self._reread: Callable[[], None] | None = None
        self._is_replacing = False
        self.in_use: Callable[[], InUse] = InUse
        """Asked for what must stay loaded; whoever shows the table answers."""
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

    @property
    def is_replacing(self) -> bool:
        """Tell whether rows are being put in place: what a view says meanwhile is no person's."""
        return self._is_replacing

    def reread_by(self, reread: Callable[[], None]) -> None:
        """Let ``refresh`` call this, which ends in :meth:`replace`, not ask page by page."""
        self._reread = reread

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
        if self._reread is not None and self._answered:
            self._reread()
            return
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
                self._put_in_place(Reread(parts, total))
        else:
            self._set_total(total)
            self._put_page(page, rows)
        self._pump.emit()

    def replace(self, question: int, reread: Reread[RowT]) -> int | None:
        """Take the rows as they are now; return the number of the question they begin.

        Rows that stay keep their selection wherever they stand now, whether loaded or not. None
        when another question was asked meanwhile.
        """
        if question != self._question:
            return None
        # Whoever asked for a page while the list was read asks no second time.
        wanted = [*self._wanted, *([] if self._in_flight is None else [self._in_flight])]
        self._start_question([page for page in wanted if page not in reread.pages])
        self._put_in_place(reread)
        # What somebody scrolled to while the list was read is not among what was read.
        for page in {row // self.page_size for row in self.in_use().seen} - self._pages.keys():
            self._want(page)
        return self._question

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

    def loaded(self, positions: Iterable[int]) -> dict[int, RowT]:
        """Return the rows at some positions, of those that are loaded."""
        lines = ((position, self._line(position)) for position in positions)
        return {position: line.row for position, line in lines if line is not None}

    def identify(self, row: RowT) -> Hashable:
        """Return the identity of a row."""
        return self._row_id(row)

    def id_at(self, row: int) -> Hashable:
        """Return the identity of the row at a position, or None as ``row_at`` does."""
        line = self._line(row)
        return None if line is None else line.row_id

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
        return self._known_rows().get(row_id)

    def positions_of(self, row_ids: Iterable[Hashable]) -> dict[Hashable, int]:
        """Return where rows stand, of those that are loaded."""
        known = self._known_rows()
        return {row_id: known[row_id] for row_id in row_ids if row_id in known}

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

    def _copy_or_tip(self, line: Line[RowT], column: int, role: int) -> str | None:
        definition = self.columns[column]
        if role == COPY:
            return definition.copy(line.row) if definition.copy else line.painted[0][column]
        return definition.tool_tip(line.row) if definition.tool_tip else None

    def _line(self, row: int) -> Line[RowT] | None:
        page, offset = divmod(row, self.page_size)
        lines = self._pages.get(page)
        if lines is None or offset >= len(lines):
            return None
        if page != self._last_page:
            self._last_page = page
            self._pages.move_to_end(page)
        return lines[offset]

    def _want(self, page: int) -> None:
        if (
            self._is_replacing
            or page == self._in_flight
            or (self._wanted and self._wanted[-1] == page)
        ):
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

    def _made(self, rows: Sequence[RowT]) -> list[Line[RowT]]:
        return [Line(row, self._row_id(row), self.columns) for row in rows]

    def _put_page(self, page: int, rows: Sequence[RowT]) -> None:
        self._pages[page] = self._made(rows)
        self._last_page = page
        if len(self._pages) > self._kept_pages:
            kept = {row // self.page_size for row in self.in_use().selected}
            loose = next((each for each in self._pages if each not in kept), None)
            self._pages.pop(next(iter(self._pages)) if loose in {None, page} else loose)
        self._announce(page)

    def _announce(self, page: int) -> None:
        first = page * self.page_size
        last = min(first + self.page_size, self._total) - 1
        if last >= first and self.columns:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))

    def _set_total(self, total: int) -> None:
        if total == self._total:
            return
        self._put_in(self._total, total - self._total if total > self._total else 0)
        self._take_away(total, self._total - total)
        self.total_changed.emit(total)

    def _known_rows(self) -> dict[Hashable, int]:
        return {
            line.row_id: page * self.page_size + offset
            for page, lines in self._pages.items()
            for offset, line in enumerate(lines)
        }

    def _put_in_place(self, reread: Reread[RowT]) -> None:
        """Put rows in and take rows away where the list changed, so that all others stay."""
        lines = {line.row_id: line for part in self._pages.values() for line in part}
        before = KnownRows(self._total, self._known_rows())
        places = {row_id: place for row_id, place in reread.places.items() if place is not None}
        fresh: dict[int, list[Line[RowT]]] = {}
        unlike = []
        for page, rows in reread.pages.items():
            made = self._made(rows)
            same = [line.or_earlier(lines.get(line.row_id)) for line in made]
            if any(old is new for old, new in zip(made, same, strict=True)):
                unlike.append(page)
            fresh[page] = same
            start = page * self.page_size
            places |= {line.row_id: start + offset for offset, line in enumerate(same)}
        total = max(reread.total, *(place + 1 for place in places.values()), 0)
        gone = {row_id for row_id in reread.places if row_id not in places}
        found = steps(before, KnownRows(total, places), gone)
        self.about_to_replace.emit()
        self._is_replacing = True
        # No place of the new list is to be answered by a row of the old one.
        self._pages.clear()
        self._last_page = -1
        for step in found:
            self._take_away(step.position, step.removed)
            self._put_in(step.position, step.inserted)
        self._pages.update(fresh)
        self._is_replacing = False
        if before.total != total:
            self.total_changed.emit(total)
        for page in unlike:
            self._announce(page)
        self.replaced.emit()

    def _put_in(self, position: int, count: int) -> None:
        if count:
            self.beginInsertRows(QModelIndex(), position, position + count - 1)
            self._total += count
            self.endInsertRows()

    def _take_away(self, position: int, count: int) -> None:
        if count:
            self.beginRemoveRows(QModelIndex(), position, position + count - 1)
            self._total -= count
            self.endRemoveRows()


_ANSWERED = frozenset({DISPLAY, ACCESSIBLE_TEXT, TONE, BADGE, ROW, ROW_ID, COPY, TOOL_TIP})
