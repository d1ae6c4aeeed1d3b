"""Which file goes to which reader, what is unpacked on the way, and what is turned away."""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile

import pytest

from core.errors import UnreadableFileError
from core.statements.reading import READERS, open_source, preview_table, read_statement
from core.statements.sources import Source
from core.statements.tables.html_tables import HtmlReader
from core.statements.tables.xml_spreadsheet import XmlSpreadsheetReader
from tests.core.statements.samples import AIRTEL, MTN, amounts, messages
from tests.core.statements.seeds import OWN, seeds

TEXT_FORMATS = ("bai2", "camt", "html", "mt940", "ofx", "qif", "sms", "xml")
MTN_AMOUNTS = [15_000, -20_000, 5_000]


def packed(members, **options):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _source(content):
    return Source("statement.xls", content, "")


def _accepting(content):
    return [each.format for each in READERS.marked if each.accepts(_source(content))]


def written(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def refusal(path):
    with pytest.raises(UnreadableFileError) as caught:
        read_statement(path)
    assert path.name in caught.value.message
    return caught.value.message


def test_a_zip_with_one_statement_is_read_under_the_digest_of_the_zip(tmp_path):
    content = packed({"2026/": "", "2026/january.csv": MTN})
    path = written(tmp_path, "january.zip", content)
    file = read_statement(path)
    assert amounts(file) == MTN_AMOUNTS
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert (
        preview_table(path).header_row == preview_table(written(tmp_path, "a.csv", MTN)).header_row
    )


def test_what_systems_put_into_a_zip_unasked_is_not_a_statement(tmp_path):
    members = {
        "__MACOSX/._january.csv": b"\x00\x05\x16\x07" + bytes(60),
        ".DS_Store": bytes(100),
        "Thumbs.db": bytes(100),
        "january.csv": MTN,
    }
    file = read_statement(written(tmp_path, "mac.zip", packed(members)))
    assert amounts(file) == MTN_AMOUNTS
    assert "Left out" not in messages(file)


def test_a_zip_with_a_letter_beside_the_statement_says_what_was_left_out(tmp_path):
    members = {"letter.txt": "Dear customer,\nhere it is.\n", "january.csv": MTN}
    file = read_statement(written(tmp_path, "two.zip", packed(members)))
    assert amounts(file) == MTN_AMOUNTS
    assert "letter.txt in two.zip" in messages(file)


def test_two_statements_in_a_zip_are_for_a_person_to_choose(tmp_path):
    said = refusal(written(tmp_path, "two.zip", packed({"a.csv": MTN, "b.csv": AIRTEL})))
    assert "several statements" in said
    assert "a.csv" in said
    assert "b.csv" in said


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({}, "nothing in it"),
        ({"folder/": ""}, "nothing in it"),
        (
            {"inner.zip": packed({"january.csv": MTN})},
            "inner.zip in outer.zip” is packed once more",
        ),
        ({"inner.csv.gz": gzip.compress(MTN.encode())}, "packed once more"),
        ({"empty.csv": "  \n"}, "empty.csv in outer.zip” is empty"),
        ({"photo.jpg": b"\xff\xd8\xff\xe0" + bytes(90)}, "photo.jpg in outer.zip” is a photo"),
        ({f"{n}.csv": MTN for n in range(30)}, "too many files"),
        ({f"{n}.txt": f"letter {n}" for n in range(3)}, "none can be read"),
        ({"zeros.csv": bytes(30_000_000)}, "larger than a statement"),
    ],
)
def test_a_zip_without_exactly_one_statement_is_refused(tmp_path, members, words):
    assert words in refusal(written(tmp_path, "outer.zip", packed(members)))


