"""A shop of any size whose figures spread over three years, quickly made and without a story."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

from core.clock import day_start
from core.database.unit_of_work import Database
from core.demo.bulk import BulkWriter
from core.model.customers import Customer
from core.model.payments import (
    Payment,
    PaymentMethod,
    PaymentStatus,
    PaymentTransaction,
    RequestType,
    TransactionStatus,
)
from core.model.reconciliations import (
    PaymentReconciliation,
    ReconciliationStatus,
    StatementProvider,
)
from core.model.refunds import RefundRequest, RefundStatus

FIRST_DAY, LAST_DAY = date(2023, 7, 1), date(2026, 6, 30)
_DAYS = (LAST_DAY - FIRST_DAY).days + 1
_REASONS = ("Broken", "Too late", "Wrong size", "Paid twice", "Changed their mind")
_ERRORS = ("PAYER_NOT_FOUND", "NOT_ENOUGH_FUNDS", "EXPIRED", "REJECTED")
_STATUSES = (
    (PaymentStatus.COMPLETED, 92),
    (PaymentStatus.FAILED, 5),
    (PaymentStatus.CANCELLED, 2),
    (PaymentStatus.PENDING, 1),
)


def fill(database: Database, payments: int) -> None:
    """Fill an empty shop: two calls for each mobile-money payment, a refund for every fiftieth."""
    rng = random.Random(4)
    with database.write(None) as unit:
        writer = BulkWriter(unit.session.connection())
        customers = max(20, payments // 50)
        for key in range(1, customers + 1):
            writer.add(
                Customer,
                {
                    "id": key,
                    "name": f"Customer {key}",
                    "phone_number": f"+2507{key:08d}",
                    "created_at": day_start(FIRST_DAY),
                },
            )
        writer.flush()
        for key in range(1, payments + 1):
            day = FIRST_DAY + timedelta(days=key * _DAYS // (payments + 1))
            _add_payment(writer, rng, key, day, customers)
            writer.flush_if_large()
        for week in range(_DAYS // 7):
            for provider in StatementProvider:
                _add_statement(writer, rng, week, provider)
        writer.flush()
        unit.commit()


def _add_payment(
    writer: BulkWriter, rng: random.Random, key: int, day: date, customers: int
) -> None:
    created_at = day_start(day) + timedelta(hours=7, seconds=rng.randrange(43_200))
    method = rng.choice(list(PaymentMethod))
    (status,) = rng.choices([s for s, _ in _STATUSES], [weight for _, weight in _STATUSES])
    is_refunded = status is PaymentStatus.COMPLETED and key % 50 == 0
    is_paid = status is PaymentStatus.COMPLETED
    amount_minor = rng.randrange(5, 400) * 100
    writer.add(
        Payment,
        {
            "id": key,
            "payment_method": method,
            "amount_minor": amount_minor,
            "currency": "USD" if key % 40 == 0 else "RWF",
            "status": PaymentStatus.REFUNDED if is_refunded else status,
            "customer_id": rng.randrange(1, customers + 1) if key % 4 else None,
            "reconciled": is_paid and key % 5 != 0 and method is not PaymentMethod.CASH,
            "created_by": ("aline", "bosco", "claire")[key % 3],
            "created_at": created_at,
            "paid_at": created_at + timedelta(minutes=3) if is_paid else None,
            "updated_at": created_at,
        },
    )
    if method.is_mobile_money:
        _add_calls(writer, rng, key, method, created_at)
    if is_refunded:
        _add_refund(writer, rng, key, amount_minor, created_at)


def _add_calls(
    writer: BulkWriter, rng: random.Random, key: int, method: PaymentMethod, at: datetime
) -> None:
    for request in (RequestType.INITIATE, RequestType.QUERY):
        success = rng.random() < 0.95
        writer.add(
            PaymentTransaction,
            {
                "payment_id": key,
                "gateway_name": method.value,
                "request_type": request,
                "status": TransactionStatus.SUCCEEDED if success else TransactionStatus.FAILED,
                "success": success,
                "error_code": "" if success else rng.choice(_ERRORS),
                "processing_time_ms": round(rng.lognormvariate(6.2, 0.7)),
                "request_at": at,
                "response_at": at + timedelta(seconds=1),
            },
        )


def _add_refund(
    writer: BulkWriter, rng: random.Random, key: int, amount_minor: int, at: datetime
) -> None:
    writer.add(
        RefundRequest,
        {
            "payment_id": key,
            "refund_amount_minor": amount_minor,
            "currency": "USD" if key % 40 == 0 else "RWF",
            "reason": rng.choice(_REASONS),
            "status": RefundStatus.COMPLETED,
            "requested_by": ("aline", "bosco", "claire")[key % 3],
            "requested_at": at + timedelta(hours=1),
            "approved_by": "marie",
            "approved_at": at + timedelta(hours=3),
            "refund_completed_at": at + timedelta(hours=4),
            "updated_at": at + timedelta(hours=4),
        },
    )


def _add_statement(
    writer: BulkWriter, rng: random.Random, week: int, provider: StatementProvider
) -> None:
    first = FIRST_DAY + timedelta(weeks=week)
    writer.add(
        PaymentReconciliation,
        {
            "file_name": f"{provider.value}-{first}.csv",
            "file_sha256": f"{provider.value}-{week}",
            "provider": provider,
            "statement_date": first + timedelta(days=6),
            "statement_period_start": first,
            "statement_period_end": first + timedelta(days=6),
            "total_transactions": 300,
            "unmatched_count": rng.randrange(5),
            "discrepancy_amount_minor": rng.randrange(-9, 9) * 100,
            "status": ReconciliationStatus.DISCREPANCY,
            "problems": [],
            "imported_by": "claude",
            "imported_at": day_start(first + timedelta(days=8)),
        },
    )
