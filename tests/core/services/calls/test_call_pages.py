"""Whatever is asked of the calls to gateways, a page holds exactly its stretch of the answer."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from core.clock import shop_date
from core.database import schema
from core.database.engine import sqlite_url
from core.database.unit_of_work import Database
from core.errors import NotFoundError
from core.model.calls import CallResult
from core.model.payments import (
    Payment,
    PaymentMethod,
    PaymentStatus,
    PaymentTransaction,
    RequestType,
    TransactionStatus,
)
from core.permissions import Actor, Role
from core.services.calls.days import landmarks
from core.services.calls.filters import CallFilter
from core.services.calls.listed import CallColumn, ListedCall
from core.services.calls.lists import CallLists
from core.services.calls.pages import CallOrder, page_question
from core.services.lists.keyset import Seek
from core.services.lists.keyset_queries import Bound
from tests.core.services.empty_shop import EmptyShop

pytestmark = pytest.mark.usefixtures("bent_books")

MANAGER = Actor(1, "marie", Role.MANAGER)
FIRST = datetime(2026, 6, 1, 8, tzinfo=UTC)
DAY = shop_date(FIRST + timedelta(days=3))
GATEWAYS = ("MTN Mobile Money", "Airtel Money")
ORDERS = [CallOrder(column, down) for column in CallColumn for down in (True, False)]
FILTERS = (
    CallFilter(),
    CallFilter(gateway_name=GATEWAYS[1]),
    CallFilter(request_type=RequestType.REFUND, gateway_name=GATEWAYS[0]),
    CallFilter(result=CallResult.FAILED),
    CallFilter(result=CallResult.OPEN, request_type=RequestType.QUERY),
    CallFilter(statuses=frozenset({TransactionStatus.PENDING})),
    CallFilter(
        statuses=frozenset({TransactionStatus.FAILED, TransactionStatus.SUCCEEDED}),
        result=CallResult.FAILED,
    ),
    CallFilter(error_code="EXPIRED"),
    CallFilter(error_code="EXPIRED", request_type=RequestType.QUERY, gateway_name=GATEWAYS[0]),
    CallFilter(first_day=DAY, last_day=DAY),
    CallFilter(least_ms=900),
    CallFilter(search="timed"),
    CallFilter(search="TIMED out", gateway_name=GATEWAYS[0]),
    CallFilter(search="REF-1"),
    CallFilter(search="50", statuses=frozenset({TransactionStatus.FAILED})),
    CallFilter(search="e"),
)


@pytest.fixture(scope="module")
def shop(empty_shop: EmptyShop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Three hundred calls about forty payments, not made in the order of their moments."""
    database = Database(empty_shop.copied_to(tmp_path_factory.mktemp("shop") / "shop.db"))
    chance = random.Random(3)
    with database.write(None) as unit:
        payments = [
            Payment(
                amount_minor=1_000,
                payment_method=PaymentMethod.MTN_MOBILE_MONEY,
                status=PaymentStatus.PENDING,
                transaction_reference=f"REF-{number}",
                created_at=FIRST,
                updated_at=FIRST,
            )
            for number in range(40)
        ]
        unit.session.add_all(payments)
        unit.session.flush()
        for number in range(300):
            unit.session.add(_call(chance, chance.choice(payments), number))
        unit.commit()
    yield database
    database.close()


def _opened(path: Path) -> Database:
    database = Database(sqlite_url(path))
    schema.upgrade(database.engine)
    return database


def _call(chance: random.Random, payment: Payment, number: int) -> PaymentTransaction:
    success = chance.random() < 0.5
    error = "" if success else chance.choice(("", "EXPIRED", "timeout"))
    return PaymentTransaction(
        payment=payment,
        transaction_id=f"TX{number}" if number % 3 else "",
        gateway_name=chance.choice(GATEWAYS),
        request_type=chance.choice(list(RequestType)),
        request_data={"amount": "1000"},
        response_data={"status": "PENDING"},
        response_code=chance.choice(("200", "202", "500", "")),
        response_message=chance.choice(("", "Accepted")),
        status=chance.choice(
            (TransactionStatus.PENDING, TransactionStatus.FAILED, TransactionStatus.SUCCEEDED)
        ),
        success=success,
        processing_time_ms=chance.choice((None, 120, 900, 4_000)),
        error_code=error,
        error_message="The network timed out" if error == "timeout" else "",
        request_at=FIRST + timedelta(hours=chance.randrange(200)),
    )


