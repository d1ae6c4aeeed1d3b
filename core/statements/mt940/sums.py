"""Counts and sums that a message states, compared with the movements it holds.

MT 942 states them in ``:90D:`` and ``:90C:``. In MT 940 some banks put them into the ``:86:``
after the closing balance, in one of two forms: ``/SUM/2/1/30,00/5,00/`` (counts of debits and
credits, their sums) and ``D000002C000001D30,00C5,00``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from core.errors import InvalidInputError
from core.money import display, exponent
from core.statements.mt940.fields import Message
from core.statements.mt940.values import any_minor
from core.statements.statement import Problem, Statement

_FIELD_90 = re.compile(r"(\d{0,6})\s*[A-Z]{3}\s*([\d.,]{1,40})")
_SLASHED = re.compile(r"/SUM/(\d{1,6})/(\d{1,6})/([\d,]+)/([\d,]+)/?")
_LETTERED = re.compile(r"D(\d{1,6})C(\d{1,6})D([\d,]+)C([\d,]+)")
_DEBITS, _CREDITS = "90D", "90C"


class StatedSum(NamedTuple):
    """How many movements of one direction there are, and what they come to.

    ``entries`` is None where only the sum is stated.
    """

    is_credit: bool
    entries: int | None
    amount_minor: int


def stated_sums(message: Message, currency: str) -> tuple[list[StatedSum], list[str]]:
    """Return the counts and sums that a message states, and those that cannot be read."""
    sums, unread = [], []
    for tag, entries, amount, text in _stated(message):
        try:
            amount_minor = any_minor(amount, exponent(currency))
        except InvalidInputError:
            unread.append(text)
        else:
            sums.append(StatedSum(tag == _CREDITS, int(entries) if entries else None, amount_minor))
    return sums, unread


def _stated(message: Message) -> Iterator[tuple[str, str, str, str]]:
    """Yield tag, count, sum and the text they are from; a sum of no form at all is empty."""
    for tag, text in message.sums:
        match = _FIELD_90.fullmatch(text)
        entries, amount = match.groups() if match else ("", "")
        yield tag, entries, amount, text
    for note in message.notes_after:
        text = note.strip()
        match = _SLASHED.match(text) or _LETTERED.match(text)
        if match:
            debits, credits_, debit_sum, credit_sum = match.groups()
            yield _DEBITS, debits, debit_sum, text
            yield _CREDITS, credits_, credit_sum, text


def sum_problems(statement: Statement, sums: Iterable[StatedSum]) -> list[Problem]:
    """Name each stated count or sum that the movements do not make."""
    problems = []
    for stated in sums:
        sign = 1 if stated.is_credit else -1
        amounts = [line.amount_minor * sign for line in statement.lines]
        zeros = amounts.count(0)
        count = sum(amount > 0 for amount in amounts)
        total = sum(amount for amount in amounts if amount > 0)
        entries = count if stated.entries is None else stated.entries
        if total == stated.amount_minor and count <= entries <= count + zeros:
            continue
        direction = "in" if stated.is_credit else "out"
        problems.append(
            Problem(
                None,
                f"On {statement.account or 'the account'} the file states {entries} movements"
                f" of money {direction} worth {display(stated.amount_minor, statement.currency)},"
                f" and holds {count} worth {display(total, statement.currency)}.",
            )
        )
    return problems
