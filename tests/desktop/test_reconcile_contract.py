"""``sanduku reconcile --json``, field by field, from files of every format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from core.app import Configuration, open_shop
from tests.desktop.conftest import CHEAP, NOW, PASSWORD, Typed

AsRole = Callable[..., Typed]

ROWS = (
    ("2026-01-15", "FT26015AA99X", "TRANSFER ORD-9 Eric Niyonzima", 8_000),
    ("2026-01-15", "FT26015BB98X", "SOMEBODY ELSE", 777),
    ("2026-01-15", "FT26015CC97X", "REVERSAL OF FT26015BB98X", -777),
    ("2026-01-16", "FT26015DD96X", "CASH DEPOSIT", 5_000),
)
CLOSING = sum(row[3] for row in ROWS)


def as_csv(path: Path) -> None:
    rows = ["Date,Transaction ID,Description,Debit,Credit"]
    for day, reference, text, amount in ROWS:
        debit, credit = (-amount, "") if amount < 0 else ("", amount)
        rows.append(f"{day},{reference},{text},{debit},{credit}")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def as_xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Date", "Transaction ID", "Description", "Debit", "Credit"])
    for day, reference, text, amount in ROWS:
        sides = (-amount, None) if amount < 0 else (None, amount)
        sheet.append([day, reference, text, *sides])
    book.save(path)


def as_mt940(path: Path) -> None:
    lines = [":20:STMT1", ":25:000412345678", ":28C:1/1", ":60F:C260115RWF0,"]
    for day, reference, text, amount in ROWS:
        sign = "D" if amount < 0 else "C"
        stamp = day[2:].replace("-", "")
        lines += [f":61:{stamp}{sign}{abs(amount)},NTRFNONREF//{reference}", f":86:{text}"]
    lines += [f":62F:C260116RWF{CLOSING},", "-"]
    path.write_text("\r\n".join(lines) + "\r\n", encoding="ascii")


def as_camt(path: Path) -> None:
    entries = "".join(
        f"<Ntry><Amt Ccy='RWF'>{abs(amount)}</Amt>"
        f"<CdtDbtInd>{'DBIT' if amount < 0 else 'CRDT'}</CdtDbtInd><Sts>BOOK</Sts>"
        f"<BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>{reference}</AcctSvcrRef>"
        f"<NtryDtls><TxDtls><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
        for day, reference, text, amount in ROWS
    )
    balance = (
        "<Bal><Tp><CdOrPrtry><Cd>{0}</Cd></CdOrPrtry></Tp><Amt Ccy='RWF'>{1}</Amt>"
        "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{2}</Dt></Dt></Bal>"
    )
    path.write_text(
        "<?xml version='1.0' encoding='UTF-8'?>"
        "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.02'><BkToCstmrStmt>"
        "<GrpHdr><MsgId>1</MsgId><CreDtTm>2026-01-16T18:00:00</CreDtTm></GrpHdr>"
        "<Stmt><Id>1</Id><Acct><Id><Othr><Id>000412345678</Id></Othr></Id><Ccy>RWF</Ccy></Acct>"
        + balance.format("OPBD", 0, "2026-01-15")
        + balance.format("CLBD", CLOSING, "2026-01-16")
        + entries
        + "</Stmt></BkToCstmrStmt></Document>",
        encoding="utf-8",
    )


def as_ofx(path: Path) -> None:
    rows = "".join(
        f"<STMTTRN><TRNTYPE>{'DEBIT' if amount < 0 else 'CREDIT'}"
        f"<DTPOSTED>{day.replace('-', '')}<TRNAMT>{amount}<FITID>{reference}<MEMO>{text}</STMTTRN>"
        for day, reference, text, amount in ROWS
    )
    path.write_text(
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\n"
        "CHARSET:1252\nCOMPRESSION:NONE\nOLDFILEUID:NONE\nNEWFILEUID:NONE\n\n"
        "<OFX><BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STMTRS><CURDEF>RWF"
        "<BANKACCTFROM><BANKID>040<ACCTID>000412345678<ACCTTYPE>CHECKING</BANKACCTFROM>"
        f"<BANKTRANLIST><DTSTART>20260115<DTEND>20260116{rows}</BANKTRANLIST>"
        f"<LEDGERBAL><BALAMT>{CLOSING}<DTASOF>20260116</LEDGERBAL>"
        "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>",
        encoding="ascii",
    )


def as_qif(path: Path) -> None:
    rows = [
        f"D{day[8:]}/{day[5:7]}/{day[:4]}\nT{amount}\nN{reference}\nM{text}\n^"
        for day, reference, text, amount in ROWS
    ]
    path.write_text("!Type:Bank\n" + "\n".join(rows) + "\n", encoding="ascii")


FORMATS = {
    "csv": as_csv,
    "xlsx": as_xlsx,
    "sta": as_mt940,
    "xml": as_camt,
    "ofx": as_ofx,
    "qif": as_qif,
}


def collect(as_role: AsRole, reference: str, amount: int, transaction_id: str) -> str:
    words = [
        "payments", "collect", "--method", "bank_transfer", "--amount", str(amount),
        "--reference", reference, "--transaction-id", transaction_id, "--complete", "--json",
    ]  # fmt: skip
    payment_id: str = as_role("cashier", *words).document["payment_id"]
    return payment_id


@pytest.mark.parametrize("ending", sorted(FORMATS))
def test_the_document_keeps_its_fields_whatever_the_format(
    as_role: AsRole, tmp_path: Path, ending: str
) -> None:
    named = collect(as_role, "ORD-9", 8_000, "FT26015AA99X")
    equals = [collect(as_role, f"ORD-{n}", 5_000, f"FT2601{n}ZZ1") for n in (31, 47)]
    unseen = collect(as_role, "ORD-77", 4_321, "FT26015ZZ11X")
    file = tmp_path / f"bank.{ending}"
    FORMATS[ending](file)
    words = ("reconcile", file, "--provider", "BANK", "--json")
    first = 2 if ending in {"csv", "xlsx"} else 1  # a spreadsheet numbers its header too

    document = as_role("clerk", *words).document

    check_header(document, file.name)
    assert (document["matched_count"], document["unmatched_count"]) == (0, 4)
    certain = {tuple(each["lines"]): each for each in document["matches"]}
    assert certain[(first,)]["payments"] == [named]
    assert certain.keys() == {(first,), (first + 1, first + 2)}
    reversal = certain[(first + 1, first + 2)]
    assert (reversal["kind"], reversal["payments"]) == ("reversal", [])
    (suggestion,) = document["suggestions"]
    assert suggestion["lines"] == [first + 3]
    assert sorted(suggestion["payments"]) == sorted(equals)
    for each in (*document["matches"], suggestion):
        assert set(each) == {
            "lines", "payments", "kind", "automatic", "confidence", "reasons", "state",
        }  # fmt: skip
        assert each["automatic"] is (each is not suggestion)
        assert isinstance(each["confidence"], int)
        assert each["reasons"]
        assert all(isinstance(reason, str) for reason in each["reasons"])
    assert document["unmatched_lines"] == []
    assert document["unmatched_payments"] == [unseen]

    approved = as_role("clerk", *words, "--approve").document
    assert {tuple(each["lines"]) for each in approved["matches"]} == certain.keys()
    assert {each["state"] for each in approved["matches"]} == {"approved"}
    assert (approved["matched_count"], approved["unmatched_count"]) == (3, 1)
    assert approved["status"] == "IN_PROGRESS"
    assert approved["discrepancy_amount"] == "5000"
    (proven,) = as_role(
        "clerk", "payments", "list", "--search", "ORD-9", "--json"
    ).document  # fmt: skip
    assert proven["reconciled"] is True

    again = as_role("clerk", *words, "--approve")
    assert (again.code, again.document) == (0, approved)
    assert as_role("clerk", "database", "check").code == 0


def test_of_a_closed_statement_what_was_approved_is_told_and_nothing_else(
    as_role: AsRole, tmp_path: Path, shop: Path
) -> None:
    collect(as_role, "ORD-9", 8_000, "FT26015AA99X")
    file = tmp_path / "bank.csv"
    as_csv(file)
    words = ("reconcile", file, "--provider", "BANK", "--json")
    waiting = as_role("clerk", *words).document
    assert waiting["matches"]
    with open_shop(Configuration(data_dir=shop, clock=lambda: NOW, password_cost=CHEAP)) as app:
        clerk = app.users.sign_in("clerk", PASSWORD, "desk")
        app.reconciliations.close(clerk, waiting["reconciliation_id"], notes="Left as it is.")

    closed = as_role("clerk", *words).document
    assert closed["status"] == "DISCREPANCY"
    assert (closed["matches"], closed["suggestions"]) == ([], [])
    assert closed["unmatched_lines"] == [2, 3, 4, 5]
    assert closed["unmatched_count"] == 4
    assert "certain" not in as_role("clerk", *words[:-1]).out


def check_header(document: dict[str, Any], file_name: str) -> None:
    """What the statement itself says, in the words of the PaymentReconciliation."""
    assert document["file_name"] == file_name
    assert document["file_upload"]
    assert (document["provider"], document["currency"]) == ("BANK", "RWF")
    assert document["statement_period_start"] == "2026-01-15"
    assert document["statement_period_end"] == "2026-01-16"
    assert document["total_transactions"] == len(ROWS)
    assert document["total_amount"] == str(CLOSING)
    assert document["discrepancy_amount"] == str(CLOSING)
    assert document["status"] == "PENDING"
    assert (document["reconciled_by"], document["reconciled_at"], document["notes"]) == (
        None, None, "",
    )  # fmt: skip


def test_what_somebody_decided_meanwhile_is_no_suggestion_any_more(
    as_role: AsRole, tmp_path: Path
) -> None:
    sale = collect(as_role, "ORD-9", 8_000, "FT26015AA99X")
    file = tmp_path / "bank.csv"
    as_csv(file)
    words = ("reconcile", file, "--provider", "BANK", "--json", "--approve")
    document = as_role("clerk", *words).document
    shown = [each for each in document["suggestions"] if sale in each["payments"]]
    assert shown == []
    assert sale not in document["unmatched_payments"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("reconcile", "nowhere.csv", "--provider", "BANK"), 1),
        (("reconcile", "{file}", "--provider", "VISA"), 2),
        (("reconcile", "{file}"), 2),
        (("reconcile", "{empty}", "--provider", "BANK"), 1),
    ],
)
def test_a_refusal_is_one_clear_line_and_changes_nothing(
    as_role: AsRole, tmp_path: Path, words: tuple[str, ...], code: int
) -> None:
    file, empty = tmp_path / "bank.csv", tmp_path / "empty.csv"
    as_csv(file)
    empty.write_bytes(b"")
    typed = as_role("clerk", *(word.format(file=file, empty=empty) for word in words))
    assert (typed.code, typed.out) == (code, "")
    assert typed.err.strip()
    assert "Traceback" not in typed.err


def test_a_cashier_reconciles_nothing(as_role: AsRole, tmp_path: Path) -> None:
    file = tmp_path / "bank.csv"
    as_csv(file)
    typed = as_role("cashier", "reconcile", file, "--provider", "BANK", "--json")
    assert (typed.code, typed.out) == (1, "")
    assert len(typed.err.strip().splitlines()) == 1
