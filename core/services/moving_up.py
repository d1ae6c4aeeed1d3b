"""Moving up: a shop of one desk becomes one that many desks share on a server.

What lies beside the books goes along. A shop on a server has no folder of its own: papers, the
originals of statements and the key of the secrets are kept where ``sanduku service`` runs, in its
folder on that computer, so the move is made there. Papers are drawn again wherever they are
missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from core.configuration import Configuration
from core.database.moving.contract import Moved
from core.database.moving.move import confirm, move
from core.errors import KnownError, StorageError
from core.services.secrets import SecretBox
from core.services.statements.archive import ARCHIVE_FOLDER

__all__ = ["Moved", "confirm", "move_up"]

FOLDERS = ("documents", ARCHIVE_FOLDER)
"""Papers, and the originals of statements; what else lies in a shop's folder is of its computer."""


def move_up(
    shop: Configuration,
    address: str,
    folder: Path,
    *,
    leave_secrets: bool = False,
    told: Callable[[str], None] = lambda _: None,
) -> Moved:
    """Carry a shop in a file over to a server, whole or not at all.

    ``address`` is the database as the server's owner uses it, ``folder`` that of the service on
    this computer. With ``leave_secrets`` the secrets stay behind and are entered again. Call
    :func:`confirm` once a person was told the result, which holds passwords.

    Raises:
        KnownError: nothing was moved; see :func:`core.database.moving.move.move`.

    """
    mine = SecretBox(shop.data_dir, use_keyring=shop.use_keyring)
    there = SecretBox(folder, use_keyring=shop.use_keyring)

    def reseal(kept: str) -> str:
        if leave_secrets:
            return ""
        try:
            plain = mine.decrypt(kept)
        except KnownError as error:
            raise StorageError(
                "Nothing was moved. The secrets of the providers cannot be opened on this computer:"
                " move the shop where its key is, or leave them out (--leave-secrets) and enter"
                " them again.",
                details=error.message,
            ) from error
        folder.mkdir(parents=True, exist_ok=True)
        return there.encrypt(plain)

    return move(
        shop.database_path,
        address,
        reseal=reseal,
        carry_files=lambda: _carry_files(shop.data_dir, folder),
        told=told,
        clock=shop.clock,
    )


def _carry_files(source: Path, target: Path) -> int:
    """Copy what lies beside the books; what is there already, alike, is left."""
    from core.documents.storage import write_document  # noqa: PLC0415 - not owed at start

    count = 0
    for folder in FOLDERS:
        for path in sorted((source / folder).rglob("*")):
            if not path.is_file() or path.name.startswith("."):
                continue
            count += 1
            content, there = _read(path), target / path.relative_to(source)
            if there.is_file() and _read(there) == content:
                continue
            if write_document(there, content) != hashlib.sha256(_read(there)).hexdigest():
                raise StorageError(f"Nothing was moved. {there} is not what was written.")
    return count


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StorageError(
            f"Nothing was moved. {path} cannot be read.", details=str(error)
        ) from error
