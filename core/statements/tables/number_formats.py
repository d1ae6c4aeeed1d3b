"""Which number formats of a spreadsheet show a date, and what a stored number says as text."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Context, Decimal
from functools import lru_cache

from core.statements.amounts import MachineNumber

_BUILTIN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
"""ECMA-376 part 1, 18.8.30: formats that a file need not spell out."""
_LITERAL = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[(?![hmsHMS]+\])[^\]]*\]?')
_FRACTION_OF_SECOND = re.compile(r"s[.,]0+", re.IGNORECASE)
_NUMERAL = re.compile(r"[-+]?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]{1,3})?")
_LAST_SERIAL = 2_958_465
"""31 December 9999, the last day that a spreadsheet knows."""
MAX_DIGITS = 40
_FIFTEEN_DIGITS = Context(prec=15)
_HALF = 10**12 // 2
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


def number_text(text: str) -> str:
    """Return the decimal that was typed: 15 digits count, the rest is binary noise."""
    if text.isdecimal() and text.isascii() and len(text) < MAX_DIGITS:
        return MachineNumber(text)
    return _decimal_text(text.strip())


@lru_cache(maxsize=16_384)
def _decimal_text(text: str) -> str:
    if not _NUMERAL.fullmatch(text):
        return text
    value = _FIFTEEN_DIGITS.create_decimal(text)
    if abs(value) >= _EXACT_BELOW:
        whole = text.lstrip("+-").isdigit()
        return MachineNumber(text) if whole and len(text) < MAX_DIGITS else text
    written = format(value, "f")
    if len(written) > MAX_DIGITS:
        return text
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return MachineNumber("0" if written in ("-0", "") else written)


def date_text(text: str, *, from_1904: bool = False) -> str:
    """Return the date, date and time, or time of day that a day number stands for.

    Times are rounded to the second. Excel's 1900 system has a 29 February 1900; days before
    it are not corrected, as no statement is that old.
    """
    whole, _, fraction = text.partition(".")
    if not whole.isdecimal() or not (fraction.isdecimal() or not fraction):
        text = text.strip()
        if not _NUMERAL.fullmatch(text):
            return text
        whole, _, fraction = format(Decimal(text), "f").partition(".")
        if not whole.isdecimal():
            return number_text(text)
    seconds = (int(fraction[:12].ljust(12, "0")) * 86_400 + _HALF) // 10**12 if fraction else 0
    if len(whole) > 7:
        return number_text(text)
    days, seconds = int(whole) + seconds // 86_400, seconds % 86_400
    if days > _LAST_SERIAL:
        return number_text(text)
    if not days:
        return _clock_text(seconds)
    day = _day_text(days, from_1904)
    return f"{day} {_clock_text(seconds)}" if seconds else day


@lru_cache(maxsize=4096)
def _day_text(days: int, from_1904: bool) -> str:
    epoch = date(1904, 1, 1) if from_1904 else date(1899, 12, 30)
    return (epoch + timedelta(days=days)).isoformat()


@lru_cache(maxsize=86_400)
def _clock_text(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


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
