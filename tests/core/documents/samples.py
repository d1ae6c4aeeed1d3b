"""Documents of an invented shop that the tests of this folder print."""

from dataclasses import replace
from datetime import UTC, date, datetime

from core.documents.credit_note import CreditNoteDocument
from core.documents.invoice import InvoiceDocument, InvoiceLine, ShopBlock
from core.documents.reconciliation_report import (
    ReconciliationReport,
    ReportMatch,
    ReportPayment,
    ReportStatementLine,
)
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


def report(matched: int = 3, **changes: object) -> ReconciliationReport:
    matches = tuple(
        ReportMatch(
            line=number + 1,
            day=date(2026, 1, 16),
            statement_reference=str(15_847_390_000 + number),
            statement_amount_minor=15_000 * number,
            payment_reference=f"INV-2026-{number:06}",
            payment_amount_minor=15_000 * number,
            reasons="same transaction id, amount and phone",
        )
        for number in range(1, matched + 1)
    )
    document = ReconciliationReport(
        title="Reconciliation report",
        shop_name="Isoko Ryiza Ltd",
        provider="MTN Mobile Money",
        file_name="momo-statement-2026-01.xlsx",
        period_start=date(2026, 1, 1),
        period_end=date(2026, 1, 31),
        currency="RWF",
        status="DISCREPANCY",
        statement_total_minor=98_500,
        books_total_minor=102_000,
        matched_total_minor=sum(match.statement_amount_minor for match in matches),
        discrepancy_minor=-3_500,
        matched=matches,
        missing_in_books=(
            ReportStatementLine(
                9, date(2026, 1, 20), "15847391111", "Mukamana Solange, ubwishyu", 8_500
            ),
        ),
        missing_in_statement=(
            ReportPayment(date(2026, 1, 21), "INV-2026-000131", "Habimana Éric", 12_000),
        ),
        reconciled_by="Ingabire Aline",
        reconciled_at=datetime(2026, 2, 1, 8, 30, tzinfo=UTC),
    )
    return replace(document, **changes)
