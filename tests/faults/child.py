"""A life of the shop: it sells, sends back, asks the networks, and may be killed at any instant."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import func, select

from core.app import App, open_shop
from core.errors import ConflictError
from core.model.attempts import GatewayAttempt
from core.model.payments import Payment, PaymentStatus, TransactionStatus
from core.model.refunds import RefundRequest, RefundStatus
from core.permissions import Actor
from core.services.refunds.network_refunds import SendRefund
from core.services.refunds.service import RequestRefund
from tests.faults import mutants
from tests.faults.one_thread import serve_in_this_thread
from tests.faults.orders import Life
from tests.faults.sales import TIMING, Sale
from tests.faults.shop import actor, configuration

_LOOK_EVERY_S = 0.02
_STEPS_LEFT = (None, RefundStatus.REQUESTED, RefundStatus.APPROVED)


class Till:
    """The people of the shop, who go on where the last life stopped."""

    def __init__(self, app: App, life: Life) -> None:
        self.app = app
        self.life = life
        self.cashier: Actor = actor(app, "aline")
        self.manager: Actor = actor(app, "marie")
        self.sell = mutants.seller(life.mutant) or _sell

    def sell_all(self) -> None:
        """Record the sales that are missing, and the last known one once more."""
        with self.app.database.read() as session:
            known = set(session.scalars(select(Payment.transaction_reference)))
        again = [sale for sale in self.life.sales if sale.reference in known][-1:]
        missing = [sale for sale in self.life.sales if sale.reference not in known]
        for sale in (*again, *missing):
            self.sell(self.app, self.cashier, sale)
            if sale.called_off:
                self._call_off(sale)

    def _call_off(self, sale: Sale) -> None:
        """Cancel a sale before, while or after it is sent; once it is, the shop refuses."""
        time.sleep(sale.number % 4 * _LOOK_EVERY_S / 2)
        with self.app.database.read() as session:
            payment_id = session.scalars(
                select(Payment.payment_id).where(Payment.transaction_reference == sale.reference)
            ).one()
        with suppress(ConflictError):
            self.app.payments.cancel(self.cashier, payment_id)

    def send_back(self) -> bool:
        """Take each refund one step further; tell whether none is left to take."""
        wanted = {sale.reference: sale for sale in self.life.sales if sale.refund_minor}
        with self.app.database.read() as session:
            rows = session.execute(
                select(
                    Payment.transaction_reference,
                    Payment.payment_id,
                    RefundRequest.refund_id,
                    RefundRequest.status,
                )
                .outerjoin(RefundRequest, RefundRequest.payment_id == Payment.id)
                .where(Payment.status == PaymentStatus.COMPLETED)
            ).all()
        is_done = True
        for reference, payment_id, refund_id, status in rows:
            if reference in wanted and status in _STEPS_LEFT:
                is_done = False
                # Another window may be quicker; what this one wanted is then done all the same.
                with suppress(ConflictError):
                    self._step(wanted[reference], payment_id, refund_id, status)
        return is_done

    def _step(
        self, sale: Sale, payment_id: str, refund_id: str | None, status: RefundStatus | None
    ) -> None:
        if refund_id is None:
            asked = RequestRefund(
                key=f"refund-{sale.number}",
                payment_id=payment_id,
                amount_minor=sale.refund_minor,
                reason="brought back",
            )
            self.app.refunds.request(self.cashier, asked)
        elif status is RefundStatus.REQUESTED:
            self.app.refunds.approve(self.manager, refund_id)
        else:
            sent = SendRefund(key=f"send-{sale.number}", refund_id=refund_id)
            self.app.network_refunds.send(self.cashier, sent)


def _sell(app: App, cashier: Actor, sale: Sale) -> None:
    app.payments.record(cashier, sale.command())


def live(life: Life, ready: Callable[[], None]) -> None:
    """Live until all is settled; ``ready`` is called once the shop is open and warm."""
    mutants.plant(life.mutant)
    with open_shop(configuration(Path(life.folder), TIMING)) as app:
        till = Till(app, life)
        if life.one_thread:
            _take_one_step(till, ready)
            return
        app.gateway_worker.start()
        till.sell_all()
        _until(lambda: till.send_back() and _is_settled(app), life.longest_s)


def _take_one_step(till: Till, ready: Callable[[], None]) -> None:
    """Warm up with all but the last sale, then do one thing to the last one, in one thread."""
    app, sales = till.app, till.life.sales
    for sale in sales if till.life.step == "refund" else sales[:-1]:
        till.sell(app, till.cashier, sale)
    serve_in_this_thread(app.gateway_worker, lambda: _is_at_rest(app))
    if till.life.step == "refund":
        while not _is_approved(app):
            till.send_back()
    ready()
    if till.life.step == "refund":
        till.send_back()
    else:
        till.sell(app, till.cashier, sales[-1])
    serve_in_this_thread(app.gateway_worker, lambda: _is_at_rest(app))


def _until(is_so: Callable[[], bool], longest_s: float) -> None:
    end_s = time.monotonic() + longest_s
    while not is_so():
        if time.monotonic() > end_s:
            raise TimeoutError("the networks did not settle")
        time.sleep(_LOOK_EVERY_S)


def _is_approved(app: App) -> bool:
    with app.database.read() as session:
        waiting = session.scalar(
            select(func.count())
            .select_from(RefundRequest)
            .where(RefundRequest.status == RefundStatus.APPROVED)
        )
        return bool(waiting)


def _is_at_rest(app: App) -> bool:
    """Tell whether every request has ended, or is left to a person."""
    with app.database.read() as session:
        under_way = session.scalar(
            select(GatewayAttempt.id)
            .where(
                GatewayAttempt.closed_at.is_(None),
                GatewayAttempt.status != TransactionStatus.UNRESOLVED,
            )
            .limit(1)
        )
        return under_way is None


def _is_settled(app: App) -> bool:
    """Tell whether also nothing is asked any more about requests that have ended."""
    if not _is_at_rest(app):
        return False
    with app.database.read() as session:
        owed = session.scalar(
            select(GatewayAttempt.id)
            .where(GatewayAttempt.closed_at.is_not(None), GatewayAttempt.due_at.is_not(None))
            .limit(1)
        )
        return owed is None
