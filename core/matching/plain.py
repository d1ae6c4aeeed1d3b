"""The commonest line: it alone names one payment, of its very amount and of its payer's name.

Nothing that another line says can change such a pair, unless money was taken back. So it is known
from the payments' columns alone, and no claims, rivals or neighbours are weighed for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from core.matching import reasons
from core.matching.facts import CLOCK_SLACK_DAYS, LineFacts, name_agrees
from core.matching.identifiers import Hit
from core.matching.names import Agreement
from core.matching.phones import national_number
from core.matching.records import MatchKind, Proposal
from core.matching.values import value_class

if TYPE_CHECKING:
    from core.matching.board import Board
    from core.matching.books import Books

LATEST_DAYS = 180
"""A line so long after the payment that it names is a matter for a person."""


@value_class(frozen=True, slots=True)
class PlainPair:
    """A line and what it names, booked so many days after it was paid."""

    line: LineFacts
    hit: Hit
    days: int


def plain_pairs(lines: Mapping[int, LineFacts], books: Books) -> dict[int, PlainPair]:
    """Return, by line, what an identifier alone decides."""
    named = [hit.place for line in lines.values() for hit in line.hits]
    times_named = np.bincount(np.array(named, np.int64), minlength=len(books))
    naming = [line for line in lines.values() if len(line.hits) == 1]
    places = np.array([line.hits[0].place for line in naming], np.int64)
    amounts_minor = np.array([line.line.amount_minor for line in naming], np.int64)
    booked = [books.calendar.number(line.line.day) for line in naming]
    days = np.array(booked, np.int64) - books.calendar.at[places]
    fitting = (times_named[places] == 1) & (days >= -CLOCK_SLACK_DAYS) & (days <= LATEST_DAYS)
    fitting &= (books.amounts_minor[places] == amounts_minor) & (amounts_minor > 0)
    found: dict[int, PlainPair] = {}
    columns, days_of = books.columns, days.tolist()
    for number in np.flatnonzero(fitting).tolist():
        line = naming[number]
        (hit,) = line.hits
        if (
            columns.currencies[hit.place] == line.line.currency
            and hit.place not in columns.reconciled
            and of_agreeing_payer(books, line, hit.place)
        ):
            found[line.line_id] = PlainPair(line, hit, days_of[number])
    return found


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


def taken_back(board: Board, pair: PlainPair) -> bool:
    """Tell whether the money may have been taken back, by whichever line."""
    return (
        pair.line.line_id in board.reversals_of_line
        or pair.hit.identifier.payment_id in board.reversals_of_payment
    )


def proposal_of(board: Board, pair: PlainPair, confidence: int) -> Proposal:
    """Return the pair as a match, with the reasons that any pair has."""
    line, columns = pair.line, board.payments.columns
    return Proposal(
        (line.line_id,),
        (pair.hit.identifier.payment_id,),
        MatchKind.ONE_TO_ONE,
        True,
        confidence,
        (
            reasons.named(pair.hit),
            reasons.equal_amount(line.line.amount_minor, line.line.currency),
            *reasons.phone(line, national_number(columns.phones[pair.hit.place])),
            *reasons.name(line, columns.customer_names[pair.hit.place], Agreement.AGREES),
            reasons.delay(pair.days),
        ),
    )
