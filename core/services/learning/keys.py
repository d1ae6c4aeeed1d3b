"""Asking for many rows by key in one statement, however many there are."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import Integer, Select, column, func, select


def these(keys: Iterable[int]) -> Select[int]:
    """Return keys as a subquery, to be used with ``in_``."""
    listed = func.json_each(json.dumps(list(keys))).table_valued(column("value", Integer))
    return select(listed.c.value)
