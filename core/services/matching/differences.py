"""What becomes of the difference between a match's payments and its lines, and who may say so."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.database.unit_of_work import UnitOfWork
from core.errors import InvalidInputError, NotAllowedError
from core.matching.fees import DEFAULT_FEES
from core.model.reconciliations import DifferenceKind, Match, WriteOffReason
from core.money import display, major
from core.permissions import Actor, Permission
from core.services.matching.write_off_limits import clerk_limit_minor, left_of_day_minor
from core.services.rows import DIFFERING_KINDS

_ONLY_SHORT = frozenset({WriteOffReason.BANK_CHARGE, WriteOffReason.SHORT_PAID})
_ONLY_OVER = frozenset({WriteOffReason.OVERPAID})


@dataclass(frozen=True, slots=True)
class DifferenceAnswer:
    """What a person says of a difference; ``reason`` belongs to a write-off alone."""

    kind: DifferenceKind = DifferenceKind.OPEN
    reason: WriteOffReason | None = None
    note: str = ""


STAYS_OPEN = DifferenceAnswer()
"""The difference is a discrepancy until somebody explains it."""


def reasons_for(difference_minor: int) -> tuple[WriteOffReason, ...]:
    """Return the reasons that can hold for a difference, recorded less received."""
    barred = _ONLY_OVER if difference_minor > 0 else _ONLY_SHORT
    return tuple(reason for reason in WriteOffReason if reason not in barred)


def looks_like_a_fee(paid_minor: int, difference_minor: int) -> bool:
    """Tell whether a channel may have kept so much of what was paid."""
    return DEFAULT_FEES.is_small(paid_minor, difference_minor)


def check_answer(answer: DifferenceAnswer, difference_minor: int, fact: str) -> None:
    """Refuse an answer that cannot hold for a difference; ``fact`` begins the sentence.

    Raises:
        InvalidInputError: nothing differs, the direction does not fit, or the reason is missing.

    """
    if answer.kind is DifferenceKind.OPEN:
        return
    if difference_minor == 0:
        raise InvalidInputError(f"{fact} Lines and payments sum up: there is no difference.")
    if answer.kind is DifferenceKind.FEE:
        if difference_minor < 0:
            raise InvalidInputError(
                f"{fact} More came than was recorded: that is no fee.", field="difference"
            )
        return
    if answer.reason is None:
        raise InvalidInputError(f"{fact} Choose why it is written off.", field="reason")
    if answer.reason not in reasons_for(difference_minor):
        came = "less" if difference_minor > 0 else "more"
        raise InvalidInputError(
            f"{fact} {came.capitalize()} came than was recorded: choose another reason.",
            field="reason",
        )
    if answer.reason is WriteOffReason.OTHER and not answer.note.strip():
        raise InvalidInputError(f"{fact} Write why it is written off.", field="note")


def explain(
    unit: UnitOfWork,
    actor: Actor,
    match: Match,
    answer: DifferenceAnswer,
    *,
    paid_minor: int,
    fact: str = "Nothing was changed.",
) -> None:
    """Keep what became of a match's difference, with who said so and when.

    Raises:
        InvalidInputError: the answer cannot hold for this difference.
        NotAllowedError: it is more than the person may give up; the caller's unit records it.

    """
    if match.kind not in DIFFERING_KINDS:
        raise InvalidInputError(f"{fact} This match has no difference that a person explains.")
    check_answer(answer, match.difference_minor, fact)
    if not actor.may(Permission.WRITE_OFF_ANY_AMOUNT):
        _require_small(unit.session, actor, match, answer, paid_minor, fact)
        if answer.kind is DifferenceKind.WRITE_OFF:
            _require_left_of_day(unit, actor, match, fact)
    is_open = answer.kind is DifferenceKind.OPEN
    written_off = answer.kind is DifferenceKind.WRITE_OFF
    before, reason_before = match.difference_kind, match.difference_reason
    match.difference_kind = answer.kind
    match.difference_reason = answer.reason or "" if written_off else ""
    match.difference_note = "" if is_open else answer.note.strip()
    match.difference_by = "" if is_open else unit.actor_name
    match.difference_at = None if is_open else unit.now
    unit.audit(
        f"match:difference_{answer.kind}",
        "reconciliation",
        match.reconciliation.reconciliation_id,
        match=match.id,
        amount=major(match.difference_minor, match.reconciliation.currency),
        reason=match.difference_reason,
        note=match.difference_note,
        before=before,
        reason_before=reason_before,
    )


def _require_small(
    session: Session,
    actor: Actor,
    match: Match,
    answer: DifferenceAnswer,
    paid_minor: int,
    fact: str,
) -> None:
    difference_minor, currency = match.difference_minor, match.reconciliation.currency
    is_fee = answer.kind is DifferenceKind.FEE
    if answer.kind is DifferenceKind.OPEN or (
        is_fee and looks_like_a_fee(paid_minor, difference_minor)
    ):
        return
    limit_minor = clerk_limit_minor(session, currency, paid_minor)
    if abs(difference_minor) <= limit_minor:
        return
    told = display(abs(difference_minor), currency)
    if is_fee:
        raise NotAllowedError(
            f"{fact} {told} is more than a channel keeps of {display(paid_minor, currency)}; ask a"
            " manager, or keep the difference open."
        )
    raise NotAllowedError(
        f"{fact} {told} is above the {display(limit_minor, currency)} that"
        f" {actor.role.with_article} may write off of one match; ask a manager, or keep the"
        " difference open."
    )


def _require_left_of_day(unit: UnitOfWork, actor: Actor, match: Match, fact: str) -> None:
    """Refuse what would take a person's write-offs of one day above the day's limit."""
    unit.session.flush()
    left_minor = left_of_day_minor(unit.session, match, unit.actor_name, unit.now)
    if left_minor is None or abs(match.difference_minor) <= left_minor:
        return
    currency = match.reconciliation.currency
    raise NotAllowedError(
        f"{fact} {actor.name} may write off {display(left_minor, currency)} more today, not"
        f" {display(abs(match.difference_minor), currency)}; ask a manager, or keep the difference"
        " open."
    )
