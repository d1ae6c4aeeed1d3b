"""The client of the shop's mail server (RFC 5321), which tells apart what a failure is about.

What the server says about one mail is a ``Verdict``. What keeps every mail back (no way to the
server, no trusted encryption, no sign-in, a sender it does not take) is a
``ServerTroubleError``. The mail is in doubt only between its last byte and the answer to it.
"""

from __future__ import annotations

import base64
import io
import smtplib
import socket
import ssl
import time
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from core.configuration import DEFAULT_MAIL_TIMING, MailTiming
from core.gateways.mail_server import Fate, MailServer, Security, ServerTroubleError, Verdict
from core.gateways.smtp_words import connection_told, encryption_told, shown
from core.model.mail import MailTrouble

Answer = tuple[int, str]

_ASKS_FOR_SIGN_IN = frozenset({530, 534, 535, 538})
_TLS_PORT = 465
# Postfix tells these of the sender only once it has heard a recipient.
_SENDER_PHRASES = ("sender address rejected", "client host rejected", "helo command rejected")


class SmtpSession:
    """One connection, signed in; use as a context manager. :meth:`cut` may come from any thread."""

    def __init__(self, server: MailServer, timing: MailTiming = DEFAULT_MAIL_TIMING) -> None:
        self._server = server
        self._timing = timing
        self._smtp = smtplib.SMTP(local_hostname="localhost")
        self._ends_at_s = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def is_ready(self) -> bool:
        """Tell whether the connection still stands, by asking the server."""
        if self._smtp.sock is None:
            return False
        self._end_in(self._timing.opening_timeout_s)
        try:
            return self._ask("RSET")[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    def connect(self) -> None:
        """Reach the server and encrypt the way to it, its certificate verified.

        Raises:
            ServerTroubleError: it cannot be reached, or the way cannot be trusted.

        """
        server = self._server
        self._end_in(self._timing.opening_timeout_s)
        try:
            address = (server.host, server.port)
            sock = socket.create_connection(address, timeout=self._timing.opening_timeout_s)
            self._use(sock)
            if server.security is Security.TLS:
                self._encrypt()
            self._greet()
            if server.security is Security.STARTTLS:
                self._start_tls()
        except ServerTroubleError:
            self.close()
            raise
        except ssl.SSLCertVerificationError as error:
            raise self._closed(
                MailTrouble.ENCRYPTION, encryption_told(server.host, error), error
            ) from error
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError, TimeoutError) as error:
            raise self._closed(MailTrouble.UNREACHABLE, self._no_way(error), error) from error
        except ssl.SSLError as error:
            raise self._closed(
                MailTrouble.ENCRYPTION, encryption_told(server.host, error), error
            ) from error
        except (OSError, UnicodeError, smtplib.SMTPException) as error:
            raise self._closed(MailTrouble.UNREACHABLE, self._no_way(error), error) from error

    def sign_in(self) -> None:
        """Sign in, where the shop has a user at the server.

        Raises:
            ServerTroubleError: the server refuses user and password, or cannot be asked.

        """
        if not self._server.user:
            return
        self._end_in(self._timing.opening_timeout_s)
        try:
            code, answer = self._authenticate()
        except (OSError, smtplib.SMTPException) as error:
            raise self._closed(MailTrouble.UNREACHABLE, self._no_way(error), error) from error
        if code == 235:
            return
        self.close()
        host = self._server.host
        if 400 <= code < 500:
            told = f"{host} cannot check the user and password now; it is asked again by itself."
            raise ServerTroubleError(MailTrouble.UNREACHABLE, told, f"{code} {answer}")
        told = (
            f"{host} refuses the user or the password of the shop's mail account: enter them again"
            " under Settings, Mail."
        )
        raise ServerTroubleError(MailTrouble.SIGN_IN, told, f"{code} {answer}")

    def deliver(self, sender: str, recipient: str, content: bytes) -> Verdict:
        """Hand one mail over and say what became of it.

        Raises:
            ServerTroubleError: the server takes no mail from this sender, whoever it is to.

        """
        try:
            return self._deliver(sender, recipient, content)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            self.close()
            return Verdict(Fate.PUT_OFF, None, self._no_way(error))

    def close(self) -> None:
        """Let go of the connection; a polite end is not waited for long."""
        if self._smtp.sock is None:
            return
        self._end_in(1.0)
        with suppress(OSError, smtplib.SMTPException, ValueError):
            self._smtp.quit()
        self._smtp.close()

    def cut(self) -> None:
        """Break off whatever the connection is doing, from another thread."""
        sock = self._smtp.sock
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    # The steps

    def _greet(self) -> None:
        code, answer = self._reply()
        if code != 220:
            told = f"{self._server.host} takes no mail at the moment; it is asked again by itself."
            raise ServerTroubleError(MailTrouble.UNREACHABLE, told, f"{code} {answer}")
        # An address instead of a name: a name is looked up, which may take long, and often wrong.
        ours = self._socket().getsockname()[0]
        self._smtp.local_hostname = f"[IPv6:{ours}]" if ":" in ours else f"[{ours}]"
        self._hello()

    def _hello(self) -> None:
        code, _ = self._smtp.ehlo()
        if not 200 <= code <= 299:
            self._smtp.helo()

    def _start_tls(self) -> None:
        host = self._server.host
        code, answer = (0, "") if not self._smtp.has_extn("starttls") else self._ask("STARTTLS")
        if code != 220:
            told = (
                f"{host} offers no encryption (STARTTLS) at port {self._server.port}, so nothing"
                " was sent to it: check host and port, or choose TLS (usually port 465)."
            )
            raise ServerTroubleError(MailTrouble.ENCRYPTION, told, f"{code or ''} {answer}".strip())
        self._encrypt()
        # What was said before the encryption cannot be trusted: RFC 3207, section 4.2.
        self._smtp.ehlo_resp = self._smtp.helo_resp = None
        self._smtp.esmtp_features = {}
        self._smtp.does_esmtp = False
        self._hello()

    def _authenticate(self) -> Answer:
        server, offered = self._server, self._smtp.esmtp_features.get("auth", "").upper().split()
        if "PLAIN" in offered:
            proof = _base64("\0".join(("", server.user, server.password)))
            return self._ask(f"AUTH PLAIN {proof}")
        if "LOGIN" not in offered:
            return 0, "The server offers no sign-in with user and password."
        code, answer = self._ask("AUTH LOGIN")
        for secret in (server.user, server.password):
            if code == 334:
                code, answer = self._ask(_base64(secret))
        return code, answer

    def _deliver(self, sender: str, recipient: str, content: bytes) -> Verdict:
        timing = self._timing
        self._end_in(timing.answer_timeout_s)
        size = f" SIZE={len(content)}" if self._smtp.has_extn("size") else ""
        code, answer = self._ask(f"MAIL FROM:<{sender}>{size}")
        if code != 250:
            if code >= 500 and code != 552:
                raise self._sender_refused(sender, code, answer)
            return self._not_taken(code, answer)
        self._end_in(timing.answer_timeout_s)
        code, answer = self._ask(f"RCPT TO:<{recipient}>")
        if code not in {250, 251, 252}:
            if self._is_about_the_sender(code, answer):
                raise self._sender_refused(sender, code, answer)
            return self._not_taken(code, answer)
        self._end_in(timing.answer_timeout_s)
        code, answer = self._ask("DATA")
        if code != 354:
            return self._not_taken(code, answer)
        self._end_in(timing.final_timeout_s)
        self._smtp.send(_dotted(content))
        code, answer = self._reply()
        if code == 250:
            return Verdict(Fate.TAKEN, code, answer)
        return self._not_taken(code, answer)

    def _not_taken(self, code: int, answer: str) -> Verdict:
        """Return what a refusal means, and leave the session ready for the next mail or closed."""
        if code == 421 or not 400 <= code <= 599:
            self.close()
            code_or_none = code if code == 421 else None
            return Verdict(Fate.PUT_OFF, code_or_none, answer or "The server said nothing usable.")
        with suppress(OSError, smtplib.SMTPException, ValueError):
            if self._ask("RSET")[0] != 250:
                self.close()
        return Verdict(Fate.REFUSED if code >= 500 else Fate.PUT_OFF, code, answer)

    def _is_about_the_sender(self, code: int, answer: str) -> bool:
        if code in _ASKS_FOR_SIGN_IN:
            return True
        if not 500 <= code <= 599:
            return False
        said = answer.lower()
        # Signed in, a server that does not relay means this recipient; the next may be taken.
        not_relayed = not self._server.user and "relay" in said
        return not_relayed or any(phrase in said for phrase in _SENDER_PHRASES)

    def _sender_refused(self, sender: str, code: int, answer: str) -> ServerTroubleError:
        self.close()
        host = self._server.host
        if code in _ASKS_FOR_SIGN_IN or not self._server.user:
            told = (
                f"{host} takes no mail without a user and password: enter the ones of the shop's"
                " mail account under Settings, Mail."
            )
            return ServerTroubleError(MailTrouble.SIGN_IN, told, f"{code} {answer}")
        told = (
            f"{host} does not let this account send as {sender}: set the sender's address under"
            " Settings, Mail to one of the account's own."
        )
        return ServerTroubleError(MailTrouble.SENDER, told, f"{code} {answer}")

    # The connection

    def _ask(self, command: str) -> Answer:
        self._smtp.putcmd(command)
        return self._reply()

    def _reply(self) -> Answer:
        code, answer = self._smtp.getreply()
        return code, shown(answer, (self._server.password, _base64(self._server.password)))

    def _use(self, sock: socket.socket) -> None:
        self._smtp.sock = sock
        self._smtp.file = io.BufferedReader(_TimelyReader(self, sock))
        self._limit(sock)

    def _encrypt(self) -> None:
        sock = self._socket()
        self._limit(sock)
        self._use(trusted_context().wrap_socket(sock, server_hostname=self._server.host))

    def _socket(self) -> socket.socket:
        if self._smtp.sock is None:
            raise smtplib.SMTPServerDisconnected("The connection is closed.")
        return self._smtp.sock

    def _end_in(self, seconds: float) -> None:
        self._ends_at_s = time.monotonic() + seconds
        if self._smtp.sock is not None:
            self._limit(self._smtp.sock)

    def _limit(self, sock: socket.socket) -> None:
        """Let the next operation end in time.

        Raises:
            TimeoutError: the time is over.

        """
        left_s = self._ends_at_s - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("timed out")
        sock.settimeout(left_s)

    def _closed(self, trouble: MailTrouble, told: str, error: Exception) -> ServerTroubleError:
        self._smtp.close()
        return ServerTroubleError(trouble, told, shown(str(error), (self._server.password,)))

    def _no_way(self, error: Exception) -> str:
        server = self._server
        told = connection_told(server.host, server.port, error)
        if server.port == _TLS_PORT and server.security is not Security.TLS:
            return f"{told} At port {_TLS_PORT} servers speak TLS from the first byte: choose TLS."
        return told


class _TimelyReader(io.RawIOBase):
    """A socket's bytes until the session's time is over; a timeout alone restarts at each byte."""

    def __init__(self, session: SmtpSession, sock: socket.socket) -> None:
        self._session = session
        self._sock = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._session._limit(self._sock)  # noqa: SLF001 - the session's own reader
        return self._sock.recv_into(buffer)


def trusted_context() -> ssl.SSLContext:
    """Return what verifies a server: the system's authorities, and those the program brings.

    A frozen program finds the system's only where Python was built to look for them.
    """
    from requests.utils import DEFAULT_CA_BUNDLE_PATH  # noqa: PLC0415 - not owed at start

    context = ssl.create_default_context()
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _dotted(content: bytes) -> bytes:
    """Return a mail with CRLF line ends as it travels: RFC 5321, 4.5.2."""
    travelling = content.replace(b"\r\n.", b"\r\n..")
    if travelling.startswith(b"."):
        travelling = b"." + travelling
    return travelling + (b"" if travelling.endswith(b"\r\n") else b"\r\n") + b".\r\n"
