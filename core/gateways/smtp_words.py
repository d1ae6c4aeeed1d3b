"""What goes wrong on the way to a mail server, in words that say what to do."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterable

MAX_ANSWER_CHARACTERS = 500

_EXPIRED, _NOT_YET, _OTHER_NAME = 10, 9, 62
"""OpenSSL's numbers of what is wrong with a certificate (x509_vfy.h)."""


def shown(answer: bytes | str, secrets: Iterable[str] = ()) -> str:
    """Return what a server said as one plain line, cut to a length, without the secrets."""
    text = answer.decode("utf-8", errors="replace") if isinstance(answer, bytes) else answer
    for secret in secrets:
        if secret:
            text = text.replace(secret, "[hidden]")
    text = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(text.split())[:MAX_ANSWER_CHARACTERS]


def connection_told(host: str, port: int, error: BaseException) -> str:
    """Return why the server cannot be reached, or why it fell silent."""
    if isinstance(error, smtplib.SMTPServerDisconnected) and error.__context__ is not None:
        # smtplib tells a time-out while it reads as a broken connection.
        return connection_told(host, port, error.__context__)
    if isinstance(error, socket.gaierror | UnicodeError):
        return (
            f"The mail server {host} cannot be found: check its name and this computer's internet"
            " connection."
        )
    if isinstance(error, TimeoutError):
        return f"The mail server {host} (port {port}) does not answer in time."
    if isinstance(error, ConnectionRefusedError):
        return f"Nothing takes mail at {host}, port {port}: check host and port."
    broken = smtplib.SMTPServerDisconnected | ConnectionError | ssl.SSLError
    if isinstance(error, broken):
        return f"The connection to the mail server {host} broke off."
    return f"The mail server {host} cannot be reached: check this computer's internet connection."


def encryption_told(host: str, error: ssl.SSLError) -> str:
    """Return why the way to the server cannot be trusted."""
    kept = "so nothing was sent to it"
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code in {_EXPIRED, _NOT_YET}:
            return (
                f"The certificate of {host} is not valid today, {kept}: check this computer's date,"
                " then ask whoever runs the server."
            )
        if error.verify_code == _OTHER_NAME:
            return (
                f"The server that answers is not {host}, {kept}: check the host's name as the"
                " provider writes it."
            )
        return (
            f"The certificate of {host} is not signed by an authority this computer trusts, {kept}:"
            " ask whoever runs the server."
        )
    return (
        f"{host} does not speak TLS as expected at this port, {kept}: port 465 usually goes with"
        " TLS, port 587 with STARTTLS."
    )
