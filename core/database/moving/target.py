"""The database on a server that becomes the shop: made if it is missing, empty until the end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import Connection, Engine, Table, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.database.bulk import insert_rows
from core.database.engine import open_engine, storage_error
from core.database.moved_mark import MovedMark
from core.database.moving.source import NOTHING_MOVED, select_of, stored_columns, stretches
from core.database.postgresql import locks
from core.database.postgresql.engine import SCHEMA, postgresql_sentence
from core.database.postgresql.roles.protect import shop_roles
from core.errors import InvalidInputError, StorageError

_MAINTENANCE = "postgres"
"""The database every server has, from which others are made."""

_SETTING = "moved_from"

_ANYTHING_THERE = text(
    "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n"
    " ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')"
    " AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY 1 LIMIT 1"
)

_OLD_LOGIN = text(
    "SELECT rolname FROM pg_roles WHERE starts_with(rolname, :prefix) ORDER BY 1 LIMIT 1"
)


def server_url(address: str) -> URL:
    """Return the address of a database on a server.

    Raises:
        InvalidInputError: it is none.

    """
    url = make_url(address)
    if url.get_backend_name() != "postgresql" or not url.database:
        raise InvalidInputError(
            f"{NOTHING_MOVED} A shop is moved to a server: write postgresql://NAME@SERVER/DATABASE.",
            field="to",
        )
    return url


def make_if_missing(url: URL) -> None:
    """Make the database where the server has none of this name.

    Raises:
        StorageError: the server cannot be reached, or does not allow it.

    """
    engine = open_engine(url.set(database=_MAINTENANCE).render_as_string(hide_password=False))
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            known = text("SELECT 1 FROM pg_database WHERE datname = :name")
            if connection.scalar(known, {"name": url.database}) is None:
                name = connection.dialect.identifier_preparer.quote_identifier(str(url.database))
                connection.exec_driver_sql(
                    f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"
                )
    except DBAPIError as error:
        raise storage_error(error) or error from error
    finally:
        engine.dispose()


@contextmanager
def opened(url: URL) -> Iterator[Engine]:
    """Open the database as the server's owner.

    Raises:
        StorageError: the server refuses or cannot be reached.

    """
    engine = open_engine(url.render_as_string(hide_password=False))
    try:
        yield engine
    except DBAPIError as error:
        raise storage_error(error) or error from error
    finally:
        engine.dispose()


def take(connection: Connection) -> None:
    """Hold an empty database for as long as the move takes.

    Raises:
        StorageError: something is in it, or it keeps texts in another way than the shop does.

    """
    for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
        connection.exec_driver_sql(f"SET LOCAL {limit} = 0")
    locks.be_alone(connection)
    if connection.scalar(text("SHOW server_encoding")) != "UTF8":
        raise StorageError(
            f"{NOTHING_MOVED} The database does not keep every letter: make it with ENCODING"
            " 'UTF8', or let this command make one under a new name."
        )
    found = connection.scalar(_ANYTHING_THERE)
    if found is None:
        _refuse_old_logins(connection)
        return
    if str(found).startswith(f"{SCHEMA}."):
        raise StorageError(
            f"{NOTHING_MOVED} There is a shop in this database already: name an empty one, or one"
            " that is not there yet."
        )
    raise StorageError(
        f"{NOTHING_MOVED} The database is not empty ({found} is in it): name an empty one, or one"
        " that is not there yet."
    )


def _refuse_old_logins(connection: Connection) -> None:
    """Refuse to let logins in whose passwords are from an earlier shop of this name."""
    prefix = f"{shop_roles(connection).prefix}."
    found = connection.scalar(_OLD_LOGIN, {"prefix": prefix})
    if found is not None:
        raise StorageError(
            f"{NOTHING_MOVED} The server still has the login {found} of an earlier shop of this"
            " name: name another database, or let the server's owner drop that login (DROP ROLE)."
        )


def carry(source: Connection, target: Connection, table: Table) -> None:
    """Carry the rows of a table over, some thousands in hand at a time.

    Raises:
        StorageError: the server cannot keep a row.

    """
    quoted = target.dialect.identifier_preparer.quote
    columns = [quoted(name) for name in stored_columns(table)]
    session = Session(target)
    for rows in stretches(source, select_of(source, table)):
        try:
            insert_rows(session, quoted(table.name), columns, rows)
        except psycopg.Error as error:
            known = postgresql_sentence(error)
            raise StorageError(
                f"{NOTHING_MOVED} {known}"
                if known
                else f"{NOTHING_MOVED} A row of {table.name} holds what a server cannot keep.",
                details=str(error),
            ) from error


def sign(connection: Connection, moved: MovedMark, origin: str) -> None:
    """Keep in the shop which move it came by, so that a lost answer can be looked up."""
    value = json.dumps({"move_id": moved.move_id, "at": moved.at, "place": origin})
    connection.execute(
        text("INSERT INTO setting (name, value) VALUES (:name, :value)"),
        {"name": _SETTING, "value": value},
    )


def came_by(connection: Connection) -> str:
    """Return the id of the move by which the shop in a database came there; "" without one."""
    if connection.scalar(text(f"SELECT to_regclass('{SCHEMA}.setting')")) is None:
        return ""
    value = connection.scalar(
        text("SELECT value FROM setting WHERE name = :name"), {"name": _SETTING}
    )
    return str(json.loads(value)["move_id"]) if value else ""
