"""Whatever is asked of the payments table, every page holds exactly its stretch of the answer."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.clock import shop_date
from core.database import engine
from core.database.driver_questions import DriverQuestion
from core.database.list_reading import FoundRows
from core.database.unit_of_work import Database
from core.errors import ReadCancelledError
from core.model.customers import Order
from core.model.payments import Payment, PaymentMethod, PaymentStatus, PaymentType
from core.permissions import Actor, Role
from core.services.lists import search_slices
from core.services.lists.keyset import Seek
from core.services.lists.keyset_queries import Bound
from core.services.payments import leads, look_ups
from core.services.payments import pages as payment_pages
from core.services.payments.filters import PaymentFilter
from core.services.payments.listed import ListedPayment, PaymentColumn
from core.services.payments.lists import PaymentLists
from core.services.payments.look_ups import beginning_like
from core.services.payments.orders import PaymentOrder
from core.services.payments.pages import ask
from core.services.payments.search import SearchTerms
from tests.core.services.empty_shop import EmptyShop

MANAGER = Actor(1, "marie", Role.MANAGER)
FIRST = datetime(2026, 6, 1, 8, tzinfo=UTC)
NAMES = ("Uwase Aline", "Mugisha Jean", "Habimana Éric", "", "Jeanne d'Arc")
METHODS = (PaymentMethod.CASH, PaymentMethod.MTN_MOBILE_MONEY, PaymentMethod.BANK_TRANSFER)
STATUSES = (PaymentStatus.COMPLETED, PaymentStatus.PENDING, PaymentStatus.FAILED)
ORDERS = [PaymentOrder(column, down) for column in PaymentColumn for down in (True, False)]
FILTERS = (
    PaymentFilter(),
    PaymentFilter(statuses=frozenset({PaymentStatus.PENDING})),
    PaymentFilter(statuses=frozenset(STATUSES[1:]), methods=frozenset(METHODS[:2])),
    PaymentFilter(search="jean"),
    PaymentFilter(search="UWA 78812", methods=frozenset(METHODS)),
    PaymentFilter(search="e"),
    PaymentFilter(search="ORD-1"),
    PaymentFilter(reconciled=True),
    PaymentFilter(least_minor=1_000, most_minor=1_000),
    PaymentFilter(least_minor=600),
    PaymentFilter(least_minor=600, most_minor=14_999, created_by="aline"),
    PaymentFilter(
        first_day=date(2026, 6, 3), last_day=date(2026, 6, 6), methods=frozenset(METHODS[:2])
    ),
)


@pytest.fixture(scope="module")
def shop(empty_shop: EmptyShop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Three hundred payments with many equal values, not recorded in the order of their days."""
    path: Path = tmp_path_factory.mktemp("shop") / "shop.db"
    database = Database(empty_shop.copied_to(path))
    chance = random.Random(7)
    with database.write(None) as unit:
        orders = [
            Order(order_number=f"ORD-{number:03d}", total_minor=1, created_at=FIRST)
            for number in range(20)
        ]
        unit.session.add_all(orders)
        for number in range(300):
            moment = FIRST + timedelta(hours=chance.randrange(200))
            unit.session.add(
                Payment(
                    amount_minor=chance.choice((500, 1_000, 15_000)),
                    payment_method=chance.choice(METHODS),
                    payment_type=chance.choice(list(PaymentType)[:2]),
                    status=chance.choice(STATUSES),
                    order=chance.choice([None, *orders]),
                    customer_name=chance.choice(NAMES),
                    phone_number=f"+25078812{number % 40:04d}",
                    transaction_id=f"TX{number}" if number % 3 else None,
                    transaction_reference=f"REF-{number % 50}",
                    invoice_number=f"INV-{number}" if number % 4 else None,
                    gateway_name=chance.choice(("", "MTN Mobile Money")),
                    reconciled=number % 5 == 0,
                    created_by=chance.choice(("aline", "bosco")),
                    created_at=moment,
                    updated_at=moment,
                )
            )
        unit.commit()
    yield database
    database.close()


