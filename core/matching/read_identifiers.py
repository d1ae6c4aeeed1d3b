"""Identifiers of payments read as numbers, a stretch of payments at a time, in any order of them.

So they can be read while more payments are still on their way from the database.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.matching.identifiers import (
    MIN_IN_OWN_FIELD,
    fold_all,
    forms_of,
    stands_alone,
)
from core.matching.letters import HEAD, LAST_CODE, Flags, Letters, Numbers, look_alike, pieces_of

_MIN_PREFIX = 2
_PREFIX = re.compile(rf"^[ \t]*([A-Z]{{{_MIN_PREFIX},}})", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """One kind of identifier: of each text its number and size, and whether it stands alone.

    ``folded`` are the texts; ``forms`` how they look with their digits as zeros; ``prefixes`` the
    letters they begin with as written, in capitals; ``letters`` the codes of all that occur.
    """

    folded: Sequence[str]
    numbers: Numbers
    sizes: NDArray[np.int32]
    alone: Flags
    heads: NDArray[np.uint32]
    letters: frozenset[int]
    forms: set[str]
    prefixes: set[str]

    @classmethod
    def of(cls, written: Sequence[str]) -> ReadColumn:
        """Read texts."""
        folded = fold_all(written)
        codes, starts, ends = pieces_of(folded)
        letters = Letters(codes)
        forms = forms_of(folded[:1] if look_alike(codes, starts, ends) else folded)
        alone = np.ones(len(folded), np.bool_)
        if not all(map(stands_alone, forms)):
            alone[:] = list(map(stands_alone, folded))
        headed = starts[ends - starts >= HEAD]
        occurs = np.zeros(int(LAST_CODE) + 1, np.bool_)
        occurs[codes] = True
        return cls(
            folded,
            letters.numbers(starts, ends),
            (ends - starts).astype(np.int32),
            alone,
            letters.heads_at(headed),
            frozenset(np.flatnonzero(occurs).tolist()),
            forms,
            _prefixes(written, folded, forms),
        )


@dataclass(frozen=True, slots=True)
class ReadIdentifiers:
    """The identifiers of some payments, by kind; None for one that none of them has."""

    number: int
    kinds: Sequence[ReadColumn | None]

    @classmethod
    def of(cls, columns: Sequence[Sequence[str]]) -> ReadIdentifiers:
        """Read one column for each kind."""
        kinds = [ReadColumn.of(column) if any(column) else None for column in columns]
        return cls(len(columns[0]), kinds)

    def column(self, kind: int) -> ReadColumn:
        """Return one kind, as empty texts where none has it."""
        return self.kinds[kind] or ReadColumn.of([""] * self.number)


def _prefixes(written: Sequence[str], folded: Sequence[str], forms: Collection[str]) -> set[str]:
    """Return the letters that identifiers begin with, as written, in capitals."""
    identifiers: Iterable[str] = written
    if written == folded:
        identifiers = [form for form in forms if len(form) >= MIN_IN_OWN_FIELD]
    elif any(len(form) < MIN_IN_OWN_FIELD for form in forms):
        pairs = zip(written, folded, strict=True)
        identifiers = [each for each, short in pairs if len(short) >= MIN_IN_OWN_FIELD]
    return set(_PREFIX.findall("\n".join(forms_of(identifiers)).upper()))
