"""Orders: one open balance, paid in parts, and never taken twice."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from core.database import consistency
from core.database.unit_of_work import Database
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from core.model.customers import TaxClass
from core.model.payments import PaymentMethod, PaymentStatus
from core.permissions import Actor
from core.services.customers.order_balances import OrderState
from core.services.customers.orders import AddOrder, ChangeOrder, OrderShow
from core.services.payments.lists import PaymentFilter, PaymentLists
from core.services.payments.rules import RecordPayment, SaleLine
from core.services.payments.service import PaymentService
from tests.core.services.conftest import SettableClock
from tests.core.services.order_shop import (
    ADMIN,
    CASHIER,
    MANAGER,
    THREE_LINES,
    THREE_LINES_TOTAL,
    OrderShop,
)


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> OrderShop:
    return OrderShop(database, tmp_path)


def test_an_order_draws_its_number_and_costs_its_lines(shop: OrderShop) -> None:
    customer = shop.customer()
    first, second = shop.order(customer.customer_id), shop.order(customer.customer_id)
    assert (first.order_number, second.order_number) == ("ORD-2026-00001", "ORD-2026-00002")
    assert first.total_minor == first.left_minor == THREE_LINES_TOTAL
    assert first.state is OrderState.OPEN
    detail = shop.orders.one(CASHIER, first.order_number)
    assert [line.total_minor for line in detail.lines] == [12_000, 7_000, 3_000]
    assert detail.lines[1].tax_class is TaxClass.EXEMPT
    assert detail.lines_are_open


def test_a_number_typed_before_its_turn_is_never_drawn_again(shop: OrderShop) -> None:
    customer = shop.customer()
    shop.order(customer.customer_id, number="ORD-2026-00001")
    assert shop.order(customer.customer_id).order_number == "ORD-2026-00002"
    with pytest.raises(ConflictError, match="There is already an order ORD-2026-00001"):
        shop.order(customer.customer_id, number="ORD-2026-00001")


def test_the_second_press_adds_no_second_order(shop: OrderShop) -> None:
    customer = shop.customer()
    command = AddOrder("k", customer.customer_id, THREE_LINES)
    assert shop.orders.add(CASHIER, command) == shop.orders.add(CASHIER, command)
    assert shop.orders.page(CASHIER).total == 1


def test_it_is_paid_in_parts_by_several_methods(shop: OrderShop) -> None:
    number = shop.order(shop.customer().customer_id).order_number
    shop.cash(number, 10_000)
    part = shop.state(number)
    assert (part.state, part.left_minor) == (OrderState.PARTLY_PAID, 12_000)
    promised = shop.transfer(number, 12_000)
    waiting = shop.state(number)
    assert (waiting.left_minor, waiting.room_minor) == (12_000, 0)
    assert waiting.balance.promised_minor == 12_000
    shop.arrive(promised)
    paid = shop.state(number)
    assert (paid.state, paid.left_minor) == (OrderState.PAID, 0)
    invoiced = [payment.invoice_number for payment in shop.orders.one(CASHIER, number).payments]
    assert all(invoiced)
    assert len(set(invoiced)) == 2


def test_more_than_what_is_left_is_refused_and_says_how_much_is_left(shop: OrderShop) -> None:
    number = shop.order(shop.customer().customer_id).order_number
    shop.cash(number, 18_000)
    with pytest.raises(InvalidInputError, match="has 4\u202f000\u00a0RWF left to pay") as refused:
        shop.cash(number, 5_000)
    assert refused.value.field == "amount"
    shop.transfer(number, 3_000)
    with pytest.raises(InvalidInputError, match=r"1\u202f000.*left.*3\u202f000.*under way"):
        shop.cash(number, 4_000)
    shop.cash(number, 1_000)
    with pytest.raises(InvalidInputError, match="has nothing left to pay"):
        shop.cash(number, 1)


def test_a_part_that_did_not_come_may_be_taken_again(shop: OrderShop) -> None:
    number = shop.order(shop.customer().customer_id).order_number
    lost = shop.transfer(number, THREE_LINES_TOTAL)
    shop.payments.fail(CASHIER, lost.payment_id, note="never came")
    assert shop.state(number).state is OrderState.OPEN
    shop.cash(number, THREE_LINES_TOTAL)
    assert shop.state(number).state is OrderState.PAID


def test_two_desks_cannot_both_take_the_last_part(shop: OrderShop) -> None:
    number = shop.order(shop.customer().customer_id).order_number
    shop.cash(number, 20_000)
    desks = [Database(shop.database.url, clock=shop.database.clock) for _ in range(8)]
    barrier = threading.Barrier(len(desks))
    outcomes: list[object] = []

    def take(place: int, desk: Database) -> None:
        mobile = place % 2 == 0
        command = RecordPayment(
            f"desk-{place}",
            PaymentMethod.MTN_MOBILE_MONEY if mobile else PaymentMethod.CASH,
            2_000,
            order_number=number,
            phone_number="0788123456",
            tendered_minor=None if mobile else 2_000,
            complete_now=not mobile,
        )
        barrier.wait()
        try:
            outcomes.append(PaymentService(desk).record(CASHIER, command))
        except InvalidInputError as refusal:
            outcomes.append(refusal.message)

    threads = [
        threading.Thread(target=take, args=(place, desk)) for place, desk in enumerate(desks)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for desk in desks:
        desk.close()
    refused = [outcome for outcome in outcomes if isinstance(outcome, str)]
    assert len(refused) == len(desks) - 1
    assert all("nothing left to pay" in message for message in refused)
    balance = shop.state(number).balance
    assert balance.paid_minor + balance.promised_minor == THREE_LINES_TOTAL


def test_whoever_pays_it_belongs_to_the_account_of_the_one_who_owes(shop: OrderShop) -> None:
    customer = shop.customer()
    number = shop.order(customer.customer_id).order_number
    by_friend = shop.cash(number, 2_000, customer_name="A friend")
    by_self = shop.cash(number, 2_000)
    assert (by_friend.customer_name, by_self.customer_name) == ("A friend", customer.name)
    assert by_self.phone_number == customer.phone_number
    assert shop.customers.page(CASHIER).total == 1
    (balance,) = shop.customers.one(CASHIER, customer.customer_id).balances
    assert balance.amount_minor == THREE_LINES_TOTAL - 4_000


def test_a_refund_of_a_paid_order_leaves_nobody_owing_for_what_went_back(shop: OrderShop) -> None:
    customer = shop.customer()
    number = shop.order(customer.customer_id).order_number
    payment = shop.cash(number, THREE_LINES_TOTAL)
    shop.refund(payment, 7_000)
    order = shop.state(number)
    assert (order.state, order.left_minor) == (OrderState.PAID, 0)
    assert shop.customers.one(CASHIER, customer.customer_id).balances == ()
    shop.refund(payment, 15_000)
    assert shop.state(number).state is OrderState.REFUNDED
    assert shop.customers.one(CASHIER, customer.customer_id).balances == ()


def test_a_refund_of_a_part_is_left_to_pay_again(shop: OrderShop) -> None:
    number = shop.order(shop.customer().customer_id).order_number
    payment = shop.cash(number, 5_000)
    shop.refund(payment, 5_000)
    order = shop.state(number)
    assert (order.state, order.left_minor) == (OrderState.OPEN, THREE_LINES_TOTAL)
    assert shop.orders.cancel(CASHIER, number).state is OrderState.CANCELLED


def test_only_an_order_nobody_paid_is_cancelled(shop: OrderShop) -> None:
    customer_id = shop.customer().customer_id
    paid, promised, free = (shop.order(customer_id).order_number for _ in range(3))
    shop.cash(paid, 5_000)
    waiting = shop.transfer(promised, 5_000)
    with pytest.raises(ConflictError, match=r"5\u202f000\u00a0RWF was paid .*refund it first"):
        shop.orders.cancel(CASHIER, paid)
    with pytest.raises(ConflictError, match="under way"):
        shop.orders.cancel(CASHIER, promised)
    shop.payments.cancel(CASHIER, waiting.payment_id)
    assert shop.orders.cancel(CASHIER, promised).state is OrderState.CANCELLED
    cancelled = shop.orders.cancel(CASHIER, free, reason="changed their mind")
    assert (cancelled.left_minor, cancelled.cancel_reason) == (0, "changed their mind")
    with pytest.raises(ConflictError, match="cancelled already"):
        shop.orders.cancel(CASHIER, free)
    with pytest.raises(ConflictError, match=r"Nothing was recorded\. Order .* is cancelled"):
        shop.cash(free, 1_000)


def test_lines_change_only_while_nobody_paid(shop: OrderShop) -> None:
    order = shop.order(shop.customer().customer_id)
    more = (*THREE_LINES, SaleLine("Umunyu", 1, 500))
    changed = shop.orders.change(CASHIER, ChangeOrder(order.order_number, order.version, more))
    assert changed.total_minor == 22_500
    with pytest.raises(ConflictError, match="changed since you opened it"):
        shop.orders.change(CASHIER, ChangeOrder(order.order_number, order.version, THREE_LINES))
    waiting = shop.transfer(order.order_number, 500)
    now = shop.state(order.order_number)
    with pytest.raises(ConflictError, match="under way: its lines stay"):
        shop.orders.change(CASHIER, ChangeOrder(now.order_number, now.version, THREE_LINES))
    shop.arrive(waiting)
    with pytest.raises(ConflictError, match="was paid, all or part: its lines stay"):
        shop.orders.change(CASHIER, ChangeOrder(now.order_number, now.version, THREE_LINES))
    due = date(2026, 8, 1)
    later = shop.orders.change(CASHIER, ChangeOrder(now.order_number, now.version, more, due, "x"))
    assert (later.due_on, later.notes, later.total_minor) == (due, "x", 22_500)


def test_a_reference_nobody_knows_still_makes_an_order_without_a_limit(shop: OrderShop) -> None:
    shop.cash("table 4", 5_000)
    shop.cash("table 4", 7_000)
    order = shop.state("table 4")
    assert (order.total_minor, order.left_minor) == (12_000, 0)
    assert order.state is OrderState.PAID


def test_a_sale_with_lines_that_failed_leaves_nobody_owing(shop: OrderShop) -> None:
    command = RecordPayment(
        "s", PaymentMethod.BANK_TRANSFER, THREE_LINES_TOTAL, order_number="S-1",
        customer_name="Eric", lines=THREE_LINES,
    )  # fmt: skip
    sale = shop.payments.record(CASHIER, command)
    shop.payments.fail(CASHIER, sale.payment_id, note="left")
    (eric,) = shop.customers.page(CASHIER).rows
    assert eric.balances == ()
    assert shop.orders.page(CASHIER, show=OrderShow.OPEN).total == 0
    with pytest.raises(InvalidInputError, match="left to pay"):
        shop.cash("S-1", THREE_LINES_TOTAL + 1)
    shop.cash("S-1", 2_000)
    assert shop.state("S-1").left_minor == 20_000
    (eric,) = shop.customers.page(CASHIER).rows
    assert eric.balances[0].amount_minor == 20_000


def test_open_orders_are_found_by_number_name_and_telephone(shop: OrderShop) -> None:
    jean, claire = shop.customer(), shop.customer("Claire Uwase", "0733222111")
    paid = shop.order(jean.customer_id, number="A-1")
    shop.cash(paid.order_number, THREE_LINES_TOTAL)
    shop.order(jean.customer_id, number="A-2")
    shop.order(claire.customer_id, number="B-1")
    shop.orders.cancel(CASHIER, shop.order(claire.customer_id, number="B-2").order_number)

    def numbers(search: str, show: OrderShow = OrderShow.OPEN) -> list[str]:
        rows = shop.orders.page(CASHIER, search=search, show=show).rows
        return [row.order_number for row in rows]

    assert numbers("") == ["B-1", "A-2"]
    assert numbers("habim") == ["A-2"]
    assert numbers("0733 222") == ["B-1"]
    assert numbers("a-") == ["A-2"]
    assert numbers("", OrderShow.CANCELLED) == ["B-2"]
    assert numbers("", OrderShow.ALL) == ["B-2", "B-1", "A-2", "A-1"]


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ((), "lines"),
        ((SaleLine("", 1, 100),), "lines"),
        ((SaleLine("x", 0, 100),), "lines"),
        ((SaleLine("x", 1, -1),), "lines"),
        ((SaleLine("x", 1, 0),), "lines"),
        ((SaleLine("x", 10**9, 10**9),), "lines"),
    ],
)
def test_lines_that_cannot_be_sold_are_refused(
    shop: OrderShop, lines: tuple[SaleLine, ...], field: str
) -> None:
    customer = shop.customer()
    with pytest.raises(InvalidInputError) as refused:
        shop.orders.add(CASHIER, AddOrder("k", customer.customer_id, lines))
    assert refused.value.field == field
    assert shop.orders.page(CASHIER).total == 0


def test_terms_that_cannot_be_are_refused(shop: OrderShop) -> None:
    customer_id = shop.customer().customer_id
    with pytest.raises(InvalidInputError, match="before today"):
        shop.order(customer_id, due_on=date(2026, 6, 30))
    with pytest.raises(InvalidInputError, match="at most 60"):
        shop.order(customer_id, number="x" * 61)
    with pytest.raises(InvalidInputError, match="currency"):
        shop.order(customer_id, currency="RFW")
    with pytest.raises(NotFoundError, match="no such customer"):
        shop.order(99)
    with pytest.raises(NotFoundError, match="no order"):
        shop.orders.one(CASHIER, "nothing")


def test_an_admin_changes_no_order_but_may_look(shop: OrderShop) -> None:
    order = shop.order(shop.customer().customer_id)
    for act in (
        lambda: shop.orders.add(ADMIN, AddOrder("k", 1, THREE_LINES)),
        lambda: shop.orders.cancel(ADMIN, order.order_number),
        lambda: shop.orders.change(ADMIN, ChangeOrder(order.order_number, 1, THREE_LINES)),
    ):
        with pytest.raises(NotAllowedError):
            act()
    assert shop.orders.page(ADMIN).total == 1


def test_an_order_in_another_currency_takes_no_francs(shop: OrderShop) -> None:
    number = shop.order(shop.customer().customer_id, currency="USD").order_number
    with pytest.raises(InvalidInputError, match="is in USD, not in RWF"):
        shop.cash(number, 1_000)


def test_history_brought_in_may_pay_a_placed_order_and_the_books_stay_sound(
    shop: OrderShop, clock: SettableClock, tmp_path: Path
) -> None:
    from core.services.payments.imports import ImportService  # noqa: PLC0415 - only this test imports

    customer = shop.customer()
    number = shop.order(customer.customer_id, number="H-1").order_number
    file = tmp_path / "old.csv"
    file.write_text(
        "payment_id,payment_method,amount,status,order_id,transaction_reference,paid_at\n"
        f"a1b2c3d4-e5f6-4a5b-8c9d-e0f1a2b3c4d5,cash,30000,completed,{number},x,2026-06-01T08:00:00Z\n",
        encoding="utf-8",
    )
    assert ImportService(shop.database).import_file(MANAGER, file).new == 1
    assert shop.state(number).state is OrderState.PAID
    (balance,) = shop.customers.one(CASHIER, customer.customer_id).balances
    assert balance.amount_minor == THREE_LINES_TOTAL - 30_000
    assert consistency.check(shop.database.engine) == ()


def test_a_late_success_beyond_the_total_is_kept_as_the_customers_money(
    shop: OrderShop, cashier: Actor
) -> None:
    from core.services.payments.service import complete_from_gateway, find_payment  # noqa: PLC0415

    customer = shop.customer()
    number = shop.order(customer.customer_id).order_number
    command = RecordPayment(
        "m", PaymentMethod.MTN_MOBILE_MONEY, THREE_LINES_TOTAL, order_number=number,
        phone_number="0788123456",
    )  # fmt: skip
    asked = shop.payments.record(CASHIER, command)
    shop.payments.fail(CASHIER, asked.payment_id, note="no PIN")
    shop.cash(number, THREE_LINES_TOTAL)
    with shop.database.write(None) as unit:
        payment = find_payment(unit.session, asked.payment_id)
        complete_from_gateway(unit, payment, "T-1")
        unit.audit("payment:came_late", "payment", asked.payment_id)
        unit.commit()
    (balance,) = shop.customers.one(CASHIER, customer.customer_id).balances
    assert balance.amount_minor == -THREE_LINES_TOTAL
    assert consistency.check(shop.database.engine) == ()


@pytest.mark.usefixtures("bent_books")
def test_an_order_paid_above_its_total_is_told_by_the_check_of_the_books(shop: OrderShop) -> None:
    number = shop.order(shop.customer().customer_id).order_number
    sale = shop.cash("elsewhere", 30_000)
    with shop.database.engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE payment SET order_id ="
                ' (SELECT id FROM "order" WHERE order_number = :number) WHERE payment_id = :sale'
            ),
            {"number": number, "sale": sale.payment_id},
        )
    (problem,) = consistency.check(shop.database.engine)
    assert problem == (
        f"Order {number} was paid 30000 and keeps it, more than its total of 22000 (minor units)."
    )


def test_the_parts_of_an_order_stand_in_the_list_of_payments(shop: OrderShop) -> None:
    number = shop.order(shop.customer().customer_id).order_number
    shop.cash(number, 10_000)
    shop.cash(number, 12_000)
    found = PaymentLists(shop.database).page(CASHIER, PaymentFilter(search=number)).rows
    assert {row.status for row in found} == {PaymentStatus.COMPLETED}
    assert sum(row.amount_minor for row in found) == THREE_LINES_TOTAL
