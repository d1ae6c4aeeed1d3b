"""The listener for the networks' callbacks, over real sockets."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import event, text

import desktop
from core.app import App, open_shop
from core.configuration import Configuration, GatewayTiming
from core.errors import StorageError
from core.gateways.callbacks import MAX_CALLBACK_BYTES
from core.gateways.sandbox import Sandbox, Settings, airtel_keys, mtn_keys
from core.model.payments import PaymentStatus
from core.services.gateways.callback_desk import CallbackDesk, Pace, Received
from core.services.payments.rules import RecordPayment
from core.services.rows import PaymentRow
from core.services.secrets import SecretBox
from desktop import callbacks
from desktop.callbacks import CallbackApplication, CallbackServer, SenderPaces
from desktop.logs import start_log, stop_log
from tests.core.services.sent_payments import (
    ADMIN,
    AIRTEL,
    AIRTEL_PHONE,
    CALLBACK_KEY,
    CASHIER,
    MTN,
    PHONE,
    SentPayments,
    WriteCounter,
)
from tests.desktop.conftest import CHEAP, NOW, Typed

ROOT = Path(desktop.__file__).parents[1]


@pytest.fixture
def sent(shop: Path) -> Iterator[SentPayments]:
    configuration = Configuration(
        data_dir=shop, use_keyring=False, clock=lambda: NOW, password_cost=CHEAP
    )
    with open_shop(configuration) as app:
        yield SentPayments(app)


def desk_of(sent: SentPayments) -> CallbackDesk:
    secrets = SecretBox(sent.app.configuration.data_dir, use_keyring=False)
    return CallbackDesk(sent.app.database, secrets)


@contextmanager
def serving(
    sent: SentPayments, *, behind_proxy: bool = False, request_time_s: int = 10
) -> Iterator[CallbackServer]:
    server = CallbackServer(desk_of(sent), behind_proxy=behind_proxy, request_time_s=request_time_s)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def server(sent: SentPayments) -> Iterator[CallbackServer]:
    with serving(sent) as started:
        yield started


class Answered:
    """What came back, whole."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def __eq__(self, other: object) -> bool:
        return (self.status, self.body) == other

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{self.status} {self.headers} {self.body!r}"


def send(
    server: CallbackServer,
    method: str,
    path: str,
    body: bytes = b"",
    headers: dict[str, str] | None = None,
) -> Answered:
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=20)) as connection:
        connection.request(method, path, body, headers or {"Content-Type": "application/json"})
        response = connection.getresponse()
        return Answered(response.status, dict(response.getheaders()), response.read())


def mtn_body(external_id: str) -> bytes:
    return json.dumps(
        {
            "externalId": external_id,
            "amount": "5000",
            "currency": "RWF",
            "payer": {"partyIdType": "MSISDN", "partyId": PHONE},
            "status": "SUCCESSFUL",
        }
    ).encode()


def airtel_body(reference: str, key: str) -> bytes:
    payload = json.dumps({"transaction": {"id": reference, "status_code": "TS"}}).encode()
    told = base64.b64encode(hmac.new(key.encode(), payload, hashlib.sha256).digest()).decode()
    return payload[:-1] + f',"hash":"{told}"}}'.encode()


OK = (200, b"")


@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize("path", ["/mtn", "/mtn/", "/mtn/collections/1?x=y"])
def test_mtn_may_put_and_post_and_only_a_question_comes_of_it(
    sent: SentPayments, server: CallbackServer, method: str, path: str
) -> None:
    payment, other = sent.sent(MTN), sent.sent(MTN)
    before = sent.rows()
    assert send(server, method, path, mtn_body(payment.transaction_reference)) == OK
    assert sent.is_due(payment)
    assert not sent.is_due(other)
    assert sent.rows() == before
    shown = sent.app.gateways.path(ADMIN, payment.payment_id).payment
    assert shown.status is PaymentStatus.PENDING


@pytest.mark.parametrize("kind", [None, "text/plain", "application/xml; charset=utf-16"])
def test_the_content_type_does_not_matter(
    sent: SentPayments, server: CallbackServer, kind: str | None
) -> None:
    payment = sent.sent(MTN)
    headers = {"Content-Type": kind} if kind else {"X-Nothing": "1"}
    body = mtn_body(payment.transaction_reference)
    assert send(server, "PUT", "/mtn", body, headers) == OK
    assert sent.is_due(payment)


