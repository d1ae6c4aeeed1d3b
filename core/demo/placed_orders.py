"""Orders the invented shop's customers still owe: some open, some paid in part, one cancelled."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from core.clock import day_start
from core.demo.bulk import BulkWriter
from core.demo.calendar import Calendar
from core.demo.journal import Journal
from core.demo.people import Clientele
from core.demo.sales import Placed, Row, Sale, basket_rows, placed_order_row
from core.demo.stock import Article, BasketLine, total_of
from core.model.customers import Order, OrderLine, TaxClass
from core.model.invoices import NumberSeries
from core.model.payments import PaymentMethod, PaymentStatus
from core.money import DEFAULT_CURRENCY

_ARTICLES = tuple(
    Article(name, price_minor, TaxClass.STANDARD)
    for name, price_minor in (
        ("Solar home kit", 118_000),
        ("Sewing machine", 236_000),
        ("Bicycle", 177_000),
        ("Water filter", 59_000),
        ("Radio", 23_600),
    )
)

_REGULARS = 40


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An order written so many days ago, and when it is, or was, to be paid."""

    days_ago: int
    due_after_days: int
    part_minor: int = 0
    is_cancelled: bool = False


_WANTED = (
    _Wanted(33, 14, part_minor=118_000),
    _Wanted(27, 7),
    _Wanted(21, 30, part_minor=59_000),
    _Wanted(12, 10),
    _Wanted(9, 14, is_cancelled=True),
    _Wanted(6, 21, part_minor=59_000),
    _Wanted(4, 14),
    _Wanted(2, 7, part_minor=23_600),
    _Wanted(1, 30),
)


class PlacedOrders:
    """Writes the orders, and makes a cash sale of the same day the first part of some."""

    def __init__(
        self,
        seed: int,
        calendar: Calendar,
        people: Clientele,
        writer: BulkWriter,
        journal: Journal,
        *,
        first_key: int,
    ) -> None:
        self._rng = random.Random(f"sanduku orders {seed}")
        self._calendar = calendar
        self._people = people
        self._writer = writer
        self._journal = journal
        self._key = first_key
        self._drawn: defaultdict[int, int] = defaultdict(int)

    def write_day(self, day: date, sales: Sequence[Sale]) -> None:
        """Write the orders of a day; call before anything counts the day's sales."""
        for wanted in _WANTED:
            if self._calendar.today - timedelta(days=wanted.days_ago) != day:
                continue
            placed = self._place(day, wanted)
            part = _first_cash(sales) if wanted.part_minor else None
            if part is not None:
                self._pay_part(part, placed, wanted)
            elif not wanted.part_minor:
                self._write(placed, wanted)

    def finish(self) -> None:
        """Write down which numbers were drawn."""
        for year, last in self._drawn.items():
            self._writer.add(NumberSeries, {"name": f"ORD-{year}", "last_number": last})

    def _place(self, day: date, wanted: _Wanted) -> Placed:
        self._drawn[day.year] += 1
        basket = tuple(
            BasketLine(article, self._rng.choice((1, 1, 2)))
            for article in self._rng.sample(_ARTICLES, k=3)
        )
        return Placed(
            number=f"ORD-{day.year}-{self._drawn[day.year]:05d}",
            customer=self._rng.choice(self._people.everyone[:_REGULARS]),
            basket=basket,
            ordered_at=day_start(day) + timedelta(hours=8, minutes=10),
            due_on=day + timedelta(days=wanted.due_after_days),
        )

    def _pay_part(self, sale: Sale, placed: Placed, wanted: _Wanted) -> None:
        before = sale.created_at - timedelta(minutes=5)
        placed = replace(placed, ordered_at=min(placed.ordered_at, before))
        sale.placed = placed
        sale.customer = placed.customer
        sale.amount_minor = sale.tendered_minor = wanted.part_minor
        sale.basket = ()
        sale.reference = placed.number
        self._note(placed)

    def _write(self, placed: Placed, wanted: _Wanted) -> None:
        self._key += 1
        row = placed_order_row(self._key, placed)
        if wanted.is_cancelled:
            cancelled_at = placed.ordered_at + timedelta(days=1, hours=2)
            row |= {
                "cancelled_at": cancelled_at,
                "cancelled_by": "cashier",
                "cancel_reason": "The customer changed their mind",
            }
            self._journal.note(
                cancelled_at, "cashier", "order:cancelled", ("order", placed.number),
                {"reason": "The customer changed their mind"},
            )  # fmt: skip
        self._writer.add(Order, row)
        for line in basket_rows(self._key, placed.basket):
            self._writer.add(OrderLine, line)
        self._note(placed)

    def _note(self, placed: Placed) -> None:
        details: Row = {
            "customer": placed.customer.name,
            "total": str(total_of(placed.basket)),
            "currency": DEFAULT_CURRENCY,
        }
        self._journal.note(
            placed.ordered_at, "cashier", "order:added", ("order", placed.number), details
        )


def _first_cash(sales: Iterable[Sale]) -> Sale | None:
    return next(
        (
            sale
            for sale in sales
            if sale.method is PaymentMethod.CASH
            and sale.status is PaymentStatus.COMPLETED
            and sale.has_order
            and not sale.imported
        ),
        None,
    )
