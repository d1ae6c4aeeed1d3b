from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core.database.unit_of_work import Database
from core.errors import ConflictError, InvalidInputError, KnownError, NotAllowedError
from core.model.invoices import CreditNote, Invoice
from core.model.payments import PaymentMethod, PaymentStatus
from core.model.refunds import RefundStatus
from core.permissions import Actor, Role
from core.services.audit.trail import AuditService
from core.services.payments.lists import PaymentLists
from core.services.payments.rules import CompletePayment, RecordPayment
from core.services.payments.service import PaymentService
from core.services.refunds.service import CarryOutRefund, RefundService, RequestRefund
from core.services.rows import PaymentRow


@pytest.fixture
def refunds(database: Database) -> RefundService:
    return RefundService(database)


@pytest.fixture
def sale(database: Database, cashier: Actor) -> PaymentRow:
    command = RecordPayment(
        key="sale",
        method=PaymentMethod.CASH,
        amount_minor=12_000,
        tendered_minor=12_000,
        complete_now=True,
    )
    return PaymentService(database).record(cashier, command)


def ask(sale: PaymentRow, amount: int = 5_000, key: str = "r1") -> RequestRefund:
    return RequestRefund(key=key, payment_id=sale.payment_id, amount_minor=amount, reason="broken")


def test_a_refund_is_asked_approved_by_another_and_carried_out(
    refunds: RefundService, sale: PaymentRow, cashier: Actor, manager: Actor, database: Database
) -> None:
    asked = refunds.request(cashier, ask(sale, 12_000))
    assert asked.status is RefundStatus.REQUESTED

    approved = refunds.approve(manager, asked.refund_id, seen=asked.seen)
    assert (approved.status, approved.approved_by) == (RefundStatus.APPROVED, manager.name)

    done = refunds.carry_out(cashier, CarryOutRefund("c1", asked.refund_id, note="paid out"))
    assert done.status is RefundStatus.COMPLETED
    assert done.credit_note_number.startswith("CN-20260701-00001")
    payment = PaymentLists(database).one(cashier, sale.payment_id)
    assert payment.status is PaymentStatus.REFUNDED


def test_a_part_leaves_the_payment_completed_and_the_rest_refundable(
    refunds: RefundService, sale: PaymentRow, cashier: Actor, manager: Actor, database: Database
) -> None:
    asked = refunds.request(cashier, ask(sale, 5_000))
    refunds.approve(manager, asked.refund_id)
    refunds.carry_out(cashier, CarryOutRefund("c1", asked.refund_id))

    detail = PaymentLists(database).detail(cashier, sale.payment_id)
    assert detail.payment.status is PaymentStatus.COMPLETED
    assert detail.refundable_minor == 7_000
    with pytest.raises(InvalidInputError, match="can still be refunded"):
        refunds.request(cashier, ask(sale, 7_001, "r2"))


def test_nobody_approves_what_they_asked_for_whatever_their_role(
    refunds: RefundService, sale: PaymentRow, cashier: Actor, manager: Actor
) -> None:
    own = refunds.request(manager, ask(sale))
    with pytest.raises(NotAllowedError, match="You asked for this refund yourself"):
        refunds.approve(manager, own.refund_id)
    with pytest.raises(NotAllowedError, match="may not"):
        refunds.approve(cashier, own.refund_id)
    twin = Actor(9, "another", Role.MANAGER)
    assert refunds.approve(twin, own.refund_id).status is RefundStatus.APPROVED


def test_the_second_press_asks_once(
    refunds: RefundService, sale: PaymentRow, cashier: Actor
) -> None:
    first = refunds.request(cashier, ask(sale))
    assert refunds.request(cashier, ask(sale)) == first
    assert refunds.page(cashier).total == 1


def test_carrying_out_twice_pays_once(
    refunds: RefundService, sale: PaymentRow, cashier: Actor, manager: Actor
) -> None:
    asked = refunds.request(cashier, ask(sale))
    refunds.approve(manager, asked.refund_id)
    first = refunds.carry_out(cashier, CarryOutRefund("c1", asked.refund_id))

    assert refunds.carry_out(cashier, CarryOutRefund("c1", asked.refund_id)) == first
    with pytest.raises(ConflictError):
        refunds.carry_out(cashier, CarryOutRefund("c2", asked.refund_id))


def test_what_is_not_approved_is_not_carried_out(
    refunds: RefundService, sale: PaymentRow, cashier: Actor, manager: Actor
) -> None:
    asked = refunds.request(cashier, ask(sale))
    with pytest.raises(ConflictError):
        refunds.carry_out(cashier, CarryOutRefund("c1", asked.refund_id))
    refunds.reject(manager, asked.refund_id, reason="no receipt")
    with pytest.raises(ConflictError):
        refunds.approve(manager, asked.refund_id)


def test_a_rejected_refund_frees_its_amount(
    refunds: RefundService, sale: PaymentRow, cashier: Actor, manager: Actor
) -> None:
    asked = refunds.request(cashier, ask(sale, 12_000))
    refunds.reject(manager, asked.refund_id, reason="no receipt")

    assert refunds.request(cashier, ask(sale, 12_000, "r2")).status is RefundStatus.REQUESTED


def test_an_approval_is_bound_to_what_was_on_the_screen(
    refunds: RefundService, sale: PaymentRow, cashier: Actor, manager: Actor
) -> None:
    asked = refunds.request(cashier, ask(sale))
    with pytest.raises(ConflictError, match="look again"):
        refunds.approve(
            manager, asked.refund_id, seen=replace(asked.seen, version=asked.version + 1)
        )


