"""Money that went back, or waits to: asked by the cashier, decided by the manager."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.clock import shop_date
from core.demo.calendar import Calendar
from core.demo.endings import Endings
from core.demo.requests_sent import refund_reason_of
from core.demo.sales import Refund, Row, Sale
from core.gateways.reasons import explain
from core.model.payments import PaymentMethod, PaymentStatus
from core.model.refunds import RefundStatus
from core.money import DEFAULT_CURRENCY

_REASONS = (
    "The goods were damaged.",
    "The milk was sour.",
    "The customer paid twice.",
    "An article was missing from the delivery.",
    "A wrong article was packed.",
    "The price at the shelf was lower.",
    "The customer brought the goods back.",
)
_REJECTIONS = (
    "The goods were opened.",
    "The receipt is of another shop.",
    "Asked for too late; the rule is seven days.",
)
_MTN_REFUSAL = "PAYEE_NOT_ALLOWED_TO_RECEIVE"
_AIRTEL_REFUSAL = "DP00800001010"
_RECENT_DAYS = 6
_OLD_SHARE = 0.016
_MTN = PaymentMethod.MTN_MOBILE_MONEY
_AIRTEL = PaymentMethod.AIRTEL_MONEY
_CASH = PaymentMethod.CASH


@dataclass(frozen=True, slots=True)
class _Wanted:
    status: RefundStatus
    methods: frozenset[PaymentMethod]
    whole: bool = False


def _wanted(status: RefundStatus, *methods: PaymentMethod, whole: bool = False) -> _Wanted:
    return _Wanted(status, frozenset(methods), whole)


_NOT_PAID = frozenset(
    {
        RefundStatus.REQUESTED,
        RefundStatus.APPROVED,
        RefundStatus.REJECTED,
        RefundStatus.WITHDRAWN,
    }
)
WANTED_RECENTLY = (
    _wanted(RefundStatus.REQUESTED, _MTN, whole=True),
    _wanted(RefundStatus.APPROVED, _MTN),
    _wanted(RefundStatus.COMPLETED, _MTN, whole=True),
    _wanted(RefundStatus.PROCESSING, _MTN),
    _wanted(RefundStatus.UNKNOWN, _MTN, _AIRTEL, whole=True),
    _wanted(RefundStatus.FAILED, _MTN, _AIRTEL, whole=True),
    _wanted(RefundStatus.REJECTED, _MTN, _CASH),
    _wanted(RefundStatus.REQUESTED, _CASH, _MTN),
    _wanted(RefundStatus.REQUESTED, _AIRTEL, _MTN),
    _wanted(RefundStatus.COMPLETED, _CASH),
    _wanted(RefundStatus.APPROVED, _CASH, _AIRTEL),
    _wanted(RefundStatus.COMPLETED, _AIRTEL, whole=True),
    _wanted(RefundStatus.REQUESTED, _MTN),
    _wanted(RefundStatus.WITHDRAWN, _MTN, _AIRTEL, _CASH),
)
"""What a manager finds on the refunds page when the demo opens."""


class RefundDesk:
    """Chooses sales whose money goes back and tells how far each refund has come."""

    def __init__(self, rng: random.Random, calendar: Calendar, endings: Endings) -> None:
        self._rng = rng
        self._calendar = calendar
        self._endings = endings
        self._wanted = list(WANTED_RECENTLY)
        self.refunds: list[Refund] = []

    def consider(self, sale: Sale) -> None:
        """Give a paid sale a refund, where one is due."""
        if sale.status is not PaymentStatus.COMPLETED or sale.paid_at is None or sale.imported:
            return
        age = self._calendar.now - sale.paid_at
        if age < timedelta(days=_RECENT_DAYS):
            if age > timedelta(minutes=20):
                self._serve_wanted(sale, sale.paid_at)
        elif sale.method in {_MTN, _AIRTEL, _CASH} and self._rng.random() < _OLD_SHARE:
            self._settle_old(sale, sale.paid_at)

    def _serve_wanted(self, sale: Sale, paid_at: datetime) -> None:
        wanted = next((each for each in self._wanted if sale.method in each.methods), None)
        if wanted is None or self._rng.random() < 0.2:
            return
        self._wanted.remove(wanted)
        step = (self._calendar.now - paid_at) / 10
        self._add(sale, wanted.status, wanted.whole, paid_at, (3 * step, 6 * step, 8 * step))

    def _settle_old(self, sale: Sale, paid_at: datetime) -> None:
        rng = self._rng
        asked = timedelta(minutes=rng.randrange(30, 4_000))
        decided = asked + timedelta(minutes=rng.randrange(15, 1_000))
        ended = decided + timedelta(minutes=rng.randrange(3, 500))
        rejected = rng.random() < 0.14
        status = RefundStatus.REJECTED if rejected else RefundStatus.COMPLETED
        self._add(sale, status, rng.random() < 0.45, paid_at, (asked, decided, ended))

    def _add(
        self,
        sale: Sale,
        status: RefundStatus,
        whole: bool,
        paid_at: datetime,
        after: tuple[timedelta, timedelta, timedelta],
    ) -> None:
        rng = self._rng
        part = max(100, sale.amount_minor * rng.randrange(20, 80) // 10_000 * 100)
        refund = Refund(
            refund_id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
            sale=sale,
            amount_minor=sale.amount_minor if whole else min(sale.amount_minor, part),
            reason=rng.choice(_REASONS),
            status=status,
            requested_at=paid_at + after[0],
        )
        if status is not RefundStatus.REQUESTED:
            refund.decided_at = paid_at + after[1]
        if status not in _NOT_PAID:
            refund.ended_at = paid_at + after[2]
        if status is RefundStatus.PROCESSING:
            refund.ended_at = self._calendar.now
        self._finish(refund)
        sale.refund = refund
        self.refunds.append(refund)

    def _finish(self, refund: Refund) -> None:
        sale = refund.sale
        if refund.status is RefundStatus.REJECTED:
            refund.notes = self._rng.choice(_REJECTIONS)
        elif refund.status is RefundStatus.FAILED:
            refund.error_code = _MTN_REFUSAL if sale.is_mtn else _AIRTEL_REFUSAL
            refund.notes = explain(refund_reason_of(refund), refund.error_code, refund=True)
        elif refund.status is RefundStatus.UNKNOWN:
            refund.notes = "The network did not answer; the money may have left."
        elif refund.status is RefundStatus.COMPLETED and refund.ended_at is not None:
            if sale.method.is_mobile_money:
                at = refund.ended_at
                refund.network_id = self._endings.network_id(mtn=sale.is_mtn, at=at)
            if refund.amount_minor == sale.amount_minor:
                sale.status = PaymentStatus.REFUNDED


def number_credit_notes(refunds: Iterable[Refund]) -> Mapping[date, int]:
    """Give completed refunds their credit notes' numbers by day; return how many each day had."""
    drawn: Counter[date] = Counter()
    completed = [each for each in refunds if each.status is RefundStatus.COMPLETED]
    for refund in sorted(completed, key=lambda each: (_ended(each), each.refund_id)):
        day = shop_date(_ended(refund))
        drawn[day] += 1
        refund.credit_note_number = f"CN-{day:%Y%m%d}-{drawn[day]:05d}"
    return drawn