def test_a_zip_with_a_password_is_refused(tmp_path):
    content = bytearray(packed({"january.csv": MTN}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert "password" in refusal(written(tmp_path, "locked.zip", bytes(content)))


@pytest.mark.parametrize("cut", [10, 60, 200, -30, -1])
def test_a_cut_zip_is_refused(tmp_path, cut):
    assert "damaged" in refusal(written(tmp_path, "cut.zip", packed({"january.csv": MTN})[:cut]))


def test_a_gzip_of_one_statement_is_read(tmp_path):
    path = written(tmp_path, "january.csv.gz", gzip.compress(MTN.encode()))
    assert amounts(read_statement(path)) == MTN_AMOUNTS


def test_a_gzip_that_is_cut_or_a_bomb_is_refused(tmp_path):
    whole = gzip.compress(MTN.encode())
    assert "damaged" in refusal(written(tmp_path, "cut.gz", whole[:-20]))
    bomb = gzip.compress(bytes(60_000_000))
    assert "larger than a statement" in refusal(written(tmp_path, "bomb.gz", bomb))


@pytest.mark.parametrize("front", ["\ufeff", "\n\n\n", "\r\n \r\n"])
@pytest.mark.parametrize("name", ["a.csv", "a.xls", "a.pdf", "a.ofx", "a"])
def test_neither_the_name_nor_text_in_front_decides(tmp_path, front, name):
    assert amounts(read_statement(written(tmp_path, name, front + MTN))) == MTN_AMOUNTS


@pytest.mark.parametrize("format_name", [name for name in OWN if name not in ("csv", "zip")])
def test_every_format_is_taken_by_its_own_reader_alone(format_name):
    for content in seeds(format_name):
        assert _accepting(content) == [format_name]


@pytest.mark.parametrize(
    "format_name", ["bai2", "camt", "html", "mt940", "ofx", "qif", "sms", "xml"]
)
@pytest.mark.parametrize("front", [b"\xef\xbb\xbf", b"\r\n\n"], ids=["mark", "empty lines"])
def test_what_stands_in_front_of_a_text_format_hides_it_not(format_name, front):
    for content in OWN[format_name]():
        assert _accepting(front + content) == [format_name]


def test_a_plain_table_is_taken_by_no_reader_with_a_mark():
    for content in seeds("csv"):
        assert _accepting(content) == []


def test_a_file_that_two_readers_take_is_not_read_on_a_guess():
    registry = type(READERS)((HtmlReader(), HtmlReader()), READERS.table)
    with pytest.raises(UnreadableFileError, match="HTML and HTML at once"):
        registry.reader_of(_source(b"<html><table>"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"BM\x46\x00\x00\x00\x00\x00" + bytes(200), "picture"),
        (b"MZ\x90\x00\x03" + bytes(200), "program"),
        (b"BZh91AY&SY" + bytes(100), "unpack"),
        (b"<!DOCTYPE html><html><body><p>Session over</p></body></html>", "web page"),
        (b'{"date": "2026-01-01"}', "JSON"),
    ],
)
def test_what_no_reader_takes_is_named_in_plain_words(tmp_path, content, words):
    assert words in refusal(written(tmp_path, "statement.csv", content))


def test_a_bank_whose_name_begins_like_a_picture_is_read(tmp_path):
    for name in ("BMCE", "MZ Bank"):
        assert amounts(read_statement(written(tmp_path, "a.csv", f"{name}\n{MTN}"))) == MTN_AMOUNTS


HTML = """\
<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="{charset}">
<style>td {{mso-number-format:"0"}}</style></head><body>
<table><tr><td colspan=2>Account</td><td>00040-0123456-78</td></tr></table>
<table border=1><tr><th>Date<th>Description<th>Debit<th>Credit<th>Balance
<tr><td>05/01/2026<td>Café <b>Kigali</b><br>table 4<td><td>2 000<td>2 500</tr>
<tr><td>16/01/2026<td>Fees &amp; taxes<td>500<td>&nbsp;<td>2 000</tr>
</table></body></html>
"""


@pytest.mark.parametrize(
    ("charset", "encoding"), [("utf-8", "utf-8"), ("windows-1252", "cp1252"), ("", "utf-16")]
)
def test_a_web_page_named_xls_is_read_as_the_table_it_is(tmp_path, charset, encoding):
    page = HTML.format(charset=charset).encode(encoding)
    path = written(tmp_path, "statement.xls", page)
    file = read_statement(path)
    assert file.format == "html"
    assert amounts(file) == [2000, -500]
    assert [line.description for line in file.lines] == ["Café Kigali table 4", "Fees & taxes"]
    assert file.lines[0].line == 3
    assert file.statements[0].closing_balance_minor == 2000
    assert preview_table(path).header_row == 1


def test_a_web_page_whose_table_is_no_statement_says_so(tmp_path):
    page = "<html><table><tr><td>Name</td><td>Colour</td></tr><tr><td>A</td></tr></table></html>"
    assert "web page" in refusal(written(tmp_path, "a.xls", page))


WORKBOOK = """\
<?xml version="1.0"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="Account"><Table>
<Row ss:Index="3"><Cell><Data ss:Type="String">Date</Data></Cell>
<Cell ss:Index="3"><Data ss:Type="String">Description</Data></Cell>
<Cell><Data ss:Type="String">Amount</Data></Cell></Row>
<Row><Cell><Data ss:Type="DateTime">2026-01-05T00:00:00.000</Data></Cell>
<Cell ss:Index="3"><Data ss:Type="String">KEZA &amp; <B>sons</B></Data></Cell>
<Cell><Data ss:Type="Number">2000</Data></Cell></Row>
<Row><Cell><Data ss:Type="DateTime">2026-01-16T00:00:00.000</Data></Cell>
<Cell ss:Index="3"><Data ss:Type="String">Fee</Data></Cell>
<Cell><Data ss:Type="Number">-5.0000000000000001E2</Data></Cell></Row>{more}
</Table></Worksheet>
<Worksheet ss:Name="Old"><Table><Row><Cell><Data ss:Type="String">Date</Data></Cell></Row></Table>
<WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel"><Visible>SheetHidden</Visible>
</WorksheetOptions></Worksheet>
</Workbook>
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_xml_spreadsheet_is_read_with_its_cells_where_they_say(encoding):
    reader = XmlSpreadsheetReader()
    source = _source(WORKBOOK.format(more="").encode(encoding))
    assert reader.accepts(source)
    assert not HtmlReader().accepts(source)
    file = reader.read(source, None, "RWF")
    assert amounts(file) == [2000, -500]
    assert [line.line for line in file.lines] == [4, 5]
    assert file.lines[0].description == "KEZA & sons"
    assert "Old" in messages(file)
    assert reader.preview(source, None).header_row == 2


@pytest.mark.parametrize("number", ["1E999999", "NaN", "-Infinity", "1E-999999", "9" * 40, "x"])
def test_a_number_that_is_no_amount_costs_its_row_of_an_xml_spreadsheet(number):
    text = WORKBOOK.format(more="").replace(">2000<", f">{number}<")
    file = XmlSpreadsheetReader().read(_source(text.encode()), None, "RWF")
    assert amounts(file) == [-500]
    assert "4" in messages(file)


def test_the_clock_in_an_xml_spreadsheet_has_no_day():
    clock = '<Cell><Data ss:Type="DateTime">1899-12-31T10:30:05.000</Data></Cell>'
    more = f'<Row ss:Index="6">{clock}</Row>'
    table = XmlSpreadsheetReader().preview(_source(WORKBOOK.format(more=more).encode()), None)
    assert table.rows[5] == ("10:30:05",)


def test_an_xml_spreadsheet_with_a_far_row_ends_before_it():
    cell = '<Cell ss:Index="16384"><Data ss:Type="Number">1</Data></Cell>'
    far = f'<Row ss:Index="1048576">{cell}</Row>'
    file = XmlSpreadsheetReader().read(_source(WORKBOOK.format(more=far).encode()), None, "RWF")
    assert amounts(file) == [2000, -500]
    assert "empty rows" in messages(file)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_xml_spreadsheet_that_defines_entities_is_refused(encoding):
    evil = WORKBOOK.format(more="").replace(
        "<Workbook", '<!DOCTYPE x [<!ENTITY a "a">]><Workbook', 1
    )
    with pytest.raises(UnreadableFileError, match="document type"):
        XmlSpreadsheetReader().read(_source(evil.encode(encoding)), None, "RWF")


def test_a_cut_xml_spreadsheet_is_refused():
    with pytest.raises(UnreadableFileError, match="damaged"):
        XmlSpreadsheetReader().read(_source(WORKBOOK.encode()[:900]), None, "RWF")


def test_the_digest_and_name_are_of_the_file_as_it_lies_there(tmp_path):
    source = open_source(written(tmp_path, "a.csv", MTN))
    assert source.name == "a.csv"
    assert source.sha256 == hashlib.sha256(MTN.encode()).hexdigest()


def test_a_problem_that_quotes_a_cell_with_line_breaks_is_one_line(tmp_path):
    text = 'Date,Description,Amount\n2026-01-05,Sale,5\n2026-01-06,Fee,"1\nx"\n2026-01-07,Sale,5\n'
    problems = read_statement(written(tmp_path, "a.csv", text)).problems
    assert any("“1 x”" in problem.message for problem in problems)
    assert not any("\n" in problem.message for problem in problems)
