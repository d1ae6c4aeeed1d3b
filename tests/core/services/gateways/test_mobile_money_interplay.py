"""What people do about a sale while its network is still being asked, and what comes late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from core.errors import ConflictError, InvalidInputError, NotAllowedError
from core.gateways.contract import CallOutcome, GatewayCall, Reply
from core.model.attempts import GatewayAttempt
from core.model.customers import Customer
from core.model.payments import (
    Payment,
    PaymentStatus,
    PaymentTransaction,
    RequestType,
    TransactionStatus,
)
from core.model.refunds import RefundStatus
from core.permissions import Actor, Role
from core.services.gateways import attempt_records as records
from core.services.gateways.desk import ShowMessage
from core.services.gateways.rows import Awaited
from core.services.payments.rules import CompletePayment, RecordPayment
from core.services.providers.forms import MTNProviderForm
from core.services.refunds.network_refunds import SendRefund, SettleRefund
from core.services.rows import PaymentRow, RefundRow
from tests.core.services.conftest import SettableClock
from tests.core.services.network_shop import ADMIN, CASHIER, FAST, MANAGER, MTN, NetworkShop

CLERK = Actor(2, "claude", Role.CLERK, desk="desk 2")
NOWHERE = "http://127.0.0.1:9"
PENDING = Reply(CallOutcome.PENDING)
FAILED = Reply(CallOutcome.FAILED)
OTHER_AMOUNT = Reply(CallOutcome.SUCCEEDED, transaction_id="T-9", mismatches=("Another amount.",))


def succeeded(transaction_id: str = "T-1") -> Reply:
    return Reply(CallOutcome.SUCCEEDED, transaction_id=transaction_id)


@pytest.fixture
def shop(tmp_path: Path, empty_shop: Path, clock: SettableClock) -> Iterator[NetworkShop]:
    """A shop where no worker runs: tests say what the network answers, and when."""
    opened = NetworkShop(tmp_path / "shop", empty_shop, NOWHERE, clock=clock)
    yield opened
    opened.app.close()


class Call:
    """A call about the newest request of a payment, its answer not there yet."""

    def __init__(self, shop: NetworkShop, payment: PaymentRow, kind: RequestType) -> None:
        self._shop = shop
        with shop.app.database.read() as session:
            attempt_id = session.scalar(
                select(GatewayAttempt.id)
                .join(Payment)
                .where(Payment.payment_id == payment.payment_id)
                .order_by(GatewayAttempt.id.desc())
                .limit(1)
            )
        assert attempt_id is not None
        self._attempt_id = attempt_id
        self._id = self._begin(kind)

    def _begin(self, kind: RequestType) -> int:
        call = GatewayCall(kind, {}, lambda: PENDING)
        with self._shop.app.database.write(None) as unit:
            attempt = unit.session.get_one(GatewayAttempt, self._attempt_id)
            row = records.begin_call(unit, attempt, call, FAST)
            unit.commit()
            return row

    def answered(self, reply: Reply) -> None:
        with self._shop.app.database.write(None) as unit:
            attempt = unit.session.get_one(GatewayAttempt, self._attempt_id)
            records.finish_call(unit, attempt, self._id, reply, FAST, can_ask=True)
            unit.commit()

    def asked_again(self, reply: Reply) -> None:
        """Ask about the same request once more."""
        self._id = self._begin(RequestType.QUERY)
        self.answered(reply)


def sent(shop: NetworkShop, payment: PaymentRow, *replies: Reply) -> Call:
    """Send a payment's request, and ask about it, with these answers."""
    call = Call(shop, payment, RequestType.INITIATE)
    call.answered(PENDING)
    for reply in replies:
        call.asked_again(reply)
    return call


def due(shop: NetworkShop, payment: PaymentRow) -> object:
    with shop.app.database.read() as session:
        return session.scalar(
            select(GatewayAttempt.due_at)
            .join(Payment)
            .where(Payment.payment_id == payment.payment_id)
        )


def completed_by_hand(
    shop: NetworkShop, payment: PaymentRow, transaction_id: str = ""
) -> PaymentRow:
    return shop.app.payments.complete(
        MANAGER,
        CompletePayment(
            f"c-{payment.payment_id}",
            payment.payment_id,
            transaction_id=transaction_id,
            note="seen in the portal",
        ),
    )


