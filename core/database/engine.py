"""Opens the shop's database, with the settings that make an acknowledged row survive a power cut.

SQLite: WAL with synchronous=FULL (NORMAL loses acknowledged rows in a power cut), foreign keys
on, and ``BEGIN IMMEDIATE`` for every writing transaction (sqlite3's own transaction handling
leaves half-run migrations behind after a kill). Reads run in a plain ``BEGIN``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from core.errors import NOTHING_CHANGED, ReadCancelledError, StorageError

BUSY_TIMEOUT_S = 15.0
_STEPS_BETWEEN_QUESTIONS = 50_000
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
    if parsed.get_backend_name() != "sqlite":
        raise StorageError(
            "This version opens a shop's own file (SQLite) only; a shared PostgreSQL comes later."
        )
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


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    try:
        # A read-only folder cannot switch the journal; the first write then says so clearly.
        cursor.execute("PRAGMA journal_mode=WAL").fetchall()
        cursor.execute("PRAGMA synchronous=FULL").fetchall()
        cursor.execute("PRAGMA foreign_keys=ON").fetchall()
        cursor.execute("PRAGMA cache_size=-32000").fetchall()
        # A payment's row touches so many index pages that the journal of its one statement would
        # go through a file among the system's temporary ones, where nobody's name belongs either.
        cursor.execute("PRAGMA temp_store=MEMORY").fetchall()
    finally:
        cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    read_only = connection.get_execution_options().get(READ_ONLY_OPTION, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


@contextmanager
def interrupted_when(driver: object, cancelled: Callable[[], bool] | None) -> Iterator[None]:
    """Let SQLite ask now and then, while it works, whether anybody still waits for the answer.

    Raises:
        ReadCancelledError: nobody did.

    """
    if cancelled is None or not isinstance(driver, sqlite3.Connection):
        yield
        return
    driver.set_progress_handler(cancelled, _STEPS_BETWEEN_QUESTIONS)
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
