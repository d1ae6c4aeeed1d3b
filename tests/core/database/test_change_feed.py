from __future__ import annotations

import threading
import time
from collections.abc import Callable

from core.database.change_feed import ChangeFeed, Changes
from core.database.unit_of_work import Database
from core.model.journal import Topic
from core.model.payments import PaymentMethod
from core.permissions import Actor
from core.services.payments.rules import RecordPayment
from core.services.payments.service import PaymentService


def _wait_for(condition: Callable[[], bool], timeout_s: float = 5.0) -> bool:
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return condition()


def _sale(key: str) -> RecordPayment:
    return RecordPayment(key=key, method=PaymentMethod.CASH_ON_DELIVERY, amount_minor=5_000)


def test_another_window_hears_of_a_payment_within_a_second(
    database: Database, cashier: Actor
) -> None:
    other = Database(database.url, initiator="other window")
    feed = ChangeFeed(database)
    heard: list[Changes] = []
    feed.subscribe(heard.append)
    feed.start()
    try:
        row = PaymentService(other).record(cashier, _sale("a"))
        assert _wait_for(lambda: bool(heard), timeout_s=1.0)
    finally:
        feed.stop()
        other.close()

    assert Topic.PAYMENTS in heard[0].topics
    assert (Topic.PAYMENTS, row.payment_id) in heard[0].subjects
    assert heard[0].initiators == {"other window"}


def test_no_change_is_lost_while_many_write(database: Database, cashier: Actor) -> None:
    feed = ChangeFeed(database)
    subjects: set[str] = set()
    feed.subscribe(lambda changes: subjects.update(s for _, s in changes.subjects))
    feed.start()
    taken: list[str] = []
    lock = threading.Lock()

    def desk(name: str) -> None:
        window = Database(database.url, initiator=name)
        service = PaymentService(window)
        for number in range(15):
            row = service.record(cashier, _sale(f"{name}{number}"))
            with lock:
                taken.append(row.payment_id)
        window.close()

    desks = [threading.Thread(target=desk, args=(f"desk{n}",)) for n in range(3)]
    for thread in desks:
        thread.start()
    for thread in desks:
        thread.join()
    try:
        assert _wait_for(lambda: set(taken) <= subjects)
    finally:
        feed.stop()
    assert len(taken) == 45


def test_what_is_rolled_back_is_not_told(database: Database, cashier: Actor) -> None:
    feed = ChangeFeed(database)
    heard: list[Changes] = []
    feed.subscribe(heard.append)
    feed.start()
    with database.write(cashier) as unit:
        unit.changed(Topic.PAYMENTS, "x")
        unit.audit("test", "payment", "x")
    try:
        assert not _wait_for(lambda: bool(heard), timeout_s=0.4)
    finally:
        feed.stop()


def test_an_unsubscribed_listener_hears_nothing(database: Database, cashier: Actor) -> None:
    feed = ChangeFeed(database)
    heard: list[Changes] = []
    feed.subscribe(heard.append)()
    feed.start()
    PaymentService(database).record(cashier, _sale("a"))
    try:
        assert not _wait_for(lambda: bool(heard), timeout_s=0.4)
    finally:
        feed.stop()
