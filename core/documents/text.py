"""Plain text and dates for documents; nothing here draws."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime

from core.clock import shop_time

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_LINE_ENDS = ("\r\n", "\r", "\u2028", "\u2029", "\v", "\f")


def plain(text: str) -> str:
    """Return text from outside on one line, without anything that acts instead of showing.

    Control characters, direction overrides and broken surrogates go; a line end or a tab becomes
    a space; accents are composed, because a PDF draws each code point on its own.
    """
    return " ".join(plain_lines(text))


def plain_lines(text: str) -> list[str]:
    """Return text from outside as plain lines; empty lines are left out."""
    for line_end in _LINE_ENDS:
        text = text.replace(line_end, "\n")
    lines = (_shown(line.replace("\t", " ")) for line in text.split("\n"))
    return [line for line in lines if line]


def break_of(full: str) -> int:
    """Return how much of a word too long for its line stands on it: up to a hyphen if one is near.

    A number such as a payment's is easier to read and to type in whole groups.
    """
    hyphen = full.rfind("-") + 1
    return hyphen if hyphen > len(full) // 2 else len(full)


def long_date(day: date) -> str:
    """Return the day as "16 January 2026", whatever the computer's own language is."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def short_date(day: date) -> str:
    """Return the day as "16 Jan 2026"."""
    return f"{day.day} {_MONTHS[day.month - 1][:3]} {day.year}"


def period(start: date, end: date) -> str:
    """Return a period in words: "16 January 2026" or "1 January 2026 – 31 January 2026"."""
    return long_date(start) if start == end else f"{long_date(start)} – {long_date(end)}"


def moment(when: datetime) -> str:
    """Return an aware moment as the shop's clock shows it: "16 January 2026, 14:05"."""
    local = shop_time(when)
    return f"{long_date(local.date())}, {local:%H:%M}"


def _shown(line: str) -> str:
    if line.isascii() and line.isprintable():
        return line.strip()
    kept = (c for c in line if unicodedata.category(c) not in _DROPPED_CATEGORIES)
    return unicodedata.normalize("NFC", "".join(kept)).strip(" ")
