"""Receipts straight to a printer on the network, and the drawer under it.

A receipt is recorded as handed out before its first byte leaves, as an original or as a copy. A
job of which certainly nothing came out is sent again as it was, so that a printer that was off
turns no original into a copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.database.unit_of_work import Database
from core.permissions import Actor, Permission
from core.services.network_printer import NetworkPrinter, PrinterPatience, send
from core.services.settings import load_settings

if TYPE_CHECKING:
    from core.documents.escpos import TicketForm
    from core.documents.invoice import InvoiceDocument

PATIENCE = PrinterPatience()


@dataclass(frozen=True, slots=True)
class PrintJob:
    """What a printer is to be sent; ``is_copy`` tells whether the receipt says so."""

    printer: NetworkPrinter
    content: bytes
    is_copy: bool = False

    def send(self) -> None:
        """Send it; slow, and without the database.

        Raises:
            PrinterError: the printer did not take it; it says whether something came out.

        """
        send(self.printer, self.content, PATIENCE)


class ReceiptPrinting:
    """What a receipt printer is sent. Sending itself is the job's, off the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def test_page(
        self, actor: Actor, printer: NetworkPrinter, *, kick_drawer: bool = False
    ) -> PrintJob:
        """Return a receipt of nothing, to see whether a printer prints what it is sent.

        Raises:
            NotAllowedError: the person may not see payments.
            KnownError: the ``printers`` extra is not installed.

        """
        from core.documents.escpos import COLUMNS, receipt_bytes  # noqa: PLC0415 - on demand
        from core.documents.printer_test import sample_parts  # noqa: PLC0415 - on demand

        parts = sample_parts(self._test_document(actor), COLUMNS[printer.width_mm])
        content = receipt_bytes(parts, _form(printer), kick_drawer=kick_drawer)
        return PrintJob(printer, content)

    def test_pdf(self, actor: Actor, width: str) -> bytes:
        """Return the same as a PDF; ``width`` is "80", "58" or "a4".

        Raises:
            NotAllowedError: the person may not see payments.

        """
        from core.documents.receipt import ReceiptWidth, render_receipt  # noqa: PLC0415 - on demand

        return render_receipt(self._test_document(actor), ReceiptWidth(width))

    def _test_document(self, actor: Actor) -> InvoiceDocument:
        from core.documents.contents import ShopBlock  # noqa: PLC0415 - on demand
        from core.documents.printer_test import sample_receipt  # noqa: PLC0415 - on demand

        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            shop = load_settings(session)
        block = ShopBlock(
            name=shop.shop_name or "Sanduku",
            tin=shop.tin,
            address=shop.address,
            phone=shop.phone,
            email=shop.email,
            footer=shop.invoice_footer,
        )
        return sample_receipt(block, self._database.clock(), language=shop.language)


def _form(printer: NetworkPrinter) -> TicketForm:
    from core.documents.escpos import TicketForm  # noqa: PLC0415 - on demand

    return TicketForm(printer.width_mm, printer.code_page, printer.draws_qr)
