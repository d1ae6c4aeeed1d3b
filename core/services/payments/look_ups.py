"""Payments whose numbers begin as somebody typed, by the plain indexes of these numbers.

They are found at once in a shop of any size, where the index over parts of words has to look
through all that share the same common letters ("ORD-2024-").
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from sqlalchemy import Dialect, Select, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from core.database.driver_questions import DriverQuestion, driver_question, open_value
from core.database.unit_of_work import Database
from core.model.customers import Order
from core.model.payments import Payment
from core.services.payments.search import SearchTerms

_MOST_ROWS = 100
_COUNTRY_CODE = "+250"
_AFTER_ALL = "\U0010ffff"
_NUMBERS: tuple[InstrumentedAttribute[str | None] | InstrumentedAttribute[str], ...] = (
    Payment.transaction_reference,
    Payment.invoice_number,
    Payment.transaction_id,
    Payment.phone_number,
    Payment.payment_id,
    Payment.customer_name,
)


def beginning_like(
    database: Database, terms: SearchTerms, cancelled: Callable[[], bool]
) -> list[int]:
    """Return the keys of payments with a number that begins like a term: the last of each kind.

    Whether they fit the search is for the caller to see.
    """
    question = _question(database.engine.dialect)
    found: set[int] = set()
    for begins in sorted(_spellings(terms)):
        values = {"begins": begins, "ends": begins + _AFTER_ALL}
        found.update(row[0] for row in database.rows(question, values, cancelled))
    return sorted(found)


def _spellings(terms: SearchTerms) -> set[str]:
    """Return the terms as the books may write them; a local telephone number with its country."""
    found: set[str] = set()
    for term in terms.indexed:
        found |= {term, term.upper(), term.lower(), term.capitalize()}
        if term.isdigit():
            found.add(_COUNTRY_CODE + term)
    return found


@lru_cache(maxsize=2)
def _question(dialect: Dialect) -> DriverQuestion:
    begins, ends = open_value("begins"), open_value("ends")
    arms: list[Select[int]] = []
    for number in _NUMBERS:
        last = select(Payment.id).where(number >= begins, number < ends)
        arms.append(select(last.order_by(number.desc()).limit(_MOST_ROWS).subquery().c.id))
    orders = select(Payment.id).join(Order, Order.id == Payment.order_id)
    orders = orders.where(Order.order_number >= begins, Order.order_number < ends)
    last = orders.order_by(Order.order_number.desc()).limit(_MOST_ROWS)
    arms.append(select(last.subquery().c.id))
    return driver_question(select(union_all(*arms).subquery().c.id), dialect)
