"""Where the subjects meet: orders paid again, points of others, customers who were merged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from core.database import consistency
from core.database.unit_of_work import Database
from core.errors import InvalidInputError, NotAllowedError
from core.gateways.contract import CallOutcome
from core.model.journal import AuditEntry
from core.model.mail import MailKind
from core.model.payments import PaymentMethod
from core.model.subscriptions import Plan
from core.services.customers.order_balances import OrderState
from core.services.customers.orders import OrderShow
from core.services.customers.service import AddCustomer, CustomerForm, CustomerShow
from core.services.mail.automatic import MAIL_REFUND, AutomaticMail
from core.services.mail.queue import MailQueue
from core.services.mail.settings import MailSettings
from core.services.outbox import Outbox
from core.services.payments.rules import RecordPayment
from core.services.refunds.service import CarryOutRefund, RequestRefund
from core.services.setting_values import save_values
from core.services.subscriptions.commands import StartSubscription
from tests.core.services.conftest import SettableClock
from tests.core.services.order_shop import CASHIER, MANAGER, THREE_LINES_TOTAL, OrderShop
from tests.core.services.subscription_shop import SubscriptionShop


@pytest.fixture
def shop(database: Database) -> Iterator[OrderShop]:
    """A shop whose books must agree with themselves after every test."""
    yield OrderShop(database)
    assert consistency.check(database.engine) == ()


def test_a_part_that_went_back_and_came_again_pays_nothing_twice(
    shop: OrderShop, clock: SettableClock
) -> None:
    customer = shop.customer()
    number = shop.order(customer.customer_id).order_number
    for _ in range(2):
        first = shop.cash(number, 12_000)
        clock.advance(minutes=1)
        shop.refund(first, 12_000)
        clock.advance(minutes=1)
    shop.cash(number, 12_000)

    order = shop.state(number)
    assert (order.state, order.left_minor) == (OrderState.PARTLY_PAID, 10_000)
    (balance,) = shop.customers.one(CASHIER, customer.customer_id).balances
    assert balance.amount_minor == 10_000
    assert shop.orders.page(CASHIER, show=OrderShow.OPEN).total == 1
    assert shop.customers.page(CASHIER, show=CustomerShow.OWING).total == 1

    clock.advance(minutes=1)
    last = shop.cash(number, 10_000)
    clock.advance(minutes=1)
    shop.refund(last, 10_000)
    assert shop.state(number).left_minor == 0
    assert shop.orders.page(CASHIER, show=OrderShow.OPEN).total == 0
    assert shop.customers.one(CASHIER, customer.customer_id).balances == ()


def test_nobody_pays_an_order_with_the_points_of_somebody_else(shop: OrderShop) -> None:
    alice = shop.customer("Alice Uwase", "0788000001")
    shop.customer("Bob Mugisha", "0788000002")
    shop.cash("", 500_000, customer_name="Alice Uwase", phone_number="0788000001")
    number = shop.order(alice.customer_id).order_number
    with pytest.raises(InvalidInputError, match="Bob Mugisha"):
        shop.payments.record(
            CASHIER,
            RecordPayment(
                shop.key(), PaymentMethod.LOYALTY_POINTS, 2_000, order_number=number,
                customer_name="Bob Mugisha", phone_number="0788000002",
            ),
        )  # fmt: skip
    for name, phone in (("Alice Uwase", ""), ("", "0788000001")):
        command = RecordPayment(
            shop.key(), PaymentMethod.LOYALTY_POINTS, 2_000, order_number=number,
            customer_name=name, phone_number=phone,
        )  # fmt: skip
        assert shop.payments.record(CASHIER, command).customer_name == "Alice Uwase"


def test_an_order_is_found_under_the_name_its_customer_goes_by_now(shop: OrderShop) -> None:
    gone = shop.customer("Jean", "0788000001")
    kept = shop.customer("Bosco Habimana", "0788000002")
    number = shop.order(gone.customer_id).order_number
    shop.customers.merge(CASHIER, gone.customer_id, kept.customer_id)
    for words in ("bosco", "0788000002", "jean", "0788000001"):
        (order,) = shop.orders.page(CASHIER, search=words, show=OrderShow.OPEN).rows
        assert (order.order_number, order.customer_name) == (number, "Bosco Habimana")
        assert (order.customer_id, order.phone_number) == (kept.customer_id, kept.phone_number)


@pytest.mark.parametrize("turned", [False, True])
def test_a_cashier_gives_nobody_the_points_of_another(shop: OrderShop, turned: bool) -> None:
    rich = shop.customer("Alice Uwase", "0788000001").customer_id
    friend = shop.customer("A friend", "0788000002").customer_id
    shop.cash("", 500_000, customer_name="Alice Uwase", phone_number="0788000001")
    gone, kept = (friend, rich) if turned else (rich, friend)
    with pytest.raises(NotAllowedError, match="Alice Uwase has 50 points"):
        shop.customers.merge(CASHIER, gone, kept)
    with shop.database.read() as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert last is not None
        assert (last.action, last.user_name) == ("act:refused", CASHIER.name)
    assert shop.customers.merge(MANAGER, gone, kept).customer_id == kept


def test_money_seen_after_its_order_was_paid_otherwise_is_kept_as_the_customers(
    shop: OrderShop,
) -> None:
    customer = shop.customer()
    number = shop.order(customer.customer_id).order_number
    promised = shop.transfer(number, THREE_LINES_TOTAL)
    shop.payments.fail(CASHIER, promised.payment_id, note="not at the bank")
    shop.cash(number, THREE_LINES_TOTAL)
    late = shop.arrive(promised)
    (balance,) = shop.customers.one(CASHIER, customer.customer_id).balances
    assert balance.amount_minor == -THREE_LINES_TOTAL
    assert consistency.check(shop.database.engine) == ()
    shop.refund(late, THREE_LINES_TOTAL)
    assert shop.customers.one(CASHIER, customer.customer_id).balances == ()


def test_no_mail_promises_money_where_points_went_back(shop: OrderShop) -> None:
    with shop.database.write(None) as unit:
        ready = MailSettings(mail_host="smtp.example.com", mail_from_address="shop@example.com")
        save_values(unit, replace(ready, mail_refund_notice=True), subject="mail")
        unit.commit()
    form = CustomerForm("Alice Uwase", "0788000001", email="alice@example.com")
    shop.customers.add(CASHIER, AddCustomer(shop.key(), form))
    who = {"customer_name": form.name, "phone_number": form.phone_number}
    cash = shop.cash("", 500_000, **who)
    points = shop.payments.record(
        CASHIER,
        RecordPayment(
            shop.key(), PaymentMethod.LOYALTY_POINTS, 2_000, customer_name=form.name,
            phone_number=form.phone_number,
        ),
    )  # fmt: skip
    shop.refund(points, 2_000)
    shop.refund(cash, 1_000)
    mail = AutomaticMail(shop.database)
    Outbox(shop.database, {MAIL_REFUND: mail.write_of_refund}).run_waiting()
    mails = MailQueue(shop.database).page(MANAGER).rows
    notices = [mail.payment_id for mail in mails if mail.kind is MailKind.REFUND_NOTICE]
    assert notices == [cash.payment_id]


def test_of_money_that_came_twice_either_may_go_back(
    tmp_path: Path, empty_shop: Path, clock: SettableClock
) -> None:
    shop = SubscriptionShop(tmp_path / "shop", empty_shop, clock)
    shop.connect()
    made = shop.start(Plan.MONTHLY, PaymentMethod.MTN_MOBILE_MONEY)
    shop.renew()
    first = shop.charges(made)[0]
    shop.answer(first, CallOutcome.FAILED)
    clock.advance(hours=1)
    shop.renew()
    second = shop.charges(made)[1]
    shop.answer(second, CallOutcome.PENDING)
    shop.answer(first, CallOutcome.SUCCEEDED)
    shop.answer(second, CallOutcome.SUCCEEDED)
    assert shop.row(made).surplus == 1

    refunds = shop.app.refunds
    asked = refunds.request(
        CASHIER, RequestRefund(shop.key(), first.payment_id, first.amount_minor, "paid twice")
    )
    refunds.approve(MANAGER, asked.refund_id)
    refunds.carry_out(MANAGER, CarryOutRefund(shop.key(), asked.refund_id, "R-1"))
    assert [each.is_surplus for each in shop.charges(made)] == [False, False]
    assert shop.row(made).surplus == 0
    assert shop.app.subscription_lists.needing_a_look(MANAGER) == 0
    shop.check()


def test_a_subscription_started_before_midnight_is_not_denied_after_it(
    tmp_path: Path, empty_shop: Path, clock: SettableClock
) -> None:
    shop = SubscriptionShop(tmp_path / "shop", empty_shop, clock)
    command = StartSubscription(
        key="pressed-twice", plan=Plan.WEEKLY, price_minor=5_000, method=PaymentMethod.CASH,
        starts_on=shop.today, customer_name="Alice Uwase", phone_number="0788000001",
    )  # fmt: skip
    first = shop.app.subscriptions.start(MANAGER, command)
    shop.next_day()
    assert shop.app.subscriptions.start(MANAGER, command) == first
