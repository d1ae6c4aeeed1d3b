"""Lines of a page as rows of a table: which lines belong to one transaction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from core.statements.amounts import exact, written_amount
from core.statements.dates import written_date
from core.statements.pdf.figures import begins_with_date, is_money
from core.statements.pdf.grid import Grid
from core.statements.pdf.rulings import Rulings
from core.statements.pdf.words import Line, joined
from core.statements.profile import Role

_SPANNING = 0.6
"""A level line is a border between rows when it spans this share of the table's width."""
NEXT_LINE = 2.0
"""A text goes on in the line below when that is nearer than this many letter heights."""
_IN_FLOW = 3.5
"""A row further below the one before it than this is no row of the table, unless dated."""
_WIDER = 1.12
_REST_OF_DATE = re.compile(r"[\d:/. -]+(?:[AaPp]\.?[Mm]\.?)?|[^\W\d_]{3,9} \d{2,4}")
_UNBROKEN = (
    Role.REFERENCE,
    Role.TRANSACTION_ID,
    Role.ACCOUNT,
    Role.FROM_ACCOUNT,
    Role.TO_ACCOUNT,
    Role.COUNTERPARTY_ACCOUNT,
)
"""Numbers that go on in the next line without a space."""


@dataclass(slots=True)
class RowLine:
    """A line of a table, its words sorted into the columns."""

    line: Line
    cells: list[str]
    dated: bool
    amounts: tuple[str, ...]
    """What stands in the columns of amounts, if all of it is amounts."""

    @property
    def money(self) -> bool:
        """Whether it has an amount."""
        return bool(self.amounts)

    @property
    def anchors(self) -> bool:
        """Whether a row must be here: it has a date or an amount of its own."""
        return self.dated or self.money


@dataclass(slots=True)
class Habit:
    """On which side of its date and amounts a table has the other lines of a row."""

    above: int = 0
    below: int = 0

    @property
    def hangs(self) -> bool:
        """Whether lines follow the one with the amounts, as where cells begin at the top."""
        return self.above * 10 <= self.below

    @property
    def stands(self) -> bool:
        """Whether lines come before the one with the amounts."""
        return self.below * 10 < self.above


@dataclass(slots=True)
class Body:
    """The rows found between a header and the end of its page."""

    rows: list[list[RowLine]] = field(default_factory=list)
    before: list[RowLine] = field(default_factory=list)
    """Lines above the first row: the rest of the last row of the page before, or a heading."""
    after: list[Line] = field(default_factory=list)
    """Lines below the table."""


def body_of(lines: Sequence[Line], grid: Grid, rulings: Rulings, habit: Habit) -> Body:
    """Return the rows among the lines below a header; ``habit`` learns from them."""
    found = row_lines(lines, grid)
    body = Body()
    end = _end_of_rows(found, grid)
    kept = found[:end]
    body.after = [row.line for row in found[end:]]
    first = next((i for i, row in enumerate(kept) if row.anchors), len(kept))
    borders = rulings.horizontals_across(grid.left, grid.right, _SPANNING)
    bands = _bands(kept, borders)
    closed = any(row.line.middle < border for row in kept[-1:] for border in borders)
    if len(bands) > 1 or closed:
        body.rows = _banded(bands, habit)
        if body.rows and not any(row.anchors for row in body.rows[0]):
            body.before = body.rows.pop(0)
        return body
    body.before, body.rows = _anchored(kept, first, habit)
    return body


def row_lines(lines: Sequence[Line], grid: Grid) -> list[RowLine]:
    """Return lines with their words sorted into the columns."""
    return [_row_line(line, grid) for line in lines]


def cells_of(row: Sequence[RowLine], grid: Grid) -> list[str]:
    """Return the text of each cell of a row, its lines put together."""
    tight = {i for role in _UNBROKEN for i in grid.header.layout.indices(role)}
    texts: list[str] = []
    for column in range(grid.width):
        parts = [line.cells[column] for line in row if line.cells[column]]
        if column in grid.dates:
            texts.append(_date_text(parts))
        elif column in grid.money:
            texts.append(_money_text(parts))
        elif column in tight:
            texts.append(_number_text(parts))
        else:
            texts.append(" ".join(parts))
    return texts


def _row_line(line: Line, grid: Grid) -> RowLine:
    words = grid.cells(line)
    cells = [joined(cell) for cell in words]
    dated = any(begins_with_date(words[i]) for i in grid.dates)
    money = tuple(cells[i] for i in sorted(grid.money) if cells[i])
    return RowLine(line, cells, dated, money if all(map(_is_amount, money)) else ())


def _is_amount(text: str) -> bool:
    return is_money(text.replace(" ", "")) or written_amount(text) is not None


def _end_of_rows(found: Sequence[RowLine], grid: Grid) -> int:
    """Return the index after the table's last line: its last dated row and what goes with it."""
    last = max((i for i, row in enumerate(found) if row.dated), default=-1)
    end = last + 1
    while end < len(found):
        row = found[end]
        if end:
            away = row.line.middle - found[end - 1].line.middle
            if away > (_IN_FLOW if row.money else NEXT_LINE) * row.line.height:
                break
        if not row.money and not _may_go_on(row, grid):
            break
        end += 1
    return end


