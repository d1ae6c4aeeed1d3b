"""What a table proves about itself, what it leaves in doubt, and that a doubt is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.statements.profile import ColumnProfile, Role, SignRule
from core.statements.reading import preview_table, read_statement
from core.statements.sources import BalanceVerdict, Understanding
from core.statements.statement import StatementFile


def _read(folder: Path, text: str, profile: ColumnProfile | None = None) -> StatementFile:
    path = folder / "sample.csv"
    path.write_text(text, encoding="utf-8")
    return read_statement(path, profile=profile)


def _understood(folder: Path, text: str, profile: ColumnProfile | None = None) -> Understanding:
    path = folder / "sample.csv"
    path.write_text(text, encoding="utf-8")
    understanding = preview_table(path, profile=profile).understanding
    assert understanding is not None
    return understanding


def _amounts(file: StatementFile) -> list[int]:
    return [line.amount_minor for line in file.lines]


UNSURE_DATES = """\
Date,Description,Debit,Credit,Balance
03/04/2026,Rent,500,,1500
05/04/2026,Sale,,300,1800
07/04/2026,Sale,,200,2000
"""


def test_a_person_is_asked_about_dates_once_and_the_answer_counts(tmp_path: Path) -> None:
    asked = _read(tmp_path, UNSURE_DATES)
    assert asked.date_order_unsure
    assert asked.lines[0].date.isoformat() == "2026-04-03"
    answered = _read(tmp_path, UNSURE_DATES, ColumnProfile("answer", date_order="mdy"))
    assert not answered.date_order_unsure
    assert answered.lines[0].date.isoformat() == "2026-03-04"
    assert answered.problems == ()


def test_the_answer_about_dates_counts_in_a_built_in_layout_too(tmp_path: Path) -> None:
    text = (
        "Receipt No.,Completion Time,Details,Paid In,Withdrawn,Balance\n"
        "A1,03/04/2026 10:00,Sale,500,,1500\nA2,05/04/2026 10:00,Sale,300,,1800\n"
    )
    assert _read(tmp_path, text).profile == "M-Pesa"
    assert _read(tmp_path, text).date_order_unsure
    answered = _read(tmp_path, text, ColumnProfile("answer", date_order="mdy"))
    assert answered.profile == "M-Pesa"
    assert answered.lines[0].date.isoformat() == "2026-03-04"


def test_dates_with_dots_are_day_first_without_asking(tmp_path: Path) -> None:
    file = _read(tmp_path, UNSURE_DATES.replace("/", "."))
    assert file.lines[0].date.isoformat() == "2026-04-03"
    assert not file.date_order_unsure
    assert file.problems == ()


def test_what_was_understood_is_told_column_by_column(tmp_path: Path) -> None:
    text = UNSURE_DATES.replace("07/04/2026", "37/04/2026").replace("Balance", "Balance (RWF)")
    found = _understood(tmp_path, text)
    day, words, paid, received, balance = found.columns
    assert (day.role, day.understood, day.not_understood) == (Role.DATE, 2, 1)
    assert day.example == "Row 4: “37/04/2026” is not a date."
    assert (words.role, words.understood) == (Role.DESCRIPTION, 3)
    assert (paid.role, received.role, balance.role) == (Role.DEBIT, Role.CREDIT, Role.BALANCE)
    assert found.sign_rule == SignRule.COLUMNS
    assert found.balance == BalanceVerdict.FOLLOWS
    assert found.date_order_unsure


def test_a_balance_that_does_not_follow_is_understood_as_such(tmp_path: Path) -> None:
    found = _understood(tmp_path, UNSURE_DATES.replace("1800", "1801"))
    assert found.balance == BalanceVerdict.CONTRADICTS
    assert found.breaks == (3, 4)


def test_amounts_without_any_sign_leave_the_rule_unsure(tmp_path: Path) -> None:
    found = _understood(tmp_path, "Date,Text,Amount\n2026-01-13,A,5\n2026-01-14,B,7\n")
    assert found.sign_rule_unsure
    assert found.balance == BalanceVerdict.ABSENT


@pytest.mark.parametrize(
    ("rows", "amounts", "told"),
    [
        ("13/01/2026,Shop,£5.00\n14/01/2026,Paid,+ £9.00\n", [-500, 900], "have a plus"),
        ("13/01/2026,Shop,5.00\n14/01/2026,Paid,9.00 CR\n", [-500, 900], "marked CR"),
        ("13/01/2026,Shop,5.00 DR\n14/01/2026,Paid,9.00\n", [-500, 900], "marked DR"),
    ],
)
def test_where_one_side_alone_is_marked_the_rest_is_the_other(
    tmp_path: Path, rows: str, amounts: list[int], told: str
) -> None:
    file = _read(tmp_path, f"Date,Text,Amount,Currency\n{rows}".replace("\n1", ",GBP\n1", 2))
    assert _amounts(file) == amounts
    assert told in file.problems[-1].message


def test_a_minus_in_some_debits_is_told_unless_the_balance_proves_it(tmp_path: Path) -> None:
    rows = "Date,Text,Debit,Credit\n13/01/2026,A,50,\n14/01/2026,B,-20,\n15/01/2026,C,10,\n"
    doubted = _read(tmp_path, rows)
    assert _amounts(doubted) == [-50, 20, -10]
    assert "have a minus" in doubted.problems[0].message
    balanced = rows.replace("Credit", "Credit,Balance")
    for cell, balance in (("50,", "950"), ("-20,", "970"), ("10,", "960")):
        balanced = balanced.replace(f",{cell}\n", f",{cell},{balance}\n")
    proved = _read(tmp_path, balanced)
    assert _amounts(proved) == [-50, 20, -10]
    assert proved.problems == ()


def test_a_stated_total_that_the_rows_do_not_make_is_told(tmp_path: Path) -> None:
    rows = "Date,Text,Debit,Credit\n13/01/2026,A,50,\n14/01/2026,B,,70\nTotal,,50,{}\n"
    assert _read(tmp_path, rows.format("70")).problems == ()
    (problem,) = _read(tmp_path, rows.format("90")).problems
    assert problem.line == 4
    assert "90\u00a0RWF in" in problem.message


def test_a_net_total_after_a_reversal_and_one_with_the_fees_are_no_difference(
    tmp_path: Path,
) -> None:
    rows = "Date,Text,Debit,Credit\n13/01/2026,A,50,\n14/01/2026,B,,70\n15/01/2026,A back,,50\n"
    assert _read(tmp_path, f"{rows}Total,,0,70\n").problems != ()
    assert _read(tmp_path, f"{rows}Total,,10,80\n").problems == ()
    wallet = "Date,Text,Debit,Credit,Fee\n13/01/2026,A,50,,5\n14/01/2026,B,,70,0\nTotal,,55,70,\n"
    assert _read(tmp_path, wallet).problems == ()


def test_a_currency_that_stands_by_itself_or_is_written_out_is_found(tmp_path: Path) -> None:
    rows = "Date,Text,Amount,Balance\n13/01/2026,A,-5,95\n14/01/2026,B,7,102\n"
    beside = _read(tmp_path, f"Account:,00040123,KES\n{rows}")
    assert beside.statements[0].currency == "KES"
    assert _read(tmp_path, f"From,KES,To,USD\n{rows}").statements[0].currency == "RWF"
    worded = _read(tmp_path, rows.replace("Amount", "Montant en euros"))
    assert worded.statements[0].currency == "EUR"
    headerless = "1;UGX;2026-01-13;5;95\n1;UGX;2026-01-14;7;102\n1;UGX;2026-01-15;8;110\n"
    assert _read(tmp_path, headerless).statements[0].currency == "UGX"


@pytest.mark.parametrize("word", ["Venter", "Echec", "Imeshindikana", "Umsatz vorgemerkt"])
def test_what_is_not_booked_is_known_by_its_word_whatever_the_header(
    tmp_path: Path, word: str
) -> None:
    head = "Info" if word.startswith("Umsatz") else "Status"
    rows = f"Date,Text,Amount,{head}\n13/01/2026,A,-5,Umsatz gebucht\n14/01/2026,B,7,{word}\n"
    file = _read(tmp_path, rows)
    assert _amounts(file) == [-5]
    assert any(word in problem.message for problem in file.problems)


def test_a_row_that_a_delimiter_in_its_amount_has_cut_is_told(tmp_path: Path) -> None:
    rows = "Date,Text,Debit,Credit\n13/01/2026,A,5,,\n14/01/2026,B,,7,\n"
    assert _read(tmp_path, rows).problems == ()
    (problem,) = _read(tmp_path, rows.replace("7,", "7,000.00")).problems
    assert problem.line == 3
    assert "more cells than the header" in problem.message


def test_an_amount_that_a_program_could_not_write_is_told(tmp_path: Path) -> None:
    rows = "Date,Text,Debit,Credit\n13/01/2026,A,5,NaN\n14/01/2026,B,NaN,NaN\n"
    file = _read(tmp_path, rows)
    assert _amounts(file) == [-5]
    assert [problem.line for problem in file.problems] == [3]


def test_figures_that_no_account_holds_do_not_come_out(tmp_path: Path) -> None:
    huge = "9" * 15
    rows = f"Date,Text,Amount EUR,Balance\n13/01/2026,A,{huge},5\n14/01/2026,B,7,-{huge}\n"
    file = _read(tmp_path, rows)
    assert [(line.amount_minor, line.balance_minor) for line in file.lines] == [(700, None)]
    assert any("too large" in problem.message for problem in file.problems)


def test_a_header_that_comes_again_a_thousand_times_is_passed_over(tmp_path: Path) -> None:
    head = "Date,Text,Debit,Credit\n"
    rows = head + "13/01/2026,A,5,\n" * 300 + head * 3000 + "14/01/2026,B,,7\n"
    assert _amounts(_read(tmp_path, rows)) == [*[-5] * 300, 7]


def test_totals_above_the_table_are_compared(tmp_path: Path) -> None:
    above = "Account No,00040\nTotal Credits,{}\nTotal Debits,50\n"
    rows = "Date,Text,Debit,Credit\n13/01/2026,A,50,\n14/01/2026,B,,70\n"
    assert _read(tmp_path, above.format("70") + rows).problems == ()
    assert _read(tmp_path, above.format("71") + rows).problems != ()


def test_balances_with_cents_are_not_of_a_currency_without(tmp_path: Path) -> None:
    file = _read(
        tmp_path, "Date,Text,Amount,Balance\n13/01/2026,A,5,100.50\n14/01/2026,B,-2,98.50\n"
    )
    assert file.statements[0].currency == "XXX"
    assert file.lines[0].balance_minor == 10050


def test_a_table_set_with_spaces(tmp_path: Path) -> None:
    text = """\
