"""Which row of a table is its header and what each column means."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.statements.amounts import currency_named, written_amount
from core.statements.dates import serial_date, written_clock, written_date
from core.statements.profile import ColumnProfile, Role, plain
from core.statements.tables.header_words import EXACT, NEVER, TOKENS
from core.statements.tables.words import STATES, indicator_of

HEADER_SEARCH_ROWS = 60
SAMPLE_ROWS = 300

_DATES = (Role.DATE, Role.TRADE_DATE, Role.VALUE_DATE)
_MONEY = (Role.AMOUNT, Role.CREDIT, Role.DEBIT, Role.FEE, Role.BALANCE)
_SEVERAL = (Role.DESCRIPTION, Role.TRADE_DATE, Role.REFERENCE)
_BOOKED = re.compile(
    r"book|post|buchung|comptab|ecriture|registraz|contab|boek|bok|bog|ksieg|complet"
)

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a table's transactions begin and which column plays which role."""

    header: tuple[str, ...]
    first_row: int
    """Index of the first row after the header."""
    header_row: int | None
    columns: tuple[tuple[Role, tuple[int, ...]], ...]
    score: int = 0
    profile: str = ""

    def indices(self, role: Role) -> tuple[int, ...]:
        """Return the columns of a role, most wanted first."""
        return next((found for known, found in self.columns if known == role), ())

    def index(self, role: Role) -> int | None:
        """Return the most wanted column of a role."""
        found = self.indices(role)
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class ColumnContent:
    """What share of a column's filled cells looks like what."""

    filled: int
    dates: float
    amounts: float
    indicators: float
    currencies: float
    clocks: float
    serials: float = 0.0
    """Numbers in a spreadsheet that would be day numbers: an amount of 46 000 francs is one too."""
    states: float = 0.0
    """Words for what became of a booking, under whatever header."""


_LONGEST_HEADER = 200
"""Characters of a column's name; longer cells are texts, and cost time to look at."""


def find_layout(rows: Sequence[Row]) -> Layout | None:
    """Return the best header among the first rows, one or two lines high, or None."""
    best: Layout | None = None
    for at, row in enumerate(rows[:HEADER_SEARCH_ROWS]):
        if sum(1 for cell in row if cell.strip()) < 2:
            continue
        for height in (1, 2):
            if height == 2 and not _may_continue(rows, at):
                continue
            header = _joined(rows[at : at + height])
            layout = _layout_of(header, rows, at, height)
            if layout and (best is None or _rank(layout, rows) > _rank(best, rows)):
                best = layout
    return best


def _rank(layout: Layout, rows: Sequence[Row]) -> tuple[bool, int]:
    """A header above rows counts more than a better one above nothing (one repeated at the end)."""
    return any(any(row) for row in rows[layout.first_row : layout.first_row + 5]), layout.score


def layout_by_profile(profile: ColumnProfile, rows: Sequence[Row]) -> Layout | None:
    """Return the layout that a profile names, where the table has such columns."""
    if not profile.has_header:
        return _mapped(profile, (), profile.skip_rows - 1)  # no header: data starts at once
    end = profile.skip_rows + HEADER_SEARCH_ROWS
    for at, row in enumerate(rows[profile.skip_rows : end], start=profile.skip_rows):
        if len(row) < len(profile.signature):
            continue
        names = tuple(header_name(cell) for cell in row)
        if profile.signature and not {header_name(n) for n in profile.signature} <= set(names):
            continue
        layout = _mapped(profile, tuple(row), at)
        if layout is not None:
            return layout
    return None


@lru_cache(maxsize=8192)
def header_name(text: str) -> str:
    """Return a header for comparison, without the currency it may name ("Saldo (CHF)")."""
    bare = re.sub(
        r"(?<![^\W_])[A-Z]{3}(?![^\W_])", lambda m: "" if currency_named(m[0]) else m[0], text
    )
    return plain(bare) or plain(text)


def content_of(cells: Sequence[str]) -> ColumnContent:
    """Return what a column's cells look like."""
    filled = Counter(cell for cell in cells if cell.strip())
    count = filled.total()
    total = max(count, 1)
    dates = amounts = indicators = currencies = clocks = serials = states = 0
    for cell, times in filled.items():
        serial = serial_date(cell)
        dated = serial or written_date(cell, "dmy") or written_date(cell, "mdy")
        dates += times * (dated is not None)
        serials += times * (serial is not None)
        states += times * (plain(cell) in STATES)
        amounts += times * (written_amount(cell) is not None)
        indicators += times * bool(indicator_of(cell))
        word = cell.strip()
        is_code = len(word) == 3 and word.isalpha()
        currencies += times * (is_code or bool(currency_named(word)))
        clocks += times * (dated is not None or written_clock(cell) is not None)
    return ColumnContent(
        count,
        dates / total,
        amounts / total,
        indicators / total,
        currencies / total,
        clocks / total,
        serials / total,
        states / total,
    )


