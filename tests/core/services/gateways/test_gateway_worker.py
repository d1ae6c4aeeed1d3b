from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text

from core.errors import AlreadyPaidError, ConflictError, InvalidInputError, NotAllowedError
from core.gateways.sandbox import DEMO_ACCOUNT, Fault, Kind, Sandbox, Settings
from core.model.payments import (
    PaymentMethod,
    PaymentStatus,
    PaymentTransaction,
    RequestType,
    TransactionStatus,
)
from core.model.refunds import RefundStatus
from core.services.gateways.desk import ShowMessage
from core.services.gateways.rows import Awaited, Charged, Reason, Trouble
from core.services.payments.rules import CompletePayment, RecordPayment
from core.services.refunds.network_refunds import SendRefund, SettleRefund
from core.services.refunds.service import CarryOutRefund
from core.services.rows import PaymentRow
from tests.core.services.network_shop import AIRTEL, CASHIER, FAST, MANAGER, MTN, NetworkShop

Shop = Iterator[NetworkShop]


@pytest.fixture
def networks() -> Iterator[Sandbox]:
    with Sandbox(Settings(speed=20, prompt_s=2)) as sandbox:
        yield sandbox


@pytest.fixture
def shop(networks: Sandbox, tmp_path: Path, empty_shop: Path) -> Shop:
    opened = NetworkShop(tmp_path / "shop", empty_shop, networks.url)
    yield opened
    opened.app.close()


@pytest.fixture
def serving(shop: NetworkShop) -> NetworkShop:
    shop.app.gateway_worker.start()
    return shop


def charged(networks: Sandbox, payment: PaymentRow) -> int:
    """How often the network took the money of a sale, under whatever reference."""
    return sum(
        entry.times_charged
        for entry in networks.ledger()
        # Airtel takes letters and digits only.
        if entry.kind is Kind.PAYMENT
        and entry.external_id.replace("-", "") == payment.transaction_reference.replace("-", "")
    )


def sent_back(networks: Sandbox) -> list[str]:
    return [
        entry.amount
        for entry in networks.ledger()
        if entry.kind is Kind.REFUND
        for _ in range(entry.times_charged)
    ]


def posts(networks: Sandbox, reference: str) -> int:
    return sum(entry.posts for entry in networks.ledger() if entry.reference == reference)


def calls(shop: NetworkShop, payment: PaymentRow) -> list[PaymentTransaction]:
    with shop.app.database.read() as session:
        rows = session.scalars(select(PaymentTransaction).order_by(PaymentTransaction.id)).all()
        return [row for row in rows if row.payment.payment_id == payment.payment_id]


@pytest.mark.parametrize("method", [MTN, AIRTEL])
def test_a_payment_is_asked_for_confirmed_and_invoiced_by_itself(
    serving: NetworkShop, networks: Sandbox, method: PaymentMethod
) -> None:
    payment = serving.record(method)
    path = serving.settled(payment)

    assert path.payment.status is PaymentStatus.COMPLETED
    assert path.payment.transaction_id
    assert path.payment.invoice_number
    assert path.attempt is not None
    assert (path.attempt.charged, path.attempt.awaited) == (Charged.YES, Awaited.NOTHING)
    assert charged(networks, payment) == 1
    first, *questions = calls(serving, payment)
    assert first.request_type is RequestType.INITIATE
    assert first.success
    assert first.processing_time_ms is not None
    assert first.response_code
    assert first.status is TransactionStatus.PENDING
    assert questions
    assert {row.request_type for row in questions} == {RequestType.QUERY}
    assert questions[-1].status is TransactionStatus.SUCCEEDED
    assert questions[-1].transaction_id == path.payment.transaction_id
    assert all(row.response_at is not None and row.response_data for row in questions)


