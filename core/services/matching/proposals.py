"""How the matcher's proposals are kept, in place of those it made before."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import Future
from json.encoder import encode_basestring_ascii

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.database.bulk import beside, take_keys
from core.database.driver_questions import stored
from core.database.spelling import each_number, each_text, json_list
from core.database.unit_of_work import Database, UnitOfWork
from core.matching.records import MatchingResult, MatchKind, Proposal
from core.model.payments import Payment
from core.model.reconciliations import (
    UNFINISHED_SEARCH,
    LineState,
    Match,
    MatchState,
    PaymentReconciliation,
    StatementLine,
)
from core.services.learning.declines import declined_of
from core.services.learning.keys import these
from core.services.matching.candidates import LOOK_BACK, open_line_ids
from core.services.matching.line_offers import offers_of
from core.services.reconciliations.detail import in_days_of

_ROWS_ONLY = {"synchronize_session": False}
_PROPOSED = MatchState.PROPOSED.value
_KINDS = {kind: str(kind) for kind in MatchKind}
_MATCH_COLUMNS = (
    "id", "reconciliation_id", "kind", "automatic", "ambiguous", "confidence", "reasons",
    "difference_minor", "proposed_at", "state", "decided_by", "version",
)  # fmt: skip
_LINE_COLUMNS = ("match_id", "line_id", "active")
_PAYMENT_COLUMNS = ("match_id", "payment_id", "position", "active", "completed_here")

PROVING_KINDS = frozenset({"one_to_one", "fee_net", "settlement", "split", "by_hand"})
"""Matches that prove their payments; a reversal, refund or charge only explains its line."""


def store_proposals(
    unit: UnitOfWork,
    reconciliation: PaymentReconciliation,
    result: MatchingResult,
    keys: Future[Mapping[str, int]],
    kept: AbstractSet[int] = frozenset(),
) -> None:
    """Replace the open proposals by the matcher's, except for pairs a clerk declined.

    ``keys`` are as :func:`payment_keys` finds for those :func:`not_kept`. ``kept`` are the lines
    of matches that :func:`keep_settled` stored: all other proposals are added to those.
    """
    session = unit.session
    if not kept:
        set_old_aside(session, reconciliation)
    still_open = set(open_line_ids(session, reconciliation))
    wanted = [each for each in not_kept(result, kept) if still_open.issuperset(each.line_ids)]
    _store(unit, reconciliation, wanted, keys.result, kept)
    reconciliation.not_searched = _not_searched(session, result, still_open)


def keep_settled(
    unit: UnitOfWork,
    reconciliation: PaymentReconciliation,
    matches: Sequence[Proposal],
    keys: Mapping[str, int],
) -> None:
    """Store matches of a search that goes on; until it is over, the statement says it is not."""
    line_ids = [line_id for each in matches for line_id in each.line_ids]
    settled = unit.session.scalars(
        select(StatementLine.id).where(
            StatementLine.id.in_(these(line_ids)), StatementLine.state != LineState.UNMATCHED
        )
    )
    decided = set(settled)
    wanted = [each for each in matches if decided.isdisjoint(each.line_ids)] if decided else matches
    _store(unit, reconciliation, wanted, lambda: keys)
    reconciliation.not_searched = [UNFINISHED_SEARCH]


def not_kept(result: MatchingResult, kept: AbstractSet[int]) -> list[Proposal]:
    """Return the proposals that are still to be stored; no two matches share a line."""
    left = (each for each in result.matches if each.line_ids[0] not in kept)
    return [*left, *result.suggestions]


def _store(
    unit: UnitOfWork,
    reconciliation: PaymentReconciliation,
    proposals: Sequence[Proposal],
    keys: Callable[[], Mapping[str, int]],
    kept: AbstractSet[int] = frozenset(),
) -> None:
    """Write proposals for open lines as rows: a large statement brings a hundred thousand.

    Rows are made while the database writes those made before.
    """
    session = unit.session
    declined = declined_of(session, reconciliation)
    # The matcher knows what was declined before; this leaves out what was while it looked.
    wanted = [each for each in proposals if not declined.forbids(each)]
    # Nobody else writes within this unit of work, so the next keys are ours.
    first = take_keys(session, Match, len(wanted))
    with beside(session) as asked:
        asked.insert_rows(
            "match", _MATCH_COLUMNS, _match_rows(wanted, first, reconciliation.id, unit)
        )
        asked.insert_rows("match_line", _LINE_COLUMNS, _line_rows(wanted, first))
        known = keys()
        proved = asked.ask(_proved, session, reconciliation, known)
        asked.insert_rows("match_payment", _PAYMENT_COLUMNS, _payment_rows(wanted, first, known))
        asked.ask(_offer, session, offers_of(wanted, proved.result()), kept)
    session.expire_all()


def _offer(session: Session, offers: Mapping[str, Sequence[int]], kept: AbstractSet[int]) -> None:
    """Mark lines with what was found for them; those ``kept`` are certain, whatever else is."""
    for offer, line_ids in offers.items():
        marked = these(each for each in line_ids if each not in kept)
        session.execute(
            update(StatementLine)
            .where(StatementLine.id.in_(marked))
            .values(state=LineState.SUGGESTED, offer=offer),
            execution_options=_ROWS_ONLY,
        )


def _not_searched(
    session: Session, result: MatchingResult, still_open: AbstractSet[int]
) -> list[str]:
    """Say of each open line that could not be searched which it is, and why."""
    reasons = {each.line_id: each.reason for each in result.given_up if each.line_id in still_open}
    lines = session.execute(
        select(StatementLine.id, StatementLine.line_number)
        .where(StatementLine.id.in_(each_number(reasons)))
        .order_by(StatementLine.line_number, StatementLine.id)
    )
    return [f"Line {number} is left to a person: {reasons[key]}." for key, number in lines]


def set_old_aside(session: Session, reconciliation: PaymentReconciliation) -> None:
    """Let no proposal stand that nobody decided about: its lines wait again."""
    session.flush()
    # The lines first: those that no longer wait for a proposal need no mark when it goes.
    session.execute(
        update(StatementLine)
        .where(
            StatementLine.reconciliation_id == reconciliation.id,
            StatementLine.state == LineState.SUGGESTED,
        )
        .values(state=LineState.UNMATCHED, offer=None),
        execution_options=_ROWS_ONLY,
    )
    session.execute(
        update(Match)
        .where(Match.reconciliation_id == reconciliation.id, Match.state == MatchState.PROPOSED)
        .values(state=MatchState.SUPERSEDED, version=Match.version + 1),
        execution_options=_ROWS_ONLY,
    )


def _match_rows(
    proposals: Sequence[Proposal], first: int, reconciliation_id: int, unit: UnitOfWork
) -> Iterator[tuple[object, ...]]:
    """Return proposals as the database keeps them, their keys counted from the first."""
    proposed_at = stored(unit.now)
    return (
        (
            key,
            reconciliation_id,
            _KINDS[each.kind],
            each.automatic,
            each.ambiguous,
            each.confidence,
            _json_list(each.reasons),
            each.difference_minor,
            proposed_at,
            _PROPOSED,
            "",
            1,
        )
        for key, each in enumerate(proposals, first)
    )


def _line_rows(proposals: Sequence[Proposal], first: int) -> Iterator[tuple[object, ...]]:
    return (
        (key, line_id, False)
        for key, each in enumerate(proposals, first)
        for line_id in each.line_ids
    )


def _payment_rows(
    proposals: Sequence[Proposal], first: int, keys: Mapping[str, int]
) -> Iterator[tuple[object, ...]]:
    return (
        (key, keys[payment_id], position, False, False)
        for key, each in enumerate(proposals, first)
        for position, payment_id in enumerate(each.payment_ids)
    )


def payment_keys(database: Database, proposals: Iterable[Proposal]) -> Mapping[str, int]:
    """Return the internal key of every payment named: it never changes, so no lock is needed."""
    named = {payment_id for each in proposals for payment_id in each.payment_ids}
    asked = select(json_list(Payment.payment_id), json_list(Payment.id)).where(
        Payment.payment_id.in_(each_text(sorted(named)))
    )
    with database.read() as session:
        found = session.execute(asked).one()
    return dict(zip(*map(json.loads, found), strict=True))


def _proved(
    session: Session, reconciliation: PaymentReconciliation, keys: Mapping[str, int]
) -> set[str]:
    """Return which payments of a statement's time were proved meanwhile.

    The index of proved payments alone tells. The sum hides the key from the planner, which would
    otherwise fetch each payment's own row.
    """
    proved = session.scalars(
        select(Payment.id).where(
            Payment.reconciled.is_(True),
            *in_days_of(reconciliation, LOOK_BACK),
            (Payment.id + 0).in_(these(keys.values())),
        )
    )
    found = set(proved)
    return {payment_id for payment_id, key in keys.items() if key in found} if found else set()


def _json_list(texts: Sequence[str]) -> str:
    """Return what ``json.dumps`` does, which takes three times as long for a short list."""
    return f"[{', '.join(map(encode_basestring_ascii, texts))}]"
