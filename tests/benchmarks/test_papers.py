"""Invoices per second beside the same pages drawn by hand on a bare reportlab canvas."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import segno
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import insert, select

from core.app import App, Configuration, open_shop
from core.documents.invoice import InvoiceDocument, qr_payload, render_invoice
from core.documents.receipt import render_receipt
from core.model.customers import Customer
from core.model.invoices import Invoice, InvoiceLine, NumberSeries
from core.model.payments import Payment
from core.money import NARROW_SPACE
from core.permissions import Actor, Role
from tests.benchmarks.conftest import ratio_line
from tests.core.documents.samples import invoice, many
from tests.core.services.paper_shop import sell

ROUNDS = 15
AT_ONCE = 20
CLERK = Actor(2, "claude", Role.CLERK)
CASHIER = Actor(1, "aline", Role.CASHIER)
INVOICES = int(os.environ.get("SANDUKU_BENCHMARK_INVOICES", "1000"))
"""The month of the acceptance has 10 000; a quick look has a tenth."""

REGULAR, BOLD = "DejaVuSans", "DejaVuSans-Bold"
INK, MUTED, ACCENT = (0.10, 0.13, 0.18), (0.38, 0.42, 0.48), (0.04, 0.33, 0.37)
LEFT, RIGHT = 56.7, 538.6


class BarePage:
    """The invoice's page as somebody would write it who needs this page and no other."""

    def __init__(self, document: InvoiceDocument) -> None:
        self.document = document
        self.buffer = BytesIO()
        self.canvas = Canvas(self.buffer, pagesize=A4, invariant=1, pageCompression=1, lang="en")
        self.y = A4[1] - 51.0

    def text(self, x: float, text: str, size: float = 8.5, font: str = REGULAR,
             colour: tuple[float, float, float] = INK) -> None:  # fmt: skip
        self.canvas.setFillColorRGB(*colour)
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, self.y, text)

    def right(self, x: float, text: str, size: float = 8.5, font: str = REGULAR,
              colour: tuple[float, float, float] = INK) -> None:  # fmt: skip
        self.canvas.setFillColorRGB(*colour)
        self.canvas.setFont(font, size)
        self.canvas.drawRightString(x, self.y, text)

    def rule(self, weight: float = 0.6) -> None:
        self.canvas.setStrokeColorRGB(*ACCENT)
        self.canvas.setLineWidth(weight)
        self.canvas.line(LEFT, self.y, RIGHT, self.y)

    def draw(self) -> bytes:
        document, canvas = self.document, self.canvas
        canvas.setTitle(f"Invoice {document.invoice_number}")
        canvas.setAuthor(document.shop.name)
        self._heading()
        self._head()
        for line in document.lines:
            if self.y < 90:
                self._footer()
                canvas.showPage()
                self.y = A4[1] - 51.0
                self._head()
            self.text(LEFT, line.description)
            self.right(359, str(line.quantity))
            self.right(439, amount(line.unit_price_minor))
            self.text(455, line.tax_class)
            self.right(RIGHT, amount(line.total_minor))
            self.y -= 9
            self.rule(0.6)
            self.y -= 13
        if self.y < 260:
            self._footer()
            canvas.showPage()
            self.y = A4[1] - 51.0
        self._closing()
        self._footer()
        canvas.showPage()
        canvas.save()
        return self.buffer.getvalue()

    def _heading(self) -> None:
        document, top = self.document, self.y
        self.text(LEFT, document.shop.name, 14, BOLD)
        for line in document.shop.contact_lines():
            self.y -= 12.5
            self.text(LEFT, line, colour=MUTED)
        self.y = top
        self.right(RIGHT, "INVOICE", 21, BOLD, ACCENT)
        self.y -= 20
        self.right(RIGHT, document.invoice_number, 10, BOLD)
        for line in ("Issued 16 January 2026", "Due 30 January 2026"):
            self.y -= 12.5
            self.right(RIGHT, line, colour=MUTED)
        self.y -= 12.5
        self.right(RIGHT, "This is not a fiscal receipt.", 7.2, BOLD)
        self.y -= 20
        self.rule(1.2)
        self.y -= 20
        top = self.y
        for x, title, lines in (
            (LEFT, "Bill to", document.customer_lines()),
            (310, "Payment", document.payment_lines()),
        ):
            self.y = top
            self.text(x, title, 7.2, BOLD, ACCENT)
            for at, line in enumerate(lines):
                self.y -= 12.5
                self.text(x, line, font=REGULAR if at else BOLD)
        self.y -= 24

    def _head(self) -> None:
        self.rule(0.8)
        self.y -= 13
        self.text(LEFT, "Description", 7.2, BOLD, ACCENT)
        self.right(359, "Quantity", 7.2, BOLD, ACCENT)
        self.right(439, "Unit price (RWF)", 7.2, BOLD, ACCENT)
        self.text(451, "Tax", 7.2, BOLD, ACCENT)
        self.right(RIGHT, "Amount (RWF)", 7.2, BOLD, ACCENT)
        self.y -= 8
        self.rule(0.8)
        self.y -= 13

    def _closing(self) -> None:
        document, canvas = self.document, self.canvas
        self.text(LEFT, "Prices include VAT.   A: exempt from VAT   B: VAT 18 %", 7.2, colour=MUTED)
        exempt = sum(line.total_minor for line in document.lines if line.tax_class == "A")
        if exempt:
            self._classes(exempt)
        top = self.y - 20
        self._qr(LEFT, top - 74, 74)
        canvas.setStrokeColorRGB(0.07, 0.44, 0.25)
        canvas.setLineWidth(1.4)
        canvas.roundRect(150, top - 60, 90, 44, 5)
        self.y = top - 38
        self.text(170, "PAID", 15, BOLD, (0.07, 0.44, 0.25))
        self.y = top - 52
        self.text(163, "16 January 2026", 7.2, BOLD, (0.07, 0.44, 0.25))
        self.y = top
        for label, minor in (
            ("Subtotal without VAT", document.subtotal_minor),
            ("VAT 18 % (in the price)", document.tax_minor),
        ):
            self.text(283, label, colour=MUTED)
            self.right(RIGHT, f"{amount(minor)} RWF")
            self.y -= 14
        canvas.setFillColorRGB(0.955, 0.965, 0.97)
        canvas.roundRect(275, self.y - 15, 272, 27, 3, stroke=0, fill=1)
        self.text(283, "Total", 12, BOLD)
        self.right(RIGHT, f"{amount(document.total_minor)} RWF", 12, BOLD)
        self.y = top - 84
        self.text(LEFT, "Scan to find this payment", 7.2, colour=MUTED)
        self.y -= 25
        self.text(LEFT, "Bank details", 7.2, BOLD, ACCENT)
        self.y -= 13
        self.text(LEFT, document.shop.bank_details)
        self.y -= 22
        self.rule()
        self.y -= 18
        canvas.drawCentredString(A4[0] / 2, self.y, document.shop.footer)

    def _classes(self, exempt_minor: int) -> None:
        document = self.document
        self.y -= 14
        self.rule(0.8)
        self.y -= 12
        for x, title in ((390, "With VAT"), (482, "Without VAT"), (RIGHT, "VAT")):
            self.right(x, f"{title} (RWF)", 7.2, BOLD, ACCENT)
        self.text(LEFT, "Tax class", 7.2, BOLD, ACCENT)
        self.y -= 8
        self.rule(0.8)
        standard = document.total_minor - exempt_minor
        for letter, gross, tax in (("A", exempt_minor, 0), ("B", standard, document.tax_minor)):
            self.y -= 13
            self.text(LEFT, letter)
            self.right(390, amount(gross))
            self.right(482, amount(gross - tax))
            self.right(RIGHT, amount(tax))
            self.y -= 9
            self.rule()

    def _qr(self, x: float, y: float, size: float) -> None:
        matrix = segno.make_qr(qr_payload(self.document), error="m").matrix
        step = size / len(matrix)
        path = self.canvas.beginPath()
        for row, cells in enumerate(matrix):
            start = 0
            for column, dark in enumerate([*cells, 0]):
                if not dark:
                    if column > start:
                        path.rect(
                            x + start * step, y + size - (row + 1) * step,
                            (column - start) * step, step,
                        )  # fmt: skip
                    start = column + 1
        self.canvas.setFillColorRGB(0, 0, 0)
        self.canvas.drawPath(path, stroke=0, fill=1)

    def _footer(self) -> None:
        self.y = 40
        number = self.document.invoice_number
        self.text(LEFT, f"Invoice {number}  ·  This is not a fiscal receipt.", 7.2, colour=MUTED)
        self.right(RIGHT, f"Page {self.canvas.getPageNumber()} of 2", 7.2, colour=MUTED)


