"""Everything one customer paid, or was to pay, payment by payment."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from core.clock import day_end, day_start, shop_date
from core.errors import NotFoundError
from core.model.customers import Customer
from core.model.payments import Payment, PaymentStatus
from core.model.refunds import RefundRequest, RefundStatus
from core.services.customers.identity import account_ids, survivor
from core.services.payments.filters import PaymentFilter
from core.services.reports.asked import Asked
from core.services.reports.contract import (
    Chart,
    ChartKind,
    ColumnKind,
    Report,
    ReportColumn,
    ReportRow,
    Series,
)
from core.services.reports.money import MONEY_METHODS, PAID_STATUSES
from core.services.reports.periods import Timeline

COLUMNS = (
    ReportColumn("created_at", "Recorded", ColumnKind.MOMENT),
    ReportColumn("payment_id", "Payment", ColumnKind.TEXT),
    ReportColumn("reference", "Reference", ColumnKind.TEXT),
    ReportColumn("invoice_number", "Invoice", ColumnKind.TEXT),
    ReportColumn("payment_method", "Method", ColumnKind.METHOD),
    ReportColumn("status", "Status", ColumnKind.PAYMENT_STATUS),
    ReportColumn("amount", "Amount", ColumnKind.AMOUNT),
    ReportColumn("paid_at", "Paid on", ColumnKind.MOMENT),
    ReportColumn("paid", "Paid", ColumnKind.AMOUNT),
    ReportColumn("refunded", "Refunded", ColumnKind.AMOUNT),
)
_PAID, _REFUNDED = 8, 9
_NOTE = (
    "Payments by the day they were recorded, the newest first, with what has gone back of each"
    " since. Paid is money: points spent are not."
)


def customer_history(asked: Asked, customer_id: int) -> Report:
    """Return the payments of one customer recorded in a range; a row's drill is its payment.

    Customers merged into one are one.

    Raises:
        NotFoundError: there is no customer of this number.

    """
    query, session = asked.query, asked.session
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFoundError(f"There is no customer {customer_id} in this shop.")
    customer = survivor(session, customer)
    of_customer = Payment.customer_id.in_(account_ids(session, customer.id))
    payments = session.scalars(
        select(Payment)
        .where(
            of_customer,
            Payment.created_at >= day_start(query.first_day),
            Payment.created_at < day_end(query.last_day),
        )
        .order_by(Payment.created_at.desc(), Payment.id.desc())
    ).all()
    returned = dict(
        session.execute(
            select(RefundRequest.payment_id, func.sum(RefundRequest.refund_amount_minor))
            .join(Payment, Payment.id == RefundRequest.payment_id)
            .where(of_customer, RefundRequest.status == RefundStatus.COMPLETED)
            .group_by(RefundRequest.payment_id)
        ).all()
    )
    rows = [_row(payment, returned.get(payment.id)) for payment in payments]
    currencies = asked.in_order(row.currency for row in rows)
    totals = [_total(asked, customer.id, currency, rows) for currency in currencies]
    charts = [_chart(asked, currency, payments) for currency in currencies]
    return asked.answer(f"Payments of {customer.name}", COLUMNS, rows, totals, charts, (_NOTE,))


def _is_money(payment: Payment) -> bool:
    return payment.status in PAID_STATUSES and payment.payment_method in MONEY_METHODS


def _row(payment: Payment, returned_minor: int | None) -> ReportRow:
    if returned_minor is None and payment.status is PaymentStatus.REFUNDED:
        returned_minor = payment.amount_minor  # brought in from a file as refunded
    is_money = _is_money(payment)
    cells = (
        payment.created_at,
        payment.payment_id,
        payment.transaction_reference,
        payment.invoice_number or "",
        payment.payment_method,
        payment.status,
        payment.amount_minor,
        payment.paid_at,
        payment.amount_minor if is_money else None,
        returned_minor if is_money else None,
    )
    drill = PaymentFilter(payment_ids=frozenset({payment.payment_id}))
    return ReportRow(cells, payment.currency, drill)


def _total(asked: Asked, customer_id: int, currency: str, rows: Sequence[ReportRow]) -> ReportRow:
    own = [row.cells for row in rows if row.currency == currency]
    paid, refunded = (
        sum(cell for cells in own if isinstance(cell := cells[place], int))
        for place in (_PAID, _REFUNDED)
    )
    drill = PaymentFilter(
        customer_id=customer_id,
        currency=currency,
        first_day=asked.query.first_day,
        last_day=asked.query.last_day,
        statuses=frozenset(PAID_STATUSES),
        methods=frozenset(MONEY_METHODS),
    )
    return ReportRow((*[None] * _PAID, paid, refunded), currency, drill)


def _chart(asked: Asked, currency: str, payments: Sequence[Payment]) -> Chart:
    query = asked.query
    timeline = Timeline(query.first_day, query.last_day, query.grouping)
    values = timeline.zeros()
    for payment in payments:
        if payment.currency == currency and _is_money(payment):
            values[timeline.place(shop_date(payment.created_at))] += payment.amount_minor
    return Chart(
        title=f"Paid by the day of recording, {currency}",
        kind=ChartKind.BARS,
        unit=ColumnKind.AMOUNT,
        currency=currency,
        categories=timeline.labels,
        series=(Series("Paid", tuple(values)),),
    )
