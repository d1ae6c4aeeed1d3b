"""Files made to swallow time or memory: each is refused, and what that costs is measured."""

from __future__ import annotations

import gzip
import io
import zipfile
from itertools import pairwise

import pytest

from core.errors import UnreadableFileError
from core.statements.reading import read_statement
from tests.core.statements.measured import all_measured, measured
from tests.core.statements.samples import MTN
from tests.core.statements.seeds import BAI2, CAMT, HTML, MT940, OFX1, OFX2, QIF, XML, seeds

MB = 1024 * 1024
HEADER = b"Date,Description,Amount\n"
LONGEST_CPU_S = 10.0
"""Some seconds on any machine; what hangs takes minutes."""

MOST_BYTES = 400 * MB
"""Text and cells take some ten times the file; the files here have a few MB, the largest 20."""


def refusal(folder, content, *, name="statement.dat", most_bytes=MOST_BYTES):
    path = folder / name
    path.write_bytes(content)
    cost = measured(path)
    assert cost.cpu_s < LONGEST_CPU_S
    assert cost.peak_bytes < most_bytes
    assert name in cost.refusal, f"{cost.lines} lines were read"
    return cost.refusal


def test_500_mb_are_refused_without_reading_them(tmp_path):
    path = tmp_path / "huge.csv"
    with path.open("wb") as stream:
        stream.truncate(500_000_000)
    cost = measured(path)
    assert "500 MB" in cost.refusal
    assert cost.peak_bytes < 60 * MB


def test_one_line_of_20_mb_is_refused(tmp_path):
    refusal(tmp_path, HEADER + b"2026-01-05," + b"y" * (20 * MB))


@pytest.mark.parametrize("front", [b"", HEADER, HEADER + b'"'])
def test_one_line_is_refused_wherever_it_stands(tmp_path, front):
    refusal(tmp_path, front + b"y" * (2 * MB))


