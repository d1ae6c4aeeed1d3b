from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pypdfium2
import pytest

from tests.desktop.conftest import Typed

AsRole = Callable[..., Typed]
STATEMENT = """\
Book Date,Value Date,Reference,Narration,Debit,Credit,Balance
2026-01-16,2026-01-16,FT26016A1B2C,Incoming transfer Eric Niyonzima,,15000,115000
2026-01-16,2026-01-16,FT26016XYZ01,Nobody knows,,7000,122000
"""


@pytest.fixture
def taken_in(as_role: AsRole, tmp_path: Path) -> str:
    """A statement of two lines, of which one is matched; its number."""
    sold = as_role(
        "cashier", "payments", "collect", "--method", "bank_transfer", "--amount", "15000",
        "--reference", "ORD-1", "--transaction-id", "FT26016A1B2C", "--complete",
    )  # fmt: skip
    assert sold.code == 0
    file = tmp_path / "bk.csv"
    file.write_text(STATEMENT, encoding="utf-8")
    done = as_role("clerk", "reconcile", file, "--provider", "BANK", "--approve", "--json")
    assert done.code == 0
    return str(done.document["reconciliation_id"])


def test_the_statements_taken_in_are_listed_with_their_numbers(
    as_role: AsRole, taken_in: str
) -> None:
    [document] = as_role("clerk", "statements", "list", "--json").document
    shown = as_role("clerk", "statements", "list")

    assert document["reconciliation_id"] == taken_in
    assert (document["status"], document["matched_count"]) == ("IN_PROGRESS", 1)
    assert "matches" not in document
    assert taken_in in shown.out
    assert as_role("clerk", "statements", "list", "--limit", "0").code == 2


def test_a_report_is_written_in_every_format(
    as_role: AsRole, taken_in: str, tmp_path: Path
) -> None:
    asked = ("reports", "reconciliation", "--reconciliation", taken_in)
    for ending in ("csv", "xlsx", "pdf", "json"):
        file = tmp_path / f"report.{ending}"
        done = as_role("clerk", *asked, "-o", file)
        assert (done.code, done.out) == (0, f"{file}\n")

    text = (tmp_path / "report.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    [missing] = [row for row in rows if row["section"] == "missing_in_books"]
    assert (missing["line"], missing["amount"], missing["currency"]) == ("3", "7000", "RWF")
    sheet = openpyxl.load_workbook(tmp_path / "report.xlsx")["Missing in our books"]
    assert sheet.cell(2, 6).value == 7_000
    with pypdfium2.PdfDocument(tmp_path / "report.pdf") as pdf:
        words = "".join(page.get_textpage().get_text_bounded() for page in pdf)
    assert "Draft: still open" in words
    document = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert document["report"] == "reconciliation"
    assert document["figures"]["missing_in_books"] == {"count": 1, "amount": "7000"}
    assert document["missing_in_books"][0]["amount"] == "7000"


def test_without_a_file_the_report_goes_to_the_terminal_or_a_pipe(
    as_role: AsRole, taken_in: str
) -> None:
    asked = ("reports", "reconciliation", "--reconciliation", taken_in)

    shown = as_role("clerk", *asked)
    piped = as_role("clerk", *asked, "--format", "json")

    assert shown.code == 0
    assert "Missing in our books (1)" in shown.out
    assert "Nobody knows" in shown.out
    assert piped.document["reconciliation_id"] == taken_in


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("reconciliation",), 2, "statements list"),
        (("revenue", "--reconciliation", "x"), 2, "go together"),
        (("reconciliation", "--reconciliation", "x", "--from", "2026-01-01"), 2, "its statement"),
        (("reconciliation", "--reconciliation", "x"), 1, "no reconciliation x"),
        (("reconciliation", "--reconciliation", "x", "--format", "csv"), 1, "no reconciliation x"),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_line(
    as_role: AsRole, words: tuple[str, ...], code: int, told: str
) -> None:
    refused = as_role("clerk", "reports", *words)

    assert refused.code == code
    assert told in refused.err
    assert refused.out == ""


def test_a_cashier_gets_no_report(as_role: AsRole, taken_in: str, tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"

    refused = as_role(
        "cashier", "reports", "reconciliation", "--reconciliation", taken_in, "-o", file
    )

    assert refused.code == 1
    assert "may not see reports" in refused.err
    assert not file.exists()
