"""Drawing numbers without gaps and issuing the papers that bear them, inside a unit of work."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from core.clock import shop_date
from core.database.unit_of_work import UnitOfWork
from core.model.customers import TaxClass
from core.model.invoices import CreditNote, Invoice, NumberSeries
from core.model.journal import Topic
from core.model.payments import Payment, PaymentStatus
from core.model.refunds import RefundRequest
from core.money import vat_inside

RENDER_INVOICE = "render_invoice"
RENDER_CREDIT_NOTE = "render_credit_note"

_OWN_NUMBER = re.compile(r"(INV-[0-9]{8})-([0-9]{5,9})")


def next_invoice_number(session: Session, at: datetime) -> str:
    """Return INV-YYYYMMDD-NNNNN for the shop's day; the write lock makes it the only one."""
    return _next_number(session, f"INV-{shop_date(at):%Y%m%d}")


def _next_number(session: Session, series: str) -> str:
    row = session.get(NumberSeries, series)
    if row is None:
        row = NumberSeries(name=series, last_number=0)
        session.add(row)
    row.last_number += 1
    session.flush()
    return f"{series}-{row.last_number:05d}"


def keep_series_ahead(session: Session, invoice_numbers: Iterable[str]) -> None:
    """Make sure that numbers brought in from elsewhere are never drawn again."""
    last: dict[str, int] = {}
    for own in filter(None, map(_OWN_NUMBER.fullmatch, invoice_numbers)):
        last[own[1]] = max(last.get(own[1], 0), int(own[2]))
    for series, number in last.items():
        row = session.get(NumberSeries, series)
        if row is None:
            session.add(NumberSeries(name=series, last_number=number))
        else:
            row.last_number = max(row.last_number, number)
    session.flush()


def tax_of(payment: Payment) -> int:
    """Return the VAT inside a payment: by line where the order's lines are paid in full."""
    order = payment.order
    if order is not None and order.lines and order.total_minor == payment.amount_minor:
        return sum(
            vat_inside(line.quantity * line.unit_price_minor)
            for line in order.lines
            if line.tax_class is TaxClass.STANDARD
        )
    return vat_inside(payment.amount_minor)


def issue_invoice(unit: UnitOfWork, payment: Payment) -> Invoice:
    """Write the invoice of a payment that has its number, and owe its PDF; once per payment."""
    if payment.invoice is not None:
        return payment.invoice
    tax_minor = tax_of(payment)
    paid = payment.status in {PaymentStatus.COMPLETED, PaymentStatus.REFUNDED}
    issued = unit.now
    if payment.invoice_number is not None and payment.paid_at is not None and paid:
        issued = payment.paid_at
    # A number drawn now is of today's series, so its paper bears today's date.
    number = payment.generate_invoice_number(lambda: next_invoice_number(unit.session, issued))
    invoice = Invoice(
        invoice_number=number,
        payment=payment,
        subtotal_minor=payment.amount_minor - tax_minor,
        tax_minor=tax_minor,
        total_minor=payment.amount_minor,
        currency=payment.currency,
        issued_date=shop_date(issued),
        due_date=shop_date(issued),
        is_paid=paid,
        paid_date=shop_date(payment.paid_at) if payment.paid_at and paid else None,
        notes=payment.customer_notes,
    )
    unit.session.add(invoice)
    payment.invoice_generated = True
    unit.enqueue(RENDER_INVOICE, number)
    unit.audit("invoice:issued", "invoice", number, payment=payment.payment_id, tax_minor=tax_minor)
    unit.changed(Topic.INVOICES, number)
    return invoice


def _tax_given_back(payment: Payment, amount_minor: int) -> int:
    """Return the tax inside a refund, so that of all refunds together is never above the invoice's.

    What the earlier notes gave back is counted in: the rounding of one is made good by the next,
    and when all of the money went back, so did all of the tax.
    """
    tax_minor = payment.invoice.tax_minor if payment.invoice is not None else tax_of(payment)
    notes = [r.credit_note for r in payment.refund_requests if r.credit_note is not None]
    returned_minor = amount_minor + sum(note.amount_minor for note in notes)
    given_back_minor = sum(note.tax_minor for note in notes)
    return max(0, tax_minor * returned_minor // payment.amount_minor - given_back_minor)


def issue_credit_note(unit: UnitOfWork, refund: RefundRequest, payment: Payment) -> CreditNote:
    """Write the credit note of a completed refund and owe its PDF."""
    number = _next_number(unit.session, f"CN-{shop_date(unit.now):%Y%m%d}")
    note = CreditNote(
        credit_note_number=number,
        refund=refund,
        invoice=payment.invoice,
        amount_minor=refund.refund_amount_minor,
        tax_minor=_tax_given_back(payment, refund.refund_amount_minor),
        currency=refund.currency,
        issued_date=shop_date(unit.now),
    )
    unit.session.add(note)
    unit.enqueue(RENDER_CREDIT_NOTE, number)
    unit.audit("credit_note:issued", "credit_note", number, refund=refund.refund_id)
    unit.changed(Topic.INVOICES, number)
    return note
