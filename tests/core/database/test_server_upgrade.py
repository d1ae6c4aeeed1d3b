"""An upgrade of a shop on a server, ended at any moment, leaves the old shop or the new."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.database import schema
from tests.postgresql import PostgresqlServer

_NEXT = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "9001", "{newest}", None, None

def upgrade():
    op.add_column("customer", sa.Column("nickname", sa.Text(), nullable=False, server_default=""))
    op.create_table("shelf", sa.Column("id", sa.BigInteger(), primary_key=True))
    op.execute("INSERT INTO shelf SELECT generate_series(1, 50)")
    op.create_index("ix_customer_nickname", "customer", ["nickname"])
    op.execute("UPDATE setting SET value = value || '!' WHERE name = 'shop_name'")
    op.execute("DROP TRIGGER guard_audit_entry_delete ON audit_entry")
    op.execute(
        "CREATE TRIGGER guard_audit_entry_delete BEFORE DELETE ON audit_entry"
        " FOR EACH ROW EXECUTE FUNCTION guard_audit_entry_delete()"
    )
"""

_UPGRADE_AND_DIE = """
import json, os, sys, time
from pathlib import Path
import psycopg
from sqlalchemy import Engine, event
from alembic import command
# What an upgrade loads is loaded once, not in every life.
import alembic.autogenerate, core.model, sqlalchemy.dialects.postgresql.psycopg
import core.database.postgresql.locks, core.database.postgresql.roles.protect
from core.database import schema
from core.database.engine import open_engine

address, folder, wanted = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
schema.MIGRATIONS, schema.NEWEST_REVISION = Path(folder), "9001"

def upgraded(last):
    left = last
    def step(*_):
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), 9)
    for moment in ("before_cursor_execute", "commit"):
        event.listen(Engine, moment, step)
    engine = open_engine(address)
    schema.upgrade(engine)
    engine.dispose()
    return last - left

DIGEST = '''
SELECT string_agg(told, ';' ORDER BY told) FROM (
  SELECT c.relname || '.' || a.attname AS told FROM pg_class c JOIN pg_attribute a
    ON a.attrelid = c.oid WHERE c.relnamespace = 'sanduku'::regnamespace AND a.attnum > 0
  UNION ALL SELECT tgname || ' on ' || tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT 'version ' || version_num FROM sanduku.alembic_version
  UNION ALL SELECT name || '=' || value FROM sanduku.setting
) AS all_told'''

def digest():
    with psycopg.connect(address, autocommit=True) as connection:
        busy = ("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'")
        while connection.execute(busy).fetchone() != (0,):
            time.sleep(0.01)
        return connection.execute(DIGEST).fetchone()[0]

def lived(last):
    pid = os.fork()
    if pid == 0:
        upgraded(last)
        os._exit(0)
    return os.waitpid(pid, 0)[1]

old = digest()
found = {"old": 0, "new": 0, "torn": []}
place = 0
while True:
    place += 1
    status = lived(place)
    left = digest()
    if os.WIFEXITED(status):
        break
    if left == old:
        found["old"] += 1
    elif "version 9001" in left and "shelf.id" in left and "=Isoko!" in left:
        found["new"] += 1
        break
    else:
        found["torn"].append(place)
    if wanted is not None and place >= wanted:
        place = 10**6
found["whole"] = "version 9001" in left and "customer.nickname" in left
print(json.dumps(found))
"""


@pytest.fixture
def address(postgresql_server: PostgresqlServer) -> Iterator[str]:
    with postgresql_server.fresh_shop() as made:
        postgresql_server.execute(
            "INSERT INTO sanduku.setting (name, value) VALUES ('shop_name', 'Isoko')",
            database=made.split("?")[0].rpartition("/")[2],
        )
        yield made


@pytest.mark.skipif(os.name == "nt", reason="forks, and kills a process the POSIX way")
def test_a_kill_at_every_statement_of_an_upgrade_leaves_the_old_shop_or_the_new(
    address: str, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(schema.MIGRATIONS, tmp_path / "migrations"))
    script = _NEXT.format(newest=schema.NEWEST_REVISION)
    (folder / "versions" / "9001_next.py").write_text(script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", _UPGRADE_AND_DIE, address, folder, "25"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["torn"] == []
    assert found["whole"], done.stderr
    assert found["old"] >= 8
