"""Airtel's message signing: the network's side of x-key and x-signature."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives import padding, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_AES_BLOCK_BITS = 128
_KEY_LIFE = timedelta(days=365)
_BASE64_PAIR = re.compile(rb"[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+")


class SigningKey:
    """The key pair a client encrypts its AES key with; made when it is first asked for."""

    def __init__(self) -> None:
        self._key: rsa.RSAPrivateKey | None = None
        self.key_id = 1

    def public_text(self) -> str:
        """Return the public key as base64 of its DER form (SubjectPublicKeyInfo)."""
        der = (
            self._private()
            .public_key()
            .public_bytes(
                serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )
        return base64.b64encode(der).decode("ascii")

    def valid_until(self) -> str:
        """Return the end of the key's life as Airtel writes it."""
        return f"{datetime.now(UTC) + _KEY_LIFE:%d-%m-%Y %H:%M:%S}"

    def matches(self, body: bytes, x_key: str, x_signature: str) -> bool:
        """Tell whether a signature is that of exactly these bytes."""
        try:
            pair = self._private().decrypt(base64.b64decode(x_key, validate=True), PKCS1v15())
            if not _BASE64_PAIR.fullmatch(pair):
                return False
            key, initial = (base64.b64decode(part, validate=True) for part in pair.split(b":"))
            decryptor = Cipher(algorithms.AES256(key), modes.CBC(initial)).decryptor()
            sealed = base64.b64decode(x_signature, validate=True)
            padded = decryptor.update(sealed) + decryptor.finalize()
            unpadder = padding.PKCS7(_AES_BLOCK_BITS).unpadder()
            return unpadder.update(padded) + unpadder.finalize() == body
        except (ValueError, binascii.Error):
            return False

    def _private(self) -> rsa.RSAPrivateKey:
        if self._key is None:
            self._key = rsa.generate_private_key(
                public_exponent=65537,
                key_size=1024,  # noqa: S505 - the size that Airtel documents
            )
        return self._key
