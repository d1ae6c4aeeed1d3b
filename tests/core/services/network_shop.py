"""A shop whose two networks are a running sandbox, with the waits of the ladder made short."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from core.app import App
from core.clock import Clock, system_clock
from core.configuration import Configuration, GatewayTiming, PasswordCost
from core.database.unit_of_work import Database
from core.gateways.sandbox import Fault, payment_number
from core.model.payments import PaymentMethod
from core.permissions import Actor, Role
from core.services.gateways.rows import HealthRow, PaymentPath
from core.services.payments.rules import RecordPayment
from core.services.providers.forms import AirtelProviderForm, MTNProviderForm
from core.services.refunds.service import RequestRefund
from core.services.rows import PaymentRow, RefundRow
from tests.core.services.empty_shop import EmptyShop

MTN, AIRTEL = PaymentMethod.MTN_MOBILE_MONEY, PaymentMethod.AIRTEL_MONEY
CASHIER = Actor(1, "aline", Role.CASHIER, desk="desk 1")
MANAGER = Actor(3, "marie", Role.MANAGER, desk="desk 3")
ADMIN = Actor(4, "ange", Role.ADMIN, desk="desk 4")

FAST = GatewayTiming(
    ladder=(0.05, 0.05, 0.1, 0.2),
    slow_after_s=20,
    slow_wait_s=0.3,
    unresolved_after_s=60,
    unresolved_wait_s=0.2,
    late_checks=(0.2, 0.5, 1, 2),
    send_within_s=20,
    send_again_wait=(0.1,),
    not_found_for_s=0.5,
    connect_timeout_s=1,
    read_timeout_s=0.6,
    idle_s=0.02,
)


class NetworkShop:
    """An open shop, and the acts that tests repeat."""

    def __init__(
        self,
        folder: Path,
        empty_shop: EmptyShop,
        url: str,
        timing: GatewayTiming = FAST,
        *,
        clock: Clock = system_clock,
    ) -> None:
        folder.mkdir(exist_ok=True)
        self._url = empty_shop.copied_to(folder / "sanduku.db")
        self.configuration = Configuration(
            data_dir=folder,
            clock=clock,
            use_keyring=False,
            gateway_timing=timing,
            password_cost=PasswordCost(1, 8, 1),
        )
        self.app = self.open()
        self.connect(url)
        self._number = 0
        self.made: list[PaymentRow] = []

    def open(self) -> App:
        """Open the shop, as another process would."""
        return App(self.configuration, Database(self._url, clock=self.configuration.clock))

    def connect(self, url: str) -> None:
        """Point both accounts at an address."""
        from core.gateways.sandbox import DEMO_ACCOUNT as ACCOUNT  # noqa: PLC0415

        self.app.providers.save_mtn(
            ADMIN,
            MTNProviderForm(
                base_url=url,
                target_environment="sandbox",
                collection_subscription_key=ACCOUNT.collection_subscription_key,
                disbursement_subscription_key=ACCOUNT.disbursement_subscription_key,
                api_user=ACCOUNT.api_user,
                api_key=ACCOUNT.api_key,
            ),
        )
        self.app.providers.save_airtel(
            ADMIN,
            AirtelProviderForm(
                base_url=url, client_id=ACCOUNT.client_id, client_secret=ACCOUNT.client_secret
            ),
        )

    def record(
        self,
        method: PaymentMethod = MTN,
        *,
        amount: int = 5_000,
        ending: str = "",
        reference: str = "",
    ) -> PaymentRow:
        """Ask a customer to pay; the last digits of the number decide what happens."""
        self._number += 1
        prefix = "078" if method is MTN else "073"
        number = prefix + (ending or f"{200_000 + self._number}").rjust(7, "8")
        payment = self.app.payments.record(
            CASHIER,
            RecordPayment(
                key=f"sale-{self._number}",
                method=method,
                amount_minor=amount,
                phone_number=number,
                transaction_reference=reference or f"ORD-{self._number:04d}",
            ),
        )
        self.made.append(payment)
        return payment

    def faulty(self, fault: Fault, method: PaymentMethod = MTN) -> PaymentRow:
        """Ask a customer whose payment has a fault."""
        return self.record(method, ending=payment_number(fault))

    def path(self, payment: PaymentRow) -> PaymentPath:
        """Return where a payment's money is."""
        return self.app.gateways.path(MANAGER, payment.payment_id)

    def wait(self, payment: PaymentRow, is_so: Callable[[PaymentPath], bool]) -> PaymentPath:
        """Wait until a payment's path is as wanted."""
        end_s = time.monotonic() + 15
        while not is_so(path := self.path(payment)):
            assert time.monotonic() < end_s, f"still {path}"
            time.sleep(0.02)
        return path

    def health(self, is_so: Callable[[HealthRow], bool]) -> HealthRow:
        """Wait until the one network asked is as wanted: its health is noted after the answer."""
        end_s = time.monotonic() + 15
        while not ((rows := self.app.gateways.health(CASHIER)) and is_so(rows[0])):
            assert time.monotonic() < end_s, f"still {rows}"
            time.sleep(0.02)
        [row] = rows
        return row

    def settled(self, payment: PaymentRow) -> PaymentPath:
        """Wait until the end of a payment is known."""
        return self.wait(payment, lambda path: not path.payment.status.startswith("p"))

    def approved_refund(self, payment: PaymentRow, amount: int) -> RefundRow:
        """Ask for a refund and have it approved."""
        self._number += 1
        asked = self.app.refunds.request(
            CASHIER, RequestRefund(f"refund-{self._number}", payment.payment_id, amount, "returned")
        )
        return self.app.refunds.approve(MANAGER, asked.refund_id)

    def refund(self, refund: RefundRow) -> RefundRow:
        """Return a refund as it stands."""
        return self.app.refunds.facts(MANAGER, refund.refund_id).refund
