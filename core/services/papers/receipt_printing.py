"""Receipts straight to a printer on the network, and the drawer under it.

A receipt is recorded as handed out before its first byte leaves, as an original or as a copy. A
job of which certainly nothing came out is sent again as it was, so that a printer that was off
turns no original into a copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from core.database.unit_of_work import Database
from core.errors import ConflictError
from core.model.papers import HandoutChannel, PaperKind
from core.model.payments import PaymentMethod, PaymentStatus
from core.permissions import Actor, Permission
from core.services.papers.handouts import HandoutService
from core.services.papers.invoices import InvoiceService
from core.services.papers.network_printer import NetworkPrinter, PrinterPatience, send
from core.services.payments.service import find_payment
from core.services.settings import load_settings

if TYPE_CHECKING:
    from core.documents.escpos import TicketForm
    from core.documents.invoice import InvoiceDocument

PATIENCE = PrinterPatience()
CASH_METHODS = frozenset({PaymentMethod.CASH, PaymentMethod.CASH_ON_DELIVERY})
"""The methods whose money goes into the drawer."""


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

    def __init__(
        self, database: Database, invoices: InvoiceService, handouts: HandoutService
    ) -> None:
        self._database = database
        self._invoices = invoices
        self._handouts = handouts

    def receipt(
        self,
        actor: Actor,
        invoice_number: str,
        printer: NetworkPrinter,
        *,
        kick_drawer: bool = False,
    ) -> PrintJob:
        """Keep that a receipt leaves the desk, as the original or a copy, and return the job.

        Raises:
            NotAllowedError: the person may not hand out papers.
            ConflictError: the invoice is not paid.
            KnownError: the ``printers`` extra is not installed; then nothing is kept.

        """
        from core.documents.escpos import receipt_bytes, require_extra  # noqa: PLC0415 - on demand
        from core.documents.receipt import receipt_parts  # noqa: PLC0415 - on demand

        require_extra()
        handed = self._handouts.hand_out(
            actor, PaperKind.RECEIPT, invoice_number, HandoutChannel.ESCPOS
        )
        parts = receipt_parts(cast("InvoiceDocument", handed.document))
        content = receipt_bytes(parts, _form(printer), kick_drawer=kick_drawer)
        return PrintJob(printer, content, handed.is_copy)

    def receipt_draft(self, actor: Actor, payment_id: str, width: str) -> bytes:
        """Return a receipt as a PDF to look at; ``width`` is "80", "58" or "a4".

        Raises:
            ConflictError: the payment is not paid.

        """
        from core.documents.receipt import ReceiptWidth  # noqa: PLC0415 - on demand

        return self._invoices.receipt_pdf(actor, payment_id, ReceiptWidth(width))

    def receipt_pdf(
        self, actor: Actor, invoice_number: str, width: str, channel: HandoutChannel
    ) -> bytes:
        """Hand a receipt out as a PDF; ``width`` is "80", "58" or "a4".

        Raises:
            NotAllowedError: the person may not hand out papers.
            ConflictError: the invoice is not paid.

        """
        from core.documents.receipt import ReceiptWidth  # noqa: PLC0415 - on demand

        return self._handouts.hand_out(
            actor, PaperKind.RECEIPT, invoice_number, channel, width=ReceiptWidth(width)
        ).content

    def drawer(self, actor: Actor, payment_id: str, printer: NetworkPrinter) -> PrintJob:
        """Return what opens the drawer for the cash of a payment, and keep that it was opened.

        The drawer's money stays what a person counts: nothing is booked here.

        Raises:
            NotAllowedError: the person may not take payments.
            ConflictError: no cash was taken for this payment.
            KnownError: the ``printers`` extra is not installed.

        """
        from core.documents.escpos import drawer_bytes  # noqa: PLC0415 - on demand

        content = drawer_bytes()
        self._database.require(actor, Permission.TAKE_PAYMENT)
        with self._database.write(actor) as unit:
            payment = find_payment(unit.session, payment_id)
            completed = payment.status is PaymentStatus.COMPLETED
            if not completed or payment.payment_method not in CASH_METHODS:
                raise ConflictError("The drawer stays shut: no cash was taken for this payment.")
            unit.audit("drawer:opened", "payment", payment_id, desk=actor.desk)
            unit.commit()
        return PrintJob(printer, content)

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
