"""Each period is charged once; failures climb the ladder; nobody is asked for six PINs at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from core.errors import ConflictError, InvalidInputError, NotAllowedError
from core.gateways.contract import CallOutcome
from core.model.payments import PaymentStatus, PaymentType
from core.model.subscriptions import Plan, SubscriptionStatus
from core.permissions import Actor
from core.services.payments.lists import PaymentFilter
from core.services.subscriptions.commands import (
    CancelSubscription,
    ChargePeriod,
    PauseSubscription,
    WaivePeriod,
)
from core.services.subscriptions.renewal_rules import Hold
from core.services.subscriptions.renewal_run import MOST_UNSENT
from core.services.subscriptions.renewal_settings import RenewalSettings
from core.services.subscriptions.rows import SubscriptionRow
from tests.core.services.conftest import SettableClock
from tests.core.services.subscription_shop import (
    ADMIN,
    BANK,
    CASH,
    CLERK,
    MANAGER,
    MTN,
    SubscriptionShop,
)

FAILED, SUCCEEDED = CallOutcome.FAILED, CallOutcome.SUCCEEDED


@pytest.fixture
def shop(tmp_path: Path, empty_shop: Path, clock: SettableClock) -> Iterator[SubscriptionShop]:
    opened = SubscriptionShop(tmp_path / "shop", empty_shop, clock)
    yield opened
    opened.check()
    opened.app.close()


def holds(report: object) -> list[Hold]:
    return [each.hold for each in report.held]  # type: ignore[attr-defined]


def test_a_due_period_becomes_one_waiting_payment_however_often_it_runs(
    shop: SubscriptionShop,
) -> None:
    made = shop.start(Plan.MONTHLY, BANK, price=200_000)
    first = shop.renew()
    assert [each.reference for each in first.charged] == ["SUB-00001-2026-07"]
    assert shop.renew().charged == ()
    other = shop.open()
    assert other.renewals.renew(MANAGER).charged == ()
    other.close()
    [payment] = shop.app.payment_lists.page(CLERK, PaymentFilter()).rows
    assert (payment.payment_type, payment.status) == (
        PaymentType.SUBSCRIPTION,
        PaymentStatus.PENDING,
    )
    assert payment.transaction_reference == "SUB-00001-2026-07"
    assert payment.customer_name == made.customer_name
    assert payment.customer_notes == "Lunch, 2026-07-01 – 2026-07-31"
    assert payment.created_by == "sanduku"
    assert shop.row(made).next_due_on == date(2026, 8, 1)


def test_days_switched_off_are_caught_up_each_for_itself_and_in_order(
    shop: SubscriptionShop,
) -> None:
    made = shop.start(Plan.DAILY, CASH, price=8_000)
    shop.next_day(4)
    assert [f"{each.starts_on:%d}" for each in shop.renew().charged] == [
        "01", "02", "03", "04", "05",
    ]  # fmt: skip
    assert shop.row(made).next_due_on == date(2026, 7, 6)


def test_more_missed_periods_than_fit_one_transaction_are_all_charged(
    shop: SubscriptionShop,
) -> None:
    shop.start(Plan.DAILY, CASH)
    shop.next_day(149)
    assert len(shop.renew().charged) == 150


def test_nothing_is_charged_for_a_day_to_come(shop: SubscriptionShop) -> None:
    shop.start(on=shop.today + timedelta(days=1))
    assert shop.renew().charged == ()
    with pytest.raises(InvalidInputError, match="still to come"):
        shop.app.renewals.renew(MANAGER, shop.today + timedelta(days=1))


def test_a_day_begins_to_be_charged_at_the_shops_hour(shop: SubscriptionShop) -> None:
    shop.start(Plan.DAILY, CASH)
    shop.clock.now = datetime(2026, 7, 2, 5, 59, tzinfo=UTC)  # 07:59 in Kigali
    assert [each.starts_on for each in shop.renew().charged] == [date(2026, 7, 1)]
    shop.clock.now += timedelta(minutes=1)
    assert [each.starts_on for each in shop.renew().charged] == [date(2026, 7, 2)]


def test_switched_off_it_renews_only_when_a_person_says_so(shop: SubscriptionShop) -> None:
    shop.app.renewal_settings.save(ADMIN, RenewalSettings(renews_by_itself=False))
    shop.start()
    assert shop.renew().charged == ()
    assert len(shop.app.renewals.renew(CLERK).charged) == 1


def test_without_auto_renewal_only_a_person_charges(shop: SubscriptionShop) -> None:
    made = shop.start(auto=False)
    assert shop.app.renewals.renew(CLERK).charged == ()
    shop.app.period_acts.charge(CLERK, ChargePeriod(shop.key(), made.subscription_number))
    assert shop.states(made) == [("07-01", 1, "open")]
    with pytest.raises(ConflictError, match="No period"):
        shop.app.period_acts.charge(CLERK, ChargePeriod(shop.key(), made.subscription_number))


def test_a_preview_says_what_would_happen_and_changes_nothing(shop: SubscriptionShop) -> None:
    shop.connect()
    shop.start(Plan.WEEKLY, MTN)
    shop.start(Plan.WEEKLY, CASH, price=60_000)
    planned = shop.app.renewals.preview(CLERK)
    assert [(s.currency, s.count, s.amount_minor) for s in planned.sums()] == [("RWF", 2, 110_000)]
    assert planned.pushed == 1
    done = shop.app.renewals.renew(CLERK)
    assert [each.reference for each in done.charged] == [e.reference for e in planned.charged]


def test_a_cashier_changes_no_subscription(shop: SubscriptionShop, cashier: Actor) -> None:
    with pytest.raises(NotAllowedError):
        shop.app.renewals.renew(cashier)


# Mobile money


def test_a_push_and_its_intent_come_with_the_period(shop: SubscriptionShop) -> None:
    shop.connect()
    made = shop.start(Plan.MONTHLY, MTN)
    [charged] = shop.renew().charged
    assert charged.is_pushed
    path = shop.app.gateways.path(MANAGER, charged.payment_id)
    assert path.attempt is not None
    assert path.payment.phone_number == "+250788123123"
    shop.answer(shop.charges(made)[0], SUCCEEDED)
    assert shop.states(made) == [("07-01", 1, "paid")]


def test_missed_periods_are_asked_for_one_by_one_the_oldest_first(shop: SubscriptionShop) -> None:
    shop.connect()
    made = shop.start(Plan.DAILY, MTN, price=8_000)
    shop.next_day(2)
    assert [each.starts_on for each in shop.renew().charged] == [date(2026, 7, 1)]
    assert holds(shop.renew()) == [Hold.FORMER_OPEN]
    for day in ("07-01", "07-02", "07-03"):
        open_charge = shop.charges(made)[-1]
        assert f"{open_charge.starts_on:%m-%d}" == day
        shop.answer(open_charge, SUCCEEDED)
        shop.renew()
    assert [state for _, _, state in shop.states(made)] == ["paid"] * 3


def test_a_phone_is_prompted_only_so_often_a_day(shop: SubscriptionShop) -> None:
    shop.connect()
    made = shop.start(Plan.DAILY, MTN)
    shop.next_day(5)
    for _ in range(3):
        shop.renew()
        shop.answer(shop.charges(made)[-1], SUCCEEDED)
    assert holds(shop.renew()) == [Hold.PROMPTED_ENOUGH]
    assert len(shop.charges(made)) == 3
    shop.next_day()
    assert [each.starts_on for each in shop.renew().charged] == [date(2026, 7, 4)]


def test_no_phone_rings_at_night(shop: SubscriptionShop) -> None:
    shop.connect()
    shop.start(Plan.WEEKLY, MTN)
    shop.start(Plan.WEEKLY, CASH)
    shop.clock.now = datetime(2026, 7, 1, 18, 0, tzinfo=UTC)  # 20:00 in Kigali
    report = shop.renew()
    assert [each.method for each in report.charged] == [CASH]
    assert holds(report) == [Hold.NIGHT]
    shop.clock.now = datetime(2026, 7, 2, 6, 0, tzinfo=UTC)
    assert [each.method for each in shop.renew().charged] == [MTN]


def test_no_more_requests_wait_than_can_leave_in_time(shop: SubscriptionShop) -> None:
    shop.connect()
    made = [shop.start(Plan.WEEKLY, MTN) for _ in range(MOST_UNSENT + 3)]
    report = shop.renew()
    assert len(report.charged) == MOST_UNSENT
    assert holds(report) == [Hold.NO_ROOM] * 3
    assert report.waits_for_room
    assert shop.renew().charged == ()
    for each in made[:2]:
        shop.answer(shop.charges(each)[0], SUCCEEDED)
    assert len(shop.renew().charged) == 2


def test_without_an_account_the_payment_waits_for_a_manager(shop: SubscriptionShop) -> None:
    made = shop.start(Plan.DAILY, MTN)
    shop.next_day()
    [charged] = shop.renew().charged
    assert not charged.is_pushed
    shop.pay(shop.charges(made)[0])
    assert [each.starts_on for each in shop.renew().charged] == [date(2026, 7, 2)]


# The ladder


def climb(shop: SubscriptionShop, made: SubscriptionRow) -> list[datetime]:
    """Let every try fail; see that none comes early, and return when each was made."""
    shop.renew()
    shop.answer(shop.charges(made)[-1], FAILED)
    while (next_try_at := shop.row(made).next_try_at) is not None:
        shop.clock.now = next_try_at - timedelta(seconds=1)
        assert shop.renew().charged == ()
        shop.clock.now = next_try_at
        assert len(shop.renew().charged) == 1
        shop.answer(shop.charges(made)[-1], FAILED)
    return [each.created_at for each in shop.charges(made)]


def test_a_failed_push_is_retried_after_an_hour_a_day_three_and_seven_days(
    shop: SubscriptionShop,
) -> None:
    shop.connect()
    made = shop.start(Plan.MONTHLY, MTN)
    began = shop.clock()
    tries = climb(shop, made)
    waits = [timedelta(hours=1), timedelta(days=1), timedelta(days=3), timedelta(days=7)]
    expected = [began + sum(waits[:number], timedelta()) for number in range(5)]
    assert tries == expected
    assert [state for _, _, state in shop.states(made)] == ["unpaid"] * 5
    row = shop.row(made)
    assert (row.is_past_due, row.unpaid_count, row.unpaid_minor) == (True, 1, 50_000)


def test_a_retry_waits_for_the_morning(shop: SubscriptionShop) -> None:
    shop.connect()
    made = shop.start(Plan.MONTHLY, MTN)
    shop.clock.now = datetime(2026, 7, 1, 17, 30, tzinfo=UTC)  # 19:30
    shop.renew()
    shop.answer(shop.charges(made)[0], FAILED)
    assert shop.row(made).next_try_at == datetime(2026, 7, 2, 6, 0, tzinfo=UTC)


def test_a_past_due_subscriber_is_not_asked_for_more_until_a_person_looked(
    shop: SubscriptionShop,
) -> None:
    shop.connect()
    shop.app.renewal_settings.save(ADMIN, RenewalSettings(retry_ladder=""))
    made = shop.start(Plan.WEEKLY, MTN)
    shop.renew()
    shop.answer(shop.charges(made)[0], FAILED)
    shop.next_day(7)
    assert holds(shop.renew()) == [Hold.PAST_DUE]
    number, reference = made.subscription_number, "SUB-00001-2026-07-01"
    shop.app.period_acts.charge(CLERK, ChargePeriod(shop.key(), number))
    shop.answer(shop.charges(made)[1], FAILED)
    shop.app.period_acts.waive(CLERK, WaivePeriod(shop.key(), number, reference, "was away"))
    assert [each.starts_on for each in shop.renew().charged] == [date(2026, 7, 8)]
    assert shop.states(made) == [
        ("07-01", 1, "waived"), ("07-01", 2, "waived"), ("07-08", 1, "open"),
    ]  # fmt: skip
    assert not shop.row(made).is_past_due


def test_a_charge_whose_end_is_unknown_is_never_retried(shop: SubscriptionShop) -> None:
    shop.connect()
    made = shop.start(Plan.MONTHLY, MTN)
    shop.renew()
    shop.answer(shop.charges(made)[0], CallOutcome.UNKNOWN)
    for _ in range(20):
        shop.next_day()
        assert shop.renew().charged == ()
    with pytest.raises(ConflictError, match="not known"):
        shop.app.period_acts.charge(CLERK, ChargePeriod(shop.key(), made.subscription_number))


def test_money_that_comes_late_settles_the_period_and_no_retry_follows(
    shop: SubscriptionShop,
) -> None:
    shop.connect()
    made = shop.start(Plan.MONTHLY, MTN)
    shop.renew()
    first = shop.charges(made)[0]
    shop.answer(first, FAILED)
    shop.answer(first, SUCCEEDED)
    shop.next_day(12)
    assert shop.renew().charged == ()
    assert shop.states(made) == [("07-01", 1, "paid")]


def test_money_that_comes_twice_is_told_until_it_went_back(shop: SubscriptionShop) -> None:
    shop.connect()
    made = shop.start(Plan.MONTHLY, MTN)
    shop.renew()
    first = shop.charges(made)[0]
    shop.answer(first, FAILED)
    shop.clock.advance(hours=1)
    shop.renew()
    second = shop.charges(made)[1]
    shop.answer(second, CallOutcome.PENDING)
    shop.answer(first, SUCCEEDED)
    assert shop.row(made).surplus == 0
    shop.answer(second, SUCCEEDED)
    assert [each.is_surplus for each in shop.charges(made)] == [False, True]
    assert shop.row(made).surplus == 1
    assert shop.app.subscription_lists.needing_a_look(CLERK) == 1


def test_late_money_keeps_a_retry_that_has_not_left_from_leaving(shop: SubscriptionShop) -> None:
    shop.connect()
    made = shop.start(Plan.MONTHLY, MTN)
    shop.renew()
    first = shop.charges(made)[0]
    shop.answer(first, FAILED)
    shop.clock.advance(hours=1)
    shop.renew()
    shop.answer(first, SUCCEEDED)
    assert [each.payment_status for each in shop.charges(made)] == [
        PaymentStatus.COMPLETED,
        PaymentStatus.FAILED,
    ]
    assert shop.states(made)[0] == ("07-01", 1, "paid")
    shop.next_day(20)
    assert shop.renew().charged == ()


# However a payment ends


def test_what_a_person_called_off_is_not_charged_again_by_itself(shop: SubscriptionShop) -> None:
    made = shop.start(Plan.WEEKLY, CASH)
    shop.renew()
    shop.app.payments.cancel(MANAGER, shop.charges(made)[0].payment_id)
    assert shop.states(made) == [("07-01", 1, "unpaid")]
    assert shop.renew().charged == ()
    shop.next_day(7)
    assert [each.starts_on for each in shop.renew().charged] == [date(2026, 7, 8)]


def test_the_till_settles_a_waiting_period(shop: SubscriptionShop) -> None:
    made = shop.start(Plan.WEEKLY, BANK)
    shop.renew()
    shop.pay(shop.charges(made)[0])
    assert shop.states(made) == [("07-01", 1, "paid")]


def test_a_cancelled_one_is_charged_no_more_and_its_failures_are_let_go(
    shop: SubscriptionShop,
) -> None:
    shop.connect()
    made = shop.start(Plan.WEEKLY, MTN)
    shop.renew()
    shop.app.subscriptions.cancel(
        CLERK, CancelSubscription(shop.key(), made.subscription_number, at_once=True)
    )
    shop.answer(shop.charges(made)[0], FAILED)
    shop.next_day(30)
    assert shop.renew().charged == ()
    assert shop.states(made) == [("07-01", 1, "waived")]


def test_what_is_to_end_or_pause_does_so_on_its_day(shop: SubscriptionShop) -> None:
    ending, pausing = shop.start(Plan.WEEKLY, CASH), shop.start(Plan.WEEKLY, CASH)
    shop.renew()
    shop.app.subscriptions.cancel(
        CLERK, CancelSubscription(shop.key(), ending.subscription_number, at_once=False)
    )
    shop.app.subscriptions.pause(
        CLERK,
        PauseSubscription(shop.key(), pausing.subscription_number, shop.today + timedelta(days=3)),
    )
    shop.next_day(6)
    assert shop.renew().charged == ()
    assert shop.row(ending).status is SubscriptionStatus.ACTIVE
    assert shop.row(pausing).status is SubscriptionStatus.PAUSED
    shop.next_day(9)
    assert shop.renew().charged == ()
    assert shop.row(ending).status is SubscriptionStatus.CANCELLED