def amount(minor: int) -> str:
    return f"{minor:,}".replace(",", NARROW_SPACE)


def _numbered(document: InvoiceDocument, number: int) -> InvoiceDocument:
    return replace(document, invoice_number=f"INV-2026-{number:06}")


def _seconds(draw: Callable[[InvoiceDocument], bytes], documents: list[InvoiceDocument]) -> float:
    started = time.perf_counter()
    for document in documents:
        assert draw(document).startswith(b"%PDF-")
    return (time.perf_counter() - started) / len(documents)


@pytest.mark.parametrize("lines", [4, 60])
def test_invoices_beside_a_bare_canvas(lines: int) -> None:
    model = invoice() if lines == 4 else invoice(many(lines))
    render_invoice(model)
    ours, bare = [], []
    for turn in range(ROUNDS):
        documents = [_numbered(model, turn * AT_ONCE + at) for at in range(AT_ONCE)]
        bare.append(_seconds(lambda document: BarePage(document).draw(), documents))
        ours.append(_seconds(render_invoice, documents))
    print("\n" + ratio_line(f"an invoice of {lines} lines", ours, bare, "bare canvas"))


def test_receipts_of_a_roll() -> None:
    documents = [_numbered(invoice(), number) for number in range(100)]
    render_receipt(documents[0])
    print(f"\na receipt of 80 mm: {_seconds(render_receipt, documents) * 1000:.1f} ms")


