from __future__ import annotations

import io
import os
import time
import tracemalloc
import zipfile

import pytest
from openpyxl import Workbook

from core.errors import UnreadableFileError
from core.statements.reading import preview_table, read_statement
from tests.core.statements.samples import amounts, messages, read
from tests.core.statements.seeds import OWN, seeds

HEADER = "Date,Description,Amount\n"


def workbook(rows, path, *, title="Sheet"):
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def refusal(path):
    with pytest.raises(UnreadableFileError) as caught:
        read_statement(path)
    message = caught.value.message
    assert "\n" not in message
    assert path.name in message
    assert str(path.parent) not in message
    return message


def test_a_folder_a_missing_and_an_empty_file_are_refused(tmp_path):
    assert "folder" in refusal(tmp_path)
    assert "not found" in refusal(tmp_path / "nothing.csv")
    (tmp_path / "empty.csv").write_bytes(b" \n\n")
    assert "empty" in refusal(tmp_path / "empty.csv")


def test_a_file_of_200_mb_is_refused_at_once(tmp_path):
    path = tmp_path / "huge.csv"
    with path.open("wb") as stream:
        stream.truncate(200_000_000)
    tracemalloc.start()
    began = time.process_time()
    assert "200 MB" in refusal(path)
    assert time.process_time() - began < 0.5
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(90), "photo"),
        (b"\xff\xd8\xff\xe0" + bytes(90), "photo"),
        (b"<html><body><table><tr><td>Date</td></tr></table></body></html>", "web page"),
        (b'{"date": "2026-01-01"}', "JSON"),
        (os.urandom(4000), "is"),
        (b"Date,Amount\n" + b"2026-01-01,5\n" * 30 + bytes(50), "zero bytes"),
        (b"PK\x03\x04 cut off xl/workbook.xml", "damaged"),
        (b"Name,Colour\nAnna,red\nEric,blue\n", "date"),
    ],
)
def test_what_is_not_a_statement_is_named(tmp_path, content, words):
    path = tmp_path / "statement.csv"
    path.write_bytes(content)
    assert words in refusal(path)


def test_a_zip_bomb_is_refused_before_it_is_inflated(tmp_path):
    path = workbook([["Date", "Amount"], ["2026-01-01", 5]], tmp_path / "bomb.xlsx")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", bytes(150_000_000))
    tracemalloc.start()
    assert "larger than 100 MB" in refusal(path)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_a_used_range_of_the_whole_sheet_is_read_in_a_moment(tmp_path):
    path = workbook(
        [["Date", "Description", "Amount"], ["2026-01-05", "row", 1500]], tmp_path / "plain.xlsx"
    )
    target = tmp_path / "wide.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as sink:
        for part in source.infolist():
            data = source.read(part)
            if part.filename.endswith("sheet1.xml"):
                data = data.replace(b'<dimension ref="A1:C2"', b'<dimension ref="A1:XFD1048576"')
                far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                data = data.replace(b"</sheetData>", far)
                assert b"XFD1048576" in data
            sink.writestr(part, data)
    began = time.process_time()
    file = read_statement(target)
    assert time.process_time() - began < 5
    assert amounts(file) == [1500]
    assert "empty rows" in messages(file)


def test_a_formula_without_a_value_is_refused_with_its_cell(tmp_path):
    path = workbook(
        [["Date", "Description", "Amount"], ["2026-01-05", "a", "=1+1"]], tmp_path / "formula.xlsx"
    )
    assert "cell C2" in refusal(path)


def test_hidden_sheets_are_told_and_not_read(tmp_path):
    book = Workbook()
    book.active.append(["Date", "Description", "Amount"])
    book.active.append(["2026-01-05", "seen", 100])
    secret = book.create_sheet("Old")
    secret.append(["Date", "Description", "Amount"])
    secret.append(["2026-01-05", "hidden", 999])
    secret.sheet_state = "hidden"
    book.save(tmp_path / "two.xlsx")
    file = read_statement(tmp_path / "two.xlsx")
    assert amounts(file) == [100]
    assert "Old" in messages(file)


def test_the_content_and_not_the_name_says_the_format(tmp_path):
    csv_named_xlsx = tmp_path / "a.xlsx"
    csv_named_xlsx.write_text(HEADER + "2026-01-05,x,5\n", encoding="utf-8")
    assert read_statement(csv_named_xlsx).format == "csv"
    xlsx_named_csv = workbook([["Date", "Amount"], ["2026-01-05", 5]], tmp_path / "b.xlsx")
    assert read_statement(xlsx_named_csv.rename(tmp_path / "b.csv")).format == "xlsx"


