"""Time: stored in UTC, shown in the shop's zone.

Services ask a ``Clock`` for the time, so that tests and the demo can say what day it is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone

SHOP_ZONE = timezone(timedelta(hours=2), "CAT")
"""Africa/Kigali: UTC+2 all year since 1935 (IANA), so the zone files that Windows and bare servers
lack are not needed."""

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def as_utc(moment: datetime) -> datetime:
    """Return an aware datetime in UTC; a naive one is read as shop time."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=SHOP_ZONE)
    return moment.astimezone(UTC)


def shop_time(moment: datetime) -> datetime:
    """Return the moment as the wall clock of the shop shows it."""
    return moment.astimezone(SHOP_ZONE)


def shop_date(moment: datetime) -> date:
    """Return the shop's calendar day of a moment."""
    return shop_time(moment).date()


def day_start(day: date) -> datetime:
    """Return the first moment, in UTC, of a day in the shop; the calendar's own for its first."""
    try:
        return datetime.combine(day, time(), SHOP_ZONE).astimezone(UTC)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def day_end(day: date) -> datetime:
    """Return the first moment, in UTC, after a day in the shop; the calendar's end for its last."""
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return day_start(day + timedelta(days=1))


def iso_utc(moment: datetime) -> str:
    """Return the moment as ISO 8601 in UTC with a Z, to the second: 2026-01-16T10:30:00Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
