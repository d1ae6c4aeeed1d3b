"""The refund request: asked by one person, decided by another, then carried out."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.model.base import Base, Versioned, only_where, public_id, stored_by_value
from core.model.transitions import require_step

if TYPE_CHECKING:
    from core.model.attempts import GatewayAttempt
    from core.model.invoices import CreditNote
    from core.model.payments import Payment


class RefundStatus(StrEnum):
    """Where a refund stands."""

    REQUESTED = "requested"
    APPROVED = "approved"
    PROCESSING = "processing"
    COMPLETED = "completed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"
    UNKNOWN = "unknown"


REFUND_TRANSITIONS: dict[RefundStatus, frozenset[RefundStatus]] = {
    RefundStatus.REQUESTED: frozenset(
        {RefundStatus.APPROVED, RefundStatus.REJECTED, RefundStatus.WITHDRAWN}
    ),
    RefundStatus.APPROVED: frozenset(
        {RefundStatus.PROCESSING, RefundStatus.REJECTED, RefundStatus.WITHDRAWN}
    ),
    RefundStatus.PROCESSING: frozenset(
        {RefundStatus.COMPLETED, RefundStatus.FAILED, RefundStatus.UNKNOWN}
    ),
    RefundStatus.UNKNOWN: frozenset({RefundStatus.COMPLETED, RefundStatus.FAILED}),
    RefundStatus.FAILED: frozenset({RefundStatus.PROCESSING, RefundStatus.REJECTED}),
    RefundStatus.COMPLETED: frozenset(),
    RefundStatus.REJECTED: frozenset(),
    RefundStatus.WITHDRAWN: frozenset(),
}

HELD_REFUND_STATUSES = frozenset(RefundStatus) - {RefundStatus.REJECTED, RefundStatus.WITHDRAWN}
"""Refunds that count against the payment; a failed one may be tried again, so it still does."""


DEFAULT_REFUND_LIMIT_MINOR = 100_000
"""What a manager approves without the owner, in the shop's own currency, until an admin says."""

DECIDED_BY = "coalesce(nullif(rejected_by, ''), approved_by, '')"
PAID_BACK_AT = "coalesce(refund_completed_at, '')"
"""SQL of what lists of refunds are ordered by, never NULL; each has its index."""


class RefundRequest(Versioned, Base):
    """One request to give money back, all or part of one payment.

    ``reason`` is a heading that the shop's other refunds share, ``reason_note`` the asker's own
    words. ``passed_on_by`` is who left the decision to the owner; empty: a manager decides.
    """

    __tablename__ = "refund_request"
    __table_args__ = (
        CheckConstraint("refund_amount_minor > 0", name="amount_positive"),
        CheckConstraint("approved_by IS NULL OR approved_by <> requested_by", name="four_eyes"),
        Index("ix_refund_request_status_requested", "status", "requested_at"),
        Index("ix_refund_request_amount", "refund_amount_minor"),
        Index("ix_refund_request_by", "requested_by", "requested_at"),
        Index("ix_refund_request_requested", "requested_at"),
        Index("ix_refund_request_reason", "reason"),
        Index("ix_refund_request_decided", text(f"({DECIDED_BY})"), "requested_at"),
        Index("ix_refund_request_paid_back", text(f"({PAID_BACK_AT})")),
        Index("ix_refund_request_completed", "refund_completed_at"),
        Index("ix_refund_request_updated", "updated_at"),
        Index(
            "ix_refund_request_transaction",
            "refund_transaction_id",
            **only_where("refund_transaction_id <> ''"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    refund_id: Mapped[str] = public_id()
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    refund_amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="RWF")
    reason: Mapped[str] = mapped_column(Text)
    reason_note: Mapped[str] = mapped_column(Text, default="", server_default="")
    status: Mapped[RefundStatus] = mapped_column(
        stored_by_value(RefundStatus), default=RefundStatus.REQUESTED
    )
    refund_transaction_id: Mapped[str] = mapped_column(String(128), default="")
    requested_by: Mapped[str] = mapped_column(String(80))
    requested_at: Mapped[datetime]
    approved_by: Mapped[str | None] = mapped_column(String(80))
    approved_at: Mapped[datetime | None]
    passed_on_by: Mapped[str] = mapped_column(String(80), default="", server_default="")
    passed_on_at: Mapped[datetime | None]
    passed_on_note: Mapped[str] = mapped_column(Text, default="", server_default="")
    rejected_by: Mapped[str] = mapped_column(String(80), default="")
    rejected_at: Mapped[datetime | None]
    processed_by: Mapped[str] = mapped_column(String(80), default="")
    response_notes: Mapped[str] = mapped_column(Text, default="")
    refund_completed_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]

    payment: Mapped[Payment] = relationship(back_populates="refund_requests")
    credit_note: Mapped[CreditNote | None] = relationship(back_populates="refund")
    attempts: Mapped[list[GatewayAttempt]] = relationship(
        back_populates="refund", order_by="GatewayAttempt.id"
    )

    __mapper_args__ = {"version_id_col": Versioned.version}  # noqa: RUF012 - SQLAlchemy's own form

    def move_to(self, status: RefundStatus, at: datetime) -> None:
        """Take one step of :data:`REFUND_TRANSITIONS`.

        Raises:
            ConflictError: the refund's state does not allow the step.

        """
        require_step("refund", self.status, status, REFUND_TRANSITIONS)
        self.status = status
        self.updated_at = at
