"""The report of one reconciliation, at any time: a draft while it is open, final once closed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO

from core.database.unit_of_work import Database
from core.documents.storage import whole_file
from core.permissions import Actor, Permission
from core.services.papers.documents import block_of
from core.services.papers.letterheads import current_letterhead
from core.services.reconciliation_report.contract import (
    Progress,
    ReportHead,
    Row,
    Section,
    SectionName,
)
from core.services.reconciliation_report.csv_export import write_csv
from core.services.reconciliation_report.figures import load_head
from core.services.reconciliation_report.json_export import write_json
from core.services.reconciliation_report.rows import ReportRows
from core.services.reconciliation_report.sections import sections_of
from core.services.reconciliations.service import find_reconciliation
from core.services.reports.contract import ExportFormat

_TOLD_EVERY = 500
"""Rows between two words about how far the writing is."""


class ReconciliationReports:
    """Reads reconciliations and writes them out; nothing here changes anything."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def head(self, actor: Actor, reconciliation_id: str) -> ReportHead:
        """Return the report without its rows.

        Raises:
            NotAllowedError: the person may not see reports.
            NotFoundError: there is no reconciliation with this id.

        """
        self._database.require(actor, Permission.VIEW_REPORTS)
        with self._database.read() as session:
            reconciliation = find_reconciliation(session, reconciliation_id)
            return load_head(session, reconciliation, self._database.clock())

    def rows(self, actor: Actor, reconciliation_id: str, name: SectionName) -> tuple[Row, ...]:
        """Return every row of one section.

        Raises:
            NotAllowedError: the person may not see reports.
            NotFoundError: there is no reconciliation with this id.

        """
        self._database.require(actor, Permission.VIEW_REPORTS)
        with self._database.read() as session:
            reconciliation = find_reconciliation(session, reconciliation_id)
            head = load_head(session, reconciliation, self._database.clock())
            return tuple(ReportRows(session, reconciliation, head).of(name))

    def save(
        self,
        actor: Actor,
        reconciliation_id: str,
        format_: ExportFormat,
        path: Path,
        *,
        progress: Progress | None = None,
    ) -> Path:
        """Write the report to a file; what was there before stays until the new one is whole.

        Raises:
            NotAllowedError: the person may not see reports.
            NotFoundError: there is no reconciliation with this id.
            StorageError: the file cannot be written.

        """
        self._database.require(actor, Permission.VIEW_REPORTS)
        with whole_file(path) as temporary, temporary.open("wb") as out:
            self.write(actor, reconciliation_id, format_, out, progress=progress)
        return path

    def content(self, actor: Actor, reconciliation_id: str, format_: ExportFormat) -> bytes:
        """Return the report as a file's bytes.

        Raises:
            NotAllowedError: the person may not see reports.
            NotFoundError: there is no reconciliation with this id.

        """
        out = io.BytesIO()
        self.write(actor, reconciliation_id, format_, out)
        return out.getvalue()

    def write(
        self,
        actor: Actor,
        reconciliation_id: str,
        format_: ExportFormat,
        out: IO[bytes],
        *,
        progress: Progress | None = None,
    ) -> None:
        """Write the report as a file's bytes, all of it as of one moment.

        Raises:
            NotAllowedError: the person may not see reports.
            NotFoundError: there is no reconciliation with this id.

        """
        self._database.require(actor, Permission.VIEW_REPORTS)
        with self._database.read() as session:
            reconciliation = find_reconciliation(session, reconciliation_id)
            head = load_head(session, reconciliation, self._database.clock())
            shop = block_of(current_letterhead(session))
            sections = sections_of(head)
            rows = ReportRows(session, reconciliation, head)
            told = _Told(sum(section.count for section in sections), progress)
            rows_of = partial(_counted, rows, told)
            match format_:
                case ExportFormat.CSV:
                    write_csv(out, head, sections, rows_of)
                case ExportFormat.JSON:
                    write_json(out, head, sections, rows_of)
                case ExportFormat.XLSX:
                    from core.services.reconciliation_report.xlsx_export import (  # noqa: PLC0415
                        write_xlsx,
                    )

                    write_xlsx(out, head, shop.name, sections, rows_of)
                case ExportFormat.PDF:
                    from core.services.reconciliation_report.pdf_export import (  # noqa: PLC0415
                        write_pdf,
                    )

                    write_pdf(out, head, shop, sections, rows_of)
            told.end()


class _Told:
    """Says now and then how many rows are written."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._done, self._total, self._progress = 0, total, progress

    def step(self) -> None:
        """Count a row; what ``progress`` raises goes through."""
        if self._progress is not None and self._done % _TOLD_EVERY == 0:
            self._progress(min(self._done, self._total), self._total)
        self._done += 1

    def end(self) -> None:
        """Say that all is written: the last moment to want none of it."""
        if self._progress is not None:
            self._progress(self._total, self._total)


def _counted(rows: ReportRows, told: _Told, section: Section) -> Iterator[Row]:
    for row in rows.of(section.name):
        told.step()
        yield row