def _fill_month(shop: App, count: int) -> None:
    """Make many invoices of the first one's pattern, each of its own payment."""
    sell(shop, CASHIER)
    with shop.database.write(None) as unit:
        session = unit.session
        payment = session.execute(select(Payment.__table__)).mappings().one()
        first = session.execute(select(Invoice.__table__)).mappings().one()
        lines = session.execute(select(InvoiceLine.__table__)).mappings().all()
        series = session.scalars(select(NumberSeries)).one()
        series.last_number = count
        numbers = range(2, count + 1)
        names = [f"{series.name}-{number:05d}" for number in numbers]
        session.execute(
            insert(Payment.__table__),  # type: ignore[arg-type]
            [
                dict(payment) | {"id": at, "payment_id": f"p-{at}", "invoice_number": name}
                for at, name in zip(numbers, names, strict=True)
            ],
        )
        session.execute(
            insert(Invoice.__table__),  # type: ignore[arg-type]
            [
                dict(first) | {"id": at, "payment_id": at, "invoice_number": name}
                for at, name in zip(numbers, names, strict=True)
            ],
        )
        session.execute(
            insert(InvoiceLine.__table__),  # type: ignore[arg-type]
            [
                {key: value for key, value in line.items() if key != "id"} | {"invoice_id": at}
                for at in numbers
                for line in lines
            ],
        )
        unit.commit()


def test_a_month_as_one_job(tmp_path: Path) -> None:
    with open_shop(Configuration(tmp_path / "shop", use_keyring=False)) as shop:
        _fill_month(shop, INVOICES)
        with shop.database.read() as session:
            day = session.scalars(select(Invoice.issued_date).limit(1)).one()
            assert session.scalars(select(Customer)).one().name
        for name in ("drawn", "looked through again"):
            started = time.perf_counter()
            month = shop.paper_months.draw_month(CLERK, day.year, day.month)
            took = timedelta(seconds=time.perf_counter() - started)
            assert len(month.paths) == INVOICES
            print(
                f"\na month of {INVOICES} invoices {name}: {took.total_seconds():.1f} s,"
                f" {INVOICES / took.total_seconds():.0f} a second"
            )
