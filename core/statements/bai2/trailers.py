"""Records 49, 98 and 99: what the file says it holds, compared with what it holds.

Source: BAI2 specification. A control total is the sum of all amounts of the account, its
balances included and without regard to the type; a count of records counts lines.
"""

from __future__ import annotations

from core.errors import InvalidInputError
from core.money import display
from core.statements.bai2.accounts import Account
from core.statements.bai2.amounts import minor_of
from core.statements.bai2.records import Record
from core.statements.statement import Problem


class Trailers:
    """Running counts and totals of the account, the group and the file being read."""

    def __init__(self) -> None:
        self._records = {"49": 0, "98": 0, "99": 0}
        self._total_minor = {"98": 0, "99": 0}
        self._parts = {"98": 0, "99": 0}
        self._open_accounts = 0
        self._closed_accounts = 0
        self._ends = False

    def count(self, record: Record) -> None:
        """Count a record's lines for every trailer it belongs to."""
        self._ends = record.code == "99"
        if record.code == "01":
            self._start("99")
        elif record.code == "02":
            self._start("98")
            self._parts["99"] += 1
        elif record.code == "03":
            self._records["49"] = 0
            self._parts["98"] += 1
        for code in self._records:
            self._records[code] += len(record.rests)

    def account_problems(self, record: Record, account: Account) -> list[Problem]:
        """Compare an account's trailer with the account."""
        account.closed = True
        fields = [*record.fields(), "", ""]
        named = f"Account {account.number} (line {record.line})"
        return [
            *_total_problems(named, fields[0], account.total_minor, account.currency),
            *_count_problems(named, fields[1], self._records["49"], "records"),
        ]

    def end_account(self, account: Account) -> None:
        """Add an account's amounts to those of its group and file."""
        self._closed_accounts += account.closed
        self._open_accounts += not account.closed
        for code in self._total_minor:
            self._total_minor[code] += account.total_minor

    def problems(self, record: Record) -> list[Problem]:
        """Compare the trailer of a group (98) or of the file (99)."""
        code = record.code
        fields = [*record.fields(), "", "", ""]
        named = f"The {'group' if code == '98' else 'file'} that ends in line {record.line}"
        parts = "accounts" if code == "98" else "groups"
        return [
            *_total_problems(named, fields[0], self._total_minor[code], ""),
            *_count_problems(named, fields[1], self._parts[code], parts),
            *_count_problems(named, fields[2], self._records[code], "records"),
        ]

    def missing(self) -> list[Problem]:
        """Tell that the file has no end, or that an account has none where others have."""
        if self._open_accounts and self._closed_accounts:
            what = "An account has no trailer (49) while others have"
        elif not self._ends:
            what = "The file does not end with a trailer (99)"
        else:
            return []
        return [Problem(None, f"{what}: it may be cut off, and nothing tells what is missing.")]

    def _start(self, code: str) -> None:
        self._records[code] = 0
        self._total_minor[code] = 0
        self._parts[code] = 0


def _total_problems(named: str, stated: str, found_minor: int, currency: str) -> list[Problem]:
    if not stated:
        return []
    try:
        stated_minor = minor_of(stated, currency or "RWF")
    except InvalidInputError:
        stated_minor = None
    if stated_minor == found_minor:
        return []
    found = display(found_minor, currency) if currency else str(found_minor)
    return [
        Problem(
            None,
            f"{named} states the control total {stated}, and its amounts make {found}: something"
            " is missing or wrong.",
        )
    ]


def _count_problems(named: str, stated: str, found: int, what: str) -> list[Problem]:
    if not stated or stated.lstrip("0") == str(found):
        return []
    return [Problem(None, f"{named} states {stated} {what}, and there are {found}.")]
