"""Reconciliation: a statement received, its lines, and which payments they prove."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Computed,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.clock import shop_time
from core.errors import ConflictError
from core.model.base import Base, Versioned, only_where, public_id, stored_by_value
from core.model.transitions import require_step


class StatementProvider(StrEnum):
    """Who sent a statement."""

    AIRTEL = "AIRTEL"
    MTN = "MTN"
    BANK = "BANK"


class ReconciliationStatus(StrEnum):
    """Where a reconciliation stands."""

    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETE = "COMPLETE"
    DISCREPANCY = "DISCREPANCY"
    RESOLVED = "RESOLVED"

    @property
    def is_closed(self) -> bool:
        """Tell whether its lines and matches are locked."""
        return self not in {ReconciliationStatus.PENDING, ReconciliationStatus.IN_PROGRESS}


RECONCILIATION_TRANSITIONS: dict[ReconciliationStatus, frozenset[ReconciliationStatus]] = {
    ReconciliationStatus.PENDING: frozenset(
        {
            ReconciliationStatus.IN_PROGRESS,
            ReconciliationStatus.COMPLETE,
            ReconciliationStatus.DISCREPANCY,
        }
    ),
    ReconciliationStatus.IN_PROGRESS: frozenset(
        {ReconciliationStatus.COMPLETE, ReconciliationStatus.DISCREPANCY}
    ),
    ReconciliationStatus.DISCREPANCY: frozenset(
        {ReconciliationStatus.RESOLVED, ReconciliationStatus.IN_PROGRESS}
    ),
    ReconciliationStatus.COMPLETE: frozenset({ReconciliationStatus.IN_PROGRESS}),
    ReconciliationStatus.RESOLVED: frozenset({ReconciliationStatus.IN_PROGRESS}),
}


class LineState(StrEnum):
    """What became of a statement line."""

    UNMATCHED = "unmatched"
    SUGGESTED = "suggested"
    MATCHED = "matched"
    IGNORED = "ignored"


class LineCategory(StrEnum):
    """What a clerk still has to do with a line."""

    CERTAIN = "certain"
    SUGGESTED = "suggested"
    AMBIGUOUS = "ambiguous"
    UNMATCHED = "unmatched"
    MATCHED = "matched"
    IGNORED = "ignored"

    @property
    def is_open(self) -> bool:
        """Tell whether the line still wants a decision."""
        return self not in {LineCategory.MATCHED, LineCategory.IGNORED}


UNFINISHED_SEARCH = "The search for matches was not finished: look for matches again."
"""Stands among what was not searched from the first match stored until all are."""
UNSETTLED = "unsettled"
"""The category of a line whose offer is to be settled anew: a decision elsewhere touched it."""


class MatchState(StrEnum):
    """What became of a match: a proposal taken back is a proposal again, one by hand is UNDONE."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"
    SUPERSEDED = "superseded"
    UNDONE = "undone"


class DifferenceKind(StrEnum):
    """What became of the difference between the payments of a match and its lines.

    An open one is a discrepancy; a fee is what the channel kept; a write-off is given up for a
    reason.
    """

    OPEN = "open"
    FEE = "fee"
    WRITE_OFF = "write_off"


class WriteOffReason(StrEnum):
    """Why a difference is given up."""

    BANK_CHARGE = "bank_charge"
    ROUNDING = "rounding"
    SHORT_PAID = "short_paid"
    OVERPAID = "overpaid"
    EXCHANGE = "exchange"
    OTHER = "other"


