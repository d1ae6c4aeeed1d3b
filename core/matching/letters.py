"""Texts as numbers: equal pieces of texts have equal numbers, and a slip is arithmetic on them.

The number of a piece is the sum of its letters, each times a power of one odd base, in 64 bits.
Different pieces have different numbers but for one chance in 10^19: whoever settles anything by
two equal numbers compares the letters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint64]
Places = NDArray[np.int64]
Flags = NDArray[np.bool_]

FOLDED = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BASE = 0x9E3779B97F4A7C15
_STEP = np.uint64(_BASE)
_STEP_BACK = np.uint64(pow(_BASE, -1, 2**64))
_HEAD_BITS = np.uint32(6)
_LEAST_DOUBLINGS = 17


def _code_of_letter() -> NDArray[np.uint8]:
    codes = np.zeros(256, np.uint8)
    codes[list(FOLDED)] = np.arange(1, len(FOLDED) + 1)
    codes[ord("O")] = codes[ord("0")]
    return codes


CODE_OF = _code_of_letter()
"""The code of each ASCII letter and digit in capitals, O read as 0; nothing else has one."""
_LETTER_OF = np.frombuffer(b" " + FOLDED, np.uint8)
LAST_DIGIT = CODE_OF[ord("9")]
LAST_CODE = CODE_OF.max()
HEAD = 4
"""So many letters tell nearly always that no identifier begins here."""
HEADS = 1 << int(HEAD * _HEAD_BITS)


class Letters:
    """Codes of letters, of which any piece has a number."""

    def __init__(self, codes: NDArray[np.uint8]) -> None:
        self.codes = codes
        self._sums = np.zeros(len(codes) + 1, np.uint64)
        np.cumsum(codes * _powers(len(codes)), out=self._sums[1:])

    def numbers(self, starts: Places, ends: Places) -> Numbers:
        """Return the numbers of pieces, from where to where each reaches."""
        pieces = self._sums[ends] - self._sums[starts]
        return pieces * _powers_back(len(self.codes) + 1)[starts]

    def heads(self) -> NDArray[np.uint32]:
        """Return, for each place but the last, the letters that begin there, below ``HEADS``."""
        codes = self.codes.astype(np.uint32)
        heads = codes[: 1 - HEAD]
        for place in range(1, HEAD):
            heads = (heads << _HEAD_BITS) | codes[place : len(codes) + 1 - HEAD + place]
        return heads

    def heads_at(self, starts: Places) -> NDArray[np.uint32]:
        """Return the letters that begin at some places, as :meth:`heads` does."""
        heads = self.codes[starts].astype(np.uint32)
        for place in range(1, HEAD):
            heads = (heads << _HEAD_BITS) | self.codes[starts + place]
        return heads


def one_longer(numbers: Numbers) -> Numbers:
    """Return the numbers of pieces with all their letters a place further on."""
    return numbers * _STEP


def one_shorter(numbers: Numbers) -> Numbers:
    """Return the numbers of pieces with all their letters a place further back."""
    return numbers * _STEP_BACK


def mixed(numbers: Places) -> Numbers:
    """Return whole numbers as ones to be :class:`Sought`, whose first bits differ."""
    return numbers.astype(np.uint64) * _STEP


def weights(places: Places) -> Numbers:
    """Return what each letter's code counts for at its place in a piece."""
    return _powers(int(places.max(initial=0)) + 1)[places]


def decoded(codes: NDArray[np.uint8]) -> str:
    """Return codes of letters as folded text."""
    return _LETTER_OF[codes].tobytes().decode()


def pieces_of(folded: Sequence[str]) -> tuple[NDArray[np.uint8], Places, Places]:
    """Return folded texts as codes, a 0 between them, with where each starts and ends."""
    if not folded:
        return np.empty(0, np.uint8), np.empty(0, np.int64), np.empty(0, np.int64)
    codes = CODE_OF[np.frombuffer("\n".join(folded).encode(), np.uint8)]
    between = np.flatnonzero(codes == 0)
    return codes, np.append(0, between + 1), np.append(between, len(codes))


def numbers_of(folded: Sequence[str]) -> Numbers:
    """Return the numbers of whole folded texts."""
    codes, starts, ends = pieces_of(folded)
    return Letters(codes).numbers(starts, ends)


def look_alike(codes: NDArray[np.uint8], starts: Places, ends: Places) -> bool:
    """Tell whether all of some pieces have the same length, and digits at the same places."""
    width = int(ends[0] - starts[0]) + 1 if len(starts) else 0
    if not width or len(codes) + 1 != width * len(starts) or not np.all(ends - starts + 1 == width):
        return False
    shape = np.append(np.where(codes <= LAST_DIGIT, np.minimum(codes, 1), codes), 0)
    rows = shape.reshape(len(starts), width)
    return bool((rows == rows[0]).all())


class Sought:
    """Numbers to be recognised among many: a table of bits leaves nearly only those."""

    _ROOM = 16

    def __init__(self, numbers: Numbers) -> None:
        bits = max(10, (self._ROOM * len(numbers)).bit_length())
        self._shift = np.uint64(64 - bits)
        self._table = np.zeros(1 << bits, np.bool_)
        self._table[numbers >> self._shift] = True

    def among(self, numbers: Numbers) -> Places:
        """Return where in some numbers one stands that may be sought."""
        return np.flatnonzero(self._table[numbers >> self._shift])


def alike(asked: Numbers, known: Numbers) -> tuple[Places, Places]:
    """Return, for numbers asked, from where to where in sorted ``known`` numbers they stand."""
    if not len(known):
        return np.zeros(len(asked), np.int64), np.zeros(len(asked), np.int64)
    order = np.argsort(asked)
    first = np.empty(len(asked), np.int64)
    first[order] = np.searchsorted(known, asked[order])
    end = first + (known.take(first, mode="clip") == asked)
    several = np.flatnonzero((first < end) & (known.take(end, mode="clip") == asked))
    end[several] = np.searchsorted(known, asked[several], "right")
    return first, end


def spread(first: Places, end: Places) -> tuple[Places, Places]:
    """Return every place between the bounds, each with which bounds it lies between."""
    lengths = end - first
    which = np.repeat(np.arange(len(first)), lengths)
    before = np.cumsum(lengths) - lengths
    return which, np.arange(len(which)) - before[which] + first[which]


def each_pair_once(left: Places, right: Places, number: int) -> tuple[Places, Places]:
    """Return pairs of numbers in order, each once; the right ones lie below ``number``."""
    pairs = np.sort(left * number + right)
    return np.divmod(pairs[np.diff(pairs, prepend=-1) > 0], max(number, 1))


def grouped(left: Places, right: Places) -> Iterator[tuple[int, list[int]]]:
    """Yield each left number, in order, with the right ones beside it."""
    starts = np.flatnonzero(np.diff(left, prepend=-1)).tolist()
    all_right = right.tolist()
    for start, end in pairwise([*starts, len(all_right)]):
        yield int(left[start]), all_right[start:end]


@lru_cache(maxsize=8)
def _all_powers(doublings: int) -> tuple[Numbers, Numbers]:
    size = 1 << doublings
    ahead, back = np.full(size, _STEP), np.full(size, _STEP_BACK)
    back[0] = 1
    return np.cumprod(ahead), np.cumprod(back)


def _powers(number: int) -> Numbers:
    return _all_powers(max(_LEAST_DOUBLINGS, number.bit_length()))[0][:number]


def _powers_back(number: int) -> Numbers:
    return _all_powers(max(_LEAST_DOUBLINGS, number.bit_length()))[1][:number]
