from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.configuration import GatewayTiming
from core.errors import ConflictError
from core.gateways.contract import CallOutcome, Reply
from core.model.attempts import AttemptKind, GatewayAttempt
from core.model.payments import TransactionStatus
from core.model.providers import Environment
from core.services.gateways.attempt_steps import (
    Step,
    ask_at_once,
    begin_send,
    next_step,
    take_sent,
    take_told,
)

START = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
TIMING = GatewayTiming()


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def fresh() -> GatewayAttempt:
    return GatewayAttempt(
        kind=AttemptKind.COLLECT,
        provider="mtn",
        environment=Environment.SANDBOX,
        reference="r",
        status=TransactionStatus.CREATED,
        status_since=START,
        created_at=START,
        due_at=START,
        sends=0,
        checks=0,
        not_found_count=0,
        trouble="",
    )


def sent(outcome: CallOutcome, *, at: float = 1, **facts: object) -> GatewayAttempt:
    attempt = fresh()
    begin_send(attempt, after(at), TIMING)
    take_sent(attempt, Reply(outcome, **facts), after(at), TIMING, can_ask=True)  # type: ignore[arg-type]
    return attempt


def told(attempt: GatewayAttempt, outcome: CallOutcome, at: float, **facts: object) -> None:
    take_told(attempt, Reply(outcome, **facts), after(at), TIMING)  # type: ignore[arg-type]


def due_in(attempt: GatewayAttempt, now: float) -> float:
    assert attempt.due_at is not None
    return (attempt.due_at - after(now)).total_seconds()


def test_a_new_request_is_sent_and_before_that_counts_as_possibly_arrived() -> None:
    attempt = fresh()
    assert next_step(attempt, START, TIMING, can_ask=True) is Step.SEND
    begin_send(attempt, START, TIMING)
    assert attempt.status is TransactionStatus.SUBMITTING
    assert attempt.sends == 1
    assert next_step(attempt, START, TIMING, can_ask=True) is Step.ASK


@pytest.mark.parametrize("outcome", [CallOutcome.ACCEPTED, CallOutcome.ALREADY_SUBMITTED])
def test_an_accepted_request_is_asked_about_on_the_ladder(outcome: CallOutcome) -> None:
    attempt = sent(outcome)
    assert attempt.status is TransactionStatus.PENDING
    now, waits = 1.0, []
    for _ in range(10):
        waits.append(due_in(attempt, now))
        now += waits[-1]
        told(attempt, CallOutcome.PENDING, now)
    assert waits == [3, 5, 8, 12, 20, 30, 45, 60, 60, 60]


def test_the_ladder_widens_with_age() -> None:
    attempt = sent(CallOutcome.ACCEPTED)
    attempt.checks = 20
    for now, wait in ((299, 60), (301, 120), (3_599, 120), (3_601, 900), (86_399, 900)):
        told(attempt, CallOutcome.PENDING, now)
        assert due_in(attempt, now) == wait
    assert attempt.status is TransactionStatus.PENDING


@pytest.mark.parametrize("outcome", [CallOutcome.UNKNOWN, CallOutcome.NOT_FOUND])
def test_a_lost_answer_is_unknown_and_asked_about_never_failed(outcome: CallOutcome) -> None:
    attempt = sent(outcome)
    assert attempt.status is TransactionStatus.UNKNOWN
    assert attempt.closed_at is None
    assert next_step(attempt, after(4), TIMING, can_ask=True) is Step.ASK


def test_a_request_that_never_left_is_sent_again_under_its_reference_and_given_up_in_time() -> None:
    attempt = sent(CallOutcome.NOT_SENT)
    assert attempt.status is TransactionStatus.NOT_SENT
    assert (attempt.sends, attempt.sent_at) == (0, None)
    assert next_step(attempt, after(3), TIMING, can_ask=True) is Step.SEND
    assert next_step(attempt, after(299), TIMING, can_ask=True) is Step.SEND
    assert next_step(attempt, after(300), TIMING, can_ask=True) is Step.GIVE_UP


