"""Who sits at which desk: told by every open window, read by whoever wants to know."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.database.unit_of_work import SYSTEM_USER, Database
from core.errors import KnownError
from core.model.journal import Topic
from core.model.people import DeskPresence, User
from core.permissions import Actor, Role

logger = logging.getLogger(__name__)

BEAT_S = 60
"""How often a window says that it is still there, in seconds."""

LOST_AFTER_S = 3 * BEAT_S
"""A window not heard of for so long was closed by force, or its computer sleeps."""

_FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PresenceRow:
    """One window: who sits there since when, and when it was last heard of, in UTC."""

    user_name: str
    role: Role
    desk: str
    since: datetime
    last_seen: datetime
    is_locked: bool
    is_lost: bool


class PresenceService:
    """What windows tell of themselves; the window is the one of this database object.

    None of it is in the audit trail: signing in is there, and this says only what holds now.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def come(self, actor: Actor) -> None:
        """Tell that somebody works at this window from now on, or again after the lock."""
        with self._database.write(actor, beside_others=True) as unit:
            long_gone = DeskPresence.last_seen < unit.now - _FORGOTTEN_AFTER
            # The service's own row says since when there is none.
            of_people = DeskPresence.user_name != SYSTEM_USER
            unit.session.execute(delete(DeskPresence).where(long_gone, of_people))
            found = self._own(unit.session)
            if found is None:
                found = DeskPresence(window=self._database.initiator, since=unit.now)
                unit.session.add(found)
            elif found.user_name != actor.name:
                found.since = unit.now
            found.user_name, found.desk = actor.name, actor.desk
            found.last_seen, found.is_locked = unit.now, False
            unit.changed(Topic.USERS, actor.name)
            unit.commit()

    def lock(self, actor: Actor) -> None:
        """Tell that the window of this person is locked."""
        with self._database.write(actor, beside_others=True) as unit:
            found = self._own(unit.session)
            if found is not None:
                found.is_locked, found.last_seen = True, unit.now
                unit.changed(Topic.USERS, actor.name)
                unit.commit()

    def beat(self) -> None:
        """Tell that the window is still there."""
        with self._database.write(None, beside_others=True) as unit:
            own = DeskPresence.window == self._database.initiator
            unit.session.execute(update(DeskPresence).where(own).values(last_seen=unit.now))
            unit.commit()

    def leave(self) -> None:
        """Tell that nobody works at this window any more."""
        with self._database.write(None, beside_others=True) as unit:
            found = self._own(unit.session)
            if found is not None:
                unit.session.delete(found)
                unit.changed(Topic.USERS, found.user_name)
                unit.commit()

    def leave_quietly(self) -> None:
        """Tell that nobody works here any more; where it cannot be told, only the log says so."""
        try:
            self.leave()
        except KnownError as error:
            logger.info("who left this window could not be told: %s", error.message)

    def everyone(self) -> tuple[PresenceRow, ...]:
        """Return every window somebody is signed in at, by desk and name."""
        with self._database.read() as session:
            lost = self._database.clock() - timedelta(seconds=LOST_AFTER_S)
            rows = session.execute(
                select(DeskPresence, User.role)
                .join(User, User.name == DeskPresence.user_name)
                .order_by(DeskPresence.desk, DeskPresence.user_name, DeskPresence.id)
            )
            return tuple(
                PresenceRow(
                    user_name=each.user_name,
                    role=role,
                    desk=each.desk,
                    since=each.since,
                    last_seen=each.last_seen,
                    is_locked=each.is_locked,
                    is_lost=each.last_seen < lost,
                )
                for each, role in rows
            )

    def _own(self, session: Session) -> DeskPresence | None:
        own = DeskPresence.window == self._database.initiator
        return session.scalar(select(DeskPresence).where(own))
