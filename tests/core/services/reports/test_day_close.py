from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.database.audit import chain_head
from core.database.unit_of_work import Database
from core.errors import InvalidInputError, NotAllowedError
from core.model.attempts import AttemptKind, GatewayAttempt
from core.model.payments import Payment, PaymentMethod, TransactionStatus
from core.model.providers import Environment
from core.permissions import Actor, Role
from core.services.payments.rules import RecordPayment
from core.services.payments.service import PaymentService
from core.services.reports import day_close
from core.services.reports.contract import Report, ReportName, ReportQuery
from core.services.reports.service import ReportsService
from core.services.tills import TillService
from core.services.users import PasswordCost, UserService
from tests.core.services.conftest import SettableClock
from tests.core.services.test_tills import refund, take

TODAY = date(2026, 7, 1)
CHEAP = PasswordCost(time_cost=1, memory_kib=8, parallelism=1)


@pytest.fixture
def eric(database: Database) -> Actor:
    users = UserService(database, password_cost=CHEAP)
    users.add(None, "Ange", Role.ADMIN, "correct horse")
    boss = users.sign_in("Ange", "correct horse", "")
    users.add(boss, "Eric", Role.CASHIER, "correct horse")
    return users.sign_in("Eric", "correct horse", "desk 1")


def close(database: Database, actor: Actor, day: date = TODAY) -> Report:
    return ReportsService(database).run(actor, ReportQuery(ReportName.DAY_CLOSE, day, day))


def section(report: Report, group: str) -> list[dict[str, object]]:
    """Return a section's rows by column, without what is empty."""
    return [
        {
            column.key: cell
            for column, cell in zip(report.columns, row.cells, strict=True)
            if cell is not None
        }
        for row in report.rows
        if row.group == group
    ]


def test_a_counted_drawer_shows_what_was_missing_and_why(
    database: Database, eric: Actor, manager: Actor, clock: SettableClock
) -> None:
    tills = TillService(database)
    tills.open(eric, 20_000)
    payment = take(database, eric, "k1", 12_000)
    refund(database, eric, manager, payment, 2_000)
    tills.close(eric, 29_500, "wrong change")
    opened_at = clock.now
    clock.advance(hours=1)
    tills.open(eric, 1_000)
    take(database, eric, "k2", 700)

    report = close(database, manager)

    assert section(report, day_close.DRAWERS) == [
        {
            "person": "Eric",
            "item": "desk 1",
            "since": opened_at,
            "expected": 30_000,
            "counted": 29_500,
            "difference": -500,
            "note": "wrong change",
        },
        {
            "person": "Eric",
            "item": "desk 1",
            "since": clock.now,
            "expected": 1_700,
            "note": "Still open",
        },
    ]
    assert report.totals[0].cells[6:9] == (30_000, 29_500, -500)
    assert section(report, day_close.THE_DAY) == [
        {"item": "Collected", "count": 2, "amount": 12_700},
        {"item": "Refunded", "count": 1, "amount": 2_000},
        {"item": "Net", "amount": 10_700},
    ]


def test_what_a_closed_drawer_should_have_held_does_not_change_afterwards(
    database: Database, eric: Actor, manager: Actor, clock: SettableClock
) -> None:
    tills = TillService(database)
    tills.open(eric, 20_000)
    payment = take(database, eric, "k1", 12_000)
    tills.close(eric, 32_000)
    clock.advance(days=1)
    refund(database, eric, manager, payment, 12_000)

    (drawer,) = section(close(database, manager), day_close.DRAWERS)

    assert (drawer["expected"], drawer["difference"]) == (32_000, 0)


def test_the_audit_trail_is_told_as_it_stood_when_the_day_ended(
    database: Database, cashier: Actor, manager: Actor, clock: SettableClock
) -> None:
    take(database, cashier, "k1", 1_000)
    with database.read() as session:
        entries, head = chain_head(session, cashier.name)
    clock.advance(days=1)
    take(database, cashier, "k2", 1_000)

    (yesterday,) = section(close(database, manager), day_close.AUDIT)
    (today,) = section(close(database, manager, TODAY + timedelta(days=1)), day_close.AUDIT)

    assert (yesterday["person"], yesterday["count"], yesterday["note"]) == ("aline", entries, head)
    assert today["note"] != head


def test_requests_without_an_end_are_named_one_by_one(
    database: Database, cashier: Actor, manager: Actor
) -> None:
    row = PaymentService(database).record(
        cashier,
        RecordPayment(
            key="k1",
            method=PaymentMethod.MTN_MOBILE_MONEY,
            amount_minor=9_000,
            phone_number="0788123456",
        ),
    )
    with database.write(None) as unit:
        payment = unit.session.scalars(
            select(Payment).where(Payment.payment_id == row.payment_id)
        ).one()
        unit.session.add(
            GatewayAttempt(
                kind=AttemptKind.COLLECT,
                payment=payment,
                provider="mtn",
                environment=Environment.LIVE,
                reference=row.payment_id,
                status=TransactionStatus.UNRESOLVED,
                status_since=unit.now,
                created_at=unit.now,
            )
        )
        unit.commit()

    report = close(database, manager)

    (told,) = section(report, day_close.OPEN)
    assert (told["item"], told["amount"], told["note"]) == ("Unresolved", 9_000, row.payment_id)
    assert section(close(database, manager, TODAY - timedelta(days=1)), day_close.OPEN) == []


def test_the_close_is_of_one_day(database: Database, manager: Actor) -> None:
    two = ReportQuery(ReportName.DAY_CLOSE, TODAY, TODAY + timedelta(days=1))
    with pytest.raises(InvalidInputError, match="one day"):
        ReportsService(database).run(manager, two)


def test_a_cashier_may_not_see_it(database: Database, cashier: Actor) -> None:
    with pytest.raises(NotAllowedError, match="see reports"):
        close(database, cashier)
