"""Payers' telephone numbers inside a line: local, international or masked."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from core.matching.identifiers import forms_of, stretches
from core.matching.records import OpenLine

_NUMBER = re.compile(r"(?<![\dA-Za-z])(?:\+|00)?(?:250[ -]?|0)?(7\d{2}(?:[ -]?\d{3}){2})(?![\d*])")
_MASKED = re.compile(
    r"(?<![\dA-Za-z*])(?:\+|00)?(?:250|0)?(?P<head>7\d{0,5})?(?P<mask>[*Xx]{3,})(?P<tail>\d{2,4})(?!\d)"
)
_NATIONAL_LENGTH = 9
_COUNTRY = "+250"
_USUAL_FORMS = frozenset({forms_of([f"{_COUNTRY}{0:09}"]).pop(), ""})


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


def with_national_numbers(e164: Sequence[str], wanted: Set[str]) -> dict[str, str]:
    """Return which of many numbers are one of the wanted, with their national digits.

    Nearly all are written in one way: then the wanted are looked for as they would be written.
    """
    found: dict[str, str] = {}
    usual = {f"{_COUNTRY}{national}": national for national in wanted}
    for stretch in stretches(len(e164)):
        some = e164[stretch]
        if forms_of(some) <= _USUAL_FORMS:
            found.update((phone, usual[phone]) for phone in usual.keys() & set(some))
        else:
            nationals = ((phone, national_number(phone)) for phone in set(some))
            found.update(each for each in nationals if each[1] in wanted)
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
