"""A throw-away shop with some payments, for pictures of pages."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from core.app import App, Configuration, open_shop
from core.configuration import PasswordCost
from core.model.payments import PaymentMethod, PaymentType
from core.permissions import Actor, Role
from core.services.payments.rules import RecordPayment, suggested_method
from core.services.refunds.service import CarryOutRefund, RequestRefund
from core.services.rows import PaymentRow
from ui.context import PageContext
from ui.tasks import TaskRunner

WidgetT = TypeVar("WidgetT", bound=QWidget)
CASHIER = Actor(1, "aline", Role.CASHIER, desk="desk 1")
CLERK = Actor(2, "claude", Role.CLERK, desk="office")
MANAGER = Actor(3, "marie", Role.MANAGER, desk="office")
ADMIN = Actor(4, "ange", Role.ADMIN, desk="office")
_OPENED = datetime(2026, 6, 26, 16, 40, tzinfo=UTC)
_NAMES = (
    "Jean Bosco Habimana",
    "Claire Uwase",
    "Eric Niyonzima",
    "Divine Mukamana",
    "Café Inzozi & Frères",
)
_REASONS = ("Wrong article", "Paid twice", "Delivery came too late", "Colour did not fit")


class SampleClock:
    """A clock that the filling moves on."""

    def __init__(self, now: datetime = _OPENED) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Return the moment set."""
        return self.now


@dataclass(slots=True)
class SampleShop:
    """An open throw-away shop and what runs beside it; ``close`` leaves nothing behind."""

    app: App
    tasks: TaskRunner
    folder: tempfile.TemporaryDirectory[str]
    clock: SampleClock
    kept: list[QWidget] = field(default_factory=list)

    def keep(self, page: WidgetT) -> WidgetT:
        """Hold a page that a dialog stands over, and return it."""
        self.kept.append(page)
        return page

    def context(self, actor: Actor = MANAGER) -> PageContext:
        """Return what a page is given."""
        return PageContext(self.app, actor, self.tasks)

    def close(self) -> None:
        """Stop the threads and take the folder away."""
        self.tasks.shutdown()
        for page in self.kept:
            page.deleteLater()
        self.kept.clear()
        self.app.close()
        self.folder.cleanup()


def open_sample_shop(payments: int = 48) -> SampleShop:
    """Return a shop with payments in every state and refunds on every tab; 0 leaves it empty."""
    filled, now = _filled_shop(payments)
    folder = tempfile.TemporaryDirectory(prefix="sanduku-")
    shutil.copytree(filled, folder.name, dirs_exist_ok=True)
    clock = SampleClock(now)
    return SampleShop(open_shop(_configuration(folder.name, clock)), TaskRunner(), folder, clock)


@cache
def _filled_shop(payments: int) -> tuple[str, datetime]:
    """Return the folder of a shop that others are copies of, and the moment it stands at.

    To fill one takes many times as long as to copy it; it goes away with the program.
    """
    folder = tempfile.TemporaryDirectory(prefix="sanduku-")
    atexit.register(folder.cleanup)
    clock = SampleClock()
    with open_shop(_configuration(folder.name, clock)) as app:
        if payments:
            _fill(app, clock, payments)
    return folder.name, clock.now


def _configuration(folder: str, clock: SampleClock) -> Configuration:
    cheap = PasswordCost(time_cost=1, memory_kib=8, parallelism=1)
    return Configuration(Path(folder), desk="desk 1", clock=clock, password_cost=cheap)


def _fill(app: App, clock: SampleClock, payments: int) -> None:
    paid = []
    for number in range(payments):
        clock.now += timedelta(minutes=47) if number % 12 else timedelta(hours=14)
        row = _take(app, number)
        if row.invoice_number:
            paid.append(row)
        elif number % 10 == 6:
            clock.now += timedelta(minutes=4)
            app.payments.fail(CASHIER, row.payment_id, note="The customer had too little money")
        elif number % 10 == 9:
            app.payments.cancel(CASHIER, row.payment_id, note="The customer chose another article")
    for number, row in enumerate(paid[:9]):
        app.payments.mark_reconciled(CLERK, row.payment_id, note="Seen on the statement of June")
        if number % 2:
            app.invoices.pdf(CLERK, row.payment_id)
    for number, row in enumerate(paid[9:17]):
        clock.now += timedelta(minutes=3)
        _refund(app, number, row)
    clock.now += timedelta(minutes=2)


def _take(app: App, number: int) -> PaymentRow:
    # Points are paid with what was earned before; the pictures of points do that.
    methods = tuple(method for method in PaymentMethod if method.is_money)
    method = methods[number * 5 % len(methods)]
    mobile = method.is_mobile_money
    amount = 500 * (number * 37 % 180 + 3)
    phone = f"+25078{number % 10}1{23456 + number * 7:05d}"
    if method is PaymentMethod.AIRTEL_MONEY and suggested_method(phone) is not method:
        phone = phone.replace("+25078", "+25073")
    seen = not mobile and number % 5 != 3
    return app.payments.record(
        CASHIER,
        RecordPayment(
            key=f"sample-{number}",
            method=method,
            amount_minor=amount,
            payment_type=PaymentType.SUBSCRIPTION if number % 7 == 5 else PaymentType.ORDER_PAYMENT,
            transaction_reference=f"ORD-2026-07-{number + 1:03d}",
            customer_name=_NAMES[number % len(_NAMES)],
            phone_number=phone,
            tendered_minor=amount + 500 if method is PaymentMethod.CASH and seen else None,
            card_approval_code=f"A{number:05d}" if method is PaymentMethod.CARD else "",
            card_last4="4242" if method is PaymentMethod.CARD else "",
            transaction_id=f"FT26182{number:05d}" if method is PaymentMethod.BANK_TRANSFER else "",
            complete_now=seen,
        ),
    )


def _refund(app: App, number: int, row: PaymentRow) -> None:
    asker = MANAGER if number == 1 else CASHIER
    refund = app.refunds.request(
        asker,
        RequestRefund(
            key=f"refund-{number}",
            payment_id=row.payment_id,
            amount_minor=row.amount_minor if number % 2 else max(1, row.amount_minor // 2),
            reason=_REASONS[number % len(_REASONS)],
        ),
    )
    if number < 4:
        return
    if number == 4:
        app.refunds.reject(MANAGER, refund.refund_id, reason="The article was used")
        return
    app.refunds.approve(MANAGER, refund.refund_id)
    if number > 5:
        app.refunds.carry_out(
            CASHIER, CarryOutRefund(f"out-{number}", refund.refund_id, f"RF{number:06d}")
        )


_OPEN: dict[int, SampleShop] = {}


def in_sample_shop(make: Callable[[SampleShop], QWidget], *, payments: int = 48) -> QWidget:
    """Return a widget made in a shop of its own; ``close_shop`` ends both."""
    shop = open_sample_shop(payments)
    widget = make(shop)
    _OPEN[id(widget)] = shop
    return widget


def is_settled(widget: QWidget) -> bool:
    """Tell whether every question of the widget's shop has been answered."""
    for _ in range(5):
        # A table asks for its rows by a queued signal: nothing is under way before that.
        QCoreApplication.processEvents()
    return not _OPEN[id(widget)].tasks.is_busy


def close_shop(widget: QWidget) -> None:
    """Close the shop a picture was taken in."""
    _OPEN.pop(id(widget)).close()
