"""BAI2 amounts and days: digits without a decimal mark, and YYMMDD."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from core.errors import InvalidInputError
from core.money import MAX_MINOR, parse_decimal

_WHOLE = re.compile(r"[+-]?[0-9]{1,30}")
_CENTURY_TURNS = 80
"""Years from 80 are of the last century: the format is older than this one."""


def minor_of(text: str, currency: str) -> int:
    """Return an amount, which is in minor units; with a decimal mark it is in major ones.

    Raises:
        InvalidInputError: no number, or beyond any account.

    """
    amount_minor = int(text) if _WHOLE.fullmatch(text) else parse_decimal(text, currency)
    if abs(amount_minor) > MAX_MINOR:
        raise InvalidInputError(f"“{text}” is more than any account holds.", field="amount")
    return amount_minor


@lru_cache(maxsize=4096)
def day_of(text: str) -> dt.date | None:
    """Return the day of YYMMDD or YYYYMMDD; None if it is none."""
    if not text.isdecimal() or len(text) not in {6, 8}:
        return None
    year = int(text[:-4])
    if len(text) == 6:
        year += 1900 if year >= _CENTURY_TURNS else 2000
    try:
        return dt.date(year, int(text[-4:-2]), int(text[-2:]))
    except ValueError:
        return None
