"""A second invented shop, built otherwise than `labelled_shop`: a judge of evidence, not of shapes.

Bank narrations cut to 35 capitals, French and Kinyarwanda words, yearly numbers with slashes,
firms and three-word names, delays over weekends, remittances net of one fee on the day's total.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

from core.matching.fees import FeeModel, FeeRule, FeeTier
from core.matching.records import OpenLine, OpenPayment, OpenRefund
from tests.core.matching.scoring import Shop

FIRST_DAY = date(2026, 9, 1)
DAYS = 30
MOMO, AIRTEL, BANK, CARD = "mtn_mobile_money", "airtel_money", "bank_transfer", "card"
PRICES = (1200, 2000, 3500, 5000, 8000, 10_000, 18_000, 25_000, 60_000)
FAMILY = """MUKAMANA NIYONSABA UWIMANA HABYARIMANA NSABIMANA TUYISENGE MANISHIMWE ISHIMWE
    NDAYAMBAJE SIBOMANA MUKESHIMANA BYIRINGIRO KABERA GAHIGI RUTAYISIRE MUTESI"""
STRANGERS = "BAGABO CYUZUZO GAKWAYA HITIMANA KAREMERA MUNEZERO"
GIVEN = """Marie-Claire Jean-Bosco Pascal Vénuste Angélique Dieudonné Immaculée Fidèle Consolée
    Thérèse Samuel Alexis Christine Emmanuel Félicien Sandrine Égide Yvette"""
FIRMS = ("ETS KAMALI ET FILS", "COOPERATIVE ABAHUZA", "QUINCAILLERIE NYABUGOGO", "SALON IZUBA")
FEES = FeeModel(
    rules=(
        FeeRule(CARD, (FeeTier(basis_points=250),)),
        FeeRule(
            AIRTEL,
            (
                FeeTier(fixed_minor=20, up_to_minor=1000),
                FeeTier(fixed_minor=100, up_to_minor=10_000),
                FeeTier(basis_points=80, maximum_minor=1500),
            ),
        ),
    )
)

SHARES = {
    "exact": 24,
    "written_otherwise": 9,
    "cut_by_width": 5,
    "slip": 6,
    "prefix_lost": 4,
    "momo_id": 12,
    "momo_payer": 9,
    "bank_name": 5,
    "net": 5,
    "remittance": 3,
    "two_in_one": 2,
    "instalments": 2,
    "underpaid": 2,
    "overpaid": 1,
    "paid_twice": 1,
    "reversed": 3,
    "refund": 2,
    "charge": 3,
    "stranger": 2,
    "unrecorded": 2,
    "wrong_reference": 1,
    "too_early": 1,
    "dollars": 1,
}


class Maker:
    """Makes one shop; the same seed makes the same shop."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed * 7919 + 11)
        self.shop = Shop()
        self.customers = [self._customer() for _ in range(300)]
        self.number = self.random.randrange(2000, 9000)
        self.card_days: set[date] = set()
        self.slips: list[tuple[int, str, bool]] = []

    def make(self, lines: int) -> Shop:
        kinds = self.random.choices(list(SHARES), weights=list(SHARES.values()), k=lines)
        for kind in kinds:
            getattr(self, f"_{kind}")()
        for _ in range(lines // 15):
            self._payment()
        self._leave_out_the_undecidable()
        self._decide_remittances()
        self.shop.decide_payers(days=4)
        self.random.shuffle(self.shop.lines)
        return self.shop

    def _leave_out_the_undecidable(self) -> None:
        """Drop slips that make the exact reference of an equal payment, with no payer to object."""
        amounts = {each.invoice_number: each.amount_minor for each in self.shop.payments}
        for place, seen, known in reversed(self.slips):
            if amounts.get(seen) == self.shop.lines[place].amount_minor and not known:
                del self.shop.label[self.shop.lines.pop(place).line_id]

    def _customer(self) -> tuple[str, str]:
        chance = self.random
        phone = f"+2507{chance.choice('2389')}{chance.randrange(10**7):07d}"
        if chance.random() < 0.08:
            return chance.choice(FIRMS), phone
        given = chance.sample(GIVEN.split(), k=2)
        return f"{chance.choice(FAMILY.split())} {' '.join(given)}".upper(), phone

    def _payment(self, method: str = "", day: date | None = None, **changes: object) -> OpenPayment:
        chance = self.random
        self.number += chance.choice((1, 1, 1, 2))
        name, phone = chance.choice(self.customers) if chance.random() < 0.6 else self._customer()
        popular = chance.random() < 0.5
        payment = OpenPayment(
            payment_id=f"pay-{chance.getrandbits(48):012x}",
            day=day or FIRST_DAY + timedelta(days=chance.randrange(DAYS)),
            amount_minor=chance.choice(PRICES) if popular else chance.randrange(30, 8000) * 10,
            method=method or chance.choice((BANK, BANK, MOMO, AIRTEL)),
            transaction_id="",
            reference=f"CMD{chance.randrange(36**3):05d}{chance.choice('KLMNP')}{self.number % 97}",
            invoice_number=f"KGL/26/{self.number:06d}",
            phone=phone,
            customer_name=name,
        )
        payment = replace(payment, **changes)  # type: ignore[arg-type]
        self.shop.payments.append(payment)
        return payment

    def _line(
        self,
        label: str,
        day: date,
        amount: int,
        text: str,
        truth: tuple[str, ...] = (),
        *,
        decidable: bool = True,
        **more: object,
    ) -> OpenLine:
        line = OpenLine(
            line_id=1000 + len(self.shop.label),
            day=day,
            amount_minor=amount,
            text=text.upper()[:35],
            **more,  # type: ignore[arg-type]
        )
        self.shop.lines.append(line)
        self.shop.label[line.line_id] = label
        self.shop.truth[line.line_id] = frozenset(truth)
        if not decidable:
            self.shop.undecidable.add(line.line_id)
        return line

    def _bank_day(self, payment: OpenPayment) -> date:
        day = payment.day + timedelta(days=self.random.choice((0, 1, 1, 2)))
        while day.weekday() > 4:
            day += timedelta(days=1)
        return day

    def _paid(self, label: str, payment: OpenPayment, text: str, **more: object) -> OpenLine:
        amount = int(more.pop("amount", payment.amount_minor))  # type: ignore[call-overload]
        day = self._bank_day(payment) if payment.method == BANK else payment.day
        return self._line(
            label,
            day,
            amount,
            text,
            (payment.payment_id,),
            **more,  # type: ignore[arg-type]
        )

    def _exact(self) -> None:
        payment = self._payment()
        wanted = self.random.choice((payment.invoice_number, payment.reference))
        self._paid("exact", payment, f"{self._word()} {wanted} {payment.customer_name}")

    def _word(self) -> str:
        return self.random.choice(("VRT RECU", "PAIEMENT", "KWISHYURA", "DEPOT", "TRF", "FACTURE"))

    def _written_otherwise(self) -> None:
        payment = self._payment()
        text, chance = payment.invoice_number, self.random
        joined = text.replace("/", chance.choice(("", " ", "-", ".")))
        lettered = text.replace("0", "O", chance.choice((1, 2)))
        text = f"{self._word()} {chance.choice((joined, joined, lettered))}"
        self._paid("written_otherwise", payment, text)

    def _cut_by_width(self) -> None:
        """The narration ends inside the reference; the payer stands before it."""
        payment = self._payment(BANK)
        lost = self.random.choice((1, 1, 2))
        head = f"VRT {payment.customer_name} "[: 35 - len(payment.invoice_number) + lost]
        text = f"{head:<{35 - len(payment.invoice_number) + lost}}{payment.invoice_number}"
        line = self._paid("cut_by_width", payment, text, counterparty=payment.customer_name.upper())
        if lost == 2 and payment.amount_minor in PRICES:
            self.shop.undecidable.add(line.line_id)

    def _slip(self) -> None:
        payment = self._payment()
        text, chance = payment.invoice_number, self.random
        place = chance.randrange(len(text) - 5, len(text) - 1)
        swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
        missing = text[:place] + text[place + 1 :]
        doubled = text[:place] + text[place] + text[place:]
        wrong = text[:place] + chance.choice("0123456789") + text[place + 1 :]
        seen = chance.choice((swapped, missing, doubled, wrong))
        known = chance.random() < 0.8
        self.slips.append((len(self.shop.lines), seen, known))
        self._paid(
            "slip",
            payment,
            f"PAIEMENT {seen}",
            decidable=known and payment.amount_minor not in PRICES,
            counterparty=payment.customer_name.upper() if known else "",
        )

    def _prefix_lost(self) -> None:
        payment = self._payment()
        text = payment.invoice_number[self.random.choice((4, 7)) :]
        self._paid(
            "prefix_lost",
            payment,
            f"FACT {text}",
            decidable=payment.amount_minor not in PRICES,
            counterparty=payment.customer_name.upper(),
        )

    def _momo_id(self) -> None:
        chance = self.random
        stamp = f"MP2609{chance.randrange(10, 30)}.{chance.randrange(1000, 2400)}"
        number = f"{stamp}.{chance.choice('ABCD')}{chance.randrange(10**5):05d}"
        payment = self._payment(MOMO, transaction_id=number)
        where = chance.random() < 0.5
        self._paid(
            "momo_id",
            payment,
            "Cash In" if where else f"P2P {number}",
            transaction_id=number if where else "",
        )

    def _momo_payer(self) -> None:
        payment = self._payment(self.random.choice((MOMO, AIRTEL)))
        masked = f"25{payment.phone[3:5]}*****{payment.phone[-3:]}"
        shown = self.random.choice((payment.phone, "0" + payment.phone[4:], masked))
        name = " ".join(reversed(payment.customer_name.split())).upper()
        line = self._paid("momo_payer", payment, "Amafaranga yakiriwe", phone=shown)
        self.shop.lines[-1] = replace(line, counterparty=name)
        self.shop.by_payer.add(line.line_id)

    def _bank_name(self) -> None:
        payment = self._payment(BANK)
        line = self._paid("bank_name", payment, f"VRT RECU {payment.customer_name}")
        self.shop.by_payer.add(line.line_id)

    def _net(self) -> None:
        payment = self._payment(AIRTEL)
        fee = FEES.fee_minor(AIRTEL, payment.amount_minor)
        text = f"NET FRAIS {payment.invoice_number}"
        self._paid("net", payment, text, amount=payment.amount_minor - fee)

    def _remittance(self) -> None:
        chance = self.random
        free = [
            FIRST_DAY + timedelta(days=day)
            for day in range(DAYS)
            if FIRST_DAY + timedelta(days=day) not in self.card_days
        ]
        if not free:
            return
        day = chance.choice(free)
        self.card_days.add(day)
        members = [self._payment(CARD, day) for _ in range(chance.randrange(2, 9))]
        gross = sum(member.amount_minor for member in members)
        short = chance.random() < 0.06
        if short:
            self.shop.payments.remove(members[0])
        self._line(
            "remittance",
            day + timedelta(days=2),
            gross - FEES.fee_minor(CARD, gross),
            f"REMISE CARTES {len(members)} OPS",
            () if short else tuple(member.payment_id for member in members),
        )

    def _decide_remittances(self) -> None:
        """Too few of them show no habit of the channel."""
        lines = [line for line, label in self.shop.label.items() if label == "remittance"]
        if len(lines) < 5:
            self.shop.undecidable.update(lines)

    def _two_in_one(self) -> None:
        first = self._payment(BANK)
        together = [first, self._payment(BANK, first.day)]
        text = " ET ".join(each.invoice_number for each in together)
        self._line(
            "two_in_one",
            self._bank_day(first),
            sum(each.amount_minor for each in together),
            text,
            tuple(each.payment_id for each in together),
        )

    def _instalments(self) -> None:
        payment = self._payment(BANK)
        part = payment.amount_minor * self.random.choice((3, 4, 5, 6)) // 10
        for word, amount in (("ACOMPTE", part), ("SOLDE", payment.amount_minor - part)):
            self._paid("instalments", payment, f"{word} {payment.invoice_number}", amount=amount)

    def _underpaid(self, factor: int = 80) -> None:
        payment = self._payment(BANK)
        label = "underpaid" if factor < 100 else "overpaid"
        line = self._paid(
            label,
            payment,
            f"PAIEMENT {payment.invoice_number}",
            amount=payment.amount_minor * factor // 100,
            counterparty=payment.customer_name.upper(),
        )
        self.shop.never.add(line.line_id)

    def _overpaid(self) -> None:
        self._underpaid(self.random.choice((110, 150)))

    def _paid_twice(self) -> None:
        payment = self._payment(BANK)
        for _ in range(2):
            line = self._paid("paid_twice", payment, f"PAIEMENT {payment.invoice_number}")
            self.shop.undecidable.add(line.line_id)

    def _reversed(self) -> None:
        chance = self.random
        payment = self._payment(BANK)
        number = f"FT26{chance.randrange(100, 365)}{chance.randrange(10**6):06d}"
        original = self._paid(
            "reversed", payment, f"PAIEMENT {payment.invoice_number}", transaction_id=number
        )
        self.shop.never.add(original.line_id)
        text = chance.choice((f"EXTOURNE {number}", f"ANNULATION {payment.invoice_number}"))
        day = original.day + timedelta(days=chance.randrange(3))
        line = self._line("reversal", day, -payment.amount_minor, text)
        self.shop.original_of[line.line_id] = original.line_id
        self.shop.taken_back[original.line_id] = payment.payment_id

    def _refund(self) -> None:
        chance = self.random
        payment = self._payment(MOMO)
        refund = OpenRefund(
            refund_id=f"rf-{payment.payment_id}",
            amount_minor=max(100, payment.amount_minor // chance.choice((1, 2))),
            day=payment.day + timedelta(days=chance.randrange(5)),
            transaction_id=f"RB{chance.randrange(10**9):09d}",
        )
        self.shop.payments[-1] = replace(payment, refunded=(refund,))
        self._paid("refunded", payment, f"{payment.reference}")
        line = self._line(
            "refund", refund.day, -refund.amount_minor, f"REMB CLIENT {refund.transaction_id}"
        )
        self.shop.refund_of[line.line_id] = payment.payment_id

    def _charge(self) -> None:
        day = FIRST_DAY + timedelta(days=self.random.randrange(DAYS))
        text = self.random.choice(("FRAIS TENUE DE COMPTE", "COMMISSION VIREMENT", "EXCISE DUTY"))
        self._line("charge", day, -self.random.choice((118, 500, 2360)), text)

    def _stranger(self) -> None:
        payment = self._payment()
        self._line("stranger", payment.day, payment.amount_minor, f"DEPOT {self._stranger_name()}")

    def _stranger_name(self) -> str:
        """Return a name no customer can have: who bears a customer's very name is one."""
        given = " ".join(self.random.sample(GIVEN.split(), k=2)).upper()
        return f"{self.random.choice(STRANGERS.split())} {given}"

    def _unrecorded(self) -> None:
        payment = self._payment()
        self.shop.payments.remove(payment)
        text = payment.invoice_number[: None if self.random.random() < 0.6 else -1]
        self._line("unrecorded", payment.day, payment.amount_minor, text)

    def _wrong_reference(self) -> None:
        """The reference of one payment with the amount and the day of another."""
        named, meant = self._payment(BANK), self._payment(BANK)
        if 0.6 < named.amount_minor / meant.amount_minor < 1.6:
            return
        line = self._line(
            "wrong_reference",
            max(named.day, meant.day),
            meant.amount_minor,
            f"TRF {named.invoice_number}",
            counterparty=named.customer_name.upper(),
        )
        self.shop.never.add(line.line_id)

    def _too_early(self) -> None:
        payment = self._payment()
        text = f"TRF {payment.invoice_number}"
        day = payment.day - timedelta(days=5)
        self._line("too_early", day, payment.amount_minor, text)

    def _dollars(self) -> None:
        payment = self._payment(BANK)
        text = f"SWIFT {payment.invoice_number}"
        self._line("dollars", payment.day, payment.amount_minor, text, currency="USD")
