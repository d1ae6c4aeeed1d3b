"""References of which only the first is written out: ORD-2026-02717/02718/19."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from core.matching.facts import LineFacts
from core.matching.identifier_index import IdentifierIndex
from core.matching.identifiers import Hit, Named, fold
from core.matching.letters import numbers_of

_TOKEN = re.compile(r"[0-9A-Z]+")
_JOINS = frozenset(("ET", "AND", "NA", "N"))
_MOST = 12
_MIN_DIGITS = 2


def continued_hits(line: LineFacts, index: IdentifierIndex) -> tuple[Hit, ...]:
    """Return what a line names where the numbers behind its reference go on from it, or nothing.

    Each has to be a payment's: one that is not is perhaps no reference at all.
    """
    if len(line.hits) != 1:
        return ()
    first = line.hits[0]
    wanted = list(_continuing(line, first))
    if not 0 < len(wanted) < _MOST:
        return ()
    firsts, ends = index.rows_of(numbers_of(wanted))
    found = {first.place: first}
    for folded, start, end in zip(wanted, firsts.tolist(), ends.tolist(), strict=True):
        entries = [each for each in index.entries_at(start, end) if index.text_of(each) == folded]
        if len(entries) != 1:
            return ()
        hit = index.hit(Named(entries[0], as_written=False))
        found.setdefault(hit.place, hit)
    return tuple(sorted(found.values(), key=lambda hit: hit.identifier.payment_id))


def _continuing(line: LineFacts, hit: Hit) -> Iterator[str]:
    """Yield the references, folded, that the numbers behind a whole one stand for."""
    own = _TOKEN.findall(hit.identifier.written.upper())
    last = own[-1]
    if not last.isdigit():
        return
    for field in line.fields:
        for number in _numbers_behind(field.tokens, own):
            yield fold("".join(own[:-1]) + last[: -len(number)] + number)


def _numbers_behind(tokens: Sequence[str], own: Sequence[str]) -> list[str]:
    for start in range(len(tokens) - len(own)):
        end = start + len(own)
        if list(tokens[start:end]) == own:
            behind = (token for token in tokens[end:] if token not in _JOINS)
            return list(
                takewhile(
                    lambda token: token.isdigit() and _MIN_DIGITS <= len(token) <= len(own[-1]),
                    behind,
                )
            )
    return []
