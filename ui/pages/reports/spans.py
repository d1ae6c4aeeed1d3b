"""The ranges people ask for, in days of the shop: today, this week, from one day to another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core.services.reports.contract import Grouping


class Span(StrEnum):
    """A range of days by its name; what it covers follows the calendar."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    THIS_WEEK = "this_week"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class RangeChoice:
    """What one person chose for one report; the days count where the span is custom."""

    span: Span
    first_day: date
    last_day: date
    grouping: Grouping = Grouping.DAY

    def days(self, today: date) -> tuple[date, date]:
        """Return the first and the last day as of today, both included."""
        if self.span is Span.CUSTOM:
            first, last = sorted((self.first_day, self.last_day))
            return first, last
        return span_days(self.span, today)

    def moved(self, steps: int, today: date) -> RangeChoice:
        """Return the range that many ranges of the same length later, or earlier if negative.

        A whole month moves by months, whatever their lengths.
        """
        first, last = self.days(today)
        is_month = self.span in {Span.THIS_MONTH, Span.LAST_MONTH} or (
            first.day == 1 and last == month_end(first)
        )
        if is_month:
            first = _month_start(first, steps)
            last = month_end(first)
        else:
            length = timedelta(days=((last - first).days + 1) * steps)
            if self.span is Span.THIS_WEEK:
                last = first + timedelta(days=6)
                length = timedelta(weeks=steps)
            first, last = first + length, last + length
        return RangeChoice(Span.CUSTOM, first, last, self.grouping)


def span_days(span: Span, today: date) -> tuple[date, date]:
    """Return the days of a named span, up to today; weeks begin on Monday (ISO 8601)."""
    yesterday = today - timedelta(days=1)
    last_of_month_before = today.replace(day=1) - timedelta(days=1)
    return {
        Span.TODAY: (today, today),
        Span.YESTERDAY: (yesterday, yesterday),
        Span.THIS_WEEK: (today - timedelta(days=today.weekday()), today),
        Span.THIS_MONTH: (today.replace(day=1), today),
        Span.LAST_MONTH: (last_of_month_before.replace(day=1), last_of_month_before),
        Span.CUSTOM: (today, today),
    }[span]


def month_end(day: date) -> date:
    """Return the last day of a day's month."""
    return _month_start(day, 1) - timedelta(days=1)


def _month_start(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)
