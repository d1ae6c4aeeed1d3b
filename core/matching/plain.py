"""The commonest line: it alone names one payment, of its very amount and of its payer's name.

Nothing that another line says can change such a pair, unless money was taken back. So it is known
from the payments' columns alone, and no claims, rivals or neighbours are weighed for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

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
    """A line and the place of the payment that it names."""

    line: LineFacts
    hit: Hit
    place: int
    days: int


def plain_pairs(lines: Mapping[int, LineFacts], books: Books) -> dict[int, PlainPair]:
    """Return, by line, what an identifier alone decides."""
    columns = books.columns
    named_by = Counter(hit.identifier.payment_id for line in lines.values() for hit in line.hits)
    found: dict[int, PlainPair] = {}
    for line_id, line in lines.items():
        if len(line.hits) != 1:
            continue
        (hit,) = line.hits
        place = books.places[hit.identifier.payment_id]
        days = (line.line.day - columns.days[place]).days
        if (
            named_by[hit.identifier.payment_id] == 1
            and -CLOCK_SLACK_DAYS <= days <= LATEST_DAYS
            and place not in columns.reconciled
            and of_equal_amount(books, line, hit)
            and of_agreeing_payer(books, line, hit)
        ):
            found[line_id] = PlainPair(line, hit, place, days)
    return found


def of_equal_amount(books: Books, line: LineFacts, hit: Hit) -> bool:
    """Tell whether a line brings exactly the amount of a payment that it names."""
    place, columns = books.places[hit.identifier.payment_id], books.columns
    return (
        columns.amounts_minor[place] == line.line.amount_minor > 0
        and columns.currencies[place] == line.line.currency
    )


def of_agreeing_payer(books: Books, line: LineFacts, hit: Hit) -> bool:
    """Tell whether the customer of a payment that a line names has the payer's name."""
    customer = books.columns.customer_names[books.places[hit.identifier.payment_id]]
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
            *reasons.phone(line, national_number(columns.phones[pair.place])),
            *reasons.name(line, columns.customer_names[pair.place], Agreement.AGREES),
            reasons.delay(pair.days),
        ),
    )
