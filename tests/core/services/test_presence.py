"""Who sits at which desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from core.database.unit_of_work import Database
from core.model.people import User
from core.permissions import Actor
from core.services.presence import LOST_AFTER_S, PresenceService
from tests.core.services.conftest import SettableClock

MakeWindow = Callable[[str], PresenceService]


@pytest.fixture
def window(
    database: Database, clock: SettableClock, cashier: Actor, manager: Actor
) -> Iterator[MakeWindow]:
    with database.write(None) as unit:
        for actor in (cashier, manager):
            unit.session.add(
                User(name=actor.name, role=actor.role, password_hash="", created_at=unit.now)
            )
        unit.commit()
    opened: list[Database] = []

    def make(name: str) -> PresenceService:
        opened.append(Database(database.url, clock=clock, initiator=name))
        return PresenceService(opened[-1])

    yield make
    for each in opened:
        each.close()


def told(service: PresenceService) -> list[tuple[str, str, bool, bool]]:
    return [(r.user_name, r.desk, r.is_locked, r.is_lost) for r in service.everyone()]


def test_every_window_is_told_with_who_sits_there_and_goes_when_they_leave(
    window: MakeWindow, cashier: Actor, manager: Actor, clock: SettableClock
) -> None:
    till, office = window("till"), window("office")
    till.come(cashier)
    office.come(manager)
    assert told(till) == [("aline", "desk 1", False, False), ("marie", "desk 3", False, False)]
    since = till.everyone()[0].since
    clock.advance(minutes=2)
    till.lock(cashier)
    assert told(office)[0] == ("aline", "desk 1", True, False)
    till.come(cashier)
    assert till.everyone()[0].since == since
    till.come(manager)
    assert till.everyone()[0].since == clock.now
    till.leave()
    assert told(office) == [("marie", "desk 3", False, False)]


def test_a_window_that_is_not_heard_of_is_told_as_lost_until_it_is(
    window: MakeWindow, cashier: Actor, clock: SettableClock
) -> None:
    till = window("till")
    till.come(cashier)
    clock.advance(seconds=LOST_AFTER_S + 1)
    assert told(till) == [("aline", "desk 1", False, True)]
    till.beat()
    assert told(till) == [("aline", "desk 1", False, False)]
    assert till.everyone()[0].last_seen == clock.now


def test_a_window_that_never_came_back_is_forgotten_after_a_day(
    window: MakeWindow, cashier: Actor, manager: Actor, clock: SettableClock
) -> None:
    window("till").come(cashier)
    clock.advance(days=2)
    office = window("office")
    office.come(manager)
    assert told(office) == [("marie", "desk 3", False, False)]
