"""What an attempt does next, and what an answer makes of it: the rule of the unknown outcome.

Only two things end an attempt: the network's own authenticated word, or a person's. A lost answer
is ``unknown``, which means: ask with the same reference, never send another, never call it failed.
The functions change the row they are given and touch neither database nor network.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from core.configuration import GatewayTiming
from core.gateways.contract import CallOutcome, Reply, Trouble
from core.model.attempts import GatewayAttempt
from core.model.payments import TransactionStatus

_ENDS = {
    CallOutcome.SUCCEEDED: TransactionStatus.SUCCEEDED,
    CallOutcome.FAILED: TransactionStatus.FAILED,
    CallOutcome.EXPIRED: TransactionStatus.EXPIRED,
}
_WAITS_TO_BE_SENT = frozenset({TransactionStatus.CREATED, TransactionStatus.NOT_SENT})
_ONLY_AN_ADMIN_MENDS = frozenset(
    {Trouble.CREDENTIALS, Trouble.CONFIGURATION, Trouble.ADDRESS_NOT_ALLOWED}
)
_CLOCK_SLACK = timedelta(minutes=1)
_RECORDING_S = 15
_ACCOUNT_WAIT_S = 15
_MOST_SENDS = 2
"""The same reference may leave twice: a second time only after the network denied it."""


class Step(StrEnum):
    """What is to be done with an attempt that is due."""

    SEND = "send"
    ASK = "ask"
    GIVE_UP = "give_up"
    """It never left, and the customer will have: it must not leave any more."""
    HAND_OVER = "hand_over"
    """Nothing the program may still do would tell: a person must find out."""


def next_step(
    attempt: GatewayAttempt, now: datetime, timing: GatewayTiming, *, can_ask: bool
) -> Step:
    """Return what is to be done now; ``can_ask`` tells whether the network answers questions."""
    if waits_to_be_sent(attempt):
        return Step.SEND if _in_time(attempt, now, timing) else Step.GIVE_UP
    if not can_ask:
        return Step.HAND_OVER
    if _is_denied(attempt, timing):
        may_send = attempt.sends < _MOST_SENDS and _in_time(attempt, now, timing)
        return Step.SEND if may_send else Step.HAND_OVER
    return Step.ASK


def begin_send(attempt: GatewayAttempt, now: datetime, timing: GatewayTiming) -> None:
    """Note, before the first byte leaves, that from now on the request may have arrived.

    Should the answer never be recorded, the network is asked once no call can be under way.
    """
    attempt.move_to(TransactionStatus.SUBMITTING, now)
    attempt.sends += 1
    attempt.sent_at = attempt.sent_at or now
    longest_s = 2 * (timing.connect_timeout_s + timing.read_timeout_s) + _RECORDING_S
    attempt.due_at = now + timedelta(seconds=longest_s)


def give_up(attempt: GatewayAttempt, now: datetime) -> None:
    """End an attempt that never left."""
    attempt.move_to(TransactionStatus.FAILED, now)
    _close(attempt, now)
    attempt.due_at = None


def hand_over(
    attempt: GatewayAttempt, now: datetime, timing: GatewayTiming, *, can_ask: bool
) -> None:
    """Leave an attempt to a person; where it can, the program goes on asking every hour."""
    if attempt.status is not TransactionStatus.UNRESOLVED:
        attempt.move_to(TransactionStatus.UNRESOLVED, now)
    attempt.due_at = now + timedelta(seconds=timing.unresolved_wait_s) if can_ask else None


def take_sent(
    attempt: GatewayAttempt, reply: Reply, now: datetime, timing: GatewayTiming, *, can_ask: bool
) -> None:
    """Take the answer to a request that was just sent."""
    if attempt.status is TransactionStatus.SUCCEEDED:
        return  # A person saw the money while the call was under way.
    _note(attempt, reply)
    attempt.not_found_count = 0
    attempt.not_found_since = None
    if reply.outcome is CallOutcome.NOT_SENT:
        _take_not_sent(attempt, reply, now, timing)
    elif reply.outcome in _ENDS:
        _end(attempt, reply, now, timing, can_ask=can_ask)
    elif reply.outcome in {
        CallOutcome.ACCEPTED,
        CallOutcome.ALREADY_SUBMITTED,
        CallOutcome.PENDING,
    }:
        attempt.move_to(TransactionStatus.PENDING, now)
        attempt.accepted_at = now
        attempt.checks = 0
        attempt.due_at = _next_check(attempt, now, timing)
    elif can_ask:
        attempt.move_to(TransactionStatus.UNKNOWN, now)
        attempt.checks = 0
        attempt.due_at = _next_check(attempt, now, timing)
    else:
        hand_over(attempt, now, timing, can_ask=False)


def take_told(attempt: GatewayAttempt, reply: Reply, now: datetime, timing: GatewayTiming) -> None:
    """Take the answer to a question about an attempt sent earlier."""
    if attempt.status is TransactionStatus.SUCCEEDED:
        return  # A person saw the money while the question was under way.
    attempt.last_asked_at = now
    attempt.checks += 1
    if reply.outcome in _ENDS:
        _note(attempt, reply)
        _end(attempt, reply, now, timing, can_ask=True)
        return
    attempt.trouble = reply.trouble.value if reply.trouble else ""
    if not attempt.is_open:
        attempt.due_at = _next_late_check(attempt, now, timing)
        return
    if reply.outcome is CallOutcome.NOT_FOUND:
        attempt.not_found_count += 1
        attempt.not_found_since = attempt.not_found_since or now
    elif reply.outcome is CallOutcome.PENDING:
        attempt.not_found_count = 0
        attempt.not_found_since = None
    if attempt.status in {TransactionStatus.SUBMITTING, TransactionStatus.UNKNOWN}:
        if reply.outcome is CallOutcome.PENDING:
            attempt.move_to(TransactionStatus.PENDING, now)
            attempt.accepted_at = now
        elif attempt.status is TransactionStatus.SUBMITTING:
            attempt.move_to(TransactionStatus.UNKNOWN, now)
    _leave_if_too_old(attempt, now, timing)
    attempt.due_at = _next_check(attempt, now, timing, at_least_s=reply.retry_after_s or 0)
    if _is_denied(attempt, timing):
        attempt.due_at = now


def postpone(attempt: GatewayAttempt, now: datetime, timing: GatewayTiming) -> None:
    """Leave an attempt alone for a while whose account cannot be used; in the end to a person."""
    if not attempt.is_open:
        attempt.due_at = _next_late_check(attempt, now, timing)
        return
    if not waits_to_be_sent(attempt):
        _leave_if_too_old(attempt, now, timing)
    is_left = attempt.status is TransactionStatus.UNRESOLVED
    wait_s = timing.unresolved_wait_s if is_left else _ACCOUNT_WAIT_S
    attempt.due_at = now + timedelta(seconds=wait_s)


def waits_to_be_sent(attempt: GatewayAttempt) -> bool:
    """Tell whether it is certain that nothing has left yet, and something shall."""
    return attempt.status in _WAITS_TO_BE_SENT


def ask_at_once(attempt: GatewayAttempt, now: datetime) -> None:
    """Bring the next question forward, and begin the ladder anew: somebody is waiting."""
    attempt.due_at = now
    if attempt.closed_at is None:
        attempt.checks = 0


def close_by_person(attempt: GatewayAttempt, status: TransactionStatus, now: datetime) -> None:
    """End an attempt on a person's word, or on a statement's."""
    if attempt.status is not status:
        attempt.move_to(status, now)
    _close(attempt, now)
    attempt.due_at = None


def _in_time(attempt: GatewayAttempt, now: datetime, timing: GatewayTiming) -> bool:
    age = now - attempt.created_at
    # Made later than now: by a clock that ran ahead, so nobody knows how long ago.
    return -_CLOCK_SLACK < age < timedelta(seconds=timing.send_within_s)


def _leave_if_too_old(attempt: GatewayAttempt, now: datetime, timing: GatewayTiming) -> None:
    too_old = now - attempt.created_at >= timedelta(seconds=timing.unresolved_after_s)
    if too_old and attempt.status is not TransactionStatus.UNRESOLVED:
        attempt.move_to(TransactionStatus.UNRESOLVED, now)


def _is_denied(attempt: GatewayAttempt, timing: GatewayTiming) -> bool:
    """Tell whether the network denied the reference often and long enough to believe it."""
    return (
        attempt.status is TransactionStatus.UNKNOWN
        and attempt.not_found_count >= timing.not_found_times
        and attempt.not_found_since is not None
        and attempt.last_asked_at is not None
        and attempt.last_asked_at - attempt.not_found_since
        >= timedelta(seconds=timing.not_found_for_s)
    )


def _take_not_sent(
    attempt: GatewayAttempt, reply: Reply, now: datetime, timing: GatewayTiming
) -> None:
    attempt.sends -= 1
    if attempt.sends:
        # This one did not leave, but one before it may have.
        attempt.move_to(TransactionStatus.UNKNOWN, now)
        attempt.due_at = _next_check(attempt, now, timing)
        return
    attempt.sent_at = None
    if reply.trouble in _ONLY_AN_ADMIN_MENDS:
        give_up(attempt, now)
        return
    attempt.move_to(TransactionStatus.NOT_SENT, now)
    waits = timing.send_again_wait
    wait_s = max(waits[min(attempt.checks, len(waits) - 1)], reply.retry_after_s or 0)
    attempt.checks += 1
    attempt.due_at = now + timedelta(seconds=wait_s)


def _end(
    attempt: GatewayAttempt, reply: Reply, now: datetime, timing: GatewayTiming, *, can_ask: bool
) -> None:
    status = _ENDS[reply.outcome]
    if status is TransactionStatus.SUCCEEDED and reply.mismatches:
        hand_over(attempt, now, timing, can_ask=can_ask)
        return
    if attempt.status is not status and not _is_weaker(attempt.status, status):
        attempt.move_to(status, now)
        _close(attempt, now)
    came = status is TransactionStatus.SUCCEEDED
    attempt.due_at = None if came or not can_ask else _next_late_check(attempt, now, timing)


def _is_weaker(present: TransactionStatus, told: TransactionStatus) -> bool:
    """Tell whether an answer says less than what is known: expired after failed."""
    return present is TransactionStatus.FAILED and told is TransactionStatus.EXPIRED


def _close(attempt: GatewayAttempt, now: datetime) -> None:
    attempt.closed_at = attempt.closed_at or now


def _note(attempt: GatewayAttempt, reply: Reply) -> None:
    attempt.reason = reply.reason.value if reply.reason else ""
    attempt.reason_code = reply.reason_code[:80]
    attempt.trouble = reply.trouble.value if reply.trouble else ""
    attempt.message = " ".join(reply.mismatches) or reply.message


def _next_check(
    attempt: GatewayAttempt, now: datetime, timing: GatewayTiming, *, at_least_s: float = 0
) -> datetime:
    age_s = (now - attempt.created_at).total_seconds()
    if attempt.status is TransactionStatus.UNRESOLVED:
        wait_s = timing.unresolved_wait_s
    elif attempt.checks < len(timing.ladder):
        wait_s = timing.ladder[attempt.checks]
    elif age_s < timing.slow_after_s:
        wait_s = timing.ladder[-1]
    elif age_s < timing.long_after_s:
        wait_s = timing.slow_wait_s
    else:
        wait_s = timing.long_wait_s
    due = now + timedelta(seconds=max(wait_s, at_least_s))
    if attempt.status is TransactionStatus.UNKNOWN and attempt.not_found_since is not None:
        # The question that decides whether the request may be sent again must not come late.
        decides = attempt.not_found_since + timedelta(seconds=timing.not_found_for_s)
        return min(due, decides) if decides > now else due
    return due


def _next_late_check(
    attempt: GatewayAttempt, now: datetime, timing: GatewayTiming
) -> datetime | None:
    """Return when to ask once more whether the money of a failed attempt came after all."""
    if attempt.closed_at is None or not attempt.sends:
        return None
    moments = (attempt.closed_at + timedelta(seconds=wait_s) for wait_s in timing.late_checks)
    return next((moment for moment in moments if moment > now), None)
