"""Writing down how the sending of a mail goes: claimed before, its outcome after.

Each function is called inside a unit of work of the sender.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from core.configuration import MailTiming
from core.database.unit_of_work import UnitOfWork
from core.gateways.mail_server import Fate, ServerTroubleError, Verdict
from core.model.journal import Topic
from core.model.mail import MailChannel, MailKind, MailMessage, MailStatus, MailTrouble
from core.model.papers import HandoutChannel
from core.services.mail.attachments import PAPER_KINDS
from core.services.mail.settings import CHANNEL_ID
from core.services.mail.writing import Subject, journal_mail, paper_number
from core.services.papers.handouts import record_handout

RESUMED = "The program ended while it was being sent; it is sent again as the same mail."


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail that is marked as being sent, and all that sending it needs."""

    id: int
    kind: MailKind
    paper_number: str
    attachment_name: str
    message_id: str
    created_at: datetime
    recipient_name: str
    recipient_address: str
    subject: str
    body: str
    language: str
    automatic: bool


def resume(unit: UnitOfWork) -> int:
    """Let mails that a dead sender was sending be sent again; return how many.

    Only the holder of the lock may do it: nobody else sends then.
    """
    found = unit.session.scalars(
        select(MailMessage).where(MailMessage.status == MailStatus.SENDING)
    ).all()
    for mail in found:
        mail.move_to(MailStatus.WAITING)
        mail.next_attempt_at = unit.now
        mail.reason = RESUMED
        unit.changed(Topic.MAIL, mail.mail_id)
    return len(found)


def claim(unit: UnitOfWork, row_id: int) -> Claimed | None:
    """Mark a mail that is due as being sent; None where it is not to be sent any more."""
    mail = unit.session.get_one(MailMessage, row_id)
    if mail.status is not MailStatus.WAITING:
        return None
    if mail.next_attempt_at is None or mail.next_attempt_at > unit.now:
        return None
    number = paper_number(Subject(mail.kind, mail.payment, mail.refund))
    # From here on nothing is read: the database wants the state and its moment written together.
    mail.next_attempt_at = None
    if mail.kind is MailKind.PAYMENT_REMINDER and not mail.payment.is_pending:
        mail.move_to(MailStatus.CANCELLED)
        mail.reason = f"The payment is {mail.payment.status} meanwhile, so nobody is reminded."
        journal_mail(unit, mail, "mail:cancelled", note=mail.reason)
        return None
    mail.move_to(MailStatus.SENDING)
    mail.attempts += 1
    mail.sending_since = unit.now
    unit.changed(Topic.MAIL, mail.mail_id)
    return Claimed(
        id=mail.id,
        kind=mail.kind,
        paper_number=number,
        attachment_name=mail.attachment_name,
        message_id=mail.message_id,
        created_at=mail.created_at,
        recipient_name=mail.recipient_name,
        recipient_address=mail.recipient_address,
        subject=mail.subject,
        body=mail.body,
        language=mail.language,
        automatic=mail.automatic,
    )


def settle(
    unit: UnitOfWork, row_id: int, verdict: Verdict, timing: MailTiming, *, paper_sha256: str
) -> None:
    """Write down what the server said to a mail."""
    mail = unit.session.get_one(MailMessage, row_id)
    mail.last_code, mail.last_answer = verdict.code, verdict.answer
    if verdict.fate is Fate.TAKEN:
        _sent(unit, mail, paper_sha256)
    elif verdict.fate is Fate.REFUSED:
        _refused(unit, mail, f"The mail server refuses it: {verdict.answer}")
    else:
        _put_off(unit, mail, verdict.answer, timing)
    if verdict.code is not None:
        well_again(unit)


def hold(unit: UnitOfWork, row_id: int, error: ServerTroubleError, timing: MailTiming) -> None:
    """Keep all mails back until the server is tried again.

    The mail in hand was never begun, so it has not used up an attempt; only a server that cannot
    be reached counts, as sooner or later a customer must be told in another way.
    """
    channel = unit.session.get(MailChannel, CHANNEL_ID)
    if channel is None:
        channel = MailChannel(id=CHANNEL_ID, told="", answer="", failures=0)
        unit.session.add(channel)
    if channel.trouble is not error.trouble:
        channel.trouble, channel.since, channel.failures = error.trouble, unit.now, 0
    channel.told, channel.answer = error.told, error.answer
    channel.failures += 1
    channel.next_try_at = unit.now + _step(timing.hold_ladder, channel.failures)
    mail = unit.session.get_one(MailMessage, row_id)
    if error.trouble is MailTrouble.UNREACHABLE:
        mail.last_code, mail.last_answer = None, error.answer
        _put_off(unit, mail, error.told, timing)
    else:
        mail.move_to(MailStatus.WAITING)
        mail.attempts -= 1
        mail.next_attempt_at = unit.now
        mail.reason = error.told
    unit.changed(Topic.MAIL)


def well_again(unit: UnitOfWork) -> None:
    """Note that the server takes mails, and let those go that only waited for that."""
    channel = unit.session.get(MailChannel, CHANNEL_ID)
    if channel is None or channel.trouble is None:
        return
    was_unreachable = channel.trouble is MailTrouble.UNREACHABLE
    channel.trouble = channel.since = channel.next_try_at = None
    channel.told = channel.answer = ""
    channel.failures = 0
    unit.changed(Topic.MAIL)
    if was_unreachable:
        unit.session.flush()
        unit.session.execute(
            update(MailMessage)
            .where(
                MailMessage.status == MailStatus.WAITING,
                MailMessage.attempts > 0,
                MailMessage.last_code.is_(None),
            )
            .values(next_attempt_at=unit.now)
        )


def _sent(unit: UnitOfWork, mail: MailMessage, paper_sha256: str) -> None:
    mail.move_to(MailStatus.SENT)
    mail.sent_at = unit.now
    mail.reason = ""
    mail.attachment_sha256 = paper_sha256
    paper = PAPER_KINDS.get(mail.kind)
    if paper is not None:
        number = paper_number(Subject(mail.kind, mail.payment, mail.refund))
        record_handout(unit, paper, number, HandoutChannel.MAIL)
    invoice = mail.invoice
    if mail.kind is MailKind.INVOICE and invoice is not None:
        invoice.sent_to_customer = True
        invoice.sent_at = unit.now
        unit.changed(Topic.INVOICES, invoice.invoice_number)
    journal_mail(unit, mail, "mail:sent")


def _refused(unit: UnitOfWork, mail: MailMessage, reason: str) -> None:
    mail.move_to(MailStatus.REFUSED)
    mail.reason = reason
    journal_mail(unit, mail, "mail:refused", note=reason)


def _put_off(unit: UnitOfWork, mail: MailMessage, why: str, timing: MailTiming) -> None:
    mail.trying_since = mail.trying_since or unit.now
    ends_at = mail.trying_since + timedelta(seconds=timing.give_up_after_s)
    if unit.now >= ends_at:
        days = round(timing.give_up_after_s / (24 * 3600))
        _refused(unit, mail, f"It could not be sent for {days} days. At last: {why}")
        return
    mail.move_to(MailStatus.WAITING)
    mail.next_attempt_at = min(unit.now + _step(timing.ladder, mail.attempts), ends_at)
    mail.reason = why
    unit.changed(Topic.MAIL, mail.mail_id)


def _step(ladder: tuple[float, ...], number: int) -> timedelta:
    return timedelta(seconds=ladder[min(max(number, 1), len(ladder)) - 1])
