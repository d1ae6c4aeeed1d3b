"""BAI2 type codes: what a three-digit code says about the amount that follows it.

Source: BAI2 specification, appendix A: 100–399 credits, 400–699 debits, 700–799 loans, 890
without money, 900–919 a bank's own states, 920–959 its own credits, 960–999 its own debits.
"""

from __future__ import annotations

from enum import Enum

OPENING_LEDGER = "010"
CLOSING_LEDGER = "015"
CURRENT_LEDGER = "030"
TOTAL_CREDITS = "100"
TOTAL_DEBITS = "400"


class Meaning(Enum):
    """What a transaction of a type code does to the account."""

    CREDIT = "credit"
    DEBIT = "debit"
    LOAN = "a loan's record"
    NO_MONEY = "a notice without money"
    UNKNOWN = "unknown"


_RANGES = (
    (100, 399, Meaning.CREDIT),
    (400, 699, Meaning.DEBIT),
    (700, 799, Meaning.LOAN),
    (890, 890, Meaning.NO_MONEY),
    (900, 919, Meaning.NO_MONEY),
    (920, 959, Meaning.CREDIT),
    (960, 999, Meaning.DEBIT),
)


def meaning_of(code: str) -> Meaning:
    """Return what a type code means; UNKNOWN for what the specification leaves open."""
    if len(code) != 3 or not code.isdecimal():
        return Meaning.UNKNOWN
    number = int(code)
    for first, last, meaning in _RANGES:
        if first <= number <= last:
            return meaning
    return Meaning.UNKNOWN
