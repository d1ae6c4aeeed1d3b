"""Gateway Performance: how often the networks answer well, how fast, and why they do not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select

from core.clock import day_end, day_start
from core.model.day_sums import CallDay
from core.model.payments import PaymentTransaction, RequestType
from core.services.calls.filters import CallFilter
from core.services.payments.filters import PaymentFilter
from core.services.reports.asked import Asked
from core.services.reports.contract import (
    Cell,
    Chart,
    ChartKind,
    ColumnKind,
    Report,
    ReportColumn,
    ReportQuery,
    ReportRow,
    Series,
)
from core.services.reports.periods import Timeline

COLUMNS = (
    ReportColumn("gateway", "Gateway", ColumnKind.TEXT),
    ReportColumn("request_type", "Request", ColumnKind.TEXT),
    ReportColumn("error_code", "Error code", ColumnKind.TEXT),
    ReportColumn("calls", "Calls", ColumnKind.COUNT),
    ReportColumn("succeeded", "Succeeded", ColumnKind.COUNT),
    ReportColumn("failed", "Failed", ColumnKind.COUNT),
    ReportColumn("success_rate", "Success rate", ColumnKind.SHARE),
    ReportColumn("median_ms", "Median response", ColumnKind.DURATION_MS),
    ReportColumn("p95_ms", "95th percentile", ColumnKind.DURATION_MS),
)
ANSWERS, ERRORS = "Answers", "Error codes"
_NOTES = (
    "A call that awaits its answer counts as a call, and neither as succeeded nor as failed.",
    "A customer's refusal is an answer without success, though no fault of the network.",
    "Percentiles are response times that occurred (nearest rank).",
)

_Kind = tuple[str, RequestType]


@dataclass(slots=True)
class _Calls:
    calls: int = 0
    succeeded: int = 0
    timed: int = 0
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def failed(self) -> int:
        return self.errors.total()

    @property
    def success_rate(self) -> int | None:
        """Hundredths of a percent of the answered calls, rounded to the nearest."""
        answered = self.succeeded + self.failed
        return (20_000 * self.succeeded + answered) // (2 * answered) if answered else None

    def add(self, error_code: str, calls: int, timed: int, *, success: bool) -> None:
        self.calls += calls
        self.timed += timed
        if success:
            self.succeeded += calls
        elif error_code:
            self.errors[error_code] += calls


def gateway_performance(asked: Asked) -> Report:
    """Return the report over calls by the day they were made."""
    query = asked.query
    kinds: defaultdict[_Kind, _Calls] = defaultdict(_Calls)
    whole = _Calls()
    for gateway, request, success, error_code, calls, timed in _sums(asked):
        for figures in (kinds[gateway, request], whole):
            figures.add(error_code, calls, timed, success=success)
    found = [(kind, kinds[kind]) for kind in sorted(kinds)]
    rows = [_answers(asked, kind, calls) for kind, calls in found]
    rows += [row for kind, calls in found for row in _errors(query, kind, calls)]
    totals = (
        None,
        None,
        None,
        whole.calls,
        whole.succeeded,
        whole.failed,
        whole.success_rate,
        None,
        None,
    )
    return asked.answer(
        "Gateway performance",
        COLUMNS,
        rows,
        [ReportRow(totals, drill=PaymentFilter(calls=_made(query)))],
        _charts(asked),
        _NOTES,
    )


def _sums(asked: Asked) -> Iterator[tuple[str, RequestType, bool, str, int, int]]:
    key = (CallDay.gateway_name, CallDay.request_type, CallDay.success, CallDay.error_code)
    rows = asked.session.execute(
        select(*key, func.sum(CallDay.calls), func.sum(CallDay.timed))
        .where(CallDay.day.between(asked.query.first_day, asked.query.last_day))
        .group_by(*key)
        .having(func.sum(CallDay.calls) > 0)
    )
    yield from rows


def _answers(asked: Asked, kind: _Kind, calls: _Calls) -> ReportRow:
    gateway, request = kind
    cells: tuple[Cell, ...] = (
        gateway,
        request,
        None,
        calls.calls,
        calls.succeeded,
        calls.failed,
        calls.success_rate,
        _percentile(asked, kind, calls.timed, 50),
        _percentile(asked, kind, calls.timed, 95),
    )
    return ReportRow(cells, drill=_drill(asked.query, kind), group=ANSWERS)


def _errors(query: ReportQuery, kind: _Kind, calls: _Calls) -> Iterator[ReportRow]:
    gateway, request = kind
    for code, count in sorted(calls.errors.items(), key=lambda item: (-item[1], item[0])):
        cells = (gateway, request, code, count, None, count, None, None, None)
        yield ReportRow(cells, drill=_drill(query, kind, code), group=ERRORS)


def _percentile(asked: Asked, kind: _Kind, timed: int, percent: int) -> int | None:
    """Return the response time below which so many percent of the calls lie (nearest rank)."""
    if not timed:
        return None
    gateway, request = kind
    rank = -(-timed * percent // 100)
    return asked.session.scalar(
        select(PaymentTransaction.processing_time_ms)
        .where(
            PaymentTransaction.gateway_name == gateway,
            PaymentTransaction.request_type == request,
            PaymentTransaction.processing_time_ms.is_not(None),
            PaymentTransaction.request_at >= day_start(asked.query.first_day),
            PaymentTransaction.request_at < day_end(asked.query.last_day),
        )
        .order_by(PaymentTransaction.processing_time_ms)
        .offset(rank - 1)
        .limit(1)
    )


def _made(query: ReportQuery, first: date | None = None, last: date | None = None) -> CallFilter:
    return CallFilter(first_day=first or query.first_day, last_day=last or query.last_day)


def _drill(query: ReportQuery, kind: _Kind, error_code: str | None = None) -> PaymentFilter:
    gateway, request = kind
    return PaymentFilter(
        calls=CallFilter(
            gateway_name=gateway,
            request_type=request,
            error_code=error_code,
            first_day=query.first_day,
            last_day=query.last_day,
        )
    )


def _charts(asked: Asked) -> Iterator[Chart]:
    query = asked.query
    timeline = Timeline(query.first_day, query.last_day, query.grouping)
    is_failure = ~CallDay.success & (CallDay.error_code != "")
    rows = asked.session.execute(
        select(CallDay.day, CallDay.gateway_name, is_failure, func.sum(CallDay.calls))
        .where(CallDay.day.between(query.first_day, query.last_day))
        .group_by(CallDay.day, CallDay.gateway_name, is_failure)
        .having(func.sum(CallDay.calls) > 0)
    )
    made: defaultdict[str, list[int]] = defaultdict(timeline.zeros)
    failed: defaultdict[str, list[int]] = defaultdict(timeline.zeros)
    for day, gateway, has_failed, calls in rows:
        place = timeline.place(day)
        made[gateway][place] += calls
        if has_failed:
            failed[gateway][place] += calls
    for title, found in (("Calls by gateway", made), ("Failed calls by gateway", failed)):
        yield Chart(
            title=title,
            kind=ChartKind.STACKED_BARS,
            unit=ColumnKind.COUNT,
            currency="",
            categories=timeline.labels,
            series=tuple(Series(name, tuple(found[name])) for name in sorted(found)),
            drills=tuple(
                PaymentFilter(calls=_made(query, each.first, each.last))
                for each in timeline.periods
            ),
        )
