"""A workbook written row by row: exact numbers, true dates, no live formula, no hour of writing."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from core.clock import shop_time
from core.money import exponent
from core.services.reports.contract import Cell, ColumnKind
from core.services.reports.shown import shown

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell as SheetCell
    from openpyxl.worksheet.worksheet import Worksheet

Stored = str | int | Decimal | date | datetime | None
"""What a cell can hold."""

_LONGEST_TEXT = 32_767
"""Excel's own limit of a cell."""

_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LIVE_START = ("=", "#")
_NO_DAY = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


@contextmanager
def new_workbook() -> Iterator[Workbook]:
    """Give a workbook whose rows are written in order, each sheet into a file of its own at first.

    If it is not saved, those files are closed and taken away.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - 300 ms not owed at start

    book = Workbook(write_only=True)
    try:
        yield book
    finally:
        for sheet in cast("list[Any]", book.worksheets):
            if not sheet.closed:
                sheet.close()
                sheet._writer.cleanup()  # noqa: SLF001 - openpyxl does so itself after saving


class SheetRows:
    """Appends rows to a sheet. A cell is written at once, so one serves a column's every row."""

    def __init__(self, sheet: Worksheet) -> None:
        self._sheet = sheet
        self._cells: dict[tuple[int, str, bool], SheetCell] = {}

    def append(self, values: Iterable[tuple[Stored, str]], *, bold: bool = False) -> None:
        """Append a row of values, each with the format it is shown in."""
        self._sheet.append(
            [
                self._cell(place, value, number_format, bold=bold)
                for place, (value, number_format) in enumerate(values)
            ]
        )

    def append_texts(self, texts: Iterable[str], *, bold: bool = False) -> None:
        """Append a row of plain texts."""
        self.append(((text, "General") for text in texts), bold=bold)

    def _cell(
        self, place: int, value: Stored, number_format: str, *, bold: bool
    ) -> SheetCell | Stored:
        """Return what goes into a row: the value itself where nothing need be said about it."""
        if value is None:
            return None
        is_text = isinstance(value, str)
        if isinstance(value, str):
            value = _UNSTORABLE.sub("\ufffd", value)[:_LONGEST_TEXT]
            is_text = bold or value.startswith(_LIVE_START)
        if not bold and not is_text and number_format == "General":
            return value
        cell = self._styled(place, number_format, bold=bold)
        cell.value = value
        if isinstance(value, str):
            # Text stays text: openpyxl would make a formula or an error of it.
            cell.data_type = "s"
        return cell

    def _styled(self, place: int, number_format: str, *, bold: bool) -> SheetCell:
        key = (place, number_format, bold)
        if key not in self._cells:
            from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - 300 ms not owed at start
            from openpyxl.styles import Font  # noqa: PLC0415 - see above

            cell = WriteOnlyCell(self._sheet)
            cell.number_format = number_format
            if bold:
                cell.font = Font(bold=True)
            self._cells[key] = cell
        return self._cells[key]


def stored_cell(cell: Cell, kind: ColumnKind, currency: str) -> tuple[Stored, str]:
    """Return what a cell holds, and the format it is shown in."""
    if isinstance(cell, datetime):
        return shop_time(cell).replace(tzinfo=None, microsecond=0), "yyyy-mm-dd hh:mm:ss"
    if isinstance(cell, date):
        return cell, "yyyy-mm-dd"
    if isinstance(cell, int):
        if kind is ColumnKind.AMOUNT:
            decimals = exponent(currency)
            places = f".{'0' * decimals}" if decimals else ""
            amount = Decimal(cell).scaleb(-decimals) if decimals else cell
            return amount, f"#,##0{places}"
        if kind is ColumnKind.SHARE:
            return Decimal(cell).scaleb(-4), "0.00%"
        return cell, "#,##0"
    if kind in {ColumnKind.METHOD, ColumnKind.PAYMENT_STATUS}:
        return shown(cell, kind, currency), "General"
    return cell, "General"


def sheet_title(title: str) -> str:
    """Return a title that a sheet may bear: 31 characters, none of those Excel keeps to itself."""
    return re.sub(r"[\[\]:*?/\\']", " ", _UNSTORABLE.sub(" ", title)).strip()[:31] or "Report"


def save_workbook(
    book: Workbook, out: IO[bytes], *, title: str, shop_name: str, as_of: datetime
) -> None:
    """Write a workbook that bears ``as_of`` as its only moment: the same figures, same bytes."""
    from openpyxl.writer.excel import ExcelWriter  # noqa: PLC0415 - see above

    book.properties.title = _UNSTORABLE.sub(" ", title)
    book.properties.creator = _UNSTORABLE.sub(" ", shop_name) or "Sanduku"
    book.properties.created = as_of.replace(tzinfo=None, microsecond=0)
    ExcelWriter(book, _TimelessZip(out, as_of)).save()


class _TimelessZip(zipfile.ZipFile):
    """An archive whose bytes do not say when it was written."""

    def __init__(self, out: IO[bytes], as_of: datetime) -> None:
        super().__init__(out, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self._as_of = f"{as_of:%Y-%m-%dT%H:%M:%SZ}".encode()

    def writestr(
        self, zinfo_or_arcname: str | zipfile.ZipInfo, data: Any, *_args: Any, **_kwargs: Any
    ) -> None:
        name = str(getattr(zinfo_or_arcname, "filename", zinfo_or_arcname))
        content = data.encode() if isinstance(data, str) else data
        if name == "docProps/core.xml":
            content = _MODIFIED.sub(rb"\g<1>" + self._as_of + rb"\g<2>", content)
        super().writestr(_entry(name), content)

    def write(self, filename: Any, arcname: Any = None, *_args: Any, **_kwargs: Any) -> None:
        with Path(filename).open("rb") as part, self.open(_entry(str(arcname)), "w") as kept:
            while stretch := part.read(1 << 20):
                kept.write(stretch)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _NO_DAY)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
