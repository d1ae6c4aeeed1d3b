"""Every request to a network in the demo stands as the program itself would have left it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from sqlalchemy import select, text

from core.clock import shop_date
from core.database.consistency import check
from core.gateways.sandbox import DEMO_ACCOUNT
from core.model.attempts import AttemptKind, GatewayAttempt
from core.model.payments import (
    ASKED_TRANSACTION_STATUSES,
    Payment,
    PaymentMethod,
    PaymentStatus,
    RequestType,
    TransactionStatus,
)
from core.model.providers import AirtelMoneyProvider, Environment, MTNMobileMoneyProvider
from core.model.refunds import RefundRequest, RefundStatus
from core.services.gateways.attempts import collect_attempt, sale_key
from core.services.gateways.desk import attempt_row
from core.services.secrets import SecretBox
from tests.core.demo.conftest import NOW, Demo

PROVIDERS = {PaymentMethod.MTN_MOBILE_MONEY: "mtn", PaymentMethod.AIRTEL_MONEY: "airtel"}
ENDED_WELL = {PaymentStatus.COMPLETED, PaymentStatus.REFUNDED}


def test_nothing_in_the_books_contradicts_itself(demo: Demo) -> None:
    assert check(demo.database.engine) == ()


def test_each_payment_asked_of_a_network_has_its_request(demo: Demo) -> None:
    with demo.database.read() as session:
        for payment in session.scalars(select(Payment)):
            attempt = collect_attempt(payment)
            asked = [
                call
                for call in payment.payment_transactions
                if call.request_type is RequestType.INITIATE
            ]
            assert (attempt is not None) == bool(asked)
            if attempt is None:
                assert payment.transaction_status in {None, TransactionStatus.CREATED}
                continue
            assert attempt.provider == PROVIDERS[payment.payment_method]
            assert attempt.environment is Environment.SANDBOX
            hyphens = "-" if attempt.provider == "mtn" else ""
            assert attempt.reference == payment.payment_id.replace("-", hyphens)
            assert {call.transaction_id for call in asked} == {attempt.reference}
            assert attempt.status is payment.transaction_status
            assert attempt.sale_key == sale_key(payment)


def test_a_request_is_closed_exactly_when_its_payment_has_ended(demo: Demo) -> None:
    with demo.database.read() as session:
        attempts = session.scalars(
            select(GatewayAttempt).where(GatewayAttempt.kind == AttemptKind.COLLECT)
        ).all()
        for attempt in attempts:
            payment = attempt.payment
            assert attempt.is_open == (payment.status is PaymentStatus.PROCESSING)
            assert attempt.is_open == (attempt.status in ASKED_TRANSACTION_STATUSES)
            assert not attempt.is_open or attempt.due_at is not None
            succeeded = attempt.status is TransactionStatus.SUCCEEDED
            assert succeeded == (payment.status in ENDED_WELL)
            assert not succeeded or payment.transaction_id
            failed = attempt.status in {TransactionStatus.FAILED, TransactionStatus.EXPIRED}
            assert bool(attempt.reason) == bool(attempt.reason_code) == failed
            assert attempt_row(attempt).reference == attempt.reference
            assert attempt.closed_at == payment.paid_at or failed


def test_moments_of_requests_run_forward(demo: Demo) -> None:
    with demo.database.read() as session:
        for attempt in session.scalars(select(GatewayAttempt)):
            steps = (attempt.created_at, attempt.sent_at, attempt.accepted_at, attempt.closed_at)
            known = [step for step in (*steps, NOW) if step is not None]
            assert known == sorted(known)
            assert attempt.created_at <= attempt.status_since <= NOW
            assert attempt.last_asked_at is None or attempt.last_asked_at <= NOW
            assert attempt.due_at is None or attempt.due_at >= NOW - timedelta(days=6)


def test_the_floor_shows_what_can_become_of_a_request(demo: Demo) -> None:
    with demo.database.read() as session:
        payments = session.scalars(
            select(Payment).where(Payment.created_at > NOW - timedelta(minutes=15))
        )
        today = Counter(
            (PROVIDERS[each.payment_method], each.transaction_status)
            for each in payments
            if each.payment_method.is_mobile_money
        )
        unresolved = session.scalars(
            select(GatewayAttempt).where(
                GatewayAttempt.status == TransactionStatus.UNRESOLVED,
                GatewayAttempt.kind == AttemptKind.COLLECT,
            )
        ).all()
        assert today["mtn", TransactionStatus.PENDING] >= 2
        assert today["mtn", TransactionStatus.UNKNOWN] == 1
        assert today["mtn", TransactionStatus.FAILED] >= 1
        assert today["airtel", TransactionStatus.PENDING] >= 1
        assert today["airtel", TransactionStatus.EXPIRED] >= 1
        (left,) = unresolved
        assert shop_date(left.created_at) == shop_date(NOW) - timedelta(days=1)
        assert "was asked for" in left.message


def test_refunds_a_network_can_send_have_their_request(demo: Demo) -> None:
    states = {
        RefundStatus.PROCESSING: TransactionStatus.CREATED,
        RefundStatus.COMPLETED: TransactionStatus.SUCCEEDED,
        RefundStatus.FAILED: TransactionStatus.FAILED,
        RefundStatus.UNKNOWN: TransactionStatus.UNRESOLVED,
    }
    with demo.database.read() as session:
        for refund in session.scalars(select(RefundRequest)):
            paid_by = collect_attempt(refund.payment)
            whole = refund.refund_amount_minor == refund.payment.amount_minor
            sends = paid_by is not None and (paid_by.provider == "mtn" or whole)
            expected = [states[refund.status]] if sends and refund.status in states else []
            assert [attempt.status for attempt in refund.attempts] == expected
            for attempt in refund.attempts:
                ended = refund.status in {RefundStatus.COMPLETED, RefundStatus.FAILED}
                assert attempt.is_open != ended
        (sent,) = session.scalars(
            select(GatewayAttempt).where(GatewayAttempt.status == TransactionStatus.CREATED)
        )
        assert (sent.kind, sent.provider, sent.due_at) == (AttemptKind.REFUND, "mtn", NOW)


def test_the_accounts_are_a_sandbox_with_keys_nobody_can_read(demo: Demo) -> None:
    box = SecretBox(demo.folder, use_keyring=False)
    with demo.database.read() as session:
        mtn = session.scalars(select(MTNMobileMoneyProvider)).one()
        airtel = session.scalars(select(AirtelMoneyProvider)).one()
        for account in (mtn, airtel):
            assert account.is_active
            assert account.environment is Environment.SANDBOX
            assert account.base_url.startswith("http://127.0.0.1:")
        assert box.decrypt(mtn.api_key_encrypted) == DEMO_ACCOUNT.api_key
        assert box.decrypt(airtel.client_secret_encrypted) == DEMO_ACCOUNT.client_secret
        for table in ("mtn_mobile_money_provider", "airtel_money_provider"):
            stored = str(session.execute(text(f"SELECT * FROM {table}")).all())
            assert DEMO_ACCOUNT.api_key not in stored
            assert DEMO_ACCOUNT.client_secret not in stored
