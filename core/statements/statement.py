"""What a statement file holds: accounts, their movements, and what could not be trusted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


class StatementLine(NamedTuple):
    """One movement of money on an account.

    ``line`` is where a person finds it: the row as a spreadsheet numbers it in CSV and XLSX,
    the n-th transaction of the file elsewhere. ``amount_minor`` is signed, + is money in.
    ``fee_minor`` is what the channel charged, never negative; whether it came off the balance
    besides the amount is said by ``Statement.fees_separate``. ``time`` is set when the file has a
    time of day.

    A named tuple, not a dataclass: a file holds them by the hundred thousand, and a frozen
    dataclass takes five times as long to make.
    """

    line: int
    date: dt.date
    amount_minor: int
    currency: str
    value_date: dt.date | None = None
    fee_minor: int = 0
    balance_minor: int | None = None
    reference: str = ""
    transaction_id: str = ""
    description: str = ""
    counterparty: str = ""
    counterparty_account: str = ""
    status: str = ""
    time: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a person should know about the file; ``line`` as in ``StatementLine``."""

    line: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Statement:
    """The movements of one account in one currency, in the order of the file.

    ``number`` is how the bank numbers the statement (MT940 ``:28C:``, CAMT ``ElctrncSeqNb``).
    ``fees_separate`` is True when the account's balance moves by amount − fee (MTN MoMo); False
    when a fee is part of the amount, has a row of its own, or there is none. It is found from
    the running balance, because no file says it. ``provisional`` is True where the bank has
    booked nothing yet (CAMT entries that are all pending or for information): such lines are
    shown, move no balance, and are never imported.
    """

    account: str
    currency: str
    lines: tuple[StatementLine, ...]
    opening_balance_minor: int | None = None
    closing_balance_minor: int | None = None
    period_start: dt.date | None = None
    period_end: dt.date | None = None
    fees_separate: bool = False
    number: str = ""
    provisional: bool = False

    def __reduce__(self) -> tuple[object, ...]:
        """Go from process to process with the lines as columns: many take half the time so."""
        facts = tuple(getattr(self, name) for name in self.__slots__ if name != "lines")
        return _from_columns, (tuple(zip(*self.lines, strict=True)), facts)

    def movement_minor(self) -> int:
        """Return by how much all lines together move the balance."""
        if self.provisional:
            return 0
        fees = sum(line.fee_minor for line in self.lines) if self.fees_separate else 0
        return sum(line.amount_minor for line in self.lines) - fees

    def balance_gap_minor(self) -> int | None:
        """Return closing − (opening + movements): 0 when complete, None when unknown."""
        if self.opening_balance_minor is None or self.closing_balance_minor is None:
            return None
        return self.closing_balance_minor - self.opening_balance_minor - self.movement_minor()


def _from_columns(columns: Sequence[Sequence[Any]], facts: Sequence[Any]) -> Statement:
    account, currency, *rest = facts
    return Statement(
        account, currency, tuple(map(StatementLine._make, zip(*columns, strict=True))), *rest
    )


@dataclass(frozen=True, slots=True)
class StatementFile:
    """A statement file as read; ``sha256`` is of its bytes, so the same file is known again.

    ``date_order_unsure`` is True when nothing in the file tells day first from month first: the
    dates were read day first, and a person should be asked once. ``header`` names the columns of
    a table as its header row does; empty where it has none, and in formats without columns.
    """

    format: str
    profile: str
    statements: tuple[Statement, ...]
    problems: tuple[Problem, ...]
    sha256: str
    encoding: str = ""
    delimiter: str = ""
    date_order_unsure: bool = False
    header: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[StatementLine, ...]:
        """All movements of all accounts, in the order of the file."""
        return tuple(line for statement in self.statements for line in statement.lines)
