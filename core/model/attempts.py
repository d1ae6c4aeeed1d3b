"""The attempt: one request to a mobile network, made once, and followed until its end is known.

A payment has one attempt to collect it, and a refund one attempt for each time it is sent. Each
row of :class:`~core.model.payments.PaymentTransaction` is one call; the attempt is what the calls
are about, and it alone decides when the network is asked again.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.model.base import Base, Versioned, only_where, stored_by_value
from core.model.payments import TRANSACTION_TRANSITIONS, TransactionStatus
from core.model.providers import Environment
from core.model.transitions import require_step

if TYPE_CHECKING:
    from core.model.payments import Payment
    from core.model.refunds import RefundRequest


class AttemptKind(StrEnum):
    """Which way the money goes."""

    COLLECT = "collect"
    REFUND = "refund"


class GatewayAttempt(Versioned, Base):
    """One reference of ours at one network, and where its request stands.

    ``sale_key`` names what the customer pays for; while an attempt is open no second one for the
    same sale may start. ``due_at`` is when the network is asked next; without it, never.
    """

    __tablename__ = "gateway_attempt"
    __table_args__ = (
        UniqueConstraint("provider", "environment", "reference", name="one_reference"),
        Index(
            "ix_gateway_attempt_one_open_collect",
            "payment_id",
            unique=True,
            **only_where("closed_at IS NULL AND kind = 'collect'"),
        ),
        Index(
            "ix_gateway_attempt_one_open_refund",
            "refund_request_id",
            unique=True,
            **only_where("closed_at IS NULL AND kind = 'refund'"),
        ),
        Index(
            "ix_gateway_attempt_one_open_sale",
            "sale_key",
            unique=True,
            **only_where("closed_at IS NULL AND sale_key <> ''"),
        ),
        Index("ix_gateway_attempt_sale", "sale_key"),
        Index("ix_gateway_attempt_status", "status", "created_at"),
        Index("ix_gateway_attempt_due", "due_at", **only_where("due_at IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[AttemptKind] = mapped_column(stored_by_value(AttemptKind))
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    refund_request_id: Mapped[int | None] = mapped_column(
        ForeignKey("refund_request.id"), index=True
    )
    provider: Mapped[str] = mapped_column(String(8))
    environment: Mapped[Environment] = mapped_column(stored_by_value(Environment, length=8))
    reference: Mapped[str] = mapped_column(String(64))
    sale_key: Mapped[str] = mapped_column(String(160), default="")
    status: Mapped[TransactionStatus] = mapped_column(
        stored_by_value(TransactionStatus), default=TransactionStatus.CREATED
    )
    status_since: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    last_asked_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    sends: Mapped[int] = mapped_column(default=0)
    checks: Mapped[int] = mapped_column(default=0)
    not_found_count: Mapped[int] = mapped_column(default=0)
    not_found_since: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(40), default="")
    reason_code: Mapped[str] = mapped_column(String(80), default="")
    trouble: Mapped[str] = mapped_column(String(40), default="")
    message: Mapped[str] = mapped_column(Text, default="")

    payment: Mapped[Payment] = relationship(back_populates="attempts")
    refund: Mapped[RefundRequest | None] = relationship(back_populates="attempts")

    __mapper_args__ = {"version_id_col": Versioned.version}  # noqa: RUF012 - SQLAlchemy's own form

    @property
    def is_open(self) -> bool:
        """Tell whether its end is not known yet, or is in doubt again."""
        return self.closed_at is None or self.status is TransactionStatus.UNRESOLVED

    def move_to(self, status: TransactionStatus, at: datetime) -> None:
        """Take one step of :data:`~core.model.payments.TRANSACTION_TRANSITIONS`.

        Raises:
            ConflictError: the attempt's state does not allow the step.

        """
        require_step("attempt", self.status, status, TRANSACTION_TRANSITIONS)
        self.status = status
        self.status_since = at


class GatewayHealth(Base):
    """Whether one network answers: what is wrong, since when, and until when it is left alone."""

    __tablename__ = "gateway_health"
    __table_args__ = (UniqueConstraint("provider", "environment", name="one_per_account"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(String(8))
    environment: Mapped[Environment] = mapped_column(stored_by_value(Environment, length=8))
    trouble: Mapped[str] = mapped_column(String(40), default="")
    told: Mapped[str] = mapped_column(Text, default="")
    since: Mapped[datetime | None]
    last_answer_at: Mapped[datetime | None]
    clock_ahead_s: Mapped[int] = mapped_column(default=0)
