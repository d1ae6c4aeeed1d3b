"""When a subscription's periods begin: pure reckoning with days, no database and no clock.

A period is charged when it begins. Days of a pause are not charged: a period that a pause
interrupts goes on for as many days afterwards. A monthly subscription keeps its day: begun on the
31st it renews on the last day of shorter months, and on the 31st again after them.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from core.model.subscriptions import Plan


@dataclass(frozen=True, slots=True)
class Pause:
    """Days without charge: from ``paused_from``, up to but without ``resumed_on`` once known."""

    paused_from: date
    resumed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What is agreed: how often, what it is called, and the price of a period in minor units."""

    plan: Plan
    plan_name: str
    price_minor: int


@dataclass(frozen=True, slots=True)
class Change:
    """Other terms for the periods that begin on a day or later."""

    on: date
    terms: Terms


@dataclass(frozen=True, slots=True)
class Period:
    """One period with the terms it is charged by; both days belong to it."""

    starts_on: date
    ends_on: date
    terms: Terms


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is known of a subscription's days.

    ``next_start`` is the first day of the first period not charged yet; on ``ends_on`` and later
    none begins. ``anchor_day`` is the day of the month that a monthly one keeps.
    """

    terms: Terms
    next_start: date
    anchor_day: int
    ends_on: date | None = None
    pauses: tuple[Pause, ...] = ()
    change: Change | None = None

    def first(self) -> tuple[Period, Schedule] | None:
        """Return the next period and the schedule after it; None while none is to begin."""
        start = self.next_start
        if self.ends_on is not None and start >= self.ends_on:
            return None
        if any(pause.resumed_on is None and start >= pause.paused_from for pause in self.pauses):
            return None
        schedule = self._on_day(start)
        following = next_start(schedule.terms.plan, start, schedule.anchor_day)
        period = Period(start, following - timedelta(days=1), schedule.terms)
        return period, schedule.moved_to(start, following)

    def upcoming(self) -> Iterator[Period]:
        """Return the periods to come, in order; without end unless it ends or pauses."""
        schedule = self
        while (found := schedule.first()) is not None:
            period, schedule = found
            yield period

    def after_pause(self, pause: Pause) -> Schedule:
        """Return the schedule once a pause that held back its next period is over."""
        if pause.resumed_on is None or self.next_start < pause.paused_from:
            return self
        length = pause.resumed_on - pause.paused_from
        if not length:
            return self
        start = self.next_start + length
        return replace(self, next_start=start, anchor_day=start.day)

    def _on_day(self, start: date) -> Schedule:
        """Return the schedule with the terms that hold for a period beginning on a day."""
        change = self.change
        if change is None or start < change.on:
            return self
        is_other_plan = change.terms.plan is not self.terms.plan
        anchor_day = start.day if is_other_plan else self.anchor_day
        return replace(self, terms=change.terms, anchor_day=anchor_day, change=None)

    def moved_to(self, start: date, following: date) -> Schedule:
        """Return the schedule after a period, later by the pauses that interrupted it."""
        schedule = replace(self, next_start=following)
        for pause in sorted(self.pauses, key=lambda each: each.paused_from):
            if pause.paused_from > start:
                schedule = schedule.after_pause(pause)
        return schedule


def next_start(plan: Plan, start: date, anchor_day: int) -> date:
    """Return the day on which the period after one that begins on ``start`` begins."""
    if plan is Plan.DAILY:
        return start + timedelta(days=1)
    if plan is Plan.WEEKLY:
        return start + timedelta(days=7)
    year, month = (start.year, start.month + 1) if start.month < 12 else (start.year + 1, 1)
    return date(year, month, min(anchor_day, monthrange(year, month)[1]))


def first_start_after(schedule: Schedule, day: date) -> date | None:
    """Return the first day after ``day`` on which a period begins; None where none ever does."""
    return next((each.starts_on for each in schedule.upcoming() if each.starts_on > day), None)


def period_reference(subscription_number: str, plan: Plan, start: date) -> str:
    """Return what customers and networks read: SUB-00001-2026-01, with the day if not monthly."""
    day = f"{start:%Y-%m}" if plan is Plan.MONTHLY else f"{start:%Y-%m-%d}"
    return f"{subscription_number}-{day}"
