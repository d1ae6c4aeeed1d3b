"""The shop's papers as a page hands them out: what each is called and how it is drawn."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.model.papers import HandoutChannel, PaperKind
from ui.context import PageContext
from ui.printing.choices import ReceiptPaper
from ui.printing.desk import PaperSource

translate = QCoreApplication.translate


def invoice_paper(context: PageContext, payment_id: str, invoice_number: str) -> PaperSource:
    """Return the invoice of a payment."""
    app, actor = context.app, context.actor
    return PaperSource(
        translate("Papers", "Invoice %1").replace("%1", invoice_number),
        draft=lambda: app.invoices.pdf(actor, payment_id).read_bytes(),
        hand_out=lambda channel: (
            app.handouts.hand_out(actor, PaperKind.INVOICE, invoice_number, channel).content
        ),
    )


def credit_note_paper(context: PageContext, credit_note_number: str) -> PaperSource:
    """Return a credit note."""
    app, actor = context.app, context.actor
    return PaperSource(
        translate("Papers", "Credit note %1").replace("%1", credit_note_number),
        draft=lambda: app.invoices.credit_note_pdf(actor, credit_note_number).read_bytes(),
        hand_out=lambda channel: (
            app.handouts.hand_out(actor, PaperKind.CREDIT_NOTE, credit_note_number, channel).content
        ),
    )


def receipt_paper(
    context: PageContext, payment_id: str, invoice_number: str, paper: ReceiptPaper
) -> PaperSource:
    """Return the receipt of a paid payment, for a roll or on A4."""
    app, actor = context.app, context.actor

    def hand_out(channel: HandoutChannel) -> bytes:
        return app.receipt_printing.receipt_pdf(actor, invoice_number, paper.value, channel)

    return PaperSource(
        translate("Papers", "Receipt %1").replace("%1", invoice_number),
        draft=lambda: app.receipt_printing.receipt_draft(actor, payment_id, paper.value),
        hand_out=hand_out,
        is_receipt=True,
    )
