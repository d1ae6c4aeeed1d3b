"""Ntry: one booking on the account, which is one line of the statement.

Source: ISO 20022 camt.053, ReportEntry. ``CdtDbtInd`` says how the entry was booked;
``RvslInd`` only adds that what was booked before had the other sign, so that it changes nothing.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from core.statements.camt.details import Charge, Details, charges_of, details_of, named
from core.statements.camt.names import LOCAL, first_leaf, first_text, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element

MOST_DETAILS_TOLD = 20
"""So many payments of a batch are named in its line; their number is always told."""

_PLAIN = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,9})?")
_DIRECTIONS = {"CRDT": True, "DBIT": False}


class Entry(NamedTuple):
    """What an Ntry says, its amount still as text: the currency may be named elsewhere.

    ``is_credit`` is None where the entry does not say; ``status`` is "" where it has none.
    """

    amount: str = ""
    currency: str = ""
    is_credit: bool | None = None
    is_reversal: bool = False
    status: str = ""
    booked: str = ""
    valued: str = ""
    reference: str = ""
    servicer: str = ""
    code: str = ""
    text: str = ""
    stated_payments: str = ""
    charges: tuple[Charge, ...] = ()


class Batch:
    """The payments of one entry, taken as they end, so that no entry is too large to hold."""

    def __init__(self) -> None:
        self.count = 0
        self.details: list[Details] = []
        self.totals: dict[str, Decimal] = {}
        self.signed_totals: dict[str, Decimal] = {}
        self.complete = True

    def add(self, element: _Element) -> None:
        """Take one TxDtls."""
        details = details_of(element)
        self.count += 1
        if self.count <= MOST_DETAILS_TOLD:
            self.details.append(details)
        if not _PLAIN.fullmatch(details.amount):
            self.complete = False
            return
        amount = Decimal(details.amount)
        signed = -amount if details.is_credit is False else amount
        currency = details.currency
        self.totals[currency] = self.totals.get(currency, Decimal(0)) + amount
        self.signed_totals[currency] = self.signed_totals.get(currency, Decimal(0)) + signed

    def direction(self) -> bool | None:
        """Return whether money came, where all payments agree; None where they do not say."""
        told = {details.is_credit for details in self.details}
        return told.pop() if len(told) == 1 else None

    def differs_from(self, amount: str, currency: str) -> Decimal | None:
        """Return what the payments make where they say so and it is not the entry's amount."""
        if not self.complete or set(self.totals) != {currency}:
            return None
        total = self.totals[currency]
        if abs(Decimal(amount)) in {abs(total), abs(self.signed_totals[currency])}:
            return None
        return total


def entry_of(element: _Element) -> Entry:
    """Return what an Ntry element says, without its payments."""
    found: dict[str, str] = {}
    currency = code = ""
    is_credit: bool | None = None
    charges: tuple[Charge, ...] = ()
    for child in element:
        name = LOCAL[child.tag]
        if name == "Amt":
            found[name], currency = text_of(child), child.get("Ccy", "")
        elif name == "CdtDbtInd":
            is_credit = _DIRECTIONS.get(first_leaf(child).upper())
        elif name in {"Sts", "BookgDt", "ValDt"}:
            found[name] = first_leaf(child)
        elif name == "BkTxCd":
            code = first_text(child, "Prtry", "Cd")
        elif name == "NtryDtls":
            found[name] = first_text(child, "Btch", "NbOfTxs")
        elif name == "Btch":
            found["NtryDtls"] = first_text(child, "NbOfTxs")
        elif name == "Chrgs":
            charges = charges_of(child)
        elif name in {"NtryRef", "AcctSvcrRef", "AddtlNtryInf", "RvslInd"}:
            found[name] = text_of(child)
    get = found.get
    return Entry(
        amount=get("Amt", ""),
        currency=currency.strip().upper(),
        is_credit=is_credit,
        is_reversal=get("RvslInd", "") in {"true", "1"},
        status=get("Sts", "").upper(),
        booked=get("BookgDt", ""),
        valued=get("ValDt", ""),
        reference=named(get("NtryRef", "")),
        servicer=named(get("AcctSvcrRef", "")),
        code=code,
        text=get("AddtlNtryInf", ""),
        stated_payments=get("NtryDtls", ""),
        charges=charges,
    )
