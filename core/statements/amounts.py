"""Amounts as files write them: signs in six places, four kinds of thousands, two marks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

_SPACES = "\u00a0\u202f\u2009\u2007"
_MINUS = "\u2212\u2013\u2012\ufe63\uff0d"
_QUOTES = "'\u2019\u2018\u00b4`"
_SAME = str.maketrans(
    {**dict.fromkeys(_SPACES, " "), **dict.fromkeys(_MINUS, "-"), **dict.fromkeys(_QUOTES, "'")}
)
_WORD = r"(?:[^\W\d_]{1,4}\.?|[€$£¥₦₵])"
_SHAPE = re.compile(
    rf"(?P<open>\()?\s*(?P<sign1>[-+])?\s*(?P<word1>{_WORD})?\s*(?P<sign2>[-+])?\s*"
    r"(?P<number>\d[\d .,']*|[.,]\d+)(?P<sign3>[-+])?"
    rf"(?:/-)?\s*(?P<word2>{_WORD})?\s*(?P<word3>{_WORD})?\s*(?P<sign4>[-+])?\s*(?P<close>\))?"
)
_SIMPLE = re.compile(r"-?\d+(?:\.\d+)?")
_MOST_DIGITS = 15
"""Digits before the decimal mark; more is a number of something else."""
_LONGEST = 80
"""Characters of an amount with all that may stand around it."""
_GROUPS = re.compile(r"\d{1,3}(?:([ .,'])\d{3})(?:\1\d{3})*")
_LAKHS = re.compile(r"\d{1,2}(?:,\d{2})*,\d{3}")

_CREDIT_MARKS = frozenset({"C", "CR", "K", "KR", "H", "HB"})
_DEBIT_MARKS = frozenset({"D", "DR", "DB", "DT", "S"})
_CURRENCY_MARKS = {
    "€": "EUR", "EURO": "EUR", "EUROS": "EUR",
    "$": "USD", "£": "GBP", "¥": "JPY", "₦": "NGN", "₵": "GHS", "FRW": "RWF",
    "RF": "RWF", "KSH": "KES", "USH": "UGX", "TSH": "TZS", "SH": "", "FBU": "BIF", "FCFA": "XAF",
    "CFA": "XOF", "GHC": "GHS", "GH": "GHS", "FR": "", "RS": "INR", "ZL": "PLN", "KC": "CZK",
    "KČ": "CZK", "ZŁ": "PLN", "FT": "HUF", "LEI": "RON", "R": "ZAR", "SFR": "CHF", "US": "USD",
}  # fmt: skip
_CURRENCY_SYMBOLS = frozenset({"FRW", "KSH", "USH", "TSH"})


class MachineNumber(str):
    """A number that a spreadsheet stored as a number: its dot is the decimal mark, always."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class WrittenAmount:
    """An amount as written: digits with their separators, a sign, and what stands around it."""

    number: str
    negative: bool
    currency: str = ""
    mark: str = ""
    """"C" or "D" where the text itself says credit or debit."""
    machine: bool = False
    plus: bool = False
    """Whether a plus is written: where only some amounts have one, it says money in."""


@cache
def currency_codes() -> frozenset[str]:
    """Return the ISO 4217 codes in use, now or once."""
    from babel.numbers import list_currencies  # noqa: PLC0415 - 30 ms not owed at start

    return frozenset(list_currencies())


def currency_named(text: str) -> str:
    """Return the ISO code that a word such as "RWF", "Frw" or "€" stands for, or ""."""
    word = text.strip().rstrip(".").upper()
    if word in _CURRENCY_MARKS:
        return _CURRENCY_MARKS[word]
    return word if len(word) == 3 and word in currency_codes() else ""


def currency_inside(text: str) -> str:
    """Return the one currency named in a text such as "Saldo (CHF)", or "" for none or several."""
    words = re.findall(
        r"(?<![^\W_])[A-Z]{3}(?![^\W_])|[€£₦]|\b(?:[Ff][Rr][Ww]|K[Ss]h|[Ee]uros?|FCFA)\b", text
    )
    named = {currency_named(word) for word in words} - {"", "ALL", "TOP", "VAL", "PEN", "SOL"}
    return named.pop() if len(named) == 1 else ""


