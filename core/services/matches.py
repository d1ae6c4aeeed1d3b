"""Matching statement lines with payments: propose, approve, undo, match by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from core.database.unit_of_work import Database, UnitOfWork
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.model.journal import Topic
from core.model.payments import Payment
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
from core.permissions import Actor, Permission
from core.services.line_states import settle_lines
from core.services.match_candidates import MATCHABLE_STATUSES
from core.services.match_proposals import PROVING_KINDS, drop_stale_proposals
from core.services.payment_rules import refuse_points_on_statement
from core.services.payments import complete_from_statement, find_payment, set_reconciled
from core.services.proposing.apart import look_for
from core.services.proposing.search import Watch
from core.services.reconciliation_detail import load_detail
from core.services.reconciliations import (
    FEE_KINDS,
    begin_work,
    find_reconciliation,
    refresh_counts,
)
from core.services.rows import ReconciliationDetail

CHOICE_KINDS = frozenset({"one_to_one", "fee_net"})
"""Matches of one line with one payment; a set of them is a list to choose from."""


class MatchService:
    """The verbs of a match. Until a reconciliation is closed every match can be undone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def propose(
        self,
        actor: Actor,
        reconciliation_id: str,
        *,
        cancelled: Callable[[], bool] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> ReconciliationDetail:
        """Look for matches of every open line and store them as proposals with their reasons.

        The search holds no lock; what was decided meanwhile stays as it is. ``progress`` is told
        how much is done of how much; MatchingCancelledError says that ``cancelled`` answered yes.
        """
        self.look_for(actor, reconciliation_id, cancelled=cancelled, progress=progress)
        with self._database.read() as session:
            return load_detail(session, find_reconciliation(session, reconciliation_id))

    def look_for(
        self,
        actor: Actor,
        reconciliation_id: str,
        *,
        cancelled: Callable[[], bool] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Do as :meth:`propose`, for who does not need to see all of it."""
        self._database.require(actor, Permission.RECONCILE)
        look_for(self._database, actor, reconciliation_id, Watch(cancelled, progress))

    def approve(self, actor: Actor, match_ids: Sequence[int]) -> ReconciliationDetail:
        """Approve proposals: their payments become reconciled, all of them or none.

        Raises:
            ConflictError: a line or payment is matched already; the message says by whom.

        """
        self._database.require(actor, Permission.RECONCILE)
        with self._database.write(actor) as unit:
            matches = _find_matches(unit.session, match_ids)
            for proposal in matches:
                _approve(unit, actor, proposal)
            return _committed_detail(unit, matches[0].reconciliation)

    def approve_automatic(self, actor: Actor, reconciliation_id: str) -> ReconciliationDetail:
        """Approve every certain proposal of a reconciliation that still holds."""
        self._database.require(actor, Permission.RECONCILE)
        with self._database.write(actor) as unit:
            reconciliation = find_reconciliation(unit.session, reconciliation_id)
            drop_stale_proposals(unit.session, reconciliation)
            proposals = unit.session.scalars(
                select(Match)
                .where(
                    Match.reconciliation_id == reconciliation.id,
                    Match.state == MatchState.PROPOSED,
                    Match.automatic,
                )
                .options(selectinload(Match.line_links), selectinload(Match.payment_links))
                .order_by(Match.id)
            ).all()
            for proposal in proposals:
                _approve(unit, actor, proposal)
            return _committed_detail(unit, reconciliation)

    def decline(self, actor: Actor, match_id: int) -> ReconciliationDetail:
        """Refuse a proposal; it is not shown again for this statement."""
        self._database.require(actor, Permission.RECONCILE)
        with self._database.write(actor) as unit:
            proposal = _find_match(unit.session, match_id)
            proposal.reconciliation.require_open()
            if proposal.state is not MatchState.PROPOSED:
                raise ConflictError("Nothing was changed. This match is no longer a proposal.")
            _decide(unit, proposal, MatchState.DECLINED, "match:declined")
            settle_lines(unit.session, [link.line for link in proposal.line_links])
            return _committed_detail(unit, proposal.reconciliation)

    def match_by_hand(
        self,
        actor: Actor,
        reconciliation_id: str,
        line_ids: Sequence[int],
        payment_ids: Sequence[str],
    ) -> ReconciliationDetail:
        """Match lines and payments a clerk put together; a difference is kept with the match.

        Raises:
            InvalidInputError: a side is empty, or directions or currencies do not fit.
            ConflictError: a line or payment is matched already.

        """
        self._database.require(actor, Permission.RECONCILE)
        if not line_ids or not payment_ids:
            raise InvalidInputError("Choose at least one line and one payment.")
        with self._database.write(actor) as unit:
            reconciliation = find_reconciliation(unit.session, reconciliation_id)
            reconciliation.require_open()
            # Each once: the same line chosen twice does not bring its money twice.
            lines = [
                _find_line(unit.session, reconciliation, line_id)
                for line_id in dict.fromkeys(line_ids)
            ]
            payments = [
                find_payment(unit.session, payment_id) for payment_id in dict.fromkeys(payment_ids)
            ]
            _check_by_hand(reconciliation, lines, payments)
            paid = sum(payment.amount_minor for payment in payments)
            received = sum(line.amount_minor for line in lines)
            by_hand = Match(
                reconciliation=reconciliation,
                kind="by_hand",
                confidence=100,
                reasons=[f"Put together by {actor.name}."],
                difference_minor=paid - received,
                proposed_at=unit.now,
                line_links=[MatchLine(line=line) for line in lines],
                payment_links=[MatchPayment(payment_id=payment.id) for payment in payments],
            )
            unit.session.add(by_hand)
            unit.session.flush()
            _approve(unit, actor, by_hand)
            return _committed_detail(unit, reconciliation)

    def undo(self, actor: Actor, match_ids: Sequence[int]) -> ReconciliationDetail:
        """Take approved matches back: their payments are no longer reconciled, all or none.

        A payment that a match completed stays completed: the money was seen on the statement.

        Raises:
            ConflictError: a match does not stand; none of them was taken back.

        """
        self._database.require(actor, Permission.RECONCILE)
        with self._database.write(actor) as unit:
            matches = _find_matches(unit.session, match_ids)
            # No question below depends on what is written here: one flush at the end is enough.
            with unit.session.no_autoflush:
                for approved in matches:
                    _undo(unit, approved)
            lines = [link.line for approved in matches for link in approved.line_links]
            settle_lines(unit.session, lines)
            return _committed_detail(unit, matches[0].reconciliation)


def _find_matches(session: Session, match_ids: Sequence[int]) -> list[Match]:
    """Return matches of one statement, each once."""
    if not match_ids:
        raise InvalidInputError("Choose at least one match.")
    wanted = (
        select(Match)
        .where(Match.id.in_(match_ids))
        .options(
            selectinload(Match.line_links).joinedload(MatchLine.line),
            selectinload(Match.payment_links),
        )
    )
    found = {each.id: each for each in session.scalars(wanted)}
    if any(match_id not in found for match_id in match_ids):
        raise NotFoundError("Nothing was changed. There is no such match.")
    matches = [found[match_id] for match_id in dict.fromkeys(match_ids)]
    if len({each.reconciliation_id for each in matches}) > 1:
        raise InvalidInputError("Nothing was changed. Choose matches of one statement.")
    return matches


def _find_match(session: Session, match_id: int) -> Match:
    found = session.get(Match, match_id)
    if found is None:
        raise NotFoundError("Nothing was changed. There is no such match.")
    return found


def _find_line(
    session: Session, reconciliation: PaymentReconciliation, line_id: int
) -> StatementLine:
    line = session.get(StatementLine, line_id)
    if line is None or line.reconciliation_id != reconciliation.id:
        raise NotFoundError("Nothing was changed. The statement has no such line.")
    return line


def _check_by_hand(
    reconciliation: PaymentReconciliation,
    lines: Sequence[StatementLine],
    payments: Sequence[Payment],
) -> None:
    if any(line.amount_minor <= 0 for line in lines):
        raise InvalidInputError(
            "Nothing was matched. Money that left the account cannot be a customer's payment."
        )
    for payment in payments:
        refuse_points_on_statement(payment, "Nothing was matched.")
        if payment.currency != reconciliation.currency:
            raise InvalidInputError(
                f"Nothing was matched. The payment is in {payment.currency}, the statement in"
                f" {reconciliation.currency}."
            )


def _approve(unit: UnitOfWork, actor: Actor, proposal: Match) -> None:
    proposal.reconciliation.require_open()
    if proposal.state is not MatchState.PROPOSED:
        raise ConflictError("Nothing was changed. This match was decided already.")
    _refuse_choice(proposal)
    proves = proposal.kind in PROVING_KINDS
    for line_link in proposal.line_links:
        _refuse_explained(line_link.line)
        line_link.line.state = LineState.MATCHED
        line_link.active = True
    if proves:
        for link in proposal.payment_links:
            _prove(unit, actor, link)
    begin_work(proposal.reconciliation)
    _decide(unit, proposal, MatchState.APPROVED, "match:approved")


def _undo(unit: UnitOfWork, approved: Match) -> None:
    approved.reconciliation.require_open()
    if approved.state is not MatchState.APPROVED:
        raise ConflictError("Nothing was changed. This match does not stand.")
    for link in approved.payment_links:
        if link.active:
            _take_back(unit, link)
    for line_link in approved.line_links:
        line_link.active = False
    _decide(unit, approved, MatchState.UNDONE, "match:undone")


def _refuse_choice(proposal: Match) -> None:
    """Refuse a set of equals as a whole: one line would prove every payment of it."""
    members = max(len(proposal.line_links), len(proposal.payment_links))
    if proposal.ambiguous and proposal.kind in CHOICE_KINDS and members > 1:
        raise ConflictError(
            "Nothing was matched. Nothing tells the members of this set apart: choose a line and"
            " its payment, and match the two by hand."
        )


def _refuse_explained(line: StatementLine) -> None:
    if line.state is LineState.MATCHED:
        raise ConflictError(f"Nothing was matched. Line {line.line_number} is matched already.")
    if line.state is LineState.IGNORED:
        raise ConflictError(
            f"Nothing was matched. Line {line.line_number} was set aside; take it back first."
        )


def _prove(unit: UnitOfWork, actor: Actor, link: MatchPayment) -> None:
    payment = unit.session.get_one(Payment, link.payment_id)
    if payment.status not in MATCHABLE_STATUSES:
        raise ConflictError(
            f"Nothing was matched. The payment of"
            f" {display(payment.amount_minor, payment.currency)} is {payment.status}."
        )
    first = unit.session.scalar(
        select(Match)
        .join(MatchPayment, MatchPayment.match_id == Match.id)
        .where(MatchPayment.payment_id == payment.id, MatchPayment.active)
    )
    if first is not None or payment.reconciled:
        who = first.decided_by if first is not None else payment.reconciled_by
        raise ConflictError(
            f"Nothing was matched. The payment of"
            f" {display(payment.amount_minor, payment.currency)} was already reconciled by {who}."
        )
    link.active = True
    if payment.is_pending:
        if link.match.difference_minor and link.match.kind not in FEE_KINDS:
            # What a line proves is its own amount; a person answers for any other.
            raise ConflictError(
                f"Nothing was matched. The payment of"
                f" {display(payment.amount_minor, payment.currency)} is still {payment.status}, and"
                " the statement shows another amount: complete the payment first, then match it."
            )
        complete_from_statement(unit, payment)
        link.completed_here = True
    set_reconciled(unit, payment, by=actor.name)


def _take_back(unit: UnitOfWork, link: MatchPayment) -> None:
    payment = unit.session.get_one(Payment, link.payment_id)
    payment.reconciled = False
    payment.reconciled_at = None
    payment.reconciled_by = ""
    payment.updated_at = unit.now
    link.active = False
    unit.changed(Topic.PAYMENTS, payment.payment_id)


def _decide(unit: UnitOfWork, proposal: Match, state: MatchState, action: str) -> None:
    proposal.state = state
    proposal.decided_by = unit.actor_name
    proposal.decided_at = unit.now
    keys = [link.payment_id for link in proposal.payment_links]
    payment_ids = list(unit.session.scalars(select(Payment.payment_id).where(Payment.id.in_(keys))))
    lines = [link.line.line_number for link in proposal.line_links]
    unit.audit(
        action,
        "reconciliation",
        proposal.reconciliation.reconciliation_id,
        match=proposal.id,
        kind=proposal.kind,
        lines=lines,
        payments=payment_ids,
        reasons=list(proposal.reasons),
    )
    for payment_id in payment_ids:
        unit.audit(action, "payment", payment_id, lines=lines, kind=proposal.kind)


def _committed_detail(
    unit: UnitOfWork, reconciliation: PaymentReconciliation
) -> ReconciliationDetail:
    refresh_counts(unit.session, reconciliation)
    unit.changed(Topic.RECONCILIATIONS, reconciliation.reconciliation_id)
    unit.session.flush()
    detail = load_detail(unit.session, reconciliation)
    unit.commit()
    return detail
