"""Customers: added once, found in any spelling, merged without losing anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import event

from core.database import consistency
from core.database.unit_of_work import Database
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from core.model.payments import PaymentMethod
from core.services.audit.trail import AuditService
from core.services.customers.rows import HistoryKind
from core.services.customers.service import AddCustomer, ChangeCustomer, CustomerForm, CustomerShow
from core.services.payments.rules import RecordPayment
from tests.core.services.conftest import SettableClock
from tests.core.services.order_shop import ADMIN, CASHIER, CLERK, MANAGER, OrderShop


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> OrderShop:
    return OrderShop(database, tmp_path)


def names(shop: OrderShop, search: str = "", show: CustomerShow = CustomerShow.ACTIVE) -> list[str]:
    return [row.name for row in shop.customers.page(CASHIER, search=search, show=show).rows]


def test_a_customer_is_kept_in_stored_form_and_once(shop: OrderShop) -> None:
    form = CustomerForm(
        " Café Inzozi ", "0788 123 456", "info@inzozi.rw", "101 234 567", "fr", "KG 11", "cakes"
    )
    row = shop.customers.add(CLERK, AddCustomer("k", form))
    assert (row.name, row.phone_number, row.tin) == ("Café Inzozi", "+250788123456", "101234567")
    assert (row.language, row.address, row.notes) == ("fr", "KG 11", "cakes")
    assert shop.customers.add(CLERK, AddCustomer("k", form)) == row
    assert shop.customers.page(CASHIER).total == 1


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (CustomerForm(" "), "name"),
        (CustomerForm("x" * 201), "name"),
        (CustomerForm("x", "12"), "phone"),
        (CustomerForm("x", email="x@y"), "email"),
        (CustomerForm("x", tin="12345678"), "tin"),
        (CustomerForm("x", tin="١٢٣٤٥٦٧٨٩"), "tin"),
        (CustomerForm("x", language="de"), "language"),
        (CustomerForm("x", notes="n" * 2001), "notes"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(
    shop: OrderShop, form: CustomerForm, field: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        shop.customers.add(CASHIER, AddCustomer("k", form))
    assert refused.value.field == field
    assert shop.customers.page(CASHIER).total == 0


@pytest.mark.parametrize(
    "search",
    ["0788123456", "+250788123456", "788123456", "250788123456", "0788 123 456", "(0788) 123-456",
     "8123", "INZ", "inzozi café", "CAFE", "info@", "101234567", "101 234"],
)  # fmt: skip
def test_it_is_found_by_parts_and_by_any_form_of_the_telephone(
    shop: OrderShop, search: str
) -> None:
    form = CustomerForm("Café Inzozi", "0788123456", "info@inzozi.rw", "101234567")
    shop.customers.add(CASHIER, AddCustomer("k", form))
    shop.customer("Eric Niyonzima", "0733999888")
    assert names(shop, search) == ["Café Inzozi"]


def test_no_pattern_of_sql_finds_everybody(shop: OrderShop) -> None:
    shop.customer()
    for search in ("%", "_", "/", "100%", "'"):
        assert names(shop, search) == []


def test_a_change_needs_the_version_that_was_looked_at(shop: OrderShop) -> None:
    row = shop.customer("Claire", "0788000111")
    form = CustomerForm("Claire Uwase", "0733000111")
    changed = shop.customers.change(CASHIER, ChangeCustomer(row.customer_id, row.version, form))
    assert (changed.name, changed.phone_number) == ("Claire Uwase", "+250733000111")
    with pytest.raises(ConflictError, match="changed since you opened it"):
        shop.customers.change(CASHIER, ChangeCustomer(row.customer_id, row.version, form))
    assert names(shop, "0733") == ["Claire Uwase"]
    assert names(shop, "0788000") == []
    same = ChangeCustomer(row.customer_id, changed.version, form)
    assert shop.customers.change(CASHIER, same).version == changed.version


def test_payments_keep_the_name_they_were_made_with(shop: OrderShop) -> None:
    sale = shop.cash("x", 5_000, customer_name="Claire", phone_number="0788000111")
    (row,) = shop.customers.page(CASHIER).rows
    shop.customers.change(
        CASHIER, ChangeCustomer(row.customer_id, row.version, CustomerForm("Claire Uwase"))
    )
    history = shop.customers.history(CASHIER, row.customer_id).rows
    assert [event.subject_id for event in history] == [sale.payment_id]
    assert sale.customer_name == "Claire"


def test_the_same_telephone_is_hinted_at(shop: OrderShop) -> None:
    first = shop.customer("Jean", "0788123456")
    second = shop.customer("J. B. Habimana", "+250788123456")
    hinted = shop.customers.same_phone(CASHIER, "788 123 456", but=second.customer_id)
    assert [row.customer_id for row in hinted] == [first.customer_id]
    assert shop.customers.same_phone(CASHIER, "07") == ()
    detail = shop.customers.detail(CASHIER, first.customer_id)
    assert [row.name for row in detail.same_phone] == ["J. B. Habimana"]


def test_merging_makes_one_account_and_deletes_nothing(shop: OrderShop, database: Database) -> None:
    old = shop.customers.add(
        CASHIER, AddCustomer("o", CustomerForm("Jean", "0788123456", tin="101234567"))
    )
    kept = shop.customer("Jean Bosco Habimana", "")
    older = shop.customer("J. B.", "0733000111")
    shop.order(old.customer_id, number="OLD")
    shop.order(kept.customer_id, number="NEW")
    shop.cash("OLD", 2_000)
    shop.customers.merge(CASHIER, older.customer_id, old.customer_id)
    row = shop.customers.merge(CASHIER, old.customer_id, kept.customer_id)
    assert (row.name, row.phone_number, row.tin) == (
        "Jean Bosco Habimana", "+250788123456", "101234567",
    )  # fmt: skip
    assert names(shop) == ["Jean Bosco Habimana"]
    detail = shop.customers.detail(CASHIER, kept.customer_id)
    assert detail.customer.balances[0].amount_minor == 42_000
    assert (set(detail.merged_names), detail.open_orders) == ({"Jean", "J. B."}, 2)
    orders = shop.orders.page(CASHIER, customer_id=kept.customer_id).rows
    assert {order.order_number for order in orders} == {"OLD", "NEW"}
    assert shop.customers.detail(CASHIER, older.customer_id).customer == detail.customer
    with pytest.raises(ConflictError, match="was merged into"):
        shop.customers.merge(CASHIER, old.customer_id, kept.customer_id)
    with pytest.raises(ConflictError, match="the same customer"):
        shop.customers.merge(CASHIER, kept.customer_id, kept.customer_id)
    trail = AuditService(database).page(MANAGER).rows
    assert {"customer:merged", "customer:took_over"} <= {entry.action for entry in trail}
    assert consistency.check(database.engine) == ()


def test_a_walk_in_under_the_old_name_comes_to_the_survivor(shop: OrderShop) -> None:
    old, kept = shop.customer("Jean", "0788123456"), shop.customer("Jean Bosco", "0788123457")
    shop.customers.merge(CASHIER, old.customer_id, kept.customer_id)
    shop.cash("x", 1_000, customer_name="Jean", phone_number="0788123456")
    (event,) = shop.customers.history(CASHIER, kept.customer_id).rows
    assert event.amount_minor == 1_000
    assert names(shop) == ["Jean Bosco"]


def test_a_retired_customer_leaves_the_list_and_may_come_back(shop: OrderShop) -> None:
    row = shop.customer("Jean")
    order = shop.order(row.customer_id)
    with pytest.raises(ConflictError, match="still open"):
        shop.customers.retire(CASHIER, row.customer_id)
    shop.orders.cancel(CASHIER, order.order_number)
    shop.customers.retire(CASHIER, row.customer_id)
    assert (names(shop), names(shop, show=CustomerShow.RETIRED)) == ([], ["Jean"])
    with pytest.raises(ConflictError, match="retired already"):
        shop.customers.retire(CASHIER, row.customer_id)
    shop.customers.retire(CASHIER, row.customer_id, back=True)
    assert names(shop) == ["Jean"]


def test_the_list_says_who_owes_and_who_paid_last(shop: OrderShop, clock: SettableClock) -> None:
    jean, claire = shop.customer("Jean"), shop.customer("Claire", "")
    shop.order(jean.customer_id, number="J")
    paid = shop.order(claire.customer_id, number="C")
    clock.advance(days=3)
    shop.cash("C", paid.total_minor)
    rows = {row.name: row for row in shop.customers.page(CASHIER).rows}
    assert rows["Jean"].balances[0].amount_minor == 22_000
    assert rows["Jean"].last_paid_at is None
    assert (rows["Claire"].balances, rows["Claire"].last_paid_at) == ((), clock.now)
    assert names(shop, show=CustomerShow.OWING) == ["Jean"]


def test_the_time_line_holds_everything_newest_first(shop: OrderShop, clock: SettableClock) -> None:
    row = shop.customer()
    order = shop.order(row.customer_id)
    clock.advance(hours=1)
    payment = shop.cash(order.order_number, 10_000)
    clock.advance(hours=1)
    shop.refund(payment, 10_000)
    clock.advance(hours=1)
    shop.orders.cancel(CASHIER, order.order_number)
    page = shop.customers.history(CASHIER, row.customer_id)
    assert [(event.kind, event.amount_minor) for event in page.rows] == [
        (HistoryKind.ORDER_CANCELLED, 22_000),
        (HistoryKind.REFUND, -10_000),
        (HistoryKind.PAYMENT, 10_000),
        (HistoryKind.ORDER, -22_000),
    ]
    part = shop.customers.history(CASHIER, row.customer_id, offset=1, limit=2)
    assert (part.rows, part.total) == (page.rows[1:3], 4)


def test_who_may_look_and_who_may_change(shop: OrderShop) -> None:
    row = shop.customer()
    assert shop.customers.one(ADMIN, row.customer_id) == row
    for act in (
        lambda: shop.customers.add(ADMIN, AddCustomer("x", CustomerForm("x"))),
        lambda: shop.customers.change(ADMIN, ChangeCustomer(row.customer_id, 1, CustomerForm("x"))),
        lambda: shop.customers.retire(ADMIN, row.customer_id),
        lambda: shop.customers.merge(ADMIN, row.customer_id, 2),
    ):
        with pytest.raises(NotAllowedError):
            act()
    with pytest.raises(NotFoundError, match="no customer 99"):
        shop.customers.detail(CASHIER, 99)


@pytest.mark.sqlite
def test_searching_walks_an_index_and_touches_only_the_rows_shown(shop: OrderShop) -> None:
    shop.customer()
    statements: list[tuple[str, object]] = []

    def note(_conn: object, _cursor: object, text: str, values: object, *_rest: object) -> None:
        if text.startswith("SELECT"):
            statements.append((text, values))

    event.listen(shop.database.engine, "before_cursor_execute", note)
    for show in CustomerShow:
        shop.customers.page(CASHIER, search="jean 0788", show=show)
    shop.orders.page(CASHIER, customer_id=1)
    event.remove(shop.database.engine, "before_cursor_execute", note)
    with shop.database.engine.connect() as connection:
        plans = [
            row[3]
            for text, values in statements
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)
        ]
    assert any("COVERING INDEX ix_customer_search" in plan for plan in plans)
    tables = ("order", "payment", "customer", "refund_request")
    scanned = [plan for plan in plans if plan.startswith(tuple(f"SCAN {name}" for name in tables))]
    assert [plan for plan in scanned if "USING" not in plan] == []


def test_customers_that_came_with_a_payment_are_found_too(shop: OrderShop) -> None:
    shop.payments.record(
        CASHIER,
        RecordPayment(
            "k", PaymentMethod.BANK_TRANSFER, 5_000, customer_name="Célestin Ndayisaba",
            phone_number="0788777666",
        ),
    )  # fmt: skip
    assert names(shop, "celestin") == names(shop, "777 666") == ["Célestin Ndayisaba"]
