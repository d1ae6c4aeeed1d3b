"""Messages that are cut, or made to harm: refused in a moment, with a sentence."""

from __future__ import annotations

import random
import time
import tracemalloc

import pytest

from core.errors import KnownError, UnreadableFileError
from core.statements.camt.reader import CamtReader
from core.statements.sources import Source
from tests.core.statements.samples import read
from tests.core.statements.test_camt import entry, message
from tests.core.statements.writers.camt import sample_files

DOCTYPE = '<!DOCTYPE Document [<!ENTITY a "lol"><!ENTITY b SYSTEM "file:///etc/hostname">]>'


def refusal(folder, content) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        read(folder, content, name="statement.xml")
    assert "statement.xml" in caught.value.message
    return caught.value.message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_a_doctype_is_refused_in_every_encoding(tmp_path, encoding):
    for hidden in (DOCTYPE, "<!-- <BkToCstmrStmt> -->" + DOCTYPE, " " * 70_000 + DOCTYPE):
        declared = "UTF-16" if "16" in encoding else encoding
        text = message(entry("5"), around=hidden + "{}")
        text = f'<?xml version="1.0" encoding="{declared}"?>{text}'
        refused = refusal(tmp_path, text.encode(encoding))
        if len(hidden) < 1000:
            assert "DOCTYPE" in refused


def test_an_encoding_that_could_hide_markup_is_not_followed(tmp_path):
    text = f'<?xml version="1.0" encoding="utf-7"?>{message(entry("5"))}'
    hidden = text.replace("<Document>", "+ADwAIQ-DOCTYPE x+AD4-<Document>")
    refusal(tmp_path, hidden.encode("ascii"))


def test_a_message_cut_anywhere_is_refused_and_never_half_read(tmp_path):
    content = sample_files()[0].rstrip()
    begins = content.index(b"<BkToCstmrStmt>") + len(b"<BkToCstmrStmt>")
    for end in range(begins, len(content), 23):
        assert "damaged or cut off at line" in refusal(tmp_path, content[:end])


def test_other_xml_is_not_taken(tmp_path):
    for text in (
        "<Document><CstmrCdtTrfInitn><GrpHdr/></CstmrCdtTrfInitn></Document>",
        "<Document><!-- nothing --></Document>",
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        "<html><body>BkToCstmrStmt</body></html>",
    ):
        source = Source("other.xml", text.encode(), "")
        assert not CamtReader().accepts(source)
        refusal(tmp_path, text)


def test_a_message_without_accounts_or_with_no_readable_entry_is_refused(tmp_path):
    assert "without any account" in refusal(tmp_path, message())
    template = message(entry("{{ amount }}") + entry("{{ amount }}"))
    assert "no entry of it can be read. Entry 1" in refusal(tmp_path, template)


@pytest.mark.parametrize(
    "bomb",
    [
        "<a>" * 400_000,
        "<a/>" * 1_000_000,
        "<Ntry/>" * 300_000,
        f'<a x="{"y" * 5_000_000}"/>',
        f"<Ntry><AddtlNtryInf>{'y' * 5_000_000}</AddtlNtryInf></Ntry>",
        "".join(f"<a{n}/>" for n in range(200_000)),
        f"<Ntry><NtryDtls>{'<TxDtls><Amt>1</Amt></TxDtls>' * 100_000}</NtryDtls></Ntry>",
    ],
    ids=["deep", "wide", "empty", "attribute", "text", "names", "batch"],
)
def test_a_bomb_is_read_or_refused_in_seconds_and_little_memory(tmp_path, bomb):
    content = message(bomb + entry("5")).encode()
    tracemalloc.start()
    began = time.process_time()
    try:
        CamtReader().read(Source("bomb.xml", content, ""), None, "RWF")
    except UnreadableFileError as error:
        assert "bomb.xml" in error.message
        assert "\n" not in error.message
    finally:
        peak_bytes = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert time.process_time() - began < 30
    assert peak_bytes < 150_000_000


def test_a_mutated_message_is_read_or_refused(tmp_path):
    chance = random.Random(7)
    samples = sample_files()
    for _ in range(400):
        content = bytearray(chance.choice(samples))
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(content))
            end = place + chance.randint(0, 40)
            piece = content[place:end]
            content[place:end] = chance.choice([b"", piece * 2, bytes([chance.randrange(256)])])
        source = Source("mutated.xml", bytes(content), "")
        if CamtReader().accepts(source):
            try:
                CamtReader().read(source, None, "RWF")
            except KnownError as error:
                assert isinstance(error, UnreadableFileError)
