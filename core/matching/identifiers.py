"""Identifiers that only one payment has, and how they are found inside a line's text.

Both sides are *folded*: capitals, letters and digits only, the letter O read as zero. What stands
in a text is then found as written, spaced, in other case, or joined to its neighbours, by looking
up every window of a known length: the cost depends on the text, not on the number of payments.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import IntEnum
from itertools import accumulate, compress
from math import prod
from operator import itemgetter

from core.matching.numbering import OwnNumbers
from core.matching.records import OpenLine, OpenPayment
from core.matching.values import value_class

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
_LETTERS = 36
_MAX_SHARE_OF_TEXT = 0.1
_HEAD = 4
"""So many characters tell nearly always that no identifier begins here."""
_PREFIX = re.compile(rf"^[ \t]*([A-Z]{{{_MIN_PREFIX},}})", re.MULTILINE)
_HEAD_OF = itemgetter(slice(_HEAD))
_DIGITS_TO_ZERO = bytes.maketrans(b"123456789", b"000000000")
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


@value_class(frozen=True, slots=True)
class Identifier:
    """One identifier of one payment, folded for comparing and as written for people."""

    folded: str
    written: str
    kind: IdentifierKind
    payment_id: str


@value_class(frozen=True, slots=True)
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
    """Return every text folded: as :func:`fold`, in few goes over many of them.

    What is folded already is the very text that was given.
    """
    found: list[str] = []
    for stretch in stretches(len(texts)):
        some = texts[stretch]
        joined = "\n".join(some)
        kept = joined.upper().encode("ascii", "ignore").translate(_O_TO_ZERO, _NOT_FOLDED).decode()
        if kept == joined and joined.count("\n") == len(some) - 1:
            found += some
            continue
        folded = kept.split("\n")
        if len(folded) != len(some):
            folded = [fold(each) for each in some]
        pairs = zip(some, folded, strict=True)
        found += [own if own == short else short for own, short in pairs]
    return found


def identifiers_of(payment: OpenPayment) -> tuple[Identifier, ...]:
    """Return the payment's identifiers, strongest kind first, each value once."""
    written = (
        payment.transaction_id,
        payment.reference,
        payment.invoice_number,
        payment.order_number,
    )
    found: dict[str, Identifier] = {}
    for kind, value in zip(IdentifierKind, written, strict=True):
        folded = fold(value) if value else ""
        if len(folded) >= _MIN_IN_OWN_FIELD and folded not in found:
            found[folded] = Identifier(folded, value.strip(), kind, payment.payment_id)
    return tuple(found.values())


