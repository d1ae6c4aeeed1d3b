"""What a clerk's decisions taught: who pays for whom, and which lines are set aside as what.

One row is what one decision taught. A lesson whose decision was undone is *taken back*; one that a
person removed is *forgotten*. Both stay, with who did it. Fees and declined pairs are read from the
matches themselves; here is only which of them no longer count.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.model.base import Base, only_where, stored_by_value
from core.model.reconciliations import StatementProvider

_LIVE = "taken_back_at IS NULL AND forgotten_at IS NULL"


class PayerMark(StrEnum):
    """By what a line shows who paid, strongest first."""

    ACCOUNT = "account"
    PHONE = "phone"
    NAME = "name"
    WORDING = "wording"


class Lesson:
    """What every lesson has: who taught it, and whether it still counts."""

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)
    provider: Mapped[StatementProvider] = mapped_column(stored_by_value(StatementProvider))
    taught_by: Mapped[str] = mapped_column(String(80))
    taught_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]
    forgotten_by: Mapped[str] = mapped_column(String(80), default="")
    forgotten_at: Mapped[datetime | None]


class PayerLesson(Lesson, Base):
    """A mark on a line was matched with somebody who does not carry it.

    ``mark`` is folded for comparing, ``mark_words`` is as the statement wrote it. ``payer_key``
    tells payers apart; name and phone are as the payment wrote them.
    """

    __tablename__ = "payer_lesson"
    __table_args__ = (
        Index("ix_payer_lesson_live", "provider", "id", **only_where(_LIVE)),
        Index("ix_payer_lesson_match", "match_id"),
    )

    match_id: Mapped[int] = mapped_column(ForeignKey("match.id"))
    kind: Mapped[PayerMark] = mapped_column(stored_by_value(PayerMark))
    mark: Mapped[str] = mapped_column(String(300))
    mark_words: Mapped[str] = mapped_column(String(300))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    payer_key: Mapped[str] = mapped_column(String(240))
    payer_name: Mapped[str] = mapped_column(String(200), default="")
    payer_phone: Mapped[str] = mapped_column(String(24), default="")


class WordingLesson(Lesson, Base):
    """A line of this wording was set aside for this reason; digits and dates are folded away."""

    __tablename__ = "wording_lesson"
    __table_args__ = (
        Index("ix_wording_lesson_live", "provider", "wording", "id", **only_where(_LIVE)),
        Index("ix_wording_lesson_line", "line_id"),
    )

    line_id: Mapped[int] = mapped_column(ForeignKey("statement_line.id"))
    is_money_in: Mapped[bool]
    wording: Mapped[str] = mapped_column(String(300))
    wording_words: Mapped[str] = mapped_column(String(300))
    reason: Mapped[str] = mapped_column(Text)


class ForgottenFee(Base):
    """The fees a channel kept, up to a moment, no longer count; later ones teach anew."""

    __tablename__ = "forgotten_fee"
    __table_args__ = (Index("ix_forgotten_fee_channel", "provider", "method", "currency"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[StatementProvider] = mapped_column(stored_by_value(StatementProvider))
    method: Mapped[str] = mapped_column(String(24))
    currency: Mapped[str] = mapped_column(String(3))
    forgotten_by: Mapped[str] = mapped_column(String(80))
    forgotten_at: Mapped[datetime]
    restored_at: Mapped[datetime | None]


class LiftedDecline(Base):
    """A declined match may be offered again."""

    __tablename__ = "lifted_decline"
    __table_args__ = (
        Index(
            "uq_lifted_decline_match",
            "match_id",
            unique=True,
            **only_where("restored_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    match_id: Mapped[int] = mapped_column(ForeignKey("match.id"))
    lifted_by: Mapped[str] = mapped_column(String(80))
    lifted_at: Mapped[datetime]
    restored_at: Mapped[datetime | None]
