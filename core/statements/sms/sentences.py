"""What MTN MoMo and Airtel Money write to a phone, in English, Kinyarwanda and French.

The sentences are those that customers of both networks in Rwanda have published; wordings
differ by year and service, so each pattern asks for the verb and the amount only, and looks for
fee, balance, numbers and names wherever they stand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache

from core.statements.amounts import currency_named
from core.statements.sms import phrases

MAX_CHARACTERS = 1500
"""Networks write up to ten parts of 153 characters; what follows is no message."""

_CODE = r"(?:RWF|FRWS?|RWFS?|UGX|KES|KSH|TZS|TSH|XAF|XOF|FCFA|GHS|ZMW|BIF|FBU)"
_DIGITS = (
    r"(?<![\d.,])\d{1,3}(?:[ ,.\u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d{1,2})?(?!\d)"
)


_AMOUNT = (
    rf"(?:(?P<a_code1>{_CODE})\.?\s*(?P<a1>{_DIGITS})"
    rf"|(?P<a2>{_DIGITS})\s*(?P<a_code2>{_CODE})(?![a-z]))"
)
_LOOSE = rf"(?:{_CODE}\.?\s*)?(?P<n>{_DIGITS})"
"""An amount whose currency may be left out, after a word that says what it is."""


class Outcome(StrEnum):
    """What a message says of the wallet's money."""

    MOVED = "moved"
    UNSURE = "unsure"
    """It may have: a bundle paid in airtime or money, a transfer out of a linked bank account."""
    FAILED = "failed"
    """It failed, or waits for somebody's word."""
    UNCLEAR = "unclear"
    """It speaks of an amount, and not in a known sentence."""
    OTHER = "other"
    """A code, an advertisement, small talk."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A message as understood; ``amount`` is signed, + is money in, in major units."""

    outcome: Outcome
    amount: Decimal = Decimal(0)
    currency: str = ""
    fee: Decimal = Decimal(0)
    balance: Decimal | None = None
    transaction_id: str = ""
    external_id: str = ""
    counterparty: str = ""
    counterparty_account: str = ""
    own_account: str = ""


@dataclass(frozen=True, slots=True)
class _Kind:
    sign: int
    pattern: re.Pattern[str]
    party: str
    """The words before the other party's name."""
    hint: re.Pattern[str] | None = None
    """What stands after an amount that begins the sentence: an amount alone is slow to look for."""
    unsure: bool = False
    """Whether it moved the wallet's money, the balances around it must say."""


def _kinds(sign: int, sentences: Sequence[str], party: str, *, unsure: bool = False) -> list[_Kind]:
    return [_Kind(sign, _sentence(text), party, _hint(text), unsure) for text in sentences]


def _hint(text: str) -> re.Pattern[str] | None:
    if not text.startswith("{A}"):
        return None
    last_words = text.rpartition(")?")[2].strip().replace(" ", r"\s+")
    return re.compile(last_words, re.IGNORECASE)


def _sentence(text: str) -> re.Pattern[str]:
    spaced = text.replace(" ?", r"\s*").replace(" ", r"\s+")
    return re.compile(spaced.replace("{A}", _AMOUNT), re.IGNORECASE | re.DOTALL)


