"""The report as one CSV file: a column says which section a row is of."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator, Sequence
from typing import IO

from core.services.reconciliation_report.contract import (
    ReportHead,
    Row,
    Section,
    SectionName,
)
from core.services.reconciliation_report.sections import COLUMNS
from core.services.reconciliation_report.summary import facts_of, figure_lines
from core.services.reports.contract import Cell, ColumnKind, ReportColumn
from core.services.reports.csv_export import csv_text

_HEAD = (
    ReportColumn("section", "Section", ColumnKind.TEXT),
    ReportColumn("name", "Name", ColumnKind.TEXT),
    ReportColumn("value", "Value", ColumnKind.TEXT),
    ReportColumn("count", "Count", ColumnKind.COUNT),
)
_CURRENCY = ReportColumn("currency", "Currency", ColumnKind.TEXT)


def write_csv(
    out: IO[bytes],
    head: ReportHead,
    sections: Sequence[Section],
    rows_of: Callable[[Section], Iterator[Row]],
) -> None:
    """Write UTF-8 with a byte order mark, commas, CRLF (RFC 4180), row by row.

    The facts and figures come first, as sections of their own. Nothing is totalled below a
    section: a sum over a column would count it again; the figures have every sum.
    """
    columns = {column.key: column for column in _HEAD}
    for name in (SectionName.MATCHED, *SectionName):
        columns |= {column.key: column for column in COLUMNS[name]}
    columns[_CURRENCY.key] = _CURRENCY
    places = {key: place for place, key in enumerate(columns)}
    writer = csv.writer(codecs.getwriter("utf-8-sig")(out, "replace"))
    writer.writerow(columns)

    def write(cells: dict[str, tuple[Cell, ColumnKind]]) -> None:
        line = [""] * len(columns)
        for key, (cell, kind) in cells.items():
            line[places[key]] = csv_text(cell, kind, head.currency)
        line[-1] = head.currency
        writer.writerow(line)

    text_kind, count_kind = ColumnKind.TEXT, ColumnKind.COUNT
    for fact in facts_of(head):
        write(
            {
                "section": ("statement", text_kind),
                "name": (fact.key, text_kind),
                "value": (fact.value, fact.kind),
            }
        )
    for figure in figure_lines(head):
        write(
            {
                "section": ("figures", text_kind),
                "name": (figure.key, text_kind),
                "count": (figure.count, count_kind),
                "amount": (figure.amount_minor, ColumnKind.AMOUNT),
            }
        )
    for section in sections:
        where = [(places[column.key], column.kind) for column in section.columns]
        for row in rows_of(section):
            line = [""] * len(columns)
            line[0] = section.name.value
            for (place, kind), cell in zip(where, row, strict=True):
                line[place] = csv_text(cell, kind, head.currency)
            line[-1] = head.currency
            writer.writerow(line)