class PaymentReconciliation(Versioned, Base):
    """One statement file of one provider, compared with the shop's payments.

    ``problems`` are those of the file; ``not_searched`` says which lines the last search left to a
    person, and why, or that it was not finished.
    """

    __tablename__ = "payment_reconciliation"
    __table_args__ = (
        Index("ix_payment_reconciliation_imported", text("imported_at DESC")),
        Index(
            "ix_payment_reconciliation_worked_on",
            text("coalesce(reconciled_at, imported_at)"),
            "id",
        ),
        UniqueConstraint("file_sha256", "statement_index", name="one_file_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reconciliation_id: Mapped[str] = public_id()
    file_name: Mapped[str] = mapped_column(String(300))
    file_upload: Mapped[str] = mapped_column(String(300), default="")
    file_sha256: Mapped[str] = mapped_column(String(64))
    statement_index: Mapped[int] = mapped_column(default=0)
    provider: Mapped[StatementProvider] = mapped_column(stored_by_value(StatementProvider))
    profile_name: Mapped[str] = mapped_column(String(80), default="")
    account: Mapped[str] = mapped_column(String(64), default="")
    currency: Mapped[str] = mapped_column(String(3), default="RWF")
    statement_date: Mapped[date | None] = mapped_column(Date)
    statement_period_start: Mapped[date | None] = mapped_column(Date)
    statement_period_end: Mapped[date | None] = mapped_column(Date)
    opening_balance_minor: Mapped[int | None] = mapped_column(BigInteger)
    closing_balance_minor: Mapped[int | None] = mapped_column(BigInteger)
    balance_gap_minor: Mapped[int | None] = mapped_column(BigInteger)
    total_transactions: Mapped[int] = mapped_column(default=0)
    total_amount_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    known_transactions: Mapped[int] = mapped_column(default=0)
    matched_count: Mapped[int] = mapped_column(default=0)
    unmatched_count: Mapped[int] = mapped_column(default=0)
    discrepancy_amount_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    status: Mapped[ReconciliationStatus] = mapped_column(
        stored_by_value(ReconciliationStatus), default=ReconciliationStatus.PENDING
    )
    problems: Mapped[list[str]] = mapped_column(JSON, default=list)
    not_searched: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    imported_by: Mapped[str] = mapped_column(String(80))
    imported_at: Mapped[datetime]
    reconciled_by: Mapped[str] = mapped_column(String(80), default="")
    reconciled_at: Mapped[datetime | None]
    notes: Mapped[str] = mapped_column(Text, default="")

    lines: Mapped[list[StatementLine]] = relationship(back_populates="reconciliation")
    matches: Mapped[list[Match]] = relationship(back_populates="reconciliation")

    __mapper_args__ = {"version_id_col": Versioned.version}  # noqa: RUF012 - SQLAlchemy's own form

    def move_to(self, status: ReconciliationStatus) -> None:
        """Take one step of :data:`RECONCILIATION_TRANSITIONS`.

        Raises:
            ConflictError: the reconciliation's state does not allow the step.

        """
        require_step("reconciliation", self.status, status, RECONCILIATION_TRANSITIONS)
        self.status = status

    def require_open(self) -> None:
        """Refuse any change to lines and matches once it is closed.

        Raises:
            ConflictError: the reconciliation is closed; the message says by whom and when.

        """
        if self.status.is_closed:
            by = f" by {self.reconciled_by}" if self.reconciled_by else ""
            if self.reconciled_at is not None:
                by += f" on {shop_time(self.reconciled_at):%Y-%m-%d at %H:%M}"
            raise ConflictError(
                f"Nothing was changed. This reconciliation was closed{by}; a manager can reopen it"
                " with a reason."
            )


class StatementLine(Base):
    """One movement of a statement; ``amount_minor`` is positive for money in.

    ``offer`` is what the proposals that name the line come to, NULL once one of them or of their
    payments changed: triggers see to that, :mod:`core.services.matching.line_offers` settles it.
    ``category`` is a :class:`LineCategory`, or ``unsettled``.
    """

    __tablename__ = "statement_line"
    __table_args__ = (
        Index("ix_statement_line_reconciliation_state", "reconciliation_id", "state"),
        # Both hold all that a list walks over, in its order, so that a far page touches no row.
        Index(
            "ix_statement_line_category",
            "reconciliation_id",
            "category",
            "line_number",
            "id",
            "amount_minor",
        ),
        Index("ix_statement_line_number", "reconciliation_id", "line_number"),
        Index(
            "ix_statement_line_transaction",
            "transaction_id",
            **only_where("transaction_id <> ''"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reconciliation_id: Mapped[int] = mapped_column(ForeignKey("payment_reconciliation.id"))
    line_number: Mapped[int]
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    line_date: Mapped[date] = mapped_column(Date)
    value_date: Mapped[date | None] = mapped_column(Date)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    fee_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    balance_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    reference: Mapped[str] = mapped_column(String(200), default="")
    transaction_id: Mapped[str] = mapped_column(String(200), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    counterparty: Mapped[str] = mapped_column(String(300), default="")
    counterparty_account: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[LineState] = mapped_column(
        stored_by_value(LineState), default=LineState.UNMATCHED
    )
    ignored_reason: Mapped[str] = mapped_column(Text, default="")
    offer: Mapped[str | None] = mapped_column(String(16))
    category: Mapped[str | None] = mapped_column(
        String(16),
        Computed(
            f"CASE WHEN state = 'suggested' THEN coalesce(offer, '{UNSETTLED}') ELSE state END",
            persisted=False,
        ),
        deferred=True,
    )

    reconciliation: Mapped[PaymentReconciliation] = relationship(back_populates="lines")


class Match(Versioned, Base):
    """A proposal that some lines are some payments, with the reasons in words, and its decision.

    ``difference_minor`` is what its payments are above (or, negative, below) its lines; the other
    columns of the difference say what became of it, by whom and when.
    """

    __tablename__ = "match"
    __table_args__ = (
        CheckConstraint("confidence BETWEEN 0 AND 100", name="confidence_percent"),
        Index("ix_match_reconciliation_state", "reconciliation_id", "state", "difference_minor"),
        Index(
            "ix_match_decided",
            "reconciliation_id",
            "decided_by",
            "decided_at",
            **only_where("state = 'approved'"),
        ),
        # What channels kept, the newest first.
        Index(
            "ix_match_differing",
            "decided_at",
            **only_where("state = 'approved' AND difference_minor <> 0"),
        ),
        # What one person wrote off in a day.
        Index(
            "ix_match_written_off",
            "difference_by",
            "difference_at",
            sqlite_where=text("state = 'approved' AND difference_kind = 'write_off'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reconciliation_id: Mapped[int] = mapped_column(ForeignKey("payment_reconciliation.id"))
    kind: Mapped[str] = mapped_column(String(24))
    automatic: Mapped[bool] = mapped_column(default=False)
    ambiguous: Mapped[bool] = mapped_column(default=False)
    confidence: Mapped[int] = mapped_column(default=0)
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list)
    difference_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[MatchState] = mapped_column(
        stored_by_value(MatchState), default=MatchState.PROPOSED
    )
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    decided_at: Mapped[datetime | None]
    difference_kind: Mapped[DifferenceKind] = mapped_column(
        stored_by_value(DifferenceKind), default=DifferenceKind.OPEN, server_default="open"
    )
    difference_reason: Mapped[str] = mapped_column(String(24), default="", server_default="")
    difference_note: Mapped[str] = mapped_column(Text, default="", server_default="")
    difference_by: Mapped[str] = mapped_column(String(80), default="", server_default="")
    difference_at: Mapped[datetime | None]

    reconciliation: Mapped[PaymentReconciliation] = relationship(back_populates="matches")
    line_links: Mapped[list[MatchLine]] = relationship(back_populates="match")
    payment_links: Mapped[list[MatchPayment]] = relationship(back_populates="match")

    __mapper_args__ = {"version_id_col": Versioned.version}  # noqa: RUF012 - SQLAlchemy's own form


class MatchLine(Base):
    """A line of a match. ``active`` while the match stands approved: one line, one match."""

    __tablename__ = "match_line"
    __table_args__ = (
        Index(
            "uq_match_line_active",
            "line_id",
            unique=True,
            **only_where("active = 1", "active"),
        ),
        Index("ix_match_line_line", "line_id"),
    )

    match_id: Mapped[int] = mapped_column(ForeignKey("match.id"), primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("statement_line.id"), primary_key=True)
    active: Mapped[bool] = mapped_column(default=False)

    match: Mapped[Match] = relationship(back_populates="line_links")
    line: Mapped[StatementLine] = relationship()


class MatchPayment(Base):
    """A payment of a match. ``active`` while the match stands approved: one payment, one match.

    ``completed_here`` remembers that approving the match completed the payment, so that undoing
    says what it leaves behind. ``position`` counts from 0, the likeliest payment first.
    """

    __tablename__ = "match_payment"
    __table_args__ = (
        Index(
            "uq_match_payment_active",
            "payment_id",
            unique=True,
            **only_where("active = 1", "active"),
        ),
        Index("ix_match_payment_payment", "payment_id"),
    )

    match_id: Mapped[int] = mapped_column(ForeignKey("match.id"), primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), primary_key=True)
    active: Mapped[bool] = mapped_column(default=False)
    completed_here: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0, server_default="0")

    match: Mapped[Match] = relationship(back_populates="payment_links")


class WithdrawnProof(Base):
    """From when until when a payment was reconciled by a match that was undone later.

    A statement closed in between keeps saying what was proved at its closing.
    """

    __tablename__ = "withdrawn_proof"

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    proved_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime]
