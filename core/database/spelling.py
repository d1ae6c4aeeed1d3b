"""SQL that a shop's own file (SQLite) and a server (PostgreSQL) spell differently.

Services say what they mean with these; which database it is, they need not know.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Date,
    Select,
    String,
    column,
    literal_column,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import NullType, TypeEngine

from core.database.payment_search import term_query, term_trigrams

Expression = ColumnElement[Any] | InstrumentedAttribute[Any]


class Spelt(ColumnElement[Any]):
    """A piece of SQL in two spellings, made of the program's own names and never of input."""

    __visit_name__ = "spelt"
    inherit_cache = True
    _traverse_internals = [  # noqa: RUF012 - SQLAlchemy's own form
        ("in_file", InternalTraversal.dp_string),
        ("on_server", InternalTraversal.dp_string),
        ("type", InternalTraversal.dp_type),
    ]

    def __init__(
        self, in_file: str, on_server: str, kind: TypeEngine[Any] | type[TypeEngine[Any]] = NullType
    ) -> None:
        self.in_file = in_file
        self.on_server = on_server
        self.type = kind() if isinstance(kind, type) else kind


@compiles(Spelt)
def _spelt_in_file(element: Spelt, compiler: SQLCompiler, **_: Any) -> str:
    return str(compiler.escape_literal_column(element.in_file))  # type: ignore[no-untyped-call]  # SQLAlchemy's own


@compiles(Spelt, "postgresql")
def _spelt_on_server(element: Spelt, compiler: SQLCompiler, **_: Any) -> str:
    return str(compiler.escape_literal_column(element.on_server))  # type: ignore[no-untyped-call]  # SQLAlchemy's own


def moment_or_nothing(sql: str) -> Spelt:
    """Return a moment as SQLite stores it, and an empty text where there is none."""
    stored = f"to_char({sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    return Spelt(f"coalesce({sql}, '')", f"coalesce({stored}, '')", String)


def day_or_nothing(sql: str) -> Spelt:
    """Return a day as SQLite stores it, and an empty text where there is none."""
    return Spelt(f"coalesce({sql}, '')", f"coalesce(to_char({sql}, 'YYYY-MM-DD'), '')", String)


class _JsonList(FunctionElement[str]):
    """A whole column as one JSON list."""

    type = String()
    inherit_cache = True


@compiles(_JsonList)
def _json_list_in_file(element: _JsonList, compiler: SQLCompiler, **words: Any) -> str:
    return f"json_group_array({compiler.process(element.clauses, **words)})"


@compiles(_JsonList, "postgresql")
def _json_list_on_server(element: _JsonList, compiler: SQLCompiler, **words: Any) -> str:
    listed = f"json_agg({compiler.process(element.clauses, **words)})"
    # As SQLite writes it: nothing between the values, and an empty list for no rows.
    return f"coalesce(replace(CAST({listed} AS text), '\", \"', '\",\"'), '[]')"


def json_list(listed: Expression) -> ColumnElement[str]:
    """Return a whole column as the text of one JSON list; days and moments as ISO has them."""
    return _JsonList(listed)


class _EachOf(FunctionElement[str]):
    """The values of a JSON list as rows."""

    type = String()
    inherit_cache = True


@compiles(_EachOf)
def _each_of_in_file(element: _EachOf, compiler: SQLCompiler, **words: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **words)})"


@compiles(_EachOf, "postgresql")
def _each_of_on_server(element: _EachOf, compiler: SQLCompiler, **words: Any) -> str:
    return f"json_array_elements_text(CAST({compiler.process(element.clauses, **words)} AS json))"


class _WholeNumber(FunctionElement[int]):
    """A text that is a whole number, as one: SQLite's JSON knows numbers by itself."""

    type = BigInteger()
    inherit_cache = True


@compiles(_WholeNumber)
def _whole_number_in_file(element: _WholeNumber, compiler: SQLCompiler, **words: Any) -> str:
    return compiler.process(element.clauses, **words)


@compiles(_WholeNumber, "postgresql")
def _whole_number_on_server(element: _WholeNumber, compiler: SQLCompiler, **words: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **words)} AS bigint)"


def each_text(values: Iterable[str] | BindParameter[Any]) -> Select[str]:
    """Return texts, any number of them, as a query to be used with ``in_``.

    A parameter left open is given the text of a JSON list.
    """
    return select(_listed_values(values))


