"""Approving matches, one or a hundred thousand: their payments become reconciled.

All is written in a few statements for each stretch of matches. Here every match is approved, the
certain ones, those a person chose and those put together by hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from core.database.unit_of_work import UnitOfWork
from core.errors import ConflictError
from core.matching.work import Work
from core.model.invoices import Invoice
from core.model.journal import Topic
from core.model.payments import Payment, PaymentStatus
from core.model.reconciliations import (
    LineState,
    Match,
    MatchLine,
    MatchPayment,
    MatchState,
    PaymentReconciliation,
    StatementLine,
)
from core.money import display
from core.services.learning.payers import learn_from
from core.services.matching.candidates import MATCHABLE_STATUSES
from core.services.matching.facts import MatchedPayment, MatchFacts, read_facts, stretches
from core.services.matching.journal import journal_decisions
from core.services.matching.proposals import PROVING_KINDS
from core.services.matching.refusals import (
    NOTHING_MATCHED,
    decided_already,
    first_one_named,
    line_taken,
    payment_taken,
)
from core.services.payments.service import complete_from_statement
from core.services.reconciliations.service import FEE_KINDS, begin_work, refresh_counts
from core.services.refunds.lines import overdrawn, refuse_overdrawn

CHOICE_KINDS = frozenset({"one_to_one", "fee_net"})
"""Matches of one line with one payment; a set of them is a list to choose from."""

_ROWS_ONLY = {"synchronize_session": False}
_EXPLAINED = (LineState.MATCHED, LineState.IGNORED)
_WAITING = (PaymentStatus.PENDING, PaymentStatus.PROCESSING)


def approve_matches(
    unit: UnitOfWork,
    reconciliation: PaymentReconciliation,
    match_ids: Sequence[int],
    work: Work | None = None,
) -> tuple[str, ...]:
    """Approve proposals of an open statement, all or none; return the invoices this issued.

    A payment that still waited is completed: the money is on the statement.

    Raises:
        ConflictError: a line or payment is matched already; the message says by whom and when.
        MatchingCancelledError: the person stopped it.

    """
    session = unit.session
    session.flush()
    invoice_numbers: list[str] = []
    for stretch in stretches(list(dict.fromkeys(match_ids))):
        facts = read_facts(session, stretch)
        _refuse(session, facts)
        _write(unit, facts)
        invoice_numbers += _complete_waiting(unit, facts)
        _reconcile(unit, facts)
        journal_decisions(unit, reconciliation, facts, "match:approved")
        session.expire_all()
        if work is not None:
            work.done(len(stretch))
    if match_ids:
        begin_work(reconciliation)
        learn_from(unit, match_ids)
    refresh_counts(session, reconciliation)
    unit.changed(Topic.RECONCILIATIONS, reconciliation.reconciliation_id)
    return tuple(invoice_numbers)


def certain_matches(session: Session, reconciliation: PaymentReconciliation) -> list[int]:
    """Return the certain proposals that still hold, in the order they were made.

    One that a later decision overtook must not hold up all the others. Two that name the same line
    or payment contradict each other: neither is certain.
    """
    proposed = (
        Match.reconciliation_id == reconciliation.id,
        Match.state == MatchState.PROPOSED,
        Match.automatic,
    )
    lines = session.execute(
        select(MatchLine.match_id, MatchLine.line_id, StatementLine.state)
        .join(Match, Match.id == MatchLine.match_id)
        .join(StatementLine, StatementLine.id == MatchLine.line_id)
        .where(*proposed)
    ).all()
    payments = session.execute(
        select(
            MatchPayment.match_id,
            MatchPayment.payment_id,
            or_(Payment.reconciled, Payment.status.not_in(MATCHABLE_STATUSES)),
        )
        .join(Match, Match.id == MatchPayment.match_id)
        .join(Payment, Payment.id == MatchPayment.payment_id)
        .where(*proposed, Match.kind.in_(PROVING_KINDS))
    ).all()
    of_line = Counter(line_id for _, line_id, _ in lines)
    of_payment = Counter(payment_id for _, payment_id, _ in payments)
    overtaken = {
        match_id
        for match_id, line_id, state in lines
        if state in _EXPLAINED or of_line[line_id] > 1
    } | {
        match_id
        for match_id, payment_id, is_taken in payments
        if is_taken or of_payment[payment_id] > 1
    }
    found = session.scalars(select(Match.id).where(*proposed).order_by(Match.id)).all()
    overtaken.update(key for each in overdrawn(session, found) for key in each.match_ids)
    return [match_id for match_id in found if match_id not in overtaken]


def _refuse(session: Session, facts: Sequence[MatchFacts]) -> None:
    """Refuse what was decided before, by whom, and what may not be decided as it is."""
    lines, payments = set[int](), set[int]()
    for match in facts:
        if match.state is not MatchState.PROPOSED:
            raise decided_already(session, match.match_id)
        _refuse_choice(match)
        for line in match.lines:
            if line.state in _EXPLAINED:
                raise line_taken(session, line.key)
            if line.key in lines:
                raise ConflictError(
                    f"{NOTHING_MATCHED} Line {line.number} stands in two of these matches; choose"
                    " one of them."
                )
            lines.add(line.key)
        for payment in _proven(match):
            _refuse_payment(session, match, payment)
            if payment.key in payments:
                raise ConflictError(
                    f"{NOTHING_MATCHED} The payment of {_money(payment)} stands in two of these"
                    " matches; choose one of them."
                )
            payments.add(payment.key)
    refuse_overdrawn(session, [match.match_id for match in facts], NOTHING_MATCHED)


def _refuse_choice(match: MatchFacts) -> None:
    """Refuse a set of equals as a whole: one line would prove every payment of it."""
    members = max(len(match.lines), len(match.payments))
    if match.ambiguous and match.kind in CHOICE_KINDS and members > 1:
        raise ConflictError(
            f"{NOTHING_MATCHED} Nothing tells the members of this set apart: choose a line and"
            " its payment, and match the two by hand."
        )


def _refuse_payment(session: Session, match: MatchFacts, payment: MatchedPayment) -> None:
    if payment.status not in MATCHABLE_STATUSES:
        raise ConflictError(
            f"{NOTHING_MATCHED} The payment of {_money(payment)} is {payment.status}."
        )
    if payment.reconciled:
        raise payment_taken(session, payment.key)
    if payment.status in _WAITING and match.difference_minor and match.kind not in FEE_KINDS:
        # What a line proves is its own amount; a person answers for any other.
        raise ConflictError(
            f"{NOTHING_MATCHED} The payment of {_money(payment)} is still {payment.status}, and"
            " the statement shows another amount: complete the payment first, then match it."
        )


def _write(unit: UnitOfWork, facts: Sequence[MatchFacts]) -> None:
    """Let the matches stand, their lines be matched and their payments be theirs alone."""
    session = unit.session
    matches = [match.match_id for match in facts]
    lines = [line.key for match in facts for line in match.lines]
    proving = [match.match_id for match in facts if match.kind in PROVING_KINDS]
    payments = [payment.key for match in facts for payment in _proven(match)]
    with first_one_named(session, matches, lines, payments):
        session.execute(
            update(MatchLine).where(MatchLine.match_id.in_(matches)).values(active=True),
            execution_options=_ROWS_ONLY,
        )
        session.execute(
            update(MatchPayment).where(MatchPayment.match_id.in_(proving)).values(active=True),
            execution_options=_ROWS_ONLY,
        )
    session.execute(
        update(StatementLine).where(StatementLine.id.in_(lines)).values(state=LineState.MATCHED),
        execution_options=_ROWS_ONLY,
    )
    session.execute(
        update(Match)
        .where(Match.id.in_(matches))
        .values(
            state=MatchState.APPROVED,
            decided_by=unit.actor_name,
            decided_at=unit.now,
            version=Match.version + 1,
        ),
        execution_options=_ROWS_ONLY,
    )


def _complete_waiting(unit: UnitOfWork, facts: Sequence[MatchFacts]) -> list[str]:
    """Complete the payments whose money the statement shows; return their invoices' numbers."""
    waiting = [
        (match.match_id, payment.key)
        for match in facts
        for payment in _proven(match)
        if payment.status in _WAITING
    ]
    for match_id, key in waiting:
        complete_from_statement(unit, unit.session.get_one(Payment, key))
        unit.session.execute(
            update(MatchPayment)
            .where(and_(MatchPayment.match_id == match_id, MatchPayment.payment_id == key))
            .values(completed_here=True),
            execution_options=_ROWS_ONLY,
        )
    keys = [key for _, key in waiting]
    return list(
        unit.session.scalars(select(Invoice.invoice_number).where(Invoice.payment_id.in_(keys)))
    )


def _reconcile(unit: UnitOfWork, facts: Sequence[MatchFacts]) -> None:
    proven = [payment for match in facts for payment in _proven(match)]
    unit.session.execute(
        update(Payment)
        .where(Payment.id.in_([payment.key for payment in proven]))
        .values(
            reconciled=True,
            reconciled_at=unit.now,
            reconciled_by=unit.actor_name,
            updated_at=unit.now,
            version=Payment.version + 1,
        ),
        execution_options=_ROWS_ONLY,
    )
    for payment in proven:
        unit.changed(Topic.PAYMENTS, payment.payment_id)


def _proven(match: MatchFacts) -> tuple[MatchedPayment, ...]:
    return match.payments if match.kind in PROVING_KINDS else ()


def _money(payment: MatchedPayment) -> str:
    return display(payment.amount_minor, payment.currency)
