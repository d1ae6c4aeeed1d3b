"""What leaves a unit of work: frozen rows that tables, dialogs and the command line show.

Amounts are minor units beside their currency; moments are aware and in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from core.model.payments import (
    PAYMENT_TRANSITIONS,
    PaymentMethod,
    PaymentStatus,
    PaymentType,
    RequestType,
    TransactionStatus,
)
from core.model.reconciliations import (
    DifferenceKind,
    LineState,
    MatchState,
    ReconciliationStatus,
    StatementProvider,
)
from core.model.refunds import RefundStatus
from core.permissions import Role

RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class Page(Generic[RowT]):
    """A stretch of a list: its rows, where it begins, and how many rows the whole list has."""

    rows: tuple[RowT, ...]
    offset: int
    total: int


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One payment as a list shows it."""

    payment_id: str
    created_at: datetime
    paid_at: datetime | None
    customer_name: str
    phone_number: str
    account_number: str
    amount_minor: int
    currency: str
    payment_method: PaymentMethod
    payment_type: PaymentType
    status: PaymentStatus
    transaction_status: TransactionStatus | None
    transaction_id: str
    transaction_reference: str
    order_number: str
    invoice_number: str
    invoice_generated: bool
    reconciled: bool
    reconciled_at: datetime | None
    gateway_name: str
    customer_notes: str
    error_message: str
    tendered_minor: int | None
    card_last4: str
    card_approval_code: str
    created_by: str
    version: int
    claimed_transaction_id: str = ""

    @property
    def change_minor(self) -> int:
        """What the cashier gives back in cash."""
        return max(0, (self.tendered_minor or self.amount_minor) - self.amount_minor)

    @property
    def next_statuses(self) -> frozenset[PaymentStatus]:
        """The states this payment may go to from here."""
        return PAYMENT_TRANSITIONS[self.status]


@dataclass(frozen=True, slots=True)
class TransactionRow:
    """One call to a gateway. The data are JSON text, to be shown as plain text."""

    payment_id: str
    transaction_id: str
    gateway_name: str
    request_type: RequestType
    request_data: str
    response_data: str
    response_code: str
    response_message: str
    status: TransactionStatus
    success: bool
    processing_time_ms: int | None
    error_code: str
    error_message: str
    request_at: datetime
    response_at: datetime | None


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """One invoice as a list shows it; ``pdf_file`` is a path within the shop's folder or empty.

    ``void_date`` is the day on which the payment it asked for was given up.
    """

    invoice_number: str
    payment_id: str
    customer_name: str
    payment_method: PaymentMethod
    subtotal_minor: int
    tax_minor: int
    total_minor: int
    currency: str
    issued_date: date
    due_date: date | None
    is_paid: bool
    paid_date: date | None
    sent_to_customer: bool
    sent_at: datetime | None
    pdf_file: str
    notes: str
    void_date: date | None = None
    language: str = "en"
    ebm_receipt_number: str = ""
    ebm_signature: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was on the screen when a person decided: the decision is bound to it."""

    version: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class RefundRow:
    """One refund request as a list shows it."""

    refund_id: str
    payment_id: str
    customer_name: str
    payment_method: PaymentMethod
    paid_minor: int
    refund_amount_minor: int
    currency: str
    reason: str
    status: RefundStatus
    refund_transaction_id: str
    requested_by: str
    requested_at: datetime
    approved_by: str
    approved_at: datetime | None
    rejected_by: str
    processed_by: str
    response_notes: str
    refund_completed_at: datetime | None
    invoice_number: str
    credit_note_number: str
    version: int
    reason_note: str = ""
    passed_on_by: str = ""
    passed_on_note: str = ""

    @property
    def seen(self) -> Seen:
        """What a decision on this row is bound to."""
        return Seen(self.version, self.refund_amount_minor)

    @property
    def whole_reason(self) -> str:
        """The heading and the asker's own words."""
        return " – ".join(filter(None, [self.reason, self.reason_note]))


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One act of one person; ``details`` is JSON text."""

    at: datetime
    user_name: str
    desk: str
    action: str
    subject_type: str
    subject_id: str
    details: str


@dataclass(frozen=True, slots=True)
class StatementLineRow:
    """One line of an imported statement."""

    line_id: int
    line_number: int
    line_date: date
    amount_minor: int
    fee_minor: int
    balance_minor: int | None
    currency: str
    reference: str
    transaction_id: str
    description: str
    counterparty: str
    counterparty_account: str
    state: LineState
    ignored_reason: str


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A statement line that proves a payment, and the reconciliation it was found in."""

    line: StatementLineRow
    reconciliation_id: str
    file_name: str


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A proposed or decided match: which lines are which payments, and why in words.

    ``difference_minor`` is what was recorded less what the statement shows; ``difference_reason``
    is a ``WriteOffReason`` where it was written off.
    """

    match_id: int
    kind: str
    automatic: bool
    ambiguous: bool
    confidence: int
    reasons: tuple[str, ...]
    difference_minor: int
    state: MatchState
    decided_by: str
    decided_at: datetime | None
    lines: tuple[StatementLineRow, ...]
    payments: tuple[PaymentRow, ...]
    difference_kind: DifferenceKind = DifferenceKind.OPEN
    difference_reason: str = ""
    difference_note: str = ""
    difference_by: str = ""
    difference_at: datetime | None = None

    @property
    def may_be_explained(self) -> bool:
        """Tell whether it differs, and not by what its kind explains already."""
        return self.difference_minor != 0 and self.kind in DIFFERING_KINDS

    @property
    def is_open_difference(self) -> bool:
        """Tell whether it differs and nobody explained by what."""
        return self.may_be_explained and self.difference_kind is DifferenceKind.OPEN


@dataclass(frozen=True, slots=True)
class ReconciliationRow:
    """One reconciliation as a list shows it; ``file_upload`` is a path within the shop's folder."""

    reconciliation_id: str
    file_name: str
    provider: StatementProvider
    profile_name: str
    account: str
    currency: str
    statement_date: date | None
    statement_period_start: date | None
    statement_period_end: date | None
    opening_balance_minor: int | None
    closing_balance_minor: int | None
    balance_gap_minor: int | None
    total_transactions: int
    total_amount_minor: int
    known_transactions: int
    matched_count: int
    unmatched_count: int
    discrepancy_amount_minor: int
    status: ReconciliationStatus
    imported_by: str
    imported_at: datetime
    reconciled_by: str
    reconciled_at: datetime | None
    notes: str
    version: int
    file_upload: str = ""


