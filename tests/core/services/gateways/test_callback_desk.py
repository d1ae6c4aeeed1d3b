from __future__ import annotations

import base64
import hashlib
import hmac
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event, select, text

from core.app import App
from core.configuration import Configuration
from core.database.unit_of_work import Database
from core.errors import KnownError, StorageError
from core.gateways.contract import CallOutcome, Reply
from core.model.attempts import GatewayAttempt
from core.model.payments import PaymentStatus
from core.model.refunds import RefundRequest
from core.services.gateways import callback_desk
from core.services.gateways.attempt_steps import begin_send, take_sent
from core.services.gateways.attempts import open_refund
from core.services.gateways.callback_desk import CallbackDesk, Pace, Received
from core.services.payments.rules import CompletePayment
from core.services.providers.forms import Network
from core.services.refunds.service import RequestRefund
from core.services.rows import PaymentRow
from core.services.secrets import KEY_FILE_NAME, SecretBox
from tests.core.services.conftest import SettableClock
from tests.core.services.sent_payments import (
    ADMIN,
    AIRTEL,
    CALLBACK_KEY,
    CASHIER,
    MANAGER,
    MTN,
    SentPayments,
    WriteCounter,
)


@pytest.fixture
def shop(shop_url: str, tmp_path: Path, clock: SettableClock) -> Iterator[SentPayments]:
    configuration = Configuration(data_dir=tmp_path, use_keyring=False, clock=clock)
    database = Database(shop_url, clock=clock)
    with App(configuration, database) as app:
        yield SentPayments(app)


@pytest.fixture
def desk(shop: SentPayments, clock: SettableClock) -> CallbackDesk:
    secrets = SecretBox(shop.app.configuration.data_dir, use_keyring=False)
    return CallbackDesk(shop.app.database, secrets, now_s=lambda: clock().timestamp())


def mtn_body(external_id: str, **more: object) -> bytes:
    document = {
        "financialTransactionId": "363440463",
        "externalId": external_id,
        "amount": "5000",
        "currency": "RWF",
        "payer": {"partyIdType": "MSISDN", "partyId": "250788123123"},
        "status": "SUCCESSFUL",
    }
    return json.dumps(document | more).encode()


def airtel_body(reference: str, key: str = "", status: str = "TS") -> bytes:
    transaction = {"id": reference, "status_code": status, "airtel_money_id": "MP210603.1234"}
    payload = json.dumps({"transaction": transaction}, separators=(",", ":")).encode()
    if not key:
        return payload
    told = base64.b64encode(hmac.new(key.encode(), payload, hashlib.sha256).digest()).decode()
    return payload[:-1] + f',"hash":"{told}"}}'.encode()


def reference_of(shop: SentPayments, payment: PaymentRow) -> str:
    return shop.attempt(payment).reference


@pytest.mark.parametrize("status", ["SUCCESSFUL", "FAILED", "PENDING", "nonsense"])
def test_a_callback_makes_its_request_due_and_changes_nothing_else(
    shop: SentPayments, desk: CallbackDesk, status: str
) -> None:
    payment = shop.sent(MTN)
    other = shop.sent(MTN)
    assert not shop.is_due(payment)
    before = shop.rows()
    body = mtn_body(payment.transaction_reference, status=status)
    assert desk.receive("mtn", body) is Received.ASKED
    assert shop.is_due(payment)
    assert not shop.is_due(other)
    assert shop.rows() == before
    path = shop.app.gateways.path(ADMIN, payment.payment_id)
    assert path.payment.status is PaymentStatus.PENDING


def test_a_sale_without_a_number_is_found_by_its_payment(
    shop: SentPayments, desk: CallbackDesk
) -> None:
    payment = shop.sent(MTN)
    assert desk.receive("mtn", mtn_body(payment.payment_id)) is Received.ASKED
    assert shop.is_due(payment)


