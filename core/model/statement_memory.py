"""What a clerk said about statements' files, so that it is asked once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.model.base import Base, only_where, stored_by_value
from core.model.reconciliations import StatementProvider


class StatementProfile(Base):
    """A column mapping a clerk saved by name."""

    __tablename__ = "statement_profile"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    definition: Mapped[str] = mapped_column(Text)
    saved_by: Mapped[str] = mapped_column(String(80))
    saved_at: Mapped[datetime]


class StatementAnswer(Base):
    """What a clerk said about one account's files of one layout, so that it is asked once.

    ``layout`` is compared (a digest of the header's names, or the format where there is no
    header); ``layout_words`` is what a person recognises it by. Empty ``profile_name``,
    ``date_order`` and ``currency`` mean that the file itself told. A forgotten answer stays, with
    who forgot it.
    """

    __tablename__ = "statement_answer"
    __table_args__ = (
        Index(
            "uq_statement_answer_remembered",
            "account",
            "layout",
            unique=True,
            **only_where("forgotten_at IS NULL"),
        ),
        Index("ix_statement_answer_layout", "layout"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(64))
    layout: Mapped[str] = mapped_column(String(64))
    layout_words: Mapped[str] = mapped_column(String(300))
    provider: Mapped[StatementProvider] = mapped_column(stored_by_value(StatementProvider))
    profile_name: Mapped[str] = mapped_column(String(80), default="")
    date_order: Mapped[str] = mapped_column(String(3), default="")
    currency: Mapped[str] = mapped_column(String(3), default="")
    answered_by: Mapped[str] = mapped_column(String(80))
    answered_at: Mapped[datetime]
    forgotten_by: Mapped[str] = mapped_column(String(80), default="")
    forgotten_at: Mapped[datetime | None]
