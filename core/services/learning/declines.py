"""What was declined on a statement, and declining some of a choice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from core.database.unit_of_work import UnitOfWork
from core.errors import ConflictError, InvalidInputError
from core.matching.declined import NOTHING_DECLINED, Declined, declined_by
from core.model.lessons import LiftedDecline
from core.model.payments import Payment
from core.model.reconciliations import (
    Match,
    MatchLine,
    MatchPayment,
    MatchState,
    PaymentReconciliation,
)

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


def decline_some(unit: UnitOfWork, proposal: Match, payment_ids: Sequence[str]) -> Match:
    """Decline some payments of a choice; what is left is offered on, as a smaller choice.

    Returns:
        The proposal that is left.

    Raises:
        ConflictError: the match is no proposal, or no choice.
        InvalidInputError: none of its payments was named, or all of them.

    """
    proposal.reconciliation.require_open()
    if proposal.state is not MatchState.PROPOSED:
        raise ConflictError("Nothing was changed. This match is no longer a proposal.")
    if proposal.kind not in CHOICE_KINDS:
        raise ConflictError(
            "Nothing was changed. These payments belong together: decline all of them."
        )
    links = sorted(proposal.payment_links, key=lambda link: link.position)
    offered = [link.payment_id for link in links]
    rows = unit.session.execute(
        select(Payment.payment_id, Payment.id, Payment.amount_minor).where(Payment.id.in_(offered))
    ).all()
    found = {row.id: row.payment_id for row in rows}
    keys = {found[key]: key for key in offered}
    amounts = {row.id: row.amount_minor for row in rows}
    out = [keys[each] for each in dict.fromkeys(payment_ids) if each in keys]
    left = [key for key in keys.values() if key not in out]
    if not out or not left:
        raise InvalidInputError("Choose some of the payments offered, not all of them.")
    number = len(out)
    declined = _part(unit, proposal, out, amounts, MatchState.DECLINED, proposal.reasons)
    told = f"{number} declined before and not offered again"
    rest = _part(unit, proposal, left, amounts, MatchState.PROPOSED, [*proposal.reasons, told])
    proposal.state = MatchState.SUPERSEDED
    unit.session.flush()
    unit.audit(
        "match:declined",
        "reconciliation",
        proposal.reconciliation.reconciliation_id,
        match=declined.id,
        kind=declined.kind,
        lines=[link.line.line_number for link in proposal.line_links],
        payments=[payment_id for payment_id, key in keys.items() if key in out],
    )
    return rest


def _part(
    unit: UnitOfWork,
    proposal: Match,
    payments: Sequence[int],
    amounts: Mapping[int, int],
    state: MatchState,
    reasons: Sequence[str],
) -> Match:
    """Make a proposal of some payments; a choice differs by what its first payment does."""
    decided = state is MatchState.DECLINED
    part = Match(
        reconciliation=proposal.reconciliation,
        kind=proposal.kind,
        automatic=False,
        ambiguous=len(payments) > 1 or len(proposal.line_links) > 1,
        confidence=proposal.confidence,
        reasons=list(reasons),
        difference_minor=amounts[payments[0]] - proposal.line_links[0].line.amount_minor,
        state=state,
        proposed_at=proposal.proposed_at,
        decided_by=unit.actor_name if decided else "",
        decided_at=unit.now if decided else None,
        line_links=[MatchLine(line_id=link.line_id) for link in proposal.line_links],
        payment_links=[
            MatchPayment(payment_id=key, position=place) for place, key in enumerate(payments)
        ],
    )
    unit.session.add(part)
    return part
