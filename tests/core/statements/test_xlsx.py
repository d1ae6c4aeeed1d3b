from __future__ import annotations

import dataclasses
import datetime as dt
import tracemalloc
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.clock import SHOP_ZONE
from core.errors import UnreadableFileError
from core.statements.reading import preview_table, read_statement
from core.statements.statement import Statement, StatementLine
from core.statements.tables.number_formats import date_text, is_date_format, number_text
from tests.core.statements.samples import amounts, messages
from tests.core.statements.writers import samples, xlsx
from tests.core.statements.writers.xlsx import Dialect, changed

SHEET = "xl/worksheets/sheet1.xml"
ROWS = [
    ["Date", "Details", "Amount"],
    [dt.date(2026, 1, 5), "one", Decimal(100)],
    [dt.date(2026, 1, 6), "two", Decimal(-30)],
]


def read(folder, content):
    path = folder / "statement.xlsx"
    path.write_bytes(content)
    return read_statement(path)


def kept(statement):
    """Return what a spreadsheet can hold of a statement; a cell's line break is a space."""
    return [
        (s.date, s.amount_minor, s.balance_minor, s.reference, " ".join(s.description.split()))
        for s in statement.lines
    ]


DIALECTS = [
    Dialect(),
    Dialect(strict=True),
    Dialect(prefix="x", absolute=True),
    Dialect(inline=True),
    Dialect(rich=True, pretty=True),
    Dialect(references=False, inline=True),
    Dialect(from_1904=True, trailing_zero=True),
    Dialect(iso_dates=True, formulas=True),
]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("statement", [samples.shop(), samples.dollars()])
def test_every_program_s_way_of_writing_gives_the_same_statement(tmp_path, dialect, statement):
    file = read(tmp_path, xlsx.write([statement], dialect, totals=True))
    (found,) = file.statements
    assert kept(found) == kept(statement)
    assert (found.account, found.currency) == (statement.account, statement.currency)
    assert found.opening_balance_minor == statement.opening_balance_minor
    assert found.balance_gap_minor() == 0
    assert [line.line for line in found.lines] == list(range(8, 8 + len(statement.lines)))
    assert not file.problems


_texts = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S"), exclude_characters="_"),
    max_size=20,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    movements=st.lists(
        st.tuples(st.integers(-(10**9), 10**9).filter(bool), st.integers(0, 80_000), _texts),
        min_size=2,
        max_size=12,
    ),
    opening=st.integers(10**10, 10**11),
    dialect=st.sampled_from(DIALECTS),
    currency=st.sampled_from(["RWF", "USD"]),
)
def test_a_statement_written_and_read_back_is_the_same(
    tmp_path, movements, opening, dialect, currency
):
    balance, lines = opening, []
    for n, (amount, seconds, text) in enumerate(movements):
        balance += amount
        moment = dt.datetime(2026, 1, 1 + n, tzinfo=SHOP_ZONE) + dt.timedelta(seconds=seconds)
        lines.append(
            StatementLine(
                line=8 + n,
                date=moment.date(),
                amount_minor=amount,
                currency=currency,
                balance_minor=balance,
                description="note " + " ".join(text.split()),
                reference=f"REF {n}",
                time=moment.astimezone(dt.UTC) if seconds else None,
            )
        )
    written = Statement("4001234567", currency, tuple(lines), opening, balance)
    (found,) = read(tmp_path, xlsx.write([written], dialect)).statements
    assert kept(found) == kept(written)
    assert [line.time for line in found.lines] == [line.time for line in lines]
    assert [line.line for line in found.lines] == [line.line for line in lines]
    assert (found.opening_balance_minor, found.closing_balance_minor) == (opening, balance)


