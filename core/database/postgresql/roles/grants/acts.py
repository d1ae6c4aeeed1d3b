"""What every act leaves behind, whoever does it."""

from __future__ import annotations

from core.database.postgresql.roles.grants.forms import (
    EVERYBODY,
    SERVICE,
    SHOP,
    Columns,
    TableGrant,
)

GRANTS = (
    TableGrant("audit_entry", insert=EVERYBODY),
    TableGrant("change", insert=EVERYBODY),
    TableGrant("idempotency_key", insert=EVERYBODY),
    TableGrant(
        "saved_filter",
        insert=EVERYBODY,
        update=(Columns(EVERYBODY, "name name_folded content is_default saved_at removed_at"),),
    ),
    TableGrant(
        "desk_presence",
        insert=EVERYBODY,
        update=(Columns(EVERYBODY, "user_name desk since last_seen is_locked"),),
        delete=EVERYBODY,
    ),
    TableGrant(
        "outbox_job",
        insert=SHOP,
        update=(Columns((SERVICE,), "state attempts last_error done_at"),),
    ),
)
