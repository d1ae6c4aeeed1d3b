"""A month's invoices at once: drawn into the shop's folder, and out of it for an accountant.

The work reports after each paper and may be stopped there; begun again it goes on with what is
missing, since a paper that lies whole where it should is not drawn twice.
"""

from __future__ import annotations

import zipfile
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from sqlalchemy import select

from core.database.unit_of_work import Database
from core.errors import InvalidInputError
from core.model.invoices import Invoice
from core.permissions import Actor, Permission
from core.services.papers.documents import find_invoice, find_invoices
from core.services.papers.drawing import (
    DrawnPaper,
    Papers,
    draw_invoice,
    is_whole,
    keep_copy,
    keep_drawn,
)
from core.statements.pdf.pdfium_lock import PDFIUM

Report = Callable[[int, int], object]
"""Told (done, of how many) after each paper; it stops the work by raising."""

AT_ONCE = 25
"""So many papers are recorded together: one transaction for each would be most of the work, one
for all would keep other desks waiting."""


class MonthExport(StrEnum):
    """What a month is written out as."""

    FOLDER = "folder"
    ZIP = "zip"
    MERGED_PDF = "merged_pdf"


@dataclass(frozen=True, slots=True)
class DrawnMonth:
    """What a month's job did: where each invoice lies, and how many had to be drawn."""

    paths: tuple[Path, ...]
    drawn: int


class PaperMonths:
    """The verbs of a month of papers."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder
        self._papers = Papers(database, folder, only_copies=database.is_shared)

    def draw_month(
        self, actor: Actor, year: int, month: int, progress: Report | None = None
    ) -> DrawnMonth:
        """Draw every invoice issued in a month that does not lie in the shop's folder yet.

        Raises:
            InvalidInputError: there is no such month.
            StorageError: a file cannot be written; what was drawn before stays.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        return self._draw(_numbers(self._database, year, month), progress or _silent)

    def write_month(
        self,
        actor: Actor,
        year: int,
        month: int,
        target: Path,
        export: MonthExport,
        progress: Report | None = None,
    ) -> DrawnMonth:
        """Draw a month and write it out: into a folder, one archive or one PDF at ``target``.

        A folder is filled with what it lacks; an archive or PDF is there whole or not at all.

        Raises:
            InvalidInputError: there is no such month.
            StorageError: a file cannot be written.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        numbers = _numbers(self._database, year, month)
        report, total = progress or _silent, 2 * len(numbers)
        month_drawn = self._draw(numbers, lambda done, _: report(done, total))
        _WRITERS[export](
            month_drawn.paths, target, lambda done, _: report(len(numbers) + done, total)
        )
        return month_drawn

    def _draw(self, numbers: Sequence[str], report: Report) -> DrawnMonth:
        paths: list[Path] = []
        drawn = 0
        for start in range(0, len(numbers), AT_ONCE):
            waiting: list[DrawnPaper] = []
            try:
                with self._database.read() as session:
                    for invoice in find_invoices(session, numbers[start : start + AT_ONCE]):
                        name, sha256 = invoice.pdf_file, invoice.pdf_sha256
                        if not is_whole(self._folder, name, sha256):
                            waiting.append(draw_invoice(session, invoice))
                            name = waiting[-1].name
                        paths.append(self._folder / name)
                        report(len(paths), len(numbers))
            finally:
                # Stopped or not: what has been drawn need not be drawn again.
                drawn += len(waiting)
                self._keep(waiting)
        return DrawnMonth(tuple(paths), drawn)

    def _keep(self, waiting: Sequence[DrawnPaper]) -> None:
        if self._database.is_shared:
            for drawn in waiting:
                keep_copy(self._folder, drawn)
            return
        moved_on = []
        with self._database.write(None) as unit:
            for drawn in waiting:
                paper = find_invoice(unit.session, drawn.number)
                if not keep_drawn(unit, self._folder, paper, drawn):
                    moved_on.append(drawn.number)
            unit.commit()
        for number in moved_on:
            self._papers.invoice(number)


def _numbers(database: Database, year: int, month: int) -> list[str]:
    try:
        first = date(year, month, 1)
    except ValueError as error:
        raise InvalidInputError(f"There is no month {year}-{month:02d}.", field="month") from error
    last = first.replace(day=monthrange(year, month)[1])
    with database.read() as session:
        found = session.scalars(
            select(Invoice.invoice_number)
            .where(Invoice.issued_date >= first, Invoice.issued_date <= last)
            .order_by(Invoice.id)
        )
        return list(found)


def _silent(done: int, total: int) -> None:
    """Report nothing."""


def _write_folder(paths: Sequence[Path], target: Path, report: Report) -> None:
    from core.documents.storage import write_document  # noqa: PLC0415 - not owed at start

    for done, path in enumerate(paths, start=1):
        content, place = path.read_bytes(), target / path.name
        if not place.is_file() or place.read_bytes() != content:
            write_document(place, content)
        report(done, len(paths))


def _write_zip(paths: Sequence[Path], target: Path, report: Report) -> None:
    from core.documents.storage import whole_file  # noqa: PLC0415 - not owed at start

    with whole_file(target) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for done, path in enumerate(paths, start=1):
            # Without the moment of writing, the same papers make the same archive.
            archive.writestr(zipfile.ZipInfo(path.name), path.read_bytes())
            report(done, len(paths))


def _write_merged(paths: Sequence[Path], target: Path, report: Report) -> None:
    import pypdfium2  # noqa: PLC0415 - not owed at start

    from core.documents.storage import whole_file  # noqa: PLC0415 - not owed at start

    with whole_file(target) as temporary:
        with PDFIUM:
            merged = pypdfium2.PdfDocument.new()
        try:
            for done, path in enumerate(paths, start=1):
                with PDFIUM, pypdfium2.PdfDocument(path) as paper:
                    merged.import_pages(paper)
                report(done, len(paths))
            with PDFIUM:
                merged.save(temporary)
        finally:
            with PDFIUM:
                merged.close()


_WRITERS: dict[MonthExport, Callable[[Sequence[Path], Path, Report], None]] = {
    MonthExport.FOLDER: _write_folder,
    MonthExport.ZIP: _write_zip,
    MonthExport.MERGED_PDF: _write_merged,
}
