"""The words of the reports: their names, what each answers, and figures as people read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from core.clock import shop_time
from core.model.payments import RequestType
from core.money import NARROW_SPACE, display, grouped
from core.services.reports.contract import Cell, ColumnKind, Grouping, ReportName
from ui.badges import badge_for
from ui.pages.reports.spans import Span

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Wording:
    """What a report is called, what it answers, what to do when it has nothing to show."""

    title: object
    question: object
    nothing: object


_WORDS = {
    ReportName.PAYMENT_SUMMARY: Wording(
        QT_TRANSLATE_NOOP("Reports", "Payments"),
        QT_TRANSLATE_NOOP("Reports", "How much came in by each method, and how it ended"),
        QT_TRANSLATE_NOOP("Reports", "No payment was taken in these days. Choose other days."),
    ),
    ReportName.GATEWAY_PERFORMANCE: Wording(
        QT_TRANSLATE_NOOP("Reports", "Networks"),
        QT_TRANSLATE_NOOP("Reports", "How often and how fast the networks answered"),
        QT_TRANSLATE_NOOP(
            "Reports", "No network was asked in these days. Choose days with mobile money."
        ),
    ),
    ReportName.REVENUE: Wording(
        QT_TRANSLATE_NOOP("Reports", "Revenue"),
        QT_TRANSLATE_NOOP("Reports", "What the shop earned, day by day"),
        QT_TRANSLATE_NOOP("Reports", "No money came in during these days. Choose other days."),
    ),
    ReportName.DISCREPANCIES: Wording(
        QT_TRANSLATE_NOOP("Reports", "Discrepancies"),
        QT_TRANSLATE_NOOP("Reports", "Where statements and payments do not agree"),
        QT_TRANSLATE_NOOP(
            "Reports",
            "No discrepancy in these days. Statements are compared on the Reconcile page.",
        ),
    ),
    ReportName.REFUNDS: Wording(
        QT_TRANSLATE_NOOP("Reports", "Refunds"),
        QT_TRANSLATE_NOOP("Reports", "How much went back, why, and who asked"),
        QT_TRANSLATE_NOOP("Reports", "No refund in these days. Choose other days."),
    ),
    ReportName.CUSTOMERS: Wording(
        QT_TRANSLATE_NOOP("Reports", "Customers"),
        QT_TRANSLATE_NOOP("Reports", "Who bought how much"),
        QT_TRANSLATE_NOOP("Reports", "No customer paid in these days. Choose other days."),
    ),
    ReportName.DAY_CLOSE: Wording(
        QT_TRANSLATE_NOOP("Reports", "Day's close"),
        QT_TRANSLATE_NOOP("Reports", "Everything an owner looks at when the day is over"),
        QT_TRANSLATE_NOOP("Reports", "Nothing happened on this day. Choose another day."),
    ),
}

_SPANS = {
    Span.TODAY: QT_TRANSLATE_NOOP("Reports", "Today"),
    Span.YESTERDAY: QT_TRANSLATE_NOOP("Reports", "Yesterday"),
    Span.THIS_WEEK: QT_TRANSLATE_NOOP("Reports", "This week"),
    Span.THIS_MONTH: QT_TRANSLATE_NOOP("Reports", "This month"),
    Span.LAST_MONTH: QT_TRANSLATE_NOOP("Reports", "Last month"),
    Span.CUSTOM: QT_TRANSLATE_NOOP("Reports", "From … to …"),
}

_REQUESTS = {
    RequestType.INITIATE: QT_TRANSLATE_NOOP("Reports", "Asked to pay"),
    RequestType.QUERY: QT_TRANSLATE_NOOP("Reports", "Asked how it stands"),
    RequestType.CONFIRM: QT_TRANSLATE_NOOP("Reports", "Confirmed"),
    RequestType.CANCEL: QT_TRANSLATE_NOOP("Reports", "Called off"),
    RequestType.REFUND: QT_TRANSLATE_NOOP("Reports", "Sent back"),
}

_GROUPINGS = {
    Grouping.DAY: QT_TRANSLATE_NOOP("Reports", "by day"),
    Grouping.WEEK: QT_TRANSLATE_NOOP("Reports", "by week"),
    Grouping.MONTH: QT_TRANSLATE_NOOP("Reports", "by month"),
}

GROUPED_REPORTS = frozenset({ReportName.PAYMENT_SUMMARY, ReportName.REVENUE, ReportName.REFUNDS})
"""The reports whose range may be cut by day, week or month."""


def report_title(name: ReportName) -> str:
    """Return what a report is called."""
    return translate("Reports", str(_WORDS[name].title))


def report_question(name: ReportName) -> str:
    """Return what a report answers."""
    return translate("Reports", str(_WORDS[name].question))


def nothing_to_show(name: ReportName) -> str:
    """Return what to do when a report has no rows."""
    return translate("Reports", str(_WORDS[name].nothing))


def span_word(span: Span, *, one_day: bool = False) -> str:
    """Return what a span of days is called; ``one_day`` is for a report of a single day."""
    if one_day and span is Span.CUSTOM:
        return translate("Reports", "Another day")
    return translate("Reports", str(_SPANS[span]))


def grouping_word(grouping: Grouping) -> str:
    """Return what a cut of the range is called."""
    return translate("Reports", str(_GROUPINGS[grouping]))


def figure_text(kind: ColumnKind, value: Cell, currency: str = "") -> str:
    """Return a cell as a table shows it; the currency of an amount stands elsewhere."""
    if value is None:
        return ""
    if kind is ColumnKind.AMOUNT and isinstance(value, int):
        return grouped(value, currency or "RWF")
    return _other_text(kind, value)


def spoken_figure(kind: ColumnKind, value: Cell, currency: str = "") -> str:
    """Return a figure with its unit, as a sentence names it: "15 000 RWF"."""
    if kind is ColumnKind.AMOUNT and isinstance(value, int):
        return display(value, currency or "RWF")
    return "" if value is None else _other_text(kind, value)


def _other_text(kind: ColumnKind, value: str | int | date) -> str:
    if isinstance(value, datetime):
        return f"{shop_time(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, RequestType):
        return translate("Reports", str(_REQUESTS[value]))
    if isinstance(value, str):
        if kind is ColumnKind.METHOD:
            return badge_for("method", value).text
        return badge_for("status", value).text if kind is ColumnKind.PAYMENT_STATUS else value
    if kind is ColumnKind.SHARE:
        whole, hundredths = divmod(abs(value), 100)
        return f"{'−' if value < 0 else ''}{whole}.{hundredths:02d}{NARROW_SPACE}%"
    if kind is ColumnKind.DURATION_MS:
        return duration_text(value)
    return _count(value)


def duration_text(duration_ms: int) -> str:
    """Return how long something took, as exactly as people care: "850 ms", "12.3 s", "3 h 20 min".

    What took days is told in whole hours.
    """
    if duration_ms < 10_000:
        return f"{_count(duration_ms)}{NARROW_SPACE}ms"
    seconds, minutes = duration_ms // 1000, duration_ms // 60_000
    if minutes < 2:
        return f"{seconds}.{duration_ms % 1000 // 100}{NARROW_SPACE}s"
    if minutes < 60:
        return f"{minutes}{NARROW_SPACE}min"
    hours = minutes // 60
    if hours < 24:
        return f"{hours}{NARROW_SPACE}h {minutes % 60:02d}{NARROW_SPACE}min"
    return f"{hours // 24}{NARROW_SPACE}d {hours % 24}{NARROW_SPACE}h"


def _count(value: int) -> str:
    sign = "−" if value < 0 else ""
    return f"{sign}{abs(value):,}".replace(",", NARROW_SPACE)
