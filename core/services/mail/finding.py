"""Finding mails, and what a mail is to be about, inside a unit of work."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core.errors import NotFoundError
from core.model.mail import MailKind, MailMessage
from core.model.refunds import RefundRequest, RefundStatus
from core.services.mail.writing import Subject
from core.services.payments.service import find_payment

LOADED = (joinedload(MailMessage.payment), joinedload(MailMessage.refund))
"""What a row of a mail shows of its neighbours."""


def find_mail(session: Session, mail_id: str) -> MailMessage:
    """Return a mail by its public id.

    Raises:
        NotFoundError: there is none in this shop.

    """
    mail = session.scalar(
        select(MailMessage).options(*LOADED).where(MailMessage.mail_id == mail_id)
    )
    if mail is None:
        raise NotFoundError(f"Nothing was changed. There is no mail {mail_id} in this shop.")
    return mail


def subject_of(session: Session, kind: MailKind, payment_id: str, refund_id: str) -> Subject:
    """Return what a mail of a kind about a payment is about.

    Raises:
        NotFoundError: there is no such payment, or no such refund of it.

    """
    payment = find_payment(session, payment_id)
    if kind is not MailKind.REFUND_NOTICE:
        return Subject(kind, payment)
    refunds = session.scalars(
        select(RefundRequest)
        .where(RefundRequest.payment_id == payment.id)
        .order_by(RefundRequest.refund_completed_at.desc(), RefundRequest.id.desc())
    ).all()
    if refund_id:
        found = next((one for one in refunds if one.refund_id == refund_id), None)
    else:
        found = next((one for one in refunds if one.status is RefundStatus.COMPLETED), None)
    if found is None:
        raise NotFoundError("Nothing was sent. This payment has no such refund.")
    return Subject(kind, payment, found)


def same_paper(session: Session, subject: Subject) -> Sequence[MailMessage]:
    """Return the mails of the same paper, newest first."""
    wanted = [MailMessage.kind == subject.kind, MailMessage.payment_id == subject.payment.id]
    if subject.refund is not None:
        wanted.append(MailMessage.refund_request_id == subject.refund.id)
    return session.scalars(
        select(MailMessage).options(*LOADED).where(*wanted).order_by(MailMessage.id.desc())
    ).all()
