"""Mails that go by themselves when money has come or gone back, as the shop's settings say.

Money is written down first: the act only owes a job, and the job writes the mail. So nothing that
is wrong with a mail can keep a payment from being recorded.
"""

from __future__ import annotations

from sqlalchemy import select

from core.database.unit_of_work import Database, UnitOfWork
from core.model.mail import MailKind, MailMessage
from core.model.payments import Payment
from core.model.refunds import RefundRequest
from core.services.mail.addresses import is_usable, usable_address
from core.services.mail.settings import MailSettings
from core.services.mail.writing import Subject, address_of, language_of, write_mail
from core.services.setting_values import load_values

MAIL_PAYMENT = "mail_payment"
MAIL_REFUND = "mail_refund"


def mail_completed_payment(unit: UnitOfWork, payment: Payment) -> None:
    """Owe the customer the invoice and the receipt, where the shop sends them by itself."""
    settings = load_values(unit.session, MailSettings)
    if settings.is_ready and _kinds(settings):
        unit.enqueue(MAIL_PAYMENT, payment.payment_id)


def mail_completed_refund(unit: UnitOfWork, refund: RefundRequest) -> None:
    """Owe the customer the notice of a refund, where the shop sends it by itself.

    Of points given back none goes: it says that money is under way.
    """
    settings = load_values(unit.session, MailSettings)
    is_money = refund.payment.payment_method.is_money
    if is_money and settings.is_ready and settings.mail_refund_notice:
        unit.enqueue(MAIL_REFUND, refund.refund_id)


class AutomaticMail:
    """Writes the mails owed; the same job again writes nothing more."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write_of_payment(self, payment_id: str) -> None:
        """Write the mails of a completed payment that are switched on and not written yet."""
        with self._database.write(None) as unit:
            payment = unit.session.scalars(
                select(Payment).where(Payment.payment_id == payment_id)
            ).one()
            for kind in _kinds(load_values(unit.session, MailSettings)):
                _write(unit, Subject(kind, payment), f"completed:{payment_id}:{kind}")
            unit.commit()

    def write_of_refund(self, refund_id: str) -> None:
        """Write the notice of a completed refund, once."""
        with self._database.write(None) as unit:
            refund = unit.session.scalars(
                select(RefundRequest).where(RefundRequest.refund_id == refund_id)
            ).one()
            subject = Subject(MailKind.REFUND_NOTICE, refund.payment, refund)
            _write(unit, subject, f"refunded:{refund_id}")
            unit.commit()


def _kinds(settings: MailSettings) -> tuple[MailKind, ...]:
    switches = (
        (MailKind.INVOICE, settings.mail_invoice_on_completion),
        (MailKind.RECEIPT, settings.mail_receipt_on_completion),
    )
    return tuple(kind for kind, is_on in switches if is_on)


def _write(unit: UnitOfWork, subject: Subject, act_key: str) -> None:
    written = select(MailMessage.id).where(MailMessage.act_key == act_key)
    address = address_of(unit.session, subject.payment)
    # An address nobody can write to is no news: most customers have none.
    if is_usable(address) and unit.session.scalar(written) is None:
        write_mail(
            unit,
            subject,
            address=usable_address(address),
            language=language_of(unit.session, subject.payment),
            act_key=act_key,
            automatic=True,
        )