def test_the_record_of_a_call_is_committed_before_the_network_sees_it(
    serving: NetworkShop, networks: Sandbox
) -> None:
    payment = serving.faulty(Fault.HANG_AFTER)
    serving.wait(payment, lambda path: bool(path.attempt and path.attempt.sends))
    [row] = calls(serving, payment)
    assert row.response_at is None
    assert row.status is TransactionStatus.SUBMITTING
    assert serving.path(payment).payment.status is PaymentStatus.PROCESSING
    assert serving.settled(payment).payment.status is PaymentStatus.COMPLETED
    assert posts(networks, payment.payment_id) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault.RESET_AFTER,
        Fault.ERROR_500,
        Fault.TRUNCATED,
        Fault.HTML,
        Fault.TOKEN_ONCE,
        Fault.NOT_FOUND_FIRST,
        Fault.NUMBERS,
        Fault.STATUS_FAILS_TWICE,
        Fault.CUT_BEFORE,
        Fault.UNAVAILABLE,
        Fault.REDIRECT,
    ],
)
@pytest.mark.parametrize("method", [MTN, AIRTEL])
def test_what_goes_wrong_on_the_way_neither_loses_nor_repeats_a_payment(
    serving: NetworkShop, networks: Sandbox, fault: Fault, method: PaymentMethod
) -> None:
    payment = serving.faulty(fault, method)
    assert serving.settled(payment).payment.status is PaymentStatus.COMPLETED
    assert charged(networks, payment) == 1


@pytest.mark.parametrize("fault", [Fault.OTHER_AMOUNT, Fault.OTHER_CURRENCY, Fault.OTHER_PAYER])
def test_a_success_with_other_facts_is_left_to_a_manager(
    serving: NetworkShop, fault: Fault
) -> None:
    payment = serving.faulty(fault)
    path = serving.wait(
        payment, lambda p: p.payment.transaction_status is TransactionStatus.UNRESOLVED
    )
    assert path.payment.status is PaymentStatus.PROCESSING
    assert path.attempt is not None
    assert path.attempt.awaited is Awaited.PERSON
    assert path.attempt.charged is Charged.UNKNOWN
    assert path.attempt.message
    [row] = serving.app.gateways.unresolved(MANAGER)
    assert row.payment.payment_id == payment.payment_id

    with pytest.raises(NotAllowedError):
        serving.app.payments.fail(CASHIER, payment.payment_id, note="gone")
    with pytest.raises(InvalidInputError, match="Write where you saw"):
        serving.app.payments.fail(MANAGER, payment.payment_id, note=" ")
    failed = serving.app.payments.fail(MANAGER, payment.payment_id, note="not in MTN's portal")
    assert failed.status is PaymentStatus.FAILED
    assert serving.app.gateways.unresolved(MANAGER) == ()
    # The sale is free again.
    serving.record(reference=payment.transaction_reference)


def test_a_refusal_is_told_with_its_reason(serving: NetworkShop) -> None:
    payment = serving.record(ending="123451")
    path = serving.settled(payment)
    assert path.payment.status is PaymentStatus.FAILED
    assert path.payment.error_message.startswith("Nothing was charged.")
    assert path.attempt is not None
    assert path.attempt.reason is Reason.REFUSED_BY_CUSTOMER
    assert path.attempt.charged is Charged.NO


@pytest.mark.parametrize("late", [False, True])
def test_an_invoice_of_refused_money_is_void_until_the_money_comes_after_all(
    shop: NetworkShop, late: bool
) -> None:
    payment = shop.faulty(Fault.LATE_SUCCESS) if late else shop.record(ending="123451")
    shop.app.invoices.generate(CASHIER, payment.payment_id)
    shop.app.gateway_worker.start()
    end = PaymentStatus.COMPLETED if late else PaymentStatus.FAILED
    shop.wait(payment, lambda path: path.payment.status is end)
    (invoice,) = shop.app.invoices.page(CASHIER).rows
    assert (invoice.is_paid, invoice.void_date is None) == (late, late)
    voided = "invoice:voided" in {
        entry.action for entry in shop.app.payment_lists.detail(MANAGER, payment.payment_id).history
    }
    assert voided


