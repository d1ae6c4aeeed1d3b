"""Opens a shop that many desks share on a PostgreSQL server (psycopg 3).

To any other machine the connection is encrypted and the server proves who it is
(``sslmode=verify-full``): with libpq's own "prefer", and with "require", any server in between is
believed. Nothing waits for ever: not the connection, not a lock, not a lost network.

Reads are one moment of the shop (REPEATABLE READ, READ ONLY), so that a page, its total and its
report agree. Units of work run at READ COMMITTED behind the shop's lock (:mod:`.locks`): what a
statement reads after the lock was had is the newest, which a snapshot taken before would not be,
and nothing needs to be tried again as under SERIALIZABLE.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import psycopg
from psycopg.adapt import Buffer, Loader
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from core.database.postgresql.stored_forms import GIVES_STORED_FORMS, give_stored_forms
from core.errors import StorageError

SCHEMA = "sanduku"
"""Where everything of the shop lies, so that nobody needs a right to the schema ``public``."""

LOCK_TIMEOUT_S = 15
STATEMENT_TIMEOUT_S = 120
IDLE_TIMEOUT_S = 120
"""A desk that went away in the middle of an act is let go of, with all it held."""
CONNECT_TIMEOUT_S = 10

NOT_REACHED = "The shop's server cannot be reached: check the network, then try again."
NAME_REFUSED = "The shop's server refuses this name and password."
UNPROVEN = "The shop's server does not prove that it is the shop's: ask who runs it."

_OWN_MACHINE = frozenset({"", "localhost", "127.0.0.1", "::1"})


def open_postgresql_engine(url: URL, *, read_only_option: str) -> Engine:
    """Return an engine for a shop on a server.

    Raises:
        StorageError: the address asks for less than a proven server.

    """
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args=connection_settings(url),
        pool_size=5,
        max_overflow=10,
        pool_pre_ping=True,
        # Errors are logged, and rows hold names and telephone numbers.
        hide_parameters=True,
        isolation_level="READ COMMITTED",
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "engine_connect", _reader_of(read_only_option))
    return engine


def open_list_engine(url: URL) -> Engine:
    """Return an engine whose connections only answer lists, one question after the other.

    Each question is a transaction of its own, and nothing is sent before it to see whether the
    connection still stands: who asks finds out, and asks once more.

    Raises:
        StorageError: the address asks for less than a proven server.

    """
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args=connection_settings(url, default_transaction_read_only="on"),
        pool_size=2,
        max_overflow=10,
        pool_reset_on_return=None,
        hide_parameters=True,
        isolation_level="AUTOCOMMIT",
    )
    event.listen(engine, "connect", _prepare_for_lists)
    return engine


def connection_settings(url: URL, **more: str) -> dict[str, object]:
    """Return how a shop's server is connected to, with what is owed to its security.

    ``more`` are settings of the server for this connection.

    Raises:
        StorageError: the address asks for less than a proven server.

    """
    host = url.host or str(url.query.get("host", ""))
    settings: dict[str, object] = {
        "connect_timeout": CONNECT_TIMEOUT_S,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 20_000,
        "application_name": "sanduku",
        "options": " ".join(
            f"-c {name}={value}"
            for name, value in {
                "search_path": f"{SCHEMA},pg_temp",
                "timezone": "UTC",
                "datestyle": "ISO",
                # A plan for any value at all reads a search's whole table (measured: 180 ms for
                # 5); the server takes to such plans when a question was asked ten times.
                "plan_cache_mode": "force_custom_plan",
                "lock_timeout": f"{LOCK_TIMEOUT_S}s",
                "statement_timeout": f"{STATEMENT_TIMEOUT_S}s",
                "idle_in_transaction_session_timeout": f"{IDLE_TIMEOUT_S}s",
                **more,
            }.items()
        ),
    }
    if host in _OWN_MACHINE or host.startswith(("/", "@")):
        return settings
    if str(url.query.get("sslmode", "verify-full")) != "verify-full":
        raise StorageError(
            "Nothing was opened. The database is on another computer: its address may only say"
            " sslmode=verify-full, or anybody between could read and change what is sent."
        )
    settings["sslmode"] = "verify-full"
    if "sslrootcert" not in url.query:
        settings["sslrootcert"] = "system"
    return settings


class _WholeNumberLoader(Loader):
    """Gives sums of money, which PostgreSQL makes ``numeric``, as the integers they are."""

    def load(self, data: Buffer) -> int | Decimal:
        text = bytes(data).decode()
        return Decimal(text) if "." in text or text == "NaN" else int(text)


def _prepare(connection: psycopg.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.adapters.register_loader("numeric", _WholeNumberLoader)


def _prepare_for_lists(connection: psycopg.Connection, entry: ConnectionPoolEntry) -> None:
    _prepare(connection, entry)
    give_stored_forms(connection)
    entry.info[GIVES_STORED_FORMS] = True


def _reader_of(option: str) -> Callable[[Connection], None]:
    def one_moment(connection: Connection) -> None:
        if connection.get_execution_options().get(option, False):
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )

    return one_moment


def is_gone(error: BaseException | None) -> bool:
    """Tell whether a server that was asked has gone away instead of answering.

    A server that refuses says so with a state of its own; one that goes away says nothing, or that
    it is stopping (class 57P), or that the connection is gone (class 08).
    """
    # The driver's own refusal of a question has no state either.
    if not isinstance(error, psycopg.Error) or isinstance(error, psycopg.ProgrammingError):
        return False
    return not error.sqlstate or error.sqlstate.startswith(("08", "57P"))


def postgresql_sentence(error: BaseException | None) -> str | None:
    """Return what a person can do about a server's refusal, or None where it is a bug of ours."""
    if not isinstance(error, psycopg.Error):
        return None
    code = error.sqlstate or ""
    for sign, sentence in _STATES:
        if code.startswith(sign):
            return sentence
    if not code and isinstance(error, psycopg.OperationalError):
        return refused_connection(str(error))
    return None


