"""How each provider of the shop does: when it last brought money, and how often it fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import day_start, shop_date
from core.database.unit_of_work import Database
from core.model.attempts import GatewayHealth
from core.model.calls import CallResult
from core.model.day_sums import CallDay
from core.model.payments import Payment, PaymentMethod, PaymentStatus, PaymentTransaction
from core.model.providers import (
    AirtelMoneyProvider,
    BankTransferProvider,
    MTNMobileMoneyProvider,
)
from core.permissions import Actor, Permission
from core.services.calls.filters import has_result
from core.services.providers.forms import NETWORK_NAMES, BankProviderForm, ProviderRow
from core.services.providers.service import Account, accounts_of, bank_form, banks_of, provider_row

JUDGED_DAYS = 30
"""Over how many days, today included, a provider's failures are counted."""


@dataclass(frozen=True, slots=True)
class ProviderStanding:
    """One provider with its figures of the last :data:`JUDGED_DAYS` days, without its secrets.

    ``gateway_name`` is what its calls are filed under; live and sandbox share it, so that the
    figures stand beside the account in use. ``answered`` and ``failed`` are None where no gateway
    is called. ``told`` says what is wrong at the moment. ``bank`` are a bank account's details.
    """

    provider: ProviderRow
    gateway_name: str
    webhook_url: str
    bank: BankProviderForm | None
    last_success_at: datetime | None
    answered: int | None
    failed: int | None
    told: str


class ProviderStandings:
    """The question about providers; nothing here changes anything."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, actor: Actor) -> tuple[ProviderStanding, ...]:
        """Return every provider of the shop: mobile networks first, then banks by name."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        first_day = self.first_day()
        with self._database.read() as session:
            networks: tuple[Account, ...] = (
                *accounts_of(session, MTNMobileMoneyProvider).values(),
                *accounts_of(session, AirtelMoneyProvider).values(),
            )
            return (
                *(_network(session, account, first_day) for account in networks),
                *(_bank(session, bank, first_day) for bank in banks_of(session)),
            )

    def first_day(self) -> date:
        """Return the first of the shop's days that are judged."""
        return shop_date(self._database.clock()) - timedelta(days=JUDGED_DAYS - 1)


def _network(session: Session, account: Account, first_day: date) -> ProviderStanding:
    row = provider_row(account)
    name = NETWORK_NAMES["mtn" if isinstance(account, MTNMobileMoneyProvider) else "airtel"]
    health = session.scalar(
        select(GatewayHealth).where(
            GatewayHealth.provider == row.kind, GatewayHealth.environment == account.environment
        )
    )
    last_success_at: datetime | None = None
    answered: int | None = None
    failed: int | None = None
    if account.is_active:
        last_success_at = session.scalar(
            select(PaymentTransaction.request_at)
            .where(PaymentTransaction.gateway_name == name, has_result(CallResult.SUCCEEDED))
            .order_by(PaymentTransaction.request_at.desc())
            .limit(1)
        )
        answered, failed = _answers(session, name, first_day)
    return ProviderStanding(
        provider=row,
        gateway_name=name,
        webhook_url=account.webhook_url,
        bank=None,
        last_success_at=last_success_at,
        answered=answered,
        failed=failed,
        told=health.told if health is not None and account.is_active else "",
    )


def _answers(session: Session, gateway_name: str, first_day: date) -> tuple[int, int]:
    """Return how many calls were answered, and how many of them without success."""
    has_failed = ~CallDay.success & (CallDay.error_code != "")
    row = session.execute(
        select(
            func.coalesce(func.sum(CallDay.calls).filter(CallDay.success | has_failed), 0),
            func.coalesce(func.sum(CallDay.calls).filter(has_failed), 0),
        ).where(CallDay.day >= first_day, CallDay.gateway_name == gateway_name)
    ).one()
    return int(row[0]), int(row[1])


def _bank(session: Session, bank: BankTransferProvider, first_day: date) -> ProviderStanding:
    # Only the judged days are looked through: no index knows a bank's own payments.
    last_paid_at = session.scalar(
        select(Payment.paid_at)
        .where(
            Payment.payment_method == PaymentMethod.BANK_TRANSFER,
            Payment.status == PaymentStatus.COMPLETED,
            Payment.created_at >= day_start(first_day),
            Payment.bank_provider_id == bank.id,
        )
        .order_by(Payment.created_at.desc())
        .limit(1)
    )
    return ProviderStanding(
        provider=provider_row(bank),
        gateway_name="",
        webhook_url="",
        bank=bank_form(bank),
        last_success_at=last_paid_at,
        answered=None,
        failed=None,
        told="",
    )
