"""What each kind of network trouble means, each made on a real socket."""

from __future__ import annotations

import contextlib
import errno
import gzip
import ipaddress
import logging
import select
import socket
import ssl
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from urllib3.exceptions import MaxRetryError, NewConnectionError
from urllib3.exceptions import SSLError as PoolSSLError

from core.errors import InvalidInputError
from core.gateways.contract import NetworkOptions, Trouble
from core.gateways.http import MAX_BODY_BYTES, Answer, Http, NoAnswer, Request, no_answer
from core.gateways.transport import Opening
from tests.core.gateways import wire
from tests.core.gateways.accounts import QUICK
from tests.core.gateways.wire import Network, answer

POST = Request("POST", "/pay", {"Content-Type": "application/json"}, b"{}")
GET = Request("GET", "/pay", {})


def called(url: str, request: Request = POST, options: NetworkOptions = QUICK):
    http = Http(url, options)
    try:
        return http.call(request)
    finally:
        http.close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


def not_sent(trouble: Trouble, exchange: object) -> None:
    assert isinstance(exchange, NoAnswer), exchange
    assert (exchange.may_have_left, exchange.trouble) == (False, trouble), exchange


def unknown(trouble: Trouble, exchange: object) -> None:
    assert isinstance(exchange, NoAnswer), exchange
    assert (exchange.may_have_left, exchange.trouble) == (True, trouble), exchange


def test_a_name_that_does_not_exist_is_not_sent():
    not_sent(Trouble.NAME_NOT_FOUND, called("https://nowhere.invalid"))


def test_a_refused_connection_is_not_sent():
    not_sent(Trouble.CONNECTION_REFUSED, called(f"http://127.0.0.1:{free_port()}"))


@pytest.mark.skipif(sys.platform == "win32", reason="a full queue refuses there")
def test_a_connection_that_never_opens_is_not_sent():
    # A listener whose queue is full does not answer further connections.
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        time.sleep(0.05)
        quick = NetworkOptions(connect_timeout_s=0.2, read_timeout_s=0.2)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        not_sent(Trouble.TIMEOUT, called(url, options=quick))


@pytest.mark.parametrize("code", [errno.ENETUNREACH, errno.EHOSTUNREACH])
def test_no_way_to_the_network_is_not_sent(code: int):
    cause = OSError(code, "unreachable")
    made = NewConnectionError(None, "no way")
    made.__cause__ = cause
    error = requests.ConnectionError(MaxRetryError(None, "/", made))
    not_sent(Trouble.NO_ROUTE, no_answer(error, Opening.UNDER_WAY, has_proxy=False))


def test_a_reset_while_the_connection_opens_is_not_sent():
    made = NewConnectionError(None, "no")
    made.__cause__ = ConnectionResetError()
    error = requests.ConnectionError(MaxRetryError(None, "/", made))
    not_sent(Trouble.CONNECTION_CUT, no_answer(error, Opening.UNDER_WAY, has_proxy=False))


def test_without_a_seen_connection_no_exception_counts_as_not_sent():
    error = requests.ConnectionError(MaxRetryError(None, "/", NewConnectionError(None, "refused")))
    assert no_answer(error, Opening.NOT_SEEN, has_proxy=False).may_have_left


def test_tls_that_breaks_after_the_request_looks_like_a_failed_handshake_and_is_unknown():
    error = requests.exceptions.SSLError(MaxRetryError(None, "/", PoolSSLError(ssl.SSLEOFError())))
    assert no_answer(error, Opening.OPEN, has_proxy=False).may_have_left
    assert not no_answer(error, Opening.UNDER_WAY, has_proxy=False).may_have_left


@pytest.mark.parametrize("step", [wire.reset, wire.hang_up])
def test_a_connection_cut_after_the_request_is_unknown(network: Network, step):
    network.on("POST /pay", step)
    unknown(Trouble.CONNECTION_CUT, called(network.url))
    assert len(network.received) == 1, "it was sent, and only once"


def test_a_connection_reset_before_the_request_was_read_is_unknown(make_network):
    network = make_network(greets_with=wire.after(0.05, wire.reset))
    unknown(Trouble.CONNECTION_CUT, called(network.url))


def test_no_answer_is_unknown(network: Network):
    network.on("POST /pay", wire.silence)
    unknown(Trouble.TIMEOUT, called(network.url))


