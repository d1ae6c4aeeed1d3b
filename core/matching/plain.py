"""The commonest line: it alone names one payment, of its very amount and of its payer's name.

Nothing that another line says can change such a pair, unless money was taken back. So it is known
from the payments' columns alone, and no claims, rivals or neighbours are weighed for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import TYPE_CHECKING

import numpy as np

from core.matching import reasons
from core.matching.facts import CLOCK_SLACK_DAYS, LineFacts, name_agrees
from core.matching.identifiers import IdentifierKind
from core.matching.letters import Places
from core.matching.names import MIN_WORDS, Agreement
from core.matching.records import MatchKind, Proposal
from core.matching.values import value_class

if TYPE_CHECKING:
    from core.matching.books import Books

LATEST_DAYS = 180
"""A line so long after the payment that it names is a matter for a person."""


@value_class(frozen=True, slots=True)
class PlainPairs:
    """Lines, the place of the payment that each is, and how many days after it was paid."""

    lines: Sequence[LineFacts]
    places: Sequence[int]
    days: Sequence[int]

    def where(self, wanted: Iterable[bool]) -> PlainPairs:
        """Return some of the pairs."""
        chosen = list(wanted)
        return PlainPairs(
            list(compress(self.lines, chosen)),
            list(compress(self.places, chosen)),
            list(compress(self.days, chosen)),
        )


NO_PAIRS = PlainPairs((), (), ())


def plain_pairs(lines: Mapping[int, LineFacts], books: Books) -> PlainPairs:
    """Return what an identifier alone decides."""
    naming = [line for line in lines.values() if len(line.named) == 1]
    places = books.identifiers.place_of(_entries(naming))
    several = [line for line in lines.values() if len(line.named) > 1]
    others = books.identifiers.place_of(_entries(several))
    times_named = np.bincount(np.concatenate((places, others)), minlength=len(books))
    amounts_minor = np.array([line.line.amount_minor for line in naming], np.int64)
    booked = [books.calendar.number(line.line.day) for line in naming]
    days = np.array(booked, np.int64) - books.calendar.at[places]
    fitting = (times_named[places] == 1) & (days >= -CLOCK_SLACK_DAYS) & (days <= LATEST_DAYS)
    fitting &= (books.amounts_minor[places] == amounts_minor) & (amounts_minor > 0)
    likely = PlainPairs(naming, places.tolist(), days.tolist()).where(fitting.tolist())
    currencies, reconciled = books.columns.currencies, books.columns.reconciled
    agrees = _Agreeing(books)
    return likely.where(
        currencies[place] == line.line.currency and place not in reconciled and agrees(line, place)
        for line, place in zip(likely.lines, likely.places, strict=True)
    )


def _entries(lines: Iterable[LineFacts]) -> Places:
    return np.array([named.entry for line in lines for named in line.named], np.int64)


class _Agreeing:
    """Whether lines show the names of payments' customers; the same two names are read once."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._customers = books.columns.customer_names
        self._known: dict[tuple[str, str], bool] = {}

    def __call__(self, line: LineFacts, place: int) -> bool:
        """Tell it of one line and the payment at a place."""
        names = self._customers[place], line.line.counterparty
        known = self._known.get(names)
        if known is None:
            known = of_agreeing_payer(self._books, line, place)
            if len(line.counterparty) >= MIN_WORDS:
                self._known[names] = known
        return known


def of_equal_amount(books: Books, line: LineFacts, place: int) -> bool:
    """Tell whether a line brings exactly the amount of the payment at a place."""
    columns = books.columns
    return (
        columns.amounts_minor[place] == line.line.amount_minor > 0
        and columns.currencies[place] == line.line.currency
    )


def of_agreeing_payer(books: Books, line: LineFacts, place: int) -> bool:
    """Tell whether the customer of the payment at a place has the payer's name."""
    customer = books.columns.customer_names[place]
    return name_agrees(line, books.name(customer)) is Agreement.AGREES


def proposals_of(
    books: Books, pairs: PlainPairs, confidence_of: Mapping[IdentifierKind, int]
) -> Iterator[Proposal]:
    """Yield the pairs as matches, with the reasons that any pair has."""
    columns, index = books.columns, books.identifiers
    for line, place, days in zip(pairs.lines, pairs.places, pairs.days, strict=True):
        (named,) = line.named
        kind = index.kind_at(named.entry)
        because = (
            reasons.stands(kind, index.written_at(named.entry), as_written=named.as_written),
            reasons.equal_amount(line.line.amount_minor, line.line.currency),
            *reasons.phone(line, books.national(place)),
            *reasons.name(line, columns.customer_names[place], Agreement.AGREES),
            reasons.delay(days),
        )
        yield Proposal(
            (line.line_id,),
            (columns.payment_ids[place],),
            MatchKind.ONE_TO_ONE,
            True,
            confidence_of[kind],
            because,
        )
