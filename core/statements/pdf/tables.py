"""The tables of a PDF, page after page: one per header, with the lines above it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.statements.pdf.figures import is_row_like, is_row_part, looks_booked, readable
from core.statements.pdf.grid import Grid
from core.statements.pdf.headerless import table_without_header
from core.statements.pdf.headers import Header, find_headers
from core.statements.pdf.labels import label_rows, masked
from core.statements.pdf.pages import Page
from core.statements.pdf.rows import NEXT_LINE, Body, Habit, RowLine, body_of, cells_of, row_lines
from core.statements.pdf.words import Line
from core.statements.pdf.years import Years
from core.statements.profile import ColumnProfile, Role
from core.statements.tables.preamble import preamble_of
from core.statements.tables.text import Table
from core.statements.tables.words import hints_at_balance

MAX_HEADERLESS = 20_000
_MOST_WRAPPED = 4
"""So many lines above the first row of a page without a header may belong to a row."""
_PAGE_OF = re.compile(r"\bpage\W{0,3}\d{1,4}\s*(?:of|/|sur|de)\s*(\d{1,4})\b", re.IGNORECASE)
_MARGIN_LINES = 6
_SIDES = (Role.AMOUNT, Role.CREDIT, Role.DEBIT)


@dataclass(slots=True)
class PrintedTable:
    """A table as printed: its rows, the page of each, and which are transactions."""

    header: Header | None = None
    rows: list[list[str]] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    transactions: list[int] = field(default_factory=list)
    """Indices of the rows with a date and an amount."""
    labels: list[list[str]] = field(default_factory=list)
    """What is said around the table: pairs of label and value."""
    account: str = ""

    def table(self) -> Table:
        """Return the rows as the readers of tables take them."""
        return Table(self.rows)

    def add(self, cells: list[str], page: int) -> None:
        """Put one more row below the others."""
        self.rows.append(cells)
        self.pages.append(page)


class TableCollector:
    """Takes the pages of a file one after the other and keeps the tables on them."""

    def __init__(self, profile: ColumnProfile | None) -> None:
        self.tables: list[PrintedTable] = []
        self._grid: Grid | None = None
        self._habit = Habit()
        self.years = Years()
        self.pages = 0
        self.stated_pages = 0
        """How many pages the file says it has, where it says so: "Page 2 of 45"."""
        self.recognised: list[int] = []
        """Pages whose text a program read from a picture."""
        self.empty: list[int] = []
        """Pages without any text."""
        self.title: list[str] = []
        """The lines above the first table, to tell what sort of paper it is."""
        self.left: list[tuple[int, str]] = []
        """Lines that look like rows and are in no table, with their page."""
        self._profile = profile
        self._seen: set[str] = set()
        self._last_row: list[RowLine] = []
        self._last_index = 0
        self._headerless: list[tuple[Line, int]] = []

    def take(self, page: Page) -> None:
        """Read one page."""
        lines = readable(page.words)
        self.pages += 1
        for line in (*lines[:_MARGIN_LINES], *lines[-_MARGIN_LINES:]):
            if stated := _PAGE_OF.search(line.text):
                self.stated_pages = max(self.stated_pages, int(stated[1]))
        if page.recognised:
            self.recognised.append(page.number)
        if not page.words:
            self.empty.append(page.number)
        headers = find_headers(lines, page.rulings, self._profile)
        above = lines[: headers[0].first_line] if headers else lines
        if self._grid and not headers:
            above = [line for line in lines if masked(line) not in self._seen]
        if self._grid and self._continues(above, self._grid):
            above = self._rows(self._grid, above, page, headed=False)
        elif headers or self._grid:
            self._leave(above, page.number)
        elif len(self._headerless) < MAX_HEADERLESS:
            self._headerless += [(line, page.number) for line in lines if is_row_like(line)]
        ends = [header.first_line for header in headers[1:]] + [len(lines)]
        for header, end in zip(headers, ends, strict=False):
            self._seen.update(masked(line) for line in above)
            self._grid = self._opened(header, above, page)
            below = lines[header.last_line + 1 : end]
            above = self._rows(self._grid, below, page, headed=True)
        if self._grid and headers:
            self._close(above, self._grid, page)
        self._seen.update(masked(line) for line in above)

    def finish(self) -> list[PrintedTable]:
        """Return the tables; without any header, the rows that look like one table."""
        if self.tables:
            for line, page in self._headerless:
                self._leave([line], page)
        elif self._headerless:
            lines = [line for line, _ in self._headerless]
            rows = table_without_header(lines)
            if rows:
                table = PrintedTable(rows=rows, pages=[page for _, page in self._headerless])
                self.tables.append(table)
        return self.tables

    def _continues(self, lines: Sequence[Line], grid: Grid) -> bool:
        """Tell whether the last table goes on here without a header of its own."""
        rows = row_lines(lines, grid)
        return any(row.dated for row in rows) and any(row.money for row in rows)

    def _cells(self, row: Sequence[RowLine], grid: Grid) -> list[str]:
        cells = cells_of(row, grid)
        for column in grid.dates:
            cells[column] = self.years.completed(cells[column])
        return cells

    def _opened(self, header: Header, above: Sequence[Line], page: Page) -> Grid:
        """Begin a table, or go on with the one that has the same header."""
        labels = label_rows(above)
        self.years.learn(line.text for line in above)
        account = preamble_of(labels, date_order="dmy").account
        known = self.tables[-1] if self.tables else None
        if known is None:
            self.title = [line.text for line in above]
        if known is None or known.header is None or not known.header.means(header):
            table = PrintedTable(header, account=account)
            if known is not None and not account:
                table.account = known.account
                labels = [*known.labels, *labels]
            self.tables.append(table)
            self._head(table, labels, header, page)
            return Grid(header)
        if account and account != known.account:
            known.account = account
            indent = [""] * len(header.names)
            self._head(known, [[*indent, *row] for row in labels], known.header, page)
        if self._grid and self._grid.header.resembles(header):
            return self._grid
        return Grid(header)

    def _head(
        self, table: PrintedTable, labels: Sequence[list[str]], header: Header, page: Page
    ) -> None:
        for row in labels:
            table.add(row, page.number)
        table.labels.extend(labels)
        table.add(list(header.names), page.number)
        self._last_row = []

    def _rows(self, grid: Grid, lines: Sequence[Line], page: Page, *, headed: bool) -> list[Line]:
        """Read the rows below a header and return the lines below them."""
        table = self.tables[-1]
        grid.learn(_rows_and_near(lines))
        body = body_of(lines, grid, page.rulings, self._habit)
        self._join_pages(table, grid, body, headed=headed)
        for row in body.rows:
            cells = self._cells(row, grid)
            if _is_transaction(cells, grid):
                table.transactions.append(len(table.rows))
            self._last_row, self._last_index = row, len(table.rows)
            table.add(cells, page.number)
        return body.after

    def _join_pages(self, table: PrintedTable, grid: Grid, body: Body, *, headed: bool) -> None:
        """Give the lines above the first row to it, or to the last row of the page before."""
        lines = body.before if headed else body.before[-_MOST_WRAPPED:]
        if not lines or any(row.anchors for row in lines):
            return
        if self._last_row and self._habit.hangs:
            self._last_row = [*self._last_row, *lines]
            table.rows[self._last_index] = self._cells(self._last_row, grid)
        elif body.rows:
            body.rows[0] = [*lines, *body.rows[0]]

    def _leave(self, lines: Sequence[Line], page: int) -> None:
        """Remember lines that look like rows and are in none."""
        self.left += [(page, line.text) for line in lines if looks_booked(line)]

    def _close(self, lines: Sequence[Line], grid: Grid, page: Page) -> None:
        """Keep what is said below a table about balances and totals."""
        self._leave(lines, page.number)
        table = self.tables[-1]
        said = [
            line for line in lines if hints_at_balance(line.text) and masked(line) not in self._seen
        ]
        for row in label_rows(said):
            table.labels.append(row)
            table.add([*[""] * grid.width, *row], page.number)


def _rows_and_near(lines: Sequence[Line]) -> Sequence[Line]:
    """Return the lines from the first row to the last, with the wrapped lines at both ends."""
    rows = [at for at, line in enumerate(lines) if is_row_like(line)]
    rows = rows or [at for at, line in enumerate(lines) if is_row_part(line)]
    if not rows:
        return []
    first, last = rows[0], rows[-1]
    while first and _goes_on(lines[first - 1], lines[first]):
        first -= 1
    while last + 1 < len(lines) and _goes_on(lines[last], lines[last + 1]):
        last += 1
    return lines[first : last + 1]


def _goes_on(line: Line, below: Line) -> bool:
    return below.middle - line.middle <= NEXT_LINE * line.height


def _is_transaction(cells: Sequence[str], grid: Grid) -> bool:
    layout = grid.header.layout
    dated = any(cells[i] for i in grid.dates)
    return dated and any(cells[i] for role in _SIDES for i in layout.indices(role))
