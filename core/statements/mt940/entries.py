"""Field ``:61:``, the statement line: from its text to a movement of money.

SWIFT: value date, entry date (no year), mark, funds code, amount, type, reference for the
account owner, ``//`` and the bank's reference, and on a second line supplementary details.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

from core.errors import InvalidInputError
from core.money import display, exponent
from core.statements.mt940.fields import Entry
from core.statements.mt940.information import information_of, reference_in
from core.statements.mt940.values import Day, any_minor, day_of, entry_day, plain_minor
from core.statements.statement import Problem, StatementLine

_SWIFT_FORM = re.compile(
    r"(\d{6})(\d{4}| {4})?"
    r"(R?[CD]|E[CD])[A-Z]?"
    r"(\d{1,18})(?:,(\d*)|(?! ?\d))(?![\d.,'\u00a0\u202f])"
    r" ?(?:(?!NO?N?REF)(?:[A-Z][A-Z0-9]{2}[A-Z0-9 ]|[NFS] {3}))?"
    r"([^\n]*)\n?(.*)",
    re.DOTALL,
)
_LOOSE_FORM = re.compile(
    r"\s?((?!(\d{6})\2)(?:19|20)\d\d(?:0[1-9]|1[0-2])\d\d(?=\d{4}|\s?[A-Za-z])|\d{6})"
    r"\s?(?:\d\d(?=\d{4}\s?[A-Za-z]))?(\d{4}| {4})?\s?"
    r"([Rr]?[CcDd]|[Ee][CcDd])\s?[A-Za-z]?\s?"
    r"(-?[\d.,' \u00a0\u202f]{0,40}[\d.,])"
    r"\s?(?:(?!NO?N?REF)[A-Za-z][A-Za-z0-9]{3})?"
    r"([^\n]*)\n?(.*)",
    re.DOTALL,
)
_IBAN = re.compile(r"NO\d{13}|BE\d{14}|[A-Z]{2}\d{2}[A-Z0-9]{14,30}")
"""Only Norway's and Belgium's are as short as a reference."""

_DUTCH_ACCOUNT = re.compile(r"P?\d{9,10}")
_WIDE_GAP = re.compile(r"\S {3,}(?=\S)")
_CODED = re.compile(r"/[A-Z]{4}/")
"""Supplementary details for machines, such as /OCMT/ original amount and /CHGS/ charges."""

_TYPE_CODE = re.compile(r"\d{3} \d")
"""What one Polish bank repeats of the type code in the place of details."""

_REVERSAL = "Reversal"
"""Put before the text of RC and RD: nothing else of a line says so, and the matching asks it."""

_EXPECTED = "EC", "ED"
_MONEY_IN = frozenset(("C", "RD"))
"""The mark decides the direction: RC takes a credit back, so it is money out."""


@dataclass(slots=True)
class EntryReader:
    """Reads the entries of one message; what could not be read is in ``problems``.

    ``near`` is a date of the message, for entries whose own dates mean nothing.
    """

    currency: str
    near: dt.date | None
    problems: list[Problem] = field(default_factory=list)
    _places: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self._places = exponent(self.currency)

    def line_of(self, number: int, entry: Entry) -> StatementLine | None:
        """Return the movement of an entry, the file's ``number``-th, or None with a problem."""
        match = _SWIFT_FORM.match(entry.field_61)
        try:
            if match is None:
                return self._loose(number, entry)
            value, booked, mark, whole, fraction, references, details = match.groups()
            amount_minor = plain_minor(whole, fraction or "", self._places)
        except InvalidInputError as error:
            self._tell(
                number, f"{error.message.rstrip('.')} in {self.currency}; the line is left out."
            )
            return None
        return self._line(number, entry, mark, amount_minor, value, booked, references, details)

    def _loose(self, number: int, entry: Entry) -> StatementLine | None:
        """Read a line that strays from SWIFT's form: points, groups, spaces, years of 4 digits."""
        match = _LOOSE_FORM.match(entry.field_61)
        if match is None:
            shown = entry.field_61.partition("\n")[0].strip()[:60]
            self._tell(number, f"“{shown}” is not a movement with date and amount; it is left out.")
            return None
        value, _, booked, mark, amount, references, details = match.groups()
        amount = amount.strip()
        amount_minor = any_minor(amount.removeprefix("-"), self._places)
        mark = mark.upper()
        if amount.startswith("-"):
            amount_minor = -amount_minor
            self._tell(number, f"a minus before the amount turns its direction, {mark}, around.")
        return self._line(number, entry, mark, amount_minor, value, booked, references, details)

    def _line(
        self,
        number: int,
        entry: Entry,
        mark: str,
        amount_minor: int,
        value: str,
        booked: str | None,
        references: str,
        details: str,
    ) -> StatementLine | None:
        if mark in _EXPECTED:
            shown = display(amount_minor, self.currency)
            self._tell(number, f"{shown} is only expected, not booked; it is left out.")
            return None
        day = day_of(value)
        if day is not None and day.as_written:
            date = day.date
        else:
            found = self._guessed(number, value, booked, day)
            if found is None:
                return None
            date = found
        information = information_of(entry.information())
        details = " ".join(details.split()) if details else ""
        if details.startswith("//"):
            references, details = f"{references}{details}", ""
        reference, transaction_id, account, name = _references(references.strip())
        text, counterparty = information.text, information.counterparty or name
        if details and not account and _is_iban(details):
            account = details
        elif (
            details
            and details not in text
            and not (_CODED.match(details) or _TYPE_CODE.fullmatch(details))
        ):
            if account and not counterparty:
                counterparty = details
            text = f"{details} {text}" if text else details
        if mark[0] == "R":
            text = f"{_REVERSAL} {text}".rstrip()
        if not reference:
            reference = information.reference
        elif information.reference and information.reference not in f"{reference} {text}":
            text = f"{text} {information.reference}".lstrip()
        return StatementLine(
            number,
            date,
            amount_minor if mark in _MONEY_IN else -amount_minor,
            self.currency,
            value_date=date,
            reference=reference,
            transaction_id=transaction_id,
            description=text,
            counterparty=counterparty,
            counterparty_account=information.account or account,
        )

    def _guessed(
        self, number: int, value: str, booked: str | None, day: Day | None
    ) -> dt.date | None:
        """Return the likeliest date of an entry whose value date does not exist, and say so."""
        if day is not None:
            self._tell(number, f"there is no {value} (YYMMDD); {day.date:%Y-%m-%d} is taken.")
            return day.date
        if self.near is None:
            self._tell(number, f"“{value}” is not a date; the line is left out.")
            return None
        entered = entry_day(booked, self.near) if booked and booked.isdecimal() else None
        date = entered.date if entered else self.near
        origin = "its entry date" if entered else "the statement's date"
        self._tell(number, f"“{value}” is not a date; {origin} {date:%Y-%m-%d} is taken.")
        return date

    def _tell(self, number: int, sentence: str) -> None:
        self.problems.append(Problem(number, f"Line {number}: {sentence}"))


def _is_iban(text: str) -> bool:
    """Tell by the check digits (ISO 13616), as a bank's reference may have the same form."""
    if not _IBAN.fullmatch(text):
        return False
    return int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % 97 == 1


def _references(text: str) -> tuple[str, str, str, str]:
    """Return the owner's reference and the bank's, or the other party's account and name.

    Some Dutch banks write the account in the place of the owner's reference, and the name after
    it in a column of its own.
    """
    if not text:
        return "", "", "", ""
    owner, _, bank = text.partition("//")
    name = account = ""
    if "   " in owner:
        gap = _WIDE_GAP.search(owner)
        if gap:
            owner, name = owner[: gap.start() + 1], owner[gap.end() :].strip()
    reference = reference_in(owner)
    if _is_iban(reference) or (name and _DUTCH_ACCOUNT.fullmatch(reference)):
        reference, account = "", reference
    if "/" in bank:
        coded = _CODED.search(f"/{bank}")
        bank = bank[: max(coded.start() - 1, 0)] if coded else bank
    return reference, reference_in(bank), account, name
