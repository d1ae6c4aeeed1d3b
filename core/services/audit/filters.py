"""Which entries of the audit trail a list shows, and how it says so to the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, CompoundSelect, or_, select, union
from sqlalchemy.orm import InstrumentedAttribute

from core.clock import day_end, day_start
from core.model.invoices import CreditNote
from core.model.journal import AuditEntry
from core.model.payments import Payment
from core.model.reconciliations import PaymentReconciliation
from core.model.refunds import RefundRequest


class AuditKind(StrEnum):
    """What an act was about: the kind of thing, or that it was refused."""

    PAYMENT = "payment"
    REFUND = "refund"
    STATEMENT = "reconciliation"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    CUSTOMER = "customer"
    ORDER = "order"
    SUBSCRIPTION = "subscription"
    TILL = "till"
    PERSON = "user"
    SETTINGS = "settings"
    PROVIDER = "provider"
    REFUSED = "refused"


REFUSALS = ("act:refused", "user:sign_in_refused")
"""What was tried and not allowed; both are kept under the person."""

SHORTEST_NUMBER = 4
"""Fewer characters of a number name nothing: they would fit half the shop."""

_PAST_ANY = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Entries of the trail; None or "" leaves a side open. Days are the shop's.

    ``number`` is the number of a payment, a refund, a statement, an invoice or whatever else an
    entry is about, or how it begins. A payment's number finds what was done with its refunds and
    papers too.
    """

    user_name: str | None = None
    kind: AuditKind | None = None
    first_day: date | None = None
    last_day: date | None = None
    number: str = ""


def audit_conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    """Return a filter as the conditions of a query over the trail."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.user_name is not None:
        conditions.append(AuditEntry.user_name == wanted.user_name)
    if wanted.kind is AuditKind.REFUSED:
        conditions.append(AuditEntry.subject_type == AuditKind.PERSON.value)
        conditions.append(AuditEntry.action.in_(REFUSALS))
    elif wanted.kind is not None:
        conditions.append(AuditEntry.subject_type == wanted.kind.value)
    if wanted.first_day is not None:
        conditions.append(AuditEntry.at >= day_start(wanted.first_day))
    if wanted.last_day is not None:
        conditions.append(AuditEntry.at < day_end(wanted.last_day))
    if number := wanted.number.strip():
        conditions.append(AuditEntry.subject_id.in_(_subjects(number)))
    return conditions


def _subjects(number: str) -> CompoundSelect[str]:
    """Return the numbers of everything a typed number means."""
    payment = or_(
        _begins(Payment.payment_id, number),
        Payment.invoice_number == number,
        Payment.transaction_reference == number,
    )
    payments = select(Payment.id).where(payment)
    return union(
        select(AuditEntry.subject_id).where(_begins(AuditEntry.subject_id, number)),
        select(Payment.payment_id).where(payment),
        select(Payment.invoice_number).where(payment, Payment.invoice_number.is_not(None)),
        select(RefundRequest.refund_id).where(RefundRequest.payment_id.in_(payments)),
        select(CreditNote.credit_note_number)
        .join(RefundRequest, RefundRequest.id == CreditNote.refund_id)
        .where(RefundRequest.payment_id.in_(payments)),
        select(RefundRequest.refund_id).where(_begins(RefundRequest.refund_id, number)),
        select(PaymentReconciliation.reconciliation_id).where(
            _begins(PaymentReconciliation.reconciliation_id, number)
        ),
    )


def _begins(
    column: ColumnElement[str] | InstrumentedAttribute[str], number: str
) -> ColumnElement[bool]:
    """Return that a number begins so; a range, which an index answers."""
    if len(number) < SHORTEST_NUMBER:
        return column == number
    return column.between(number, number + _PAST_ANY)
