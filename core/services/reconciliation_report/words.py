"""The words of a reconciliation's report, as a file for an owner or accountant has them."""

from __future__ import annotations

from core.model.reconciliations import LineState, ReconciliationStatus, WriteOffReason
from core.services.reconciliation_report.contract import DifferenceGroup

TITLE = "Reconciliation report"
CERTAIN, BY_PERSON = "Certain evidence", "A person"

_KINDS = {
    "one_to_one": "One payment",
    "fee_net": "Payment less the channel's fee",
    "settlement": "Payout of several payments",
    "split": "Several lines or payments together",
    "reversal": "Money taken back",
    "refund": "Refund to a customer",
    "bank_charge": "The bank's own charge",
    "by_hand": "Put together by hand",
}
STATUS_WORDS = {
    ReconciliationStatus.PENDING: "Not started",
    ReconciliationStatus.IN_PROGRESS: "In progress",
    ReconciliationStatus.COMPLETE: "Complete",
    ReconciliationStatus.DISCREPANCY: "Discrepancy",
    ReconciliationStatus.RESOLVED: "Resolved",
}
DIFFERENCE_WORDS = {
    DifferenceGroup.FEE: "Fee the channel kept",
    DifferenceGroup.WRITTEN_OFF: "Written off",
    DifferenceGroup.OVER: "Received too much",
    DifferenceGroup.UNDER: "Received too little",
}
OFFERED_WORDS = {
    LineState.SUGGESTED: "A suggestion waits",
    LineState.UNMATCHED: "Nothing fits",
}


def kind_words(kind: str) -> str:
    """Return what a match says that lines and payments have to do with each other."""
    return _KINDS.get(kind, kind.replace("_", " ").capitalize())


def line_text(description: str, counterparty: str) -> str:
    """Return what the statement says of a line, the other party included once."""
    if counterparty and counterparty.casefold() not in description.casefold():
        return " · ".join(filter(None, (description, counterparty)))
    return description or counterparty


def payment_reference(*numbers: str | None) -> str:
    """Return by which number people know a payment: the first there is."""
    return next((number for number in numbers if number), "")


WRITE_OFF_WORDS = {
    WriteOffReason.BANK_CHARGE: "bank charge",
    WriteOffReason.ROUNDING: "rounding",
    WriteOffReason.SHORT_PAID: "short paid, let go",
    WriteOffReason.OVERPAID: "overpaid, kept",
    WriteOffReason.EXCHANGE: "exchange difference",
    WriteOffReason.OTHER: "other",
}
