"""A month of an invented shop in Kigali, with the truth known about every statement line.

Numbers are dense, prices popular and customers return, so that equal amounts, neighbouring
references and shared names are the rule. What the file says too little about is marked
undecidable by what the maker knows: how many numbers a damage leaves possible, how many payments
have the price, how many customers the name. Shops of odd seeds lack one payment in every fifth
settlement, and so leave all settlements to a person.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta

from core.matching.fees import FeeModel, FeeRule, FeeTier
from core.matching.records import OpenRefund
from tests.core.matching.scoring import Shop
from tests.core.matching.shop_basics import (
    AIRTEL,
    BANK,
    CARD,
    DAYS,
    FIRST_DAY,
    MTN,
    POPULAR,
    Basics,
)

FEES = FeeModel(
    rules=(
        FeeRule(AIRTEL, (FeeTier(basis_points=100, minimum_minor=20),)),
        FeeRule(BANK, (FeeTier(fixed_minor=150, up_to_minor=10_000), FeeTier(basis_points=120))),
    )
)
_NAME_SHARE, _POPULAR_SHARE, _OTHER_SHARE = 0.005, 0.05, 0.0005
_FEW_LOOK_ALIKES, _HARDLY_ANY = 0.015, 0.002
_LATEST_DAYS = 2
_MIN_SETTLEMENTS = 20

SHARES = {
    "transaction": 16,
    "reference": 24,
    "damaged": 16,
    "phone": 6,
    "masked": 6,
    "name": 5,
    "fee": 6,
    "settlement": 4,
    "short_settlement": 1,
    "reversal": 3,
    "refund": 2,
    "charge": 2,
    "stranger": 3,
    "unrecorded": 3,
    "contradiction": 2,
    "future": 1,
    "together": 2,
    "parts": 2,
    "underpaid": 1,
    "overpaid": 1,
    "dollars": 1,
}


class Maker(Basics):
    """Makes one shop; the same seed makes the same shop."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.complete_books = seed % 2 == 0

    def make(self, lines: int) -> Shop:
        kinds = self.random.choices(list(SHARES), weights=list(SHARES.values()), k=lines)
        for kind in kinds:
            getattr(self, f"_{kind}")()
        for _ in range(lines // 12):
            self._payment()
        self._leave_out_the_undecidable()
        self.shop.decide_payers(_LATEST_DAYS)
        self._decide_settlements()
        order = self.shop.lines[:]
        self.random.shuffle(order)
        self.shop.lines = order
        return self.shop

    def _leave_out_the_undecidable(self) -> None:
        """Drop slips that make the exact reference of another payment of equal amount.

        Where the true payer is not named or not recorded, nothing says that it is a slip.
        """
        amounts = {each.invoice_number: each.amount_minor for each in self.shop.payments}
        payments = {each.payment_id: each for each in self.shop.payments}
        kept = []
        for line in self.shop.lines:
            label, truth = self.shop.label[line.line_id], self.shop.truth[line.line_id]
            if label in {"damaged", "unrecorded"}:
                seen = line.text.split()[1]
                slipped = seen not in {payments[each].invoice_number for each in truth}
                told = bool(truth and line.counterparty)
                if slipped and amounts.get(seen) == line.amount_minor and not told:
                    continue
            kept.append(line)
        self.shop.lines = kept
        self.shop.label = {line.line_id: self.shop.label[line.line_id] for line in kept}

    def _transaction(self) -> None:
        payment, customer = self._payment(MTN)
        self._paid(
            "transaction",
            payment,
            f"Collection from {customer.as_printed} {customer.masked}",
            transaction_id=payment.transaction_id,
            counterparty=customer.as_printed,
        )

    def _reference(self) -> None:
        payment, customer = self._payment()
        payer = customer if self.random.random() < 0.85 else self._customer()
        wanted = self.random.choice((payment.invoice_number, payment.reference))
        self._paid(
            "reference", payment, f"Payment {wanted} by {payer.name}", counterparty=payer.as_printed
        )

    def _damage(self, text: str) -> tuple[str, int]:
        """Return a damaged reference and how many numbers it leaves possible, 1 if only this."""
        chance = self.random
        place = chance.randrange(len(text) - 5, len(text) - 1)
        other = chance.choice([digit for digit in "0123456789" if digit != text[place]])
        return chance.choice(
            (
                (text[:-1], 10),
                (text[:-2], 100),
                (text.replace("-", " "), 1),
                (text.replace("-", "").lower(), 1),
                (text.replace("0", "O", 2), 1),
                (f"PAY{text.replace('-', '')}KGL", 1),
                (text[:place] + text[place + 1] + text[place] + text[place + 2 :], 60),
                (text[:place] + other + text[place + 1 :], 60),
            )
        )

    def _damaged(self) -> None:
        payment, customer = self._payment()
        payer = customer.as_printed if self.random.random() < 0.8 else ""
        seen, numbers = self._damage(payment.invoice_number)
        line = self._paid("damaged", payment, f"TRF {seen} {payer or 'MOBILE'}", counterparty=payer)
        popular = payment.amount_minor in POPULAR
        look_alikes = numbers * (_POPULAR_SHARE if popular else _OTHER_SHARE)
        look_alikes *= _NAME_SHARE if payer else 1
        # A whole number may be right and its payment not recorded; a cut one is surely damaged.
        if numbers > 1 and look_alikes > (_HARDLY_ANY if numbers == 60 else _FEW_LOOK_ALIKES):
            self.shop.undecidable.add(line.line_id)

    def _phone(self) -> None:
        payment, customer = self._payment(MTN)
        written = self.random.choice((customer.phone, customer.phone[1:], "0" + customer.phone[4:]))
        line = self._paid("phone", payment, f"Cash in from {written}", phone=written)
        self.shop.by_payer.add(line.line_id)

    def _masked(self) -> None:
        payment, customer = self._payment(MTN)
        line = self._paid(
            "masked",
            payment,
            "Payment received",
            phone=customer.masked,
            counterparty=customer.as_printed,
        )
        self.shop.by_payer.add(line.line_id)

    def _name(self) -> None:
        payment, customer = self._payment(BANK)
        line = self._paid("name", payment, f"VIREMENT DE {customer.as_printed}")
        self.shop.by_payer.add(line.line_id)

    def _fee(self) -> None:
        payment, customer = self._payment(self.random.choice((AIRTEL, BANK)))
        fee = FEES.fee_minor(payment.method, payment.amount_minor)
        self._paid(
            "fee",
            payment,
            f"{payment.reference} {customer.as_printed} net of fee",
            payment.amount_minor - fee,
            counterparty=customer.as_printed,
        )

    def _settlement(self, *, missing: bool = False) -> None:
        day = FIRST_DAY + timedelta(days=self.random.randrange(DAYS))
        members = [self._new(CARD, day)[0] for _ in range(self.random.randrange(2, 5))]
        line = self._line(
            "settlement",
            sum(member.amount_minor for member in members),
            day + timedelta(days=1),
            f"POS SETTLEMENT {len(members)} TXNS",
        )
        self.shop.payments += members[missing:]
        if not missing:
            self.shop.truth[line.line_id] = frozenset(member.payment_id for member in members)

    def _short_settlement(self) -> None:
        """Make a settlement of which one payment was never recorded."""
        if not self.complete_books:
            self._settlement(missing=True)

    def _decide_settlements(self) -> None:
        """Leave a settlement undecided where an equal payment of its day is in another, or none."""
        pools: dict[date, Counter[int]] = defaultdict(Counter)
        payments = {each.payment_id: each for each in self.shop.payments}
        for each in self.shop.payments:
            if each.method == CARD:
                pools[each.day][each.amount_minor] += 1
        settlements = [
            line_id for line_id, label in self.shop.label.items() if label == "settlement"
        ]
        for line_id in settlements:
            members = [payments[each] for each in self.shop.truth[line_id]]
            own = Counter(member.amount_minor for member in members)
            alike = any(
                pools[each.day][each.amount_minor] > own[each.amount_minor] for each in members
            )
            if alike or not self.complete_books or len(settlements) < _MIN_SETTLEMENTS:
                self.shop.undecidable.add(line_id)

    def _reversal(self) -> None:
        payment, customer = self._payment(MTN)
        line = self._paid(
            "reversed", payment, f"{payment.reference} from {customer.name}", phone=customer.phone
        )
        self.shop.truth[line.line_id] = frozenset()
        text = self.random.choice(
            (f"REVERSAL {payment.reference}", f"Reversal of {line.transaction_id}")
        )
        day = line.day + timedelta(days=self.random.randrange(4))
        reversal = self._line("reversal", -payment.amount_minor, day, text)
        self.shop.original_of[reversal.line_id] = line.line_id
        self.shop.taken_back[line.line_id] = payment.payment_id

    def _refund(self) -> None:
        payment, customer = self._new(MTN)
        refund = OpenRefund(
            refund_id=f"R-{payment.payment_id}",
            amount_minor=self.random.choice((payment.amount_minor, payment.amount_minor // 2)),
            day=payment.day + timedelta(days=3),
            transaction_id=f"77{self.random.randrange(10**10):011d}",
        )
        self.shop.payments.append(replace(payment, refunded=(refund,)))
        self._paid("refunded", payment, f"{payment.invoice_number} {customer.name}")
        line = self._line(
            "refund",
            -refund.amount_minor,
            refund.day,
            f"Transfer to {customer.phone}",
            transaction_id=refund.transaction_id,
        )
        self.shop.refund_of[line.line_id] = payment.payment_id

    def _charge(self) -> None:
        day = FIRST_DAY + timedelta(days=self.random.randrange(DAYS))
        self._line("charge", -self.random.choice((200, 500, 1000)), day, "Monthly account charge")

    def _stranger(self) -> None:
        """Make money of an equal amount and day that belongs to nobody here."""
        payment, _ = self._payment()
        stranger = self._customer()
        self._line(
            "stranger",
            payment.amount_minor,
            payment.day,
            f"Payment received from {stranger.as_printed} {stranger.phone}",
            counterparty=stranger.as_printed,
        )

    def _unrecorded(self) -> None:
        """Make a line whose payment was never recorded, its reference perhaps damaged."""
        payment, customer = self._new()
        wanted = payment.invoice_number
        self._line(
            "unrecorded",
            payment.amount_minor,
            payment.day,
            f"Payment {self._damage(wanted)[0] if self.random.random() < 0.5 else wanted}",
            counterparty=customer.as_printed,
        )

    def _contradiction(self) -> None:
        """Make a line that names one payment and brings the amount of another."""
        first, customer = self._payment()
        second, _ = self._payment(day=first.day)
        if abs(first.amount_minor - second.amount_minor) < first.amount_minor // 5:
            return
        self._line(
            "contradiction",
            second.amount_minor,
            second.day,
            f"{first.invoice_number} {customer.name}",
            counterparty=customer.as_printed,
        )

    def _future(self) -> None:
        """Make a line booked well before the payment it would fit."""
        payment, customer = self._payment()
        self._line(
            "future",
            payment.amount_minor,
            payment.day - timedelta(days=6),
            f"{payment.invoice_number} {customer.phone}",
            counterparty=customer.as_printed,
        )

    def _together(self) -> None:
        first, customer = self._payment(BANK)
        others = [self._payment(BANK, first.day)[0] for _ in range(self.random.choice((1, 2)))]
        members = [first, *others]
        line = self._line(
            "together",
            sum(each.amount_minor for each in members),
            first.day + timedelta(days=1),
            f"{' '.join(each.invoice_number for each in members)} {customer.name}",
        )
        self.shop.truth[line.line_id] = frozenset(each.payment_id for each in members)

    def _parts(self) -> None:
        payment, customer = self._payment(BANK)
        part = payment.amount_minor * self.random.choice((2, 3, 4)) // 10
        for amount in (part, payment.amount_minor - part):
            self._paid("parts", payment, f"{payment.invoice_number} {customer.name}", amount)

    def _underpaid(self, percent: int = 60) -> None:
        payment, customer = self._payment(BANK)
        label = "underpaid" if percent < 100 else "overpaid"
        amount = payment.amount_minor * percent // 100
        line = self._paid(label, payment, f"{payment.invoice_number} {customer.name}", amount)
        self.shop.never.add(line.line_id)

    def _overpaid(self) -> None:
        self._underpaid(130)

    def _dollars(self) -> None:
        payment, _ = self._payment(BANK)
        self._line(
            "dollars", payment.amount_minor, payment.day, payment.invoice_number, currency="USD"
        )
