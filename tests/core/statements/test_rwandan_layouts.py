from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.core.statements import samples
from tests.core.statements.samples import amounts, messages, read


def test_mtn_money_in_and_out_with_the_fee_apart(tmp_path):
    file = read(tmp_path, samples.MTN)
    assert file.profile == "MTN MoMo Rwanda"
    (statement,) = file.statements
    assert amounts(file) == [15000, -20000, 5000]
    assert [line.fee_minor for line in file.lines] == [0, 100, 0]
    assert statement.fees_separate
    assert (statement.opening_balance_minor, statement.closing_balance_minor) == (100000, 99900)
    assert statement.balance_gap_minor() == 0
    assert statement.account == "250788000111"
    first, second, third = file.lines
    assert (first.line, first.transaction_id, first.reference) == (6, "23301", "PAY-1")
    assert (first.counterparty, first.counterparty_account) == ("JEAN UWASE", "250788123456")
    assert first.time == datetime(2026, 1, 16, 8, 30, tzinfo=UTC)
    assert second.counterparty_account == "250788999888"
    assert third.counterparty == "NKURU, PAUL"


def test_a_failed_mtn_payment_is_told_and_never_money(tmp_path):
    file = read(tmp_path, samples.MTN)
    (problem,) = file.problems
    assert problem.line == 8
    assert "FAILED" in problem.message


def test_unsigned_mtn_amounts_take_their_direction_from_the_own_number(tmp_path):
    text = samples.MTN.replace("-20000", "20000").replace("Account number:,250788000111", ",")
    assert amounts(read(tmp_path, text)) == [15000, -20000, 5000]


def test_mtn_without_a_header_is_read_because_the_balance_proves_it(tmp_path):
    rows = [
        f"{23300 + n},2026-01-{n:02} 10:30:00,SUCCESSFUL,Payment,FRI:25078812345{n}/MSISDN,A,"
        f"FRI:250788000111/USER,B,{1000 * n},0,{50000 + 500 * n * (n + 1)}"
        for n in range(1, 6)
    ]
    file = read(tmp_path, "\n".join(rows))
    assert amounts(file) == [1000, 2000, 3000, 4000, 5000]
    assert [line.line for line in file.lines] == [1, 2, 3, 4, 5]
    assert file.lines[0].counterparty_account == "250788123451"


def test_a_table_without_header_and_without_proof_is_refused(tmp_path):
    rows = "\n".join(f"2026-01-{n:02},Payment,{n * 17 % 7}00,{n * 991}" for n in range(1, 7))
    with pytest.raises(Exception, match="not recognised as a statement"):
        read(tmp_path, rows)


def test_airtel_direction_is_the_entry_type(tmp_path):
    file = read(tmp_path, samples.AIRTEL)
    assert file.profile == "Airtel Money Rwanda"
    (statement,) = file.statements
    assert amounts(file) == [15000, -500, 2000]
    assert (statement.opening_balance_minor, statement.closing_balance_minor) == (100000, 116500)
    assert file.lines[0].transaction_id == "PP260116.1030.A1"
    assert file.lines[0].counterparty_account == "250733123456"
    assert file.lines[0].date == date(2026, 1, 16)
    assert "TF" in messages(file)


def test_bank_of_kigali_account_statement(tmp_path):
    file = read(tmp_path, samples.BK_ACCOUNT)
    assert file.profile == "Bank of Kigali (account statement)"
    (statement,) = file.statements
    assert amounts(file) == [2_000_000, -1_236_000, -590]
    assert (statement.account, statement.currency) == ("00040-0123456-78", "RWF")
    assert (statement.opening_balance_minor, statement.closing_balance_minor) == (500000, 1263410)
    assert statement.balance_gap_minor() == 0
    assert (statement.period_start, statement.period_end) == (date(2026, 1, 1), date(2026, 1, 31))
    assert file.lines[0].description.endswith("KEZA TRADERS 00099887766")
    assert file.lines[1].value_date == date(2026, 1, 10)
    assert [line.line for line in file.lines] == [11, 13, 15]
    assert not file.problems


def test_bank_of_kigali_branch_layout_with_period_rows(tmp_path):
    file = read(tmp_path, samples.BK_BRANCH)
    assert file.profile == "Bank of Kigali (branch)"
    (statement,) = file.statements
    assert amounts(file) == [100_000, -500]
    assert (statement.opening_balance_minor, statement.closing_balance_minor) == (500000, 599500)
    assert file.lines[0].date == date(2025, 12, 3)
    assert file.lines[0].description == "Transfer IN FROM KEZA"
    assert not file.problems


def test_bank_of_kigali_internet_banking_newest_first(tmp_path):
    file = read(tmp_path, samples.BK_INTERNET, name="export.txt")
    assert file.profile == "Bank of Kigali (internet banking)"
    (statement,) = file.statements
    assert amounts(file) == [-400, 5000]
    assert (statement.opening_balance_minor, statement.closing_balance_minor) == (1000, 5600)
    assert statement.account == "00040-0123456-78"
    assert not file.problems


def test_a_broken_balance_is_told_with_its_row_and_not_refused(tmp_path):
    file = read(tmp_path, samples.BK_ACCOUNT.replace('"1,264,000"', '"1,264,001"'))
    assert amounts(file) == [2_000_000, -1_236_000, -590]
    assert any(problem.line == 13 and "balance" in problem.message for problem in file.problems)


def test_a_missing_row_is_told(tmp_path):
    lines = samples.BK_ACCOUNT.splitlines()
    del lines[12]
    file = read(tmp_path, "\n".join(lines))
    assert "balance" in messages(file)
    assert file.statements[0].balance_gap_minor() == -1_236_000


def test_two_accounts_below_each_other_stay_two(tmp_path):
    block = (
        "Account Number:,{0},,\nOpening balance:,{1},,\n"
        "Date,Description,Amount,Balance\n2026-01-13,one,100,{2}\n2026-01-14,two,-50,{3}\n,,,\n"
    )
    text = block.format("111", 0, 100, 50) + block.format("222", 1000, 1100, 1050)
    first, second = read(tmp_path, text).statements
    assert (first.account, first.closing_balance_minor) == ("111", 50)
    assert (second.account, second.opening_balance_minor) == ("222", 1000)
    assert [line.line for line in second.lines] == [10, 11]