def test_only_a_completed_payment_is_refunded(
    refunds: RefundService, database: Database, cashier: Actor
) -> None:
    waiting = PaymentService(database).record(
        cashier, RecordPayment(key="w", method=PaymentMethod.CASH_ON_DELIVERY, amount_minor=9_000)
    )
    with pytest.raises(ConflictError, match="only a completed one"):
        refunds.request(cashier, ask(waiting))


def test_money_that_leaves_by_a_network_needs_its_transaction_id(
    refunds: RefundService, database: Database, cashier: Actor, manager: Actor
) -> None:
    payments = PaymentService(database)
    row = payments.record(
        cashier,
        RecordPayment(
            key="m",
            method=PaymentMethod.AIRTEL_MONEY,
            amount_minor=8_000,
            phone_number="0732123456",
        ),
    )
    payments.complete(manager, CompletePayment("c", row.payment_id, note="statement seen"))
    asked = refunds.request(cashier, ask(row))
    refunds.approve(manager, asked.refund_id)

    with pytest.raises(InvalidInputError, match="transaction id"):
        refunds.carry_out(manager, CarryOutRefund("x", asked.refund_id))
    done = refunds.carry_out(manager, CarryOutRefund("y", asked.refund_id, "MP123"))
    assert done.refund_transaction_id == "MP123"


def test_the_manager_sees_the_facts_before_deciding(
    refunds: RefundService, sale: PaymentRow, cashier: Actor, manager: Actor
) -> None:
    first = refunds.request(cashier, ask(sale, 2_000, "a"))
    refunds.approve(manager, first.refund_id)
    refunds.carry_out(cashier, CarryOutRefund("c", first.refund_id))
    refunds.request(cashier, ask(sale, 3_000, "b"))
    third = refunds.request(cashier, ask(sale, 4_000, "d"))

    facts = refunds.facts(manager, third.refund_id)

    assert facts.refunded_before_minor == 2_000
    assert facts.also_waiting_minor == 3_000
    assert facts.left_after_minor == 3_000
    assert facts.requests_today == 3
    assert facts.may_approve
    assert not refunds.facts(cashier, third.refund_id).may_approve


def test_two_managers_at_once_have_one_winner(
    database: Database, refunds: RefundService, sale: PaymentRow, cashier: Actor
) -> None:
    for round_number in range(20):
        asked = refunds.request(cashier, ask(sale, 100, f"r{round_number}"))
        outcomes: list[str] = []
        start = threading.Barrier(2)

        def decide(
            name: str,
            refund_id: str = asked.refund_id,
            start: threading.Barrier = start,
            outcomes: list[str] = outcomes,
        ) -> None:
            start.wait()
            try:
                refunds.approve(Actor(9, name, Role.MANAGER), refund_id)
                outcomes.append("won")
            except ConflictError:
                outcomes.append("lost")

        managers = [threading.Thread(target=decide, args=(name,)) for name in ("one", "two")]
        for thread in managers:
            thread.start()
        for thread in managers:
            thread.join()
        assert sorted(outcomes) == ["lost", "won"]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(amounts=st.lists(st.integers(min_value=1, max_value=9_000), min_size=1, max_size=8))
def test_refunds_never_exceed_what_was_paid(
    database: Database, refunds: RefundService, cashier: Actor, amounts: list[int]
) -> None:
    key = f"p{amounts!r}"[:60]
    sale = PaymentService(database).record(
        cashier,
        RecordPayment(
            key=key,
            method=PaymentMethod.CASH,
            amount_minor=12_000,
            tendered_minor=12_000,
            complete_now=True,
        ),
    )
    granted = 0
    for number, amount in enumerate(amounts):
        try:
            refunds.request(cashier, ask(sale, amount, f"{key}{number}"[:64]))
        except KnownError:
            assert granted + amount > 12_000
        else:
            granted += amount
    assert granted <= 12_000


@pytest.mark.parametrize("parts", [(1, 1, 5), (2, 2, 3), (6, 1), (3_333, 3_333, 3_334), (7,)])
def test_the_tax_of_all_credit_notes_is_the_invoices(
    refunds: RefundService,
    database: Database,
    cashier: Actor,
    manager: Actor,
    parts: tuple[int, ...],
) -> None:
    command = RecordPayment(
        key="odd", method=PaymentMethod.CASH, amount_minor=sum(parts), tendered_minor=sum(parts),
        complete_now=True,
    )  # fmt: skip
    sale = PaymentService(database).record(cashier, command)
    given_back = []
    for number, part in enumerate(parts):
        asked = refunds.request(cashier, ask(sale, part, f"r{number}"))
        refunds.approve(manager, asked.refund_id)
        refunds.carry_out(cashier, CarryOutRefund(f"c{number}", asked.refund_id))
        with database.read() as session:
            given_back = list(session.scalars(select(CreditNote.tax_minor)))
            tax_minor = session.scalars(select(Invoice.tax_minor)).one()
        assert all(tax >= 0 for tax in given_back)
        assert sum(given_back) <= tax_minor
    assert sum(given_back) == tax_minor


def test_a_refused_act_is_in_the_audit_trail(
    refunds: RefundService, sale: PaymentRow, cashier: Actor, manager: Actor, database: Database
) -> None:
    own = refunds.request(manager, ask(sale))
    acts: tuple[Callable[[], object], ...] = (
        lambda: refunds.approve(manager, own.refund_id),
        lambda: refunds.reject(cashier, own.refund_id, reason="mine"),
    )
    for act in acts:
        with pytest.raises(NotAllowedError):
            act()
    entries = AuditService(database).page(manager).rows
    refused = [(e.user_name, e.details) for e in entries if e.action == "act:refused"]
    assert [name for name, _ in refused] == [cashier.name, manager.name]
    assert "may not approve or reject refunds" in refused[0][1]
    assert "You asked for this refund yourself" in refused[1][1]
