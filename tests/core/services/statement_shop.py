"""A shop with a bank statement worked on through its services, as a clerk would."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from core.app import App, Configuration
from core.database.unit_of_work import Database
from core.model.payments import PaymentMethod
from core.model.reconciliations import PaymentReconciliation, StatementLine, StatementProvider
from core.permissions import Actor, Role
from core.services.payments.rules import RecordPayment
from core.services.reconciliations.service import refresh_counts
from core.services.rows import MatchRow, PaymentRow, ReconciliationDetail, StatementLineRow
from tests.core.services.by_hand import match_by_hand

DAY = date(2026, 7, 1)

CASHIER = Actor(1, "aline", Role.CASHIER, desk="desk 1")
CLERK = Actor(2, "claude", Role.CLERK, desk="desk 2")
MANAGER = Actor(3, "marie", Role.MANAGER, desk="desk 3")


@dataclass
class StatementShop:
    """One shop; ``take_in`` makes ``reconciliation_id``, which every other act is about."""

    app: App
    folder: Path
    reconciliation_id: str = ""
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @classmethod
    def of(cls, database: Database, folder: Path) -> StatementShop:
        """Return a shop over a database."""
        return cls(App(Configuration(folder / "shop"), database), folder)

    def paid(self, amount_minor: int, *, customer: str = "", reference: str = "") -> PaymentRow:
        """Record a completed transfer."""
        number = next(self._numbers)
        return self.app.payments.record(
            CASHIER,
            RecordPayment(
                key=f"payment {number}",
                method=PaymentMethod.BANK_TRANSFER,
                amount_minor=amount_minor,
                transaction_id=f"FT26182{number:06}",
                transaction_reference=reference or f"ORD-{number:04}",
                customer_name=customer or f"Customer {number}",
                complete_now=True,
            ),
        )

    def take_in(
        self, lines: Sequence[tuple[str, str, int]], *, earlier: Sequence[int] = ()
    ) -> None:
        """Store a statement of reference, narration and signed amount, as an import would.

        ``earlier`` are amounts of lines that an earlier file brought.
        """
        number = next(self._numbers)
        total_minor = sum(amount for *_, amount in lines) + sum(earlier)
        with self.app.database.write(CLERK) as unit:
            statement = PaymentReconciliation(
                file_name=f"bk-{number}.csv",
                file_sha256=f"{number:064}",
                provider=StatementProvider.BANK,
                account="00040-06945678-22",
                statement_date=DAY,
                statement_period_start=DAY,
                statement_period_end=DAY,
                opening_balance_minor=1_000_000,
                closing_balance_minor=1_000_000 + total_minor,
                balance_gap_minor=0,
                total_transactions=len(lines) + len(earlier),
                known_transactions=len(earlier),
                total_amount_minor=total_minor,
                imported_by=CLERK.name,
                imported_at=unit.now,
            )
            unit.session.add(statement)
            unit.session.add_all(
                StatementLine(
                    reconciliation=statement,
                    line_number=place,
                    fingerprint=f"{number}/{place}",
                    line_date=DAY,
                    amount_minor=amount,
                    currency="RWF",
                    reference=reference,
                    description=narration,
                )
                for place, (reference, narration, amount) in enumerate(lines, start=2)
            )
            refresh_counts(unit.session, statement)
            self.reconciliation_id = statement.reconciliation_id
            unit.commit()

    @property
    def detail(self) -> ReconciliationDetail:
        """The reconciliation as the page shows it."""
        return self.app.reconciliations.detail(CLERK, self.reconciliation_id)

    def line(self, number: int) -> StatementLineRow:
        """Return a line by its number."""
        return next(line for line in self.detail.lines if line.line_number == number)

    def propose(self) -> ReconciliationDetail:
        """Look for matches."""
        return self.app.matches.propose(CLERK, self.reconciliation_id)

    def approve_certain(self) -> None:
        """Approve what is certain."""
        self.app.matches.approve_automatic(CLERK, self.reconciliation_id)

    def match(self, lines: Sequence[int], payments: Sequence[PaymentRow]) -> MatchRow:
        """Match lines, by their numbers, with payments by hand."""
        detail = match_by_hand(
            self.app,
            CLERK,
            self.reconciliation_id,
            [self.line(number).line_id for number in lines],
            [payment.payment_id for payment in payments],
        )
        return max(detail.approved(), key=lambda match: match.match_id)

    def set_aside(self, number: int, reason: str) -> None:
        """Set a line aside."""
        self.app.reconciliations.ignore(CLERK, self.line(number).line_id, reason=reason)

    def close(self, notes: str = "") -> None:
        """Close the reconciliation."""
        self.app.reconciliations.close(CLERK, self.reconciliation_id, notes=notes)
