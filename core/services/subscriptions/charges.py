"""Makes the one payment of a period's try, with its request to the network, inside a unit of work.

The period's row, the payment and the intent to ask the network exist together or not at all. That
a period begins once and a try is made once is the database's own rule (``one_per_start``,
``one_per_try``, one open charge); the reference of the period keeps the network from being asked
twice for it as for any sale.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.database.unit_of_work import UnitOfWork
from core.model.customers import Subscription
from core.model.journal import Topic
from core.model.payments import (
    Payment,
    PaymentMethod,
    PaymentStatus,
    PaymentType,
    TransactionStatus,
)
from core.model.subscriptions import (
    SUBSCRIPTION_METHODS,
    PeriodStatus,
    SubscriptionCharge,
    SubscriptionPeriod,
)
from core.services.gateways.accounts import AccountInUse, GatewayAccounts
from core.services.gateways.attempts import open_collect
from core.services.payments.service import GATEWAY_NAMES, journal_recorded, receiving_bank_id
from core.services.subscriptions.calendar import Period, Schedule, period_reference
from core.services.subscriptions.facts import keep_schedule
from core.services.subscriptions.period_endings import journal_period

Accounts = Mapping[PaymentMethod, AccountInUse | None]


def accounts_in_use(accounts: GatewayAccounts | None) -> Accounts:
    """Return the account each way of mobile money goes through; none where no network is asked."""
    if accounts is None:
        return {}
    return {m: accounts.in_use(m) for m in SUBSCRIPTION_METHODS if m.is_mobile_money}


def is_pushed(method: PaymentMethod, accounts: Accounts) -> bool:
    """Tell whether a payment by a method asks for a PIN; else it waits for a person."""
    account = accounts.get(method)
    return account is not None and account.is_ready


def begin_period(
    unit: UnitOfWork, subscription: Subscription, schedule: Schedule, accounts: Accounts
) -> tuple[Payment, Schedule]:
    """Begin the next period of a schedule and charge it; return the schedule after it.

    Raises:
        ConflictError: the network is asked for this period already, or it was charged before.
        InvalidInputError: the shop's account takes another currency.

    """
    found = schedule.first()
    if found is None:
        raise ValueError(f"{subscription.subscription_number} begins no period")
    planned, after = found
    period = SubscriptionPeriod(
        subscription=subscription,
        starts_on=planned.starts_on,
        ends_on=planned.ends_on,
        reference=period_reference(
            subscription.subscription_number, planned.terms.plan, planned.starts_on
        ),
        amount_minor=planned.terms.price_minor,
        currency=subscription.currency,
        status=PeriodStatus.OPEN,
        tries=0,
        created_at=unit.now,
    )
    unit.session.add(period)
    payment = _charge(unit, subscription, period, planned.terms.plan_name, accounts)
    keep_schedule(subscription, after)
    return payment, after


def charge_again(
    unit: UnitOfWork, subscription: Subscription, period: SubscriptionPeriod, accounts: Accounts
) -> Payment:
    """Charge a period whose last try brought no money once more.

    Raises:
        ConflictError: a charge is open, the network is asked already, or it was paid.

    """
    period.move_to(PeriodStatus.OPEN)
    period.next_try_at = None
    return _charge(unit, subscription, period, subscription.plan_name, accounts)


def describe(plan_name: str, period: Period | SubscriptionPeriod) -> str:
    """Return what the customer reads of a period: its plan and days."""
    return ", ".join(filter(None, [plan_name, f"{period.starts_on} – {period.ends_on}"]))


def _charge(
    unit: UnitOfWork,
    subscription: Subscription,
    period: SubscriptionPeriod,
    plan_name: str,
    accounts: Accounts,
) -> Payment:
    period.tries += 1
    payment = _payment(unit, subscription, period, plan_name)
    unit.session.add_all(
        [
            payment,
            SubscriptionCharge(
                period=period, try_number=period.tries, payment=payment, created_at=unit.now
            ),
        ]
    )
    unit.session.flush()
    account = accounts.get(subscription.payment_method)
    if account is not None and is_pushed(subscription.payment_method, accounts):
        open_collect(unit, payment, account)
    journal_recorded(unit, payment)
    journal_period(unit, period, "charged", payment=payment.payment_id, try_number=period.tries)
    unit.changed(Topic.PAYMENTS, payment.payment_id)
    return payment


def _payment(
    unit: UnitOfWork, subscription: Subscription, period: SubscriptionPeriod, plan_name: str
) -> Payment:
    method = subscription.payment_method
    customer = subscription.customer
    return Payment(
        payment_method=method,
        payment_type=PaymentType.SUBSCRIPTION,
        amount_minor=period.amount_minor,
        currency=period.currency,
        status=PaymentStatus.PENDING,
        transaction_reference=period.reference,
        transaction_status=TransactionStatus.CREATED if method.is_mobile_money else None,
        customer=customer,
        customer_name=customer.name,
        phone_number=subscription.phone_number,
        customer_notes=describe(plan_name, period),
        gateway_name=GATEWAY_NAMES.get(method, ""),
        subscription=subscription,
        bank_provider_id=receiving_bank_id(unit.session, method),
        created_by=unit.actor_name,
        created_at=unit.now,
        updated_at=unit.now,
    )
