"""Stmt, Rpt, Ntfctn: one account's part of a message, gathered while it goes by."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal

from core.errors import InvalidInputError, UnreadableFileError
from core.statements.camt.lines import day_of, line_of, minor_of
from core.statements.camt.shapes import Record
from core.statements.camt.vocabulary import (
    PLAIN,
    Balance,
    Entry,
    Summary,
    currency_code,
    direction,
)
from core.statements.currencies import currency_of
from core.statements.statement import Problem, StatementLine

_NOT_BOOKED = {
    "PDNG": "pending",
    "INFO": "for information only",
    "FUTR": "announced for later",
}
_BOOKED = {"", "BOOK"}
MOST_TOLD = 1000
"""So many entries are named one by one when something is wrong with them."""


class Message(Record):
    """The accounts of a message; entries are counted through all of them."""

    created = ""

    def __init__(self, file_name: str, assumed_currency: str) -> None:
        self.assumed_currency = assumed_currency
        self.parts: list[Part] = []
        self.entries = 0
        self.told = 0
        self._file_name = file_name
        self._failed = 0
        self._why = ""

    def take(self, inner: Record) -> None:
        """Receive an account's part, complete."""
        if isinstance(inner, Part):
            self.parts.append(inner)

    def count_failed(self, why: str) -> None:
        """Count an entry that cannot be read; a thousand and none that can are enough.

        Raises:
            UnreadableFileError: as ``require_readable``.

        """
        self._failed += 1
        self._why = self._why or why
        if self._failed == self.entries == MOST_TOLD:
            self.require_readable()

    def require_readable(self) -> None:
        """Refuse a message whose entries cannot be read, not one of them.

        Raises:
            UnreadableFileError: names the file and the first entry's reason.

        """
        if self.entries and self.entries == self._failed:
            raise UnreadableFileError(
                f"“{self._file_name}” is refused: no entry of it can be read. Entry 1: {self._why}"
            )

    def problems(self) -> list[Problem]:
        """Return what is told of the whole message: how much was not told one by one."""
        untold = self.told - MOST_TOLD
        if untold <= 0:
            return []
        return [Problem(None, f"{untold} more entries were left out or are doubtful like these.")]


class Part(Record):
    """What is known of one account; ``lines`` are the entries that are booked.

    A line's amount is in the currency its entry names; ``unbooked`` are lines by the reason why
    they are no money yet; ``negative`` are entries with an amount below zero, and whether they say
    that they are credits.
    """

    account = ""
    currency = ""
    electronic_number = ""
    legal_number = ""
    created = ""
    from_day = ""
    to_day = ""
    page = ""
    last_page = ""

    def __init__(self, message: Message) -> None:
        self.message = message
        self.balances: list[Balance] = []
        self.summaries: list[Summary] = []
        self.lines: list[StatementLine] = []
        self.unbooked: defaultdict[str, list[StatementLine]] = defaultdict(list)
        self.negative: dict[int, bool] = {}
        self.undated: list[int] = []
        self.problems: list[Problem] = []
        self._settled_currency = ""

    def take(self, inner: Record) -> None:
        """Receive an entry, a balance or a summary."""
        if isinstance(inner, Entry):
            self.message.entries += 1
            self._take_entry(self.message.entries, inner)
        elif isinstance(inner, Balance):
            self._take_balance(inner)
        elif isinstance(inner, Summary):
            self.summaries.append(inner)

    def _take_entry(self, number: int, entry: Entry) -> None:
        """Keep an entry as a line, or a problem that says why it cannot be one."""
        try:
            line = self._line(number, entry)
        except InvalidInputError as error:
            self.message.count_failed(error.message)
            self._tell(number, f"was left out: {error.message}")
            return
        status = entry.status.upper()
        if status in _NOT_BOOKED:
            self.unbooked[_NOT_BOOKED[status]].append(line)
            return
        self.lines.append(line)
        if status not in _BOOKED:
            self._tell(
                number, f"has the unknown status “{entry.status}”; it was counted as booked."
            )

    def _line(self, number: int, entry: Entry) -> StatementLine:
        currency = entry.currency or self._own_currency(entry)
        amount_minor = minor_of(entry.amount, currency)
        is_credit = self._is_credit(entry)
        if amount_minor < 0:
            self.negative[number] = is_credit
            self._tell(
                number,
                f"has the negative amount {entry.amount}, which ISO 20022 does not allow: it is"
                " money out unless the balances prove otherwise. Check it.",
            )
        if entry.totals and entry.totals.differ_from(entry.amount, currency):
            self._tell(
                number,
                f"is {entry.amount} {currency}, but the {entry.payment_count} payments it is made"
                f" of add up to {entry.totals.plain}; the entry counts.",
            )
        return line_of(
            number,
            entry,
            day=self._day(number, entry),
            amount_minor=amount_minor if is_credit else -abs(amount_minor),
            currency=currency,
            account=self.account,
        )

    def _tell(self, number: int, what: str) -> None:
        self.message.told += 1
        if self.message.told <= MOST_TOLD:
            self.problems.append(Problem(number, f"Entry {number} {what}"))

    def _own_currency(self, entry: Entry) -> str:
        """Return the currency of an amount that names none, settled once for the account."""
        if not self._settled_currency:
            stated = currency_code(self.currency)
            if not stated and self.balances:
                stated = currency_code(self.balances[0].currency)
            amounts = [Decimal(entry.amount)] if PLAIN.fullmatch(entry.amount) else []
            self._settled_currency, told = currency_of(
                amounts, stated, self.message.assumed_currency
            )
            self.problems += told
        return self._settled_currency

    def _is_credit(self, entry: Entry) -> bool:
        """Return whether the entry was booked as a credit, as it says or its payments agree."""
        is_credit = direction(entry.direction)
        if is_credit is None:
            told = {direction(payment.direction) for payment in entry.payments}
            is_credit = told.pop() if len(told) == 1 else None
        if is_credit is None:
            raise InvalidInputError("it does not say whether money came or went.")
        return is_credit

    def _day(self, number: int, entry: Entry) -> dt.date:
        """Return the booking day, else the value day, else a day of the statement itself."""
        day = day_of(entry.booked)
        if day is not None:
            return day
        if entry.booked:
            self._tell(number, f"has the booking date “{entry.booked}”, which there is not.")
        day = day_of(entry.valued) or self._own_day()
        if day is None:
            raise InvalidInputError("it has no date, and its statement has none either.")
        self.undated.append(number)
        return day

    def _own_day(self) -> dt.date | None:
        days = [day for day in (day_of(balance.date) for balance in self.balances) if day]
        if days:
            return max(days)
        return day_of(self.to_day) or day_of(self.created) or day_of(self.message.created)

    def _take_balance(self, balance: Balance) -> None:
        currency = balance.currency or currency_code(self.currency)
        currency = currency or self.message.assumed_currency
        try:
            minor_of(balance.amount, currency)
        except InvalidInputError as error:
            self.problems.append(
                Problem(None, f"The balance {balance.kind} was left out: {error.message}")
            )
            return
        self.balances.append(balance)
