"""Payments whose numbers begin as somebody typed, by the plain indexes of these numbers.

They are found at once in a shop of any size, where the index over parts of words has to look
through all that share the same common letters ("ORD-2024-").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache

from sqlalchemy import Dialect, Select, literal_column, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from core.database.driver_questions import DriverQuestion, driver_question, open_value
from core.database.unit_of_work import Database
from core.model.customers import Order
from core.model.payments import Payment
from core.services.payments.search import SearchTerms

_MOST_ROWS = 100
_RARE_NAME_ROWS = 20
_NO_NAME = -1
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

    Beside other terms a name is left out unless it is rare: of the last ones of a common name
    hardly any would fit these. Whether the rest fit the search is for the caller to see.
    """
    spellings = sorted(_spellings(terms))
    is_alone = len(terms.all) == 1
    values: dict[str, object] = {"of_a_name": _MOST_ROWS if is_alone else _RARE_NAME_ROWS}
    for place, begins in enumerate(spellings):
        values |= {f"begins_{place}": begins, f"ends_{place}": begins + _AFTER_ALL}
    question = _question(len(spellings), database.engine.dialect)
    found = database.rows(question, values, cancelled)
    names = Counter(name for _, name in found if name != _NO_NAME)
    common = {name for name, rows in names.items() if rows == _RARE_NAME_ROWS and not is_alone}
    return sorted({key for key, name in found if name not in common})


def _spellings(terms: SearchTerms) -> set[str]:
    """Return the terms as the books may write them; a local telephone number with its country."""
    found: set[str] = set()
    for term in terms.indexed:
        found |= {term, term.upper(), term.lower(), term.capitalize()}
        if term.isdigit():
            found.add(_COUNTRY_CODE + term)
    return found


@lru_cache(maxsize=32)
def _question(spellings: int, dialect: Dialect) -> DriverQuestion:
    """Return the question of so many spellings: one, as asking costs more than answering."""
    arms = [arm for place in range(spellings) for arm in _arms(place)]
    found = union_all(*arms).subquery()
    return driver_question(select(found.c.id, found.c.name), dialect)


def _arms(place: int) -> Iterator[Select[int, int]]:
    """Yield the payments that begin like one spelling, each with which spelling of a name it is."""
    begins, ends = open_value(f"begins_{place}"), open_value(f"ends_{place}")
    for number in _NUMBERS:
        last = select(Payment.id).where(number >= begins, number < ends).order_by(number.desc())
        if number is Payment.customer_name:
            yield _named(last.limit(open_value("of_a_name")), place)
        else:
            yield _named(last.limit(_MOST_ROWS))
    orders = select(Payment.id).join(Order, Order.id == Payment.order_id)
    orders = orders.where(Order.order_number >= begins, Order.order_number < ends)
    yield _named(orders.order_by(Order.order_number.desc()).limit(_MOST_ROWS))


def _named(last: Select[int], name: int = _NO_NAME) -> Select[int, int]:
    return select(last.subquery().c.id, literal_column(str(name)).label("name"))