@pytest.mark.parametrize(
    "content",
    [
        HEADER + b'"' * (2 * MB),
        HEADER + b"," * (2 * MB),
        HEADER + b"9" * (2 * MB),
        b"\n" * (MB // 2) + b"x",
        b"<" * (2 * MB),
        b" " * (2 * MB) + b"x",
        HEADER + b"2026-01-05,a,5\n" * MB,
        b"<html><table><tr>" + b"<td>1" * (MB // 2),
        b"<html>" + b"<table><tr><td>" * MB,
        b"<html><table>" + b"<tr><td colspan=99999>1" * (MB // 32),
        b"%PDF-1.7\n" + b"1 0 obj<<" * MB,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * (2 * MB),
    ],
    ids=[
        "quotes", "a million columns", "digits", "empty lines", "angle brackets", "spaces",
        "rows without end", "cells without end", "tables in tables", "spans", "pdf", "xls",
    ],
)  # fmt: skip
def test_what_repeats_without_end_is_refused(tmp_path, content):
    refusal(tmp_path, content)


@pytest.mark.parametrize(
    "content",
    [
        MT940.encode() * 500 + b":86:" + b"A" * (4 * MB),
        b":20:X\n" * (MB // 4),
        b":20:X\n:61:" + b"(" * (2 * MB),
        CAMT.replace("<Ntry>", "<Ntry>" * 100_000).encode(),
        CAMT.replace("January", "x" * (11 * MB)).encode(),
        OFX1.replace("<STMTTRN>", "<STMTTRN>" * 100_000, 1).encode(),
        OFX2.replace("Shop", "<NAME>" * 100_000).encode(),
        (QIF + "!Type:Bank\n" * 100_000).encode(),
        QIF.encode() + b"D" * (4 * MB),
        BAI2.encode() + b"88,text\n" * 100_000,
        XML.replace("<Row>", "<Row>" * 100_000).encode(),
        XML.replace("<Cell>", "<Cell/>" * (MB // 4)).encode(),
    ],
    ids=[
        "mt940 text", "mt940 tags", "mt940 field", "camt depth", "camt text", "ofx depth",
        "ofx tags", "qif types", "qif field", "bai2 records", "xml depth", "xml cells",
    ],
)  # fmt: skip
def test_what_swells_inside_a_format_is_read_or_refused_at_a_bounded_cost(tmp_path, content):
    path = tmp_path / "statement.dat"
    path.write_bytes(content)
    cost = measured(path)
    assert cost.cpu_s < LONGEST_CPU_S
    assert cost.peak_bytes < MOST_BYTES


def packed(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_zip_bomb_is_not_inflated_to_its_end(tmp_path):
    bomb = packed({"statement.csv": bytes(110 * MB)})
    assert "larger than a statement" in refusal(tmp_path, bomb, most_bytes=150 * MB)


def test_many_members_that_swell_together_are_refused(tmp_path):
    bomb = packed({f"{n}.csv": bytes(12 * MB) for n in range(15)})
    assert "larger than a statement" in refusal(tmp_path, bomb, most_bytes=200 * MB)


def test_a_zip_that_lies_about_the_size_of_its_member_is_refused(tmp_path):
    bomb = bytearray(packed({"statement.csv": bytes(50 * MB)}))
    entry = bomb.index(b"PK\x01\x02")
    bomb[entry + 24 : entry + 28] = (100).to_bytes(4, "little")
    bomb[22:26] = (100).to_bytes(4, "little")
    refusal(tmp_path, bytes(bomb), most_bytes=150 * MB)


def test_a_zip_in_a_zip_in_a_zip_is_not_followed(tmp_path):
    content = packed({"statement.csv": MTN})
    for _ in range(5):
        content = packed({"inner.zip": content})
    assert "packed once more" in refusal(tmp_path, content)


def test_a_gzip_bomb_is_not_inflated_to_its_end(tmp_path):
    bomb = gzip.compress(bytes(110 * MB), compresslevel=1)
    assert "larger than a statement" in refusal(tmp_path, bomb, most_bytes=300 * MB)


def test_a_directory_of_a_hundred_thousand_names_is_refused_unread(tmp_path):
    content = packed({f"{n}": "" for n in range(20_000)})
    assert "too many files" in refusal(tmp_path, content, most_bytes=100 * MB)


def test_a_workbook_that_swells_is_refused(tmp_path):
    (book,) = seeds("xlsx")[:1]
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"<sheetData>", b"<sheetData>" + b" " * (150 * MB))
    assert "larger than" in refusal(tmp_path, packed(parts), most_bytes=200 * MB)


BILLION = (
    f"<!DOCTYPE x [<!ENTITY a '{'x' * 1000}'>"
    + "".join(f"<!ENTITY {name} '{f'&{inner};' * 50}'>" for inner, name in pairwise("abcd"))
    + "]>"
)


WITH_MARKUP = {
    "camt": CAMT,
    "ofx": OFX2,
    "xml": XML,
    "html": HTML.replace("<html>", '<?xml version="1.0"?>\n<html>'),
}


def with_document_type(text, document_type):
    end = text.index("?>") + 2
    return f"{text[:end]}{document_type}{text[end:]}".replace('encoding="UTF-8"', "")


@pytest.mark.parametrize("name", WITH_MARKUP)
def test_entities_are_never_expanded(tmp_path, name):
    evil = with_document_type(WITH_MARKUP[name], BILLION)
    evil = evil.replace("KEZA", "&d;").replace("Shop", "&d;")
    paths = []
    for encoding in ("utf-8", "utf-16", "utf-16-le", "utf-16-be"):
        paths.append(tmp_path / f"{encoding}.xml")
        paths[-1].write_bytes(evil.encode(encoding))
    for path, cost in zip(paths, all_measured(paths), strict=True):
        assert cost.cpu_s < LONGEST_CPU_S
        assert cost.peak_bytes < 100 * MB
        assert name == "html" or path.name in cost.refusal


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("name", ["camt", "ofx", "xml"])
def test_any_document_type_is_refused(tmp_path, name, encoding):
    path = tmp_path / "statement.xml"
    typed = with_document_type(WITH_MARKUP[name], '<!DOCTYPE x SYSTEM "file:///etc/passwd">')
    path.write_bytes(typed.encode(encoding))
    with pytest.raises(UnreadableFileError, match=r"statement\.xml"):
        read_statement(path)
