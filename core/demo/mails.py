"""The mails the invented shop sent: the invoice, to every customer whose address it knows."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from core.database.unit_of_work import SYSTEM_USER
from core.demo.sales import Row, Sale
from core.demo.statement_files import SHOP_NAME
from core.documents.mail_texts import MailFacts, mail_text
from core.model.mail import MailKind, MailStatus
from core.money import display

DAYS = 45
"""So long ago the shop began to mail its invoices."""

_DOMAIN = "isoko-ryiza.example.rw"
_NAMESPACE = uuid.UUID("6b1f8a52-7f1e-4f0b-9f5d-5a0e2f3c9d10")


def is_mailed(sale: Sale, today: date, day: date) -> bool:
    """Tell whether the invoice of a sale paid on a day was mailed to its customer."""
    return bool(
        not sale.imported
        and sale.customer
        and sale.customer.email
        and day > today - timedelta(days=DAYS)
    )


def mail_row(sale: Sale, day: date) -> Row:
    """Return the row of the mail that took a sale's invoice to its customer."""
    customer = sale.customer
    if customer is None or sale.invoice_number is None:
        raise ValueError("a mailed sale has a customer and an invoice")
    amount = display(sale.amount_minor)
    facts = MailFacts(
        customer_name=customer.name,
        amount=amount,
        paid_amount=amount,
        number=sale.invoice_number,
        reference=sale.reference,
        day=day,
        shop_name=SHOP_NAME,
        shop_phone="",
    )
    text = mail_text(MailKind.INVOICE, facts, customer.language)
    mail_id = str(uuid.uuid5(_NAMESPACE, sale.payment_id))
    return {
        "mail_id": mail_id,
        "message_id": f"<{mail_id}@{_DOMAIN}>",
        "act_key": f"completed:{sale.payment_id}:invoice",
        "kind": MailKind.INVOICE,
        "automatic": True,
        "payment_id": sale.key,
        "invoice_id": sale.invoice_key,
        "refund_request_id": None,
        "recipient_address": customer.email,
        "recipient_name": customer.name,
        "language": customer.language,
        "subject": text.subject,
        "body": text.body,
        "status": MailStatus.SENT,
        "attempts": 1,
        "next_attempt_at": None,
        "trying_since": None,
        "sending_since": sale.paid_at,
        "sent_at": sale.paid_at,
        "last_code": 250,
        "last_answer": "2.0.0 Ok: queued",
        "reason": "",
        "attachment_name": f"{sale.invoice_number}.pdf",
        "attachment_sha256": "",
        "created_by": SYSTEM_USER,
        "created_at": sale.paid_at,
        "version": 1,
    }


def audit_details(row: Row) -> Row:
    """Return what the journal says of a mail."""
    return {
        "mail": row["mail_id"],
        "kind": MailKind.INVOICE.value,
        "to": row["recipient_address"],
    }
