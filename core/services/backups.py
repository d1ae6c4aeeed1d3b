"""Backing the shop up from its settings, and looking into a backup before it is brought back."""

from __future__ import annotations

from pathlib import Path

from core.database.backup import BackupContents, backup, look
from core.database.unit_of_work import Database
from core.errors import StorageError
from core.permissions import Actor, Permission

__all__ = ["BackupContents", "BackupService"]


class BackupService:
    """Backups of one shop's file. Bringing one back needs the shop closed: a command does it."""

    def __init__(self, database: Database, shop_file: Path) -> None:
        self._database = database
        self._shop_file = shop_file

    def save(self, actor: Actor, target: Path) -> None:
        """Copy the shop, while everybody works on, into a file; one that is there is replaced.

        Raises:
            NotAllowedError: the person may not change settings.
            ConflictError: the target is a folder or the shop itself.
            StorageError: the target cannot be written, or the shop is on a server.

        """
        self._database.require(actor, Permission.MANAGE_SETTINGS)
        if self._database.is_shared:
            raise StorageError(
                "Nothing was saved. A shop on a server is backed up there, by its owner: “sanduku"
                " database backup”."
            )
        with self._database.write(actor) as unit:
            # Written first, so that the backup holds the entry that tells of it.
            unit.audit("shop:backed_up", "settings", "backup", file=target.name)
            unit.commit()
        backup(self._shop_file, target, overwrite=True)

    def look(self, actor: Actor, source: Path) -> BackupContents:
        """Return what a backup holds and what the check says of it; nothing is changed.

        Raises:
            NotAllowedError: the person may not change settings.
            NotFoundError: there is no such backup.
            StorageError: the backup is damaged, no shop, or of a newer program.

        """
        self._database.require(actor, Permission.MANAGE_SETTINGS)
        return look(source)
