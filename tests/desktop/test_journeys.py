"""Whole days of a shop by command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.desktop.conftest import Typed

AsRole = Callable[..., Typed]


def collected(as_role: AsRole, *words: str) -> dict[str, object]:
    typed = as_role("cashier", "payments", "collect", *words, "--json")
    assert typed.code == 0, typed.err
    document: dict[str, object] = typed.document
    return document


def test_a_cash_sale_with_change_becomes_a_pdf_invoice(as_role: AsRole, tmp_path: Path) -> None:
    typed = as_role(
        "cashier", "payments", "collect", "--method", "cash", "--amount", "7.000",
        "--reference", "Two goats", "--tendered", "10 000",
    )  # fmt: skip
    assert typed.code == 0
    assert "7\u202f000" in typed.out
    assert "change 3\u202f000" in typed.out
    (payment,) = as_role("cashier", "payments", "list", "--json").document
    assert (payment["status"], payment["amount"]) == ("completed", "7000")
    target = tmp_path / "papers" / "invoice.pdf"
    written = as_role("cashier", "invoices", "pdf", payment["payment_id"], "-o", target)
    assert written.code == 0, written.err
    assert target.read_bytes().startswith(b"%PDF-")


def test_a_confirmed_bank_transfer_is_found_on_the_statement(
    as_role: AsRole, tmp_path: Path
) -> None:
    payment = collected(
        as_role, "--method", "bank_transfer", "--amount", "150000", "--reference", "ORD-77",
        "--customer", "Uwase Marie",
    )  # fmt: skip
    payment_id = str(payment["payment_id"])
    assert payment["status"] == "pending"
    done = as_role(
        "cashier", "payments", "complete", payment_id, "--transaction-id", "FT26016ABC", "--json"
    )
    assert done.document["status"] == "completed"

    statement = tmp_path / "january.csv"
    statement.write_text(
        "Date,Description,Reference,Debit,Credit,Balance\n"
        "16/01/2026,TRANSFER UWASE MARIE ORD-77,FT26016ABC,,150000,250000\n"
        "17/01/2026,MONTHLY CHARGE,CHG1,2500,,247500\n",
        encoding="utf-8",
    )
    words = ("reconcile", statement, "--provider", "BANK", "--json")
    proposed = as_role("clerk", *words).document
    (match,) = proposed["matches"]
    assert (match["lines"], match["payments"], match["automatic"]) == ([2], [payment_id], True)
    assert proposed["matched_count"] == 0
    assert proposed["total_amount"] == "147500"
    assert proposed["unmatched_payments"] == []

    approved = as_role("clerk", *words, "--approve").document
    assert approved["matched_count"] == 1
    assert [each["payments"] for each in approved["matches"]] == [[payment_id]]
    assert approved["unmatched_payments"] == []
    (reconciled,) = as_role("clerk", "payments", "list", "--json").document
    assert reconciled["reconciled"] is True

    again = as_role("clerk", *words, "--approve")
    assert again.document == approved
    assert as_role("clerk", *words).document == approved


def test_the_same_statement_from_another_provider_is_refused(
    as_role: AsRole, tmp_path: Path
) -> None:
    statement = tmp_path / "s.csv"
    statement.write_text(
        "Date,Description,Debit,Credit,Balance\n16/01/2026,X,,500,500\n", encoding="utf-8"
    )
    assert as_role("clerk", "reconcile", statement, "--provider", "bank").code == 0
    refused = as_role("clerk", "reconcile", statement, "--provider", "MTN")
    assert refused.code == 1
    assert refused.err.startswith("Nothing was imported.")


def test_a_refund_needs_a_second_person(as_role: AsRole) -> None:
    payment = collected(
        as_role, "--method", "card", "--amount", "20000", "--reference", "Radio",
        "--approval-code", "A1B2C3", "--last4", "4242",
    )  # fmt: skip
    asked = as_role(
        "cashier", "refunds", "request", str(payment["payment_id"]),
        "--amount", "5000", "--reason", "scratched", "--json",
    )  # fmt: skip
    refund_id = asked.document["refund_id"]
    assert asked.document["refund_amount"] == "5000"

    own = as_role("cashier", "refunds", "approve", refund_id)
    assert own.code == 1
    assert "You asked for this refund yourself" in own.err
    early = as_role("cashier", "refunds", "process", refund_id)
    assert early.code == 1

    approved = as_role("manager", "refunds", "approve", refund_id, "--json").document
    assert (approved["status"], approved["approved_by"]) == ("approved", "manager")
    done = as_role("cashier", "refunds", "process", refund_id, "--json").document
    assert done["status"] == "completed"
    assert done["credit_note_number"] == "CN-20260116-00001"
    (listed,) = as_role("manager", "refunds", "list", "--status", "completed", "--json").document
    assert listed == done


def test_a_rejection_says_why(as_role: AsRole) -> None:
    payment = collected(
        as_role, "--method", "cash", "--amount", "900", "--reference", "Tea", "--complete"
    )
    asked = as_role(
        "cashier", "refunds", "request", str(payment["payment_id"]),
        "--amount", "900", "--reason", "cold", "--json",
    )  # fmt: skip
    refund_id = asked.document["refund_id"]
    silent = as_role("manager", "refunds", "reject", refund_id)
    assert (silent.code, silent.err) == (1, "Write why the refund is rejected. (--reason)\n")
    done = as_role("manager", "refunds", "reject", refund_id, "--reason", "drunk", "--json")
    assert (done.document["status"], done.document["response_notes"]) == ("rejected", "drunk")


def test_the_same_key_collects_once(as_role: AsRole) -> None:
    words = ("--method", "cash", "--amount", "500", "--reference", "Bread", "--key", "till1-77")
    first = collected(as_role, *words)
    assert collected(as_role, *words) == first
    assert len(as_role("cashier", "payments", "list", "--json").document) == 1


def test_mobile_money_is_an_intent_and_says_so(as_role: AsRole) -> None:
    typed = as_role(
        "cashier", "payments", "collect", "--method", "mtn_mobile_money", "--amount", "3000",
        "--reference", "ORD-9", "--phone", "0788 123 456", "--json",
    )  # fmt: skip
    assert typed.code == 0
    assert typed.document["status"] == "pending"
    assert typed.document["phone_number"] == "+250788123456"
    assert typed.err.startswith("Nothing was charged. No account with this network is in use")
    payment_id = typed.document["payment_id"]
    assert as_role("cashier", "payments", "complete", payment_id, "--note", "saw it").code == 1
    done = as_role("manager", "payments", "complete", payment_id, "--note", "SMS seen", "--json")
    assert done.document["status"] == "completed"


def test_a_waiting_payment_can_fail_or_be_cancelled(as_role: AsRole) -> None:
    for act, status in (("fail", "failed"), ("cancel", "cancelled")):
        payment = collected(as_role, "--method", "cash", "--amount", "100", "--reference", act)
        ended = as_role(
            "cashier", "payments", act, str(payment["payment_id"]), "--note", "left", "--json"
        )
        assert ended.document["status"] == status
        again = as_role("cashier", "payments", act, str(payment["payment_id"]))
        assert (again.code, again.out) == (1, "")


def papers(shop: Path) -> list[str]:
    return sorted(path.stem.rpartition("-")[0] for path in shop.glob("documents/**/*.pdf"))


def test_a_command_leaves_the_papers_it_owes_behind_it(
    as_role: AsRole, shop: Path, tmp_path: Path
) -> None:
    cash = collected(
        as_role, "--method", "cash", "--amount", "7000", "--reference", "R", "--complete"
    )
    assert papers(shop) == ["INV-20260116"]
    asked = as_role(
        "cashier", "refunds", "request", str(cash["payment_id"]), "--amount", "7000",
        "--reason", "broken", "--json",
    ).document  # fmt: skip
    assert as_role("manager", "refunds", "approve", asked["refund_id"]).code == 0
    assert as_role("cashier", "refunds", "process", asked["refund_id"]).code == 0
    assert papers(shop) == ["CN-20260116", "INV-20260116"]

    collected(as_role, "--method", "bank_transfer", "--amount", "150000", "--reference", "ORD-77")
    statement = tmp_path / "january.csv"
    statement.write_text(
        "Date,Description,Reference,Debit,Credit,Balance\n"
        "16/01/2026,TRANSFER UWASE MARIE ORD-77,FT26016ABC,,150000,250000\n",
        encoding="utf-8",
    )
    done = as_role("clerk", "reconcile", statement, "--provider", "BANK", "--approve", "--json")
    assert done.document["matched_count"] == 1
    assert (shop / done.document["file_upload"]).read_bytes() == statement.read_bytes()
    assert papers(shop) == ["CN-20260116", "INV-20260116", "INV-20260116"]


def test_a_disk_that_refuses_the_paper_refuses_no_money(as_role: AsRole, shop: Path) -> None:
    (shop / "documents").write_text("in the way", encoding="utf-8")
    cash = collected(
        as_role, "--method", "cash", "--amount", "7000", "--reference", "R", "--complete"
    )
    assert (cash["status"], papers(shop)) == ("completed", [])
    (shop / "documents").unlink()
    pdf = as_role("cashier", "invoices", "pdf", str(cash["payment_id"]))
    assert pdf.code == 0
    assert papers(shop) == ["INV-20260116"]


def test_a_transfer_completed_on_a_persons_word_says_so(as_role: AsRole) -> None:
    payment = collected(
        as_role, "--method", "bank_transfer", "--amount", "150000", "--reference", "ORD-78"
    )

    done = as_role("cashier", "payments", "complete", str(payment["payment_id"]), "--json")

    assert (done.code, done.document["status"]) == (0, "completed")
