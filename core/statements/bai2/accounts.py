"""Records 03 and 16: one account on one day, its balances and its transactions."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from core.errors import InvalidInputError
from core.money import display
from core.statements.bai2.amounts import day_of, minor_of
from core.statements.bai2.codes import (
    CLOSING_LEDGER,
    CURRENT_LEDGER,
    OPENING_LEDGER,
    TOTAL_CREDITS,
    TOTAL_DEBITS,
    Meaning,
    meaning_of,
)
from core.statements.bai2.details import Detail, detail_of, funds_length
from core.statements.bai2.records import Record
from core.statements.statement import Problem, Statement, StatementLine

DEFAULT_CURRENCY = "USD"
"""What the specification means where neither the account nor its group names a currency."""


class Group(NamedTuple):
    """Record 02: the day and the currency of the accounts in it, and whether they count.

    ``withheld`` says why they do not ("" where they do).
    """

    day: dt.date
    currency: str
    withheld: str


class Account:
    """One record 03 with what follows it, gathered record by record.

    ``total_minor`` is what all its amounts make, in the way its trailer counts them.
    """

    def __init__(self, group: Group, record: Record) -> None:
        fields = [*record.fields(), ""]
        self.group = group
        self.number = fields[0]
        self.currency = currency_code(fields[1]) or group.currency or DEFAULT_CURRENCY
        self.balances: dict[str, int] = {}
        self.lines: list[StatementLine] = []
        self.problems: list[Problem] = []
        self.total_minor = 0
        self.closed = False
        self.failed = 0
        self._totals: list[tuple[StatementLine, bool]] = []
        self._read_summaries(record.line, fields[2:])
        if not currency_code(fields[1]) and not group.currency:
            message = (
                f"Account {self.number} names no currency: by the rules of BAI2 that means"
                f" {DEFAULT_CURRENCY}."
            )
            self.problems.append(Problem(None, message))

    def add(self, number: int, record: Record) -> None:
        """Take a transaction; one that cannot be read costs a problem."""
        try:
            detail = detail_of(record)
            amount_minor = minor_of(detail.amount or "0", self.currency)
        except InvalidInputError as error:
            self.failed += 1
            self._tell(number, f"was left out (line {record.line}): {error.message}")
            return
        self.total_minor += amount_minor
        meaning = meaning_of(detail.type_code)
        if meaning is Meaning.NO_MONEY:
            if amount_minor:
                shown = display(amount_minor, self.currency)
                self._tell(number, f"(type {detail.type_code}, {shown}) is a notice and no money.")
            return
        if meaning is Meaning.UNKNOWN:
            self.failed += 1
            self._tell(number, f"was left out: there is no type “{detail.type_code}”.")
            return
        if not detail.amount:
            self.failed += 1
            self._tell(number, "was left out: it has no amount.")
            return
        self._add_line(number, detail, amount_minor, meaning)

    def _add_line(self, number: int, detail: Detail, amount_minor: int, meaning: Meaning) -> None:
        if amount_minor < 0:
            self._tell(number, f"has a negative amount: a {meaning.value} taken back, or a slip.")
        signed_minor = amount_minor if meaning is Meaning.CREDIT else -amount_minor
        if meaning is Meaning.LOAN:
            signed_minor = 0
            shown = display(amount_minor, self.currency)
            self._tell(
                number,
                f"(type {detail.type_code}, {shown}) is of a loan and says neither in nor out:"
                " it is shown as 0.",
            )
        line = StatementLine(
            line=number,
            date=self.group.day,
            amount_minor=signed_minor,
            currency=self.currency,
            value_date=day_of(detail.value_date),
            reference=detail.customer_reference,
            transaction_id=detail.bank_reference,
            description=detail.text or f"BAI type {detail.type_code}",
        )
        self.lines.append(line)
        if detail.type_code in {TOTAL_CREDITS, TOTAL_DEBITS}:
            self._totals.append((line, meaning is Meaning.CREDIT))

    def statement(self) -> Statement:
        """Return the account's statement, without lines that only add up the others."""
        for total, is_credit in self._totals:
            others = [
                line.amount_minor
                for line in self.lines
                if line is not total and (line.amount_minor > 0) == is_credit
            ]
            if others and sum(others) == total.amount_minor:
                self.lines.remove(total)
                self._tell(total.line, "was left out: it repeats what the others add up to.")
        if self.group.withheld and self.lines:
            net = display(sum(line.amount_minor for line in self.lines), self.currency)
            self._tell(
                self.lines[0].line,
                f"and what follows on {self.number}, {net} in all,"
                f" were left out: {self.group.withheld}.",
            )
            self.lines.clear()
        closing = self.balances.get(CLOSING_LEDGER, self.balances.get(CURRENT_LEDGER))
        return Statement(
            account=self.number,
            currency=self.currency,
            lines=tuple(self.lines),
            opening_balance_minor=self.balances.get(OPENING_LEDGER),
            closing_balance_minor=closing,
            period_start=self.group.day,
            period_end=self.group.day,
        )

    def _read_summaries(self, line: int, fields: list[str]) -> None:
        """Read type, amount, count and funds type, as often as they come."""
        place = 0
        while place < len(fields):
            if not fields[place]:
                place += 1
                continue
            code, amount, _, funds = [*fields[place : place + 4], "", "", ""][:4]
            try:
                self._keep_summary(code, amount)
                place += 4 + funds_length(funds.upper(), fields[place + 4 :])
            except InvalidInputError as error:
                named = f"Account {self.number} (line {line})"
                message = f"{named}: its balances end in something unreadable: {error.message}"
                self.problems.append(Problem(None, message))
                return

    def _keep_summary(self, code: str, amount: str) -> None:
        if len(code) != 3 or not code.isdecimal():
            raise InvalidInputError(f"“{code}” is no type code.")
        if amount:
            amount_minor = minor_of(amount, self.currency)
            self.total_minor += amount_minor
            self.balances.setdefault(code, amount_minor)

    def _tell(self, number: int, what: str) -> None:
        self.problems.append(Problem(number, f"Transaction {number} {what}"))


def currency_code(text: str) -> str:
    """Return a currency as ISO 4217 writes it, or "" for what is none."""
    code = text.strip().upper()
    return code if len(code) == 3 and code.isascii() and code.isalpha() else ""