def expected(rows: list[ListedCall], references: dict[int, str], wanted: CallFilter) -> list[int]:
    """Return by Python the ids of the calls that fit."""

    def fits(row: ListedCall) -> bool:
        fields = (
            row.transaction_id, row.response_code, row.response_message, row.error_code,
            row.error_message, row.payment_id, references[row.payment_key],
        )  # fmt: skip
        words = wanted.search.lower().split()
        day = shop_date(row.request_at)
        return (
            wanted.gateway_name in {None, row.gateway_name}
            and wanted.request_type in {None, row.request_type}
            and wanted.error_code in {None, row.error_code}
            and wanted.result in {None, row.result}
            and (not wanted.statuses or row.status in wanted.statuses)
            and (wanted.first_day is None or wanted.first_day <= day)
            and (wanted.last_day is None or day <= wanted.last_day)
            and (wanted.least_ms is None or (row.processing_time_ms or 0) >= wanted.least_ms)
            and all(any(word in field.lower() for field in fields) for word in words)
        )

    return [row.id for row in rows if fits(row)]


@pytest.fixture(scope="module")
def everything(shop: Database) -> list[ListedCall]:
    return list(CallLists(shop).ask(MANAGER, CallFilter()).rows(0, 1_000))


@pytest.fixture(scope="module")
def references(shop: Database) -> dict[int, str]:
    with shop.read() as session:
        rows = session.execute(select(Payment.id, Payment.transaction_reference))
        return {row.id: row.transaction_reference for row in rows}


@pytest.mark.parametrize("wanted", FILTERS, ids=range(len(FILTERS)))
def test_pages_from_anywhere_are_stretches_of_the_whole_answer(
    shop: Database,
    everything: list[ListedCall],
    references: dict[int, str],
    wanted: CallFilter,
) -> None:
    ids = set(expected(everything, references, wanted))
    lists = CallLists(shop)
    for order in ORDERS:
        question = lists.ask(MANAGER, wanted, order)
        whole = question.rows(0, 1_000)
        assert {row.id for row in whole} == ids, order
        assert len(whole) == len(ids)
        if len(whole) < 20:
            continue
        chance = random.Random(5)
        for _ in range(6):
            place = chance.randrange(len(whole))
            assert question.rows(place, 10, total=len(whole)) == whole[place : place + 10], order
            assert question.place(whole[place], 777, question) == place, order
        assert set(question.again(whole[:10])) == set(whole[:10])


@pytest.mark.parametrize("column", CallColumn)
def test_an_order_runs_by_its_column_both_ways(shop: Database, column: CallColumn) -> None:
    values = {
        CallColumn.TIME: lambda row: row.stored_time_ms,
        CallColumn.PAYMENT: lambda row: row.payment_key,
    }.get(column, lambda row: getattr(row, column.value))
    for descending in (True, False):
        order = CallOrder(column, descending)
        rows = CallLists(shop).ask(MANAGER, CallFilter(), order).rows(0, 1_000)
        found = [values(row) for row in rows]
        assert found == sorted(found, reverse=descending)