def test_money_that_comes_after_a_failure_completes_the_payment_and_says_so(
    serving: NetworkShop, networks: Sandbox
) -> None:
    payment = serving.faulty(Fault.LATE_SUCCESS)
    path = serving.wait(payment, lambda p: p.payment.status is PaymentStatus.FAILED)
    path = serving.wait(payment, lambda p: p.payment.status is PaymentStatus.COMPLETED)
    assert path.attempt is not None
    assert "came after" in path.attempt.message
    assert path.payment.invoice_number
    detail = serving.app.payment_lists.detail(MANAGER, payment.payment_id)
    assert "payment:came_late" in {entry.action for entry in detail.history}
    assert charged(networks, payment) == 1


def test_no_second_request_starts_for_a_sale_whose_end_is_not_known(
    shop: NetworkShop,
) -> None:
    first = shop.record(reference="ORD-7")
    with pytest.raises(ConflictError, match="Nothing was charged a second time"):
        shop.record(reference="ord-7")
    with pytest.raises(ConflictError, match=first.payment_id):
        shop.record(AIRTEL, reference="ORD-7")
    shop.app.payments.cancel(CASHIER, first.payment_id)
    shop.record(reference="ORD-7")


def test_a_payment_in_a_currency_the_account_does_not_take_is_refused(shop: NetworkShop) -> None:
    command = RecordPayment("k", MTN, 5_000, currency="EUR", phone_number="0788123123")
    with pytest.raises(InvalidInputError, match="takes RWF, not EUR"):
        shop.app.payments.record(CASHIER, command)


def test_a_worker_that_stops_during_a_call_loses_nothing(
    shop: NetworkShop, networks: Sandbox
) -> None:
    shop.app.gateway_worker.start()
    payment = shop.faulty(Fault.HANG_AFTER)
    shop.wait(payment, lambda path: bool(path.attempt and path.attempt.sends))
    shop.app.gateway_worker.stop(wait_s=0)
    path = shop.path(payment)
    assert path.attempt is not None
    assert path.attempt.status is TransactionStatus.SUBMITTING
    assert path.attempt.charged is Charged.UNKNOWN
    time.sleep(FAST.read_timeout_s + 0.3)
    assert shop.path(payment) == path

    shop.app.gateway_worker.start()
    assert shop.settled(payment).payment.status is PaymentStatus.COMPLETED
    lost, *_ = calls(shop, payment)
    assert (lost.status, lost.error_code) == (TransactionStatus.UNKNOWN, "lost")
    assert charged(networks, payment) == 1


def test_two_programs_at_one_shop_never_work_on_it_together(
    serving: NetworkShop, networks: Sandbox
) -> None:
    other = serving.open()
    other.gateway_worker.start()
    payments = [serving.record() for _ in range(6)]
    for payment in payments:
        serving.settled(payment)
    assert all(posts(networks, payment.payment_id) == 1 for payment in payments)
    serving.app.gateway_worker.stop()
    handed_over = serving.record()
    assert serving.settled(handed_over).payment.status is PaymentStatus.COMPLETED
    other.close()


def test_many_payments_do_not_wait_for_a_slow_one(serving: NetworkShop, networks: Sandbox) -> None:
    slow = [serving.faulty(Fault.HANG_AFTER) for _ in range(3)]
    others = [serving.record() for _ in range(30)]
    for payment in others:
        assert serving.settled(payment).payment.status is PaymentStatus.COMPLETED
    for payment in slow:
        serving.settled(payment)


def test_a_network_out_of_reach_is_told_and_everything_goes_on_by_itself_afterwards(
    serving: NetworkShop, networks: Sandbox, tmp_path: Path
) -> None:
    address = networks.url
    networks.stop()
    payment = serving.record()
    path = serving.wait(
        payment, lambda p: bool(p.attempt and p.attempt.awaited is Awaited.CONNECTION)
    )
    assert path.attempt is not None
    assert (path.attempt.charged, path.attempt.trouble) == (
        Charged.NO,
        Trouble.CONNECTION_REFUSED,
    )
    health = serving.health(lambda row: row.trouble is Trouble.CONNECTION_REFUSED)
    assert health.since is not None
    assert "127.0.0.1" in health.told
    port = int(address.rsplit(":", 1)[1])
    with Sandbox(networks.settings, port=port) as back:
        assert serving.settled(payment).payment.status is PaymentStatus.COMPLETED
        assert serving.health(lambda row: row.trouble is None).told == ""
        assert charged(back, payment) == 1
        serving.app.gateway_worker.stop()


