"""What the matcher is given of a reconciliation, and how its proposals are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from core.clock import shop_date
from core.database.unit_of_work import UnitOfWork
from core.matching.records import MatchingResult, OpenLine, OpenPayment, OpenRefund, Proposal
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
from core.model.refunds import RefundRequest, RefundStatus
from core.services.reconciliation_detail import (
    PROVEN_METHODS,
    first_moment,
    open_payment_conditions,
)

LOOK_BACK = timedelta(days=45)
"""How long before a statement's first day a payment may have been recorded."""

PROVING_KINDS = frozenset({"one_to_one", "fee_net", "settlement", "split", "by_hand"})
"""Matches that prove their payments; a reversal, refund or charge only explains its line."""

MATCHABLE_STATUSES = (
    PaymentStatus.PENDING,
    PaymentStatus.PROCESSING,
    PaymentStatus.COMPLETED,
    PaymentStatus.REFUNDED,
)
"""Money for a failed or cancelled payment is a question for a person, never a match."""


def open_lines(session: Session, reconciliation: PaymentReconciliation) -> list[OpenLine]:
    """Return the lines that no approved match and no person has explained yet."""
    lines = session.scalars(
        select(StatementLine).where(
            StatementLine.reconciliation_id == reconciliation.id,
            StatementLine.state.in_([LineState.UNMATCHED, LineState.SUGGESTED]),
        )
    )
    return [
        OpenLine(
            line_id=line.id,
            day=line.line_date,
            amount_minor=line.amount_minor,
            currency=line.currency,
            text=line.description,
            reference=line.reference,
            transaction_id=line.transaction_id,
            counterparty=line.counterparty,
            phone=line.counterparty_account,
            fee_minor=line.fee_minor,
        )
        for line in lines
    ]


def open_payments(session: Session, reconciliation: PaymentReconciliation) -> list[OpenPayment]:
    """Return the payments that the statement could prove."""
    whole = select(Payment).options(
        joinedload(Payment.order), selectinload(Payment.refund_requests)
    )
    unproven = session.scalars(
        whole.where(
            *open_payment_conditions(reconciliation, before=LOOK_BACK),
            Payment.status.in_(MATCHABLE_STATUSES),
        ).order_by(Payment.id)
    )
    # A payment proven long ago still matters when its refund leaves the account now.
    refunded = session.scalars(
        whole.where(
            Payment.reconciled,
            Payment.currency == reconciliation.currency,
            Payment.payment_method.in_(PROVEN_METHODS[reconciliation.provider]),
            Payment.refund_requests.any(
                and_(
                    RefundRequest.status == RefundStatus.COMPLETED,
                    RefundRequest.refund_completed_at >= first_moment(reconciliation) - LOOK_BACK,
                )
            ),
        ).order_by(Payment.id)
    )
    return [_open_payment(payment) for payment in (*unproven, *refunded)]


def _open_payment(payment: Payment) -> OpenPayment:
    return OpenPayment(
        payment_id=payment.payment_id,
        day=shop_date(payment.paid_at or payment.created_at),
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        method=payment.payment_method,
        # The id on a customer's own message is a trail, which only the statement itself confirms.
        transaction_id=payment.transaction_id or payment.claimed_transaction_id,
        reference=payment.transaction_reference,
        invoice_number=payment.invoice_number or "",
        order_number=payment.order.order_number if payment.order else "",
        phone=payment.phone_number,
        customer_name=payment.customer_name,
        account_number=payment.account_number,
        reconciled=payment.reconciled,
        refunded=tuple(
            OpenRefund(
                refund_id=refund.refund_id,
                amount_minor=refund.refund_amount_minor,
                day=shop_date(refund.refund_completed_at),
                transaction_id=refund.refund_transaction_id,
            )
            for refund in payment.refund_requests
            if refund.status is RefundStatus.COMPLETED and refund.refund_completed_at
        ),
    )