def _long(count):
    rows = [["Date", "Details", "Amount", "Balance"]]
    rows += [
        [dt.date(2026, 1, 5), f"row {n} <&> é", Decimal(n), Decimal(n * (n + 1) // 2)]
        for n in range(1, count)
    ]
    return rows


@pytest.mark.parametrize("dialect", [*DIALECTS, Dialect(inline=True, references=True)])
def test_a_long_sheet_is_the_same_by_whichever_way_it_is_parsed(tmp_path, dialect):
    file = read(tmp_path, xlsx.workbook([_long(3000)], dialect))
    assert amounts(file) == list(range(1, 3000))
    assert [line.line for line in file.lines] == list(range(2, 3001))
    assert {line.description for line in file.lines} == {f"row {n} <&> é" for n in range(1, 3000)}
    assert file.statements[0].balance_gap_minor() == 0


@pytest.mark.parametrize("at", [2, 3, 1500, 2999])
@pytest.mark.parametrize(
    "odd",
    [
        b'<row r="%d" hidden="1"><c r="B%d" t="str"><f>A1&amp;"x"</f><v>odd &#233;</v></c>',
        b'<!-- </row><row r=\'9\'> --><row r="%d"><c r="B%d" t="str"><v>odd \xc3\xa9</v></c>',
        b'<row r="%d" x14ac:dyDescent="0.25"><c r="B%d" t="str"><v>odd \xc3\xa9</v></c>',
    ],
)
def test_an_odd_row_among_plain_ones_keeps_its_place(tmp_path, at, odd):
    def spoil(xml):
        begin = xml.index(b'<row r="%d">' % at)
        kept = xml.index(b'<c r="C%d"' % at)
        day = b'<c r="A%d" s="1"><v>46027</v></c>' % at
        head, cell = (odd % (at, at)).rsplit(b"<c ", 1)
        return xml[:begin] + head + day + b"<c " + cell + xml[kept:]

    content = xlsx.workbook([_long(3000)])
    space = b'<worksheet xmlns:x14ac="http://x"'
    content = changed(content, SHEET, lambda xml: spoil(xml).replace(b"<worksheet", space))
    file = read(tmp_path, content)
    assert amounts(file) == list(range(1, 3000))
    assert file.lines[at - 2].description == "odd é"
    assert [line.line for line in file.lines] == list(range(2, 3001))
    assert (f"Row {at} is hidden" in messages(file)) == (b"hidden" in odd)


def test_sheets_come_in_the_order_of_their_tabs_and_two_accounts_stay_two(tmp_path):
    file = read(tmp_path, xlsx.write([samples.shop(), samples.dollars()]))
    assert [(s.account, s.currency) for s in file.statements] == [
        ("00040-0123456-78", "RWF"),
        ("00040-7654321-09", "USD"),
    ]


def test_a_copy_of_a_sheet_or_a_month_beside_the_year_is_counted_once(tmp_path):
    year = samples.shop()
    month = dataclasses.replace(year, lines=year.lines[:3], closing_balance_minor=None)
    for written in ([year, year], [month, year]):
        file = read(tmp_path, xlsx.write(written))
        (statement,) = file.statements
        assert kept(statement) == kept(year)
        assert "counted once" in messages(file)


def test_equal_lines_without_balance_or_number_on_two_sheets_are_both_money(tmp_path):
    assert amounts(read(tmp_path, xlsx.workbook([ROWS, ROWS]))) == [100, -30, 100, -30]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_told_and_not_read(tmp_path, state):
    dialect = Dialect(states=("visible", state))
    file = read(tmp_path, xlsx.write([samples.shop(), samples.dollars()], dialect))
    assert [s.currency for s in file.statements] == ["RWF"]
    assert "“Account 2”" in messages(file)


def test_a_workbook_with_nothing_but_hidden_sheets_says_so(tmp_path):
    with pytest.raises(UnreadableFileError, match="hidden"):
        read(tmp_path, xlsx.write([samples.shop()], Dialect(states=("hidden",))))


def test_a_filtered_out_row_is_money_all_the_same_and_told(tmp_path):
    file = read(tmp_path, xlsx.write([samples.shop()], Dialect(hidden_rows=frozenset({9}))))
    assert amounts(file)[1] == -120_000
    (problem,) = file.problems
    assert problem.line == 9
    assert "hidden" in problem.message


def test_a_hidden_row_that_the_balance_denies_is_not_counted_and_told(tmp_path):
    rows = [
        ["Date", "Details", "Amount", "Balance"],
        [dt.date(2026, 1, 5), "one", Decimal(100), Decimal(1100)],
        [dt.date(2026, 1, 5), "draft", Decimal(700), Decimal(1800)],
        [dt.date(2026, 1, 6), "two", Decimal(-30), Decimal(1070)],
    ]
    file = read(tmp_path, xlsx.workbook([rows], Dialect(hidden_rows=frozenset({3}))))
    assert amounts(file) == [100, -30]
    assert "Row 3 is hidden and not counted" in messages(file)


def test_a_hidden_column_is_read_and_told(tmp_path):
    def hide(xml):
        return xml.replace(
            b"<sheetData>", b'<cols><col min="2" max="16384" hidden="1"/></cols><sheetData>'
        )

    file = read(tmp_path, changed(xlsx.workbook([_long(3000)]), SHEET, hide))
    assert len(file.lines) == 2999
    assert "hidden columns were read as well: B, C, D" in messages(file)


def test_a_formula_counts_with_its_value_and_is_refused_without(tmp_path):
    content = xlsx.workbook([ROWS], Dialect(formulas=True))
    assert amounts(read(tmp_path, content)) == [100, -30]
    for empty in (b"<v></v>", b""):
        never = changed(content, SHEET, lambda xml, e=empty: xml.replace(b"<v>-30</v>", e))
        with pytest.raises(UnreadableFileError, match="cell C3"):
            read(tmp_path, never)
    blank = b'<c r="B3" t="str"><f>IF(1,"","x")</f><v></v></c>'
    text = changed(content, SHEET, lambda xml: xml.replace(b'<c r="B3" t="s"><v>4</v></c>', blank))
    assert read(tmp_path, text).lines[1].description == ""


def test_booleans_and_errors_are_no_amounts(tmp_path):
    def spoil(xml):
        return xml.replace(
            b'<c r="C3" s="3"><v>-30</v></c>', b'<c r="C3" t="e"><v>#N/A</v></c>'
        ).replace(b'<c r="B2" t="s"><v>3</v></c>', b'<c r="B2" t="b"><v>1</v></c>')

    file = read(tmp_path, changed(xlsx.workbook([ROWS]), SHEET, spoil))
    assert amounts(file) == [100]
    assert file.lines[0].description == "TRUE"


def test_a_row_without_a_number_takes_it_from_its_cells(tmp_path):
    def strip(xml):
        return xml.replace(b'<row r="3">', b"<row>").replace(b'3"', b'7"', 3)

    content = changed(xlsx.workbook([ROWS]), SHEET, lambda xml: strip(xml).replace(b'B3"', b'B7"'))
    assert [line.line for line in read(tmp_path, content).lines] == [2, 7]


def test_hundreds_of_thousands_of_columns_cost_no_memory_and_are_told(tmp_path):
    wide = b'<row r="4">' + b"<c><v>1</v></c>" * 300_000 + b"</row></sheetData>"
    content = changed(xlsx.workbook([ROWS]), SHEET, lambda xml: xml.replace(b"</sheetData>", wide))
    tracemalloc.start()
    file = read(tmp_path, content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30_000_000
    assert amounts(file) == [100, -30]
    assert "Columns after DX were not read." in messages(file)


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (SHEET, b"<worksheet", b"<!DOCTYPE a [<!ENTITY x 'y'>]><worksheet"),
        ("xl/workbook.xml", b"<workbook", b"<!-- " + b" " * 9000 + b"--><!DOCTYPE a><workbook"),
        ("xl/sharedStrings.xml", b"</sst>", b""),
        (SHEET, b'r="B2" t="s"><v>3<', b'r="B2" t="s"><v>99<'),
        (SHEET, b'r="B2" t="s"><v>3<', b'r="B2" t="s"><v>x<'),
        (SHEET, b'r="B2"', b'r="B2B2"'),
        (SHEET, b'<row r="3">', b""),
        (SHEET, b'<row r="3">', b'<c r="A3"><v>1</v></c><row r="3"></row>'),
        (SHEET, b"</row></sheetData>", b"</row></row></sheetData>"),
        ("xl/_rels/workbook.xml.rels", b"sheet1.xml", b"sheet9.xml"),
        ("xl/workbook.xml", b"<workbook", b"<workbook " + b"a" * 3_000_000),
    ],
)
def test_a_workbook_that_does_not_follow_its_format_is_refused(tmp_path, part, old, new):
    content = changed(xlsx.workbook([ROWS]), part, lambda xml: xml.replace(old, new))
    with pytest.raises(UnreadableFileError, match=r"statement\.xlsx"):
        read(tmp_path, content)


def test_the_preview_shows_the_first_rows_of_the_sheet_with_a_header(tmp_path):
    path = tmp_path / "a.xlsx"
    many = [*ROWS, *[[dt.date(2026, 1, 7), "more", Decimal(n)] for n in range(200)]]
    path.write_bytes(xlsx.workbook([[["Notes"]], many]))
    table = preview_table(path)
    assert (table.sheet, table.header_row, len(table.rows)) == ("Account 2", 0, 100)


@pytest.mark.parametrize(
    ("code", "shows_a_date"),
    [
        ("yyyy-mm-dd", True), ("dd/mm/yyyy hh:mm", True), ("[h]:mm:ss", True), ("mm:ss.0", True),
        ('d" de "mmmm" de "yyyy', True), ("[$-409]d\\-mmm\\-yy;@", True), ("[$-F800]dddd", True),
        ("#,##0.00", False), ("General", False), ("#,##0.00 USD", False), ("0.00%", False),
        ('"Paid on day" 0', False), ("[Red]0", False), ("@", False), ("[$RWF] #,##0", False),
        ("_-* #,##0.00\\ _d_-", False), ("0.00E+00", False),
    ],
)  # fmt: skip
def test_number_formats_that_show_dates(code, shows_a_date):
    assert is_date_format(164, code) == shows_a_date


def test_builtin_formats_are_known_without_their_code():
    assert [code for code in (0, 4, 14, 22, 37, 47, 49) if is_date_format(code)] == [14, 22, 47]


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("1500", "1500"), ("1500.0", "1500"), ("0.30000000000000004", "0.3"), ("1E-2", "0.01"),
        ("-0.0", "0"), ("1.5E+6", "1500000"), ("12345678901234567", "12345678901234567"),
        ("1.2345E+19", "1.2345E+19"), ("NaN", "NaN"), ("1e999", "1e999"), ("\u0663", "\u0663"),
    ],
)  # fmt: skip
def test_numbers_are_the_decimals_that_were_typed(stored, text):
    assert number_text(stored) == text


@pytest.mark.parametrize(
    ("stored", "from_1904", "text"),
    [
        ("46027", False, "2026-01-05"), ("44565", True, "2026-01-05"),
        ("46027.4375", False, "2026-01-05 10:30:00"), ("0.4375", False, "10:30:00"),
        ("46027.999999", False, "2026-01-06"), ("-1", False, "-1"), ("9e9", False, "9000000000"),
    ],
)  # fmt: skip
def test_day_numbers_are_dates_of_the_workbook_s_own_system(stored, from_1904, text):
    assert date_text(stored, from_1904=from_1904) == text
