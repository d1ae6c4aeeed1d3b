"""A shop with a bank statement worked on through its services, as a clerk would."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.app import App, Configuration
from core.database.unit_of_work import Database
from core.model.payments import PaymentMethod
from core.model.reconciliations import StatementProvider
from core.permissions import Actor, Role
from core.services.payment_rules import RecordPayment
from core.services.rows import MatchRow, PaymentRow, ReconciliationDetail, StatementLineRow
from core.services.statement_desk import ImportStatement

HEADER = "Book Date,Value Date,Reference,Narration,Debit,Credit,Balance"
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

    def take_in(self, lines: Sequence[tuple[str, str, int]], *, closing_off: int = 0) -> None:
        """Take in a statement of reference, narration and signed amount."""
        balance, rows = 1_000_000, [HEADER]
        for reference, narration, amount in lines:
            balance += amount
            debit, credit = ("", amount) if amount > 0 else (-amount, "")
            quoted = narration.replace('"', '""')
            rows.append(
                f'2026-07-01,2026-07-01,"{reference}","{quoted}",{debit},{credit},{balance}'
            )
        path = self.folder / f"bk-{next(self._numbers)}.csv"
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        (imported,) = self.app.statements.import_file(
            CLERK, ImportStatement(path, StatementProvider.BANK)
        )
        self.reconciliation_id = imported.reconciliation.reconciliation_id

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
        detail = self.app.matches.match_by_hand(
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
