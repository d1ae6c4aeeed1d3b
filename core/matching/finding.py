"""Which identifiers stand in lines: all lines at once, every window of a known length looked up.

The cost depends on the lines' texts, not on the number of payments.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter

import numpy as np

from core.matching.facts import LineFacts
from core.matching.identifier_index import IdentifierIndex
from core.matching.identifiers import MIN_IN_OWN_FIELD, Named, stands_alone
from core.matching.letters import HEAD, numbers_of
from core.matching.line_texts import LineTexts, portions
from core.matching.records import OpenLine

_text_of: Callable[[OpenLine], str] = attrgetter("text")


def line_facts(lines: Iterable[OpenLine], index: IdentifierIndex) -> dict[int, LineFacts]:
    """Return the facts of each line by its id, in the order given."""
    found: dict[int, LineFacts] = {}
    for some in portions(lines, _text_of):
        for line, named in zip(some, _named_in(some, index), strict=True):
            found[line.line_id] = LineFacts(line, named, index)
    return found


def _named_in(lines: Sequence[OpenLine], index: IdentifierIndex) -> list[list[Named]]:
    """Return what each line names: per payment its strongest identifier, by payment id.

    An identifier inside a longer one that was also found does not count, nor a payment that only
    shares identifiers with one that is named more closely.
    """
    found: list[list[Named]] = [[] for _ in lines]
    texts = [line.text for line in lines]
    _add_all(found, texts, _standing(LineTexts(texts), index), index)
    for own in (
        [line.reference for line in lines],
        [line.transaction_id for line in lines],
    ):
        if any(own):
            fields = LineTexts(own)
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


def _standing(fields: LineTexts, index: IdentifierIndex) -> Iterator[_Found]:
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
