"""Revenue Tracking: what was collected and what went back, by day, week or month."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from core.model.payments import PaymentMethod
from core.services.payments.filters import PaymentFilter
from core.services.reports.asked import Asked
from core.services.reports.contract import (
    Chart,
    ChartKind,
    ColumnKind,
    Grouping,
    Report,
    ReportColumn,
    ReportRow,
    Series,
)
from core.services.reports.money import (
    MONEY_METHODS,
    PAID_STATUSES,
    DaySum,
    back_by_day,
    money_in,
)
from core.services.reports.periods import Period, Timeline, periods
from core.services.reports.words import method_series, words

_PERIOD_TITLES = {
    Grouping.DAY: "Day",
    Grouping.WEEK: "Week from",
    Grouping.MONTH: "Month from",
}
_NOTE = (
    "Collected by the day the money was paid, refunds by the day they were sent. Points spent are"
    " not revenue."
)


@dataclass(slots=True)
class _Figures:
    """One currency's figures of some days, in minor units."""

    payments: int = 0
    by_method: Counter[PaymentMethod] = field(default_factory=Counter)
    refunded_minor: int = 0

    @property
    def gross_minor(self) -> int:
        return self.by_method.total()

    @property
    def net_minor(self) -> int:
        return self.gross_minor - self.refunded_minor

    def cells(self, first: date | None) -> tuple[date | int | None, ...]:
        methods = (self.by_method[method] for method in MONEY_METHODS)
        return (
            first,
            self.payments,
            *methods,
            self.gross_minor,
            self.refunded_minor,
            self.net_minor,
        )


def revenue(asked: Asked) -> Report:
    """Return the report; a row's drill are the payments behind what was collected."""
    query = asked.query
    sums = money_in(asked.session, query.first_day, query.last_day)
    returned = back_by_day(asked.session, query.first_day, query.last_day)
    currencies = asked.in_order(
        [*(each.currency for each in sums), *(currency for _, currency in returned)]
    )
    cut = periods(query.first_day, query.last_day, query.grouping)
    starts = {
        date.fromordinal(day): period.first
        for period in cut
        for day in range(period.first.toordinal(), period.last.toordinal() + 1)
    }
    found: defaultdict[tuple[str, date], _Figures] = defaultdict(_Figures)
    whole: defaultdict[str, _Figures] = defaultdict(_Figures)
    for each in sums:
        for figures in (found[each.currency, starts[each.day]], whole[each.currency]):
            figures.payments += each.payments
            figures.by_method[each.method] += each.amount_minor
    for (day, currency), amount_minor in returned.items():
        for figures in (found[currency, starts[day]], whole[currency]):
            figures.refunded_minor += amount_minor
    rows = [
        ReportRow(found[currency, each.first].cells(each.first), currency, _drill(each, currency))
        for currency in currencies
        for each in cut
        if (currency, each.first) in found
    ]
    everything = Period(query.first_day, query.last_day)
    totals = [
        ReportRow(whole[currency].cells(None), currency, _drill(everything, currency))
        for currency in currencies
    ]
    return asked.answer(
        "Revenue",
        _columns(query.grouping),
        rows,
        totals,
        _charts(asked, currencies, sums, returned),
        (_NOTE,),
    )


def _columns(grouping: Grouping) -> tuple[ReportColumn, ...]:
    return (
        ReportColumn("period", _PERIOD_TITLES[grouping], ColumnKind.DAY),
        ReportColumn("payments", "Payments", ColumnKind.COUNT),
        *(ReportColumn(method.value, words(method), ColumnKind.AMOUNT) for method in MONEY_METHODS),
        ReportColumn("gross", "Collected", ColumnKind.AMOUNT),
        ReportColumn("refunds", "Refunded", ColumnKind.AMOUNT),
        ReportColumn("net", "Net", ColumnKind.AMOUNT),
    )


def _drill(period: Period, currency: str) -> PaymentFilter:
    return PaymentFilter(
        paid_first_day=period.first,
        paid_last_day=period.last,
        currency=currency,
        statuses=frozenset(PAID_STATUSES),
        methods=frozenset(MONEY_METHODS),
    )


def _charts(
    asked: Asked,
    currencies: list[str],
    sums: list[DaySum],
    returned: Mapping[tuple[date, str], int],
) -> Iterator[Chart]:
    query = asked.query
    timeline = Timeline(query.first_day, query.last_day, query.grouping)
    for currency in currencies:
        by_method: defaultdict[PaymentMethod, list[int]] = defaultdict(timeline.zeros)
        net = timeline.zeros()
        for each in sums:
            if each.currency == currency:
                place = timeline.place(each.day)
                by_method[each.method][place] += each.amount_minor
                net[place] += each.amount_minor
        for (day, code), amount_minor in returned.items():
            if code == currency:
                net[timeline.place(day)] -= amount_minor
        drills = tuple(_drill(period, currency) for period in timeline.periods)
        methods = [method for method in MONEY_METHODS if method in by_method]
        yield Chart(
            title=f"Collected by method, {currency}",
            kind=ChartKind.STACKED_BARS,
            unit=ColumnKind.AMOUNT,
            currency=currency,
            categories=timeline.labels,
            series=tuple(method_series(method, by_method[method]) for method in methods),
            drills=drills,
        )
        yield Chart(
            title=f"Collected less refunded, {currency}",
            kind=ChartKind.LINE,
            unit=ColumnKind.AMOUNT,
            currency=currency,
            categories=timeline.labels,
            series=(Series("Net", tuple(net)),),
            drills=drills,
        )
        everything = _drill(Period(query.first_day, query.last_day), currency)
        yield Chart(
            title=f"Collected in all by method, {currency}",
            kind=ChartKind.BARS,
            unit=ColumnKind.AMOUNT,
            currency=currency,
            categories=tuple(words(method) for method in methods),
            series=(Series("Collected", tuple(sum(by_method[method]) for method in methods)),),
            drills=tuple(replace(everything, methods=frozenset({method})) for method in methods),
        )
