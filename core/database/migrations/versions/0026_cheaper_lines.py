"""What guards and indexes of statement lines cost for each row: a list made, amounts in disorder."""

from __future__ import annotations

from alembic import op

from core.database.engine import is_server
from core.database.guard_statements import Trigger, sqlite_trigger

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_OPEN = "IN ('PENDING', 'IN_PROGRESS')"
_STATUS = "(SELECT r.status FROM payment_reconciliation r WHERE r.id = {})"
_OF_MATCH = "(SELECT m.reconciliation_id FROM match m WHERE m.id = NEW.match_id)"
_CLOSED = "This reconciliation is closed."


def _closed(reconciliation_id: str) -> str:
    return f"{_STATUS.format(reconciliation_id)} NOT {_OPEN}"


def _guard(table: str, event: str, condition: str) -> Trigger:
    name = f"guard_{table}_closed_{event.lower()}"
    return Trigger(name, event, table, condition, message=_CLOSED)


def _mark(name: str, event: str, table: str, condition: str, lines: str) -> Trigger:
    marked = f"UPDATE statement_line SET offer = NULL WHERE offer IS NOT NULL AND id IN ({lines})"  # noqa: S608 - our own names
    return Trigger(name, event, table, condition, body=f" {marked}; ", server_body=f"{marked};")


_OWN = _closed("NEW.reconciliation_id")
_CHANGED = (
    _guard("match", "INSERT", _OWN),
    _guard("match", "UPDATE", f"{_OWN} OR {_closed('OLD.reconciliation_id')}"),
    _guard("statement_line", "INSERT", _OWN),
    _guard("statement_line", "UPDATE", _OWN),
    *(
        _guard(table, event, _closed(_OF_MATCH))
        for table in ("match_line", "match_payment")
        for event in ("INSERT", "UPDATE")
    ),
    _mark(
        "mark_offers_of_payment",
        "UPDATE OF reconciled",
        "payment",
        "OLD.reconciled <> NEW.reconciled",
        "SELECT l.line_id FROM match_payment p"  # noqa: S608 - our own names
        " JOIN match m ON m.id = p.match_id AND m.state = 'proposed'"
        " JOIN payment_reconciliation r ON r.id = m.reconciliation_id"
        f" AND r.status {_OPEN}"
        " JOIN match_line l ON l.match_id = m.id WHERE p.payment_id = NEW.id",
    ),
    _mark(
        "mark_offers_of_reopened",
        "UPDATE OF status",
        "payment_reconciliation",
        f"OLD.status NOT {_OPEN} AND NEW.status {_OPEN}",
        "SELECT id FROM statement_line WHERE reconciliation_id = NEW.id",
    ),
)


def upgrade() -> None:
    index, table = "ix_statement_line_reconciliation_state", "statement_line"
    op.drop_index(index, table)
    op.create_index(index, table, ["reconciliation_id", "state"])
    if is_server(op.get_bind()):
        # A shop of one desk owes none of it.
        from core.database.postgresql.engine import SCHEMA  # noqa: PLC0415
        from core.database.postgresql.guards import create_guard  # noqa: PLC0415

        for each in _CHANGED:
            function, trigger = create_guard(each)
            op.execute(function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1))
            op.execute(f'DROP TRIGGER {each.name} ON {SCHEMA}."{each.table}"')
            op.execute(trigger)
        return
    for each in _CHANGED:
        op.execute(f"DROP TRIGGER {each.name}")
        op.execute(sqlite_trigger(each))


def downgrade() -> None:
    raise NotImplementedError("a shop's data is never taken apart")
