from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import UnreadableFileError
from core.statements.reading import preview_table, read_statement
from core.statements.statement import Statement, StatementLine
from tests.core.statements.samples import amounts, messages
from tests.core.statements.writers import samples, xls
from tests.core.statements.writers.xls import Dialect

ROWS = [
    ["Date", "Details", "Amount", "Balance"],
    [dt.date(2026, 1, 5), "one", Decimal(100), Decimal(1100)],
    [dt.date(2026, 1, 5), "draft", Decimal(700), Decimal(1800)],
    [dt.date(2026, 1, 6), "two", Decimal(-30), Decimal(1070)],
]


def read(folder, content):
    path = folder / "statement.xls"
    path.write_bytes(content)
    return read_statement(path)


def kept(statement):
    return [
        (s.date, s.amount_minor, s.balance_minor, s.reference, " ".join(s.description.split()))
        for s in statement.lines
    ]


@pytest.mark.parametrize(
    "dialect", [Dialect(), Dialect(biff5=True), Dialect(bare=True), Dialect(from_1904=True)]
)
@pytest.mark.parametrize("statement", [samples.shop(), samples.dollars()])
def test_every_age_of_excel_gives_the_same_statement(tmp_path, dialect, statement):
    file = read(tmp_path, xls.write([statement], dialect, totals=True))
    assert file.format == "xls"
    (found,) = file.statements
    assert kept(found) == kept(statement)
    assert (found.account, found.currency) == (statement.account, statement.currency)
    assert found.balance_gap_minor() == 0
    assert [line.line for line in found.lines] == list(range(8, 8 + len(statement.lines)))
    assert not file.problems


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    movements=st.lists(st.integers(-(10**9), 10**9).filter(bool), min_size=2, max_size=12),
    text=st.text(st.characters(codec="cp1252", categories=("L", "N")), max_size=20),
    dialect=st.sampled_from([Dialect(), Dialect(biff5=True), Dialect(bare=True)]),
    currency=st.sampled_from(["RWF", "USD"]),
)
def test_a_statement_written_and_read_back_is_the_same(
    tmp_path, movements, text, dialect, currency
):
    balance = opening = 10**10
    lines = []
    for n, amount in enumerate(movements):
        balance += amount
        lines.append(
            StatementLine(
                line=8 + n,
                date=dt.date(2026, 1, 1 + n),
                amount_minor=amount,
                currency=currency,
                balance_minor=balance,
                description=f"note {text}".strip(),
                reference=f"REF {n}",
            )
        )
    written = Statement("4001234567", currency, tuple(lines), opening, balance)
    (found,) = read(tmp_path, xls.write([written], dialect)).statements
    assert kept(found) == kept(written)
    assert [line.line for line in found.lines] == [line.line for line in lines]


def test_two_sheets_are_two_accounts_and_a_hidden_one_is_told(tmp_path):
    pair = [samples.shop(), samples.dollars()]
    assert [s.currency for s in read(tmp_path, xls.write(pair)).statements] == ["RWF", "USD"]
    file = read(tmp_path, xls.write(pair, Dialect(states=(0, 2))))
    assert [s.currency for s in file.statements] == ["RWF"]
    assert "“Account 2”" in messages(file)
    with pytest.raises(UnreadableFileError, match="hidden"):
        read(tmp_path, xls.write(pair, Dialect(states=(1, 2))))


def test_hidden_rows_and_columns_are_told(tmp_path):
    file = read(tmp_path, xls.workbook([ROWS], Dialect(hidden_rows=frozenset({3}))))
    assert amounts(file) == [100, -30]
    assert "Row 3 is hidden and not counted" in messages(file)
    file = read(tmp_path, xls.workbook([[*ROWS[:2], ROWS[3]]], Dialect(hidden_columns=(1,))))
    assert amounts(file) == [100, -30]
    assert "hidden columns were read as well: B" in messages(file)


def test_the_preview_shows_the_first_rows(tmp_path):
    path = tmp_path / "a.xls"
    path.write_bytes(xls.workbook([ROWS]))
    table = preview_table(path)
    assert (table.format, table.sheet, table.header_row) == ("xls", "Account 1", 0)
    assert table.rows[1] == ("2026-01-05", "one", "100", "1100")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (xls.container("WordDocument", b"\xec\xa5" + bytes(5000)), "not a spreadsheet"),
        (xls.container("EncryptedPackage", bytes(5000)), "password"),
        (xls.container("Workbook", bytes(5000)), "damaged"),
        (xls.workbook([ROWS])[:2000], "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "damaged"),
        (xls.workbook([[["Name", "Colour"], ["Anna", "red"]]]), "date"),
        (xls.workbook([[]]), "empty"),
    ],
)
def test_what_is_not_a_statement_is_refused(tmp_path, content, words):
    with pytest.raises(UnreadableFileError, match=words) as caught:
        read(tmp_path, content)
    assert "statement.xls" in caught.value.message


def test_an_encrypted_workbook_asks_for_one_without_password(tmp_path):
    whole = xls.workbook([ROWS])
    at = whole.index(b"\x42\x00\x02\x00")  # the code page makes room for FILEPASS
    locked = whole[:at] + b"\x2f\x00\x02\x00" + whole[at + 4 :]
    with pytest.raises(UnreadableFileError, match="password"):
        read(tmp_path, locked)


def test_damaged_workbooks_are_read_or_refused_and_nothing_else(tmp_path):
    dice = random.Random(7)
    path = tmp_path / "statement.xls"
    for seed in xls.sample_files():
        for _ in range(25):
            content = bytearray(seed)
            for _ in range(dice.randint(1, 8)):
                content[dice.randrange(len(content))] = dice.randrange(256)
            path.write_bytes(content[: dice.choice([None, dice.randrange(len(content))])])
            try:
                read_statement(path)
            except UnreadableFileError as error:
                assert "statement.xls" in error.message
