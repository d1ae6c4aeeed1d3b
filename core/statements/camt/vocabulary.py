"""The words of CAMT.052, 053 and 054: where each fact lies in versions 001.01 to 001.13.

Newer versions wrap what older ones write plainly (``Sts/Cd``, ``Dbtr/Pty/Nm``, ``Chrgs/Rcrd``);
version 1 has ``TxDtls`` and ``Btch`` directly in the entry. A path that a version does not have
does no harm. Source: the ISO 20022 message definition reports for bank-to-customer cash
management.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from core.statements.camt.shapes import Record, Shape

MOST_PAYMENTS_TOLD = 20
"""So many payments of a batch are kept to be named in its line; their number is always told."""

PLAIN = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{1,9})?")
_DIRECTIONS = {"CRDT": True, "DBIT": False}
_UNNAMED = {"NOTPROVIDED", "NOT PROVIDED", "NOTAVAILABLE", "NONREF", "N/A", "-"}
"""What programs write where a reference is mandatory and there is none."""
_LONGEST_UNNAMED = max(map(len, _UNNAMED))


def direction(text: str) -> bool | None:
    """Return whether a CdtDbtInd says credit; None where it says neither."""
    return _DIRECTIONS.get(text.upper())


def currency_code(text: str) -> str:
    """Return a currency as ISO 4217 writes it, or "" for what is none."""
    code = text.upper()
    return code if len(code) == 3 and code.isascii() and code.isalpha() else ""


def is_true(text: str) -> bool:
    """Tell an indicator that is set, in either spelling of a boolean."""
    return text.lower() in {"true", "1"}


def named(text: str) -> str:
    """Return a text on one line, or "" for a word that stands for nothing."""
    if len(text) <= _LONGEST_UNNAMED and text.upper() in _UNNAMED:
        return ""
    return " ".join(text.split())


class Charge(Record):
    """What the bank took; ``included`` says whether the amount beside it has it in it."""

    amount = ""
    currency = ""
    direction = ""
    included = ""
    records: tuple[Charge, ...] = ()

    def take(self, inner: Record) -> None:
        """Receive one of several charges; a version that has them says nothing beside them."""
        if isinstance(inner, Charge):
            self.records += (inner,)


class Payment(Record):
    """One payment inside an entry (TxDtls). It describes; only the entry is money."""

    end_to_end = ""
    instruction = ""
    transaction = ""
    unique = ""
    servicer = ""
    structured = ""
    amount = ""
    currency = ""
    transaction_amount = ""
    transaction_currency = ""
    direction = ""
    debtor = ""
    ultimate_debtor = ""
    debtor_account = ""
    creditor = ""
    ultimate_creditor = ""
    creditor_account = ""
    text = ""
    further = ""
    charges: tuple[Charge, ...] = ()

    def take(self, inner: Record) -> None:
        """Receive a charge."""
        if isinstance(inner, Charge):
            self.charges += inner.records or (inner,)


class Entry(Record):
    """One booking (Ntry), with as many of its payments as are told."""

    amount = ""
    currency = ""
    direction = ""
    reversal = ""
    status = ""
    booked = ""
    valued = ""
    reference = ""
    servicer = ""
    code = ""
    text = ""
    stated_payments = ""
    charges: tuple[Charge, ...] = ()
    payments: tuple[Payment, ...] = ()
    payment_count = 0
    totals: Totals | None = None

    def take(self, inner: Record) -> None:
        """Receive a payment or a charge."""
        if isinstance(inner, Payment):
            if self.payment_count:
                self.totals = self.totals or Totals(self.payments[0])
                self.totals.add(inner)
            self.payment_count += 1
            if self.payment_count <= MOST_PAYMENTS_TOLD:
                self.payments += (inner,)
        elif isinstance(inner, Charge):
            self.charges += inner.records or (inner,)


class Totals:
    """What the payments of a batch add up to, without and with their directions.

    ``currency`` is "" where they are in several, or one does not say its amount.
    """

    def __init__(self, first: Payment) -> None:
        self.plain = Decimal(0)
        self.signed = Decimal(0)
        self.currency: str | None = None
        self.add(first)

    def add(self, payment: Payment) -> None:
        """Count a payment."""
        amount, currency = payment.amount, payment.currency
        if not amount:
            amount, currency = payment.transaction_amount, payment.transaction_currency
        if not PLAIN.fullmatch(amount) or self.currency not in {None, currency}:
            self.currency = ""
            return
        self.currency = currency
        value = Decimal(amount)
        self.plain += value
        self.signed += -value if direction(payment.direction) is False else value

    def differ_from(self, amount: str, currency: str) -> bool:
        """Tell whether the payments say what they add up to, and it is not this amount."""
        if self.currency != currency or not PLAIN.fullmatch(amount):
            return False
        return abs(Decimal(amount)) not in {abs(self.plain), abs(self.signed)}


class Balance(Record):
    """What the account held (Bal)."""

    kind = ""
    amount = ""
    currency = ""
    direction = ""
    date = ""


class Summary(Record):
    """How many entries there are and what they add up to (TxsSummry), of both directions."""

    direction = ""
    entries = ""
    total = ""


class CreditSummary(Summary):
    """The same of the credits."""

    direction = "CRDT"


class DebitSummary(Summary):
    """The same of the debits."""

    direction = "DBIT"


def _any_of(fields: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return field by path, from the paths that each field may lie at."""
    return {path: name for name, paths in fields.items() for path in paths}


