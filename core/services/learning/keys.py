"""Asking for many rows by key in one statement, however many there are."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Select

from core.database.spelling import each_number


def these(keys: Iterable[int]) -> Select[int]:
    """Return keys as a subquery, to be used with ``in_``."""
    return each_number(keys)