_MOVES = (
    *_kinds(1, phrases.RECEIVED, phrases.FROM),
    *_kinds(1, phrases.DEPOSITED, phrases.FROM),
    *_kinds(-1, phrases.PAID, phrases.TO),
    *_kinds(-1, phrases.SENT, phrases.TO),
    *_kinds(-1, phrases.WITHDRAWN, phrases.AGENT),
    *_kinds(-1, phrases.DEBITED, "by"),
    *_kinds(-1, phrases.AIRTIME, phrases.TO),
)
_PUSHES = tuple(_kinds(1, phrases.BANK_PUSH, phrases.TO, unsure=True))
_BUNDLES = tuple(_kinds(-1, phrases.BUNDLES, phrases.TO, unsure=True))
_ANY_AMOUNT = _sentence("{A}")
_REVERSED = _sentence(
    r"\byour (?:transaction|payment|transfer) (?P<way>to|from)\b.{1,200}?{A}.{0,80}?"
    r"\b(?:has been|was) reversed"
)
_REFUNDED = _sentence(r"{A}.{0,80}?\b(?:has been|was) (?:refunded|returned) to")
_FAILED = re.compile(rf"\b(?:{phrases.NOT_DONE})\b", re.IGNORECASE)
_NOTE = re.compile(
    r"\b(?:with )?message(?: from [a-z ]{3,20})?\s*:\s*(?P<note>.*?)"
    r"(?=\.?\s*(?:your new balance|new balance|fee (?:was|paid|:)|financial transaction|failed at"
    r"|external transaction|\*EN#|at \d{4}-)|$)",
    re.IGNORECASE | re.DOTALL,
)
"""What the sender wrote is not the network's word: "cancelled order" there fails nothing."""
_GIFT = re.compile(
    r"\s*(?:worth\s+)?(?:of\s+)?(?:free|bonus|airtime|data|promo|bundle)\b", re.IGNORECASE
)
"""What follows an amount that never was money: "You have received 100 RWF bonus airtime"."""
_BALANCE = re.compile(
    rf"(?:\bbalance(?: is| now is)?|\bbal\b\.?|\bsolde(?: est| actuel)?(?: de)?|\busigaye\b"
    rf"|\b(?:usigaranye|musigaranye|asigaye)(?: ni)?)\s*(?:[:=]|is)?\s*{_LOOSE}",
    re.IGNORECASE,
)
_FEE = re.compile(
    rf"\b(?:fees?|charges?|charged|cost|frais|ikiguzi)(?:\s+(?:was|is|paid|charged|of|de|ni))*"
    rf"\s*:?\s*{_LOOSE}",
    re.IGNORECASE,
)
_IDENTIFIERS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!external )(?<!external)\bfinancial transaction id\s*:?\s*(?P<id>[\w-]+)",
        r"\b(?:txid|tx id|txn\.? ?id|tid)\b\s*[:.]?\s*(?P<id>\w[\w.-]*)",
        r"(?<!external )\btrans(?:action)?\.? ?id\s*[:.]?\s*(?P<id>\w[\w.-]*)",
        r"\bft ?id\s*:?\s*(?P<id>\w[\w.-]*)",
        r"\bref(?:erence)?(?: no)?\.?\s*:\s*(?P<id>\w[\w.-]*)",
    )
)
_EXTERNAL = re.compile(r"\bexternal transaction id\s*:?\s*(?P<id>[\w-]+)", re.IGNORECASE)
_OWN = re.compile(
    r"\(\d{9,12}\)\s+from\s+(?P<number>\d{6,12})\b"
    r"|from your mobile money account:?\s+(?P<account>\d{6,14})\b",
    re.IGNORECASE,
)
_NAME = (
    r"\s+(?P<name>[^\d(*+,:;]*?)\s*(?:\(?(?P<phone>[*+\d][*\d -]{2,}\d)\)?)?\s*"
    r"(?:\.|,|;|:|\(|$|\b(?:has|have|was|is|on|at|from|with|for|via|kuwa|ku|le|successfully"
    r"|completed|received)\b)"
)
_OPENING = re.compile(rf"(?:<#>\s*)?(?:{phrases.OPENING})", re.IGNORECASE)
_GAP = re.compile(r"(\s)\s+")


def _bounded(text: str) -> str:
    """Return as much as a message holds, each gap one space wide: a name ends at many of them."""
    return _GAP.sub(r"\1", text[: 4 * MAX_CHARACTERS])[:MAX_CHARACTERS]


def has_amount(text: str) -> bool:
    """Tell whether an amount with its currency stands in a text."""
    return bool(_ANY_AMOUNT.search(_bounded(text)))


def is_known(text: str) -> bool:
    """Tell whether a text begins like a network's message and holds a sentence that moves money."""
    text = _bounded(text)
    if not _OPENING.match(text) or not _ANY_AMOUNT.search(text):
        return False
    return bool(_REVERSED.search(text)) or any(_found(kind, text) for kind in _MOVES)


