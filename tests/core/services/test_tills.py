from __future__ import annotations

import pytest

from core.database.unit_of_work import Database
from core.errors import ConflictError, InvalidInputError, NotAllowedError
from core.model.payments import PaymentMethod
from core.permissions import Actor, Role
from core.services.payments.rules import RecordPayment
from core.services.payments.service import PaymentService
from core.services.refunds.service import CarryOutRefund, RefundService, RequestRefund
from core.services.tills import TillService
from core.services.users import PasswordCost, UserService
from tests.core.services.conftest import SettableClock

CHEAP = PasswordCost(time_cost=1, memory_kib=8, parallelism=1)


@pytest.fixture
def till_cashier(database: Database) -> Actor:
    users = UserService(database, password_cost=CHEAP)
    users.add(None, "Ange", Role.ADMIN, "correct horse")
    boss = users.sign_in("Ange", "correct horse", "")
    users.add(boss, "Eric", Role.CASHIER, "correct horse")
    return users.sign_in("Eric", "correct horse", "desk 1")


@pytest.fixture
def tills(database: Database) -> TillService:
    return TillService(database)


def take(
    database: Database,
    actor: Actor,
    key: str,
    amount: int,
    method: PaymentMethod = PaymentMethod.CASH,
    *,
    complete: bool = True,
) -> str:
    command = RecordPayment(
        key=key,
        method=method,
        amount_minor=amount,
        tendered_minor=amount if method is PaymentMethod.CASH and complete else None,
        card_approval_code="A1" if method is PaymentMethod.CARD else "",
        complete_now=complete,
    )
    return PaymentService(database).record(actor, command).payment_id


def refund(database: Database, actor: Actor, manager: Actor, payment: str, amount: int) -> None:
    refunds = RefundService(database)
    asked = refunds.request(actor, RequestRefund(f"r{payment}", payment, amount, "broken"))
    refunds.approve(manager, asked.refund_id)
    refunds.carry_out(actor, CarryOutRefund(f"c{payment}", asked.refund_id))


def test_what_should_be_there_is_the_float_and_the_cash_less_the_refunds(
    tills: TillService,
    database: Database,
    till_cashier: Actor,
    manager: Actor,
    clock: SettableClock,
) -> None:
    before = take(database, till_cashier, "before", 70_000)
    clock.advance(minutes=1)
    tills.open(till_cashier, 20_000)
    first = take(database, till_cashier, "a", 5_000)
    take(database, till_cashier, "b", 7_000)
    take(database, till_cashier, "card", 9_000, PaymentMethod.CARD)
    take(database, till_cashier, "waiting", 3_000, complete=False)
    assert tills.expected(till_cashier) == 32_000

    refund(database, till_cashier, manager, first, 5_000)
    refund(database, till_cashier, manager, before, 1_000)
    assert tills.expected(till_cashier) == 26_000


def test_a_refund_of_an_earlier_turn_does_not_count_again(
    tills: TillService,
    database: Database,
    till_cashier: Actor,
    manager: Actor,
    clock: SettableClock,
) -> None:
    tills.open(till_cashier, 0)
    payment = take(database, till_cashier, "a", 5_000)
    refund(database, till_cashier, manager, payment, 2_000)
    tills.close(till_cashier, 3_000)
    clock.advance(minutes=1)
    assert tills.open(till_cashier, 3_000).expected_minor == 3_000


def test_closing_with_the_right_count_needs_no_reason(
    tills: TillService, till_cashier: Actor
) -> None:
    tills.open(till_cashier, 20_000)
    closed = tills.close(till_cashier, 20_000)
    assert closed.difference_minor == 0
    assert closed.closed_at is not None
    assert tills.current(till_cashier) is None


def test_a_difference_needs_its_reason(tills: TillService, till_cashier: Actor) -> None:
    tills.open(till_cashier, 20_000)
    with pytest.raises(InvalidInputError, match="still open") as caught:
        tills.close(till_cashier, 19_500, "  ")
    assert caught.value.field == "reason"
    assert tills.current(till_cashier) is not None
    closed = tills.close(till_cashier, 19_500, "Gave too much change.")
    assert (closed.difference_minor, closed.difference_reason) == (-500, "Gave too much change.")


def test_one_person_has_one_open_till(tills: TillService, till_cashier: Actor) -> None:
    tills.open(till_cashier, 0)
    with pytest.raises(ConflictError, match="already open"):
        tills.open(till_cashier, 0)
    tills.close(till_cashier, 0)
    with pytest.raises(ConflictError, match="not open"):
        tills.close(till_cashier, 0)


def test_counted_cash_is_never_negative(tills: TillService, till_cashier: Actor) -> None:
    with pytest.raises(InvalidInputError):
        tills.open(till_cashier, -1)
    tills.open(till_cashier, 0)
    with pytest.raises(InvalidInputError):
        tills.close(till_cashier, -1, "why")


def test_a_clerk_has_no_till(tills: TillService, clerk: Actor) -> None:
    with pytest.raises(NotAllowedError):
        tills.open(clerk, 0)
