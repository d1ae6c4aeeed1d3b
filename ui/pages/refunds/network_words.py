"""A refund that a network carries out, in words: did the money go back, what is awaited, what now.

The money fact comes first, then what happened, then what to do.
"""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication

from core.model.payments import TransactionStatus
from core.model.refunds import RefundStatus
from core.permissions import Actor, Permission
from core.services.gateways.rows import AttemptKind, AttemptRow, PaymentPath
from core.services.rows import RefundRow
from ui.mobile_money.words import next_check_text, since_text, trouble_sentence
from ui.widgets.facts import Step, StepState
from ui.words import moment_text

translate = QCoreApplication.translate
_ENDED_BADLY = frozenset({TransactionStatus.FAILED, TransactionStatus.EXPIRED})
_NOT_LEFT = frozenset({TransactionStatus.CREATED, TransactionStatus.NOT_SENT})


def do_not_send_again() -> str:
    """Return the sentence that stands first wherever a refund's end is not known."""
    return translate(
        "RefundNetwork", "We do not know whether the money went back. Do not send it again."
    )


def last_attempt(path: PaymentPath, refund: RefundRow) -> AttemptRow | None:
    """Return the newest request to send a refund; None where no network was to send it."""
    found = [
        row
        for row in path.refunds
        if row.kind is AttemptKind.REFUND and row.refund_id == refund.refund_id
    ]
    return found[-1] if found else None


def went_back_twice(refund: RefundRow, row: AttemptRow) -> bool:
    """Tell whether the network sent money that was given back by hand, or refused, meanwhile."""
    if row.status is not TransactionStatus.SUCCEEDED:
        return False
    if refund.status is RefundStatus.REJECTED:
        return True
    at = refund.refund_completed_at
    return refund.status is RefundStatus.COMPLETED and at is not None and at < row.status_since


def network_sentence(refund: RefundRow, row: AttemptRow, now: datetime) -> str:
    """Return where a refund stands at its network; empty where the refund's own words say it."""
    if went_back_twice(refund, row):
        told = translate(
            "RefundNetwork",
            "%1 sent the money back %2 after all, and it had been settled another way before: the"
            " customer may have it twice. Look at the network's statement, then ask the customer.",
        )
        return _filled(told, row, moment_text(row.status_since, now))
    if refund.status not in {RefundStatus.PROCESSING, RefundStatus.UNKNOWN, RefundStatus.FAILED}:
        return ""
    told = _filled(_told(row), row, since_text(row.status_since, now))
    parts = [told, trouble_sentence(row.trouble) if row.closed_at is None else ""]
    return " ".join(filter(None, [*parts, next_check_text(row, now)]))


def network_steps(row: AttemptRow, now: datetime) -> tuple[Step, ...]:
    """Return the way of a refund through its network."""
    handed = Step(
        translate("RefundNetwork", "Handed to the network"),
        StepState.DONE,
        moment_text(row.created_at, now),
    )
    sent = Step(translate("RefundNetwork", "Sent"), *_sent(row, now))
    if sent.state is StepState.FAILED:
        return (handed, sent)
    accepted = Step(translate("RefundNetwork", "Accepted"), *_accepted(row, now))
    gone = Step(translate("RefundNetwork", "Gone back"), *_gone(row, now))
    return (handed, sent, accepted, gone)


def why_not_settled(actor: Actor, refund: RefundRow) -> str:
    """Return why a person may not decide how a refund ended; empty when they may."""
    if refund.status is not RefundStatus.UNKNOWN:
        return translate("RefundNetwork", "The network may still tell its end by itself.")
    if not actor.may(Permission.DECIDE_REFUND):
        return translate("RefundNetwork", "Only a manager decides whether the money went back.")
    return ""


def why_not_asked(row: AttemptRow | None) -> str:
    """Return why asking the network would bring no news; empty when it may."""
    if row is None or not row.can_ask:
        return translate("RefundNetwork", "The network cannot be asked about this refund.")
    return ""


def _told(row: AttemptRow) -> str:
    if row.status in _ENDED_BADLY:
        return translate(
            "RefundNetwork",
            "The money did not go back; it may be sent again, or given back by hand.",
        )
    return {
        TransactionStatus.CREATED: translate(
            "RefundNetwork", "Nothing has left yet: being sent to %1 since %2."
        ),
        TransactionStatus.NOT_SENT: translate(
            "RefundNetwork", "Nothing has left yet: %1 cannot be reached since %2."
        ),
        TransactionStatus.SUBMITTING: translate(
            "RefundNetwork",
            "The request is on its way to %1 since %2; the money may have gone back. Do not send"
            " it again.",
        ),
        TransactionStatus.PENDING: translate(
            "RefundNetwork", "%1 accepted it; the money is on its way back since %2."
        ),
        TransactionStatus.UNKNOWN: f"{do_not_send_again()} "
        + translate("RefundNetwork", "No clear answer of %1 since %2."),
        TransactionStatus.UNRESOLVED: f"{do_not_send_again()} "
        + translate(
            "RefundNetwork",
            "No clear answer of %1 since %2: a manager must look at the network's own books, or"
            " at its statement, and decide.",
        ),
        TransactionStatus.SUCCEEDED: translate("RefundNetwork", "%1 sent the money back %2."),
    }[row.status]


def _sent(row: AttemptRow, now: datetime) -> tuple[StepState, str]:
    if row.status in _NOT_LEFT | {TransactionStatus.SUBMITTING}:
        return StepState.CURRENT, since_text(row.status_since, now)
    if row.sent_at is not None:
        return StepState.DONE, moment_text(row.sent_at, now)
    # A person's word may end a request whatever became of it.
    state = StepState.FAILED if row.status in _ENDED_BADLY else StepState.DONE
    return state, moment_text(row.status_since, now)


def _accepted(row: AttemptRow, now: datetime) -> tuple[StepState, str]:
    if row.accepted_at is not None:
        return StepState.DONE, moment_text(row.accepted_at, now)
    if row.status is TransactionStatus.SUCCEEDED:
        return StepState.DONE, ""
    if row.status in {TransactionStatus.UNKNOWN, TransactionStatus.UNRESOLVED}:
        return StepState.CURRENT, translate("RefundNetwork", "not known")
    return StepState.WAITING, ""


def _gone(row: AttemptRow, now: datetime) -> tuple[StepState, str]:
    at = moment_text(row.status_since, now)
    if row.status is TransactionStatus.SUCCEEDED:
        return StepState.DONE, at
    if row.status in _ENDED_BADLY:
        return StepState.FAILED, at
    if row.status is TransactionStatus.PENDING:
        return StepState.CURRENT, since_text(row.status_since, now)
    if row.status is TransactionStatus.UNRESOLVED and row.accepted_at is not None:
        return StepState.CURRENT, translate("RefundNetwork", "not known")
    return StepState.WAITING, ""


def _filled(sentence: str, row: AttemptRow, moment: str) -> str:
    return sentence.replace("%1", row.gateway_name).replace("%2", moment)
