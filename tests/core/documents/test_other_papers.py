"""Receipt, credit note and reconciliation report."""

from dataclasses import replace

import pytest

from core.documents.credit_note import render_credit_note
from core.documents.receipt import render_receipt
from core.documents.reconciliation_report import PaperSection, render_reconciliation_report
from core.documents.report_table import FigureTable, TableColumn
from tests.core.documents.reading import outside, overlapping, pages, sizes_mm, squeezed
from tests.core.documents.samples import credit_note, invoice, many, report


def test_a_receipt_is_one_strip_as_long_as_its_text() -> None:
    short, long = render_receipt(invoice(many(1))), render_receipt(invoice(many(60)))
    [(short_width, short_height)] = sizes_mm(short)
    [(long_width, long_height)] = sizes_mm(long)
    assert short_width == long_width == 80
    assert short_height < 170 < long_height
    assert outside(long, margin=9) == []
    assert overlapping(long) == []


def test_a_receipt_says_what_was_bought_paid_and_given_back() -> None:
    [text] = pages(render_receipt(invoice(tendered_minor=105_000, change_minor=600)))
    for expected in (
        "Isoko Ryiza Ltd", "RECEIPT INV-2026-000123", "2 × 32 500 B 65 000", "Total 104 400 RWF",
        "VAT 18 % (in the price)", "Cash received 105 000 RWF", "Change 600 RWF",
        "Paid on 16 January 2026", "This is not a fiscal receipt.", "Murakoze",
    ):  # fmt: skip
        assert expected in text


def test_a_credit_note_has_its_own_number_and_points_at_the_invoice() -> None:
    pdf = render_credit_note(credit_note())
    [text] = pages(pdf)
    for expected in (
        "CREDIT NOTE", "CN-2026-000007", "For invoice INV-2026-000123 of 16 January 2026",
        "Given back 6 800 RWF", "REFUNDED", "18 January 2026", "One packet was open",
        "Reference 15847399999", "This is not a fiscal receipt.",
    ):  # fmt: skip
        assert expected in text
    assert overlapping(pdf) == []
    assert pdf == render_credit_note(credit_note())


def test_a_credit_note_before_the_money_left_does_not_say_refunded() -> None:
    [text] = pages(render_credit_note(credit_note(refunded_on=None)))
    assert "REFUNDED" not in text
    assert "To give back 6 800 RWF" in text


def test_a_credit_note_that_does_not_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match="not"):
        replace(credit_note(), subtotal_minor=1)


def test_the_report_has_letterhead_state_figures_and_every_section() -> None:
    pdf = render_reconciliation_report(report())
    text = " ".join(pages(pdf))
    for expected in (
        "Isoko Ryiza Ltd", "KN 4 Avenue 12", "TIN 102938475", "Reconciliation report",
        "Discrepancy", "momo-statement-2026-01.xlsx", "1 January 2026 – 31 January 2026",
        "Closed by Ingabire Aline, 1 February 2026, 10:30", "Closing, as stated 198 500",
        "Missing in our books (0)", "Every line is in our books.", "Matched (3)",
        "same transaction id", "Total 98 500", "The bank was asked.", "Page 1 of",
    ):  # fmt: skip
        assert expected in text
    assert "Draft" not in text
    assert overlapping(pdf) == []


def test_a_draft_is_marked_at_its_head_and_at_the_foot_of_every_page() -> None:
    draft = report(100, draft=("Draft: still open.", "As of 2 February 2026."), tone="open")
    texts = pages(render_reconciliation_report(draft))
    assert "Draft: still open. As of 2 February 2026." in texts[0]
    assert all("Draft · Reconciliation report" in text for text in texts)
    assert len(texts) > 2


def test_a_long_report_repeats_its_head_and_loses_no_row() -> None:
    pdf = render_reconciliation_report(report(200))
    texts = pages(pdf)
    assert all("Line On the statement Kind and reason Amount" in text for text in texts[1:])
    assert sum(text.count("same transaction id") for text in texts) == 200
    assert overlapping(pdf) == []


def test_hostile_statement_text_stays_plain_and_inside_the_page() -> None:
    evil = "=HYPERLINK(1)<img src=x>&\x00" * 60
    columns = (TableColumn("Text", is_figure=False), TableColumn("Amount", is_figure=True))
    table = FigureTable("Matched", columns, ((evil, "1"),))
    hostile = report(
        sections=(PaperSection(evil, evil, table),),
        statement=(evil, evil),
        acts=(evil,),
        problems=(evil,),
        notes=evil,
    )
    pdf = render_reconciliation_report(hostile)
    assert outside(pdf, margin=15) == []
    assert overlapping(pdf) == []
    assert "=HYPERLINK(1)<imgsrc=x>&" in squeezed(pdf)
