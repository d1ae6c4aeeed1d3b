"""Refund Report: when, why and by whom money was asked back, and how long deciding took."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlalchemy import func, select

from core.clock import day_end, day_start, shop_date
from core.model.refunds import RefundRequest, RefundStatus
from core.services.payments.filters import PaymentFilter, RefundFilter, decided_by
from core.services.reports.asked import Asked
from core.services.reports.contract import (
    Cell,
    Chart,
    ChartKind,
    ColumnKind,
    Report,
    ReportColumn,
    ReportRow,
    Series,
)
from core.services.reports.periods import Timeline, periods

KeyT = TypeVar("KeyT")

COLUMNS = (
    ReportColumn("period", "From", ColumnKind.DAY),
    ReportColumn("reason", "Reason", ColumnKind.TEXT),
    ReportColumn("person", "Person", ColumnKind.TEXT),
    ReportColumn("requests", "Asked for", ColumnKind.COUNT),
    ReportColumn("amount", "Amount asked", ColumnKind.AMOUNT),
    ReportColumn("completed", "Sent back", ColumnKind.COUNT),
    ReportColumn("completed_amount", "Amount sent", ColumnKind.AMOUNT),
    ReportColumn("rejected", "Rejected", ColumnKind.COUNT),
    ReportColumn("waiting", "Undecided", ColumnKind.COUNT),
    ReportColumn("median_decision_ms", "Median time to decide", ColumnKind.DURATION_MS),
)
BY_PERIOD, BY_REASON, BY_ASKER, BY_DECIDER = "Trend", "By reason", "Asked by", "Decided by"
_COLOURS = {
    "Sent back": "refund:completed",
    "Rejected": "refund:rejected",
    "Open": "refund:requested",
}
_NOTE = (
    "Refunds by the day they were asked for, each with what has become of it since. Points given"
    " back count here with what they paid for; in the other reports they are no money."
)


@dataclass(frozen=True, slots=True)
class _Refund:
    currency: str
    amount_minor: int
    status: RefundStatus
    reason: str
    requested_by: str
    decided_by: str
    day: date
    decision_ms: int | None


def refunds(asked: Asked) -> Report:
    """Return the report; a row's drill are the payments whose refunds it counts."""
    query = asked.query
    found: defaultdict[str, list[_Refund]] = defaultdict(list)
    for each in _refunds(asked):
        found[each.currency].append(each)
    currencies = asked.in_order(found)
    wanted = RefundFilter(first_requested_day=query.first_day, last_requested_day=query.last_day)
    rows = [row for currency in currencies for row in _rows(asked, currency, found[currency])]
    totals = [
        ReportRow(_cells((None, None, None), found[currency]), currency, _drill(currency, wanted))
        for currency in currencies
    ]
    charts = _charts(asked, currencies, found)
    return asked.answer("Refunds", COLUMNS, rows, totals, charts, (_NOTE,))


def _rows(asked: Asked, currency: str, found: Sequence[_Refund]) -> Iterator[ReportRow]:
    query = asked.query
    wanted = RefundFilter(first_requested_day=query.first_day, last_requested_day=query.last_day)
    cut = periods(query.first_day, query.last_day, query.grouping)
    timeline = [period.first for period in cut]
    by_period = _gathered(found, lambda each: bisect_right(timeline, each.day) - 1)
    for place, own in sorted(by_period.items()):
        period = cut[place]
        days = RefundFilter(first_requested_day=period.first, last_requested_day=period.last)
        cells = _cells((period.first, None, None), own)
        yield ReportRow(cells, currency, _drill(currency, days), BY_PERIOD)
    for reason, own in _largest_first(_gathered(found, lambda each: each.reason)):
        drill = _drill(currency, replace(wanted, reason=reason))
        yield ReportRow(_cells((None, reason, None), own), currency, drill, BY_REASON)
    for person, own in _largest_first(_gathered(found, lambda each: each.requested_by)):
        drill = _drill(currency, replace(wanted, requested_by=person))
        yield ReportRow(_cells((None, None, person), own), currency, drill, BY_ASKER)
    decided = [each for each in found if each.decided_by]
    for person, own in _largest_first(_gathered(decided, lambda each: each.decided_by)):
        drill = _drill(currency, replace(wanted, decided_by=person))
        yield ReportRow(_cells((None, None, person), own), currency, drill, BY_DECIDER)


