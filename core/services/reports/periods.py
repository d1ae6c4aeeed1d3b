"""A range of the shop's days, cut into days, weeks or months."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta

from core.errors import InvalidInputError
from core.services.reports.contract import Grouping

LONGEST_RANGE_DAYS = 3660
"""Ten years; beyond that a slip of the keyboard is likelier than a question."""

_READABLE_BARS = 62
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Period:
    """Some days in a row, both ends included; the first and last of a range may be cut short."""

    first: date
    last: date


class Timeline:
    """The axis of a chart: a range cut so coarsely that its bars can be told apart."""

    def __init__(self, first: date, last: date, grouping: Grouping) -> None:
        grouping = _readable(first, last, grouping)
        self.periods = periods(first, last, grouping)
        self.labels = tuple(_label(period, grouping) for period in self.periods)
        self._starts = [period.first for period in self.periods]

    def place(self, day: date) -> int:
        """Return at which place of the axis a day of the range is."""
        return bisect_right(self._starts, day) - 1

    def zeros(self) -> list[int]:
        """Return a figure of nothing for each place."""
        return [0] * len(self.periods)


def check_range(first: date, last: date) -> None:
    """Refuse a range that ends before it begins, or covers more than ten years.

    Raises:
        InvalidInputError: see above.

    """
    if last < first:
        raise InvalidInputError(
            f"The report ends on {last}, before it begins on {first}.", field="last_day"
        )
    if (last - first).days >= LONGEST_RANGE_DAYS:
        raise InvalidInputError("A report covers ten years at most.", field="first_day")


def start_of(day: date, grouping: Grouping) -> date:
    """Return the first day of the day's week (a Monday, ISO 8601) or month, or the day itself."""
    if grouping is Grouping.WEEK:
        return date.fromordinal(max(1, day.toordinal() - day.weekday()))
    return day.replace(day=1) if grouping is Grouping.MONTH else day


def periods(first: date, last: date, grouping: Grouping) -> tuple[Period, ...]:
    """Return the periods of a range, the first and last cut to it."""
    found = []
    begin = first
    while begin <= last:
        end = min(_end_of(begin, grouping), last)
        found.append(Period(begin, end))
        if end == date.max:
            break
        begin = end + timedelta(days=1)
    return tuple(found)


def _readable(first: date, last: date, grouping: Grouping) -> Grouping:
    days = (last - first).days + 1
    if grouping is Grouping.DAY and days > _READABLE_BARS:
        grouping = Grouping.WEEK
    if grouping is Grouping.WEEK and days > 7 * _READABLE_BARS:
        grouping = Grouping.MONTH
    return grouping


def _label(period: Period, grouping: Grouping) -> str:
    """Return a period as an axis names it: "16 Jan", "Week 3", "Jan 2026"."""
    month = _MONTHS[period.first.month - 1]
    if grouping is Grouping.MONTH:
        return f"{month} {period.first.year}"
    if grouping is Grouping.WEEK:
        year, week, _ = period.first.isocalendar()
        return f"{year}-W{week:02d}"
    return f"{period.first.day} {month}"


def _end_of(day: date, grouping: Grouping) -> date:
    if grouping is Grouping.WEEK:
        return date.fromordinal(min(date.max.toordinal(), day.toordinal() + 6 - day.weekday()))
    if grouping is Grouping.MONTH:
        if (day.year, day.month) == (date.max.year, date.max.month):
            return date.max
        following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        return following - timedelta(days=1)
    return day
