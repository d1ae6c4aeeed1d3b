"""Writing a mail inside a unit of work: what it says, what goes with it, and when it may not go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import shop_date, shop_time
from core.database.unit_of_work import UnitOfWork
from core.model.base import new_uuid
from core.model.journal import Topic
from core.model.mail import MailKind, MailMessage, MailStatus
from core.model.payments import Payment, PaymentMethod, PaymentStatus
from core.model.refunds import RefundRequest, RefundStatus
from core.money import display
from core.phones import phone_display
from core.services.customers.identity import account_of_payment
from core.services.mail.settings import MailSettings
from core.services.setting_values import load_values
from core.services.settings import LANGUAGES, load_settings

if TYPE_CHECKING:
    from core.documents.mail_texts import MailText

UNDER_WAY = frozenset({MailStatus.WAITING, MailStatus.SENDING})
_PAID = frozenset({PaymentStatus.COMPLETED, PaymentStatus.REFUNDED})
_COUNTED = UNDER_WAY | {MailStatus.SENT}
"""A reminder that was refused or called off reached nobody, so it does not count."""

KIND_WORDS = {
    MailKind.INVOICE: "invoice",
    MailKind.RECEIPT: "receipt",
    MailKind.REFUND_NOTICE: "refund notice",
    MailKind.PAYMENT_REMINDER: "reminder",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a mail is about. ``refund`` is set for a refund notice alone."""

    kind: MailKind
    payment: Payment
    refund: RefundRequest | None = None


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why a mail may not go now; ``until`` is set where only time stands in its way."""

    sentence: str
    until: datetime | None = None


def language_of(session: Session, payment: Payment) -> str:
    """Return the customer's language, or the shop's for a customer not kept by name."""
    customer = account_of_payment(session, payment)
    language = customer.language if customer else load_settings(session).language
    return language if language in LANGUAGES else "en"


def address_of(session: Session, payment: Payment) -> str:
    """Return the customer's address: the one kept, else the last one used for this payment."""
    customer = account_of_payment(session, payment)
    if customer is not None and customer.email:
        return customer.email
    last = session.scalar(
        select(MailMessage.recipient_address)
        .where(MailMessage.payment_id == payment.id)
        .order_by(MailMessage.id.desc())
        .limit(1)
    )
    return last or ""


def text_of(session: Session, subject: Subject, language: str) -> MailText:
    """Return what a mail says in a language."""
    from core.documents.mail_texts import MailFacts, mail_text  # noqa: PLC0415 - not owed at start

    payment, refund = subject.payment, subject.refund
    shop, settings = load_settings(session), load_values(session, MailSettings)
    paid = display(payment.amount_minor, payment.currency)
    amount = display(refund.refund_amount_minor, refund.currency) if refund else paid
    order = payment.order.order_number if payment.order else ""
    by_bank = payment.payment_method is PaymentMethod.BANK_TRANSFER
    facts = MailFacts(
        customer_name=payment.customer_name,
        amount=amount,
        paid_amount=paid,
        number=paper_number(subject),
        reference=payment.transaction_reference or order,
        day=shop_date(payment.paid_at or payment.created_at),
        shop_name=shop.shop_name or settings.mail_from_name or settings.mail_from_address,
        shop_phone=phone_display(shop.phone),
        bank_details=shop.bank_details if by_bank else "",
    )
    return mail_text(subject.kind, facts, language)


def paper_number(subject: Subject) -> str:
    """Return the number of the paper that goes with a mail; a reminder has none."""
    if subject.refund is not None:
        note = subject.refund.credit_note
        return note.credit_note_number if note else ""
    if subject.kind is MailKind.PAYMENT_REMINDER:
        return ""
    return subject.payment.invoice_number or ""


def attachment_name(subject: Subject) -> str:
    """Return the file name of the paper that goes with a mail; empty without one."""
    number = paper_number(subject)
    if not number:
        return ""
    return f"receipt-{number}.pdf" if subject.kind is MailKind.RECEIPT else f"{number}.pdf"


