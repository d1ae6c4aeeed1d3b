"""Finds the network's transaction id in a message on a customer's phone.

The wordings are those of MTN and Airtel in Rwanda: "Financial Transaction Id: N", "TxId: N",
"Cash Deposit::CASH::::0::N." and "Trans ID MP210603.1234.L06941".
"""

from __future__ import annotations

import re

_LABELLED = (
    # The "External Transaction Id" of the same message is the shop's own number, not the network's.
    re.compile(r"financial\s+transaction\s+id\s*[:.]?\s*([0-9]{4,20})", re.IGNORECASE),
    re.compile(r"\btx\s?id\s*[:.]?\s*([0-9]{4,20})", re.IGNORECASE),
    re.compile(r"\b([A-Z]{2}[0-9]{6}\.[0-9]{4}\.[A-Z][0-9]{5})\b", re.IGNORECASE),
    re.compile(r"(?<!external )\b(?:trans(?:action)?\.?|t)\s?id\s*[:.]?\s*([A-Z0-9.]{6,40})",
               re.IGNORECASE),
    re.compile(r"::([0-9]{4,20})\.?\s*$"),
)  # fmt: skip


def transaction_id_in(text: str) -> str:
    """Return the id in a whole message, or the id typed alone; empty where a message holds none."""
    text = " ".join(text.split())
    for pattern in _LABELLED:
        found = pattern.search(text)
        if found:
            return found[1].rstrip(".")
    return "" if " " in text else text.rstrip(".,;")
