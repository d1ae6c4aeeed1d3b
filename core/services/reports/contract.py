"""What a report is: a question with a range of the shop's days, and an answer to show or export.

No figure is a float: amounts are minor units beside their row's currency, shares are hundredths of
a percent, response times are milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from core.services.payments.lists import PaymentFilter


class ReportName(StrEnum):
    """The reports, by the names the command line uses."""

    PAYMENT_SUMMARY = "payment-summary"
    GATEWAY_PERFORMANCE = "gateway-performance"
    REVENUE = "revenue"
    DISCREPANCIES = "discrepancies"
    REFUNDS = "refunds"
    CUSTOMERS = "customers"
    DAY_CLOSE = "day-close"


class Grouping(StrEnum):
    """How a report over time cuts its range; weeks begin on Monday (ISO 8601)."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class ReportQuery:
    """Which report over which days of the shop, both ends included.

    ``customer_id`` narrows the customers' report to the history of one.
    """

    name: ReportName
    first_day: date
    last_day: date
    grouping: Grouping = Grouping.DAY
    customer_id: int | None = None


class ExportFormat(StrEnum):
    """The files a report can be handed out as."""

    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"
    JSON = "json"


class ColumnKind(StrEnum):
    """What a column's cells are, and so how they are shown, aligned and exported."""

    TEXT = "text"
    METHOD = "method"
    PAYMENT_STATUS = "payment_status"
    AMOUNT = "amount"
    COUNT = "count"
    SHARE = "share"
    DURATION_MS = "duration_ms"
    DAY = "day"
    MOMENT = "moment"


Cell = str | int | date | datetime | None


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """One column; ``key`` is its name in JSON and stays, ``title`` is for people."""

    key: str
    title: str
    kind: ColumnKind


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One row; ``drill`` are the payments behind its figures, where payments are behind them.

    ``group`` names the section a row belongs to where a report has several, as the day's close.
    """

    cells: tuple[Cell, ...]
    currency: str = ""
    drill: PaymentFilter | None = None
    group: str = ""


class ChartKind(StrEnum):
    """How a chart is drawn."""

    BARS = "bars"
    STACKED_BARS = "stacked_bars"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Series:
    """One row of a chart's figures; ``colour`` is a badge as "method:cash", or empty."""

    name: str
    values: tuple[int, ...]
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """Figures over categories, drawn on screen and in the PDF alike."""

    title: str
    kind: ChartKind
    unit: ColumnKind
    currency: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    drills: tuple[PaymentFilter | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The answer. ``totals`` has one row for each currency; ``notes`` are sentences below."""

    query: ReportQuery
    title: str
    columns: tuple[ReportColumn, ...]
    rows: tuple[ReportRow, ...]
    totals: tuple[ReportRow, ...]
    charts: tuple[Chart, ...]
    made_at: datetime
    notes: tuple[str, ...] = ()
