"""Handing the audit trail out as a file: exactly what a filter finds, and written down itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.database.unit_of_work import Database
from core.permissions import Actor
from core.services.audit.filters import AuditFilter
from core.services.audit.lists import AuditLists, ListedEntry
from core.services.exports.lists import ExportRows, ListExport
from core.services.exports.table import ExportColumn, Exported, Report
from core.services.reports.contract import ColumnKind, ExportFormat
from core.services.rows import AuditRow


@dataclass(frozen=True, slots=True)
class ExportAudit:
    """What is handed out, as what, where to; ``about`` and ``told`` word an entry for people.

    ``chosen`` are entries picked from the list, written as they were seen.
    """

    wanted: AuditFilter
    format: ExportFormat
    path: Path
    about: Callable[[AuditRow], str]
    told: Callable[[AuditRow], str]
    name: str = "Audit trail"
    newest_first: bool = True
    chosen: tuple[ListedEntry, ...] | None = None


class AuditExport:
    """Writes entries of the trail into files."""

    def __init__(self, database: Database) -> None:
        self._lists = AuditLists(database)
        self._files = ListExport(database)

    def export(
        self,
        actor: Actor,
        command: ExportAudit,
        report: Report = lambda _done, _total: None,
    ) -> Exported:
        """Write the entries of a filter, or those chosen of it, into a file in the list's order.

        ``report`` is told how far it is, and ends it by raising: then nothing is left behind.

        Raises:
            NotAllowedError: the person may not read the trail.
            StorageError: the file cannot be written; what was there before is untouched.

        """
        rows = ExportRows(
            "audit",
            command.name,
            self._lists.ask(actor, command.wanted, newest_first=command.newest_first),
            self._lists.count(actor, command.wanted),
            _columns(command),
            command.format,
            command.path,
            chosen=command.chosen,
        )
        return self._files.export(actor, rows, report)


def _columns(command: ExportAudit) -> list[ExportColumn[ListedEntry]]:
    return [
        ExportColumn("when", ColumnKind.MOMENT, lambda entry: entry.at),
        ExportColumn("who", ColumnKind.TEXT, lambda entry: entry.user_name),
        ExportColumn("desk", ColumnKind.TEXT, lambda entry: entry.desk),
        ExportColumn("about", ColumnKind.TEXT, lambda entry: command.about(entry.row)),
        ExportColumn("what", ColumnKind.TEXT, lambda entry: command.told(entry.row)),
        ExportColumn("number", ColumnKind.TEXT, lambda entry: entry.subject_id),
        ExportColumn("action", ColumnKind.TEXT, lambda entry: entry.action),
        ExportColumn("details", ColumnKind.TEXT, lambda entry: entry.details),
        ExportColumn("entry", ColumnKind.COUNT, lambda entry: entry.sequence),
        ExportColumn("hash", ColumnKind.TEXT, lambda entry: entry.entry_hash),
    ]
