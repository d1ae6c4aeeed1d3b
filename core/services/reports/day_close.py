"""The day's close: everything an owner reads in the evening about one day of the shop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from core.errors import InvalidInputError
from core.model.payments import PaymentMethod, PaymentStatus
from core.model.refunds import RefundStatus
from core.services.payments.filters import PaymentFilter, RefundFilter
from core.services.reports import day_close_facts as facts
from core.services.reports.asked import Asked
from core.services.reports.contract import (
    Chart,
    ChartKind,
    ColumnKind,
    Report,
    ReportColumn,
    ReportRow,
)
from core.services.reports.day_close_facts import Collected, Drawer
from core.services.reports.money import MONEY_METHODS, PAID_STATUSES, back_in_all
from core.services.reports.words import method_series, words

COLUMNS = (
    ReportColumn("payment_method", "Method", ColumnKind.METHOD),
    ReportColumn("person", "Person", ColumnKind.TEXT),
    ReportColumn("item", "What", ColumnKind.TEXT),
    ReportColumn("since", "Since", ColumnKind.MOMENT),
    ReportColumn("count", "Count", ColumnKind.COUNT),
    ReportColumn("amount", "Amount", ColumnKind.AMOUNT),
    ReportColumn("expected", "Should be there", ColumnKind.AMOUNT),
    ReportColumn("counted", "Counted", ColumnKind.AMOUNT),
    ReportColumn("difference", "Difference", ColumnKind.AMOUNT),
    ReportColumn("note", "Note", ColumnKind.TEXT),
)
_COUNT, _AMOUNT = 4, 5
THE_DAY = "The day"
BY_METHOD = "Collected by method"
BY_CASHIER = "Collected by cashier"
DRAWERS = "Cash drawers"
REFUNDS = "Refunds"
UNMATCHED = "Not on a statement yet"
OPEN = "Open at the networks"
AUDIT = "Audit trail"
_NOTES = (
    "Collected by the day the money was paid, refunds by the day they were sent.",
    "Points spent are no money.",
    "What is open, and what no statement has shown yet, is told as it stands when this is made.",
    "The audit trail's last entries, kept on paper, show later whether the trail was changed.",
)


@dataclass(frozen=True, slots=True)
class _Line:
    """A row by the names of its columns."""

    method: PaymentMethod | None = None
    person: str | None = None
    item: str | None = None
    since: datetime | None = None
    count: int | None = None
    amount_minor: int | None = None
    expected_minor: int | None = None
    counted_minor: int | None = None
    difference_minor: int | None = None
    note: str | None = None

    def row(
        self, group: str = "", currency: str = "", drill: PaymentFilter | None = None
    ) -> ReportRow:
        cells = (
            self.method,
            self.person,
            self.item,
            self.since,
            self.count,
            self.amount_minor,
            self.expected_minor,
            self.counted_minor,
            self.difference_minor,
            self.note,
        )
        return ReportRow(cells, currency, drill, group)


def day_close(asked: Asked) -> Report:
    """Return the report of one day.

    Raises:
        InvalidInputError: the range is more than one day.

    """
    day = asked.query.first_day
    if asked.query.last_day != day:
        raise InvalidInputError("The day's close is about one day only.", field="last_day")
    session = asked.session
    taken = facts.collected(session, day)
    back = back_in_all(session, day, day)
    drawers = list(facts.drawers(session, day))
    currencies = asked.in_order(
        [each.currency for each in taken] + [*back] + [each.currency for each in drawers]
    )
    totals = [_total(day, currency, taken, drawers) for currency in currencies]
    rows = (
        *_the_day(currencies, totals, back),
        *_by_method(day, currencies, taken),
        *_by_cashier(day, taken),
        *_drawers(drawers),
        *_refunds(asked, day),
        *_unmatched(asked, day),
        *_open_requests(asked, day),
        *_audit(asked, day),
    )
    charts = [_chart(day, currency, taken) for currency in currencies]
    return asked.answer("Day's close", COLUMNS, rows, totals, charts, _NOTES)


def _drill(day: date, currency: str, *methods: PaymentMethod) -> PaymentFilter:
    return PaymentFilter(
        paid_first_day=day,
        paid_last_day=day,
        currency=currency,
        statuses=frozenset(PAID_STATUSES),
        methods=frozenset(methods or MONEY_METHODS),
    )


def _total(
    day: date, currency: str, taken: Iterable[Collected], drawers: Iterable[Drawer]
) -> ReportRow:
    own = [each for each in taken if each.currency == currency]
    counted = [
        (each.expected_minor, each.counted_minor)
        for each in drawers
        if each.currency == currency and each.counted_minor is not None
    ]
    expected_minor = sum(expected for expected, _ in counted)
    counted_minor = sum(found for _, found in counted)
    return _Line(
        count=sum(each.payments for each in own),
        amount_minor=sum(each.amount_minor for each in own),
        expected_minor=expected_minor if counted else None,
        counted_minor=counted_minor if counted else None,
        difference_minor=counted_minor - expected_minor if counted else None,
    ).row(currency=currency, drill=_drill(day, currency))


def _the_day(
    currencies: Sequence[str], totals: Sequence[ReportRow], back: Mapping[str, tuple[int, int]]
) -> Iterator[ReportRow]:
    for currency, total in zip(currencies, totals, strict=True):
        count, gross_minor = (int(str(total.cells[place])) for place in (_COUNT, _AMOUNT))
        sent, sent_minor = back.get(currency, (0, 0))
        came = _Line(item="Collected", count=count, amount_minor=gross_minor)
        went = _Line(item="Refunded", count=sent, amount_minor=sent_minor)
        left = _Line(item="Net", amount_minor=gross_minor - sent_minor)
        yield came.row(THE_DAY, currency, total.drill)
        yield went.row(THE_DAY, currency)
        yield left.row(THE_DAY, currency)


def _by_method(
    day: date, currencies: Sequence[str], taken: Sequence[Collected]
) -> Iterator[ReportRow]:
    for currency in currencies:
        for method in MONEY_METHODS:
            own = [each for each in taken if (each.currency, each.method) == (currency, method)]
            if own:
                line = _Line(
                    method=method,
                    count=sum(each.payments for each in own),
                    amount_minor=sum(each.amount_minor for each in own),
                )
                yield line.row(BY_METHOD, currency, _drill(day, currency, method))


def _by_cashier(day: date, taken: Iterable[Collected]) -> Iterator[ReportRow]:
    def place(each: Collected) -> tuple[str, str, int]:
        return each.currency, each.person, MONEY_METHODS.index(each.method)

    for each in sorted(taken, key=place):
        line = _Line(
            method=each.method,
            person=each.person,
            count=each.payments,
            amount_minor=each.amount_minor,
        )
        drill = replace(_drill(day, each.currency, each.method), created_by=each.person)
        yield line.row(BY_CASHIER, each.currency, drill)


def _drawers(drawers: Iterable[Drawer]) -> Iterator[ReportRow]:
    for each in drawers:
        line = _Line(
            person=each.person,
            item=each.desk,
            since=each.opened_at,
            expected_minor=each.expected_minor,
            counted_minor=each.counted_minor,
            difference_minor=each.difference_minor,
            note=each.reason if each.counted_minor is not None else "Still open",
        )
        yield line.row(DRAWERS, each.currency)


def _refunds(asked: Asked, day: date) -> Iterator[ReportRow]:
    sent = RefundFilter(
        statuses=frozenset({RefundStatus.COMPLETED}),
        first_completed_day=day,
        last_completed_day=day,
    )
    for currency, method, count, amount_minor in facts.refunds_sent(asked.session, day):
        line = _Line(method=method, item="Sent back", count=count, amount_minor=amount_minor)
        drill = PaymentFilter(currency=currency, methods=frozenset({method}), refunds=sent)
        yield line.row(REFUNDS, currency, drill)
    for currency, status, count, amount_minor in facts.refunds_open(asked.session, day):
        line = _Line(item=words(status), count=count, amount_minor=amount_minor)
        waiting = RefundFilter(statuses=frozenset({status}), last_requested_day=day)
        yield line.row(REFUNDS, currency, PaymentFilter(currency=currency, refunds=waiting))


def _unmatched(asked: Asked, day: date) -> Iterator[ReportRow]:
    for currency, method, count, amount_minor in facts.not_on_a_statement(asked.session, day):
        line = _Line(method=method, count=count, amount_minor=amount_minor)
        drill = replace(
            _drill(day, currency, method),
            statuses=frozenset({PaymentStatus.COMPLETED}),
            reconciled=False,
        )
        yield line.row(UNMATCHED, currency, drill)


def _open_requests(asked: Asked, day: date) -> Iterator[ReportRow]:
    for each in facts.open_requests(asked.session, day):
        line = _Line(
            method=each.method,
            person=each.person,
            item=f"Refund: {words(each.status)}" if each.is_refund else words(each.status),
            since=each.since,
            count=1,
            amount_minor=each.amount_minor,
            note=each.payment_id,
        )
        drill = PaymentFilter(payment_ids=frozenset({each.payment_id}))
        yield line.row(OPEN, each.currency, drill)


def _audit(asked: Asked, day: date) -> Iterator[ReportRow]:
    for each in facts.chain_heads(asked.session, day):
        line = _Line(
            person=each.person,
            item="Entries up to here",
            since=each.at,
            count=each.entries,
            note=each.entry_hash,
        )
        yield line.row(AUDIT)


def _chart(day: date, currency: str, taken: Sequence[Collected]) -> Chart:
    own = [each for each in taken if each.currency == currency]
    methods = [method for method in MONEY_METHODS if any(each.method is method for each in own)]
    people = sorted({each.person for each in own})
    return Chart(
        title=f"Collected by cashier and method, {currency}",
        kind=ChartKind.STACKED_BARS,
        unit=ColumnKind.AMOUNT,
        currency=currency,
        categories=tuple(person or "nobody named" for person in people),
        series=tuple(
            method_series(
                method,
                [
                    sum(e.amount_minor for e in own if (e.person, e.method) == (person, method))
                    for person in people
                ],
            )
            for method in methods
        ),
        drills=tuple(replace(_drill(day, currency), created_by=person) for person in people),
    )
