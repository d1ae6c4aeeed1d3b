"""Which known identifiers words may be damaged forms of, without comparing any two texts.

One slip is undone by trying each, for all words at once: every letter at every place, a letter
more, a letter less, two swapped. That is arithmetic on the words' numbers, and nearly all of what
it makes is no identifier's number. A word that breaks off is the beginning of an identifier.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from core.matching.identifier_index import IdentifierIndex
from core.matching.identifiers import stretches
from core.matching.letters import (
    CODE_OF,
    HEADS,
    LAST_DIGIT,
    Flags,
    Letters,
    Numbers,
    Places,
    Sought,
    alike,
    decoded,
    each_pair_once,
    one_longer,
    one_shorter,
    pieces_of,
    spread,
    weights,
)
from core.matching.parallel import in_parallel
from core.matching.words import Words

MAX_CUT = 4
MIN_LENGTH = 6
MIN_WORD = 5
_MAX_MEANINGS = 2_000
"""A word that begins more identifiers than this says nothing about which one is meant."""
_WORDS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Meanings:
    """Words, by their place in a list, in order, and what each may mean: entries of the index.

    ``lost`` is how many letters are cut off, 0 for another slip.
    """

    words: Places
    entries: Places
    lost: Places

    def any_of(self, words: Places) -> Flags:
        """Tell which of some words have a meaning."""
        return np.isin(words, self.words)

    def of(self, words: Places) -> tuple[Places, Places]:
        """Return every meaning of some words: which word's it is, and where it stands here."""
        return spread(
            np.searchsorted(self.words, words, "left"), np.searchsorted(self.words, words, "right")
        )


def one_slip_away(
    words: Words, asked_for: Places, index: IdentifierIndex, checked: Callable[[], None]
) -> Meanings:
    """Return what some words may be with one slip undone, told by their places among them."""
    wanted = np.unique(asked_for)
    portions = (
        wanted[start : start + _WORDS_AT_ONCE] for start in range(0, len(wanted), _WORDS_AT_ONCE)
    )
    found = [np.empty((2, 0), np.int64)]
    for each in in_parallel(lambda some: _one_slip_away(words, some, index), portions):
        checked()
        found.append(each)
    of_words, entries = np.concatenate(found, axis=1)
    of_words, entries = each_pair_once(of_words, entries, index.sizes.size)
    return Meanings(of_words, entries, np.zeros_like(entries))


def _one_slip_away(words: Words, some: Places, index: IdentifierIndex) -> Places:
    """Return which of some words may be which entries."""
    found = [np.empty((2, 0), np.int64)]
    whole = words.numbers[some]
    for which, numbers in _slips(words.some(some), index.letters):
        likely = index.sought.among(numbers)
        likely = likely[numbers[likely] != whole[which[likely]]]
        asked, entries = index.named_by(numbers[likely])
        telling = np.flatnonzero((index.sizes[entries] >= MIN_LENGTH) & index.alone[entries])
        found.append(np.stack((some[which[likely[asked[telling]]]], entries[telling])))
    return np.concatenate(found, axis=1)


def _slips(words: Words, known: Numbers) -> Iterator[tuple[Places, Numbers]]:
    """Yield words, and the number of each with a slip undone."""
    letters, starts, ends, whole = Letters(words.codes), words.starts, words.ends, words.numbers
    which, at = spread(starts, ends)
    place, codes = at - starts[which], letters.codes[at]
    head = letters.numbers(starts[which], at)
    without = whole[which] - codes * weights(place)
    # One is wrong.
    yield _each_letter(which, without, weights(place), known)
    # One is too many.
    yield which, head + one_shorter(without - head)
    # Two are swapped.
    pair = np.flatnonzero(at + 1 < ends[which])
    turned = codes[pair + 1].astype(np.uint64) - codes[pair]
    here, next_ = weights(place[pair]), weights(place[pair] + 1)
    yield which[pair], whole[which[pair]] + turned * here - turned * next_
    # One is missing, perhaps behind the last.
    which, at = spread(starts, ends + 1)
    head = letters.numbers(starts[which], at)
    apart = head + one_longer(whole[which] - head)
    yield _each_letter(which, apart, weights(at - starts[which]), known)


