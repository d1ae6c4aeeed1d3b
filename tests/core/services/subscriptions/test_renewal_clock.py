"""The shop renews by itself while it is open; its rules; and what the books find wrong."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import shop_time
from core.database import consistency
from core.errors import InvalidInputError, NotAllowedError
from core.model.subscriptions import Plan
from core.services.subscriptions.renewal_clock import RenewalClock
from core.services.subscriptions.renewal_settings import (
    DAY_HOURS,
    RenewalSettings,
    into_day_hours,
    is_day_hour,
    parse_ladder,
)
from tests.core.services.conftest import SettableClock
from tests.core.services.subscription_shop import ADMIN, CASH, CLERK, SubscriptionShop

MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
STEPS = st.lists(
    st.one_of(
        st.integers(1, 999).map(lambda n: f"{n}h"), st.integers(1, 60).map(lambda n: f"{n}d")
    ),
    max_size=6,
)


@pytest.fixture
def shop(tmp_path: Path, empty_shop: Path, clock: SettableClock) -> Iterator[SubscriptionShop]:
    opened = SubscriptionShop(tmp_path / "shop", empty_shop, clock)
    yield opened
    opened.app.close()


def wait_until(is_so: Callable[[], bool]) -> None:
    end_s = time.monotonic() + 15
    while not is_so():
        assert time.monotonic() < end_s, "it never came"
        time.sleep(0.01)


# By itself


def test_an_open_shop_renews_at_once_and_when_a_day_begins(
    shop: SubscriptionShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.services.subscriptions.renewal_clock.LOOK_EVERY_S", 0.01)
    made = shop.start(Plan.DAILY, CASH)
    renewer = RenewalClock(shop.app.renewals)
    renewer.start()
    try:
        wait_until(lambda: len(shop.charges(made)) == 1)
        shop.next_day()
        wait_until(lambda: len(shop.charges(made)) == 2)
    finally:
        renewer.stop()


@pytest.mark.sqlite  # of a shop on a server the service alone renews, no desk
def test_a_shop_that_is_opened_renews_and_one_that_closes_stops(shop: SubscriptionShop) -> None:
    made = shop.start(Plan.DAILY, CASH)
    shop.app.start_background()
    wait_until(lambda: len(shop.charges(made)) == 1)
    shop.app.close()
    shop.app = shop.open()


@pytest.mark.sqlite
def test_where_nothing_is_due_nothing_is_written(shop: SubscriptionShop) -> None:
    shop.start(Plan.WEEKLY, CASH)
    shop.renew()
    path = shop.configuration.database_path
    with closing(sqlite3.connect(path)) as raw:
        before = raw.execute("PRAGMA data_version").fetchone()
        for _ in range(3):
            shop.renew()
        assert raw.execute("PRAGMA data_version").fetchone() == before


# The rules


@given(STEPS)
def test_a_ladder_is_read_as_it_is_written(steps: list[str]) -> None:
    waits = parse_ladder(", ".join(steps))
    assert list(waits) == [
        timedelta(hours=int(step[:-1])) if step.endswith("h") else timedelta(days=int(step[:-1]))
        for step in steps
    ]


@pytest.mark.parametrize("text", ["soon", "1", "0h", "-1h", "1w", "1.5h", "61d", "1h " * 11])
def test_what_is_no_ladder_is_refused_and_nothing_is_kept(
    shop: SubscriptionShop, text: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        shop.app.renewal_settings.save(ADMIN, RenewalSettings(retry_ladder=text))
    assert refused.value.field == "retry_ladder"
    assert shop.app.renewal_settings.load() == RenewalSettings()


def test_only_an_admin_changes_the_rules(shop: SubscriptionShop) -> None:
    with pytest.raises(NotAllowedError):
        shop.app.renewal_settings.save(CLERK, RenewalSettings(renewal_hour=9))


@given(STEPS, st.integers(1, 12), MOMENTS)
def test_a_retry_is_never_early_never_at_night_and_ends_with_the_ladder(
    steps: list[str], tries: int, failed_at: datetime
) -> None:
    rules = RenewalSettings(retry_ladder=" ".join(steps))
    next_try_at = rules.next_try_at(tries, failed_at)
    if tries > len(steps):
        assert next_try_at is None
        return
    assert next_try_at is not None
    earliest = failed_at + rules.ladder[tries - 1]
    assert is_day_hour(next_try_at)
    assert (
        timedelta() <= next_try_at - earliest <= timedelta(hours=24 - DAY_HOURS[1] + DAY_HOURS[0])
    )


@given(MOMENTS)
def test_the_next_day_hour_is_the_first_one_there_is(moment: datetime) -> None:
    found = into_day_hours(moment)
    if is_day_hour(moment):
        assert found == moment
    else:
        assert (shop_time(found).hour, found.minute, found.second) == (DAY_HOURS[0], 0, 0)
        assert moment < found <= moment + timedelta(hours=12)


# What the books find wrong


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (
            (
                "INSERT INTO subscription_period (subscription_id, starts_on, ends_on, reference,"
                " amount_minor, currency, status, tries, created_at, version) VALUES (1,"
                " '2026-06-01', '2026-06-07', 'SUB-00001-2026-06-01', 50000, 'RWF', 'open', 0,"
                " '2026-06-01', 1)"
            ),
            "Period SUB-00001-2026-06-01 began, but was never charged.",
        ),
        (
            "UPDATE subscription_period SET status = 'paid'",
            "Period SUB-00001-2026-07-01 is paid, which its payments do not bear out.",
        ),
        (
            "UPDATE subscription_charge SET ended_at = '2026-07-01'",
            "is pending, but its charge is not what that makes it.",
        ),
        (
            "UPDATE subscription SET next_due_on = '2026-07-01'",
            "Subscription SUB-00001 is next due on 2026-07-01, a day whose period began already.",
        ),
    ],
)
def test_books_that_cannot_be_right_are_told(shop: SubscriptionShop, spoil: str, told: str) -> None:
    shop.start(Plan.WEEKLY, CASH)
    shop.renew()
    assert consistency.check(shop.app.database.engine) == ()
    with closing(sqlite3.connect(shop.configuration.database_path)) as raw:
        raw.execute(spoil)
        raw.commit()
    [sentence] = consistency.check(shop.app.database.engine)
    assert told in sentence
