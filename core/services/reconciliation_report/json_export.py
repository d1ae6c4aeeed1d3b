"""The report as JSON, for scripts; its field names stay."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import IO

from core.money import major
from core.services.reconciliation_report.contract import ReportHead, Row, Section
from core.services.reconciliation_report.summary import facts_of, figure_lines
from core.services.reports.json_export import json_value


def write_json(
    out: IO[bytes],
    head: ReportHead,
    sections: Sequence[Section],
    rows_of: Callable[[Section], Iterator[Row]],
) -> None:
    """Write one object, row by row: ``figures`` and then each section by its name.

    Amounts are strings of major units, moments UTC.
    """

    def write(text: str) -> None:
        out.write(text.encode("utf-8", "replace"))

    row, currency = head.reconciliation, head.currency
    document: dict[str, object] = {
        "report": "reconciliation",
        "reconciliation_id": row.reconciliation_id,
        "draft": head.is_draft,
        "status": row.status.value,
    }
    document |= {
        fact.key: json_value(fact.value, fact.kind, currency)
        for fact in facts_of(head)
        if fact.key not in {"problem", "not_searched", *document}
    }
    document["problems"] = list(head.problems)
    document["not_searched"] = list(head.not_searched)
    document["figures"] = {
        figure.key: {
            "count": figure.count,
            "amount": None if figure.amount_minor is None else major(figure.amount_minor, currency),
        }
        for figure in figure_lines(head)
    }
    write(_text(document, indent=2).removesuffix("\n}"))
    for section in sections:
        write(f',\n  "{section.name.value}": [')
        for place, cells in enumerate(rows_of(section)):
            values = {
                column.key: json_value(cell, column.kind, currency)
                for column, cell in zip(section.columns, cells, strict=True)
            }
            write(f"{',' if place else ''}\n    {_text(values)}")
        write("\n  ]")
    write("\n}\n")


def _text(value: object, *, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)
