"""The lines of a QIF file become records under their account; nothing is understood yet.

A record is lines that each begin with a one-letter code, and ends with ``^``. A line that begins
with ``!`` says what records follow. Source: the "QIF Definition" in Quicken's help files.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

_EVERY = 4000
_HEADER = re.compile(r"!\s*(\w+)[\s:]*(.*)", re.DOTALL)
_LISTS = frozenset({
    "cat", "class", "memorized", "security", "prices", "budget", "tax", "template", "tag", "tags",
    "invitem", "payee",
})  # fmt: skip
_ACCOUNTS = frozenset({"bank", "cash", "ccard", "oth a", "oth l", "otha", "othl"})
_SPLIT_CODES = frozenset("SE$%")


@dataclass(slots=True)
class Record:
    """One transaction as written: values by code; ``splits`` are the amounts of its parts."""

    number: int
    values: dict[str, str] = field(default_factory=dict)
    splits: list[str] = field(default_factory=list)
    split: bool = False
    percent: bool = False
    second_amount: str = ""


@dataclass(slots=True)
class AccountRecords:
    """The transactions under one account; ``kind`` is what ``!Type:`` said, in lower case."""

    name: str
    kind: str
    records: list[Record] = field(default_factory=list)


@dataclass(slots=True)
class QifDocument:
    """All accounts of a file, and what was passed over."""

    accounts: list[AccountRecords] = field(default_factory=list)
    date_order: str = ""
    investments: int = 0
    unknown_kinds: list[str] = field(default_factory=list)
    unclosed: list[int] = field(default_factory=list)
    """Transactions that no ``^`` ends."""


def document_of(text: str, progress: Callable[[int, int], None]) -> QifDocument:
    """Return the records of a file, account by account in the order they first come."""
    walk = _Walk()
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate(lines):
        if number % _EVERY == 0:
            progress(number, 2 * len(lines))
        code = line[:1]
        if code == "^":
            walk.end_record()
        elif code == "!":
            walk.header(line)
        elif code.isspace():
            stripped = line.strip()
            if stripped:
                walk.field(stripped[0], stripped[1:])
        elif code:
            walk.field(code, line[1:])
    walk.end_file()
    return walk.document


class _Walk:
    """Follows the lines; a record is begun by its first field and ended by ``^`` or a header."""

    def __init__(self) -> None:
        self.document = QifDocument()
        self._mode = ""
        self._account_name = ""
        self._accounts: dict[tuple[str, str], AccountRecords] = {}
        self._current: AccountRecords | None = None
        self._record: Record | None = None
        self._number = 0
        self._kind = ""
        self._other: dict[str, str] = {}

    def header(self, line: str) -> None:
        """Take a line that says what follows."""
        match = _HEADER.match(line.strip())
        if match is None:
            return
        word, what = match[1].lower(), " ".join(match[2].lower().split())
        if word == "type":
            self._leave_open()
            self._kind = what
            self._mode = _mode_of(what)
            if self._mode == "transactions" and what not in _ACCOUNTS:
                self.document.unknown_kinds.append(what)
            self._current = None
        elif word == "account":
            self._leave_open()
            self._mode, self._kind = "account", ""
        elif word == "option" and what in ("mdy", "dmy", "ymd"):
            self.document.date_order = what
        elif word not in ("option", "clear"):
            self._leave_open()
            self._mode = "list"

    def field(self, code: str, value: str) -> None:
        """Take one line of a record."""
        if self._mode != "transactions":
            if self._mode:
                self._other.setdefault(code, value.strip())
            return
        record = self._record
        if record is None:
            record = self._begin()
        elif code == "D" and "D" in record.values and "T" in record.values and not record.split:
            self._leave_open()
            record = self._begin()
        if code in _SPLIT_CODES:
            record.split = True
            if code == "$":
                record.splits.append(value)
            record.percent = record.percent or code == "%"
        elif code == "A":
            record.values.setdefault("A", value)
        elif code not in record.values:
            record.values[code] = value
        elif code in "TU":
            record.second_amount = value

    def end_record(self) -> None:
        """Take the line that ends a record."""
        if self._record is not None:
            self._record = None
        elif self._mode == "account" and self._other:
            self._account_name = self._other.get("N", "")
        elif self._mode == "investments" and self._other:
            self.document.investments += 1
        self._other = {}

    def end_file(self) -> None:
        """Take the end; a record left open is kept and named."""
        self._leave_open()

    def _leave_open(self) -> None:
        if self._record is not None:
            self.document.unclosed.append(self._record.number)
        self.end_record()

    def _begin(self) -> Record:
        if self._current is None:
            key = (self._account_name, "" if self._account_name else self._kind)
            self._current = self._accounts.get(key)
            if self._current is None:
                self._current = AccountRecords(self._account_name, self._kind)
                self._accounts[key] = self._current
                self.document.accounts.append(self._current)
        self._number += 1
        self._record = Record(self._number)
        self._current.records.append(self._record)
        return self._record


def _mode_of(kind: str) -> str:
    """Return how records of a kind are read; an unknown kind may hold movements of money."""
    if kind in ("invst", "port", "401(k)/403(b)"):
        return "investments"
    return "list" if kind.split(":", maxsplit=1)[0] in _LISTS else "transactions"
