# ruff: noqa: E501 - the samples are lines of files
from __future__ import annotations

import csv
import datetime as dt
import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from core.errors import UnreadableFileError
from core.statements.json_form import to_json_document
from core.statements.profile import ColumnProfile, Role, SignRule
from core.statements.reading import preview_table, read_statement
from tests.core.statements.samples import BK_ACCOUNT, MTN, amounts, messages, read

FRENCH = "Date;Libellé;Débit;Crédit;Solde\n05/01/2026;Café;1 234,56;;8 765,44\n16/01/2026;Dépôt;;2 000,00;10 765,44\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(tmp_path, encoding, end):
    file = read(tmp_path, FRENCH.replace("\n", end).encode(encoding), currency="EUR")
    assert amounts(file) == [-123456, 200000]
    assert file.lines[1].description == "Dépôt"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(tmp_path, delimiter):
    text = (
        "Date,Details,Paid In,Withdrawn,Balance\n2026-01-05,a,100,,1100\n2026-01-06,b,,-40,1060\n"
    )
    assert amounts(read(tmp_path, text.replace(",", delimiter))) == [100, -40]


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("15000", 15000), ("15,000", 15000), ("15.000", 15000), ("15 000", 15000),
        ("15\u00a0000", 15000), ("15\u202f000", 15000), ("15'000", 15000), ("15,000.00", 15000),
        ("15.000,00", 15000), ("(15000)", -15000), ("15000-", -15000), ("\u221215000", -15000),
        ("- 15000", -15000), ("+15000", 15000), ("RWF 15,000", 15000), ("15000 Frw", 15000),
        ("15,000 CR", 15000), ("15,000DR", -15000), ("Frw15,000.00 Dr", -15000),
        ("1,500,000", 1500000), ("12,34,567.00", 1234567),
    ],
)  # fmt: skip
def test_amounts_as_files_write_them(tmp_path, written, amount):
    file = read(tmp_path, f"Date;Description;Amount\n2026-01-05;x;{written}\n")
    assert amounts(file) == [amount]
    assert file.lines[0].currency == "RWF"


@pytest.mark.parametrize("written", ["12..34", "1,2,3", "15 00 0", "five", "1e3", "=1+1", "--5"])
def test_an_amount_that_is_none_is_told_with_its_row(tmp_path, written):
    file = read(tmp_path, f'Date;Description;Amount\n2026-01-05;x;"{written}"\n2026-01-06;y;500\n')
    assert amounts(file) == [500]
    assert any(problem.line == 2 for problem in file.problems)


def test_rwf_finer_than_a_franc_is_not_rounded(tmp_path):
    text = "Date;Description;Amount;Currency\n2026-01-05;x;10.50;RWF\n2026-01-06;y;500;RWF\n"
    file = read(tmp_path, text)
    assert amounts(file) == [500]
    assert "finer" in messages(file)


def test_cents_without_a_currency_are_never_called_francs(tmp_path):
    file = read(tmp_path, "Date,Description,Amount\n2026-01-05,x,10.50\n")
    assert (file.lines[0].currency, file.lines[0].amount_minor) == ("XXX", 1050)
    assert "currency" in messages(file)


@pytest.mark.parametrize(
    ("days", "first", "guessed"),
    [
        (["05/01/2026", "16/01/2026"], dt.date(2026, 1, 5), False),
        (["01/05/2026", "01/16/2026"], dt.date(2026, 1, 5), False),
        (["01/02/2026", "01/03/2026", "01/04/2026", "02/01/2026"], dt.date(2026, 1, 2), False),
        (["02/03/2026", "04/03/2026"], dt.date(2026, 3, 2), True),
        (["05-Jan-26", "06-Jan-26"], dt.date(2026, 1, 5), False),
        (["5 janv. 2026", "6 janv. 2026"], dt.date(2026, 1, 5), False),
        (["Jan 5, 2026", "Jan 6, 2026"], dt.date(2026, 1, 5), False),
        (["20260105", "20260106"], dt.date(2026, 1, 5), False),
        (["05.01.26", "16.01.26"], dt.date(2026, 1, 5), False),
        (["2026/01/05 08:17 AM", "2026/01/06 09:00 PM"], dt.date(2026, 1, 5), False),
    ],
)
def test_dates_and_the_order_of_day_and_month(tmp_path, days, first, guessed):
    rows = "".join(f"{day};x;100\n" for day in days)
    file = read(tmp_path, "Date;Description;Amount\n" + rows)
    assert file.lines[0].date == first
    assert ("day first or month first" in messages(file)) == guessed


