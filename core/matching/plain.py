"""The commonest line: it alone names one payment, of its very amount and of its payer's name.

Nothing that another line says can change such a pair, so it is known from the payments' columns
alone, and no claims, rivals or neighbours are weighed for it.
"""

from __future__ import annotations

from collections import Counter

from core.matching.board import Board
from core.matching.books import Books
from core.matching.facts import CLOCK_SLACK_DAYS, LineFacts, name_agrees
from core.matching.identifiers import Hit
from core.matching.names import Agreement

LATEST_DAYS = 180
"""A line so long after the payment that it names is a matter for a person."""


def plain_pairs(board: Board) -> dict[int, tuple[LineFacts, Hit]]:
    """Return, by line, what is decided by an identifier alone; what was taken back is not.

    Nothing is accepted yet, and nothing may have been: all lines and payments are still free.
    """
    books, columns = board.payments, board.payments.columns
    named_by = Counter(
        hit.identifier.payment_id for line in board.lines.values() for hit in line.hits
    )
    found: dict[int, tuple[LineFacts, Hit]] = {}
    for line in board.money_in():
        if len(line.hits) != 1:
            continue
        (hit,) = line.hits
        payment_id = hit.identifier.payment_id
        if named_by[payment_id] != 1 or payment_id in board.reversals_of_payment:
            continue
        days = (line.line.day - columns.days[books.places[payment_id]]).days
        if (
            -CLOCK_SLACK_DAYS <= days <= LATEST_DAYS
            and line.line_id not in board.reversals_of_line
            and payment_id in board.free_payments
            and of_equal_amount(books, line, hit)
            and of_agreeing_payer(books, line, hit)
        ):
            found[line.line_id] = line, hit
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
