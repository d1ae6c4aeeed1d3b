"""When people buy: more at noon and after work, most on Saturday, a short Sunday."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.clock import day_start, shop_date

_WEEKDAY_WEIGHTS = (95, 90, 90, 100, 115, 150, 55)
_HOURS = range(8, 20)
_HOUR_WEIGHTS = (3, 4, 5, 7, 11, 8, 5, 5, 7, 12, 13, 9)
_SUNDAY_HOURS = range(9, 14)
_SUNDAY_HOUR_WEIGHTS = (4, 6, 8, 7, 4)
_SUNDAY = 6


@dataclass(frozen=True, slots=True)
class BusinessDay:
    """A day of the shop and how many payments it saw."""

    day: date
    payments: int


def business_days(
    total: int, now: datetime, *, length_days: int, least_today: int
) -> tuple[BusinessDay, ...]:
    """Share ``total`` payments among the days up to now's, by weekday; the last day is partial."""
    today = shop_date(now)
    last = min(total, max(least_today, total * _elapsed_share(now) // 100 // length_days))
    days = [today - timedelta(days=back) for back in range(length_days - 1, 0, -1)]
    weights = [_WEEKDAY_WEIGHTS[day.weekday()] for day in days]
    whole = sum(weights)
    reached, given, shared = 0, 0, []
    for day, weight in zip(days, weights, strict=True):
        reached += weight
        upto = (total - last) * reached // whole
        shared.append(BusinessDay(day, upto - given))
        given = upto
    return (*shared, BusinessDay(today, last))


def moments_of(day: BusinessDay, now: datetime, rng: random.Random) -> list[datetime]:
    """Return when the day's payments were begun, in order, none later than a minute ago."""
    start = day_start(day.day)
    end = now - timedelta(minutes=1)
    hours, weights = _opening_hours(day.day)
    if shop_date(now) == day.day:
        open_hours = [
            (hour, weight)
            for hour, weight in zip(hours, weights, strict=True)
            if start + timedelta(hours=hour, minutes=30) < now
        ]
        if not open_hours:
            # Before opening time the day would show nothing, so the doors open in time for it.
            length_s = max(1, int((end - start).total_seconds()))
            return sorted(
                min(end, start + timedelta(seconds=rng.randrange(length_s)))
                for _ in range(day.payments)
            )
        hours, weights = zip(*open_hours, strict=True)
    picked = rng.choices(hours, weights, k=day.payments)
    return sorted(
        min(end, start + timedelta(seconds=hour * 3600 + rng.randrange(3600))) for hour in picked
    )


def opening_time(day: date, first: datetime | None) -> datetime:
    """Return when the till was opened: a quarter of an hour before eight, or before the first."""
    usual = day_start(day) + timedelta(hours=_opening_hours(day)[0][0], minutes=-15)
    return usual if first is None else min(usual, first - timedelta(minutes=1))


def closing_time(day: date) -> datetime:
    """Return when the till was counted."""
    return day_start(day) + timedelta(hours=_opening_hours(day)[0][-1] + 1, minutes=25)


def _opening_hours(day: date) -> tuple[Sequence[int], Sequence[int]]:
    if day.weekday() == _SUNDAY:
        return _SUNDAY_HOURS, _SUNDAY_HOUR_WEIGHTS
    return _HOURS, _HOUR_WEIGHTS


def _elapsed_share(now: datetime) -> int:
    """Return how much of today's usual business is over, in percent."""
    hours, weights = _opening_hours(shop_date(now))
    start = day_start(shop_date(now))
    over = sum(
        weight
        for hour, weight in zip(hours, weights, strict=True)
        if start + timedelta(hours=hour + 1) <= now
    )
    return 100 * over // sum(weights)
