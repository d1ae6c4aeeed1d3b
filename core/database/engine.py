"""Opens the shop's database, with the settings that make an acknowledged row survive a power cut.

A shop on a server (PostgreSQL) is opened by :mod:`core.database.postgresql.engine`.

SQLite: WAL with synchronous=FULL (NORMAL loses acknowledged rows in a power cut), foreign keys
on, and ``BEGIN IMMEDIATE`` for every writing transaction (sqlite3's own transaction handling
leaves half-run migrations behind after a kill). Reads run in a plain ``BEGIN``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from core.errors import NOTHING_CHANGED, ReadCancelledError, StorageError

BUSY_TIMEOUT_S = 15.0
CACHE_KIB = 32_000
"""How much of a shop's file each connection keeps in memory."""
_STEPS_BETWEEN_QUESTIONS = 50_000
_STEPS_IN_SEARCH = 200
"""A page of an index of FTS5 is some ten steps: these are about a millisecond."""

READ_ONLY_OPTION = "sanduku_read_only"

_NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "afpfs", "9p", "fuse.sshfs", "webdav"}
)


def sqlite_url(path: Path) -> str:
    """Return the URL of a shop file."""
    return f"sqlite:///{path.as_posix()}"


def open_engine(url: str) -> Engine:
    """Return an engine for the shop's database.

    Raises:
        StorageError: the URL is unusable, or the file lies on a network file system.

    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StorageError(
            "The address of the database cannot be understood.", details=str(error)
        ) from error
    if parsed.get_backend_name() == "postgresql":
        return _open_server(parsed)
    if parsed.get_backend_name() != "sqlite":
        raise StorageError("A shop is a file of its own (SQLite) or on a PostgreSQL server.")
    if parsed.database:
        _refuse_network_file_system(Path(parsed.database))
    engine = create_engine(
        parsed,
        connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False},
        pool_size=5,
        max_overflow=10,
        # Errors are logged, and rows hold names and telephone numbers.
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _open_server(url: URL) -> Engine:
    try:
        from core.database.postgresql.engine import (  # noqa: PLC0415 - a shop of one desk owes none of it
            open_postgresql_engine,
        )
    except ImportError as error:
        raise StorageError(
            "A shop on a server needs psycopg: install Sanduku with its extra “shop”.",
            details=str(error),
        ) from error
    return open_postgresql_engine(url, read_only_option=READ_ONLY_OPTION)


def open_list_engine(engine: Engine) -> Engine:
    """Return the engine that lists are read through: a server's has its own for them."""
    if not is_server(engine):
        return engine
    from core.database.postgresql.engine import (  # noqa: PLC0415 - as above
        open_list_engine as open_server_lists,
    )

    return open_server_lists(engine.url)


