"""What a clerk declined, so that it is not offered again, nor anything that contains it.

Declining what offers one payment, or a choice of several, says that no line of it is any payment
of it. A settlement, split or reversal is declined as a whole only: another sum of the same
payments may still be right. Nothing becomes certain by what was declined.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.matching import reasons
from core.matching.facts import LineFacts, PaymentFacts
from core.matching.records import MatchKind, Proposal

_CHOICES = frozenset({MatchKind.ONE_TO_ONE, MatchKind.FEE_NET})

Whole = tuple[frozenset[int], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Declined:
    """Pairs of a line and a payment, and whole sets of them, that a clerk said no to."""

    pairs: frozenset[tuple[int, str]] = frozenset()
    wholes: frozenset[Whole] = frozenset()

    def __bool__(self) -> bool:
        """Tell whether anything was declined."""
        return bool(self.pairs or self.wholes)

    def is_pair(self, line_id: int, payment_id: str) -> bool:
        """Tell whether a line was declined as a payment."""
        return (line_id, payment_id) in self.pairs

    def forbids(self, proposal: Proposal) -> bool:
        """Tell whether a proposal, or any pair a choice holds, was declined."""
        if not self.pairs and not self.wholes:
            return False
        if proposal.kind not in _CHOICES:
            return (frozenset(proposal.line_ids), frozenset(proposal.payment_ids)) in self.wholes
        return any(
            (line_id, payment_id) in self.pairs
            for line_id in proposal.line_ids
            for payment_id in proposal.payment_ids
        )


NOTHING_DECLINED = Declined()


def declined_by(kind: str, line_ids: Iterable[int], payment_ids: Iterable[str]) -> Declined:
    """Return what declining one proposal says."""
    lines, payments = frozenset(line_ids), frozenset(payment_ids)
    if kind in _CHOICES:
        pairs = frozenset((line_id, payment_id) for line_id in lines for payment_id in payments)
        return Declined(pairs=pairs)
    return Declined(wholes=frozenset({(lines, payments)}))


def left_of(
    declined: Declined,
    proposal: Proposal,
    lines: Mapping[int, LineFacts],
    payments: Mapping[str, PaymentFacts],
) -> Iterator[Proposal]:
    """Yield what may still be offered: the proposal, its choice line by line with less, or nothing.

    Its reasons are then those of the first payment left.
    """
    if not declined.forbids(proposal):
        yield proposal
    elif proposal.kind in _CHOICES:
        for line_id in proposal.line_ids:
            left = [each for each in proposal.payment_ids if not declined.is_pair(line_id, each)]
            if left:
                yield _less(proposal, lines[line_id], [payments[each] for each in left])


def _less(proposal: Proposal, line: LineFacts, left: Sequence[PaymentFacts]) -> Proposal:
    first, number = left[0], len(left)
    named = [hit for hit in line.hits if hit.identifier.payment_id == first.payment_id]
    told = [*map(reasons.named, named), *reasons.circumstances(line, first)]
    if any(
        reasons.circumstances(line, each) != reasons.circumstances(line, first) for each in left
    ):
        told += [reasons.about(line, each) for each in left[1:]]
    elif number > 1:
        told.append(f"1 line and {number} payments: nothing tells them apart")
    if out := len(proposal.payment_ids) - number:
        told.append(f"{out} declined before and not offered again")
    return Proposal(
        line_ids=(line.line_id,),
        payment_ids=tuple(each.payment_id for each in left),
        kind=proposal.kind,
        automatic=False,
        confidence=min(proposal.confidence, 60),
        reasons=tuple(told),
        difference_minor=first.amount_minor - line.line.amount_minor,
        ambiguous=number > 1,
    )
