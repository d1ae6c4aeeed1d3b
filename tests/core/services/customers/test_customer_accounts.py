"""An account always adds up: to the balance in the lists, to the statement, to the books."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.clock import shop_date
from core.database import consistency
from core.database.engine import sqlite_url
from core.database.unit_of_work import Database
from core.errors import InvalidInputError, KnownError
from core.services.customers.account_statements import AccountPeriod
from core.services.customers.accounts import EntryKind
from core.services.customers.service import AddCustomer, CustomerForm
from core.services.papers.templates import PaperTemplates, SaveTemplate
from core.services.payments.rules import SaleLine
from core.services.rows import PaymentRow
from tests.core.documents.reading import squeezed
from tests.core.services.conftest import SettableClock
from tests.core.services.order_shop import ADMIN, CASHIER, OrderShop

ACTS = ("order", "pay", "promise", "arrive", "lose", "refund", "cancel", "sell", "merge", "wait")
FIRST, LAST = date(2026, 1, 1), date(2027, 12, 31)


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> OrderShop:
    return OrderShop(database, tmp_path)


def kinds(period: AccountPeriod) -> list[tuple[EntryKind, int]]:
    return [(entry.kind, entry.change_minor) for entry in period.entries]


def account(shop: OrderShop, customer_id: int, first: date = FIRST) -> AccountPeriod:
    return shop.statements.period(CASHIER, customer_id, first, LAST)


def test_an_order_in_parts_and_a_return_read_as_they_happened(
    shop: OrderShop, clock: SettableClock
) -> None:
    customer = shop.customer()
    order = shop.order(customer.customer_id)
    clock.advance(days=1)
    first = shop.cash(order.order_number, 10_000)
    clock.advance(days=1)
    shop.cash(order.order_number, 12_000)
    clock.advance(days=1)
    shop.refund(first, 7_000)
    period = account(shop, customer.customer_id)
    assert kinds(period) == [
        (EntryKind.ORDER, 22_000),
        (EntryKind.PAYMENT, -10_000),
        (EntryKind.PAYMENT, -12_000),
        (EntryKind.CREDIT_NOTE, -7_000),
        (EntryKind.REFUND, 7_000),
    ]
    assert period.closing_minor == 0
    assert period.entries[3].reference.startswith("CN-")


def test_a_sale_on_the_spot_is_sold_and_paid_and_owes_nothing(shop: OrderShop) -> None:
    sale = shop.cash("till 1", 5_000, customer_name="Jean")
    shop.refund(sale, 2_000)
    (jean,) = shop.customers.page(CASHIER).rows
    period = account(shop, jean.customer_id)
    assert kinds(period) == [
        (EntryKind.SALE, 5_000),
        (EntryKind.PAYMENT, -5_000),
        (EntryKind.CREDIT_NOTE, -2_000),
        (EntryKind.REFUND, 2_000),
    ]
    assert [entry.reference for entry in period.entries[:2]] == ["till 1", sale.invoice_number]


def test_a_cancelled_order_stays_on_the_statement_it_was_on(
    shop: OrderShop, clock: SettableClock
) -> None:
    customer = shop.customer()
    order = shop.order(customer.customer_id)
    clock.advance(days=40)
    shop.orders.cancel(CASHIER, order.order_number)
    july = shop.statements.period(
        CASHIER, customer.customer_id, date(2026, 7, 1), date(2026, 7, 31)
    )
    august = shop.statements.period(
        CASHIER, customer.customer_id, date(2026, 8, 1), date(2026, 8, 31)
    )
    assert (july.closing_minor, august.opening_minor, august.closing_minor) == (22_000, 22_000, 0)
    assert kinds(august) == [(EntryKind.ORDER_CANCELLED, -22_000)]


@pytest.mark.parametrize(
    ("days_later", "part"),
    [
        (0, "not_due_minor"),
        (10, "not_due_minor"),
        (11, "to_30_days_minor"),
        (40, "to_30_days_minor"),
        (41, "to_60_days_minor"),
        (100, "to_90_days_minor"),
        (101, "older_minor"),
    ],
)
def test_what_is_open_ages_from_the_day_it_was_due(
    shop: OrderShop, clock: SettableClock, days_later: int, part: str
) -> None:
    customer = shop.customer()
    today = date(2026, 7, 1)
    order = shop.order(customer.customer_id, due_on=today + timedelta(days=10))
    shop.cash(order.order_number, 2_000)
    clock.advance(days=days_later)
    last = today + timedelta(days=days_later)
    period = shop.statements.period(CASHIER, customer.customer_id, today, last)
    assert getattr(period.ageing, part) == period.closing_minor == 20_000


def test_a_statement_ends_after_it_begins(shop: OrderShop) -> None:
    customer = shop.customer()
    with pytest.raises(InvalidInputError, match="before its first"):
        shop.statements.period(CASHIER, customer.customer_id, LAST, FIRST)


class Walk:
    """A customer's life: acts chosen by chance, each of which the shop may refuse."""

    def __init__(self, shop: OrderShop, clock: SettableClock) -> None:
        self.shop, self.clock = shop, clock
        self.customer_id = shop.customer().customer_id
        self.orders: list[str] = []
        self.payments: list[PaymentRow] = []

    def act(self, name: str, choice: int, amount_minor: int) -> None:
        order = self.orders[choice % len(self.orders)] if self.orders else "nothing yet"
        payment = self.payments[choice % len(self.payments)] if self.payments else None
        shop = self.shop
        if name == "order":
            line = SaleLine("article", 1 + choice % 3, amount_minor)
            self.orders.append(shop.order(self.customer_id, line).order_number)
        elif name == "pay":
            self.payments.append(shop.cash(order, amount_minor, customer_name="Jean"))
        elif name == "promise":
            self.payments.append(shop.transfer(order, amount_minor, customer_name="Jean"))
        elif name == "sell":
            self.payments.append(shop.cash("", amount_minor, customer_name="Jean"))
        elif name == "cancel":
            shop.orders.cancel(CASHIER, order)
        elif name == "wait":
            self.clock.advance(days=choice % 40)
        elif name == "merge":
            other = shop.customer("Jean", "").customer_id
            shop.customers.merge(CASHIER, self.customer_id, other)
            self.customer_id = other
        elif payment is not None:
            self._act_on(name, payment, amount_minor)

    def _act_on(self, name: str, payment: PaymentRow, amount_minor: int) -> None:
        if name == "arrive":
            self.shop.arrive(payment)
        elif name == "lose":
            self.shop.payments.fail(CASHIER, payment.payment_id, note="lost")
        else:
            self.shop.refund(payment, min(amount_minor, payment.amount_minor))