def handed_to_network(shop: NetworkShop, refund: RefundRow, key: str) -> None:
    shop.app.network_refunds.send(MANAGER, SendRefund(key, refund.refund_id))


def use_refunds(shop: NetworkShop) -> tuple[PaymentRow, RefundRow]:
    payment = shop.record(amount=9_000)
    sent(shop, payment, succeeded())
    return payment, shop.approved_refund(payment, 4_000)


@pytest.mark.parametrize("kind", [RequestType.INITIATE, RequestType.QUERY])
@pytest.mark.parametrize("reply", [PENDING, FAILED, Reply(CallOutcome.UNKNOWN), OTHER_AMOUNT])
def test_an_answer_under_way_takes_back_no_completion_by_hand(
    shop: NetworkShop, kind: RequestType, reply: Reply
) -> None:
    payment = shop.record()
    if kind is RequestType.QUERY:
        sent(shop, payment)
    call = Call(shop, payment, kind)
    completed_by_hand(shop, payment)
    call.answered(reply)

    path = shop.path(payment)
    assert path.attempt is not None
    assert path.attempt.status is TransactionStatus.SUCCEEDED
    assert path.payment.status is PaymentStatus.COMPLETED
    assert due(shop, payment) is None
    with shop.app.database.read() as session:
        assert all(row.response_at for row in session.scalars(select(PaymentTransaction)))


def test_a_second_request_that_has_not_left_stays_here_when_the_first_money_comes_late(
    shop: NetworkShop,
) -> None:
    first = shop.record(reference="ORD-7")
    call = sent(shop, first, FAILED)
    second = shop.record(reference="ORD-7")
    call.asked_again(succeeded())

    assert shop.path(first).payment.status is PaymentStatus.COMPLETED
    path = shop.path(second)
    assert path.payment.status is PaymentStatus.FAILED
    assert path.payment.error_message.startswith("Nothing was charged.")
    assert due(shop, second) is None


def test_a_second_request_that_has_left_is_followed_when_the_first_money_comes_late(
    shop: NetworkShop,
) -> None:
    first = shop.record(reference="ORD-7")
    call = sent(shop, first, FAILED)
    second = shop.record(reference="ORD-7")
    sent(shop, second)
    call.asked_again(succeeded())

    assert shop.path(second).payment.status is PaymentStatus.PROCESSING
    assert due(shop, second) is not None


def test_a_refund_does_not_leave_again_when_the_first_sending_succeeds_late(
    shop: NetworkShop,
) -> None:
    payment, refund = use_refunds(shop)
    handed_to_network(shop, refund, "first")
    first = Call(shop, payment, RequestType.REFUND)
    first.answered(PENDING)
    first.asked_again(FAILED)
    handed_to_network(shop, refund, "second")
    first.asked_again(succeeded("R-1"))

    assert shop.refund(refund).status is RefundStatus.COMPLETED
    *_, second = shop.path(payment).refunds
    assert second.status is TransactionStatus.FAILED
    assert second.sends == 0
    assert second.next_check_at is None


def test_money_that_comes_late_beside_other_evidence_hides_neither(shop: NetworkShop) -> None:
    payment = shop.record()
    call = sent(shop, payment, FAILED)
    completed_by_hand(shop, payment, "BY-HAND")
    call.asked_again(succeeded("T-1"))

    path = shop.path(payment)
    assert path.payment.transaction_id == "BY-HAND"
    assert path.attempt is not None
    assert "came after" in path.attempt.message
    detail = shop.app.payment_lists.detail(MANAGER, payment.payment_id)
    assert "payment:came_late" in {entry.action for entry in detail.history}


def test_late_money_of_a_payment_completed_without_an_id_gives_it_one(shop: NetworkShop) -> None:
    payment = shop.record()
    call = sent(shop, payment, FAILED)
    completed_by_hand(shop, payment)
    call.asked_again(succeeded("T-1"))
    assert shop.path(payment).payment.transaction_id == "T-1"


def test_late_money_under_the_id_typed_by_hand_is_the_same_money(shop: NetworkShop) -> None:
    payment = shop.record()
    call = sent(shop, payment, FAILED)
    completed_by_hand(shop, payment, "T-1")
    call.asked_again(succeeded("T-1"))
    detail = shop.app.payment_lists.detail(MANAGER, payment.payment_id)
    assert "payment:came_late" not in {entry.action for entry in detail.history}


