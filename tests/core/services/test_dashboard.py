"""Today's figures: each agrees with the books, leads to what it counts, and costs no walk."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from core.app import App, Configuration
from core.database.unit_of_work import Database
from core.errors import NotAllowedError
from core.model.payments import PaymentMethod
from core.model.reconciliations import StatementProvider
from core.permissions import Actor, Role
from core.services.dashboard import (
    DashboardService,
    MailFigures,
    collected_filter,
    not_on_statement_filter,
    open_refunds_filter,
    paid_back_filter,
    waiting_filter,
)
from core.services.payments.filters import PaymentFilter
from core.services.payments.lists import Total
from core.services.payments.rules import CompletePayment, RecordPayment
from core.services.refunds.service import CarryOutRefund, RequestRefund
from core.services.statements.desk import ImportStatement
from core.services.users import PasswordCost, UserService
from tests.core.services.conftest import SettableClock

TODAY = date(2026, 7, 1)
WALK = re.compile(
    r"SCAN (payment|refund_request|statement_line|payment_transaction|gateway_attempt|audit_entry"
    r"|invoice)\b"
)
"""A step of SQLite that reads all of a table that grows with the shop."""
CHEAP = PasswordCost(time_cost=1, memory_kib=8, parallelism=1)


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> App:
    return App(Configuration(tmp_path / "shop"), database)


def take(
    shop: App,
    actor: Actor,
    key: str,
    amount_minor: int,
    method: PaymentMethod = PaymentMethod.CASH,
    *,
    complete: bool = True,
    currency: str = "RWF",
) -> str:
    return shop.payments.record(
        actor,
        RecordPayment(
            key=key,
            method=method,
            amount_minor=amount_minor,
            currency=currency,
            phone_number="0788123456" if method.is_mobile_money else "",
            tendered_minor=amount_minor if method is PaymentMethod.CASH and complete else None,
            card_approval_code="A1" if method is PaymentMethod.CARD else "",
            transaction_id=f"FT{key}" if method is PaymentMethod.BANK_TRANSFER else "",
            complete_now=complete,
        ),
    ).payment_id


def behind(shop: App, actor: Actor, wanted: PaymentFilter) -> set[str]:
    return {row.payment_id for row in shop.payment_lists.page(actor, wanted).rows}


def test_an_empty_shop_has_nothing_of_anything(shop: App, manager: Actor) -> None:
    figures = shop.dashboard.figures(manager)
    assert figures.day == TODAY
    assert figures.currency == "RWF"
    assert not figures.collected
    assert not figures.waiting.count
    assert figures.waiting.oldest_at is None
    assert not figures.tills
    assert figures.mail is None


def test_what_came_in_today_is_told_by_method_and_leads_to_its_payments(
    shop: App, cashier: Actor, manager: Actor, clock: SettableClock
) -> None:
    clock.now = datetime(2026, 6, 30, 21, 59, tzinfo=UTC)  # 23:59 in the shop
    take(shop, cashier, "yesterday", 99_000)
    clock.now = datetime(2026, 6, 30, 22, 0, tzinfo=UTC)
    late = take(shop, cashier, "delivered", 4_000, PaymentMethod.CASH_ON_DELIVERY, complete=False)
    first = take(shop, cashier, "a", 12_000)
    second = take(shop, cashier, "b", 3_000)
    dollars = take(shop, cashier, "c", 1_250, PaymentMethod.CARD, currency="USD")
    clock.now = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
    shop.payments.complete(cashier, CompletePayment("done", late))
    figures = shop.dashboard.figures(manager)
    assert [(s.method, s.currency, s.count, s.amount_minor) for s in figures.collected] == [
        ("cash", "RWF", 2, 15_000),
        ("cash_on_delivery", "RWF", 1, 4_000),
        ("card", "USD", 1, 1_250),
    ]
    assert behind(shop, manager, collected_filter(TODAY)) == {late, first, second, dollars}
    assert behind(shop, manager, collected_filter(TODAY, PaymentMethod.CASH)) == {first, second}


def test_a_week_ago_counts_until_the_same_hour_only(
    shop: App, cashier: Actor, manager: Actor, clock: SettableClock
) -> None:
    noon = datetime(2026, 6, 24, 10, 0, tzinfo=UTC)
    for key, moved, amount in (
        ("evening before", -timedelta(hours=13), 1),
        ("morning", -timedelta(hours=3), 20_000),
        ("noon", timedelta(0), 5_000),
        ("afternoon", timedelta(minutes=1), 300_000),
    ):
        clock.now = noon + moved
        take(shop, cashier, key, amount)
    take(shop, cashier, "never paid", 700, PaymentMethod.BANK_TRANSFER, complete=False)
    clock.now = noon + timedelta(days=7)
    figures = shop.dashboard.figures(manager)
    assert figures.collected_a_week_ago == (Total("RWF", 2, 25_000),)


def test_what_waits_is_told_with_the_one_that_waits_longest(
    shop: App, cashier: Actor, manager: Actor, clock: SettableClock
) -> None:
    oldest = take(shop, cashier, "a", 7_000, PaymentMethod.MTN_MOBILE_MONEY, complete=False)
    asked_at = clock.now
    clock.advance(days=2)
    newer = take(shop, cashier, "b", 5_000, PaymentMethod.BANK_TRANSFER, complete=False)
    take(shop, cashier, "c", 1_000)
    waiting = shop.dashboard.figures(manager).waiting
    assert waiting.totals == (Total("RWF", 2, 12_000),)
    assert (waiting.oldest_id, waiting.oldest_at) == (oldest, asked_at)
    assert behind(shop, manager, waiting_filter()) == {oldest, newer}


def test_refunds_are_told_by_what_is_to_be_done_and_what_was_done_today(
    shop: App, cashier: Actor, manager: Actor, clock: SettableClock
) -> None:
    sales = [take(shop, cashier, key, 10_000) for key in ("a", "b", "c", "d")]
    refunds = [
        shop.refunds.request(
            cashier, RequestRefund(f"r{place}", sale, 1_000 * (place + 1), "broken")
        )
        for place, sale in enumerate(sales)
    ]
    for refund in refunds[1:]:
        shop.refunds.approve(manager, refund.refund_id)
    clock.advance(hours=-20)
    shop.refunds.carry_out(cashier, CarryOutRefund("yesterday", refunds[3].refund_id))
    clock.advance(hours=20)
    shop.refunds.carry_out(cashier, CarryOutRefund("today", refunds[2].refund_id))
    figures = shop.dashboard.figures(manager)
    assert figures.to_approve.totals == (Total("RWF", 1, 1_000),)
    assert figures.to_approve.oldest_id == refunds[0].refund_id
    assert figures.to_pay_back.totals == (Total("RWF", 1, 2_000),)
    assert figures.to_pay_back.oldest_id == refunds[1].refund_id
    assert figures.paid_back == (Total("RWF", 1, 3_000),)
    assert behind(shop, manager, open_refunds_filter(to_approve=True)) == {sales[0]}
    assert behind(shop, manager, open_refunds_filter(to_approve=False)) == {sales[1]}
    assert behind(shop, manager, paid_back_filter(TODAY)) == {sales[2]}


def test_what_no_statement_shows_is_told_with_the_lines_nothing_explains(
    shop: App, cashier: Actor, clerk: Actor, manager: Actor, tmp_path: Path
) -> None:
    transfer = take(shop, cashier, "a", 240_000, PaymentMethod.BANK_TRANSFER)
    take(shop, cashier, "b", 5_000)
    seen = take(shop, cashier, "c", 15_000, PaymentMethod.CARD)
    shop.payments.mark_reconciled(clerk, seen, note="seen")
    statement = tmp_path / "bk.csv"
    statement.write_text(
        "Book Date,Value Date,Reference,Narration,Debit,Credit,Balance\n"
        "2026-07-01,2026-07-01,X1,Somebody,,1000,1000\n"
        "2026-07-01,2026-07-01,X2,Somebody,,2000,3000\n",
        encoding="utf-8",
    )
    (imported,) = shop.statements.import_file(
        clerk, ImportStatement(statement, StatementProvider.BANK)
    )
    figures = shop.dashboard.figures(manager)
    assert figures.not_on_statement == (Total("RWF", 1, 240_000),)
    assert behind(shop, manager, not_on_statement_filter()) == {transfer}
    opened = figures.open_statements
    assert (opened.statements, opened.lines) == (1, 2)
    assert opened.oldest_id == imported.reconciliation.reconciliation_id


def test_tills_are_told_while_open_and_when_they_did_not_come_out_right(
    shop: App, database: Database, manager: Actor, clock: SettableClock
) -> None:
    users = UserService(database, password_cost=CHEAP)
    users.add(None, "Ange", Role.ADMIN, "correct horse")
    boss = users.sign_in("Ange", "correct horse", "")
    people = []
    for name in ("Aline", "Bosco", "Claire", "Didier"):
        users.add(boss, name, Role.CASHIER, "correct horse")
        people.append(users.sign_in(name, "correct horse", "desk 1"))
    right, wrong, opened, earlier = people
    shop.tills.open(earlier, 1_000)
    shop.tills.close(earlier, 500, "yesterday's")
    clock.advance(days=1)
    for actor in (right, wrong, opened):
        shop.tills.open(actor, 10_000)
    take(shop, wrong, "a", 7_000)
    shop.tills.close(right, 10_000)
    shop.tills.close(wrong, 15_500, "change was miscounted")
    tills = {till.user_name: till for till in shop.dashboard.figures(manager).tills}
    assert set(tills) == {"Bosco", "Claire"}
    assert (tills["Bosco"].difference_minor, tills["Bosco"].reason) == (
        -1_500,
        "change was miscounted",
    )
    assert tills["Claire"].closed_at is None
    own = PaymentFilter(till_session_id=tills["Bosco"].till_session_id)
    assert len(behind(shop, manager, own)) == 1


def test_mail_is_told_where_a_shop_sends_any(shop: App, database: Database, manager: Actor) -> None:
    service = DashboardService(database, shop.gateways, mail=lambda _session: MailFigures(3, 1))
    assert service.figures(manager).mail == MailFigures(waiting=3, refused=1)


def test_a_cashier_does_not_see_the_shops_figures(shop: App, cashier: Actor) -> None:
    with pytest.raises(NotAllowedError):
        shop.dashboard.figures(cashier)


@pytest.mark.sqlite
def test_no_question_walks_through_a_table_that_grows(
    shop: App, database: Database, cashier: Actor, manager: Actor
) -> None:
    sale = take(shop, cashier, "a", 7_000)
    shop.refunds.request(cashier, RequestRefund("r", sale, 1_000, "broken"))
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, sql: str, values: Any, *_: Any) -> None:
        asked.append((sql, values))

    event.listen(database.engine, "before_cursor_execute", note)
    shop.dashboard.figures(manager)
    event.remove(database.engine, "before_cursor_execute", note)
    questions = [(sql, values) for sql, values in asked if sql.lstrip().startswith("SELECT")]
    assert len(questions) <= 20
    with database.engine.connect() as connection:
        plans = [
            (plan.detail, sql)
            for sql, values in questions
            for plan in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
        ]
    assert [plan for plan in plans if WALK.match(plan[0])] == []
    by_day = {detail for detail, sql in plans if "payment.paid_at" in sql and "payment " in detail}
    assert all("ix_payment_paid_at" in d or "PRIMARY KEY" in d for d in by_day), by_day