def fits(row: ListedPayment, wanted: PaymentFilter) -> bool:
    """Tell by Python whether a payment fits."""
    fields = (
        row.payment_id, row.transaction_id, row.transaction_reference, row.order_number,
        row.customer_name, row.phone_number, row.account_number, row.invoice_number,
    )  # fmt: skip
    return (
        (not wanted.statuses or row.status in wanted.statuses)
        and (not wanted.methods or row.payment_method in wanted.methods)
        and (wanted.reconciled is None or row.reconciled is wanted.reconciled)
        and (wanted.least_minor is None or row.amount_minor >= wanted.least_minor)
        and (wanted.created_by is None or row.created_by == wanted.created_by)
        and (wanted.first_day is None or shop_date(row.created_at) >= wanted.first_day)
        and (wanted.last_day is None or shop_date(row.created_at) <= wanted.last_day)
        and (wanted.most_minor is None or row.amount_minor <= wanted.most_minor)
        and all(
            any(word.lower() in field.lower() for field in fields) for word in wanted.search.split()
        )
    )


def sort_key(column: PaymentColumn, row: ListedPayment) -> tuple[object, ...]:
    """Return by Python where a payment stands in an order."""
    moment = (row.created_at, row.id)
    told: dict[PaymentColumn, tuple[object, ...]] = {
        PaymentColumn.CREATED_AT: moment,
        PaymentColumn.ID: (row.payment_id, row.id),
        PaymentColumn.STATUS: (row.status.value, *moment),
        PaymentColumn.AMOUNT: (row.amount_minor, *moment),
        PaymentColumn.METHOD: (row.payment_method.value, *moment),
        PaymentColumn.CUSTOMER: (row.customer_name, row.id),
        PaymentColumn.TELEPHONE: (row.phone_number, row.id),
        PaymentColumn.TYPE: (row.payment_type.value, *moment),
        PaymentColumn.REFERENCE: (row.transaction_reference, row.id),
        PaymentColumn.INVOICE: (row.invoice_number, row.id),
        PaymentColumn.GATEWAY: (row.gateway_name, *moment),
        PaymentColumn.RECONCILED: (row.reconciled, *moment),
        PaymentColumn.CASHIER: (row.created_by, *moment),
    }
    return told[column]


def everything(shop: Database) -> tuple[ListedPayment, ...]:
    return ask(shop, PaymentFilter()).rows(0, 1_000)


@pytest.mark.parametrize("order", ORDERS, ids=lambda o: f"{o.column}-{o.descending}")
@pytest.mark.parametrize("wanted", FILTERS, ids=range(len(FILTERS)))
def test_every_page_from_anywhere_is_its_stretch_of_the_list(
    shop: Database, wanted: PaymentFilter, order: PaymentOrder
) -> None:
    found = [row for row in everything(shop) if fits(row, wanted)]
    found.sort(key=lambda row: sort_key(order.column, row), reverse=order.descending)
    expected = [row.id for row in found]
    question = ask(shop, wanted, order)
    chance = random.Random(3)
    places = [*range(0, len(expected) + 10, 10), *(chance.randrange(300) for _ in range(30))]
    chance.shuffle(places)

    for place in places:
        total = len(expected) if chance.random() < 0.5 else None
        page = question.rows(place, 10, total=total)
        assert [row.id for row in page] == expected[place : place + 10], place