@pytest.mark.parametrize("came", [True, False])
def test_a_late_success_with_other_facts_can_be_decided(shop: NetworkShop, *, came: bool) -> None:
    payment = shop.record()
    sent(shop, payment, FAILED, OTHER_AMOUNT)
    assert len(shop.app.gateways.unresolved(MANAGER)) == 1

    if came:
        completed_by_hand(shop, payment)
    else:
        with pytest.raises(NotAllowedError):
            shop.app.payments.fail(CASHIER, payment.payment_id, note="no")
        shop.app.payments.fail(MANAGER, payment.payment_id, note="not in the portal")
    assert shop.app.gateways.unresolved(MANAGER) == ()
    assert due(shop, payment) is None
    wanted = PaymentStatus.COMPLETED if came else PaymentStatus.FAILED
    assert shop.path(payment).payment.status is wanted


def test_a_refund_doubted_late_is_not_sent_again_but_decided(shop: NetworkShop) -> None:
    payment, refund = use_refunds(shop)
    handed_to_network(shop, refund, "first")
    call = Call(shop, payment, RequestType.REFUND)
    call.answered(PENDING)
    call.asked_again(FAILED)
    call.asked_again(OTHER_AMOUNT)

    assert shop.refund(refund).status is RefundStatus.UNKNOWN
    # Whoever asked and whoever sent it hear that nobody knows, and must not pay it again.
    for actor in (CASHIER, MANAGER):
        [news] = shop.app.refund_news.since(actor, refund.requested_at)
        assert (news.refund.status, news.is_mine) == (RefundStatus.UNKNOWN, actor is CASHIER)
    with pytest.raises(ConflictError):
        handed_to_network(shop, refund, "second")
    settled = SettleRefund("s", refund.refund_id, was_sent=False, note="not in the portal")
    assert shop.app.network_refunds.settle(MANAGER, settled).status is RefundStatus.FAILED
    assert shop.app.gateways.unresolved(MANAGER) == ()


def test_a_refund_doubted_while_it_leaves_again_is_not_decided_before_that_ends(
    shop: NetworkShop,
) -> None:
    payment, refund = use_refunds(shop)
    handed_to_network(shop, refund, "first")
    first = Call(shop, payment, RequestType.REFUND)
    first.answered(PENDING)
    first.asked_again(FAILED)
    handed_to_network(shop, refund, "second")
    second = Call(shop, payment, RequestType.REFUND)
    first.asked_again(OTHER_AMOUNT)

    settled = SettleRefund("s", refund.refund_id, was_sent=False, note="not in the portal")
    with pytest.raises(ConflictError, match="wait for it"):
        shop.app.network_refunds.settle(MANAGER, settled)
    second.answered(FAILED)
    assert shop.refund(refund).status is RefundStatus.UNKNOWN
    assert shop.app.network_refunds.settle(MANAGER, settled).status is RefundStatus.FAILED
    assert shop.app.gateways.unresolved(MANAGER) == ()


def test_asking_often_uses_up_no_late_question(shop: NetworkShop, clock: SettableClock) -> None:
    payment = shop.record()
    call = sent(shop, payment, FAILED)
    for _ in range(2 * len(FAST.late_checks)):
        shop.app.gateways.ask_now(CASHIER, payment.payment_id)
        call.asked_again(FAILED)
    assert due(shop, payment) is not None
    clock.advance(seconds=FAST.late_checks[-1])
    call.asked_again(FAILED)
    assert due(shop, payment) is None


def test_a_request_whose_account_is_gone_is_left_to_a_person_in_the_end(
    tmp_path: Path, empty_shop: Path
) -> None:
    timing = replace(FAST, unresolved_after_s=0)
    shop = NetworkShop(tmp_path / "shop", empty_shop, NOWHERE, timing)
    payment = shop.record()
    sent(shop, payment)
    form = shop.app.providers.mtn(ADMIN)
    assert isinstance(form, MTNProviderForm)
    shop.app.providers.save_mtn(ADMIN, replace(form, api_key=""))
    shop.app.gateways.ask_now(CASHIER, payment.payment_id)
    shop.app.gateway_worker.start()
    path = shop.wait(payment, lambda p: bool(p.attempt and p.attempt.awaited is Awaited.PERSON))
    assert path.attempt is not None
    assert path.attempt.next_check_at is not None
    shop.app.close()


