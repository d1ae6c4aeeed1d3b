"""``sanduku invoices``: list, write, receipt, month and the fiscal number."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest

from tests.desktop.conftest import Typed

AsRole = Callable[..., Typed]


@pytest.fixture
def sale(as_role: AsRole) -> dict[str, str]:
    """A cash sale of 7 000."""
    typed = as_role(
        "cashier", "payments", "collect", "--method", "cash", "--amount", "7000",
        "--reference", "Two goats", "--customer", "Uwase Marie", "--tendered", "7000", "--json",
    )  # fmt: skip
    assert typed.code == 0, typed.err
    (payment,) = as_role("cashier", "payments", "list", "--json").document
    return payment


def text_of(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as document:
        return " ".join(document[0].get_textpage().get_text_bounded().split())


def test_the_list_keeps_its_names(as_role: AsRole, sale: dict[str, str]) -> None:
    (invoice,) = as_role("clerk", "invoices", "list", "--json").document
    assert invoice == {
        "invoice_number": "INV-20260116-00001",
        "payment_id": sale["payment_id"],
        "customer_name": "Uwase Marie",
        "subtotal": "5932",
        "tax_amount": "1068",
        "total_amount": "7000",
        "currency": "RWF",
        "issued_date": "2026-01-16",
        "due_date": "2026-01-16",
        "is_paid": True,
        "paid_date": "2026-01-16",
        "void_date": None,
        "language": "en",
        "ebm_receipt_number": None,
        "ebm_signature": None,
        "sent_to_customer": False,
        "sent_at": None,
        "notes": "",
    }
    assert as_role("clerk", "invoices", "list", "--from", "2026-01-17", "--json").document == []
    assert as_role("clerk", "invoices", "list", "--search", "nobody", "--json").document == []
    table = as_role("clerk", "invoices", "list").out
    assert "INV-20260116-00001" in table
    assert "paid" in table


@pytest.mark.parametrize(("width", "points"), [("80", 227), ("58", 164), ("a4", 595)])
def test_a_receipt_is_written_in_each_width(
    as_role: AsRole, sale: dict[str, str], tmp_path: Path, width: str, points: int
) -> None:
    target = tmp_path / "receipt.pdf"
    words = ("invoices", "receipt", sale["payment_id"], "--width", width, "-o", target)
    assert as_role("cashier", *words).code == 0
    with pypdfium2.PdfDocument(target) as document:
        assert round(document[0].get_width()) == points
    assert "RECEIPT" in text_of(target)


def test_a_month_is_written_into_a_folder_or_an_archive(
    as_role: AsRole, sale: dict[str, str], tmp_path: Path
) -> None:
    folder, archive = tmp_path / "january", tmp_path / "january.zip"
    written = as_role("clerk", "invoices", "month", "2026-01", "-o", folder)
    assert (written.code, "1 invoices of 2026-01" in written.out) == (0, True)
    assert [path.name for path in folder.iterdir()] == ["INV-20260116-00001.pdf"]
    assert as_role("clerk", "invoices", "month", "2026-01", "-o", archive).code == 0
    with zipfile.ZipFile(archive) as opened:
        assert opened.namelist() == ["INV-20260116-00001.pdf"]
    refused = as_role("clerk", "invoices", "month", "January", "-o", folder)
    assert (refused.code, "is not a month" in refused.err) == (1, True)


def test_the_fiscal_number_goes_onto_the_paper(
    as_role: AsRole, sale: dict[str, str], tmp_path: Path
) -> None:
    done = as_role(
        "cashier", "invoices", "ebm", "INV-20260116-00001", "--receipt-number", "12/45 NS",
        "--signature", "te68sla234j5eav3", "--json",
    )  # fmt: skip
    assert done.document == {
        "number": "INV-20260116-00001",
        "ebm_receipt_number": "12/45 NS",
        "ebm_signature": "TE68-SLA2-34J5-EAV3",
    }
    target = tmp_path / "invoice.pdf"
    assert as_role("cashier", "invoices", "pdf", sale["payment_id"], "-o", target).code == 0
    assert "Fiscal (EBM) receipt no. 12/45 NS" in text_of(target)
    missing = as_role("cashier", "invoices", "ebm", "INV-1", "--receipt-number", "1")
    assert (missing.code, missing.err.count("\n")) == (1, 1)
