"""What was declined on a statement, and declining some of a choice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from core.database.unit_of_work import UnitOfWork
from core.errors import ConflictError, InvalidInputError
from core.matching.declined import NOTHING_DECLINED, Declined, declined_by, left_of
from core.matching.records import MatchKind, Proposal
from core.model.lessons import LiftedDecline
from core.model.payments import Payment
from core.model.reconciliations import (
    Match,
    MatchLine,
    MatchPayment,
    MatchState,
    PaymentReconciliation,
)
from core.services.matching.candidates import facts_of
from core.services.matching.line_states import settle_lines

CHOICE_KINDS = ("one_to_one", "fee_net")


def declined_of(session: Session, reconciliation: PaymentReconciliation) -> Declined:
    """Return what was declined on a statement and not lifted since."""
    wanted = standing_declines().where(Match.reconciliation_id == reconciliation.id)
    kinds = {row.id: row.kind for row in session.execute(wanted)}
    if not kinds:
        return NOTHING_DECLINED
    lines: dict[int, list[int]] = defaultdict(list)
    payments: dict[int, list[str]] = defaultdict(list)
    keys = wanted.with_only_columns(Match.id)
    for key, line_id in session.execute(
        select(MatchLine.match_id, MatchLine.line_id).where(MatchLine.match_id.in_(keys))
    ):
        lines[key].append(line_id)
    for key, payment_id in session.execute(
        select(MatchPayment.match_id, Payment.payment_id)
        .join(Payment, Payment.id == MatchPayment.payment_id)
        .where(MatchPayment.match_id.in_(keys))
    ):
        payments[key].append(payment_id)
    each = [declined_by(kind, lines[key], payments[key]) for key, kind in kinds.items()]
    return Declined(
        pairs=frozenset().union(*(one.pairs for one in each)),
        wholes=frozenset().union(*(one.wholes for one in each)),
    )


def standing_declines() -> Select[int, str]:
    """Select key and kind of every match that was declined and may not be offered again."""
    lifted = exists().where(LiftedDecline.match_id == Match.id, LiftedDecline.restored_at.is_(None))
    return select(Match.id, Match.kind).where(Match.state == MatchState.DECLINED, ~lifted)


def decline_some(
    unit: UnitOfWork, proposal: Match, payment_ids: Sequence[str]
) -> tuple[Match, ...]:
    """Decline some payments of a choice; what is left is offered on, line by line.

    What is left has reasons and a difference of its own, those the next search would find.

    Returns:
        The proposals that are left.

    Raises:
        ConflictError: the match is no proposal, or no choice.
        InvalidInputError: none of its payments was named, or all of them.

    """
    session, reconciliation = unit.session, proposal.reconciliation
    reconciliation.require_open()
    if proposal.state is not MatchState.PROPOSED:
        raise ConflictError("Nothing was changed. This match is no longer a proposal.")
    if proposal.kind not in CHOICE_KINDS:
        raise ConflictError(
            "Nothing was changed. These payments belong together: decline all of them."
        )
    keys = _payment_keys(session, proposal)
    out = [each for each in dict.fromkeys(payment_ids) if each in keys]
    if not out or len(out) == len(keys):
        raise InvalidInputError("Choose some of the payments offered, not all of them.")
    line_ids = [link.line_id for link in proposal.line_links]
    lines, payments = facts_of(session, reconciliation, line_ids, list(keys.values()))
    declined = _declined(unit, proposal, [keys[each] for each in out])
    proposal.state = MatchState.SUPERSEDED
    session.flush()
    offered = Proposal(
        line_ids=tuple(lines),
        payment_ids=tuple(keys),
        kind=MatchKind(proposal.kind),
        automatic=False,
        confidence=proposal.confidence,
        reasons=tuple(proposal.reasons),
    )
    standing = declined_of(session, reconciliation)
    rest = tuple(
        _stored(proposal, each, keys) for each in left_of(standing, offered, lines, payments)
    )
    session.add_all(rest)
    session.flush()
    unit.audit(
        "match:declined",
        "reconciliation",
        reconciliation.reconciliation_id,
        match=declined.id,
        kind=declined.kind,
        lines=[link.line.line_number for link in proposal.line_links],
        payments=out,
    )
    settle_lines(session, line_ids)
    return rest


def _payment_keys(session: Session, proposal: Match) -> dict[str, int]:
    """Return the payments of a choice, those still free first, else as they were offered."""
    rows = session.execute(
        select(Payment.payment_id, Payment.id)
        .join(MatchPayment, MatchPayment.payment_id == Payment.id)
        .where(MatchPayment.match_id == proposal.id)
        .order_by(Payment.reconciled, MatchPayment.position, Payment.id)
    )
    return {row.payment_id: row.id for row in rows}


def _declined(unit: UnitOfWork, proposal: Match, payments: Sequence[int]) -> Match:
    """Keep that some payments of a choice were declined for each of its lines."""
    part = Match(
        reconciliation=proposal.reconciliation,
        kind=proposal.kind,
        automatic=False,
        ambiguous=len(payments) > 1 or len(proposal.line_links) > 1,
        confidence=proposal.confidence,
        reasons=list(proposal.reasons),
        difference_minor=proposal.difference_minor,
        state=MatchState.DECLINED,
        proposed_at=proposal.proposed_at,
        decided_by=unit.actor_name,
        decided_at=unit.now,
        line_links=[MatchLine(line_id=link.line_id) for link in proposal.line_links],
        payment_links=_links(payments),
    )
    unit.session.add(part)
    return part


def _stored(proposal: Match, left: Proposal, keys: Mapping[str, int]) -> Match:
    return Match(
        reconciliation=proposal.reconciliation,
        kind=str(left.kind),
        automatic=False,
        ambiguous=left.ambiguous,
        confidence=left.confidence,
        reasons=list(left.reasons),
        difference_minor=left.difference_minor,
        state=MatchState.PROPOSED,
        proposed_at=proposal.proposed_at,
        line_links=[MatchLine(line_id=each) for each in left.line_ids],
        payment_links=_links([keys[each] for each in left.payment_ids]),
    )


def _links(payments: Sequence[int]) -> list[MatchPayment]:
    return [MatchPayment(payment_id=key, position=place) for place, key in enumerate(payments)]
