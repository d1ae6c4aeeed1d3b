"""Backing a shop up, bringing a backup back, and checking that the books agree with themselves.

A copy is made by SQLite's own online backup, so that it is whole even while others write; it goes
to a temporary file, is checked, forced to the disk, and only then takes its name.
"""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from alembic.script import ScriptDirectory

from core.clock import Clock, shop_time, system_clock
from core.database.backup_contents import BackupContents, examine
from core.database.consistency import check
from core.database.moved_mark import MOVED
from core.errors import NOTHING_CHANGED, ConflictError, NotFoundError, StorageError

__all__ = ["BackupContents", "backup", "check", "is_of_server", "look", "restore"]

logger = logging.getLogger(__name__)

_MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_TIMEOUT_S = 15.0

_SIGNATURE_OF_PG_DUMP = b"PGDMP"


def is_of_server(file: Path) -> bool:
    """Tell whether a file is a backup of a shop on a server (:mod:`core.database.postgresql`)."""
    if not file.is_file():
        return False
    with file.open("rb") as opened:
        return opened.read(len(_SIGNATURE_OF_PG_DUMP)) == _SIGNATURE_OF_PG_DUMP


def backup(shop_file: Path, target: Path, *, overwrite: bool = False) -> None:
    """Copy a shop, open or not, into one file.

    Raises:
        NotFoundError: there is no shop.
        ConflictError: the target exists and may not be overwritten.
        StorageError: the shop is damaged, or the target cannot be written.

    """
    if not shop_file.is_file():
        raise NotFoundError(f"Nothing was saved. There is no shop at {shop_file}.")
    _refuse_target(shop_file, target, overwrite=overwrite)
    with _copied(shop_file, target) as copy:
        _require_intact(copy, target)
        _refuse_target(shop_file, target, overwrite=overwrite)
        copy.replace(target)
        _sync_folder(target.parent)


def look(source: Path) -> BackupContents:
    """Return what a backup holds and what the check says of it; the backup is not touched.

    Raises:
        NotFoundError: there is no such backup.
        StorageError: the backup is damaged, no shop, or of a newer program.

    """
    if not source.is_file():
        raise NotFoundError(f"There is no backup at {source}.")
    with (
        tempfile.TemporaryDirectory(prefix="sanduku-") as folder,
        _copied(source, Path(folder) / "looked-at.db") as copy,
    ):
        return _examined(copy, source)


def restore(
    source: Path,
    shop_file: Path,
    *,
    clock: Clock = system_clock,
    accept_problems: bool = False,
) -> Path | None:
    """Put a backup in the place of a shop that nobody has open, brought to this version.

    Books and audit chains of the backup are checked first. The shop that was there is kept beside
    it under a dated name, which is returned; None where there was none.

    Raises:
        NotFoundError: there is no such backup.
        StorageError: the backup is damaged, no shop, or of a newer program; or the shop is open; or
            the check finds something in the backup and ``accept_problems`` is not said.

    """
    if not source.is_file():
        raise NotFoundError(f"{NOTHING_CHANGED} There is no backup at {source}.")
    if shop_file.exists() and source.samefile(shop_file):
        raise ConflictError(f"{NOTHING_CHANGED} The backup is the shop itself.")
    shop_file.parent.mkdir(parents=True, exist_ok=True)
    with _copied(source, shop_file) as copy:
        problems = _examined(copy, source).problems
        if problems and not accept_problems:
            more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
            raise StorageError(
                f"{NOTHING_CHANGED} The books in {source} do not agree with themselves:"
                f" {problems[0]}{more}",
                details="\n".join(problems),
            )
        kept = _set_aside(shop_file, clock()) if shop_file.exists() else None
        copy.replace(shop_file)
        _sync_folder(shop_file.parent)
    return kept


