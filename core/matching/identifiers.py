"""Identifiers that only one payment has, and how they are found inside a line's text.

Both sides are *folded*: capitals, letters and digits only, the letter O read as zero. What stands
in a text is then found as written, spaced, in other case, or joined to its neighbours, by looking
up every window of a known length: the cost depends on the text, not on the number of payments.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from enum import IntEnum
from itertools import accumulate

from core.matching.numbering import OwnNumbers
from core.matching.records import OpenLine, OpenPayment

_TOKEN = re.compile(r"[0-9A-Z]+")
_MIN_LENGTH = 5
_MIN_DIGITS_ONLY = 8
"""A shorter bare number in free text may be an amount, a date or a till."""
_MIN_IN_OWN_FIELD = 4
_MIN_PREFIX = 2
_MIN_SHAPE_DIGITS = 3
_MAX_SHARED = 32
"""What more payments than this have in common, such as a till's code, names none of them."""
_STRETCH = 50_000
_HEAD = 4
"""So many characters tell nearly always that no identifier begins here."""
_PREFIX = re.compile(rf"^[ \t]*([A-Z]{{{_MIN_PREFIX},}})", re.MULTILINE)
_O_TO_ZERO = bytes.maketrans(b"O", b"0")
_NOT_FOLDED = bytes(code for code in range(128) if not re.match(r"[0-9A-Z\n]", chr(code)))


class IdentifierKind(IntEnum):
    """Which of a payment's identifiers was found; the lower, the stronger."""

    TRANSACTION = 0
    REFERENCE = 1
    INVOICE = 2
    ORDER = 3

    @property
    def words(self) -> str:
        """The identifier's name in a sentence."""
        return ("transaction id", "reference", "invoice number", "order number")[self]


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier of one payment, folded for comparing and as written for people."""

    folded: str
    written: str
    kind: IdentifierKind
    payment_id: str


@dataclass(frozen=True, slots=True)
class Hit:
    """An identifier that stands in a line; ``as_written`` unless spaced, joined or O for 0."""

    identifier: Identifier
    as_written: bool


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
    """Return every text folded: as :func:`fold`, in few goes over many of them."""
    found: list[str] = []
    for stretch in stretches(len(texts)):
        some = texts[stretch]
        joined = _one_a_line(some).encode("ascii", "ignore").translate(_O_TO_ZERO, _NOT_FOLDED)
        folded = joined.decode().split("\n")
        found += folded if len(folded) == len(some) else map(fold, some)
    return found


def identifiers_of(payment: OpenPayment) -> tuple[Identifier, ...]:
    """Return the payment's identifiers, strongest kind first, each value once."""
    written = (
        (IdentifierKind.TRANSACTION, payment.transaction_id),
        (IdentifierKind.REFERENCE, payment.reference),
        (IdentifierKind.INVOICE, payment.invoice_number),
        (IdentifierKind.ORDER, payment.order_number),
    )
    found: dict[str, Identifier] = {}
    for kind, value in written:
        folded = fold(value) if value else ""
        if len(folded) >= _MIN_IN_OWN_FIELD:
            found.setdefault(folded, Identifier(folded, value.strip(), kind, payment.payment_id))
    return tuple(found.values())


def stands_alone(folded: str) -> bool:
    """Tell whether an identifier is long enough to mean something inside free text."""
    if len(folded) < _MIN_LENGTH or folded.isalpha():
        return False
    return len(folded) >= _MIN_DIGITS_ONLY or not folded.isdigit()


class Field:
    """One field of a line as folded text that still knows where its words began."""

    __slots__ = ("edges", "folded", "raw", "tokens", "upper")

    def __init__(self, text: str) -> None:
        self.upper = text.upper()
        self.tokens = _TOKEN.findall(self.upper)
        self.raw = "".join(self.tokens)
        self.folded = self.raw.replace("O", "0")
        self.edges = (0, *accumulate(map(len, self.tokens)))

    def runs(self, shortest: int, longest: int) -> Iterator[str]:
        """Yield neighbouring whole words, joined, within the two lengths."""
        edges = self.edges
        for first, start in enumerate(edges):
            for end in edges[first + 1 :]:
                if end - start > longest:
                    break
                if end - start >= shortest:
                    yield self.folded[start:end]

    def is_joined(self, edge: int) -> bool:
        """Tell whether the words on both sides of an edge are one, as in KGL/26/004512."""
        place = self.edges.index(edge)
        spans = [found.span() for found in _TOKEN.finditer(self.upper)]
        between = self.upper[spans[place - 1][1] : spans[place][0]]
        return not any(mark.isspace() for mark in between)

    def delimited(self, start: int, end: int) -> bool:
        """Tell whether a window is not merely a piece of a longer number."""
        folded, raw = self.folded, self.raw
        if start not in self.edges and folded[start].isdigit() and raw[start - 1].isdigit():
            return False
        if end not in self.edges and folded[end - 1].isdigit() and raw[end].isdigit():
            return False
        if not folded[start:end].isdigit():
            return True
        # A bare number joined to letters may be anything: only whole words count.
        return start in self.edges and end in self.edges


