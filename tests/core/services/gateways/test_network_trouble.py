"""What a shop's line to the networks does to payments: told in words, and over when it is over."""

from __future__ import annotations

import errno
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.gateways.sandbox import Kind, Sandbox, Settings
from core.model.payments import PaymentStatus
from core.services.gateways.rows import Charged, Trouble
from tests.core.services.network_shop import ADMIN, AIRTEL, FAST, MTN, NetworkShop


@pytest.fixture
def networks() -> Iterator[Sandbox]:
    with Sandbox(Settings(speed=40, prompt_s=2)) as sandbox:
        yield sandbox


@pytest.fixture
def shop(networks: Sandbox, tmp_path: Path, empty_shop: Path) -> Iterator[NetworkShop]:
    opened = NetworkShop(tmp_path / "shop", empty_shop, networks.url)
    yield opened
    opened.app.close()


class _Portal(BaseHTTPRequestHandler):
    redirects = False

    def answer(self) -> None:
        page = b"" if self.redirects else b"<!DOCTYPE html><html>Sign in to the Wi-Fi</html>"
        self.send_response(302 if self.redirects else 200)
        if self.redirects:
            self.send_header("Location", "http://wifi.example/login")
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    do_GET = do_POST = answer  # noqa: N815 - the library's names

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _RedirectingPortal(_Portal):
    redirects = True


@contextmanager
def served(handler: type[BaseHTTPRequestHandler], port: int = 0) -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def port_of(sandbox: Sandbox) -> int:
    port = urlsplit(sandbox.url).port
    assert port is not None
    return port


def pays_afterwards(shop: NetworkShop, networks: Sandbox) -> None:
    """See that the sales made in trouble were charged once each, by themselves."""
    for payment in shop.made:
        assert shop.settled(payment).payment.status is PaymentStatus.COMPLETED
    charges = [e.times_charged for e in networks.ledger() if e.kind is Kind.PAYMENT]
    assert charges == [1] * len(shop.made)
    assert shop.health(lambda row: row.trouble is None).told == ""


@pytest.mark.parametrize(
    ("portal", "trouble"),
    [(_Portal, Trouble.WEB_PAGE), (_RedirectingPortal, Trouble.REDIRECT)],
)
def test_a_portal_that_answers_for_the_network_is_told_and_outlived(
    shop: NetworkShop,
    networks: Sandbox,
    portal: type[BaseHTTPRequestHandler],
    trouble: Trouble,
) -> None:
    port = port_of(networks)
    networks.stop()
    with served(portal, port):
        payment = shop.record(MTN)
        shop.app.gateway_worker.start()
        health = shop.health(lambda row: row.trouble is trouble)
        assert health.told
        # Trouble is told as soon as it is met; while a further try is under way nobody knows.
        shop.wait(
            payment,
            lambda path: path.attempt is not None and path.attempt.charged is Charged.NO,
        )
    with Sandbox(networks.settings, port=port) as back:
        pays_afterwards(shop, back)
        shop.app.gateway_worker.stop()


