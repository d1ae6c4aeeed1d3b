"""The SQL of a page that follows from a key.

The columns a list is ordered by all run the same way and end with its rows' own key, so that one
comparison of tuples bounds a page and one plain index serves it
(https://www.sqlite.org/rowvalue.html#scrolling_window_queries).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, select, union_all
from sqlalchemy.sql.expression import tuple_

from core.database.driver_questions import open_value
from core.database.spelling import Spelt
from core.services.lists.keyset import Seek

Statement = Select[*tuple[Any, ...]]
Columns = Sequence[ColumnElement[Any]]


@dataclass(frozen=True, slots=True)
class Bound:
    """How a page is bounded by a key: by how many values, and whether the key's own row counts."""

    values: int
    inclusive: bool

    @classmethod
    def of(cls, seek: Seek) -> Bound:
        """Return how a seek is bounded."""
        return cls(len(seek.key or ()), seek.inclusive)


def seek_values(seek: Seek) -> dict[str, object]:
    """Return what :func:`page` left open, for one reading."""
    values: dict[str, object] = {"row_limit": seek.limit, "row_skip": seek.skip}
    for place, value in enumerate(seek.key or ()):
        values[f"key_{place}"] = value
    return values


def page(found: Statement, columns: Columns, descending: bool, key: Bound) -> Statement:
    """Return a stretch of what a statement finds, its key, limit and skip left open."""
    return (
        found.where(*beyond(columns, descending, key))
        .order_by(*turned(columns, descending))
        .limit(open_value("row_limit"))
        .offset(open_value("row_skip"))
    )


def turned(columns: Columns, descending: bool) -> list[ColumnElement[Any]]:
    """Return the columns as an order that runs one way."""
    return [each.desc() if descending else each.asc() for each in columns]


def beyond(columns: Columns, descending: bool, key: Bound) -> list[ColumnElement[bool]]:
    """Return that a row comes after the key, all of whose columns run the same way."""
    if not key.values:
        return []
    here = tuple_(*columns) if len(columns) > 1 else columns[0]
    bound: Columns = [open_value(f"key_{place}") for place in range(key.values)]
    there = tuple_(*bound) if len(bound) > 1 else bound[0]
    if descending:
        return [here <= there if key.inclusive else here < there]
    return [here >= there if key.inclusive else here > there]


def merged_keys(
    row_key: ColumnElement[int],
    arms: Sequence[Sequence[ColumnElement[bool]]],
    columns: Columns,
    descending: bool,
    key: Bound,
    limit: int | BindParameter[Any],
) -> Select[int]:
    """Return the keys of what several filters find together, in order.

    Each arm, a filter that one index serves, gives its first ``limit`` alone.
    """
    labelled = [each.label(f"k{place}") for place, each in enumerate(columns)]
    parts = []
    for conditions in arms:
        part = select(row_key.label("id"), *labelled).where(*conditions)
        part = part.where(*beyond(columns, descending, key))
        part = part.order_by(*turned(columns, descending)).limit(limit)
        parts.append(select(part.subquery()))
    found = union_all(*parts).subquery()
    named = [found.c[each.name] for each in labelled]
    return select(found.c.id).order_by(*turned(named, descending))


def ordering(names: Sequence[str], *, indexed: bool, on_server: Sequence[str] = ()) -> Columns:
    """Return what a list is ordered by; not ``indexed``, such that no index is walked for it.

    A "+" does it in SQLite. PostgreSQL walks an index of millions for the hundred rows of a page
    unless what it orders by is no column of that index.
    """
    spelt = zip(names, on_server or names, strict=True)
    if indexed:
        return tuple(Spelt(in_file, server) for in_file, server in spelt)
    return tuple(Spelt(f"+{in_file}", f"greatest({server})") for in_file, server in spelt)
