"""Which number formats of a spreadsheet show a date, and what a stored number says as text."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from core.statements.amounts import MachineNumber

_BUILTIN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
"""ECMA-376 part 1, 18.8.30: formats that a file need not spell out."""
_LITERAL = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[(?![hmsHMS]+\])[^\]]*\]?')
_FRACTION_OF_SECOND = re.compile(r"s[.,]0+", re.IGNORECASE)
_NUMERAL = re.compile(r"[-+]?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]{1,3})?")
_LAST_SERIAL = 2_958_465
"""31 December 9999, the last day that a spreadsheet knows."""
_EXACT_BELOW = 10**15
"""From here on a binary number no longer holds every unit: an identifier, not an amount."""


def is_date_format(format_id: int, code: str = "") -> bool:
    """Tell whether a number format shows its number as a date or a time of day.

    A format with digits of its own (``#,##0.00 USD``) is a number, whatever letters it has.
    """
    if not code:
        return format_id in _BUILTIN_DATES
    shown = _LITERAL.sub("", code.partition(";")[0])
    if re.search(r"[#?0]", _FRACTION_OF_SECOND.sub("s", shown)) or "general" in shown.casefold():
        return False
    return bool(re.search(r"[dmyhse]", shown, re.IGNORECASE))


@lru_cache(maxsize=65_536)
def number_text(text: str) -> str:
    """Return the decimal that was typed: 15 digits count, the rest is binary noise."""
    if text.isdigit() and text.isascii():
        return MachineNumber(text)
    if not _NUMERAL.fullmatch(text):
        return text
    value = float(text)
    if not abs(value) < _EXACT_BELOW:
        whole = text.lstrip("+-").isdigit()
        return MachineNumber(text) if whole and len(text) < 40 else text
    written = format(Decimal(format(value, ".15g")), "f")
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return MachineNumber("0" if written == "-0" else written)


@lru_cache(maxsize=65_536)
def date_text(text: str, *, from_1904: bool = False) -> str:
    """Return the date, date and time, or time of day that a day number stands for.

    Times are rounded to the second. Excel's 1900 system has a 29 February 1900; days before
    it are not corrected, as no statement is that old.
    """
    if not _NUMERAL.fullmatch(text):
        return text
    serial = float(text)
    if not 0 <= serial <= _LAST_SERIAL:
        return number_text(text)
    epoch = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - a wall clock
    whole = int(serial)
    moment = epoch + timedelta(days=whole, seconds=round((serial - whole) * 86_400))
    if serial < 1:
        return moment.time().isoformat()
    if moment.hour or moment.minute or moment.second:
        return moment.isoformat(" ")
    return moment.date().isoformat()


def iso_text(text: str) -> str:
    """Return an ISO 8601 date cell (``t="d"``) as ``date_text`` would write it."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if "T" not in text and " " not in text:
        return moment.date().isoformat()
    moment = moment.replace(microsecond=0, tzinfo=None)
    midnight = not (moment.hour or moment.minute or moment.second)
    return moment.date().isoformat() if midnight else moment.isoformat(" ")