@pytest.mark.parametrize("wanted", FILTERS, ids=range(len(FILTERS)))
def test_totals_are_those_of_the_rows(
    shop: Database,
    everything: list[ListedCall],
    references: dict[int, str],
    wanted: CallFilter,
) -> None:
    ids = set(expected(everything, references, wanted))
    rows = [row for row in everything if row.id in ids]
    times = sorted(row.stored_time_ms for row in rows if row.processing_time_ms is not None)
    totals = CallLists(shop).totals(MANAGER, wanted)
    assert totals.count == len(rows)
    assert totals.failed == sum(row.result is CallResult.FAILED for row in rows)
    assert totals.median_ms == (times[-(-len(times) // 2) - 1] if times else None)


@pytest.mark.parametrize("descending", [True, False])
def test_a_landmark_stands_where_its_day_begins(shop: Database, descending: bool) -> None:
    for wanted in (CallFilter(), CallFilter(result=CallResult.FAILED, gateway_name=GATEWAYS[0])):
        order = CallOrder(descending=descending)
        question = CallLists(shop).ask(MANAGER, wanted, order)
        whole = question.rows(0, 1_000)
        locate = landmarks(shop.read, wanted, order)
        for position in range(0, len(whole), 7):
            mark = locate(position)
            assert mark is not None
            assert mark.position <= position
            found = question.read(Seek(5, mark.key, inclusive=True))
            assert tuple(found) == whole[mark.position : mark.position + 5]


def test_calls_of_one_payment_are_found_by_its_id(
    shop: Database, everything: list[ListedCall]
) -> None:
    owner = everything[0].payment_id
    found = CallLists(shop).ask(MANAGER, CallFilter(payment_id=owner)).rows(0, 100)
    assert [row.id for row in found] == [row.id for row in everything if row.payment_id == owner]


def test_a_search_follows_what_changes_in_a_call_and_in_its_payment(tmp_path: Path) -> None:
    shop = _opened(tmp_path / "shop.db")
    lists = CallLists(shop)

    def hits(search: str) -> list[int]:
        return [row.id for row in lists.ask(MANAGER, CallFilter(search=search)).rows(0, 1_000)]

    with shop.write(None) as unit:
        payment = Payment(
            amount_minor=1_000,
            payment_method=PaymentMethod.MTN_MOBILE_MONEY,
            status=PaymentStatus.PENDING,
            transaction_reference="BEFORE-77",
            created_at=FIRST,
            updated_at=FIRST,
        )
        unit.session.add(payment)
        unit.session.flush()
        call = _call(random.Random(1), payment, 9_001)
        unit.session.add(call)
        unit.session.flush()
        key = call.id
        unit.commit()
    assert hits("before-77") == [key]
    with shop.write(None) as unit:
        unit.session.get_one(Payment, payment.id).transaction_reference = "AFTER-88"
        unit.session.get_one(PaymentTransaction, key).error_message = "Wholly unexpected"
        unit.commit()
    assert hits("before-77") == []
    assert hits("after-88") == [key]
    assert hits("unexpected") == [key]
    shop.close()


def test_one_call_comes_with_what_was_sent_and_answered(
    shop: Database, everything: list[ListedCall]
) -> None:
    call = CallLists(shop).one(MANAGER, everything[5].id)
    assert call.payment_id == everything[5].payment_id
    assert '"amount": "1000"' in call.request_data
    assert '"status": "PENDING"' in call.response_data
    with pytest.raises(NotFoundError):
        CallLists(shop).one(MANAGER, 10**9)


def test_the_filter_offers_what_there_is(shop: Database) -> None:
    lists = CallLists(shop)
    assert lists.gateways(MANAGER) == tuple(sorted(GATEWAYS))
    assert set(lists.error_codes(MANAGER)) == {"EXPIRED", "timeout"}


PLANS = (
    (CallFilter(), CallOrder()),
    (CallFilter(statuses=frozenset({TransactionStatus.FAILED})), CallOrder()),
    (CallFilter(result=CallResult.OPEN, gateway_name=GATEWAYS[0]), CallOrder()),
    (CallFilter(error_code="EXPIRED", gateway_name=GATEWAYS[0]), CallOrder()),
    *((CallFilter(), order) for order in ORDERS),
)


@pytest.mark.sqlite
@pytest.mark.parametrize(("wanted", "order"), PLANS, ids=range(len(PLANS)))
def test_no_first_page_sorts_the_table(
    shop: Database, wanted: CallFilter, order: CallOrder
) -> None:
    question = page_question(wanted, order, False, Bound(0, False), shop.engine.dialect)
    values = question.values({"row_limit": 100, "row_skip": 0, "arm_limit": 100})
    with shop.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {question.sql}", values).all()
    assert not any("TEMP B-TREE" in row[-1] for row in plan), plan
