"""PDFs that are damaged, or made to fill the memory or never to end."""

from __future__ import annotations

import base64
import random
import re
import time
import zlib

import pytest

from core.errors import UnreadableFileError
from core.statements.pdf.drawing import is_damaged
from core.statements.pdf.reader import PdfReader
from core.statements.reading import read_statement
from core.statements.sources import Source
from tests.core.statements.samples import messages
from tests.core.statements.writers.pdf import Look, sample, sample_files, write

PACKED = b"/Filter/FlateDecode"


def pdf(*objects):
    """Return a PDF of the given objects, numbered from 1, of which the first is the root."""
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    size = b"<</Size %d /Root 1 0 R>>" % (len(objects) + 1)
    return out + head + table + b"trailer %s\nstartxref\n%d\n%%%%EOF" % (size, len(out))


def stream(data, entries=b""):
    return b"<</Length %d %s>>stream\n%s\nendstream" % (len(data), entries, data)


def page(content, entries=b"", *, resources=b"", more=()):
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<<%s>>>>"
        % resources,
        stream(content, entries),
        *more,
    )


def bomb(megabytes):
    """Return packed spaces: every megabyte after the first packs alike, so one is repeated."""
    spaces = b" " * 1_000_000
    packer = zlib.compressobj(9)
    first, again = (packer.compress(spaces) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    sum_ = 1
    for _ in range(megabytes):
        sum_ = zlib.adler32(spaces, sum_)
    return first + again * (megabytes - 1) + b"\x03\x00" + sum_.to_bytes(4, "big")


STEPS = re.compile(rb"/Length \d+\s*>>\s*stream\n(.*?)(?=endstream)", re.DOTALL)


def packed_steps(match):
    data = zlib.compress(match[1])
    return b"/Length %d %s>>\nstream\n%s\n" % (len(data), PACKED, data)


def form(content, number):
    entries = (
        b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>" % number
    )
    return stream(content, entries)


HOSTILE = {
    "a gigabyte in one stream": (lambda: page(bomb(1000), PACKED), "fill the memory"),
    "packed twice": (
        lambda: page(zlib.compress(bomb(500)), b"/Filter[/FlateDecode/FlateDecode]"),
        "fill the memory",
    ),
    "packed as text": (
        lambda: page(base64.a85encode(bomb(300)) + b"~>", b"/Filter[/ASCII85Decode/FlateDecode]"),
        "fill the memory",
    ),
    "states kept without end": (
        lambda: page(zlib.compress(b"q " * 3_000_000), PACKED),
        "fill the memory",
    ),
    "a form that draws itself": (
        lambda: page(b"/X Do", resources=b"/XObject<</X 5 0 R>>", more=[form(b"/X Do /X Do", 5)]),
        "never end",
    ),
    "forms that draw each other ten times each": (
        lambda: page(
            b"/X Do",
            resources=b"/XObject<</X 5 0 R>>",
            more=[form(b"/X Do " * 10, number) for number in range(6, 18)],
        ),
        "never end",
    ),
    "a million pages that are one": (
        lambda: pdf(
            b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 1000000>>"
        ),
        "1000000 pages",
    ),
    "a page without end": (
        lambda: page(b"BT ET").replace(b"0 0 600 800", b"0 0 2147483647 800"),
        "no size",
    ),
    "arrays in arrays": (lambda: page(b"[" * 2_000_000), "scan"),
    "dictionaries in dictionaries": (
        lambda: pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</A" * 100_000 + b">>" * 100_000),
        "scan",
    ),
    "zero bytes": (lambda: b"%PDF-1.4\n" + b"\0" * 2_000_000, "damaged"),
    "nothing but its mark": (lambda: b"%PDF-1.7\n", "damaged"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_in_a_sentence_at_once(tmp_path, name):
    make, words = HOSTILE[name]
    path = tmp_path / "hostile.pdf"
    path.write_bytes(make())
    began = time.monotonic()
    with pytest.raises(UnreadableFileError, match=words) as caught:
        read_statement(path)
    assert "\n" not in caught.value.message
    assert time.monotonic() - began < 5


def test_a_long_statement_is_not_taken_for_a_bomb(tmp_path):
    path = tmp_path / "long.pdf"
    path.write_bytes(write([sample(count=2000)], look=Look(packed=False)))
    assert len(read_statement(path).lines) == 2000


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content.replace(b"/Length ", b"/Length 9"),
        lambda content: re.sub(rb"startxref\n\d+", b"startxref\n99999999", content),
        lambda content: re.sub(rb"0000000\d{3} 00000 n", b"0000000000 00000 n", content),
        lambda content: b"HTTP/1.1 200 OK\r\n\r\n" + content,
    ],
    ids=["lengths", "table's place", "table", "mail head"],
)
def test_what_other_programs_forgive_is_read_all_the_same(tmp_path, damage):
    path = tmp_path / "damaged.pdf"
    path.write_bytes(damage(write([sample()])))
    assert len(read_statement(path).lines) == 12


def test_a_broken_stream_is_told_because_rows_may_be_missing(tmp_path):
    content = write([sample("mtn", count=30)], layout="mtn", look=Look(landscape=True))
    at = content.rindex(b"endstream") - 400
    path = tmp_path / "damaged.pdf"
    path.write_bytes(content[:at] + b"\x07" + content[at + 1 :])
    assert "download it again" in messages(read_statement(path))


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize(
    ("sound", "damaged"),
    [
        (b"BT 1 0 0 1", b"BT 1 <0 0 1"),
        (b"T* ET", b"T) ET"),
        (b") Tj", b" Tj"),
        (b") Tj", b") Tq"),
        (b"re S", b"re ("),
    ],
)
def test_a_broken_drawing_step_is_told_because_what_follows_may_be_missing(
    tmp_path, sound, damaged, packed
):
    content = write([sample(count=12)], look=Look(packed=False))
    at = content.index(sound, content.index(b"stream") + 2_500)
    content = content[:at] + damaged + content[at + len(sound) :]
    content = re.sub(STEPS, packed_steps, content) if packed else content
    path = tmp_path / "damaged.pdf"
    path.write_bytes(content)
    assert "download it again" in messages(read_statement(path))


@pytest.mark.parametrize(
    "steps",
    [
        b"BT /F1 9 Tf (a \\( b (c (d)) \\)) Tj <48 65> Tj [(x) -20 <41>] TJ 1 0 0 1 5 6 Tm ET",
        b"q 1 0 0 1 0 0 cm/F1 9 Tf BT[(a)]TJ T* ET Q % a word (of the maker",
        b"/P <</MCID 0>> BDC BT (a) ' ET EMC",
        b"BT (a) Tj ET BX 5 later EX",
        b"BT (a) Tj ET BI /W 1 /H 1 ID \xff(\x00 EI",
        b"begincmap BT ( endcmap",
        b"\x00(BT(\xff",
    ],
)
def test_sound_drawing_steps_are_not_called_damaged(steps):
    assert not is_damaged(steps)


@pytest.mark.parametrize("steps", [b"(", b"(a", b"q ", b"/", b"<a", b"BI ", b"(a)", b"((a)", b"%"])
def test_drawing_steps_are_judged_in_one_pass(steps):
    began = time.process_time()
    is_damaged(b"BT " + steps * (2_000_000 // len(steps)))
    assert time.process_time() - began < 5


def test_a_file_cut_in_the_middle_is_refused(tmp_path):
    content = write([sample(count=200)])
    path = tmp_path / "cut.pdf"
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(UnreadableFileError, match="damaged"):
        read_statement(path)


def test_a_word_about_pdf_is_no_pdf():
    text = b"Date,Description,Amount\n2026-01-05,%PDF-1.4 manual,500\n"
    assert not PdfReader().accepts(Source("a.csv", text, ""))


def test_changed_bytes_end_in_a_statement_or_a_refusal(tmp_path):
    chance = random.Random(20260117)
    seeds = sample_files()
    path = tmp_path / "changed.pdf"
    for _ in range(150):
        content = bytearray(chance.choice(seeds))
        for _ in range(chance.choice((1, 3, 20))):
            at = chance.randrange(len(content))
            if chance.random() < 0.5:
                content[at] = chance.randrange(256)
            else:
                del content[at : at + chance.choice((1, 10, 500))]
        path.write_bytes(b"%PDF-1.4\n" + content[9:])
        try:
            read_statement(path)
        except UnreadableFileError as error:
            assert error.message.startswith("“changed.pdf”")
