"""A real mail server for tests: aiosmtpd with certificates of its own authority.

What a mail meets is said by the name of its recipient: ``grey`` is put off once, ``nobody`` does
not exist, ``full`` never has room, ``slow`` is answered late, ``cut`` loses its connection while
the mail travels, ``silent`` is taken but the answer never comes.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import logging
import ssl
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# What it says of clients that break off is what these tests are about.
logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)

USER, PASSWORD = "shop@inzozi.rw", "sésame, ouvre-toi"


@dataclass(frozen=True)
class Certificates:
    """An authority's certificate, and a server's certificate with its key, as files."""

    authority: Path
    server: Path
    key: Path


def make_certificates(folder: Path, *, host: str = "localhost", days: int = 30) -> Certificates:
    """Make an authority, and a certificate it signed; negative ``days`` make an expired one."""
    start = datetime.now(UTC) - timedelta(days=60)
    end = datetime.now(UTC) + timedelta(days=days)
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])

    def builder(name: x509.Name, public: Any) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(end)
        )

    authority = (
        builder(issuer, authority_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    names = [x509.DNSName(host)]
    if host == "localhost":
        names.append(x509.IPAddress(ip_address("127.0.0.1")))
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    server = (
        builder(subject, key.public_key())
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    paths = Certificates(folder / "authority.pem", folder / "server.pem", folder / "server.key")
    pem = serialization.Encoding.PEM
    paths.authority.write_bytes(authority.public_bytes(pem))
    paths.server.write_bytes(server.public_bytes(pem))
    paths.key.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


@dataclass(frozen=True)
class Received:
    """A mail the server took: from whom, for whom, and its bytes."""

    sender: str
    recipient: str
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """The mail as a mail program reads it."""
        parsed = email.message_from_bytes(self.content, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"]).strip()

    @property
    def text(self) -> str:
        body = self.message.get_body(("plain",))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")

    @property
    def papers(self) -> list[tuple[str, bytes]]:
        return [
            (part.get_filename() or "", part.get_content())
            for part in self.message.iter_attachments()
        ]


class _Server(SMTP):
    """Says when a mail's text is about to come."""

    async def smtp_DATA(self, arg: str) -> None:
        host = self.event_handler.host
        if host.on_data is not None:
            host.on_data()
        recipients = self.envelope.rcpt_tos if self.envelope else []
        if any(each.startswith("cut") and host.is_first(f"cut {each}") for each in recipients):
            await self.push("354 Go on")
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class _Handler:
    def __init__(self, host: MailHost) -> None:
        self.host = host

    async def handle_EHLO(
        self, _server: SMTP, session: Session, _envelope: Envelope, name: str, answers: list[str]
    ) -> list[str]:
        session.host_name = name
        self.host.hellos.append(name)
        return answers

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.host.sender_answer:
            return self.host.sender_answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        self.host.asked[address] += 1
        name = address.partition("@")[0]
        if name.startswith("grey") and self.host.is_first(address):
            return "451 4.7.1 Greylisted, try again later"
        if name.startswith("nobody"):
            return "550 5.1.1 No such user here"
        if name.startswith("full"):
            return "452 4.2.2 Mailbox full"
        if name.startswith("relay"):
            return "550 5.7.1 Relaying denied"
        if name.startswith("closing"):
            return "421 4.3.2 Shutting down"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        (recipient,) = envelope.rcpt_tos
        if recipient.startswith("spam"):
            return "554 5.7.1 Looks like spam"
        if recipient.startswith("slow"):
            await asyncio.sleep(self.host.slow_s)
        content = envelope.original_content or b""
        self.host.received.append(Received(envelope.mail_from or "", recipient, content))
        if self.host.on_taken is not None:
            self.host.on_taken()
        if recipient.startswith("silent") and self.host.is_first(f"silent {recipient}"):
            await asyncio.sleep(self.host.slow_s)
        return "250 2.0.0 Ok: queued"


class MailHost:
    """A running server; use as a context manager.

    ``on_connected``, ``on_data`` and ``on_taken`` are called at these moments on its thread.
    """

    def __init__(
        self,
        certificates: Certificates | None = None,
        *,
        implicit_tls: bool = False,
        needs_sign_in: bool = False,
        port: int = 0,
    ) -> None:
        self.received: list[Received] = []
        self.asked: Counter[str] = Counter()
        self.hellos: list[str] = []
        self.sender_answer = ""
        self.slow_s = 1.0
        self.on_connected: Callable[[], None] | None = None
        self.on_data: Callable[[], None] | None = None
        self.on_taken: Callable[[], None] | None = None
        self.connections = 0
        self.sign_ins = 0
        self._seen: set[str] = set()
        self._context = _context(certificates) if certificates else None
        self._implicit = implicit_tls
        self._needs_sign_in = needs_sign_in
        self._wanted_port = port

    def __enter__(self) -> MailHost:
        host = self

        class _Controller(Controller):
            def factory(self) -> SMTP:
                host.connections += 1
                if host.on_connected is not None:
                    host.on_connected()
                return host.make_server()

        self._controller = _Controller(
            _Handler(self),
            hostname="127.0.0.1",
            port=self._wanted_port or _free_port(),
            ssl_context=self._context if self._implicit else None,
        )
        # Its own first connection is no client of ours.
        self._controller.start()
        self.connections = 0
        return self

    def __exit__(self, *_: object) -> None:
        loop = self._controller.loop
        self._controller.stop(no_assert=True)
        with suppress(RuntimeError):
            loop.close()

    @property
    def port(self) -> int:
        """Where it listens on localhost."""
        return int(self._controller.port)

    def make_server(self) -> SMTP:
        """Return what serves one connection."""
        return _Server(
            _Handler(self),
            hostname="mail.test",
            tls_context=None if self._implicit else self._context,
            authenticator=self._authenticate,
            # Over implicit TLS aiosmtpd does not know that the way is encrypted.
            auth_required=self._needs_sign_in and not self._implicit,
            auth_require_tls=self._context is not None and not self._implicit,
        )

    def is_first(self, what: str) -> bool:
        """Tell whether this is seen for the first time."""
        is_new = what not in self._seen
        self._seen.add(what)
        return is_new

    def ids_of(self, recipient: str) -> list[str]:
        """Return the Message-IDs taken for one recipient, in order."""
        return [one.message_id for one in self.received if one.recipient == recipient]

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        self.sign_ins += 1
        good = LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=data == good, handled=False)


def _context(certificates: Certificates) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.server, certificates.key)
    return context


def _free_port() -> int:
    import socket  # noqa: PLC0415

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
