"""A shop with subscribers, a clock that tests move, and networks that answer what tests say."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select

from core.app import App
from core.clock import shop_date
from core.configuration import Configuration, PasswordCost
from core.database import consistency
from core.database.unit_of_work import Database
from core.gateways.contract import CallOutcome, GatewayCall, Reply
from core.model.attempts import GatewayAttempt
from core.model.customers import Subscription
from core.model.payments import Payment, PaymentMethod, RequestType
from core.model.subscriptions import Plan, SubscriptionPeriod
from core.permissions import Actor, Role
from core.services.gateways import attempt_records as records
from core.services.payments.rules import CompletePayment
from core.services.providers.forms import AirtelProviderForm, MTNProviderForm
from core.services.subscriptions.commands import StartSubscription
from core.services.subscriptions.renewal_rows import RenewalReport
from core.services.subscriptions.rows import ChargeRow, SubscriptionRow
from tests.core.services.conftest import SettableClock
from tests.core.services.empty_shop import EmptyShop

MTN, BANK, CASH = (
    PaymentMethod.MTN_MOBILE_MONEY,
    PaymentMethod.BANK_TRANSFER,
    PaymentMethod.CASH,
)
CLERK = Actor(2, "claude", Role.CLERK, desk="office")
MANAGER = Actor(3, "marie", Role.MANAGER, desk="desk 3")
ADMIN = Actor(4, "ange", Role.ADMIN, desk="desk 4")
PHONE = "0788123123"


class SubscriptionShop:
    """An open shop, and the acts that tests repeat."""

    def __init__(self, folder: Path, empty_shop: EmptyShop, clock: SettableClock) -> None:
        folder.mkdir(exist_ok=True)
        self._url = empty_shop.copied_to(folder / "sanduku.db")
        self.clock = clock
        self.configuration = Configuration(
            folder, clock=clock, use_keyring=False, password_cost=PasswordCost(1, 8, 1)
        )
        self.app = self.open()
        self._number = itertools.count(1)
        self._ids = itertools.count(1)

    def open(self) -> App:
        """Open the shop, as another process would."""
        return App(self.configuration, Database(self._url, clock=self.clock))

    def connect(self) -> None:
        """Give the shop accounts at both networks; no worker runs, so nothing leaves."""
        secret = "canary-of-an-account"
        self.app.providers.save_mtn(
            ADMIN,
            MTNProviderForm(
                base_url="http://127.0.0.1:9",
                target_environment="sandbox",
                collection_subscription_key=secret,
                api_user="3f1f8f5e-6f0e-4d5f-8a44-2c1a4f3f9d11",
                api_key=secret,
            ),
        )
        self.app.providers.save_airtel(
            ADMIN,
            AirtelProviderForm(
                base_url="http://127.0.0.1:9", client_id="client", client_secret=secret
            ),
        )

    @property
    def today(self) -> date:
        """The shop's day."""
        return shop_date(self.clock())

    def key(self) -> str:
        """Return the key of a form just opened."""
        return f"key-{next(self._number)}"

    def start(
        self,
        plan: Plan = Plan.WEEKLY,
        method: PaymentMethod = CASH,
        *,
        price: int = 50_000,
        on: date | None = None,
        auto: bool = True,
    ) -> SubscriptionRow:
        """Start a subscription of a customer of its own, today unless said."""
        number = next(self._number)
        return self.app.subscriptions.start(
            CLERK,
            StartSubscription(
                key=f"start-{number}",
                plan=plan,
                price_minor=price,
                method=method,
                starts_on=on or self.today,
                customer_name=f"Customer {number}",
                phone_number=PHONE,
                plan_name="Lunch",
                auto_renewal=auto,
            ),
        )

    def renew(self) -> RenewalReport:
        """Renew by itself, as the clock of the shop does."""
        return self.app.renewals.renew_by_itself()

    def row(self, of: SubscriptionRow) -> SubscriptionRow:
        """Return a subscription as it is now."""
        return self.app.subscription_lists.one(CLERK, of.subscription_number)

    def charges(self, of: SubscriptionRow) -> list[ChargeRow]:
        """Return a subscription's charges, the oldest first."""
        detail = self.app.subscription_lists.detail(CLERK, of.subscription_number)
        return list(reversed(detail.charges))

    def states(self, of: SubscriptionRow) -> list[tuple[str, int, str]]:
        """Return the day, try and state of each charge's period, the oldest first."""
        return [
            (f"{each.starts_on:%m-%d}", each.try_number, str(each.period_status))
            for each in self.charges(of)
        ]

    def pay(self, charge: ChargeRow, *, note: str = "seen") -> None:
        """Let a person say that the money of a charge came."""
        self.app.payments.complete(
            MANAGER,
            CompletePayment(
                self.key(), charge.payment_id, tendered_minor=charge.amount_minor, note=note
            ),
        )

    def answer(self, charge: ChargeRow, outcome: CallOutcome) -> None:
        """Let the network end the request of a charge, sent now if it was not."""
        timing = self.configuration.gateway_timing
        with self.app.database.write(None) as unit:
            attempt = unit.session.scalars(
                select(GatewayAttempt)
                .join(Payment, Payment.id == GatewayAttempt.payment_id)
                .where(Payment.payment_id == charge.payment_id)
            ).one()
            kind = RequestType.QUERY if attempt.sends else RequestType.INITIATE
            found = f"T{next(self._ids)}" if outcome is CallOutcome.SUCCEEDED else ""
            reply = Reply(outcome, transaction_id=found)
            call = GatewayCall(kind, {}, lambda: reply)
            call_id = records.begin_call(unit, attempt, call, timing)
            unit.session.flush()
            records.finish_call(unit, attempt, call_id, reply, timing, can_ask=True)
            unit.commit()

    def next_day(self, days: float = 1) -> None:
        """Let days pass."""
        self.clock.now += timedelta(days=days)

    def check(self) -> None:
        """See that the books agree with themselves."""
        assert consistency.check(self.app.database.engine) == ()
        with self.app.database.read() as session:
            periods = session.scalars(select(SubscriptionPeriod)).all()
            assert all(period.tries == len(period.charges) for period in periods)
            subscriptions = session.scalars(select(Subscription)).all()
            assert all(s.next_due_on > max((p.starts_on for p in s.periods), default=date.min)
                       for s in subscriptions)  # fmt: skip
