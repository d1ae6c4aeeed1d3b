"""Secrets of a shop on a server: any desk locks one in, only the service opens it.

The service tells the shop a public key (X25519, RFC 7748); its private half follows from the key
that :class:`core.services.secrets.SecretBox` keeps on the service's own computer, and never leaves
it. A desk locks a secret with a key agreed for it alone (HKDF-SHA-256, Fernet), so that neither the
server's tables nor another desk give it away.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from core.database.unit_of_work import Database
from core.errors import KnownError
from core.services.secrets import SecretBox
from core.services.setting_values import load_values, save_values

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

logger = logging.getLogger(__name__)

_MARK = "x25519:"
_PURPOSE = b"sanduku secret of a shop on a server"


@dataclass(frozen=True, slots=True)
class ServiceKey:
    """The public key of the service, as the shop's settings keep it."""

    secrets_public_key: str = ""


class SharedSecretBox(SecretBox):
    """Locks with the key of the service; opens with it on the service's own computer.

    ``is_a_desk`` tells whether a person sits here: their own key would open nothing elsewhere.
    """

    def __init__(self, own: SecretBox, database: Database, is_a_desk: Callable[[], bool]) -> None:
        self._own = own
        self._database = database
        self._is_a_desk = is_a_desk

    def publish(self) -> None:
        """Tell the shop the key that desks lock secrets with; the service does it as it starts."""
        found = ServiceKey(_text(self._private.public_key().public_bytes_raw()))
        with self._database.write(None) as unit:
            if save_values(unit, found, subject="secrets"):
                logger.info("the shop was told the service's key")
                unit.commit()

    def encrypt(self, plain: str) -> str:
        """Return a secret's ciphertext; nothing stays nothing.

        Raises:
            KnownError: the service has not told its key yet.

        """
        if not plain:
            return ""
        with self._database.read() as session:
            known = load_values(session, ServiceKey).secrets_public_key
        if known:
            return _locked(plain, _bytes(known))
        if self._is_a_desk():
            raise KnownError(
                "Nothing was changed. The shop's service has not started yet, and a secret is"
                " locked with its key: start “sanduku service” on the server once, then save again."
            )
        return self._own.encrypt(plain)

    def decrypt(self, encrypted: str) -> str:
        """Return a secret as it was entered; nothing stays nothing.

        Raises:
            KnownError: it was locked with another key, as after a move to a new computer.

        """
        if not encrypted.startswith(_MARK):
            return self._own.decrypt(encrypted)
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - not owed at start

        sender, _, token = encrypted.removeprefix(_MARK).partition(":")
        try:
            return _opened(token, _bytes(sender), self._private)
        except (InvalidToken, ValueError) as error:
            raise KnownError(
                "Nothing was sent. The provider's secrets were locked with a key that is not the"
                " service's; enter them again under Providers."
            ) from error

    def describe(self) -> str:
        """Return a sentence that says who can open them."""
        return "They are locked with the key of the shop's service; no desk can open them."

    @cached_property
    def _private(self) -> X25519PrivateKey:
        from cryptography.hazmat.primitives.asymmetric.x25519 import (  # noqa: PLC0415 - as above
            X25519PrivateKey,
        )

        return X25519PrivateKey.from_private_bytes(_derived(self._own.key(), b"private key"))


def _locked(plain: str, service: bytes) -> str:
    from cryptography.fernet import Fernet  # noqa: PLC0415 - not owed at start
    from cryptography.hazmat.primitives.asymmetric.x25519 import (  # noqa: PLC0415 - as above
        X25519PrivateKey,
        X25519PublicKey,
    )

    once = X25519PrivateKey.generate()
    sender = once.public_key().public_bytes_raw()
    agreed = once.exchange(X25519PublicKey.from_public_bytes(service))
    token = Fernet(_fernet_key(agreed, sender + service)).encrypt(plain.encode())
    return f"{_MARK}{_text(sender)}:{token.decode()}"


def _opened(token: str, sender: bytes, private: X25519PrivateKey) -> str:
    from cryptography.fernet import Fernet  # noqa: PLC0415 - not owed at start
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey  # noqa: PLC0415

    agreed = private.exchange(X25519PublicKey.from_public_bytes(sender))
    both = sender + private.public_key().public_bytes_raw()
    return Fernet(_fernet_key(agreed, both)).decrypt(token.encode()).decode()


def _fernet_key(agreed: bytes, both: bytes) -> bytes:
    return base64.urlsafe_b64encode(_derived(agreed, both))


def _derived(secret: bytes, context: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415 - as above

    return HKDF(SHA256(), 32, salt=None, info=_PURPOSE + context).derive(secret)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text)
