"""Lists on a server: read through connections of their own, cancelled, asked again when lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from core.database.driver_questions import DriverQuestion
from core.database.unit_of_work import Database
from core.errors import ReadCancelledError, StorageError
from tests.faults.desks.flaky_network import FlakyNetwork
from tests.faults.desks.shop import CrowdedShop
from tests.postgresql import PostgresqlServer

LONG = DriverQuestion("SELECT pg_sleep(30)", (), {}, is_named=True)
SHORT = DriverQuestion("SELECT count(*) FROM payment", (), {}, is_named=True)
MINE = DriverQuestion("SELECT pg_backend_pid()", (), {}, is_named=True)
AT_WORK = DriverQuestion(
    "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(30)'"
    " AND state = 'active'",
    (),
    {},
    is_named=True,
)


@pytest.fixture(scope="module")
def shop(postgresql_server: PostgresqlServer) -> Iterator[CrowdedShop]:
    with CrowdedShop(postgresql_server, cashiers=1, managers=0) as made:
        yield made


def _sleep(seconds: float) -> DriverQuestion:
    return DriverQuestion(f"SELECT pg_sleep({seconds})", (), {}, is_named=True)


def _after(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def test_a_list_nobody_waits_for_is_cancelled_at_the_server(desk: Database) -> None:
    with pytest.raises(ReadCancelledError):
        desk.rows(LONG, {}, _after(0.1))
    assert desk.rows(AT_WORK, {})[0][0] == 0


def test_what_is_asked_next_is_never_struck_by_the_cancelling_before(desk: Database) -> None:
    for at in range(40):  # it ends by itself about when it is cancelled
        with suppress(ReadCancelledError):
            desk.rows(_sleep(0.045 + at * 0.0003), {}, lambda: True)
        desk.rows(_sleep(0.005), {}, lambda: False)


def test_many_lists_at_once_are_each_cancelled_by_whoever_asked_it(desk: Database) -> None:
    given_up = [threading.Event() for _ in range(4)]

    def ask(end: threading.Event) -> bool:
        try:
            desk.rows(LONG, {}, end.is_set)
        except ReadCancelledError:
            return end.is_set()
        return False

    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(ask, end) for end in given_up]
        for end, answer in zip(given_up, answers, strict=True):
            end.set()
            assert answer.result(timeout=20)
    assert desk.rows(SHORT, {})[0][0] == 0


def test_the_thread_that_looks_after_reads_ends_when_none_come_for_a_while(desk: Database) -> None:
    desk.rows(SHORT, {}, lambda: False)
    assert "reads under way" in _threads()
    end = time.monotonic() + 10
    while "reads under way" in _threads():
        assert time.monotonic() < end, "it never ends"
        time.sleep(0.02)


def test_a_connection_lost_while_it_lay_idle_is_made_anew(
    desk: Database, network: FlakyNetwork, postgresql_server: PostgresqlServer
) -> None:
    for lose in (network.cut_one, lambda: _end_backend(desk, postgresql_server)):
        before = desk.rows(MINE, {})[0][0]
        lose()
        end = time.monotonic() + 10
        while desk.rows(MINE, {})[0][0] == before:
            assert time.monotonic() < end, "the connection was not lost"


def test_a_server_that_is_away_is_told_and_lists_come_back_with_it(
    desk: Database, network: FlakyNetwork
) -> None:
    assert desk.rows(SHORT, {})[0][0] == 0
    network.go()
    with pytest.raises(StorageError, match="cannot be reached"):
        _asked_until_it_fails(desk)
    network.come_back()
    assert _told_soon(desk)


def test_lists_write_nothing(desk: Database) -> None:
    question = DriverQuestion("SELECT nextval('payment_id_seq')", (), {}, is_named=True)
    with pytest.raises(StorageError):
        desk.rows(question, {})


def _threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.is_alive()}


def _end_backend(desk: Database, server: PostgresqlServer) -> None:
    server.execute(f"SELECT pg_terminate_backend({desk.rows(MINE, {})[0][0]})")


def _told_soon(desk: Database) -> int:
    end = time.monotonic() + 10
    while True:
        try:
            found: int = desk.rows(MINE, {})[0][0]
        except StorageError:
            if time.monotonic() > end:
                raise
        else:
            return found


def _asked_until_it_fails(desk: Database) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        desk.rows(SHORT, {})
