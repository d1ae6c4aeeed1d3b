"""The shop floor: makes each day's sales and tells how each of them was paid."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.clock import day_start, shop_time
from core.demo.calendar import Calendar
from core.demo.endings import Endings
from core.demo.people import Clientele, Customer
from core.demo.rhythm import BusinessDay, moments_of
from core.demo.sales import Sale, Subscription
from core.demo.stock import Stock, total_of
from core.demo.subscribers import is_due
from core.model.payments import PaymentMethod, PaymentType, TransactionStatus

_METHODS = (
    PaymentMethod.MTN_MOBILE_MONEY,
    PaymentMethod.CASH,
    PaymentMethod.AIRTEL_MONEY,
    PaymentMethod.CARD,
    PaymentMethod.CASH_ON_DELIVERY,
    PaymentMethod.BANK_TRANSFER,
)
_METHOD_WEIGHTS = (44, 25, 12, 8, 6, 5)
_LOYALTY_CARD_PRICES = (5_000, 10_000, 20_000)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A payment that is to be waiting at the present moment, begun so many minutes ago."""

    method: PaymentMethod
    minutes_ago: int
    attempt: TransactionStatus | None = None


WAITING_NOW = (
    Waiting(PaymentMethod.MTN_MOBILE_MONEY, 1, TransactionStatus.PENDING),
    Waiting(PaymentMethod.AIRTEL_MONEY, 2, TransactionStatus.PENDING),
    Waiting(PaymentMethod.MTN_MOBILE_MONEY, 6, TransactionStatus.UNKNOWN),
    Waiting(PaymentMethod.MTN_MOBILE_MONEY, 3, TransactionStatus.PENDING),
    Waiting(PaymentMethod.CASH_ON_DELIVERY, 45),
    Waiting(PaymentMethod.BANK_TRANSFER, 80),
    Waiting(PaymentMethod.CASH_ON_DELIVERY, 25),
    Waiting(PaymentMethod.BANK_TRANSFER, 35),
    Waiting(PaymentMethod.CASH_ON_DELIVERY, 95),
    Waiting(PaymentMethod.MTN_MOBILE_MONEY, 8, TransactionStatus.UNRESOLVED),
)
"""What a cashier finds waiting when the demo opens, the most telling first."""

Begun = tuple[datetime, Waiting | None]


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

    def sales_of(self, day: BusinessDay) -> list[Sale]:
        """Return a day's sales in the order they were begun."""
        begun = self._begun(day)
        due = self._due(day.day, len(begun) // 3)
        # However quiet the day, its till has seen some cash.
        cash = iter([PaymentMethod.CASH] * 2 if day.day == self._calendar.today else [])
        sales = []
        for number, (at, waiting) in enumerate(begun, start=1):
            method = waiting.method if waiting else next(cash, None)
            subscription = next(due, None) if method is None else None
            sale = self._begin(number, at, method, subscription)
            if waiting is not None:
                self._endings.leave_waiting(sale, waiting.attempt)
            else:
                self._endings.settle(sale)
            sales.append(sale)
        return sales

    def _begun(self, day: BusinessDay) -> list[Begun]:
        now = self._calendar.now
        if day.day != self._calendar.today:
            return [(at, None) for at in moments_of(day, now, self._rng)]
        start = day_start(day.day)
        kept = WAITING_NOW[: day.payments * 3 // 4]
        waiting: list[Begun] = [
            (max(start, now - timedelta(minutes=each.minutes_ago)), each) for each in kept
        ]
        others = BusinessDay(day.day, day.payments - len(waiting))
        begun: list[Begun] = [(at, None) for at in moments_of(others, now, self._rng)]
        return sorted([*begun, *waiting], key=lambda each: each[0])

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
        self._fill(sale, subscription)
        return sale

    def _fill(self, sale: Sale, subscription: Subscription | None) -> None:
        if subscription is not None:
            sale.payment_type = PaymentType.SUBSCRIPTION
            sale.subscription = subscription
            sale.amount_minor = subscription.price_minor
            sale.reference = f"{subscription.number}-{shop_time(sale.created_at):%Y%m%d}"
            return
        if sale.customer is not None and self._rng.random() < 0.008:
            sale.payment_type = PaymentType.LOYALTY
            sale.amount_minor = self._rng.choice(_LOYALTY_CARD_PRICES)
            sale.reference = sale.reference.replace("ORD", "LOY")
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
