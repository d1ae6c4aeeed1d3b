"""References that a keyboard, a form or a narrow column has damaged.

Recognised: cut at the end by up to four characters, two neighbours swapped, one character wrong,
missing or too many.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from typing import TYPE_CHECKING

from core.matching.identifiers import Field, Identifier, stands_alone
from core.matching.neighbours import MAX_CUT, MIN_LENGTH, MIN_WORD, Neighbours
from core.matching.values import value_class

if TYPE_CHECKING:
    from core.matching.books import Books
    from core.matching.facts import LineFacts

_ENOUGH_DIGITS = re.compile(r"(?:[^0-9]*[0-9]){3}")


@value_class(frozen=True, slots=True)
class NearHit:
    """An identifier that a line seems to mean, and what stands there instead."""

    identifier: Identifier
    seen: str
    damage: str

    @property
    def is_cut(self) -> bool:
        """Tell whether the reference is visibly broken off, not merely another one."""
        return self.identifier.folded.startswith(self.seen)


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


def _nothing() -> None:
    """Do nothing."""


def near_hits(
    unclear: Mapping[int, LineFacts], books: Books, *, checked: Callable[[], None] = _nothing
) -> tuple[dict[int, tuple[NearHit, ...]], dict[int, tuple[int, ...]]]:
    """Return what the words of unclear lines may be damaged forms of.

    First, for each line, the identifiers of payments of its own amount, by payment id; then the
    places of all payments it may mean, whatever their amounts. ``checked`` is called for every
    line.
    """
    index = books.identifiers
    lengths = [each for each in index.lengths if each >= MIN_LENGTH]
    if not lengths or not unclear:
        return {}, {}
    shortest, longest = max(min(lengths) - MAX_CUT, MIN_WORD), max(lengths) + 1
    words = {
        line_id: _words(line.fields, shortest, longest, index.shape)
        for line_id, line in unclear.items()
    }
    neighbours = Neighbours(index, {each for found in words.values() for each in found})
    amounts = books.columns.amounts_minor
    hits: dict[int, tuple[NearHit, ...]] = {}
    meant: dict[int, tuple[int, ...]] = {}
    for line_id, line in unclear.items():
        checked()
        places: dict[int, None] = {}
        of_amount: dict[int, list[_Meaning]] = {}
        amount_minor = abs(line.line.amount_minor)
        for word in words[line_id]:
            found = [(*each, 0) for each in index.placed(neighbours.slips(word))]
            cut = neighbours.continued(word)
            if cut and _breaks_off(line.fields, word, index.lengths):
                found += [(key, place, lost) for key, lost in cut for place in index.places_of(key)]
            for key, place, lost in found:
                places[place] = None
                if amounts[place] == amount_minor:
                    of_amount.setdefault(place, []).append((key, word, lost))
        if places:
            meant[line_id] = tuple(places)
        if of_amount:
            hits[line_id] = _likeliest(of_amount, books)
    return hits, meant


_Meaning = tuple[str, str, int]


def _likeliest(places: Mapping[int, Sequence[_Meaning]], books: Books) -> tuple[NearHit, ...]:
    """Return each payment once, by the identifier that is the likeliest meaning."""
    found = [
        min(
            (
                (books.identifiers.identifier(key, place), cut, word)
                for key, word, cut in places[place]
            ),
            key=lambda each: (each[0].kind, each[1] or MAX_CUT + 1, each[2]),
        )
        for place in places
    ]
    return tuple(
        NearHit(identifier, word, "cut at the end" if cut else "one slip away")
        for identifier, cut, word in sorted(found, key=lambda each: each[0].payment_id)
    )


def _breaks_off(fields: tuple[Field, ...], word: str, lengths: Set[int]) -> bool:
    """Tell whether a word ends where it stands, and is not the beginning of a whole reference."""
    for field in fields:
        start = field.folded.find(word)
        while start >= 0:
            end = start + len(word)
            if end == len(field.folded) or not field.folded[end].isdigit():
                return True
            if end in field.edges and not field.is_joined(end):
                rest = field.folded[end : field.edges[field.edges.index(end) + 1]]
                if not rest.isdigit() or len(word) + len(rest) not in lengths:
                    return True
            start = field.folded.find(word, start + 1)
    return False


def _words(
    fields: tuple[Field, ...], shortest: int, longest: int, shape: re.Pattern[str] | None
) -> list[str]:
    """Return the words of a line that may be a damaged identifier, each once.

    ``shape`` finds what looks like one where it is joined to the word before it.
    """
    return sorted(
        {
            word
            for field in fields
            for word in (
                *field.runs(shortest, longest),
                *(shape.findall(field.folded) if shape else ()),
            )
            if _ENOUGH_DIGITS.match(word) and stands_alone(word)
        }
    )