def refused_connection(details: str) -> str:
    """Return what a person can do about a refused connection: libpq gives words, and no code."""
    for sign, sentence in _WORDS:
        if sign in details:
            return sentence
    return NOT_REACHED


_WORDS = (
    ("too many c", "The shop's server has too many connections; try again in a moment."),
    ("slots are reserved", "The shop's server has too many connections; try again in a moment."),
    ('role "', NAME_REFUSED),
    ("authentication failed", NAME_REFUSED),
    ("no password supplied", NAME_REFUSED),
    ("does not exist", "The shop's server has no such database."),
    ("starting up", "The shop's server is stopping or starting; try again in a moment."),
    ("shutting down", "The shop's server is stopping or starting; try again in a moment."),
    ("no pg_hba.conf entry", "The shop's server does not let this computer in."),
    ("certificate", UNPROVEN),
    ("signature failure", UNPROVEN),
    ("does not support SSL", UNPROVEN),
)


# https://www.postgresql.org/docs/current/errcodes-appendix.html
_STATES = (
    ("08", "The connection to the shop's server was lost; try again in a moment."),
    ("28", NAME_REFUSED),
    ("3D000", "The shop's server has no such database."),
    ("25006", "The shop's server takes no changes at present; ask whoever looks after it."),
    ("40", "Others changed the same at this moment; try again."),
    ("42501", "The shop's server does not allow this to you."),
    ("53100", "The disk of the shop's server is full: free some space, then try again."),
    ("53300", "The shop's server has too many connections; try again in a moment."),
    ("53", "The shop's server has too little room; try again in a moment."),
    ("55P03", "Others are at work on the same; try again in a moment."),
    ("57014", "The shop's server took too long; try again in a moment."),
    ("57P", "The shop's server is stopping or starting; try again in a moment."),
    ("25P03", "The shop's server let go of this desk, which had gone away; try again."),
    ("58", "The disk of the shop's server reports an error; check it before going on."),
    ("XX001", "The database is damaged: restore the last backup."),
    ("XX002", "The database is damaged: restore the last backup."),
)
