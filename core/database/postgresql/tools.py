"""PostgreSQL's own tools (pg_dump, pg_restore), found on this computer and run against a server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, Engine, text

from core.database.postgresql.engine import connection_settings
from core.errors import NOTHING_CHANGED, StorageError

_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
_TIME_LIMIT_S = 6 * 3600


def tool_for(name: str, engine: Engine) -> Path:
    """Return a tool that is as new as the server, or newer: an older one cannot read its tables.

    Raises:
        StorageError: it is missing on this computer, or older than the server.

    """
    found = shutil.which(name)
    if found is None:
        raise StorageError(
            f"{NOTHING_CHANGED} PostgreSQL's tool {name} is missing on this computer: install"
            " PostgreSQL's client programs, then try again."
        )
    with engine.connect() as connection:
        server = connection.scalars(text("SHOW server_version_num")).one()
    theirs, ours = int(server) // 10_000, _version_of(Path(found))
    if ours < theirs:
        raise StorageError(
            f"{NOTHING_CHANGED} The shop's server is PostgreSQL {theirs}, but {name} on this"
            f" computer is of version {ours}: install PostgreSQL's client programs of version"
            f" {theirs} or newer."
        )
    return Path(found)


def run_tool(tool: Path, arguments: Sequence[str], url: URL | None = None) -> str:
    """Run a tool, against a shop's server where ``url`` names one, and return what it prints.

    Raises:
        StorageError: it could not do its work; its own words are the details.

    """
    environment = {**os.environ, "LC_ALL": "C"}
    address: list[str] = []
    if url is not None:
        # A password among the arguments would be seen by everybody on this computer.
        if url.password is not None:
            environment["PGPASSWORD"] = str(url.password)
        address = ["--no-password", "--dbname", _address(url)]
    try:
        done = subprocess.run(  # noqa: S603 - a tool of the server's, with our own arguments
            [str(tool), *address, *arguments],
            env=environment,
            capture_output=True,
            check=False,
            timeout=_TIME_LIMIT_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StorageError(
            f"{NOTHING_CHANGED} {tool.name} could not be run.", details=str(error)
        ) from error
    if done.returncode != 0:
        raise StorageError(
            f"{NOTHING_CHANGED} {tool.name} could not do its work.",
            details=done.stderr.decode(errors="replace").strip(),
        )
    return done.stdout.decode(errors="replace")


def _address(url: URL) -> str:
    settings = {
        **url.set(password=None).translate_connect_args(username="user", database="dbname"),
        **url.query,
        **{
            name: value
            for name, value in connection_settings(url).items()
            # Its statements take as long as they take.
            if name not in {"options", "application_name"}
        },
    }
    return make_conninfo("", **{name: str(value) for name, value in settings.items()})


def _version_of(tool: Path) -> int:
    found = _VERSION.search(run_tool(tool, ["--version"]))
    if found is None:
        raise StorageError(f"{NOTHING_CHANGED} {tool} does not say which version it is.")
    return int(found.group(1))
