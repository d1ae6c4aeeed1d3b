"""A statement that a bank sent in several messages, put together again.

SWIFT: all pages of a statement bear its number in ``:28C:``, followed by the page's
(``5/1``, ``5/2``). The first opens with ``60F``, the last closes with ``62F``; between them
``62M`` and ``60M`` hold the same intermediate balance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.money import display
from core.statements.mt940.sums import StatedSum
from core.statements.statement import Problem, Statement


@dataclass(frozen=True, slots=True)
class Page:
    """The part of a statement that one message holds, or several after joining.

    ``is_complete`` is False when a line of it could not be read: that line has a problem of its
    own, and stated sums would only repeat it.
    """

    statement: Statement
    opens_between: bool = False
    closes_between: bool = False
    is_interim: bool = False
    is_complete: bool = True
    sums: tuple[StatedSum, ...] = ()


def joined(pages: Sequence[Page]) -> list[Page]:
    """Return the pages with those put together that continue each other."""
    groups: list[list[Page]] = []
    for page in pages:
        if groups and _continues(groups[-1][-1], page):
            groups[-1].append(page)
        else:
            groups.append([page])
    return [_together(group) if len(group) > 1 else group[0] for group in groups]


def _continues(before: Page, page: Page) -> bool:
    one, other = before.statement, page.statement
    if (one.account, one.currency) != (other.account, other.currency):
        return False
    number, sheet = _number_of(one)
    next_number, next_sheet = _number_of(other)
    if number != next_number:
        return False
    if before.is_interim and page.is_interim:
        return not before.sums and 0 < sheet == next_sheet - 1
    return (
        before.closes_between
        and page.opens_between
        and one.closing_balance_minor is not None
        and one.closing_balance_minor == other.opening_balance_minor
    )


def _together(group: Sequence[Page]) -> Page:
    first, last = group[0], group[-1]
    statement = replace(
        first.statement,
        lines=tuple(line for page in group for line in page.statement.lines),
        closing_balance_minor=last.statement.closing_balance_minor,
        period_end=last.statement.period_end or first.statement.period_end,
        number=last.statement.number,
    )
    return Page(
        statement,
        opens_between=first.opens_between,
        closes_between=last.closes_between,
        is_interim=first.is_interim,
        is_complete=all(page.is_complete for page in group),
        sums=tuple(stated for page in group for stated in page.sums),
    )


def _marks(statement: Statement) -> tuple[object, ...]:
    """Return what two copies of a statement share, and two statements hardly ever."""
    ends = (statement.opening_balance_minor, statement.closing_balance_minor)
    return (statement.account, statement.number, *ends, statement.movement_minor())


def _same_lines(one: Statement, other: Statement) -> bool:
    return [line[1:] for line in one.lines] == [line[1:] for line in other.lines]


def _number_of(statement: Statement) -> tuple[str, int]:
    """Return statement and page number; page 0 when there is none."""
    number, _, sheet = statement.number.partition("/")
    sheet = sheet.strip()
    return number.strip().lstrip("0"), int(sheet) if _is_short_number(sheet) else 0


def _is_short_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9


def missing_pages(pages: Sequence[Page]) -> list[Problem]:
    """Name statements of which a page is missing, and those that are in the file twice."""
    problems = []
    seen: dict[tuple[object, ...], Statement] = {}
    reported: set[str] = set()
    for page in pages:
        statement = page.statement
        named = statement.account or "the account"
        if statement.number:
            named = f"{named}, statement {statement.number}"
        if page.opens_between:
            problems.append(
                f"On {named} an intermediate balance comes first: pages before it are not in"
                " this file."
            )
        if page.closes_between:
            problems.append(
                f"On {named} an intermediate balance comes last: pages after it are not in this"
                " file."
            )
        if page.is_interim:
            reported.add(statement.account)
        elif statement.account in reported and statement.lines:
            problems.append(
                f"On {named} movements of the interim reports in this file may come a second time."
            )
            reported.discard(statement.account)
        alike = seen.get(_marks(statement))
        if statement.lines and alike is not None and _same_lines(statement, alike):
            total = display(statement.movement_minor(), statement.currency)
            problems.append(f"On {named} the same statement ({total}) is in this file twice.")
        seen[_marks(statement)] = statement
    return [Problem(None, sentence) for sentence in problems]
