"""The people of the shop and their turns at a till."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.model.base import Base, Versioned, only_where, stored_by_value
from core.permissions import Role


class User(Versioned, Base):
    """A person who signs in. Nobody is deleted: a disabled person keeps their history."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    role: Mapped[Role] = mapped_column(stored_by_value(Role))
    password_hash: Mapped[str] = mapped_column(String(200), deferred=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]

    till_sessions: Mapped[list[TillSession]] = relationship(back_populates="user")

    __mapper_args__ = {"version_id_col": Versioned.version}  # noqa: RUF012 - SQLAlchemy's own form


class TillSession(Versioned, Base):
    """One cashier's turn at one cash drawer, from counted float to counted close."""

    __tablename__ = "till_session"
    __table_args__ = (
        Index(
            "uq_till_session_open",
            "user_id",
            unique=True,
            **only_where("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    desk: Mapped[str] = mapped_column(String(80), default="")
    currency: Mapped[str] = mapped_column(String(3), default="RWF")
    opening_float_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    counted_minor: Mapped[int | None] = mapped_column(BigInteger)
    difference_reason: Mapped[str] = mapped_column(String(300), default="")
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(back_populates="till_sessions")


class DeskPresence(Base):
    """One open window of the program, and who sits at it; gone when the person leaves."""

    __tablename__ = "desk_presence"

    id: Mapped[int] = mapped_column(primary_key=True)
    window: Mapped[str] = mapped_column(String(36), unique=True)
    user_name: Mapped[str] = mapped_column(String(80))
    desk: Mapped[str] = mapped_column(String(80), default="")
    since: Mapped[datetime]
    last_seen: Mapped[datetime]
    is_locked: Mapped[bool] = mapped_column(default=False)
