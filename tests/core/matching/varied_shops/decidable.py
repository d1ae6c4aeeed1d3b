"""Which lines a careful person could decide, from the finished data and nothing else.

A line is decidable if what it says of a payment fits the true one and no other that it could
as well be: every open payment is looked at, in every damage a reader knows. A payment whose own
line names it literally is nobody else's.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import combinations

from core.matching.records import OpenLine, OpenPayment
from tests.core.matching.varied_shops.damages import could_be, is_literal
from tests.core.matching.varied_shops.people import could_be_name, could_be_phone, is_full_phone
from tests.core.matching.varied_shops.truth import Said, Shop, Story, Truth

_CHANCE = 0.02
_LONG_AGO = timedelta(days=60)
_NAMED = (Story.IDENTIFIER, Story.FEE_NET, Story.PAID_AGAIN)


def identifiers(payment: OpenPayment) -> tuple[str, ...]:
    """Return everything that names a payment."""
    all_of_them = (
        payment.transaction_id, payment.reference, payment.invoice_number, payment.order_number,
    )  # fmt: skip
    return tuple(name for name in all_of_them if name)


def label(shop: Shop) -> None:
    """Decide for every truth without a label whether it is decidable."""
    _Reader(shop).label()


class _Reader:
    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.lines = {line.line_id: line for line in shop.lines}
        self.open = [p for p in shop.payments if not p.reconciled]
        self.by_id = {p.payment_id: p for p in shop.payments}
        self.held = Counter(p.amount_minor for p in self.open)
        self.taken: set[str] = set()

    def label(self) -> None:
        todo = [t for t in self.shop.truths if t.decidable is None]
        for truth in sorted(todo, key=lambda t: t.story not in _NAMED):
            truth.decidable = self._decide(truth)
            if truth.decidable and truth.story in _NAMED:
                self.taken.update(truth.payment_ids)
        for truth in self.shop.truths:
            if truth.story is Story.PAYER and truth.decidable and self._twin_line(truth):
                truth.decidable = False

    def _decide(self, truth: Truth) -> bool:
        line, said = self.lines[truth.line_ids[0]], truth.said
        true = [self.by_id[i] for i in truth.payment_ids]
        if truth.story is Story.SEVERAL_NAMED or truth.story is Story.PARTS:
            return all(
                self._named_by(piece) in ([], [p]) or len(true) == 1
                for piece, p in zip(said.pieces, true, strict=False)
            )
        if truth.story is Story.SEVERAL_PAYER:
            return self._one_sum(line, said)
        if not said.pieces:
            return truth.story is not Story.AMOUNT and self._by_payer(line, said) == true
        literal = [p for piece in said.pieces for p in self._named_by(piece)]
        if literal:
            return all(p == true[0] for p in literal) and self._fits(line, true[0])
        return self._damaged(line, said, true[0])

    def _named_by(self, piece: str) -> list[OpenPayment]:
        return [p for p in self.open if any(is_literal(piece, name) for name in identifiers(p))]

    def _fits(self, line: OpenLine, payment: OpenPayment) -> bool:
        fee = self.shop.fees.fee_minor(payment.method, payment.amount_minor)
        amounts = (payment.amount_minor, payment.amount_minor - fee)
        return payment.day <= line.day and (
            line.amount_minor in amounts or line.amount_minor + line.fee_minor in amounts
        )

    def _who(self, said: Said, payment: OpenPayment) -> bool:
        if said.name and not could_be_name(said.name, payment.customer_name):
            return False
        return not said.phone or could_be_phone(said.phone, payment.phone)

    def _damaged(self, line: OpenLine, said: Said, true: OpenPayment) -> bool:
        piece = said.pieces[0]
        near = [p for p in self.open if any(could_be(piece, name) for name in identifiers(p))]
        near = [p for p in near if p.payment_id not in self.taken and self._who(said, p)]
        fitting = [p for p in near if self._fits(line, p)]
        if fitting != [true]:
            return False
        chance = (len(near) - 1) * self.held[true.amount_minor] / len(self.open)
        return chance < _CHANCE or self._by_payer(line, said) == [true]

    def _by_payer(self, line: OpenLine, said: Said) -> list[OpenPayment]:
        if not said.name and not said.phone:
            return []
        fitting = [
            p
            for p in self.open
            if p.payment_id not in self.taken and self._fits(line, p) and self._who(said, p)
        ]
        if len(fitting) != 1:
            return fitting
        people = {(p.customer_name, p.phone) for p in self.open if self._who(said, p)}
        strong = is_full_phone(said.phone) or len(people) == 1
        chance = (len(people) - 1) * self.held[fitting[0].amount_minor] / len(self.open)
        late = line.day - fitting[0].day > timedelta(days=10)
        return fitting if (strong or chance < _CHANCE) and not late else []

    def _one_sum(self, line: OpenLine, said: Said) -> bool:
        theirs = [p for p in self.open if self._who(said, p) and _lately(line.day, p)]
        theirs = [p for p in theirs if p.payment_id not in self.taken]
        people = {(p.customer_name, p.phone) for p in theirs}
        if len(people) != 1 or len(theirs) > 12:
            return False
        sums = (
            sum(p.amount_minor for p in chosen) == line.amount_minor
            for size in range(1, len(theirs) + 1)
            for chosen in combinations(theirs, size)
        )
        return sum(sums) == 1

    def _twin_line(self, truth: Truth) -> bool:
        payment, mine = self.by_id[truth.payment_ids[0]], truth.line_ids[0]
        for other in self.shop.truths:
            line = self.lines[other.line_ids[0]]
            if line.line_id != mine and other.story in (
                Story.PAYER,
                Story.AMOUNT,
                Story.STRANGER,
                Story.FAILED,
            ):
                who = other.said.name or other.said.phone
                if (
                    not other.decidable
                    and who
                    and self._fits(line, payment)
                    and self._who(other.said, payment)
                ):
                    return True
        return False


def _lately(day: date, payment: OpenPayment) -> bool:
    return timedelta(0) <= day - payment.day <= _LONG_AGO
