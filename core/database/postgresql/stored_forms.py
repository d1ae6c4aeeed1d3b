"""Values of a server's rows in the forms SQLite stores, for lists that are read all the time."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.adapt import Buffer, Loader

_TO_THE_SECOND = len("2026-01-16 10:00:00")
_TO_THE_MICROSECOND = len("2026-01-16 10:00:00.000000")
_ZONE = len("+00")

GIVES_STORED_FORMS = "gives stored forms"
"""Noted with a pooled connection that gives them whatever is asked."""


class _StoredMoment(Loader):
    """A moment in UTC, with all six digits of its fraction."""

    def load(self, data: Buffer) -> str:
        text = bytes(data).decode()[:-_ZONE]
        if len(text) == _TO_THE_SECOND:
            return f"{text}.000000"
        return text.ljust(_TO_THE_MICROSECOND, "0")


class _StoredText(Loader):
    def load(self, data: Buffer) -> str:
        return bytes(data).decode()


class _StoredTruth(Loader):
    def load(self, data: Buffer) -> int:
        return int(bytes(data) == b"t")


def give_stored_forms(giver: psycopg.Cursor[Any] | psycopg.Connection[Any]) -> None:
    """Let a cursor or a connection give moments and days as text, yes and no as 1 and 0."""
    adapters = giver.adapters
    adapters.register_loader("timestamptz", _StoredMoment)
    adapters.register_loader("date", _StoredText)
    adapters.register_loader("bool", _StoredTruth)
