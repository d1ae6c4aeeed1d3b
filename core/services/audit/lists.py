"""The audit trail as a list of any length, newest first, page by page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Dialect, func, select

from core.database.driver_questions import DriverQuestion, driver_question
from core.database.unit_of_work import Database
from core.model.journal import AuditEntry
from core.permissions import Actor, Permission
from core.services.audit.filters import AuditFilter, audit_conditions
from core.services.lists.keyset import Key, PagedQuestion, Seek
from core.services.lists.keyset_queries import (
    Bound,
    Columns,
    Statement,
    ordering,
    page,
    seek_values,
)
from core.services.lists.standing import (
    again_statement,
    again_values,
    before_statement,
    counted_before,
)
from core.services.rows import AuditRow


class ListedEntry(NamedTuple):
    """One entry of the trail; ``sequence`` is its place in the person's chain.

    ``stored_at`` is as the database keeps it, ``details`` is JSON text.
    """

    id: int
    stored_at: str
    user_name: str
    sequence: int
    desk: str
    action: str
    subject_type: str
    subject_id: str
    details: str
    entry_hash: str

    @property
    def at(self) -> datetime:
        """When it was done, in UTC."""
        return datetime.fromisoformat(self.stored_at).replace(tzinfo=UTC)

    @property
    def row(self) -> AuditRow:
        """The act alone."""
        return AuditRow(
            at=self.at,
            user_name=self.user_name,
            desk=self.desk,
            action=self.action,
            subject_type=self.subject_type,
            subject_id=self.subject_id,
            details=self.details,
        )


_PLACES = ("audit_entry.at", "audit_entry.id")


class AuditLists:
    """The questions about the trail that a list asks; nothing here changes anything."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(
        self, actor: Actor, wanted: AuditFilter, *, newest_first: bool = True
    ) -> PagedQuestion[ListedEntry]:
        """Return a filter as a question that is answered page by page, from anywhere.

        Raises:
            NotAllowedError: the person may not read the trail.

        """
        self._database.require(actor, Permission.VIEW_AUDIT)
        dialect = self._database.engine.dialect

        def rows(seek: Seek, cancelled: Callable[[], bool]) -> Sequence[ListedEntry]:
            descending = newest_first is not seek.backwards
            question = _page_question(wanted, descending, Bound.of(seek), dialect)
            found = self._database.rows(question, seek_values(seek), cancelled)
            return [ListedEntry._make(row) for row in found]

        def find(known: Sequence[ListedEntry]) -> Sequence[ListedEntry]:
            values = again_values(row.id for row in known)
            found = self._database.rows(_again_question(wanted, dialect), values)
            return [ListedEntry._make(row) for row in found]

        def count_before(key: Key) -> int | None:
            question = _before_question(wanted, newest_first, dialect)
            return counted_before(self._database, question, key)

        return PagedQuestion(
            rows,
            lambda row: (row.stored_at, row.id),
            find=find,
            count_before=count_before,
            one_moment=self._database.one_moment,
        )

    def count(
        self,
        actor: Actor,
        wanted: AuditFilter,
        *,
        cancelled: Callable[[], bool] | None = None,
    ) -> int:
        """Return how many entries a list of this filter shows.

        Raises:
            NotAllowedError: the person may not read the trail.
            ReadCancelledError: ``cancelled`` answered yes meanwhile.

        """
        self._database.require(actor, Permission.VIEW_AUDIT)
        query = select(func.count()).select_from(AuditEntry).where(*audit_conditions(wanted))
        with self._database.read(cancelled) as session:
            return session.scalar(query) or 0

    def people(self, actor: Actor) -> tuple[str, ...]:
        """Return everybody who stands in the trail, the program itself too."""
        self._database.require(actor, Permission.VIEW_AUDIT)
        found: list[str] = []
        with self._database.read() as session:
            # From one name to the next in the index: DISTINCT would read every entry.
            name = session.scalar(select(func.min(AuditEntry.user_name)))
            while name is not None:
                found.append(name)
                later = select(func.min(AuditEntry.user_name)).where(AuditEntry.user_name > name)
                name = session.scalar(later)
        return tuple(found)


@lru_cache(maxsize=64)
def _page_question(
    wanted: AuditFilter, descending: bool, key: Bound, dialect: Dialect
) -> DriverQuestion:
    found = _listed().where(*audit_conditions(wanted))
    return driver_question(page(found, _columns(wanted), descending, key), dialect)


@lru_cache(maxsize=64)
def _before_question(wanted: AuditFilter, descending: bool, dialect: Dialect) -> DriverQuestion:
    found = select(AuditEntry.id).where(*audit_conditions(wanted))
    before = before_statement(found, _columns(wanted), descending, len(_PLACES))
    return driver_question(before, dialect)


@lru_cache(maxsize=64)
def _again_question(wanted: AuditFilter, dialect: Dialect) -> DriverQuestion:
    again = again_statement(_listed(), AuditEntry.id.expression, audit_conditions(wanted))
    return driver_question(again, dialect)


def _listed() -> Statement:
    entry = AuditEntry
    return select(
        entry.id,
        entry.at,
        entry.user_name,
        entry.sequence,
        entry.desk,
        entry.action,
        entry.subject_type,
        entry.subject_id,
        entry.details,
        entry.entry_hash,
    )


def _columns(wanted: AuditFilter) -> Columns:
    # What one number means is few entries: they are found by it and sorted.
    return ordering(_PLACES, indexed=not wanted.number.strip())
