"""How well a result agrees with the truth of a made shop, by story."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.matching.records import MatchingResult, Proposal
from tests.core.matching.varied_shops.truth import Shop, Story, Truth


@dataclass(slots=True)
class Figures:
    """Counts of one story: lines of money that could be decided, were, and were offered first."""

    decidable: int = 0
    matched: int = 0
    rest: int = 0
    right_first: int = 0
    wrong: int = 0
    missed: list[Truth] = field(default_factory=list)
    not_first: list[Truth] = field(default_factory=list)
    mistakes: list[tuple[Truth, Proposal]] = field(default_factory=list)


def score(shop: Shop, result: MatchingResult) -> dict[Story, Figures]:
    """Return the figures of every story."""
    figures: dict[Story, Figures] = defaultdict(Figures)
    matched = {i: m for m in result.matches for i in m.line_ids}
    offered: dict[int, Proposal] = {}
    for proposal in sorted(result.suggestions, key=lambda s: -s.confidence):
        for line_id in proposal.line_ids:
            offered.setdefault(line_id, proposal)
    for truth in shop.truths:
        mine = figures[truth.story]
        answers = {m.line_ids: m for i in truth.line_ids if (m := matched.get(i))}
        right = [m for m in answers.values() if truth.is_right(m.line_ids, m.payment_ids)]
        for answer in answers.values():
            if answer not in right and answer.payment_ids:
                mine.wrong += 1
                mine.mistakes.append((truth, answer))
        if truth.decidable:
            mine.decidable += 1
            mine.matched += bool(right)
            if not right:
                mine.missed.append(truth)
        elif truth.payment_ids or truth.detail.startswith("p"):
            mine.rest += 1
            first = bool(right) or _is_first(truth, offered)
            mine.right_first += first
            if not first:
                mine.not_first.append(truth)
    return dict(figures)


def _is_first(truth: Truth, offered: dict[int, Proposal]) -> bool:
    for line_id in truth.line_ids:
        proposal = offered.get(line_id)
        if proposal is None:
            continue
        if truth.is_right(proposal.line_ids, proposal.payment_ids):
            return True
        if truth.detail in proposal.payment_ids:
            return True
        if proposal.ambiguous and set(truth.payment_ids) <= set(proposal.payment_ids):
            return True
    return False


def total(figures: Iterable[Figures]) -> Figures:
    """Return the sum of figures."""
    whole = Figures()
    for part in figures:
        whole.decidable += part.decidable
        whole.matched += part.matched
        whole.rest += part.rest
        whole.right_first += part.right_first
        whole.wrong += part.wrong
    return whole


def table(figures: dict[Story, Figures]) -> str:
    """Return the figures as a table for people."""
    rows = [f"{'story':28}{'wrong':>6}{'decidable':>11}{'matched':>9}{'rest':>6}{'first':>7}"]
    for name, part in [*sorted(figures.items()), ("all", total(figures.values()))]:
        share = f"{part.matched / part.decidable:9.1%}" if part.decidable else " " * 9
        first = f"{part.right_first / part.rest:7.1%}" if part.rest else " " * 7
        rows.append(f"{name:28}{part.wrong:>6}{part.decidable:>11}{share}{part.rest:>6}{first}")
    return "\n".join(rows)
