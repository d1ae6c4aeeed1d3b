"""The invoice: complete, legible, the same bytes each time, and safe with any text."""

import logging
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import segno
from PIL import Image

from core.documents.invoice import InvoiceDocument, InvoiceLine, qr_payload, render_invoice
from core.documents.receipt import render_receipt
from core.documents.sheet import A4
from tests.core.documents.reading import (
    metadata,
    outside,
    overlapping,
    pages,
    picture,
    sizes_mm,
    squeezed,
)
from tests.core.documents.samples import GOODS, SHOP, invoice, many

HOSTILE = "<b>bold</b> & <script>x</script> %s {0} (a) \\ \x00\x07\x1b[31m\u202eevil\u202c 🛒"


def test_an_invoice_says_everything_that_was_given() -> None:
    [text] = pages(render_invoice(invoice(notes="Delivered to Kimironko.")))
    for expected in (
        "Isoko Ryiza Ltd", "TIN 102938475", "KN 4 Avenue 12, Nyarugenge", "+250 788 123 456",
        "INVOICE", "INV-2026-000123", "Issued 16 January 2026", "Due 30 January 2026",
        "Uwimana Jean-Népomuscène", "+250 788 765 432", "TIN 119876543",
        "MTN Mobile Money", "Reference 15847390212", "7f3c2a10-5b6d-4e8f-9a01-b2c3d4e5f607",
        "Umuceri wa Bugarama, 25 kg", "Café moulu « Agaciro »", "Isabune y’amazi",
        "65 000", "Total 104 400 RWF", "PAID", "This is not a fiscal receipt.",
        "Delivered to Kimironko.", "Bank of Kigali", "Murakoze cyane!", "Page 1 of 1",
    ):  # fmt: skip
        assert expected in text


def test_vat_is_shown_as_contained_in_the_price_and_the_sums_agree() -> None:
    document = invoice((InvoiceLine("Isabune", 1, 7_000, 7_000),))
    assert (document.subtotal_minor, document.tax_minor) == (5_932, 1_068)
    [text] = pages(render_invoice(document))
    net = re.search(r"Subtotal without VAT ([\d ]+) RWF", text)
    tax = re.search(r"VAT 18 % \(in the price\) ([\d ]+) RWF", text)
    total = re.search(r"Total ([\d ]+) RWF", text)
    assert net and tax and total
    figures = [int(found[1].replace(" ", "")) for found in (net, tax, total)]
    assert figures[0] + figures[1] == figures[2] == 7_000


@pytest.mark.parametrize("wrong", [{"tax_minor": 1}, {"total_minor": 1, "subtotal_minor": 0}])
def test_figures_that_disagree_are_never_printed(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="not"):
        replace(invoice(), **wrong)


def test_an_unpaid_invoice_carries_no_stamp() -> None:
    [text] = pages(render_invoice(invoice(paid_on=None)))
    assert "PAID" not in text
    assert "To be paid by 30 January 2026" in text


def test_a_copy_says_so_and_the_first_print_does_not() -> None:
    assert "INVOICE · COPY" in pages(render_invoice(invoice(copy=True)))[0]
    assert "COPY" not in pages(render_invoice(invoice()))[0]


def test_cash_received_and_change_are_shown() -> None:
    [text] = pages(render_invoice(invoice(tendered_minor=105_000, change_minor=600)))
    assert "Cash received 105 000 RWF" in text
    assert "Change 600 RWF" in text


def test_forty_lines_take_two_pages_and_the_table_head_comes_back() -> None:
    first, second = pages(render_invoice(invoice(many(40))))
    for text in (first, second):
        assert "Description Quantity Unit price (RWF) Tax Amount (RWF)" in text
    assert "Page 2 of 2" in second
    assert "This is not a fiscal receipt." in second
    for number in range(1, 41):
        assert f"Igicuruzwa nº {number}, boîte de {number} pièces" in first + second


@pytest.mark.parametrize("count", [*range(15, 26), 100])
def test_no_length_of_table_draws_over_the_edge_or_over_itself(count: int) -> None:
    pdf = render_invoice(invoice(many(count), notes="Delivered.", tendered_minor=9_000_000))
    assert outside(pdf, margin=30) == []
    assert overlapping(pdf) == []
    texts = pages(pdf)
    assert "Murakoze" in texts[-1]
    [closing] = [text for text in texts if "Subtotal without VAT" in text]
    assert "PAID" in closing
    assert "Scan to find this payment" in closing


@pytest.mark.parametrize("render", [render_invoice, render_receipt])
@pytest.mark.parametrize("long", ["word " * 400, "x" * 2_000, HOSTILE * 40])
def test_hostile_and_endless_text_stays_plain_whole_and_inside_the_page(render, long) -> None:
    long = long[:2_000]
    line = InvoiceLine(long, 1_000_000, 999_999_999, 999_999_999_000_000)
    shop = replace(SHOP, name=long, address=long, footer=long, bank_details=long)
    document = invoice(
        (line,), shop=shop, customer_name=long, customer_tin=long, notes=long,
        transaction_reference=long, payment_method_label=long,
    )  # fmt: skip
    pdf = render(document)
    assert outside(pdf, margin=9) == []
    assert overlapping(pdf) == []
    text = squeezed(pdf)
    visible = "".join(re.sub(r"[\x00-\x1f\u202c\u202e]", "", long).split())
    visible = visible.replace("🛒", "\ufffd")
    assert visible[:300] in text
    assert "999999999000000" in text
    assert "\x07" not in text
    assert "\u202e" not in text


