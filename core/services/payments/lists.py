"""Looking at payments: lists page by page, search, totals, and everything about one payment."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from core.database.unit_of_work import Database
from core.model.journal import AuditEntry
from core.model.payments import Payment, PaymentStatus
from core.model.reconciliations import MatchLine, MatchPayment, StatementLine
from core.model.refunds import HELD_REFUND_STATUSES, RefundRequest
from core.permissions import Actor, Permission
from core.services.lists.keyset import PagedQuestion
from core.services.mapping import (
    audit_row,
    invoice_row,
    json_text,
    line_row,
    payment_row,
    refund_row,
    transaction_row,
)
from core.services.payments.filters import PaymentFilter, payment_conditions
from core.services.payments.listed import ListedPayment
from core.services.payments.names import PaymentNames, payment_names
from core.services.payments.orders import NEWEST_FIRST, PaymentOrder
from core.services.payments.pages import ask
from core.services.payments.service import find_payment
from core.services.payments.totals import DayPlaces, Total, totals
from core.services.rows import (
    AuditRow,
    FoundLine,
    Page,
    PaymentDetail,
    PaymentRow,
)

__all__ = ["PaymentFilter", "PaymentLists", "Total", "refundable"]


class PaymentLists:
    """The questions about payments; nothing here changes anything."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self, actor: Actor, wanted: PaymentFilter, *, offset: int = 0, limit: int = 100
    ) -> Page[PaymentRow]:
        """Return a stretch of the payments asked for, newest first."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        conditions = payment_conditions(wanted)
        with self._database.read() as session:
            count = select(func.count()).select_from(Payment).where(*conditions)
            total = session.scalar(count) or 0
            # The inner query walks an index alone, so that a far offset touches no row.
            ids = (
                select(Payment.id)
                .where(*conditions)
                .order_by(Payment.created_at.desc(), Payment.id.desc())
                .offset(offset)
                .limit(limit)
            )
            payments = session.scalars(
                select(Payment)
                .where(Payment.id.in_(ids))
                .options(joinedload(Payment.order))
                .order_by(Payment.created_at.desc(), Payment.id.desc())
            ).all()
            return Page(tuple(payment_row(payment) for payment in payments), offset, total)

    def ask(
        self, actor: Actor, wanted: PaymentFilter, order: PaymentOrder = NEWEST_FIRST
    ) -> PagedQuestion[ListedPayment]:
        """Return a filter in an order as a question that answers page by page, from anywhere."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        places = DayPlaces(self._database, wanted, order)
        return ask(
            self._database,
            wanted,
            order,
            locate=places.locate,
            count_before=places.count_before,
        )

    def totals(
        self,
        actor: Actor,
        wanted: PaymentFilter,
        *,
        cancelled: Callable[[], bool] | None = None,
    ) -> tuple[Total, ...]:
        """Return count and sum of the payments asked for, by currency."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read(cancelled) as session:
            return totals(session, wanted)

    def names(self, actor: Actor) -> PaymentNames:
        """Return the gateways and cashiers that the shop's payments name."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            return payment_names(session)

    def waiting(self, actor: Actor, *, limit: int = 200) -> tuple[PaymentRow, ...]:
        """Return the payments that await their outcome, the oldest first."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            payments = session.scalars(
                select(Payment)
                .where(Payment.status.in_([PaymentStatus.PENDING, PaymentStatus.PROCESSING]))
                .options(joinedload(Payment.order))
                .order_by(Payment.created_at, Payment.id)
                .limit(limit)
            )
            return tuple(payment_row(payment) for payment in payments)

    def named(self, actor: Actor, payment_ids: Sequence[str]) -> tuple[PaymentRow, ...]:
        """Return some hundreds of payments as they are now, in the order named."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            found = session.scalars(
                select(Payment)
                .where(Payment.payment_id.in_(payment_ids))
                .options(joinedload(Payment.order))
            )
            rows = {payment.payment_id: payment_row(payment) for payment in found}
        return tuple(rows[each] for each in payment_ids if each in rows)

    def one(self, actor: Actor, payment_id: str) -> PaymentRow:
        """Return one payment.

        Raises:
            NotFoundError: there is none with this id.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            return payment_row(find_payment(session, payment_id))

    def detail(self, actor: Actor, payment_id: str) -> PaymentDetail:
        """Return one payment with its calls, history, invoice, refunds and statement lines.

        Raises:
            NotFoundError: there is none with this id.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            payment = find_payment(session, payment_id)
            refunds = session.scalars(
                select(RefundRequest)
                .where(RefundRequest.payment_id == payment.id)
                .options(selectinload(RefundRequest.credit_note))
                .order_by(RefundRequest.requested_at)
            ).all()
            return PaymentDetail(
                payment=payment_row(payment),
                gateway_response=json_text(payment.gateway_response),
                transactions=tuple(
                    transaction_row(call, payment_id) for call in payment.payment_transactions
                ),
                history=_history(session, payment, refunds),
                invoice=invoice_row(payment.invoice, payment) if payment.invoice else None,
                refunds=tuple(refund_row(refund, payment) for refund in refunds),
                found_on=_found_on(session, payment),
                refundable_minor=refundable(payment, refunds),
            )


def refundable(payment: Payment, refunds: Sequence[RefundRequest]) -> int:
    """Return what may still be refunded of a payment, in minor units."""
    if payment.status is not PaymentStatus.COMPLETED:
        return 0
    held = sum(r.refund_amount_minor for r in refunds if r.status in HELD_REFUND_STATUSES)
    return payment.amount_minor - held


def _history(
    session: Session, payment: Payment, refunds: Sequence[RefundRequest]
) -> tuple[AuditRow, ...]:
    subjects = [payment.payment_id, *(refund.refund_id for refund in refunds)]
    if payment.invoice_number:
        subjects.append(payment.invoice_number)
    entries = session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.subject_type.in_(["payment", "refund", "invoice"]),
            AuditEntry.subject_id.in_(subjects),
        )
        .order_by(AuditEntry.at, AuditEntry.id)
    )
    return tuple(audit_row(entry) for entry in entries)


def _found_on(session: Session, payment: Payment) -> tuple[FoundLine, ...]:
    lines = session.scalars(
        select(StatementLine)
        .join(MatchLine, MatchLine.line_id == StatementLine.id)
        .join(MatchPayment, MatchPayment.match_id == MatchLine.match_id)
        .where(MatchPayment.payment_id == payment.id, MatchPayment.active)
        .options(joinedload(StatementLine.reconciliation))
        .order_by(StatementLine.line_date, StatementLine.id)
    )
    return tuple(
        FoundLine(
            line_row(line), line.reconciliation.reconciliation_id, line.reconciliation.file_name
        )
        for line in lines
    )
