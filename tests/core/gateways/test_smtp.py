"""The client of the mail server against real servers: what it tells apart, and never does."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from core.configuration import MailTiming
from core.gateways.mail_server import Fate, MailServer, Security, ServerTroubleError, Verdict
from core.gateways.smtp import SmtpSession
from core.model.mail import MailTrouble
from tests.mail_host import PASSWORD, USER, Certificates, MailHost, make_certificates

MAIL = b"Subject: =?utf-8?q?caf=C3=A9?=\r\n\r\n.a line that begins with a dot\r\n.\r\nlast\r\n"
PATIENT = MailTiming(opening_timeout_s=20, answer_timeout_s=20, final_timeout_s=20)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("authority"))


@pytest.fixture(autouse=True)
def _trust(monkeypatch: pytest.MonkeyPatch, certificates: Certificates) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))


@pytest.fixture
def host(certificates: Certificates) -> Iterator[MailHost]:
    with MailHost(certificates, needs_sign_in=True) as server:
        yield server


def server_at(port: int, security: Security = Security.STARTTLS) -> MailServer:
    return MailServer("localhost", port, security, USER, PASSWORD)


@contextmanager
def session_at(server: MailServer, timing: MailTiming = PATIENT) -> Iterator[SmtpSession]:
    with SmtpSession(server, timing) as session:
        session.connect()
        session.sign_in()
        yield session


def deliver(server: MailServer, recipient: str) -> Verdict:
    with session_at(server) as session:
        return session.deliver(USER, recipient, MAIL)


def trouble_with(server: MailServer) -> ServerTroubleError:
    with pytest.raises(ServerTroubleError) as caught, session_at(server):
        pass
    return caught.value


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_mail_arrives_encrypted_byte_for_byte(
    certificates: Certificates, security: Security
) -> None:
    is_tls = security is Security.TLS
    with MailHost(certificates, implicit_tls=is_tls, needs_sign_in=True) as host:
        verdict = deliver(server_at(host.port, security), "claire@example.rw")
        assert host.sign_ins == 1
    assert verdict == Verdict(Fate.TAKEN, 250, "2.0.0 Ok: queued")
    (received,) = host.received
    assert received.content == MAIL
    assert (received.sender, received.recipient) == (USER, "claire@example.rw")


def test_a_server_on_this_computer_may_be_unencrypted() -> None:
    with MailHost() as host:
        server = MailServer("127.0.0.1", host.port, Security.NONE)
        assert deliver(server, "claire@example.rw").fate is Fate.TAKEN


def test_several_mails_share_a_connection_and_one_refusal_harms_no_other(host: MailHost) -> None:
    with session_at(server_at(host.port)) as session:
        fates = {
            name: session.deliver(USER, f"{name}@example.rw", MAIL)
            for name in ("nobody", "grey", "full", "spam", "claire")
        }
        assert session.is_ready()
    assert {name: (v.fate, v.code) for name, v in fates.items()} == {
        "nobody": (Fate.REFUSED, 550),
        "grey": (Fate.PUT_OFF, 451),
        "full": (Fate.PUT_OFF, 452),
        "spam": (Fate.REFUSED, 554),
        "claire": (Fate.TAKEN, 250),
    }
    assert fates["nobody"].answer == "5.1.1 No such user here"
    assert host.connections == 1


def test_a_connection_cut_while_the_mail_travels_puts_it_off(host: MailHost) -> None:
    verdict = deliver(server_at(host.port), "cut@example.rw")
    assert (verdict.fate, verdict.code) == (Fate.PUT_OFF, None)
    assert "broke off" in verdict.answer


def test_a_server_about_to_close_puts_the_mail_off(host: MailHost) -> None:
    verdict = deliver(server_at(host.port), "closing@example.rw")
    assert (verdict.fate, verdict.code) == (Fate.PUT_OFF, 421)


def test_a_slow_answer_puts_the_mail_off_in_time(host: MailHost) -> None:
    host.slow_s = 60
    with session_at(server_at(host.port), replace(PATIENT, final_timeout_s=0.5)) as session:
        verdict = session.deliver(USER, "slow@example.rw", MAIL)
    assert (verdict.fate, verdict.code) == (Fate.PUT_OFF, None)
    assert "does not answer in time" in verdict.answer


def test_a_wrong_password_is_told_and_never_shown(host: MailHost) -> None:
    error = trouble_with(replace(server_at(host.port), password="wrong secret"))
    assert error.trouble is MailTrouble.SIGN_IN
    assert "enter them again under Settings, Mail" in error.told
    assert error.answer.startswith("535")
    assert "wrong secret" not in f"{error.told} {error.answer} {error!r}"


def test_a_server_that_wants_a_sign_in_holds_all_mails(host: MailHost) -> None:
    with pytest.raises(ServerTroubleError) as caught:
        deliver(replace(server_at(host.port), user=""), "claire@example.rw")
    assert caught.value.trouble is MailTrouble.SIGN_IN


def test_a_sender_the_server_does_not_take_holds_all_mails(host: MailHost) -> None:
    host.sender_answer = "553 5.7.1 Sender address rejected: not owned by user"
    with pytest.raises(ServerTroubleError) as caught:
        deliver(server_at(host.port), "claire@example.rw")
    assert caught.value.trouble is MailTrouble.SENDER
    assert USER in caught.value.told


def test_no_relaying_is_about_all_mails_only_where_nobody_signed_in(host: MailHost) -> None:
    assert deliver(server_at(host.port), "relay@example.rw").fate is Fate.REFUSED
    with MailHost() as open_host, pytest.raises(ServerTroubleError) as caught:
        deliver(MailServer("127.0.0.1", open_host.port, Security.NONE), "relay@example.rw")
    assert caught.value.trouble is MailTrouble.SIGN_IN


def test_a_certificate_of_another_authority_is_not_trusted(
    host: MailHost, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(make_certificates(tmp_path).authority))
    error = trouble_with(server_at(host.port))
    assert error.trouble is MailTrouble.ENCRYPTION
    assert "not signed by an authority this computer trusts" in error.told
    assert host.sign_ins == 0


@pytest.mark.parametrize(
    ("host_name", "days", "told"),
    [
        ("other.example", 30, "The server that answers is not localhost"),
        ("localhost", -1, "is not valid today"),
    ],
)
def test_a_certificate_of_another_name_or_time_is_not_trusted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, host_name: str, days: int, told: str
) -> None:
    made = make_certificates(tmp_path, host=host_name, days=days)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.authority))
    with MailHost(made) as host:
        error = trouble_with(server_at(host.port))
    assert error.trouble is MailTrouble.ENCRYPTION
    assert told in error.told


def test_a_server_without_encryption_gets_neither_mail_nor_password() -> None:
    with MailHost() as host:
        error = trouble_with(server_at(host.port))
        assert (host.sign_ins, host.received) == (0, [])
    assert error.trouble is MailTrouble.ENCRYPTION
    assert "offers no encryption" in error.told


def test_tls_at_a_port_without_it_says_which_port_is_usual(host: MailHost) -> None:
    error = trouble_with(server_at(host.port, Security.TLS))
    assert error.trouble is MailTrouble.ENCRYPTION
    assert "587" in error.told


@pytest.mark.parametrize(
    ("name", "told"),
    [("localhost", "Nothing takes mail"), ("no-such-host.invalid", "cannot be found")],
)
def test_a_server_that_is_not_there_is_told_in_words(name: str, told: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        server = MailServer(name, unused.getsockname()[1], Security.STARTTLS)
        error = trouble_with(server)
    assert error.trouble is MailTrouble.UNREACHABLE
    assert told in error.told


@contextmanager
def scripted(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server of one connection that says what it likes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                try:
                    talk(connection)
                except OSError:
                    return

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def test_a_server_that_sends_byte_after_byte_is_left_in_time() -> None:
    def drip(connection: socket.socket) -> None:
        for _ in range(400):
            connection.sendall(b"2")
            time.sleep(0.05)

    with scripted(drip) as port:
        began = time.monotonic()
        timing = replace(PATIENT, opening_timeout_s=0.5)
        with (
            pytest.raises(ServerTroubleError) as caught,
            SmtpSession(MailServer("127.0.0.1", port, Security.NONE), timing) as session,
        ):
            session.connect()
        assert time.monotonic() - began < 15
    assert caught.value.trouble is MailTrouble.UNREACHABLE


def test_what_is_no_mail_server_is_told_in_words() -> None:
    with scripted(lambda connection: connection.sendall(b"HTTP/1.1 400 Bad\r\n\r\n")) as port:
        error = trouble_with(MailServer("127.0.0.1", port, Security.NONE))
    assert error.trouble is MailTrouble.UNREACHABLE


def test_a_password_the_server_repeats_is_taken_out() -> None:
    def repeat(connection: socket.socket) -> None:
        file = connection.makefile("rwb")
        for answer in (b"220 hi", b"250-me\r\n250 AUTH PLAIN", b"535 not " + PASSWORD.encode()):
            file.write(answer + b"\r\n")
            file.flush()
            file.readline()

    with scripted(repeat) as port:
        error = trouble_with(MailServer("127.0.0.1", port, Security.NONE, USER, PASSWORD))
    assert error.answer == "535 not [hidden]"


def test_another_thread_can_break_a_session_off(host: MailHost) -> None:
    host.slow_s = 120
    timing = replace(PATIENT, final_timeout_s=120)
    with session_at(server_at(host.port), timing) as session:
        cutter = threading.Timer(0.3, session.cut)
        cutter.start()
        began = time.monotonic()
        verdict = session.deliver(USER, "slow@example.rw", MAIL)
        cutter.join()
        assert time.monotonic() - began < 60
    assert verdict.fate is Fate.PUT_OFF
