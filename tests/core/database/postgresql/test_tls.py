"""Over a network: only a server that proves who it is, by a certificate of a known authority."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from select import select

import psycopg
import pytest
from sqlalchemy.engine import make_url

from core.app import App, open_shop
from core.database.postgresql.engine import UNPROVEN
from core.errors import NOT_SIGNED_IN, StorageError
from desktop.shop import ServerConfiguration, for_a_person
from tests.mail_host import Certificates, make_certificates
from tests.postgresql import PostgresqlServer
from tests.served_shop import PASSWORD, ServedShop, served_shop

HOST = "shop.example"
_WANTS_TLS, _WANTS_KERBEROS = (
    (8).to_bytes(4) + number.to_bytes(4) for number in (80_877_103, 80_877_104)
)
"""What a client asks first: https://www.postgresql.org/docs/current/protocol-message-formats.html"""


class EncryptedDoor:
    """Listens on this machine, speaks TLS with a certificate, and passes on to a server's socket.

    The server of the tests is built without TLS. Without ``certificates`` none is offered.
    """

    def __init__(self, path: str, certificates: Certificates | None) -> None:
        self._path = path
        self._context: ssl.SSLContext | None = None
        if certificates is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(certificates.server, certificates.key)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._is_over = threading.Event()
        self._threads = [threading.Thread(target=self._listen, name="encrypted door")]

    @property
    def port(self) -> int:
        return int(self._listening.getsockname()[1])

    def __enter__(self) -> EncryptedDoor:
        self._listening.settimeout(0.05)
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join(10)
        self._listening.close()

    def _listen(self) -> None:
        while not self._is_over.is_set():
            with suppress(TimeoutError):
                plain, _ = self._listening.accept()
                plain.settimeout(10)
                answering = threading.Thread(target=self._answer, args=(plain,))
                self._threads.append(answering)
                answering.start()

    def _answer(self, plain: socket.socket) -> None:
        # Either side may go at any moment, and a client that does not believe us does.
        with plain, suppress(OSError):
            asked = plain.recv(8)
            while asked == _WANTS_KERBEROS or (asked == _WANTS_TLS and self._context is None):
                plain.sendall(b"N")
                asked = plain.recv(8)
            if asked == _WANTS_TLS and self._context is not None:
                plain.sendall(b"S")
                with (
                    self._context.wrap_socket(plain, server_side=True) as desk,
                    socket.socket(socket.AF_UNIX) as server,
                ):
                    server.connect(self._path)
                    self._pass_on(desk, server)

    def _pass_on(self, desk: ssl.SSLSocket, server: socket.socket) -> None:
        while not self._is_over.is_set():
            waiting = [desk] if desk.pending() else select([desk, server], [], [], 0.05)[0]
            for one in waiting:
                some = one.recv(65_536)
                if not some:
                    return
                (server if one is desk else desk).sendall(some)


@pytest.fixture(scope="module")
def shop(postgresql_server: PostgresqlServer) -> Iterator[ServedShop]:
    with served_shop(postgresql_server) as made:
        yield made


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return make_certificates(tmp_path, host=HOST)


@contextmanager
def desk_over_the_network(
    shop: ServedShop, folder: Path, door: EncryptedDoor, authority: Path, host: str = HOST
) -> Iterator[App]:
    """Open the shop as a desk on another computer does, which trusts one authority."""
    # libpq goes to hostaddr, and holds the certificate against the host's name.
    url = make_url(f"postgresql://{host}:{door.port}/{shop.database}").set(
        query={"hostaddr": "127.0.0.1", "sslrootcert": str(authority)}
    )
    own = ServerConfiguration(
        data_dir=folder, desk="desk 1", use_keyring=False, url=url.render_as_string()
    )
    opened = for_a_person(own)
    assert isinstance(opened, ServerConfiguration)
    with open_shop(opened) as app:
        yield app


def test_a_desk_works_over_tls_with_a_certificate_in_the_server_s_name(
    shop: ServedShop, certificates: Certificates, tmp_path: Path
) -> None:
    with (
        EncryptedDoor(shop.server.socket, certificates) as door,
        desk_over_the_network(shop, tmp_path, door, certificates.authority) as app,
    ):
        aline = app.users.sign_in("aline", PASSWORD, "desk 1")
        assert aline.name == "aline"
        with app.database.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, psycopg.Connection)
            assert driver.pgconn.ssl_in_use


def _refused(shop: ServedShop, folder: Path, door: EncryptedDoor, authority: Path) -> str:
    with (
        desk_over_the_network(shop, folder, door, authority) as app,
        pytest.raises(StorageError) as refused,
    ):
        app.users.sign_in("aline", PASSWORD, "desk 1")
    return refused.value.message


_UNPROVEN = f"{NOT_SIGNED_IN} {UNPROVEN}"


def test_a_server_under_another_name_is_not_believed(shop: ServedShop, tmp_path: Path) -> None:
    other = make_certificates(tmp_path, host="other.example")
    with EncryptedDoor(shop.server.socket, other) as door:
        assert _refused(shop, tmp_path, door, other.authority) == _UNPROVEN


def test_a_certificate_of_another_authority_is_not_believed(
    shop: ServedShop, certificates: Certificates, tmp_path: Path
) -> None:
    folder = tmp_path / "another"
    folder.mkdir()
    another = make_certificates(folder, host=HOST)
    with EncryptedDoor(shop.server.socket, certificates) as door:
        assert _refused(shop, tmp_path, door, another.authority) == _UNPROVEN


def test_a_certificate_that_ran_out_is_not_believed(shop: ServedShop, tmp_path: Path) -> None:
    old = make_certificates(tmp_path, host=HOST, days=-1)
    with EncryptedDoor(shop.server.socket, old) as door:
        assert _refused(shop, tmp_path, door, old.authority) == _UNPROVEN


def test_a_server_that_does_not_encrypt_gets_no_password(
    shop: ServedShop, certificates: Certificates, tmp_path: Path
) -> None:
    with EncryptedDoor(shop.server.socket, None) as door:
        assert _refused(shop, tmp_path, door, certificates.authority) == _UNPROVEN
