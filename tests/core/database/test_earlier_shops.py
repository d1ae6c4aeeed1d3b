"""A shop of every earlier version is upgraded with all its rows, and a kill leaves old or new."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory

from core.database import schema
from core.database.consistency import check
from core.database.engine import open_engine, sqlite_url
from tests.core.database.earlier_shops import KEPT, facts_of, nearest_kept, unpack

REVISIONS = [
    # Between two kept ones no program ever stood at its newest.
    pytest.param(revision, marks=() if revision in KEPT else pytest.mark.slow)
    for revision in sorted(
        script.revision
        for script in ScriptDirectory(schema.MIGRATIONS.as_posix()).walk_revisions()
        if KEPT[0] <= script.revision < schema.NEWEST_REVISION
    )
]


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_shop_of_an_earlier_version_is_upgraded_with_all_its_rows(
    tmp_path: Path, revision: str
) -> None:
    unpack(nearest_kept(revision), tmp_path / "shop.db")
    engine = open_engine(sqlite_url(tmp_path / "shop.db"))
    # Between two kept ones: as far as that revision, with the rows of the version before.
    command.upgrade(schema.migration_config(engine), revision)
    before = facts_of(engine)
    assert before.rows["payment"] == 30
    assert min(before.rows[table] for table in ("refund_request", "statement_line", "match")) > 0

    schema.upgrade(engine)

    assert schema.current_revision(engine) == schema.NEWEST_REVISION
    after = facts_of(engine)
    grown = {table for table, rows in before.rows.items() if after.rows[table] != rows}
    assert grown <= {"setting"}
    assert after.rows["setting"] >= before.rows["setting"]
    assert (after.money, after.chains) == (before.money, before.chains)
    assert check(engine) == ()
    engine.dispose()


_UPGRADE_AND_DIE = """
import json, os, shutil, sqlite3, sys
from sqlalchemy import Engine, event
from alembic import command
from core.database import schema
from core.database.engine import open_engine, sqlite_url
# What an upgrade loads is loaded once, not in every life.
import alembic.autogenerate, core.model, sqlalchemy.dialects.sqlite.pysqlite

shop, folder, wanted = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])

def upgraded(path, last):
    left = last
    def step(*_):
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), 9)
    for moment in ("before_cursor_execute", "commit"):
        event.listen(Engine, moment, step)
    engine = open_engine(sqlite_url(path))
    schema.upgrade(engine)
    engine.dispose()
    return last - left

def digest(path):
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()
    told = [str(rows)]
    for kind, name, _ in rows:
        if kind == "table" and not name.startswith("sqlite_"):
            told.append(str(connection.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()))
    told.append(str(connection.execute("SELECT version_num FROM alembic_version").fetchone()))
    told.append(str(connection.execute("PRAGMA integrity_check").fetchone()))
    connection.close()
    return "\\n".join(told)

def lived(path, last):
    shutil.copyfile(shop, path)
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        steps = upgraded(path, last)
        os.write(writer, str(steps).encode())
        os._exit(0)
    os.close(writer)
    told = os.read(reader, 100)
    os.close(reader)
    return os.waitpid(pid, 0)[1], int(told or 0)

from pathlib import Path
folder = Path(folder)
shutil.copyfile(shop, folder / "old.db")
old = digest(folder / "old.db")
status, steps = lived(folder / "new.db", 10**9)
assert status == 0
new = digest(folder / "new.db")
places = range(1, steps + 1) if wanted is None else [round(share * steps) or 1 for share in wanted]
found = {"steps": steps, "old": 0, "new": 0, "torn": [], "not finished": []}
for place in places:
    path = folder / f"{place}.db"
    status, _ = lived(path, place)
    assert status == 9, status
    left = digest(path)
    if left in (old, new):
        found["old" if left == old else "new"] += 1
    else:
        found["torn"].append(place)
    if wanted is not None or place % 10 == 0:
        engine = open_engine(sqlite_url(path))
        schema.upgrade(engine)
        engine.dispose()
        if digest(path) != new:
            found["not finished"].append(place)
    path.unlink()
print(json.dumps(found))
"""


def _killed(revision: str, folder: Path, shares: list[float] | None) -> dict[str, object]:
    unpack(revision, folder / "shop.db")
    done = subprocess.run(
        [sys.executable, "-c", _UPGRADE_AND_DIE, folder / "shop.db", folder, json.dumps(shares)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.skipif(os.name == "nt", reason="forks, and kills a process the POSIX way")
def test_a_kill_at_any_moment_of_an_upgrade_leaves_the_old_shop_or_the_new(tmp_path: Path) -> None:
    found = _killed(KEPT[0], tmp_path, [0.01, 0.2, 0.4, 0.6, 0.8, 0.97, 1.0])
    assert (found["torn"], found["not finished"]) == ([], [])
    assert found["old"] == 7


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="forks, and kills a process the POSIX way")
@pytest.mark.parametrize("revision", KEPT)
def test_a_kill_at_every_statement_of_an_upgrade_leaves_the_old_shop_or_the_new(
    tmp_path: Path, revision: str
) -> None:
    found = _killed(revision, tmp_path, None)
    assert (found["torn"], found["not finished"]) == ([], [])
    assert found["old"] == found["steps"]
