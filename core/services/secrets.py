"""Keeps the providers' secrets unreadable in the database.

Secrets are encrypted with Fernet (AES-128-CBC and HMAC-SHA-256). The key never lies in the
database: it is in the system's keyring where there is one, else in a file beside the shop that
only its owner may read. A backup of the database alone therefore gives no secret away.
"""

from __future__ import annotations

import logging
import os
import uuid
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import KnownError, StorageError

if TYPE_CHECKING:
    from cryptography.fernet import Fernet
    from keyring.backend import KeyringBackend

logger = logging.getLogger(__name__)

KEY_FILE_NAME = "secrets.key"
KEYRING_NAME_FILE = "secrets.keyring"
_KEYRING_SERVICE = "Sanduku"


class SecretBox:
    """Encrypts and decrypts with the key of the shop in one folder."""

    def __init__(self, shop_dir: Path, *, use_keyring: bool = True) -> None:
        self._key_file = shop_dir / KEY_FILE_NAME
        self._name_file = shop_dir / KEYRING_NAME_FILE
        self._use_keyring = use_keyring

    def encrypt(self, plain: str) -> str:
        """Return a secret's ciphertext; nothing stays nothing.

        Raises:
            StorageError: the key cannot be read or made.

        """
        return self._cipher.encrypt(plain.encode()).decode() if plain else ""

    def decrypt(self, encrypted: str) -> str:
        """Return a secret as it was entered; nothing stays nothing.

        Raises:
            KnownError: it was encrypted with another key, as after a move to a new computer.

        """
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - not owed at start

        if not encrypted:
            return ""
        try:
            return self._cipher.decrypt(encrypted.encode()).decode()
        except InvalidToken as error:
            raise KnownError(
                "Nothing was sent. The provider's secrets were stored with a key that is not on"
                " this computer; enter them again under Providers."
            ) from error

    def publish(self) -> None:
        """Tell nobody anything: the key of a shop of one desk is its own affair."""

    def key(self) -> bytes:
        """Return the key itself, for what is derived from it; it leaves this computer never.

        Raises:
            StorageError: it cannot be read or made.

        """
        return self._kept_key.encode()

    def describe(self) -> str:
        """Return a sentence that says where the key is kept."""
        if self._key_file.exists():
            return f"The key of the secrets is the file {self._key_file}, readable by its owner."
        backend = self._backend()
        if backend is not None:
            return f"The key of the secrets is in the system's keyring ({backend.name})."
        if self._name_file.exists():
            return "The key of the secrets is in the system's keyring, which is not available now."
        return f"The key of the secrets will be the file {self._key_file}, readable by its owner."

    @cached_property
    def _cipher(self) -> Fernet:
        from cryptography.fernet import Fernet  # noqa: PLC0415 - not owed at start

        return Fernet(self._kept_key.encode())

    @cached_property
    def _kept_key(self) -> str:
        from cryptography.fernet import Fernet  # noqa: PLC0415 - not owed at start

        try:
            key = self._existing_key() or self._new_key(Fernet.generate_key().decode())
            Fernet(key.encode())
        except (OSError, ValueError) as error:
            raise StorageError(
                "Nothing was changed. The key of the providers' secrets cannot be read or made in"
                f" {self._key_file.parent}.",
                details=str(error),
            ) from error
        return key

    def _existing_key(self) -> str:
        if self._key_file.exists():
            return self._key_file.read_text(encoding="ascii").strip()
        if not self._name_file.exists():
            return ""
        from keyring.errors import KeyringError  # noqa: PLC0415 - not owed at start

        backend = self._backend()
        name = self._name_file.read_text(encoding="ascii").strip()
        try:
            key = backend.get_password(_KEYRING_SERVICE, name) if backend is not None else None
        except KeyringError as error:
            raise _keyring_closed(str(error)) from error
        if not key:
            raise _keyring_closed("")
        return key

    def _new_key(self, key: str) -> str:
        if not self._put_into_keyring(key):
            _write_private(self._key_file, key)
        return key

    def _put_into_keyring(self, key: str) -> bool:
        backend = self._backend()
        if backend is None:
            return False
        from keyring.errors import KeyringError  # noqa: PLC0415 - not owed at start

        name = str(uuid.uuid4())
        try:
            backend.set_password(_KEYRING_SERVICE, name, key)
        except KeyringError as error:
            logger.warning("the keyring refuses a new key, so a file is used: %s", error)
            return False
        _write_private(self._name_file, name)
        return True

    def _backend(self) -> KeyringBackend | None:
        """Return the system's keyring; plain-text stand-ins have a priority below 1."""
        if not self._use_keyring:
            return None
        import keyring  # noqa: PLC0415 - looking for backends is not owed at start

        backend = keyring.get_keyring()
        return backend if backend.priority >= 1 else None


def _keyring_closed(details: str) -> StorageError:
    return StorageError(
        "Nothing was changed. The key of the providers' secrets is in the system's keyring, which"
        " does not give it out: unlock the keyring, or enter the secrets again.",
        details=details,
    )


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