def test_a_refund_is_found_by_its_id(shop: SentPayments, desk: CallbackDesk) -> None:
    payment = shop.sent(MTN)
    timing = shop.app.configuration.gateway_timing
    shop.app.payments.complete(
        MANAGER, CompletePayment("by hand", payment.payment_id, note="seen on the phone")
    )
    refund = shop.app.refunds.request(
        CASHIER, RequestRefund("refund", payment.payment_id, 1_000, "returned")
    )
    with shop.app.database.write(None) as unit:
        row = unit.session.scalars(select(RefundRequest)).one()
        attempt = open_refund(unit, row, shop.attempt(payment))
        begin_send(attempt, unit.now, timing)
        unit.session.flush()
        take_sent(attempt, Reply(CallOutcome.ACCEPTED), unit.now, timing, can_ask=True)
        attempt_id = attempt.id
        unit.commit()
    assert desk.receive("mtn", mtn_body(refund.refund_id)) is Received.ASKED
    with shop.app.database.read() as session:
        assert session.get_one(GatewayAttempt, attempt_id).due_at == shop.app.database.clock()


def test_airtel_is_found_by_our_reference(shop: SentPayments, desk: CallbackDesk) -> None:
    payment = shop.sent(AIRTEL)
    before = shop.rows()
    body = airtel_body(reference_of(shop, payment))
    assert desk.receive("airtel", body) is Received.ASKED
    assert shop.is_due(payment)
    assert shop.rows() == before


def test_one_network_says_nothing_about_the_other(shop: SentPayments, desk: CallbackDesk) -> None:
    mtn, airtel = shop.sent(MTN), shop.sent(AIRTEL)
    assert desk.receive("airtel", airtel_body(reference_of(shop, mtn))) is Received.TAKEN
    assert desk.receive("mtn", mtn_body(airtel.transaction_reference)) is Received.TAKEN
    assert not shop.is_due(mtn)
    assert not shop.is_due(airtel)


@pytest.mark.parametrize(
    "body",
    [
        mtn_body("ORD-9999"),
        mtn_body("' OR 1=1 --"),
        mtn_body("%"),
        mtn_body("\ud800"),
        mtn_body(""),
        b"{}",
        b'{"externalId": {"a": []}}',
        airtel_body("ORD-0001"),
    ],
)
def test_what_is_not_ours_is_taken_and_writes_nothing(
    shop: SentPayments, desk: CallbackDesk, body: bytes
) -> None:
    payment = shop.sent(MTN)
    with closing(WriteCounter(shop.app)) as counter:
        assert desk.receive("mtn", body) is Received.TAKEN
        assert desk.receive("airtel", body) is Received.TAKEN
        assert not counter.has_written
    assert not shop.is_due(payment)


def test_what_is_not_ours_does_not_wait_for_a_writer(
    shop: SentPayments, desk: CallbackDesk
) -> None:
    shop.sent(MTN)
    with shop.app.database.write(None) as unit:
        unit.session.execute(text("UPDATE gateway_attempt SET checks = checks"))
        done = threading.Thread(target=desk.receive, args=("mtn", mtn_body("ORD-9999")))
        done.start()
        done.join(timeout=5)
        assert not done.is_alive()


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b"[" * 60_000, b'{"externalId":"a","externalId":"b"}'],
)
def test_what_is_no_document_is_unreadable(desk: CallbackDesk, body: bytes) -> None:
    assert desk.receive("mtn", body) is Received.UNREADABLE
    assert desk.receive("airtel", body) is Received.UNREADABLE


def test_a_right_hash_is_taken(shop: SentPayments, desk: CallbackDesk) -> None:
    shop.set_callback_key(CALLBACK_KEY)
    payment = shop.sent(AIRTEL)
    body = airtel_body(reference_of(shop, payment), CALLBACK_KEY)
    assert desk.receive("airtel", body) is Received.ASKED
    assert shop.is_due(payment)


@pytest.mark.parametrize("key", ["another key", ""])
def test_a_wrong_or_missing_hash_does_nothing(
    shop: SentPayments, desk: CallbackDesk, key: str
) -> None:
    shop.set_callback_key(CALLBACK_KEY)
    payment = shop.sent(AIRTEL)
    with closing(WriteCounter(shop.app)) as counter:
        body = airtel_body(reference_of(shop, payment), key)
        assert desk.receive("airtel", body) is Received.FORGED
        assert not counter.has_written
    assert not shop.is_due(payment)


