"""What an invented shop in Kigali is made of: customers, dense numbers, popular prices, rows."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from core.matching.records import OpenLine, OpenPayment
from tests.core.matching.scoring import Shop

FIRST_DAY = date(2026, 1, 5)
DAYS = 28
MTN, AIRTEL, BANK, CARD = "mtn_mobile_money", "airtel_money", "bank_transfer", "card"
POPULAR = (500, 1000, 2000, 2500, 3000, 5000, 7000, 10000, 12000, 15000, 20000, 35000)
GIVEN = """Aimée Aline Alphonse Béatrice Claudine Clémentine Damascène Divine Éric Espérance
    Fabrice Gisèle Innocent Jeannette Josiane Léonard Marie Odette Pacifique Théogène Vestine"""
FAMILY = """Bizimungu Dusabe Gatete Habineza Hakizimana Ineza Kamanzi Karangwa Mbabazi Mukandoli
    Munyaneza Murekatete Ndagijimana Nkurunziza Nsengiyumva Rukundo Rwigema Twagiramungu Uwase"""


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


class Basics:
    """Makes customers, payments and lines; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.shop = Shop()
        self.invoices: Counter[date] = Counter()
        self.customers = [self._customer() for _ in range(150)]

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
