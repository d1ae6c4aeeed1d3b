"""What is left of an identifier that lost its beginning or its form, compared with one payment.

A prefix is lost (004512 of KGL/26/004512), a spreadsheet drops leading zeros or writes 3.6344E+09,
digits are joined to letters, 1 and I or L, 5 and S, 8 and B are mistaken. Such a piece is found
only by knowing the payment it may be of, so it is compared with the few payments of the line's
amount and days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.matching.facts import LineFacts, PaymentFacts
from core.matching.identifiers import Field, Identifier, IdentifierKind, fold

_SCIENTIFIC = re.compile(r"(?<![\w.])(\d)[.,]?(\d*)E\+?(\d{1,2})(?!\w)")
_LOOKING_ALIKE = str.maketrans("ILSB", "1158")
_MISREAD = re.compile(r"\d[ILSB]+(?:\d|$)")
_MIN_LEFT = 4
_MIN_JOINED = 8
_MIN_NUMBER = 3
_MIN_DIGITS = 3
MIN_TELLING = 7
_MIN_WHOLE = {True: 8, False: 6}
"""By whether it is only digits: shorter numbers are amounts and days as well."""
_PREFIX = re.compile(r"[A-Z]{2,}[^0-9A-Z]+(?=[0-9A-Z])")
"""The letters that say what a number is, as written: INV-20260312-00047, RES-7KD4Q2."""


@dataclass(frozen=True, slots=True)
class Remnant:
    """A piece of a line that may be a payment's identifier.

    ``chance`` is how likely a number of that length is the payment's by chance; ``is_whole`` says
    that every character is there, so that it explains what looks like an unknown reference.
    ``is_telling`` is the end of a network's own id: no other of our payments is close to it, as
    the numbers are that a shop gives out one after the other.
    """

    identifier: Identifier
    seen: str
    chance: float
    is_whole: bool = False
    is_telling: bool = False


def remnant_of(line: LineFacts, payment: PaymentFacts) -> Remnant | None:
    """Return the most telling piece of a line that may be this payment's."""
    found = [remnant for identifier in payment.identifiers for remnant in _pieces(line, identifier)]
    return min(found, key=lambda each: (each.chance, each.seen), default=None)


def is_misread(line: LineFacts, payment: PaymentFacts) -> bool:
    """Tell whether what looks like an unknown reference is this payment's, letters for digits."""
    if not any(_MISREAD.search(field.folded) for field in line.fields):
        return False
    text = "".join(field.folded for field in line.fields).translate(_LOOKING_ALIKE)
    ends = (each.folded[-_MIN_LEFT:].translate(_LOOKING_ALIKE) for each in payment.identifiers)
    if not any(end in text for end in ends):
        return False
    remnant = remnant_of(line, payment)
    return remnant is not None and remnant.is_whole


def _whole(field: Field, identifier: Identifier, own: str) -> Iterator[Remnant]:
    """Yield an identifier of which all that tells it from the others is there.

    Letters stand for its digits, or the letters that say what it is are lost.
    """
    if field.folded.translate(_LOOKING_ALIKE) == own:
        yield Remnant(identifier, field.raw, 0.1 ** len(own), is_whole=True)
    prefix = _PREFIX.match(identifier.written.upper())
    rest = own[len(fold(prefix[0])) :] if prefix else ""
    for whole in (own, rest):
        if len(whole) >= _MIN_WHOLE[whole.isdigit()]:
            for run in field.runs(len(whole), len(whole)):
                if run.translate(_LOOKING_ALIKE) == whole:
                    chance = len(field.tokens) * 0.1 ** len(whole)
                    yield Remnant(identifier, run, chance, is_whole=True, is_telling=True)


def _pieces(line: LineFacts, identifier: Identifier) -> Iterator[Remnant]:
    own = identifier.folded.translate(_LOOKING_ALIKE)
    fields = line.fields
    for field in fields[: 1 + bool(line.line.reference)]:
        number = len(field.tokens) or 1
        yield from _whole(field, identifier, own)
        for token in field.tokens:
            seen = token.replace("O", "0").translate(_LOOKING_ALIKE)
            digits = sum(mark.isdigit() for mark in seen)
            if len(seen) >= _MIN_LEFT and digits >= _MIN_DIGITS and _is_end(seen, own):
                yield Remnant(
                    identifier, token, number * 0.1**digits, is_telling=_tells(identifier, digits)
                )
            if own.isdigit() and len(own) >= _MIN_JOINED and own in seen:
                yield Remnant(
                    identifier,
                    token,
                    number * 0.1 ** len(own),
                    is_telling=_tells(identifier, len(own)),
                )
            if own.isdigit() and seen.isdigit() and seen.lstrip("0") == own.lstrip("0"):
                left = len(seen.lstrip("0"))
                if left >= _MIN_NUMBER:
                    yield Remnant(identifier, token, number * 0.1**left)
        if own.isdigit():
            for found in _SCIENTIFIC.finditer(field.upper):
                shown = found[1] + found[2]
                if len(own.lstrip("0")) == int(found[3]) + 1 and _rounds_to(own, shown):
                    yield Remnant(identifier, found[0], 0.1 ** len(shown.rstrip("0")))


def _tells(identifier: Identifier, digits: int) -> bool:
    return identifier.kind is IdentifierKind.TRANSACTION and digits >= MIN_TELLING


def _is_end(seen: str, own: str) -> bool:
    return len(seen) < len(own) and own.endswith(seen)


def _rounds_to(own: str, shown: str) -> bool:
    """Tell whether a number written with so few places is this one."""
    number = own.lstrip("0")
    scale = len(number) - len(shown)
    if scale < 0:
        return number == shown.rstrip("0").ljust(len(number), "0")
    unit = int(f"1{'0' * scale}")
    return abs(int(shown) * unit - int(number)) * 2 <= unit
