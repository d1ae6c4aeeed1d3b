"""What a reconciliation looks like line by line: which candidates a line has, and which is best.

Pure: made from a ``ReconciliationDetail`` off the GUI thread and only read afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.model.reconciliations import LineState, MatchState
from core.services.match_proposals import PROVING_KINDS
from core.services.rows import MatchRow, PaymentRow, ReconciliationDetail, StatementLineRow


class Category(StrEnum):
    """What a clerk still has to do with a line."""

    CERTAIN = "certain"
    SUGGESTED = "suggested"
    AMBIGUOUS = "ambiguous"
    UNMATCHED = "unmatched"
    MATCHED = "matched"
    IGNORED = "ignored"

    @property
    def is_open(self) -> bool:
        """Tell whether the line still wants a decision."""
        return self not in {Category.MATCHED, Category.IGNORED}


@dataclass(frozen=True, slots=True)
class Candidate:
    """What one key approves for a line.

    A *choice* is one payment of a set that nothing tells apart: taking it is the clerk's own
    decision for this line alone, so it is matched by hand. Otherwise the proposal stands whole.
    """

    match: MatchRow
    payments: tuple[PaymentRow, ...]
    is_choice: bool


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One line of the statement with what it waits for."""

    line: StatementLineRow
    category: Category
    candidates: tuple[Candidate, ...]
    approved: MatchRow | None

    @property
    def line_id(self) -> int:
        """The line's identity."""
        return self.line.line_id

    @property
    def best(self) -> Candidate | None:
        """The candidate that Enter approves; none where several are equally good."""
        return None if self.category is Category.AMBIGUOUS else next(iter(self.candidates), None)


@dataclass(frozen=True, slots=True)
class Share:
    """How many lines, and their sum in minor units."""

    count: int = 0
    amount_minor: int = 0


class Board:
    """A reconciliation arranged for the page; immutable."""

    def __init__(self, detail: ReconciliationDetail) -> None:
        self.detail = detail
        candidates: dict[int, list[Candidate]] = {}
        approved: dict[int, MatchRow] = {}
        for match in detail.matches:
            if match.state is MatchState.APPROVED:
                approved.update((line.line_id, match) for line in match.lines)
            else:
                for line in match.lines:
                    candidates.setdefault(line.line_id, []).extend(_candidates(match))
        self.lines = tuple(
            _board_line(line, candidates.get(line.line_id, ()), approved.get(line.line_id))
            for line in detail.lines
        )
        self._by_id = {each.line_id: each for each in self.lines}
        self.shares = self._shares()
        self.certain_match_ids = tuple(
            dict.fromkeys(
                each.candidates[0].match.match_id
                for each in self.lines
                if each.category is Category.CERTAIN
            )
        )

    @property
    def is_locked(self) -> bool:
        """Tell whether the reconciliation is closed."""
        return self.detail.reconciliation.status.is_closed

    def line(self, line_id: int) -> BoardLine | None:
        """Return a line by its id."""
        return self._by_id.get(line_id)

    def of(self, category: Category | None) -> tuple[BoardLine, ...]:
        """Return the lines of a category, or all, in the statement's order."""
        if category is None:
            return self.lines
        return tuple(each for each in self.lines if each.category is category)

    def share(self, *categories: Category) -> Share:
        """Return count and sum of some categories together."""
        found = [self.shares[category] for category in categories]
        return Share(sum(s.count for s in found), sum(s.amount_minor for s in found))

    def last_decided_by(self, name: str) -> tuple[int, ...]:
        """Return the matches a person approved last, all those of one press of a key."""
        own = [match for match in self.detail.approved() if match.decided_by == name]
        last = max((match.decided_at for match in own if match.decided_at), default=None)
        return tuple(match.match_id for match in own if match.decided_at == last)

    def _shares(self) -> dict[Category, Share]:
        counts = dict.fromkeys(Category, 0)
        sums = dict.fromkeys(Category, 0)
        for each in self.lines:
            counts[each.category] += 1
            sums[each.category] += each.line.amount_minor
        return {category: Share(counts[category], sums[category]) for category in Category}


def is_set_to_choose_from(match: MatchRow) -> bool:
    """Tell whether a proposal only lists equals, of which a person takes one per line."""
    return match.ambiguous and match.kind in PROVING_KINDS and match.kind != "settlement"


def _candidates(match: MatchRow) -> list[Candidate]:
    """Return what is left of a proposal now that other lines and payments may be taken."""
    proves = match.kind in PROVING_KINDS
    if is_set_to_choose_from(match):
        free = [payment for payment in match.payments if not payment.reconciled]
        return [Candidate(match, (payment,), is_choice=True) for payment in free]
    if any(not _is_open(line) for line in match.lines):
        return []
    if proves and any(payment.reconciled for payment in match.payments):
        return []
    return [Candidate(match, match.payments, is_choice=False)]


def _board_line(
    line: StatementLineRow, candidates: Sequence[Candidate], approved: MatchRow | None
) -> BoardLine:
    if line.state is LineState.MATCHED:
        return BoardLine(line, Category.MATCHED, (), approved)
    if line.state is LineState.IGNORED:
        return BoardLine(line, Category.IGNORED, (), None)
    ordered = sorted(candidates, key=_rank)
    return BoardLine(line, _category(ordered), tuple(ordered), None)


def _category(ordered: Sequence[Candidate]) -> Category:
    if not ordered:
        return Category.UNMATCHED
    best = ordered[0].match
    if best.automatic:
        return Category.CERTAIN
    rivals = sum(_is_open(line) for line in best.lines) > 1 or len(ordered) > 1
    return Category.AMBIGUOUS if best.ambiguous and rivals else Category.SUGGESTED


def _rank(candidate: Candidate) -> tuple[bool, bool, int]:
    match = candidate.match
    return (not match.automatic, match.ambiguous, -match.confidence)


def _is_open(line: StatementLineRow) -> bool:
    return line.state in {LineState.UNMATCHED, LineState.SUGGESTED}
