"""The numbers a shop gives out itself: which number is one of them, though no payment has it.

References of a long prefix are known by it. Bare numbers (00000830), and those behind a single
letter (S20260312014), are known by their length and by lying among those given out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.matching.identifiers import Field

_NUMBER = re.compile(r"(?<![0-9A-Z])([A-Z]?)(\d+)(?![0-9A-Z])")
_MIN_DIGITS = 8
_MIN_GIVEN_OUT = 3
_MARGIN = 20
"""Numbers beyond the highest by a twentieth of the range may be given out by now."""
_PHONE = re.compile(r"(?:250|0)?7\d{8}")

_Form = tuple[str, int]


class OwnNumbers:
    """How our bare numbers look: by letter and length, from the lowest to the highest."""

    def __init__(self) -> None:
        self._ranges: dict[_Form, tuple[int, int]] = {}

    def learn(self, column: Sequence[str], forms: Iterable[str]) -> None:
        """Read one kind of our numbers, folded; ``forms`` has each with its digits as zeros."""
        for form in forms:
            if len(form) < _MIN_DIGITS or not form[1:].isdigit():
                continue
            letter, length = "" if form[0].isdigit() else form[0], len(form)
            # Texts of one length are in the order of their numbers.
            given_out = [
                key
                for key in column
                if len(key) == length and key.startswith(letter) and key[len(letter) :].isdigit()
            ]
            if len(given_out) >= _MIN_GIVEN_OUT:
                low, high = int(min(given_out)[len(letter) :]), int(max(given_out)[len(letter) :])
                self._ranges[letter, length - len(letter)] = (
                    low,
                    high + (high - low) // _MARGIN + 1,
                )

    def stand_in(self, fields: Sequence[Field]) -> bool:
        """Tell whether a line holds a number of ours, other than in the network's own field."""
        if not self._ranges:
            return False
        return any(
            self._is_ours(found[1], found[2])
            for field in fields
            for token in field.tokens
            for found in _NUMBER.finditer(token.replace("O", "0") if token[1:].isdigit() else token)
        )

    def _is_ours(self, letter: str, digits: str) -> bool:
        low, high = self._ranges.get((letter, len(digits)), (1, 0))
        if not low <= int(digits) <= high:
            return False
        return bool(letter) or not (_PHONE.fullmatch(digits) or _is_day(digits))


def _is_day(digits: str) -> bool:
    for day, month, year in (
        (digits[6:], digits[4:6], digits[:4]),
        (digits[:2], digits[2:4], digits[4:]),
    ):
        try:
            if len(digits) == len("20260312") and date(int(year), int(month), int(day)).year > 2000:
                return True
        except ValueError:
            continue
    return False
