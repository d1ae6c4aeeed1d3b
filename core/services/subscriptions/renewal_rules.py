"""What renewal does with one subscription now: pure, from facts read before.

Bank and cash: every period due becomes a payment that waits for its money. Mobile money asks a
person for a PIN, so a subscription's phone is prompted for one period at a time, the oldest
first; the next only once that one is settled; never at night; and not at all while a period is
unpaid after its last try, until a person has looked at it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from core.model.payments import PaymentMethod
from core.model.subscriptions import PeriodStatus
from core.services.subscriptions.calendar import Period, Schedule
from core.services.subscriptions.renewal_settings import RenewalSettings, is_day_hour

MOST_PERIODS_AT_ONCE = 60
"""So many waiting payments of one subscription are made in one transaction; the rest follow."""


class Hold(StrEnum):
    """Why something due is not charged now."""

    FORMER_OPEN = "former_open"
    """The prompt for an earlier period is not settled yet."""
    RETRY_WAITS = "retry_waits"
    """An earlier period's charge failed and waits for its next try."""
    PAST_DUE = "past_due"
    """An earlier period is unpaid after its last try: a person decides."""
    NIGHT = "night"
    PROMPTED_ENOUGH = "prompted_enough"
    """The phone was prompted as often today as the shop allows."""
    NO_ROOM = "no_room"
    """Enough requests wait to leave already; this one follows in a moment."""


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A period that began and whose money is still wanted.

    ``prompt_is_open`` says that a mobile network may still take its money.
    """

    period_id: int
    starts_on: date
    reference: str
    status: PeriodStatus
    amount_minor: int
    tries: int
    next_try_at: datetime | None
    prompt_is_open: bool


@dataclass(frozen=True, slots=True)
class RenewalFacts:
    """All that decides about one subscription; ``unsettled`` is in the order of its periods.

    ``prompt_is_open`` says that a network may still take money for any period, settled or not.
    """

    subscription_id: int
    subscription_number: str
    customer_name: str
    currency: str
    method: PaymentMethod
    schedule: Schedule
    unsettled: tuple[Unsettled, ...]
    prompt_is_open: bool
    prompts_today: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What is done now: retry one period, or begin some; and why something due is not charged.

    ``held_minor`` is the amount of what is held, and ``held_from`` the day it was due.
    """

    retry: Unsettled | None = None
    begin: tuple[Period, ...] = ()
    hold: Hold | None = None
    held_from: date | None = None
    held_minor: int = 0

    @property
    def acts(self) -> bool:
        """Tell whether anything is charged now."""
        return self.retry is not None or bool(self.begin)


def decide(
    facts: RenewalFacts, up_to: date, now: datetime, settings: RenewalSettings, *, has_room: bool
) -> Decision:
    """Return what to do with a subscription for the periods that begin by the day ``up_to``.

    ``has_room`` tells whether another request may be handed to the networks' worker.
    """
    retry = next(
        (
            each
            for each in facts.unsettled
            if each.status is PeriodStatus.RETRYING
            and each.next_try_at is not None
            and each.next_try_at <= now
        ),
        None,
    )
    if not facts.method.is_mobile_money:
        may_retry = retry is not None and not retry.prompt_is_open
        return Decision(
            retry=retry if may_retry else None, begin=_due_periods(facts.schedule, up_to)
        )
    if retry is not None:
        hold = _prompt_hold(facts, now, settings, has_room=has_room)
        if hold is None:
            return Decision(retry=retry)
        return Decision(hold=hold, held_from=retry.starts_on, held_minor=retry.amount_minor)
    due = _due_periods(facts.schedule, up_to)[:1]
    if not due:
        return Decision()
    hold = _former_hold(facts) or _prompt_hold(facts, now, settings, has_room=has_room)
    if hold is None:
        return Decision(begin=due)
    return Decision(hold=hold, held_from=due[0].starts_on, held_minor=due[0].terms.price_minor)


def _due_periods(schedule: Schedule, up_to: date) -> tuple[Period, ...]:
    found: list[Period] = []
    for period in schedule.upcoming():
        if period.starts_on > up_to or len(found) == MOST_PERIODS_AT_ONCE:
            break
        found.append(period)
    return tuple(found)


def _former_hold(facts: RenewalFacts) -> Hold | None:
    """Return what of an earlier period stands in the way of a prompt for the next one."""
    statuses = {each.status for each in facts.unsettled}
    if facts.prompt_is_open:
        return Hold.FORMER_OPEN
    if PeriodStatus.UNPAID in statuses:
        return Hold.PAST_DUE
    return Hold.RETRY_WAITS if PeriodStatus.RETRYING in statuses else None


def _prompt_hold(
    facts: RenewalFacts, now: datetime, settings: RenewalSettings, *, has_room: bool
) -> Hold | None:
    """Return why a phone must not be prompted now."""
    if facts.prompt_is_open:
        return Hold.FORMER_OPEN
    if not is_day_hour(now):
        return Hold.NIGHT
    if facts.prompts_today >= settings.prompts_a_day:
        return Hold.PROMPTED_ENOUGH
    return None if has_room else Hold.NO_ROOM
