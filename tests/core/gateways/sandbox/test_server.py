"""The server itself: callbacks, control, many at once, and an end that leaves nothing behind."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests

from core.gateways.sandbox import (
    DEMO_ACCOUNT,
    Fault,
    KnownPayment,
    Network,
    Sandbox,
    charged_twice,
    payment_number,
)
from core.gateways.sandbox.wire import Request
from tests.core.gateways.sandbox.conftest import (
    PHONE,
    AirtelClient,
    MTNClient,
    new_reference,
    until,
)

Call = tuple[str, str, bytes]


class _Listener(HTTPServer):
    def __init__(self) -> None:
        self.calls: list[Call] = []
        super().__init__(("127.0.0.1", 0), _ListenerHandler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/callbacks?shop=1"


class _ListenerHandler(BaseHTTPRequestHandler):
    server: _Listener

    def _note(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append((self.command, self.path, body))
        self.send_response(500)
        self.end_headers()

    do_POST = do_PUT = _note  # noqa: N815 - the base's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        pass


@pytest.fixture
def listener() -> Iterator[_Listener]:
    server = _Listener()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_mtn_calls_back_once_without_the_reference(
    sandbox: Sandbox, mtn: MTNClient, listener: _Listener
) -> None:
    references = [new_reference(), new_reference()]
    mtn.pay(references[0], X_Callback_Url=listener.url)
    mtn.pay(references[1], "250788123451", X_Callback_Url=listener.url)
    mtn.pay(references[0], X_Callback_Url=listener.url)
    mtn.pay(new_reference(), "250788123453", X_Callback_Url=listener.url)
    until(lambda: len(listener.calls) == 2)
    time.sleep(20 / sandbox.settings.speed)
    assert [call[:2] for call in listener.calls] == [("PUT", "/callbacks?shop=1")] * 2
    paid, failed = (json.loads(body) for _, _, body in listener.calls)
    assert paid == mtn.status(references[0])
    assert failed["reason"] == {"code": "APPROVAL_REJECTED", "message": "Approval rejected"}
    assert references[0] not in listener.calls[0][2].decode()


def test_airtel_signs_its_callback(
    make_sandbox: Callable[..., Sandbox], listener: _Listener
) -> None:
    sandbox = make_sandbox(airtel_callback_url=listener.url)
    AirtelClient(sandbox.url).pay("P00001")
    until(lambda: len(listener.calls) == 1)
    method, _, body = listener.calls[0]
    document = json.loads(body)
    given = document.pop("hash")
    compact = json.dumps(document, separators=(",", ":")).encode()
    digest = hmac.new(DEMO_ACCOUNT.callback_key.encode(), compact, hashlib.sha256).digest()
    assert (method, given) == ("POST", base64.b64encode(digest).decode())
    assert document["transaction"]["id"] == "P00001"
    assert document["transaction"]["status_code"] == "TS"


def test_a_callback_nobody_takes_harms_nobody(sandbox: Sandbox, mtn: MTNClient) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
    for address in (url, "http://127.0.0.1:99999/"):
        mtn.pay(X_Callback_Url=address)
    until(lambda: all(entry.times_charged for entry in sandbox.ledger()))
    assert mtn.pay().status_code == 202


def test_the_control_doors_show_and_plan(sandbox: Sandbox, mtn: MTNClient) -> None:
    control = f"{sandbox.url}/_sandbox"
    plan = {"seed": 3, "probabilities": {"error_500": 1.0}, "phones": {PHONE: "html"}}
    assert requests.post(f"{control}/plan", json=plan, timeout=5).status_code == 200
    reference = new_reference()
    assert mtn.pay(reference).headers["Content-Type"] == "text/html"
    assert mtn.pay(phone="250788000999").status_code == 500
    operations = requests.get(f"{control}/ledger", timeout=5).json()["operations"]
    assert operations[0]["reference"] == reference
    assert operations[0]["network"] == "mtn"
    assert operations[0]["kind"] == "payment"
    assert operations[0]["fault"] == "html"
    assert operations[0]["posts"] == 1
    assert requests.post(f"{control}/reset", timeout=5).status_code == 200
    assert sandbox.ledger() == ()
    assert mtn.pay().status_code == 401


@pytest.mark.parametrize(
    ("door", "document"),
    [
        ("plan", {"probabilities": {"no_such_fault": 1}}),
        ("plan", {"probabilities": {"html": 2}}),
        ("plan", {"surprise": 1}),
        ("plan", {"seed": "one"}),
        ("plan", {"outcomes": {"INV-1": "splendid"}}),
        ("known", {}),
        ("known", {"payments": [{"network": "mtn"}]}),
        ("known", {"payments": [{"network": "visa", "reference": "x"}]}),
    ],
)
def test_a_wrong_plan_is_refused_with_a_reason(
    sandbox: Sandbox, door: str, document: object
) -> None:
    answer = requests.post(f"{sandbox.url}/_sandbox/{door}", json=document, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_payments_from_before_can_be_made_known(
    sandbox: Sandbox, mtn: MTNClient, airtel: AirtelClient
) -> None:
    reference = new_reference()
    mtn_payment = {
        "network": "mtn",
        "reference": reference,
        "amount": "7000",
        "currency": "RWF",
        "phone": PHONE,
        "external_id": "INV-0",
        "outcome": "rejected",
    }
    answer = requests.post(
        f"{sandbox.url}/_sandbox/known", json={"payments": [mtn_payment]}, timeout=5
    )
    assert answer.status_code == 200
    assert mtn.status(reference)["reason"] == "APPROVAL_REJECTED"
    assert mtn.pay(reference).status_code == 409
    known = KnownPayment(
        network=Network.AIRTEL,
        reference="P00001",
        amount="5000",
        currency="RWF",
        phone="733000111",
        transaction_id="MP260101.1200.A00001",
    )
    sandbox.know([known])
    sandbox.know([known])
    assert airtel.word("P00001") == "TS"
    assert airtel.refund("MP260101.1200.A00001").json()["status"]["success"] is True


@pytest.fixture
def _restless_threads() -> Iterator[None]:
    usual_s = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual_s)


@pytest.mark.usefixtures("_restless_threads")
def test_many_at_once_with_one_reference_are_one_charge(sandbox: Sandbox, mtn: MTNClient) -> None:
    headers = {name.lower(): value for name, value in mtn.headers().items()}
    headers["content-type"] = "application/json"
    body = json.dumps(mtn.body()).encode()
    rounds = [new_reference() for _ in range(100)]
    together = threading.Barrier(4)

    def pay_all() -> list[int]:
        replies = []
        for reference in rounds:
            given = headers | {"x-reference-id": reference}
            together.wait(5)
            replies.append(
                sandbox.answer(Request("POST", "/collection/v1_0/requesttopay", "", given, body))
            )
        return [reply.status for reply in replies]

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(pay_all) for _ in range(4)]
    codes = [code for one in asked for code in one.result()]
    assert (codes.count(202), codes.count(409)) == (100, 300)
    until(lambda: all(entry.times_charged == 1 for entry in sandbox.ledger()))
    assert [entry.posts for entry in sandbox.ledger()] == [4] * 100
    assert charged_twice(sandbox.ledger()) == {"INV-1": 100}


def test_stopping_does_not_wait_for_hung_or_slow_connections() -> None:
    sandbox = Sandbox()
    sandbox.start()
    mtn = MTNClient(sandbox.url)
    mtn.token()
    kept_alive = requests.Session()
    kept_alive.get(f"{sandbox.url}/_sandbox/ledger", timeout=5)

    def pay(fault: Fault) -> None:
        with pytest.raises(requests.ConnectionError):
            mtn.pay(phone=f"250788{payment_number(fault)}", timeout=30)

    clients = [
        threading.Thread(target=pay, args=(fault,))
        for fault in (Fault.HANG_AFTER, Fault.SLOW_ANSWER)
    ]
    for client in clients:
        client.start()
    until(lambda: len(sandbox.ledger()) == 2)
    started = time.monotonic()
    sandbox.stop()
    sandbox.stop()
    assert time.monotonic() - started < 1
    for client in clients:
        client.join()
    kept_alive.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("sandbox")]


def test_a_client_that_leaves_frees_its_thread(sandbox: Sandbox, mtn: MTNClient) -> None:
    with pytest.raises(requests.Timeout):
        mtn.pay(phone=f"250788{payment_number(Fault.HANG_AFTER)}", timeout=0.1)
    until(lambda: not [t for t in threading.enumerate() if t.name == "sandbox-connection"])


def test_it_listens_to_this_computer_alone_and_only_once(sandbox: Sandbox) -> None:
    assert sandbox.url.startswith("http://127.0.0.1:")
    taken = Sandbox(port=int(sandbox.url.rpartition(":")[2]))
    with pytest.raises(OSError):
        taken.start()
    taken.stop()


def test_garbage_is_answered_not_obeyed(sandbox: Sandbox, mtn: MTNClient) -> None:
    mtn.token()
    for body in (b"", b"[]", b"\xff", b"[" * 5000, b"null"):
        answer = requests.post(
            f"{sandbox.url}/collection/v1_0/requesttopay",
            data=body,
            headers=mtn.headers(X_Reference_Id=new_reference()),
            timeout=5,
        )
        assert answer.status_code == 400
    assert sandbox.ledger() == ()
