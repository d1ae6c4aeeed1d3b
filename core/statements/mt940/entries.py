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
from core.statements.mt940.information import Information, information_of, reference_in
from core.statements.mt940.values import Day, any_minor, day_of, entry_day, plain_minor
from core.statements.statement import Problem, StatementLine

_SWIFT_FORM = re.compile(
    r"(\d{6})(\d{4}| {4})?"
    r"(R?[CD]|E[CD])[A-Z]?"
    r"(\d{1,18})(?:,(\d*))?(?![\d.,'])"
    r" ?(?:[A-Z][A-Z0-9]{3})?"
    r"([^\n]*)\n?(.*)",
    re.DOTALL,
)
_LOOSE_FORM = re.compile(
    r"\s*(\d{8}(?=\d{4}\s*[A-Za-z])|\d{8}(?=\s*[A-Za-z])|\d{6})\s*(\d{4})?\s*"
    r"([Rr]?[CcDd]|[Ee][CcDd])\s*[A-Za-z]?\s*"
    r"(-?[\d.,' \u00a0\u202f]*[\d.,])"
    r"\s*(?:[A-Za-z][A-Za-z0-9]{3})?"
    r"([^\n]*)\n?(.*)",
    re.DOTALL,
)
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_CODED = re.compile(r"/[A-Z]{4}/")
"""Supplementary details for machines, such as /OCMT/ original amount and /CHGS/ charges."""

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
        value, booked, mark, amount, references, details = match.groups()
        amount = amount.strip()
        amount_minor = any_minor(amount.removeprefix("-"), self._places)
        if amount.startswith("-"):
            amount_minor = -amount_minor
        mark = mark.upper()
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
        information = information_of(entry.field_86) if entry.field_86 else _NOTHING
        reference, transaction_id, account = _references(references.strip())
        details = " ".join(details.split()) if details else ""
        text, counterparty = information.text, information.counterparty
        if details and details not in text and not _CODED.match(details):
            if account and not counterparty:
                counterparty = details
            text = f"{details} {text}" if text else details
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


_NOTHING = Information()


def _references(text: str) -> tuple[str, str, str]:
    """Return the owner's reference, the bank's, and the account where a bank writes that instead."""
    if not text:
        return "", "", ""
    owner, _, bank = text.partition("//")
    reference = reference_in(owner)
    account = ""
    if len(reference) >= 15 and _IBAN.fullmatch(reference):
        reference, account = "", reference
    return reference, reference_in(bank), account
