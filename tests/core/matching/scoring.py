"""What a shop's maker knows of every line, and how a result compares with it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.matching.records import MatchingResult, MatchKind, OpenLine, OpenPayment, Proposal


@dataclass(slots=True)
class Shop:
    """Rows and the truth about them.

    ``truth`` holds, for each line, its payments. Lines in ``never`` are known but must not be
    matched by themselves; of those in ``undecidable`` the file does not say enough. Lines in
    ``by_payer`` show only who paid: decidable where no payment of this payer is alike.
    """

    payments: list[OpenPayment] = field(default_factory=list)
    lines: list[OpenLine] = field(default_factory=list)
    truth: dict[int, frozenset[str]] = field(default_factory=dict)
    label: dict[int, str] = field(default_factory=dict)
    refund_of: dict[int, str] = field(default_factory=dict)
    original_of: dict[int, int] = field(default_factory=dict)
    taken_back: dict[int, str] = field(default_factory=dict)
    never: set[int] = field(default_factory=set)
    undecidable: set[int] = field(default_factory=set)
    by_payer: set[int] = field(default_factory=set)

    def amounts_of(self, payment_ids: Iterable[str]) -> list[int]:
        """Return the amounts of some payments, ascending."""
        wanted = set(payment_ids)
        return sorted(each.amount_minor for each in self.payments if each.payment_id in wanted)

    def decide_payers(self, days: int) -> None:
        """Mark lines undecidable whose payer had another payment of this amount in these days."""
        alike: dict[tuple[str, int], list[OpenPayment]] = defaultdict(list)
        payments = {each.payment_id: each for each in self.payments}
        for each in self.payments:
            alike[each.customer_name, each.amount_minor].append(each)
        for line in self.lines:
            if line.line_id in self.by_payer:
                (paid,) = self.truth[line.line_id]
                mark = payments[paid].customer_name, line.amount_minor
                rivals = [
                    each
                    for each in alike[mark]
                    if each.payment_id != paid and 0 <= (line.day - each.day).days <= days
                ]
                if rivals:
                    self.undecidable.add(line.line_id)

    def is_decidable(self, line_id: int) -> bool:
        """Tell whether the file and the books together say whose money it is."""
        return line_id not in self.undecidable and line_id not in self.never


@dataclass(slots=True)
class Score:
    """Figures per class of lines."""

    right: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    decidable: Counter[str] = field(default_factory=Counter)
    decided: Counter[str] = field(default_factory=Counter)
    open: Counter[str] = field(default_factory=Counter)
    first: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[OpenLine, Proposal]] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return sum(self.right.values()) / max(1, sum(self.total.values()))

    @property
    def decided_share(self) -> float:
        return sum(self.decided.values()) / max(1, sum(self.decidable.values()))

    @property
    def first_share(self) -> float:
        return sum(self.first.values()) / max(1, sum(self.open.values()))

    def __str__(self) -> str:
        rows = [
            f"{label:<18}{self.right[label]:>6}/{all_:<6}"
            f"decidable {self.decided[label]:>5}/{self.decidable[label]:<6}"
            f"first of the rest {self.first[label]:>4}/{self.open[label]}"
            for label, all_ in sorted(self.total.items())
        ]
        summary = (
            f"wrong {len(self.wrong)}, matched {self.recall:.1%},"
            f" of the decidable {self.decided_share:.2%}, first of the rest {self.first_share:.1%}"
        )
        return "\n".join((summary, *rows))


def score(shop: Shop, result: MatchingResult) -> Score:
    """Compare the automatic matches and the first suggestions with the truth."""
    figures = Score()
    lines = {line.line_id: line for line in shop.lines}
    matched: set[int] = set()
    for match in result.matches:
        for line_id in match.line_ids:
            matched.add(line_id)
        bad = _wrong_line(shop, match)
        if bad is not None:
            figures.wrong.append((lines[bad], match))
    suggested: dict[int, Proposal] = {}
    for proposal in result.suggestions:
        for line_id in proposal.line_ids:
            suggested.setdefault(line_id, proposal)
    for line_id, label in shop.label.items():
        truth = shop.truth[line_id]
        if not truth and line_id not in shop.original_of and line_id not in shop.refund_of:
            continue
        # What was taken back is right as a reversal.
        decidable = shop.is_decidable(line_id) or line_id in shop.taken_back
        figures.total[label] += 1
        figures.right[label] += line_id in matched
        figures.decidable[label] += decidable
        figures.decided[label] += decidable and line_id in matched
        if line_id not in matched and truth:
            figures.open[label] += 1
            proposal = suggested.get(line_id)
            figures.first[label] += proposal is not None and _is_first(shop, proposal, line_id)
    return figures


def _wrong_line(shop: Shop, match: Proposal) -> int | None:
    """Return a line about which a match is wrong."""
    if match.kind is MatchKind.REVERSAL:
        original, reversal = match.line_ids
        payments = {(), (shop.taken_back.get(original),)}
        right = shop.original_of.get(reversal) == original and match.payment_ids in payments
        return None if right else original
    if match.kind is MatchKind.REFUND:
        right = match.payment_ids == (shop.refund_of.get(match.line_ids[0]),)
        return None if right else match.line_ids[0]
    for line_id in match.line_ids:
        if line_id in shop.never or shop.truth[line_id] != frozenset(match.payment_ids):
            return line_id
    return None


def _is_first(shop: Shop, proposal: Proposal, line_id: int) -> bool:
    """Tell whether a proposal puts the truth about a line first.

    Of a set the amounts count: of equal payments it may hold one for the other.
    """
    truth = shop.truth[line_id]
    if len(truth) > 1:
        return shop.amounts_of(proposal.payment_ids) == shop.amounts_of(truth)
    place = min(proposal.line_ids.index(line_id), len(proposal.payment_ids) - 1)
    return place >= 0 and proposal.payment_ids[place] in truth
