"""Lists of invoices and refunds in any order: an index for each column that many rows share."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_STANDING = (
    "CASE WHEN is_paid THEN '3' || issued_date"
    " WHEN void_date IS NOT NULL THEN '2' || void_date"
    " ELSE '1' || coalesce(due_date, '9999-12-31') END"
)

_INVOICE = (
    ("ix_invoice_paid_issued", ["is_paid", "issued_date"]),
    ("ix_invoice_sent_issued", ["sent_to_customer", "issued_date"]),
    ("ix_invoice_standing", [sa.text(f"({_STANDING})")]),
    ("ix_invoice_total", ["total_minor"]),
    ("ix_invoice_tax", ["tax_minor"]),
    ("ix_invoice_subtotal", ["subtotal_minor"]),
    ("ix_invoice_ebm", ["ebm_receipt_number"]),
    ("ix_invoice_pdf", ["pdf_file"]),
)

_REFUND = (
    ("ix_refund_request_status_requested", ["status", "requested_at"]),
    ("ix_refund_request_amount", ["refund_amount_minor"]),
    ("ix_refund_request_by", ["requested_by", "requested_at"]),
)


def upgrade() -> None:
    for name, columns in _INVOICE:
        op.create_index(name, "invoice", columns)
    op.drop_index("ix_refund_request_status_requested", table_name="refund_request")
    for name, columns in _REFUND:
        op.create_index(name, "refund_request", columns)
    op.create_index("ix_credit_note_issued_date", "credit_note", ["issued_date"])
