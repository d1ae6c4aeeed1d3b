"""The door to statement files: which reader takes a file, and what is refused before reading."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, TypeVar, runtime_checkable

from core.errors import UnreadableFileError
from core.money import DEFAULT_CURRENCY
from core.statements.bai2.reader import Bai2Reader
from core.statements.camt.reader import CamtReader
from core.statements.foreign import READABLE, foreign_kind
from core.statements.mt940.reader import Mt940Reader
from core.statements.ofx.reader import OfxReader
from core.statements.packed import is_packed, unpacked
from core.statements.pdf.reader import PdfReader
from core.statements.profile import ColumnProfile
from core.statements.qif.reader import QifReader
from core.statements.sms.reader import SmsReader
from core.statements.sources import RawTable, Source
from core.statements.statement import Problem, StatementFile
from core.statements.tables.csv_reader import CsvReader
from core.statements.tables.html_tables import HtmlReader
from core.statements.tables.xls_reader import XlsReader
from core.statements.tables.xlsx_reader import XlsxReader
from core.statements.tables.xml_spreadsheet import XmlSpreadsheetReader

MAX_FILE_BYTES = 100 * 1024 * 1024

_BREAKING = re.compile(r"[^\S\u00a0\u202f]+")
"""Blanks but the no-break ones between the parts of an amount."""

ResultT = TypeVar("ResultT")


class StatementReader(Protocol):
    """Reads one file format; exactly one of the registered readers accepts a file."""

    format: str

    def accepts(self, source: Source) -> bool:
        """Tell from the content, never the name, whether the file is of this format."""

    def read(self, source: Source, profile: ColumnProfile | None, currency: str) -> StatementFile:
        """Return the statements; raises UnreadableFileError."""


@runtime_checkable
class TableReader(StatementReader, Protocol):
    """Reads a format of rows and columns, which a person can map by hand."""

    def preview(self, source: Source, profile: ColumnProfile | None) -> RawTable:
        """Return the first rows as text; raises UnreadableFileError."""


@dataclass(frozen=True, slots=True)
class _Registry:
    """``marked`` formats have a mark of their own; any other text may be a ``table``."""

    marked: tuple[StatementReader, ...]
    table: StatementReader

    def reader_of(self, source: Source) -> StatementReader:
        """Return the one reader that accepts a file.

        Raises:
            UnreadableFileError: none does, or more than one.

        """
        accepting = [reader for reader in self.marked if reader.accepts(source)]
        if not accepting and self.table.accepts(source):
            return self.table
        if len(accepting) == 1:
            return accepting[0]
        if accepting:
            names = " and ".join(reader.format.upper() for reader in accepting)
            raise UnreadableFileError(
                f"“{source.name}” looks like {names} at once; it is not read on a guess."
            )
        kind = foreign_kind(source.content) or f"is not a statement in {READABLE}."
        raise UnreadableFileError(f"“{source.name}” {kind}")


READERS = _Registry(
    (
        Mt940Reader(),
        CamtReader(),
        OfxReader(),
        QifReader(),
        Bai2Reader(),
        XlsxReader(),
        XlsReader(),
        XmlSpreadsheetReader(),
        HtmlReader(),
        PdfReader(),
        SmsReader(),
    ),
    CsvReader(),
)
"""A new format is one more reader here."""


def read_statement(
    path: Path,
    *,
    profile: ColumnProfile | None = None,
    currency: str = DEFAULT_CURRENCY,
    progress: Callable[[int, int], None] | None = None,
) -> StatementFile:
    """Return the statements in a file; ``currency`` is assumed where the file names none.

    ``progress`` is told now and then how much is done of how much, and may raise to stop.

    Raises:
        UnreadableFileError: not a statement, damaged, hostile, too large, or its columns are
            not known and no profile maps them.

    """
    source = open_source(path)
    if progress is not None:
        source = replace(source, progress=progress)
    file, others = _the_one_in(
        source, lambda inner: READERS.reader_of(inner).read(inner, profile, currency)
    )
    problems = (*file.problems, *(Problem(None, note) for note in others))
    return replace(file, problems=tuple(map(_in_one_line, problems)))


def _in_one_line(problem: Problem) -> Problem:
    """A sentence may quote a cell, and a cell may have line breaks; amounts stay in one piece."""
    message = _BREAKING.sub(" ", problem.message).strip()
    return problem if message == problem.message else replace(problem, message=message)


def preview_table(path: Path, *, profile: ColumnProfile | None = None) -> RawTable:
    """Return the first rows of a table file as text, with the header and columns guessed.

    Raises:
        UnreadableFileError: as ``read_statement``, but not for unknown columns.

    """
    table, _others = _the_one_in(
        open_source(path),
        lambda inner: _previewed(inner, profile),
        is_preferred=lambda preview: preview.header_row is not None,
    )
    return table


def _previewed(source: Source, profile: ColumnProfile | None) -> RawTable:
    reader = READERS.reader_of(source)
    if isinstance(reader, TableReader):
        return reader.preview(source, profile)
    raise UnreadableFileError(f"“{source.name}” is not a table: it needs no column mapping.")


def _the_one_in(
    source: Source,
    read: Callable[[Source], ResultT],
    is_preferred: Callable[[ResultT], bool] = lambda _result: True,
) -> tuple[ResultT, tuple[str, ...]]:
    """Return what is read of a file, or of the one statement packed in it.

    The second is what was left out of a packed file, one sentence each. Of several packed files
    the one that ``is_preferred`` counts, as any letter beside a statement is a table of a kind.

    Raises:
        UnreadableFileError: not exactly one of the packed files can be read.

    """
    if not is_packed(source.content):
        return read(source), ()
    members = unpacked(source)
    if len(members) == 1:
        return _read_member(members[0], read), ()
    found: list[tuple[str, ResultT]] = []
    refusals: list[str] = []
    for member in members:
        try:
            found.append((member.name, _read_member(member, read)))
        except UnreadableFileError as error:
            refusals.append(error.message)
    found = [each for each in found if is_preferred(each[1])] or found
    if len(found) == 1:
        return found[0][1], tuple(f"Left out: {refusal}" for refusal in refusals)
    if found:
        names = ", ".join(f"“{name}”" for name, _result in found)
        raise UnreadableFileError(
            f"“{source.name}” holds several statements: {names}. Unpack it, and read each by"
            " itself."
        )
    raise UnreadableFileError(
        f"“{source.name}” holds {len(members)} files, and none can be read. The first:"
        f" {refusals[0]}",
        details="\n".join(refusals),
    )


def _read_member(member: Source, read: Callable[[Source], ResultT]) -> ResultT:
    if not member.content.strip():
        raise UnreadableFileError(f"“{member.name}” is empty.")
    if is_packed(member.content):
        raise UnreadableFileError(f"“{member.name}” is packed once more; unpack it first.")
    return read(member)


def open_source(path: Path) -> Source:
    """Return a file's bytes; what is too large is refused before anything is read.

    Raises:
        UnreadableFileError: missing, a directory, empty or over 100 MB.

    """
    name = path.name
    try:
        if path.is_dir():
            raise UnreadableFileError(f"“{name}” is a folder, not a file.")
        if not path.is_file():
            raise UnreadableFileError(f"“{name}” was not found, or is not a file.")
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise UnreadableFileError(
                f"“{name}” is refused: {size // 1_000_000} MB is more than a statement can be."
            )
        with path.open("rb") as stream:
            content = stream.read(size)
    except OSError as error:
        raise UnreadableFileError(f"“{name}” cannot be opened.", details=str(error)) from error
    if not content.strip():
        raise UnreadableFileError(f"“{name}” is empty.")
    return Source(name, content, hashlib.sha256(content).hexdigest())
