"""The demo's mobile money is alive: a worker, the shop's books and the invented networks."""

from __future__ import annotations

import socket
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from core.app import App, open_shop
from core.clock import system_clock
from core.configuration import Configuration, GatewayTiming
from core.database.audit_chains import verify_chains
from core.database.consistency import check
from core.demo.build import build_demo
from core.demo.networks import EXAMPLE_NUMBER, DemoNetworks
from core.gateways.sandbox import Settings
from core.model.attempts import AttemptKind, GatewayAttempt
from core.model.payments import PaymentMethod, PaymentStatus, TransactionStatus
from core.model.providers import AirtelMoneyProvider, MTNMobileMoneyProvider
from core.model.refunds import RefundRequest, RefundStatus
from core.permissions import Actor, Role
from core.services.payments.rules import RecordPayment
from core.services.refunds.network_refunds import SendRefund
from tests.core.demo.conftest import NOW

CASHIER = Actor(1, "cashier", Role.CASHIER)
MANAGER = Actor(3, "manager", Role.MANAGER)
QUICK = GatewayTiming(ladder=(0.2,), slow_wait_s=0.2, idle_s=0.05)
FAST = Settings(speed=8)


@contextmanager
def demo_shop(folder: Path, *, later: timedelta = timedelta(0)) -> Iterator[App]:
    """A demo built on one afternoon, whatever the time is now, and opened so much later."""
    shift = NOW - system_clock() + later
    configuration = Configuration(
        folder, use_keyring=False, gateway_timing=QUICK, clock=lambda: system_clock() + shift
    )
    with open_shop(configuration) as app:
        build_demo(app.database, folder, payments=200, today=NOW, password_hash=lambda: "none")
        yield app


@contextmanager
def networks_of(app: App) -> Iterator[DemoNetworks]:
    """The demo's networks and the worker that asks them."""
    networks = DemoNetworks(FAST)
    try:
        assert networks.start(app.database).startswith("http://127.0.0.1:")
        app.gateway_worker.start()
        yield networks
    finally:
        app.gateway_worker.stop()
        networks.stop()


@dataclass(frozen=True)
class State:
    """Where one request stands."""

    kind: AttemptKind
    provider: str
    status: TransactionStatus
    owner: PaymentStatus | RefundStatus
    message: str


def states(app: App) -> dict[int, State]:
    """Every request by its key."""
    with app.database.read() as session:
        return {
            each.id: State(
                each.kind,
                each.provider,
                each.status,
                each.refund.status if each.refund else each.payment.status,
                each.message,
            )
            for each in session.scalars(select(GatewayAttempt))
        }


def wait_for(holds: Callable[[], bool], what: str, timeout_s: float = 10) -> None:
    """Look again and again until something holds."""
    end = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.05)


@dataclass(frozen=True)
class Story:
    """The demo's requests when it was opened, after a moment, and some time later."""

    before: dict[int, State]
    soon: dict[int, State]
    later: dict[int, State]
    refund_key: int
    payment_key: int
    troubles: list[str]
    sound: bool

    def of(self, status: TransactionStatus, kind: AttemptKind) -> list[int]:
        """The keys of what stood so when the demo was opened."""
        return [key for key, s in self.before.items() if (s.status, s.kind) == (status, kind)]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """A demo whose worker has asked its networks for a few seconds."""
    with demo_shop(tmp_path_factory.mktemp("demo")) as app:
        before = states(app)
        with networks_of(app):
            payment_id = _collect(app)
            refund_id = _approved_at_mtn(app)
            assert app.network_refunds.ways(MANAGER, refund_id).by_network
            app.network_refunds.send(MANAGER, SendRefund(str(uuid.uuid4()), refund_id))
            new = sorted(set(states(app)) - set(before))
            (lost,) = [k for k, s in before.items() if s.status is TransactionStatus.UNKNOWN]
            wait_for(
                lambda: all(states(app)[key].status is TransactionStatus.SUCCEEDED for key in new),
                "the new payment and the refund never ended",
            )
            soon = states(app)
            wait_for(
                lambda: states(app)[lost].status is TransactionStatus.SUCCEEDED,
                "the lost request was never found",
            )
            later = states(app)
            troubles = [row.told for row in app.gateways.health(MANAGER)]
        with app.database.read() as session:
            sound = not verify_chains(session)[1] and check(app.database.engine) == ()
            keys = {
                each.payment.payment_id if each.refund is None else each.refund.refund_id: each.id
                for each in session.scalars(
                    select(GatewayAttempt).where(GatewayAttempt.id.in_(new))
                )
            }
    return Story(before, soon, later, keys[refund_id], keys[payment_id], troubles, sound)


def _collect(app: App) -> str:
    return app.payments.record(
        CASHIER,
        RecordPayment(
            key=str(uuid.uuid4()),
            method=PaymentMethod.MTN_MOBILE_MONEY,
            amount_minor=5_000,
            phone_number=EXAMPLE_NUMBER,
            transaction_reference="TRY-1",
        ),
    ).payment_id


def _approved_at_mtn(app: App) -> str:
    with app.database.read() as session:
        approved = session.scalars(
            select(RefundRequest).where(RefundRequest.status == RefundStatus.APPROVED)
        )
        return next(
            each.refund_id
            for each in approved
            if each.payment.payment_method is PaymentMethod.MTN_MOBILE_MONEY
        )


def test_a_new_payment_by_the_example_number_is_paid(story: Story) -> None:
    assert story.later[story.payment_key].owner is PaymentStatus.COMPLETED


