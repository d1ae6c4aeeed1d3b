"""A query worked out once and handed to the driver as text, again and again.

SQLAlchemy takes longer to recognise a query it has seen than SQLite takes to answer a page of a
hundred rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import BindParameter, Dialect, Select, bindparam


@dataclass(frozen=True, slots=True)
class DriverQuestion:
    """Text for the driver with its values in order; some are given each time."""

    sql: str
    names: tuple[str, ...]
    fixed: Mapping[str, object]

    def values(self, given: Mapping[str, object]) -> tuple[object, ...]:
        """Return all values in order."""
        fixed = self.fixed
        return tuple([given[name] if name in given else fixed[name] for name in self.names])


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
    )


def stored(value: object) -> object:
    """Return a value as a column of the shop stores it in SQLite."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
