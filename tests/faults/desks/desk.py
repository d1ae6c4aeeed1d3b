"""A desk as a process of its own: takes money, refunds, approves; writes down what it was told.

Every line of its notes is an act and its outcome as a person would see it: ``ack`` (it was done),
``nothing`` ("Nothing was changed."), ``unknown``, ``refused``.
"""

from __future__ import annotations

import json
import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from core.database.unit_of_work import Database
from core.errors import KnownError, OutcomeUnknownError, StorageError
from core.model.payments import PaymentMethod
from core.model.refunds import RefundStatus
from core.permissions import Actor, Role
from core.services.payments.rules import CompletePayment, RecordPayment
from core.services.payments.service import PaymentService
from core.services.refunds.rows import RefundRow
from core.services.refunds.service import CarryOutRefund, RefundService, RequestRefund
from tests.faults.desks import plants

RowT = TypeVar("RowT")

AGAIN_S = 0.2


class Desk:
    """One person at one desk, until told to stop."""

    def __init__(self, url: str, actor: Actor, notes: Path) -> None:
        self._database = Database(url, initiator=actor.name)
        self._actor = actor
        self._payments = PaymentService(self._database)
        self._refunds = RefundService(self._database)
        self._random = random.Random(actor.name)
        self._notes = notes.open("a", encoding="utf-8", buffering=1)
        self._drawn = 0
        self._taken: list[tuple[str, int]] = []

    def work(self, seconds: float, go: Path) -> None:
        """Do one thing after the other for a while, and on a slow machine until one succeeded."""
        while not go.exists():
            time.sleep(0.01)
        end = time.monotonic() + seconds
        acts = [self._take, self._take, self._take_and_complete, self._ask_back, self._ask_too_much]
        acts += [self._approve, self._approve] if self._actor.role is Role.MANAGER else []
        acts += [self._carry_out]
        while time.monotonic() < end or not self._taken:
            try:
                self._random.choice(acts)()
            except StorageError:
                time.sleep(AGAIN_S)  # what was to be looked up could not be; something else is done
        self._database.close()

    def _take(self) -> None:
        key, amount = self._key(), self._random.randrange(1, 40) * 500
        command = RecordPayment(
            key=key,
            method=PaymentMethod.CASH,
            amount_minor=amount,
            tendered_minor=amount,
            complete_now=True,
            transaction_reference=key,
            customer_name=self._random.choice(["", "", "Eric", "Grace"]),
        )

        def press() -> None:
            row = self._try("take", key, lambda: self._payments.record(self._actor, command))
            if row is not None:
                self._taken.append((row.payment_id, amount))
                self._tell("ack", "take", key, payment=row.payment_id, amount=amount)

        # Now and then the button is hit twice.
        presses = [threading.Thread(target=press) for _ in range(self._random.choice([1, 1, 1, 2]))]
        for each in presses:
            each.start()
        for each in presses:
            each.join()

    def _take_and_complete(self) -> None:
        key, amount = self._key(), self._random.randrange(1, 40) * 500
        taking = RecordPayment(
            key=key,
            method=PaymentMethod.CASH_ON_DELIVERY,
            amount_minor=amount,
            transaction_reference=key,
        )
        row = self._try("take", key, lambda: self._payments.record(self._actor, taking))
        if row is None:
            return
        self._tell("ack", "take", key, payment=row.payment_id, amount=amount)
        completing = CompletePayment(self._key(), row.payment_id, tendered_minor=amount)
        done = self._try(
            "complete", completing.key, lambda: self._payments.complete(self._actor, completing)
        )
        if done is not None:
            self._taken.append((row.payment_id, amount))
            self._tell("ack", "complete", completing.key, payment=row.payment_id, amount=amount)

    def _ask_back(self, share: float | None = None) -> None:
        if not self._taken:
            return
        payment_id, amount = self._random.choice(self._taken[-20:])
        back = max(1, int(amount * (share or self._random.choice([0.3, 0.5, 1.0]))))
        command = RequestRefund(self._key(), payment_id, back, "broken")
        row = self._try("ask", command.key, lambda: self._refunds.request(self._actor, command))
        if row is not None:
            self._tell("ack", "ask", command.key, refund=row.refund_id, amount=back)

    def _ask_too_much(self) -> None:
        self._ask_back(1.01)

    def _approve(self) -> None:
        found = self._waiting(RefundStatus.REQUESTED)
        if found is not None:
            row = self._try(
                "approve",
                found.refund_id,
                lambda: self._refunds.approve(self._actor, found.refund_id),
            )
            if row is not None:
                self._tell("ack", "approve", found.refund_id, refund=found.refund_id)

    def _carry_out(self) -> None:
        found = self._waiting(RefundStatus.APPROVED)
        if found is not None:
            command = CarryOutRefund(self._key(), found.refund_id)
            row = self._try(
                "pay back", command.key, lambda: self._refunds.carry_out(self._actor, command)
            )
            if row is not None:
                self._tell("ack", "pay back", command.key, refund=found.refund_id)

    def _waiting(self, status: RefundStatus) -> RefundRow | None:
        page = self._refunds.page(self._actor, statuses=frozenset({status}), limit=10)
        return self._random.choice(page.rows) if page.rows else None

    def _try(self, act: str, key: str, do: Callable[[], RowT]) -> RowT | None:
        """Do something and press again while the server is away, as people do.

        Half of those who hear that nothing was changed go on to something else: it must be true.
        """
        while True:
            try:
                return do()
            except OutcomeUnknownError:
                self._tell("unknown", act, key)
            except StorageError as error:
                told = "nothing" if error.message.startswith("Nothing was changed") else "away"
                self._tell(told, act, key, why=error.message)
                if self._random.random() < 0.5:
                    return None
            except KnownError as error:
                self._tell("refused", act, key, why=error.message)
                return None
            time.sleep(AGAIN_S)

    def _key(self) -> str:
        self._drawn += 1
        return f"{self._actor.name}-{self._drawn}"

    def _tell(self, outcome: str, act: str, key: str, **more: object) -> None:
        self._notes.write(json.dumps({"outcome": outcome, "act": act, "key": key, **more}) + "\n")


@dataclass(frozen=True, slots=True)
class DeskOrder:
    """Who works at a desk, for how many seconds once ``go`` is there, and with which mistake."""

    actor: Actor
    url: str
    notes: Path
    go: Path
    seconds: float
    plant: str


def run_desk(order: DeskOrder) -> None:
    """Do the work of a desk, in a process of its own."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(process)d %(message)s")
    if order.plant:
        plants.PLANTS[order.plant]()
    Desk(order.url, order.actor, order.notes).work(order.seconds, order.go)