def test_a_changed_body_does_not_fit_its_hash(shop: SentPayments, desk: CallbackDesk) -> None:
    shop.set_callback_key(CALLBACK_KEY)
    payment = shop.sent(AIRTEL)
    body = airtel_body(reference_of(shop, payment), CALLBACK_KEY, status="TF")
    assert desk.receive("airtel", body.replace(b"TF", b"TS")) is Received.FORGED
    assert not shop.is_due(payment)


def test_a_hash_without_a_key_is_still_a_hint(shop: SentPayments, desk: CallbackDesk) -> None:
    payment = shop.sent(AIRTEL)
    body = airtel_body(reference_of(shop, payment), "whatever key")
    assert desk.receive("airtel", body) is Received.ASKED


def test_a_key_that_cannot_be_read_is_known_and_nothing_is_done(
    shop: SentPayments, desk: CallbackDesk
) -> None:
    shop.set_callback_key(CALLBACK_KEY)
    payment = shop.sent(AIRTEL)
    folder = shop.app.configuration.data_dir
    (folder / KEY_FILE_NAME).write_text("A" * 43 + "=", encoding="ascii")
    other = CallbackDesk(shop.app.database, SecretBox(folder, use_keyring=False))
    with pytest.raises(KnownError) as caught:
        other.receive("airtel", airtel_body(reference_of(shop, payment), CALLBACK_KEY))
    assert CALLBACK_KEY not in str(caught.value)
    assert not shop.is_due(payment)


def test_a_request_that_never_left_stays_on_its_own_time(
    shop: SentPayments, desk: CallbackDesk
) -> None:
    waiting = shop.sent(MTN, outcome=CallOutcome.NOT_SENT)
    due_at = shop.attempt(waiting).due_at
    assert desk.receive("mtn", mtn_body(waiting.transaction_reference)) is Received.TAKEN
    assert shop.attempt(waiting).due_at == due_at


def test_a_request_that_is_due_anyway_is_not_written_again(
    shop: SentPayments, desk: CallbackDesk, clock: SettableClock
) -> None:
    payment = shop.sent(MTN)
    clock.advance(seconds=3)
    with closing(WriteCounter(shop.app)) as counter:
        assert desk.receive("mtn", mtn_body(payment.transaction_reference)) is Received.TAKEN
        assert not counter.has_written


def test_what_the_network_confirmed_is_not_asked_again(
    shop: SentPayments, desk: CallbackDesk
) -> None:
    payment = shop.sent(MTN, outcome=CallOutcome.SUCCEEDED)
    assert desk.receive("mtn", mtn_body(payment.transaction_reference)) is Received.TAKEN
    assert shop.attempt(payment).due_at is None


def test_a_failed_request_is_asked_again_for_some_days(
    shop: SentPayments, desk: CallbackDesk, clock: SettableClock
) -> None:
    payment = shop.sent(MTN, outcome=CallOutcome.FAILED)
    body = mtn_body(payment.transaction_reference)
    assert desk.receive("mtn", body) is Received.ASKED
    old = shop.sent(MTN, outcome=CallOutcome.FAILED)
    with shop.app.database.write(None) as unit:
        unit.session.execute(text("UPDATE gateway_attempt SET due_at = NULL"))
        unit.commit()
    clock.advance(days=4)
    assert desk.receive("mtn", mtn_body(old.transaction_reference)) is Received.TAKEN
    assert not shop.is_due(old)


def asked_by_the_worker(shop: SentPayments) -> None:
    """Put every next question off, as an answer does."""
    with shop.app.database.write(None) as unit:
        unit.session.execute(text("UPDATE gateway_attempt SET due_at = '2027-01-01 00:00:00'"))
        unit.commit()


def test_hints_at_one_request_within_two_seconds_are_one(
    shop: SentPayments, desk: CallbackDesk, clock: SettableClock
) -> None:
    payment = shop.sent(MTN)
    body = mtn_body(payment.transaction_reference)
    assert desk.receive("mtn", body) is Received.ASKED
    asked_by_the_worker(shop)
    with closing(WriteCounter(shop.app)) as counter:
        for _ in range(20):
            clock.advance(seconds=0.09)
            assert desk.receive("mtn", body) is Received.TAKEN
        assert not counter.has_written
    clock.advance(seconds=0.3)
    assert desk.receive("mtn", body) is Received.ASKED


