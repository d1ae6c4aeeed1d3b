"""Each side of a filter that a figure's drill uses finds its payments and no others."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from core.database.unit_of_work import Database
from core.model.attempts import AttemptKind, GatewayAttempt
from core.model.calls import CallResult
from core.model.customers import Customer
from core.model.payments import (
    Payment,
    PaymentMethod,
    PaymentStatus,
    PaymentTransaction,
    RequestType,
    TransactionStatus,
)
from core.model.providers import Environment
from core.model.refunds import RefundRequest, RefundStatus
from core.permissions import Actor
from core.services.calls.filters import CallFilter
from core.services.payments.filters import PaymentFilter, RefundFilter
from core.services.payments.lists import PaymentLists

pytestmark = pytest.mark.usefixtures("bent_books")

JUNE, JULY = date(2026, 6, 30), date(2026, 7, 1)
BEFORE_MIDNIGHT = datetime(2026, 6, 30, 21, 59, 59, 999_999, tzinfo=UTC)
MIDNIGHT = datetime(2026, 6, 30, 22, tzinfo=UTC)


@pytest.fixture
def found(database: Database, manager: Actor) -> PaymentLists:
    """Two payments that differ in everything."""
    common = {
        "payment_method": PaymentMethod.MTN_MOBILE_MONEY,
        "amount_minor": 1_000,
        "status": PaymentStatus.COMPLETED,
        "updated_at": MIDNIGHT,
    }
    with database.write(None) as unit:
        first = Payment(
            payment_id="first",
            paid_at=BEFORE_MIDNIGHT,
            created_at=BEFORE_MIDNIGHT,
            created_by="aline",
            gateway_name="MTN Mobile Money",
            customer=Customer(id=1, name="Claudine", created_at=MIDNIGHT),
            **common,
        )
        second = Payment(
            payment_id="second", paid_at=MIDNIGHT, created_at=MIDNIGHT, currency="USD", **common
        )
        unit.session.add_all([first, second])
        unit.session.flush()
        unit.session.add_all(neighbours(first, second))
        unit.commit()
    return PaymentLists(database)


def neighbours(first: Payment, second: Payment) -> list[object]:
    """Return refunds of both, and a call and an attempt of the first."""
    return [
        RefundRequest(
            payment=first,
            refund_amount_minor=10,
            reason="broken",
            status=RefundStatus.COMPLETED,
            requested_by="aline",
            requested_at=BEFORE_MIDNIGHT,
            approved_by="marie",
            refund_completed_at=BEFORE_MIDNIGHT,
            updated_at=MIDNIGHT,
        ),
        RefundRequest(
            payment=second,
            refund_amount_minor=10,
            reason="late",
            status=RefundStatus.REJECTED,
            requested_by="bosco",
            requested_at=MIDNIGHT,
            approved_by="marie",
            rejected_by="ange",
            updated_at=MIDNIGHT,
        ),
        PaymentTransaction(
            payment_id=first.id,
            gateway_name="MTN Mobile Money",
            request_type=RequestType.QUERY,
            status=TransactionStatus.FAILED,
            error_code="EXPIRED",
            request_at=BEFORE_MIDNIGHT,
        ),
        GatewayAttempt(
            kind=AttemptKind.COLLECT,
            payment=first,
            provider="mtn",
            environment=Environment.LIVE,
            reference="r",
            status=TransactionStatus.UNRESOLVED,
            status_since=MIDNIGHT,
            created_at=MIDNIGHT,
        ),
    ]


def ids(lists: PaymentLists, actor: Actor, wanted: PaymentFilter) -> set[str]:
    page = lists.page(actor, wanted)
    assert page.total == len(page.rows) == sum(t.count for t in lists.totals(actor, wanted))
    return {row.payment_id for row in page.rows}


@pytest.mark.parametrize(
    "wanted",
    [
        PaymentFilter(last_day=JUNE),
        PaymentFilter(paid_last_day=JUNE),
        PaymentFilter(paid_first_day=JUNE, paid_last_day=JUNE, reconciled=False),
        PaymentFilter(currency="RWF"),
        PaymentFilter(created_by="aline"),
        PaymentFilter(customer_id=1),
        PaymentFilter(has_customer=True),
        PaymentFilter(gateway_name="MTN Mobile Money"),
        PaymentFilter(payment_ids=frozenset({"first", "unknown"})),
        PaymentFilter(needs_decision=True),
        PaymentFilter(refunds=RefundFilter(reason="broken")),
        PaymentFilter(refunds=RefundFilter(requested_by="aline")),
        PaymentFilter(refunds=RefundFilter(decided_by="marie")),
        PaymentFilter(refunds=RefundFilter(last_requested_day=JUNE)),
        PaymentFilter(refunds=RefundFilter(first_completed_day=JUNE, last_completed_day=JUNE)),
        PaymentFilter(refunds=RefundFilter(statuses=frozenset({RefundStatus.COMPLETED}))),
        PaymentFilter(calls=CallFilter(last_day=JUNE)),
        PaymentFilter(calls=CallFilter(error_code="EXPIRED", request_type=RequestType.QUERY)),
        PaymentFilter(calls=CallFilter(gateway_name="MTN Mobile Money", result=CallResult.FAILED)),
    ],
)
def test_the_first_and_not_the_second(
    found: PaymentLists, manager: Actor, wanted: PaymentFilter
) -> None:
    assert ids(found, manager, wanted) == {"first"}


@pytest.mark.parametrize(
    "wanted",
    [
        PaymentFilter(first_day=JULY),
        PaymentFilter(paid_first_day=JULY),
        PaymentFilter(currency="USD"),
        PaymentFilter(created_by=""),
        PaymentFilter(has_customer=False),
        PaymentFilter(refunds=RefundFilter(decided_by="ange")),
        PaymentFilter(refunds=RefundFilter(first_requested_day=JULY)),
    ],
)
def test_the_second_and_not_the_first(
    found: PaymentLists, manager: Actor, wanted: PaymentFilter
) -> None:
    assert ids(found, manager, wanted) == {"second"}


@pytest.mark.parametrize(
    "wanted",
    [
        PaymentFilter(),
        PaymentFilter(paid_first_day=JUNE, paid_last_day=JULY),
        PaymentFilter(methods=frozenset({PaymentMethod.MTN_MOBILE_MONEY})),
    ],
)
def test_an_open_side_finds_both_and_another_side_narrows_it(
    found: PaymentLists, manager: Actor, wanted: PaymentFilter
) -> None:
    assert ids(found, manager, wanted) == {"first", "second"}
    assert ids(found, manager, replace(wanted, currency="USD")) == {"second"}


def test_gateways_and_cashiers_are_offered_as_the_books_name_them(
    found: PaymentLists, manager: Actor
) -> None:
    choices = found.names(manager)
    assert (choices.gateways, choices.cashiers) == (("MTN Mobile Money",), ("aline",))
