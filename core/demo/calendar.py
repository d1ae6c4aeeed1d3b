"""Which part of the past is told how: brought in, on closed statements, on those still to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.clock import day_start, shop_date
from core.model.reconciliations import StatementProvider

LIVE_DAYS = 126
"""So long the shop has used the program; what is older was brought in from its old books."""

DROPPED_DAYS = 10
"""The statements to drop cover so many days, up to yesterday."""

OPEN_WEEK = 0
_APPROVED_DAYS_OF_OPEN_WEEK = 4
_RECONCILED_AFTER = timedelta(days=2, hours=9)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of the demo, counted back from its present moment."""

    now: datetime
    first_day: date

    @property
    def today(self) -> date:
        """The shop's day at the present moment."""
        return shop_date(self.now)

    @property
    def live_from(self) -> date:
        """The first day the shop used the program."""
        return max(self.first_day, self.today - timedelta(days=LIVE_DAYS))

    @property
    def last_stored_day(self) -> date:
        """The last day of the statements that are in the shop's books already."""
        return self.today - timedelta(days=DROPPED_DAYS + 1)

    def is_live(self, day: date) -> bool:
        """Tell whether the program was used on that day."""
        return day >= self.live_from

    def week_of(self, day: date) -> int:
        """Return which stored week holds a day: 0 is the latest; negative is still to come."""
        return (self.last_stored_day - day).days // 7

    def week_end(self, week: int) -> date:
        """Return the last day of a stored week."""
        return self.last_stored_day - timedelta(days=7 * week)

    def week_start(self, week: int) -> date:
        """Return the first day of a stored week that has any."""
        return max(self.live_from, self.week_end(week) - timedelta(days=6))

    def imported_at(self, week: int, provider: StatementProvider) -> datetime:
        """Return when a week's statement was imported and worked on."""
        turn = list(StatementProvider).index(provider)
        return day_start(self.week_end(week)) + _RECONCILED_AFTER + timedelta(minutes=25 * turn)

    def reconciled_at(self, provider: StatementProvider, arrived_at: datetime) -> datetime | None:
        """Return when a clerk proved money that arrived; None while nobody has."""
        day = shop_date(arrived_at)
        if not self.is_live(day):
            return day_start(day) + timedelta(days=7, hours=9)
        week = self.week_of(day)
        if week < OPEN_WEEK or (self.is_open(week, provider) and self.is_only_proposed(day)):
            return None
        return self.imported_at(week, provider) + timedelta(minutes=12)

    def is_open(self, week: int, provider: StatementProvider) -> bool:
        """Tell whether a stored statement is still being worked on."""
        return week == OPEN_WEEK and provider is StatementProvider.MTN

    def is_only_proposed(self, day: date) -> bool:
        """Tell whether a day of the open week has proposals that nobody has approved yet."""
        start = self.week_start(OPEN_WEEK)
        return (day - start).days >= _APPROVED_DAYS_OF_OPEN_WEEK
