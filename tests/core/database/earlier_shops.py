"""Shops as earlier versions of the program left them, kept beside as compressed files.

Each was made by the code of its own version: a demo of thirty payments, seed 3. A new one is made
before a revision of the database leaves the house: ``build_demo`` of that version into an empty
shop, then ``VACUUM INTO`` a file and ``lzma`` at its best.

From 0023 on a shop on a server is kept too: ``peopled_shop`` of that version on PostgreSQL 15, the
oldest that a shop may be on, and its ``pg_dump`` as a backup makes it, but not compressed.
"""

from __future__ import annotations

import lzma
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from core.database.schema import NEWEST_REVISION

_SHOPS = Path(__file__).parent / "earlier_shops"

KEPT = tuple(
    sorted(name for path in _SHOPS.glob("*.db.xz") if (name := path.name[:4]) < NEWEST_REVISION)
)
"""The earlier revisions of which a shop is kept; one of the newest waits to become earlier."""

KEPT_DUMPS = tuple(sorted(path.name[:4] for path in _SHOPS.glob("*.dump.xz")))
"""The revisions of which a backup of a shop on a server is kept."""


def unpack_dump(revision: str, path: Path) -> None:
    """Put the backup of a server's shop of a kept revision at a path."""
    path.write_bytes(lzma.decompress((_SHOPS / f"{revision}.dump.xz").read_bytes()))


def unpack(revision: str, path: Path) -> None:
    """Put the shop of a kept revision at a path."""
    path.write_bytes(lzma.decompress((_SHOPS / f"{revision}.db.xz").read_bytes()))


def nearest_kept(revision: str) -> str:
    """Return the newest kept revision that is not newer."""
    return max(kept for kept in KEPT if kept <= revision)


@dataclass(frozen=True, slots=True)
class Facts:
    """What an upgrade must leave: rows by table, money by state, audit chains entry by entry."""

    rows: dict[str, int]
    money: dict[str, list[tuple[object, ...]]]
    chains: list[tuple[object, ...]]


_MONEY = {
    "payment": "SELECT status, payment_method, currency, COUNT(*), SUM(amount_minor) FROM payment",
    "refund_request": (
        "SELECT status, reason, currency, COUNT(*), SUM(refund_amount_minor) FROM refund_request"
    ),
    "statement_line": (
        "SELECT currency, reconciliation_id, 1, COUNT(*), SUM(amount_minor) FROM statement_line"
    ),
    "invoice": "SELECT currency, due_date, 1, COUNT(*), SUM(total_minor) FROM invoice",
}


def facts_of(engine: Engine) -> Facts:
    """Return what is in a shop now."""
    with engine.connect() as connection:
        return Facts(
            rows={table: _count(connection, table) for table in _tables(connection)},
            money={
                table: [
                    tuple(row)
                    for row in connection.execute(
                        text(f"{question} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3")
                    )
                ]
                for table, question in _MONEY.items()
            },
            chains=[
                tuple(row)
                for row in connection.execute(
                    text("SELECT user_name, sequence, entry_hash FROM audit_entry ORDER BY 1, 2")
                )
            ],
        )


def _tables(connection: Connection) -> list[str]:
    """Return the tables of rows that people wrote; sums and searches follow from them."""
    found = connection.scalars(
        text(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'alembic_version'"
            " AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '%_search%' AND name NOT LIKE '%_day'"
        )
    )
    return list(found)


def _count(connection: Connection, table: str) -> int:
    return int(connection.execute(text(f'SELECT COUNT(*) FROM "{table}"')).scalar_one())
