"""A desk of a shop on a server hears what others do: at once, all of it, also after a loss."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from core.database.change_feed import ChangeFeed, Changes
from core.database.unit_of_work import Database
from core.model.journal import Topic
from core.permissions import Actor
from tests.faults.desks.flaky_network import FlakyNetwork
from tests.faults.desks.shop import CrowdedShop
from tests.postgresql import PostgresqlServer


@pytest.fixture(scope="module")
def shop(postgresql_server: PostgresqlServer) -> Iterator[CrowdedShop]:
    with CrowdedShop(postgresql_server, cashiers=3, managers=0) as made:
        yield made


@pytest.fixture
def desks(shop: CrowdedShop) -> Iterator[list[tuple[Database, Actor]]]:
    opened = [
        (Database(shop.url(each)), Actor(each.id, each.name, each.role)) for each in shop.people
    ]
    yield opened
    for database, _ in opened:
        database.close()


@pytest.fixture
def listener(shop: CrowdedShop, network: FlakyNetwork) -> Iterator[ChangeFeed]:
    database = Database(shop.url(shop.people[2], port=network.port))
    feed = ChangeFeed(database)
    feed.start()
    yield feed
    feed.stop()
    database.close()


def _heard_by(feed: ChangeFeed) -> set[str]:
    heard: set[str] = set()

    def hear(changes: Changes) -> None:
        heard.update(subject for _, subject in changes.subjects)

    feed.subscribe(hear)
    return heard


def _tell(desk: tuple[Database, Actor], subject: str) -> None:
    database, actor = desk
    with database.write(actor, beside_others=True) as unit:
        unit.audit("test", "payment", subject)
        unit.changed(Topic.PAYMENTS, subject)
        unit.commit()


def _wait_for(condition: Callable[[], bool], timeout_s: float = 20.0) -> bool:
    end = time.monotonic() + timeout_s
    while not condition() and time.monotonic() < end:
        time.sleep(0.005)
    return condition()


def test_what_a_slow_transaction_wrote_is_heard_though_later_ones_ended_before(
    desks: list[tuple[Database, Actor]], listener: ChangeFeed
) -> None:
    heard = _heard_by(listener)
    database, actor = desks[0]
    with database.write(actor, beside_others=True) as slow:
        slow.audit("test", "payment", "slow")
        slow.changed(Topic.PAYMENTS, "slow")
        slow.session.flush()
        for number in range(5):
            _tell(desks[1], f"quick {number}")
        time.sleep(0.5)
        slow.commit()
    assert _wait_for(lambda: heard == {"slow", *(f"quick {n}" for n in range(5))}), heard


def test_nothing_is_missed_while_many_write_and_the_network_is_cut(
    desks: list[tuple[Database, Actor]], listener: ChangeFeed, network: FlakyNetwork
) -> None:
    heard = _heard_by(listener)

    def write(desk: int) -> None:
        for number in range(40):
            _tell(desks[desk], f"{desk}-{number}")
            if number % 10 == 5 and desk == 0:
                network.cut_one()

    writers = [threading.Thread(target=write, args=(desk,)) for desk in (0, 1)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    told = {f"{desk}-{number}" for desk in (0, 1) for number in range(40)}
    assert _wait_for(lambda: told <= heard), told - heard


def test_what_was_done_while_the_network_was_gone_is_heard_afterwards(
    desks: list[tuple[Database, Actor]], listener: ChangeFeed, network: FlakyNetwork
) -> None:
    heard = _heard_by(listener)
    network.go()
    assert _wait_for(lambda: listener.silent_s > 2)
    _tell(desks[0], "meanwhile")
    network.come_back()
    assert _wait_for(lambda: "meanwhile" in heard)
    assert listener.silent_s < 2
