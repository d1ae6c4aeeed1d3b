"""Fingerprints that recognise a movement again in another file of the same account."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import date

from core.statements.statement import StatementLine

_BETWEEN = "\x1f"
"""Stands in no fact: it is white space, which is written as spaces there."""


def fingerprints(account: str, lines: Iterable[StatementLine]) -> list[str]:
    """Return one fingerprint per line: equal for the same movement, in this file or another.

    The same file again gives the same fingerprints, an overlapping file gives new ones only for
    what is new, and two truly equal rows stay two because each counts its occurrence. A line
    that carries a reference or an id is known by it; only without one does its text count,
    since exports cut and wrap descriptions differently.

    The running balance and the time of day are left out on purpose. A back-dated booking moves
    every later balance, and one export shows seconds where another shows none; taking them in
    would count the same money twice. The price: of equal rows without an id, split by an export
    that begins in the middle of a day, one may be taken for the other.
    """
    seen: dict[str, int] = {}
    days: dict[date, str] = {}
    own = re.sub(r"\W", "", account).casefold()
    result = []
    for line in lines:
        reference, transaction_id = _plain(line.reference), _plain(line.transaction_id)
        text = "" if reference or transaction_id else _plain(line.description)
        day = days.get(line.date) or days.setdefault(line.date, line.date.isoformat())
        facts = _BETWEEN.join(
            (own, day, str(line.amount_minor), line.currency, reference, transaction_id, text)
        )
        number = seen[facts] = seen.get(facts, 0) + 1
        result.append(hashlib.sha256(f"{facts}{_BETWEEN}{number}".encode()).hexdigest())
    return result


def _plain(text: str) -> str:
    if text.isdigit():
        return text
    return " ".join(text.split()).casefold()