def test_a_day_that_does_not_exist_is_told(tmp_path):
    file = read(
        tmp_path, "Date;Description;Amount\n31/02/2026;x;100\n16/01/2026;y;200\n17/01/2026;z;1\n"
    )
    assert amounts(file) == [200, 1]
    assert any(problem.line == 2 for problem in file.problems)


@pytest.mark.parametrize(
    ("credit", "debit"),
    [
        ("C", "D"),
        ("CR", "DR"),
        ("Credit", "Debit"),
        ("Bij", "Af"),
        ("H", "S"),
        ("+", "-"),
        ("Haben", "Soll"),
    ],
)
def test_indicators(tmp_path, credit, debit):
    text = f"Date;Description;Amount;D/C\n2026-01-05;x;100;{credit}\n2026-01-06;y;30;{debit}\n"
    assert amounts(read(tmp_path, text)) == [100, -30]


def test_a_minus_in_the_debit_column_is_a_reversal_where_debits_are_plain(tmp_path):
    text = "Date,Details,Debit,Credit\n2026-01-05,a,100,\n2026-01-06,b,200,\n2026-01-07,reversal,-100,\n"
    assert amounts(read(tmp_path, text)) == [-100, -200, 100]
    usual = (
        text.replace(",100,", ",-100,")
        .replace(",200,", ",-200,")
        .replace("reversal,-100,", "x,-1,")
    )
    assert amounts(read(tmp_path, usual)) == [-100, -200, -1]


def test_a_running_balance_gives_signs_to_amounts_without_any(tmp_path):
    text = "Opening balance:,1000,,\nDate,Details,Amount,Balance\n2026-01-05,in,100,1100\n2026-01-06,out,30,1070\n2026-01-07,out,70,1000\n"
    assert amounts(read(tmp_path, text)) == [100, -30, -70]


def test_totals_and_balance_rows_never_become_money(tmp_path):
    text = (
        "Date,Details,Debit,Credit,Balance\n01/01/2026,Balance brought forward,,,1000\n"
        "16/01/2026,Total Rwanda fuel,300,,700\n,continued text,,,\n17/01/2026,Cash,,50,750\n"
        ",Total,300,50,\n31/01/2026,Closing balance,,,750\n"
    )
    file = read(tmp_path, text)
    assert amounts(file) == [-300, 50]
    assert file.lines[0].description == "Total Rwanda fuel continued text"
    assert file.statements[0].opening_balance_minor == 1000
    assert file.statements[0].balance_gap_minor() == 0


def test_a_date_printed_once_a_day_holds_for_the_rows_below_it(tmp_path):
    text = (
        "Date,Details,Amount,Balance\n05/01/2026,a,100,1100\n,b,50,1150\n16/01/2026,c,-150,1000\n"
    )
    file = read(tmp_path, text)
    assert amounts(file) == [100, 50, -150]
    assert file.lines[1].date == dt.date(2026, 1, 5)


def test_parts_of_a_batch_without_a_date_do_not_count_twice(tmp_path):
    text = "Date,Details,Amount\n05/01/2026,batch,-150\n,part,-100\n,part,-50\n16/01/2026,c,10\n"
    file = read(tmp_path, text)
    assert amounts(file) == [-150, 10]
    assert any(problem.line == 3 for problem in file.problems)


def test_two_line_headers(tmp_path):
    text = "Transaction,,Amount,Amount\nDate,Details,Debit,Credit\n05/01/2026,a,100,\n16/01/2026,b,,50\n"
    assert amounts(read(tmp_path, text)) == [-100, 50]


def test_a_preamble_of_forty_rows(tmp_path):
    text = "Some bank,,\n" * 40 + "Date,Details,Amount\n2026-01-05,a,100\n"
    file = read(tmp_path, text)
    assert amounts(file) == [100]
    assert file.lines[0].line == 42


def test_an_excel_separator_line_counts_as_a_row(tmp_path):
    file = read(tmp_path, "sep=|\nDate|Details|Amount\n2026-01-05|a|100\n")
    assert file.lines[0].line == 3


def test_several_currencies_become_several_statements(tmp_path):
    text = "Date,Details,Amount,Currency\n2026-01-05,a,100,RWF\n2026-01-06,b,10.50,USD\n"
    first, second = read(tmp_path, text).statements
    assert (first.currency, first.lines[0].amount_minor) == ("RWF", 100)
    assert (second.currency, second.lines[0].amount_minor) == ("USD", 1050)


def test_a_header_without_rows_is_an_empty_statement(tmp_path):
    file = read(tmp_path, "Date,Details,Debit,Credit,Balance\n")
    assert file.lines == ()
    assert "no transaction" in messages(file)


