"""The report as a PDF for an owner or accountant: what differs first, then what agrees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import IO

from core.documents.contents import ShopBlock
from core.documents.reconciliation_report import (
    PaperFigure,
    PaperReconciliation,
    PaperSection,
    Tone,
    render_reconciliation_report,
)
from core.documents.report_table import FigureTable, TableColumn
from core.documents.text import moment, period
from core.model.reconciliations import ReconciliationStatus
from core.money import display, grouped
from core.services.reconciliation_report.contract import ReportHead, Row, Section, SectionName
from core.services.reconciliation_report.summary import DRAFT, FigureGroup, figure_lines
from core.services.reconciliation_report.words import TITLE
from core.services.reports.contract import ColumnKind
from core.services.reports.shown import shown

MOST_MATCHED = 2000
"""More lines that agree are for a spreadsheet: nobody reads a thousand pages of them."""

MOST_ROWS = 5000
"""What differs is shown on paper up to this many rows a section; its sums are of all."""

_LONGEST_TEXT = 240
"""Characters of a text on paper; the spreadsheet has it whole."""

_FIGURES = frozenset({ColumnKind.AMOUNT, ColumnKind.COUNT})
_WHO = ("Who and when", ("who", "when"))
_LINE = (("Line", ("line",)), ("Date", ("date",)), ("On the statement", ("text", "reference")))
_BOOKS = (("Payment", ("payment", "customer")), ("Recorded", ("recorded",)))
_OPEN_LINES = (
    *_LINE,
    ("Other account", ("account",)),
    ("What fits", ("offered",)),
    ("Amount", ("amount",)),
)
_PAPER_COLUMNS: dict[SectionName, tuple[tuple[str, tuple[str, ...]], ...]] = {
    SectionName.DIFFERENCES: (
        *_LINE[:2],
        ("On the statement", ("text",)),
        ("Amount", ("amount",)),
        *_BOOKS,
        ("What differs", ("difference_reason",)),
        ("Difference", ("difference",)),
        _WHO,
    ),
    SectionName.MISSING_IN_BOOKS: _OPEN_LINES,
    SectionName.MONEY_OUT: _OPEN_LINES,
    SectionName.MISSING_IN_STATEMENT: (
        ("Date", ("date",)),
        ("Payment", ("payment",)),
        ("Customer", ("customer",)),
        ("Method", ("payment_method",)),
        ("Proved later", ("proved_later",)),
        ("Recorded", ("recorded",)),
    ),
    SectionName.SET_ASIDE: (*_LINE, ("Reason", ("reason",)), _WHO, ("Amount", ("amount",))),
    SectionName.MATCHED: (
        *_LINE,
        ("Amount", ("amount",)),
        *_BOOKS,
        ("Kind and reason", ("kind", "reason")),
        ("Difference", ("difference",)),
        _WHO,
    ),
    SectionName.HISTORY: (
        ("What", ("act",)),
        ("Who and when", ("who", "when")),
        ("Notes", ("reason",)),
    ),
}
"""The columns on paper, and the cells that share each."""

_STRETCHING = frozenset({"On the statement", "Customer", "Notes"})


def write_pdf(
    out: IO[bytes],
    head: ReportHead,
    shop: ShopBlock,
    sections: Sequence[Section],
    rows_of: Callable[[Section], Iterator[Row]],
) -> None:
    """Write the PDF; of a closed reconciliation the same figures give the same bytes."""
    row = head.reconciliation
    paper = PaperReconciliation(
        title=TITLE,
        shop=shop,
        status=head.status,
        tone=_tone(row.status),
        draft=(f"{DRAFT}.", f"As of {moment(head.made_at)}.") if head.is_draft else (),
        statement=_statement(head),
        acts=_acts(head),
        figures=_figures(head),
        sections=tuple(_section(head, section, rows_of) for section in sections),
        problems=head.problems,
        not_searched=head.not_searched,
        notes=row.notes,
    )
    out.write(render_reconciliation_report(paper))


def _tone(status: ReconciliationStatus) -> Tone:
    if not status.is_closed:
        return "open"
    return "bad" if status is ReconciliationStatus.DISCREPANCY else "good"


def _statement(head: ReportHead) -> tuple[str, ...]:
    row = head.reconciliation
    first, last = row.statement_period_start, row.statement_period_end
    covered = period(first, last) if first is not None and last is not None else ""
    account = f"Account {row.account}" if row.account else ""
    return tuple(
        filter(None, (row.file_name, f"{row.provider}  ·  {row.currency}", account, covered))
    )


def _acts(head: ReportHead) -> tuple[str, ...]:
    row = head.reconciliation
    return (
        f"Taken in by {row.imported_by}, {moment(row.imported_at)}",
        *(f"{each.act} by {each.user_name}, {moment(each.at)}" for each in head.history[-3:]),
    )


def _figures(head: ReportHead) -> tuple[tuple[str, tuple[PaperFigure, ...]], ...]:
    lines = list(figure_lines(head))
    return tuple(
        (
            group.value,
            tuple(
                PaperFigure(
                    line.label,
                    "" if line.count is None else grouped(line.count),
                    "not stated"
                    if line.amount_minor is None
                    else grouped(line.amount_minor, head.currency),
                    is_sum=line.is_sum,
                    is_wrong=line.is_wrong,
                )
                for line in lines
                if line.group is group
            ),
        )
        for group in FigureGroup
    )


def _section(
    head: ReportHead, section: Section, rows_of: Callable[[Section], Iterator[Row]]
) -> PaperSection:
    title = f"{section.title} ({grouped(section.count)})"
    if not section.count:
        return PaperSection(title, section.nothing)
    is_matched = section.name is SectionName.MATCHED
    if is_matched and section.count > MOST_MATCHED:
        return PaperSection(title, _for_a_spreadsheet(head))
    rows = list(islice(rows_of(section), MOST_ROWS))
    remark = ""
    if section.count > len(rows):
        remark = (
            f"The first {grouped(len(rows))} of {grouped(section.count)}; the total is of all,"
            " and the spreadsheet has every row."
        )
    return PaperSection(title, remark, _table(head, section, rows))


def _for_a_spreadsheet(head: ReportHead) -> str:
    matched = head.figures.matched
    return (
        f"{grouped(matched.count)} lines, together"
        f" {display(matched.amount_minor, head.currency)}, are too many for paper: the same"
        " report as XLSX or CSV has each with its payment and its reason."
    )


def _table(head: ReportHead, section: Section, rows: Sequence[Row]) -> FigureTable:
    places = {column.key: place for place, column in enumerate(section.columns)}
    every = (*rows, section.totals) if section.totals else tuple(rows)
    columns = [
        (title, [places[key] for key in keys])
        for title, keys in _PAPER_COLUMNS[section.name]
        if any(row[places[key]] not in {None, ""} for key in keys for row in every)
    ]

    def texts(row: Row) -> tuple[str, ...]:
        return tuple(
            _joined([shown(row[at], section.columns[at].kind, head.currency) for at in cells])
            for _, cells in columns
        )

    totals = []
    if section.totals:
        first, *others = texts(section.totals)
        # A column of figures at the front is a line's number, and has no room for a word.
        label_at = next(
            at for at, (_, cells) in enumerate(columns) if not _is_figure(section, cells)
        )
        total = [first, *others]
        total[label_at] = "Total"
        totals.append(tuple(total))
    return FigureTable(
        section.title,
        tuple(
            TableColumn(title, _is_figure(section, cells), stretches=title in _STRETCHING)
            for title, cells in columns
        ),
        tuple(texts(row) for row in rows),
        tuple(totals),
    )


def _is_figure(section: Section, cells: Sequence[int]) -> bool:
    return all(section.columns[place].kind in _FIGURES for place in cells)


def _joined(texts: Sequence[str]) -> str:
    told = "  ·  ".join(text for text in texts if text)
    return told if len(told) <= _LONGEST_TEXT else f"{told[: _LONGEST_TEXT - 1]}…"
