"""Many desks on one server: how much they take together, what guards cost, when others hear of it.

``python -m pytest -m benchmark -s tests/benchmarks/test_desks.py``. The server keeps what it
acknowledges through a crash, as a shop's does. How much faster than one eight desks can be is the
machine's: so the same eight are also let loose on eight shops of their own, which share nothing
but the machine, and on one shop where each act is alone, as in a shop's own file. Behind a network
that takes its time a desk mostly waits, and the machine is less in the way.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import psycopg
import pytest

from core.database.change_feed import ChangeFeed
from core.database.guards import guards
from core.database.postgresql.roles.changed import role_trigger_names
from core.database.unit_of_work import Database
from core.permissions import Actor
from core.services.payments.service import PaymentService
from tests.benchmarks.conftest import ratio_line
from tests.benchmarks.crowded_desk import CASH, Seat, taken_by
from tests.faults.desks.flaky_network import FlakyNetwork
from tests.faults.desks.own_server import OwnServer, own_server
from tests.faults.desks.shop import CrowdedShop

DESKS = 8
SECONDS = 6.0
ROUNDS = 3
TAKEN = 120
HEARD = 150


@pytest.fixture(scope="module")
def server() -> Iterator[OwnServer]:
    with own_server() as made:
        yield made


def _seats(shop: CrowdedShop, port: int | None = None) -> list[Seat]:
    return [
        Seat(
            shop.url(person, port=port),
            Actor(person.id, person.name, person.role, desk=person.name),
        )
        for person in shop.people
    ]


@pytest.mark.parametrize("delay_ms", [0, 10])
def test_eight_desks_against_one(server: OwnServer, delay_ms: int) -> None:
    with ExitStack() as stack:
        port = None
        if delay_ms:
            network = FlakyNetwork(server.socket, delay_s=delay_ms / 1000)
            port = stack.enter_context(network).port
        shop = stack.enter_context(CrowdedShop(server, cashiers=DESKS, managers=0))
        own = [
            stack.enter_context(CrowdedShop(server, cashiers=1, managers=0)) for _ in range(DESKS)
        ]
        crowd, apart = _seats(shop, port), [_seats(each, port)[0] for each in own]
        ways: dict[str, Callable[[], list[int]]] = {
            "1 desk": lambda: taken_by(crowd[:1], SECONDS),
            "8 desks, one shop": lambda: taken_by(crowd, SECONDS),
            "8 desks, each act alone": lambda: taken_by(crowd, SECONDS, alone=True),
            "8 desks, 8 shops": lambda: taken_by(apart, SECONDS),
        }
        found: dict[str, list[float]] = {name: [] for name in ways}
        fairness = []
        for _ in range(ROUNDS):
            for name, run in ways.items():
                counts = run()
                found[name].append(sum(counts) / SECONDS)
                if name == "8 desks, one shop":
                    fairness.append(min(counts) / max(counts))
    print(f"\nquestions take {delay_ms} ms to the server")
    for name, rates in found.items():
        ratios = [rate / one for rate, one in zip(rates, found["1 desk"], strict=True)]
        print(
            f"{name}: {statistics.median(rates):.1f} payments/s,"
            f" x {statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"
        )
    print(f"share of the slowest of the fastest: {statistics.median(fairness):.2f}")


def test_a_payment_with_all_guards_against_the_same_rows_with_none(server: OwnServer) -> None:
    with ExitStack() as stack:
        takers: dict[str, Callable[[int], None]] = {}
        for name, without in (
            ("all guards", frozenset[str]()),
            ("no guards", _guard_names()),
            ("no guards, sums nor search", _guard_names() | guards().keys()),
        ):
            shop = stack.enter_context(CrowdedShop(server, cashiers=1, managers=0))
            _switch_off(shop, without)
            seat = _seats(shop)[0]
            database = Database(seat.url)
            stack.callback(database.close)
            service = PaymentService(database)
            takers[name] = lambda n, s=service, a=seat.actor: s.record(
                a, replace(CASH, key=f"k{n}")
            )
        times: dict[str, list[float]] = {name: [] for name in takers}
        for number in range(TAKEN + 5):
            for name, take in takers.items():
                began_s = time.perf_counter()
                take(number)
                if number >= 5:
                    times[name].append(time.perf_counter() - began_s)
    print()
    for name in ("no guards", "no guards, sums nor search"):
        print(
            ratio_line(
                f"{name}: of what a guarded one takes", times[name], times["all guards"], "guarded"
            )
        )


def _guard_names() -> frozenset[str]:
    told = {name for name, made in guards().items() if made.message}
    return frozenset(told) | role_trigger_names()


def _switch_off(shop: CrowdedShop, names: frozenset[str]) -> None:
    if not names:
        return
    with psycopg.connect(shop.owner_url, autocommit=True) as connection:
        present = connection.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"
        ).fetchall()
        for table, name in present:
            if name in names:
                connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}".encode())
        tables = connection.execute(
            "SELECT oid::regclass::text FROM pg_class WHERE relrowsecurity"
        ).fetchall()
        for (table,) in tables:
            connection.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY".encode())


@pytest.mark.parametrize("busy", [0, 4])
def test_when_another_desk_hears_of_a_payment(server: OwnServer, busy: int) -> None:
    with CrowdedShop(server, cashiers=2 + busy, managers=0) as shop:
        writing, listening, *others = _seats(shop)
        at_work = threading.Thread(target=taken_by, args=(others, 25.0)) if busy else None
        here, there = Database(writing.url), Database(listening.url)
        feed, service = ChangeFeed(there), PaymentService(here)
        heard: dict[str, float] = {}
        feed.subscribe(
            lambda changes: heard.update(
                {subject: time.perf_counter() for _, subject in changes.subjects}
            )
        )
        feed.start()
        if at_work is not None:
            at_work.start()
            time.sleep(5)
        done = {}
        for number in range(HEARD):
            row = service.record(writing.actor, replace(CASH, key=f"heard-{number}"))
            done[row.payment_id] = time.perf_counter()
            time.sleep(0.02)
        end = time.monotonic() + 10
        while not done.keys() <= heard.keys() and time.monotonic() < end:
            time.sleep(0.01)
        if at_work is not None:
            at_work.join()
        feed.stop()
        here.close()
        there.close()
    waits = sorted(max(heard[each] - at, 0.0) * 1000 for each, at in done.items())
    print(
        f"\nheard beside {busy} busy desks: median {statistics.median(waits):.0f} ms,"
        f" 99 % within {waits[int(len(waits) * 0.99)]:.0f} ms, longest {waits[-1]:.0f} ms"
    )