def test_a_request_from_the_future_does_not_leave() -> None:
    attempt = fresh()
    assert next_step(attempt, after(-30), TIMING, can_ask=True) is Step.SEND
    assert next_step(attempt, after(-3_600), TIMING, can_ask=True) is Step.GIVE_UP


def test_a_network_that_asks_for_patience_gets_it() -> None:
    attempt = sent(CallOutcome.NOT_SENT, retry_after_s=45)
    assert due_in(attempt, 1) == 45
    attempt = sent(CallOutcome.ACCEPTED)
    told(attempt, CallOutcome.UNKNOWN, 4, retry_after_s=90)
    assert due_in(attempt, 4) == 90


def test_one_denial_or_a_hasty_series_is_no_proof() -> None:
    attempt = sent(CallOutcome.UNKNOWN)
    for now in (4, 9, 17, 29):
        told(attempt, CallOutcome.NOT_FOUND, now)
        assert next_step(attempt, after(now), TIMING, can_ask=True) is Step.ASK
    assert attempt.status is TransactionStatus.UNKNOWN


def test_three_denials_over_a_minute_send_the_same_reference_once_more_and_only_once() -> None:
    attempt = sent(CallOutcome.UNKNOWN)
    now = 1.0
    while next_step(attempt, after(now), TIMING, can_ask=True) is Step.ASK:
        told(attempt, CallOutcome.NOT_FOUND, now)
        now += due_in(attempt, now)
    assert now == 61
    assert next_step(attempt, after(now), TIMING, can_ask=True) is Step.SEND
    begin_send(attempt, after(now), TIMING)
    take_sent(attempt, Reply(CallOutcome.UNKNOWN), after(now), TIMING, can_ask=True)
    assert attempt.sends == 2
    while next_step(attempt, after(now), TIMING, can_ask=True) is Step.ASK:
        told(attempt, CallOutcome.NOT_FOUND, now)
        now += due_in(attempt, now)
    assert next_step(attempt, after(now), TIMING, can_ask=True) is Step.HAND_OVER


def test_a_denied_reference_is_not_sent_when_the_customer_has_long_left() -> None:
    attempt = sent(CallOutcome.UNKNOWN)
    for now in (10_000, 10_030, 10_061):
        told(attempt, CallOutcome.NOT_FOUND, now)
    assert next_step(attempt, after(10_061), TIMING, can_ask=True) is Step.HAND_OVER


def test_a_second_sending_that_did_not_leave_says_nothing_about_the_first() -> None:
    attempt = sent(CallOutcome.UNKNOWN)
    attempt.not_found_count, attempt.not_found_since = 3, START
    attempt.last_asked_at = after(60)
    begin_send(attempt, after(61), TIMING)
    take_sent(attempt, Reply(CallOutcome.NOT_SENT), after(61), TIMING, can_ask=True)
    assert attempt.status is TransactionStatus.UNKNOWN
    assert attempt.sends == 1


def test_where_the_network_answers_no_questions_a_lost_answer_goes_to_a_person() -> None:
    attempt = fresh()
    begin_send(attempt, START, TIMING)
    assert next_step(attempt, after(1), TIMING, can_ask=False) is Step.HAND_OVER
    take_sent(attempt, Reply(CallOutcome.UNKNOWN), after(1), TIMING, can_ask=False)
    assert attempt.status is TransactionStatus.UNRESOLVED
    assert attempt.due_at is None


def test_a_success_that_differs_from_what_was_asked_goes_to_a_person() -> None:
    attempt = sent(CallOutcome.ACCEPTED)
    told(attempt, CallOutcome.SUCCEEDED, 4, mismatches=("4000 instead of 5000",))
    assert attempt.status is TransactionStatus.UNRESOLVED
    assert "4000" in attempt.message
    assert attempt.closed_at is None
    assert due_in(attempt, 4) == 3600
    told(attempt, CallOutcome.SUCCEEDED, 3_700)
    assert attempt.status is TransactionStatus.SUCCEEDED