def understood(text: str) -> Sentence:
    """Return what a message says."""
    text = _bounded(text)
    note = _NOTE.search(text)
    own = text[: note.start("note")] + text[note.end("note") :] if note else text
    if _ANY_AMOUNT.search(own) is None:
        return Sentence(Outcome.OTHER)
    turned = _REVERSED.search(own)
    if turned is None and ("refunded" in own or "returned" in own):
        turned = _REFUNDED.search(own)
    if turned is not None:
        return _reversal(own, turned)
    if _FAILED.search(own):
        return Sentence(Outcome.FAILED)
    balance = _number(_BALANCE.search(own))
    for kind in (*_PUSHES, *_MOVES, *_BUNDLES):
        match = _found(kind, own)
        if match is None:
            continue
        if kind.sign > 0 and _GIFT.match(own, match.end()):
            break
        fee = _number(_FEE.search(own))
        size, currency = _written(match)
        name, account = _party(own, match.end(), kind.party)
        return Sentence(
            Outcome.UNSURE if kind.unsure and balance is None else Outcome.MOVED,
            amount=size * kind.sign,
            currency=currency,
            fee=fee or Decimal(0),
            balance=balance,
            transaction_id=_identifier(own),
            external_id=_named(_EXTERNAL.search(own)),
            counterparty=name,
            counterparty_account=account,
            own_account=_own_account(own),
        )
    return Sentence(Outcome.UNCLEAR)


def _found(kind: _Kind, text: str) -> re.Match[str] | None:
    if kind.hint is not None and kind.hint.search(text) is None:
        return None
    return kind.pattern.search(text)


def _reversal(text: str, match: re.Match[str]) -> Sentence:
    """Money that went out comes back; money that had come in goes again."""
    way = match.groupdict().get("way") or "to"
    size, currency = _written(match)
    name, account = _party(text, 0, "to|from")
    return Sentence(
        Outcome.MOVED,
        amount=-size if way.casefold() == "from" else size,
        currency=currency,
        balance=_number(_BALANCE.search(text)),
        transaction_id=_identifier(text),
        external_id=_named(_EXTERNAL.search(text)),
        counterparty=name,
        counterparty_account=account,
    )


def _written(match: re.Match[str]) -> tuple[Decimal, str]:
    digits, code = match["a1"] or match["a2"], match["a_code1"] or match["a_code2"]
    return _value(digits), currency_named(code.upper().removesuffix("S")) or code.upper()


def _number(match: re.Match[str] | None) -> Decimal | None:
    return _value(match["n"]) if match else None


def _value(digits: str) -> Decimal:
    """Return the value of digits whose groups of three are thousands, whatever parts them."""
    fraction = re.search(r"[.,](\d{1,2})$", digits)
    whole = digits[: fraction.start()] if fraction else digits
    return Decimal(f"{re.sub(r'[^0-9]', '', whole)}.{fraction[1] if fraction else '0'}")


def _identifier(text: str) -> str:
    for pattern in _IDENTIFIERS:
        if found := pattern.search(text):
            return found["id"].rstrip(".-")
    return ""


def _named(match: re.Match[str] | None) -> str:
    return match["id"].rstrip(".-") if match else ""


def _own_account(text: str) -> str:
    match = _OWN.search(text)
    return (match["number"] or match["account"]) if match else ""


def _party(text: str, after: int, words: str) -> tuple[str, str]:
    """Return the other party's name and number; part of a number may be masked by stars."""
    pattern = _party_after(words)
    back = max(after - 4, 0)  # the pattern's own "to" or "from" may be the word before the name
    found = pattern.search(text, back)
    if found is None or found["name"].casefold().startswith("your "):
        found = pattern.search(text)
    if found is None:
        return "", ""
    name = " ".join(found["name"].split()).strip(" .-")
    return name, re.sub(r"[ -]", "", found["phone"] or "")


@cache
def _party_after(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|(?<=[\s,])|(?<=\)))(?:{words}){_NAME}", re.IGNORECASE)
