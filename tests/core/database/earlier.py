"""A shop as an earlier version of the program left it."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from sqlalchemy import Connection, text

from core.database import schema
from core.database.engine import sqlite_url
from core.database.unit_of_work import Database


def taken_back(shop: Path, revision: str, target: Path) -> Database:
    """Copy all rows of a shop's file into a new one of an earlier revision, and open it.

    What that revision did not know yet, tables and columns, is left behind.
    """
    database = Database(sqlite_url(target))
    command.upgrade(schema.migration_config(database.engine), revision)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.execute(text("PRAGMA foreign_keys=OFF"))
        connection.execute(text("ATTACH DATABASE :path AS newer"), {"path": str(shop)})
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        triggers = connection.execute(
            text("SELECT name, sql FROM main.sqlite_master WHERE type = 'trigger'")
        ).all()
        for name, _ in triggers:
            connection.exec_driver_sql(f"DROP TRIGGER main.{name}")
        for table in _tables(connection, "main"):
            _copy(connection, table)
        for _, sql in triggers:
            connection.exec_driver_sql(sql)
        connection.exec_driver_sql("COMMIT")
        connection.execute(text("DETACH DATABASE newer"))
        connection.exec_driver_sql("BEGIN")
    return database


def _tables(connection: Connection, schema_name: str) -> list[str]:
    found = connection.execute(
        text(
            f"SELECT name FROM {schema_name}.sqlite_master WHERE type = 'table'"
            " AND name <> 'alembic_version' AND name NOT LIKE 'sqlite_%'"
            " AND name NOT LIKE 'payment_search%'"
        )
    )
    return list(found.scalars())


def _copy(connection: Connection, table: str) -> None:
    columns = [
        {row.name for row in connection.execute(text(f'PRAGMA {name}.table_info("{table}")'))}
        for name in ("main", "newer")
    ]
    common = ", ".join(f'"{column}"' for column in sorted(columns[0] & columns[1]))
    connection.exec_driver_sql(f'DELETE FROM main."{table}"')
    connection.exec_driver_sql(
        f'INSERT INTO main."{table}" ({common}) SELECT {common} FROM newer."{table}"'
    )