@dataclass(frozen=True, slots=True)
class MatchDecision:
    """What one act decided: how many matches, and how many lines it leaves to be explained.

    ``invoice_numbers`` are those of the payments that approving completed.
    """

    matches: int
    unmatched_count: int
    invoice_numbers: tuple[str, ...] = ()


DIFFERING_KINDS = ("one_to_one", "split", "by_hand")
"""Matches whose difference nobody explained; a reversal, refund or charge has none to explain."""


@dataclass(frozen=True, slots=True)
class ReconciliationDetail:
    """Everything the reconcile page shows of one reconciliation.

    ``unmatched_payments`` are the oldest of them; ``unmatched_payments_total`` counts them all.
    ``problems`` are those of the file, ``not_searched`` tells of each line that the last search
    left to a person, and why, or that it was not finished.
    """

    reconciliation: ReconciliationRow
    lines: tuple[StatementLineRow, ...]
    matches: tuple[MatchRow, ...]
    unmatched_payments: tuple[PaymentRow, ...]
    unmatched_payments_total: int
    problems: tuple[str, ...]
    not_searched: tuple[str, ...]

    @property
    def is_explained(self) -> bool:
        """Tell whether closing now would find everything explained.

        Two differences that cancel each other out are still two differences.
        """
        row = self.reconciliation
        differs = any(match.is_open_difference for match in self.approved())
        return not (row.unmatched_count or row.balance_gap_minor or differs)

    def explained(self, kind: DifferenceKind) -> tuple[MatchRow, ...]:
        """Return the matches that stand and whose difference became a fee, or was written off."""
        return tuple(match for match in self.approved() if match.difference_kind is kind)

    def proposed(self, *, automatic: bool) -> tuple[MatchRow, ...]:
        """Return the matches that await a decision: the certain ones, or the suggestions."""
        return tuple(
            match
            for match in self.matches
            if match.state is MatchState.PROPOSED and match.automatic is automatic
        )

    def approved(self) -> tuple[MatchRow, ...]:
        """Return the matches that stand."""
        return tuple(match for match in self.matches if match.state is MatchState.APPROVED)


@dataclass(frozen=True, slots=True)
class PaymentDetail:
    """Everything the payments page shows of one payment."""

    payment: PaymentRow
    gateway_response: str
    transactions: tuple[TransactionRow, ...]
    history: tuple[AuditRow, ...]
    invoice: InvoiceRow | None
    refunds: tuple[RefundRow, ...]
    found_on: tuple[FoundLine, ...]
    refundable_minor: int


@dataclass(frozen=True, slots=True)
class UserRow:
    """One person who may sign in."""

    name: str
    role: Role
    is_active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row of a bulk action; ``refusal`` says in a sentence why it was left."""

    subject_id: str
    done: bool
    refusal: str = ""
