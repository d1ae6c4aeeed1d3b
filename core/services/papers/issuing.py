"""Drawing numbers without gaps and issuing the papers that bear them, inside a unit of work.

A paper is whole when it is issued: lines, customer and letterhead are written with it, so that it
can be drawn again the same whatever changes afterwards. Only its standing moves on: awaited, paid,
void.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.clock import shop_date
from core.database.lock_order import Lock
from core.database.unit_of_work import UnitOfWork
from core.documents.phrases import phrases_in
from core.model.customers import Customer
from core.model.invoices import CreditNote, CreditNoteLine, Invoice, InvoiceLine
from core.model.journal import Topic
from core.model.payments import Payment, PaymentStatus
from core.model.refunds import RefundRequest
from core.services.customers.identity import account_of_payment
from core.services.papers.letterheads import PaperStyle, paper_style
from core.services.papers.lines import PaperLine, refund_lines, sale_lines
from core.services.settings import LANGUAGES

RENDER_INVOICE = "render_invoice"
RENDER_CREDIT_NOTE = "render_credit_note"

_OWN_NUMBER = re.compile(r"(INV-[0-9]{8})-([0-9]{5,9})")


# The row itself is locked by its change, so that drawing needs no look at it first.
_DRAW = text(
    "INSERT INTO number_series (name, last_number) VALUES (:name, 1) ON CONFLICT (name)"
    " DO UPDATE SET last_number = number_series.last_number + 1 RETURNING last_number"
)
_RAISE = text(
    "INSERT INTO number_series (name, last_number) VALUES (:name, :number) ON CONFLICT (name)"
    " DO UPDATE SET last_number = excluded.last_number"
    " WHERE number_series.last_number < excluded.last_number"
)


def next_invoice_number(unit: UnitOfWork, at: datetime) -> str:
    """Return INV-YYYYMMDD-NNNNN for the shop's day; nobody else draws until the unit ends."""
    return _next_number(unit, f"INV-{shop_date(at):%Y%m%d}")


def _next_number(unit: UnitOfWork, series: str) -> str:
    unit.lock(Lock.NUMBER, series)
    drawn = unit.session.connection().execute(_DRAW, {"name": series}).scalar_one()
    return f"{series}-{drawn:05d}"


def keep_series_ahead(session: Session, invoice_numbers: Iterable[str]) -> None:
    """Make sure that numbers brought in from elsewhere are never drawn again."""
    last: dict[str, int] = {}
    for own in filter(None, map(_OWN_NUMBER.fullmatch, invoice_numbers)):
        last[own[1]] = max(last.get(own[1], 0), int(own[2]))
    for series, number in last.items():
        session.connection().execute(_RAISE, {"name": series, "number": number})


@dataclass(frozen=True, slots=True)
class InvoiceDraft:
    """What an invoice will bear, all but its number and its day."""

    style: PaperStyle
    language: str
    customer: Customer | None
    lines: tuple[PaperLine, ...]


def draft_invoice(unit: UnitOfWork, payment: Payment, template_id: str = "") -> InvoiceDraft:
    """Look up what a payment's invoice bears.

    Done before its number is drawn, on which other desks then wait.
    """
    style = paper_style(unit, template_id)
    customer = account_of_payment(unit.session, payment)
    language = _language(customer, style)
    lines = tuple(sale_lines(payment, phrases_in(language)))
    return InvoiceDraft(style, language, customer, lines)


