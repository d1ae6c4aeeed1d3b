"""What the matcher is given: the open lines, and the payments a statement could prove.

There may be a million of them, so both are read as narrow rows, never as mapped objects.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Session

from core.clock import shop_date
from core.matching.books import PaymentColumns
from core.matching.records import OpenLine, OpenRefund
from core.model.customers import Order
from core.model.payments import Payment, PaymentStatus
from core.model.reconciliations import LineState, PaymentReconciliation, StatementLine
from core.model.refunds import RefundRequest, RefundStatus
from core.services.reconciliation_detail import (
    PROVEN_METHODS,
    first_moment,
    open_payment_conditions,
)
from core.services.refund_lines import ShownRefund, shown_refunds

LOOK_BACK = timedelta(days=45)
"""How long before a statement's first day a payment may have been recorded."""

MATCHABLE_STATUSES = (
    PaymentStatus.PENDING,
    PaymentStatus.PROCESSING,
    PaymentStatus.COMPLETED,
    PaymentStatus.REFUNDED,
)
"""Money for a failed or cancelled payment is a question for a person, never a match."""

_CHUNK_ROWS = 10_000
_TO_THE_HOUR = len("2026-01-16 10")

Row = tuple[Any, ...]
Narrow = Select[*Row]


def open_lines(session: Session, reconciliation: PaymentReconciliation) -> list[OpenLine]:
    """Return the lines that no approved match and no person has explained yet."""
    found = session.execute(
        select(
            StatementLine.id,
            StatementLine.line_date,
            StatementLine.amount_minor,
            StatementLine.currency,
            StatementLine.description,
            StatementLine.reference,
            StatementLine.transaction_id,
            StatementLine.counterparty,
            StatementLine.counterparty_account,
            StatementLine.fee_minor,
        ).where(
            StatementLine.reconciliation_id == reconciliation.id,
            StatementLine.state.in_([LineState.UNMATCHED, LineState.SUGGESTED]),
        )
    )
    return [OpenLine(*tuple(row)) for row in found]


def open_payments(
    session: Session,
    reconciliation: PaymentReconciliation,
    check: Callable[[], None] = lambda: None,
) -> PaymentColumns:
    """Return the payments that the statement could prove; ``check`` is called now and then.

    The id on a customer's own message is a trail, which only the statement itself confirms: it
    stands in for the network's own where there is none.
    """
    columns = PaymentColumns()
    days: dict[str, date] = {}
    same: dict[str, str] = {}
    # A payment proven long ago still matters when its refund leaves the account now.
    for proved, conditions in (
        (False, _unproven(reconciliation)),
        (True, _lately_refunded(reconciliation)),
    ):
        for rows in _chunks(session, _narrow(reconciliation).where(*conditions)):
            check()
            ids, moments, amounts, methods, *texts = zip(*rows, strict=True)
            if proved:
                columns.reconciled.update(range(len(columns), len(columns) + len(rows)))
            columns.payment_ids.extend(ids)
            columns.days.extend(
                [days.get(each[:_TO_THE_HOUR]) or _day(days, each) for each in moments]
            )
            columns.amounts_minor.extend(amounts)
            columns.currencies.extend([reconciliation.currency] * len(rows))
            columns.methods.extend([same.setdefault(each, each) for each in methods])
            for kept, read in zip(
                (
                    columns.transaction_ids,
                    columns.references,
                    columns.invoice_numbers,
                    columns.order_numbers,
                    columns.phones,
                    columns.account_numbers,
                ),
                texts,
                strict=False,
            ):
                kept.extend(read)
            columns.customer_names.extend([same.setdefault(each, each) for each in texts[-1]])
    _add_refunds(session, reconciliation, columns)
    return columns


def _narrow(reconciliation: PaymentReconciliation) -> Narrow:
    """Select what the matcher reads of a payment, its texts never NULL."""
    return (
        select(
            Payment.payment_id,
            func.coalesce(Payment.paid_at, Payment.created_at),
            Payment.amount_minor,
            Payment.payment_method,
            func.coalesce(func.nullif(Payment.transaction_id, ""), Payment.claimed_transaction_id),
            Payment.transaction_reference,
            func.coalesce(Payment.invoice_number, ""),
            func.coalesce(Order.order_number, ""),
            Payment.phone_number,
            Payment.account_number,
            Payment.customer_name,
        )
        .outerjoin(Order, Order.id == Payment.order_id)
        .where(Payment.currency == reconciliation.currency)
    )


def _unproven(reconciliation: PaymentReconciliation) -> list[ColumnElement[bool]]:
    return [
        *open_payment_conditions(reconciliation, before=LOOK_BACK),
        Payment.status.in_(MATCHABLE_STATUSES),
    ]


def _lately_refunded(reconciliation: PaymentReconciliation) -> list[ColumnElement[bool]]:
    return [
        Payment.reconciled.is_(True),
        Payment.payment_method.in_(PROVEN_METHODS[reconciliation.provider]),
        exists().where(
            and_(
                RefundRequest.payment_id == Payment.id,
                RefundRequest.status == RefundStatus.COMPLETED,
                RefundRequest.refund_completed_at >= first_moment(reconciliation) - LOOK_BACK,
            )
        ),
    ]


def _add_refunds(
    session: Session, reconciliation: PaymentReconciliation, columns: PaymentColumns
) -> None:
    given = select(
        Payment.payment_id,
        RefundRequest.refund_id,
        RefundRequest.refund_amount_minor,
        RefundRequest.refund_completed_at,
        RefundRequest.refund_transaction_id,
    ).join(RefundRequest, RefundRequest.payment_id == Payment.id)
    completed = given.where(
        RefundRequest.status == RefundStatus.COMPLETED,
        RefundRequest.refund_completed_at.is_not(None),
        Payment.currency == reconciliation.currency,
    ).order_by(RefundRequest.id)
    refunds: dict[str, list[OpenRefund]] = defaultdict(list)
    for row in session.execute(completed):
        refund = OpenRefund(
            refund_id=row.refund_id,
            amount_minor=row.refund_amount_minor,
            day=shop_date(row.refund_completed_at),
            transaction_id=row.refund_transaction_id,
        )
        refunds[row.payment_id].append(refund)
    if not refunds:
        return
    shown = shown_refunds(session)
    for place, payment_id in enumerate(columns.payment_ids):
        if payment_id in refunds:
            open_ones = _not_shown(refunds[payment_id], shown.get(payment_id, ()))
            if open_ones:
                columns.refunded[place] = open_ones


def _not_shown(
    refunds: Sequence[OpenRefund], shown: Sequence[ShownRefund]
) -> tuple[OpenRefund, ...]:
    """Return the refunds of a payment that no standing match explains: one refund is one debit."""
    left = list(refunds)
    for line in shown:
        same = [refund for refund in left if refund.amount_minor == line.amount_minor]
        named = [each for each in same if each.transaction_id and each.transaction_id in line.text]
        for settled in (named or same)[:1]:
            left.remove(settled)
    return tuple(left)


def _chunks(session: Session, statement: Narrow) -> Iterator[list[Row]]:
    """Yield rows as the driver gives them: types in between cost more than the reading."""
    cursor = session.connection().execute(statement).cursor
    while rows := list(cursor.fetchmany(_CHUNK_ROWS)):
        yield rows


def _day(known: dict[str, date], moment: str) -> date:
    """Return the shop's day of a stored moment; the hour tells it, as the zone is whole hours."""
    hour = moment[:_TO_THE_HOUR]
    day = known[hour] = shop_date(datetime.fromisoformat(f"{hour}:00:00+00:00"))
    return day
