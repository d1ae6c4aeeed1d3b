"""The field names that scripts rely on; a name that goes away here breaks somebody's program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.desktop.conftest import Typed

AsRole = Callable[..., Typed]

PAYMENT = {
    "payment_id", "order_id", "payment_method", "payment_type", "amount", "currency", "status",
    "transaction_id", "transaction_reference", "phone_number", "gateway_name", "invoice_number",
    "reconciled", "created_at", "paid_at",
}  # fmt: skip
REFUND = {
    "refund_id", "payment_id", "refund_amount", "status", "reason", "refund_transaction_id",
    "approved_by", "approved_at", "response_notes", "refund_completed_at",
}  # fmt: skip
RECONCILIATION = {
    "reconciliation_id", "file_name", "file_upload", "provider", "statement_date",
    "statement_period_start",
    "statement_period_end", "total_transactions", "total_amount", "matched_count",
    "unmatched_count", "discrepancy_amount", "status", "reconciled_by", "reconciled_at", "notes",
    "matches", "suggestions", "unmatched_lines", "unmatched_payments",
}  # fmt: skip
MATCH = {"lines", "payments", "kind", "automatic", "confidence", "reasons"}
STATEMENT = {
    "account", "currency", "opening_balance", "closing_balance", "period_start", "period_end",
    "lines",
}  # fmt: skip
LINE = {
    "line", "date", "value_date", "amount", "currency", "fee", "balance", "reference",
    "transaction_id", "description", "counterparty", "counterparty_account", "status",
}  # fmt: skip


def test_payments_and_refunds_keep_their_names(as_role: AsRole) -> None:
    collected = as_role(
        "cashier", "payments", "collect", "--method", "cash", "--amount", "15000",
        "--reference", "ORD-2026-01-16-001", "--order", "1001", "--complete", "--json",
    )  # fmt: skip
    payment = collected.document
    assert payment.keys() >= PAYMENT
    assert (payment["order_id"], payment["amount"]) == (1001, "15000")
    assert payment["created_at"] == payment["paid_at"] == "2026-01-16T10:30:00Z"
    assert as_role("clerk", "payments", "list", "--json").document == [payment]
    asked = as_role(
        "cashier", "refunds", "request", payment["payment_id"],
        "--amount", "1 500", "--reason", "r", "--json",
    )  # fmt: skip
    assert asked.document.keys() >= REFUND
    assert asked.document["refund_amount"] == "1500"
    assert as_role("clerk", "refunds", "list", "--json").document == [asked.document]


def test_statements_and_reconciliations_keep_their_names(as_role: AsRole, tmp_path: Path) -> None:
    collected = as_role(
        "cashier", "payments", "collect", "--method", "bank_transfer", "--amount", "8000",
        "--reference", "ORD-9", "--transaction-id", "FT99", "--complete", "--json",
    )  # fmt: skip
    file = tmp_path / "bank.csv"
    file.write_text(
        "Date,Description,Reference,Debit,Credit,Balance\n"
        "16/01/2026,TRANSFER ORD-9,FT99,,8000,8000\n"
        "16/01/2026,SOMEBODY ELSE,FT98,,777,8777\n",
        encoding="utf-8",
    )
    read = as_role("clerk", "statements", "read", file, "--json").document
    assert set(read) == {"format", "statements", "problems"}
    (statement,) = read["statements"]
    assert set(statement) == STATEMENT
    assert [set(line) for line in statement["lines"]] == [LINE, LINE]
    document = as_role("clerk", "reconcile", file, "--provider", "BANK", "--json").document
    assert document.keys() >= RECONCILIATION
    (match,) = document["matches"]
    assert match.keys() >= MATCH
    assert match["payments"] == [collected.document["payment_id"]]
    assert (document["unmatched_lines"], document["suggestions"]) == ([3], [])