def test_excel_cells_are_exact(tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.append(["Date", "Details", "Amount", "Currency"])
    sheet.append([dt.datetime(2026, 1, 5, 10, 30), "time", 0.1 + 0.2, "USD"])  # noqa: DTZ001 - cells have no zone
    sheet.append([46028, "serial", 1234567.89, "USD"])
    sheet.append(["07/01/2026", "text", "1,234.50", "USD"])
    book.save(tmp_path / "a.xlsx")
    file = read_statement(tmp_path / "a.xlsx")
    assert amounts(file) == [30, 123456789, 123450]
    assert [line.date.day for line in file.lines] == [5, 6, 7]
    assert file.lines[0].time == dt.datetime(2026, 1, 5, 8, 30, tzinfo=dt.UTC)
    assert [line.line for line in file.lines] == [2, 3, 4]


def test_a_mapping_of_ones_own_reads_what_is_not_recognised(tmp_path):
    text = "When;What;How much\n01/02/2026;a;1.500\n02/02/2026;b;2.000\n"
    with pytest.raises(UnreadableFileError, match="map its columns"):
        read(tmp_path, text)
    profile = ColumnProfile(
        name="mine",
        columns=((Role.DATE, ("When",)), (Role.AMOUNT, ("#3",)), (Role.DESCRIPTION, ("What",))),
        sign_rule=SignRule.INVERTED,
        date_order="mdy",
        decimal_mark=",",
    )
    again = ColumnProfile.from_json(profile.to_json())
    assert again == profile
    file = read(tmp_path, text, profile=again)
    assert amounts(file) == [-1500, -2000]
    assert file.lines[0].date == dt.date(2026, 1, 2)
    with pytest.raises(UnreadableFileError, match="mine"):
        read(tmp_path, "Date,Amount\n2026-01-01,5\n", profile=profile)


def test_the_guessed_mapping_can_be_saved_and_reads_the_same(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(FRENCH, encoding="utf-8")
    guessed = preview_table(path).profile
    assert guessed is not None
    saved = ColumnProfile.from_json(guessed.to_json())
    assert read_statement(path, profile=saved).lines == read_statement(path).lines


def test_the_json_form_has_exactly_the_promised_fields(tmp_path):
    document = json.loads(json.dumps(to_json_document(read(tmp_path, BK_ACCOUNT))))
    assert list(document) == ["format", "statements", "problems"]
    (statement,) = document["statements"]
    assert list(statement) == [
        "account", "currency", "opening_balance", "closing_balance", "period_start", "period_end",
        "lines",
    ]  # fmt: skip
    assert statement["opening_balance"] == "500000"
    line = statement["lines"][1]
    assert list(line) == [
        "line", "date", "value_date", "amount", "currency", "fee", "balance", "reference",
        "transaction_id", "description", "counterparty", "counterparty_account", "status",
    ]  # fmt: skip
    assert (line["amount"], line["balance"], line["date"]) == ("-1236000", "1264000", "2026-01-09")
    problem = to_json_document(read(tmp_path, MTN))["problems"][0]
    assert list(problem) == ["line", "message"]


STYLES = st.sampled_from(["{:,}", "{}", "{:,}.00", "RWF {:,}"])
ROWS = st.lists(
    st.tuples(
        st.dates(dt.date(2020, 1, 1), dt.date(2029, 12, 31)),
        st.integers(-(10**9), 10**9).filter(bool),
        st.text(
            st.characters(categories=["L", "N", "P", "Zs"], exclude_characters="\x00"), max_size=20
        ),
    ),
    min_size=1,
    max_size=30,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=ROWS, style=STYLES, opening=st.integers(0, 10**9), newest_first=st.booleans())
def test_a_statement_written_as_csv_is_read_back_the_same(
    tmp_path, rows, style, opening, newest_first
):
    rows.sort(key=lambda row: row[0])
    balance, table = opening, []
    for day, amount, text in rows:
        balance += amount
        side = [style.format(amount), ""] if amount > 0 else ["", style.format(-amount)]
        table.append(
            [day.isoformat(), f"Payment {text}", *side, style.format(balance).replace(" -", " −")]
        )
    if newest_first:
        table.reverse()
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["Date", "Description", "Money In", "Money Out", "Balance"])
    writer.writerows(table)
    file = read(tmp_path, buffer.getvalue())
    wanted = [row[1] for row in rows]
    assert amounts(file) == (wanted[::-1] if newest_first else wanted)
    (statement,) = file.statements
    assert statement.opening_balance_minor == opening
    assert statement.closing_balance_minor == balance
    assert statement.balance_gap_minor() == 0
