"""Documents of an invented shop that the tests of this folder print."""

from dataclasses import replace
from datetime import date

from core.documents.credit_note import CreditNoteDocument
from core.documents.invoice import InvoiceDocument, InvoiceLine, ShopBlock
from core.documents.reconciliation_report import (
    PaperFigure,
    PaperReconciliation,
    PaperSection,
)
from core.documents.report_table import FigureTable, TableColumn
from core.money import vat_inside

SHOP = ShopBlock(
    name="Isoko Ryiza Ltd",
    tin="102938475",
    address="KN 4 Avenue 12, Nyarugenge\nKigali, Rwanda",
    phone="+250 788 123 456",
    email="isoko@example.rw",
    bank_details="Bank of Kigali, account 00040 06945678 22, Isoko Ryiza Ltd",
    footer="Murakoze cyane! Merci de votre visite. Thank you for shopping with us.",
)

GOODS = (
    InvoiceLine("Umuceri wa Bugarama, 25 kg", 2, 32_500, 65_000, "B"),
    InvoiceLine("Café moulu « Agaciro », paquet de 500 g", 3, 6_800, 20_400, "B"),
    InvoiceLine("Amata (fresh milk), 1 litre", 10, 1_200, 12_000, "A"),
    InvoiceLine("Isabune y’amazi — savon liquide, 5 litres, citron et eucalyptus", 1, 7_000, 7_000),
)


def invoice(lines: tuple[InvoiceLine, ...] = GOODS, **changes: object) -> InvoiceDocument:
    total = sum(line.total_minor for line in lines)
    tax = vat_inside(sum(line.total_minor for line in lines if line.tax_class == "B"))
    document = InvoiceDocument(
        invoice_number="INV-2026-000123",
        issued_on=date(2026, 1, 16),
        due_on=date(2026, 1, 30),
        currency="RWF",
        shop=SHOP,
        customer_name="Uwimana Jean-Népomuscène",
        customer_phone="+250 788 765 432",
        customer_tin="119876543",
        lines=lines,
        subtotal_minor=total - tax,
        tax_minor=tax,
        total_minor=total,
        paid_on=date(2026, 1, 16),
        payment_method_label="MTN Mobile Money",
        payment_id="7f3c2a10-5b6d-4e8f-9a01-b2c3d4e5f607",
        transaction_reference="15847390212",
    )
    return replace(document, **changes)


def many(count: int) -> tuple[InvoiceLine, ...]:
    return tuple(
        InvoiceLine(f"Igicuruzwa nº {n}, boîte de {n} pièces", n, 1_500, 1_500 * n)
        for n in range(1, count + 1)
    )


def credit_note(**changes: object) -> CreditNoteDocument:
    lines = (InvoiceLine("Café moulu « Agaciro », paquet de 500 g", 1, 6_800, 6_800, "B"),)
    document = CreditNoteDocument(
        credit_note_number="CN-2026-000007",
        issued_on=date(2026, 1, 18),
        invoice_number="INV-2026-000123",
        invoice_issued_on=date(2026, 1, 16),
        currency="RWF",
        shop=SHOP,
        customer_name="Uwimana Jean-Népomuscène",
        customer_phone="+250 788 765 432",
        customer_tin="119876543",
        lines=lines,
        subtotal_minor=6_800 - vat_inside(6_800),
        tax_minor=vat_inside(6_800),
        total_minor=6_800,
        reason="One packet was open when the customer unpacked it.",
        refunded_on=date(2026, 1, 18),
        refund_method_label="MTN Mobile Money",
        payment_id="7f3c2a10-5b6d-4e8f-9a01-b2c3d4e5f607",
        refund_reference="15847399999",
    )
    return replace(document, **changes)


def report(matched: int = 3, **changes: object) -> PaperReconciliation:
    columns = (
        TableColumn("Line", is_figure=True),
        TableColumn("On the statement", is_figure=False, stretches=True),
        TableColumn("Kind and reason", is_figure=False),
        TableColumn("Amount", is_figure=True),
    )
    rows = tuple(
        (str(number), f"Transfer {number}", "same transaction id", f"{number} 500")
        for number in range(1, matched + 1)
    )
    total = (("", "Total", "", "98 500"),)
    document = PaperReconciliation(
        title="Reconciliation report",
        shop=SHOP,
        status="Discrepancy",
        tone="bad",
        draft=(),
        statement=("momo-statement-2026-01.xlsx", "MTN", "1 January 2026 – 31 January 2026"),
        acts=("Closed by Ingabire Aline, 1 February 2026, 10:30",),
        figures=(
            ("The statement", (PaperFigure("Closing, as stated", "", "198 500"),)),
            ("Its lines", (PaperFigure("All lines", "4", "98 500", is_sum=True),)),
            ("Differences", (PaperFigure("Discrepancy", "", "−3 500", is_wrong=True),)),
        ),
        sections=(
            PaperSection("Missing in our books (0)", "Every line is in our books."),
            PaperSection(f"Matched ({matched})", "", FigureTable("Matched", columns, rows, total)),
        ),
        notes="The bank was asked.",
    )
    return replace(document, **changes)