def test_a_huge_amount_stays_on_one_line() -> None:
    line = InvoiceLine("Inyubako", 1, 10**15, 10**15)
    [text] = pages(render_invoice(invoice((line,))))
    assert "Total 1 000 000 000 000 000 RWF" in text


def test_currencies_with_cents_show_them() -> None:
    [text] = pages(render_invoice(invoice(currency="USD")))
    assert "Total 1 044.00 USD" in text


def test_a_walk_in_customer_needs_no_name() -> None:
    [text] = pages(render_invoice(invoice(customer_name="", customer_phone="", customer_tin="")))
    assert "Walk-in customer" in text


def test_the_same_document_gives_the_same_bytes_in_every_process() -> None:
    script = (
        "import hashlib; from core.documents.invoice import render_invoice;"
        "from tests.core.documents.samples import invoice, many;"
        "print(hashlib.sha256(render_invoice(invoice(many(40)))).hexdigest())"
    )
    root = Path(__file__).parents[3]
    prints = {
        subprocess.run(
            [sys.executable, "-c", script], cwd=root, check=True, capture_output=True, text=True
        ).stdout
        for _ in range(2)
    }
    assert len(prints) == 1
    assert render_invoice(invoice()) == render_invoice(invoice())
    assert render_invoice(invoice()) != render_invoice(invoice(issued_on=date(2026, 1, 17)))


def test_the_fonts_travel_inside_the_file() -> None:
    pdf = render_invoice(invoice())
    assert pdf.count(b"/FontFile2") == 2
    assert b"DejaVuSans" in pdf


def test_title_author_and_subject_are_in_the_metadata() -> None:
    found = metadata(render_invoice(invoice()))
    assert found["Title"] == "Invoice INV-2026-000123"
    assert found["Author"] == "Isoko Ryiza Ltd"
    assert "Uwimana" in found["Subject"]


def test_the_paper_is_a4() -> None:
    assert sizes_mm(render_invoice(invoice())) == [(210, 297)]


def test_the_qr_code_on_the_paper_is_the_one_for_this_payment() -> None:
    document = invoice()
    payload = qr_payload(document)
    assert payload == ("SANDUKU|INV-2026-000123|7f3c2a10-5b6d-4e8f-9a01-b2c3d4e5f607|104400|RWF")
    expected = [list(row) for row in segno.make_qr(payload, error="m").matrix]
    assert _qr_on(document, len(expected)) == expected


def _qr_on(document: InvoiceDocument, modules: int) -> list[list[int]]:
    """Read each module's centre from the printed page; the code is the page's only pure black."""
    scale = 4
    page = picture(render_invoice(document), scale)
    zone = page.crop((0, int(A4.height * scale * 0.3), int(150 * scale), int(A4.height * scale)))
    box = zone.point(lambda level: 255 if level == 0 else 0).getbbox()
    assert box
    left, top, right, bottom = box
    step = (right - left) / modules
    assert abs((bottom - top) - (right - left)) <= 2
    return [
        [
            int(zone.getpixel((int(left + (x + 0.5) * step), int(top + (y + 0.5) * step))) < 128)
            for x in range(modules)
        ]
        for y in range(modules)
    ]


def test_a_logo_is_drawn_above_the_name_and_a_photo_does_not_weigh(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    Image.effect_noise((3_000, 3_000), 80).convert("RGB").save(logo)
    plain = render_invoice(invoice())
    pdf = render_invoice(invoice(shop=replace(SHOP, logo_path=logo)))
    assert len(plain) < len(pdf) < 3_000_000
    assert overlapping(pdf) == []
    assert pdf == render_invoice(invoice(shop=replace(SHOP, logo_path=logo)))


@pytest.mark.parametrize("content", [None, b"", b"not a picture", b"\x89PNG\r\n\x1a\n broken"])
def test_a_broken_logo_never_stops_a_sale(tmp_path: Path, content, caplog) -> None:
    logo = tmp_path / "logo.png"
    if content is not None:
        logo.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        pdf = render_invoice(invoice(shop=replace(SHOP, logo_path=logo)))
    assert "cannot be read" in caplog.text
    assert "Isoko Ryiza Ltd" in pages(pdf)[0]


def test_the_drawing_library_is_not_imported_before_the_first_document() -> None:
    script = (
        "import sys, core.documents.invoice, core.documents.receipt, core.documents.credit_note,"
        " core.documents.reconciliation_report, core.documents.storage;"
        "print(sorted({'reportlab', 'segno', 'PIL'} & sys.modules.keys()))"
    )
    root = Path(__file__).parents[3]
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=root, check=True, capture_output=True, text=True
    )
    assert found.stdout.strip() == "[]"


def test_goods_of_every_tax_class_are_explained() -> None:
    lines = tuple(replace(GOODS[0], tax_class=letter) for letter in "DCBA")
    [text] = pages(render_invoice(invoice(lines)))
    assert "A: exempt from VAT B: VAT 18 % C: zero-rated D: outside VAT" in text