def hindrance(session: Session, subject: Subject, now: datetime) -> Hindrance | None:
    """Return why a mail may not go now, or None."""
    payment, kind = subject.payment, subject.kind
    if not load_values(session, MailSettings).is_ready:
        return Hindrance(
            "The shop's mail account is not set up: an admin does it under Settings, Mail."
        )
    if kind is MailKind.PAYMENT_REMINDER:
        if not payment.is_pending:
            return Hindrance(
                f"This payment is {payment.status}; only a waiting one needs a reminder."
            )
        return _too_many_reminders(session, payment, now)
    if kind is MailKind.REFUND_NOTICE:
        refund = subject.refund
        if refund is None or refund.status is not RefundStatus.COMPLETED:
            return Hindrance("The notice follows the money: this refund is not completed.")
        return None
    paper = KIND_WORDS[kind]
    if payment.status not in _PAID:
        return Hindrance(f"This payment is {payment.status}; its {paper} follows completion.")
    if payment.invoice is None:
        return Hindrance("This payment has no invoice yet: issue it first.")
    return None


def _too_many_reminders(session: Session, payment: Payment, now: datetime) -> Hindrance | None:
    """Keep reminders of one payment apart and few."""
    settings = load_values(session, MailSettings)
    sent = session.scalars(
        select(MailMessage)
        .where(
            MailMessage.payment_id == payment.id,
            MailMessage.kind == MailKind.PAYMENT_REMINDER,
            MailMessage.status.in_(_COUNTED),
        )
        .order_by(MailMessage.id.desc())
    ).all()
    if len(sent) >= settings.mail_reminders_most:
        return Hindrance(
            f"This payment has had its {len(sent)} reminders, which is the most the shop sends."
        )
    if not sent:
        return None
    last = sent[0].sent_at or sent[0].created_at
    allowed_at = last + timedelta(days=settings.mail_reminder_days)
    if sent[0].status in UNDER_WAY:
        return Hindrance("A reminder of this payment already waits to be sent.", allowed_at)
    if now >= allowed_at:
        return None
    return Hindrance(
        f"The last reminder of this payment went on {_moment(last)}; the next may go on"
        f" {_moment(allowed_at)}.",
        allowed_at,
    )


def write_mail(
    unit: UnitOfWork,
    subject: Subject,
    *,
    address: str,
    language: str,
    act_key: str,
    automatic: bool = False,
) -> MailMessage:
    """Write a mail that is due at once; its Message-ID and text never change from here on."""
    session, payment = unit.session, subject.payment
    text = text_of(session, subject, language)
    domain = load_values(session, MailSettings).mail_from_address.rpartition("@")[2]
    mail = MailMessage(
        message_id=f"<{new_uuid()}@{domain}>",
        act_key=act_key,
        kind=subject.kind,
        automatic=automatic,
        payment=payment,
        invoice=payment.invoice if subject.kind in {MailKind.INVOICE, MailKind.RECEIPT} else None,
        refund=subject.refund,
        recipient_address=address,
        recipient_name=payment.customer_name,
        language=language,
        subject=text.subject,
        body=text.body,
        status=MailStatus.WAITING,
        next_attempt_at=unit.now,
        attachment_name=attachment_name(subject),
        created_by=unit.actor_name,
        created_at=unit.now,
    )
    session.add(mail)
    session.flush()
    journal_mail(unit, mail, "mail:queued")
    return mail


def journal_mail(unit: UnitOfWork, mail: MailMessage, action: str, **details: object) -> None:
    """Write into the payment's history what became of a mail, and tell other windows."""
    unit.audit(
        action,
        "payment",
        mail.payment.payment_id,
        mail=mail.mail_id,
        kind=mail.kind,
        to=mail.recipient_address,
        **details,
    )
    unit.changed(Topic.MAIL, mail.mail_id)
    unit.changed(Topic.PAYMENTS, mail.payment.payment_id)


def _moment(at: datetime) -> str:
    return f"{shop_time(at):%Y-%m-%d %H:%M}"
