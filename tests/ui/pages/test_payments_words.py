"""Acts, sentences and history lines of a payment, without a window."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.model.payments import PaymentMethod, PaymentStatus, PaymentType, TransactionStatus
from core.permissions import Actor, Role
from core.services.rows import AuditRow, PaymentDetail, PaymentRow
from ui.audit.history import deed, history_line
from ui.pages.payments.acts import Act, why_not, why_not_all
from ui.pages.payments.reminder_card import sms_link, whatsapp_link
from ui.pages.payments.reminder_texts import reminder_text
from ui.pages.payments.words import money_path, state_sentence
from ui.widgets.facts import StepState
from ui.words import age_text

NOW = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
ACTORS = {role: Actor(1, str(role), role) for role in Role}
PENDING = PaymentRow(
    payment_id="5f0c9d62-0000-4000-8000-000000000001",
    created_at=NOW - timedelta(minutes=3),
    paid_at=None,
    customer_name="Jean",
    phone_number="+250788123456",
    account_number="",
    amount_minor=15_000,
    currency="RWF",
    payment_method=PaymentMethod.CASH,
    payment_type=PaymentType.ORDER_PAYMENT,
    status=PaymentStatus.PENDING,
    transaction_status=None,
    transaction_id="",
    transaction_reference="",
    order_number="",
    invoice_number="",
    invoice_generated=False,
    reconciled=False,
    reconciled_at=None,
    gateway_name="",
    customer_notes="",
    error_message="",
    tendered_minor=None,
    card_last4="",
    card_approval_code="",
    created_by="aline",
    version=1,
)
MOBILE = replace(
    PENDING,
    payment_method=PaymentMethod.MTN_MOBILE_MONEY,
    transaction_status=TransactionStatus.PENDING,
)
PAID = replace(PENDING, status=PaymentStatus.COMPLETED, paid_at=NOW, invoice_number="INV-1",
               invoice_generated=True)  # fmt: skip


def detail(payment):
    return PaymentDetail(payment, "", (), (), None, (), (), 0)


def test_the_reason_says_what_stands_against_an_act(qapp):
    cashier, clerk, manager = (ACTORS[r] for r in (Role.CASHIER, Role.CLERK, Role.MANAGER))
    assert why_not(Act.COMPLETE, cashier, PENDING) == ""
    assert why_not(Act.COMPLETE, clerk, PENDING) == "A clerk may not do this."
    assert "only a manager" in why_not(Act.COMPLETE, cashier, MOBILE)
    assert why_not(Act.COMPLETE, manager, MOBILE) == ""
    assert "may still take the money" in why_not(Act.CANCEL, manager, MOBILE)
    assert why_not(Act.FAIL, cashier, PAID) == "It is completed already."
    assert "already" in why_not(Act.GENERATE_INVOICE, clerk, PAID)
    assert why_not(Act.GENERATE_INVOICE, clerk, replace(PAID, invoice_generated=False)) == ""
    assert why_not(Act.GENERATE_INVOICE, clerk, PENDING) == ""
    failed = replace(PENDING, status=PaymentStatus.FAILED)
    assert "nothing to be paid" in why_not(Act.GENERATE_INVOICE, clerk, failed)
    admin = ACTORS[Role.ADMIN]
    assert why_not(Act.GENERATE_INVOICE, admin, PENDING) == "An admin may not do this."
    assert why_not(Act.RECONCILE, clerk, PAID) == ""
    assert "waiting" in why_not(Act.RECONCILE, clerk, PENDING)
    assert "completed" in why_not(Act.REMIND, clerk, PAID)


def test_a_late_success_may_complete_a_failed_payment(qapp):
    failed = replace(PENDING, status=PaymentStatus.FAILED)
    assert why_not(Act.COMPLETE, ACTORS[Role.CASHIER], failed) == ""


def test_a_crowd_is_judged_as_a_whole(qapp):
    told = why_not_all(Act.FAIL, ACTORS[Role.CASHIER], [PENDING, PAID, PAID])
    assert told == "2 of 3: It is completed already."


@pytest.mark.parametrize("status", PaymentStatus)
@pytest.mark.parametrize("attempt", [None, *TransactionStatus])
def test_no_state_is_ever_one_bare_word(qapp, status, attempt):
    payment = replace(MOBILE, status=status, transaction_status=attempt)
    said = state_sentence(detail(payment), NOW)
    assert len(said.split()) > 1
    assert any(character.isdigit() for character in said)
    assert "%" not in said
    steps = money_path(detail(payment), NOW)
    assert sum(step.state is StepState.CURRENT for step in steps) <= 1


def test_an_unknown_answer_says_so_before_anything_else(qapp):
    payment = replace(MOBILE, transaction_status=TransactionStatus.UNKNOWN)
    assert state_sentence(detail(payment), NOW).startswith("We do not know yet whether")


def test_ages_are_short(qapp):
    ages = [age_text(NOW - timedelta(minutes=m), NOW) for m in (0, 59, 60, 23 * 60, 48 * 60)]
    assert ages == ["now", "59 min", "1 h", "23 h", "2 d"]


@pytest.mark.parametrize(
    ("action", "details", "sentence"),
    [
        (
            "payment:completed",
            '{"invoice": "INV-7", "note": "seen"}',
            "aline (desk 1) confirmed that the money came; invoice INV-7: seen",
        ),
        ("payment:cancelled", "", "aline (desk 1) called it off."),
        (
            "refund:approved",
            '{"amount": "12000", "currency": "RWF", "note": ""}',
            "aline (desk 1) approved the refund of 12\u202f000\u00a0RWF.",
        ),
        (
            "match:approved",
            '{"lines": [2], "statement": "bk-july.csv"}',
            "aline (desk 1) matched it to line 2 of bk-july.csv.",
        ),
        (
            "match:undone",
            '{"lines": [2, 4], "statement": "bk-july.csv"}',
            "aline (desk 1) took the match to lines 2, 4 of bk-july.csv back.",
        ),
        ("match:undone", "", "aline (desk 1) took the match to a statement line back."),
        ("payment:new_thing", "not json", "aline (desk 1) did “payment:new thing”."),
    ],
)
def test_the_audit_trail_reads_as_sentences(qapp, action, details, sentence):
    entry = AuditRow(NOW, "aline", "desk 1", action, "payment", "1", details)
    assert history_line(entry) == ("2026-07-01 11:00", sentence)


def test_links_carry_the_text_and_nothing_of_it_as_syntax(qapp):
    text = "50 % & more?"
    assert sms_link("+250788123456", text).toEncoded().data() == (
        b"sms:+250788123456?body=50%20%25%20%26%20more%3F"
    )
    assert whatsapp_link("+250788123456", text).toEncoded().data() == (
        b"https://wa.me/250788123456?text=50%20%25%20%26%20more%3F"
    )


def test_points_are_neither_money_received_nor_looked_for_on_a_statement(qapp):
    clerk = ACTORS[Role.CLERK]
    by_points = replace(PAID, payment_method=PaymentMethod.LOYALTY_POINTS)
    assert "no statement" in why_not(Act.RECONCILE, clerk, by_points)
    assert state_sentence(detail(by_points), NOW).startswith("Paid with points")
    titles = [step.title for step in money_path(detail(by_points), NOW)]
    assert titles == ["Recorded", "Points spent"]


@pytest.mark.parametrize(
    ("action", "details", "told"),
    [
        ("points:earned", {"points": 5}, "credited the customer with 5 points."),
        ("points:spent", {"points": -1}, "took 1 point in payment."),
        ("points:taken_back", {"points": 0, "owed": 3}, "took back 0 points for the refund."),
        ("payment:completed", {"invoice": "INV-1", "with_points": True},
         "completed it with points; invoice INV-1."),
    ],
)  # fmt: skip
def test_the_history_tells_what_happened_to_points(qapp, action, details, told):
    entry = AuditRow(NOW, "aline", "", action, "payment", "x", json.dumps(details))
    assert deed(entry) == told


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "is still open"), ("fr", "est toujours en attente"), ("rw", "atarishyurwa")],
)
def test_a_reminder_for_the_phone_speaks_the_customers_language(language, told):
    text = reminder_text(PENDING, "Inzozi Shop", language)
    assert told in text
    assert text.endswith("Inzozi Shop")
