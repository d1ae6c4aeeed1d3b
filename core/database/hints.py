"""What SQLite's planner must be told, as it keeps no statistics of its own."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import UnaryExpression
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.operators import custom_op

ValueT = TypeVar("ValueT")


def unindexed(column: InstrumentedAttribute[ValueT]) -> UnaryExpression[ValueT]:
    """Return a column such that no index of it is looked for ("+column", SQLite's own device).

    For a state or method beside a range of days: without statistics SQLite takes an index over
    few values for the better one, and reads the whole shop for one day.
    """
    return UnaryExpression(column.expression, operator=custom_op("+"), type_=column.type)
