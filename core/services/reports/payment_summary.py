"""Payment Summary: how many payments of each method stand in each state, and their amounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import ColumnElement, func, select

from core.model.day_sums import DayBasis, PaymentDay
from core.model.payments import PaymentMethod, PaymentStatus
from core.services.payments.filters import PaymentFilter
from core.services.reports.asked import Asked
from core.services.reports.contract import (
    Chart,
    ChartKind,
    ColumnKind,
    Report,
    ReportColumn,
    ReportQuery,
    ReportRow,
)
from core.services.reports.periods import Timeline
from core.services.reports.words import method_series

COLUMNS = (
    ReportColumn("payment_method", "Method", ColumnKind.METHOD),
    ReportColumn("status", "Status", ColumnKind.PAYMENT_STATUS),
    ReportColumn("count", "Payments", ColumnKind.COUNT),
    ReportColumn("amount", "Amount", ColumnKind.AMOUNT),
)


def payment_summary(asked: Asked) -> Report:
    """Return the report over payments by the day they were recorded."""
    query = asked.query
    everything = PaymentFilter(first_day=query.first_day, last_day=query.last_day)
    sums = _sums(asked)
    currencies = asked.in_order(currency for currency, _, _ in sums)
    rows = [
        ReportRow(
            cells=(method, status, *sums[currency, method, status]),
            currency=currency,
            drill=replace(
                everything,
                currency=currency,
                methods=frozenset({method}),
                statuses=frozenset({status}),
            ),
        )
        for currency in currencies
        for method in PaymentMethod
        for status in PaymentStatus
        if (currency, method, status) in sums
    ]
    totals = []
    for currency in currencies:
        own = [figures for (code, _, _), figures in sums.items() if code == currency]
        cells = (None, None, sum(count for count, _ in own), sum(amount for _, amount in own))
        totals.append(ReportRow(cells, currency, replace(everything, currency=currency)))
    return asked.answer("Payment summary", COLUMNS, rows, totals, _charts(asked, currencies))


def _sums(asked: Asked) -> dict[tuple[str, PaymentMethod, PaymentStatus], tuple[int, int]]:
    rows = asked.session.execute(
        select(
            PaymentDay.currency,
            PaymentDay.payment_method,
            PaymentDay.status,
            func.sum(PaymentDay.payments),
            func.sum(PaymentDay.amount_minor),
        )
        .where(*_in_range(asked.query))
        .group_by(PaymentDay.currency, PaymentDay.payment_method, PaymentDay.status)
        .having(func.sum(PaymentDay.payments) > 0)
    )
    return {
        (currency, method, status): (count, amount)
        for currency, method, status, count, amount in rows
    }


def _charts(asked: Asked, currencies: list[str]) -> Iterator[Chart]:
    """Yield for each currency the amounts by method, period by period."""
    query = asked.query
    timeline = Timeline(query.first_day, query.last_day, query.grouping)
    found: defaultdict[tuple[str, PaymentMethod], list[int]] = defaultdict(timeline.zeros)
    rows = asked.session.execute(
        select(
            PaymentDay.day,
            PaymentDay.currency,
            PaymentDay.payment_method,
            func.sum(PaymentDay.amount_minor),
        )
        .where(*_in_range(query))
        .group_by(PaymentDay.day, PaymentDay.currency, PaymentDay.payment_method)
    )
    for day, currency, method, amount_minor in rows:
        found[currency, method][timeline.place(day)] += amount_minor
    for currency in currencies:
        yield Chart(
            title=f"Recorded by method, {currency}",
            kind=ChartKind.STACKED_BARS,
            unit=ColumnKind.AMOUNT,
            currency=currency,
            categories=timeline.labels,
            series=tuple(
                method_series(method, found[currency, method])
                for method in PaymentMethod
                if any(found.get((currency, method), ()))
            ),
            drills=tuple(
                PaymentFilter(first_day=each.first, last_day=each.last, currency=currency)
                for each in timeline.periods
            ),
        )


def _in_range(query: ReportQuery) -> tuple[ColumnElement[bool], ...]:
    return (
        PaymentDay.basis == DayBasis.CREATED,
        PaymentDay.day.between(query.first_day, query.last_day),
    )
