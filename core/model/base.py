"""What every mapped class shares: naming of constraints, UTC moments, enums stored by value."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypedDict

from sqlalchemy import DateTime, Enum, Integer, MetaData, String, TextClause, TypeDecorator, text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_NAMING_CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC; SQLite has no time zones, so they are put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment, which nobody could place, and turn the rest into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a time zone cannot be stored: {value!r}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give SQLite's naive answer its zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The root of all mapped classes."""

    metadata = MetaData(naming_convention=_NAMING_CONVENTION)
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012 - SQLAlchemy's own form


def stored_by_value(enum: type[StrEnum], *, length: int = 24) -> Enum:
    """Return a column type that stores a StrEnum's value and refuses any other text."""
    return Enum(
        enum,
        values_callable=lambda kind: [member.value for member in kind],
        native_enum=False,
        create_constraint=False,
        validate_strings=True,
        length=length,
    )


class OnlyWhere(TypedDict):
    """What an index is given to hold only some rows, for either database."""

    sqlite_where: TextClause
    info: dict[str, TextClause]


WHERE_ON_SERVER = "where_on_server"
"""Where an index tells PostgreSQL's condition. To be told it as ``postgresql_where``, SQLAlchemy
would load all it has for that database, at each start of a program whose shop is a file."""


def only_where(condition: str, on_server: str = "") -> OnlyWhere:
    """Return what makes an index hold only the rows that fulfil a condition, in SQL.

    ``on_server`` is the condition as PostgreSQL spells it, where that differs: its yes and no are
    no numbers.
    """
    return {
        "sqlite_where": text(condition),
        "info": {WHERE_ON_SERVER: text(on_server or condition)},
    }


def new_uuid() -> str:
    """Return a fresh random identifier, as text."""
    return str(uuid.uuid4())


class Versioned:
    """Rows that change: an update names the version it saw, and a second writer loses."""

    version: Mapped[int] = mapped_column(Integer, nullable=False, default=1)


def public_id() -> Mapped[str]:
    """Return the column of an identifier that leaves the program (a UUID, never sequential)."""
    return mapped_column(String(36), unique=True, default=new_uuid)
