"""The sections of a reconciliation's report: their columns and the sums that stand below them."""

from __future__ import annotations

from collections.abc import Mapping

from core.services.reconciliation_report.contract import (
    ReportHead,
    Row,
    Section,
    SectionName,
    Tally,
)
from core.services.reports.contract import ColumnKind, ReportColumn

_LINE = ReportColumn("line", "Line", ColumnKind.COUNT)
_DATE = ReportColumn("date", "Date", ColumnKind.DAY)
_TEXT = ReportColumn("text", "On the statement", ColumnKind.TEXT)
_REFERENCE = ReportColumn("reference", "Reference", ColumnKind.TEXT)
_AMOUNT = ReportColumn("amount", "Amount", ColumnKind.AMOUNT)
_PAYMENT = ReportColumn("payment", "Payment", ColumnKind.TEXT)
_CUSTOMER = ReportColumn("customer", "Customer", ColumnKind.TEXT)
_RECORDED = ReportColumn("recorded", "Recorded", ColumnKind.AMOUNT)
_MATCH = ReportColumn("match", "Match", ColumnKind.COUNT)
_KIND = ReportColumn("kind", "Kind", ColumnKind.TEXT)
_DIFFERENCE = ReportColumn("difference", "Difference", ColumnKind.AMOUNT)
_DIFFERENCE_REASON = ReportColumn("difference_reason", "What differs", ColumnKind.TEXT)
_REASON = ReportColumn("reason", "Reason", ColumnKind.TEXT)
_WHO = ReportColumn("who", "Who", ColumnKind.TEXT)
_WHEN = ReportColumn("when", "When", ColumnKind.MOMENT)

COLUMNS: dict[SectionName, tuple[ReportColumn, ...]] = {
    SectionName.DIFFERENCES: (
        _MATCH,
        _LINE,
        _DATE,
        _TEXT,
        _AMOUNT,
        _PAYMENT,
        _CUSTOMER,
        _RECORDED,
        _DIFFERENCE,
        _DIFFERENCE_REASON,
        _WHO,
        _WHEN,
    ),
    SectionName.MISSING_IN_BOOKS: (
        _LINE,
        _DATE,
        _TEXT,
        _REFERENCE,
        ReportColumn("account", "Other account", ColumnKind.TEXT),
        _AMOUNT,
        ReportColumn("offered", "What fits", ColumnKind.TEXT),
    ),
    SectionName.MONEY_OUT: (
        _LINE,
        _DATE,
        _TEXT,
        _REFERENCE,
        ReportColumn("account", "Other account", ColumnKind.TEXT),
        _AMOUNT,
        ReportColumn("offered", "What fits", ColumnKind.TEXT),
    ),
    SectionName.MISSING_IN_STATEMENT: (
        _DATE,
        _PAYMENT,
        ReportColumn("payment_id", "Payment number", ColumnKind.TEXT),
        _CUSTOMER,
        ReportColumn("payment_method", "Method", ColumnKind.METHOD),
        _RECORDED,
        ReportColumn("proved_later", "Proved later", ColumnKind.MOMENT),
    ),
    SectionName.SET_ASIDE: (_LINE, _DATE, _TEXT, _REFERENCE, _AMOUNT, _REASON, _WHO, _WHEN),
    SectionName.MATCHED: (
        _MATCH,
        _LINE,
        _DATE,
        _TEXT,
        _REFERENCE,
        _AMOUNT,
        _PAYMENT,
        _CUSTOMER,
        _RECORDED,
        _KIND,
        _REASON,
        ReportColumn("found_by", "Found by", ColumnKind.TEXT),
        _DIFFERENCE,
        _DIFFERENCE_REASON,
        _WHO,
        _WHEN,
    ),
    SectionName.HISTORY: (ReportColumn("act", "What", ColumnKind.TEXT), _REASON, _WHO, _WHEN),
}

_TITLES: dict[SectionName, tuple[str, str]] = {
    SectionName.DIFFERENCES: ("Differences", "Every match agrees to the last coin."),
    SectionName.MISSING_IN_BOOKS: (
        "Missing in our books",
        "A payment explains all money that came in.",
    ),
    SectionName.MONEY_OUT: ("Money out, not explained", "All money that went out is explained."),
    SectionName.MISSING_IN_STATEMENT: (
        "Unmatched payments",
        "The statement shows every payment that it should.",
    ),
    SectionName.SET_ASIDE: ("Set aside", "No line was set aside."),
    SectionName.MATCHED: ("Matched", "Nothing is matched."),
    SectionName.HISTORY: ("Closed, resolved, reopened", "It was never closed."),
}
"""The title of each section, and what it says when it has no row."""


def sections_of(head: ReportHead) -> tuple[Section, ...]:
    """Return every section, an empty one too, in the order of an owner's questions."""
    return tuple(_section(head, name) for name in SectionName)


def _section(head: ReportHead, name: SectionName) -> Section:
    tally, sums = _sums(head, name)
    title, nothing = _TITLES[name]
    columns = COLUMNS[name]
    totals: Row = tuple(sums.get(column.key) for column in columns) if sums else ()
    return Section(name, title, nothing, columns, tally.count, totals)


def _sums(head: ReportHead, name: SectionName) -> tuple[Tally, Mapping[str, int]]:
    """Return what a section counts, and the sum of each of its columns that has one."""
    figures = head.figures
    match name:
        case SectionName.DIFFERENCES:
            return figures.difference, {"difference": figures.difference.amount_minor}
        case SectionName.MISSING_IN_BOOKS:
            return figures.missing_in_books, {"amount": figures.missing_in_books.amount_minor}
        case SectionName.MONEY_OUT:
            return figures.unexplained_out, {"amount": figures.unexplained_out.amount_minor}
        case SectionName.MISSING_IN_STATEMENT:
            missing = figures.missing_in_statement
            return missing, {"recorded": missing.amount_minor}
        case SectionName.SET_ASIDE:
            return figures.set_aside, {"amount": figures.set_aside.amount_minor}
        case SectionName.MATCHED:
            return figures.matched, {
                "amount": figures.matched.amount_minor,
                "recorded": figures.proved.amount_minor,
                "difference": figures.difference.amount_minor,
            }
        case SectionName.HISTORY:
            return Tally(len(head.history)), {}
