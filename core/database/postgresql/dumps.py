"""Backups of a shop on a server: taken by pg_dump while everybody works, brought back whole.

A backup holds the shop's schema: tables, guards and books. It holds no roles, which are the
server's, and no rights, which are made anew when it is brought back; nor passwords.
"""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from core.database.backup import is_of_server
from core.database.backup_contents import BackupContents, contents_of
from core.database.consistency import check
from core.database.engine import open_engine, storage_error
from core.database.postgresql.engine import SCHEMA
from core.database.postgresql.roles.groups import group_statements
from core.database.postgresql.roles.names import (
    ShopRoles,
    literal,
    quoted,
    roles_of_database,
)
from core.database.postgresql.roles.persons import acting_statements
from core.database.postgresql.roles.protect import protect, roles_here, shop_roles
from core.database.postgresql.roles.returned_logins import (
    give_prefix_statements,
    return_logins,
)
from core.database.postgresql.roles.set_up_rights import require_set_up_rights
from core.database.postgresql.tools import run_tool, tool_for
from core.database.schema import NEWEST_REVISION, current_revision, upgrade
from core.errors import NOTHING_CHANGED, ConflictError, NotFoundError, StorageError

_BEING_RESTORED = "sanduku: being restored"
"""Marks a schema that is no shop yet: a restore that was killed begins anew over it."""

_LEFT_OUT = ("POLICY", "SCHEMA", "ACL", "DEFAULT ACL", "COMMENT")
"""What is made anew: policies name roles, which may be others here."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of a restore: who cannot sign in until they are given a password."""

    without_password: tuple[str, ...]


