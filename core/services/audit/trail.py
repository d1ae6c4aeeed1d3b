"""Looking at the audit trail, and proving that nobody changed it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from core.database.audit_chains import ChainBreak, ChainHead, verify_chains
from core.database.unit_of_work import Database
from core.model.journal import AuditEntry
from core.permissions import Actor, Permission
from core.services.mapping import audit_row
from core.services.rows import AuditRow, Page


@dataclass(frozen=True, slots=True)
class AuditReport:
    """How many entries were recomputed, and every place where a chain does not hold."""

    checked: int
    breaks: tuple[ChainBreak, ...]

    @property
    def is_intact(self) -> bool:
        """Tell whether every chain holds."""
        return not self.breaks


class AuditService:
    """The questions about who did what; nothing here changes anything."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self,
        actor: Actor,
        *,
        subject_id: str = "",
        user_name: str = "",
        offset: int = 0,
        limit: int = 100,
    ) -> Page[AuditRow]:
        """Return a stretch of the trail, newest first: of one thing, one person, or all."""
        self._database.require(actor, Permission.VIEW_AUDIT)
        conditions: list[ColumnElement[bool]] = []
        if subject_id:
            conditions.append(AuditEntry.subject_id == subject_id)
        if user_name:
            conditions.append(AuditEntry.user_name == user_name)
        with self._database.read() as session:
            total = session.scalar(select(func.count()).select_from(AuditEntry).where(*conditions))
            entries = session.scalars(
                select(AuditEntry)
                .where(*conditions)
                .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
                .offset(offset)
                .limit(limit)
            )
            return Page(tuple(audit_row(entry) for entry in entries), offset, total or 0)

    def verify(self, heads: Iterable[ChainHead] = ()) -> AuditReport:
        """Recompute every person's chain of hashes.

        ``heads`` are those of an earlier day's report: with them a chain whose end was cut off, or
        that was made anew, shows too.
        """
        with self._database.read() as session:
            checked, breaks = verify_chains(session, heads)
        return AuditReport(checked, tuple(breaks))
