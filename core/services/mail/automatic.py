"""Mails that go by themselves when money has come or gone back, as the shop's settings say."""

from __future__ import annotations

from core.database.unit_of_work import UnitOfWork
from core.model.mail import MailKind
from core.model.payments import Payment
from core.model.refunds import RefundRequest
from core.services.mail.addresses import is_usable, usable_address
from core.services.mail.settings import MailSettings
from core.services.mail.writing import Subject, address_of, language_of, write_mail
from core.services.setting_values import load_values


def mail_completed_payment(unit: UnitOfWork, payment: Payment) -> None:
    """Owe the customer the invoice and the receipt, where the shop sends them by itself."""
    settings = load_values(unit.session, MailSettings)
    if not settings.is_ready:
        return
    if settings.mail_invoice_on_completion:
        _write(unit, Subject(MailKind.INVOICE, payment), f"completed:{payment.payment_id}:invoice")
    if settings.mail_receipt_on_completion:
        _write(unit, Subject(MailKind.RECEIPT, payment), f"completed:{payment.payment_id}:receipt")


def mail_completed_refund(unit: UnitOfWork, refund: RefundRequest) -> None:
    """Owe the customer the notice of a refund, where the shop sends it by itself.

    Of points given back none goes: it says that money is under way.
    """
    settings = load_values(unit.session, MailSettings)
    if not refund.payment.payment_method.is_money:
        return
    if settings.is_ready and settings.mail_refund_notice:
        subject = Subject(MailKind.REFUND_NOTICE, refund.payment, refund)
        _write(unit, subject, f"refunded:{refund.refund_id}")


def _write(unit: UnitOfWork, subject: Subject, act_key: str) -> None:
    unit.session.flush()
    address = address_of(unit.session, subject.payment)
    # Money has moved: an address nobody can write to must not undo that, nor is it news.
    if is_usable(address):
        write_mail(
            unit,
            subject,
            address=usable_address(address),
            language=language_of(unit.session, subject.payment),
            act_key=act_key,
            automatic=True,
        )
