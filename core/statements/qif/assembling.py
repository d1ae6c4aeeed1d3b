"""QIF records become statements, and what a person should know about them.

T is the amount and U repeats it; S, E, $ and % detail the record above them and are never money
of their own. QIF names neither a currency nor a closing balance. The record that opens a register
("Opening Balance" under the account's own name) is a transaction like the others to every program
that reads QIF, because its register starts from nothing; a person is told that it is no payment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from core.errors import InvalidInputError
from core.money import from_major
from core.statements.currencies import currency_of
from core.statements.qif.habits import Habits
from core.statements.qif.records import AccountRecords, QifDocument, Record
from core.statements.statement import Problem, Statement, StatementLine

_EVERY = 1000
_OPENING = re.compile(
    r"(?:opening|starting|initial|beginning) balance|solde (?:initial|d.ouverture)"
    r"|saldo (?:iniziale|inicial)|(?:anfangs|er[öo]ffnungs)(?:saldo|bestand)",
    re.IGNORECASE,
)
_TRANSFER = re.compile(r"\[([^\]]+)\]")


class Assembler:
    """Turns the records of one file into statements."""

    def __init__(
        self,
        document: QifDocument,
        habits: Habits,
        assumed_currency: str,
        progress: Callable[[int, int], None],
    ) -> None:
        self.problems: list[Problem] = []
        self._document = document
        self._habits = habits
        self._assumed = assumed_currency
        self._progress = progress
        self._total = sum(len(account.records) for account in document.accounts)

    def statements(self) -> list[Statement]:
        """Return one statement for each account, in the order they first come."""
        accounts = self._document.accounts
        amounts = [self._amounts(account.records) for account in accounts]
        known = (value for values in amounts for value in values if value is not None)
        currency, problems = currency_of(known, "", self._assumed)
        self.problems += problems
        return [
            self._statement(account, values, currency)
            for account, values in zip(accounts, amounts, strict=True)
        ]

    def _amounts(self, records: Sequence[Record]) -> list[Decimal | None]:
        return [self._amount(record) for record in records]

    def _amount(self, record: Record) -> Decimal | None:
        """Return the amount of a record; T counts where U differs."""
        values = record.values
        written = values.get("T") or values.get("U")
        if written is None:
            self._tell(record, "There is no amount (T). It was not counted.")
            return None
        amount = self._habits.amount(written)
        if amount is None:
            self._tell(record, f"“{written.strip()[:40]}” is not an amount. It was not counted.")
            return None
        again = values.get("U")
        if again is not None and again is not written and self._habits.amount(again) != amount:
            self._tell(record, f"U says {again.strip()[:40]}, and T, which counts, {amount}.")
        if record.second_amount and self._habits.amount(record.second_amount) != amount:
            second = record.second_amount.strip()[:40]
            self._tell(record, f"It has a second amount, {second}, which was not counted.")
        return amount

    def _statement(
        self, account: AccountRecords, amounts: Sequence[Decimal | None], currency: str
    ) -> Statement:
        lines: list[StatementLine] = []
        name = account.name
        for record, amount in zip(account.records, amounts, strict=True):
            if record.number % _EVERY == 0:
                self._progress(self._total + record.number, 2 * self._total)
            if amount is None:
                continue
            try:
                line = self._line(record, amount, currency)
            except InvalidInputError as error:
                self._tell(record, f"{error.message} It was not counted.")
                continue
            if _OPENING.match(line.counterparty):
                name = name or line.counterparty_account
                self._tell_opening(line)
            if record.splits:
                self._check_splits(record, amount)
            lines.append(line)
        days = [line.date for line in lines]
        return Statement(
            account=name,
            currency=currency,
            lines=tuple(lines),
            period_start=min(days, default=None),
            period_end=max(days, default=None),
        )

    def _line(self, record: Record, amount: Decimal, currency: str) -> StatementLine:
        """Return one transaction.

        Raises:
            InvalidInputError: it has no date, or its amount is finer than the smallest coin.

        """
        get = record.values.get
        written = get("D", "")
        day = self._habits.day(written)
        if day is None:
            wrong = f"“{written.strip()[:40]}” is not a date" if written else "There is no date"
            raise InvalidInputError(f"{wrong} (D).")
        category = get("L", "").strip()
        transfer = _TRANSFER.match(category)
        payee = " ".join((get("P") or get("A", "")).split())
        memo = " ".join(get("M", "").split())
        return StatementLine(
            record.number,
            day,
            from_major(amount, currency),
            currency,
            reference=get("N", "").strip(),
            description=memo or payee or category,
            counterparty=payee,
            counterparty_account=transfer[1] if transfer else "",
        )

    def _tell_opening(self, line: StatementLine) -> None:
        if line.amount_minor:
            message = (
                f"Transaction {line.line} is the balance the account begins with"
                f" (“{line.counterparty[:40]}”): it is counted as the file counts it, and is no"
                " payment."
            )
            self.problems.append(Problem(line.line, message))

    def _check_splits(self, record: Record, amount: Decimal) -> None:
        parts = [self._habits.amount(text) for text in record.splits if text.strip()]
        known = [part for part in parts if part is not None]
        if not known or record.percent:
            return
        total = sum(known, Decimal(0))
        if total != amount or len(known) != len(parts):
            self._tell(
                record, f"Its parts add up to {total}, not to {amount}; the amount was counted."
            )

    def _tell(self, record: Record, message: str) -> None:
        self.problems.append(Problem(record.number, f"Transaction {record.number}: {message}"))
