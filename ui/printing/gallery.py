"""Pictures of papers on screen."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from core.model.payments import PaymentMethod
from core.services.payments.rules import RecordPayment, SaleLine
from ui.gallery import SCREENS, Screen
from ui.gallery_shop import CASHIER, CLERK, SampleShop, close_shop, in_sample_shop, is_settled
from ui.printing.pdf_pages import read_pdf
from ui.printing.preview_dialog import PreviewDialog
from ui.theme import Theme

_GOODS = ("Umuceri wa Bugarama, 25 kg", "Café moulu « Agaciro », 500 g", "Isabune y’amazi, 5 l")


def _long_invoice(shop: SampleShop) -> PreviewDialog:
    lines = tuple(SaleLine(f"{_GOODS[n % 3]} ({n})", n % 4 + 1, 1_500 + 50 * n) for n in range(48))
    amount_minor = sum(line.quantity * line.unit_price_minor for line in lines)
    payment = shop.app.payments.record(
        CASHIER,
        RecordPayment(
            key="gallery",
            method=PaymentMethod.CASH,
            amount_minor=amount_minor,
            tendered_minor=amount_minor,
            customer_name="Café Inzozi & Frères",
            complete_now=True,
            lines=lines,
        ),
    )
    content = shop.app.invoices.pdf(CLERK, payment.payment_id).read_bytes()
    return PreviewDialog(shop.tasks, read_pdf(f"Invoice {payment.invoice_number}", content))


def _settled(widget: QWidget) -> bool:
    return is_settled(widget) and isinstance(widget, PreviewDialog) and widget.preview.is_drawn


def _build(_theme: Theme) -> QWidget:
    return in_sample_shop(_long_invoice, payments=0)


SCREENS.append(Screen("paper-preview", _build, _settled, close_shop, columns=92, lines=48))
