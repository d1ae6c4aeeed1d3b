"""What an OFX document holds becomes statements, and what a person should know about them.

LEDGERBAL is the closing balance; AVAILBAL is not. OFX states no opening balance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from core.errors import InvalidInputError
from core.statements.currencies import currency_of, stated_code
from core.statements.ofx.habits import Habits
from core.statements.ofx.markup import plain_value
from core.statements.ofx.outline import Outline, WrittenStatement, leaves
from core.statements.ofx.transactions import transaction_line, unusual_line
from core.statements.statement import Problem, Statement, StatementLine

_EVERY = 1000
_MONEY_OUT = ("DEBIT", "CHECK", "PAYMENT", "ATM", "POS", "FEE", "SRVCHG", "DIRECTDEBIT")


class Assembler:
    """Turns what one document holds into statements; transactions are numbered through."""

    def __init__(
        self,
        outline: Outline,
        habits: Habits,
        assumed_currency: str,
        progress: Callable[[int, int], None],
    ) -> None:
        self.problems: list[Problem] = []
        self._outline = outline
        self._habits = habits
        self._assumed = assumed_currency
        self._unstated = ""
        self._progress = progress
        self._number = 0
        self._total = sum(len(written.booked) for written in outline.statements)

    def statements(self) -> list[Statement]:
        """Return the statements, in the order of the file."""
        found: list[Statement] = []
        for written in self._outline.statements:
            found += self._statements(written)
        self.problems += _id_problems(found)
        self.problems += self._sign_problems(found)
        return found

    def _statements(self, written: WrittenStatement) -> list[Statement]:
        """Return the statement, and one more for each further currency of its transactions."""
        account = plain_value(written.account)
        currency = self._currency(written)
        lines = self._lines(written, currency)
        self._tell_left_out(written, account)
        home = tuple([line for line in lines if line.currency == currency])
        statement = Statement(
            account=account,
            currency=currency,
            lines=home,
            closing_balance_minor=self._closing(written, account, currency),
            period_start=self._habits.day(written.start)
            or min((line.date for line in lines), default=None),
            period_end=self._habits.day(written.end)
            or max((line.date for line in lines), default=None),
        )
        if len(home) == len(lines):
            return [statement]
        return [statement, *self._foreign(statement, lines)]

    def _currency(self, written: WrittenStatement) -> str:
        """Return CURDEF; where it is none, the one currency that the transactions name."""
        if code := stated_code(written.currency):
            return code
        if written.currency:
            message = f"“{written.currency[:20]}” (CURDEF) is no currency code."
            self.problems.append(Problem(None, message))
        if not self._unstated:
            named = self._named_currencies()
            stated = named.pop() if len(named) == 1 else ""
            self._unstated, problems = currency_of(self._habits.majors(), stated, self._assumed)
            self.problems += problems
        return self._unstated

    def _lines(self, written: WrittenStatement, currency: str) -> list[StatementLine]:
        lines: list[StatementLine] = []
        corrected: dict[str, int] = {}
        habits, tell = self._habits, self._tell_of_line
        for number, entry in enumerate(written.booked, start=self._number + 1):
            self._number = number
            if number % _EVERY == 0:
                self._progress(self._total + number, 2 * self._total)
            try:
                if isinstance(entry, str):
                    fields = leaves(entry)
                    if "CORRECTFITID" in fields:
                        corrected[plain_value(fields["CORRECTFITID"])] = number
                    line = unusual_line(number, fields, currency, habits, tell)
                else:
                    line = transaction_line(number, entry, currency, habits, tell)
            except InvalidInputError as error:
                tell(f"{error.message} It was not counted.")
            else:
                lines.append(line)
        return self._without_corrected(lines, corrected) if corrected else lines

    def _without_corrected(
        self, lines: list[StatementLine], corrected: dict[str, int]
    ) -> list[StatementLine]:
        """Leave out what a later transaction of the same statement corrects (OFX 2.3 §11.4.4)."""
        kept = []
        for line in lines:
            by = corrected.get(line.transaction_id, 0)
            if by > line.line:
                message = f"Transaction {line.line} is corrected by transaction {by}: not counted."
                self.problems.append(Problem(line.line, message))
            else:
                kept.append(line)
        return kept

    def _closing(self, written: WrittenStatement, account: str, currency: str) -> int | None:
        if written.ledger is None:
            return None
        amount = leaves(written.ledger).get("BALAMT", "").strip()
        try:
            return self._habits.minor(amount, currency)
        except InvalidInputError as error:
            named = account or "the account"
            said = error.message if amount else "It is empty."
            message = f"The closing balance of {named} (LEDGERBAL) cannot be read. {said}"
            self.problems.append(Problem(None, message))
        return None

    def _foreign(self, home: Statement, lines: list[StatementLine]) -> list[Statement]:
        found = []
        for code in dict.fromkeys(line.currency for line in lines):
            if code == home.currency:
                continue
            own = tuple(line for line in lines if line.currency == code)
            found.append(replace(home, currency=code, lines=own, closing_balance_minor=None))
            message = (
                f"Transaction {own[0].line} and all others in {code} are kept apart: the account"
                f" {home.account} is in {home.currency}. They are {len(own)}."
            )
            self.problems.append(Problem(own[0].line, message))
        return found

    def _tell_of_line(self, message: str) -> None:
        self.problems.append(Problem(self._number, f"Transaction {self._number}: {message}"))

    def _tell_left_out(self, written: WrittenStatement, account: str) -> None:
        named = account or "the account"
        if written.pending:
            message = (
                f"What the bank has not booked yet was not counted: {written.pending} pending on"
                f" {named}."
            )
            self.problems.append(Problem(None, message))
        if written.loan_movements:
            message = f"The loan {named} was not counted: {written.loan_movements} movements."
            self.problems.append(Problem(None, message))
        if written.kind == "INVSTMTRS":
            message = (
                f"{named} is an investment account: only its cash transactions are read, no"
                " purchase, sale or income of securities."
            )
            self.problems.append(Problem(None, message))

    def _named_currencies(self) -> set[str]:
        """Return the currencies that transactions name for their own amounts."""
        found = set()
        for written in self._outline.statements:
            for entry in written.booked:
                if isinstance(entry, str) and "<CURRENCY>" in entry:
                    found.add(stated_code(leaves(entry).get("CURSYM", "")))
        return found - {""}

    def _sign_problems(self, statements: list[Statement]) -> list[Problem]:
        """Tell where nothing is negative though transactions are called money out."""
        lines = [line for statement in statements for line in statement.lines]
        if any(line.amount_minor < 0 for line in lines):
            return []
        kinds = (usual[0].strip().upper() for usual in self._outline.transactions())
        called = sum(kind in _MONEY_OUT for kind in kinds)
        if not called or not any(line.amount_minor for line in lines):
            return []
        message = (
            "No amount of the file is negative, though transactions are called money out"
            f" ({called}): all were read as money in, as their signs say."
        )
        return [Problem(None, message)]


def _id_problems(statements: list[Statement]) -> list[Problem]:
    """Tell of bank ids (FITID) that are missing, or that came before on the same account."""
    lines = [line for statement in statements for line in statement.lines]
    if len(statements) == 1 and len({line.transaction_id for line in lines} - {""}) == len(lines):
        return []
    problems = []
    first: dict[tuple[str, str], int] = {}
    missing: list[int] = []
    repeated: list[tuple[int, int, str]] = []
    for statement in statements:
        for line in statement.lines:
            if not line.transaction_id:
                missing.append(line.line)
                continue
            key = (statement.account, line.transaction_id)
            before = first.setdefault(key, line.line)
            if before != line.line:
                repeated.append((before, line.line, line.transaction_id))
    if missing:
        message = (
            f"Transaction {missing[0]} has no bank id (FITID) ({len(missing)} in all): without one"
            " a transaction is known again by date, amount and text only."
        )
        problems.append(Problem(missing[0], message))
    if repeated:
        before, line_number, bank_id = repeated[0]
        more = f" It is not the only one: {len(repeated)}." if len(repeated) > 1 else ""
        message = (
            f"Transaction {line_number} carries the same bank id as transaction {before}"
            f" ({bank_id[:60]}); both are counted: see whether it is there twice.{more}"
        )
        problems.append(Problem(line_number, message))
    return problems
