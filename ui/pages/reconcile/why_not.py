"""What speaks against a candidate, beside the matcher's own reasons for it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.clock import shop_date
from core.services.matching.line_candidates import Candidate, LineDetail
from core.services.matching.proposals import PROVING_KINDS
from core.services.rows import PaymentRow, StatementLineRow
from ui.pages.reconcile.words import filled, number

_FAR_DAYS = 3
"""Booked further from the payment than this, a line is worth a second look."""


def why_not(shown: LineDetail, candidate: Candidate) -> tuple[str, ...]:
    """Return what a clerk should weigh before approving; a certain match has nothing against it."""
    match, told = candidate.match, list[str]()
    if match.automatic or match.kind not in PROVING_KINDS:
        return ()
    line, payments = shown.line, candidate.payments
    if len(payments) == 1:
        told += _of_payment(line, payments[0])
    others = len(shown.candidates) - 1
    if others:
        told.append(filled(_tr("%1 other candidates fit this line too"), number(others)))
    if len(match.lines) > 1 and candidate.is_choice:
        told.append(filled(_tr("%1 lines share these payments"), number(len(match.lines))))
    return tuple(told)


def _of_payment(line: StatementLineRow, payment: PaymentRow) -> list[str]:
    told = []
    said = " ".join(
        (line.description, line.reference, line.transaction_id, line.counterparty_account)
    ).casefold()
    known = (
        payment.transaction_id,
        payment.invoice_number,
        payment.order_number,
        payment.transaction_reference,
    )
    if not any(text and text.casefold() in said for text in known):
        told.append(_tr("no number of the payment stands in the line as written"))
    if payment.status in {"pending", "processing"}:
        told.append(_tr("the payment is not recorded as received yet"))
    days = (line.line_date - shop_date(payment.paid_at or payment.created_at)).days
    if days < 0:
        told.append(filled(_tr("booked %1 days before the payment"), number(-days)))
    elif days > _FAR_DAYS:
        told.append(filled(_tr("booked %1 days after the payment"), number(days)))
    return told


def _tr(text: str) -> str:
    return QCoreApplication.translate("Reconcile", text)
