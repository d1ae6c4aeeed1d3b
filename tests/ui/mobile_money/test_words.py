from __future__ import annotations

from datetime import timedelta

import pytest

from core.model.payments import PaymentStatus, TransactionStatus
from core.services.gateways.rows import Environment, PaymentPath, Reason, Trouble
from tests.ui.mobile_money.rows import NOW, attempt, payment
from ui.mobile_money.words import (
    awaited_sentence,
    awaited_words,
    charged_level,
    charged_sentence,
    failure_sentence,
    next_check_text,
    path_steps,
    reason_sentence,
    sandbox_sentence,
    seconds_text,
    trouble_sentence,
)
from ui.widgets.facts import StepState

Status = TransactionStatus
OPEN = [
    Status.CREATED,
    Status.SUBMITTING,
    Status.NOT_SENT,
    Status.PENDING,
    Status.UNKNOWN,
    Status.UNRESOLVED,
]
MAY_BE_CHARGED = [Status.SUBMITTING, Status.PENDING, Status.UNKNOWN, Status.UNRESOLVED]


def shape(path: PaymentPath) -> list[tuple[str, StepState]]:
    return [(step.title, step.state) for step in path_steps(path, NOW)]


@pytest.mark.parametrize("status", MAY_BE_CHARGED)
def test_while_money_may_move_nobody_is_to_charge_again(status):
    sentence = charged_sentence(attempt(status), payment(transaction_status=status))
    assert "Do not charge again" in sentence


@pytest.mark.parametrize("status", [Status.UNKNOWN, Status.UNRESOLVED])
def test_what_is_not_known_is_said_to_be_not_known(status):
    sentence = charged_sentence(attempt(status), payment())
    assert sentence.startswith("We do not know yet whether the customer was charged.")
    assert charged_level(attempt(status), payment()) in {"warning", "error"}


@pytest.mark.parametrize("status", [Status.CREATED, Status.NOT_SENT])
def test_what_never_left_charged_nobody(status):
    sentence = charged_sentence(attempt(status), payment())
    assert sentence == "The customer is not charged yet: nothing has left this computer."


def test_a_failure_charged_nobody_and_a_success_names_the_amount():
    failed = payment(status=PaymentStatus.FAILED)
    assert charged_sentence(attempt(Status.FAILED), failed) == "The customer was not charged."
    done = payment(status=PaymentStatus.COMPLETED)
    assert charged_sentence(attempt(Status.SUCCEEDED), done).startswith("15\u202f000")
    assert charged_level(attempt(Status.SUCCEEDED), done) == "success"


def test_money_that_came_late_is_told_with_what_to_do():
    late = attempt(Status.SUCCEEDED, closed_at=NOW - timedelta(hours=1), status_since=NOW)
    done = payment(status=PaymentStatus.COMPLETED)
    assert "late" in charged_sentence(late, done)
    assert "refund" in charged_sentence(late, done)
    assert charged_level(late, done) == "warning"


def test_a_payment_no_network_was_asked_for_says_so():
    assert "Nothing was charged by this program" in charged_sentence(None, payment())
    assert "No network was asked" in awaited_sentence(None, NOW)
    assert charged_sentence(None, payment(status=PaymentStatus.FAILED)) == "No money was received."


@pytest.mark.parametrize("status", OPEN)
def test_what_is_awaited_has_a_since_when_and_is_never_bare(status):
    row = attempt(status)
    assert "10:58 (2 min)" in awaited_sentence(row, NOW)
    assert len(awaited_words(row).split()) > 2


def test_the_next_question_is_counted_down():
    row = attempt(Status.PENDING)
    assert awaited_sentence(row, NOW).endswith("Asks again in 12 s.")
    assert next_check_text(row, NOW + timedelta(seconds=9)) == "Asks again in 3 s."
    assert next_check_text(row, NOW + timedelta(seconds=12)) == "Asking the network now …"
    overdue = next_check_text(row, NOW + timedelta(minutes=5))
    assert "due at 11:00" in overdue
    assert "running?" in overdue
    assert next_check_text(attempt(Status.NOT_SENT), NOW) == "Tries again in 12 s."
    assert next_check_text(attempt(Status.SUBMITTING), NOW) == ""
    assert next_check_text(attempt(Status.UNRESOLVED, next_check_at=None), NOW) == ""
    assert awaited_sentence(attempt(Status.FAILED), NOW) == ""


