"""Identifiers that only one payment has, and how they are compared with a line's text.

Both sides are *folded*: capitals, letters and digits only, the letter O read as zero. What stands
in a text is then the same as written, spaced, in other case, or joined to its neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from itertools import accumulate

from core.matching.records import OpenLine
from core.matching.values import value_class

_TOKEN = re.compile(r"[0-9A-Z]+")
MIN_ALONE = 5
MIN_DIGITS_ALONE = 8
"""A shorter bare number in free text may be an amount, a date or a till."""
MIN_IN_OWN_FIELD = 4
_STRETCH = 50_000
_DIGITS_TO_ZERO = bytes.maketrans(b"123456789", b"000000000")
O_TO_ZERO = bytes.maketrans(b"O", b"0")
NOT_FOLDED = bytes(code for code in range(128) if not re.match(r"[0-9A-Z\n]", chr(code)))


class IdentifierKind(IntEnum):
    """Which of a payment's identifiers was found; the lower, the stronger."""

    TRANSACTION = 0
    REFERENCE = 1
    INVOICE = 2
    ORDER = 3

    @property
    def words(self) -> str:
        """The identifier's name in a sentence."""
        return _WORDS[self]


_WORDS = ("transaction id", "reference", "invoice number", "order number")


@value_class(frozen=True, slots=True)
class Identifier:
    """One identifier of one payment, folded for comparing and as written for people."""

    folded: str
    written: str
    kind: IdentifierKind
    payment_id: str


@value_class(frozen=True, slots=True)
class Named:
    """An identifier that stands in a line, by its entry in the index; else as :class:`Hit`."""

    entry: int
    as_written: bool


@value_class(frozen=True, slots=True)
class Hit:
    """An identifier that stands in a line; ``as_written`` unless spaced, joined or O for 0.

    ``place`` is that of its payment.
    """

    identifier: Identifier
    as_written: bool
    place: int


def fold(text: str) -> str:
    """Return letters and digits in capitals, O read as 0."""
    upper = text.upper()
    if not (upper.isalnum() and upper.isascii()):
        upper = "".join(_TOKEN.findall(upper))
    return upper.replace("O", "0")


def stretches(length: int) -> Iterator[slice]:
    """Cut a long column up: one call over all of it would keep the window waiting."""
    return (slice(start, start + _STRETCH) for start in range(0, length, _STRETCH))


def fold_all(texts: Sequence[str]) -> list[str]:
    """Return every text folded: as :func:`fold`, in few goes over many of them.

    What is folded already is the very text that was given.
    """
    found: list[str] = []
    for stretch in stretches(len(texts)):
        some = texts[stretch]
        joined = "\n".join(some)
        kept = joined.upper().encode("ascii", "ignore").translate(O_TO_ZERO, NOT_FOLDED).decode()
        if kept == joined and joined.count("\n") == len(some) - 1:
            found += some
            continue
        folded = kept.split("\n")
        if len(folded) != len(some):
            folded = [fold(each) for each in some]
        pairs = zip(some, folded, strict=True)
        found += [own if own == short else short for own, short in pairs]
    return found


def identifiers_of(payment_id: str, written: Iterable[str]) -> tuple[Identifier, ...]:
    """Return a payment's identifiers, each value once; they are ``written`` kind by kind."""
    found: dict[str, Identifier] = {}
    for kind, value in zip(IdentifierKind, written, strict=True):
        folded = fold(value) if value else ""
        if len(folded) >= MIN_IN_OWN_FIELD and folded not in found:
            found[folded] = Identifier(folded, value.strip(), kind, payment_id)
    return tuple(found.values())


def stands_alone(folded: str) -> bool:
    """Tell whether an identifier is long enough to mean something inside free text."""
    if len(folded) < MIN_ALONE or folded.isalpha():
        return False
    return len(folded) >= MIN_DIGITS_ALONE or not folded.isdigit()


def one_slip_apart(left: str, right: str) -> bool:
    """Tell whether two different words are one slip apart (optimal string alignment of 1)."""
    if abs(len(left) - len(right)) > 1 or left == right:
        return False
    start = 0
    for a, b in zip(left, right, strict=False):
        if a != b:
            break
        start += 1
    if len(left) == len(right):
        if left[start + 1 :] == right[start + 1 :]:
            return True
        swapped = left[start : start + 2] == right[start : start + 2][::-1]
        return swapped and left[start + 2 :] == right[start + 2 :]
    shorter, longer = sorted((left, right), key=len)
    return shorter[start:] == longer[start + 1 :]


class Field:
    """One field of a line as folded text that still knows where its words began."""

    __slots__ = ("_edges", "folded", "raw", "tokens", "upper")

    def __init__(self, text: str) -> None:
        self.upper = upper = text.upper()
        self.tokens = [upper] if upper.isalnum() and upper.isascii() else _TOKEN.findall(upper)
        self.raw = "".join(self.tokens)
        self.folded = self.raw.replace("O", "0")
        self._edges: tuple[int, ...] = ()

    @property
    def edges(self) -> tuple[int, ...]:
        """Where its words begin, and where the last one ends."""
        if not self._edges:
            self._edges = (0, *accumulate(map(len, self.tokens)))
        return self._edges

    def runs(self, shortest: int, longest: int) -> Sequence[str]:
        """Return neighbouring whole words, joined, within the two lengths."""
        edges, found = self.edges, list[str]()
        for first in range(len(self.tokens)):
            start = edges[first]
            for last in range(first + 1, len(edges)):
                length = edges[last] - start
                if length > longest:
                    break
                if length >= shortest:
                    found.append(self.folded[start : edges[last]])
        return found

    def is_joined(self, edge: int) -> bool:
        """Tell whether the words on both sides of an edge are one, as in KGL/26/004512."""
        place = self.edges.index(edge)
        spans = [found.span() for found in _TOKEN.finditer(self.upper)]
        between = self.upper[spans[place - 1][1] : spans[place][0]]
        return not any(mark.isspace() for mark in between)


def fields_of(line: OpenLine) -> tuple[Field, ...]:
    """Return a line's searchable fields: its text, then those that hold an identifier alone."""
    own_fields = (line.reference, line.transaction_id)
    return (Field(line.text), *(Field(own) for own in own_fields if own))


def forms_of(texts: Iterable[str]) -> set[str]:
    """Return how texts look with every digit a zero: a handful, where there are a million texts."""
    return set("\n".join(texts).encode().translate(_DIGITS_TO_ZERO).decode().split("\n"))
