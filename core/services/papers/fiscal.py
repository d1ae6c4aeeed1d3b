"""What the fiscal machine (EBM) printed for a sale: typed or scanned, kept, and put on the paper.

The EBM's QR code holds the address
https://myrra.rra.gov.rw/common/link/ebm/receipt/indexEbmReceiptData?Data=… with the taxpayer's
number (nine digits), the branch (two) and the receipt's signature (sixteen characters).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.unit_of_work import Database
from core.errors import ConflictError, InvalidInputError
from core.model.invoices import CreditNote, Invoice
from core.model.journal import Topic
from core.model.papers import Letterhead, PaperKind
from core.permissions import Actor, Permission
from core.services.papers.documents import find_credit_note, find_invoice
from core.services.papers.issuing import RENDER_CREDIT_NOTE, RENDER_INVOICE

_ADDRESS = re.compile(r"[?&]data=(\d{9})(\d{2})([A-Z0-9-]{16,24})(?![A-Z0-9])", re.IGNORECASE)
_SIGNATURE = re.compile(r"(?<![A-Z0-9])([A-Z0-9]{4}(?:[- ]?[A-Z0-9]{4}){3})(?![A-Z0-9])")
_NUMBER_WORDS = re.compile(
    r"(?:receipt|invoice|facture|re[cç]u)\s*(?:number|no|n°|nº|num[ée]ro)?\s*\.?\s*[:#]?\s*"
    r"(\d+\s*/\s*\d+(?:\s*[NCTP][SR])?)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:\s*/\s*\d+)?(?:\s*[NCTP][SR])?", re.IGNORECASE)
_MAX_NUMBER, _MAX_SIGNATURE = 40, 100


@dataclass(frozen=True, slots=True)
class FiscalMark:
    """What could be read of a scanned or pasted fiscal receipt; empty where it does not say."""

    receipt_number: str = ""
    signature: str = ""
    tin: str = ""


def read_fiscal(text: str) -> FiscalMark:
    """Read a scanned QR code or pasted text of a fiscal receipt as far as it can be understood."""
    said = " ".join(text.split())
    address = _ADDRESS.search(said)
    if address:
        return FiscalMark(tin=address[1], signature=_grouped(address[3]))
    labelled = _NUMBER_WORDS.search(said)
    if labelled:
        number = labelled[1]
    elif _NUMBER.fullmatch(said):
        number = said
    else:
        number = ""
    signatures = [found[1] for found in _SIGNATURE.finditer(said.upper()) if _is_mixed(found[1])]
    signature = _grouped(signatures[-1]) if signatures else ""
    return FiscalMark(_tidy_number(number), signature)


class FiscalService:
    """Keeps what the fiscal machine printed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_fiscal(
        self,
        actor: Actor,
        kind: PaperKind,
        number: str,
        ebm_receipt_number: str,
        ebm_signature: str = "",
    ) -> FiscalMark:
        """Put the fiscal machine's number and signature on an invoice or a credit note.

        A scanned code may stand in the place of the signature. What was typed wrongly is recorded
        again; the audit trail keeps both.

        Raises:
            NotAllowedError: the person may not issue invoices.
            NotFoundError: there is no such paper.
            InvalidInputError: the number is missing, too long, or the code is of another shop.
            ConflictError: the signature already stands on another paper.

        """
        self._database.require(actor, Permission.ISSUE_INVOICE)
        mark = _checked(ebm_receipt_number, ebm_signature)
        with self._database.write(actor) as unit:
            paper = _find(unit.session, kind, number)
            _refuse_foreign(unit.session, paper, mark)
            _refuse_used(unit.session, paper, mark.signature)
            before = (paper.ebm_receipt_number, paper.ebm_signature)
            after = (mark.receipt_number, mark.signature)
            if before != after:
                paper.ebm_receipt_number, paper.ebm_signature = after
                paper.pdf_sha256 = ""  # what was drawn before does not bear it
                is_note = isinstance(paper, CreditNote)
                subject = "credit_note" if is_note else "invoice"
                unit.enqueue(RENDER_CREDIT_NOTE if is_note else RENDER_INVOICE, number)
                unit.audit(f"{subject}:fiscal", subject, number, before=before, after=after)
                unit.changed(Topic.INVOICES, number)
                unit.commit()
        return mark


def _checked(ebm_receipt_number: str, ebm_signature: str) -> FiscalMark:
    number = _tidy_number(" ".join(ebm_receipt_number.split()))
    if not number or len(number) > _MAX_NUMBER:
        raise InvalidInputError(
            "Nothing was changed. Type the number that the fiscal machine printed, such as"
            f" 1234/1300 NS, with at most {_MAX_NUMBER} characters.",
            field="ebm_receipt_number",
        )
    given = " ".join(ebm_signature.split())
    read = read_fiscal(given)
    signature = read.signature or given
    if len(signature) > _MAX_SIGNATURE:
        raise InvalidInputError(
            "Nothing was changed. The signature cannot be read from this code; type it as it"
            " stands on the fiscal receipt, such as TE68-SLA2-34J5-EAV3.",
            field="ebm_signature",
        )
    return FiscalMark(number, signature, read.tin)


def _find(session: Session, kind: PaperKind, number: str) -> Invoice | CreditNote:
    if kind is PaperKind.CREDIT_NOTE:
        return find_credit_note(session, number)
    return find_invoice(session, number)


def _refuse_foreign(session: Session, paper: Invoice | CreditNote, mark: FiscalMark) -> None:
    own = session.get_one(Letterhead, paper.letterhead_sha256).tin
    if mark.tin and own and mark.tin != own:
        raise InvalidInputError(
            f"Nothing was changed. This code is of the taxpayer {mark.tin}, not of {own}: scan the"
            " fiscal receipt of this sale.",
            field="ebm_signature",
        )


def _refuse_used(session: Session, paper: Invoice | CreditNote, signature: str) -> None:
    if not signature:
        return
    invoices = select(Invoice.invoice_number).where(Invoice.ebm_signature == signature)
    notes = select(CreditNote.credit_note_number).where(CreditNote.ebm_signature == signature)
    own = paper.credit_note_number if isinstance(paper, CreditNote) else paper.invoice_number
    others = [*session.scalars(invoices), *session.scalars(notes)]
    other = next((number for number in others if number != own), None)
    if other is not None:
        raise ConflictError(
            f"Nothing was changed. This signature already stands on {other}; each fiscal receipt"
            " is of one paper."
        )


def _is_mixed(signature: str) -> bool:
    """Tell a signature from a plain number or word: it has digits as well as letters."""
    return any(c.isdigit() for c in signature) and any(c.isalpha() for c in signature)


def _grouped(signature: str) -> str:
    letters = re.sub(r"[^A-Z0-9]", "", signature.upper())
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def _tidy_number(number: str) -> str:
    return re.sub(r"\s*/\s*", "/", number).strip().upper()
