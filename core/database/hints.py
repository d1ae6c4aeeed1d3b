"""What SQLite's planner must be told, as it keeps no statistics; PostgreSQL's must not."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, UnaryExpression
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import custom_op

from core.database.spelling import Spelt

ValueT = TypeVar("ValueT")


class _Unindexed(UnaryExpression[ValueT]):
    inherit_cache = True


@compiles(_Unindexed)
def _unindexed_in_file(element: _Unindexed[Any], compiler: SQLCompiler, **words: Any) -> str:
    return f"+{compiler.process(element.element, **words)}"


@compiles(_Unindexed, "postgresql")
def _unindexed_on_server(element: _Unindexed[Any], compiler: SQLCompiler, **words: Any) -> str:
    return compiler.process(element.element, **words)


def unindexed(column: InstrumentedAttribute[ValueT]) -> UnaryExpression[ValueT]:
    """Return a column such that no index of it is looked for ("+column", SQLite's own device).

    For a state or method beside a range of days: without statistics SQLite takes an index over
    few values for the better one, and reads the whole shop for one day.
    """
    return _Unindexed(column.expression, operator=custom_op("+"), type_=column.type)


def spelt_unindexed(sql: str, kind: Any = None) -> ColumnElement[Any]:
    """Return SQL of the program's own such that no index of it is looked for."""
    return Spelt(f"+{sql}", sql) if kind is None else Spelt(f"+{sql}", sql, kind)


class _FewFulfil(FunctionElement[bool]):
    inherit_cache = True


@compiles(_FewFulfil)
def _few_in_file(element: _FewFulfil, compiler: SQLCompiler, **words: Any) -> str:
    return f"likelihood({compiler.process(element.clauses, **words)}, 0.0001)"


@compiles(_FewFulfil, "postgresql")
def _few_on_server(element: _FewFulfil, compiler: SQLCompiler, **words: Any) -> str:
    return f"({compiler.process(element.clauses, **words)})"


def few_fulfil(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return a condition that few rows fulfil, so that it is the one to begin with."""
    return _FewFulfil(condition)
