"""How renewal works in this shop: by itself or not, from which hour, how a failure is retried."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.clock import SHOP_ZONE, shop_time
from core.database.unit_of_work import Database
from core.errors import InvalidInputError
from core.permissions import Actor, Permission
from core.services.setting_values import load_values, save_values

DAY_HOURS = (8, 20)
"""A phone is asked for a PIN from the first of these hours of the shop's day until the second."""

MAX_PROMPTS_A_DAY = 9
_STEP = re.compile(r"(\d{1,3})\s*([hd])")
_MOST_STEPS = 10
_LONGEST_WAIT = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class RenewalSettings:
    """The rules of renewal.

    Periods begin to be charged at ``renewal_hour`` of their day. ``retry_ladder`` is the wait
    after each failed push, as "1h 1d 3d 7d"; after the last step nothing more is tried. No
    subscription's phone is prompted more than ``prompts_a_day`` times a day, retries included.
    """

    renews_by_itself: bool = True
    renewal_hour: int = 8
    retry_ladder: str = "1h 1d 3d 7d"
    prompts_a_day: int = 3

    @property
    def ladder(self) -> tuple[timedelta, ...]:
        """The waits of the ladder, in order."""
        return parse_ladder(self.retry_ladder)

    def next_try_at(self, tries: int, failed_at: datetime) -> datetime | None:
        """Return when a push that failed for the ``tries``-th time is sent anew; None: never."""
        ladder = self.ladder
        if tries > len(ladder):
            return None
        return into_day_hours(failed_at + ladder[tries - 1])


class RenewalSettingsService:
    """Reads and changes the rules of renewal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self) -> RenewalSettings:
        """Return the rules; what was never set has its default."""
        with self._database.read() as session:
            return load_values(session, RenewalSettings)

    def save(self, actor: Actor, settings: RenewalSettings) -> RenewalSettings:
        """Keep the rules and return them as kept.

        Raises:
            NotAllowedError: the person may not change settings.
            InvalidInputError: a value cannot be used; its field is on the error.

        """
        self._database.require(actor, Permission.MANAGE_SETTINGS)
        checked = _checked(settings)
        with self._database.write(actor) as unit:
            if save_values(unit, checked, subject="renewal"):
                unit.commit()
        return checked


def parse_ladder(text: str) -> tuple[timedelta, ...]:
    """Return the waits written as "1h 1d 3d 7d"; an empty text retries never.

    Raises:
        InvalidInputError: a step is no number of hours or days, or there are too many.

    """
    steps = text.replace(",", " ").split()
    found = []
    for step in steps:
        match = _STEP.fullmatch(step.lower())
        wait = timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else timedelta()
        if not timedelta() < wait <= _LONGEST_WAIT:
            raise InvalidInputError(
                f"Nothing was changed. “{step}” is not a wait such as 1h or 3d (60d at most).",
                field="retry_ladder",
            )
        found.append(wait)
    if len(found) > _MOST_STEPS:
        raise InvalidInputError(
            f"Nothing was changed. A charge is retried {_MOST_STEPS} times at most.",
            field="retry_ladder",
        )
    return tuple(found)


def into_day_hours(moment: datetime) -> datetime:
    """Return the moment, or the next at which a phone may be prompted."""
    local = shop_time(moment)
    first, last = DAY_HOURS
    if first <= local.hour < last:
        return moment
    morning = local.replace(hour=first, minute=0, second=0, microsecond=0, tzinfo=SHOP_ZONE)
    later = morning if local.hour < first else morning + timedelta(days=1)
    return later.astimezone(moment.tzinfo)


def is_day_hour(moment: datetime) -> bool:
    """Tell whether a phone may be prompted now."""
    first, last = DAY_HOURS
    return first <= shop_time(moment).hour < last


_UNITS = {"h": "hours", "d": "days"}


def _checked(settings: RenewalSettings) -> RenewalSettings:
    parse_ladder(settings.retry_ladder)
    if not 0 <= settings.renewal_hour <= 23:
        raise InvalidInputError("Nothing was changed. The hour is 0 to 23.", field="renewal_hour")
    if not 1 <= settings.prompts_a_day <= MAX_PROMPTS_A_DAY:
        raise InvalidInputError(
            f"Nothing was changed. A phone is prompted 1 to {MAX_PROMPTS_A_DAY} times a day.",
            field="prompts_a_day",
        )
    tidy = " ".join(settings.retry_ladder.replace(",", " ").lower().split())
    return replace(settings, retry_ladder=tidy)