def test_what_cannot_leave_while_the_customer_stands_there_is_given_up(
    networks: Sandbox, tmp_path: Path, empty_shop: Path
) -> None:
    timing = replace(FAST, send_within_s=0.5)
    shop = NetworkShop(tmp_path / "shop", empty_shop, networks.url, timing)
    networks.stop()
    payment = shop.record()
    shop.app.gateway_worker.start()
    path = shop.settled(payment)
    assert path.payment.status is PaymentStatus.FAILED
    assert path.payment.error_message.startswith("Nothing was charged.")
    assert path.attempt is not None
    assert path.attempt.charged is Charged.NO
    assert path.attempt.next_check_at is None
    shop.app.close()


def test_wrong_keys_are_told_in_words_and_nothing_is_charged(
    serving: NetworkShop, networks: Sandbox
) -> None:
    from core.services.providers.forms import MTNProviderForm  # noqa: PLC0415
    from tests.core.services.network_shop import ADMIN  # noqa: PLC0415

    form = serving.app.providers.mtn(ADMIN)
    assert isinstance(form, MTNProviderForm)
    serving.app.providers.save_mtn(ADMIN, replace(form, api_key="0" * 32))
    path = serving.settled(serving.record())
    assert path.payment.status is PaymentStatus.FAILED
    assert path.payment.error_message.startswith("Nothing was charged. MTN Mobile Money")
    assert "keys" in path.payment.error_message
    assert path.attempt is not None
    assert path.attempt.trouble is Trouble.CREDENTIALS
    assert path.attempt.charged is Charged.NO
    serving.health(lambda row: row.trouble is Trouble.CREDENTIALS)
    assert networks.ledger() == ()


def test_a_sale_that_was_paid_is_charged_again_only_on_purpose(
    serving: NetworkShop, networks: Sandbox
) -> None:
    paid = serving.settled(serving.record(reference="ORD-9", amount=9_000)).payment
    with pytest.raises(AlreadyPaidError, match=r"ord-9 was already paid: 9.000.RWF by MTN"):
        serving.record(AIRTEL, reference="ord-9", amount=9_000)
    assert charged(networks, paid) == 1
    command = RecordPayment(
        "part-2",
        MTN,
        1_000,
        phone_number="0788200200",
        transaction_reference="ORD-9",
        again=True,
    )
    second = serving.app.payments.record(CASHIER, command)
    assert serving.settled(second).payment.status is PaymentStatus.COMPLETED
    history = serving.app.payment_lists.detail(MANAGER, second.payment_id).history
    assert '"again": true' in next(e.details for e in history if e.action == "payment:recorded")


def test_a_sale_whose_money_went_back_may_be_charged_anew(
    serving: NetworkShop, networks: Sandbox
) -> None:
    paid = serving.settled(serving.record(reference="ORD-9", amount=9_000)).payment
    refund = serving.approved_refund(paid, 9_000)
    serving.app.network_refunds.send(CASHIER, SendRefund("s", refund.refund_id))
    serving.wait(paid, lambda p: p.payment.status is PaymentStatus.REFUNDED)
    serving.record(reference="ORD-9", amount=9_000)


def test_a_network_that_asks_for_patience_gets_it_from_every_program(
    shop: NetworkShop, networks: Sandbox
) -> None:
    payment = shop.faulty(Fault.TOO_MANY)
    shop.app.gateway_worker.start()
    path = shop.wait(payment, lambda p: bool(p.attempt and p.attempt.trouble))
    shop.app.gateway_worker.stop()
    assert path.attempt is not None
    patient_until = path.attempt.next_check_at
    shop.app.gateways.ask_everything(CASHIER)
    assert shop.path(payment) == path
    shop.app.gateway_worker.start()
    done = shop.settled(payment)
    assert done.attempt is not None
    assert patient_until is not None
    assert done.attempt.accepted_at is not None
    assert done.attempt.accepted_at >= patient_until