def is_server(engine: Engine | Connection) -> bool:
    """Tell whether the shop is on a server, shared by many desks."""
    return engine.dialect.name == "postgresql"


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    try:
        # A read-only folder cannot switch the journal; the first write then says so clearly.
        cursor.execute("PRAGMA journal_mode=WAL").fetchall()
        cursor.execute("PRAGMA synchronous=FULL").fetchall()
        cursor.execute("PRAGMA foreign_keys=ON").fetchall()
        cursor.execute(f"PRAGMA cache_size=-{CACHE_KIB}").fetchall()
        # A payment's row touches so many index pages that the journal of its one statement would
        # go through a file among the system's temporary ones, where nobody's name belongs either.
        cursor.execute("PRAGMA temp_store=MEMORY").fetchall()
    finally:
        cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    read_only = connection.get_execution_options().get(READ_ONLY_OPTION, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def put_off_checkpoints(engine: Engine) -> None:
    """Let commits be done once they are in the log beside the shop's file, which is all they owe.

    To carry a large one over into the file takes as long as to write it. Who puts that off does it
    with :func:`checkpoint` when nobody waits; if it dies before, the next commit of anybody does.
    """
    if not is_server(engine):
        event.listen(engine, "connect", _put_off_checkpoints)


def _put_off_checkpoints(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.execute("PRAGMA wal_autocheckpoint=0").fetchall()


def checkpoint(engine: Engine) -> None:
    """Carry over into the shop's file what its log holds, as far as nobody is in the way."""
    if not is_server(engine):
        with closing(engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")


def is_lost(error: BaseException) -> bool:
    """Tell whether an error of the driver says that the connection to a server is gone."""
    if isinstance(error, sqlite3.Error):
        return False
    from core.database.postgresql.engine import is_gone  # noqa: PLC0415 - as above

    return is_gone(error)


@contextmanager
def interrupted_when(
    driver: Any, cancelled: Callable[[], bool] | None, *, often: bool = False
) -> Iterator[None]:
    """Let the database ask now and then, while it works, whether anybody still waits for it.

    ``often`` is for the index over parts of words: looking through it counts as little work.

    Raises:
        ReadCancelledError: nobody did.

    """
    if cancelled is None:
        yield
        return
    if not isinstance(driver, sqlite3.Connection):
        from core.database.postgresql.cancelling import cancelled_when  # noqa: PLC0415 - as above

        with cancelled_when(driver, cancelled):
            yield
        return
    steps = min(_STEPS_BETWEEN_QUESTIONS, _STEPS_IN_SEARCH) if often else _STEPS_BETWEEN_QUESTIONS
    driver.set_progress_handler(cancelled, steps)
    try:
        yield
    except (sqlite3.OperationalError, OperationalError) as error:
        if cancelled():
            raise ReadCancelledError("The answer is no longer wanted.") from error
        raise
    finally:
        driver.set_progress_handler(None, 0)


def _refuse_network_file_system(path: Path) -> None:
    """Refuse a shared network folder: WAL does not work there (SQLite's own documentation)."""
    text = str(path)
    if text.startswith(("\\\\", "//")) or file_system_of(path) in _NETWORK_FILE_SYSTEMS:
        raise StorageError(
            "The shop's file must lie on this computer's own disk: a network folder loses data"
            " when two computers write. Several desks share a PostgreSQL server instead."
        )


def file_system_of(path: Path) -> str:
    """Return the type of the file system a path lies on, or "" where it cannot be told."""
    mounts = Path("/proc/self/mounts")
    if not mounts.exists():
        return ""
    absolute = path.absolute()
    best, kind = "", ""
    for row in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        fields = row.split(" ")
        if len(fields) < 3:
            continue
        mount = fields[1].replace("\\040", " ")
        if absolute.is_relative_to(mount) and len(mount) >= len(best):
            best, kind = mount, fields[2]
    return kind


def storage_error(error: DBAPIError) -> StorageError | None:
    """Return the known error behind a driver's error, or None where it is a bug of ours."""
    if not isinstance(error.orig, sqlite3.Error):
        return _server_error(error.orig)
    text = f"{error.orig} {getattr(error.orig, 'sqlite_errorname', '')}".lower()
    for sign, message in _SIGNS:
        if sign in text:
            return StorageError(f"{NOTHING_CHANGED} {message}", details=str(error.orig))
    if isinstance(error, OperationalError) and "disk i/o" in text:
        return StorageError(
            f"{NOTHING_CHANGED} The disk reports an error; check it before going on.",
            details=str(error.orig),
        )
    return None


def _server_error(error: BaseException | None) -> StorageError | None:
    try:
        from core.database.postgresql.engine import (  # noqa: PLC0415 - a shop of one desk owes none of it
            postgresql_sentence,
        )
    except ImportError:
        return None
    sentence = postgresql_sentence(error)
    return StorageError(f"{NOTHING_CHANGED} {sentence}", details=str(error)) if sentence else None


_SIGNS = (
    ("database or disk is full", "The disk is full: free some space, then try again."),
    # On a disk without a free byte SQLite cannot even make the file it shares between processes.
    ("ioerr_shmsize", "The disk is full: free some space, then try again."),
    ("readonly database", "The shop's file is read-only here: ask for the right to write to it."),
    ("attempt to write a readonly", "The shop's file is read-only here."),
    (
        "unable to open database",
        "The shop's file cannot be opened: check the folder and its rights.",
    ),
    ("database is locked", "Another program is using the shop's file; try again in a moment."),
    ("file is not a database", "The file is not a shop of this program, or it is damaged."),
    ("malformed", "The shop's file is damaged: restore the last backup."),
)