def _examined(copy: Path, named: Path) -> BackupContents:
    """Return what a copy holds; it stays one file by itself."""
    _require_intact(copy, named)
    _require_known_shop(copy, named)
    contents = examine(copy)
    with closing(_open(copy)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE").fetchall()
    return contents


@contextmanager
def _copied(source: Path, target: Path) -> Iterator[Path]:
    """Yield a finished copy beside the target; whatever is left of it goes away at the end."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        temporary.unlink(missing_ok=True)
        with closing(_open(source)) as original, closing(_open(temporary, create=True)) as copy:
            original.backup(copy)
            # One file by itself: the copy must not need a log file beside it.
            copy.execute("PRAGMA journal_mode=DELETE").fetchall()
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        yield temporary
    except sqlite3.Error as error:
        raise StorageError(_sentence(error, source, target), details=str(error)) from error
    except OSError as error:
        raise StorageError(
            f"{NOTHING_CHANGED} {target} cannot be written: check the folder and its free space.",
            details=str(error),
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def _open(path: Path, *, create: bool = False) -> sqlite3.Connection:
    mode = "rwc" if create else "rw"
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=_BUSY_TIMEOUT_S
    )


def _sentence(error: sqlite3.Error, source: Path, target: Path) -> str:
    text = str(error).lower()
    if "not a database" in text or "malformed" in text:
        return f"{NOTHING_CHANGED} {source} is damaged, or it is not a shop."
    if "full" in text:
        return f"{NOTHING_CHANGED} The disk of {target} is full."
    return f"{NOTHING_CHANGED} {source} cannot be copied to {target}."


def _refuse_target(shop_file: Path, target: Path, *, overwrite: bool) -> None:
    if not target.exists():
        return
    if target.is_dir():
        raise ConflictError(f"Nothing was saved. {target} is a folder: name a file in it.")
    if target.samefile(shop_file):
        raise ConflictError("Nothing was saved. The target is the shop itself.")
    if not overwrite:
        raise ConflictError(f"Nothing was saved. {target} exists already.")


def _require_intact(copy: Path, named: Path) -> None:
    with closing(_open(copy)) as connection:
        answer = connection.execute("PRAGMA integrity_check").fetchall()
    if answer != [("ok",)]:
        raise StorageError(
            f"{NOTHING_CHANGED} The copy of {named} is damaged.",
            details="\n".join(str(row[0]) for row in answer),
        )


def _require_known_shop(copy: Path, named: Path) -> None:
    with closing(_open(copy)) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        if not {"alembic_version", "payment", "audit_entry"} <= tables:
            raise StorageError(f"{NOTHING_CHANGED} {named} is not a shop of this program.")
        rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    revisions = {row[0] for row in rows}
    if MOVED in revisions:
        raise StorageError(
            f"{NOTHING_CHANGED} {named} is of a shop that was moved to a server, where it lives."
        )
    scripts = ScriptDirectory(_MIGRATIONS.as_posix()).walk_revisions()
    known = {script.revision for script in scripts}
    if not revisions or not revisions <= known:
        raise StorageError(
            f"{NOTHING_CHANGED} {named} comes from a newer version of Sanduku; update the program"
            " on this computer first."
        )


def _set_aside(shop_file: Path, now: datetime) -> Path:
    """Give the present shop a second, dated name; its own name stays until the new one takes it."""
    stamp = f"{shop_time(now):%Y%m%d-%H%M%S}"
    kept = _free_name(shop_file, stamp)
    logs = [shop_file.with_name(shop_file.name + ending) for ending in ("-wal", "-shm")]
    try:
        with closing(_open(shop_file)) as connection:
            # Leaving WAL needs the file alone, and brings the log back into it.
            connection.execute("PRAGMA journal_mode=DELETE").fetchall()
    except sqlite3.OperationalError as error:
        raise StorageError(
            f"{NOTHING_CHANGED} The shop is open in a window or another program: close it first.",
            details=str(error),
        ) from error
    except sqlite3.DatabaseError:
        logger.warning("the shop that is replaced is damaged; it is kept as it lies", exc_info=True)
        for log in logs:
            if log.exists():
                shutil.copy2(log, kept.with_name(log.name.replace(shop_file.name, kept.name)))
    try:
        kept.hardlink_to(shop_file)
    except OSError:  # a disk without hard links, such as a memory stick
        shutil.copy2(shop_file, kept)
    for log in logs:
        log.unlink(missing_ok=True)
    return kept


def _free_name(shop_file: Path, stamp: str) -> Path:
    name = f"{shop_file.stem}-before-restore-{stamp}"
    kept = shop_file.with_name(f"{name}{shop_file.suffix}")
    number = 2
    while kept.exists():
        kept = shop_file.with_name(f"{name}-{number}{shop_file.suffix}")
        number += 1
    return kept


def _sync_folder(folder: Path) -> None:
    """Make a new name last through a power cut; Windows does so by itself."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
