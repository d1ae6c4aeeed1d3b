"""Whether ``sanduku service`` is at work for a shop on a server, and since when it is not.

That it is there shows by the seat it holds, the very moment; when it was last, by the row it
renews in the list of who is where.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from core.database.unit_of_work import SYSTEM_USER, Database
from core.model.journal import Topic
from core.model.people import DeskPresence
from core.services.presence import BEAT_S

__all__ = ["BEAT_S", "ServiceStanding", "ServiceWatch"]


@dataclass(frozen=True, slots=True)
class ServiceStanding:
    """How it stands: ``place`` is the computer it works or last worked on, ``last_seen`` in UTC.

    A shop of one desk needs none: its window does the work. ``last_seen`` is None where no service
    was ever seen.
    """

    is_needed: bool
    is_there: bool
    place: str = ""
    last_seen: datetime | None = None


class ServiceWatch:
    """Told by the service, asked by desks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tell(self, place: str) -> None:
        """Tell, as the service, that it is at work on a computer; again every ``BEAT_S``."""
        with self._database.write(None) as unit:
            own = DeskPresence.window == self._database.initiator
            mine = DeskPresence.user_name == SYSTEM_USER
            found = unit.session.scalar(select(DeskPresence).where(own))
            if found is None:
                unit.session.execute(delete(DeskPresence).where(mine))
                window = self._database.initiator
                found = DeskPresence(
                    window=window, user_name=SYSTEM_USER, desk=place, since=unit.now
                )
                unit.session.add(found)
                unit.changed(Topic.USERS, SYSTEM_USER)
            found.last_seen = unit.now
            unit.commit()

    def standing(self) -> ServiceStanding:
        """Return whether it is there, and when it was last seen."""
        if not self._database.is_shared:
            return ServiceStanding(is_needed=False, is_there=False)
        from core.database.postgresql.service_seat import is_taken  # noqa: PLC0415 - a shop of one desk owes none of it

        with self._database.read() as session:
            is_there = is_taken(session.connection())
            seen = session.execute(
                select(DeskPresence.desk, func.max(DeskPresence.last_seen))
                .where(DeskPresence.user_name == SYSTEM_USER)
                .group_by(DeskPresence.desk)
                .order_by(func.max(DeskPresence.last_seen).desc())
                .limit(1)
            ).one_or_none()
        place, last_seen = (seen[0], seen[1]) if seen is not None else ("", None)
        return ServiceStanding(is_needed=True, is_there=is_there, place=place, last_seen=last_seen)
