"""The secrets of a shop that is carried over: opened with the file's key, sealed on the server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, text

from core.database.postgresql.roles.sealed import SECRET_COLUMNS

Reseal = Callable[[str], str]
"""Turns what the file keeps of a secret into what the server is to keep; "" leaves it out."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret as the server is to keep it, and where: a row by its key, and a column."""

    table: str
    key_column: str
    key: str | int
    column: str
    content: str


def secrets_in(source: Connection, reseal: Reseal) -> tuple[Secret, ...]:
    """Return every secret of the shop, made ready for the server.

    Raises:
        KnownError: one cannot be opened here.

    """
    found = []
    for table, columns in SECRET_COLUMNS.items():
        key, only = (
            ("name", "name LIKE '%\\_encrypted' ESCAPE '\\' AND")
            if table == "setting"
            else ("id", "")
        )
        for column in columns:
            rows = source.execute(
                text(f"SELECT {key}, {column} FROM {table} WHERE {only} {column} <> ''")  # noqa: S608 - our own names
            )
            found += [Secret(table, key, row[0], column, reseal(row[1])) for row in rows]
    return tuple(found)


def bring(target: Connection, secrets: tuple[Secret, ...]) -> None:
    """Write the secrets in the place of those the file kept."""
    for secret in secrets:
        target.execute(
            text(
                f"UPDATE {secret.table} SET {secret.column} = :content"  # noqa: S608 - our own names
                f" WHERE {secret.key_column} = :key"
            ),
            {"content": secret.content, "key": secret.key},
        )


def seal(target: Connection) -> None:
    """Let the server put all secrets away, where only the service reads them."""
    for table, (column, *_) in SECRET_COLUMNS.items():
        target.execute(text(f"UPDATE {table} SET {column} = {column}"))  # noqa: S608 - our own names
