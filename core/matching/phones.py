"""Payers' telephone numbers inside a line: local, international or masked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.matching.identifiers import stretches
from core.matching.records import OpenLine

_NUMBER = re.compile(r"(?<![\dA-Za-z])(?:\+|00)?(?:250[ -]?|0)?(7\d{2}(?:[ -]?\d{3}){2})(?![\d*])")
_MASKED = re.compile(
    r"(?<![\dA-Za-z*])(?:\+|00)?(?:250|0)?(?P<head>7\d{0,5})?(?P<mask>[*Xx]{3,})(?P<tail>\d{2,4})(?!\d)"
)
_NATIONAL_LENGTH = 9
_NO_DIGITS = bytes(code for code in range(128) if not re.match(r"[0-9\n]", chr(code)))


@dataclass(frozen=True, slots=True)
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


def national_number(e164: str) -> str:
    """Return the nine national digits of a Rwandan number, "" for any other."""
    digits = e164.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        digits = re.sub(r"\D", "", e164)
    national = digits[-_NATIONAL_LENGTH:]
    return national if len(national) == _NATIONAL_LENGTH and national[0] == "7" else ""


def national_numbers(e164: Sequence[str]) -> list[str]:
    """Return :func:`national_number` of each, in few goes over many of them."""
    found: list[str] = []
    for stretch in stretches(len(e164)):
        some = e164[stretch]
        joined = "\n".join(some).encode("ascii", "ignore").translate(None, _NO_DIGITS).decode()
        numbers = [digits[-_NATIONAL_LENGTH:] for digits in joined.split("\n")]
        if len(numbers) == len(some) and all(map(str.isascii, some)):
            found += [
                each if len(each) == _NATIONAL_LENGTH and each[0] == "7" else "" for each in numbers
            ]
        else:
            found += map(national_number, some)
    return found


def phones_in(line: OpenLine) -> LinePhones:
    """Return the telephone numbers that stand in a line's own field and its text."""
    text = f"{line.phone} | {line.text} | {line.counterparty}"
    full = {re.sub(r"\D", "", match[1]) for match in _NUMBER.finditer(text)}
    masked: tuple[tuple[str, str], ...] = ()
    if "*" in text or "x" in text.lower():
        masked = tuple(
            sorted({(match["head"] or "", match["tail"]) for match in _MASKED.finditer(text)})
        )
    return LinePhones(frozenset(full), masked)
