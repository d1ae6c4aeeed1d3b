"""XML Spreadsheet 2003, which many banks export under the name ``.xls``.

Microsoft, "XML Spreadsheet Reference" (Office 2003): sparse rows and cells say their place in
``ss:Index``, ``ss:MergeAcross`` counts the further columns that a cell takes.
"""

from __future__ import annotations

import io
import re
from decimal import Context, InvalidOperation

from core.errors import UnreadableFileError
from core.statements.amounts import MachineNumber
from core.statements.profile import ColumnProfile
from core.statements.sources import RawTable, Source
from core.statements.statement import StatementFile
from core.statements.tables.columns import find_layout
from core.statements.tables.recognition import preview_of, statement_file
from core.statements.tables.text import MAX_COLUMNS, MAX_ROWS, Table

PREVIEW_ROWS = 100
MAX_EMPTY_ROWS = 10_000

_NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_SS = f"{{{_NAMESPACE}}}"
_HIDDEN = "{urn:schemas-microsoft-com:office:excel}Visible"
_HEAD_BYTES = 8192
_DIGITS = Context(prec=15)
"""A spreadsheet's numbers have 15 digits; further ones are binary noise."""

_CLOCK_ALONE = ("1899-12-30T", "1899-12-31T")
"""A time of day without a day stands on the day before a spreadsheet's first."""

_MIDNIGHT = re.compile(r"T00:00:00(?:\.0+)?$")
_REPORT_EVERY_ROWS = 1000


class XmlSpreadsheetReader:
    """Reads the visible sheets of an XML spreadsheet."""

    format = "xml"

    def accepts(self, source: Source) -> bool:
        """Tell by the namespace of the root element, which no other format has."""
        head = source.content[:_HEAD_BYTES].replace(b"\x00", b"")
        return _NAMESPACE.encode() in head and bool(re.search(rb"<(?:\w+:)?Workbook\b", head))

    def read(self, source: Source, profile: ColumnProfile | None, currency: str) -> StatementFile:
        """Return the statements of every visible sheet that has some."""
        return statement_file(self.format, source, _tables(source, MAX_ROWS), profile, currency)

    def preview(self, source: Source, profile: ColumnProfile | None) -> RawTable:
        """Return the first rows of the first sheet with a header, else of the first sheet."""
        tables = _tables(source, PREVIEW_ROWS)
        known = (table for table in tables if find_layout(table.rows))
        return preview_of(self.format, next(known, tables[0]), profile)


def _tables(source: Source, most_rows: int) -> list[Table]:
    _refuse_doctype(source)
    from lxml import etree  # noqa: PLC0415 - not owed at start

    try:
        tables = _parsed(source, most_rows)
    except etree.LxmlError as error:
        raise UnreadableFileError(
            f"“{source.name}” is damaged: the XML spreadsheet cannot be read to its end.",
            details=str(error),
        ) from error
    if not any(table.rows for table in tables):
        raise UnreadableFileError(f"“{source.name}” is empty.")
    return [table for table in tables if table.rows]


def _refuse_doctype(source: Source) -> None:
    for encoding in ("ascii", "utf-16-le", "utf-16-be"):
        if "<!DOCTYPE".encode(encoding) in source.content:
            raise UnreadableFileError(
                f"“{source.name}” is refused: it defines its own document type, which no"
                " spreadsheet program writes."
            )


def _parsed(source: Source, most_rows: int) -> list[Table]:
    from lxml import etree  # noqa: PLC0415 - not owed at start

    stream = io.BytesIO(source.content)
    tables: list[Table] = []
    hidden: list[str] = []
    sheet = _Sheet(source.name, most_rows)
    is_hidden = False
    for _event, element in etree.iterparse(
        stream,
        tag=(f"{_SS}Row", f"{_SS}Worksheet", _HIDDEN),
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
    ):
        if element.tag == _HIDDEN:
            is_hidden = (element.text or "").strip() != "SheetVisible"
            continue
        if element.tag == f"{_SS}Row":
            sheet.add(element)
            if len(sheet.rows) % _REPORT_EVERY_ROWS == 0:
                source.progress(stream.tell(), len(source.content))
        else:
            name = str(element.get(f"{_SS}Name") or "")
            if is_hidden:
                hidden.append(name)
            else:
                tables.append(sheet.table(name))
            sheet, is_hidden = _Sheet(source.name, most_rows), False
        element.clear()
    if hidden and tables:
        names = ", ".join(f"“{name}”" for name in hidden)
        first = tables[0]
        note = f"Hidden sheets were not read: {names}."
        tables[0] = Table(first.rows, first.name, notes=(*first.notes, note))
    return tables


class _Sheet:
    """The rows of one sheet, placed where they say they are."""

    def __init__(self, file_name: str, most_rows: int) -> None:
        self.rows: list[list[str]] = []
        self._file_name = file_name
        self._most_rows = most_rows
        self._is_over = False
        self._notes: tuple[str, ...] = ()

    def add(self, element: object) -> None:
        """Take a row in, after as many empty ones as it says.

        Raises:
            UnreadableFileError: more rows than a statement can have.

        """
        if self._is_over:
            return
        place = _whole(element.get(f"{_SS}Index"))  # type: ignore[attr-defined]
        gap = place - 1 - len(self.rows) if place else 0
        if gap > MAX_EMPTY_ROWS:
            self._is_over = True
            self._notes = (
                f"Nothing after row {len(self.rows)} was read: {MAX_EMPTY_ROWS} empty rows follow.",
            )
            return
        self.rows += [[] for _ in range(gap)]
        self.rows.append(_cells(element))
        if len(self.rows) >= self._most_rows:
            if self._most_rows >= MAX_ROWS:
                raise UnreadableFileError(
                    f"“{self._file_name}” has more than {MAX_ROWS} rows; split it into shorter"
                    " periods."
                )
            self._is_over = True

    def table(self, name: str) -> Table:
        """Return what came, without empty rows at the end."""
        while self.rows and not self.rows[-1]:
            self.rows.pop()
        return Table(self.rows, name, notes=self._notes)


def _cells(row: object) -> list[str]:
    cells: list[str] = []
    for cell in row.iterchildren(f"{_SS}Cell"):  # type: ignore[attr-defined]
        place = _whole(cell.get(f"{_SS}Index")) or len(cells) + 1
        if place > MAX_COLUMNS:
            break
        cells += [""] * (place - 1 - len(cells))
        data = cell.find(f"{_SS}Data")
        cells.append("" if data is None else _text(data.get(f"{_SS}Type"), data.itertext()))
        merged = _whole(cell.get(f"{_SS}MergeAcross"))
        cells += [""] * min(merged, MAX_COLUMNS - len(cells))
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(kind: str | None, pieces: object) -> str:
    text = " ".join("".join(str(piece) for piece in pieces).split())  # type: ignore[attr-defined]
    if kind == "Number":
        try:
            return MachineNumber(format(_DIGITS.create_decimal(text).normalize(), "f"))
        except (InvalidOperation, ValueError):
            return text
    if kind == "DateTime":
        if text.startswith(_CLOCK_ALONE):
            return text.partition("T")[2].removesuffix(".000")
        return _MIDNIGHT.sub("", text).replace("T", " ").removesuffix(".000")
    return text


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
