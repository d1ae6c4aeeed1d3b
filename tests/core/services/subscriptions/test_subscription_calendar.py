"""When periods begin: anchors, leap years, pauses, changes of the terms."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.subscriptions import Plan
from core.services.subscriptions.calendar import (
    Change,
    Pause,
    Period,
    Schedule,
    Terms,
    first_start_after,
    period_reference,
)

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
PLANS = st.sampled_from(Plan)
STEP = {Plan.DAILY: 1, Plan.WEEKLY: 7}


def schedule(plan: Plan, start: date, **more: object) -> Schedule:
    return replace(Schedule(Terms(plan, "", 9_000), start, start.day), **more)  # type: ignore[arg-type]


def starts(of: Schedule, count: int = 40) -> list[date]:
    return [period.starts_on for period in islice(of.upcoming(), count)]


def test_the_31st_comes_back_after_shorter_months() -> None:
    assert starts(schedule(Plan.MONTHLY, date(2027, 12, 31)), 6) == [
        date(2027, 12, 31),
        date(2028, 1, 31),
        date(2028, 2, 29),
        date(2028, 3, 31),
        date(2028, 4, 30),
        date(2028, 5, 31),
    ]


def test_the_29th_of_february_is_the_28th_in_other_years() -> None:
    monthly = starts(schedule(Plan.MONTHLY, date(2028, 2, 29)), 13)
    assert (monthly[1], monthly[-1]) == (date(2028, 3, 29), date(2029, 2, 28))


@given(DAYS)
def test_a_monthly_one_renews_once_in_every_month_on_its_day(start: date) -> None:
    found = starts(schedule(Plan.MONTHLY, start))
    months = [(day.year * 12 + day.month) for day in found]
    assert months == list(range(months[0], months[0] + len(months)))
    assert all(day.day == min(start.day, monthrange(day.year, day.month)[1]) for day in found)


@given(st.sampled_from(list(STEP)), DAYS)
def test_daily_and_weekly_ones_keep_their_step(plan: Plan, start: date) -> None:
    steps = {later - earlier for earlier, later in pairwise(starts(schedule(plan, start)))}
    assert steps == {timedelta(days=STEP[plan])}


@given(PLANS, DAYS)
def test_periods_follow_each_other_without_gap_or_overlap(plan: Plan, start: date) -> None:
    periods = list(islice(schedule(plan, start).upcoming(), 40))
    assert all(
        later.starts_on - earlier.ends_on == timedelta(days=1)
        for earlier, later in pairwise(periods)
    )


@given(PLANS, DAYS, st.integers(1, 30))
def test_catching_up_is_the_same_as_renewing_each_day(plan: Plan, start: date, off: int) -> None:
    last_day = start + timedelta(days=off)
    at_once = [
        p.starts_on for p in islice(schedule(plan, start).upcoming(), 99) if p.starts_on <= last_day
    ]
    one_by_one, kept = [], schedule(plan, start)
    for number in range(off + 1):
        while (found := kept.first()) and found[0].starts_on <= start + timedelta(days=number):
            one_by_one.append(found[0].starts_on)
            kept = found[1]
    assert one_by_one == at_once


def charged_days(periods: list[Period], pauses: tuple[Pause, ...], last: date) -> set[date]:
    """Return the days up to one that customers are served for: those of periods, but no pause's."""
    found: set[date] = set()
    for period, following in pairwise(periods):
        day = period.starts_on
        while day < following.starts_on:
            found.add(day)
            day += timedelta(days=1)
    paused = {
        pause.paused_from + timedelta(days=number)
        for pause in pauses
        if pause.resumed_on
        for number in range((pause.resumed_on - pause.paused_from).days)
    }
    return {day for day in found - paused if day <= last}


@given(
    st.sampled_from(list(STEP)),
    DAYS,
    st.lists(st.tuples(st.integers(1, 9), st.integers(1, 20)), max_size=3),
)
def test_every_charged_period_serves_its_whole_days_around_pauses(
    plan: Plan, start: date, gaps: list[tuple[int, int]]
) -> None:
    pauses: list[Pause] = []
    day = start
    for before, length in gaps:
        paused_from = day + timedelta(days=before)
        day = paused_from + timedelta(days=length)
        pauses.append(Pause(paused_from, day))
    periods = list(islice(schedule(plan, start, pauses=tuple(pauses)).upcoming(), 30))
    served = charged_days(periods, tuple(pauses), date.max)
    assert len(served) == STEP[plan] * (len(periods) - 1)


def test_what_was_paid_ahead_counts_after_the_pause() -> None:
    paid = schedule(Plan.MONTHLY, date(2026, 1, 10)).first()
    assert paid is not None
    # Ten days were used when it paused; 21 of the 31 are left when it goes on.
    over = paid[1].after_pause(Pause(date(2026, 1, 20), date(2026, 3, 5)))
    assert over.next_start == date(2026, 3, 5) + timedelta(days=21)
    assert starts(over, 2)[1] == date(2026, 4, 26)


def test_an_open_pause_holds_back_only_what_begins_in_it() -> None:
    paused = schedule(Plan.WEEKLY, date(2026, 1, 1), pauses=(Pause(date(2026, 1, 9)),))
    assert starts(paused) == [date(2026, 1, 1), date(2026, 1, 8)]


def test_none_begins_on_the_day_it_ends() -> None:
    ending = schedule(Plan.DAILY, date(2026, 1, 1), ends_on=date(2026, 1, 3))
    assert starts(ending) == [date(2026, 1, 1), date(2026, 1, 2)]
    assert first_start_after(ending, date(2026, 1, 2)) is None


def test_other_terms_hold_from_their_day_and_not_for_what_is_owed() -> None:
    change = Change(date(2026, 1, 15), Terms(Plan.MONTHLY, "Big", 300_000))
    changing = schedule(Plan.WEEKLY, date(2026, 1, 1), change=change)
    told = [(p.starts_on, p.terms.price_minor) for p in islice(changing.upcoming(), 4)]
    assert told == [
        (date(2026, 1, 1), 9_000),
        (date(2026, 1, 8), 9_000),
        (date(2026, 1, 15), 300_000),
        (date(2026, 2, 15), 300_000),
    ]


@pytest.mark.parametrize(
    ("plan", "reference"),
    [(Plan.MONTHLY, "SUB-00001-2026-01"), (Plan.WEEKLY, "SUB-00001-2026-01-31")],
)
def test_each_period_has_a_reference_of_its_own(plan: Plan, reference: str) -> None:
    assert period_reference("SUB-00001", plan, date(2026, 1, 31)) == reference


@given(PLANS, DAYS)
def test_no_two_periods_share_a_reference(plan: Plan, start: date) -> None:
    references = [period_reference("SUB-1", plan, day) for day in starts(schedule(plan, start))]
    assert len(set(references)) == len(references)