def test_guessed_numbers_do_not_use_up_what_the_shop_may_ask(
    shop: SentPayments,
    desk: CallbackDesk,
    clock: SettableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(desk, "_pace", Pace(per_s=2, burst=3))
    payments = [shop.sent(MTN) for _ in range(6)]
    bodies = [mtn_body(payment.transaction_reference) for payment in payments]
    outcomes = [desk.receive("mtn", body) for body in bodies]
    assert outcomes == [Received.ASKED] * 3 + [Received.TOO_MANY] * 3
    clock.advance(seconds=0.6)
    assert desk.receive("mtn", bodies[4]) is Received.ASKED
    assert desk.receive("mtn", bodies[5]) is Received.TOO_MANY
    assert [shop.is_due(payment) for payment in payments] == [True] * 3 + [False, True, False]


def impatient(database: Database) -> None:
    """Let a locked file be an error at once, instead of after its usual wait."""
    event.listen(
        database.engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout = 20").close()
    )
    database.engine.dispose()


@pytest.mark.sqlite
def test_a_locked_file_is_an_error_and_the_hint_is_not_taken_as_given(
    shop: SentPayments, desk: CallbackDesk
) -> None:
    payment = shop.sent(MTN)
    body = mtn_body(payment.transaction_reference)
    impatient(shop.app.database)
    with shop.app.database.write(None) as unit:
        unit.session.execute(text("UPDATE gateway_attempt SET checks = checks"))
        with pytest.raises(StorageError):
            desk.receive("mtn", body)
    assert not shop.is_due(payment)
    assert desk.receive("mtn", body) is Received.ASKED
    assert shop.is_due(payment)


def test_eight_at_once_are_one(shop: SentPayments, desk: CallbackDesk) -> None:
    payment = shop.sent(MTN)
    body = mtn_body(payment.transaction_reference)
    outcomes: list[Received] = []
    start = threading.Barrier(8)

    def send() -> None:
        start.wait()
        outcomes.append(desk.receive("mtn", body))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each.name for each in outcomes) == ["ASKED"] + ["TAKEN"] * 7
    assert shop.is_due(payment)


def test_nothing_of_a_hint_is_remembered_for_long(
    shop: SentPayments, desk: CallbackDesk, clock: SettableClock
) -> None:
    for _ in range(5):
        payment = shop.sent(MTN)
        desk.receive("mtn", mtn_body(payment.transaction_reference))
        clock.advance(seconds=callback_desk.SAME_HINT_S)
    assert len(desk._asked_at_s) == 1


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("provider", "body", "wanted"),
    [
        ("mtn", mtn_body("ORD-9999"), {"transaction_reference=?", "payment_id=?", "refund_id=?"}),
        ("airtel", airtel_body("9999"), {"provider=? AND environment=? AND reference=?"}),
    ],
)
def test_looking_for_what_is_not_ours_uses_indexes_only(
    shop: SentPayments, desk: CallbackDesk, provider: Network, body: bytes, wanted: set[str]
) -> None:
    engine = shop.app.database.engine
    asked: list[tuple[str, tuple[str, ...]]] = []

    @event.listens_for(engine, "before_cursor_execute")
    def _note(_: object, __: object, sql: str, values: tuple[str, ...], *___: object) -> None:
        if "FROM gateway_attempt" in sql:
            asked.append((sql, values))

    desk.receive(provider, body)
    event.remove(engine, "before_cursor_execute", _note)
    with closing(sqlite3.connect(shop.app.configuration.database_path)) as connection:
        plan = [
            str(row[3])
            for sql, values in asked
            for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)
        ]
    assert [step for step in plan if step.startswith("SCAN")] == []
    assert [step for step in plan if step.endswith("(provider=?)")] == []
    assert {each for each in wanted if any(each in step for step in plan)} == wanted