def _each_letter(
    which: Places, numbers: Numbers, weights: Numbers, known: Numbers
) -> tuple[Places, Numbers]:
    """Return numbers with each known letter put in, in turn."""
    return np.repeat(which, len(known)), (numbers[:, None] + weights[:, None] * known).ravel()


def begun_by(words: Words, index: IdentifierIndex) -> Meanings:
    """Return the identifiers that go on where a word ends, by at most ``MAX_CUT`` letters."""
    found = [np.empty((2, 0), np.int64)]
    heads = Letters(words.codes).heads_at(words.starts)
    likely = np.flatnonzero(index.heads[heads])
    beginnings = _Beginnings(words.some(likely))
    stretches_of_forms = (
        (column, each)
        for column, folded in enumerate(index.folded)
        if not beginnings.forms.isdisjoint(form[:MIN_WORD] for form in index.forms[column])
        for each in stretches(len(folded))
    )

    def begun_in(stretch: tuple[int, slice]) -> Places:
        column, each = stretch
        of_words, places = beginnings.of(index.folded[column][each])
        return np.stack(
            (likely[of_words], places + (column * len(index.folded[column]) + each.start))
        )

    found += in_parallel(begun_in, stretches_of_forms)
    of_words, entries = np.concatenate(found, axis=1)
    order = np.argsort(of_words, kind="stable")
    of_words, entries = of_words[order], entries[order]
    kept = _among_the_first(of_words, entries, index) & index.telling[entries]
    lost = index.sizes[entries].astype(np.int64) - (words.ends - words.starts)[of_words]
    kept &= (lost > 0) & (lost <= MAX_CUT)
    return Meanings(of_words[kept], entries[kept], lost[kept])


class _Beginnings:
    """Words by the numbers of their letters, to be recognised at the beginning of texts."""

    def __init__(self, words: Words) -> None:
        self.forms = _beginning_forms(words)
        self._heads = np.zeros(HEADS, np.bool_)
        self._heads[Letters(words.codes).heads_at(words.starts)] = True
        self._of_length: list[tuple[int, Places, Numbers, Sought]] = []
        lengths = words.ends - words.starts
        for length in np.unique(lengths).tolist():
            of_length = np.flatnonzero(lengths == length)
            numbers = words.numbers[of_length]
            order = np.argsort(numbers)
            entry = (length, of_length[order], numbers[order], Sought(numbers))
            self._of_length.append(entry)

    def of(self, texts: Sequence[str]) -> tuple[Places, Places]:
        """Return which words begin texts, and the places of those."""
        codes, starts, ends = pieces_of(texts)
        letters = Letters(codes)
        places = np.flatnonzero(ends - starts >= MIN_WORD)
        places = places[self._heads[letters.heads_at(starts[places])]]
        of_words, of_texts = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for length, words, numbers, sought in self._of_length:
            long_enough = places[ends[places] - starts[places] >= length]
            begun = letters.numbers(starts[long_enough], starts[long_enough] + length)
            likely = sought.among(begun)
            first, end = alike(begun[likely], numbers)
            found = np.flatnonzero(first < end)
            of_words.append(words[first[found]])
            of_texts.append(long_enough[likely[found]])
        return np.concatenate(of_words), np.concatenate(of_texts)


def _beginning_forms(words: Words) -> set[str]:
    """Return how words begin, every digit a zero."""
    codes = words.codes[words.starts[:, None] + np.arange(MIN_WORD)]
    forms = np.unique(np.where(codes <= LAST_DIGIT, CODE_OF[ord("0")], codes), axis=0)
    return {decoded(form) for form in forms}


def _among_the_first(of_words: Places, entries: Places, index: IdentifierIndex) -> Flags:
    """Tell which beginnings are among the first ``_MAX_MEANINGS`` of their word, in order."""
    kept = np.ones(len(entries), np.bool_)
    starts = np.flatnonzero(np.diff(of_words, prepend=-1))
    for start, end in pairwise([*starts.tolist(), len(entries)]):
        if end - start > _MAX_MEANINGS:
            texts = list(map(index.text_of, entries[start:end].tolist()))
            first = set(sorted(set(texts))[:_MAX_MEANINGS])
            kept[start:end] = [each in first for each in texts]
    return kept
