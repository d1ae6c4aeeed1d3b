"""Bal: what the account held, and which of the many kinds are the opening and the closing one.

Source: ISO 20022, BalanceType: OPBD opening booked, PRCD previously closed booked, ITBD interim
booked, CLBD closing booked, OPAV and CLAV the same of what is available.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from core.statements.camt.vocabulary import Balance

_OPENING = ("OPBD", "PRCD")
_CLOSING = ("CLBD",)
_INTERIM = "ITBD"
_AVAILABLE = ("OPAV", "CLAV")


def opening_and_closing(
    balances: Sequence[Balance],
) -> tuple[Balance | None, Balance | None]:
    """Return the balances that the booked movements lead from and to, as far as there are any.

    A report in the middle of the day has interim balances in place of one or both; a lone one
    is where its movements begin. What is available counts only where nothing booked is named.
    """
    opening, closing = _first(balances, _OPENING), _last(balances, _CLOSING)
    interim = [balance for balance in balances if balance.kind == _INTERIM]
    opening = opening or _earliest(interim)
    closing = closing or _latest([balance for balance in interim if balance is not opening])
    if opening is None and closing is None:
        opening, closing = _first(balances, _AVAILABLE[:1]), _last(balances, _AVAILABLE[1:])
    return opening, closing


def signed_so_that_they_follow(
    opening: tuple[int, bool | None], closing: tuple[int, bool | None], movement_minor: int
) -> tuple[int, int]:
    """Return both balances with signs: where one has no mark, the one that the movements prove.

    Each is given with its mark. Without proof, no mark means money in the account.
    """
    choices = [
        (amount, -amount) if mark is None else ((amount,) if mark else (-amount,))
        for amount, mark in (opening, closing)
    ]
    for first, last in product(*choices):
        if first + movement_minor == last:
            return first, last
    return choices[0][0], choices[1][0]


def _first(balances: Sequence[Balance], kinds: Sequence[str]) -> Balance | None:
    for kind in kinds:
        if found := _earliest([balance for balance in balances if balance.kind == kind]):
            return found
    return None


def _last(balances: Sequence[Balance], kinds: Sequence[str]) -> Balance | None:
    for kind in kinds:
        if found := _latest([balance for balance in balances if balance.kind == kind]):
            return found
    return None


def _earliest(balances: Sequence[Balance]) -> Balance | None:
    """Return the one with the earliest date; of equal ones the first."""
    return min(balances, key=lambda balance: balance.date, default=None)


def _latest(balances: Sequence[Balance]) -> Balance | None:
    """Return the one with the latest date; of equal ones the last."""
    return max(reversed(balances), key=lambda balance: balance.date, default=None)