def test_a_refund_under_way_asks_nobody_to_send_it_by_hand(
    shop: NetworkShop, networks: Sandbox
) -> None:
    shop.app.gateway_worker.start()
    payment = shop.settled(shop.record(amount=9_000)).payment
    shop.app.gateway_worker.stop()
    refund = shop.approved_refund(payment, 4_000)
    shop.app.network_refunds.send(CASHIER, SendRefund("s", refund.refund_id))
    with pytest.raises(ConflictError, match="already processing"):
        shop.app.refunds.carry_out(CASHIER, CarryOutRefund("c", refund.refund_id))


def test_an_mtn_refund_goes_back_in_part_through_the_network(
    serving: NetworkShop, networks: Sandbox
) -> None:
    payment = serving.settled(serving.record(amount=9_000)).payment
    refund = serving.approved_refund(payment, 4_000)
    assert serving.app.network_refunds.ways(CASHIER, refund.refund_id).by_network
    command = SendRefund("send-1", refund.refund_id)
    assert serving.app.network_refunds.send(CASHIER, command).status is RefundStatus.PROCESSING
    serving.app.network_refunds.send(CASHIER, command)
    serving.wait(payment, lambda p: all(a.charged is Charged.YES for a in p.refunds))
    done = serving.refund(refund)
    assert done.status is RefundStatus.COMPLETED
    assert done.refund_transaction_id
    assert done.credit_note_number
    assert sent_back(networks) == ["4000"]


def test_an_airtel_refund_goes_back_whole_or_by_hand(
    serving: NetworkShop, networks: Sandbox
) -> None:
    payment = serving.settled(serving.record(AIRTEL, amount=9_000)).payment
    part = serving.approved_refund(payment, 4_000)
    ways = serving.app.network_refunds.ways(CASHIER, part.refund_id)
    assert "whole payments only" in ways.why_not
    with pytest.raises(ConflictError, match="Nothing was sent back"):
        serving.app.network_refunds.send(CASHIER, SendRefund("s", part.refund_id))
    serving.app.refunds.reject(MANAGER, part.refund_id, reason="the whole instead")
    whole = serving.approved_refund(payment, 9_000)
    serving.app.network_refunds.send(CASHIER, SendRefund("t", whole.refund_id))
    path = serving.wait(payment, lambda p: p.payment.status is PaymentStatus.REFUNDED)
    assert path.refunds[-1].status is TransactionStatus.SUCCEEDED
    assert sent_back(networks) == ["9000"]


def test_a_refund_whose_answer_is_lost_and_cannot_be_asked_for_is_never_sent_again(
    serving: NetworkShop, networks: Sandbox
) -> None:
    payment = serving.settled(serving.record(AIRTEL, ending="999107", amount=9_000)).payment
    refund = serving.approved_refund(payment, 9_000)
    serving.app.network_refunds.send(CASHIER, SendRefund("s", refund.refund_id))
    serving.wait(payment, lambda _: serving.refund(refund).status is RefundStatus.UNKNOWN)
    [row] = serving.app.gateways.unresolved(MANAGER)
    assert row.refund is not None
    assert row.refund.refund_id == refund.refund_id
    with pytest.raises(ConflictError):
        serving.app.network_refunds.send(CASHIER, SendRefund("again", refund.refund_id))
    with pytest.raises(NotAllowedError):
        serving.app.network_refunds.settle(
            CASHIER, SettleRefund("x", refund.refund_id, was_sent=True)
        )
    settled = serving.app.network_refunds.settle(
        MANAGER,
        SettleRefund(
            "y",
            refund.refund_id,
            was_sent=True,
            refund_transaction_id="MP261123.0001.R00001",
            note="seen in Airtel's portal",
        ),
    )
    assert settled.status is RefundStatus.COMPLETED
    assert settled.credit_note_number
    assert sent_back(networks) == ["9000"]


