"""The words of many lines that may be damaged identifiers, as numbers; no text is cut out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.matching.facts import LineFacts
from core.matching.identifiers import MIN_ALONE, MIN_DIGITS_ALONE
from core.matching.letters import Numbers, Places, spread
from core.matching.line_texts import LineTexts, portions

_ENOUGH_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Words:
    """Words as codes of their letters, one behind the other, and from where to where each reaches.

    Different words have different ``numbers`` (see :mod:`core.matching.letters`).
    """

    codes: NDArray[np.uint8]
    starts: Places
    ends: Places
    numbers: Numbers

    def some(self, which: Places) -> Words:
        """Return some of the words."""
        starts, ends = self.starts[which], self.ends[which]
        _, at = spread(starts, ends)
        new_ends = np.cumsum(ends - starts)
        return Words(self.codes[at], new_ends - (ends - starts), new_ends, self.numbers[which])


@dataclass(frozen=True, slots=True)
class LineWords:
    """Where words stand in lines, each word of a line once, line by line.

    ``lines`` tells in which of the lines, ``which`` tells which of the different ``words``.
    """

    words: Words
    lines: Places
    which: Places
    _folded: str
    _starts: Places
    _ends: Places

    def text(self, row: int) -> str:
        """Return a word as it stands there, folded."""
        return self._folded[self._starts[row] : self._ends[row]]

    def of_lines(self, first: int, end: int) -> Places:
        """Return the rows of some lines."""
        return np.arange(*np.searchsorted(self.lines, (first, end)).tolist())


def line_words(
    lines: Sequence[LineFacts],
    lengths: tuple[int, int],
    shape: re.Pattern[str] | None,
    checked: Callable[[], None],
) -> LineWords:
    """Return the words of lines, and neighbouring ones joined, that may be damaged identifiers.

    ``lengths`` are the shortest and the longest; ``shape`` finds what looks like an identifier
    where it is joined to the word before it. ``checked`` is called now and then.
    """
    folded: list[str] = []
    codes = [np.empty(0, np.uint8)]
    numbers = [np.empty(0, np.uint64)]
    found = [np.empty((3, 0), np.int64)]
    letters_before = 0
    for place, some in _portions(lines):
        checked()
        written, owners = _fields_of(some)
        texts = LineTexts(written)
        starts, ends = _telling(texts, lengths, shape)
        of_lines = place + owners[texts.field_of(starts)]
        numbers.append(texts.letters.numbers(starts, ends))
        found.append(np.stack((of_lines, starts + letters_before, ends + letters_before)))
        folded.append(texts.folded)
        codes.append(texts.letters.codes)
        letters_before += len(texts.folded)
    of_lines, starts, ends = np.concatenate(found, axis=1)
    different, first, which = np.unique(
        np.concatenate(numbers), return_index=True, return_inverse=True
    )
    words = Words(np.concatenate(codes), starts[first], ends[first], different)
    _, once = np.unique(of_lines * max(1, len(different)) + which, return_index=True)
    return LineWords(
        words.some(np.arange(len(different))),
        of_lines[once],
        which[once],
        "".join(folded),
        starts[once],
        ends[once],
    )


def _portions(lines: Sequence[LineFacts]) -> Iterator[tuple[int, list[LineFacts]]]:
    place = 0
    for some in portions(lines, lambda each: each.line.text):
        yield place, some
        place += len(some)


def _fields_of(lines: Sequence[LineFacts]) -> tuple[list[str], Places]:
    """Return the searchable fields of lines, and whose each is."""
    written = [each.line.text for each in lines]
    owners = list(range(len(lines)))
    for owner, each in enumerate(lines):
        for own in (each.line.reference, each.line.transaction_id):
            if own:
                written.append(own)
                owners.append(owner)
    return written, np.array(owners, np.int64)


def _telling(
    texts: LineTexts, lengths: tuple[int, int], shape: re.Pattern[str] | None
) -> tuple[Places, Places]:
    """Return where the words reach that may be an identifier, as ``stands_alone`` tells it."""
    starts, ends = texts.runs(*lengths)
    telling = texts.digits_in(starts, ends) >= _ENOUGH_DIGITS
    starts, ends = starts[telling], ends[telling]
    if shape is not None:
        more_starts, more_ends = texts.looking_like(shape)
        starts, ends = np.append(starts, more_starts), np.append(ends, more_ends)
    sizes, digits = ends - starts, texts.digits_in(starts, ends)
    alone = (sizes >= MIN_ALONE) & ((digits < sizes) | (sizes >= MIN_DIGITS_ALONE))
    return starts[alone], ends[alone]
