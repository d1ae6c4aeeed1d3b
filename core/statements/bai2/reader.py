"""BAI2 cash management files."""

from __future__ import annotations

import datetime as dt

from core.errors import UnreadableFileError
from core.statements.bai2.accounts import Account, Group, currency_code
from core.statements.bai2.amounts import day_of
from core.statements.bai2.records import Record, begins_like_bai2, records, text_of
from core.statements.bai2.trailers import Trailers
from core.statements.checking import balance_problems
from core.statements.profile import ColumnProfile
from core.statements.sources import Source
from core.statements.statement import Problem, Statement, StatementFile

_PROGRESS_EVERY = 1000
_WITHHELD = {
    "2": "the bank takes this group back (status 2)",
    "4": "the group is a test (status 4)",
}


class Bai2Reader:
    """Reads BAI2 cash management files."""

    format = "bai2"

    def accepts(self, source: Source) -> bool:
        """Tell by a file header (01) that a group header (02) follows."""
        return begins_like_bai2(text_of(source.content[:16_384]))

    def read(self, source: Source, profile: ColumnProfile | None, currency: str) -> StatementFile:
        """Return a statement for every account of every group.

        Raises:
            UnreadableFileError: no account in it, no date for one, or no readable transaction.

        """
        reading = _Reading(source)
        for record in records(text_of(source.content)):
            reading.take(record)
        reading.finish()
        if not reading.statements:
            raise UnreadableFileError(
                f"“{source.name}” is a BAI2 file without any account in it, or cut off."
            )
        return StatementFile(
            format=self.format,
            profile=profile.name if profile else "",
            statements=tuple(reading.statements),
            problems=(*reading.problems, *balance_problems(reading.statements)),
            sha256=source.sha256,
        )


class _Reading:
    """The records as they go by, and the accounts that came of them."""

    def __init__(self, source: Source) -> None:
        self.statements: list[Statement] = []
        self.problems: list[Problem] = []
        self._source = source
        self._trailers = Trailers()
        self._file_day: dt.date | None = None
        self._group: Group | None = None
        self._account: Account | None = None
        self._transactions = 0
        self._failed = 0
        self._lines = max(source.content.count(b"\n"), 1)

    def take(self, record: Record) -> None:
        """Take one record with its continuations."""
        self._trailers.count(record)
        if record.code == "16":
            self._take_transaction(record)
        elif record.code == "01":
            self._end_account()
            self._file_day = day_of([*record.fields(), "", ""][2])
        elif record.code == "02":
            self._end_account()
            self._group = self._group_of(record)
        elif record.code == "03":
            self._end_account()
            group = self._group or self._no_group(record)
            self._account = Account(group, record)
        elif record.code == "49":
            self._close_account(record)
        elif record.code in {"98", "99"}:
            self._end_account()
            self.problems += self._trailers.problems(record)

    def finish(self) -> None:
        """Take the last account, and tell whether the file ends as it should.

        Raises:
            UnreadableFileError: not one of its transactions can be read.

        """
        self._end_account()
        self.problems += self._trailers.missing()
        if self._transactions and self._transactions == self._failed:
            why = next((problem.message for problem in self.problems if problem.line), "")
            raise UnreadableFileError(
                f"“{self._source.name}” is refused: no transaction of it can be read. {why}"
            )

    def _take_transaction(self, record: Record) -> None:
        self._transactions += 1
        if self._transactions % _PROGRESS_EVERY == 0:
            self._source.progress(min(record.line, self._lines), self._lines)
        if self._account is None:
            message = (
                f"Transaction {self._transactions} (line {record.line}) was left out: it stands"
                " in no account."
            )
            self.problems.append(Problem(self._transactions, message))
            self._failed += 1
            return
        self._account.add(self._transactions, record)

    def _close_account(self, record: Record) -> None:
        account = self._account
        if account is not None:
            self.problems += self._trailers.account_problems(record, account)
        self._end_account()

    def _end_account(self) -> None:
        account, self._account = self._account, None
        if account is not None:
            self.statements.append(account.statement())
            self.problems += account.problems
            self._failed += account.failed
            self._trailers.end_account(account)

    def _group_of(self, record: Record) -> Group:
        fields = [*record.fields(), *[""] * 7]
        day = day_of(fields[3])
        if day is None:
            day = self._instead_of(fields[3], record.line)
        return Group(day, currency_code(fields[5]), _WITHHELD.get(fields[2], ""))

    def _instead_of(self, written: str, line: int) -> dt.date:
        """Return the file's own day for a group without one.

        Raises:
            UnreadableFileError: the file has none either.

        """
        if self._file_day is None:
            raise UnreadableFileError(
                f"“{self._source.name}”, line {line}: neither this group nor the file has a date."
            )
        why = f"has the date “{written}”, which there is not" if written else "has no date"
        message = f"The group in line {line} {why}: the day the file was made is taken."
        self.problems.append(Problem(None, message))
        return self._file_day

    def _no_group(self, record: Record) -> Group:
        return Group(self._instead_of("", record.line), "", "")
