"""Stmt, Rpt, Ntfctn: one account's part of a message, gathered while it is read."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from core.errors import InvalidInputError
from core.statements.camt.balances import Balance, balance_of
from core.statements.camt.details import account_number
from core.statements.camt.entries import Batch, Entry, entry_of
from core.statements.camt.lines import day_of, line_of, minor_of
from core.statements.camt.names import LOCAL, first_leaf, first_text, text_of
from core.statements.currencies import currency_of
from core.statements.statement import Problem, StatementLine

if TYPE_CHECKING:
    from lxml.etree import _Element

_NOT_BOOKED = {
    "PDNG": "pending",
    "INFO": "for information only",
    "FUTR": "announced for later",
    "PEND": "pending",
}
_BOOKED = {"", "BOOK"}


class Summary(NamedTuple):
    """What TxsSummry says of all entries, or of those of one direction."""

    name: str
    entries: str
    total: str


class Part:
    """What is known of one account while its elements go by; ``lines`` are those booked.

    A line's amount is in the currency its entry names; ``unbooked`` are lines by the reason why
    they are no money yet.
    """

    def __init__(self, assumed_currency: str) -> None:
        self.account = ""
        self.currency = ""
        self.number = ""
        self.start: dt.date | None = None
        self.end: dt.date | None = None
        self.created: dt.date | None = None
        self.page = ""
        self.is_last_page = True
        self.balances: list[Balance] = []
        self.summaries: list[Summary] = []
        self.lines: list[StatementLine] = []
        self.unbooked: defaultdict[str, list[StatementLine]] = defaultdict(list)
        self.negative_amounts: set[int] = set()
        self.undated: list[int] = []
        self.problems: list[Problem] = []
        self.failed = 0
        self._assumed = assumed_currency

    def take(self, element: _Element) -> None:
        """Take an element beside the entries: the account, a balance, the period and so on."""
        name = LOCAL[element.tag]
        if name == "Acct":
            self.account = account_number(element)
            self.currency = first_text(element, "Ccy").upper()
        elif name == "Bal":
            self._take_balance(element)
        elif name == "FrToDt":
            self._take_period(element)
        elif name == "TxsSummry":
            self._take_summaries(element)
        elif name.endswith("Pgntn"):
            self.page = first_text(element, "PgNb")
            self.is_last_page = first_text(element, "LastPgInd") not in {"false", "0"}
        elif name == "ElctrncSeqNb" or (name == "LglSeqNb" and not self.number):
            self.number = text_of(element)
        elif name == "CreDtTm":
            self.created = day_of(text_of(element))

    def add_entry(self, number: int, element: _Element, batch: Batch) -> None:
        """Take an entry: a line, or a problem that says why it cannot be one."""
        entry = entry_of(element)
        try:
            line = self._line(number, entry, batch)
        except InvalidInputError as error:
            self.failed += 1
            self.problems.append(Problem(number, f"Entry {number} was left out: {error.message}"))
            return
        if entry.status in _BOOKED:
            self.lines.append(line)
        elif entry.status in _NOT_BOOKED:
            self.unbooked[_NOT_BOOKED[entry.status]].append(line)
        else:
            self.lines.append(line)
            self.problems.append(
                Problem(
                    number,
                    f"Entry {number} has the status “{entry.status}”, which is no status that"
                    " ISO 20022 knows; it was counted as booked.",
                )
            )

    def _line(self, number: int, entry: Entry, batch: Batch) -> StatementLine:
        currency = self._currency_of(entry)
        amount_minor = minor_of(entry.amount, currency)
        is_credit = entry.is_credit
        if is_credit is None:
            is_credit = batch.direction()
        if is_credit is None:
            raise InvalidInputError("it does not say whether money came or went.")
        if amount_minor < 0:
            self._tell_negative(number, entry)
        line = line_of(
            number,
            entry._replace(is_credit=is_credit),
            batch,
            day=self._day(number, entry),
            amount_minor=amount_minor if is_credit else -amount_minor,
            currency=currency,
            account=self.account,
        )
        self._tell_difference(number, entry, batch, currency)
        return line

    def _currency_of(self, entry: Entry) -> str:
        stated = entry.currency or self.currency
        if stated:
            return stated
        if self.balances and self.balances[0].currency:
            return self.balances[0].currency
        self.currency, problems = currency_of([Decimal(entry.amount)], "", self._assumed)
        self.problems += problems
        return self.currency

    def _day(self, number: int, entry: Entry) -> dt.date:
        """Return the booking day, else the value day, else a day of the statement itself."""
        day = day_of(entry.booked)
        if day is not None:
            return day
        if entry.booked:
            self.problems.append(
                Problem(number, f"Entry {number}: “{entry.booked}” is no date that there is.")
            )
        day = day_of(entry.valued) or self._own_day()
        if day is None:
            raise InvalidInputError("it has no date, and its statement has none either.")
        self.undated.append(number)
        return day

    def _own_day(self) -> dt.date | None:
        dates = [day for day in (day_of(balance.date) for balance in self.balances) if day]
        return max(dates, default=None) or self.end or self.created

    def _tell_negative(self, number: int, entry: Entry) -> None:
        self.negative_amounts.add(number)
        self.problems.append(
            Problem(
                number,
                f"Entry {number} has the negative amount {entry.amount}, which ISO 20022 does not"
                " allow: check whether money came or went.",
            )
        )

    def _tell_difference(self, number: int, entry: Entry, batch: Batch, currency: str) -> None:
        if batch.count < 2:
            return
        total = batch.differs_from(entry.amount, currency)
        if total is not None:
            self.problems.append(
                Problem(
                    number,
                    f"Entry {number}: the {batch.count} payments it is made of add up to"
                    f" {total} {currency}, and the entry says {entry.amount}; the entry counts.",
                )
            )

    def _take_balance(self, element: _Element) -> None:
        balance = balance_of(element)
        try:
            minor_of(balance.amount, balance.currency or self.currency or self._assumed)
        except InvalidInputError as error:
            self.problems.append(
                Problem(None, f"The balance {balance.kind} was left out: {error.message}")
            )
            return
        self.balances.append(balance)

    def _take_period(self, element: _Element) -> None:
        for child in element:
            name = LOCAL[child.tag]
            if name in {"FrDt", "FrDtTm"}:
                self.start = day_of(first_leaf(child))
            elif name in {"ToDt", "ToDtTm"}:
                self.end = day_of(first_leaf(child))

    def _take_summaries(self, element: _Element) -> None:
        for child in element:
            name = LOCAL[child.tag]
            if name in {"TtlNtries", "TtlCdtNtries", "TtlDbtNtries"}:
                self.summaries.append(
                    Summary(name, first_text(child, "NbOfNtries"), first_text(child, "Sum"))
                )
