"""The receipt in the language of receipt printers, read back command by command."""

import sys
from dataclasses import replace
from io import BytesIO

import pytest
import segno
from PIL import Image

from core.documents.escpos import COLUMNS, DOTS, TicketForm, drawer_bytes, printable, receipt_bytes
from core.documents.invoice import qr_payload
from core.documents.receipt import (
    ReceiptLogo,
    ReceiptPair,
    ReceiptQr,
    ReceiptText,
    receipt_parts,
)
from core.errors import KnownError
from tests.core.documents.samples import SHOP, invoice, many
from tests.receipt_printer import read_paper

WIDE = TicketForm(80)
WIDTHS = [WIDE, TicketForm(58)]


def printed(document, form=WIDE, **options):
    return read_paper(receipt_bytes(receipt_parts(document), form, **options))


@pytest.mark.parametrize("form", WIDTHS)
def test_a_receipt_says_what_was_bought_paid_and_given_back(form) -> None:
    paper = printed(invoice(tendered_minor=105_000, change_minor=600), form)
    told = " ".join(paper.text.split())
    for expected in (
        "Isoko Ryiza Ltd", "RECEIPT INV-2026-000123", "2 x 32 500 B", "Total 104 400 RWF",
        "VAT 18 % (in the price)", "Cash received 105 000 RWF", "Change 600 RWF",
        "Paid on 16 January 2026", "This is not a fiscal receipt.", "Murakoze",
    ):  # fmt: skip
        assert expected in told
    assert paper.qr == [qr_payload(invoice())]
    assert paper.cuts == 1


@pytest.mark.parametrize("form", WIDTHS)
def test_no_line_is_wider_than_the_roll_and_amounts_end_at_its_edge(form) -> None:
    long = invoice((*many(3), replace(many(1)[0], description="Ijambo" * 40)))
    paper = printed(long, form)
    columns = COLUMNS[form.width_mm]
    assert max(len(line.text) for line in paper.lines) == columns
    amounts = [line.text for line in paper.lines if line.text.endswith("RWF")]
    assert len(amounts) == 3
    assert {len(text) for text in amounts} == {columns}


def test_telephone_and_mail_part_where_the_roll_is_too_narrow_for_both() -> None:
    narrow = [line.text.strip() for line in printed(invoice(), TicketForm(58)).lines]
    wide = [line.text.strip() for line in printed(invoice()).lines]
    assert narrow[3:5] == ["+250 788 123 456", "isoko@example.rw"]
    assert wide[3] == "+250 788 123 456 - isoko@example.rw"


def test_the_total_is_bold_and_large_and_the_next_line_is_neither() -> None:
    lines = printed(invoice()).lines
    at = next(n for n, line in enumerate(lines) if line.text.startswith("Total"))
    assert (lines[at].bold, lines[at].large) == (True, True)
    assert (lines[at + 1].bold, lines[at + 1].large) == (False, False)


def test_an_amount_that_does_not_fit_beside_its_label_stands_below_it() -> None:
    pair = ReceiptPair("VAT at the standard rate, in the price", "1 234 567 890 RWF")
    paper = read_paper(receipt_bytes([pair], TicketForm(58)))
    assert [line.text for line in paper.lines] == [
        "VAT at the standard rate, in the",
        "price",
        "1 234 567 890 RWF".rjust(32),
    ]


@pytest.mark.parametrize(
    ("text", "code_page", "expected"),
    [
        ("Reçu n° é à ç €", "CP858", "Reçu n° é à ç €"),
        ("Reçu n° é à ç €", "CP850", "Reçu n° é à ç EUR"),
        (
            "Amafaranga y’ikiguzi – “ndagukunda”…",
            "CP858",
            'Amafaranga y\'ikiguzi - "ndagukunda"...',
        ),
        ("Ça À Œuvre", "CP437", "Ça A OEuvre"),
        ("Müşteri Łódź", "CP858", "Müsteri Lódz"),
        ("15\u202f000\u00a0RWF", "CP858", "15 000 RWF"),
        ("日本 😀", "CP858", "?? ?"),
    ],
)
def test_what_a_printer_cannot_print_comes_out_as_its_likeness(text, code_page, expected) -> None:
    assert printable(text, code_page) == expected
    printable(text, code_page).encode(code_page.lower())


@pytest.mark.parametrize("code_page", ["CP858", "CP850", "CP1252", "CP437"])
def test_french_comes_out_on_every_code_page(code_page) -> None:
    paper = read_paper(
        receipt_bytes([ReceiptText("Déjà payé: 5 kg de pâte à l'œuf")], TicketForm(80, code_page))
    )
    assert paper.lines[0].text in {
        "Déjà payé: 5 kg de pâte à l'œuf", "Déjà payé: 5 kg de pâte à l'oeuf"
    }  # fmt: skip


def test_text_from_outside_gives_the_printer_no_commands() -> None:
    hostile = invoice(customer_name="Jean\x1bp\x00\x19\xfa\x1dV\x00\nBosco")
    paper = printed(hostile)
    assert (paper.kicks, paper.cuts) == (0, 1)
    assert "Jeanp" in paper.text


def test_the_drawer_is_kicked_first_and_only_when_wanted() -> None:
    content = receipt_bytes(receipt_parts(invoice()), TicketForm(), kick_drawer=True)
    assert content.index(b"\x1bp") < content.index(b"Isoko")
    assert read_paper(content).kicks == 1
    assert printed(invoice()).kicks == 0
    alone = read_paper(drawer_bytes())
    assert (alone.kicks, alone.lines, alone.cuts) == (1, [], 0)


@pytest.mark.parametrize("width_mm", [80, 58])
def test_a_printer_without_qr_codes_of_its_own_gets_a_picture(width_mm) -> None:
    form = TicketForm(width_mm, draws_qr=False)
    paper = read_paper(receipt_bytes([ReceiptQr("SANDUKU|INV-1")], form))
    [picture] = paper.pictures
    assert {len(row) for row in picture} == {DOTS[width_mm]}
    dark = [row.rstrip("0") for row in picture if "1" in row]
    left = min(len(row) - len(row.lstrip("0")) for row in dark)
    modules = segno.make_qr("SANDUKU|INV-1", error="m").matrix
    scale = len(dark) // len(modules)
    assert scale * len(modules) == len(dark)
    read = [
        [int(picture_row[left + column * scale]) for column in range(len(modules))]
        for picture_row in (
            row for n, row in enumerate(r for r in picture if "1" in r) if n % scale == 0
        )
    ]
    assert read == [list(row) for row in modules]


def test_the_logo_stands_in_the_middle_and_never_wider_than_the_roll() -> None:
    logo = BytesIO()
    Image.new("RGBA", (1200, 300), (0, 0, 0, 255)).save(logo, "PNG")
    paper = printed(invoice(shop=replace(SHOP, logo=logo.getvalue())), TicketForm(58))
    row = paper.pictures[0][10]
    assert len(row) == 384
    assert abs((len(row) - len(row.lstrip("0"))) - (len(row) - len(row.rstrip("0")))) <= 8


def test_a_logo_that_cannot_be_read_is_left_out() -> None:
    paper = read_paper(
        receipt_bytes([ReceiptLogo(b"no picture"), ReceiptText("Isoko")], TicketForm())
    )
    assert paper.pictures == []
    assert paper.lines[0].text == "Isoko"


def test_without_the_extra_its_name_is_told(monkeypatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "escpos"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "escpos", None)
    with pytest.raises(KnownError, match=r"^Nothing was printed\..*sanduku\[printers\]"):
        receipt_bytes(receipt_parts(invoice()), TicketForm())
