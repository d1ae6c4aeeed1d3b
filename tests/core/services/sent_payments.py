"""A shop that has asked customers to pay, and whose every row a test can look at."""

from __future__ import annotations

import itertools
import sqlite3
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, Table, select

from core.app import App
from core.gateways.contract import CallOutcome, Reply
from core.model.attempts import AttemptKind, GatewayAttempt
from core.model.base import Base
from core.model.payments import PaymentMethod
from core.permissions import Actor, Role
from core.services.gateways.attempt_steps import begin_send, take_sent
from core.services.payments.rules import RecordPayment
from core.services.providers.forms import AirtelProviderForm, MTNProviderForm
from core.services.rows import PaymentRow

MTN, AIRTEL = PaymentMethod.MTN_MOBILE_MONEY, PaymentMethod.AIRTEL_MONEY
ADMIN = Actor(4, "ange", Role.ADMIN, desk="desk 4")
MANAGER = Actor(3, "marie", Role.MANAGER, desk="desk 3")
CASHIER = Actor(2, "aline", Role.CASHIER, desk="desk 1")
PHONE = "0788123123"
AIRTEL_PHONE = "0733123123"
CALLBACK_KEY = "canary/Callback+Key=7391"

Row = dict[str, Any]


class SentPayments:
    """Payments whose requests the networks have accepted; the next question is due later."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._number = itertools.count(1)
        secret = "canary-of-an-account"
        app.providers.save_mtn(
            ADMIN,
            MTNProviderForm(
                base_url="http://127.0.0.1:9",
                target_environment="sandbox",
                collection_subscription_key=secret,
                api_user="3f1f8f5e-6f0e-4d5f-8a44-2c1a4f3f9d11",
                api_key=secret,
            ),
        )
        app.providers.save_airtel(
            ADMIN,
            AirtelProviderForm(
                base_url="http://127.0.0.1:9", client_id="client", client_secret=secret
            ),
        )

    def set_callback_key(self, key: str) -> None:
        """Keep Airtel's callback key, or take it away."""
        form = replace(self.app.providers.airtel(ADMIN), callback_key=key)
        self.app.providers.save_airtel(ADMIN, form)

    def recorded(self, method: PaymentMethod = MTN, reference: str = "") -> PaymentRow:
        """Record a payment whose request has not left yet."""
        number = next(self._number)
        return self.app.payments.record(
            CASHIER,
            RecordPayment(
                key=f"sale-{number}",
                method=method,
                amount_minor=5_000,
                phone_number=PHONE if method is MTN else AIRTEL_PHONE,
                transaction_reference=reference or f"ORD-{number:04d}",
            ),
        )

    def sent(
        self,
        method: PaymentMethod = MTN,
        reference: str = "",
        outcome: CallOutcome = CallOutcome.ACCEPTED,
    ) -> PaymentRow:
        """Record a payment whose request left and was answered."""
        payment = self.recorded(method, reference)
        timing = self.app.configuration.gateway_timing
        with self.app.database.write(None) as unit:
            attempt = unit.session.scalars(
                select(GatewayAttempt)
                .join(GatewayAttempt.payment)
                .where(GatewayAttempt.payment.has(payment_id=payment.payment_id))
            ).one()
            begin_send(attempt, unit.now, timing)
            unit.session.flush()
            take_sent(attempt, Reply(outcome), unit.now, timing, can_ask=True)
            unit.commit()
        return payment

    def attempt(self, payment: PaymentRow) -> GatewayAttempt:
        """Return the request to pay, as it stands in the file."""
        with self.app.database.read() as session:
            return session.scalars(
                select(GatewayAttempt).where(
                    GatewayAttempt.payment.has(payment_id=payment.payment_id),
                    GatewayAttempt.kind == AttemptKind.COLLECT,
                )
            ).one()

    def is_due(self, payment: PaymentRow) -> bool:
        """Tell whether the network is to be asked now."""
        due_at = self.attempt(payment).due_at
        return due_at is not None and due_at <= self.app.database.clock()

    def rows(self) -> dict[str, list[Row]]:
        """Return everything in the shop, but for what says when to ask next."""
        with self.app.database.read() as session:
            tables = {
                table.name: [dict(row) for row in session.execute(_all(table)).mappings()]
                for table in Base.metadata.sorted_tables
            }
        for row in tables["gateway_attempt"]:
            for column in ("due_at", "checks", "version"):
                del row[column]
        return tables


def _all(table: Table) -> Select[Any]:
    """Return the question for all rows of a table, in the order of their keys."""
    return select(table).order_by(*table.primary_key.columns)


class WriteCounter:
    """Counts the commits of all others to the shop's file (PRAGMA data_version)."""

    def __init__(self, app: App) -> None:
        self._connection = sqlite3.connect(app.configuration.database_path)
        self._before = self._version()

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    @property
    def has_written(self) -> bool:
        """Tell whether anything was written since it was last asked."""
        before, self._before = self._before, self._version()
        return before != self._before

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
