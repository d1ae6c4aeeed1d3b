"""What the shop's papers look like, and who was handed which: templates, letterheads, handouts."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.model.base import Base, Versioned, only_where, public_id, stored_by_value


class PaperKind(StrEnum):
    """The papers a shop hands out. A receipt bears the number of its invoice."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    RECEIPT = "receipt"


class HandoutChannel(StrEnum):
    """How a paper left the desk."""

    PRINT = "print"
    PDF = "pdf"
    MAIL = "mail"
    ESCPOS = "escpos"


class _ShopFacts:
    """What a paper says of the shop. ``logo`` is a small PNG; colours are "#rrggbb" or empty."""

    shop_name: Mapped[str] = mapped_column(String(200), default="")
    tin: Mapped[str] = mapped_column(String(20), default="")
    address: Mapped[str] = mapped_column(Text, default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    bank_details: Mapped[str] = mapped_column(Text, default="")
    footer: Mapped[str] = mapped_column(Text, default="")
    accent_colour: Mapped[str] = mapped_column(String(7), default="")
    logo: Mapped[bytes] = mapped_column(LargeBinary, default=b"")


class PaperTemplate(_ShopFacts, Versioned, Base):
    """A named way to write papers; what it leaves empty comes from the shop's settings."""

    __tablename__ = "paper_template"
    __table_args__ = (
        Index(
            "ix_paper_template_one_default",
            "is_default",
            unique=True,
            **only_where("is_default = 1", "is_default"),
        ),
        Index("ix_paper_template_name", "name", unique=True, **only_where("retired_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[str] = public_id()
    name: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(5), default="en")
    due_days: Mapped[int] = mapped_column(default=0)
    is_default: Mapped[bool] = mapped_column(default=False)
    retired_at: Mapped[datetime | None]

    __mapper_args__ = {"version_id_col": Versioned.version}  # noqa: RUF012 - SQLAlchemy's own form


class Letterhead(_ShopFacts, Base):
    """What stood at the top and foot of a paper when it was issued, once per content, for ever."""

    __tablename__ = "letterhead"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    first_used_at: Mapped[datetime]


class Handout(Base):
    """One handing-out of a paper: the first is the original, each later one a copy."""

    __tablename__ = "handout"
    __table_args__ = (
        Index("ix_handout_paper", "kind", "number"),
        Index(
            "ix_handout_one_original",
            "kind",
            "number",
            unique=True,
            **only_where("is_copy = 0", "NOT is_copy"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[PaperKind] = mapped_column(stored_by_value(PaperKind))
    number: Mapped[str] = mapped_column(String(40))
    channel: Mapped[HandoutChannel] = mapped_column(stored_by_value(HandoutChannel))
    is_copy: Mapped[bool]
    handed_by: Mapped[str] = mapped_column(String(80))
    handed_at: Mapped[datetime]
