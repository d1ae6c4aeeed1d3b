"""The texts of many lines as one row of letters that still knows where lines and words begin."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import numpy as np

from core.matching.identifiers import NOT_FOLDED, O_TO_ZERO
from core.matching.letters import CODE_OF, LAST_DIGIT, Flags, Letters, Places

_LINES_AT_ONCE, _LETTERS_AT_ONCE = 2_000, 250_000
_NOT_A_LETTER = NOT_FOLDED + b"\n"

T = TypeVar("T")


def portions(lines: Iterable[T], text_of: Callable[[T], str]) -> Iterator[list[T]]:
    """Cut lines up, so that what is read at once stays small however long their texts are."""
    some: list[T] = []
    letters = 0
    for line in lines:
        some.append(line)
        letters += len(text_of(line))
        if len(some) >= _LINES_AT_ONCE or letters >= _LETTERS_AT_ONCE:
            yield some
            some, letters = [], 0
    if some:
        yield some


class LineTexts:
    """The same field of many lines, folded, one behind the other."""

    def __init__(self, texts: Sequence[str]) -> None:
        joined = "\n".join(texts)
        if joined.count("\n") >= len(texts):
            joined = "\n".join(text.replace("\n", " ") for text in texts)
        written = joined.upper().encode("ascii", "replace")
        raw = np.frombuffer(written, np.uint8)
        codes = CODE_OF[raw]
        kept = np.flatnonzero(codes)
        self.folded = written.translate(O_TO_ZERO, _NOT_A_LETTER).decode()
        self.letters = Letters(codes[kept])
        line_ends = np.append(np.flatnonzero(raw == ord("\n")), len(raw))
        self.ends: Places = np.searchsorted(kept, line_ends)
        self.begins_word: Flags = np.ones(len(kept) + 1, np.bool_)
        self.begins_word[1:-1] = np.diff(kept) > 1
        self._is_digit = self.letters.codes <= LAST_DIGIT
        self._is_written_digit = self._is_digit & (raw[kept] != ord("O"))
        self._digits_before = np.concatenate(([0], np.cumsum(self._is_digit)))
        self._written = written

    def bounds(self) -> Iterator[tuple[int, int]]:
        """Yield from where to where each field reaches."""
        ends = self.ends.tolist()
        return zip([0, *ends[:-1]], ends, strict=True)

    def field_of(self, places: Places) -> Places:
        """Return in which field letters stand."""
        return np.searchsorted(self.ends, places, "right")

    def delimited(self, starts: Places, ends: Places) -> Flags:
        """Tell which windows are not merely a piece of a longer number."""
        digit, written = self._is_digit, self._is_written_digit
        # What follows the last letter is never looked at: there a word ends.
        after = np.minimum(ends, len(written) - 1)
        from_word, to_word = self.begins_word[starts], self.begins_word[ends]
        goes_on_before = ~from_word & digit[starts] & written[starts - 1]
        goes_on_after = ~to_word & digit[ends - 1] & written[after]
        only_digits = self.digits_in(starts, ends) == ends - starts
        # A bare number joined to letters may be anything: only whole words count.
        joined = only_digits & ~(from_word & to_word)
        cut_out: Flags = goes_on_before | goes_on_after | joined
        return ~cut_out

    def digits_in(self, starts: Places, ends: Places) -> Places:
        """Return how many digits stand in windows, O read as one."""
        return self._digits_before[ends] - self._digits_before[starts]

    def runs(self, shortest: int, longest: int) -> tuple[Places, Places]:
        """Return from where to where neighbouring whole words reach, within the two lengths."""
        edges = np.flatnonzero(self.begins_word)
        first = np.arange(len(edges) - 1)
        ends = self.ends[self.field_of(edges[:-1])]
        last, found = first, [np.empty((2, 0), np.int64)]
        while len(first):
            last = last + 1
            inside = np.flatnonzero(last < len(edges))
            reach = edges[last[inside]]
            inside = inside[(reach <= ends[inside]) & (reach - edges[first[inside]] <= longest)]
            first, last, ends = first[inside], last[inside], ends[inside]
            runs = np.stack((edges[first], edges[last]))
            found.append(runs[:, runs[1] - runs[0] >= shortest])
        starts, stops = np.concatenate(found, axis=1)
        return starts, stops

    def looking_like(self, shape: re.Pattern[str]) -> tuple[Places, Places]:
        """Return where something in a field, folded, has a shape."""
        fields = self._written.translate(O_TO_ZERO, NOT_FOLDED).decode()
        spans = [found.span() for found in shape.finditer(fields)]
        starts, ends = np.array(spans, np.int64).reshape(-1, 2).T
        between = np.flatnonzero(np.frombuffer(fields.encode(), np.uint8) == ord("\n"))
        fields_before = np.searchsorted(between, starts)
        return starts - fields_before, ends - fields_before
