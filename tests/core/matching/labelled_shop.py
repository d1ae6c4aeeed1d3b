"""A month of an invented shop in Kigali, with the truth known about every statement line.

Numbers are dense, prices popular and customers return, so that equal amounts, neighbouring
references and shared names are the rule. ``truth`` holds, for each line, the payments that an
automatic match may name; an empty set means that none may.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from core.matching.fees import FeeModel, FeeRule, FeeTier
from core.matching.records import (
    MatchingResult,
    MatchKind,
    OpenLine,
    OpenPayment,
    OpenRefund,
    Proposal,
)

FIRST_DAY = date(2026, 1, 5)
DAYS = 28
MTN, AIRTEL, BANK, CARD = "mtn_mobile_money", "airtel_money", "bank_transfer", "card"
POPULAR = (500, 1000, 2000, 2500, 3000, 5000, 7000, 10000, 12000, 15000, 20000, 35000)
GIVEN = """Aimée Aline Alphonse Béatrice Claudine Clémentine Damascène Divine Éric Espérance
    Fabrice Gisèle Innocent Jeannette Josiane Léonard Marie Odette Pacifique Théogène Vestine"""
FAMILY = """Bizimungu Dusabe Gatete Habineza Hakizimana Ineza Kamanzi Karangwa Mbabazi Mukandoli
    Munyaneza Murekatete Ndagijimana Nkurunziza Nsengiyumva Rukundo Rwigema Twagiramungu Uwase"""
FEES = FeeModel(rules=(FeeRule(AIRTEL, (FeeTier(basis_points=100, minimum_minor=20),)),))

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
}


@dataclass(frozen=True, slots=True)
class Customer:
    name: str
    phone: str

    @property
    def masked(self) -> str:
        return f"{self.phone[1:5]}****{self.phone[-3:]}"

    @property
    def as_printed(self) -> str:
        given, family = self.name.split()
        return f"{family} {given}".upper()


@dataclass(slots=True)
class Shop:
    payments: list[OpenPayment] = field(default_factory=list)
    lines: list[OpenLine] = field(default_factory=list)
    truth: dict[int, frozenset[str]] = field(default_factory=dict)
    label: dict[int, str] = field(default_factory=dict)
    refund_of: dict[int, str] = field(default_factory=dict)
    original_of: dict[int, int] = field(default_factory=dict)
    taken_back: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Score:
    right: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[OpenLine | None, Proposal]] = field(default_factory=list)
    total: Counter[str] = field(default_factory=Counter)

    @property
    def recall(self) -> float:
        return sum(self.right.values()) / max(1, sum(self.total.values()))

    def __str__(self) -> str:
        shares = ", ".join(f"{name} {self.right[name]}/{all_}" for name, all_ in self.total.items())
        return f"recall {self.recall:.1%}, wrong {len(self.wrong)}: {shares}"


def score(shop: Shop, result: MatchingResult) -> Score:
    """Compare automatic matches with the truth."""
    figures = Score()
    for line_id, label in shop.label.items():
        if shop.truth[line_id]:
            figures.total[label] += 1
    figures.total["reversal"] = len(shop.original_of)
    lines = {line.line_id: line for line in shop.lines}
    for match in result.matches:
        if match.kind is MatchKind.REFUND:
            if match.payment_ids != (shop.refund_of.get(match.line_ids[0]),):
                figures.wrong.append((lines[match.line_ids[0]], match))
            continue
        if match.kind is MatchKind.REVERSAL:
            original, reversal = match.line_ids
            payments = {(), (shop.taken_back.get(original),)}
            if shop.original_of.get(reversal) == original and match.payment_ids in payments:
                figures.right["reversal"] += 1
            else:
                figures.wrong.append((lines[original], match))
            continue
        for line_id in match.line_ids:
            if shop.truth[line_id] == frozenset(match.payment_ids):
                figures.right[shop.label[line_id]] += 1
            else:
                figures.wrong.append((lines[line_id], match))
    return figures


class Maker:
    """Makes one shop; the same seed makes the same shop."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.shop = Shop()
        self.invoices: Counter[date] = Counter()
        self.customers = [self._customer() for _ in range(150)]

    def make(self, lines: int) -> Shop:
        kinds = self.random.choices(list(SHARES), weights=list(SHARES.values()), k=lines)
        for kind in kinds:
            getattr(self, f"_{kind}")()
        for _ in range(lines // 12):
            self._payment()
        self._leave_out_the_undecidable()
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

    def _customer(self) -> Customer:
        chance = self.random
        prefix = chance.choice(("78", "79", "72", "73"))
        return Customer(
            f"{chance.choice(GIVEN.split())} {chance.choice(FAMILY.split())}",
            f"+250{prefix}{chance.randrange(10**7):07d}",
        )

    def _numbers(self, day: date) -> tuple[str, str]:
        self.invoices[day] += 1
        number = self.invoices[day]
        return f"INV-{day:%Y%m%d}-{number:05d}", f"ORD-{day:%Y-%m-%d}-{number:03d}"

    def _new(self, method: str = "", day: date | None = None) -> tuple[OpenPayment, Customer]:
        chance = self.random
        day = day or FIRST_DAY + timedelta(days=chance.randrange(DAYS))
        invoice, order = self._numbers(day)
        customer = chance.choice(self.customers) if chance.random() < 0.7 else self._customer()
        number = len(self.shop.payments) + len(self.shop.lines)
        payment = OpenPayment(
            payment_id=f"{chance.getrandbits(64):016x}",
            day=day,
            amount_minor=chance.choice(POPULAR)
            if chance.random() < 0.6
            else chance.randrange(4, 900) * 50,
            method=method or chance.choice((MTN, MTN, MTN, BANK)),
            transaction_id=f"{chance.randrange(10**9, 10**10)}{number:04d}",
            reference=order,
            invoice_number=invoice,
            phone=customer.phone,
            customer_name=customer.name,
        )
        return payment, customer

    def _payment(self, method: str = "", day: date | None = None) -> tuple[OpenPayment, Customer]:
        payment, customer = self._new(method, day)
        self.shop.payments.append(payment)
        return payment, customer

    def _line(self, label: str, amount: int, day: date, text: str, **more: str) -> OpenLine:
        line = OpenLine(
            line_id=len(self.shop.lines) + 2,
            day=day,
            amount_minor=amount,
            text=text,
            **({"transaction_id": f"88{self.random.randrange(10**9):010d}"} | more),
        )
        self.shop.lines.append(line)
        self.shop.truth[line.line_id] = frozenset()
        self.shop.label[line.line_id] = label
        return line

    def _paid(
        self, label: str, payment: OpenPayment, text: str, amount: int | None = None, **more: str
    ) -> OpenLine:
        day = payment.day + timedelta(days=self.random.choice((0, 0, 0, 1, 2)))
        money = payment.amount_minor if amount is None else amount
        line = self._line(label, money, day, text, **more)
        self.shop.truth[line.line_id] = frozenset({payment.payment_id})
        return line

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

    def _damage(self, text: str) -> str:
        chance = self.random
        place = chance.randrange(len(text) - 5, len(text) - 1)
        other = chance.choice([digit for digit in "0123456789" if digit != text[place]])
        return chance.choice(
            (
                text[:-1],
                text[:-2],
                text.replace("-", " "),
                text.replace("-", "").lower(),
                text.replace("0", "O", 2),
                f"PAY{text.replace('-', '')}KGL",
                text[:place] + text[place + 1] + text[place] + text[place + 2 :],
                text[:place] + other + text[place + 1 :],
            )
        )

    def _damaged(self) -> None:
        payment, customer = self._payment()
        payer = customer.as_printed if self.random.random() < 0.8 else ""
        self._paid(
            "damaged",
            payment,
            f"TRF {self._damage(payment.invoice_number)} {payer or 'MOBILE'}",
            counterparty=payer,
        )

    def _phone(self) -> None:
        payment, customer = self._payment(MTN)
        written = self.random.choice((customer.phone, customer.phone[1:], "0" + customer.phone[4:]))
        self._paid("phone", payment, f"Cash in from {written}", phone=written)

    def _masked(self) -> None:
        payment, customer = self._payment(MTN)
        self._paid(
            "masked",
            payment,
            "Payment received",
            phone=customer.masked,
            counterparty=customer.as_printed,
        )

    def _name(self) -> None:
        payment, customer = self._payment(BANK)
        self._paid("name", payment, f"VIREMENT DE {customer.as_printed}")

    def _fee(self) -> None:
        payment, customer = self._payment(self.random.choice((AIRTEL, BANK)))
        fee = FEES.fee_minor(AIRTEL, payment.amount_minor)
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
        self._settlement(missing=True)

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
            f"Payment {self._damage(wanted) if self.random.random() < 0.5 else wanted}",
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
