"""An invoice of nothing, as a template would write it: to look at while the template is typed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from core.clock import shop_date
from core.database.unit_of_work import Database
from core.documents.contents import STANDARD_CLASS, InvoiceLine, ShopBlock
from core.model.payments import PaymentMethod
from core.money import DEFAULT_CURRENCY, vat_inside
from core.permissions import Actor, Permission
from core.services.papers.templates import SaveTemplate
from core.services.settings import LANGUAGES, ShopSettings, load_settings

_GOODS = (
    InvoiceLine("Umuceri wa Bugarama, 25 kg", 2, 32_500, 65_000),
    InvoiceLine("Café moulu « Agaciro », 500 g", 3, 6_800, 20_400),
    InvoiceLine("Amata, 1 l", 10, 1_200, 12_000, "A"),
)


class PaperPreview:
    """Draws what is not kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def invoice(self, actor: Actor, template: SaveTemplate, kept_logo: bytes = b"") -> bytes:
        """Return an invoice of an invented sale, as a template typed so far would write it.

        ``kept_logo`` is the picture that stays where the template brings none of its own. What
        cannot be used yet, half a colour or a picture that is none, is left out here; keeping the
        template refuses it.

        Raises:
            NotAllowedError: the person may not see payments.

        """
        from core.documents.invoice import InvoiceDocument, render_invoice  # noqa: PLC0415 - slow
        from core.documents.phrases import phrases_in  # noqa: PLC0415 - not owed at start

        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            shop = load_settings(session)
        today = shop_date(self._database.clock())
        language = template.language if template.language in LANGUAGES else shop.language
        total_minor = sum(line.total_minor for line in _GOODS)
        taxed = (line.total_minor for line in _GOODS if line.tax_class == STANDARD_CLASS)
        tax_minor = vat_inside(sum(taxed))
        logo = kept_logo if template.logo is None else template.logo
        document = InvoiceDocument(
            invoice_number=f"INV-{today:%Y%m%d}-00000",
            issued_on=today,
            due_on=today + timedelta(days=max(0, min(template.due_days, 3650))),
            currency=DEFAULT_CURRENCY,
            shop=replace(_shop_block(template, shop), logo=_usable(logo)),
            customer_name="Uwimana Jean-Népomuscène",
            customer_phone="+250 788 123 456",
            customer_tin="",
            lines=_GOODS,
            subtotal_minor=total_minor - tax_minor,
            tax_minor=tax_minor,
            total_minor=total_minor,
            paid_on=None,
            payment_method_label=phrases_in(language).method(PaymentMethod.BANK_TRANSFER),
            payment_id="00000000-0000-0000-0000-000000000000",
            transaction_reference="",
            language=language,
        )
        return render_invoice(document)


def _shop_block(template: SaveTemplate, shop: ShopSettings) -> ShopBlock:
    colour = template.accent_colour.strip().lower()
    return ShopBlock(
        name=template.shop_name or shop.shop_name,
        tin=template.tin or shop.tin,
        address=template.address or shop.address,
        phone=template.phone or shop.phone,
        email=template.email or shop.email,
        bank_details=template.bank_details or shop.bank_details,
        footer=template.footer or shop.invoice_footer,
        accent_colour=colour if re.fullmatch(r"#[0-9a-f]{6}", colour) else "",
    )


def _usable(logo: bytes) -> bytes:
    from core.documents.pictures import small_picture  # noqa: PLC0415 - not owed at start

    try:
        return small_picture(logo) if logo else b""
    except OSError:
        return b""
