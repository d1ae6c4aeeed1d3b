"""A commit whose answer never came is looked up by its own mark, and never done again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest

from core.database.postgresql import lost_commits
from core.database.unit_of_work import Database
from core.errors import OutcomeUnknownError, StorageError
from core.model.payments import PaymentMethod
from core.permissions import Actor
from core.services.payments.rules import RecordPayment
from core.services.payments.service import PaymentService
from tests.faults.desks.flaky_network import CommitFaults, FlakyNetwork
from tests.faults.desks.shop import CrowdedShop
from tests.postgresql import PostgresqlServer

LOST = "The answer of a commit was lost"


@pytest.fixture(scope="module")
def shop(postgresql_server: PostgresqlServer) -> Iterator[CrowdedShop]:
    with CrowdedShop(postgresql_server, cashiers=1, managers=0) as made:
        yield made


@pytest.fixture
def actor(shop: CrowdedShop) -> Actor:
    person = shop.people[0]
    return Actor(person.id, person.name, person.role, desk="desk 1")


def _sale(key: str) -> RecordPayment:
    return RecordPayment(
        key=key,
        method=PaymentMethod.CASH,
        amount_minor=5_000,
        tendered_minor=5_000,
        complete_now=True,
        transaction_reference=key,
    )


def _payments(shop: CrowdedShop, key: str) -> list[str]:
    with psycopg.connect(shop.owner_url, options="-c search_path=sanduku") as connection:
        query = "SELECT payment_id FROM payment WHERE transaction_reference = %s"
        return [row[0] for row in connection.execute(query, (key,))]


@pytest.mark.parametrize("fault", ["answer_lost", "late"])
def test_what_was_done_is_told_as_done(
    shop: CrowdedShop,
    network: FlakyNetwork,
    desk: Database,
    actor: Actor,
    fault: str,
    expect_log: Callable[[str], None],
) -> None:
    expect_log(LOST)
    for number in range(3):
        network.commit_faults = CommitFaults(**{fault: 1.0})
        row = PaymentService(desk).record(actor, _sale(f"{fault} {number}"))
        assert _payments(shop, f"{fault} {number}") == [row.payment_id]
    assert sum(network.happened.values()) == 3


def test_what_never_arrived_is_told_as_not_done_and_can_be_done(
    shop: CrowdedShop,
    network: FlakyNetwork,
    desk: Database,
    actor: Actor,
    expect_log: Callable[[str], None],
) -> None:
    expect_log(LOST)
    network.commit_faults = CommitFaults(never_sent=1.0)
    with pytest.raises(StorageError, match=r"^Nothing was changed\.") as refused:
        PaymentService(desk).record(actor, _sale("never sent"))
    assert not isinstance(refused.value, OutcomeUnknownError)
    assert _payments(shop, "never sent") == []
    network.commit_faults = CommitFaults()
    row = PaymentService(desk).record(actor, _sale("never sent"))
    assert _payments(shop, "never sent") == [row.payment_id]


@pytest.mark.parametrize(("fault", "done"), [("answer_lost", True), ("never_sent", False)])
def test_while_the_server_is_away_it_is_told_as_unknown_and_looked_up_afterwards(
    shop: CrowdedShop,
    network: FlakyNetwork,
    desk: Database,
    actor: Actor,
    fault: str,
    done: bool,
    expect_log: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expect_log(LOST)
    monkeypatch.setattr(lost_commits, "PATIENCE_S", 0.5)
    command = _sale(f"unknown {fault}")
    network.commit_faults = CommitFaults(**{fault: 1.0}, then_gone=True)
    with pytest.raises(OutcomeUnknownError, match="not known whether this was done"):
        PaymentService(desk).record(actor, command)
    assert desk.unknown_acts.look_again() == {}
    (act,) = desk.unknown_acts.acts
    assert act.person == actor.name

    network.commit_faults = CommitFaults()
    network.come_back()
    assert desk.unknown_acts.look_again() == {act: done}
    assert desk.unknown_acts.acts == ()
    row = PaymentService(desk).record(actor, command)
    assert _payments(shop, command.key) == [row.payment_id]


def test_an_act_cut_off_before_its_commit_is_certainly_undone(
    shop: CrowdedShop, network: FlakyNetwork, desk: Database, actor: Actor
) -> None:
    with (
        pytest.raises(StorageError, match=r"^Nothing was changed\."),
        desk.write(actor, beside_others=True) as unit,
    ):
        unit.audit("test", "payment", "cut off")
        unit.session.flush()
        network.go()
        unit.audit("test", "payment", "cut off again")
        unit.commit()
    network.come_back()
    with psycopg.connect(shop.owner_url) as connection:
        found = connection.execute("SELECT 1 FROM sanduku.audit_entry WHERE action = 'test'")
        assert found.fetchall() == []