def issue_invoice(unit: UnitOfWork, payment: Payment, draft: InvoiceDraft | None = None) -> Invoice:
    """Write the invoice of a payment, as drafted, and owe its PDF; once per payment.

    Of a payment that is still awaited it says until when it is to be paid.
    """
    if payment.invoice is not None:
        return payment.invoice
    paid = payment.status in {PaymentStatus.COMPLETED, PaymentStatus.REFUNDED}
    issued = unit.now
    if payment.invoice_number is not None and payment.paid_at is not None and paid:
        issued = payment.paid_at
    draft = draft or draft_invoice(unit, payment)
    style, customer = draft.style, draft.customer
    tax_minor = sum(line.tax_minor for line in draft.lines)
    # A number drawn now is of today's series, so its paper bears today's date.
    number = payment.generate_invoice_number(lambda: next_invoice_number(unit, issued))
    day = shop_date(issued)
    invoice = Invoice(
        invoice_number=number,
        payment=payment,
        subtotal_minor=payment.amount_minor - tax_minor,
        tax_minor=tax_minor,
        total_minor=payment.amount_minor,
        currency=payment.currency,
        issued_date=day,
        due_date=day if paid else day + timedelta(days=style.due_days),
        is_paid=paid,
        paid_date=shop_date(payment.paid_at) if payment.paid_at and paid else None,
        notes=payment.customer_notes,
        order_number=payment.order.order_number if payment.order else "",
        payment_reference=_reference(payment),
        letterhead_sha256=style.letterhead_sha256,
        template_id=style.template_id,
        language=draft.language,
        customer_name=payment.customer_name,
        customer_phone=payment.phone_number,
        customer_tin=customer.tin if customer else "",
        lines=[InvoiceLine(position=at, **line.as_row()) for at, line in enumerate(draft.lines, 1)],
    )
    unit.session.add(invoice)
    payment.invoice_generated = True
    unit.enqueue(RENDER_INVOICE, number)
    unit.audit("invoice:issued", "invoice", number, payment=payment.payment_id, tax_minor=tax_minor)
    unit.changed(Topic.INVOICES, number)
    return invoice


def settle_invoice(unit: UnitOfWork, payment: Payment) -> None:
    """Say on an invoice issued before its money came that it came, even after it was void."""
    invoice = payment.invoice
    if invoice is None or invoice.is_paid or payment.paid_at is None:
        return
    invoice.is_paid = True
    invoice.paid_date = shop_date(payment.paid_at)
    invoice.void_date = None
    invoice.payment_reference = _reference(payment)
    _standing_changed(unit, invoice, "invoice:paid")


def void_invoice(unit: UnitOfWork, payment: Payment) -> None:
    """Say on an invoice whose payment failed or was cancelled that nothing is owed on it."""
    invoice = payment.invoice
    if invoice is None or invoice.is_paid or invoice.void_date is not None:
        return
    invoice.void_date = shop_date(unit.now)
    _standing_changed(unit, invoice, "invoice:voided")


def note_style(unit: UnitOfWork, payment: Payment) -> PaperStyle:
    """Return how the credit note of a payment is written: as its invoice is."""
    return paper_style(unit, payment.invoice.template_id if payment.invoice else "")


def issue_credit_note(unit: UnitOfWork, refund: RefundRequest, payment: Payment) -> CreditNote:
    """Write the credit note of a completed refund and owe its PDF."""
    invoice = payment.invoice
    style = note_style(unit, payment)
    customer = account_of_payment(unit.session, payment)
    language = invoice.language if invoice else _language(customer, style)
    lines = refund_lines(payment, refund.refund_amount_minor, phrases_in(language))
    number = _next_number(unit, f"CN-{shop_date(unit.now):%Y%m%d}")
    note = CreditNote(
        credit_note_number=number,
        refund=refund,
        invoice=invoice,
        amount_minor=refund.refund_amount_minor,
        tax_minor=sum(line.tax_minor for line in lines),
        currency=refund.currency,
        issued_date=shop_date(unit.now),
        letterhead_sha256=style.letterhead_sha256,
        template_id=style.template_id,
        language=language,
        customer_name=invoice.customer_name if invoice else payment.customer_name,
        customer_phone=invoice.customer_phone if invoice else payment.phone_number,
        customer_tin=invoice.customer_tin if invoice else customer.tin if customer else "",
        lines=[CreditNoteLine(position=at, **line.as_row()) for at, line in enumerate(lines, 1)],
    )
    unit.session.add(note)
    unit.enqueue(RENDER_CREDIT_NOTE, number)
    unit.audit("credit_note:issued", "credit_note", number, refund=refund.refund_id)
    unit.changed(Topic.INVOICES, number)
    return note


def _standing_changed(unit: UnitOfWork, invoice: Invoice, action: str) -> None:
    number = invoice.invoice_number
    invoice.pdf_sha256 = ""  # what was drawn before no longer says how it stands
    unit.enqueue(RENDER_INVOICE, number)
    unit.audit(action, "invoice", number, payment=invoice.payment.payment_id)
    unit.changed(Topic.INVOICES, number)


def _language(customer: Customer | None, style: PaperStyle) -> str:
    """Return the customer's language where it is known, else that of the shop's papers."""
    own = customer.language if customer else ""
    return own if own in LANGUAGES else style.language


def _reference(payment: Payment) -> str:
    return payment.transaction_id or payment.transaction_reference
