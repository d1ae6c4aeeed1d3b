"""The door to statement files: which reader takes a file, and what is refused before reading."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from core.errors import UnreadableFileError
from core.money import DEFAULT_CURRENCY
from core.statements.bai2.reader import Bai2Reader
from core.statements.camt.reader import CamtReader
from core.statements.foreign import foreign_kind
from core.statements.mt940.reader import Mt940Reader
from core.statements.ofx.reader import OfxReader
from core.statements.pdf.reader import PdfReader
from core.statements.profile import ColumnProfile
from core.statements.qif.reader import QifReader
from core.statements.sms.reader import SmsReader
from core.statements.sources import RawTable, Source, unwatched
from core.statements.statement import StatementFile
from core.statements.tables.csv_reader import CsvReader
from core.statements.tables.xls_reader import XlsReader
from core.statements.tables.xlsx_reader import XlsxReader

MAX_FILE_BYTES = 100 * 1024 * 1024


class StatementReader(Protocol):
    """Reads one file format; exactly one of the registered readers accepts a file."""

    format: str

    def accepts(self, source: Source) -> bool:
        """Tell from the content, never the name, whether the file is of this format."""

    def read(self, source: Source, profile: ColumnProfile | None, currency: str) -> StatementFile:
        """Return the statements; raises UnreadableFileError."""


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
        kind = foreign_kind(source.content) or "is not a statement that can be read."
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
    progress: Callable[[int, int], None] = unwatched,
) -> StatementFile:
    """Return the statements in a file; ``currency`` is assumed where the file names none.

    ``progress`` is told now and then how much is done of how much, and may raise to stop.

    Raises:
        UnreadableFileError: not a statement, damaged, hostile, too large, or its columns are
            not known and no profile maps them.

    """
    source = replace(open_source(path), progress=progress)
    return READERS.reader_of(source).read(source, profile, currency)


def preview_table(path: Path, *, profile: ColumnProfile | None = None) -> RawTable:
    """Return the first rows of a table file as text, with the header and columns guessed.

    Raises:
        UnreadableFileError: as ``read_statement``, but not for unknown columns.

    """
    source = open_source(path)
    reader = READERS.reader_of(source)
    if isinstance(reader, CsvReader | XlsxReader):
        return reader.preview(source, profile)
    raise UnreadableFileError(f"“{source.name}” is not a table: it needs no column mapping.")


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