@pytest.mark.parametrize("method", [MTN, AIRTEL])
@pytest.mark.parametrize(
    ("failure", "trouble"),
    [
        (socket.gaierror(socket.EAI_AGAIN, "no name server"), Trouble.NAME_NOT_FOUND),
        (OSError(errno.ENETUNREACH, "no route"), Trouble.NO_ROUTE),
    ],
)
def test_a_line_that_is_down_is_told_and_outlived(
    shop: NetworkShop,
    networks: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    failure: OSError,
    trouble: Trouble,
    method: object,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    with monkeypatch.context() as cut:
        if isinstance(failure, socket.gaierror):
            cut.setattr(socket, "getaddrinfo", fail)
        else:
            cut.setattr(socket.socket, "connect", fail)
        payment = shop.record(MTN if method is MTN else AIRTEL)
        shop.app.gateway_worker.start()
        assert shop.health(lambda row: row.trouble is trouble).told
        path = shop.path(payment)
        assert path.attempt is not None
        assert (path.attempt.charged, path.attempt.sends) == (Charged.NO, 0)
    pays_afterwards(shop, networks)


def test_a_line_cut_after_the_request_left_loses_nothing(
    shop: NetworkShop, networks: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = shop.record(ending="123454")
    shop.app.gateway_worker.start()
    shop.wait(
        payment, lambda path: path.attempt is not None and path.attempt.accepted_at is not None
    )

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENETUNREACH, "no route")

    with monkeypatch.context() as cut:
        cut.setattr(socket.socket, "connect", fail)
        cut.setattr(socket.socket, "sendall", fail)
        shop.health(lambda row: row.trouble is not None)
        path = shop.path(payment)
        assert path.attempt is not None
        assert path.attempt.charged in {Charged.NOT_YET, Charged.UNKNOWN}
    pays_afterwards(shop, networks)


def test_a_wrong_proxy_is_told_and_setting_it_right_suffices(
    shop: NetworkShop, networks: Sandbox
) -> None:
    settings = shop.app.settings.load()
    shop.app.settings.save(ADMIN, replace(settings, proxy_url="http://127.0.0.1:9"))
    payment = shop.record()
    shop.app.gateway_worker.start()
    assert shop.health(lambda row: row.trouble is Trouble.PROXY).told
    path = shop.path(payment)
    assert path.attempt is not None
    assert path.attempt.charged is Charged.NO
    shop.app.settings.save(ADMIN, replace(settings, proxy_url=""))
    pays_afterwards(shop, networks)


def expired_certificate(folder: Path) -> Path:
    """Return a file with a key and a certificate that was valid last year."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    last_year = datetime.now(UTC) - timedelta(days=365)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(last_year)
        .not_valid_after(last_year + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    file = folder / "expired.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return file


def test_an_expired_certificate_is_told_with_the_date_as_a_possible_cause(
    shop: NetworkShop, networks: Sandbox, tmp_path: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(expired_certificate(tmp_path))
    with served(_Portal) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        shop.connect(f"https://localhost:{server.server_address[1]}")
        payment = shop.record()
        shop.app.gateway_worker.start()
        health = shop.health(lambda row: row.trouble is Trouble.CERTIFICATE)
        assert "date" in health.told
        path = shop.path(payment)
        assert path.attempt is not None
        assert path.attempt.charged is Charged.NO
    shop.connect(networks.url)
    pays_afterwards(shop, networks)


@pytest.mark.parametrize("hours", [-3, 2])
def test_a_wrong_clock_is_told_and_payments_go_on(
    shop: NetworkShop, networks: Sandbox, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    def told(_: BaseHTTPRequestHandler) -> str:
        return format_datetime(datetime.now(UTC) - timedelta(hours=hours), usegmt=True)

    monkeypatch.setattr(BaseHTTPRequestHandler, "date_time_string", told)
    shop.record()
    shop.app.gateway_worker.start()
    health = shop.health(lambda row: row.clock_ahead_s != 0)
    assert abs(health.clock_ahead_s - hours * 3600) < 60
    pays_afterwards(shop, networks)


def test_a_clock_set_right_in_the_middle_delays_nothing(
    networks: Sandbox, tmp_path: Path, empty_shop: Path
) -> None:
    ahead = timedelta(days=1)
    shop = NetworkShop(
        tmp_path / "shop",
        empty_shop,
        networks.url,
        replace(FAST, unresolved_after_s=10**7),
        clock=lambda: datetime.now(UTC) + ahead,
    )
    payment = shop.record(ending="123454")
    shop.app.gateway_worker.start()
    shop.wait(payment, lambda path: path.attempt is not None and path.attempt.sends == 1)
    ahead = timedelta(0)
    pays_afterwards(shop, networks)
    shop.app.close()
