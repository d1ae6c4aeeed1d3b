"""XLSX and XLSM workbooks as sheets of text cells, by the streaming parser of the standard library.

openpyxl is not asked: it believes the sizes that a file states, and takes five times as long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import UnreadableFileError
from core.statements.tables.number_formats import is_date_format
from core.statements.tables.sheet_rows import Book, unescaped
from core.statements.tables.sheet_xml import read_sheet
from core.statements.tables.sheets import Sheet, sheet_of, with_hidden
from core.statements.tables.text import MAX_ROWS
from core.statements.tables.workbook_archive import Archive, damaged, local, resolved

MAX_SHEETS = 60
MAX_STRINGS = 1_000_000

_DEFAULT_BOOK = "xl/workbook.xml"


@dataclass(frozen=True, slots=True)
class _Listed:
    """A sheet as the workbook lists it, in the order of its tabs."""

    title: str
    part: str
    hidden: bool


@dataclass(slots=True)
class _Directory:
    """Where the parts of a workbook are."""

    sheets: list[_Listed]
    strings: str
    styles: str
    from_1904: bool = False


def workbook_sheets(content: bytes, file_name: str, *, max_rows: int = MAX_ROWS) -> list[Sheet]:
    """Return the visible sheets that hold anything; the first one notes which are hidden.

    Raises:
        UnreadableFileError: damaged, a zip bomb, or formulas that were never calculated.

    """
    archive = Archive(content, file_name)
    directory = _directory(archive)
    book = Book(
        _shared_strings(archive, directory.strings),
        _date_styles(archive, directory.styles),
        directory.from_1904,
    )
    sheets: list[Sheet] = []
    hidden: list[str] = []
    for listed in directory.sheets[:MAX_SHEETS]:
        if listed.hidden:
            hidden.append(listed.title)
            continue
        cells = read_sheet(archive, listed.part, book, max_rows=max_rows)
        if cells.rows:
            sheets.append(sheet_of(listed.title, cells))
    if len(directory.sheets) > MAX_SHEETS and sheets:
        sheets[0] = sheets[0].noting(f"Only the first {MAX_SHEETS} sheets were read.")
    return with_hidden(sheets, hidden, file_name)


def _directory(archive: Archive) -> _Directory:
    """Follow the relationships from the package to the workbook and on to its parts."""
    found = [target for kind, _, target in _relations(archive, "") if kind == "officeDocument"]
    book = found[0] if found else _DEFAULT_BOOK
    if book.casefold().endswith(".bin"):
        raise UnreadableFileError(
            f"“{archive.file_name}” is a binary workbook (.xlsb); open it and save it as XLSX."
        )
    if book not in archive:
        raise damaged(archive.file_name, f"there is no part {book}")
    relations = list(_relations(archive, book))
    parts = {identifier: target for kind, identifier, target in relations if kind == "worksheet"}
    named = {kind: target for kind, _, target in relations}
    directory = _Directory([], named.get("sharedStrings", ""), named.get("styles", ""))

    def start(name: str, attributes: dict[str, str]) -> None:
        name = local(name)
        if name == "workbookPr":
            directory.from_1904 = attributes.get("date1904", "") in ("1", "true", "on")
        elif name == "sheet":
            named = (value for key, value in attributes.items() if local(key) == "id")
            part = parts.get(next(named, ""))
            if part:  # else a chart, a macro sheet or a dialog
                shown = attributes.get("state", "visible") == "visible"
                title = unescaped(attributes.get("name", ""))
                directory.sheets.append(_Listed(title, part, not shown))

    archive.parse(book, start)
    for listed in directory.sheets:
        if listed.part not in archive:
            raise damaged(archive.file_name, f"there is no part {listed.part}")
    return directory


def _relations(archive: Archive, part: str) -> Iterator[tuple[str, str, str]]:
    """Yield kind, identifier and target of a part's relationships, transitional or strict."""
    folder, _, name = part.rpartition("/")
    relations = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
    found: list[tuple[str, str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if local(name) == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            target = resolved(part, attributes.get("Target", ""))
            found.append((kind, attributes.get("Id", ""), target))

    if relations in archive:
        archive.parse(relations, start)
    yield from found


def _shared_strings(archive: Archive, part: str) -> list[str]:
    """Return the workbook's texts; runs of rich text are joined, phonetic hints left out."""
    strings: list[str] = []
    pieces: list[str] = []
    state = {"collecting": False, "phonetic": False}

    def start(name: str, _attributes: dict[str, str]) -> None:
        name = local(name)
        if name == "t":
            state["collecting"] = not state["phonetic"]
        elif name == "si":
            pieces.clear()
        elif name == "rPh":
            state["phonetic"] = True

    def data(text: str) -> None:
        if state["collecting"]:
            pieces.append(text)

    def end(name: str) -> None:
        name = local(name)
        if name == "t":
            state["collecting"] = False
        elif name == "rPh":
            state["phonetic"] = False
        elif name == "si":
            strings.append(unescaped("".join(pieces)))
            if len(strings) > MAX_STRINGS:
                raise damaged(archive.file_name, f"{part}: more texts than a statement can have")

    if part and part in archive:
        archive.parse(part, start, end, data)
    return strings


def _date_styles(archive: Archive, part: str) -> frozenset[str]:
    """Return the indices of the cell formats (``cellXfs``) that show dates or times."""
    codes: dict[int, str] = {}
    formats: list[int] = []
    inside = {"cellXfs": False}

    def start(name: str, attributes: dict[str, str]) -> None:
        name = local(name)
        if name == "numFmt":
            codes[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            inside["cellXfs"] = True
        elif name == "xf" and inside["cellXfs"]:
            formats.append(_number(attributes.get("numFmtId")))

    def end(name: str) -> None:
        if local(name) == "cellXfs":
            inside["cellXfs"] = False

    if part and part in archive:
        archive.parse(part, start, end)
    dates = {code: is_date_format(code, codes.get(code, "")) for code in set(formats)}
    return frozenset(str(at) for at, code in enumerate(formats) if dates[code])


def _number(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"\d{1,9}", text) else 0
