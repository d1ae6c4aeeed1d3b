"""Which debit lines are the refunds that the shop recorded: by id, by reference, by payer.

A refund's own id or the payment's reference comes first. What they leave is told by the payer:
the recorded amount, to that phone or name, in these days.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.matching import reasons
from core.matching.board import Board
from core.matching.facts import CLOCK_SLACK_DAYS, LineFacts, PaymentFacts, names_agree
from core.matching.identifiers import fold, stands_alone
from core.matching.names import Agreement
from core.matching.records import MatchKind, OpenRefund, Proposal
from core.money import display

_REVERSES = re.compile(
    r"\b(?:REVERS\w*|RVSL|ROLL ?BACK|CHARGE ?BACK|CONTRE ?-?PASS\w*|ANNUL\w*|EXTOURNE|CANCELL?ED)\b"
)
_DAYS = 30
_PAYER_DAYS = 5
_MAX_OF_AMOUNT = 50
"""Of more refunds of one amount the payer alone tells nothing."""

_STANDS = "stands in the text"

_Refund = tuple[PaymentFacts, OpenRefund]


@dataclass(frozen=True, slots=True)
class _Claim:
    """A line that may be a recorded refund, and why."""

    line: LineFacts
    payment: PaymentFacts
    refund: OpenRefund
    reasons: tuple[str, ...]

    def proposal(self, *, automatic: bool) -> Proposal:
        """Return it as a proposal."""
        line = self.line.line
        equal = f"amount equals the refund: {display(self.refund.amount_minor, line.currency)}"
        return Proposal(
            line_ids=(line.line_id,),
            payment_ids=(self.payment.payment_id,),
            kind=MatchKind.REFUND,
            automatic=automatic,
            confidence=96 if automatic else 60,
            reasons=(*self.reasons, equal),
            ambiguous=not automatic,
        )


def says_reversal(line: LineFacts) -> bool:
    """Tell whether the text calls the line a reversal."""
    return bool(_REVERSES.search(line.line.text.upper()))


def joined_words(line: LineFacts, longest: int) -> Iterator[str]:
    """Yield words and neighbouring ones joined, up to so many letters.

    A network writes its id in several: MP260116.1432.C12345.
    """
    for field in line.fields:
        yield from field.runs(1, longest)


def tie_refunds(board: Board, money_out: Sequence[LineFacts]) -> list[LineFacts]:
    """Settle the debits that are one recorded refund, and return those that are none."""
    recorded = _Recorded(board)
    named = [claim for line in money_out for claim in recorded.named_by(line)]
    settled = _settle(board, named)
    claimed = {claim.line.line_id for claim in named}
    left = [line for line in money_out if line.line_id not in claimed]
    of_payers = [
        claim
        for line in left
        for claim in recorded.of_payer(line)
        if claim.refund.refund_id not in settled
    ]
    _settle(board, of_payers)
    claimed |= {claim.line.line_id for claim in of_payers}
    return [line for line in left if line.line_id not in claimed]


def _settle(board: Board, claims: Iterable[_Claim]) -> set[str]:
    """Settle what is unique from both ends, offer the others; return which refunds are settled."""
    of_refund: dict[str, list[_Claim]] = defaultdict(list)
    for claim in claims:
        of_refund[claim.refund.refund_id].append(claim)
    of_line = Counter(claim.line.line_id for each in of_refund.values() for claim in each)
    settled = set[str]()
    for refund_id, claiming in sorted(of_refund.items()):
        sure = len(claiming) == 1 and of_line[claiming[0].line.line_id] == 1
        for claim in claiming:
            if sure:
                board.accept(claim.proposal(automatic=True), proves_payments=False)
                settled.add(refund_id)
            else:
                board.suggest(claim.proposal(automatic=False))
    return settled


class _Recorded:
    """The refunds that the shop recorded, by their ids and by their amounts."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._by_id: dict[str, list[_Refund]] = defaultdict(list)
        by_amount: dict[int, list[_Refund]] = defaultdict(list)
        for payment in board.payments.refunded():
            for refund in payment.refunded:
                key = fold(refund.transaction_id)
                if stands_alone(key):
                    self._by_id[key].append((payment, refund))
                by_amount[refund.amount_minor].append((payment, refund))
        self._by_amount: Mapping[int, list[_Refund]] = by_amount
        self._longest = max(map(len, self._by_id), default=0)

    def named_by(self, line: LineFacts) -> Iterator[_Claim]:
        """Yield the refunds whose id, or whose payment, a line names, each once."""
        runs = dict.fromkeys(joined_words(line, self._longest))
        found = [
            (
                payment,
                refund,
                f"the refund's transaction id {refund.transaction_id} stands in the text",
            )
            for run in runs
            for payment, refund in self._by_id.get(run, ())
        ]
        if not found and not says_reversal(line):
            found = [
                (payment, refund, reasons.named(hit))
                for hit in line.hits
                for payment in (self._board.payments[hit.identifier.payment_id],)
                for refund in payment.refunded
            ]
        seen = set[str]()
        for payment, refund, reason in found:
            if _fits(line, payment, refund, _DAYS) and refund.refund_id not in seen:
                seen.add(refund.refund_id)
                yield _Claim(line, payment, refund, (reason,))

    def of_payer(self, line: LineFacts) -> Iterator[_Claim]:
        """Yield the refunds of a line's amount to the payer whom it shows in full."""
        of_amount = self._by_amount.get(-line.line.amount_minor, ())
        if line.hits or says_reversal(line) or len(of_amount) > _MAX_OF_AMOUNT:
            return
        for payment, refund in of_amount:
            if _fits(line, payment, refund, _PAYER_DAYS) and _is_to_payer(line, payment, refund):
                yield _Claim(line, payment, refund, tuple(reasons.payer(line, payment)))


def _fits(line: LineFacts, payment: PaymentFacts, refund: OpenRefund, at_most_days: int) -> bool:
    days = (line.line.day - refund.day).days
    return (
        refund.amount_minor == -line.line.amount_minor
        and payment.currency == line.line.currency
        and -CLOCK_SLACK_DAYS <= days <= at_most_days
    )


def _is_to_payer(line: LineFacts, payment: PaymentFacts, refund: OpenRefund) -> bool:
    """Tell whether the payer stands in the line, and no id that the refund does not have."""
    ours, theirs = fold(refund.transaction_id), fold(line.line.transaction_id)
    if ours and theirs and len(ours) == len(theirs):
        return False
    agreement = names_agree(line, payment)
    if payment.national and line.phones.shows(payment.national):
        return agreement is not Agreement.DIFFERS
    return agreement is Agreement.AGREES and not line.phones.shows_another(payment.national)
