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

from core.matching.identifiers import Field, Identifier, IdentifierKind, one_slip_apart
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
from core.matching.words import LineWords, line_words

if TYPE_CHECKING:
    from core.matching.books import Books
    from core.matching.facts import LineFacts

_LINES_AT_ONCE = 10_000
_CODE = re.compile(r"\d[A-Z]")
_DIGIT = re.compile(r"\d")


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

    @property
    def is_end_of_networks_id(self) -> bool:
        """Tell whether only the first digit of an id is lost that is the network's, not ours."""
        of_network = self.identifier.kind is IdentifierKind.TRANSACTION
        return of_network and self.identifier.folded[1:] == self.seen

    @property
    def may_be_anothers(self) -> bool:
        """Tell whether what stands there is as whole as our reference: it may be the next one's.

        A letter where ours has a digit is none of our numbers; in a code both may stand anywhere.
        """
        ours = self.identifier.folded
        if len(self.seen) != len(ours):
            return False
        return bool(_CODE.search(ours)) or _form(self.seen) == _form(ours)


def _form(folded: str) -> str:
    return _DIGIT.sub("0", folded)


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
    within = max(min(lengths) - MAX_CUT, MIN_WORD), max(lengths) + 1
    lines = list(unclear.values())
    words = line_words(lines, within, index.shape, checked)
    begun = begun_by(words.words, index)
    broken = [
        row
        for row in np.flatnonzero(begun.any_of(words.which)).tolist()
        if _breaks_off(lines[words.lines[row]].fields, words.text(row), index.lengths)
    ]
    amounts = np.array([abs(line.line.amount_minor) for line in lines], np.int64)
    cut = _meanings(words, np.array(broken, np.int64), begun)
    hits: dict[int, tuple[NearHit, ...]] = {}
    meant: dict[int, tuple[int, ...]] = {}
    for first in range(0, len(lines), _LINES_AT_ONCE):
        rows = words.of_lines(first, first + _LINES_AT_ONCE)
        slips = _meanings(
            words, rows, one_slip_away(words.words, words.which[rows], index, checked)
        )
        meanings = np.concatenate((slips, cut[:, np.isin(cut[0], rows)]), axis=1)
        of_lines, places = words.lines[meanings[0]], index.place_of(meanings[1])
        for number, of_places in grouped(*each_pair_once(of_lines, places, len(books))):
            meant[lines[number].line_id] = tuple(of_places)
        hits |= _hits_of(lines, amounts, words, meanings, books)
    return hits, meant


def _hits_of(
    lines: Sequence[LineFacts], amounts: Places, words: LineWords, meanings: Places, books: Books
) -> dict[int, tuple[NearHit, ...]]:
    """Return, by line, what is meant of the line's own amount."""
    index = books.identifiers
    of_lines, places = words.lines[meanings[0]], index.place_of(meanings[1])
    of_amount = np.flatnonzero(books.amounts_minor[places] == amounts[of_lines])
    near: dict[int, dict[int, list[_Meaning]]] = defaultdict(lambda: defaultdict(list))
    columns = (of_lines[of_amount], places[of_amount], *meanings[:, of_amount])
    for line, place, row, entry, lost in zip(*map(np.ndarray.tolist, columns), strict=True):
        meaning = index.text_of(entry), words.text(row), lost
        if _is_meant(meaning):
            near[lines[line].line_id][place].append(meaning)
    return {line_id: _likeliest(each, books) for line_id, each in near.items()}


_Meaning = tuple[str, str, int]
"""An identifier, the word that may mean it, and how many letters are cut off that."""


def _meanings(words: LineWords, rows: Places, known: Meanings) -> Places:
    """Return, column by column, each meaning of some rows' words: row, entry, lost."""
    which, at = known.of(words.which[rows])
    return np.stack((rows[which], known.entries[at], known.lost[at]))


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
