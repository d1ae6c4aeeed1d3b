"""Handing the audit trail out as a file: exactly what a filter finds, and written down itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from core.database.unit_of_work import Database
from core.documents.storage import whole_file
from core.model.journal import AuditEntry
from core.permissions import Actor, Permission
from core.services.audit.filters import AuditFilter, audit_conditions
from core.services.exports.table import ExportColumn, Exported, Report, write_table
from core.services.mapping import audit_row
from core.services.reports.contract import ColumnKind, ExportFormat
from core.services.rows import AuditRow


@dataclass(frozen=True, slots=True)
class ExportAudit:
    """What is handed out, as what, where to; ``about`` and ``told`` word an entry for people."""

    wanted: AuditFilter
    format: ExportFormat
    path: Path
    about: Callable[[AuditRow], str]
    told: Callable[[AuditRow], str]
    name: str = "Audit trail"


class AuditExport:
    """Writes entries of the trail into files."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def export(
        self,
        actor: Actor,
        command: ExportAudit,
        report: Report = lambda _done, _total: None,
    ) -> Exported:
        """Write the entries of a filter into a file, the newest first.

        ``report`` is told how far it is, and ends it by raising: then nothing is left behind.

        Raises:
            NotAllowedError: the person may not read the trail.
            StorageError: the file cannot be written; what was there before is untouched.

        """
        self._database.require(actor, Permission.VIEW_AUDIT)
        conditions = audit_conditions(command.wanted)
        columns = _columns(command)
        with whole_file(command.path) as temporary:
            with self._database.read() as session:
                total = session.scalar(
                    select(func.count()).select_from(AuditEntry).where(*conditions)
                )
                entries = session.scalars(
                    select(AuditEntry)
                    .where(*conditions)
                    .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
                    .execution_options(yield_per=1000)
                )
                count = write_table(
                    temporary, command.format, command.name, columns, entries, total or 0, report
                )
            with self._database.write(actor) as unit:
                unit.audit(
                    "audit:exported",
                    "audit",
                    command.path.name,
                    count=count,
                    format=command.format,
                )
                unit.commit()
        return Exported(command.path, count)


def _columns(command: ExportAudit) -> list[ExportColumn[AuditEntry]]:
    return [
        ExportColumn("when", ColumnKind.MOMENT, lambda entry: entry.at),
        ExportColumn("who", ColumnKind.TEXT, lambda entry: entry.user_name),
        ExportColumn("desk", ColumnKind.TEXT, lambda entry: entry.desk),
        ExportColumn("about", ColumnKind.TEXT, lambda entry: command.about(audit_row(entry))),
        ExportColumn("what", ColumnKind.TEXT, lambda entry: command.told(audit_row(entry))),
        ExportColumn("number", ColumnKind.TEXT, lambda entry: entry.subject_id),
        ExportColumn("action", ColumnKind.TEXT, lambda entry: entry.action),
        ExportColumn("details", ColumnKind.TEXT, lambda entry: entry.details),
        ExportColumn("entry", ColumnKind.COUNT, lambda entry: entry.sequence),
        ExportColumn("hash", ColumnKind.TEXT, lambda entry: entry.entry_hash),
    ]
