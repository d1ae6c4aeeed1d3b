"""Payers' telephone numbers inside a line: local, international or masked."""

from __future__ import annotations

import re

from core.matching.records import OpenLine
from core.matching.values import value_class

_NUMBER = re.compile(r"(?<![\dA-Za-z])(?:\+|00)?(?:250[ -]?|0)?(7\d{2}(?:[ -]?\d{3}){2})(?![\d*])")
_MASKED = re.compile(
    r"(?<![\dA-Za-z*])(?:\+|00)?(?:250|0)?(?P<head>7\d{0,5})?(?P<mask>[*Xx]{3,})(?P<tail>\d{2,4})(?!\d)"
)
_NINE_DIGITS = re.compile(r"7\d{2}[ -]?\d{3}[ -]?\d{3}")
"""What every number has; sought for its first digit, and so much faster than all of it."""
_LONGEST_CODE = len("00250 ")
NATIONAL_LENGTH = 9


@value_class(frozen=True, slots=True)
class LinePhones:
    """The national numbers (788123456) a line shows, and the masked ones as head and tail."""

    full: frozenset[str]
    masked: tuple[tuple[str, str], ...]

    def shows(self, national: str) -> bool:
        """Tell whether the full number stands in the line."""
        return national in self.full

    def may_show(self, national: str) -> bool:
        """Tell whether a masked number in the line leaves room for this one."""
        return any(
            national.startswith(head) and national.endswith(tail) for head, tail in self.masked
        )

    def shows_another(self, national: str) -> bool:
        """Tell whether the line shows a payer's number, and not this one."""
        if not national or self.shows(national) or self.may_show(national):
            return False
        return bool(self.full or self.masked)


def stands_as_word(national: str, text: str) -> bool:
    """Tell whether a national number stands between spaces, local or international.

    Then it is one that :func:`phones_in` finds: a number's digits are told apart by one mark at
    most, so none of it can belong to what stands before it.
    """
    if national not in text:
        return False
    words = text.split()
    return f"250{national}" in words or f"0{national}" in words or f"+250{national}" in words


def national_number(e164: str) -> str:
    """Return the nine national digits of a Rwandan number, "" for any other."""
    digits = e164.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        digits = re.sub(r"[^0-9]", "", e164)
    national = digits[-NATIONAL_LENGTH:]
    return national if len(national) == NATIONAL_LENGTH and national[0] == "7" else ""


def phones_in(line: OpenLine) -> LinePhones:
    """Return the telephone numbers that stand in a line's own field and its text."""
    text = f"{line.phone} | {line.text} | {line.counterparty}"
    first = _NINE_DIGITS.search(text)
    full = _NUMBER.findall(text, max(0, first.start() - _LONGEST_CODE)) if first else ()
    masked: tuple[tuple[str, str], ...] = ()
    if "*" in text or "x" in text.lower():
        masked = tuple(
            sorted({(match["head"] or "", match["tail"]) for match in _MASKED.finditer(text)})
        )
    return LinePhones(frozenset(map(_digits, full)), masked)


def _digits(number: str) -> str:
    return number if len(number) == NATIONAL_LENGTH else re.sub(r"\D", "", number)
