"""On a server, a day's sums are spread over slots, and news wakes whoever listens."""

from __future__ import annotations

from alembic import op

from core.database.engine import is_server

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_KEYS = {
    "payment_day": "basis, day, currency, payment_method, status, reconciled",
    "call_day": "day, gateway_name, request_type, success, error_code",
}


def upgrade() -> None:
    if not is_server(op.get_bind()):
        return
    from core.database.day_sums import sum_triggers  # noqa: PLC0415 - owed on a server only
    from core.database.postgresql.guards import create_guard  # noqa: PLC0415 - as above
    from core.database.postgresql.many_desks import (  # noqa: PLC0415 - as above
        FUNCTION_STATEMENTS,
        NEWS_STATEMENT,
    )

    for table, key in _KEYS.items():
        op.execute(f"ALTER TABLE sanduku.{table} ADD COLUMN slot smallint NOT NULL DEFAULT 0")
        op.execute(f"ALTER TABLE sanduku.{table} DROP CONSTRAINT pk_{table}")
        op.execute(
            f"ALTER TABLE sanduku.{table} ADD CONSTRAINT pk_{table} PRIMARY KEY ({key}, slot)"
        )
    for statement in FUNCTION_STATEMENTS:
        op.execute(statement)
    for name, made in sum_triggers().items():
        op.execute(f"DROP FUNCTION sanduku.{name}() CASCADE")
        for statement in create_guard(made):
            op.execute(statement)
    op.execute(NEWS_STATEMENT)