def test_airtel_posts_with_its_hash(sent: SentPayments, server: CallbackServer) -> None:
    sent.set_callback_key(CALLBACK_KEY)
    payment = sent.sent(AIRTEL)
    body = airtel_body(sent.attempt(payment).reference, CALLBACK_KEY)
    assert send(server, "POST", "/airtel/callback", body) == OK
    assert sent.is_due(payment)


def test_forged_callbacks_do_nothing_and_are_one_line_in_the_log(
    sent: SentPayments, server: CallbackServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    sent.set_callback_key(CALLBACK_KEY)
    payment = sent.sent(AIRTEL)
    body = airtel_body(sent.attempt(payment).reference, "not the key")
    with closing(WriteCounter(sent.app)) as counter:
        assert [send(server, "POST", "/airtel", body) == (401, b"") for _ in range(10)] == [
            True
        ] * 10
        assert not counter.has_written
    assert not sent.is_due(payment)
    assert len(caplog.records) == 1


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/mtn", 405),
        ("DELETE", "/mtn/x", 405),
        ("PUT", "/airtel", 405),
        ("GET", "/airtel", 405),
        ("POST", "/health", 405),
        ("POST", "/", 404),
        ("POST", "/mtnx", 404),
        ("POST", "/health/x", 404),
        ("POST", "/x/mtn", 404),
        ("POST", "/../mtn", 404),
        ("POST", "/%2e%2e/%00%ff", 404),
    ],
)
def test_other_methods_and_paths_are_refused(
    server: CallbackServer, method: str, path: str, status: int
) -> None:
    assert send(server, method, path, b"{}") == (status, b"")


def test_a_wrong_method_is_told_the_right_ones(server: CallbackServer) -> None:
    assert send(server, "GET", "/mtn").headers["Allow"] == "PUT, POST"
    assert send(server, "GET", "/airtel").headers["Allow"] == "POST"


def test_health_is_told(server: CallbackServer) -> None:
    answered = send(server, "GET", "/health")
    assert answered == (200, b"listening\n")
    assert answered.headers["Content-Type"].startswith("text/plain")
    assert "Server" not in answered.headers


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"\xff", b'{"a":NaN}', b"[" * 50_000])
def test_what_is_no_document_is_refused(server: CallbackServer, body: bytes) -> None:
    assert send(server, "POST", "/mtn", body) == (400, b"")
    assert send(server, "POST", "/airtel", body) == (400, b"")


def test_a_stranger_learns_and_writes_nothing(sent: SentPayments, server: CallbackServer) -> None:
    payment = sent.sent(MTN)
    ours = send(server, "PUT", "/mtn", mtn_body(payment.transaction_reference))
    rows = sent.rows()
    with closing(WriteCounter(sent.app)) as counter:
        for body in (mtn_body("ORD-9999"), b"{}", airtel_body("x", "y")):
            answered = send(server, "PUT", "/mtn", body)
            assert answered == (ours.status, ours.body)
            assert {**answered.headers, "Date": ""} == {**ours.headers, "Date": ""}
        assert not counter.has_written
    assert sent.rows() == rows


