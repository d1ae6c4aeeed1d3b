"""TxDtls: one payment inside an entry, with its references, parties and remittance text.

An entry is what was booked; its details say of what it is made. One entry may stand for hundreds
of payments, so details never count as money, they only describe.
Source: ISO 20022 camt.052/053/054, EntryTransaction, versions 001.01 to 001.13.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.statements.camt.names import LOCAL, first_leaf, first_text, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element

_UNNAMED = {"NOTPROVIDED", "NOT PROVIDED", "NOTAVAILABLE", "NONREF", "N/A", "-"}
"""What programs write where a reference is mandatory and there is none."""


class Party(NamedTuple):
    """Who paid or was paid, and from or to which account."""

    name: str = ""
    account: str = ""


NOBODY = Party()


class Details(NamedTuple):
    """One payment as its TxDtls tell it; ``is_credit`` is None where they do not say."""

    end_to_end: str = ""
    instruction: str = ""
    transaction: str = ""
    servicer: str = ""
    structured: str = ""
    amount: str = ""
    currency: str = ""
    is_credit: bool | None = None
    debtor: Party = NOBODY
    creditor: Party = NOBODY
    text: str = ""
    charges: tuple[Charge, ...] = ()

    @property
    def reference(self) -> str:
        """What the payer was asked to quote, else what the payer's own system called it."""
        return self.structured or self.end_to_end or self.instruction


class Charge(NamedTuple):
    """What the bank took; ``included`` is None where it does not say if the amount has it."""

    amount: str
    currency: str
    is_credit: bool
    included: bool | None


def details_of(element: _Element) -> Details:
    """Return what a TxDtls element says."""
    references: dict[str, str] = {}
    parties: dict[str, str] = {}
    texts: list[str] = []
    charges: tuple[Charge, ...] = ()
    amount = currency = structured = ""
    is_credit = None
    for child in element:
        name = LOCAL[child.tag]
        if name == "Refs":
            _read_references(child, references)
        elif name == "RltdPties":
            _read_parties(child, parties)
        elif name == "RmtInf":
            structured = _read_remittance(child, texts) or structured
        elif name == "Amt":
            amount, currency = text_of(child), child.get("Ccy", "")
        elif name == "CdtDbtInd":
            is_credit = text_of(child) != "DBIT"
        elif name == "AmtDtls" and not amount:
            amount, currency = _transaction_amount(child)
        elif name == "AddtlTxInf":
            texts.append(text_of(child))
        elif name == "RtrInf":
            texts += [text_of(inner) for inner in child if LOCAL[inner.tag] == "AddtlInf"]
        elif name == "Chrgs":
            charges = charges_of(child)
    return Details(
        end_to_end=references.get("EndToEndId", ""),
        instruction=references.get("InstrId", ""),
        transaction=references.get("TxId", "") or references.get("UETR", ""),
        servicer=references.get("AcctSvcrRef", ""),
        structured=structured,
        amount=amount,
        currency=currency,
        is_credit=is_credit,
        debtor=_party(parties, "Dbtr"),
        creditor=_party(parties, "Cdtr"),
        text=" ".join(dict.fromkeys(filter(None, texts))),
        charges=charges,
    )


def charges_of(element: _Element) -> tuple[Charge, ...]:
    """Return the charges of an entry or a payment: in records since version 4, else plain."""
    records = [child for child in element if LOCAL[child.tag] == "Rcrd"] or [element]
    return tuple(
        _charge(record, child)
        for record in records
        for child in record
        if LOCAL[child.tag] == "Amt"
    )


def _charge(record: _Element, amount: _Element) -> Charge:
    included = first_text(record, "ChrgInclInd")
    return Charge(
        text_of(amount),
        amount.get("Ccy", ""),
        first_text(record, "CdtDbtInd") == "CRDT",
        included in {"true", "1"} if included else None,
    )


def named(reference: str) -> str:
    """Return a reference, or "" for a word that stands for none."""
    return "" if reference.upper() in _UNNAMED else reference


def account_number(element: _Element) -> str:
    """Return the number of a CashAccount: IBAN, or whatever identifies it."""
    for child in element:
        if LOCAL[child.tag] == "Id":
            return first_leaf(child)
    return ""


def _read_references(element: _Element, references: dict[str, str]) -> None:
    for child in element:
        if child.text and (value := named(text_of(child))):
            references[LOCAL[child.tag]] = value


def _read_parties(element: _Element, parties: dict[str, str]) -> None:
    for child in element:
        name = LOCAL[child.tag]
        if name in {"DbtrAcct", "CdtrAcct"}:
            parties[name] = account_number(child)
        elif name in {"Dbtr", "Cdtr", "UltmtDbtr", "UltmtCdtr"}:
            parties[name] = _party_name(child)


def _party_name(element: _Element) -> str:
    """Return Nm, which newer versions put into Pty, or into Agt for a bank."""
    for child in element:
        name = LOCAL[child.tag]
        if name == "Nm":
            return text_of(child)
        if name == "Pty":
            return first_text(child, "Nm")
        if name == "Agt":
            return first_text(child, "FinInstnId", "Nm")
    return ""


def _party(parties: dict[str, str], role: str) -> Party:
    name = parties.get(role, "") or parties.get(f"Ultmt{role}", "")
    return Party(named(name), parties.get(f"{role}Acct", ""))


def _read_remittance(element: _Element, texts: list[str]) -> str:
    """Add the free text, and return the structured creditor reference."""
    structured = ""
    for child in element:
        name = LOCAL[child.tag]
        if name == "Ustrd":
            if text := named(text_of(child)):
                texts.append(text)
        elif name == "Strd":
            structured = _read_structured(child, texts) or structured
    return structured


def _read_structured(element: _Element, texts: list[str]) -> str:
    reference = ""
    for child in element:
        name = LOCAL[child.tag]
        if name == "CdtrRefInf":
            reference = first_text(child, "Ref") or first_text(child, "CdtrRef")
        elif name == "RfrdDocInf":
            texts.append(first_text(child, "Nb") or first_text(child, "RfrdDocNb"))
        elif name == "AddtlRmtInf":
            texts.append(text_of(child))
    return named(reference)


def _transaction_amount(element: _Element) -> tuple[str, str]:
    for child in element:
        if LOCAL[child.tag] == "TxAmt":
            for inner in child:
                if LOCAL[inner.tag] == "Amt":
                    return text_of(inner), inner.get("Ccy", "")
    return "", ""
