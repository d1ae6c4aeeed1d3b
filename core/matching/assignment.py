"""Who belongs to whom when evidence links lines and payments: unique pairs, or honest sets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from core.matching import reasons
from core.matching.board import MAX_SET, Board
from core.matching.facts import names_agree
from core.matching.names import Agreement
from core.matching.ranking import likeliest_first, line_by_line
from core.matching.records import MatchKind, Proposal
from core.matching.values import value_class

_MAX_TOLD = 3
"""Of how many payments of a choice the reasons speak one by one."""


@value_class(frozen=True, slots=True)
class Edge:
    """Evidence that a line is a payment; ``may_settle`` unless something speaks against it.

    Of many that end in one set only the likeliest says why: ``explain`` does, when it is asked.
    """

    line_id: int
    payment_id: str
    kind: MatchKind
    confidence: int
    explain: Callable[[], tuple[str, ...]]
    difference_minor: int = 0
    may_settle: bool = True

    def proposal(self, *, automatic: bool) -> Proposal:
        """Return the pair as a proposal."""
        return Proposal(
            line_ids=(self.line_id,),
            payment_ids=(self.payment_id,),
            kind=self.kind,
            automatic=automatic,
            confidence=self.confidence if automatic else min(self.confidence, 70),
            reasons=self.explain(),
            difference_minor=self.difference_minor,
        )


def resolve(board: Board, edges: Sequence[Edge], *, offer_doubtful: bool = True) -> None:
    """Settle pairs that are unique from both ends; contest and offer the others as sets.

    All edges are of one strength. Where several meet, the payer's phone or name may still tell
    them apart. Nothing is concluded by elimination inside one strength: that would let one
    payment that nobody recorded shift every other.
    """
    unique, entangled = _split(edges)
    agreeing = [edge for edge in entangled if _payer_agrees(board, edge)]
    told_apart, _ = _split(agreeing)
    for edge in (*unique, *told_apart):
        if edge.may_settle and board.undisputed(edge.line_id, edge.payment_id):
            board.accept(edge.proposal(automatic=True))
        elif edge.line_id in board.free_lines:
            board.contest((edge.line_id,), ())
            if offer_doubtful:
                board.suggest(edge.proposal(automatic=False))
    left = [
        edge
        for edge in entangled
        if edge.line_id in board.free_lines and edge.payment_id in board.free_payments
    ]
    for component in components(left):
        board.contest({edge.line_id for edge in component}, {edge.payment_id for edge in component})
        for proposal in as_sets(board, component):
            board.suggest(proposal)


def components(edges: Iterable[Edge]) -> list[list[Edge]]:
    """Return the connected groups of edges, in a stable order."""
    root: dict[int | str, int | str] = {}

    def find(node: int | str) -> int | str:
        while root.setdefault(node, node) != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    ordered = sorted(edges, key=lambda edge: (edge.line_id, edge.payment_id))
    for edge in ordered:
        root[find(edge.payment_id)] = find(edge.line_id)
    groups: dict[int | str, list[Edge]] = defaultdict(list)
    for edge in ordered:
        groups[find(edge.line_id)].append(edge)
    return list(groups.values())


def as_sets(board: Board, component: Sequence[Edge]) -> list[Proposal]:
    """Return a connected group as one set to choose from, or per line where it is too large."""
    line_ids = sorted({edge.line_id for edge in component})
    payment_ids = sorted({edge.payment_id for edge in component})
    if len(component) == 1:
        return [component[0].proposal(automatic=False)]
    if 1 < len(line_ids) <= MAX_SET and len(payment_ids) <= MAX_SET:
        return [_set(line_ids, line_by_line(board, line_ids, payment_ids), component[0])]
    by_line: dict[int, list[Edge]] = defaultdict(list)
    for edge in component:
        by_line[edge.line_id].append(edge)
    return [_choice(board, line_id, of_line) for line_id, of_line in by_line.items()]


def _choice(board: Board, line_id: int, edges: Sequence[Edge]) -> Proposal:
    """Return the payments of one line, the likeliest first, with what tells each from the rest."""
    line = board.lines[line_id]
    edge_of = {edge.payment_id: edge for edge in edges}
    ranked = likeliest_first(board, line, edge_of)[:MAX_SET]
    likeliest = edge_of[ranked[0]]
    if len(ranked) == 1:
        return likeliest.proposal(automatic=False)
    about = [reasons.about(line, board.payments[each]) for each in ranked[:_MAX_TOLD]]
    return _set([line_id], ranked, likeliest, about)


def _set(
    line_ids: Sequence[int],
    payment_ids: Sequence[str],
    example: Edge,
    about: Sequence[str] = (),
) -> Proposal:
    lines, payments = len(line_ids), len(payment_ids)
    return Proposal(
        line_ids=tuple(line_ids),
        payment_ids=tuple(payment_ids),
        kind=example.kind,
        automatic=False,
        confidence=min(example.confidence, 60),
        reasons=(
            *example.explain()[:1],
            f"{_count(lines, 'line')} and {_count(payments, 'payment')}: nothing tells them apart",
            *about,
        ),
        difference_minor=example.difference_minor,
        ambiguous=True,
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _split(edges: Sequence[Edge]) -> tuple[list[Edge], list[Edge]]:
    """Separate edges whose two ends have no other edge from the rest."""
    of_line: dict[int, int] = defaultdict(int)
    of_payment: dict[str, int] = defaultdict(int)
    for edge in edges:
        of_line[edge.line_id] += 1
        of_payment[edge.payment_id] += 1
    unique: list[Edge] = []
    entangled: list[Edge] = []
    for edge in edges:
        alone = of_line[edge.line_id] == 1 and of_payment[edge.payment_id] == 1
        (unique if alone else entangled).append(edge)
    return unique, entangled


def _payer_agrees(board: Board, edge: Edge) -> bool:
    line, payment = board.lines[edge.line_id], board.payments[edge.payment_id]
    if payment.national and line.phones.shows(payment.national):
        return True
    agrees = names_agree(line, payment) is Agreement.AGREES
    return agrees and not line.phones.shows_another(payment.national)
