from __future__ import annotations

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pypdfium2
import pytest

from tests.desktop.conftest import Typed

AsRole = Callable[..., Typed]
NAMES = (
    "payment-summary",
    "gateway-performance",
    "revenue",
    "discrepancies",
    "refunds",
    "customers",
    "day-close",
)


@pytest.fixture
def sold(as_role: AsRole) -> AsRole:
    """A shop that took 15 000 in cash and waits for a transfer of 8 000."""
    for words in (
        ("--method", "cash", "--amount", "15000", "--reference", "A", "--complete"),
        ("--method", "bank_transfer", "--amount", "8000", "--reference", "B"),
    ):
        assert as_role("cashier", "payments", "collect", *words).code == 0
    return as_role


@pytest.mark.parametrize("name", NAMES)
def test_each_report_keeps_the_shape_that_scripts_rely_on(sold: AsRole, name: str) -> None:
    document = sold("manager", "reports", name, "--format", "json").document

    assert document.keys() >= {"report", "from", "to", "columns", "rows", "totals"}
    assert document["report"] == name
    assert document["to"] == "2026-01-16"
    assert document["from"] == ("2026-01-16" if name == "day-close" else "2026-01-01")
    assert all(list(row) == document["columns"] for row in document["rows"])
    assert document["totals"] == document["totals_by_currency"][0]


def test_the_payment_summary_has_a_row_for_each_method_and_state(sold: AsRole) -> None:
    document = sold("clerk", "reports", "payment-summary", "--format", "json").document

    assert document["rows"] == [
        {
            "payment_method": "cash",
            "status": "completed",
            "count": 1,
            "amount": "15000",
            "currency": "RWF",
        },
        {
            "payment_method": "bank_transfer",
            "status": "pending",
            "count": 1,
            "amount": "8000",
            "currency": "RWF",
        },
    ]
    assert document["totals"] == {"count": 2, "amount": "23000", "currency": "RWF"}


def test_the_same_figures_stand_in_every_format(sold: AsRole, tmp_path: Path) -> None:
    for ending in ("csv", "xlsx", "pdf", "json"):
        done = sold("manager", "reports", "revenue", "-o", tmp_path / f"revenue.{ending}")
        assert (done.code, done.out) == (0, f"{tmp_path / f'revenue.{ending}'}\n")

    text = (tmp_path / "revenue.csv").read_text(encoding="utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["period"], row["gross"], row["net"]) == ("2026-01-16", "15000", "15000")
    sheet = openpyxl.load_workbook(tmp_path / "revenue.xlsx").worksheets[0]
    assert Decimal(str(sheet.cell(2, 9).value)) == 15_000
    with pypdfium2.PdfDocument(tmp_path / "revenue.pdf") as pdf:
        assert "15\u202f000" in "".join(page.get_textpage().get_text_bounded() for page in pdf)


@pytest.mark.parametrize("name", NAMES)
def test_without_a_format_a_person_reads_a_table(sold: AsRole, name: str) -> None:
    done = sold("manager", "reports", name, "--group", "week")

    assert done.code == 0
    assert "2026-01-16" in done.out.splitlines()[0]
    assert "Total" in done.out


def test_a_cashier_sees_no_reports(sold: AsRole) -> None:
    refused = sold("cashier", "reports", "revenue")

    assert refused.code == 1
    assert "may not see reports" in refused.err


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("revenue", "--from", "2026-01-17", "--to", "2026-01-16"), 1, "before it begins"),
        (("revenue", "--from", "1990-01-01"), 1, "ten years"),
        (("day-close", "--from", "2026-01-15", "--to", "2026-01-16"), 1, "one day"),
        (("customers", "--customer", "77"), 1, "no customer 77"),
        (("revenue", "-o", "revenue.doc"), 2, "--format"),
        (("profits",), 2, "profits"),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_line(
    sold: AsRole, words: tuple[str, ...], code: int, told: str
) -> None:
    refused = sold("manager", "reports", *words)

    assert refused.code == code
    assert told in refused.err
    assert refused.out == ""
