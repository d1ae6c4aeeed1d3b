"""All identifiers of all payments, for looking up what stands in lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from itertools import chain, islice

import numpy as np

from core.matching.identifiers import (
    MIN_IN_OWN_FIELD,
    Field,
    Hit,
    Identifier,
    IdentifierKind,
    Named,
    fold,
    stands_alone,
    stretches,
)
from core.matching.letters import (
    HEADS,
    Flags,
    Numbers,
    Places,
    Sought,
    alike,
    numbers_of,
    spread,
)
from core.matching.numbering import OwnNumbers
from core.matching.order import sorted_by
from core.matching.read_identifiers import ReadColumn, ReadIdentifiers

_MIN_SHAPE_DIGITS = 3
_CODE = re.compile(r"([A-Z]{2,})([^0-9A-Z])([0-9A-Z]{4,})")
_CODES_LOOKED_AT = 200
_MIN_CODES = 3
_MAX_SHARED = 32
"""What more payments than this have in common, such as a till's code, names none of them."""


class IdentifierIndex:
    """The identifiers by their letters' numbers, each an entry: one column behind the other.

    ``columns`` hold, one list per :class:`IdentifierKind`, what is written at each payment's
    place, and ``read_before`` what was read of it already: all of it in order, or nothing;
    ``places`` learns where the payments are that are named. ``heads`` tells of any four letters
    whether an identifier begins so, ``sought`` of a number whether it may be one's; ``sizes``,
    ``alone`` and ``telling`` of every entry how long it is, whether it stands alone and whether
    few enough payments have it. ``letters`` are the codes of all that occur.
    """

    def __init__(
        self,
        columns: Sequence[Sequence[str]],
        payment_ids: Sequence[str],
        places: MutableMapping[str, int],
        read_before: Sequence[ReadIdentifiers] = (),
    ) -> None:
        self._payment_ids = payment_ids
        self._places = places
        stretches_read = read_before or [
            ReadIdentifiers.of([column[each] for column in columns])
            for each in stretches(len(payment_ids))
        ]
        self._kinds = [
            kind for kind in IdentifierKind if any(each.kinds[kind] for each in stretches_read)
        ]
        self._columns = [columns[kind] for kind in self._kinds]
        self.folded: list[list[str]] = []
        self.forms: list[set[str]] = []
        self.heads = np.zeros(HEADS, np.bool_)
        prefixes: set[str] = set()
        own_prefixes: set[str] = set()
        forms: set[str] = set()
        self._own_numbers = OwnNumbers()
        self._number = len(payment_ids)
        letters = set[int]()
        read = [ReadColumn.of(())]
        for kind in self._kinds:
            of_kind = [each.column(kind) for each in stretches_read]
            read += of_kind
            folded = list(chain.from_iterable(each.folded for each in of_kind))
            self.folded.append(folded)
            of_column = set[str]().union(*(each.forms for each in of_kind))
            seen = set[str]().union(*(each.prefixes for each in of_kind))
            self.forms.append(of_column)
            forms |= of_column
            prefixes |= seen
            if kind != IdentifierKind.TRANSACTION:
                own_prefixes |= seen
                self._own_numbers.learn(folded, of_column)
        self.sizes = np.concatenate([each.sizes for each in read])
        self.alone = np.concatenate([each.alone for each in read])
        for each in read:
            self.heads[each.heads] = True
            letters |= each.letters
        self.letters = np.array(sorted(letters - {0}), np.uint64)
        unsorted = np.concatenate([each.numbers for each in read])
        long_enough = np.flatnonzero(self.sizes >= MIN_IN_OWN_FIELD)
        # A payment's strongest kind comes first, as columns were read in their order.
        in_order = sorted_by(unsorted, long_enough)
        self._numbers: Numbers = unsorted[in_order]
        self._entries: Places = in_order
        self.sought = Sought(self._numbers)
        self.telling = self._telling()
        forms_in_use = {form for form in forms if len(form) >= MIN_IN_OWN_FIELD}
        self.lengths = frozenset(map(len, forms_in_use))
        self.window_lengths = sorted({len(form) for form in forms_in_use if stands_alone(form)})
        self.shape = _shape_of(prefixes)
        self._own_shape = _shape_of(own_prefixes)
        self._own_codes = _codes_of(self._kinds, self._columns)

    def _telling(self) -> Flags:
        telling = np.ones(len(self.sizes), np.bool_)
        for start, end in _long_runs(self._numbers, _MAX_SHARED):
            if not self.entries_at(start, end):
                telling[self._entries[start:end]] = False
        return telling

    def rows_of(self, numbers: Numbers) -> tuple[Places, Places]:
        """Return from where to where each of some numbers stands among all identifiers'."""
        return alike(numbers, self._numbers)

    def named_by(self, numbers: Numbers) -> tuple[Places, Places]:
        """Return which numbers name payments, each with every entry; none where all share it."""
        first, end = self.rows_of(numbers)
        found = np.flatnonzero(first < end)
        shared = found[~self.telling[self._entries[first[found]]]]
        end[shared] = first[shared]
        asked, rows = spread(first, end)
        return asked, self._entries[rows]

    def named(self, folded: Sequence[str]) -> list[bool]:
        """Tell of each of some identifiers whether it names some payment."""
        asked, _ = self.named_by(numbers_of(folded))
        found = np.zeros(len(folded), np.bool_)
        found[asked] = True
        return found.tolist()

    def text_of(self, entry: int) -> str:
        """Return an entry as folded text."""
        column, place = divmod(entry, self._number)
        return self.folded[column][place]

    def place_of(self, entries: Places) -> Places:
        """Return the places of the payments that have some entries."""
        return entries % max(self._number, 1)

    def identifier(self, folded: str, place: int) -> Identifier:
        """Return the identifier of the payment at a place, the strongest that reads so."""
        for column, known in enumerate(self.folded):
            if known[place] == folded:
                return self.identifier_at(column * self._number + place)[0]
        raise KeyError(folded)

    def entry_at(self, rows: Places) -> Places:
        """Return the entries at some rows of all numbers in order."""
        return self._entries[rows]

    def entries_at(self, first: int, end: int) -> Sequence[int]:
        """Return the strongest entry of each payment at some rows; none where all share them."""
        if end - first > _MAX_SHARED * len(self.folded):
            return ()
        strongest: dict[int, int] = {}
        for entry in self._entries[first:end].tolist():
            strongest.setdefault(entry % self._number, entry)
        return tuple(strongest.values()) if len(strongest) <= _MAX_SHARED else ()

    def written_at(self, entry: int) -> str:
        """Return an entry as written."""
        column, place = divmod(entry, self._number)
        return self._columns[column][place].strip()

    def kind_at(self, entry: int) -> IdentifierKind:
        """Return which kind of identifier an entry is."""
        return self._kinds[entry // self._number]

    def hit(self, named: Named) -> Hit:
        """Return what a line names."""
        identifier, place = self.identifier_at(named.entry)
        return Hit(identifier, named.as_written, place)

    def identifier_at(self, entry: int) -> tuple[Identifier, int]:
        """Return the identifier of an entry, and the place of its payment."""
        column, place = divmod(entry, self._number)
        kind, payment_id = self._kinds[column], self._payment_ids[place]
        self._places[payment_id] = place
        written = self._columns[column][place].strip()
        return Identifier(self.folded[column][place], written, kind, payment_id), place

    def names_number(self, fields: tuple[Field, ...]) -> bool:
        """Tell whether a field holds a number of the shape of ours (INV-2026…).

        A network's own id is not one of them: no payment need know it.
        """
        shape = self._own_shape
        if shape is not None and any(shape.search(field.folded) for field in fields):
            return True
        return self._own_numbers.stand_in(fields)

    def codes_in(self, fields: tuple[Field, ...]) -> tuple[str, ...]:
        """Return what has the shape of our codes (RES-7KD4Q2), folded."""
        if self._own_codes is None:
            return ()
        found = (self._own_codes.findall(field.upper) for field in fields)
        return tuple(map(fold, chain.from_iterable(found)))


def _long_runs(numbers: Numbers, longest: int) -> Iterator[tuple[int, int]]:
    """Yield from where to where more of some sorted numbers than that are the same."""
    starts = np.flatnonzero(np.diff(numbers, prepend=numbers[:1] + np.uint64(1)))
    ends = np.append(starts[1:], len(numbers))
    for run in np.flatnonzero(ends - starts > longest).tolist():
        yield int(starts[run]), int(ends[run])


def _codes_of(
    kinds: Sequence[IdentifierKind], columns: Sequence[Sequence[str]]
) -> re.Pattern[str] | None:
    """Return how our codes look that are letters and digits without an order (RES-7KD4Q2).

    A few of them show it.
    """
    seen: Counter[tuple[str, int]] = Counter()
    for kind, column in zip(kinds, columns, strict=True):
        of_ours = column if kind != IdentifierKind.TRANSACTION else ()
        for written in islice(filter(None, of_ours), _CODES_LOOKED_AT):
            code = _CODE.fullmatch(written.strip().upper())
            if code and not code[3].isdigit():
                seen[code[1], len(code[3])] += 1
    shapes = "|".join(
        rf"{prefix}[^0-9A-Z][0-9A-Z]{{{length}}}"
        for (prefix, length), number in sorted(seen.items())
        if number >= _MIN_CODES
    )
    return re.compile(rf"(?<![0-9A-Z])(?:{shapes})(?![0-9A-Z])") if shapes else None


def _shape_of(prefixes: Iterable[str]) -> re.Pattern[str] | None:
    heads = {prefix.replace("O", "0") for prefix in prefixes}
    shapes = "|".join(sorted(heads, key=lambda text: (-len(text), text)))
    return re.compile(rf"(?:{shapes})\d{{{_MIN_SHAPE_DIGITS},}}") if shapes else None
