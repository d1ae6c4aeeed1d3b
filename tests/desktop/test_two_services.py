"""Two ``sanduku service`` on one server: one works, and when it is killed the other goes on."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from core.database.consistency import check
from core.database.engine import open_engine
from core.database.postgresql.logins import SERVICE_LOGIN, Logins, login_address
from core.database.postgresql.roles.names import roles_of_database
from core.database.unit_of_work import Database
from core.model.payments import PaymentMethod
from core.permissions import Actor
from core.services.payments.rules import RecordPayment
from core.services.payments.service import PaymentService
from tests.faults.desks.shop import PASSWORD, CrowdedShop
from tests.postgresql import PostgresqlServer

PATIENCE_S = 60


class Service:
    """One ``sanduku service`` as a process of its own."""

    def __init__(self, url: str, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "desktop", "service", "--data-dir", folder, "--database", url],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._said: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def serves(self, patience_s: float = PATIENCE_S) -> bool:
        """Wait until it says that it serves the shop."""
        try:
            return self._said.get(timeout=patience_s).startswith("Serving")
        except queue.Empty:
            return False

    def end(self, *, at_once: bool = False) -> None:
        (self.process.kill if at_once else self.process.terminate)()
        self.process.wait(PATIENCE_S)
        self._reader.join()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._said.put(line)


@pytest.fixture
def shop(postgresql_server: PostgresqlServer) -> Iterator[CrowdedShop]:
    with CrowdedShop(postgresql_server, cashiers=1, managers=0) as made:
        yield made


@pytest.fixture
def desk(shop: CrowdedShop) -> Iterator[Database]:
    opened = Database(shop.url(shop.people[0]))
    yield opened
    opened.close()


def _service_url(shop: CrowdedShop) -> str:
    owned = Database(shop.owner_url)
    Logins(owned).make_service(PASSWORD)
    name = str(owned.engine.url.database)
    owned.close()
    return login_address(shop.owner_url, SERVICE_LOGIN, PASSWORD, roles_of_database(name))


def _sell(shop: CrowdedShop, desk: Database, sales: range) -> None:
    person = shop.people[0]
    actor = Actor(person.id, person.name, person.role)
    for number in sales:
        sale = RecordPayment(
            key=f"sale-{number}",
            method=PaymentMethod.CASH,
            amount_minor=5_000,
            tendered_minor=5_000,
            complete_now=True,
        )
        PaymentService(desk).record(actor, sale)


def _jobs(shop: CrowdedShop) -> list[tuple[str, int]]:
    with psycopg.connect(shop.owner_url) as connection:
        query = "SELECT state, attempts FROM sanduku.outbox_job ORDER BY id"
        return [(state, attempts) for state, attempts in connection.execute(query)]


def _all_done(shop: CrowdedShop, jobs: int) -> bool:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        found = _jobs(shop)
        if len(found) == jobs and {state for state, _ in found} == {"done"}:
            return True
        time.sleep(0.05)
    return False


def test_no_job_is_done_twice_and_the_second_takes_over_from_a_killed_one(
    shop: CrowdedShop, desk: Database, tmp_path: Path
) -> None:
    url = _service_url(shop)
    _sell(shop, desk, range(10))
    first = Service(url, tmp_path / "first")
    services = [first]
    try:
        assert first.serves()
        second = Service(url, tmp_path / "second")
        services.append(second)
        assert _all_done(shop, 10)
        assert not second.serves(patience_s=3)
        assert {attempts for _, attempts in _jobs(shop)} == {1}
        assert not list((tmp_path / "second").rglob("*.pdf"))

        first.end(at_once=True)
        _sell(shop, desk, range(10, 20))
        assert second.serves()
        assert _all_done(shop, 20)
        assert {attempts for _, attempts in _jobs(shop)} == {1}
        assert len(list((tmp_path / "second").rglob("INV-*.pdf"))) == 10
    finally:
        for each in services:
            each.end()
    with psycopg.connect(shop.owner_url) as connection:
        drawn = connection.execute(
            "SELECT count(*), count(DISTINCT subject_id) FROM sanduku.audit_entry"
            " WHERE action = 'invoice:rendered'"
        ).fetchone()
    assert drawn == (20, 20)
    engine = open_engine(shop.owner_url)
    assert check(engine) == ()
    engine.dispose()