def drop_stale_proposals(session: Session, reconciliation: PaymentReconciliation) -> None:
    """Set proposals aside that a later decision on their lines or payments overtook.

    One of them must not hold up all the others when everything certain is approved at once.
    """
    taken_lines = (
        select(MatchLine.match_id)
        .join(StatementLine, StatementLine.id == MatchLine.line_id)
        .where(StatementLine.state.in_([LineState.MATCHED, LineState.IGNORED]))
    )
    taken_payments = (
        select(MatchPayment.match_id)
        .join(Payment, Payment.id == MatchPayment.payment_id)
        .where(or_(Payment.reconciled, Payment.status.not_in(MATCHABLE_STATUSES)))
    )
    stale = session.scalars(
        select(Match).where(
            Match.reconciliation_id == reconciliation.id,
            Match.state == MatchState.PROPOSED,
            or_(
                Match.id.in_(taken_lines),
                and_(Match.kind.in_(PROVING_KINDS), Match.id.in_(taken_payments)),
            ),
        )
    )
    for proposal in stale:
        proposal.state = MatchState.SUPERSEDED
    session.flush()


def store_proposals(
    unit: UnitOfWork, reconciliation: PaymentReconciliation, result: MatchingResult
) -> None:
    """Replace the open proposals by the matcher's, except for pairs a clerk declined."""
    session = unit.session
    old = session.scalars(
        select(Match).where(
            Match.reconciliation_id == reconciliation.id, Match.state == MatchState.PROPOSED
        )
    ).all()
    for earlier in old:
        earlier.state = MatchState.SUPERSEDED
    lines = {
        line.id: line
        for line in session.scalars(
            select(StatementLine).where(
                StatementLine.reconciliation_id == reconciliation.id,
                StatementLine.state.in_([LineState.UNMATCHED, LineState.SUGGESTED]),
            )
        )
    }
    for line in lines.values():
        line.state = LineState.UNMATCHED
    declined = _declined_pairs(session, reconciliation)
    numbers = _payment_numbers(session, [*result.matches, *result.suggestions])
    for proposal in (*result.matches, *result.suggestions):
        still_open = all(line_id in lines for line_id in proposal.line_ids)
        if not still_open or _pair(proposal, numbers) in declined:
            continue
        for line_id in proposal.line_ids:
            lines[line_id].state = LineState.SUGGESTED
        session.add(_proposed(unit, reconciliation, proposal, numbers))
    session.flush()


def _proposed(
    unit: UnitOfWork,
    reconciliation: PaymentReconciliation,
    proposal: Proposal,
    numbers: dict[str, int],
) -> Match:
    return Match(
        reconciliation=reconciliation,
        kind=proposal.kind,
        automatic=proposal.automatic,
        ambiguous=proposal.ambiguous,
        confidence=proposal.confidence,
        reasons=list(proposal.reasons),
        difference_minor=proposal.difference_minor,
        proposed_at=unit.now,
        line_links=[MatchLine(line_id=line_id) for line_id in proposal.line_ids],
        payment_links=[
            MatchPayment(payment_id=numbers[payment_id]) for payment_id in proposal.payment_ids
        ],
    )


def _payment_numbers(session: Session, proposals: Sequence[Proposal]) -> dict[str, int]:
    """Return the internal key of every payment the proposals name."""
    wanted = sorted({payment_id for p in proposals for payment_id in p.payment_ids})
    numbers: dict[str, int] = {}
    for start in range(0, len(wanted), 500):
        chunk = wanted[start : start + 500]
        rows = session.execute(
            select(Payment.payment_id, Payment.id).where(Payment.payment_id.in_(chunk))
        )
        numbers.update((public, key) for public, key in rows)
    return numbers


Pair = tuple[frozenset[int], frozenset[int]]


def _pair(proposal: Proposal, numbers: dict[str, int]) -> Pair:
    return frozenset(proposal.line_ids), frozenset(numbers[p] for p in proposal.payment_ids)


def _declined_pairs(session: Session, reconciliation: PaymentReconciliation) -> set[Pair]:
    declined = session.scalars(
        select(Match)
        .where(Match.reconciliation_id == reconciliation.id, Match.state == MatchState.DECLINED)
        .options(selectinload(Match.line_links), selectinload(Match.payment_links))
    )
    return {
        (
            frozenset(link.line_id for link in match.line_links),
            frozenset(link.payment_id for link in match.payment_links),
        )
        for match in declined
    }
