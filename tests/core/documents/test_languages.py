"""Every paper in every language: the right words, whole pages, nothing drawn over anything."""

from __future__ import annotations

import string
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from itertools import pairwise

import pypdfium2
import pytest

from core.documents.blocks import draw_thanks
from core.documents.credit_note import CreditNoteDocument, render_credit_note
from core.documents.invoice import InvoiceDocument, InvoiceLine, render_invoice
from core.documents.phrases import ENGLISH, FRENCH, KINYARWANDA, Phrases, phrases_in
from core.documents.receipt import ReceiptWidth, render_receipt
from core.documents.sheet import A4, Sheet
from core.model.customers import TaxClass
from core.model.payments import PaymentMethod
from core.money import vat_inside
from tests.core.documents.reading import frame_of, metadata, outside, overlapping, pages, sizes_mm
from tests.core.documents.samples import GOODS, SHOP, credit_note, invoice, many

LANGUAGES = (ENGLISH, FRENCH, KINYARWANDA)
LONG = "Koperative y’abahinzi n’aborozi ba Nyarugenge na Kimironko bishyize hamwe " * 3


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("words", LANGUAGES, ids=lambda words: words.language)
def test_each_language_says_everything_and_fills_in_the_same(words: Phrases) -> None:
    for field in fields(Phrases):
        said, english = getattr(words, field.name), getattr(ENGLISH, field.name)
        if isinstance(said, str):
            assert said, field.name
            assert _names(said) == _names(english), field.name
        else:
            assert len(said) == len(english), field.name
    assert words.methods.keys() >= {method.value for method in PaymentMethod}
    assert words.tax_classes.keys() == {tax_class.value for tax_class in TaxClass}


def test_dates_are_written_as_each_language_writes_them() -> None:
    day, first = date(2026, 1, 16), date(2026, 8, 1)
    assert [words.long_date(day) for words in LANGUAGES] == [
        "16 January 2026",
        "16 janvier 2026",
        "16 Mutarama 2026",
    ]
    assert FRENCH.long_date(first) == "1er août 2026"
    moment = datetime(2026, 1, 16, 22, 30, tzinfo=UTC)
    assert KINYARWANDA.moment(moment) == "17 Mutarama 2026, 00:30"


def test_an_unknown_language_or_method_is_still_printed() -> None:
    assert phrases_in("fr_RW") is FRENCH
    assert phrases_in("") is phrases_in("sw") is ENGLISH
    assert ENGLISH.method("gift_card") == "Gift card"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("INVOICE", "To be paid by 30 January 2026", "Total", "Page 1 of 1")),
        ("fr", ("FACTURE", "À payer au plus tard le 30 janvier 2026", "Total", "Page 1 sur 1")),
        (
            "rw",
            (
                "INYEMEZABUGUZI", "Igomba kwishyurwa bitarenze ku wa 30 Mutarama 2026",
                "Yose hamwe", "Urupapuro 1 kuri 1",
            ),
        ),
    ],
)  # fmt: skip
def test_an_invoice_speaks_the_language_and_says_so_to_a_reader_of_the_file(
    language: str, words: tuple[str, ...]
) -> None:
    pdf = render_invoice(invoice(paid_on=None, language=language))
    [text] = pages(pdf)
    for expected in (*words, phrases_in(language).not_fiscal):
        assert expected in text
    assert f"/Lang ({language})".encode() in pdf
    assert b"/DisplayDocTitle true" in pdf
    assert metadata(pdf)["Title"].startswith(phrases_in(language).invoice)


def _documents(language: str) -> list[bytes]:
    sale = invoice(
        many(60), language=language, customer_name=LONG, notes=LONG, order_number="1042",
        ebm_receipt_number="1234/1300 NS", ebm_signature="TE68-SLA2-34J5-EAV3",
        shop=replace(SHOP, name=LONG, bank_details=LONG), copy=True,
    )  # fmt: skip
    note = credit_note(language=language, copy=True, reason=LONG, customer_name=LONG)
    return [
        render_invoice(sale),
        render_invoice(replace(sale, paid_on=None, void_on=sale.issued_on)),
        render_credit_note(note),
        *(render_receipt(sale, width) for width in ReceiptWidth),
    ]


@pytest.mark.parametrize("language", ["en", "fr", "rw"])
def test_long_names_and_long_orders_stay_on_the_page_in_every_language(language: str) -> None:
    for pdf in _documents(language):
        assert outside(pdf, margin=9) == []
        assert overlapping(pdf) == []
        assert phrases_in(language).copy.upper() in "".join(pages(pdf)).upper()


