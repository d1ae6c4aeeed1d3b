"""The ledger of loyalty points: every movement of an account, in order, never changed again."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.model.base import Base, only_where, stored_by_value

if TYPE_CHECKING:
    from core.model.customers import LoyaltyAccount
    from core.model.payments import Payment
    from core.model.refunds import RefundRequest


class LoyaltyEntryKind(StrEnum):
    """Why points came or went."""

    OPENING = "opening"
    EARNED = "earned"
    TAKEN_BACK = "taken_back"
    SETTLED = "settled"
    SPENT = "spent"
    RETURNED = "returned"
    CORRECTED = "corrected"


class LoyaltyEntry(Base):
    """One movement of one account.

    ``points`` is signed, ``balance_after`` what the account then holds. Where a refund takes back
    points that were spent already, only those that are there go (``points``), and the shortfall is
    remembered: ``owed`` is how it changes, ``owed_after`` how much of it is open. What comes in
    later settles it.
    """

    __tablename__ = "loyalty_entry"
    __table_args__ = (
        UniqueConstraint("account_id", "sequence", name="one_after_the_other"),
        CheckConstraint("balance_after >= 0", name="balance_not_negative"),
        CheckConstraint("owed_after >= 0", name="owed_not_negative"),
        CheckConstraint(
            "(kind IN ('opening', 'earned', 'returned') AND points > 0 AND owed = 0)"
            " OR (kind = 'spent' AND points < 0 AND owed = 0)"
            " OR (kind = 'taken_back' AND points <= 0 AND owed >= 0 AND owed - points > 0)"
            " OR (kind = 'settled' AND points < 0 AND owed = points)"
            " OR (kind = 'corrected' AND (points <> 0 OR owed <> 0))",
            name="kind_and_points_agree",
        ),
        # Nothing is earned, spent, taken back or returned twice.
        Index(
            "ix_loyalty_entry_payment_kind",
            "payment_id",
            "kind",
            unique=True,
            **only_where("refund_request_id IS NULL AND payment_id IS NOT NULL"),
        ),
        Index(
            "ix_loyalty_entry_refund_kind",
            "refund_request_id",
            "kind",
            unique=True,
            **only_where("refund_request_id IS NOT NULL"),
        ),
        Index("ix_loyalty_entry_payment", "payment_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("loyalty_account.id"))
    sequence: Mapped[int]
    at: Mapped[datetime]
    kind: Mapped[LoyaltyEntryKind] = mapped_column(stored_by_value(LoyaltyEntryKind))
    points: Mapped[int]
    balance_after: Mapped[int]
    owed: Mapped[int] = mapped_column(default=0)
    owed_after: Mapped[int] = mapped_column(default=0)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    refund_request_id: Mapped[int | None] = mapped_column(ForeignKey("refund_request.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    by: Mapped[str] = mapped_column(String(80))

    account: Mapped[LoyaltyAccount] = relationship(back_populates="entries")
    payment: Mapped[Payment | None] = relationship(back_populates="loyalty_entries")
    refund: Mapped[RefundRequest | None] = relationship()