def test_the_approved_refund_goes_back_through_mtn(story: Story) -> None:
    assert story.later[story.refund_key].owner is RefundStatus.COMPLETED


def test_the_refund_in_hand_leaves_once_the_networks_answer(story: Story) -> None:
    (key,) = story.of(TransactionStatus.CREATED, AttemptKind.REFUND)
    assert story.later[key].owner is RefundStatus.COMPLETED


def test_a_customer_may_still_be_looking_at_the_prompt(story: Story) -> None:
    keys = story.of(TransactionStatus.PENDING, AttemptKind.COLLECT)
    waiting = [story.later[key] for key in keys]
    assert {state.provider for state in waiting if state.owner is PaymentStatus.PROCESSING} == {
        "mtn",
        "airtel",
    }
    assert any(state.owner is PaymentStatus.COMPLETED for state in waiting)


def test_the_lost_request_is_unknown_before_it_is_found(story: Story) -> None:
    (key,) = story.of(TransactionStatus.UNKNOWN, AttemptKind.COLLECT)
    assert story.soon[key].status is TransactionStatus.UNKNOWN
    assert story.later[key].owner is PaymentStatus.COMPLETED


def test_what_is_left_to_people_stays_theirs(story: Story) -> None:
    (payment,) = story.of(TransactionStatus.UNRESOLVED, AttemptKind.COLLECT)
    assert story.later[payment] == story.before[payment]
    (refund,) = story.of(TransactionStatus.UNRESOLVED, AttemptKind.REFUND)
    assert story.later[refund] == story.before[refund]


def test_what_had_ended_stays_as_it_ended(story: Story) -> None:
    for status in (
        TransactionStatus.SUCCEEDED,
        TransactionStatus.FAILED,
        TransactionStatus.EXPIRED,
    ):
        for key in story.of(status, AttemptKind.COLLECT):
            assert story.later[key] == story.before[key]


def test_no_banner_says_that_a_network_is_down(story: Story) -> None:
    assert story.troubles == ["", ""]


def test_the_books_and_the_audit_trail_stay_whole(story: Story) -> None:
    assert story.sound


def test_a_demo_opened_two_days_later_ends_what_waited(tmp_path: Path) -> None:
    with demo_shop(tmp_path, later=timedelta(days=2)) as app:
        before = states(app)
        waiting = {TransactionStatus.PENDING, TransactionStatus.UNKNOWN}
        keys = [key for key, state in before.items() if state.status in waiting]
        (refund,) = [k for k, s in before.items() if s.status is TransactionStatus.CREATED]
        with networks_of(app):
            wait_for(
                lambda: {states(app)[key].owner for key in keys} == {PaymentStatus.COMPLETED},
                "not everything that waited was paid",
            )
            wait_for(
                lambda: states(app)[refund].owner is RefundStatus.FAILED,
                "the refund that never left still says that it is under way",
            )
            assert "Nothing was sent back" in states(app)[refund].message


def test_what_had_not_left_when_the_program_ended_leaves_with_the_next(tmp_path: Path) -> None:
    with demo_shop(tmp_path) as app:
        payment_id = _collect(app)
        with networks_of(app):
            wait_for(
                lambda: (
                    app.gateways.path(CASHIER, payment_id).payment.status is PaymentStatus.COMPLETED
                ),
                "the payment was never asked for",
            )


def test_without_its_networks_a_demo_loses_nothing_and_says_why(tmp_path: Path) -> None:
    with demo_shop(tmp_path) as app:
        before = states(app)
        app.gateway_worker.start()
        try:
            wait_for(lambda: len(app.gateways.health(MANAGER)) == 2, "no network was found missing")
        finally:
            app.gateway_worker.stop()
        assert {key: state.owner for key, state in states(app).items()} == {
            key: state.owner for key, state in before.items()
        }
        assert all("127.0.0.1" in row.told for row in app.gateways.health(MANAGER))


def test_a_taken_port_is_left_and_the_accounts_follow(tmp_path: Path) -> None:
    with demo_shop(tmp_path) as app, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        place = f"http://127.0.0.1:{taken.getsockname()[1]}"
        _put_accounts(app, place, place)
        networks = DemoNetworks()
        try:
            url = networks.start(app.database)
            assert url not in {"", place}
            assert _addresses(app) == [url, url]
        finally:
            networks.stop()
            networks.stop()


def test_an_account_that_a_person_moved_elsewhere_stays_there(tmp_path: Path) -> None:
    elsewhere = "https://sandbox.momodeveloper.mtn.com"
    with demo_shop(tmp_path) as app:
        _put_accounts(app, elsewhere, "http://127.0.0.1:9")
        networks = DemoNetworks()
        try:
            url = networks.start(app.database)
            assert _addresses(app) == [elsewhere, url]
        finally:
            networks.stop()
        _put_accounts(app, elsewhere, elsewhere)
        assert networks.start(app.database) == ""
        assert _addresses(app) == [elsewhere, elsewhere]


def _put_accounts(app: App, mtn: str, airtel: str) -> None:
    with app.database.write(None) as unit:
        unit.session.scalars(select(MTNMobileMoneyProvider)).one().base_url = mtn
        unit.session.scalars(select(AirtelMoneyProvider)).one().base_url = airtel
        unit.commit()


def _addresses(app: App) -> list[str]:
    with app.database.read() as session:
        return [
            session.scalars(select(MTNMobileMoneyProvider)).one().base_url,
            session.scalars(select(AirtelMoneyProvider)).one().base_url,
        ]
