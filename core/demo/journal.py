"""The invented shop's audit trail: written in the order things happened, chained per person."""

from __future__ import annotations

import heapq
from datetime import datetime
from itertools import count
from typing import NamedTuple, cast

from core.database.audit import FIRST_HASH, details_text, entry_hash
from core.demo.bulk import BulkWriter, Row
from core.model.journal import AuditEntry

DESK = "till-1"


class _Entry(NamedTuple):
    """The columns of an audit entry but its hash."""

    user_name: str
    sequence: int
    at: datetime
    desk: str
    action: str
    subject_type: str
    subject_id: str
    details: str
    previous_hash: str


class Journal:
    """Takes entries in any order and chains them once nothing earlier can come any more."""

    def __init__(self, writer: BulkWriter) -> None:
        self._writer = writer
        self._arrival = count()
        self._waiting: list[tuple[datetime, int, str, str, str, str, str]] = []
        self._heads: dict[str, tuple[int, str]] = {}

    def note(
        self,
        at: datetime,
        user_name: str,
        action: str,
        subject: tuple[str, str],
        details: Row | None = None,
    ) -> None:
        """Remember that a person did something to a subject (its type and its id)."""
        text = details_text(details or {})
        heapq.heappush(self._waiting, (at, next(self._arrival), user_name, action, *subject, text))

    def write_until(self, moment: datetime | None) -> None:
        """Chain and write what happened before a moment; all of it for None."""
        while self._waiting and (moment is None or self._waiting[0][0] < moment):
            at, _, user_name, action, subject_type, subject_id, details = heapq.heappop(
                self._waiting
            )
            self._chain(at, user_name, action, (subject_type, subject_id), details)

    def write(
        self,
        at: datetime,
        user_name: str,
        action: str,
        subject: tuple[str, str],
        details: Row | None = None,
    ) -> None:
        """Chain and write at once what a person did when nothing earlier of theirs can come."""
        self._chain(at, user_name, action, subject, details_text(details or {}))

    def _chain(
        self, at: datetime, user_name: str, action: str, subject: tuple[str, str], details: str
    ) -> None:
        sequence, previous_hash = self._heads.get(user_name, (0, FIRST_HASH))
        entry = _Entry(user_name, sequence + 1, at, DESK, action, *subject, details, previous_hash)
        # Hashing reads columns only; a mapped object for each entry would double the time.
        digest = entry_hash(cast("AuditEntry", entry))
        self._heads[user_name] = (entry.sequence, digest)
        self._writer.add(AuditEntry, entry._asdict() | {"entry_hash": digest})
