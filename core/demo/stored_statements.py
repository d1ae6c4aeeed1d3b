"""The statements already in the shop's books: imported week by week, matched and closed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

from sqlalchemy import Connection, update

from core.clock import day_start, shop_date
from core.demo.bulk import BulkWriter
from core.demo.calendar import Calendar
from core.demo.journal import Journal
from core.demo.line_work import LineWork, unexplained_minor
from core.demo.movements import Accounts, Movement, MovementKind
from core.demo.statement_files import (
    ACCOUNTS,
    PROFILES,
    Period,
    as_csv,
    closing_minor,
    file_stem,
    lines_as_read,
)
from core.model.reconciliations import (
    LineState,
    PaymentReconciliation,
    ReconciliationStatus,
    StatementProvider,
)
from core.money import DEFAULT_CURRENCY, display, major
from core.services.statements.desk import ARCHIVE_FOLDER

UNKNOWN_DEPOSITS_MINOR = {2: 45_000, 6: 12_500}
"""Weeks whose bank statement had money nobody knew; the older one was settled since."""

SETTLED_WEEK = 6
_NAMESPACE = UUID("0b5a4b0e-52f3-4d61-9a3a-5a8f0c9e7a11")
_CLOSED_AFTER = timedelta(minutes=20)
_SETTLED_AFTER = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class _Ending:
    key: int
    steps: tuple[ReconciliationStatus, ...]
    at: datetime
    notes: str


class StoredStatements:
    """Makes each week's statements once the week is over, and keeps what a clerk made of them."""

    def __init__(
        self,
        calendar: Calendar,
        accounts: Accounts,
        writer: BulkWriter,
        journal: Journal,
        folder: Path,
    ) -> None:
        self._calendar = calendar
        self._accounts = accounts
        self._writer = writer
        self._journal = journal
        self._folder = folder
        self._work = LineWork(writer, journal)
        self._last_key = 0
        self._endings: list[_Ending] = []
        self.balances_minor = {
            StatementProvider.MTN: 412_300,
            StatementProvider.AIRTEL: 98_750,
            StatementProvider.BANK: 3_846_215,
        }

    def keep_week(self, week: int) -> None:
        """Make, import and work through the statements of a stored week."""
        for provider in StatementProvider:
            period = Period(
                self._calendar.week_start(week),
                self._calendar.week_end(week),
                self.balances_minor[provider],
            )
            movements = self._accounts.take(provider, period.first, period.last)
            if provider is StatementProvider.BANK and week in UNKNOWN_DEPOSITS_MINOR:
                movements = _with_unknown(movements, period.last, UNKNOWN_DEPOSITS_MINOR[week])
            if movements:
                self._keep(week, provider, period, movements)
                self.balances_minor[provider] = closing_minor(period, movements)

    def close(self, connection: Connection) -> None:
        """Lock what is closed, once all of its lines and matches are written."""
        self._writer.flush()
        for ending in self._endings:
            for status in ending.steps:
                connection.execute(
                    update(PaymentReconciliation)
                    .where(PaymentReconciliation.id == ending.key)
                    .values(
                        status=status,
                        reconciled_by="clerk",
                        reconciled_at=ending.at,
                        notes=ending.notes,
                    )
                )

    def _keep(
        self, week: int, provider: StatementProvider, period: Period, movements: list[Movement]
    ) -> None:
        self._last_key += 1
        key = self._last_key
        name = f"{file_stem(provider, period)}.csv"
        public_id = str(uuid5(_NAMESPACE, name))
        at = self._calendar.imported_at(week, provider)
        sha256, kept_as = self._archive(as_csv(provider, period, movements))
        states = self._work.explain(
            reconciliation=(key, public_id),
            account=f"{provider}:{ACCOUNTS[provider]}",
            lines=lines_as_read(provider, period, movements),
            movements=movements,
            at=at,
        )
        unexplained = unexplained_minor(movements, states)
        total_minor = sum(movement.amount_minor for movement in movements)
        open_count = sum(state in {LineState.UNMATCHED, LineState.SUGGESTED} for state in states)
        self._writer.add(
            PaymentReconciliation,
            {
                "id": key,
                "reconciliation_id": public_id,
                "file_name": name,
                "file_upload": kept_as,
                "file_sha256": sha256,
                "statement_index": 0,
                "provider": provider,
                "profile_name": PROFILES[provider],
                "account": ACCOUNTS[provider],
                "currency": DEFAULT_CURRENCY,
                "statement_date": period.last,
                "statement_period_start": period.first,
                "statement_period_end": period.last,
                "opening_balance_minor": period.opening_minor,
                "closing_balance_minor": closing_minor(period, movements),
                "balance_gap_minor": 0,
                "total_transactions": len(movements),
                "total_amount_minor": total_minor,
                "known_transactions": 0,
                "matched_count": sum(state is LineState.MATCHED for state in states),
                "unmatched_count": open_count,
                "discrepancy_amount_minor": unexplained,
                "status": ReconciliationStatus.IN_PROGRESS,
                "problems": [],
                "imported_by": "clerk",
                "imported_at": at,
                "reconciled_by": "",
                "reconciled_at": None,
                "notes": "",
                "version": 1,
            },
        )
        self._note_import(public_id, at, (name, sha256), len(movements), total_minor)
        if not self._calendar.is_open(week, provider):
            self._end(week, key, public_id, at + _CLOSED_AFTER, unexplained)

    def _archive(self, content: bytes) -> tuple[str, str]:
        """Keep the file where the program keeps originals; return its digest and place."""
        sha256 = hashlib.sha256(content).hexdigest()
        kept_as = f"{ARCHIVE_FOLDER}/{sha256[:2]}/{sha256}.csv"
        target = self._folder / kept_as
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        return sha256, kept_as

    def _end(self, week: int, key: int, public_id: str, at: datetime, unexplained: int) -> None:
        complete = unexplained == 0
        steps = [ReconciliationStatus.COMPLETE if complete else ReconciliationStatus.DISCREPANCY]
        notes = "" if complete else "A deposit nobody knows; the bank was asked."
        self._note_end(public_id, at, "reconciliation:closed", steps[0], notes, unexplained)
        if not complete and week == SETTLED_WEEK:
            steps.append(ReconciliationStatus.RESOLVED)
            notes = "The bank took the deposit for a neighbour's; it was sent back in cash."
            settled_at = at + _SETTLED_AFTER
            self._note_end(
                public_id, settled_at, "reconciliation:resolved", steps[1], notes, unexplained
            )
        self._endings.append(_Ending(key, tuple(steps), at, notes))

    def _note_import(
        self, public_id: str, at: datetime, file: tuple[str, str], lines: int, total_minor: int
    ) -> None:
        name, sha256 = file
        self._journal.note(
            at,
            "clerk",
            "statement:imported",
            ("reconciliation", public_id),
            {
                "file": name,
                "sha256": sha256,
                "lines": lines,
                "new": lines,
                "known": 0,
                "total": major(total_minor, DEFAULT_CURRENCY),
            },
        )

    def _note_end(
        self,
        public_id: str,
        at: datetime,
        action: str,
        status: ReconciliationStatus,
        notes: str,
        unexplained: int,
    ) -> None:
        self._journal.note(
            at,
            "clerk",
            action,
            ("reconciliation", public_id),
            {
                "status": status.value,
                "unmatched": int(unexplained != 0),
                "discrepancy": display(unexplained, DEFAULT_CURRENCY),
                "notes": notes,
            },
        )


def weeks_over(calendar: Calendar, day: date) -> Iterator[int]:
    """Yield the stored week whose statements are made on a day: the day after its last."""
    week = calendar.week_of(day - timedelta(days=1))
    if week >= 0 and calendar.week_end(week) == day - timedelta(days=1):
        yield week


def _with_unknown(movements: list[Movement], last: date, amount_minor: int) -> list[Movement]:
    at = day_start(last - timedelta(days=2)) + timedelta(hours=12)
    unknown = Movement(
        at=at,
        amount_minor=amount_minor,
        kind=MovementKind.UNKNOWN,
        transaction_id=f"FT{shop_date(at):%y%j}QQZZ7",
        text="Cash Deposit | KAMANZI A. KIMIRONKO",
    )
    return sorted([*movements, unknown], key=lambda each: each.at)
