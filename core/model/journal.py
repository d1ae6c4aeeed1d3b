"""What happened, in the same transaction as the change itself: audit, change feed, outbox, keys."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.model.base import Base, only_where, stored_by_value


class AuditEntry(Base):
    """One act of one person; each entry carries the hash of that person's entry before it.

    There is one chain per person: a single chain for the whole shop would make every desk wait
    for every other.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        UniqueConstraint("user_name", "sequence", name="one_chain_per_person"),
        # The list of one kind of act, newest first; and what was done to a number of any kind.
        Index("ix_audit_entry_kind_at", "subject_type", "at"),
        Index("ix_audit_entry_subject", "subject_id", "subject_type"),
        # Where each person's chain stood at the end of a day.
        Index("ix_audit_entry_user_at", "user_name", "at", "sequence"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_name: Mapped[str] = mapped_column(String(80))
    sequence: Mapped[int]
    at: Mapped[datetime] = mapped_column(index=True)
    desk: Mapped[str] = mapped_column(String(80), default="")
    action: Mapped[str] = mapped_column(String(60))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(64))
    details: Mapped[str] = mapped_column(Text, default="")
    previous_hash: Mapped[str] = mapped_column(String(64))
    entry_hash: Mapped[str] = mapped_column(String(64))


class Topic(StrEnum):
    """The kinds of things a screen may show and so may need to fetch again."""

    PAYMENTS = "payments"
    CALLS = "calls"
    REFUNDS = "refunds"
    INVOICES = "invoices"
    RECONCILIATIONS = "reconciliations"
    PROVIDERS = "providers"
    USERS = "users"
    SETTINGS = "settings"
    TILLS = "tills"
    CUSTOMERS = "customers"
    ORDERS = "orders"
    SUBSCRIPTIONS = "subscriptions"
    LOYALTY = "loyalty"
    MAIL = "mail"


class Change(Base):
    """One line of the change feed, by which other windows learn what to fetch again."""

    __tablename__ = "change"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    topic: Mapped[Topic] = mapped_column(stored_by_value(Topic))
    subject_id: Mapped[str] = mapped_column(String(64), default="")
    initiator: Mapped[str] = mapped_column(String(80), default="")


class OutboxState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class OutboxJob(Base):
    """Work owed after a commit, such as drawing an invoice; it survives a kill."""

    __tablename__ = "outbox_job"
    __table_args__ = (Index("ix_outbox_job_waiting", "id", **only_where("state = 'waiting'")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(64))
    state: Mapped[OutboxState] = mapped_column(
        stored_by_value(OutboxState), default=OutboxState.WAITING
    )
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class IdempotencyKey(Base):
    """The outcome of a command by its key: the same key again gives the same outcome."""

    __tablename__ = "idempotency_key"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    action: Mapped[str] = mapped_column(String(60))
    fingerprint: Mapped[str] = mapped_column(String(64))
    subject_id: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class Setting(Base):
    """One value of the shop's settings."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
