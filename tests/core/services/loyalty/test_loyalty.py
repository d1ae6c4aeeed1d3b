"""Points: earned by money, taken back by refunds, spent as a payment, corrected by a manager."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from core.database.consistency import check
from core.database.unit_of_work import Database
from core.errors import ConflictError, InvalidInputError, NotAllowedError
from core.model.customers import LoyaltyAccount, Order
from core.model.invoices import Invoice
from core.model.payments import PaymentMethod, PaymentStatus, PaymentType
from core.model.people import User
from core.permissions import Actor
from core.services.audit.trail import AuditService
from core.services.loyalty.rows import CreditReport, PaymentPoints
from core.services.loyalty.service import CorrectPoints
from core.services.loyalty.settings import LoyaltySettings
from core.services.payments.imports import ImportService
from core.services.payments.lists import PaymentFilter, PaymentLists
from core.services.payments.rules import CompletePayment, RecordPayment
from core.services.payments.service import PaymentService
from core.services.refunds.service import RefundService, RequestRefund
from core.services.tills import TillService
from tests.core.services.loyalty_shop import ALICE, CASHIER, MANAGER, PHONE, LoyaltyShop


@pytest.fixture
def shop(database: Database) -> LoyaltyShop:
    return LoyaltyShop(database)


@pytest.fixture(autouse=True)
def _books_agree(database: Database):
    """After every test the books agree with themselves."""
    yield
    assert check(database.engine) == ()


# --- earning


def test_a_paid_sale_earns_a_point_for_each_ten_thousand_francs(shop: LoyaltyShop) -> None:
    payment = shop.sell(49_999)

    assert shop.moved() == [("earned", 4, 4)]
    (entry,) = shop.ledger()
    assert (entry.payment_id, entry.by) == (payment.payment_id, CASHIER.name)
    assert shop.loyalty.of_payment(CASHIER, payment.payment_id) == PaymentPoints(4, 0, 0, 4)


def test_a_sale_to_nobody_known_or_too_small_earns_nothing(shop: LoyaltyShop) -> None:
    shop.sell(9_999)
    walk_in = shop.sell(50_000, name="", phone="")

    assert shop.moved() == []
    assert shop.loyalty.of_payment(CASHIER, walk_in.payment_id) is None


def test_a_waiting_payment_earns_once_it_is_completed(shop: LoyaltyShop) -> None:
    payments = PaymentService(shop.database)
    waiting = payments.record(
        CASHIER,
        RecordPayment(
            key="w",
            method=PaymentMethod.CASH_ON_DELIVERY,
            amount_minor=20_000,
            customer_name=ALICE,
            phone_number=PHONE,
        ),
    )
    assert shop.points() == 0

    complete = CompletePayment("c", waiting.payment_id, tendered_minor=20_000)
    payments.complete(CASHIER, complete)
    payments.complete(CASHIER, complete)

    assert shop.moved() == [("earned", 2, 2)]


def test_a_telephone_that_one_customer_has_is_enough_to_earn(shop: LoyaltyShop) -> None:
    shop.sell(10_000)
    by_phone = shop.sell(20_000, name="")

    assert by_phone.customer_name == ALICE
    assert shop.points() == 3


def test_money_in_another_currency_earns_nothing(shop: LoyaltyShop) -> None:
    PaymentService(shop.database).record(
        CASHIER,
        RecordPayment(
            key="usd",
            method=PaymentMethod.CASH,
            amount_minor=5_000_000,
            currency="USD",
            tendered_minor=5_000_000,
            customer_name=ALICE,
            phone_number=PHONE,
            complete_now=True,
        ),
    )
    assert shop.points() == 0


def test_a_programme_switched_off_gives_and_takes_no_points(
    shop: LoyaltyShop, admin: Actor
) -> None:
    shop.sell(100_000)
    shop.loyalty.save_settings(admin, LoyaltySettings(loyalty_enabled=False))

    shop.sell(100_000)
    assert shop.points() == 10
    with pytest.raises(ConflictError, match="Nothing was paid"):
        shop.spend(1)


# --- taken back


def test_a_refund_takes_back_its_share_and_a_whole_one_all(shop: LoyaltyShop) -> None:
    payment = shop.sell(35_000)
    for part in (1_000, 20_000, 14_000):
        shop.refund(payment, part)

    assert shop.moved() == [("earned", 3, 3), ("taken_back", -1, 2), ("taken_back", -2, 0)]


def test_points_spent_before_the_refund_are_owed_and_settled_by_later_ones(
    shop: LoyaltyShop,
) -> None:
    payment = shop.sell(100_000)
    shop.spend(8)
    shop.refund(payment, 100_000)

    assert shop.moved()[-1] == ("taken_back", -2, 0)
    assert shop.member().owed_points == 8

    shop.sell(50_000)
    assert shop.moved()[-2:] == [("earned", 5, 5), ("settled", -5, 0)]
    later = shop.sell(50_000)
    assert shop.moved()[-2:] == [("earned", 5, 7 - 2), ("settled", -3, 2)]
    assert (shop.points(), shop.member().owed_points) == (2, 0)
    assert shop.loyalty.of_payment(CASHIER, later.payment_id) == PaymentPoints(5, 3, 0, 2)


def test_a_shortfall_is_settled_by_points_that_come_back_too(shop: LoyaltyShop) -> None:
    payment = shop.sell(100_000)
    paid = shop.spend(10)
    shop.refund(payment, 100_000)
    assert shop.moved()[-1] == ("taken_back", 0, 0)

    shop.refund(paid, 1_000)
    assert shop.moved()[-2:] == [("returned", 10, 10), ("settled", -10, 0)]
    assert shop.member().owed_points == 0


# --- spending


def test_points_pay_at_once_and_are_no_money(shop: LoyaltyShop) -> None:
    _hire(shop.database, CASHIER)
    till = TillService(shop.database)
    till.open(CASHIER, 5_000)
    sale = shop.sell(100_000)
    paid = shop.spend(6, transaction_reference="ORD-7")

    assert paid.status is PaymentStatus.COMPLETED
    assert paid.payment_type is PaymentType.LOYALTY
    assert paid.payment_method is PaymentMethod.LOYALTY_POINTS
    assert shop.moved() == [("earned", 10, 10), ("spent", -6, 4)]
    assert till.expected(CASHIER) == 105_000
    assert shop.member().standing.spent_minor == 100_000
    with shop.database.read() as session:
        invoice = session.scalars(
            select(Invoice).where(Invoice.invoice_number == paid.invoice_number)
        ).one()
        assert (invoice.total_minor, invoice.tax_minor) == (600, 92)
    lists = PaymentLists(shop.database)
    waiting = lists.page(CASHIER, PaymentFilter(reconciled=False))
    assert [row.payment_id for row in waiting.rows] == [sale.payment_id]
    by_points = lists.page(
        CASHIER, PaymentFilter(methods=frozenset({PaymentMethod.LOYALTY_POINTS}))
    )
    assert [row.payment_id for row in by_points.rows] == [paid.payment_id]


def _hire(database: Database, actor: Actor) -> None:
    with database.write(None) as unit:
        unit.session.add(
            User(
                id=actor.user_id,
                name=actor.name,
                role=actor.role,
                password_hash="",
                is_active=True,
                created_at=unit.now,
            )
        )
        unit.commit()


def test_more_points_than_there_are_pay_nothing(shop: LoyaltyShop) -> None:
    shop.sell(50_000)
    with pytest.raises(ConflictError, match="6 points are needed, and Alice Uwase has 5 points"):
        shop.spend(6)

    assert PaymentLists(shop.database).page(CASHIER, PaymentFilter()).total == 1
    shop.spend(5)
    assert shop.points() == 0


@pytest.mark.parametrize(("name", "phone"), [("Bob", PHONE), (ALICE, "+250788999999"), ("Bob", "")])
def test_somebody_elses_points_are_not_spent(shop: LoyaltyShop, name: str, phone: str) -> None:
    shop.sell(50_000)
    with pytest.raises(InvalidInputError, match="No customer"):
        shop.spend(1, name=name, phone=phone)
    with pytest.raises(InvalidInputError, match="telephone number or name"):
        shop.spend(1, name="", phone="")
    assert shop.points() == 5


def test_a_telephone_of_two_customers_names_neither(shop: LoyaltyShop) -> None:
    shop.sell(50_000)
    shop.sell(50_000, name="Bob")
    with pytest.raises(InvalidInputError, match="No customer"):
        shop.spend(1, name="")


def test_an_amount_that_points_cannot_make_is_refused(shop: LoyaltyShop) -> None:
    shop.sell(50_000)
    with pytest.raises(InvalidInputError, match="steps of 100"):
        PaymentService(shop.database).record(
            CASHIER,
            RecordPayment(
                key="odd",
                method=PaymentMethod.LOYALTY_POINTS,
                amount_minor=150,
                customer_name=ALICE,
                phone_number=PHONE,
            ),
        )
    assert shop.points() == 5


def test_pressing_twice_spends_once(shop: LoyaltyShop) -> None:
    shop.sell(50_000)
    command = RecordPayment(
        key="twice",
        method=PaymentMethod.LOYALTY_POINTS,
        amount_minor=300,
        customer_name=ALICE,
        phone_number=PHONE,
    )
    payments = PaymentService(shop.database)
    first, second = payments.record(CASHIER, command), payments.record(CASHIER, command)

    assert first == second
    assert shop.points() == 2


def _order(database: Database, total_minor: int) -> None:
    with database.write(None) as unit:
        unit.session.add(Order(order_number="O-1", total_minor=total_minor, created_at=unit.now))
        unit.commit()


def test_an_order_is_paid_partly_with_points_and_the_rest_with_money(shop: LoyaltyShop) -> None:
    shop.sell(200_000)
    _order(shop.database, 30_000)
    shop.spend(20, order_number="O-1")
    PaymentService(shop.database).record(
        CASHIER,
        RecordPayment(
            key="rest",
            method=PaymentMethod.CASH,
            amount_minor=28_000,
            tendered_minor=30_000,
            order_number="O-1",
            customer_name=ALICE,
            phone_number=PHONE,
            complete_now=True,
        ),
    )
    assert shop.moved() == [("earned", 20, 20), ("spent", -20, 0), ("earned", 2, 2)]


def test_where_points_pay_whole_orders_only_a_part_is_refused(
    shop: LoyaltyShop, admin: Actor
) -> None:
    shop.loyalty.save_settings(admin, LoyaltySettings(loyalty_part_payments=False))
    shop.sell(500_000)
    _order(shop.database, 3_000)
    with pytest.raises(ConflictError, match="whole orders"):
        shop.spend(20, order_number="O-1")
    shop.spend(30, order_number="O-1")
    assert shop.points() == 20


def test_no_statement_can_prove_points(shop: LoyaltyShop, clerk: Actor) -> None:
    shop.sell(50_000)
    paid = shop.spend(5)
    with pytest.raises(ConflictError, match="paid with points"):
        PaymentService(shop.database).mark_reconciled(clerk, paid.payment_id, note="seen")


# --- points that go back


def test_a_refund_of_points_returns_points_with_four_eyes(shop: LoyaltyShop) -> None:
    shop.sell(100_000)
    paid = shop.spend(10)
    refunds = RefundService(shop.database)
    asked = refunds.request(CASHIER, RequestRefund("r", paid.payment_id, 400, "broken"))
    with pytest.raises(NotAllowedError):
        refunds.approve(CASHIER, asked.refund_id)

    shop.refund(paid, 600)
    assert shop.moved()[-1] == ("returned", 6, 6)
    assert shop.member().standing.spent_minor == 100_000


def test_only_whole_points_go_back(shop: LoyaltyShop) -> None:
    shop.sell(100_000)
    paid = shop.spend(10)
    with pytest.raises(InvalidInputError, match="multiple of 100"):
        RefundService(shop.database).request(
            CASHIER, RequestRefund("r", paid.payment_id, 150, "broken")
        )


def test_points_go_back_as_they_were_spent_whatever_they_are_worth_now(
    shop: LoyaltyShop, admin: Actor
) -> None:
    shop.sell(100_000)
    paid = shop.spend(10)
    shop.loyalty.save_settings(admin, LoyaltySettings(loyalty_point_worth=50))
    shop.refund(paid, 500)
    assert shop.moved()[-1] == ("returned", 5, 5)


def test_points_that_another_program_took_cannot_be_returned_here(
    shop: LoyaltyShop, manager: Actor, tmp_path: Path
) -> None:
    file = tmp_path / "old.csv"
    file.write_text(
        "payment_method,payment_type,amount,currency,status,customer_name\n"
        f"loyalty_points,loyalty,500,RWF,completed,{ALICE}\n"
    )
    assert ImportService(shop.database).import_file(manager, file).new == 1
    (row,) = PaymentLists(shop.database).page(CASHIER, PaymentFilter()).rows
    assert shop.points() == 0
    with pytest.raises(ConflictError, match="not spent in these books"):
        RefundService(shop.database).request(
            CASHIER, RequestRefund("r", row.payment_id, 500, "broken")
        )


# --- corrections


def test_a_manager_corrects_points_with_a_reason_once(shop: LoyaltyShop) -> None:
    shop.sell(50_000)
    customer_id = shop.member().customer_id
    command = CorrectPoints("c", customer_id, -2, "counted twice")
    shop.loyalty.correct(MANAGER, command)
    assert shop.loyalty.correct(MANAGER, command).points == 3

    entry = shop.ledger()[-1]
    assert (entry.kind, entry.points, entry.note, entry.by) == (
        "corrected", -2, "counted twice", MANAGER.name,
    )  # fmt: skip
    actions = [row.action for row in AuditService(shop.database).page(MANAGER).rows]
    assert "points:corrected" in actions


@pytest.mark.parametrize(
    ("points", "reason", "told"),
    [
        (0, "why", "how many"),
        (5, "  ", "Write why"),
        (10**12, "why", "how many"),
    ],
)
def test_a_correction_without_points_or_reason_is_refused(
    shop: LoyaltyShop, points: int, reason: str, told: str
) -> None:
    shop.sell(50_000)
    with pytest.raises(InvalidInputError, match=told):
        shop.loyalty.correct(MANAGER, CorrectPoints("c", shop.member().customer_id, points, reason))


def test_a_cashier_corrects_nothing_and_nobody_takes_more_than_there_is(
    shop: LoyaltyShop,
) -> None:
    shop.sell(50_000)
    customer_id = shop.member().customer_id
    with pytest.raises(NotAllowedError):
        shop.loyalty.correct(CASHIER, CorrectPoints("c", customer_id, 1, "me"))
    with pytest.raises(ConflictError, match="has 5 points"):
        shop.loyalty.correct(MANAGER, CorrectPoints("d", customer_id, -6, "too many"))
    assert shop.points() == 5


# --- finding, settings


def test_customers_are_found_by_telephone_name_or_number(shop: LoyaltyShop) -> None:
    shop.sell(50_000)
    shop.sell(10_000, name="Alice Mukamana", phone="+250788000111")
    member = shop.member()
    for said in ("0788123456", PHONE, "alice uwase", "UWASE", str(member.customer_id)):
        assert shop.loyalty.find(CASHIER, said) == member
    with pytest.raises(InvalidInputError, match="may be Alice Mukamana"):
        shop.loyalty.find(CASHIER, "alice")
    assert shop.loyalty.known(CASHIER, "", "0788 123 456") == member
    assert shop.loyalty.known(CASHIER, "Alice", "0788123456") is None
    assert shop.loyalty.known(CASHIER, "", "07") is None


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        (LoyaltySettings(loyalty_francs_per_point=0), "loyalty_francs_per_point"),
        (LoyaltySettings(loyalty_point_worth=0), "loyalty_point_worth"),
        (LoyaltySettings(loyalty_gold_from=400_000), "loyalty_gold_from"),
        (LoyaltySettings(loyalty_silver_from=0), "loyalty_silver_from"),
    ],
)
def test_rules_that_make_no_sense_are_refused(
    shop: LoyaltyShop, admin: Actor, settings: LoyaltySettings, field: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        shop.loyalty.save_settings(admin, settings)
    assert caught.value.field == field
    with pytest.raises(NotAllowedError):
        shop.loyalty.save_settings(MANAGER, LoyaltySettings())
    assert shop.loyalty.settings() == LoyaltySettings()


def test_another_rate_counts_from_now_on(shop: LoyaltyShop, admin: Actor) -> None:
    first = shop.sell(100_000)
    shop.loyalty.save_settings(admin, LoyaltySettings(loyalty_francs_per_point=1_000))
    shop.sell(100_000)
    shop.refund(first, 100_000)
    assert shop.moved() == [("earned", 10, 10), ("earned", 100, 110), ("taken_back", -10, 100)]


# --- the past


def test_imports_earn_only_when_somebody_credits_them(
    shop: LoyaltyShop, manager: Actor, tmp_path: Path
) -> None:
    file = tmp_path / "old.csv"
    lines = ["payment_method,amount,currency,status,customer_name,phone_number,paid_at"]
    lines += [
        f"cash,{amount},RWF,{status},{ALICE},{PHONE},{day}T10:00:00Z"
        for amount, status, day in (
            (50_000, "completed", "2026-03-01"),
            (70_000, "completed", "2026-04-01"),
            (9_000, "completed", "2026-04-02"),
            (90_000, "refunded", "2026-04-03"),
            (90_000, "failed", "2026-04-04"),
        )
    ]
    file.write_text("\n".join(lines) + "\n")
    assert ImportService(shop.database).import_file(manager, file).new == 5
    assert shop.points() == 0

    with pytest.raises(NotAllowedError):
        shop.loyalty.credit_history(CASHIER)
    april = shop.loyalty.credit_history(
        MANAGER, first_day=date(2026, 4, 1), last_day=date(2026, 4, 30)
    )
    assert april == CreditReport(1, 7)
    assert shop.loyalty.credit_history(MANAGER) == CreditReport(1, 5)
    assert shop.loyalty.credit_history(MANAGER) == CreditReport(0, 0)
    assert shop.points() == 12


def test_crediting_the_past_counts_what_was_refunded(shop: LoyaltyShop, admin: Actor) -> None:
    shop.loyalty.save_settings(admin, LoyaltySettings(loyalty_enabled=False))
    payment = shop.sell(100_000)
    shop.refund(payment, 40_000)
    with pytest.raises(ConflictError, match="switched off"):
        shop.loyalty.credit_history(MANAGER)
    shop.loyalty.save_settings(admin, LoyaltySettings())

    shop.loyalty.credit_history(MANAGER)
    assert shop.moved() == [("earned", 10, 10), ("taken_back", -4, 6)]


# --- the database's own guard


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM loyalty_entry",
        "DELETE FROM loyalty_account",
        "UPDATE loyalty_entry SET note = 'x'",
        "UPDATE loyalty_account SET points = points + 1",
        "INSERT INTO loyalty_account (customer_id, points, version) VALUES (1, 5, 1)",
        *(
            "INSERT INTO loyalty_entry (account_id, sequence, at, kind, points, balance_after,"
            " owed, owed_after, payment_id, note, by) VALUES (1, "
            f"{sequence}, '2026-07-01', '{kind}', {points}, {after}, {owed}, 0, {payment}, '', 'x')"
            for sequence, kind, points, after, owed, payment in (
                (3, "corrected", 1, 6, 0, "NULL"),
                (2, "corrected", 1, 7, 0, "NULL"),
                (2, "corrected", -6, -1, 0, "NULL"),
                (2, "spent", 1, 6, 0, "NULL"),
                (2, "settled", -1, 4, -1, "NULL"),
                (2, "earned", 1, 6, 0, "1"),
            )
        ),
    ],
)
def test_hand_written_sql_does_not_bend_the_ledger(shop: LoyaltyShop, statement: str) -> None:
    shop.sell(50_000)
    with (
        pytest.raises(Exception, match=r"sanduku:|CHECK|UNIQUE|check constraint|unique constraint"),
        shop.database.engine.begin() as connection,
    ):
        connection.execute(text(statement))


def test_the_account_is_made_when_something_is_first_earned(shop: LoyaltyShop) -> None:
    shop.sell(5_000)
    with shop.database.read() as session:
        assert session.scalars(select(LoyaltyAccount)).all() == []
    assert shop.member().points == 0
    shop.sell(10_000)
    assert shop.member().points == 1


# --- tiers


def test_tiers_follow_the_last_twelve_months_and_fall_by_themselves(shop: LoyaltyShop) -> None:
    start = shop.database.clock()
    clock = shop.database.clock
    payment = shop.sell(1_600_000)
    shop.sell(300_000)
    standing = shop.member().standing
    assert (standing.tier, standing.next_tier) == ("gold", "platinum")
    assert (standing.spent_minor, standing.missing_minor) == (1_900_000, 3_100_000)
    assert standing.since == date(2025, 7, 2)

    shop.refund(payment, 600_000)
    standing = shop.member().standing
    assert (standing.tier, standing.missing_minor) == ("silver", 200_000)

    clock.now = start + timedelta(days=364)  # type: ignore[attr-defined]
    assert shop.member().standing.tier == "silver"
    clock.now = start + timedelta(days=365)  # type: ignore[attr-defined]
    standing = shop.member().standing
    assert (standing.tier, standing.spent_minor) == ("bronze", 0)


def test_the_highest_tier_has_nothing_missing(shop: LoyaltyShop) -> None:
    shop.sell(5_000_000)
    standing = shop.member().standing
    assert (standing.tier, standing.next_tier, standing.missing_minor) == ("platinum", None, 0)
