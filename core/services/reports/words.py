"""The words of a report, as a file for an accountant has them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from core.model.payments import PaymentMethod
from core.services.reports.contract import Series

_OWN_WORDS = {
    "mtn_mobile_money": "MTN Mobile Money",
    "airtel_money": "Airtel Money",
    "IN_PROGRESS": "In progress",
    "INITIATE": "Asked to pay",
    "QUERY": "Asked how it stands",
    "CONFIRM": "Confirmed",
    "CANCEL": "Called off",
    "REFUND": "Sent back",
}


def words(value: StrEnum) -> str:
    """Return a method, state or request in words: "Cash on delivery", "Completed"."""
    return _OWN_WORDS.get(value.value, value.value.replace("_", " ").capitalize())


def method_series(method: PaymentMethod, values: Sequence[int]) -> Series:
    """Return a method's figures for a chart, in the method's own colour."""
    return Series(words(method), tuple(values), f"method:{method}")
