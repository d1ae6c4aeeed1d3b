"""Which identifiers stand in lines: all lines at once, every window of a known length looked up.

The cost depends on the lines' texts, not on the number of payments.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

import numpy as np

from core.matching.facts import LineFacts
from core.matching.identifier_index import IdentifierIndex
from core.matching.identifiers import MIN_IN_OWN_FIELD, NOT_FOLDED, O_TO_ZERO, Hit, stands_alone
from core.matching.letters import (
    CODE_OF,
    HEAD,
    LAST_DIGIT,
    Flags,
    Letters,
    Places,
    numbers_of,
)
from core.matching.records import OpenLine
from core.matching.values import value_class

_LINE_OF = itemgetter(0)
_LINES_AT_ONCE, _LETTERS_AT_ONCE = 2_000, 250_000
_NOT_A_LETTER = NOT_FOLDED + b"\n"


def line_facts(lines: Iterable[OpenLine], index: IdentifierIndex) -> dict[int, LineFacts]:
    """Return the facts of each line by its id, in the order given."""
    found: dict[int, LineFacts] = {}
    for some in _portions(lines):
        for line, hits in zip(some, _hits_of(some, index), strict=True):
            found[line.line_id] = LineFacts(line, hits, index)
    return found


def _portions(lines: Iterable[OpenLine]) -> Iterator[list[OpenLine]]:
    """Cut lines up, so that what is read at once stays small however long their texts are."""
    some: list[OpenLine] = []
    letters = 0
    for line in lines:
        some.append(line)
        letters += len(line.text)
        if len(some) >= _LINES_AT_ONCE or letters >= _LETTERS_AT_ONCE:
            yield some
            some, letters = [], 0
    if some:
        yield some


def _hits_of(lines: Sequence[OpenLine], index: IdentifierIndex) -> list[tuple[Hit, ...]]:
    """Return what each line names: per payment its strongest identifier, by payment id.

    An identifier inside a longer one that was also found does not count, nor a payment that only
    shares identifiers with one that is named more closely.
    """
    found: list[list[Hit]] = [[] for _ in lines]
    texts = [line.text for line in lines]
    _add_all(found, texts, _windows(texts, index), index)
    for own in (
        [line.reference for line in lines],
        [line.transaction_id for line in lines],
    ):
        if any(own):
            _add_all(found, own, _of_own_field(own, index), index)
    return [tuple(hits) if len(hits) <= 1 else _specific(hits) for hits in found]


@value_class(frozen=True, slots=True)
class _Found:
    """An identifier in the field of a line, and where the index has it."""

    line: int
    folded: str
    first_row: int
    end_row: int
    entry: int
    is_whole: bool = False


def _add_all(
    found: Sequence[list[Hit]],
    texts: Sequence[str],
    standing: Iterable[_Found],
    index: IdentifierIndex,
) -> None:
    for each in standing:
        text, hits = texts[each.line], found[each.line]
        entries: Sequence[int] = (each.entry,)
        if each.end_row - each.first_row > 1:
            entries = index.entries_at(each.first_row, each.end_row)
        for entry in entries:
            identifier, place = index.identifier_at(entry)
            if identifier.folded == each.folded:
                written = identifier.written
                as_written = written in text or written.upper() in text.upper()
                hits.append(Hit(identifier, each.is_whole or as_written, place))


def _of_own_field(texts: Sequence[str], index: IdentifierIndex) -> Iterator[_Found]:
    """Yield what fields hold that are nothing but one identifier: the whole, if it is short."""
    fields = _Fields(texts)
    whole = [fields.folded[start:end] for start, end in fields.bounds()]
    short = [
        (line, key)
        for line, key in enumerate(whole)
        if len(key) >= MIN_IN_OWN_FIELD and not stands_alone(key)
    ]
    rows = index.rows_of(numbers_of([key for _, key in short]))
    for (line, key), first, end in zip(short, *map(np.ndarray.tolist, rows), strict=True):
        if first < end:
            entry = int(index.entry_at(np.array([first]))[0])
            yield _Found(line, key, first, end, entry, is_whole=True)
    yield from (each for each in _standing(fields, index) if stands_alone(whole[each.line]))


def _windows(texts: Sequence[str], index: IdentifierIndex) -> Iterator[_Found]:
    """Yield what stands in free texts."""
    return _standing(_Fields(texts), index)


class _Fields:
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
        only_digits = self._digits_before[ends] - self._digits_before[starts] == ends - starts
        # A bare number joined to letters may be anything: only whole words count.
        joined = only_digits & ~(from_word & to_word)
        cut_out: Flags = goes_on_before | goes_on_after | joined
        return ~cut_out


def _standing(fields: _Fields, index: IdentifierIndex) -> Iterator[_Found]:
    """Yield known identifiers, by line; of those inside one another only the longest."""
    letters = fields.letters
    if len(letters.codes) < HEAD or not index.window_lengths:
        return
    starts = np.flatnonzero(index.heads[letters.heads()])
    lines = fields.field_of(starts)
    lengths = np.array(index.window_lengths)
    ends = (starts[:, None] + lengths).ravel()
    lines, starts = np.repeat(lines, len(lengths)), np.repeat(starts, len(lengths))
    inside = np.flatnonzero(ends <= fields.ends[lines])
    lines, starts, ends = lines[inside], starts[inside], ends[inside]
    numbers = letters.numbers(starts, ends)
    likely = index.sought.among(numbers)
    first, end = index.rows_of(numbers[likely])
    lines, starts, ends = lines[likely], starts[likely], ends[likely]
    known = np.flatnonzero((first < end) & fields.delimited(starts, ends))
    order = known[np.lexsort((starts[known], starts[known] - ends[known], lines[known]))]
    first, end = first[order], end[order]
    columns = (lines[order], starts[order], ends[order], first, end, index.entry_at(first))
    folded = fields.folded
    for _, group in groupby(zip(*map(np.ndarray.tolist, columns), strict=True), _LINE_OF):
        accepted: list[tuple[int, int]] = []
        for line, start, stop, first_row, end_row, entry in group:
            if not any(left <= start and stop <= right for left, right in accepted):
                accepted.append((start, stop))
                yield _Found(line, folded[start:stop], first_row, end_row, entry)


def _specific(found: Sequence[Hit]) -> tuple[Hit, ...]:
    """Return each named payment once; an order number of two says nothing once one is named."""
    hits: dict[str, dict[str, Hit]] = defaultdict(dict)
    for hit in found:
        hits[hit.identifier.payment_id].setdefault(hit.identifier.folded, hit)
    named = {payment_id: frozenset(each) for payment_id, each in hits.items()}
    specific = sorted(
        payment_id
        for payment_id, each in named.items()
        if len(named) == 1 or not any(each < other for other in named.values())
    )
    return tuple(min(hits[payment_id].values(), key=_rank) for payment_id in specific)


def _rank(hit: Hit) -> tuple[int, bool]:
    return hit.identifier.kind, not hit.as_written