def _account(role: str) -> tuple[str, ...]:
    kinds = ("Id/IBAN", "Id/BBAN", "Id/UPIC", "Id/Othr/Id", "Id/PrtryAcct/Id", "Prxy/Id")
    return tuple(f"{role}/{kind}" for kind in kinds)


def _party(role: str) -> tuple[str, ...]:
    return tuple(f"RltdPties/{role}/{path}" for path in ("Nm", "Pty/Nm", "Agt/FinInstnId/Nm"))


_CHARGE = Shape(
    Charge, {"Amt": "amount@currency", "CdtDbtInd": "direction", "ChrgInclInd": "included"}
)
_CHARGES = Shape(Charge, _CHARGE.fields, {"Rcrd": _CHARGE})
_PAYMENT = Shape(
    Payment,
    _any_of(
        {
            "end_to_end": ("Refs/EndToEndId",),
            "instruction": ("Refs/InstrId",),
            "transaction": ("Refs/TxId",),
            "unique": ("Refs/UETR",),
            "servicer": ("Refs/AcctSvcrRef",),
            "+structured": (
                "RmtInf/Strd/CdtrRefInf/Ref",
                "RmtInf/Strd/CdtrRefInf/CdtrRef",
            ),
            "amount@currency": ("Amt",),
            "transaction_amount@transaction_currency": ("AmtDtls/TxAmt/Amt",),
            "direction": ("CdtDbtInd",),
            "debtor": _party("Dbtr"),
            "ultimate_debtor": _party("UltmtDbtr"),
            "debtor_account": _account("RltdPties/DbtrAcct"),
            "creditor": _party("Cdtr"),
            "ultimate_creditor": _party("UltmtCdtr"),
            "creditor_account": _account("RltdPties/CdtrAcct"),
            "+text": (
                "RmtInf/Ustrd",
                "RmtInf/Strd/AddtlRmtInf",
                "RmtInf/Strd/RfrdDocInf/Nb",
                "RmtInf/Strd/RfrdDocInf/RfrdDocNb",
            ),
            "+further": ("AddtlTxInf", "RtrInf/AddtlInf"),
        }
    ),
    {"Chrgs": _CHARGES},
)
_ENTRY = Shape(
    Entry,
    _any_of(
        {
            "amount@currency": ("Amt",),
            "direction": ("CdtDbtInd",),
            "reversal": ("RvslInd",),
            "status": ("Sts", "Sts/Cd", "Sts/Prtry"),
            "booked": ("BookgDt/Dt", "BookgDt/DtTm"),
            "valued": ("ValDt/Dt", "ValDt/DtTm"),
            "reference": ("NtryRef",),
            "servicer": ("AcctSvcrRef",),
            "code": ("BkTxCd/Prtry/Cd",),
            "+text": ("AddtlNtryInf",),
            "stated_payments": ("NtryDtls/Btch/NbOfTxs", "Btch/NbOfTxs"),
        }
    ),
    {
        "Chrgs": _CHARGES,
        "NtryDtls/TxDtls": _PAYMENT,
        "TxDtls": _PAYMENT,
    },
)
_BALANCE = Shape(
    Balance,
    _any_of(
        {
            "kind": ("Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry", "Tp/Cd", "Tp/Prtry"),
            "amount@currency": ("Amt",),
            "direction": ("CdtDbtInd",),
            "date": ("Dt/Dt", "Dt/DtTm"),
        }
    ),
)
_SUMMARY = {"NbOfNtries": "entries", "Sum": "total"}


def message_shapes(message: Callable[[], Record], part: Callable[[], Record]) -> dict[str, Shape]:
    """Return what a message is made of, with the records that receive it and each account."""
    shape = Shape(
        part,
        _any_of(
            {
                "account": _account("Acct"),
                "currency": ("Acct/Ccy",),
                "electronic_number": ("ElctrncSeqNb",),
                "legal_number": ("LglSeqNb",),
                "created": ("CreDtTm",),
                "from_day": ("FrToDt/FrDt", "FrToDt/FrDtTm"),
                "to_day": ("FrToDt/ToDt", "FrToDt/ToDtTm"),
                "page": ("StmtPgntn/PgNb", "RptPgntn/PgNb", "NtfctnPgntn/PgNb"),
                "last_page": (
                    "StmtPgntn/LastPgInd",
                    "RptPgntn/LastPgInd",
                    "NtfctnPgntn/LastPgInd",
                ),
            }
        ),
        {
            "Bal": _BALANCE,
            "Ntry": _ENTRY,
            "TxsSummry/TtlNtries": Shape(Summary, _SUMMARY),
            "TxsSummry/TtlCdtNtries": Shape(CreditSummary, _SUMMARY),
            "TxsSummry/TtlDbtNtries": Shape(DebitSummary, _SUMMARY),
        },
    )
    whole = Shape(
        message, {"GrpHdr/CreDtTm": "created"}, dict.fromkeys(("Stmt", "Rpt", "Ntfctn"), shape)
    )
    names = ("BkToCstmrStmt", "BkToCstmrAcctRpt", "BkToCstmrDbtCdtNtfctn")
    return {f"{name}{version}": whole for name in names for version in ("", "V01")}