@pytest.mark.parametrize(
    "raw",
    [
        b'HTTP/1.1 202 Accepted\r\nContent-Length: 50\r\n\r\n{"status"',
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{"status"',
        b"HTTP/1.1 202 Acc",
        b"HTTP/1.1 202 Accepted\r\nContent-Type: appl",
    ],
)
def test_a_cut_answer_is_never_an_answer_to_act_on(network: Network, raw: bytes):
    network.on("POST /pay", wire.say(raw))
    exchange = called(network.url)
    if isinstance(exchange, NoAnswer):
        assert exchange.may_have_left
    else:
        assert exchange.found is None


def test_nonsense_instead_of_http_is_unknown(network: Network):
    network.on("POST /pay", wire.say(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"))
    unknown(Trouble.SERVICE, called(network.url))


@pytest.mark.parametrize(
    "start",
    [b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{", b"HTTP/1.1 200 OK\r\nX-A: ", b"H"],
)
def test_a_dripping_answer_ends_with_the_call_not_with_the_drip(network: Network, start: bytes):
    options = NetworkOptions(connect_timeout_s=1, read_timeout_s=0.5, total_timeout_s=0.4)
    network.on("POST /pay", wire.drip(start, b"a"))
    began = time.monotonic()
    unknown(Trouble.TIMEOUT, called(network.url, options=options))
    assert time.monotonic() - began < 2


def test_a_huge_answer_is_not_read_to_its_end(network: Network):
    network.on("POST /pay", answer(200, b" " * (MAX_BODY_BYTES * 8) + b"{}"))
    exchange = called(network.url, options=NetworkOptions())
    assert isinstance(exchange, Answer)
    assert exchange.too_large
    assert exchange.found is None
    assert len(exchange.body) == MAX_BODY_BYTES


def test_a_compressed_flood_stays_bounded(network: Network):
    flood = gzip.compress(b" " * (MAX_BODY_BYTES * 40))
    network.on("POST /pay", answer(200, flood, Content_Encoding="gzip"))
    exchange = called(network.url)
    assert isinstance(exchange, Answer)
    assert exchange.too_large


def test_a_redirect_is_told_and_not_followed(network: Network):
    network.on("POST /pay", answer(302, Location=f"{network.url}/login"))
    exchange = called(network.url)
    assert isinstance(exchange, Answer)
    assert exchange.status == 302
    assert len(network.received) == 1


@pytest.mark.parametrize(
    ("kind", "body", "is_page", "is_read"),
    [
        ("text/html", "<html>Request Rejected</html>", True, False),
        ("text/plain", " <!DOCTYPE html><html>", True, False),
        ("text/html", '{"status": "SUCCESSFUL"}', True, False),
        ("", '{"status": "SUCCESSFUL"}', False, False),
        ("text/plain", '{"status": "SUCCESSFUL"}', False, False),
        ("application/json; charset=utf-8", '{"status": "SUCCESSFUL"}', False, True),
        ("application/problem+json", '{"status": "SUCCESSFUL"}', False, True),
        ("application/json", "[1]", False, False),
        ("application/json", '{"status": "A", "status": "B"}', False, False),
        ("application/json", '{"amount": NaN}', False, False),
        ("application/json", '{"amount": 1e999999999}', False, False),
        ("application/json", '{"amount": ' + "9" * 5000 + "}", False, False),
        ("application/json", '{"a":' * 20000 + "1" + "}" * 20000, False, False),
        ("application/json", b'\xff\xfe{"status": "A"}', False, False),
        ("application/json", '\ufeff{"status": "A"}', False, True),
        ("application/json", '{"status": ', False, False),
    ],
)
def test_json_is_read_only_where_it_is_said_and_whole(network, kind, body, is_page, is_read):
    network.on("POST /pay", answer(200, body, kind))
    exchange = called(network.url)
    assert isinstance(exchange, Answer)
    assert (exchange.is_web_page, exchange.found is not None) == (is_page, is_read)


def test_a_money_call_uses_a_connection_of_its_own_and_questions_share_one(network: Network):
    network.on("POST /pay", answer(202)).on("GET /pay", answer(200, {}))
    http = Http(network.url, QUICK)
    for request in (GET, GET, POST, GET, POST):
        assert isinstance(http.call(request), Answer)
    http.close()
    assert network.connections == 3
    assert [one.headers["connection"] for one in network.asked("POST /pay")] == ["close"] * 2


def test_the_environment_changes_nothing(network: Network, monkeypatch: pytest.MonkeyPatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    network.on("POST /pay", answer(202, Set_Cookie="track=1; Path=/"))
    assert isinstance(called(network.url), Answer)


def test_no_cookie_is_kept(network: Network):
    network.on("GET /pay", answer(200, {}, Set_Cookie="track=1; Path=/"))
    http = Http(network.url, QUICK)
    http.call(GET)
    http.call(GET)
    http.close()
    assert "cookie" not in network.received[1].headers


@pytest.mark.parametrize(
    "greeting",
    [wire.say(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"), wire.hang_up, wire.reset,
     wire.silence],
)  # fmt: skip
def test_a_proxy_that_opens_no_tunnel_means_not_sent(make_network, greeting):
    proxy = make_network(greets_with=greeting)
    options = NetworkOptions(f"http://u:secret@127.0.0.1:{proxy.port}", 0.3, 0.3, 1)
    not_sent(Trouble.PROXY, called("https://momo.invalid", options=options))


@pytest.mark.parametrize("proxy", ["127.0.0.1:{port}", "http://127.0.0.1:{port}"])
def test_a_proxy_that_is_not_there_means_not_sent(proxy: str):
    options = NetworkOptions(proxy.format(port=free_port()), 3, 1)
    not_sent(Trouble.PROXY, called("https://momo.invalid", options=options))
    not_sent(
        Trouble.PROXY,
        called("https://momo.invalid", options=NetworkOptions("http://nowhere.invalid:1")),
    )


def test_the_call_goes_through_the_proxy_that_is_set(network: Network):
    network.on("POST http://127.0.0.1:1/pay", answer(202))
    exchange = called("http://127.0.0.1:1", options=NetworkOptions(network.url))
    assert isinstance(exchange, Answer)


@pytest.fixture
def certificate(tmp_path: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
         "encipher_only", "decipher_only", "crl_sign"), False
    )  # fmt: skip
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=True, key_cert_sign=True, **usage), critical=True
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.fixture
def trusted(make_network, certificate, monkeypatch, tmp_path: Path) -> Network:
    """A network over TLS whose certificate is among those that are trusted."""
    bundle = str(tmp_path / "certificate.pem")
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", bundle)
    return make_network(tls=certificate)


def tunnel_to(port: int):
    """Be a proxy that opens a tunnel and passes on what goes either way."""

    def step(connection: socket.socket, proxy: Network) -> bool:
        assert connection.recv(65536).startswith(b"CONNECT 127.0.0.1:")
        with socket.create_connection(("127.0.0.1", port)) as onward:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            while True:
                ready, _, _ = select.select([connection, onward], [], [], 5)
                for one in ready:
                    passing = one.recv(65536)
                    if not passing:
                        return False
                    (onward if one is connection else connection).sendall(passing)

    return step


def test_a_call_over_tls_with_a_trusted_certificate(trusted: Network):
    trusted.on("POST /pay", answer(202))
    exchange = called(trusted.url, options=NetworkOptions())
    assert isinstance(exchange, Answer)
    assert exchange.status == 202


@pytest.mark.parametrize("step", [wire.reset, wire.hang_up])
def test_tls_cut_after_the_request_is_unknown(trusted: Network, step):
    trusted.on("POST /pay", step)
    unknown(Trouble.CONNECTION_CUT, called(trusted.url))
    assert len(trusted.received) == 1


def test_a_dripping_answer_over_tls_ends(trusted: Network):
    trusted.on("POST /pay", wire.drip(b"HTTP/1.1 200 OK\r\nX-A: ", b"a"))
    options = NetworkOptions(connect_timeout_s=1, read_timeout_s=0.5, total_timeout_s=0.4)
    unknown(Trouble.TIMEOUT, called(trusted.url, options=options))


@pytest.mark.parametrize("step", [answer(202), wire.hang_up])
def test_through_a_proxys_tunnel_it_is_the_same(make_network, trusted: Network, step):
    trusted.on("POST /pay", step)
    proxy = make_network(greets_with=tunnel_to(trusted.port))
    exchange = called(trusted.url, options=NetworkOptions(proxy.url, 1, 1, 2))
    assert len(trusted.received) == 1
    if step is wire.hang_up:
        unknown(Trouble.CONNECTION_CUT, exchange)
    else:
        assert isinstance(exchange, Answer)


def test_a_proxy_cannot_stand_in_for_the_network(make_network, certificate):
    network = make_network(tls=certificate)
    proxy = make_network(greets_with=tunnel_to(network.port))
    not_sent(Trouble.CERTIFICATE, called(network.url, options=NetworkOptions(proxy.url, 1, 1, 2)))


def test_a_certificate_nobody_vouches_for_means_not_sent(
    make_network, certificate, monkeypatch, tmp_path
):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "certificate.pem"))
    monkeypatch.setenv("CURL_CA_BUNDLE", str(tmp_path / "certificate.pem"))
    network = make_network(tls=certificate)
    network.on("POST /pay", answer(202))
    not_sent(Trouble.CERTIFICATE, called(network.url))
    assert network.received == []


@pytest.mark.parametrize(
    ("greeting", "trouble"),
    [
        (wire.say(b"HTTP/1.1 200 OK\r\n\r\nhello"), Trouble.CERTIFICATE),
        (wire.hang_up, Trouble.CONNECTION_CUT),
        (wire.silence, Trouble.TIMEOUT),
    ],
)
def test_a_handshake_that_fails_means_not_sent(make_network, greeting, trouble: Trouble):
    network = make_network(greets_with=greeting)
    options = NetworkOptions(connect_timeout_s=0.3, read_timeout_s=0.3)
    not_sent(trouble, called(f"https://127.0.0.1:{network.port}", options=options))


@pytest.mark.parametrize(
    "url",
    ["http://proxy.momoapi.mtn.co.rw", "ftp://x.example", "https://", "https://u:p@x.example", "",
     "https://x.example?key=1", "http://127.0.0.1.example.com", "http://[::1", "https://x:99999"],
)  # fmt: skip
def test_an_address_that_is_not_safe_is_refused(url: str):
    with pytest.raises(InvalidInputError):
        Http(url, QUICK)


@pytest.mark.parametrize("url", ["http://localhost:1", "http://[::1]:1", "https://a.example/x/"])
def test_https_and_this_computer_are_allowed(url: str):
    assert Http(url, QUICK).base_url == url.rstrip("/")


@pytest.mark.parametrize("value", ["", "line\nbreak", " blank", "é", "\x00"])
def test_a_header_that_cannot_be_sent_is_not_sent_and_not_quoted(network: Network, value: str):
    exchange = called(network.url, Request("POST", "/pay", {"X-Key": value}, b"{}"))
    not_sent(Trouble.CONFIGURATION, exchange)
    assert network.connections == 0


def test_the_clock_is_compared_with_the_networks(network: Network):
    network.on("POST /pay", answer(202, Date="Sun, 22 Nov 2026 10:00:00 GMT"))
    clock = lambda: datetime(2026, 11, 22, 10, 5, tzinfo=UTC)  # noqa: E731
    exchange = Http(network.url, QUICK, clock=clock).call(POST)
    assert isinstance(exchange, Answer)
    assert exchange.clock_ahead_s == 300


@pytest.mark.parametrize(
    ("told", "wait_s"),
    [
        ("7", 7.0),
        ("Sun, 22 Nov 2026 10:05:30 GMT", 30.0),
        ("Sun, 22 Nov 2026 09:00:00 GMT", 0.0),
        ("999999999", 3600.0),
        ("soon", None),
        ("-1", None),
        ("99999999999999999999999", None),
        ("Sun, 99 Nov 99999 10:05:30 GMT", None),
    ],
)
def test_how_long_to_wait_is_read_and_bounded(network: Network, told: str, wait_s: float | None):
    network.on("POST /pay", answer(429, Retry_After=told))
    clock = lambda: datetime(2026, 11, 22, 10, 5, tzinfo=UTC)  # noqa: E731
    exchange = Http(network.url, QUICK, clock=clock).call(POST)
    assert isinstance(exchange, Answer)
    assert exchange.retry_after_s == wait_s


def test_threads_do_not_share_a_kept_connection(network: Network):
    network.on("GET /pay", answer(200, {"ok": "yes"}))
    http = Http(network.url, QUICK)
    results = []
    threads = [threading.Thread(target=lambda: results.append(http.call(GET))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    http.close()
    assert [one.status for one in results] == [200] * 8


def test_a_header_urllib3_cannot_parse_is_not_quoted_in_the_log(network: Network, caplog):
    caplog.set_level(logging.DEBUG)
    echo = b"HTTP/1.1 202 OK\r\nX\r\n : kanarieToken\r\nkanarieToken\r\nContent-Length: 0\r\n\r\n"
    network.on("POST /pay", wire.say(echo))
    called(network.url)
    assert "kanarieToken" not in caplog.text