def _layout_of(header: tuple[str, ...], rows: Sequence[Row], at: int, height: int) -> Layout | None:
    wanted = [_candidates(cell) for cell in header]
    roles = {role for found in wanted for role, _ in found}
    if Role.DATE not in roles and Role.VALUE_DATE not in roles and Role.TRADE_DATE not in roles:
        return None
    if not roles & {Role.AMOUNT, Role.CREDIT, Role.DEBIT}:
        return None
    body = rows[at + height : at + height + SAMPLE_ROWS]
    contents = [content_of([row[i] for row in body if i < len(row)]) for i in range(len(header))]
    empty = not any(content.filled for content in contents)
    found: dict[Role, list[tuple[int, int]]] = {}
    for index, candidates in enumerate(wanted):
        for role, strength in candidates:
            if empty or _fits(role, contents[index]):
                found.setdefault(role, []).append((strength, index))
                break
    if Role.STATUS not in found:
        taken = {index for places in found.values() for _, index in places}
        stating = (i for i, each in enumerate(contents) if each.states == 1.0 and i not in taken)
        found.update((Role.STATUS, [(0, index)]) for index in list(stating)[:1])
    return _chosen(found, header, at, height, contents)


def _chosen(
    found: dict[Role, list[tuple[int, int]]],
    header: tuple[str, ...],
    at: int,
    height: int,
    contents: Sequence[ColumnContent],
) -> Layout | None:
    columns: dict[Role, tuple[int, ...]] = {}
    score = 0
    for role, places in found.items():
        ordered = sorted(places, key=lambda place: -place[0])
        score += ordered[0][0]
        if role == Role.ACCOUNT:  # the own account is in every row, a counterparty's is not
            ordered.sort(key=lambda place: -contents[place[1]].filled)
        kept = ordered if role in _SEVERAL else ordered[:1]
        columns[role] = tuple(index for _, index in kept)
        if role == Role.COUNTERPARTY:  # "name" alone is often the holder's own
            columns[role] = (max(ordered, key=lambda place: len(header[place[1]]))[1],)
        if role == Role.DESCRIPTION:
            columns[role] = tuple(sorted(columns[role]))
    _settle_dates(found, columns, header)
    _settle_amounts(columns, contents)
    if Role.DATE not in columns or not columns.keys() & {Role.AMOUNT, Role.CREDIT, Role.DEBIT}:
        return None
    return Layout(header, at + height, at, tuple(columns.items()), score)


def _settle_dates(
    found: dict[Role, list[tuple[int, int]]],
    columns: dict[Role, tuple[int, ...]],
    header: tuple[str, ...],
) -> None:
    """The booking date is the date; the day of the deed stands in where it is empty.

    A time of day belongs to the date column before it: then that day and time are the date.
    """
    dates = found.get(Role.DATE, [])
    dates.sort(key=lambda place: (-place[0], not _BOOKED.search(header_name(header[place[1]]))))
    exact = [index for strength, index in dates if strength == 2]
    indices = exact or [index for _, index in dates]
    others = list(columns.get(Role.TRADE_DATE, ())) + indices[1:]
    if indices:
        columns[Role.DATE] = (indices[0],)
        columns[Role.TRADE_DATE] = tuple(others)
    elif others:
        columns[Role.DATE], columns[Role.TRADE_DATE] = (others[0],), tuple(others[1:])
    elif Role.VALUE_DATE in columns:
        columns[Role.DATE] = columns[Role.VALUE_DATE]
    times = columns.get(Role.TIME, ())
    timed = [index for index in columns.get(Role.TRADE_DATE, ()) if index + 1 in times]
    if timed and Role.DATE in columns:
        rest = [i for i in columns[Role.TRADE_DATE] if i != timed[0]]
        columns[Role.TRADE_DATE] = (*columns[Role.DATE], *rest)
        columns[Role.DATE] = (timed[0],)
    if not columns.get(Role.TRADE_DATE):
        columns.pop(Role.TRADE_DATE, None)


