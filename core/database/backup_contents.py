"""What a backup holds, found out on a copy of it before anything is replaced by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, text

from core.database.consistency import check
from core.database.engine import open_engine, sqlite_url
from core.database.schema import current_revision, upgrade


@dataclass(frozen=True, slots=True)
class BackupContents:
    """What lies in a backup, and every sentence of the check about it.

    ``version`` is the one it was made at; the figures and the check are of the copy brought to this
    program's version. ``last_act_at`` is the moment of the newest entry of the audit trail, in UTC.
    """

    version: str
    shop_name: str
    payments: int
    refunds: int
    statements: int
    people: tuple[str, ...]
    audit_entries: int
    last_act_at: datetime | None
    problems: tuple[str, ...]


def examine(copy: Path) -> BackupContents:
    """Bring a copy of a backup to this version, check it with its audit chains, and count it.

    Raises:
        StorageError: it cannot be brought to this version.

    """
    engine = open_engine(sqlite_url(copy))
    try:
        version = current_revision(engine) or ""
        upgrade(engine)
        problems = check(engine)
        with engine.connect() as connection:
            return contents_of(connection, version, problems)
    finally:
        engine.dispose()


def contents_of(connection: Connection, version: str, problems: tuple[str, ...]) -> BackupContents:
    """Return what a copy holds that was brought to this version and checked."""

    def count(table: str) -> int:
        return int(connection.execute(text(f"SELECT COUNT(*) FROM {table}")).scalar_one())  # noqa: S608 - our own names

    name = connection.execute(text("SELECT value FROM setting WHERE name = 'shop_name'")).scalar()
    people = connection.execute(text('SELECT name FROM "user" ORDER BY name')).scalars()
    last = connection.execute(text("SELECT MAX(at) FROM audit_entry")).scalar()
    return BackupContents(
        version=version,
        shop_name=str(name or ""),
        payments=count("payment"),
        refunds=count("refund_request"),
        statements=count("payment_reconciliation"),
        people=tuple(people),
        audit_entries=count("audit_entry"),
        last_act_at=_moment(last),
        problems=problems,
    )


def _moment(stored: str | datetime | None) -> datetime | None:
    """Return a moment as a file or a server gives it, in UTC."""
    if stored is None or isinstance(stored, datetime):
        return stored
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)
