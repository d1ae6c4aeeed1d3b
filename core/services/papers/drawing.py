"""Drawing what the shop hands out: draws a paper as it was issued, and records where it lies.

Drawing again gives the same bytes, so a job that a kill interrupted is simply done again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.lock_order import Lock
from core.database.unit_of_work import Database, UnitOfWork
from core.model.invoices import CreditNote, Invoice
from core.model.journal import Topic
from core.model.payments import Payment
from core.model.refunds import RefundRequest
from core.services.papers.documents import (
    credit_note_document,
    find_credit_note,
    find_invoice,
    invoice_document,
)

PaperT = TypeVar("PaperT", Invoice, CreditNote)

INVOICE_FOLDER = "documents/invoices"
CREDIT_NOTE_FOLDER = "documents/credit-notes"


@dataclass(frozen=True, slots=True)
class DrawnPaper:
    """A drawn paper, the path within the shop's folder where it belongs, and how it stood then."""

    kind: str
    number: str
    name: str
    content: bytes
    standing: tuple[object, ...]


class Papers:
    """Draws invoices and credit notes into the shop's folder.

    A desk of a shop on a server ``only_copies``: the service draws and records every paper, and a
    desk draws the same bytes for itself when somebody wants to see them.
    """

    def __init__(self, database: Database, folder: Path, *, only_copies: bool = False) -> None:
        self._database = database
        self._folder = folder
        self._only_copies = only_copies

    def render_invoice(self, invoice_number: str) -> Path:
        """Draw an invoice's PDF and return where it lies.

        Raises:
            NotFoundError: there is no such invoice.
            StorageError: the file cannot be written.

        """
        return self._render(invoice_number, find_invoice, draw_invoice)

    def render_credit_note(self, credit_note_number: str) -> Path:
        """Draw a credit note's PDF and return where it lies.

        Raises:
            NotFoundError: there is no such credit note.
            StorageError: the file cannot be written.

        """
        return self._render(credit_note_number, find_credit_note, draw_credit_note)

    def invoice(self, invoice_number: str) -> Path:
        """Return where an invoice's PDF lies, drawn again where it is missing or was changed."""
        return self._kept(invoice_number, find_invoice, self.render_invoice)

    def credit_note(self, credit_note_number: str) -> Path:
        """Return where a credit note's PDF lies, drawn again where it is missing or changed."""
        return self._kept(credit_note_number, find_credit_note, self.render_credit_note)

    def _kept(
        self,
        number: str,
        find: Callable[[Session, str], Invoice | CreditNote],
        render: Callable[[str], Path],
    ) -> Path:
        with self._database.read() as session:
            paper = find(session, number)
            name, sha256 = paper.pdf_file, paper.pdf_sha256
        return self._folder / name if is_whole(self._folder, name, sha256) else render(number)

    def _render(
        self,
        number: str,
        find: Callable[[Session, str], PaperT],
        draw: Callable[[Session, PaperT], DrawnPaper],
    ) -> Path:
        drawn = None
        while drawn is None:
            with self._database.read() as session:
                drawn = draw(session, find(session, number))
            if self._only_copies:
                keep_copy(self._folder, drawn)
                break
            with self._database.write(None, beside_others=True) as unit:
                _hold_payment(unit, number)
                if keep_drawn(unit, self._folder, find(unit.session, number), drawn):
                    unit.commit()
                else:
                    # It was paid, or given its fiscal number, since it was looked at.
                    drawn = None
        return self._folder / drawn.name


def _hold_payment(unit: UnitOfWork, number: str) -> None:
    """Keep how a paper stands as it is: what its payment brings with it would change that."""
    of_invoice = select(Payment.payment_id).join(Invoice, Invoice.payment_id == Payment.id)
    of_note = select(Payment.payment_id).join(RefundRequest).join(CreditNote)
    payment_id = unit.session.scalar(
        of_invoice.where(Invoice.invoice_number == number)
    ) or unit.session.scalar(of_note.where(CreditNote.credit_note_number == number))
    if payment_id is not None:
        unit.lock(Lock.PAYMENT, payment_id)


def draw_invoice(session: Session, invoice: Invoice) -> DrawnPaper:
    """Draw an invoice, without keeping it."""
    from core.documents.invoice import render_invoice  # noqa: PLC0415 - not owed at start

    number = invoice.invoice_number
    name = f"{INVOICE_FOLDER}/{invoice.issued_date:%Y/%m}/{number}.pdf"
    content = render_invoice(invoice_document(session, invoice))
    return DrawnPaper("invoice", number, name, content, _standing(invoice))


def draw_credit_note(session: Session, note: CreditNote) -> DrawnPaper:
    """Draw a credit note, without keeping it."""
    from core.documents.credit_note import render_credit_note  # noqa: PLC0415 - not owed at start

    number = note.credit_note_number
    name = f"{CREDIT_NOTE_FOLDER}/{note.issued_date:%Y/%m}/{number}.pdf"
    content = render_credit_note(credit_note_document(session, note))
    return DrawnPaper("credit_note", number, name, content, _standing(note))


def keep_drawn(
    unit: UnitOfWork, folder: Path, paper: Invoice | CreditNote, drawn: DrawnPaper
) -> bool:
    """Write a paper into the shop's folder and record where it lies, once per content.

    Returns:
        Whether it was kept: not if the paper has moved on since it was drawn. Its payment is held
        meanwhile, so that an older drawing never takes the place of a newer one.

    Raises:
        StorageError: the file cannot be written.

    """
    from core.documents.storage import write_document  # noqa: PLC0415 - not owed at start

    if _standing(paper) != drawn.standing:
        return False
    sha256 = write_document(folder / drawn.name, drawn.content)
    if (paper.pdf_file, paper.pdf_sha256) != (drawn.name, sha256):
        paper.pdf_file, paper.pdf_sha256 = drawn.name, sha256
        unit.audit(f"{drawn.kind}:rendered", drawn.kind, drawn.number, sha256=sha256)
        unit.changed(Topic.INVOICES, drawn.number)
    return True


def keep_copy(folder: Path, drawn: DrawnPaper) -> None:
    """Write a paper into this desk's folder; where it lies is nobody else's business.

    Raises:
        StorageError: the file cannot be written.

    """
    from core.documents.storage import write_document  # noqa: PLC0415 - not owed at start

    write_document(folder / drawn.name, drawn.content)


def _standing(paper: Invoice | CreditNote) -> tuple[object, ...]:
    """Return what may still change on an issued paper."""
    fiscal = (paper.ebm_receipt_number, paper.ebm_signature)
    if isinstance(paper, CreditNote):
        return fiscal
    return (paper.paid_date, paper.void_date, paper.payment_reference, *fiscal)


def is_whole(folder: Path, name: str, sha256: str) -> bool:
    """Tell whether a paper lies where it should, just as it was drawn."""
    path = folder / name
    if not name or not path.is_file():
        return False
    return hashlib.sha256(path.read_bytes()).hexdigest() == sha256