def test_an_account_that_cannot_refund_says_so_before_anything_is_handed_over(
    shop: NetworkShop,
) -> None:
    _, refund = use_refunds(shop)
    form = shop.app.providers.mtn(ADMIN)
    shop.app.providers.save_mtn(ADMIN, replace(form, disbursement_subscription_key=""))
    ways = shop.app.network_refunds.ways(CASHIER, refund.refund_id)
    assert "cannot send money back" in ways.why_not
    with pytest.raises(ConflictError, match="Nothing was sent back"):
        handed_to_network(shop, refund, "s")


def test_a_payment_taken_in_while_its_network_was_asked_can_be_ended_by_a_manager(
    shop: NetworkShop, tmp_path: Path
) -> None:
    payment_id = "5b0c9a2e-7c1f-4c8e-9d55-1f2f6f3b9a01"
    file = tmp_path / "payments.csv"
    file.write_text(
        "payment_id,payment_method,amount,status,transaction_status,phone_number\n"
        f"{payment_id},mtn_mobile_money,5000,processing,pending,0788123123\n",
        encoding="utf-8",
    )
    assert shop.app.imports.import_file(CLERK, file).new == 1
    with pytest.raises(NotAllowedError):
        shop.app.payments.fail(CASHIER, payment_id, note="no")
    with pytest.raises(InvalidInputError, match="Write where"):
        shop.app.payments.fail(MANAGER, payment_id, note="")
    ended = shop.app.payments.fail(MANAGER, payment_id, note="not in the portal")
    assert ended.status is PaymentStatus.FAILED


def test_one_sale_is_one_sale_by_its_order_or_its_reference(shop: NetworkShop) -> None:
    def ask(key: str, *, reference: str, order: str) -> None:
        command = RecordPayment(
            key, MTN, 5_000, transaction_reference=reference, order_number=order,
            phone_number="0788123123",
        )  # fmt: skip
        shop.app.payments.record(CASHIER, command)

    ask("1", reference="ORD-7", order="ORD-7")
    for reference, order in (("ORD-7", ""), ("ord-7", "ord-7"), ("", "ORD-7")):
        with pytest.raises(ConflictError, match=r"(?i)nothing .* ord-7"):
            ask(f"{reference} {order}", reference=reference, order=order)


@pytest.mark.sqlite
def test_no_question_of_the_till_reads_every_request_ever_made(shop: NetworkShop) -> None:
    payment = shop.record()
    plans: list[str] = []

    def explain(_c: object, cursor: object, statement: str, values: object, *_: object) -> None:
        if statement.startswith(("SELECT", "UPDATE")):
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values)  # type: ignore[attr-defined]
            plans.extend(f"{row[3]}: {statement}" for row in cursor.fetchall())  # type: ignore[attr-defined]

    event.listen(shop.app.database.engine, "before_cursor_execute", explain)
    shop.record()
    sent(shop, payment, succeeded())
    waiting = shop.record()
    shop.app.gateways.show_message(CASHIER, ShowMessage("m", waiting.payment_id, "4412345678"))
    shop.app.gateways.open_attempts(CASHIER)
    shop.app.gateways.unresolved(CASHIER)
    shop.app.gateways.ask_everything(CASHIER)
    shop.app.gateways.still_open(CASHIER, [payment.payment_id])
    shop.app.gateways.all_asked_since(CASHIER, shop.app.database.clock())
    assert plans
    tables = ("gateway_attempt", "payment", "refund_request", "statement_line")
    walked = [plan for plan in plans if plan.startswith(tuple(f"SCAN {t}:" for t in tables))]
    wide = ("ix_payment_method_status", "ix_payment_status_created")
    walked += [plan for plan in plans if any(index in plan for index in wide)]
    assert walked == []


def test_no_customer_stands_in_the_text_of_a_refused_row(shop: NetworkShop) -> None:
    with shop.app.database.write(None) as unit:
        for _ in range(2):
            unit.session.add(
                Customer(id=900, name="Uwase", phone_number="+250788123123", created_at=unit.now)
            )
        with pytest.raises(IntegrityError) as refused:
            unit.session.flush()
    assert "Uwase" not in str(refused.value)
