"""How often a desk waits for the server while it takes a payment, and while others wait for it.

Each question is what the network carries before the desk awaits an answer: behind a network that
takes its time, questions are what a payment takes.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.database.unit_of_work import Database
from core.model.payments import PaymentMethod
from core.permissions import Actor
from core.services.payments.rules import RecordPayment
from core.services.payments.service import PaymentService
from tests.faults.desks.flaky_network import FlakyNetwork
from tests.faults.desks.shop import CrowdedShop
from tests.postgresql import PostgresqlServer

DRAWN = b"INSERT INTO number_series"


@pytest.fixture(scope="module")
def shop(postgresql_server: PostgresqlServer) -> Iterator[CrowdedShop]:
    with CrowdedShop(postgresql_server, cashiers=1, managers=0) as made:
        yield made


@pytest.mark.parametrize(("customer", "most"), [("", 18), ("Ada Uwase", 25)])
def test_a_payment_asks_little_and_next_to_nothing_once_its_number_is_drawn(
    postgresql_server: PostgresqlServer, shop: CrowdedShop, customer: str, most: int
) -> None:
    person = shop.people[0]
    actor = Actor(person.id, person.name, person.role, desk="desk 1")
    with FlakyNetwork(postgresql_server.socket) as network:
        desk = Database(shop.url(person, port=network.port))
        for number in range(3):  # before the driver names what it asks often by a number
            asked: list[bytes] = []
            network.questions = asked
            PaymentService(desk).record(actor, _sale(f"{customer} {number}", customer))
        network.questions = None
        desk.close()
    drawn = next(at for at, question in enumerate(asked) if DRAWN in question)
    after = asked[drawn + 1 :]
    assert len(asked) <= most, [each[:90] for each in asked]
    assert len(after) <= 5, after
    assert not [question for question in after if b"SELECT " in question.split(b"RETURNING")[0]]


def _sale(key: str, customer: str) -> RecordPayment:
    return RecordPayment(
        key=key,
        method=PaymentMethod.CASH,
        amount_minor=12_000,
        tendered_minor=15_000,
        customer_name=customer,
        phone_number="+250788123456" if customer else "",
        complete_now=True,
    )
