"""Web pages with a table, which many banks export under the name ``.xls``."""

from __future__ import annotations

import codecs
import io
import re

from core.errors import UnreadableFileError
from core.statements.profile import ColumnProfile
from core.statements.sources import RawTable, Source
from core.statements.statement import StatementFile
from core.statements.tables.recognition import preview_of, recognise, statement_file
from core.statements.tables.text import MAX_COLUMNS, MAX_ROWS, Table, decoded

PREVIEW_ROWS = 100

_HEAD_BYTES = 8192
_BEGIN = re.compile(
    rb"\s*<(?:!doctype\s+html|html|head|meta|body|table|style|div)\b", re.IGNORECASE
)
_TABLE = re.compile(rb"<table\b", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]{2,20})", re.IGNORECASE)
_REPORT_EVERY_ROWS = 1000
_WIDEST_SPAN = 40
"""A caption over a whole table; wider ones would only make empty cells."""


class HtmlReader:
    """Reads the tables of a web page, one under the other as a spreadsheet program shows them."""

    format = "html"

    def accepts(self, source: Source) -> bool:
        """Tell a page that begins as HTML does and has a table."""
        head = _narrow(source.content[:_HEAD_BYTES])
        if re.match(rb"\s*<\?xml[^>]*>", head):
            head = re.sub(rb"^\s*<\?xml[^>]*>", b"", head)
        return bool(_BEGIN.match(head) and _TABLE.search(_narrow(source.content)))

    def read(self, source: Source, profile: ColumnProfile | None, currency: str) -> StatementFile:
        """Return the statements of the page."""
        table = _table(source, MAX_ROWS)
        if recognise(table, profile) is None:
            raise UnreadableFileError(
                f"“{source.name}” is a web page, and no table in it has the columns of a"
                " statement. If it is one, map its columns."
            )
        return statement_file(self.format, source, [table], profile, currency)

    def preview(self, source: Source, profile: ColumnProfile | None) -> RawTable:
        """Return the first rows as text."""
        return preview_of(self.format, _table(source, PREVIEW_ROWS), profile)


def _narrow(content: bytes) -> bytes:
    """Return text for a look at its ASCII letters, without byte-order mark and zero bytes."""
    return content.removeprefix(codecs.BOM_UTF8).lstrip(b"\xff\xfe").replace(b"\x00", b"")


def _table(source: Source, most_rows: int) -> Table:
    text, encoding, notes = decoded(source.content, source.name, _declared(source.content))
    rows = _rows(text.encode("utf-8", errors="replace"), source, most_rows)
    return Table(rows, encoding=encoding, notes=notes)


def _declared(content: bytes) -> str:
    """Return the character set that the page names, if there is such a one and it fits."""
    if content.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ""
    named = _CHARSET.search(content[:_HEAD_BYTES])
    if named is None:
        return ""
    name = named[1].decode("ascii")
    try:
        content.decode(name)
    except (LookupError, ValueError):
        return ""
    return name


def _rows(content: bytes, source: Source, most_rows: int) -> list[list[str]]:
    from lxml import etree  # noqa: PLC0415 - not owed at start

    rows: list[list[str]] = []
    stream = io.BytesIO(content)
    try:
        for _event, element in etree.iterparse(
            stream, html=True, tag=("tr",), encoding="utf-8", no_network=True, huge_tree=False
        ):
            rows.append(_cells(element, source, len(rows) + 1))
            # A table around this one must not show the same cells again.
            element.clear()
            if len(rows) >= most_rows:
                break
            if len(rows) % _REPORT_EVERY_ROWS == 0:
                source.progress(stream.tell(), len(content))
    except etree.LxmlError as error:
        raise UnreadableFileError(
            f"“{source.name}” is damaged: the web page cannot be read to its end.",
            details=str(error),
        ) from error
    if len(rows) >= MAX_ROWS:
        raise UnreadableFileError(
            f"“{source.name}” has more than {MAX_ROWS} rows; split it into shorter periods."
        )
    return rows


def _cells(row: object, source: Source, number: int) -> list[str]:
    cells: list[str] = []
    for cell in row.iter("td", "th"):  # type: ignore[attr-defined]  # lxml's stubs want a tree
        if len(cells) >= MAX_COLUMNS:
            raise UnreadableFileError(
                f"“{source.name}”, row {number}: more than {MAX_COLUMNS} columns."
            )
        span = str(cell.get("colspan") or "1")
        cells.append(" ".join(" ".join(cell.itertext()).split()))
        if span.isascii() and span.isdigit() and len(span) < 6:
            cells += [""] * (min(int(span), _WIDEST_SPAN) - 1)
    while cells and not cells[-1]:
        cells.pop()
    return cells
