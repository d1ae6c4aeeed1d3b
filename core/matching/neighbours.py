"""Which known identifiers a word may be a damaged form of, without looking at all of them.

One slip is undone by trying each: every letter an identifier of that length has at that place, a
letter more, a letter less, two swapped. A word that breaks off is looked up among the sorted
identifiers. The cost depends on the word, not on the number of payments.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence

from core.matching.identifiers import IdentifierIndex, forms_of, stands_alone, stretches

MAX_CUT = 4
MIN_LENGTH = 6
MIN_WORD = 5
_MAX_MEANINGS = 2_000
"""A word that begins more identifiers than this says nothing about which one is meant."""


class Neighbours:
    """The identifiers near the words of some lines."""

    def __init__(self, index: IdentifierIndex, words: Collection[str]) -> None:
        self._index = index
        self._letters = _letters_of(index.folded)
        wanted = {word[:MIN_WORD] for word in words}
        self._beginning: dict[str, list[str]] = {head: [] for head in wanted}
        wanted_forms = forms_of(wanted)
        for folded, forms in zip(index.folded, index.forms, strict=True):
            if wanted_forms.isdisjoint(form[:MIN_WORD] for form in forms):
                continue
            for key in [key for key in folded if key[:MIN_WORD] in wanted]:
                self._beginning[key[:MIN_WORD]].append(key)
        self._in_order: set[str] = set()

    def slips(self, word: str) -> list[str]:
        """Return what a word may be with one slip undone, whether known or not, each once."""
        slips = {*self._wrong(word), *self._missing(word), *self._too_many(word)}
        slips.discard(word)
        if _stays_telling(word):
            return list(slips)
        return [each for each in slips if stands_alone(each)]

    def continued(self, word: str) -> list[tuple[str, int]]:
        """Return identifiers that begin with a word, with how many characters are cut off."""
        return [each for each in self._cut(word) if stands_alone(each[0])]

    def _cut(self, word: str) -> Iterator[tuple[str, int]]:
        head = word[:MIN_WORD]
        keys = self._beginning[head]
        if head not in self._in_order:
            self._in_order.add(head)
            keys[:] = sorted(dict.fromkeys(keys))
        start = bisect_left(keys, word)
        for place in range(start, min(start + _MAX_MEANINGS, len(keys))):
            key = keys[place]
            if not key.startswith(word):
                break
            if 0 < len(key) - len(word) <= MAX_CUT:
                yield key, len(key) - len(word)

    def _wrong(self, word: str) -> Iterator[str]:
        """Yield words with one character changed or two neighbours swapped."""
        letters = self._letters.get(len(word))
        if letters is None:
            return
        strange = [place for place, letter in enumerate(word) if letter not in letters[place]]
        if len(strange) <= 1:
            for place in strange or range(len(word)):
                head, tail = word[:place], word[place + 1 :]
                for letter in letters[place]:
                    yield head + letter + tail
        if len(strange) <= 2:
            for place in range(len(word) - 1):
                yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]

    def _missing(self, word: str) -> Iterator[str]:
        """Yield words with one more character, where an identifier has one."""
        letters = self._letters.get(len(word) + 1)
        if letters is None:
            return
        first = len(word)
        while first and word[first - 1] in letters[first]:
            first -= 1
        for place in range(len(word) + 1):
            if place >= first:
                for letter in letters[place]:
                    yield word[:place] + letter + word[place:]
            if place < len(word) and word[place] not in letters[place]:
                break

    def _too_many(self, word: str) -> Iterator[str]:
        """Yield words with one character less."""
        if len(word) - 1 in self._letters:
            for place in range(len(word)):
                yield word[:place] + word[place + 1 :]


def _stays_telling(word: str) -> bool:
    """Tell whether a word stands alone whatever single slip is undone in it."""
    digits = sum(map(str.isdigit, word))
    return len(word) > MIN_LENGTH and digits > 1 and len(word) - digits > 1


def _letters_of(columns: Iterable[Sequence[str]]) -> dict[int, list[str]]:
    """Return, by length, which letters the identifiers have at each place."""
    known: dict[int, list[bytes]] = {}
    for folded in columns:
        for length, joined in _by_length(folded):
            letters = known.setdefault(length, [b""] * length)
            for place in range(length):
                # To delete the known ones is ten times as fast as to make a set of all.
                new = joined[place::length].translate(None, letters[place])
                if new:
                    letters[place] = bytes(sorted({*letters[place], *new}))
    return {length: [each.decode() for each in letters] for length, letters in known.items()}


def _by_length(folded: Sequence[str]) -> Iterator[tuple[int, bytes]]:
    """Yield the identifiers of each length, one behind the other, a stretch at a time."""
    for each in stretches(len(folded)):
        some = folded[each]
        lengths = set(map(len, some))
        of_length: dict[int, list[str]] = {length: [] for length in lengths}
        if len(lengths) == 1:
            of_length[len(some[0])] = list(some)
        else:
            for key in some:
                of_length[len(key)].append(key)
        for length, keys in of_length.items():
            if length >= MIN_LENGTH:
                yield length, "".join(keys).encode()