_AMOUNTS = st.sampled_from([500, 1_000, 2_500, 5_000, 10_000])
_LIVES = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 50), _AMOUNTS), max_size=25)


def balance_by_hand(database: Database) -> int:
    """Reckon what placed orders leave open, straight from the rows of the books."""
    with database.engine.connect() as connection:
        orders = connection.execute(
            text('SELECT o.id, o.total_minor, o.cancelled_at FROM "order" o WHERE o.is_placed')
        ).all()
        balance = 0
        for key, total, cancelled_at in orders:
            moves = connection.execute(
                text(
                    "SELECT p.paid_at AS at, p.amount_minor FROM payment p"
                    " WHERE p.order_id = :key AND p.status IN ('completed', 'refunded')"
                    " UNION ALL SELECT r.refund_completed_at, -r.refund_amount_minor"
                    " FROM refund_request r JOIN payment p ON p.id = r.payment_id"
                    " WHERE p.order_id = :key AND r.status = 'completed' ORDER BY 1"
                ),
                {"key": key},
            ).all()
            there = list(accumulate((move.amount_minor for move in moves), initial=0))
            if cancelled_at is not None:
                balance -= there[-1]
            elif max(there) < total:
                balance += total - there[-1]
        return balance


@settings(max_examples=40, deadline=None)
@given(life=_LIVES)
def test_whatever_happens_every_sum_is_the_same(
    empty_shop: Path, life: list[tuple[str, int, int]]
) -> None:
    with TemporaryDirectory() as folder:
        shutil.copyfile(empty_shop, Path(folder) / "sanduku.db")
        clock = SettableClock()
        database = Database(sqlite_url(Path(folder) / "sanduku.db"), clock=clock)
        try:
            walk = Walk(OrderShop(database, Path(folder)), clock)
            for step in life:
                clock.advance(minutes=7)
                try:
                    walk.act(*step)
                except KnownError:
                    continue
            check_sums(walk, database)
        finally:
            database.close()


