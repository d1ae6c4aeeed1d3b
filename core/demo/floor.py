"""The shop floor: makes each day's sales and tells how each of them was paid."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.clock import day_start, shop_date, shop_time
from core.demo.calendar import Calendar
from core.demo.endings import Endings
from core.demo.loyalty import SETTINGS
from core.demo.people import Clientele, Customer
from core.demo.rhythm import BusinessDay, moments_of
from core.demo.sales import Sale, Subscription
from core.demo.stock import Stock, total_of
from core.demo.subscribers import is_due
from core.model.payments import PaymentMethod, PaymentType, TransactionStatus
from core.services.subscriptions.calendar import period_reference

_METHODS = (
    PaymentMethod.MTN_MOBILE_MONEY,
    PaymentMethod.CASH,
    PaymentMethod.AIRTEL_MONEY,
    PaymentMethod.CARD,
    PaymentMethod.CASH_ON_DELIVERY,
    PaymentMethod.BANK_TRANSFER,
)
_METHOD_WEIGHTS = (44, 25, 12, 8, 6, 5)
_LEAST_POINTS = 10
_PAYS_WITH_POINTS = 0.06


_MTN = PaymentMethod.MTN_MOBILE_MONEY
_AIRTEL = PaymentMethod.AIRTEL_MONEY


@dataclass(frozen=True, slots=True)
class Placed:
    """A payment that is put on the floor on purpose, begun so many minutes ago.

    ``attempt`` is where the request to its network stands. With a ``failure``, a network's code,
    it has just failed instead, ``failed_after_s`` seconds after it was begun.
    """

    method: PaymentMethod
    minutes_ago: int
    attempt: TransactionStatus | None = None
    failure: str = ""
    failed_after_s: int = 0


FOUND_TODAY = (
    Placed(_MTN, 1, TransactionStatus.PENDING),
    Placed(_AIRTEL, 2, TransactionStatus.PENDING),
    Placed(_MTN, 6, TransactionStatus.UNKNOWN),
    Placed(_MTN, 4, TransactionStatus.PENDING),
    Placed(PaymentMethod.CASH_ON_DELIVERY, 45),
    Placed(PaymentMethod.BANK_TRANSFER, 80),
    Placed(_MTN, 2, failure="APPROVAL_REJECTED", failed_after_s=50),
    Placed(PaymentMethod.CASH_ON_DELIVERY, 25),
    Placed(PaymentMethod.BANK_TRANSFER, 35),
    Placed(_AIRTEL, 12, failure="TE", failed_after_s=300),
    Placed(PaymentMethod.CASH_ON_DELIVERY, 95),
)
"""What a cashier finds when the demo opens, the most telling first."""

LEFT_FROM_YESTERDAY = Placed(_MTN, 0, TransactionStatus.UNRESOLVED)
"""What the manager has to look into."""

_YESTERDAY_AT = timedelta(hours=11, minutes=41)

Begun = tuple[datetime, Placed | None]


class ShopFloor:
    """Makes sales day by day; the same seed and day give the same sales."""

    def __init__(
        self,
        rng: random.Random,
        calendar: Calendar,
        clientele: Clientele,
        subscriptions: tuple[Subscription, ...],
        endings: Endings,
    ) -> None:
        self._rng = rng
        self._calendar = calendar
        self._clientele = clientele
        self._subscriptions = subscriptions
        self._stock = Stock(rng)
        self._endings = endings
        self._last_key = 0
        self._points_were_spent = False

    def sales_of(self, day: BusinessDay) -> list[Sale]:
        """Return a day's sales in the order they were begun."""
        begun = self._begun(day)
        due = self._due(day.day, len(begun) // 3)
        # However quiet the day, its till has seen some cash.
        cash = iter([PaymentMethod.CASH] * 2 if day.day == self._calendar.today else [])
        sales = []
        for number, (at, placed) in enumerate(begun, start=1):
            method = placed.method if placed else next(cash, None)
            subscription = next(due, None) if method is None else None
            sale = self._begin(number, at, method, subscription)
            if placed is None:
                self._endings.settle(sale)
            elif placed.failure:
                after = timedelta(seconds=placed.failed_after_s)
                self._endings.fail(sale, placed.failure, after)
            else:
                self._endings.leave_waiting(sale, placed.attempt)
            sales.append(sale)
        return sales

    def _begun(self, day: BusinessDay) -> list[Begun]:
        placed = self._placed(day.day)[: day.payments * 3 // 4]
        others = BusinessDay(day.day, day.payments - len(placed))
        begun: list[Begun] = [
            (at, None) for at in moments_of(others, self._calendar.now, self._rng)
        ]
        return sorted([*begun, *placed], key=lambda each: each[0])

    def _placed(self, day: date) -> list[Begun]:
        """Return what is put on a day on purpose, the most telling first."""
        now, start = self._calendar.now, day_start(day)
        if day == self._calendar.today - timedelta(days=1):
            return [(start + _YESTERDAY_AT, LEFT_FROM_YESTERDAY)]
        if day != self._calendar.today:
            return []
        return [
            (max(start, now - timedelta(minutes=each.minutes_ago)), each) for each in FOUND_TODAY
        ]

    def _due(self, day: date, most: int) -> Iterator[Subscription]:
        due = [each for each in self._subscriptions if is_due(each, day)]
        return iter(due[:most])

    def _begin(
        self,
        number: int,
        at: datetime,
        method: PaymentMethod | None,
        subscription: Subscription | None,
    ) -> Sale:
        rng = self._rng
        self._last_key += 1
        imported = not self._calendar.is_live(shop_time(at).date())
        # However short the story, somebody in it pays with points.
        wants = rng.random() < _PAYS_WITH_POINTS or not self._points_were_spent
        with_points = wants and method is None and not imported
        if subscription is not None:
            method = subscription.method
        elif method is None:
            method = rng.choices(_METHODS, _METHOD_WEIGHTS)[0]
        sale = Sale(
            key=self._last_key,
            payment_id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
            method=method,
            amount_minor=0,
            created_at=at,
            reference=f"ORD-{shop_time(at):%Y-%m-%d}-{number:03d}",
            created_by=self._who(method, imported=imported),
            customer=self._customer(method, subscription),
            imported=imported,
        )
        self._fill(sale, subscription, with_points=with_points)
        return sale

    def _fill(self, sale: Sale, subscription: Subscription | None, *, with_points: bool) -> None:
        if subscription is not None:
            sale.payment_type = PaymentType.SUBSCRIPTION
            sale.subscription = subscription
            sale.amount_minor = subscription.price_minor
            day = shop_date(sale.created_at)
            sale.reference = period_reference(subscription.number, subscription.plan, day)
            return
        if with_points and sale.customer is not None and sale.customer.points >= _LEAST_POINTS:
            self._points_were_spent = True
            _pay_with_points(sale, sale.customer)
            return
        basket = self._stock.basket()
        sale.amount_minor = total_of(basket)
        # The old books knew what an order cost, not what was in it.
        sale.basket = () if sale.imported else basket

    def _who(self, method: PaymentMethod, *, imported: bool) -> str:
        if imported:
            return "manager"
        at_the_till = method in {PaymentMethod.CASH, PaymentMethod.CASH_ON_DELIVERY}
        return "cashier" if at_the_till or self._rng.random() < 0.93 else "manager"

    def _customer(
        self, method: PaymentMethod, subscription: Subscription | None
    ) -> Customer | None:
        if subscription is not None:
            return subscription.customer
        people = self._clientele
        if method is PaymentMethod.MTN_MOBILE_MONEY:
            return people.pick(people.mtn)
        if method is PaymentMethod.AIRTEL_MONEY:
            return people.pick(people.airtel)
        walks_in = {PaymentMethod.CASH: 0.7, PaymentMethod.CARD: 0.5}.get(method, 0.0)
        return None if self._rng.random() < walks_in else people.pick(people.everyone)


def _pay_with_points(sale: Sale, customer: Customer) -> None:
    """Let a customer spend their points, in tens; they are gone at once."""
    points = customer.points // _LEAST_POINTS * _LEAST_POINTS
    customer.points -= points
    sale.method = PaymentMethod.LOYALTY_POINTS
    sale.payment_type = PaymentType.LOYALTY
    sale.amount_minor = points * SETTINGS.loyalty_point_worth
    sale.reference = sale.reference.replace("ORD", "LOY")
