"""The report as a workbook: a sheet for each section, written row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import IO, TYPE_CHECKING, cast

from core.services.reconciliation_report.contract import ReportHead, Row, Section
from core.services.reconciliation_report.summary import facts_of, figure_lines
from core.services.reconciliation_report.words import TITLE
from core.services.reports.contract import ColumnKind
from core.services.reports.workbook import (
    SheetRows,
    new_workbook,
    save_workbook,
    sheet_title,
    stored_cell,
)

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_WIDTHS: dict[ColumnKind, int] = {
    ColumnKind.AMOUNT: 16,
    ColumnKind.COUNT: 9,
    ColumnKind.DAY: 12,
    ColumnKind.MOMENT: 20,
    ColumnKind.METHOD: 20,
}
_TEXT_WIDTHS = {"text": 48, "reason": 48, "kind": 30, "payment_id": 38, "who": 16}
_TEXT_WIDTH = 24
"""Widths in characters. Rows are written as they are read, so none is measured."""


def write_xlsx(
    out: IO[bytes],
    head: ReportHead,
    shop_name: str,
    sections: Sequence[Section],
    rows_of: Callable[[Section], Iterator[Row]],
) -> None:
    """Write the workbook; of a closed reconciliation the same figures give the same bytes.

    Each sheet's head is frozen, its columns can be filtered, and its sums stand below in bold.
    """
    as_of = head.reconciliation.reconciled_at or head.made_at
    with new_workbook() as book:
        _write_summary(_sheet(book, "Summary"), head, shop_name)
        for section in sections:
            _write_section(_sheet(book, section.title), head, section, rows_of(section))
        save_workbook(book, out, title=TITLE, shop_name=shop_name, as_of=as_of)


def _sheet(book: Workbook, title: str) -> Worksheet:
    return cast("Worksheet", book.create_sheet(sheet_title(title)))


def _write_summary(sheet: Worksheet, head: ReportHead, shop_name: str) -> None:
    for letter, width in (("A", 30), ("B", 40), ("C", 20)):
        sheet.column_dimensions[letter].width = width
    rows = SheetRows(sheet)
    rows.append_texts((TITLE,), bold=True)
    if shop_name:
        rows.append_texts((shop_name,))
    rows.append_texts(())
    for fact in facts_of(head):
        rows.append(((fact.label, "General"), stored_cell(fact.value, fact.kind, head.currency)))
    group = None
    for figure in figure_lines(head):
        if figure.group is not group:
            group = figure.group
            rows.append_texts(())
            rows.append_texts((group.value, "Count", f"Amount ({head.currency})"), bold=True)
        rows.append(
            (
                (figure.label, "General"),
                stored_cell(figure.count, ColumnKind.COUNT, head.currency),
                stored_cell(figure.amount_minor, ColumnKind.AMOUNT, head.currency),
            ),
            bold=figure.is_sum,
        )


def _write_section(
    sheet: Worksheet, head: ReportHead, section: Section, rows: Iterator[Row]
) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - see above

    sheet.freeze_panes = "A2"
    for place, column in enumerate(section.columns, start=1):
        width = _WIDTHS.get(column.kind) or _TEXT_WIDTHS.get(column.key, _TEXT_WIDTH)
        sheet.column_dimensions[get_column_letter(place)].width = width
    last = get_column_letter(len(section.columns))
    written = SheetRows(sheet)
    written.append_texts((column.title for column in section.columns), bold=True)
    kinds = [column.kind for column in section.columns]
    count = 0
    for row in rows:
        count += 1
        written.append(
            stored_cell(cell, kind, head.currency) for cell, kind in zip(row, kinds, strict=True)
        )
    # Below the filter's last row, so that sorting and filtering leave the sums where they are.
    sheet.auto_filter.ref = f"A1:{last}{count + 1}"
    if section.totals:
        written.append(
            (
                ("Total", "General")
                if place == 0
                else stored_cell(cell, kinds[place], head.currency)
                for place, cell in enumerate(section.totals)
            ),
            bold=True,
        )
