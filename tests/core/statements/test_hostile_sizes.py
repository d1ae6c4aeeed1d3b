"""Files made to swallow time or memory: each is refused, and what that costs is measured."""

from __future__ import annotations

import gzip
import io
import zipfile
from itertools import pairwise

import pytest

from tests.core.statements.measured import measured
from tests.core.statements.samples import MTN
from tests.core.statements.seeds import BAI2, CAMT, HTML, MT940, OFX1, OFX2, QIF, XML, seeds

MB = 1024 * 1024
HEADER = b"Date,Description,Amount\n"
LONGEST_CPU_S = 30.0
"""Some seconds on any machine; what hangs takes minutes."""

MOST_BYTES = 1024 * MB
"""The limit of a reading apart: a file of 100 MB takes seven times that as text and cells."""


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


def test_one_line_of_100_mb_is_refused(tmp_path):
    refusal(tmp_path, HEADER + b"2026-01-05," + b"y" * (99 * MB))


@pytest.mark.parametrize("front", [b"", HEADER, HEADER + b'"'])
def test_one_line_is_refused_wherever_it_stands(tmp_path, front):
    refusal(tmp_path, front + b"y" * (5 * MB))


@pytest.mark.parametrize(
    "content",
    [
        HEADER + b'"' * (5 * MB),
        HEADER + b"," * (5 * MB),
        HEADER + b"9" * (5 * MB),
        b"\n" * (2 * MB) + b"x",
        b"<" * (5 * MB),
        b" " * (5 * MB) + b"x",
        HEADER + b"2026-01-05,a,5\n" * (2 * MB),
        b"<html><table><tr>" + b"<td>1" * (MB // 2),
        b"<html>" + b"<table><tr><td>" * MB,
        b"<html><table>" + b"<tr><td colspan=99999>1" * (MB // 8),
        b"%PDF-1.7\n" + b"1 0 obj<<" * MB,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * (5 * MB),
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
        MT940.encode() * 2_000 + b":86:" + b"A" * (10 * MB),
        b":20:X\n" * MB,
        b":20:X\n:61:" + b"(" * (5 * MB),
        CAMT.replace("<Ntry>", "<Ntry>" * 100_000).encode(),
        CAMT.replace("January", "x" * (11 * MB)).encode(),
        OFX1.replace("<STMTTRN>", "<STMTTRN>" * 300_000, 1).encode(),
        OFX2.replace("Shop", "<NAME>" * 300_000).encode(),
        (QIF + "!Type:Bank\n" * 500_000).encode(),
        QIF.encode() + b"D" * (10 * MB),
        BAI2.encode() + b"88,text\n" * 500_000,
        XML.replace("<Row>", "<Row>" * 100_000).encode(),
        XML.replace("<Cell>", "<Cell/>" * MB).encode(),
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
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_zip_bomb_is_not_inflated_to_its_end(tmp_path):
    bomb = packed({"statement.csv": bytes(200 * MB)})
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
    bomb = gzip.compress(bytes(300 * MB))
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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text",
    [CAMT, OFX2, XML, HTML.replace("<html>", '<?xml version="1.0"?>\n<html>')],
    ids=["camt", "ofx", "xml", "html"],
)
def test_entities_are_never_expanded(tmp_path, text, encoding):
    end = text.index("?>") + 2
    evil = f"{text[:end]}{BILLION}{text[end:]}".replace("KEZA", "&d;").replace("Shop", "&d;")
    evil = evil.replace('encoding="UTF-8"', "")
    path = tmp_path / "statement.xml"
    path.write_bytes(evil.encode(encoding))
    cost = measured(path)
    assert cost.cpu_s < LONGEST_CPU_S
    assert cost.peak_bytes < 100 * MB
    if "<html>" not in text:
        assert "statement.xml" in cost.refusal


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("text", [CAMT, OFX2, XML], ids=["camt", "ofx", "xml"])
def test_any_document_type_is_refused(tmp_path, text, encoding):
    end = text.index("?>") + 2
    typed = f'{text[:end]}<!DOCTYPE x SYSTEM "file:///etc/passwd">{text[end:]}'
    refusal(tmp_path, typed.replace('encoding="UTF-8"', "").encode(encoding))
