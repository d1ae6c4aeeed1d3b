"""The invented shop's papers: how they are written, and the lines on each."""

from __future__ import annotations

from collections.abc import Iterable

from core.demo.bulk import BulkWriter, Row
from core.demo.sales import Refund, Sale
from core.demo.stock import Basket
from core.documents.phrases import Phrases, phrases_in
from core.model.customers import TaxClass
from core.model.invoices import CreditNoteLine, InvoiceLine
from core.model.papers import Letterhead, PaperTemplate
from core.money import vat_inside
from core.services.papers.letterheads import letterhead_of
from core.services.papers.lines import PaperLine, by_class, shares_of
from core.services.papers.tax_shares import part_of
from core.services.settings import ShopSettings

STANDARD_ID = "5d7c3b0e-0d52-4f0a-9f0e-6a1f0c1c2a01"
_WHOLESALE_ID = "5d7c3b0e-0d52-4f0a-9f0e-6a1f0c1c2a02"
LANGUAGE = "en"
"""The language of the standard template, for walk-in customers."""


class DemoPapers:
    """Writes the templates, and gives each paper its letterhead and its lines."""

    def __init__(self, writer: BulkWriter, settings: ShopSettings) -> None:
        self._writer = writer
        self._letterhead = letterhead_of(None, settings, logo=b"")

    def write_templates(self, since: object) -> None:
        """Write how papers are written, and the letterhead they all bear."""
        common: Row = {
            "shop_name": "", "tin": "", "address": "", "phone": "", "email": "", "bank_details": "",
            "logo": b"", "retired_at": None, "version": 1,
        }  # fmt: skip
        self._writer.add(
            PaperTemplate,
            common
            | {
                "id": 1, "template_id": STANDARD_ID, "name": "Standard", "language": LANGUAGE,
                "due_days": 14, "is_default": True, "footer": "", "accent_colour": "",
            },
        )  # fmt: skip
        self._writer.add(
            PaperTemplate,
            common
            | {
                "id": 2, "template_id": _WHOLESALE_ID, "name": "Vente en gros", "language": "fr",
                "due_days": 30, "is_default": False, "accent_colour": "#7a3b12",
                "footer": "Merci de votre confiance.",
            },
        )  # fmt: skip
        kept = self._letterhead
        columns = Letterhead.__table__.columns.keys()
        self._writer.add(
            Letterhead,
            {name: getattr(kept, name) for name in columns} | {"first_used_at": since},
        )

    def facts(self, sale: Sale) -> Row:
        """Return what an invoice or credit note of a sale keeps for itself."""
        customer = sale.customer
        return {
            "letterhead_sha256": self._letterhead.sha256,
            "template_id": STANDARD_ID,
            "language": customer.language if customer else LANGUAGE,
            "customer_name": customer.name if customer else "",
            "customer_phone": customer.phone if customer else "",
            "customer_tin": customer.tin if customer else "",
            "ebm_receipt_number": "",
            "ebm_signature": "",
        }

    def write_invoice_lines(self, sale: Sale) -> None:
        """Write the lines of a paid sale's invoice."""
        self._write(InvoiceLine, {"invoice_id": sale.invoice_key}, _lines(sale, _words(sale)))

    def write_credit_note_lines(self, refund: Refund, note_key: int) -> int:
        """Write the lines of a completed refund's credit note; return the tax on them."""
        words = _words(refund.sale)
        lines = _lines(refund.sale, words)
        if refund.amount_minor != refund.sale.amount_minor:
            whole = shares_of(lines)
            shares = part_of(refund.amount_minor, left=whole, whole=whole)
            lines = by_class(words.part_of_price, shares)
        self._write(CreditNoteLine, {"credit_note_id": note_key}, lines)
        return sum(line.tax_minor for line in lines)

    def _write(
        self,
        kind: type[InvoiceLine] | type[CreditNoteLine],
        paper: Row,
        lines: Iterable[PaperLine],
    ) -> None:
        for position, line in enumerate(lines, start=1):
            self._writer.add(kind, paper | {"position": position} | line.as_row())


def _words(sale: Sale) -> Phrases:
    return phrases_in(sale.customer.language if sale.customer else LANGUAGE)


def _lines(sale: Sale, words: Phrases) -> list[PaperLine]:
    if sale.basket:
        return _goods(sale.basket)
    if sale.placed is not None:
        whole = shares_of(_goods(sale.placed.basket))
        shares = part_of(sale.amount_minor, left=whole, whole=whole)
        return by_class(words.part_of_order.format(number=sale.placed.number), shares)
    name = sale.reference or words.sale
    if sale.subscription is not None:
        name = f"{words.subscription} {sale.subscription.number}"
    tax_minor = vat_inside(sale.amount_minor)
    return [PaperLine(name, 1, sale.amount_minor, sale.amount_minor, TaxClass.STANDARD, tax_minor)]


def _goods(basket: Basket) -> list[PaperLine]:
    return [
        PaperLine.of_goods(
            line.article.name, line.quantity, line.article.price_minor, line.article.tax_class
        )
        for line in basket
    ]