def raw(server: CallbackServer, data: bytes) -> bytes:
    """Send bytes and return everything that comes until the server closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(data)
        answered = b""
        while part := connection.recv(65536):
            answered += part
        return answered


def test_a_body_too_large_is_refused_before_it_is_sent(server: CallbackServer) -> None:
    head = f"PUT /mtn HTTP/1.1\r\nHost: x\r\nContent-Length: {MAX_CALLBACK_BYTES + 1}\r\n\r\n"
    assert raw(server, head.encode()).startswith(b"HTTP/1.1 413 ")
    huge = b"PUT /mtn HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999\r\n\r\n"
    assert raw(server, huge).startswith(b"HTTP/1.1 413 ")


def test_a_body_of_the_largest_size_passes(sent: SentPayments, server: CallbackServer) -> None:
    payment = sent.sent(MTN)
    body = mtn_body(payment.transaction_reference)
    assert send(server, "PUT", "/mtn", body.ljust(MAX_CALLBACK_BYTES)) == OK
    assert sent.is_due(payment)


def test_a_body_in_parts_without_a_length_is_bounded_too(
    sent: SentPayments, server: CallbackServer
) -> None:
    payment = sent.sent(MTN)
    head = (
        b"PUT /mtn HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    body = mtn_body(payment.transaction_reference)
    part = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
    assert raw(server, head + part).startswith(b"HTTP/1.1 200 ")
    assert sent.is_due(payment)
    endless = (b"1000\r\n" + b" " * 0x1000 + b"\r\n") * 17
    assert b" 413 " in raw(server, head + endless[: MAX_CALLBACK_BYTES + 1])


def test_headers_too_large_are_refused(server: CallbackServer) -> None:
    head = b"PUT /mtn HTTP/1.1\r\nHost: x\r\nX: ".ljust(16 * 1024, b"y")
    assert raw(server, head).startswith(b"HTTP/1.0 431 ")


def test_a_flood_is_slowed_and_fills_neither_log_nor_file(
    sent: SentPayments, server: CallbackServer, shop: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    payment = sent.sent(MTN)
    body = mtn_body(payment.transaction_reference)
    statuses: list[int] = []

    def flood() -> None:
        with closing(HTTPConnection("127.0.0.1", server.port, timeout=20)) as connection:
            for number in range(75):
                connection.request("PUT", "/mtn", body if number % 2 else mtn_body("ORD-9999"))
                response = connection.getresponse()
                response.read()
                statuses.append(response.status)
                if response.status == 429:
                    assert int(response.headers["Retry-After"]) >= 1

    started = time.monotonic()
    version_before = sent.attempt(payment).version
    threads = [threading.Thread(target=flood) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took_s = time.monotonic() - started
    assert set(statuses) == {200, 429}
    assert len(statuses) == 300
    assert 40 <= statuses.count(200) <= 41 + 20 * took_s
    assert sent.attempt(payment).version - version_before == 1
    assert len(caplog.records) <= 2
    assert send(server, "GET", "/health") == (200, b"listening\n")


class Clock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def test_one_sender_does_not_use_up_what_others_may_send() -> None:
    clock = Clock()
    paces = SenderPaces(clock)
    assert [paces.wait_s("10.0.0.1") for _ in range(40)] == [0.0] * 40
    assert all(0 < paces.wait_s("10.0.0.1") <= 0.06 for _ in range(500))
    assert paces.wait_s("10.0.0.2") == 0.0
    clock.now_s += 1
    assert [paces.wait_s("10.0.0.1") for _ in range(21)].count(0.0) == 20


def test_many_senders_meet_a_common_pace_and_are_not_all_remembered() -> None:
    clock = Clock()
    paces = SenderPaces(clock)
    passed = sum(
        not paces.wait_s(f"10.{n // 65536}.{n // 256 % 256}.{n % 256}") for n in range(999)
    )
    assert passed == 200
    for number in range(callbacks.MOST_SENDERS * 2):
        clock.now_s += 0.02
        assert paces.wait_s(f"2001:db8:{number:x}::1") == 0.0
    assert paces.senders == callbacks.MOST_SENDERS


def test_addresses_of_one_customer_are_one_sender() -> None:
    paces = SenderPaces(Clock())
    assert [paces.wait_s(f"2001:db8::{n:x}") for n in range(50)].count(0.0) == 40
    assert [paces.wait_s(f"::ffff:10.0.0.{n % 2}") for n in range(50)].count(0.0) == 50
    assert [paces.wait_s(f"garbage {n}") for n in range(50)].count(0.0) == 40


def passed_of(server: CallbackServer, count: int) -> int:
    statuses = [
        send(server, "PUT", "/mtn", b"{}", {"X-Forwarded-For": f"9.9.9.9, 10.0.0.{n}"}).status
        for n in range(count)
    ]
    return statuses.count(200)


def test_x_forwarded_for_is_believed_only_behind_a_proxy(
    sent: SentPayments, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callbacks, "_PACE_OF_ONE", Pace(per_s=0.01, burst=3))
    with serving(sent) as bare:
        assert passed_of(bare, 6) == 3
    with serving(sent, behind_proxy=True) as proxied:
        assert passed_of(proxied, 6) == 6
        first = {"X-Forwarded-For": "1.1.1.1"}
        same = [send(proxied, "PUT", "/mtn", b"{}", first).status for _ in range(5)]
        assert same == [200] * 3 + [429] * 2


def test_a_locked_file_is_told_and_nothing_pretended(
    sent: SentPayments, server: CallbackServer, caplog: pytest.LogCaptureFixture
) -> None:
    payment = sent.sent(MTN)
    body = mtn_body(payment.transaction_reference)
    engine = sent.app.database.engine
    event.listen(engine, "connect", lambda made, _: made.execute("PRAGMA busy_timeout=20").close())
    engine.dispose()
    with sent.app.database.write(None) as unit:
        unit.session.execute(text("UPDATE gateway_attempt SET checks = checks"))
        answers = [send(server, "PUT", "/mtn", body) for _ in range(3)]
    assert answers == [(503, b"")] * 3
    assert all("Retry-After" in answered.headers for answered in answers)
    assert len(caplog.records) == 1
    assert not sent.is_due(payment)
    assert send(server, "PUT", "/mtn", body) == OK
    assert sent.is_due(payment)


def test_a_damaged_file_is_told_without_a_traceback(
    sent: SentPayments, server: CallbackServer, caplog: pytest.LogCaptureFixture
) -> None:
    with sent.app.database.write(None) as unit:
        unit.session.execute(text("ALTER TABLE gateway_attempt RENAME TO elsewhere"))
        unit.commit()
    answers = [send(server, "PUT", "/mtn", mtn_body("ORD-1")) for _ in range(3)]
    assert answers == [(500, b"")] * 3
    assert [record.levelname for record in caplog.records] == ["ERROR"]


class FullDisk(CallbackDesk):
    def receive(self, provider: object, body: bytes) -> Received:
        raise StorageError("Nothing was changed. The disk is full.")


def test_a_full_disk_is_told(sent: SentPayments, caplog: pytest.LogCaptureFixture) -> None:
    desk = FullDisk(sent.app.database, SecretBox(sent.app.configuration.data_dir))
    started: list[str] = []
    environ = {
        "REQUEST_METHOD": "PUT",
        "PATH_INFO": "/mtn",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": BytesIO(b"{}"),
    }

    def start_response(status: str, *_: object) -> Callable[[bytes], object]:
        started.append(status)
        return lambda _: None

    assert list(CallbackApplication(desk)(environ, start_response)) == [b""]
    assert started == ["503 Service Unavailable"]
    assert "The disk is full" in caplog.text


def test_no_secret_number_or_body_is_ever_logged_or_answered(
    sent: SentPayments, shop: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = start_log(shop)
    logging.getLogger().setLevel(logging.DEBUG)
    sent.set_callback_key(CALLBACK_KEY)
    ours, airtel = sent.sent(MTN), sent.sent(AIRTEL)
    reference = sent.attempt(airtel).reference
    answers = []
    with serving(sent, behind_proxy=True) as server:
        for body in (
            mtn_body(ours.transaction_reference),
            airtel_body(reference, CALLBACK_KEY),
            airtel_body(reference, "forger"),
            CALLBACK_KEY.encode(),
            PHONE.encode(),
        ):
            for path in ("/mtn", "/airtel", f"/{PHONE}", f"/mtn/{PHONE}?key={CALLBACK_KEY}"):
                headers = {"X-Forwarded-For": f'"{PHONE}', "X-Key": CALLBACK_KEY}
                answers.append(repr(send(server, "POST", path, body, headers)))
                answers.append(repr(send(server, "POST", path, body)))
        answers.append(repr(raw(server, f"{PHONE} {CALLBACK_KEY}\r\n\r\n".encode())))
        with sent.app.database.write(None) as unit:
            unit.session.execute(text("ALTER TABLE gateway_attempt RENAME TO elsewhere"))
            unit.commit()
        answers.append(repr(send(server, "PUT", "/mtn", mtn_body(f"+{PHONE}"))))
        assert answers[-1].startswith("500")
    stop_log()
    written = file.read_text(encoding="utf-8")
    assert "without its right hash" in written
    for canary in (CALLBACK_KEY, PHONE, "canary", ours.transaction_reference, reference):
        assert canary not in written
        assert canary not in "".join(answers)


@pytest.mark.parametrize("drip", [b"", b"X"])
def test_a_slow_sender_is_cut_off(sent: SentPayments, drip: bytes) -> None:
    with (
        serving(sent, request_time_s=1) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=0.2) as connection,
    ):
        started = time.monotonic()
        connection.sendall(b"PUT /mtn HTTP/1.1\r\nHost: x\r\nX: ")
        while time.monotonic() - started < 10:
            try:
                connection.sendall(drip)
                if not connection.recv(100):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        assert time.monotonic() - started < 6


def test_no_more_than_so_many_connections_and_the_idle_make_room(sent: SentPayments) -> None:
    with serving(sent, request_time_s=1) as server:
        idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(130)]
        try:
            time.sleep(0.3)
            assert len(server._map) <= 100
            assert send(server, "GET", "/health") == (200, b"listening\n")
        finally:
            for connection in idle:
                connection.close()


def test_it_stops_with_connections_open_and_leaves_no_thread(sent: SentPayments) -> None:
    before = set(threading.enumerate())
    server = CallbackServer(desk_of(sent))
    server.start()
    assert send(server, "GET", "/health").status == 200
    with (
        socket.create_connection(("127.0.0.1", server.port)) as idle,
        socket.create_connection(("127.0.0.1", server.port)) as partial,
    ):
        partial.sendall(b"PUT /mtn HTTP/1.1\r\nContent-Length: 9\r\n\r\n{")
        time.sleep(0.1)
        started = time.monotonic()
        server.stop()
        server.stop()
        assert time.monotonic() - started < 3
        assert idle.recv(10) == b""
    assert not server.is_running
    end = time.monotonic() + 2
    while set(threading.enumerate()) - before and time.monotonic() < end:
        time.sleep(0.01)
    assert set(threading.enumerate()) == before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port))


def test_only_the_callbacks_bring_the_money_in_before_the_next_question(
    shop: Path,
) -> None:
    """Both networks report, the worker asks them at once; by its own ladder it would ask late."""
    late = GatewayTiming(ladder=(600,), idle_s=0.02)
    configuration = Configuration(
        data_dir=shop, use_keyring=False, password_cost=CHEAP, gateway_timing=late
    )
    with open_shop(configuration) as app:
        desk = CallbackDesk(app.database, SecretBox(shop, use_keyring=False))
        server = CallbackServer(desk)
        server.start()
        url = f"http://127.0.0.1:{server.port}"
        settings = Settings(speed=20, prompt_s=4, airtel_callback_url=f"{url}/airtel")
        try:
            with Sandbox(settings) as networks:
                shown = mtn_keys(networks.url, settings) | {"callback_url": f"{url}/mtn"}
                values = {key: str(value) for key, value in shown.items()}
                app.providers.set_values(ADMIN, "mtn", values, from_file=True)
                shown = airtel_keys(networks.url, settings)
                values = {key: str(value) for key, value in shown.items()}
                app.providers.set_values(ADMIN, "airtel", values, from_file=True)
                app.gateway_worker.start()
                payments = [
                    app.payments.record(
                        CASHIER,
                        RecordPayment(
                            key=phone, method=method, amount_minor=5_000, phone_number=phone
                        ),
                    )
                    for method, phone in ((MTN, PHONE), (AIRTEL, AIRTEL_PHONE))
                ]
                end = time.monotonic() + 15
                while not all(is_completed(app, payment) for payment in payments):
                    assert time.monotonic() < end
                    time.sleep(0.02)
        finally:
            server.stop()


def is_completed(app: App, payment: PaymentRow) -> bool:
    shown = app.gateways.path(ADMIN, payment.payment_id).payment
    return shown.status is PaymentStatus.COMPLETED


def test_a_taken_port_is_one_line(shop: Path, type_in: Callable[..., Typed]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        typed = type_in("callbacks", "--port", str(port), "--data-dir", shop)
    assert (typed.code, typed.out) == (1, "")
    assert typed.err.count("\n") == 1
    assert f"Port {port}" in typed.err


def test_an_address_that_is_not_ours_is_one_line(shop: Path, type_in: Callable[..., Typed]) -> None:
    for host in ("203.0.113.7", "a..b"):
        typed = type_in("callbacks", "--port", "0", "--host", host, "--data-dir", shop)
        assert (typed.code, typed.out, typed.err.count("\n")) == (1, "", 1)
        assert host in typed.err


def test_wrong_use_is_told(shop: Path, type_in: Callable[..., Typed]) -> None:
    assert type_in("callbacks", "--data-dir", shop).code == 2
    assert type_in("callbacks", "--port", "99999", "--data-dir", shop).code == 2


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_the_command_serves_until_it_is_told_to_stop(
    sent: SentPayments, shop: Path, name: str
) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows ends a process by these signals")
    payment = sent.sent(MTN)
    with sent.app.database.write(None) as unit:
        unit.session.execute(text("UPDATE gateway_attempt SET due_at = '2099-01-01 00:00:00'"))
        unit.commit()
    environment = {key: value for key, value in os.environ.items() if "SANDUKU" not in key}
    with subprocess.Popen(
        [sys.executable, "-m", "desktop", "callbacks", "--port", "0", "--data-dir", str(shop)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            port = int(first.partition("127.0.0.1:")[2].partition(" ")[0])
            with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
                connection.request("PUT", "/mtn", mtn_body(payment.transaction_reference))
                assert connection.getresponse().status == 200
                process.send_signal(getattr(signal, name))
                printed, errors = process.communicate(timeout=15)
        finally:
            process.kill()
    assert (process.returncode, printed, errors) == (0, "Stopped\n", "")
    due_at = sent.attempt(payment).due_at
    assert due_at is not None
    assert due_at.year < 2099
