"""How a sale was paid, or why it was not, method by method."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from core.clock import shop_date, shop_time
from core.demo.calendar import Calendar
from core.demo.requests_sent import EXPIRED_CODES, reason_of
from core.demo.sales import Sale
from core.gateways.reasons import explain
from core.model.payments import PaymentMethod, PaymentStatus, TransactionStatus
from core.model.reconciliations import StatementProvider

_MTN_FAILURES = {
    "APPROVAL_REJECTED": 30,
    "NOT_ENOUGH_FUNDS": 32,
    "EXPIRED": 20,
    "PAYER_LIMIT_REACHED": 6,
    "PAYER_NOT_FOUND": 4,
    "INTERNAL_PROCESSING_ERROR": 8,
}
_AIRTEL_FAILURES = {
    "DP00800001007": 45,
    "DP00800001002": 20,
    "DP00800001005": 10,
    "DP00800001003": 5,
    "TE": 20,
}
"""The networks' codes of what goes wrong, and how often of a hundred failures."""

_NOTES = (500, 1_000, 2_000, 5_000)
_UNSEEN_DAYS = 4
"""Transfers of the last days that arrived without anybody at the shop having looked."""


class Endings:
    """Decides each sale's ending; nothing ends after the present moment."""

    def __init__(self, rng: random.Random, calendar: Calendar) -> None:
        self._rng = rng
        self._calendar = calendar
        self._network_number = 13_500_000_000 + rng.randrange(10**8)
        self._by_method: dict[PaymentMethod, Callable[[Sale], None]] = {
            PaymentMethod.CASH: self._cash,
            PaymentMethod.CASH_ON_DELIVERY: self._cash_on_delivery,
            PaymentMethod.CARD: self._card,
            PaymentMethod.BANK_TRANSFER: self._bank_transfer,
            PaymentMethod.MTN_MOBILE_MONEY: self._mobile_money,
            PaymentMethod.AIRTEL_MONEY: self._mobile_money,
            PaymentMethod.LOYALTY_POINTS: lambda sale: self._complete(sale, sale.created_at),
        }

    def settle(self, sale: Sale) -> None:
        """Give a sale the ending its method usually has."""
        self._by_method[sale.method](sale)
        if sale.imported and sale.status in {PaymentStatus.PENDING, PaymentStatus.PROCESSING}:
            self._end(sale, PaymentStatus.CANCELLED, sale.created_at, "Never paid.")
        if sale.status is PaymentStatus.COMPLETED and sale.arrived_at is not None:
            provider = provider_of(sale)
            if provider is not None:
                sale.reconciled_at = self._calendar.reconciled_at(provider, sale.arrived_at)

    def leave_waiting(self, sale: Sale, attempt: TransactionStatus | None) -> None:
        """Leave a sale as it stands while somebody waits for its money."""
        if attempt is not None:
            self._ask(sale, attempt)
        if attempt is TransactionStatus.UNRESOLVED:
            sale.network_id = self.network_id(mtn=sale.is_mtn, at=sale.created_at)

    def fail(self, sale: Sale, code: str, after: timedelta) -> None:
        """Let the network refuse a sale with its own code, some time after it was begun."""
        ended = min(self._calendar.now, sale.created_at + after)
        late = code in EXPIRED_CODES
        self._ask(sale, TransactionStatus.EXPIRED if late else TransactionStatus.FAILED)
        sale.error_code = code
        told = explain(reason_of(code, mtn=sale.is_mtn), code)
        self._end(sale, PaymentStatus.FAILED, ended, told)

    def _cash(self, sale: Sale) -> None:
        if self._rng.random() < 0.006:
            self._end(
                sale, PaymentStatus.CANCELLED, sale.created_at, "The customer left without buying."
            )
            return
        exact = self._rng.random() < 0.4
        note = self._rng.choice(_NOTES)
        sale.tendered_minor = sale.amount_minor if exact else -(-sale.amount_minor // note) * note
        self._complete(sale, sale.created_at)

    def _cash_on_delivery(self, sale: Sale) -> None:
        if self._rng.random() < 0.05:
            at = sale.created_at + timedelta(hours=4)
            self._end(sale, PaymentStatus.CANCELLED, at, "The customer was not at home.")
            return
        delivered = sale.created_at + timedelta(minutes=self._rng.randrange(50, 360))
        if delivered <= self._calendar.now:
            sale.tendered_minor = sale.amount_minor
            self._complete(sale, delivered)

    def _card(self, sale: Sale) -> None:
        paid = sale.created_at + timedelta(seconds=25)
        if self._rng.random() < 0.03:
            self._end(sale, PaymentStatus.FAILED, paid, "The bank declined the card.")
            return
        sale.card_approval_code = f"{self._rng.randrange(10**6):06d}"
        sale.card_last4 = f"{self._rng.randrange(10**4):04d}"
        self._complete(sale, paid)
        if sale.status is PaymentStatus.COMPLETED:
            sale.arrived_at = card_payout(paid)

    def _bank_transfer(self, sale: Sale) -> None:
        now = self._calendar.now
        if self._rng.random() < 0.06:
            ended = sale.created_at + timedelta(days=5)
            self._end(sale, PaymentStatus.CANCELLED, ended, "No transfer arrived within five days.")
            return
        arrived = sale.created_at + timedelta(minutes=self._rng.randrange(25, 1_500))
        looked = arrived + timedelta(minutes=self._rng.randrange(20, 300))
        sale.network_id = self._bank_reference(arrived)
        if arrived <= now:
            sale.arrived_at = arrived
        recent = (self._calendar.today - shop_date(sale.created_at)).days <= _UNSEEN_DAYS
        if recent and self._rng.random() < 0.6:
            return
        self._complete(sale, looked)
        if sale.paid_at is not None:
            sale.arrived_at = arrived

    def _mobile_money(self, sale: Sale) -> None:
        rng = self._rng
        roll = rng.random()
        if roll < 0.015:
            sale.attempt = TransactionStatus.CREATED
            at = min(self._calendar.now, sale.created_at + timedelta(seconds=40))
            self._end(sale, PaymentStatus.CANCELLED, at, "The customer chose to pay in cash.")
            return
        took = timedelta(seconds=8 + int(rng.expovariate(1 / 22)))
        answered = sale.created_at + took
        if answered > self._calendar.now:
            self._ask(sale, TransactionStatus.PENDING)
            return
        if roll < 0.075:
            failures = _MTN_FAILURES if sale.is_mtn else _AIRTEL_FAILURES
            self.fail(sale, rng.choices(list(failures), list(failures.values()))[0], took)
            return
        self._ask(sale, TransactionStatus.SUCCEEDED)
        sale.network_id = self.network_id(mtn=sale.is_mtn, at=answered)
        self._complete(sale, answered)
        sale.arrived_at = sale.paid_at

    def _ask(self, sale: Sale, attempt: TransactionStatus) -> None:
        sale.status = PaymentStatus.PROCESSING
        sale.attempt = attempt
        sale.started_at = min(self._calendar.now, sale.created_at + timedelta(seconds=1))

    def network_id(self, *, mtn: bool, at: datetime) -> str:
        """Return the next number of MTN's or Airtel's own for money that moved."""
        self._network_number += self._rng.randrange(40, 900)
        if mtn:
            return str(self._network_number)
        letter, tail = self._rng.choice("ABCDEFGHJKL"), self._network_number % 10**5
        return f"MP{shop_time(at):%y%m%d.%H%M}.{letter}{tail:05d}"

    def _bank_reference(self, at: datetime) -> str:
        letters = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
        tail = "".join(self._rng.choices(letters, k=5))
        return f"FT{shop_time(at):%y%j}{tail}"

    def _complete(self, sale: Sale, at: datetime) -> None:
        if at > self._calendar.now:
            return
        sale.status = PaymentStatus.COMPLETED
        sale.paid_at = at

    def _end(self, sale: Sale, status: PaymentStatus, at: datetime, message: str) -> None:
        if at > self._calendar.now:
            return
        sale.status = status
        sale.ended_at = at
        sale.error_message = message


def card_payout(paid_at: datetime) -> datetime:
    """Return when the card terminal's bank pays a day's sales out: the next morning at six."""
    return shop_time(paid_at).replace(hour=6, minute=0, second=0) + timedelta(days=1)


def provider_of(sale: Sale) -> StatementProvider | None:
    """Return on whose statement a sale's money shows; None for cash."""
    return {
        PaymentMethod.MTN_MOBILE_MONEY: StatementProvider.MTN,
        PaymentMethod.AIRTEL_MONEY: StatementProvider.AIRTEL,
        PaymentMethod.BANK_TRANSFER: StatementProvider.BANK,
        PaymentMethod.CARD: StatementProvider.BANK,
    }.get(sale.method)