def fields_of(line: OpenLine) -> tuple[Field, ...]:
    """Return a line's searchable fields: its text, then those that hold an identifier alone."""
    own_fields = (line.reference, line.transaction_id)
    return (Field(line.text), *(Field(own) for own in own_fields if own))


class IdentifierIndex:
    """All identifiers of all payments, for looking up what stands in a line.

    ``columns`` hold, one list per :class:`IdentifierKind`, what is written at each payment's
    place; ``identifiers_at`` tells a place's identifiers when one of them was found.
    """

    def __init__(
        self,
        columns: Sequence[Sequence[str]],
        identifiers_at: Callable[[int], tuple[Identifier, ...]],
    ) -> None:
        self._identifiers_at = identifiers_at
        self._place_of: dict[str, int] = {}
        self._shared: dict[str, dict[int, None]] = {}
        self.folded: list[list[str]] = []
        prefixes: set[str] = set()
        own_prefixes: set[str] = set()
        own_columns: list[list[str]] = []
        for kind, column in enumerate(columns):
            if any(column):
                folded = _sharing(column, fold_all(column))
                self._add(folded)
                self.folded.append(folded)
                for each in stretches(len(folded)):
                    written = _long_enough(column[each], folded[each])
                    seen = _PREFIX.findall(_one_a_line(written))
                    prefixes.update(seen)
                    if kind != IdentifierKind.TRANSACTION:
                        own_prefixes.update(seen)
                if kind != IdentifierKind.TRANSACTION:
                    own_columns.append(folded)
        self.lengths = frozenset(
            length
            for folded in self.folded
            for length in set(map(len, folded))
            if length >= _MIN_IN_OWN_FIELD
        )
        self._lengths = _lengths_that_stand_alone(self._place_of, self.lengths)
        self._heads = {key[:_HEAD] for key in self._place_of}
        self.shape = _shape_of(prefixes)
        self._own_shape = _shape_of(own_prefixes)
        self._own_numbers = OwnNumbers(own_columns)

    def release(self) -> None:
        """Let go of everything bit by bit."""
        for folded in self.folded:
            while folded:
                del folded[-_STRETCH:]
        while self._place_of:
            self._place_of.popitem()

    def known(self, folded: Set[str]) -> Set[str]:
        """Return which of these some payment has."""
        return self._place_of.keys() & folded

    def places_of(self, folded: str) -> Collection[int]:
        """Return the places of the payments that have this identifier; none where all share it."""
        shared = self._shared.get(folded)
        if shared is not None:
            return shared if len(shared) <= _MAX_SHARED else ()
        place = self._place_of.get(folded)
        return () if place is None else (place,)

    def identifiers(self, folded: str) -> Iterator[Identifier]:
        """Yield this identifier for each payment that has it."""
        for place in self.places_of(folded):
            yield self.identifier(folded, place)

    def identifier(self, folded: str, place: int) -> Identifier:
        """Return the identifier of the payment at a place."""
        return next(each for each in self._identifiers_at(place) if each.folded == folded)

    def find(self, fields: tuple[Field, ...]) -> tuple[Hit, ...]:
        """Return what the fields name: per payment its strongest identifier, by payment id.

        An identifier inside a longer one that was also found does not count, nor a payment that
        only shares identifiers with one that is named more closely.
        """
        found = [
            hit
            for own, field in enumerate(fields)
            for hit in self._find_in(field, own_field=own > 0)
        ]
        if len(found) <= 1:
            return tuple(found)
        hits: dict[str, dict[str, Hit]] = defaultdict(dict)
        for hit in found:
            hits[hit.identifier.payment_id].setdefault(hit.identifier.folded, hit)
        # An order number shared by two payments says nothing once an invoice number names one.
        named = {payment_id: frozenset(each) for payment_id, each in hits.items()}
        specific = sorted(
            payment_id
            for payment_id, each in named.items()
            if len(named) == 1 or not any(each < other for other in named.values())
        )
        return tuple(min(hits[payment_id].values(), key=_rank) for payment_id in specific)

    def names_something(self, fields: tuple[Field, ...]) -> bool:
        """Tell whether a field holds something of the shape of our references (INV-2026…).

        A network's own id is not one of them: no payment need know it.
        """
        shape = self._own_shape
        if shape is not None and any(shape.search(field.folded) for field in fields):
            return True
        return self._own_numbers.stand_in(fields)

    def _find_in(self, field: Field, *, own_field: bool) -> Iterator[Hit]:
        folded, known, heads = field.folded, self._place_of, self._heads
        if own_field and not stands_alone(folded):
            for identifier in self.identifiers(folded):
                yield Hit(identifier, as_written=True)
            return
        starts = [start for start in range(len(folded)) if folded[start : start + _HEAD] in heads]
        if not starts:
            return
        found: list[tuple[int, int]] = []
        for length in self._lengths:
            for start in starts:
                end = start + length
                window = folded[start:end]
                if window not in known or len(window) < length:
                    continue
                if any(left <= start and end <= right for left, right in found):
                    continue
                if not field.delimited(start, end):
                    continue
                found.append((start, end))
                for identifier in self.identifiers(window):
                    yield Hit(identifier, identifier.written.upper() in field.upper)

    def _add(self, folded: list[str]) -> None:
        place_of = self._place_of
        if min(map(len, folded)) >= _MIN_IN_OWN_FIELD and self._add_distinct(folded):
            return
        for place, key in enumerate(folded):
            if len(key) < _MIN_IN_OWN_FIELD:
                continue
            first = place_of.setdefault(key, place)
            if first != place:
                self._shared.setdefault(key, {first: None})[place] = None

    def _add_distinct(self, folded: list[str]) -> bool:
        """Add a column in which nothing stands twice, the quick way; tell whether it was one."""
        places: dict[str, int] = {}
        for each in stretches(len(folded)):
            places.update(zip(folded[each], range(each.start, each.stop), strict=False))
        keys = self._place_of.keys()
        distinct = len(places) == len(folded) and (
            not keys or all(keys.isdisjoint(folded[each]) for each in stretches(len(folded)))
        )
        if distinct and not keys:
            self._place_of = places
        elif distinct:
            for each in stretches(len(folded)):
                self._place_of.update(zip(folded[each], range(each.start, each.stop), strict=False))
        return distinct


