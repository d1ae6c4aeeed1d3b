"""Airtel's message signing (its API's second version): the body encrypted beside itself.

``x-signature`` is the body under AES-256-CBC with PKCS#5 padding and a fresh key; ``x-key`` is that
key and its IV under the network's RSA key (PKCS#1 v1.5). The network decrypts and compares, so the
bytes that are sent must be the bytes that were encrypted.
"""

from __future__ import annotations

import base64
import binascii
import os
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import load_der_public_key

from core.clock import Clock, as_utc
from core.gateways.json_reading import JsonObject, member, text

AES_KEY_BYTES = 32
BLOCK_BYTES = 16
MARGIN = timedelta(minutes=1)
WITHOUT_END = timedelta(minutes=10)
"""How long a key is kept whose end cannot be read."""


@dataclass(frozen=True, slots=True)
class EncryptionKey:
    """The network's public key and the moment it is no longer used."""

    public_key: RSAPublicKey = field(repr=False)
    good_until: datetime


class KeyStore:
    """The key in use, for any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._key: EncryptionKey | None = None

    def current(self) -> EncryptionKey | None:
        """Return the key if it may still be used."""
        with self._lock:
            key = self._key
        return key if key is not None and self._clock() < key.good_until else None

    def keep(self, key: EncryptionKey) -> None:
        """Use this key from now on."""
        with self._lock:
            self._key = key

    def forget(self) -> None:
        """Fetch the key anew next time."""
        with self._lock:
            self._key = None


def key_in(found: JsonObject, now: datetime) -> EncryptionKey | None:
    """Return the key of an answer (``data.key``, ``data.valid_upto``); None if it has none."""
    data = member(found, "data")
    try:
        loaded = load_der_public_key(base64.b64decode(text(data, "key"), validate=True))
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        return None
    if not isinstance(loaded, RSAPublicKey):
        return None
    try:
        # The zone is not documented. The shop's is the earlier reading for it, so the safe one.
        end = as_utc(datetime.strptime(text(data, "valid_upto"), "%d-%m-%Y %H:%M:%S")) - MARGIN  # noqa: DTZ007 - as_utc adds the zone
    except (ValueError, OverflowError):
        end = now + WITHOUT_END
    return EncryptionKey(loaded, end.astimezone(UTC))


def signature_headers(body: bytes, key: EncryptionKey) -> dict[str, str]:
    """Return ``x-signature`` and ``x-key`` for exactly these bytes.

    Raises:
        ValueError: the network's key is too short for the purpose.

    """
    secret, start = os.urandom(AES_KEY_BYTES), os.urandom(BLOCK_BYTES)
    padder = PKCS7(BLOCK_BYTES * 8).padder()
    padded = padder.update(body) + padder.finalize()
    encryptor = Cipher(AES(secret), CBC(start)).encryptor()
    signature = encryptor.update(padded) + encryptor.finalize()
    opener = base64.b64encode(secret) + b":" + base64.b64encode(start)
    return {
        "x-signature": base64.b64encode(signature).decode("ascii"),
        "x-key": base64.b64encode(key.public_key.encrypt(opener, PKCS1v15())).decode("ascii"),
    }