def test_a_customers_message_confirms_nothing_but_has_the_network_asked(
    serving: NetworkShop, networks: Sandbox
) -> None:
    waiting = serving.record(ending="123453")
    serving.wait(waiting, lambda p: bool(p.attempt and p.attempt.awaited is Awaited.PIN))
    shown = serving.app.gateways.show_message(
        CASHIER, ShowMessage("m", waiting.payment_id, " 4412345678 ")
    )
    assert shown.path.payment.status is PaymentStatus.PROCESSING
    assert shown.path.payment.claimed_transaction_id == "4412345678"
    assert not shown.on_statement
    assert shown.path.attempt is not None
    assert shown.path.attempt.next_check_at is not None

    other = serving.record(ending="123453")
    with pytest.raises(ConflictError, match="already shown for payment"):
        serving.app.gateways.show_message(CASHIER, ShowMessage("n", other.payment_id, "4412345678"))
    paid = serving.settled(serving.record()).payment
    with pytest.raises(ConflictError, match="already belongs to payment"):
        serving.app.gateways.show_message(
            CASHIER, ShowMessage("o", other.payment_id, paid.transaction_id)
        )
    with pytest.raises(ConflictError, match="only for mobile money that is awaited"):
        serving.app.gateways.show_message(CASHIER, ShowMessage("p", paid.payment_id, "77"))


def test_asking_now_asks_now(serving: NetworkShop, networks: Sandbox) -> None:
    waiting = serving.record(ending="123453")
    path = serving.wait(waiting, lambda p: bool(p.attempt and p.attempt.last_asked_at))
    assert path.attempt is not None
    before = path.attempt.last_asked_at
    serving.app.gateways.ask_now(CASHIER, waiting.payment_id)
    serving.wait(waiting, lambda p: p.attempt is not None and p.attempt.last_asked_at != before)
    done = serving.settled(serving.record()).payment
    with pytest.raises(ConflictError, match="nothing to ask"):
        serving.app.gateways.ask_now(CASHIER, done.payment_id)


def test_a_payment_completed_by_hand_is_asked_about_no_more(serving: NetworkShop) -> None:
    waiting = serving.record(ending="123453")
    serving.wait(waiting, lambda p: bool(p.attempt and p.attempt.awaited is Awaited.PIN))
    serving.app.payments.complete(
        MANAGER, CompletePayment("c", waiting.payment_id, note="seen in the portal")
    )
    path = serving.path(waiting)
    assert path.attempt is not None
    assert path.attempt.status is TransactionStatus.SUCCEEDED
    assert path.attempt.next_check_at is None


def test_no_secret_reaches_the_books_the_log_or_an_error(
    serving: NetworkShop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told = []
    for method in (MTN, AIRTEL):
        told.append(serving.settled(serving.record(method)))
        told.append(serving.settled(serving.record(method, ending="123451")))
        told.append(serving.settled(serving.faulty(Fault.TOKEN_ONCE, method)))
    with serving.app.database.read() as session:
        rows = session.scalars(select(PaymentTransaction)).all()
        stored = json.dumps([[row.request_data, row.response_data] for row in rows])
    folder = serving.configuration.data_dir
    files = b"".join(path.read_bytes() for path in sorted(folder.glob("sanduku.db*")))
    everything = stored + caplog.text + repr(told) + files.decode("latin-1")
    account = DEMO_ACCOUNT
    for secret in (
        account.collection_subscription_key,
        account.disbursement_subscription_key,
        account.api_key,
        account.client_secret,
        account.callback_key,
    ):
        assert secret not in everything
    assert "Bearer" not in stored
    assert "access_token" not in stored


def test_a_bug_with_one_payment_stops_no_other(
    shop: NetworkShop, networks: Sandbox, expect_log: Callable[[str], None]
) -> None:
    expect_log("failed by a bug")
    broken = shop.record()
    with shop.app.database.write(None) as unit:
        # A refund of nothing is a thing no service makes.
        unit.session.execute(
            text(
                "INSERT INTO gateway_attempt SELECT 900, 'refund', payment_id, NULL, provider,"
                " environment, 'r', '', status, status_since, created_at, NULL, NULL, NULL, due_at,"
                " NULL, 0, 0, 0, NULL, '', '', '', '', 1 FROM gateway_attempt"
            )
        )
        unit.commit()
    others = [shop.record(), shop.record(AIRTEL)]
    shop.app.gateway_worker.start()
    for payment in others:
        assert shop.settled(payment).payment.status is PaymentStatus.COMPLETED
    shop.settled(broken)
