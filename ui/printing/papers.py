"""The shop's papers as a page hands them out: what each is called and how it is drawn."""

from __future__ import annotations

from core.services.rows import PaymentRow
from ui.context import PageContext
from ui.printing.choices import ReceiptPaper
from ui.printing.desk import PaperSource


def receipt_paper(context: PageContext, row: PaymentRow, paper: ReceiptPaper) -> PaperSource:
    """Return the receipt of a completed payment, for a roll or on A4."""
    raise NotImplementedError
