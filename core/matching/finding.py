"""Which identifiers stand in lines: all lines at once, every window of a known length looked up.

The cost depends on the lines' texts, not on the number of payments.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from core.matching.facts import LineFacts
from core.matching.identifier_index import IdentifierIndex
from core.matching.identifiers import MIN_IN_OWN_FIELD, NOT_FOLDED, O_TO_ZERO, Named, stands_alone
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

_LINES_AT_ONCE, _LETTERS_AT_ONCE = 2_000, 250_000
_NOT_A_LETTER = NOT_FOLDED + b"\n"


def line_facts(lines: Iterable[OpenLine], index: IdentifierIndex) -> dict[int, LineFacts]:
    """Return the facts of each line by its id, in the order given."""
    found: dict[int, LineFacts] = {}
    for some in _portions(lines):
        for line, named in zip(some, _named_in(some, index), strict=True):
            found[line.line_id] = LineFacts(line, named, index)
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


def _named_in(lines: Sequence[OpenLine], index: IdentifierIndex) -> list[list[Named]]:
    """Return what each line names: per payment its strongest identifier, by payment id.

    An identifier inside a longer one that was also found does not count, nor a payment that only
    shares identifiers with one that is named more closely.
    """
    found: list[list[Named]] = [[] for _ in lines]
    texts = [line.text for line in lines]
    _add_all(found, texts, _standing(_Fields(texts), index), index)
    for own in (
        [line.reference for line in lines],
        [line.transaction_id for line in lines],
    ):
        if any(own):
            fields = _Fields(own)
            whole = [fields.folded[start:end] for start, end in fields.bounds()]
            _add_all(found, own, _short(whole, index), index, is_whole=True)
            longer = (each for each in _standing(fields, index) if stands_alone(whole[each[0]]))
            _add_all(found, own, longer, index)
    return [named if len(named) <= 1 else _specific(named, index) for named in found]


_Found = tuple[int, str, Sequence[int]]
"""In the field of which line an identifier stands, folded, and the entries it may be."""


def _add_all(
    found: Sequence[list[Named]],
    texts: Sequence[str],
    standing: Iterable[_Found],
    index: IdentifierIndex,
    *,
    is_whole: bool = False,
) -> None:
    for line, folded, entries in standing:
        text = texts[line]
        for entry in entries:
            if index.text_of(entry) == folded:
                written = index.written_at(entry)
                as_written = is_whole or written in text or written.upper() in text.upper()
                found[line].append(Named(entry, as_written))


def _short(whole: Sequence[str], index: IdentifierIndex) -> Iterator[_Found]:
    """Yield which fields are nothing but one identifier that is too short for a free text."""
    short = [
        (line, key)
        for line, key in enumerate(whole)
        if len(key) >= MIN_IN_OWN_FIELD and not stands_alone(key)
    ]
    rows = index.rows_of(numbers_of([key for _, key in short]))
    for (line, key), first, end in zip(short, *map(np.ndarray.tolist, rows), strict=True):
        if first < end:
            yield line, key, index.entries_at(first, end)


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
    folded, line_before = fields.folded, -1
    accepted: list[tuple[int, int]] = []
    for line, start, stop, row, end_row, entry in zip(
        *map(np.ndarray.tolist, columns), strict=True
    ):
        if line != line_before:
            accepted, line_before = [], line
        elif any(left <= start and stop <= right for left, right in accepted):
            continue
        accepted.append((start, stop))
        entries = (entry,) if end_row - row == 1 else index.entries_at(row, end_row)
        yield line, folded[start:stop], entries


def _specific(found: Sequence[Named], index: IdentifierIndex) -> list[Named]:
    """Return each named payment once; an order number of two says nothing once one is named."""
    of_payment: dict[str, dict[str, Named]] = defaultdict(dict)
    for each in found:
        identifier, _ = index.identifier_at(each.entry)
        of_payment[identifier.payment_id].setdefault(identifier.folded, each)
    named = {payment_id: frozenset(each) for payment_id, each in of_payment.items()}
    specific = sorted(
        payment_id
        for payment_id, each in named.items()
        if len(named) == 1 or not any(each < other for other in named.values())
    )

    def rank(each: Named) -> tuple[int, bool]:
        return index.kind_at(each.entry), not each.as_written

    return [min(of_payment[payment_id].values(), key=rank) for payment_id in specific]