@pytest.mark.parametrize("ends", ["walked", "narrowed", "given up"])
@pytest.mark.parametrize("column", PaymentColumn)
@pytest.mark.parametrize("number", [2, 3, 7, 10, 11])
def test_an_order_that_is_walked_for_many_payments_gives_the_same_pages(
    shop: Database,
    number: int,
    column: PaymentColumn,
    ends: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(leads, "FEW_ROWS", -1)
    if ends != "walked":
        monkeypatch.setattr(leads, "_SOON_S", -1)
        if ends == "given up":
            monkeypatch.setattr(leads, "_SORTED_ROW_S", -1)
        else:
            monkeypatch.setattr(leads, "_SORTED_ROW_S", 3_600)
        monkeypatch.setattr(engine, "_STEPS_BETWEEN_QUESTIONS", 1)
    for descending in (True, False):
        test_every_page_from_anywhere_is_its_stretch_of_the_list(
            shop, FILTERS[number], PaymentOrder(column, descending)
        )


@pytest.mark.parametrize(
    ("column", "field"),
    [(PaymentColumn.STATUS, "statuses"), (PaymentColumn.METHOD, "methods")],
)
def test_a_walk_that_takes_long_passes_over_what_can_have_no_hits(
    shop: Database, column: PaymentColumn, field: str
) -> None:
    wanted = PaymentFilter(reconciled=True, methods=frozenset(METHODS[:1]))
    found = [row for row in everything(shop) if fits(row, wanted) and row.reconciled]
    values = {"statuses": {row.status for row in found}, "methods": set(METHODS[:1])}

    assert getattr(leads.narrowed(shop, wanted, column), field) == values[field]
    completed = PaymentFilter(statuses=frozenset({PaymentStatus.COMPLETED}), reconciled=False)
    assert leads.narrowed(shop, completed, PaymentColumn.RECONCILED) == completed


def test_a_payment_is_found_by_what_it_became(shop: Database) -> None:
    with shop.write(None) as unit:
        payment = unit.session.get_one(Payment, 7)
        payment.customer_name = "Zziwa Kevin"
        unit.commit()

    assert [row.id for row in ask(shop, PaymentFilter(search="zziw")).rows(0, 9)] == [7]

    with shop.write(None) as unit:
        unit.session.get_one(Payment, 7).customer_name = NAMES[0]
        unit.commit()
    assert ask(shop, PaymentFilter(search="zziw")).rows(0, 9) == ()


@pytest.mark.parametrize(
    "typed", ['"', 'a"b', "NEAR(", "x AND", "*", "%%%", "___", "\\\\\\", "'''"]
)
def test_signs_that_mean_something_to_a_database_are_only_signs(shop: Database, typed: str) -> None:
    assert ask(shop, PaymentFilter(search=typed)).rows(0, 9) == ()


@pytest.mark.parametrize("order", ORDERS, ids=lambda o: f"{o.column}-{o.descending}")
@pytest.mark.parametrize("wanted", FILTERS, ids=range(len(FILTERS)))
def test_every_row_tells_its_place_in_a_list_that_grew(
    shop: Database, wanted: PaymentFilter, order: PaymentOrder
) -> None:
    lists = PaymentLists(shop)
    question = lists.ask(MANAGER, wanted, order)
    rows = question.rows(0, 1_000)

    assert sorted(question.again(rows)) == sorted(rows)
    strangers = [row for row in everything(shop) if not fits(row, wanted)]
    assert list(question.again(strangers)) == []
    for place in range(0, len(rows), 7):
        assert question.place(rows[place], 0, question) == place


@pytest.mark.parametrize("descending", [True, False])
def test_a_search_read_in_many_stretches_of_time_is_one_list(
    shop: Database, descending: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = PaymentOrder(PaymentColumn.CREATED_AT, descending=descending)
    whole = ask(shop, PaymentFilter(search="jean"), order).rows(0, 1_000)
    monkeypatch.setattr(search_slices, "_PAYMENTS_AT_ONCE", 7)
    question = ask(shop, PaymentFilter(search="jean"), order)

    for place in (0, 10, 90, 50, 20, 40, 30, 130):
        assert question.rows(place, 10) == whole[place : place + 10]
        assert question.rows(place, 10, total=len(whole)) == whole[place : place + 10]
    assert len(whole) > 100


def test_a_search_nobody_waits_for_ends_between_two_stretches(
    shop: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_slices, "_PAYMENTS_AT_ONCE", 7)
    question = ask(shop, PaymentFilter(search="jean"))
    question.cancel()
    with pytest.raises(ReadCancelledError):
        question.rows(0, 10)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a search told after every few payments it looked through."""
    monkeypatch.setattr(search_slices, "_PAYMENTS_AT_ONCE", 7)
    monkeypatch.setattr(search_slices, "_WHILE_S", -1)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("ends_often", [False, True], ids=["by stretch", "by row"])
@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("typed", ["jean", "REF-4", "ord-01", "0788120", "INV-2 uwase", "zzzz"])
def test_the_first_page_of_a_search_is_told_while_it_is_looked_for(
    shop: Database,
    typed: str,
    descending: bool,
    ends_often: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if ends_often:
        monkeypatch.setattr(engine, "_STEPS_IN_SEARCH", 1)
        monkeypatch.setattr(search_slices, "_FIRST_WORK_S", -1)
    wanted, order = PaymentFilter(search=typed), PaymentOrder(descending=descending)
    whole = ask(shop, wanted, order).rows(0, 40)
    question = ask(shop, wanted, order)
    stored = replace(wanted, search=typed.removeprefix("0"))
    fitting = {row.id for row in everything(shop) if fits(row, stored)}
    steps = [question.first_rows(40)]
    while not steps[-1].is_whole:
        steps.append(question.first_rows(40))

    assert len(steps) > 1
    assert tuple(steps[-1].rows) == whole
    for step in steps:
        keys = [sort_key(order.column, row) for row in step.rows]
        assert keys == sorted(set(keys), reverse=descending)
        assert {row.id for row in step.rows} <= fitting
    assert question.rows(40, 10) == ask(shop, wanted, order).rows(40, 10)


@pytest.mark.parametrize("descending", [True, False])
def test_the_first_answer_waits_for_one_stretch_only_however_large_the_shop(
    shop: Database, monkeypatch: pytest.MonkeyPatch, descending: bool
) -> None:
    monkeypatch.setattr(search_slices, "_PAYMENTS_AT_ONCE", 50)
    monkeypatch.setattr(search_slices, "_PAYMENTS_AT_FIRST", 20)
    monkeypatch.setattr(search_slices, "_FIRST_WORK_S", 3_600)
    monkeypatch.setattr(search_slices, "_WHILE_S", 3_600)
    wanted, order = PaymentFilter(search="ean"), PaymentOrder(descending=descending)
    question = ask(shop, wanted, order)
    first, second = question.first_rows(1_000), question.first_rows(1_000)

    assert not first.is_whole
    assert 0 < len(first.rows) < 20
    assert second.is_whole
    assert tuple(second.rows) == ask(shop, wanted, order).rows(0, 1_000)


@pytest.mark.sqlite
def test_the_first_answer_takes_little_work_and_the_next_goes_on_from_there(
    shop: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_slices, "_PAYMENTS_AT_ONCE", 50)
    monkeypatch.setattr(search_slices, "_FIRST_WORK_S", -1)
    monkeypatch.setattr(search_slices, "_FIRST_WORK_A_ROW_S", 0)
    monkeypatch.setattr(search_slices, "_WHILE_S", 3_600)
    monkeypatch.setattr(engine, "_STEPS_IN_SEARCH", 1)
    wanted = PaymentFilter(search="ean")
    question = ask(shop, wanted)
    first, second = question.first_rows(1_000), question.first_rows(1_000)

    assert not first.is_whole
    assert len(first.rows) < 5
    assert second.is_whole
    assert tuple(second.rows) == ask(shop, wanted).rows(0, 1_000)


@pytest.mark.sqlite
def test_a_file_is_asked_once_for_a_page_of_a_search_however_large_the_shop(
    shop: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_slices, "_PAYMENTS_AT_ONCE", 7)
    asked: list[DriverQuestion] = []
    answer = shop.rows_until

    def listen(question: DriverQuestion, *rest: Any) -> FoundRows:
        asked.append(question)
        return answer(question, *rest)

    monkeypatch.setattr(shop, "rows_until", listen)
    assert ask(shop, PaymentFilter(search="REF-49")).rows(0, 100)
    assert len(asked) == 1


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "typed", ["REF-49", "INV-299", "TX1", "+2507881200", "0788120039", "ORD-01"]
)
def test_numbers_that_begin_as_typed_are_shown_at_once(shop: Database, typed: str) -> None:
    begins = typed.replace("0788", "+250788") if typed.startswith("0") else typed
    question = ask(shop, PaymentFilter(search=typed), PaymentOrder(descending=False))
    found = question.first_rows(1_000)
    assert not found.is_whole
    numbers = [
        (row.transaction_reference, row.invoice_number, row.transaction_id, row.phone_number,
         row.order_number)
        for row in found.rows
    ]  # fmt: skip
    missed = [
        row
        for row in everything(shop)
        if row.id not in {each.id for each in found.rows}
        and row.transaction_reference.startswith(begins)
    ]
    assert any(number.startswith(begins) for each in numbers for number in each)
    assert missed == []


def test_a_common_name_is_not_looked_up_beside_other_words(
    shop: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked_up(typed: str) -> list[int]:
        return beginning_like(shop, SearchTerms.of(typed), lambda: False)

    alone, numbers = looked_up("uwase"), looked_up("REF-49")
    assert len(alone) > 20
    assert looked_up("uwase REF-49") == numbers
    monkeypatch.setattr(look_ups, "_RARE_NAME_ROWS", len(alone) + 1)
    assert looked_up("uwase REF-49") == sorted({*alone, *numbers})


def test_pages_of_one_question_hold_together_while_payments_arrive(shop: Database) -> None:
    question = ask(shop, PaymentFilter(search="mugisha"))
    first = question.rows(0, 10)
    with shop.write(None) as unit:
        moment = FIRST + timedelta(days=400)
        unit.session.add(
            Payment(
                amount_minor=1,
                payment_method=PaymentMethod.CASH,
                customer_name="Mugisha Late",
                created_by="aline",
                created_at=moment,
                updated_at=moment,
            )
        )
        unit.commit()

    assert question.rows(0, 10) == first
    assert not set(first) & set(question.rows(10, 10))
    assert ask(shop, PaymentFilter(search="mugisha")).rows(1, 10) == first


def test_what_is_read_of_one_moment_knows_nothing_of_the_next(shop: Database) -> None:
    question = ask(shop, PaymentFilter())
    with question.one_moment():
        before = question.read(Seek(1))
        with shop.write(None) as unit:
            payment = unit.session.get_one(Payment, before[0].id)
            payment.customer_name = "Somebody Else"
            unit.commit()
        assert question.read(Seek(1)) == before
    assert question.read(Seek(1)) != before


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("order", "all_values"),
    [
        (PaymentColumn.STATUS, {"statuses": frozenset(STATUSES)}),
        (PaymentColumn.METHOD, {"methods": frozenset(METHODS)}),
    ],
)
def test_days_of_each_value_of_an_order_are_found_without_a_walk(
    shop: Database, order: PaymentColumn, all_values: dict[str, Any]
) -> None:
    days = PaymentFilter(first_day=date(2026, 6, 3), last_day=date(2026, 6, 6))
    week = replace(days, **all_values)
    page = payment_pages.page_question(
        week, PaymentOrder(order), False, Bound(0, False), shop.engine.dialect, leads.WALKED
    )
    plan = DriverQuestion(f"EXPLAIN QUERY PLAN {page.sql}", page.names, page.fixed)
    values = {"row_limit": 10, "row_skip": 0, "arm_limit": 10}
    steps = [row[3] for row in shop.rows(plan, values)]
    found = f"({order.value}=? AND created_at>? AND created_at<?)"
    assert sum(found in step for step in steps) == 3, steps


@pytest.mark.sqlite
@pytest.mark.parametrize("wanted", FILTERS, ids=range(len(FILTERS)))
def test_known_payments_are_looked_up_by_their_keys(shop: Database, wanted: PaymentFilter) -> None:
    asked = payment_pages._again_question(wanted, shop.engine.dialect)
    plan = DriverQuestion(f"EXPLAIN QUERY PLAN {asked.sql}", asked.names, asked.fixed)
    steps = [row[3] for row in shop.rows(plan, {"row_ids": "[1, 2]"})]
    assert "SEARCH payment USING INTEGER PRIMARY KEY (rowid=?)" in steps