def test_formulas_in_text_stay_text(tmp_path):
    file = read(tmp_path, HEADER + '2026-01-05,"=HYPERLINK(""http://x"")",5\n')
    assert file.lines[0].description == '=HYPERLINK("http://x")'


def test_an_unclosed_quote_does_not_swallow_the_rows_after_it(tmp_path):
    rows = "".join(f"2026-01-{n % 28 + 1:02},row {n},{n}00\n" for n in range(1, 200))
    file = read(tmp_path, HEADER + '2026-01-01,"open,100\n' + rows)
    assert len(file.lines) == 200


def test_a_hundred_thousand_rows_are_read_in_seconds(tmp_path):
    rows = "".join(
        f'{n % 28 + 1:02}/01/2026,Payment {n},"{n:,}",,REF{n}\n' for n in range(1000, 101_000)
    )
    began = time.process_time()
    file = read(tmp_path, "Date,Description,Credit,Debit,Reference\n" + rows)
    assert len(file.lines) == 100_000
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    "cell", ["1" * 3000, "1 " * 1500, "total " * 500, "9'" * 900, "<br>" * 900]
)
def test_no_cell_can_hold_the_reader_up(tmp_path, cell):
    began = time.process_time()
    read(tmp_path, f"{cell};Date;Amount\n{cell};2026-01-05;100\n{cell};x;{cell}\n")
    assert time.process_time() - began < 5


def test_the_preview_shows_a_table_that_is_not_recognised(tmp_path):
    path = tmp_path / "odd.csv"
    path.write_text("When it was;How much it was\n2026-01-05;12 000\n", encoding="utf-8")
    refusal(path)
    table = preview_table(path)
    assert table.rows[1] == ("2026-01-05", "12 000")
    assert table.header_row is None
    assert table.profile is None


def test_a_cut_workbook_is_refused(tmp_path):
    buffer = io.BytesIO()
    book = Workbook()
    book.active.append(["Date", "Amount"])
    book.save(buffer)
    path = tmp_path / "cut.xlsx"
    path.write_bytes(buffer.getvalue()[:-300])
    assert "damaged" in refusal(path)


EXTENSIONS = (
    "csv",
    "txt",
    "xlsx",
    "xls",
    "ofx",
    "qif",
    "sta",
    "xml",
    "bai",
    "pdf",
    "zip",
    "html",
    "",
)


def outcome(path):
    try:
        file = read_statement(path)
    except UnreadableFileError as error:
        return error.message.replace(path.name, "FILE")
    return file.format, file.lines


@pytest.mark.parametrize("format_name", OWN)
def test_no_name_changes_what_a_file_is(tmp_path, format_name):
    for number, content in enumerate(seeds(format_name)):
        outcomes = []
        for extension in EXTENSIONS:
            path = tmp_path / f"statement{number}.{extension}"
            path.write_bytes(content)
            outcomes.append(outcome(path))
        assert all(each == outcomes[0] for each in outcomes)


@pytest.mark.parametrize("extension", EXTENSIONS)
@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(90),
        b"MZ\x90\x00" + bytes(500),
        b"\x7fELF" + bytes(500),
        bytes(5000),
        bytes(range(256)) * 40,
        b'{"transactions": [{"amount": 5}]}',
        b"From: bank@example.rw\nSubject: Your statement\n\nDear customer,\n",
        b"<?xml version='1.0'?><invoice><amount>5</amount></invoice>",
        b"def total(lines):\n    return sum(line.amount for line in lines)\n",
    ],
    ids=["png", "exe", "elf", "zeros", "bytes", "json", "mail", "xml", "code"],
)
def test_what_is_no_statement_is_refused_under_every_name(tmp_path, extension, content):
    path = tmp_path / f"statement.{extension}"
    path.write_bytes(content)
    refusal(path)


@pytest.mark.parametrize("format_name", ["camt", "xlsx", "xml", "zip"])
def test_a_cut_file_of_a_format_with_an_end_is_refused(tmp_path, format_name):
    path = tmp_path / "cut.dat"
    for content in seeds(format_name):
        for share in (0.2, 0.5, 0.8, 0.95):
            path.write_bytes(content[: int(len(content) * share)])
            refusal(path)


@pytest.mark.parametrize("format_name", OWN)
def test_a_file_cut_anywhere_is_read_or_refused(tmp_path, format_name):
    path = tmp_path / "cut.dat"
    for content in seeds(format_name):
        for tenth in range(1, 10):
            path.write_bytes(content[: len(content) * tenth // 10])
            outcome(path)
