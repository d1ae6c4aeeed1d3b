"""What a shop knows of its customers, and orders with an open balance."""

from __future__ import annotations

import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TRIGGERS = (
    """
CREATE TRIGGER guard_order_line_insert BEFORE INSERT ON "order_line" FOR EACH ROW
WHEN EXISTS (SELECT 1 FROM invoice i JOIN payment p ON p.id = i.payment_id WHERE p.order_id = NEW.order_id)
BEGIN SELECT RAISE(ABORT, 'sanduku: An invoice was made from this order: its lines stay as they are.'); END
""",
    """
CREATE TRIGGER guard_order_line_update BEFORE UPDATE ON "order_line" FOR EACH ROW
WHEN EXISTS (SELECT 1 FROM invoice i JOIN payment p ON p.id = i.payment_id WHERE p.order_id = OLD.order_id) OR EXISTS (SELECT 1 FROM invoice i JOIN payment p ON p.id = i.payment_id WHERE p.order_id = NEW.order_id)
BEGIN SELECT RAISE(ABORT, 'sanduku: An invoice was made from this order: its lines stay as they are.'); END
""",
    """
CREATE TRIGGER guard_order_line_delete BEFORE DELETE ON "order_line" FOR EACH ROW
WHEN EXISTS (SELECT 1 FROM invoice i JOIN payment p ON p.id = i.payment_id WHERE p.order_id = OLD.order_id)
BEGIN SELECT RAISE(ABORT, 'sanduku: An invoice was made from this order: its lines stay as they are.'); END
""",
    """
CREATE TRIGGER guard_order_facts BEFORE UPDATE ON "order" FOR EACH ROW
WHEN (OLD."order_number" IS NOT NEW."order_number" OR OLD."total_minor" IS NOT NEW."total_minor" OR OLD."currency" IS NOT NEW."currency") AND EXISTS (SELECT 1 FROM invoice i JOIN payment p ON p.id = i.payment_id WHERE p.order_id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'sanduku: An invoice was made from this order: its lines stay as they are.'); END
""",
    """
CREATE TRIGGER guard_customer_delete BEFORE DELETE ON "customer" FOR EACH ROW
WHEN 1
BEGIN SELECT RAISE(ABORT, 'sanduku: Nothing is ever deleted.'); END
""",
    """
CREATE TRIGGER guard_order_delete BEFORE DELETE ON "order" FOR EACH ROW
WHEN 1
BEGIN SELECT RAISE(ABORT, 'sanduku: Nothing is ever deleted.'); END
""",
)

_CUSTOMER_COLUMNS: tuple[sa.Column[Any], ...] = (
    sa.Column("address", sa.Text(), nullable=False, server_default=""),
    sa.Column("notes", sa.Text(), nullable=False, server_default=""),
    sa.Column("search_text", sa.Text(), nullable=False, server_default=""),
    sa.Column("merged_into_id", sa.Integer(), nullable=True),
    sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
)
_ORDER_COLUMNS: tuple[sa.Column[Any], ...] = (
    sa.Column("is_placed", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column("due_on", sa.Date(), nullable=True),
    sa.Column("notes", sa.Text(), nullable=False, server_default=""),
    sa.Column("created_by", sa.String(length=80), nullable=False, server_default=""),
    sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("cancelled_by", sa.String(length=80), nullable=False, server_default=""),
    sa.Column("cancel_reason", sa.Text(), nullable=False, server_default=""),
)


def upgrade() -> None:
    # Plain ADD COLUMN: a table made anew would lose its guards.
    for column in _CUSTOMER_COLUMNS:
        op.add_column("customer", column)
    for column in _ORDER_COLUMNS:
        op.add_column("order", column)
    _make_searchable()
    op.create_index(
        "ix_customer_search", "customer", ["search_text", "merged_into_id", "retired_at"]
    )
    op.create_index(
        "ix_customer_merged",
        "customer",
        ["merged_into_id"],
        sqlite_where=sa.text("merged_into_id IS NOT NULL"),
    )
    op.create_index(
        "ix_order_placed",
        "order",
        ["id"],
        sqlite_where=sa.text("is_placed = 1 AND cancelled_at IS NULL"),
    )
    for trigger in _TRIGGERS:
        op.execute(trigger.strip())


def _make_searchable() -> None:
    """Write the search text of the customers who are there already."""
    connection = op.get_bind()
    rows = connection.execute(
        sa.text("SELECT id, name, phone_number, email, tin FROM customer")
    ).all()
    texts = [
        {
            "row": row.id,
            "words": " ".join(
                filter(None, (_folded(row.name), row.phone_number, _folded(row.email), row.tin))
            ),
        }
        for row in rows
    ]
    if texts:
        connection.execute(
            sa.text("UPDATE customer SET search_text = :words WHERE id = :row"), texts
        )


def _folded(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))


def downgrade() -> None:
    raise NotImplementedError("a shop's data is never taken apart")
