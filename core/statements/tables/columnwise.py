"""A plain table read column by column: the same statement as row by row, many times faster.

Banks' own exports are plain: every row a movement, one form of date, one form of amount, and a
running balance without a break. Anything else makes ``columnwise`` return None, and the careful
reading of ``entries`` and ``signs`` decides. What is returned here it would return as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import compress
from operator import eq, not_, or_
from typing import cast

from core.statements.amounts import MachineNumber
from core.statements.profile import Role, plain
from core.statements.tables.cells import Column, amounts, clean, days, stripped
from core.statements.tables.columns import Layout, Row
from core.statements.tables.conventions import MONEY
from core.statements.tables.entries import Reading, RowReader, currency_cell
from core.statements.tables.words import NOT_DONE, indicator_of, states_balance

FEWEST_ROWS = 20
"""Below this the careful reading is as fast."""

_EDGE_ROWS = 12
"""How many rows at either end may state balances or totals."""
_FIGURES = (Role.AMOUNT, Role.CREDIT, Role.DEBIT)

Figures = list[int | None]


@dataclass(frozen=True, slots=True)
class PlainRows:
    """Rows of one account, column by column; figures in units of ``decimals`` decimals."""

    lines: Sequence[int]
    days: list[date]
    moments: list[datetime | None] | None
    figures: dict[Role, Figures]
    decimals: int
    marks: Sequence[str]
    currency: str
    account: str
    texts: dict[Role, Column]
    value_days: Sequence[date | None]


def plain_rows(reader: RowReader) -> tuple[PlainRows, Reading] | None:
    """Return all movements of a table with what its first and last rows state, or None."""
    found = _plain_run(reader)
    if found is None:
        return None
    start, end, reading = found
    layout = reader.layout
    first = reader.body.first_row
    used = [index for _, indices in layout.columns for index in indices]
    part = slice(start - first, end - first)
    columns: dict[int, Column] = {i: _part(reader.body.column(i), part) for i in used}
    plainly = [index for role in (Role.DATE, *MONEY) for index in layout.indices(role)[:1]]
    shaped: dict[int, Column] = {i: _part(reader.body.shapes(i) or (), part) for i in plainly}
    if not all(shaped.values()):
        return None
    lines: Sequence[int] = range(start + 1, end + 1)
    kept = _done(reader, columns, lines)
    reader.tell_reasons()
    if kept is not None:
        left = [at for at, done in enumerate(kept) if not done]
        left_out = [lines[at] for at in left]
        if not _are_movements(reader, _at(columns, left), _at(shaped, left), left_out):
            return None
        columns, shaped = _without(columns, left), _without(shaped, left)
        lines = list(compress(lines, kept))
    rows = _understood(reader, columns, shaped, lines)
    if rows is None or _may_state_balances(rows, reader.rows):
        return None
    reading.problems[:0] = reader.reading.problems
    return rows, reading


def _plain_run(reader: RowReader) -> tuple[int, int, Reading] | None:
    """Return where the movements begin and end, and what the rows before and after state."""
    rows, first = reader.rows, reader.layout.first_row
    head = range(first, min(first + _EDGE_ROWS, len(rows)))
    start = next((at for at in head if _moves(reader, at)), None)
    if start is None:
        return None
    tail = range(len(rows) - 1, max(len(rows) - _EDGE_ROWS, start), -1)
    last = next((at for at in tail if _moves(reader, at)), None)
    if last is None or last - start + 1 < FEWEST_ROWS:
        return None
    edges = [*range(first, start), *range(last + 1, len(rows))]
    if any(reader.is_header(rows[at]) for at in edges):
        return None
    above = reader.read(first, start)
    below = reader.read(last, len(rows))
    alone = reader.read(last, last + 1)
    if above.problems or below.problems != alone.problems or below.undated:
        return None
    if below.entries != alone.entries or (not alone.entries and any(map(any, rows[last + 1 :]))):
        return None
    stated = Reading(
        opening=above.opening if below.opening is None else below.opening,
        closing=above.closing if below.closing is None else below.closing,
        above=above.above,
        below=below.below,
        totals=[*above.totals, *below.totals],
    )
    return start, last + 1, stated


def _moves(reader: RowReader, at: int) -> bool:
    """Tell whether a row is a movement, or was to be one."""
    reading = reader.read(at, at + 1)
    return bool(reading.entries or reading.problems)


def _done(
    reader: RowReader, columns: Mapping[int, Column], lines: Sequence[int]
) -> list[bool] | None:
    """Return which rows are done and note the others, or None when all are."""
    reader.reading = Reading()
    status = reader.layout.index(Role.STATUS)
    if status is None:
        return None
    left_out = {
        text
        for text in set(columns[status])
        if text.strip() and NOT_DONE.search(plain(text.strip()))
    }
    if not left_out:
        return None
    kept = [text not in left_out for text in columns[status]]
    for line, text in compress(zip(lines, columns[status], strict=True), map(not_, kept)):
        reader.skip(line, f"status “{text.strip()}”, not counted as money")
    return kept


def _part(column: Column, part: slice) -> Column:
    return column if (part.start, part.stop) == (0, len(column)) else column[part]


def _at(columns: Mapping[int, Column], places: Sequence[int]) -> dict[int, Column]:
    return {index: [column[at] for at in places] for index, column in columns.items()}


def _without(columns: Mapping[int, Column], places: Sequence[int]) -> dict[int, Column]:
    """Return the columns without a few cells: what is between those is copied at once."""
    spans = list(map(slice, [0, *(at + 1 for at in places)], [*places, None]))
    found: dict[int, Column] = {}
    for index, column in columns.items():
        kept: list[str] = []
        for span in spans:
            kept += column[span]
        found[index] = kept
    return found


def _are_movements(
    reader: RowReader,
    columns: Mapping[int, Column],
    shaped: Mapping[int, Column],
    lines: Sequence[int],
) -> bool:
    """Tell whether rows have nothing wrong but their status."""
    index = reader.layout.indices(Role.DATE)[0]
    conventions = reader.conventions
    dated = days(columns[index], shaped[index], reader.parsed, conventions.zone)
    figures = _figures(reader.layout, columns, shaped, conventions.decimal_mark)
    if dated is None or figures is None:
        return False
    return not any(states_balance(reader.rows[line - 1]) for line in lines)


def _understood(
    reader: RowReader,
    columns: Mapping[int, Column],
    shaped: Mapping[int, Column],
    lines: Sequence[int],
) -> PlainRows | None:
    layout, conventions = reader.layout, reader.conventions
    dated = layout.indices(Role.DATE)
    if not lines or len(dated) != 1 or layout.indices(Role.TIME):
        return None
    column = stripped(columns[dated[0]], tidy=reader.tidy)
    found = days(column, shaped[dated[0]], reader.parsed, conventions.zone)
    figures = _figures(layout, columns, shaped, conventions.decimal_mark)
    marks = _marks(reader, columns, len(lines))
    group = _group(layout, columns)
    if found is None or figures is None or marks is None or group is None:
        return None
    value = layout.index(Role.VALUE_DATE)
    value_days: Sequence[date | None] = [None] * len(lines)
    if value is not None:
        known = {text: reader.parsed(text.strip()) for text in set(columns[value])}
        by_text = {text: written.day if written else None for text, written in known.items()}
        value_days = list(map(by_text.__getitem__, columns[value]))
    return PlainRows(
        lines,
        *found,
        figures[0],
        figures[1],
        marks,
        *group,
        _texts(reader, columns, len(lines)),
        value_days,
    )


def _figures(
    layout: Layout,
    columns: Mapping[int, Column],
    shaped: Mapping[int, Column],
    decimal_mark: str,
) -> tuple[dict[Role, Figures], int] | None:
    """Return the money columns in one unit, where every row has an amount."""
    found: dict[Role, tuple[Figures, int]] = {}
    for role in MONEY:
        index = layout.index(role)
        if index is None:
            continue
        column = _amounts(columns[index], shaped[index], decimal_mark)
        if column is None or (role == Role.BALANCE and None in column[0] and any(column[0])):
            return None
        found[role] = column
    decimals = max((decimals for _, decimals in found.values()), default=0)
    figures = {
        role: values if own == decimals else _finer(values, 10 ** (decimals - own))
        for role, (values, own) in found.items()
    }
    amount_columns = [figures[role] for role in _FIGURES if role in figures]
    present = amount_columns[0]
    for other in amount_columns[1:]:
        present = [a if a is not None else b for a, b in zip(present, other, strict=True)]
    return None if None in present else (figures, decimals)


def _amounts(column: Column, shaped: Column, decimal_mark: str) -> tuple[Figures, int] | None:
    """Return a column's amounts; a spreadsheet's own numbers have a point, whatever the mark."""
    if decimal_mark == "," and any(isinstance(cell, MachineNumber) for cell in column):
        return None
    return amounts(column, shaped, decimal_mark)


def _finer(values: Figures, factor: int) -> Figures:
    return [None if value is None else value * factor for value in values]


def _marks(reader: RowReader, columns: Mapping[int, Column], count: int) -> Sequence[str] | None:
    """Return the word for in or out of every row, "" where the table has none."""
    index = reader.layout.index(Role.INDICATOR)
    if index is None:
        return [""] * count
    known = {text: indicator_of(text.strip()) for text in set(columns[index])}
    return None if "" in known.values() else list(map(known.__getitem__, columns[index]))


def _group(layout: Layout, columns: Mapping[int, Column]) -> tuple[str, str] | None:
    """Return the one currency and account of all rows, None when there are several."""
    currency = account = ""
    index = layout.index(Role.CURRENCY)
    if index is not None:
        named = {currency_cell(text.strip()) for text in set(columns[index])} - {""}
        if len(named) > 1:
            return None
        currency = named.pop() if named else ""
    index = layout.index(Role.ACCOUNT)
    if index is not None:
        accounts = {text.strip().strip("\"'") for text in set(columns[index])}
        if len(accounts) > 1:
            return None
        account = accounts.pop()
    return currency, account


def _texts(reader: RowReader, columns: Mapping[int, Column], count: int) -> dict[Role, Column]:
    """Return the text columns by role, those of several columns joined as rows are."""
    layout, tidy = reader.layout, reader.tidy
    empty = [""] * count
    texts: dict[Role, Column] = {}
    for role in _TEXT_ROLES:
        index = layout.index(role)
        texts[role] = empty if index is None else stripped(columns[index], tidy=tidy)
    for role in (Role.COUNTERPARTY, Role.FROM_NAME, Role.TO_NAME):
        texts[role] = texts[role] if texts[role] is empty else clean(texts[role], tidy=tidy)
    references = [stripped(columns[i], tidy=tidy) for i in layout.indices(Role.REFERENCE)]
    if len(references) > 1:
        texts[Role.REFERENCE] = [
            next(filter(None, row), "") for row in zip(*references, strict=True)
        ]
    described = [clean(columns[i], tidy=tidy) for i in layout.indices(Role.DESCRIPTION)]
    described = [column for column in described if any(column)]
    if len(described) == 1:
        texts[Role.DESCRIPTION] = described[0]
    elif described:
        texts[Role.DESCRIPTION] = [
            " ".join(dict.fromkeys(filter(None, row))) for row in zip(*described, strict=True)
        ]
    return texts


_TEXT_ROLES = (
    Role.REFERENCE,
    Role.TRANSACTION_ID,
    Role.DESCRIPTION,
    Role.COUNTERPARTY,
    Role.COUNTERPARTY_ACCOUNT,
    Role.STATUS,
    Role.FROM_ACCOUNT,
    Role.FROM_NAME,
    Role.TO_ACCOUNT,
    Role.TO_NAME,
)


def _may_state_balances(rows: PlainRows, table: Sequence[Row]) -> bool:
    """Tell whether a row may be a balance or a total: where an amount is missing or the balance."""
    moved = _moved(rows)
    balances = rows.figures.get(Role.BALANCE)
    if balances is None or None in balances:
        suspects: Iterable[int] = rows.lines
    else:
        alike = map(eq, map(abs, moved), map(abs, whole(balances)))
        still = map(not_, moved)
        suspects = compress(rows.lines, map(or_, alike, still))
    return any(states_balance(table[line - 1]) for line in suspects)


def _moved(rows: PlainRows) -> list[int]:
    """Return the first amount of every row that is not zero, else 0."""
    columns = [whole(rows.figures[role]) for role in _FIGURES if role in rows.figures]
    moved = columns[0]
    for column in columns[1:]:
        moved = [a or b for a, b in zip(moved, column, strict=True)]
    return moved


def whole(figures: Figures) -> list[int]:
    """Return figures with 0 for none."""
    if None in figures:
        return [figure or 0 for figure in figures]
    return cast("list[int]", figures)