def _shape_of(prefixes: Iterable[str]) -> re.Pattern[str] | None:
    heads = {prefix.replace("O", "0") for prefix in prefixes}
    shapes = "|".join(sorted(heads, key=lambda text: (-len(text), text)))
    return re.compile(rf"(?:{shapes})\d{{{_MIN_SHAPE_DIGITS},}}") if shapes else None


def _sharing(written: Sequence[str], folded: list[str]) -> list[str]:
    """Return what is folded, as the very text that was written where both are the same."""
    pairs = zip(written, folded, strict=True)
    return [own if own == short else short for own, short in pairs]


def _long_enough(written: Sequence[str], folded: Sequence[str]) -> Iterable[str]:
    """Return what is written without what is too short for an identifier."""
    if min(map(len, folded)) >= _MIN_IN_OWN_FIELD:
        return written
    pairs = zip(written, folded, strict=True)
    return [each for each, short in pairs if len(short) >= _MIN_IN_OWN_FIELD]


def _one_a_line(texts: Iterable[str]) -> str:
    return "\n".join(texts).upper()


def _lengths_that_stand_alone(keys: Iterable[str], lengths: Iterable[int]) -> list[int]:
    """Return the lengths worth searching for in free text, longest first."""
    open_ = set(lengths)
    found: list[int] = []
    for key in keys:
        if not open_:
            break
        if len(key) in open_ and stands_alone(key):
            open_.remove(len(key))
            found.append(len(key))
    return sorted(found, reverse=True)


def _rank(hit: Hit) -> tuple[int, bool]:
    return hit.identifier.kind, not hit.as_written