def refund_row(refund: Refund, key: int) -> Row:
    """Return the refund's row."""
    rejected = refund.status is RefundStatus.REJECTED
    approved = refund.decided_at is not None and refund.status not in {
        RefundStatus.REJECTED,
        RefundStatus.WITHDRAWN,
    }
    completed = refund.status is RefundStatus.COMPLETED
    return {
        "id": key,
        "refund_id": refund.refund_id,
        "payment_id": refund.sale.key,
        "refund_amount_minor": refund.amount_minor,
        "currency": DEFAULT_CURRENCY,
        "reason": refund.reason,
        "status": refund.status,
        "refund_transaction_id": refund.network_id,
        "requested_by": "cashier",
        "requested_at": refund.requested_at,
        "approved_by": "manager" if approved else None,
        "approved_at": refund.decided_at if approved else None,
        "rejected_by": "manager" if rejected else "",
        "rejected_at": refund.decided_at if rejected else None,
        "processed_by": "manager" if refund.ended_at else "",
        "response_notes": refund.notes,
        "refund_completed_at": refund.ended_at if completed else None,
        "updated_at": refund.ended_at or refund.decided_at or refund.requested_at,
        "version": 1,
    }


def credit_note_row(refund: Refund, refund_key: int, key: int, tax_minor: int) -> Row:
    """Return the row of a completed refund's credit note."""
    sale = refund.sale
    return {
        "id": key,
        "credit_note_number": refund.credit_note_number,
        "refund_id": refund_key,
        "invoice_id": sale.invoice_key,
        "amount_minor": refund.amount_minor,
        "tax_minor": tax_minor,
        "currency": DEFAULT_CURRENCY,
        "issued_date": shop_date(_ended(refund)),
    }


def _ended(refund: Refund) -> datetime:
    if refund.ended_at is None:
        raise ValueError(f"the refund {refund.refund_id} has not ended")
    return refund.ended_at