def written_amount(text: str) -> WrittenAmount | None:
    """Return the parts of an amount, or None when the text is not one."""
    if isinstance(text, MachineNumber):
        return WrittenAmount(text.lstrip("-"), text.startswith("-"), machine=True)
    if _SIMPLE.fullmatch(text):
        return WrittenAmount(text.lstrip("-"), text[0] == "-")
    return _full_amount(text)


@lru_cache(maxsize=8192)
def _full_amount(text: str) -> WrittenAmount | None:
    if len(text) > _LONGEST:
        return None
    match = _SHAPE.fullmatch(text.translate(_SAME).strip())
    if match is None:
        return None
    currency = mark = ""
    for word in (match["word1"], match["word2"], match["word3"]):
        if not word:
            continue
        upper = word.rstrip(".").upper()
        after = word is not match["word1"]
        if after and upper in _CREDIT_MARKS | _DEBIT_MARKS and not mark:
            mark = "C" if upper in _CREDIT_MARKS else "D"
        elif not currency and (named := currency_named(word)):
            currency = named
        elif upper not in _CURRENCY_MARKS:
            return None
    signs = [match[name] for name in ("sign1", "sign2", "sign3", "sign4") if match[name]]
    bracketed = bool(match["open"]) and bool(match["close"])
    if len(signs) > 1 or bool(match["open"]) != bool(match["close"]):
        return None
    return WrittenAmount(
        match["number"].strip(),
        bracketed or signs == ["-"],
        currency,
        mark,
        plus=signs == ["+"],
    )


def exact(written: WrittenAmount, decimal_mark: str) -> Decimal | None:
    """Return the signed value, or None when the digits do not fit together ("12..34")."""
    number = written.number
    if written.machine:
        value = Decimal(f"-{number}" if written.negative else number)
        return value if value.adjusted() < _MOST_DIGITS else None
    whole, mark, fraction = number.rpartition(decimal_mark)
    if not mark:
        whole, fraction = number, ""
    if not fraction.isdigit() and fraction:
        return None
    if whole and not (whole.isdigit() or _GROUPS.fullmatch(whole) or _LAKHS.fullmatch(whole)):
        return None
    if decimal_mark in whole:
        return None
    digits = re.sub(r"\D", "", whole) or "0"
    if len(digits) > _MOST_DIGITS:
        return None
    value = Decimal(f"{digits}.{fraction}" if fraction else digits)
    return -value if written.negative else value


def decimal_mark_of(amounts: Mapping[WrittenAmount, int], *, decimals: int) -> tuple[str, bool]:
    """Return the decimal mark that a file's amounts show, and whether that was a guess.

    Each amount comes with how often it occurs.

    "1.500" alone may be 1500 or 1.5: other amounts of the file decide; failing that, groups of
    three digits are thousands, unless the currency is known to have two ``decimals`` and every
    amount of the file shows three digits after a dot, the last a 0, as programs pad "53.100".
    """
    votes = {".": 0, ",": 0}
    unclear = {".": 0, ",": 0}
    padded = total = 0
    for written, count in amounts.items():
        number = written.number
        if written.machine:
            continue
        total += count
        dots, commas = number.count("."), number.count(",")
        if not dots and not commas:
            continue
        last = "." if number.rfind(".") > number.rfind(",") else ","
        other = "," if last == "." else "."
        if dots and commas:
            votes[last] += count
        elif dots + commas > 1:
            votes[other] += count
        else:
            whole, fraction = number.split(last)
            grouped_already = " " in whole or "'" in whole
            if len(fraction) != 3 or len(whole) > 3 or whole in ("", "0") or grouped_already:
                votes[last] += count
            else:
                unclear[last] += count
                padded += count * fraction.endswith("0")
    if votes["."] or votes[","]:
        return ("." if votes["."] >= votes[","] else ","), bool(votes["."] and votes[","])
    if not unclear["."] and not unclear[","]:
        return ".", False
    mark = "." if unclear["."] >= unclear[","] else ","
    if mark == "." and decimals == 2 and total >= 5 and padded == total:
        return mark, True
    return ("," if mark == "." else "."), decimals > 0
