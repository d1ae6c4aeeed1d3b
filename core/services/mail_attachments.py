"""The papers that go with mails, as they lie in the shop's folder or drawn anew."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.database.unit_of_work import Database
from core.model.invoices import CreditNote, Invoice
from core.model.mail import MailKind
from core.services.papers import Papers, _invoice, _invoice_document
from core.services.settings import load_settings

if TYPE_CHECKING:
    from core.documents.mail_message import Attachment


class MailAttachments:
    """Gives each kind of mail its paper; the one place that mail asks for papers."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder
        self._papers = Papers(database, folder)

    def paper(self, kind: MailKind, number: str, file_name: str) -> Attachment | None:
        """Return the paper of a number for a kind of mail; None for one that has none.

        Raises:
            StorageError: the paper cannot be drawn or written.

        """
        from core.documents.mail_message import Attachment  # noqa: PLC0415 - not owed at start

        if kind is MailKind.PAYMENT_REMINDER:
            return None
        if kind is MailKind.RECEIPT:
            return Attachment(file_name, self._receipt(number))
        invoice = kind is MailKind.INVOICE
        if invoice:
            kept = select(Invoice.pdf_file, Invoice.pdf_sha256)
            kept = kept.where(Invoice.invoice_number == number)
        else:
            kept = select(CreditNote.pdf_file, CreditNote.pdf_sha256)
            kept = kept.where(CreditNote.credit_note_number == number)
        with self._database.read() as session:
            name, sha256 = session.execute(kept).one()
        draw = self._papers.render_invoice if invoice else self._papers.render_credit_note
        return Attachment(file_name, self._kept_or_drawn(name, sha256, lambda: draw(number)))

    def _kept_or_drawn(self, name: str, sha256: str, draw: Callable[[], Path]) -> bytes:
        path = self._folder / name
        if name and path.is_file():
            content = path.read_bytes()
            if hashlib.sha256(content).hexdigest() == sha256:
                return content
        return draw().read_bytes()

    def _receipt(self, number: str) -> bytes:
        from core.documents.receipt import render_receipt  # noqa: PLC0415 - not owed at start

        with self._database.read() as session:
            shop = load_settings(session)
            document = _invoice_document(_invoice(session, number), shop, self._folder)
        return render_receipt(document)