@pytest.mark.parametrize(
    ("seconds", "text"), [(3, "3 s"), (99, "99 s"), (120, "2 min"), (5400, "90 min"), (7200, "2 h")]
)
def test_short_times_are_told_in_one_unit(seconds, text):
    assert seconds_text(seconds) == text


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_says_what_to_do_next(reason):
    told = reason_sentence(reason, "SOME_CODE", "MTN Mobile Money")
    assert "%" not in told
    assert any(act in told for act in ("sk again", "another way", "Tell the manager"))
    bare = reason_sentence(reason, "", "MTN Mobile Money")
    assert "%" not in bare
    assert "()" not in bare


def test_mtns_inner_error_is_told_as_what_it_mostly_is():
    told = reason_sentence(
        Reason.REFUSED_BY_NETWORK, "INTERNAL_PROCESSING_ERROR", "MTN Mobile Money"
    )
    assert "not enough money" in told


def test_an_unknown_reason_keeps_the_networks_own_word():
    assert "PAYER_DELAYED_X" in reason_sentence(Reason.OTHER, "PAYER_DELAYED_X", "Airtel Money")
    assert reason_sentence(None, "X", "Airtel Money") == ""


@pytest.mark.parametrize("trouble", list(Trouble))
def test_every_trouble_is_a_sentence(trouble):
    told = trouble_sentence(trouble)
    assert told.endswith(".")
    assert len(told.split()) > 4


def test_no_trouble_is_no_sentence():
    assert trouble_sentence(None) == ""


@pytest.mark.parametrize(
    ("status", "present"),
    [
        (Status.CREATED, "Sent"),
        (Status.SUBMITTING, "Sent"),
        (Status.NOT_SENT, "Sent"),
        (Status.PENDING, "Customer's PIN"),
        (Status.UNKNOWN, "Accepted"),
        (Status.UNRESOLVED, "Accepted"),
    ],
)
def test_an_open_request_has_exactly_one_present_step(status, present):
    steps = shape(PaymentPath(payment(), attempt(status)))
    assert len(steps) == 5
    states = [state for _, state in steps]
    at = [title for title, state in steps if state is StepState.CURRENT]
    assert at == [present]
    place = states.index(StepState.CURRENT)
    assert set(states[:place]) <= {StepState.DONE}
    assert set(states[place + 1 :]) == {StepState.WAITING}


def test_a_received_payment_only_waits_for_the_statement():
    done = payment(status=PaymentStatus.COMPLETED, paid_at=NOW)
    steps = path_steps(PaymentPath(done, attempt(Status.SUCCEEDED)), NOW)
    assert [step.state for step in steps] == [StepState.DONE] * 4 + [StepState.WAITING]
    assert steps[3].note == "11:00"
    proven = payment(status=PaymentStatus.COMPLETED, paid_at=NOW, reconciled=True)
    assert path_steps(PaymentPath(proven, attempt(Status.SUCCEEDED)), NOW)[4].state is (
        StepState.DONE
    )


@pytest.mark.parametrize(
    ("reason", "failed"),
    [
        (Reason.REFUSED_BY_CUSTOMER, "Refused by the customer"),
        (Reason.WRONG_PIN, "Wrong PIN"),
        (Reason.NOT_APPROVED_IN_TIME, "No PIN"),
        (Reason.NOT_ENOUGH_MONEY, "Not received"),
        (Reason.SHOP_ACCOUNT, "Not received"),
    ],
)
def test_a_failure_ends_the_way_where_it_happened(reason, failed):
    row = attempt(Status.FAILED, reason=reason, accepted_at=NOW)
    steps = shape(PaymentPath(payment(status=PaymentStatus.FAILED), row))
    assert [title for title, state in steps if state is StepState.FAILED] == [failed]
    assert StepState.CURRENT not in [state for _, state in steps]


def test_a_request_that_never_left_failed_at_the_first_step():
    row = attempt(Status.FAILED, sends=0, sent_at=None)
    steps = shape(PaymentPath(payment(status=PaymentStatus.FAILED), row))
    assert steps[0] == ("Never sent", StepState.FAILED)


def test_a_recorded_payment_has_no_network_on_its_way():
    assert [title for title, _ in shape(PaymentPath(payment(), None))] == [
        "Recorded",
        "Received",
        "On statement",
    ]


def test_the_sandbox_is_told_from_real_money():
    assert "no real money" in sandbox_sentence(Environment.SANDBOX)
    assert sandbox_sentence(Environment.LIVE) == ""


def test_what_a_person_ended_before_it_left_is_told_in_their_words():
    never_sent = attempt(Status.FAILED, sends=0, sent_at=None, trouble=None)
    ended = payment(status=PaymentStatus.FAILED, error_message="the customer left")
    assert failure_sentence(never_sent, ended) == "the customer left"
    unreached = attempt(Status.FAILED, sends=0, sent_at=None, trouble=Trouble.NO_ROUTE)
    assert "could not be reached" in failure_sentence(unreached, ended)
