"""Starting, pausing, changing and ending subscriptions, and what each means for the next charge."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from alembic import command as alembic

from core.database import schema
from core.database.engine import open_engine, sqlite_url
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from core.model.payments import PaymentMethod
from core.model.subscriptions import Plan, SubscriptionStatus
from core.permissions import Actor
from core.services.subscriptions.commands import (
    CancelSubscription,
    ChangeSubscription,
    KeepSubscription,
    PauseSubscription,
    ResumeSubscription,
    SavePlan,
    StartSubscription,
)
from core.services.subscriptions.lists import SubscriptionFilter
from core.services.subscriptions.rows import SubscriptionRow
from tests.core.services.conftest import SettableClock
from tests.core.services.subscription_shop import BANK, CASH, CLERK, MTN, SubscriptionShop


@pytest.fixture
def shop(tmp_path: Path, empty_shop: Path, clock: SettableClock) -> Iterator[SubscriptionShop]:
    opened = SubscriptionShop(tmp_path / "shop", empty_shop, clock)
    yield opened
    opened.check()
    opened.app.close()


def command(shop: SubscriptionShop, **more: object) -> StartSubscription:
    made = StartSubscription(
        key=shop.key(),
        plan=Plan.MONTHLY,
        price_minor=200_000,
        method=MTN,
        starts_on=shop.today,
        customer_name="Jean Bosco",
        phone_number="0788 123 456",
    )
    return replace(made, **more)  # type: ignore[arg-type]


def change(shop: SubscriptionShop, row: SubscriptionRow, **more: object) -> SubscriptionRow:
    wanted = ChangeSubscription(
        shop.key(), row.subscription_number, row.plan, row.price_minor, row.method,
        plan_name=row.plan_name, phone_number=row.phone_number,
    )  # fmt: skip
    return shop.app.subscriptions.change(CLERK, replace(wanted, **more))  # type: ignore[arg-type]


def pause(shop: SubscriptionShop, row: SubscriptionRow, day: date) -> SubscriptionRow:
    wanted = PauseSubscription(shop.key(), row.subscription_number, day)
    return shop.app.subscriptions.pause(CLERK, wanted)


def resume(shop: SubscriptionShop, row: SubscriptionRow, day: date) -> SubscriptionRow:
    wanted = ResumeSubscription(shop.key(), row.subscription_number, day)
    return shop.app.subscriptions.resume(CLERK, wanted)


def cancel(shop: SubscriptionShop, row: SubscriptionRow, *, at_once: bool) -> SubscriptionRow:
    wanted = CancelSubscription(shop.key(), row.subscription_number, at_once=at_once)
    return shop.app.subscriptions.cancel(CLERK, wanted)


# Starting


def test_the_same_form_starts_one_subscription(shop: SubscriptionShop) -> None:
    wanted = command(shop)
    made = shop.app.subscriptions.start(CLERK, wanted)
    assert shop.app.subscriptions.start(CLERK, wanted) == made
    assert (made.subscription_number, made.phone_number, made.next_due_on) == (
        "SUB-00001",
        "+250788123456",
        shop.today,
    )
    assert shop.app.subscription_lists.page(CLERK, SubscriptionFilter()).total == 1


def test_a_known_customer_keeps_their_own_number(shop: SubscriptionShop) -> None:
    first = shop.app.subscriptions.start(CLERK, command(shop))
    again = command(shop, customer_id=first.customer_id, phone_number="0733 000 111")
    second = shop.app.subscriptions.start(CLERK, again)
    assert second.customer_id == first.customer_id
    [customer] = shop.app.subscription_lists.customers(CLERK, "bosco 0788123")
    assert customer.phone_number == "+250788123456"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"customer_name": " "}, "customer"),
        ({"price_minor": 0}, "price"),
        ({"phone_number": ""}, "phone"),
        ({"phone_number": "12"}, "phone"),
        ({"method": PaymentMethod.CARD}, "method"),
        ({"method": PaymentMethod.CASH_ON_DELIVERY}, "method"),
        ({"starts_on": date(2026, 6, 30)}, "starts_on"),
        ({"currency": "RFW"}, "currency"),
        ({"plan_name": "x" * 81}, "name"),
    ],
)
def test_what_cannot_be_used_names_its_field(
    shop: SubscriptionShop, wrong: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        shop.app.subscriptions.start(CLERK, command(shop, **wrong))
    assert refused.value.field == field
    assert shop.app.subscription_lists.page(CLERK, SubscriptionFilter()).total == 0


def test_nobody_is_started_for_a_customer_who_is_not_there(shop: SubscriptionShop) -> None:
    with pytest.raises(NotFoundError):
        shop.app.subscriptions.start(CLERK, command(shop, customer_id=7))


def test_a_cashier_starts_none(shop: SubscriptionShop, cashier: Actor) -> None:
    with pytest.raises(NotAllowedError):
        shop.app.subscriptions.start(cashier, command(shop))


# The catalogue


def test_the_same_name_changes_a_plan_and_no_running_subscription(shop: SubscriptionShop) -> None:
    service = shop.app.subscriptions
    service.save_plan(CLERK, SavePlan(shop.key(), "Lunch", Plan.WEEKLY, 50_000))
    service.save_plan(CLERK, SavePlan(shop.key(), "Breakfast", Plan.DAILY, 8_000))
    made = shop.start(Plan.WEEKLY)
    service.save_plan(CLERK, SavePlan(shop.key(), "Lunch", Plan.WEEKLY, 60_000))
    told = [(row.name, row.price_minor) for row in shop.app.subscription_lists.plans(CLERK)]
    assert told == [("Breakfast", 8_000), ("Lunch", 60_000)]
    assert shop.row(made).price_minor == 50_000


def test_a_plan_no_longer_offered_stays_known(shop: SubscriptionShop) -> None:
    kept = SavePlan(shop.key(), "Lunch", Plan.WEEKLY, 50_000, is_offered=False)
    shop.app.subscriptions.save_plan(CLERK, kept)
    assert shop.app.subscription_lists.plans(CLERK, offered_only=True) == ()
    assert len(shop.app.subscription_lists.plans(CLERK)) == 1


# Pauses


def test_paused_days_are_not_charged_and_what_was_paid_ahead_counts_after(
    shop: SubscriptionShop,
) -> None:
    made = shop.start(Plan.WEEKLY)
    shop.renew()
    shop.next_day(3)
    assert pause(shop, made, shop.today).status is SubscriptionStatus.PAUSED
    shop.next_day(30)
    assert shop.renew().charged == ()
    resumed = resume(shop, made, shop.today)
    # Paid until the 7th, paused on the 4th: four days are left on the 3rd of August.
    assert (resumed.status, resumed.next_due_on) == (
        SubscriptionStatus.ACTIVE,
        date(2026, 8, 7),
    )
    assert shop.renew().charged == ()
    shop.next_day(4)
    assert [each.starts_on for each in shop.renew().charged] == [date(2026, 8, 7)]


def test_what_began_before_a_pause_is_still_charged(shop: SubscriptionShop) -> None:
    made = shop.start(Plan.WEEKLY)
    pause(shop, made, date(2026, 7, 9))
    shop.next_day(40)
    assert [each.starts_on for each in shop.renew().charged] == [
        date(2026, 7, 1),
        date(2026, 7, 8),
    ]
    resumed = resume(shop, made, shop.today)
    assert resumed.next_due_on == shop.today + timedelta(days=6)


def test_periods_owed_when_it_resumes_keep_their_days(shop: SubscriptionShop) -> None:
    made = shop.start(Plan.WEEKLY)
    pause(shop, made, date(2026, 7, 9))
    shop.next_day(40)
    resume(shop, made, shop.today)
    shop.next_day(7)
    assert [each.starts_on for each in shop.renew().charged] == [
        date(2026, 7, 1), date(2026, 7, 8), date(2026, 8, 16),
    ]  # fmt: skip


def test_a_pause_to_come_can_be_called_off(shop: SubscriptionShop) -> None:
    made = shop.start(Plan.WEEKLY)
    planned = pause(shop, made, shop.today + timedelta(days=3))
    assert planned.status is SubscriptionStatus.ACTIVE
    kept = resume(shop, made, shop.today)
    assert (kept.paused_from, kept.next_due_on) == (None, shop.today)


def test_what_is_due_stands_before_what_is_paused_in_the_list(shop: SubscriptionShop) -> None:
    paused = pause(shop, shop.start(), shop.today)
    due = shop.start(on=shop.today + timedelta(days=9))
    rows = shop.app.subscription_lists.page(CLERK, SubscriptionFilter()).rows
    numbers = [row.subscription_number for row in rows]
    assert numbers == [due.subscription_number, paused.subscription_number]


def test_a_pause_begins_with_a_day_that_is_not_charged_yet(shop: SubscriptionShop) -> None:
    made = shop.start(Plan.DAILY)
    shop.renew()
    shop.next_day(3)
    # Three days went by and were not charged: they may count as paused.
    with pytest.raises(InvalidInputError):
        pause(shop, made, date(2026, 7, 1))
    assert pause(shop, made, date(2026, 7, 2)).status is SubscriptionStatus.PAUSED
    assert shop.renew().charged == ()
    with pytest.raises(ConflictError, match="agreed already"):
        pause(shop, made, shop.today)
    with pytest.raises(InvalidInputError):
        resume(shop, made, shop.today + timedelta(days=1))


# Other terms


def test_another_price_holds_from_the_next_period(shop: SubscriptionShop) -> None:
    made = shop.start(Plan.WEEKLY)
    shop.renew()
    changed = change(shop, made, price_minor=60_000)
    assert (changed.price_minor, changed.changes_on, changed.next_price_minor) == (
        50_000,
        date(2026, 7, 8),
        60_000,
    )
    shop.next_day(7)
    assert [each.amount_minor for each in shop.renew().charged] == [60_000]
    assert shop.row(made).changes_on is None


def test_periods_owed_already_keep_their_price(shop: SubscriptionShop) -> None:
    made = shop.start(Plan.DAILY, price=8_000)
    shop.renew()
    shop.next_day(2)
    change(shop, made, price_minor=9_000)
    shop.next_day(1)
    assert [each.amount_minor for each in shop.renew().charged] == [8_000, 8_000, 9_000]


def test_a_longer_plan_begins_on_the_day_it_is_due(shop: SubscriptionShop) -> None:
    made = shop.start(Plan.WEEKLY)
    shop.renew()
    change(shop, made, plan=Plan.MONTHLY, price_minor=200_000)
    shop.next_day(40)
    assert [(e.reference, e.amount_minor) for e in shop.renew().charged] == [
        ("SUB-00001-2026-07", 200_000),
        ("SUB-00001-2026-08", 200_000),
    ]
    assert shop.row(made).next_due_on == date(2026, 9, 8)


def test_another_way_to_pay_holds_at_once(shop: SubscriptionShop) -> None:
    made = shop.start(Plan.WEEKLY)
    changed = change(shop, made, method=BANK)
    assert (changed.method, changed.changes_on) == (BANK, None)
    assert [each.method for each in shop.renew().charged] == [BANK]


def test_what_was_never_charged_has_new_terms_from_its_start(shop: SubscriptionShop) -> None:
    made = shop.start(Plan.WEEKLY)
    change(shop, made, price_minor=60_000)
    assert [each.amount_minor for each in shop.renew().charged] == [60_000]


def test_a_change_is_bound_to_what_was_on_the_screen(shop: SubscriptionShop) -> None:
    made = shop.start(Plan.WEEKLY)
    shop.renew()
    with pytest.raises(ConflictError, match="changed since"):
        change(shop, made, price_minor=60_000, version=made.version)


# The end


def test_it_ends_with_the_period_that_runs(shop: SubscriptionShop) -> None:
    made = shop.start(Plan.WEEKLY)
    shop.renew()
    ending = cancel(shop, made, at_once=False)
    assert (ending.status, ending.ends_on, ending.next_due_on) == (
        SubscriptionStatus.ACTIVE,
        date(2026, 7, 8),
        None,
    )
    shop.next_day(20)
    assert shop.renew().charged == ()
    assert shop.row(made).status is SubscriptionStatus.CANCELLED


def test_an_end_to_come_can_be_called_off(shop: SubscriptionShop) -> None:
    made = shop.start(Plan.WEEKLY)
    shop.renew()
    cancel(shop, made, at_once=False)
    kept = shop.app.subscriptions.keep(
        CLERK, KeepSubscription(shop.key(), made.subscription_number)
    )
    assert (kept.ends_on, kept.next_due_on) == (None, date(2026, 7, 8))


def test_what_is_owed_is_charged_before_the_end(shop: SubscriptionShop) -> None:
    made = shop.start(Plan.DAILY)
    shop.next_day(2)
    cancel(shop, made, at_once=False)
    assert [each.starts_on for each in shop.renew().charged] == [
        date(2026, 7, 1),
        date(2026, 7, 2),
    ]
    assert shop.row(made).status is SubscriptionStatus.CANCELLED


def test_a_cancelled_one_stays_so(shop: SubscriptionShop) -> None:
    made = shop.start(Plan.WEEKLY, CASH)
    cancel(shop, made, at_once=True)
    for act in (
        lambda: resume(shop, made, shop.today),
        lambda: cancel(shop, made, at_once=True),
        lambda: change(shop, made, price_minor=1),
    ):
        with pytest.raises(ConflictError, match="cancelled"):
            act()


# What the database itself refuses


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE subscription SET status = 'active' WHERE status = 'cancelled'",
        "UPDATE subscription_period SET status = 'open' WHERE status = 'paid'",
        "UPDATE subscription_period SET amount_minor = 1",
        "UPDATE subscription_period SET starts_on = '2020-01-01'",
        "UPDATE subscription_charge SET payment_id = 9",
        "DELETE FROM subscription",
        "DELETE FROM subscription_period",
        "DELETE FROM subscription_charge",
        (
            "INSERT INTO subscription_period (subscription_id, starts_on, ends_on, reference,"
            " amount_minor, currency, status, tries, created_at, version) SELECT subscription_id,"
            " starts_on, ends_on, 'other', amount_minor, currency, 'open', 1, created_at, 1"
            " FROM subscription_period"
        ),
        (
            "INSERT INTO subscription_charge (period_id, try_number, payment_id, created_at,"
            " is_surplus) SELECT period_id, try_number, payment_id + 1, created_at, 0"
            " FROM subscription_charge"
        ),
    ],
)
def test_the_database_refuses_a_second_period_or_try_and_any_undoing(
    shop: SubscriptionShop, statement: str
) -> None:
    made = shop.start(Plan.WEEKLY)
    shop.renew()
    shop.pay(shop.charges(made)[0])
    cancel(shop, made, at_once=True)
    path = shop.configuration.database_path
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as raw,
        pytest.raises(sqlite3.IntegrityError),
    ):
        raw.execute(statement)


# A shop of an older program


def test_an_upgraded_shop_charges_nobody_until_a_person_says_so(tmp_path: Path) -> None:
    engine = open_engine(sqlite_url(tmp_path / "old.db"))
    alembic.upgrade(schema.migration_config(engine), "0006")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO customer (id, name, phone_number, email, tin, language, created_at,"
            " version) VALUES (1, 'Jean', '+250788123456', '', '', 'rw', '2026-01-01', 1)"
        )
        connection.exec_driver_sql(
            "INSERT INTO subscription (id, subscription_number, customer_id, plan, price_minor,"
            " currency, starts_on, next_due_on, auto_renewal, is_active, notes, version) VALUES"
            " (1, 'SUB-00001', 1, 'monthly', 200000, 'RWF', '2026-01-31', '2026-02-28', 1, 1, '',"
            " 1), (2, 'SUB-00002', 1, 'daily', 8000, 'RWF', '2026-01-05', '2026-02-01', 1, 0, '',"
            " 1)"
        )
    schema.upgrade(engine)
    with engine.begin() as connection:
        rows = connection.exec_driver_sql(
            "SELECT status, payment_method, phone_number, anchor_day FROM subscription ORDER BY id"
        ).all()
        setting = connection.exec_driver_sql("SELECT name, value FROM setting").all()
    engine.dispose()
    assert [tuple(row) for row in rows] == [
        ("active", "cash", "+250788123456", 31),
        ("cancelled", "cash", "+250788123456", 5),
    ]
    assert [tuple(row) for row in setting] == [("renews_by_itself", "False")]