def backup(url: str, target: Path, *, overwrite: bool = False) -> None:
    """Save a shop on a server, while everybody works on, into one file.

    Raises:
        ConflictError: the target exists and may not be overwritten.
        StorageError: pg_dump is missing, too old or fails, or the target cannot be written.

    """
    if target.is_dir():
        raise ConflictError(f"Nothing was saved. {target} is a folder: name a file in it.")
    if target.exists() and not overwrite:
        raise ConflictError(f"Nothing was saved. {target} exists already.")
    with _opened(url) as engine:
        if current_revision(engine) is None:
            raise NotFoundError("Nothing was saved. There is no shop in this database.")
        tool = tool_for("pg_dump", engine)
        temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        try:
            # It holds names and telephone numbers: nobody else on this computer reads it.
            os.close(os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
            run_tool(
                tool,
                [
                    "--format=custom",
                    f"--schema={SCHEMA}",
                    "--no-owner",
                    "--no-privileges",
                    "--lock-wait-timeout=60s",
                    f"--file={temporary}",
                ],
                engine.url,
            )
            _require_shop(_table_of_contents(tool.with_name("pg_restore"), temporary), target)
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
            temporary.replace(target)
        except OSError as error:
            raise StorageError(
                f"Nothing was saved. {target} cannot be written: check the folder and its free"
                " space.",
                details=str(error),
            ) from error
        finally:
            temporary.unlink(missing_ok=True)


def restore(url: str, source: Path, *, accept_problems: bool = False) -> Restored:
    """Bring a backup back into an empty database, as its server's owner, with roles and rights.

    Books and audit chains are checked before anybody else can reach it; where they do not hold,
    the database is left empty. Logins are as :mod:`.roles.returned_logins` says.

    Raises:
        NotFoundError: there is no such backup.
        ConflictError: the database is not empty.
        StorageError: it is no backup of a shop, comes from a newer program, or the check finds
            something in it and ``accept_problems`` is not said; or the server refuses.

    """
    with _opened(url) as engine:
        _require_empty(engine)
        try:
            _load(engine, source)
            problems = check(engine)
            if not accept_problems:
                _require_sound(problems, source)
            with engine.begin() as connection:
                roles = protect(connection)
                waiting = return_logins(connection, roles)
                connection.exec_driver_sql(f"COMMENT ON SCHEMA {SCHEMA} IS NULL")
        except BaseException:
            _empty(engine)
            raise
    return Restored(waiting)


def look(url: str, source: Path) -> BackupContents:
    """Return what a backup holds and what the check says of it.

    It is brought back for that into a database of its own on a server, which goes away after.

    Raises:
        NotFoundError: there is no such backup.
        StorageError: it is no backup of a shop, or of a newer program; or this server's login may
            not make a database.

    """
    name = f"sanduku_look_{uuid.uuid4().hex[:12]}"
    with _opened(url) as server:
        _alone(server, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        beside = server.url.set(database=name).render_as_string(hide_password=False)
        try:
            with _opened(beside) as engine:
                version = _load(engine, source)
                problems = check(engine)
                with engine.connect() as connection:
                    return contents_of(connection, version, problems)
        finally:
            _alone(server, f"DROP DATABASE {name} WITH (FORCE)")
            _drop_roles(server, roles_of_database(name))


def _load(engine: Engine, source: Path) -> str:
    """Fill an empty database with a backup, brought to this version; return the one it was of."""
    if not source.is_file():
        raise NotFoundError(f"{NOTHING_CHANGED} There is no backup at {source}.")
    if not is_of_server(source):
        raise StorageError(f"{NOTHING_CHANGED} {source} is no backup of a shop on a server.")
    tool = tool_for("pg_restore", engine)
    contents = _table_of_contents(tool, source)
    _require_shop(contents, source)
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
        connection.execute(text(f"COMMENT ON SCHEMA {SCHEMA} IS {literal(_BEING_RESTORED)}"))
    with tempfile.TemporaryDirectory(prefix="sanduku-") as folder:
        wanted = Path(folder) / "contents"
        wanted.write_text("\n".join(contents), encoding="utf-8")
        run_tool(
            tool,
            [
                "--single-transaction",
                "--exit-on-error",
                "--no-owner",
                "--no-privileges",
                f"--use-list={wanted}",
                str(source),
            ],
            engine.url,
        )
    with engine.begin() as connection:
        old, new = shop_roles(connection), roles_here(connection)
        for statement in (
            *_MOMENTS_OF_ANOTHER_SERVER,
            *group_statements(new),
            *acting_statements(new),
            *give_prefix_statements(old, new),
        ):
            connection.exec_driver_sql(statement)
    version = current_revision(engine) or ""
    if version != NEWEST_REVISION:
        upgrade(engine)
    with engine.begin() as connection:
        roles = protect(connection)
        # Nobody comes in before the books were looked at, whose login is still there.
        connection.exec_driver_sql(
            f"REVOKE CONNECT ON DATABASE {quoted(engine.url.database or '')}"
            f" FROM {quoted(roles.people)}"
        )
    return version


_MOMENTS_OF_ANOTHER_SERVER = tuple(
    # Numbers of transactions of the server it came from: here they are all long over.
    f"ALTER TABLE {SCHEMA}.{table} ALTER COLUMN written_in TYPE xid8 USING '3'::xid8"
    for table in ("audit_entry", "change")
)


def _table_of_contents(tool: Path, source: Path) -> list[str]:
    """Return what a backup holds, line by line, without what is made anew."""
    lines = run_tool(tool, ["--list", str(source)]).splitlines()
    return [line for line in lines if not line.startswith(";") and _kind(line) not in _LEFT_OUT]


def _kind(line: str) -> str:
    """Return what an entry like "217; 1259 16400 TABLE sanduku payment postgres" is."""
    words = line.split(";", 1)[1].split()[2:]
    return " ".join(words[:2]) if words[:2] == ["DEFAULT", "ACL"] else words[0]


def _require_shop(contents: list[str], named: Path) -> None:
    found = {" ".join(line.split(";", 1)[1].split()[2:5]) for line in contents}
    needed = {f"TABLE {SCHEMA} {name}" for name in ("alembic_version", "payment", "audit_entry")}
    if not needed <= found:
        raise StorageError(f"{NOTHING_CHANGED} {named} is not a shop of this program.")


def _require_sound(problems: tuple[str, ...], named: Path) -> None:
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise StorageError(
            f"{NOTHING_CHANGED} The books in {named} do not agree with themselves:"
            f" {problems[0]}{more}",
            details="\n".join(problems),
        )


def _require_empty(engine: Engine) -> None:
    with engine.connect() as connection:
        require_set_up_rights(connection)
        mark, tables = connection.execute(
            text(
                "SELECT obj_description(to_regnamespace(:schema)::oid, 'pg_namespace'),"
                " (SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace(:schema))"
            ),
            {"schema": SCHEMA},
        ).one()
    if tables and mark != _BEING_RESTORED:
        raise ConflictError(
            f"{NOTHING_CHANGED} There is a shop in this database already: make an empty one beside"
            " it (createdb) and bring the backup back there."
        )


def _empty(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))


def _drop_roles(server: Engine, roles: ShopRoles) -> None:
    with server.begin() as connection:
        found = connection.scalars(
            text("SELECT rolname FROM pg_roles WHERE starts_with(rolname, :prefix)"),
            {"prefix": f"{roles.prefix}:"},
        ).all()
        for role in found:
            connection.exec_driver_sql(f"DROP ROLE {quoted(role)}")


def _alone(server: Engine, statement: str) -> None:
    """Run a statement that no transaction may be around."""
    with server.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql(statement)


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    try:
        yield engine
    except DBAPIError as error:
        raise storage_error(error) or error from error
    finally:
        engine.dispose()