def _may_go_on(row: RowLine, grid: Grid) -> bool:
    """Tell whether a line without an amount can be the rest of a row, not a footer."""
    rests = all(_REST_OF_DATE.fullmatch(row.cells[i] or "0") for i in grid.dates)
    return rests and not any(row.cells[i] for i in grid.money)


def _bands(rows: Sequence[RowLine], borders: Sequence[float]) -> list[list[RowLine]]:
    """Group lines by the borders drawn between the rows."""
    bands: dict[int, list[RowLine]] = {}
    for row in rows:
        bands.setdefault(sum(border < row.line.middle for border in borders), []).append(row)
    return list(bands.values())


def _banded(bands: Sequence[list[RowLine]], habit: Habit) -> list[list[RowLine]]:
    """Return the rows between borders; where borders stand around many rows these are parted."""
    dated = [sum(row.dated for row in band) for band in bands]
    ruled = max(dated, default=0) == 1 and sum(dated) > 1
    rows: list[list[RowLine]] = []
    for band, dates in zip(bands, dated, strict=True):
        first = next((i for i, row in enumerate(band) if row.anchors), len(band))
        if ruled or (dates <= 1 and not _stacked(band)):
            rows.append(band)
            if first < len(band):
                habit.above += first
                habit.below += len(band) - first - 1
            continue
        before, parts = _anchored(band, first, habit)
        parts[0][:0] = before
        rows.extend(parts)
    return rows


def _stacked(band: Sequence[RowLine]) -> bool:
    """Tell whether two whole amounts stand below each other: then these are two rows."""
    amounts = [row.amounts for row in band if row.money]
    return len(amounts) > 1 and all(_is_whole(text) for texts in amounts for text in texts)


def _anchored(
    kept: Sequence[RowLine], first: int, habit: Habit
) -> tuple[list[RowLine], list[list[RowLine]]]:
    """Return the lines before the first row, and the rows with the lines that go with them."""
    anchors = _anchor_groups(kept, first)
    if not anchors:
        return list(kept), []
    is_first = not habit.above and not habit.below
    cuts = [_widest_gap(kept, end, start) for (_, end), (start, _) in pairwise(anchors)]
    for cut, ((_, end), (start, _)) in zip(cuts, pairwise(anchors), strict=True):
        if cut is not None:
            habit.below += cut - end
            habit.above += start - cut
    habit.below += len(kept) - anchors[-1][1]
    if is_first:
        habit.above += first
    rows = [list(kept[start:end]) for start, end in anchors]
    above = first
    for number, ((_, end), (start, _)) in enumerate(pairwise(anchors)):
        cut = cuts[number]
        if cut is None:
            cut = start if habit.hangs else end if habit.stands else min(start, end + above)
        rows[number].extend(kept[end:cut])
        rows[number + 1][:0] = kept[cut:start]
        above = start - cut
    rows[-1].extend(kept[anchors[-1][1] :])
    return list(kept[:first]), rows


def _anchor_groups(kept: Sequence[RowLine], first: int) -> list[tuple[int, int]]:
    """Return from where to where each row surely goes: from its date to its amounts."""
    groups: list[tuple[int, int]] = []
    has_money = True
    for index in range(first, len(kept)):
        row = kept[index]
        if not row.anchors:
            continue
        if not row.dated and not has_money:
            groups[-1] = groups[-1][0], index + 1
            has_money = True
            continue
        groups.append((index, index + 1))
        has_money = row.money
    return groups


def _widest_gap(kept: Sequence[RowLine], end: int, start: int) -> int | None:
    """Return where the lines between two rows part: at the one widest gap; None without one."""
    if start == end:
        return end
    middles = [row.line.middle for row in kept[end - 1 : start + 1]]
    gaps = [below - at for at, below in pairwise(middles)]
    widest = max(gaps)
    if widest > _WIDER * min(gaps) and sum(gap * _WIDER >= widest for gap in gaps) == 1:
        return end + gaps.index(widest)
    return None


def _date_text(parts: Sequence[str]) -> str:
    """Put a date together that was broken over lines: "2026-01-" and "05", "03 Dec" and "24"."""
    spaced, tight = " ".join(parts), "".join(parts)
    return tight if len(parts) > 1 and not _is_date(spaced) and _is_date(tight) else spaced


def _is_date(text: str) -> bool:
    return written_date(text, "dmy") is not None or written_date(text, "mdy") is not None


def _money_text(parts: Sequence[str]) -> str:
    """Put an amount together that was broken over lines; two whole ones stay two lines."""
    if len(parts) < 2:
        return "".join(parts)
    return ("\n" if _is_whole(parts[0]) else "").join(parts)


def _is_whole(text: str) -> bool:
    """Tell an amount that no line break cut."""
    written = written_amount(text)
    whole = written is not None and any(exact(written, mark) is not None for mark in ".,")
    return whole and text[-1] not in ".,"


def _number_text(parts: Sequence[str]) -> str:
    return (" " if any(" " in part for part in parts) else "").join(parts)