def check_sums(walk: Walk, database: Database) -> None:
    shop, customer_id = walk.shop, walk.customer_id
    whole = account(shop, customer_id)
    balances = shop.customers.one(CASHIER, customer_id).balances
    listed = sum(balance.amount_minor for balance in balances)
    assert whole.closing_minor == listed == balance_by_hand(database)
    orders = shop.orders.page(CASHIER, customer_id=customer_id).rows
    assert sum(order.balance.owed_minor for order in orders) == listed
    ageing = whole.ageing
    parts = (
        ageing.not_due_minor, ageing.to_30_days_minor, ageing.to_60_days_minor,
        ageing.to_90_days_minor, ageing.older_minor,
    )  # fmt: skip
    assert sum(parts) - ageing.credit_minor == whole.closing_minor
    middle = shop_date(walk.clock.now) - timedelta(days=20)
    before = shop.statements.period(CASHIER, customer_id, FIRST, middle)
    after = account(shop, customer_id, middle + timedelta(days=1))
    assert before.closing_minor == after.opening_minor
    assert before.entries + after.entries == whole.entries
    for order in orders:
        balance = order.balance
        assert balance.net_minor + balance.promised_minor <= order.total_minor
    assert consistency.check(database.engine) == ()


def test_the_pdf_says_what_the_books_say(shop: OrderShop, clock: SettableClock) -> None:
    form = CustomerForm("Café Inzozi", "0788123456", "", "101234567", "fr")
    customer = shop.customers.add(CASHIER, AddCustomer("c", form))
    order = shop.order(customer.customer_id)
    payment = shop.cash(order.order_number, 10_000)
    shop.transfer(order.order_number, 3_000)
    path = shop.statements.statement_of_account(
        CASHIER, customer.customer_id, date(2026, 7, 1), date(2026, 7, 31)
    )
    page = squeezed(path.read_bytes())
    for words in ("RELEVÉDECOMPTE", "TIN101234567", order.order_number, payment.invoice_number,
                  "22000", "10000", "12000", "3000"):  # fmt: skip
        assert words in page
    assert path.name == "1-Caf-Inzozi-20260701-20260731-RWF.pdf"
    again = path.read_bytes()
    assert (
        shop.statements.statement_of_account(
            CASHIER, customer.customer_id, date(2026, 7, 1), date(2026, 7, 31)
        ).read_bytes()
        == again
    )


def test_a_statement_bears_the_default_letterhead_as_invoices_do(
    shop: OrderShop, clock: SettableClock
) -> None:
    customer = shop.customer()
    shop.order(customer.customer_id)
    days = customer.customer_id, date(2026, 7, 1), date(2026, 7, 31)
    template = SaveTemplate("t", "Wholesale", shop_name="Isoko Grossiste", tin="109876543")
    templates = PaperTemplates(shop.database)
    templates.set_default(ADMIN, templates.save(ADMIN, template).template_id)
    page = squeezed(shop.statements.statement_of_account(CASHIER, *days).read_bytes())
    assert "IsokoGrossiste" in page
    assert "TIN109876543" in page


def test_nothing_is_late_by_a_day_that_has_not_come(shop: OrderShop, clock: SettableClock) -> None:
    customer = shop.customer()
    shop.order(customer.customer_id)
    period = shop.statements.period(
        CASHIER, customer.customer_id, date(2026, 7, 1), date(2026, 12, 31)
    )
    assert period.ageing.not_due_minor == period.closing_minor > 0
