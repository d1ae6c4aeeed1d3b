"""What one act leaves beside its change: audit entries, jobs owed, its key and news for others.

All of it is written at the end of the act, table by table, whatever came in between: nobody reads
it before the act is done. On a server it goes there in one question, so that what an act holds
(above all the row its invoice number is drawn from) is not held for an answer to each.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, insert
from sqlalchemy.orm import Session

from core.database import audit
from core.database.audit import Deed
from core.model.base import Base
from core.model.journal import AuditEntry, Change, IdempotencyKey, OutboxJob, Topic

MOST_SINGLE_NEWS = 100
"""Beyond this many things of one topic in one act, the change feed names the topic alone."""

Row = dict[str, object]


class Journal:
    """Gathers the rows of one act; :meth:`write` sends them to the database."""

    def __init__(
        self, session: Session, *, person: str, desk: str, now: datetime, initiator: str
    ) -> None:
        self._session = session
        self._person = person
        self._desk = desk
        self._now = now
        self._initiator = initiator
        self._entries: list[Row] = []
        self._jobs: list[Row] = []
        self._keys: list[Row] = []
        self._changes: set[tuple[Topic, str]] = set()
        self.first_deed: Deed | None = None
        self.told_others = False
        self.head: tuple[int, str] | None = None
        """The end of the person's chain with what is to be written; None before the first entry."""

    def tell(self, deeds: Iterable[Deed]) -> None:
        """Write down what was done, an entry for each deed."""
        for deed in deeds:
            self.first_deed = self.first_deed or deed
            row = audit.entry_row(
                deed,
                user_name=self._person,
                desk=self._desk,
                at=self._now,
                head=self.head or audit.chain_head(self._session, self._person),
            )
            self.head = audit.head_of(row)
            self._entries.append(row)

    def owe(self, kind: str, subject_id: str) -> None:
        """Owe a job that is done after the commit."""
        self._jobs.append({"kind": kind, "subject_id": subject_id, "created_at": self._now})

    def keep_key(self, key: str, action: str, fingerprint: str, subject_id: str) -> None:
        """Keep the outcome of a command by its key."""
        self._keys.append(
            {
                "key": key,
                "action": action,
                "fingerprint": fingerprint,
                "subject_id": subject_id,
                "at": self._now,
            }
        )

    def changed(self, topic: Topic, subject_id: str) -> None:
        """Tell other windows what to fetch again."""
        self._changes.add((topic, subject_id))
        self.told_others = True

    def write(self, connection: Connection) -> None:
        """Send everything to the database; nothing of it is answered with rows."""
        tables: tuple[tuple[type[Base], list[Row]], ...] = (
            (AuditEntry, self._entries),
            (OutboxJob, self._jobs),
            (IdempotencyKey, self._keys),
            (Change, self._news()),
        )
        for table, rows in tables:
            if rows:
                connection.execute(insert(table).inline(), rows)
        for written in (self._entries, self._jobs, self._keys, self._changes):
            written.clear()

    def _news(self) -> list[Row]:
        return [
            {
                "at": self._now,
                "topic": topic,
                "subject_id": subject,
                "initiator": self._initiator,
            }
            for topic, subject in sorted(self._without_floods())
        ]

    def _without_floods(self) -> set[tuple[Topic, str]]:
        """Say "many" once where single news would only keep every listener busy."""
        told = set(self._changes)
        for topic in {topic for topic, _ in told}:
            single = {change for change in told if change[0] is topic}
            if len(single) > MOST_SINGLE_NEWS:
                told -= single
                told.add((topic, ""))
        return told