def stands_alone(folded: str) -> bool:
    """Tell whether an identifier is long enough to mean something inside free text."""
    if len(folded) < _MIN_LENGTH or folded.isalpha():
        return False
    return len(folded) >= _MIN_DIGITS_ONLY or not folded.isdigit()


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
    place.
    """

    def __init__(self, columns: Sequence[Sequence[str]], payment_ids: Sequence[str]) -> None:
        self._payment_ids = payment_ids
        self._written = tuple(zip(IdentifierKind, columns, strict=True))
        self._place_of: dict[str, int] = {}
        self._shared: dict[str, dict[int, None]] = {}
        self.folded: list[list[str]] = []
        self.forms: list[set[str]] = []
        prefixes: set[str] = set()
        own_prefixes: set[str] = set()
        forms: set[str] = set()
        self._own_numbers = OwnNumbers()
        for kind, column in enumerate(columns):
            if not any(column):
                continue
            folded = fold_all(column)
            self.folded.append(folded)
            is_own = kind != IdentifierKind.TRANSACTION
            of_column: set[str] = set()
            for each in stretches(len(folded)):
                of_stretch = forms_of(folded[each])
                self._add(folded[each], each.start, of_stretch)
                of_column |= of_stretch
                seen = _prefixes(column[each], folded[each], of_stretch)
                prefixes |= seen
                own_prefixes |= seen if is_own else set()
            self.forms.append(of_column)
            forms |= of_column
            if is_own:
                self._own_numbers.learn(folded, of_column)
        long_enough = {form for form in forms if len(form) >= _MIN_IN_OWN_FIELD}
        self.lengths = frozenset(map(len, long_enough))
        self._lengths = sorted(
            {len(form) for form in long_enough if stands_alone(form)}, reverse=True
        )
        self._heads = set(map(_HEAD_OF, self._place_of))
        self._beginning = _beginning_of(self._heads)
        self.shape = _shape_of(prefixes)
        self._own_shape = _shape_of(own_prefixes)

    def placed(self, folded: Sequence[str]) -> list[tuple[str, int]]:
        """Return which of these some payment has, each with the place of every such payment."""
        places = map(self._place_of.get, folded)
        found = [
            (key, place) for key, place in zip(folded, places, strict=True) if place is not None
        ]
        if self._shared and not self._shared.keys().isdisjoint(folded):
            return [(key, place) for key, _ in found for place in self.places_of(key)]
        return found

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
        """Return the identifier of the payment at a place, the strongest that reads so."""
        for kind, column in self._written:
            written = column[place]
            if written == folded or (written and fold(written) == folded):
                return Identifier(folded, written.strip(), kind, self._payment_ids[place])
        raise KeyError(folded)

    def find(self, fields: tuple[Field, ...]) -> tuple[Hit, ...]:
        """Return what the fields name: per payment its strongest identifier, by payment id.

        An identifier inside a longer one that was also found does not count, nor a payment that
        only shares identifiers with one that is named more closely.
        """
        found: list[Hit] = []
        for own, field in enumerate(fields):
            self._find_in(field, found, own_field=own > 0)
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

    def _find_in(self, field: Field, hits: list[Hit], *, own_field: bool) -> None:
        folded, known = field.folded, self._place_of
        if own_field and not stands_alone(folded):
            hits.extend(Hit(each, as_written=True) for each in self.identifiers(folded))
            return
        starts = self._starts(folded)
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
                hits.extend(
                    Hit(each, each.written.upper() in field.upper)
                    for each in self.identifiers(window)
                )

    def _starts(self, folded: str) -> list[int]:
        """Return where an identifier may begin in a text."""
        heads, beginning = self._heads, self._beginning
        if beginning is None:
            return [at for at in range(len(folded)) if folded[at : at + _HEAD] in heads]
        found = (match.start() for match in beginning.finditer(folded))
        return [at for at in found if folded[at : at + _HEAD] in heads]

    def _add(self, folded: Sequence[str], first_place: int, forms: Collection[str]) -> None:
        """Add a stretch of a column; the quick way where no identifier is too short."""
        keys = folded
        places: Sequence[int] = range(first_place, first_place + len(folded))
        if any(len(form) < _MIN_IN_OWN_FIELD for form in forms):
            long_enough = [len(key) >= _MIN_IN_OWN_FIELD for key in folded]
            keys, places = list(compress(folded, long_enough)), list(compress(places, long_enough))
        firsts = list(map(self._place_of.setdefault, keys, places))
        if firsts != list(places):
            for key, first, place in zip(keys, firsts, places, strict=True):
                if first != place:
                    self._shared.setdefault(key, {first: None})[place] = None


def forms_of(texts: Iterable[str]) -> set[str]:
    """Return how texts look with every digit a zero: a handful, where there are a million texts."""
    return set("\n".join(texts).encode().translate(_DIGITS_TO_ZERO).decode().split("\n"))


def _shape_of(prefixes: Iterable[str]) -> re.Pattern[str] | None:
    heads = {prefix.replace("O", "0") for prefix in prefixes}
    shapes = "|".join(sorted(heads, key=lambda text: (-len(text), text)))
    return re.compile(rf"(?:{shapes})\d{{{_MIN_SHAPE_DIGITS},}}") if shapes else None


def _beginning_of(heads: Collection[str]) -> re.Pattern[str] | None:
    """Return what finds in one go where a text has the letters that identifiers begin with.

    None where those are so many that nearly everything looks like a beginning.
    """
    joined = "".join(heads)
    letters = [set(joined[place::_HEAD]) for place in range(_HEAD)]
    if not joined or prod(len(each) / _LETTERS for each in letters) > _MAX_SHARE_OF_TEXT:
        return None
    classes = "".join(f"[{''.join(sorted(each))}]" for each in letters)
    return re.compile(f"(?={classes})")


def _prefixes(written: Sequence[str], folded: Sequence[str], forms: Collection[str]) -> set[str]:
    """Return the letters that identifiers begin with, as written, in capitals."""
    identifiers: Iterable[str] = written
    if written == folded:
        identifiers = [form for form in forms if len(form) >= _MIN_IN_OWN_FIELD]
    elif any(len(form) < _MIN_IN_OWN_FIELD for form in forms):
        pairs = zip(written, folded, strict=True)
        identifiers = [each for each, short in pairs if len(short) >= _MIN_IN_OWN_FIELD]
    return set(_PREFIX.findall("\n".join(forms_of(identifiers)).upper()))


def _rank(hit: Hit) -> tuple[int, bool]:
    return hit.identifier.kind, not hit.as_written