def test_after_a_day_a_person_decides_while_the_program_asks_on() -> None:
    attempt = sent(CallOutcome.ACCEPTED)
    told(attempt, CallOutcome.PENDING, 86_400)
    assert attempt.status is TransactionStatus.UNRESOLVED
    assert due_in(attempt, 86_400) == 3600
    told(attempt, CallOutcome.SUCCEEDED, 90_000)
    assert attempt.status is TransactionStatus.SUCCEEDED
    assert attempt.due_at is None


def test_a_failure_is_doubted_a_few_times_and_a_late_success_counts() -> None:
    attempt = sent(CallOutcome.ACCEPTED)
    told(attempt, CallOutcome.EXPIRED, 10)
    assert attempt.closed_at == after(10)
    moments = []
    while attempt.due_at is not None:
        moments.append((attempt.due_at - after(10)).total_seconds())
        told(attempt, CallOutcome.EXPIRED, moments[-1] + 10)
    assert tuple(moments) == TIMING.late_checks
    told(attempt, CallOutcome.SUCCEEDED, 30_000)
    assert attempt.status is TransactionStatus.SUCCEEDED


def test_what_a_late_question_cannot_learn_changes_nothing() -> None:
    attempt = sent(CallOutcome.ACCEPTED)
    told(attempt, CallOutcome.FAILED, 10)
    for outcome in (CallOutcome.UNKNOWN, CallOutcome.PENDING, CallOutcome.NOT_FOUND):
        told(attempt, outcome, 80)
        assert attempt.status is TransactionStatus.FAILED
    told(attempt, CallOutcome.EXPIRED, 90)
    assert attempt.status is TransactionStatus.FAILED


def test_asking_now_begins_the_ladder_anew() -> None:
    attempt = sent(CallOutcome.ACCEPTED)
    attempt.checks = 9
    ask_at_once(attempt, after(200))
    assert attempt.due_at == after(200)
    told(attempt, CallOutcome.PENDING, 200)
    assert due_in(attempt, 200) == 5


MONEYLESS = [
    CallOutcome.ACCEPTED,
    CallOutcome.ALREADY_SUBMITTED,
    CallOutcome.PENDING,
    CallOutcome.FAILED,
    CallOutcome.EXPIRED,
    CallOutcome.NOT_FOUND,
    CallOutcome.NOT_SENT,
    CallOutcome.UNKNOWN,
]


@given(
    outcomes=st.lists(st.sampled_from([*MONEYLESS, CallOutcome.SUCCEEDED]), max_size=30),
    gaps=st.lists(st.floats(0, 4_000), min_size=31, max_size=31),
    can_ask=st.booleans(),
)
def test_no_order_of_answers_loses_money_or_sends_a_third_time(
    outcomes: list[CallOutcome], gaps: list[float], can_ask: bool
) -> None:
    attempt = fresh()
    now, came, may_have_left = 0.0, False, 0
    for outcome, gap in zip(outcomes, gaps, strict=False):
        now += gap
        if attempt.due_at is None:
            break
        step = next_step(attempt, after(now), TIMING, can_ask=can_ask)
        if step is Step.SEND:
            begin_send(attempt, after(now), TIMING)
            take_sent(attempt, Reply(outcome), after(now), TIMING, can_ask=can_ask)
            may_have_left += outcome is not CallOutcome.NOT_SENT
        elif step is Step.ASK:
            if outcome in {CallOutcome.ACCEPTED, CallOutcome.ALREADY_SUBMITTED}:
                continue
            told(attempt, outcome, now)
        else:
            break
        came = came or outcome is CallOutcome.SUCCEEDED
        assert (attempt.status is TransactionStatus.SUCCEEDED) == came
        assert may_have_left <= (2 if can_ask else 1)
        if attempt.status is TransactionStatus.NOT_SENT:
            assert may_have_left == 0
        if outcome is CallOutcome.UNKNOWN and attempt.closed_at is None:
            assert attempt.status is not TransactionStatus.FAILED


def test_an_attempt_that_succeeded_never_goes_back() -> None:
    attempt = sent(CallOutcome.SUCCEEDED)
    with pytest.raises(ConflictError):
        attempt.move_to(TransactionStatus.FAILED, after(5))
