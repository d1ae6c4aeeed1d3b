"""Desks of one shop act in the same moment, each over its own login: what holds still holds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import psycopg
import pytest

from core.database.consistency import check
from core.database.lock_order import Lock
from core.database.unit_of_work import Database
from core.errors import ConflictError, InvalidInputError, KnownError
from core.model.payments import Payment, PaymentMethod, PaymentStatus
from core.permissions import Actor
from core.services.papers.issuing import next_invoice_number
from core.services.payments.rules import CompletePayment, RecordPayment
from core.services.payments.service import PaymentService, journal_recorded
from core.services.refunds.service import CarryOutRefund, RefundService, RequestRefund
from core.services.rows import PaymentRow
from tests.faults.desks.shop import CrowdedShop
from tests.postgresql import PostgresqlServer

Act = Callable[[], object]


class Desks:
    """Four cashiers and two managers, each with a connection of their own."""

    def __init__(self, shop: CrowdedShop, stack: ExitStack) -> None:
        self.shop = shop
        self.actors = [Actor(p.id, p.name, p.role, desk=p.name) for p in shop.people]
        self.databases = [Database(shop.url(person)) for person in shop.people]
        for each in self.databases:
            stack.callback(each.close)

    def payments(self, desk: int) -> PaymentService:
        return PaymentService(self.databases[desk])

    def refunds(self, desk: int) -> RefundService:
        return RefundService(self.databases[desk])

    def sale(self, desk: int, key: str, **fields: object) -> PaymentRow:
        return self.payments(desk).record(self.actors[desk], _cash(key, **fields))

    def broken(self) -> tuple[str, ...]:
        owned = Database(self.shop.owner_url)
        found = check(owned.engine)
        owned.close()
        return found


@pytest.fixture(scope="module")
def desks(postgresql_server: PostgresqlServer) -> Iterator[Desks]:
    with CrowdedShop(postgresql_server, cashiers=4, managers=2) as shop, ExitStack() as stack:
        yield Desks(shop, stack)


def _cash(key: str, **fields: object) -> RecordPayment:
    given: dict[str, object] = {
        "method": PaymentMethod.CASH,
        "amount_minor": 10_000,
        "tendered_minor": 10_000,
        "complete_now": True,
    }
    return RecordPayment(key=key, **(given | fields))  # type: ignore[arg-type]


def _at_once(*acts: Act) -> list[object]:
    """Do things in the same moment; return what each gave, or the known error it met."""
    together = threading.Barrier(len(acts))

    def do(act: Act) -> object:
        together.wait()
        try:
            return act()
        except KnownError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


def test_sales_of_one_day_do_not_wait_for_each_other_nor_for_each_others_sums(
    desks: Desks,
) -> None:
    with desks.databases[0].write(desks.actors[0], beside_others=True) as unit:
        payment = Payment(
            payment_method=PaymentMethod.CASH,
            amount_minor=5_000,
            status=PaymentStatus.PENDING,
            created_by=desks.actors[0].name,
            created_at=unit.now,
            updated_at=unit.now,
        )
        unit.session.add(payment)
        unit.session.flush()
        journal_recorded(unit, payment)
        unit.session.flush()
        # Would wait in vain if it needed a row that the first desk holds.
        assert desks.sale(1, "meanwhile").status is PaymentStatus.COMPLETED
        unit.commit()
    assert desks.broken() == ()


def test_refunds_asked_at_two_desks_stay_within_what_was_paid(desks: Desks) -> None:
    for number in range(10):
        sale = desks.sale(0, f"refunded {number}")
        found = _at_once(
            *(
                lambda desk=desk, number=number, sale=sale: desks.refunds(desk).request(
                    desks.actors[desk],
                    RequestRefund(f"back {number} {desk}", sale.payment_id, 6_000, "broken"),
                )
                for desk in (0, 1, 2)
            )
        )
        refused = [each for each in found if isinstance(each, KnownError)]
        assert len(refused) == 2
        for each in refused:
            assert isinstance(each, InvalidInputError)
            assert "4 000" in each.message.replace("\u202f", " ").replace(",", " ")
    assert desks.broken() == ()


def test_one_key_has_one_outcome_at_two_desks(desks: Desks) -> None:
    for number in range(10):
        command = _cash(f"one key {number}")
        found = _at_once(
            *(
                lambda desk=desk, command=command: desks.payments(desk).record(
                    desks.actors[desk], command
                )
                for desk in (0, 1, 2)
            )
        )
        assert len({row.payment_id for row in found if isinstance(row, PaymentRow)}) == 1
        assert len(found) == 3


def test_invoice_numbers_have_no_gap_when_desks_draw_at_once_and_some_fail(desks: Desks) -> None:
    def take(desk: int) -> None:
        for number in range(8):
            desks.sale(desk, f"numbered {desk} {number}", customer_name="Eric")
            with pytest.raises(InvalidInputError):
                desks.sale(desk, f"failing {desk} {number}", tendered_minor=1)

    assert _at_once(*(lambda desk=desk: take(desk) for desk in range(4))) == [None] * 4
    assert desks.broken() == ()
    with psycopg.connect(desks.shop.owner_url) as connection:
        named = connection.execute("SELECT count(*) FROM sanduku.customer WHERE name = 'Eric'")
        assert named.fetchone() == (1,)


def test_a_transaction_id_confirms_one_of_two_sales(desks: Desks) -> None:
    for number in range(8):
        found = _at_once(
            *(
                lambda desk=desk, number=number: desks.sale(
                    desk,
                    f"bank {number} {desk}",
                    method=PaymentMethod.BANK_TRANSFER,
                    tendered_minor=None,
                    transaction_id=f"BK-{number}",
                )
                for desk in (0, 1)
            )
        )
        assert [type(each) for each in sorted(found, key=repr)].count(PaymentRow) == 1
        assert [type(each) for each in found].count(ConflictError) == 1


def test_a_waiting_payment_is_completed_or_called_off_and_not_both(desks: Desks) -> None:
    for number in range(8):
        sale = desks.sale(
            0,
            f"decided {number}",
            method=PaymentMethod.CASH_ON_DELIVERY,
            tendered_minor=None,
            complete_now=False,
        )
        found = _at_once(
            lambda number=number, sale=sale: desks.payments(1).complete(
                desks.actors[1],
                CompletePayment(f"done {number}", sale.payment_id, tendered_minor=10_000),
            ),
            lambda sale=sale: desks.payments(2).cancel(desks.actors[2], sale.payment_id),
        )
        assert [type(each) for each in found].count(PaymentRow) == 1
    assert desks.broken() == ()


def _two_managers_decide(desks: Desks, rounds: int) -> None:
    for number in range(rounds):
        sale = desks.sale(0, f"two managers {rounds} {number}")
        refund = desks.refunds(0).request(
            desks.actors[0],
            RequestRefund(f"asked {rounds} {number}", sale.payment_id, 5_000, "broken"),
        )
        found = _at_once(
            *(
                lambda desk=desk, refund=refund: desks.refunds(desk).approve(
                    desks.actors[desk], refund.refund_id
                )
                for desk in (4, 5)
            )
        )
        assert [type(each) for each in found].count(ConflictError) == 1, found
    with psycopg.connect(desks.shop.owner_url) as connection:
        twice = connection.execute(
            "SELECT subject_id FROM sanduku.audit_entry WHERE action = 'refund:approved'"
            " GROUP BY 1 HAVING count(*) > 1"
        )
        assert twice.fetchall() == []
    assert desks.broken() == ()


def test_of_two_managers_one_approves(desks: Desks) -> None:
    _two_managers_decide(desks, 100)


@pytest.mark.slow
def test_of_two_managers_one_approves_a_thousand_times(desks: Desks) -> None:
    _two_managers_decide(desks, 1_000)


def test_a_refund_is_carried_out_once_at_two_desks(desks: Desks) -> None:
    sale = desks.sale(0, "paid back once")
    refund = desks.refunds(0).request(
        desks.actors[0], RequestRefund("once", sale.payment_id, 5_000, "broken")
    )
    desks.refunds(4).approve(desks.actors[4], refund.refund_id)
    found = _at_once(
        *(
            lambda desk=desk: desks.refunds(desk).carry_out(
                desks.actors[desk], CarryOutRefund(f"carried {desk}", refund.refund_id)
            )
            for desk in (0, 1)
        )
    )
    assert [type(each) for each in found].count(ConflictError) == 1
    assert desks.broken() == ()


def test_locks_are_taken_in_one_order(desks: Desks) -> None:
    with desks.databases[0].write(desks.actors[0], beside_others=True) as unit:
        unit.lock(Lock.PAYMENT, "a")
        unit.lock(Lock.PAYMENT, "a")
        with pytest.raises(RuntimeError, match="KEY is locked after PAYMENT"):
            unit.lock(Lock.KEY, "a")
        with pytest.raises(RuntimeError, match="PAYMENT is locked after PAYMENT"):
            unit.lock(Lock.PAYMENT, "b")
        next_invoice_number(unit, unit.now)
        with pytest.raises(RuntimeError, match="POINTS is locked after NUMBER"):
            unit.lock(Lock.POINTS, "1")