def each_number(values: Iterable[int] | BindParameter[Any]) -> Select[int]:
    """Return whole numbers, any number of them, as a query to be used with ``in_``."""
    return select(_WholeNumber(_listed_values(values)))


def _listed_values(values: Iterable[object] | BindParameter[Any]) -> ColumnElement[str]:
    given = values if isinstance(values, BindParameter) else json.dumps(list(values))
    found: ColumnElement[str] = _EachOf(given).table_valued(column("value", String)).c.value
    return found


class _HasText(FunctionElement[bool]):
    """One text is a part of another, small and capital letters (a to z) being the same."""

    inherit_cache = True


@compiles(_HasText)
def _has_text_in_file(element: _HasText, compiler: SQLCompiler, **words: Any) -> str:
    text, part = (compiler.process(each, **words) for each in element.clauses)
    return f"({text} LIKE {part} ESCAPE '/')"


@compiles(_HasText, "postgresql")
def _has_text_on_server(element: _HasText, compiler: SQLCompiler, **words: Any) -> str:
    text, part = (compiler.process(each, **words) for each in element.clauses)
    return f"({text} ILIKE {part} ESCAPE '/')"


def has_text(text: Expression, part: str) -> ColumnElement[bool]:
    """Return that a text has a part, whether its letters a to z are small or capital."""
    escaped = part.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return _HasText(text, f"%{escaped}%")


class _JsonField(FunctionElement[str]):
    """A field of a JSON object that is kept as text, as text."""

    type = String()
    inherit_cache = True


@compiles(_JsonField)
def _json_field_in_file(element: _JsonField, compiler: SQLCompiler, **words: Any) -> str:
    kept, name = (compiler.process(each, **words) for each in element.clauses)
    return f"CAST(json_extract({kept}, '$.' || {name}) AS TEXT)"


@compiles(_JsonField, "postgresql")
def _json_field_on_server(element: _JsonField, compiler: SQLCompiler, **words: Any) -> str:
    kept, name = (compiler.process(each, **words) for each in element.clauses)
    return f"(CAST(nullif({kept}, '') AS json) ->> {name})"


def json_field(kept: Expression, name: str) -> ColumnElement[str]:
    """Return a field of a JSON object that is kept as text, as text."""
    return _JsonField(kept, name)


class _DaysLater(FunctionElement[date]):
    type = Date()
    inherit_cache = True


@compiles(_DaysLater)
def _days_later_in_file(element: _DaysLater, compiler: SQLCompiler, **words: Any) -> str:
    day, days = (compiler.process(each, **words) for each in element.clauses)
    return f"date({day}, '+' || {days} || ' day')"


@compiles(_DaysLater, "postgresql")
def _days_later_on_server(element: _DaysLater, compiler: SQLCompiler, **words: Any) -> str:
    day, days = (compiler.process(each, **words) for each in element.clauses)
    return f"({day} + CAST({days} AS integer))"


def days_later(day: Expression, days: int) -> ColumnElement[date]:
    """Return the day so many days after another."""
    return _DaysLater(day, days)


class _IndexHit(FunctionElement[bool]):
    """An entry of an index over parts of words has all of some: (the index, SQLite's question)."""

    inherit_cache = True


@compiles(_IndexHit)
def _index_hit_in_file(element: _IndexHit, compiler: SQLCompiler, **words: Any) -> str:
    index, query, _ = element.clauses
    return f"{compiler.process(index, **words)} MATCH {compiler.process(query, **words)}"


@compiles(_IndexHit, "postgresql")
def _index_hit_on_server(element: _IndexHit, compiler: SQLCompiler, **words: Any) -> str:
    index, _, parts = element.clauses
    listed = compiler.process(parts, **words)
    return f"{compiler.process(index, **words)}.trigrams @> string_to_array({listed}, chr(10))"


def index_hit(index: str, terms: Iterable[str]) -> ColumnElement[bool]:
    """Return that an entry of an index over parts of words (its table's name) has all terms."""
    listed = tuple(terms)
    query = " AND ".join(term_query(term) for term in listed)
    parts = "\n".join(part for term in listed for part in term_trigrams(term))
    return _IndexHit(literal_column(index), query, parts)
