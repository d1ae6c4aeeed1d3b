"""Two customers who turned out to be one: what was agreed with either goes on with the one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import ConflictError
from core.model.mail import MailKind
from core.model.payments import Payment
from core.model.subscriptions import Plan
from core.services.customers.form import CustomerForm
from core.services.customers.rows import CustomerRow
from core.services.customers.service import AddCustomer
from core.services.payments.service import find_payment
from core.services.reports.contract import ReportName, ReportQuery
from core.services.subscriptions.commands import CancelSubscription, StartSubscription
from core.services.subscriptions.rows import SubscriptionRow
from tests.core.services.conftest import SettableClock
from tests.core.services.empty_shop import EmptyShop
from tests.core.services.subscription_shop import BANK, CLERK, MANAGER, PHONE, SubscriptionShop

KEPT = CustomerForm(
    "Jean Bosco Habimana Ltd", "0788222333", email="bosco@example.com", tin="102345678",
    language="fr",
)  # fmt: skip


@pytest.fixture
def shop(tmp_path: Path, empty_shop: EmptyShop, clock: SettableClock) -> Iterator[SubscriptionShop]:
    opened = SubscriptionShop(tmp_path / "shop", empty_shop, clock)
    yield opened
    opened.app.close()


def kept_customer(shop: SubscriptionShop) -> CustomerRow:
    return shop.app.customers.add(MANAGER, AddCustomer(shop.key(), KEPT))


def merged(shop: SubscriptionShop, of: SubscriptionRow) -> CustomerRow:
    """Merge a subscription's customer into another one."""
    kept = kept_customer(shop)
    return shop.app.customers.merge(MANAGER, of.customer_id, kept.customer_id)


def payment_and_paper(shop: SubscriptionShop, payment_id: str) -> tuple[Payment, tuple[str, str]]:
    with shop.app.database.read() as session:
        payment = find_payment(session, payment_id)
        assert payment.invoice is not None
        return payment, (payment.invoice.customer_tin, payment.invoice.language)


def test_a_renewal_charges_the_one_who_is_left(shop: SubscriptionShop) -> None:
    subscription = shop.start(method=BANK)
    kept = merged(shop, subscription)
    shop.renew()
    (charge,) = shop.charges(subscription)
    shop.pay(charge)

    payment, paper = payment_and_paper(shop, charge.payment_id)
    assert (payment.customer_id, payment.customer_name) == (kept.customer_id, kept.name)
    assert paper == ("102345678", "fr")
    row = shop.row(subscription)
    assert (row.customer_id, row.customer_name) == (kept.customer_id, kept.name)
    assert shop.app.loyalty.member(CLERK, kept.customer_id).points == 5
    shop.check()


def test_a_payment_under_way_while_merging_ends_with_the_one_who_is_left(
    shop: SubscriptionShop,
) -> None:
    subscription = shop.start(method=BANK)
    shop.renew()
    (charge,) = shop.charges(subscription)
    merged(shop, subscription)
    shop.pay(charge)

    _, paper = payment_and_paper(shop, charge.payment_id)
    assert paper == ("102345678", "fr")
    draft = shop.app.mail_queue.draft(MANAGER, MailKind.INVOICE, charge.payment_id)
    assert (draft.address, draft.language) == ("bosco@example.com", "fr")
    shop.check()


def test_reports_know_one_customer(shop: SubscriptionShop) -> None:
    subscription = shop.start(method=BANK)
    shop.renew()
    (charge,) = shop.charges(subscription)
    shop.pay(charge)
    kept = merged(shop, subscription)

    query = ReportQuery(ReportName.CUSTOMERS, shop.today, shop.today)
    whole = shop.app.reports.run(MANAGER, query)
    (row,) = whole.rows
    assert row.cells[:2] == (str(kept.customer_id), kept.name)
    assert row.cells[3:5] == (1, 50_000)
    assert row.drill is not None
    assert shop.app.payment_lists.page(MANAGER, row.drill).total == 1
    for customer_id in (kept.customer_id, subscription.customer_id):
        one = shop.app.reports.run(MANAGER, replace(query, customer_id=customer_id))
        assert [each.cells[1] for each in one.rows] == [charge.payment_id]
        (total,) = one.totals
        assert total.drill is not None
        assert shop.app.payment_lists.page(MANAGER, total.drill).total == 1


def test_a_subscription_begins_with_the_one_who_is_left(shop: SubscriptionShop) -> None:
    first = shop.start(method=BANK)
    kept = merged(shop, first)
    choices = shop.app.subscription_lists.customers(CLERK, "")
    assert [choice.customer_id for choice in choices] == [kept.customer_id]
    second = shop.app.subscriptions.start(
        CLERK,
        StartSubscription(
            key=shop.key(), plan=Plan.DAILY, price_minor=1_000, method=BANK, starts_on=shop.today,
            customer_id=first.customer_id, phone_number=PHONE,
        ),
    )  # fmt: skip
    assert second.customer_id == kept.customer_id


def test_nobody_is_retired_whose_subscription_goes_on(shop: SubscriptionShop) -> None:
    subscription = shop.start(method=BANK)
    kept = merged(shop, subscription)
    with pytest.raises(ConflictError, match=subscription.subscription_number):
        shop.app.customers.retire(MANAGER, kept.customer_id)
    shop.app.subscriptions.cancel(
        CLERK, CancelSubscription(shop.key(), subscription.subscription_number, at_once=True)
    )
    assert shop.app.customers.retire(MANAGER, kept.customer_id).is_retired
    assert shop.app.subscription_lists.customers(CLERK, "") == ()


def test_they_and_their_points_are_found_under_either_name(shop: SubscriptionShop) -> None:
    subscription = shop.start(method=BANK)
    shop.renew()
    shop.pay(shop.charges(subscription)[0])
    old_name = shop.row(subscription).customer_name
    kept = merged(shop, subscription)
    for words in (old_name, PHONE, "bosco"):
        assert [row.customer_id for row in shop.app.customers.page(CLERK, search=words).rows] == [
            kept.customer_id
        ]
    for text in (old_name, PHONE, kept.name, "0788222333", str(subscription.customer_id)):
        member = shop.app.loyalty.find(CLERK, text)
        assert (member.customer_id, member.points) == (kept.customer_id, 5)
