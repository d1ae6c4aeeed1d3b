"""Whoever ends a move at any moment leaves the file as it was and the server's database empty."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from core.database import moved_mark
from core.database.consistency import check
from core.database.engine import open_engine
from core.services.moving_up import Moved
from tests.core.database.moving.conftest import PAYMENTS, forget
from tests.postgresql import PostgresqlServer

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kills a process the POSIX way")

_MOVE_AND_DIE = """
import os, sys
from pathlib import Path
from sqlalchemy import Engine, event
from core.configuration import Configuration
from core.services.moving_up import move_up
folder, address, service, last = sys.argv[1:]
left = int(last)
def step(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), 9)
for moment in ("before_cursor_execute", "commit"):
    event.listen(Engine, moment, step)
move_up(Configuration(Path(folder), use_keyring=False), address, Path(service))
print(int(last) - left)
"""


def _move(shop: Path, address: str, last: int) -> tuple[int, int]:
    """Move in a process that ends itself at a step; return how it ended, and its steps."""
    done = subprocess.run(
        [sys.executable, "-c", _MOVE_AND_DIE, shop, address, shop.parent / "service", str(last)],
        check=False,
        capture_output=True,
        text=True,
    )
    return done.returncode, int(done.stdout or 0)


def _digest(shop: Path) -> str:
    connection = sqlite3.connect(shop / "sanduku.db")
    digest = hashlib.sha256("\n".join(connection.iterdump()).encode()).hexdigest()
    connection.close()
    return digest


def _is_empty(server: PostgresqlServer, address: str) -> bool:
    """Tell whether nothing of a shop is on the server, once it has noticed the client's end."""
    name = str(make_url(address).database)
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
        end = time.monotonic() + 30
        while connection.execute(busy, (name,)).fetchone() != (0,):
            assert time.monotonic() < end, "the server never noticed"
            time.sleep(0.05)
        known = "SELECT count(*) FROM pg_database WHERE datname = %s"
        if connection.execute(known, (name,)).fetchone() == (0,):
            return True
        roles = "SELECT count(*) FROM pg_roles WHERE starts_with(rolname, %s)"
        there = connection.execute(roles, (name,)).fetchone()
    with psycopg.connect(address) as connection:
        schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = 'sanduku'"
        return (there, connection.execute(schemas).fetchone()) == ((0,), (0,))


@pytest.fixture(scope="module")
def steps(
    built_demo: Path, postgresql_server: PostgresqlServer, tmp_path_factory: pytest.TempPathFactory
) -> int:
    """How many statements and commits a whole move has."""
    copy = Path(shutil.copytree(built_demo, tmp_path_factory.mktemp("steps") / "counted"))
    code, steps = _move(copy, postgresql_server.url("moved_counted"), 10**9)
    forget(postgresql_server, "moved_counted")
    assert (code, steps > 500) == (0, True)
    return steps


SHARES = [
    0.15,
    0.99,
    *(pytest.param(place / 40, marks=pytest.mark.slow) for place in range(1, 40)),
]


@pytest.mark.parametrize("share", SHARES)
def test_a_kill_leaves_the_file_as_it_was_and_an_empty_database(
    shop: Path,
    address: str,
    move: Callable[..., Moved],
    postgresql_server: PostgresqlServer,
    steps: int,
    share: float,
) -> None:
    before = _digest(shop)
    code, _ = _move(shop, address, round(share * (steps - 8)) or 1)
    assert code == -signal.SIGKILL
    assert _digest(shop) == before
    assert _is_empty(postgresql_server, address)
    assert dict(move().rows)["payment"] == PAYMENTS


_LAST_STEPS = [0, 1, *(pytest.param(place, marks=pytest.mark.slow) for place in range(2, 7))]


@pytest.mark.parametrize("before_the_end", _LAST_STEPS)
def test_a_kill_around_the_commit_is_found_out_by_the_same_command(
    shop: Path,
    address: str,
    move: Callable[..., Moved],
    postgresql_server: PostgresqlServer,
    steps: int,
    before_the_end: int,
) -> None:
    code, _ = _move(shop, address, steps - before_the_end)
    assert code == -signal.SIGKILL
    arrived = not _is_empty(postgresql_server, address)
    connection = sqlite3.connect(shop / "sanduku.db")
    (version,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    connection.close()
    # Never two shops: what arrived on the server is marked in the file.
    assert not arrived or version == moved_mark.MOVED
    again = move()
    assert again.was_there_already is arrived
    assert len(again.people) == 5
    engine = open_engine(address)
    assert check(engine) == ()
    engine.dispose()
