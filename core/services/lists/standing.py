"""Where rows of a list stand now: by this a list keeps still while others change the shop."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import ColumnElement, and_, func, select, true

from core.database.driver_questions import DriverQuestion, open_value
from core.database.spelling import each_number
from core.database.unit_of_work import Database
from core.errors import ReadCancelledError
from core.services.lists.keyset import Key, Seek
from core.services.lists.keyset_queries import Bound, Columns, Statement, beyond, seek_values

COUNTED_ROWS = 20_000
"""So many rows before one are counted to tell its place; farther down it is reckoned."""

_LONGEST_COUNT_S = 0.25


def as_one_truth(conditions: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Return conditions as one, for which no index is looked for."""
    return and_(true(), *conditions).is_(True)


def again_statement(
    selected: Statement, key: ColumnElement[int], conditions: Sequence[ColumnElement[bool]]
) -> Statement:
    """Return which of some rows a list still shows; see :func:`again_values`."""
    # Each row is found by its key, and by no index of the filter's.
    given = each_number(open_value("row_ids"))
    return selected.where(key.in_(given), as_one_truth(conditions))


def again_values(keys: Iterable[int]) -> dict[str, object]:
    """Return the values of :func:`again_statement` for the rows of some keys."""
    return {"row_ids": json.dumps(list(keys))}


def before_statement(
    found: Statement, columns: Columns, descending: bool, values: int
) -> Statement:
    """Return how many rows of an order stand before a key of so many values, at most."""
    before = found.where(*beyond(columns, not descending, Bound(values, inclusive=False)))
    counted = before.limit(open_value("row_limit")).subquery()
    return select(func.count()).select_from(counted)


def counted_before(
    database: Database,
    question: DriverQuestion,
    key: Key,
    ends: Callable[[], bool] | None = None,
) -> int | None:
    """Return how many rows stand before a key, or None where counting them takes long.

    ``question`` is of a :func:`before_statement`; ``ends`` tells when it takes too long.
    """
    values = seek_values(Seek(COUNTED_ROWS, key))
    try:
        count: int = database.rows(question, values, ends or _soon())[0][0]
    except ReadCancelledError:
        return None
    return count if count < COUNTED_ROWS else None


def _soon() -> Callable[[], bool]:
    ends_s = time.monotonic() + _LONGEST_COUNT_S
    return lambda: time.monotonic() > ends_s
