"""A shop that lives through days at random, on two connections, and what its books then hold."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select, text

from core.clock import shop_date
from core.database.engine import sqlite_url
from core.database.unit_of_work import Database
from core.errors import KnownError
from core.model.payments import (
    Payment,
    PaymentMethod,
    PaymentStatus,
    PaymentTransaction,
    RequestType,
    TransactionStatus,
)
from core.model.refunds import RefundRequest, RefundStatus
from core.permissions import Actor, Role
from core.services.payments.rules import CompletePayment, RecordPayment
from core.services.payments.service import PaymentService
from core.services.refunds.service import CarryOutRefund, RefundService, RequestRefund
from core.services.reports.money import MONEY_METHODS
from core.services.reports.service import ReportsService

CASHIERS = (Actor(1, "aline", Role.CASHIER), Actor(2, "bosco", Role.CASHIER))
MANAGER = Actor(3, "marie", Role.MANAGER)
CURRENCIES = ("RWF", "USD")
CUSTOMERS = ("", "Claudine Uwase", "Eric Niyonzima")
DAYS = tuple(date(2026, 6, 28) + timedelta(days=at) for at in range(6))
BORDER = datetime(2026, 6, 30, 22, 0, tzinfo=UTC)
"""Midnight in the shop between June and July."""

STEPS = (
    timedelta(0),
    timedelta(microseconds=-1),
    timedelta(microseconds=-400),
    timedelta(seconds=-1),
    timedelta(hours=-2),
    timedelta(hours=2),
    timedelta(hours=23, minutes=59),
    timedelta(days=1),
    timedelta(days=-1),
)
"""Moments around that midnight and its neighbours; the first are the ones that go wrong."""


@dataclass(frozen=True, slots=True)
class Step:
    """One act of a history; the numbers choose among what there is to choose from."""

    act: str
    moment: int
    first: int
    second: int
    amount_minor: int


class History:
    """A shop on two connections, with a clock that jumps to the moment of each step."""

    def __init__(self, empty_shop: Path, folder: Path) -> None:
        self.path = folder / "sanduku.db"
        shutil.copyfile(empty_shop, self.path)
        self.now = BORDER
        self.desks = [Database(sqlite_url(self.path), clock=lambda: self.now) for _ in range(2)]
        self._number = 0
        self.payment_ids: list[str] = []

    @property
    def reports(self) -> ReportsService:
        """The reports as another desk asks for them than the one that wrote last."""
        return ReportsService(self.desks[(self._number + 1) % 2])

    def close(self) -> None:
        """Let go of both connections."""
        for desk in self.desks:
            desk.close()

    def take(self, step: Step) -> None:
        """Do one act at its moment; what the rules refuse is left undone."""
        self._number += 1
        self.now = BORDER + STEPS[step.moment % len(STEPS)]
        try:
            getattr(self, f"_{step.act}")(self.desks[self._number % 2], step)
        except KnownError:
            return

    def _sell(self, desk: Database, step: Step) -> None:
        method = MONEY_METHODS[step.first % len(MONEY_METHODS)]
        row = PaymentService(desk).record(
            CASHIERS[step.second % 2],
            RecordPayment(
                key=f"sale-{self._number}",
                method=method,
                amount_minor=step.amount_minor,
                currency=CURRENCIES[step.second % 2],
                customer_name=CUSTOMERS[step.first % 3],
                phone_number="0788123456",
            ),
        )
        self.payment_ids.append(row.payment_id)

    def _complete(self, desk: Database, step: Step) -> None:
        for payment_id in self._chosen(step.first):
            PaymentService(desk).complete(
                MANAGER,
                CompletePayment(
                    key=f"done-{self._number}",
                    payment_id=payment_id,
                    tendered_minor=10**9,
                    note="seen",
                ),
            )

    def _fail(self, desk: Database, step: Step) -> None:
        for payment_id in self._chosen(step.first):
            PaymentService(desk).fail(MANAGER, payment_id, note="did not come")

    def _reconcile(self, desk: Database, step: Step) -> None:
        for payment_id in self._chosen(step.first):
            PaymentService(desk).mark_reconciled(MANAGER, payment_id, note="on the statement")

    def _refund(self, desk: Database, step: Step) -> None:
        for payment_id in self._chosen(step.first):
            refunds = RefundService(desk)
            asked = refunds.request(
                CASHIERS[step.second % 2],
                RequestRefund(
                    f"back-{self._number}",
                    payment_id,
                    step.amount_minor,
                    ("broken", "=too late")[step.first % 2],
                ),
            )
            self.now += timedelta(hours=step.second % 5)
            if step.second % 4 == 0:
                refunds.reject(MANAGER, asked.refund_id, reason="no")
                return
            if step.second % 4 == 1:
                return
            refunds.approve(MANAGER, asked.refund_id)
            done = CarryOutRefund(f"out-{self._number}", asked.refund_id, f"T{self._number}")
            refunds.carry_out(MANAGER, done)

    def _bring_in(self, desk: Database, step: Step) -> None:
        """Add a payment as an import does: in any state, of any method, paid on another day."""
        method = list(PaymentMethod)[step.first % len(PaymentMethod)]
        status = list(PaymentStatus)[step.second % len(PaymentStatus)]
        paid = status in {PaymentStatus.COMPLETED, PaymentStatus.REFUNDED} or step.first % 3 == 0
        payment = Payment(
            payment_method=method,
            amount_minor=step.amount_minor,
            currency=CURRENCIES[step.first % 2],
            status=status,
            created_by=("", "aline")[step.second % 2],
            created_at=self.now,
            paid_at=BORDER + STEPS[step.second % len(STEPS)] if paid else None,
            updated_at=self.now,
        )
        with desk.write(None) as unit:
            unit.session.add(payment)
            unit.commit()
            self.payment_ids.append(payment.payment_id)

    def _correct_by_sql(self, desk: Database, step: Step) -> None:
        """Move a payment to another day without any service, as only SQL can."""
        with desk.write(None) as unit:
            for payment_id in self._chosen(step.first):
                unit.session.execute(
                    text(
                        "UPDATE payment SET"
                        " created_at = datetime(substr(created_at, 1, 19), :by)"
                        " || substr(created_at, 20),"
                        " paid_at = datetime(substr(paid_at, 1, 19), :by) || substr(paid_at, 20)"
                        " WHERE payment_id = :payment_id"
                    ),
                    {"by": f"{step.second % 5 - 2} hours", "payment_id": payment_id},
                )
            unit.commit()

    def _give_up(self, desk: Database, step: Step) -> None:
        """Write and roll back: nothing of it may stay, in the sums either."""
        with desk.write(None) as unit:
            unit.session.execute(
                text("UPDATE payment SET reconciled = 1 - reconciled, paid_at = :now"),
                {"now": f"{self.now:%Y-%m-%d %H:%M:%S.%f}"},
            )

    def _call(self, desk: Database, step: Step) -> None:
        for payment_id in self._chosen(step.first):
            with desk.write(None) as unit:
                call = PaymentTransaction(
                    payment_id=unit.session.scalars(
                        select(Payment.id).where(Payment.payment_id == payment_id)
                    ).one(),
                    gateway_name=("MTN Mobile Money", "Airtel Money")[step.first % 2],
                    request_type=list(RequestType)[step.second % 2],
                    status=TransactionStatus.SUBMITTING,
                    request_at=self.now,
                )
                unit.session.add(call)
                unit.session.flush()
                if step.amount_minor % 4:
                    call.success = bool(step.amount_minor % 3)
                    call.error_code = "" if call.success else f"E{step.amount_minor % 2}"
                    call.processing_time_ms = step.amount_minor
                    call.response_at = self.now
                unit.commit()

    def _chosen(self, number: int) -> list[str]:
        return [self.payment_ids[number % len(self.payment_ids)]] if self.payment_ids else []


ACTS = tuple(
    name.removeprefix("_")
    for name in (
        "_sell",
        "_sell",
        "_sell",
        "_complete",
        "_complete",
        "_fail",
        "_reconcile",
        "_refund",
        "_refund",
        "_bring_in",
        "_correct_by_sql",
        "_give_up",
        "_call",
    )
)


@contextmanager
def living(empty_shop: Path, folder: Path) -> Iterator[History]:
    """Open a shop for one history."""
    history = History(empty_shop, folder)
    try:
        yield history
    finally:
        history.close()


class Books:
    """All payments, refunds and calls of a shop, to be added up naively in Python."""

    def __init__(self, desk: Database, first: date, last: date) -> None:
        with desk.read() as session:
            self.payments = list(session.scalars(select(Payment)))
            self.refunds = list(session.scalars(select(RefundRequest)))
            self.calls = list(session.scalars(select(PaymentTransaction)))
            self.payment_of = {payment.id: payment for payment in self.payments}
        self._first, self._last = first, last

    def holds(self, moment: datetime | None) -> bool:
        """Tell whether a moment falls on one of the days looked at."""
        return moment is not None and self._first <= shop_date(moment) <= self._last

    def paid(self) -> list[Payment]:
        """The payments whose money came on these days."""
        return [
            payment
            for payment in self.payments
            if payment.status in {PaymentStatus.COMPLETED, PaymentStatus.REFUNDED}
            and payment.payment_method.value != "loyalty_points"
            and self.holds(payment.paid_at)
        ]

    def returned(self) -> list[tuple[Payment, datetime, int]]:
        """The money that went back on these days, with the payment it came from."""
        found = []
        with_refund = set()
        for refund in self.refunds:
            if refund.status is not RefundStatus.COMPLETED or refund.refund_completed_at is None:
                continue
            payment = self.payment_of[refund.payment_id]
            with_refund.add(payment.id)
            found.append((payment, refund.refund_completed_at, refund.refund_amount_minor))
        found += [
            (payment, payment.paid_at, payment.amount_minor)
            for payment in self.payments
            if payment.status is PaymentStatus.REFUNDED
            and payment.id not in with_refund
            and payment.paid_at is not None
        ]
        return [
            (payment, at, amount_minor)
            for payment, at, amount_minor in found
            if self.holds(at) and payment.payment_method.value != "loyalty_points"
        ]
