"""The mail to a customer: written once, then sent until the shop's mail server has taken it.

Subject and text are fixed when the mail is queued, so what a person saw before sending is what
leaves, however long it waits and whatever changes meanwhile. The paper that goes with it is drawn
when the mail is sent, and its digest kept. The Message-ID is fixed with the text: a kill at the
instant between the server's answer and our commit may send a mail twice, then under the same id.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.model.base import Base, Versioned, only_where, public_id, stored_by_value
from core.model.transitions import require_step

if TYPE_CHECKING:
    from core.model.invoices import Invoice
    from core.model.payments import Payment
    from core.model.refunds import RefundRequest


class MailKind(StrEnum):
    """What a mail tells a customer."""

    INVOICE = "invoice"
    RECEIPT = "receipt"
    REFUND_NOTICE = "refund_notice"
    PAYMENT_REMINDER = "payment_reminder"


class MailStatus(StrEnum):
    """Where a mail stands: ``sent`` says that the shop's mail server has taken it."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    CANCELLED = "cancelled"


MAIL_TRANSITIONS: dict[MailStatus, frozenset[MailStatus]] = {
    MailStatus.WAITING: frozenset({MailStatus.SENDING, MailStatus.CANCELLED}),
    MailStatus.SENDING: frozenset({MailStatus.SENT, MailStatus.WAITING, MailStatus.REFUSED}),
    MailStatus.REFUSED: frozenset({MailStatus.WAITING, MailStatus.CANCELLED}),
    MailStatus.SENT: frozenset(),
    MailStatus.CANCELLED: frozenset(),
}


class MailTrouble(StrEnum):
    """What keeps every mail of the shop back, whoever it is to."""

    NOT_SET_UP = "not_set_up"
    UNREACHABLE = "unreachable"
    ENCRYPTION = "encryption"
    SIGN_IN = "sign_in"
    SENDER = "sender"


class MailMessage(Versioned, Base):
    """One mail to one customer about one payment.

    ``act_key`` names the act that wanted it: the same act never makes a second one.
    ``next_attempt_at`` is set while it waits, ``sent_at`` once it was taken; the database holds
    both to that. ``trying_since`` is when sending it first failed, from which giving up counts.
    """

    __tablename__ = "mail_message"
    __table_args__ = (
        CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="sent_when_sent"),
        CheckConstraint(
            "(status = 'waiting') = (next_attempt_at IS NOT NULL)", name="due_while_waiting"
        ),
        Index(
            "ix_mail_message_due",
            "next_attempt_at",
            **only_where("next_attempt_at IS NOT NULL"),
        ),
        Index("ix_mail_message_status_created", "status", text("created_at DESC")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mail_id: Mapped[str] = public_id()
    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    act_key: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[MailKind] = mapped_column(stored_by_value(MailKind))
    automatic: Mapped[bool] = mapped_column(default=False)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    refund_request_id: Mapped[int | None] = mapped_column(
        ForeignKey("refund_request.id"), index=True
    )
    recipient_address: Mapped[str] = mapped_column(String(254))
    recipient_name: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(5))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    status: Mapped[MailStatus] = mapped_column(
        stored_by_value(MailStatus), default=MailStatus.WAITING
    )
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    trying_since: Mapped[datetime | None]
    sending_since: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    last_code: Mapped[int | None]
    last_answer: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    attachment_name: Mapped[str] = mapped_column(String(120), default="")
    attachment_sha256: Mapped[str] = mapped_column(String(64), default="")
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]

    payment: Mapped[Payment] = relationship()
    invoice: Mapped[Invoice | None] = relationship()
    refund: Mapped[RefundRequest | None] = relationship()

    __mapper_args__ = {"version_id_col": Versioned.version}  # noqa: RUF012 - SQLAlchemy's own form

    def move_to(self, status: MailStatus) -> None:
        """Take one step of :data:`MAIL_TRANSITIONS`.

        Raises:
            ConflictError: the mail's state does not allow the step.

        """
        require_step("mail", self.status, status, MAIL_TRANSITIONS)
        self.status = status


class MailChannel(Base):
    """The shop's way to its mail server, one row: what is wrong with it, and when it is tried next.

    Without ``trouble`` mails go out; with it every one waits until ``next_try_at``.
    """

    __tablename__ = "mail_channel"

    id: Mapped[int] = mapped_column(primary_key=True)
    trouble: Mapped[MailTrouble | None] = mapped_column(stored_by_value(MailTrouble))
    told: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    since: Mapped[datetime | None]
    next_try_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