@pytest.mark.parametrize(("width", "mm"), [("80", 80), ("58", 58), ("a4", 210)])
def test_a_receipt_has_the_width_of_its_paper_and_says_the_same_on_each(
    width: str, mm: int
) -> None:
    document = invoice(tendered_minor=105_000, change_minor=600, order_number="1042")
    pdf = render_receipt(document, ReceiptWidth(width))
    assert {wide for wide, _ in sizes_mm(pdf)} == {mm}
    text = " ".join(pages(pdf))
    for expected in (
        "RECEIPT", "INV-2026-000123", "104 400 RWF", "14 095 RWF", "90 305 RWF", "Order 1042",
        "105 000 RWF", "Paid on 16 January 2026", "This is not a fiscal receipt.",
    ):  # fmt: skip
        assert expected in text
    assert "INVOICE" not in text


@pytest.mark.parametrize("count", [17, 18, 19, 60])
def test_a_long_order_carries_its_sum_over_to_the_next_page(count: int) -> None:
    texts = pages(render_invoice(invoice(many(count))))
    prices = [1_500 * number for number in range(1, count + 1)]
    shown = 0
    for before, after in pairwise(texts):
        if "Carried over" not in before:
            continue
        shown += before.count("boîte")
        sum_ = f"{sum(prices[:shown]):,}".replace(",", " ")
        assert f"Carried over {sum_}" in before
        assert f"Brought forward {sum_}" in after
    if count == 60:
        assert shown > 40


def test_several_tax_classes_are_totalled_one_by_one() -> None:
    lines = tuple(replace(GOODS[0], tax_class=letter) for letter in "ABCD")
    [text] = pages(render_invoice(invoice(lines)))
    tax = vat_inside(65_000)
    assert f"B 65 000 {65_000 - tax:,} {tax:,}".replace(",", " ") in text
    for letter in "ACD":
        assert f"{letter} 65 000 65 000 0" in text


def test_one_tax_class_needs_no_table_of_its_own() -> None:
    [text] = pages(render_invoice(invoice((InvoiceLine("Isabune", 1, 7_000, 7_000),))))
    assert "Tax class" not in text


def test_a_void_invoice_asks_for_nothing() -> None:
    document: InvoiceDocument = invoice(paid_on=None, void_on=date(2026, 1, 20))
    [text] = pages(render_invoice(document))
    assert "VOID 20 January 2026" in text
    assert "nothing is owed" in text
    assert "Due" not in text


def test_a_credit_note_without_an_invoice_names_none() -> None:
    document: CreditNoteDocument = credit_note(invoice_number="")
    [text] = pages(render_credit_note(document))
    assert "For invoice" not in text


def test_a_template_colours_its_papers() -> None:
    plain_ = render_invoice(invoice())
    coloured = render_invoice(invoice(shop=replace(SHOP, accent_colour="#a03060")))
    assert plain_ != coloured
    assert pages(plain_) == pages(coloured)


@pytest.mark.parametrize("words", LANGUAGES, ids=lambda words: words.language)
@pytest.mark.parametrize("month", [2, 9, 11])
def test_a_stamp_stays_clear_of_the_totals(words: Phrases, month: int) -> None:
    day = date(2026, month, 28)
    note = credit_note(refunded_on=day, language=words.language)
    papers = [
        render_credit_note(note),
        render_invoice(invoice(paid_on=day, language=words.language)),
        render_invoice(invoice(void_on=day, language=words.language)),
    ]
    for paper in papers:
        stamp, totals = (frame_of(paper, height) for height in (47, 27))
        assert stamp[2] < totals[0]


def test_a_paper_of_any_gender_is_told_of_in_its_own() -> None:
    for paper in (render_credit_note(credit_note(language="fr")),
                  render_receipt(invoice(language="fr"), ReceiptWidth.A4)):  # fmt: skip
        text = " ".join(pages(paper))
        assert "Émise" not in text
        assert "PAYÉE" not in text


def test_a_line_of_a_paper_neither_ends_nor_begins_with_a_parting_dot() -> None:
    note = credit_note(language="rw", copy=True)
    narrow = render_receipt(invoice(), ReceiptWidth.ROLL_58)
    for paper in (render_credit_note(note), narrow):
        with pypdfium2.PdfDocument(paper) as document:
            lines = document[0].get_textpage().get_text_bounded().splitlines()
        assert not [line for line in lines if line.strip().startswith("·")]
        assert not [line for line in lines if line.strip().endswith("·")]


def test_a_long_number_is_parted_at_a_hyphen() -> None:
    narrow = render_receipt(invoice(), ReceiptWidth.ROLL_58)
    with pypdfium2.PdfDocument(narrow) as document:
        lines = document[0].get_textpage().get_text_bounded().splitlines()
    assert "b2c3d4e5f607" in {line.strip() for line in lines}


def test_closing_words_take_their_rule_along_to_the_next_page() -> None:
    sheet = Sheet(A4, title="t", author="a", subject="s")
    sheet.space(sheet.room - 20)
    draw_thanks(sheet, "Murakoze!")
    with pypdfium2.PdfDocument(sheet.finish()) as document:
        drawn = [len(list(page.get_objects())) for page in document]
    assert drawn == [0, 2]


def test_a_nameless_sale_is_described_without_a_stray_comma() -> None:
    assert metadata(render_invoice(invoice(customer_name="")))["Subject"] == "16 January 2026"
