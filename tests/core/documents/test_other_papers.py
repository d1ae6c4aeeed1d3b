"""Receipt, credit note and reconciliation report."""

from dataclasses import replace

import pytest

from core.documents.credit_note import render_credit_note
from core.documents.receipt import render_receipt
from core.documents.reconciliation_report import (
    ReportPayment,
    ReportStatementLine,
    render_reconciliation_report,
)
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


def test_the_report_names_what_is_missing_on_either_side_and_who_closed_it() -> None:
    text = " ".join(pages(render_reconciliation_report(report())))
    for expected in (
        "Reconciliation report", "MTN Mobile Money", "momo-statement-2026-01.xlsx",
        "1 January 2026 – 31 January 2026", "by Ingabire Aline", "1 February 2026, 10:30",
        "Difference −3 500 RWF", "On the statement, not in our books (1)",
        "Mukamana Solange, ubwishyu", "In our books, not on the statement (1)", "Habimana Éric",
        "Matched (3)", "same transaction id, amount and phone", "INV-2026-000002",
    ):  # fmt: skip
        assert expected in text


def test_a_report_without_a_difference_says_so_in_words() -> None:
    clean = report(0, missing_in_books=(), missing_in_statement=(), discrepancy_minor=0)
    text = " ".join(pages(render_reconciliation_report(clean)))
    assert "No difference 0 RWF" in text
    assert "Every line of the statement is in our books." in text
    assert "Every payment of our books is on the statement." in text


def test_a_report_still_open_names_nobody() -> None:
    text = pages(render_reconciliation_report(report(reconciled_by="", reconciled_at=None)))[0]
    assert "Not closed yet" in text


def test_a_long_report_repeats_its_head_and_loses_no_row() -> None:
    pdf = render_reconciliation_report(report(200))
    texts = pages(pdf)
    assert all("Line Date Statement Payment Why" in text for text in texts[1:])
    assert sum(text.count("same transaction id") for text in texts) == 200
    assert overlapping(pdf) == []


def test_hostile_statement_text_stays_plain_and_inside_the_page() -> None:
    evil = "=HYPERLINK(1)<img src=x>&\x00" * 60
    day = report().period_start
    hostile = report(
        missing_in_books=(ReportStatementLine(1, day, evil, evil, -(10**15)),),
        missing_in_statement=(ReportPayment(day, evil, evil, 10**15),),
        file_name=evil,
        provider=evil,
        notes=evil,
    )
    pdf = render_reconciliation_report(hostile)
    assert outside(pdf, margin=15) == []
    assert overlapping(pdf) == []
    assert "=HYPERLINK(1)<imgsrc=x>&" in squeezed(pdf)