def _gathered(
    found: Iterable[_Refund], key: Callable[[_Refund], KeyT]
) -> defaultdict[KeyT, list[_Refund]]:
    gathered: defaultdict[KeyT, list[_Refund]] = defaultdict(list)
    for each in found:
        gathered[key(each)].append(each)
    return gathered


def _largest_first(gathered: Mapping[str, list[_Refund]]) -> list[tuple[str, list[_Refund]]]:
    def amount_minor(refunds: list[_Refund]) -> int:
        return sum(each.amount_minor for each in refunds)

    return sorted(gathered.items(), key=lambda item: (-amount_minor(item[1]), item[0]))


def _drill(currency: str, wanted: RefundFilter) -> PaymentFilter:
    return PaymentFilter(currency=currency, refunds=wanted)


def _refunds(asked: Asked) -> Iterator[_Refund]:
    rows = asked.session.execute(
        select(
            RefundRequest.currency,
            RefundRequest.refund_amount_minor,
            RefundRequest.status,
            RefundRequest.reason,
            RefundRequest.requested_by,
            decided_by(),
            RefundRequest.requested_at,
            func.coalesce(RefundRequest.rejected_at, RefundRequest.approved_at),
        )
        .where(
            RefundRequest.requested_at >= day_start(asked.query.first_day),
            RefundRequest.requested_at < day_end(asked.query.last_day),
        )
        .order_by(RefundRequest.requested_at, RefundRequest.id)
    )
    for currency, amount_minor, status, reason, asker, decider, requested_at, decided_at in rows:
        yield _Refund(
            currency=currency,
            amount_minor=amount_minor,
            status=status,
            reason=reason,
            requested_by=asker,
            decided_by=decider,
            day=shop_date(requested_at),
            decision_ms=_milliseconds(requested_at, decided_at),
        )


def _milliseconds(start: datetime, end: datetime | None) -> int | None:
    return None if end is None else (end - start) // timedelta(milliseconds=1)


def _cells(labels: tuple[Cell, Cell, Cell], found: Sequence[_Refund]) -> tuple[Cell, ...]:
    sent = [each for each in found if each.status is RefundStatus.COMPLETED]
    times = sorted(each.decision_ms for each in found if each.decision_ms is not None)
    return (
        *labels,
        len(found),
        sum(each.amount_minor for each in found),
        len(sent),
        sum(each.amount_minor for each in sent),
        sum(each.status is RefundStatus.REJECTED for each in found),
        sum(each.status is RefundStatus.REQUESTED for each in found),
        times[(len(times) - 1) // 2] if times else None,
    )


def _charts(
    asked: Asked, currencies: Sequence[str], found: Mapping[str, Sequence[_Refund]]
) -> Iterator[Chart]:
    query = asked.query
    timeline = Timeline(query.first_day, query.last_day, query.grouping)
    for currency in currencies:
        values = {state: timeline.zeros() for state in ("Sent back", "Rejected", "Open")}
        for each in found.get(currency, ()):
            if each.status is RefundStatus.WITHDRAWN:
                continue  # nobody waits for it, and nobody refused it
            state = {RefundStatus.COMPLETED: "Sent back", RefundStatus.REJECTED: "Rejected"}
            values[state.get(each.status, "Open")][timeline.place(each.day)] += each.amount_minor
        yield Chart(
            title=f"Refunds asked for, {currency}",
            kind=ChartKind.STACKED_BARS,
            unit=ColumnKind.AMOUNT,
            currency=currency,
            categories=timeline.labels,
            series=tuple(Series(state, tuple(values[state]), _COLOURS[state]) for state in values),
            drills=tuple(
                _drill(
                    currency,
                    RefundFilter(first_requested_day=each.first, last_requested_day=each.last),
                )
                for each in timeline.periods
            ),
        )