BANK OF THE HILLS
Account Number: 000400123456      Currency: RWF

Date         Narration                  Debit        Credit       Balance
-----------  ---------------------  ---------  ------------  ------------
13/01/2026   CASH DEPOSIT KIGALI                    500,000       750,000
17/01/2026   TRANSFER TO KEZA LTD     120,000                     630,000
"""
    file = _read(tmp_path, text)
    assert _amounts(file) == [500_000, -120_000]
    assert file.statements[0].account == "000400123456"
    assert file.problems == ()
    without_ruler = "\n".join(line for line in text.split("\n") if "---" not in line)
    assert _amounts(_read(tmp_path, without_ruler)) == [500_000, -120_000]


def test_signed_amounts_without_a_header_are_read_and_told(tmp_path: Path) -> None:
    text = "13.01.2026;Rent;-800,00;EUR\n14.01.2026;Wages;900,50;EUR\n15.01.2026;Tea;-3,20;EUR\n"
    file = _read(tmp_path, text)
    assert _amounts(file) == [-80000, 90050, -320]
    assert "no header" in file.problems[0].message


def test_one_account_twice_with_another_opening_balance_is_two_statements(tmp_path: Path) -> None:
    block = "Account No,00040\nOpening Balance,{}\nDate,Text,Amount,Balance\n{},A,5,{}\n{},B,7,{}\n"
    text = block.format(0, "13/01/2026", 5, "14/01/2026", 12)
    text += block.format(20, "13/02/2026", 25, "14/02/2026", 32)
    first, second = _read(tmp_path, text).statements
    assert (first.opening_balance_minor, first.closing_balance_minor) == (0, 12)
    assert (second.opening_balance_minor, second.closing_balance_minor) == (20, 32)
