"""Customer Payment: what each customer paid, and the history of one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from core.clock import day_end, day_start
from core.database.hints import unindexed
from core.model.customers import Customer
from core.model.payments import Payment
from core.services.payments.filters import PaymentFilter
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
from core.services.reports.customer_history import customer_history
from core.services.reports.money import MONEY_METHODS, PAID_STATUSES, back_by_customer

COLUMNS = (
    ReportColumn("customer_id", "Number", ColumnKind.TEXT),
    ReportColumn("customer", "Customer", ColumnKind.TEXT),
    ReportColumn("phone", "Telephone", ColumnKind.TEXT),
    ReportColumn("payments", "Payments", ColumnKind.COUNT),
    ReportColumn("paid", "Paid", ColumnKind.AMOUNT),
    ReportColumn("refunded", "Refunded", ColumnKind.AMOUNT),
    ReportColumn("net", "Net", ColumnKind.AMOUNT),
    ReportColumn("last_payment", "Last payment", ColumnKind.MOMENT),
)
NOBODY = "No customer recorded"
_NOTE = (
    "Paid by the day the money was paid, refunds by the day they were sent; points are no money."
)
_CHARTED = 12
_PAID_STATUSES, _MONEY_METHODS = frozenset(PAID_STATUSES), frozenset(MONEY_METHODS)


@dataclass(slots=True)
class _Figures:
    """One customer's figures in one currency; without a number, of everybody not written down."""

    customer_id: int | None
    payments: int = 0
    paid_minor: int = 0
    refunded_minor: int = 0
    last_at: datetime | None = None

    @property
    def net_minor(self) -> int:
        return self.paid_minor - self.refunded_minor

    def cells(self) -> tuple[Cell, ...]:
        return (self.payments, self.paid_minor, self.refunded_minor, self.net_minor, self.last_at)


def customers(asked: Asked) -> Report:
    """Return what each customer paid in a range, or all payments of one.

    Raises:
        NotFoundError: there is no customer of this number.

    """
    if asked.query.customer_id is not None:
        return customer_history(asked, asked.query.customer_id)
    names, owners = _names(asked)
    found = _figures(asked, owners)
    currencies = asked.in_order(found)
    rows, totals, charts = [], [], []
    for currency in currencies:
        own = [
            _row(asked, currency, figures, names.get(figures.customer_id or 0))
            for figures in sorted(found[currency].values(), key=_most_first)
        ]
        rows += own
        totals.append(_total(asked, currency, found[currency].values()))
        charts.append(_chart(currency, own))
    return asked.answer("Customers", COLUMNS, rows, totals, charts, (_NOTE,))


def _figures(
    asked: Asked, owners: Mapping[int | None, int]
) -> defaultdict[str, dict[int | None, _Figures]]:
    """Return what each customer paid and was sent back, by currency; merged ones as one."""
    query = asked.query
    found: defaultdict[str, dict[int | None, _Figures]] = defaultdict(dict)
    paid = asked.session.execute(
        select(
            Payment.customer_id,
            Payment.currency,
            func.count(),
            func.sum(Payment.amount_minor),
            func.max(Payment.paid_at),
        )
        # The index by customer holds all that is asked for, in its order; any other would have
        # each payment's row fetched.
        .where(
            unindexed(Payment.paid_at) >= day_start(query.first_day),
            unindexed(Payment.paid_at) < day_end(query.last_day),
            unindexed(Payment.status).in_(PAID_STATUSES),
            unindexed(Payment.payment_method).in_(MONEY_METHODS),
        )
        .group_by(Payment.customer_id, Payment.currency)
    )
    for key, currency, count, amount_minor, last_at in paid:
        owner = owners.get(key, key)
        figures = found[currency].setdefault(owner, _Figures(owner))
        figures.payments += count
        figures.paid_minor += amount_minor
        figures.last_at = max(filter(None, (last_at, figures.last_at)), default=None)
    back = back_by_customer(asked.session, query.first_day, query.last_day)
    for (key, currency), amount_minor in back.items():
        owner = owners.get(key, key)
        found[currency].setdefault(owner, _Figures(owner)).refunded_minor += amount_minor
    return found


def _names(asked: Asked) -> tuple[dict[int, tuple[str, str]], dict[int | None, int]]:
    """Return each customer's name and telephone, and into whom the merged ones went."""
    rows = asked.session.execute(
        select(Customer.id, Customer.name, Customer.phone_number, Customer.merged_into_id)
    ).all()
    names = {key: (name, phone) for key, name, phone, _ in rows}
    return names, {key: owner for key, _, _, owner in rows if owner is not None}


def _most_first(figures: _Figures) -> tuple[int, int]:
    return (-figures.net_minor, figures.customer_id or 0)


def _row(asked: Asked, currency: str, figures: _Figures, name: tuple[str, str] | None) -> ReportRow:
    key = figures.customer_id
    who = ("", NOBODY, "") if key is None else (str(key), *(name or ("", "")))
    drill = _drill(asked, currency, customer_id=key, has_customer=None if key else False)
    return ReportRow((*who, *figures.cells()), currency, drill)


def _total(asked: Asked, currency: str, found: Iterable[_Figures]) -> ReportRow:
    whole = _Figures(None)
    for each in found:
        whole.payments += each.payments
        whole.paid_minor += each.paid_minor
        whole.refunded_minor += each.refunded_minor
    return ReportRow((None, None, None, *whole.cells()), currency, _drill(asked, currency))


def _drill(
    asked: Asked,
    currency: str,
    *,
    customer_id: int | None = None,
    has_customer: bool | None = None,
) -> PaymentFilter:
    return PaymentFilter(
        customer_id=customer_id,
        has_customer=has_customer,
        paid_first_day=asked.query.first_day,
        paid_last_day=asked.query.last_day,
        currency=currency,
        statuses=_PAID_STATUSES,
        methods=_MONEY_METHODS,
    )


def _chart(currency: str, rows: Sequence[ReportRow]) -> Chart:
    """Return the customers who paid most; those nobody wrote down are no one customer."""
    known = [row for row in rows if row.cells[0]][:_CHARTED]
    return Chart(
        title=f"Customers who paid most, {currency}",
        kind=ChartKind.BARS,
        unit=ColumnKind.AMOUNT,
        currency=currency,
        categories=tuple(str(row.cells[1]) for row in known),
        series=(
            Series("Net", tuple(row.cells[6] for row in known if isinstance(row.cells[6], int))),
        ),
        drills=tuple(row.drill for row in known),
    )
