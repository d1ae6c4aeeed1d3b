"""What somebody typed into a search over payments, as conditions of a query."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, column, select, table
from sqlalchemy.sql import literal_column

from core.database.payment_search import (
    KEY_MASK,
    SEARCH_TABLE,
    SHORTEST_TERM,
    searched_text,
    server_searched_text,
)
from core.database.spelling import Spelt, has_text, index_hit
from core.model.payments import Payment

INDEX = table(SEARCH_TABLE, column("rowid"))
INDEX_KEY: ColumnElement[int] = literal_column(f"({SEARCH_TABLE}.rowid & {KEY_MASK})")

_SEARCHED = Spelt(f"({searched_text('payment')})", f"({server_searched_text('payment')})", String)


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """The parts of words that a payment must all have, each in any field.

    ``indexed`` are long enough for the index; ``short`` can only be looked for row by row.
    """

    indexed: tuple[str, ...]
    short: tuple[str, ...]

    @classmethod
    def of(cls, typed: str) -> SearchTerms:
        """Return what was typed as terms."""
        terms = [_as_stored(word) for word in typed.split()]
        return cls(
            tuple(term for term in terms if len(term) >= SHORTEST_TERM),
            tuple(term for term in terms if len(term) < SHORTEST_TERM),
        )

    def __bool__(self) -> bool:
        """Tell whether anything is searched for."""
        return bool(self.indexed or self.short)

    @property
    def all(self) -> tuple[str, ...]:
        """All terms, in the order of :meth:`conditions`."""
        return (*self.indexed, *self.short)

    @property
    def is_unindexed(self) -> bool:
        """Tell whether only one or two letters were typed, which no index knows."""
        return bool(self.short) and not self.indexed

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return that a payment has every term, looked at in its own fields."""
        return [_any_field_has(term) for term in self.all]

    def membership(self) -> list[ColumnElement[bool]]:
        """Return that a payment is among the hits of the index; nothing where it cannot help."""
        if not self.indexed:
            return []
        hits = select(INDEX_KEY).select_from(INDEX).where(self.matches())
        return [Payment.id.in_(hits)]

    def matches(self) -> ColumnElement[bool]:
        """Return the index's own condition."""
        return index_hit(SEARCH_TABLE, self.indexed)


def _as_stored(word: str) -> str:
    """Return a word as the books write it: 0788… is +250788… there."""
    digits = word.removeprefix("+")
    is_local = digits.isdigit() and digits.startswith("0") and len(digits) > SHORTEST_TERM
    return digits[1:] if is_local else word


def _any_field_has(term: str) -> ColumnElement[bool]:
    # One look at all fields together: lines apart, so that no term stands across two of them.
    return has_text(_SEARCHED, term)
