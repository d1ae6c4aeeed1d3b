"""What people see of mails: rows of the list, one mail in full, a draft before it is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.model.mail import MailKind, MailMessage, MailStatus, MailTrouble

__all__ = [
    "MailChannelRow",
    "MailDetail",
    "MailDraft",
    "MailKind",
    "MailRow",
    "MailStatus",
    "MailTrouble",
]


@dataclass(frozen=True, slots=True)
class MailRow:
    """One mail as a list shows it; ``reason`` says in words why it waits or was refused."""

    mail_id: str
    message_id: str
    kind: MailKind
    automatic: bool
    payment_id: str
    refund_id: str
    recipient_address: str
    recipient_name: str
    language: str
    subject: str
    status: MailStatus
    attempts: int
    next_attempt_at: datetime | None
    sending_since: datetime | None
    sent_at: datetime | None
    last_code: int | None
    last_answer: str
    reason: str
    attachment_name: str
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class MailDetail:
    """One mail in full. ``attachment_sha256`` is of the paper that went with it; empty before."""

    row: MailRow
    body: str
    attachment_sha256: str


@dataclass(frozen=True, slots=True)
class MailDraft:
    """A mail as it would be: what a person sees before it is queued.

    ``refusal`` says why it cannot be sent now; empty when it can. ``next_allowed_at`` is when a
    reminder may go again, where only time stands in its way. ``sent_before`` tells of the same
    paper's earlier mails, newest first.
    """

    kind: MailKind
    payment_id: str
    refund_id: str
    address: str
    name: str
    language: str
    subject: str
    body: str
    attachment_name: str
    refusal: str
    next_allowed_at: datetime | None
    sent_before: tuple[MailRow, ...]


@dataclass(frozen=True, slots=True)
class MailChannelRow:
    """The way to the mail server: without ``trouble`` mails go out. ``waiting`` counts them."""

    trouble: MailTrouble | None
    told: str
    answer: str
    since: datetime | None
    next_try_at: datetime | None
    waiting: int


def mail_row(mail: MailMessage) -> MailRow:
    """Return a mail as lists show it; its payment and refund are expected to be loaded with it."""
    return MailRow(
        mail_id=mail.mail_id,
        message_id=mail.message_id,
        kind=mail.kind,
        automatic=mail.automatic,
        payment_id=mail.payment.payment_id,
        refund_id=mail.refund.refund_id if mail.refund else "",
        recipient_address=mail.recipient_address,
        recipient_name=mail.recipient_name,
        language=mail.language,
        subject=mail.subject,
        status=mail.status,
        attempts=mail.attempts,
        next_attempt_at=mail.next_attempt_at,
        sending_since=mail.sending_since,
        sent_at=mail.sent_at,
        last_code=mail.last_code,
        last_answer=mail.last_answer,
        reason=mail.reason,
        attachment_name=mail.attachment_name,
        created_by=mail.created_by,
        created_at=mail.created_at,
    )
