"""PDF statements with a text layer."""

from __future__ import annotations

import re
from dataclasses import replace

from core.errors import UnreadableFileError
from core.statements.pdf.control import checked
from core.statements.pdf.guard import inspected
from core.statements.pdf.pages import opened, pages_of
from core.statements.pdf.tables import PrintedTable, TableCollector
from core.statements.profile import ColumnProfile, Role
from core.statements.sources import RawTable, Source
from core.statements.statement import Problem, StatementFile
from core.statements.tables.entries import SHOWN_PROBLEMS
from core.statements.tables.recognition import preview_of, statement_file
from core.statements.tables.text import Table

PREVIEW_ROWS = 100
_MARK = re.compile(rb"%PDF-\d")
_MARK_WITHIN = 1024
"""PDF 32000-1, annex H: readers accept the mark anywhere in the first 1024 bytes."""
_BILL = re.compile(
    r"\b(?:invoice|proforma|quotation|receipt|facture|devis|re[cç]u|inyemezabuguzi)\b",
    re.IGNORECASE,
)
_STATEMENT = re.compile(r"statement|relev[eé]|extrait|account history|transactions", re.IGNORECASE)


class PdfReader:
    """Reads PDF statements with a text layer."""

    format = "pdf"

    def accepts(self, source: Source) -> bool:
        """Tell by the mark a PDF begins with, or has after a few bytes of a mail or web server."""
        head = source.content[:_MARK_WITHIN]
        if head.startswith(b"%PDF"):
            return True
        return _MARK.search(head) is not None and b" obj" in source.content

    def read(self, source: Source, profile: ColumnProfile | None, currency: str) -> StatementFile:
        """Return the statements of the file.

        Raises:
            UnreadableFileError: a scan, protected, damaged, hostile or not a statement.

        """
        printed, left = _tables(source, profile)
        files: list[StatementFile] = []
        refusal: UnreadableFileError | None = None
        count = 0
        for table in printed:
            try:
                file = statement_file(self.format, source, [table.table()], profile, currency)
            except UnreadableFileError as error:
                refusal = refusal or error
                continue
            found = checked(file, table, count)
            count = max([count, *(line.line for line in found.lines)])
            files.append(found)
        if not files:
            raise refusal or _not_a_statement(source)
        return _together(files, left)

    def preview(self, source: Source, profile: ColumnProfile | None) -> RawTable:
        """Return the first rows of the first table as text."""
        tables, _ = _tables(source, profile, enough_rows=PREVIEW_ROWS)
        if not tables:
            raise _not_a_statement(source)
        first = Table(tables[0].rows[:PREVIEW_ROWS])
        return preview_of(self.format, first, profile)


def _tables(
    source: Source, profile: ColumnProfile | None, *, enough_rows: int | None = None
) -> tuple[list[PrintedTable], list[Problem]]:
    """Return the tables printed in the file, and what looks like a row but is in none.

    Where few rows are enough the first pages are read alone.
    """
    damaged = inspected(source)
    collector = TableCollector(profile)
    glyphs = unmapped = 0
    with opened(source) as document:
        for page in pages_of(document, source):
            collector.take(page)
            glyphs += sum(len(word.text) for word in page.words)
            unmapped += page.unmapped
            if enough_rows and collector.tables and len(collector.tables[0].rows) >= enough_rows:
                break
    if not glyphs:
        raise UnreadableFileError(
            f"“{source.name}” is a scan: a picture of a page, without text that can be read. Ask"
            " the bank for the statement as it makes it, or for CSV or XLSX."
        )
    if unmapped * 4 > glyphs:
        raise UnreadableFileError(
            f"“{source.name}” cannot be read: its fonts do not say which letters they draw. Ask"
            " the bank for CSV or XLSX."
        )
    tables = collector.finish()
    if tables and _is_bill(tables, " ".join(collector.title)):
        raise _not_a_statement(source)
    return tables, [*damaged, *_left_out(collector)]


def _is_bill(tables: list[PrintedTable], title: str) -> bool:
    """Tell a bill with dated lines from a statement, which has balances or says what it is."""
    headers = [table.header for table in tables if table.header]
    balanced = any(header.layout.indices(Role.BALANCE) for header in headers)
    return not balanced and bool(_BILL.search(title)) and not _STATEMENT.search(title)


def _not_a_statement(source: Source) -> UnreadableFileError:
    return UnreadableFileError(
        f"“{source.name}” is not recognised as a statement: no page has a table with a column for"
        " the date and one for the amount (or two, money in and money out)."
    )


def _left_out(collector: TableCollector) -> list[Problem]:
    left = collector.left
    problems = []
    if collector.years.used and collector.years.last:
        last = f"{collector.years.last:%d.%m.%Y}"
        problems.append(
            Problem(None, f"The dates have no year: it was taken from {last}, the last full date.")
        )
    if collector.stated_pages > collector.pages:
        problems.append(
            Problem(
                None,
                f"The pages are numbered up to {collector.stated_pages}, and the file has"
                f" {collector.pages}: pages are missing.",
            )
        )
    if collector.recognised:
        page = collector.recognised[0]
        problems.append(
            Problem(
                None,
                f"The text of page {page} was recognised from a scanned picture: single digits may"
                " be wrong. Check the sums, or ask the bank for the statement as it makes it.",
            )
        )
    problems += [
        Problem(None, f"Page {page} holds no text: what is on it, if anything, was not read.")
        for page in collector.empty[:SHOWN_PROBLEMS]
    ]
    problems += [
        Problem(None, f"Page {page}: “{text[:60]}” looks like a transaction and is in no table.")
        for page, text in left[:SHOWN_PROBLEMS]
    ]
    if len(left) > SHOWN_PROBLEMS:
        more = len(left) - SHOWN_PROBLEMS
        problems.append(Problem(None, f"{more} more lines look like transactions in no table."))
    return problems


def _together(files: list[StatementFile], left: list[Problem]) -> StatementFile:
    """Return the tables of one file as one."""
    first = files[0]
    statements = tuple(s for file in files for s in file.statements if s.lines)
    problems = [problem for file in files for problem in file.problems]
    return replace(
        first,
        statements=statements or first.statements,
        problems=(*problems, *left),
        date_order_unsure=any(file.date_order_unsure for file in files),
    )
