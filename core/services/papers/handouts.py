"""Handing out papers: the first time is the original, each later time a copy that says so.

Every handing-out is kept with who, when and how. Looking at a paper is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.lock_order import Lock
from core.database.unit_of_work import Database, UnitOfWork
from core.model.journal import Topic
from core.model.papers import Handout, HandoutChannel, PaperKind
from core.permissions import Actor, Permission
from core.services.papers.documents import (
    credit_note_document,
    find_credit_note,
    find_invoice,
    invoice_document,
)
from core.services.papers.invoices import require_paid

if TYPE_CHECKING:
    from core.documents.credit_note import CreditNoteDocument
    from core.documents.invoice import InvoiceDocument
    from core.documents.receipt import ReceiptWidth


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A paper as it was handed out: what it shows, and its PDF unless a roll printer draws it."""

    kind: PaperKind
    number: str
    channel: HandoutChannel
    is_copy: bool
    document: InvoiceDocument | CreditNoteDocument
    content: bytes
    file_name: str


@dataclass(frozen=True, slots=True)
class HandoutRow:
    """One handing-out of a paper."""

    channel: HandoutChannel
    is_copy: bool
    handed_by: str
    handed_at: datetime


class HandoutService:
    """The verbs of handing out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hand_out(
        self,
        actor: Actor,
        kind: PaperKind,
        number: str,
        channel: HandoutChannel,
        *,
        width: ReceiptWidth | None = None,
    ) -> HandedOut:
        """Draw a paper as the original, or as a copy if it was handed out before, and keep that.

        A receipt bears its invoice's number; ``width`` is its paper, 80 mm without it. Nothing is
        drawn for a roll printer's own commands: those are made of the document.

        Raises:
            NotFoundError: there is no such paper.
            ConflictError: a receipt of what is not paid.

        """
        self._database.require(actor, Permission.ISSUE_INVOICE)
        with self._database.write(actor, beside_others=True) as unit:
            unit.lock(Lock.PAPER, f"{kind} {number}")
            handed = hand_out_within(unit, kind, number, channel, width=width)
            unit.commit()
            return handed

    def history(self, actor: Actor, kind: PaperKind, number: str) -> tuple[HandoutRow, ...]:
        """Return every handing-out of a paper, the original first."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            rows = session.scalars(
                select(Handout)
                .where(Handout.kind == kind, Handout.number == number)
                .order_by(Handout.id)
            )
            return tuple(
                HandoutRow(row.channel, row.is_copy, row.handed_by, row.handed_at) for row in rows
            )


def hand_out_within(
    unit: UnitOfWork,
    kind: PaperKind,
    number: str,
    channel: HandoutChannel,
    *,
    width: ReceiptWidth | None = None,
) -> HandedOut:
    """Hand a paper out as part of a larger act, such as mailing it; see :class:`HandoutService`."""
    session = unit.session
    is_copy = was_handed_out(session, kind, number)
    document = document_of(session, kind, number, is_copy=is_copy)
    # Drawn first: a failure must leave no original behind that nobody holds.
    content = b"" if channel is HandoutChannel.ESCPOS else draw(kind, document, width)
    record_handout(unit, kind, number, channel)
    prefix = "receipt-" if kind is PaperKind.RECEIPT else ""
    file_name = f"{prefix}{number}{'-copy' if is_copy else ''}.pdf"
    return HandedOut(kind, number, channel, is_copy, document, content, file_name)


def was_handed_out(session: Session, kind: PaperKind, number: str) -> bool:
    """Tell whether somebody holds the original already."""
    earlier = select(Handout.id).where(Handout.kind == kind, Handout.number == number)
    return session.scalar(earlier.limit(1)) is not None


def record_handout(unit: UnitOfWork, kind: PaperKind, number: str, channel: HandoutChannel) -> None:
    """Keep that a paper left the shop: as the original if it is the first time."""
    is_copy = was_handed_out(unit.session, kind, number)
    unit.session.add(
        Handout(
            kind=kind,
            number=number,
            channel=channel,
            is_copy=is_copy,
            handed_by=unit.actor_name,
            handed_at=unit.now,
        )
    )
    subject = "credit_note" if kind is PaperKind.CREDIT_NOTE else "invoice"
    unit.audit(f"{kind}:handed_out", subject, number, channel=channel, copy=is_copy)
    unit.changed(Topic.INVOICES, number)


def document_of(
    session: Session, kind: PaperKind, number: str, *, is_copy: bool
) -> InvoiceDocument | CreditNoteDocument:
    """Return what a paper shows; a receipt shows what its invoice does.

    Raises:
        NotFoundError: there is no such paper.
        ConflictError: a receipt of what is not paid.

    """
    if kind is PaperKind.CREDIT_NOTE:
        return credit_note_document(session, find_credit_note(session, number), copy=is_copy)
    invoice = find_invoice(session, number)
    if kind is PaperKind.RECEIPT:
        require_paid(invoice)
    return invoice_document(session, invoice, copy=is_copy)


def draw(
    kind: PaperKind,
    document: InvoiceDocument | CreditNoteDocument,
    width: ReceiptWidth | None = None,
) -> bytes:
    """Draw a document as the paper of its kind."""
    from core.documents.credit_note import (  # noqa: PLC0415 - not owed at start
        CreditNoteDocument,
        render_credit_note,
    )
    from core.documents.invoice import render_invoice  # noqa: PLC0415 - not owed at start
    from core.documents.receipt import (  # noqa: PLC0415 - not owed at start
        ReceiptWidth,
        render_receipt,
    )

    if isinstance(document, CreditNoteDocument):
        return render_credit_note(document)
    if kind is PaperKind.RECEIPT:
        return render_receipt(document, width or ReceiptWidth.ROLL_80)
    return render_invoice(document)