def _settle_amounts(
    columns: dict[Role, tuple[int, ...]], contents: Sequence[ColumnContent]
) -> None:
    """Two columns for in and out say more than one amount; a single one of them says less."""
    sides = [columns[side][0] for side in (Role.CREDIT, Role.DEBIT) if side in columns]
    if Role.AMOUNT not in columns:
        return
    if len(sides) == 2 and any(contents[index].filled for index in sides):
        del columns[Role.AMOUNT]
        columns.pop(Role.INDICATOR, None)
    else:
        columns.pop(Role.CREDIT, None)
        columns.pop(Role.DEBIT, None)


@lru_cache(maxsize=4096)
def _candidates(cell: str) -> list[tuple[Role, int]]:
    """Return the roles a header may have with how sure that is: 2 known, 1 by a word."""
    if len(cell) > _LONGEST_HEADER:
        return []
    name = re.sub(r"(?: (?:utc|gmt|eat|cat))?(?: ?\d+)?$", "", header_name(cell))
    if not name:
        return []
    if "\ufffd" in cell:
        return _damaged_candidates(cell)
    exact = [(role, 2) for role, names in EXACT.items() if name in names]
    if exact:
        return exact
    found = [role for role, tokens in TOKENS if tokens.search(name)]
    if Role.DEBIT in found and Role.CREDIT in found:
        return [(Role.INDICATOR, 1), (Role.AMOUNT, 1)]
    beside = NEVER.search(name) is not None
    return [(role, 1) for role in found if not beside or role not in (*_MONEY, Role.CURRENCY)][:3]


def _damaged_candidates(cell: str) -> list[tuple[Role, int]]:
    """Return the roles of a header whose accented letters an earlier program lost."""
    parts = [re.escape(plain(part)) for part in cell.split("\ufffd")]
    damaged = re.compile(r"\W?.\W?".join(parts))
    return [(role, 2) for role, names in EXACT.items() if any(map(damaged.fullmatch, names))]


def _fits(role: Role, content: ColumnContent) -> bool:
    if role in _DATES:
        return content.filled > 0 and content.dates >= 0.5
    if role == Role.AMOUNT:
        return content.filled > 0 and content.amounts >= 0.5 and _undated(content)
    if role in _MONEY:
        return not content.filled or (content.amounts >= 0.5 and _undated(content))
    if role == Role.INDICATOR:
        return content.filled > 0 and content.indicators >= 0.8
    if role == Role.CURRENCY:
        return not content.filled or content.currencies >= 0.8
    if role == Role.TIME:
        return not content.filled or content.clocks >= 0.5
    if role in (Role.FROM_ACCOUNT, Role.TO_ACCOUNT):
        return content.filled > 0 and content.dates < 0.5
    return True


def _undated(content: ColumnContent) -> bool:
    return content.dates - content.serials < 0.5


def _may_continue(rows: Sequence[Row], at: int) -> bool:
    """Tell whether the next row can be the header's second line: words, no dates, no amounts."""
    if at + 1 >= len(rows):
        return False
    cells = [cell for cell in rows[at + 1] if cell.strip()]
    return bool(cells) and not any(
        written_amount(cell) or written_date(cell, "dmy") or written_date(cell, "mdy")
        for cell in cells
    )


def _joined(lines: Sequence[Row]) -> tuple[str, ...]:
    width = max(len(line) for line in lines)
    return tuple(
        " ".join(line[i].strip() for line in lines if i < len(line) and line[i].strip())
        for i in range(width)
    )


def _mapped(profile: ColumnProfile, header: tuple[str, ...], at: int) -> Layout | None:
    names = [header_name(cell) for cell in header]
    columns: list[tuple[Role, tuple[int, ...]]] = []
    for role, wanted in profile.columns:
        indices = [index for name in wanted if (index := _position(name, names)) is not None]
        if indices:
            kept = indices if role in _SEVERAL else indices[:1]
            columns.append((role, tuple(kept)))
    roles = {role for role, _ in columns}
    if Role.DATE not in roles or not roles & {Role.AMOUNT, Role.CREDIT, Role.DEBIT}:
        return None
    header_row = at if profile.has_header else None
    return Layout(header, at + 1, header_row, tuple(columns), 99, profile.name)


def _position(name: str, names: Sequence[str]) -> int | None:
    if match := re.fullmatch(r"#(\d{1,3})", name):
        return int(match[1]) - 1
    wanted = header_name(name)
    return names.index(wanted) if wanted in names else None
