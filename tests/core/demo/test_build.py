"""The demo holds together as a real shop's books do."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import phonenumbers
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.clock import shop_date
from core.database.audit_chains import verify_chains
from core.database.consistency import check
from core.documents.phrases import phrases_in
from core.errors import InvalidInputError
from core.model.attempts import GatewayAttempt
from core.model.customers import Customer, LoyaltyAccount, Order, OrderLine, Subscription
from core.model.invoices import CreditNote, Invoice, NumberSeries
from core.model.journal import AuditEntry, Change, Topic
from core.model.loyalty import LoyaltyEntry, LoyaltyEntryKind
from core.model.payments import Payment, PaymentMethod, PaymentStatus, PaymentTransaction
from core.model.people import TillSession, User
from core.model.providers import (
    AirtelMoneyProvider,
    BankTransferProvider,
    MTNMobileMoneyProvider,
)
from core.model.refunds import RefundRequest, RefundStatus
from core.model.subscriptions import (
    PeriodStatus,
    Plan,
    SubscriptionPeriod,
    SubscriptionPlan,
    SubscriptionStatus,
)
from core.permissions import Actor, Role
from core.phones import network_of
from core.services.customers.order_balances import OrderState
from core.services.customers.orders import OrderService, OrderShow
from core.services.customers.service import CustomerService, CustomerShow
from core.services.loyalty.service import LoyaltyService
from core.services.papers.issuing import next_invoice_number
from core.services.papers.lines import sale_lines
from core.services.settings import SettingsService
from core.services.tills import TillService
from tests.core.demo.conftest import NOW, PAYMENTS, Demo, build

PAID = (PaymentStatus.COMPLETED, PaymentStatus.REFUNDED)


def test_what_is_found_by_parts_of_words_lies_in_one_piece(demo: Demo) -> None:
    """Else a payment taken later waits while the pieces are joined."""
    with demo.database.read() as session:
        for table in ("payment_search", "call_search", "refund_search"):
            assert session.scalar(text(f"SELECT count(DISTINCT segid) FROM {table}_idx")) == 1


def facts(demo: Demo) -> list[tuple[object, ...]]:
    with demo.database.read() as session:
        rows = session.execute(
            select(
                Payment.payment_id,
                Payment.amount_minor,
                Payment.status,
                Payment.customer_name,
                Payment.created_at,
                Payment.transaction_id,
                Payment.invoice_number,
                Payment.reconciled_at,
            ).order_by(Payment.id)
        )
        return [tuple(row) for row in rows]


def test_the_same_seed_and_moment_make_the_same_shop(demo: Demo, tmp_path: Path) -> None:
    again = build(tmp_path)
    assert facts(again) == facts(demo)
    with demo.database.read() as one, again.database.read() as two:
        hashes = select(AuditEntry.entry_hash).order_by(AuditEntry.user_name, AuditEntry.sequence)
        assert one.scalars(hashes).all() == two.scalars(hashes).all()
    again.database.close()


def test_another_seed_makes_another_shop(demo: Demo, tmp_path: Path) -> None:
    other = build(tmp_path, seed=2)
    assert facts(other) != facts(demo)
    other.database.close()


def test_the_counts_are_what_the_database_holds(demo: Demo) -> None:
    counts = demo.shop.counts
    with demo.database.read() as session:
        found = {
            model: session.scalar(select(func.count()).select_from(model))
            for model in (Payment, Order, Invoice, PaymentTransaction, RefundRequest, AuditEntry)
        }
    assert found[Payment] == counts.payments == PAYMENTS
    assert found[Order] == counts.orders
    assert found[Invoice] == counts.invoices
    assert found[PaymentTransaction] == counts.transactions
    assert found[RefundRequest] == counts.refunds
    assert found[AuditEntry] == counts.audit_entries


def test_every_foreign_key_and_page_of_the_file_is_sound(demo: Demo) -> None:
    with demo.database.read() as session:
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []
        assert session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"


def test_the_guards_stay_on(demo: Demo) -> None:
    with demo.database.read() as session:
        triggers = session.execute(
            text("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'")
        ).scalar_one()
        assert triggers > 10
        assert session.execute(text("PRAGMA foreign_keys")).scalar_one() == 1


def test_the_audit_trail_is_whole_and_in_order(demo: Demo) -> None:
    with demo.database.read() as session:
        checked, breaks = verify_chains(session)
        assert checked > PAYMENTS
        assert breaks == []
        last: dict[str, datetime] = {}
        for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id)):
            assert last.get(entry.user_name, entry.at) <= entry.at <= NOW
            last[entry.user_name] = entry.at


def test_every_payment_has_its_story_in_the_audit_trail(demo: Demo) -> None:
    with demo.database.read() as session:
        told: defaultdict[str, set[str]] = defaultdict(set)
        for entry in session.scalars(select(AuditEntry)):
            told[entry.subject_id].add(entry.action)
        for payment in session.scalars(select(Payment)):
            actions = told[payment.payment_id]
            assert "payment:recorded" in actions
            assert ("payment:completed" in actions) == (payment.status in PAID)


def test_orders_amount_to_their_lines_and_payments_to_their_orders(demo: Demo) -> None:
    with demo.database.read() as session:
        totals = session.execute(
            select(
                OrderLine.order_id, func.sum(OrderLine.quantity * OrderLine.unit_price_minor)
            ).group_by(OrderLine.order_id)
        )
        sums = {row[0]: row[1] for row in totals}
        for order in session.scalars(select(Order)):
            assert sums[order.id] == order.total_minor
            if not order.is_placed:
                assert [p.amount_minor for p in order.payments] == [order.total_minor]


def test_some_orders_are_open_and_some_paid_in_part(demo: Demo) -> None:
    manager = Actor(3, "manager", Role.MANAGER)
    orders = OrderService(demo.database)
    rows = orders.page(manager, show=OrderShow.OPEN).rows
    states = {row.state for row in rows}
    assert states == {OrderState.OPEN, OrderState.PARTLY_PAID}
    assert any(row.is_overdue(shop_date(NOW)) for row in rows)
    assert not all(row.is_overdue(shop_date(NOW)) for row in rows)
    assert orders.page(manager, show=OrderShow.CANCELLED).total == 1
    owing = CustomerService(demo.database).page(manager, show=CustomerShow.OWING)
    balances = [each.balances[0].amount_minor for each in owing.rows]
    assert sum(balances) == sum(row.left_minor for row in rows)


def test_invoices_are_numbered_without_gaps_in_the_order_of_payment(demo: Demo) -> None:
    with demo.database.read() as session:
        by_day: defaultdict[str, list[tuple[int, datetime]]] = defaultdict(list)
        for payment in session.scalars(select(Payment)):
            if payment.invoice_number is None:
                assert payment.status not in PAID
                assert payment.invoice is None
                continue
            series, _, number = payment.invoice_number.rpartition("-")
            assert payment.paid_at is not None
            assert series == f"INV-{shop_date(payment.paid_at):%Y%m%d}"
            by_day[series].append((int(number), payment.paid_at))
        last = {row.name: row.last_number for row in session.scalars(select(NumberSeries))}
    for name, drawn in by_day.items():
        drawn.sort()
        assert [number for number, _ in drawn] == list(range(1, len(drawn) + 1))
        assert [at for _, at in drawn] == sorted(at for _, at in drawn)
        assert last[name] == len(drawn)


def test_the_next_invoice_number_follows_the_last(tmp_path: Path) -> None:
    built = build(tmp_path)
    with built.database.write(None) as unit:
        series = f"INV-{shop_date(NOW):%Y%m%d}"
        drawn = unit.session.scalar(
            select(func.count()).where(Invoice.invoice_number.startswith(series))
        )
        assert next_invoice_number(unit, NOW) == f"{series}-{(drawn or 0) + 1:05d}"
    built.database.close()


def test_invoices_count_the_tax_as_the_program_does(demo: Demo) -> None:
    with demo.database.read() as session:
        for invoice in session.scalars(select(Invoice)):
            assert invoice.total_minor == invoice.payment.amount_minor
            expected = sale_lines(invoice.payment, phrases_in(invoice.language))
            assert [
                (line.description, line.total_minor, line.tax_class, line.tax_minor)
                for line in invoice.lines
            ] == [
                (line.description, line.total_minor, line.tax_class, line.tax_minor)
                for line in expected
            ]
            assert invoice.tax_minor == sum(line.tax_minor for line in expected)
            assert invoice.subtotal_minor + invoice.tax_minor == invoice.total_minor
            assert invoice.issued_date == shop_date(invoice.payment.paid_at or NOW)


def test_moments_run_forward_and_nothing_is_in_the_future(demo: Demo) -> None:
    with demo.database.read() as session:
        for payment in session.scalars(select(Payment)):
            steps = [
                payment.created_at,
                payment.processing_started_at,
                payment.paid_at,
                payment.reconciled_at,
                NOW,
            ]
            known = [step for step in steps if step is not None]
            assert known == sorted(known)
            assert payment.updated_at <= NOW
            assert (payment.paid_at is not None) == (payment.status in PAID)
            assert not payment.reconciled or payment.status in PAID
        for call in session.scalars(select(PaymentTransaction)):
            assert call.request_at <= (call.response_at or call.request_at)


def test_refunds_of_every_state_stay_within_what_was_paid(demo: Demo) -> None:
    with demo.database.read() as session:
        refunds = session.scalars(select(RefundRequest)).all()
        assert {refund.status for refund in refunds} == set(RefundStatus)
        assert Counter(r.status for r in refunds)[RefundStatus.REQUESTED] >= 3
        for refund in refunds:
            payment = refund.payment
            assert refund.requested_by == "cashier"
            assert refund.approved_by in {None, "manager"}
            assert refund.refund_amount_minor <= payment.amount_minor
            assert payment.paid_at is not None
            assert payment.paid_at < refund.requested_at <= NOW
            whole = (
                refund.status is RefundStatus.COMPLETED
                and refund.refund_amount_minor == payment.amount_minor
            )
            assert (payment.status is PaymentStatus.REFUNDED) == whole
            assert (refund.credit_note is not None) == (refund.status is RefundStatus.COMPLETED)


def test_credit_notes_are_numbered_without_gaps(demo: Demo) -> None:
    with demo.database.read() as session:
        by_day: defaultdict[str, list[int]] = defaultdict(list)
        for note in session.scalars(select(CreditNote)):
            assert note.invoice is not None
            series, _, number = note.credit_note_number.rpartition("-")
            by_day[series].append(int(number))
        assert by_day
        for series, numbers in by_day.items():
            assert sorted(numbers) == list(range(1, len(numbers) + 1))
            last = session.get_one(NumberSeries, series).last_number
            assert last == len(numbers)


def test_every_method_and_state_is_there(demo: Demo) -> None:
    with demo.database.read() as session:
        methods = set(session.scalars(select(Payment.payment_method).distinct()))
        statuses = set(session.scalars(select(Payment.status).distinct()))
    assert methods == set(PaymentMethod)
    assert statuses == set(PaymentStatus)


def test_today_has_payments_waiting_for_everybody(demo: Demo) -> None:
    with demo.database.read() as session:
        waiting = Counter(
            (payment.payment_method, payment.status)
            for payment in session.scalars(select(Payment))
            if payment.is_pending and shop_date(payment.created_at) == shop_date(NOW)
        )
    assert waiting[PaymentMethod.CASH_ON_DELIVERY, PaymentStatus.PENDING] >= 2
    assert waiting[PaymentMethod.BANK_TRANSFER, PaymentStatus.PENDING] >= 2
    assert waiting[PaymentMethod.MTN_MOBILE_MONEY, PaymentStatus.PROCESSING] >= 2
    assert waiting[PaymentMethod.AIRTEL_MONEY, PaymentStatus.PROCESSING] >= 1


def test_people_and_the_open_till_are_ready(demo: Demo) -> None:
    assert demo.shop.users == ("cashier", "clerk", "manager", "admin")
    with demo.database.read() as session:
        users = {user.name: user for user in session.scalars(select(User))}
        assert {name: user.role.value for name, user in users.items()} == {
            name: name for name in demo.shop.users
        }
        assert {user.password_hash for user in users.values()} == {"hash of demo"}
    cashier = Actor(users["cashier"].id, "cashier", Role.CASHIER)
    till = TillService(demo.database).current(cashier)
    assert till is not None
    assert till.expected_minor > till.opening_float_minor


def test_closed_tills_were_counted_as_the_program_counts(demo: Demo) -> None:
    with demo.database.read() as session:
        for till in session.scalars(select(TillSession).where(TillSession.closed_at.is_not(None))):
            cash = session.scalar(
                select(func.coalesce(func.sum(Payment.amount_minor), 0)).where(
                    Payment.till_session_id == till.id,
                    Payment.payment_method.in_(
                        [PaymentMethod.CASH, PaymentMethod.CASH_ON_DELIVERY]
                    ),
                    Payment.status.in_(PAID),
                )
            )
            late = session.scalar(
                select(func.count()).where(
                    Payment.till_session_id == till.id,
                    Payment.payment_method.in_(
                        [PaymentMethod.CASH, PaymentMethod.CASH_ON_DELIVERY]
                    ),
                    Payment.paid_at > till.closed_at,
                )
            )
            assert late == 0
            expected = till.opening_float_minor + (cash or 0)
            assert (till.counted_minor == expected) == (till.difference_reason == "")


def test_the_shop_has_its_settings_and_providers(demo: Demo) -> None:
    assert SettingsService(demo.database).load().shop_name == "Isoko Ryiza Ltd"
    with demo.database.read() as session:
        for provider in (AirtelMoneyProvider, MTNMobileMoneyProvider, BankTransferProvider):
            assert session.scalar(select(func.count()).select_from(provider)) == 1


def test_customers_have_numbers_that_exist(demo: Demo) -> None:
    with demo.database.read() as session:
        customers = session.scalars(select(Customer)).all()
        assert len({customer.phone_number for customer in customers}) == len(customers)
        for customer in customers:
            number = phonenumbers.parse(customer.phone_number)
            assert phonenumbers.is_valid_number(number), customer.phone_number
        for payment in session.scalars(select(Payment)):
            if payment.payment_method.is_mobile_money:
                network = network_of(payment.phone_number) or ""
                assert network in payment.payment_method.value.upper()
        points = session.scalars(select(LoyaltyAccount.points)).all()
        assert sum(points) > 0


def test_a_customers_address_has_every_letter_of_the_name(demo: Demo) -> None:
    with demo.database.read() as session:
        customers = session.scalars(select(Customer)).all()
        for customer in customers:
            letters = sum(letter.isalnum() for letter in customer.name)
            mailbox = customer.email.partition("@")[0].rstrip("0123456789")
            assert not mailbox or len(mailbox) == letters, customer.email


def test_subscriptions_cost_what_their_plan_costs_and_are_paid(demo: Demo) -> None:
    ranges = {
        Plan.DAILY: (8_000, 15_000),
        Plan.WEEKLY: (50_000, 90_000),
        Plan.MONTHLY: (200_000, 400_000),
    }
    with demo.database.read() as session:
        subscriptions = session.scalars(select(Subscription)).all()
        assert {each.plan for each in subscriptions} == set(Plan)
        for each in subscriptions:
            low, high = ranges[each.plan]
            assert low <= each.price_minor <= high
            assert {p.amount_minor for p in each.payments} <= {each.price_minor}
            paid = [shop_date(p.created_at) for p in each.payments if p.status in PAID]
            assert each.next_due_on > max(paid, default=each.starts_on - timedelta(days=1))
        assert any(each.payments for each in subscriptions)


def test_each_payment_of_a_subscription_is_the_charge_of_one_period(demo: Demo) -> None:
    with demo.database.read() as session:
        offered = {row.name: row for row in session.scalars(select(SubscriptionPlan))}
        periods = session.scalars(select(SubscriptionPeriod)).all()
        charged = {charge.payment_id for period in periods for charge in period.charges}
        paid_by = select(Payment.id).where(Payment.subscription_id.is_not(None))
        assert charged == set(session.scalars(paid_by))
        assert {period.reference for period in periods} == {
            charge.payment.transaction_reference for period in periods for charge in period.charges
        }
        assert PeriodStatus.PAID in {period.status for period in periods}
        subscriptions = session.scalars(select(Subscription)).all()
        assert {each.status for each in subscriptions} == set(SubscriptionStatus)
        for each in subscriptions:
            plan = offered[each.plan_name]
            assert (plan.plan, plan.price_minor) == (each.plan, each.price_minor)
            assert all(not each.ends_on or p.starts_on < each.ends_on for p in each.periods)


def test_gateway_calls_tell_the_payment_and_no_credential(demo: Demo) -> None:
    with demo.database.read() as session:
        calls = session.scalars(select(PaymentTransaction)).all()
        assert any(call.error_code for call in calls)
        for call in calls:
            text_ = json.dumps([call.request_data, call.response_data])
            assert not re.search(r"Bearer|api_?key|secret", text_, re.IGNORECASE)
        for payment in session.scalars(select(Payment)):
            if payment.status is PaymentStatus.FAILED and payment.payment_method.is_mobile_money:
                assert any(call.error_code for call in payment.payment_transactions)
                assert payment.gateway_response is not None
                assert payment.error_message


def test_other_windows_hear_of_each_topic_once(demo: Demo) -> None:
    with demo.database.read() as session:
        assert Counter(session.scalars(select(Change.topic))) == Counter(Topic)


@pytest.mark.parametrize(
    "today",
    [
        datetime(2026, 11, 20, 22, 1, tzinfo=UTC),
        datetime(2026, 11, 21, 4, 0, tzinfo=UTC),
        datetime(2026, 11, 22, 21, 59, tzinfo=UTC),
    ],
    ids=["just after midnight", "before opening", "late on Sunday"],
)
def test_it_can_be_opened_at_any_hour(tmp_path: Path, today: datetime) -> None:
    built = build(tmp_path, payments=120, today=today)
    with built.database.read() as session:
        assert _count(session) == 120
        assert all(at <= today for at in session.scalars(select(Payment.created_at)))
        assert all(at <= today for at in session.scalars(select(AuditEntry.at)))
        assert all(at <= today for at in session.scalars(select(GatewayAttempt.status_since)))
        assert verify_chains(session)[1] == []
    assert check(built.database.engine) == ()
    built.database.close()


@pytest.mark.parametrize("payments", [0, 1, 7])
def test_tiny_demos_hold_together_too(tmp_path: Path, payments: int) -> None:
    built = build(tmp_path, payments=payments)
    with built.database.read() as session:
        assert _count(session) == payments
        assert verify_chains(session)[1] == []
    built.database.close()


def test_a_negative_number_of_payments_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="0 to"):
        build(tmp_path, payments=-1)


def test_old_books_are_brought_in_where_the_demo_is_long(tmp_path: Path) -> None:
    built = build(tmp_path, payments=6_000)
    with built.database.read() as session:
        assert _count(session) == 6_000
        assert verify_chains(session)[1] == []
        files = session.scalars(
            select(AuditEntry.details).where(AuditEntry.action == "payments:imported")
        ).all()
        one_by_one = session.scalar(
            select(func.count()).where(AuditEntry.action == "payment:imported")
        )
        assert sum(json.loads(details)["new"] for details in files) == one_by_one
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []
    assert check(built.database.engine) == ()
    built.database.close()


def _count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Payment)) or 0


def test_points_are_in_the_ledger_and_every_kind_of_movement_is_there(demo: Demo) -> None:
    with demo.database.read() as session:
        kinds = set(session.scalars(select(LoyaltyEntry.kind).distinct()))
        held = session.scalar(select(func.sum(LoyaltyAccount.points)))
        moved = session.scalar(select(func.sum(LoyaltyEntry.points)))
    assert {LoyaltyEntryKind.EARNED, LoyaltyEntryKind.SPENT} <= kinds
    assert held == moved
    assert check(demo.database.engine) == ()
    manager = Actor(99, "manager", Role.MANAGER)
    assert LoyaltyService(demo.database).credit_history(manager).payments == 0
