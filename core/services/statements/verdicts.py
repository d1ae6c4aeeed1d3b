"""Whether one account's statement adds up, and at which line it stops doing so. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.statements.statement import Statement, StatementLine

_FEW_BALANCES = 6
"""With so few running balances even one wrong amount breaks most of them."""


@dataclass(frozen=True, slots=True)
class AccountVerdict:
    """The check of one statement: opening + movements = closing, and the running balance.

    ``gap_minor`` is None where the file does not state both balances. ``breaks`` are the lines
    (``StatementLine.line``) whose balance does not follow from the line before.
    """

    opening_minor: int | None
    movement_minor: int
    closing_minor: int | None
    currency: str
    gap_minor: int | None
    compared: int
    breaks: tuple[int, ...]

    @property
    def holds(self) -> bool | None:
        """Tell whether the statement adds up; None where nothing could be compared."""
        if self.gap_minor or self.breaks:
            return False
        return True if self.gap_minor == 0 or self.compared else None


def verdict_of(statement: Statement) -> AccountVerdict:
    """Return the check of a statement; lines may run forwards or, as many exports do, backwards."""
    forwards = _breaks(statement, statement.lines, statement.opening_balance_minor)
    backwards = _breaks(statement, statement.lines[::-1], statement.opening_balance_minor)
    compared, breaks = min(forwards, backwards, key=lambda found: len(found[1]))
    if compared >= _FEW_BALANCES and len(breaks) * 2 > compared:
        # A column that follows in neither order is no running balance of these lines.
        compared, breaks = 0, ()
    return AccountVerdict(
        opening_minor=statement.opening_balance_minor,
        movement_minor=statement.movement_minor(),
        closing_minor=statement.closing_balance_minor,
        currency=statement.currency,
        gap_minor=statement.balance_gap_minor(),
        compared=compared,
        breaks=breaks,
    )


def _breaks(
    statement: Statement, lines: Iterable[StatementLine], opening_minor: int | None
) -> tuple[int, tuple[int, ...]]:
    """Return how many running balances were compared, and the lines where they break."""
    balance = opening_minor
    compared = 0
    breaks: list[int] = []
    for line in lines:
        if balance is not None:
            balance += line.amount_minor - (line.fee_minor if statement.fees_separate else 0)
        if line.balance_minor is None:
            continue
        if balance is not None:
            compared += 1
            if balance != line.balance_minor:
                breaks.append(line.line)
        balance = line.balance_minor
    return compared, tuple(breaks)
