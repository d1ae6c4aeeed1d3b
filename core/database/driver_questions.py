"""A query worked out once and handed to the driver as text, again and again.

SQLAlchemy takes longer to recognise a query it has seen than the database takes to answer a page
of a hundred rows. Values go in and come out as SQLite stores them (moments and days as text, yes
and no as 1 and 0), whichever database it is, so that a row is understood in one way.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import BindParameter, Dialect, PoolProxiedConnection, Select, bindparam


@dataclass(frozen=True, slots=True)
class DriverQuestion:
    """Text for the driver with its values, in order or by name; some are given each time."""

    sql: str
    names: tuple[str, ...]
    fixed: Mapping[str, object]
    is_named: bool = False

    def values(self, given: Mapping[str, object]) -> tuple[object, ...] | dict[str, object]:
        """Return all values as the driver takes them."""
        fixed = self.fixed
        if not self.is_named:
            return tuple([given[name] if name in given else fixed[name] for name in self.names])
        # As texts whose types the server finds out by itself: a stored moment is one of its own.
        return {name: _as_text(given.get(name, value)) for name, value in fixed.items()}


def _as_text(value: object) -> object:
    return value if value is None or isinstance(value, bytes) else str(value)


def open_value(name: str) -> BindParameter[Any]:
    """Return a parameter whose value is given each time the question is asked."""
    return bindparam(name, None, required=False)


def driver_question(query: Select[*tuple[Any, ...]], dialect: Dialect) -> DriverQuestion:
    """Return a query as the driver understands it."""
    compiled = query.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    values = compiled.params
    return DriverQuestion(
        sql=str(compiled),
        names=tuple(compiled.positiontup or ()),
        fixed={name: stored(value) for name, value in values.items()},
        is_named=not compiled.positional,
    )


def ask_driver(
    connection: PoolProxiedConnection,
    question: DriverQuestion,
    values: Mapping[str, object],
    found: list[Any] | None = None,
) -> list[Any]:
    """Return a question's rows, each value as SQLite stores it.

    They are added to those of ``found``; a file's as each is found.
    """
    rows = [] if found is None else found
    cursor: Any = connection.cursor()
    try:
        is_file = isinstance(cursor, sqlite3.Cursor)
        if not is_file:
            from core.database.postgresql.stored_forms import (  # noqa: PLC0415 - a shop of one desk owes none of it
                GIVES_STORED_FORMS,
                give_stored_forms,
            )

            if GIVES_STORED_FORMS not in connection.info:
                give_stored_forms(cursor)
        cursor.execute(question.sql, question.values(values))
        rows.extend(cursor if is_file else cursor.fetchall())
        return rows
    finally:
        cursor.close()


def stored(value: object) -> object:
    """Return a value as a column of the shop stores it in SQLite."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
