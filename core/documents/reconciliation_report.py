"""The report of one reconciliation: what the statement and the shop's books agree on, or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from core.documents.blocks import Column, draw_amount, draw_pair, draw_table, draw_texts
from core.documents.lettering import ACCENT, BODY, BODY_BOLD, BODY_MUTED, BOLD, GREEN, RED, Style
from core.documents.sheet import A4_LANDSCAPE, Cell, Sheet
from core.documents.text import moment, period, short_date
from core.money import display, grouped

__all__ = [
    "ReconciliationReport",
    "ReportMatch",
    "ReportPayment",
    "ReportStatementLine",
    "render_reconciliation_report",
]

_TITLE = Style(18, 25, ACCENT, BOLD)
_SECTION = Style(10.5, 18, ACCENT, BOLD)


@dataclass(frozen=True, slots=True)
class ReportMatch:
    """A statement line and the payment it proves; ``reasons`` says why in words.

    Amounts are signed minor units, + is money in. Where one line stands for several payments,
    or several lines for one, there is one row each.
    """

    line: int
    day: date
    statement_reference: str
    statement_amount_minor: int
    payment_reference: str
    payment_amount_minor: int
    reasons: str


@dataclass(frozen=True, slots=True)
class ReportStatementLine:
    """A line of the statement that the shop's books do not know; the amount is signed."""

    line: int
    day: date
    reference: str
    description: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ReportPayment:
    """A payment of the shop's books that the statement does not show."""

    day: date
    reference: str
    customer_name: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ReconciliationReport:
    """What a clerk signs. Amounts are signed minor units of ``currency``.

    ``discrepancy_minor`` is the statement's total less that of the books. ``reconciled_by`` and
    ``reconciled_at`` are empty while the work is open.
    """

    title: str
    shop_name: str
    provider: str
    file_name: str
    period_start: date
    period_end: date
    currency: str
    status: str
    statement_total_minor: int
    books_total_minor: int
    matched_total_minor: int
    discrepancy_minor: int
    matched: tuple[ReportMatch, ...]
    missing_in_books: tuple[ReportStatementLine, ...]
    missing_in_statement: tuple[ReportPayment, ...]
    reconciled_by: str = ""
    reconciled_at: datetime | None = None
    notes: str = ""


def render_reconciliation_report(report: ReconciliationReport) -> bytes:
    """Return the report as a PDF; the same report gives the same bytes."""
    covered = period(report.period_start, report.period_end)
    subject = f"{report.provider}, {report.file_name}, {covered}"
    sheet = Sheet(A4_LANDSCAPE, title=report.title, author=report.shop_name, subject=subject)
    _draw_top(sheet, report, covered)
    _draw_summary(sheet, report)
    _draw_missing_in_books(sheet, report)
    _draw_missing_in_statement(sheet, report)
    _draw_matched(sheet, report)
    draw_texts(sheet, ("Notes", report.notes))
    return sheet.finish(footer=f"{report.provider}  ·  {covered}")


def _draw_top(sheet: Sheet, report: ReconciliationReport, covered: str) -> None:
    lines = [(report.title, _TITLE), (report.shop_name, BODY_MUTED)]
    sheet.band(Cell(sheet.left, sheet.width, lines))
    sheet.space(8)
    sheet.rule(colour=ACCENT, weight=1.2)
    sheet.space(14)
    done = (
        [report.status, f"by {report.reconciled_by}", moment(report.reconciled_at)]
        if report.reconciled_at
        else [report.status, "Not closed yet"]
    )
    draw_pair(sheet, ("Statement", [report.provider, report.file_name, covered]), ("State", done))


def _draw_summary(sheet: Sheet, report: ReconciliationReport) -> None:
    agree = report.discrepancy_minor == 0
    difference = Style(BODY.size, BODY.leading, GREEN if agree else RED, BOLD)
    rows = (
        ("Total of the statement", report.statement_total_minor, BODY),
        ("Total of our books", report.books_total_minor, BODY),
        (f"Matched ({grouped(len(report.matched))})", report.matched_total_minor, BODY),
        ("No difference" if agree else "Difference", report.discrepancy_minor, difference),
    )
    for label, amount_minor, style in rows:
        amount = display(amount_minor, report.currency)
        label_style = BODY_MUTED if style is BODY else style
        draw_amount(sheet, sheet.left, label, amount, style, label_style)
        sheet.space(3)
        sheet.rule()
        sheet.space(4)
    sheet.space(12)


def _section(sheet: Sheet, title: str, count: int, nothing: str) -> bool:
    """Draw the section's title with its count, or the words for none; tell whether rows follow."""
    sheet.need(80)
    sheet.band(Cell(sheet.left, sheet.width, [(f"{title} ({grouped(count)})", _SECTION)]))
    sheet.space(2)
    if not count:
        sheet.band(Cell(sheet.left, sheet.width, [(nothing, BODY_MUTED)]))
        sheet.space(14)
    return bool(count)


def _draw_missing_in_books(sheet: Sheet, report: ReconciliationReport) -> None:
    lines = report.missing_in_books
    nothing = "Every line of the statement is in our books."
    if not _section(sheet, "On the statement, not in our books", len(lines), nothing):
        return
    columns = (
        Column("Line", "right"),
        Column("Date", width=62),
        Column("Reference", width=150),
        Column("Description", width=-1),
        Column(f"Amount ({report.currency})", "right"),
    )
    rows = [
        (
            str(line.line),
            short_date(line.day),
            line.reference,
            line.description,
            grouped(line.amount_minor, report.currency),
        )
        for line in lines
    ]
    draw_table(sheet, columns, rows)
    _sum(sheet, sum(line.amount_minor for line in lines), report.currency)


def _draw_missing_in_statement(sheet: Sheet, report: ReconciliationReport) -> None:
    payments = report.missing_in_statement
    nothing = "Every payment of our books is on the statement."
    if not _section(sheet, "In our books, not on the statement", len(payments), nothing):
        return
    columns = (
        Column("Date", width=62),
        Column("Payment", width=200),
        Column("Customer", width=-1),
        Column(f"Amount ({report.currency})", "right"),
    )
    rows = [
        (
            short_date(payment.day),
            payment.reference,
            payment.customer_name,
            grouped(payment.amount_minor, report.currency),
        )
        for payment in payments
    ]
    draw_table(sheet, columns, rows)
    _sum(sheet, sum(payment.amount_minor for payment in payments), report.currency)


def _draw_matched(sheet: Sheet, report: ReconciliationReport) -> None:
    if not _section(sheet, "Matched", len(report.matched), "Nothing is matched yet."):
        return
    columns = (
        Column("Line", "right"),
        Column("Date", width=62),
        Column("Statement", width=100),
        Column("Payment", width=100),
        Column("Why", width=-1),
        Column(f"Statement ({report.currency})", "right"),
        Column(f"Books ({report.currency})", "right"),
    )
    rows = [
        (
            str(match.line),
            short_date(match.day),
            match.statement_reference,
            match.payment_reference,
            match.reasons,
            grouped(match.statement_amount_minor, report.currency),
            grouped(match.payment_amount_minor, report.currency),
        )
        for match in report.matched
    ]
    draw_table(sheet, columns, rows)
    sheet.space(14)


def _sum(sheet: Sheet, amount_minor: int, currency: str) -> None:
    sheet.space(5)
    amount = display(amount_minor, currency)
    draw_amount(sheet, sheet.left, "Together", amount, BODY_BOLD, BODY_BOLD)
    sheet.space(14)
