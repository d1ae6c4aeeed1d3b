"""References that a keyboard, a form or a narrow column has damaged.

Recognised: cut at the end by up to four characters, two neighbours swapped, one character wrong,
missing or too many.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from typing import TYPE_CHECKING

import numpy as np

from core.matching.identifiers import Field, Identifier, one_slip_apart, stands_alone
from core.matching.letters import Places, each_pair_once, grouped
from core.matching.neighbours import (
    MAX_CUT,
    MIN_LENGTH,
    MIN_WORD,
    Meanings,
    begun_by,
    one_slip_away,
)
from core.matching.values import value_class

if TYPE_CHECKING:
    from core.matching.books import Books
    from core.matching.facts import LineFacts

_LINES_AT_ONCE = 10_000
_ENOUGH_DIGITS = 3


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
    lines = list(unclear.values())
    number_of: dict[str, int] = {}
    pairs: list[tuple[int, int]] = []
    for place, line in enumerate(lines):
        checked()
        found = _words(line.fields, shortest, longest, index.shape)
        pairs += [(place, number_of.setdefault(word, len(number_of))) for word in found]
    if not pairs:
        return {}, {}
    words, of_line = list(number_of), np.array(pairs, np.int64)
    begun = begun_by(words, index)
    broken = [
        (place, word)
        for place, word in of_line[begun.any_of(of_line[:, 1])].tolist()
        if _breaks_off(lines[place].fields, words[word], index.lengths)
    ]
    cut = _meanings(np.array(broken, np.int64).reshape(-1, 2), begun)
    hits: dict[int, tuple[NearHit, ...]] = {}
    meant: dict[int, tuple[int, ...]] = {}
    for first in range(0, len(lines), _LINES_AT_ONCE):
        some = _from(of_line.T, first).T
        slips = _meanings(some, one_slip_away(words, some[:, 1], index, checked))
        meanings = np.concatenate((slips, _from(cut, first)), axis=1)
        places = index.place_of(meanings[2])
        for number, of_places in grouped(*each_pair_once(meanings[0], places, len(books))):
            meant[lines[number].line_id] = tuple(of_places)
        hits |= _hits_of(lines, words, meanings, books)
    return hits, meant


def _from(columns: Places, first: int) -> Places:
    """Return what belongs to a portion of the lines; the first column tells whose each is."""
    return columns[:, (columns[0] >= first) & (columns[0] < first + _LINES_AT_ONCE)]


def _hits_of(
    lines: Sequence[LineFacts], words: Sequence[str], meanings: Places, books: Books
) -> dict[int, tuple[NearHit, ...]]:
    """Return, by line, what is meant of the line's own amount."""
    index = books.identifiers
    amounts = np.array([abs(line.line.amount_minor) for line in lines], np.int64)
    of_amount = books.amounts_minor[index.place_of(meanings[2])] == amounts[meanings[0]]
    near: dict[int, dict[int, list[_Meaning]]] = defaultdict(lambda: defaultdict(list))
    for line, word, entry, lost in meanings[:, of_amount].T.tolist():
        meaning = index.text_of(entry), words[word], lost
        if _is_meant(meaning):
            near[lines[line].line_id][entry % len(books)].append(meaning)
    return {line_id: _likeliest(each, books) for line_id, each in near.items()}


_Meaning = tuple[str, str, int]
"""An identifier, the word that may mean it, and how many letters are cut off that."""


def _meanings(of_line: Places, known: Meanings) -> Places:
    """Return, column by column, each meaning of each line's words: line, word, entry, lost."""
    which, at = known.of(of_line[:, 1])
    return np.stack((of_line[which, 0], of_line[which, 1], known.entries[at], known.lost[at]))


def _is_meant(meaning: _Meaning) -> bool:
    """Tell whether the very letters agree, not only their numbers."""
    key, word, lost = meaning
    return key.startswith(word) if lost else one_slip_apart(word, key)


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
                *field.runs(shortest, longest, digits=_ENOUGH_DIGITS),
                *(shape.findall(field.folded) if shape else ()),
            )
            if stands_alone(word)
        }
    )
