"""The books and the statement being written, and how each channel writes a line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from core.matching.records import OpenLine, OpenPayment, OpenRefund
from tests.core.matching.varied_shops.people import Customer, write_name, write_phone
from tests.core.matching.varied_shops.truth import NOTHING, Said, Shop, Story, Truth

FIRST_DAY = date(2026, 3, 2)
_OPENINGS = {
    "mtn_mobile_money": ("Payment", "External payment", "Transfer", "MoMoPay"),
    "airtel_money": ("Merchant payment", "P2M", "Cr wallet"),
    "bank_transfer": (
        "Incoming Trsf frm local banks |", "New App BK-BK Account Transfer :", "CASH DEP", "VIRT",
    ),
    "card": ("POS PURCHASE", "CARD PMT"),
}  # fmt: skip
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(slots=True)
class Books:
    """Payments, lines and truths of one shop, filled by stories."""

    random: Random
    shop: Shop
    customers: list[Customer]
    prices: tuple[int, ...]
    methods: tuple[str, ...]
    reference_style: str
    days: int
    any_amount: float = 0.2
    referenced: float = 0.8
    number: int = 0

    def day(self, last: int = 4) -> date:
        """Return a day of the period, some days before its end."""
        return FIRST_DAY + timedelta(days=self.random.randrange(max(self.days - last, 1)))

    def amount(self) -> int:
        """Return one of the prices, or now and then any amount."""
        if self.random.random() < self.any_amount:
            return self.random.randrange(3, 4000) * 100 + self.random.choice((0, 0, 50))
        return self.random.choice(self.prices)

    def customer(self) -> Customer:
        """Return somebody."""
        return self.random.choice(self.customers[:-1])

    def payment(
        self,
        *,
        customer: Customer | None = None,
        amount: int | None = None,
        day: date | None = None,
        method: str = "",
        kept: bool = True,
        refund: OpenRefund | None = None,
        with_transaction: bool | None = None,
    ) -> OpenPayment:
        """Return a new payment; one that is not ``kept`` never comes into the books."""
        random = self.random
        self.number += random.choice((1, 1, 1, 2, 3))
        customer = customer or self.customer()
        method = method or random.choice(self.methods)
        day = day or self.day()
        known = random.random() < 0.5 if with_transaction is None else with_transaction
        referenced = random.random() < self.referenced
        made = OpenPayment(
            payment_id=f"p{self.number:06}",
            day=day,
            amount_minor=amount or self.amount(),
            method=method,
            transaction_id=self.transaction_id(method, day) if known else "",
            reference=self._reference(day) if referenced else "",
            invoice_number=f"INV-2026-{self.number:06}" if random.random() < 0.5 else "",
            order_number=f"ORD{day:%y%m%d}{self.number % 10_000:04}"
            if random.random() < 0.2
            else "",
            phone=customer.phone,
            customer_name=customer.name,
            account_number=customer.account,
            refunded=(refund,) if refund else (),
        )
        if kept:
            self.shop.payments.append(made)
        return made

    def line(
        self,
        amount: int,
        day: date,
        *,
        method: str,
        said: Said = NOTHING,
        transaction_id: str | None = None,
        place: str = "text",
        opening: str = "",
        currency: str = "RWF",
        fee: int = 0,
    ) -> int:
        """Write a line that says ``said``; return its id."""
        random = self.random
        line_id = len(self.shop.lines) + 1
        if transaction_id is None:
            transaction_id = self.transaction_id(method, day) if random.random() < 0.8 else ""
        words = [opening or random.choice(_OPENINGS.get(method, ("",)))]
        reference = ""
        for piece in said.pieces:
            if place == "reference" and not reference:
                reference = piece
            else:
                words.append(piece)
        phone = counterparty = ""
        if said.phone:
            if random.random() < 0.5:
                phone = "".join(c for c in said.phone if c.isdigit() or c == "*")
            else:
                words.append(said.phone)
        if said.name:
            if random.random() < 0.5:
                counterparty = said.name
            else:
                words.insert(random.randrange(1, len(words) + 1), said.name)
        self.shop.lines.append(
            OpenLine(
                line_id,
                day,
                amount,
                currency,
                " ".join(words),
                reference,
                transaction_id,
                counterparty,
                phone,
                fee,
            )
        )
        return line_id

    def drop(self, payment: OpenPayment) -> None:
        """Take a payment out of the books again: its story could not be told."""
        self.shop.payments.remove(payment)

    def clean(self, payment: OpenPayment) -> tuple[Said, str | None, str]:
        """Return what a line says with one clean identifier, and where."""
        if payment.transaction_id and (self.random.random() < 0.6 or not self.names_of(payment)):
            return self.payer(payment, some=True), payment.transaction_id, "text"
        names = self.names_of(payment)
        pieces = (self.random.choice(names),) if names else ()
        who = self.payer(payment, some=True)
        # A channel that tells its ids would tell the one the books know.
        own = "" if payment.transaction_id else None
        return Said(pieces, who.name, who.phone), own, self.random.choice(("text", "reference"))

    def payer(self, payment: OpenPayment, *, some: bool = False) -> Said:
        """Return what a line says of who paid: name, phone or both (or, with ``some``, nothing)."""
        what = self.random.choice(
            ("name", "phone", "both", "none") if some else ("name", "phone", "both")
        )
        random = self.random
        return Said(
            name=write_name(random, payment.customer_name) if what in ("name", "both") else "",
            phone=write_phone(random, payment.phone) if what in ("phone", "both") else "",
        )

    def names_of(self, payment: OpenPayment) -> list[str]:
        """Return our own identifiers of a payment."""
        known = (payment.reference, payment.invoice_number, payment.order_number)
        return [name for name in known if name]

    def tell(
        self, story: Story, lines: tuple[int, ...], payments: tuple[str, ...], **more: object
    ) -> Truth:
        """Write down what is true of some lines."""
        truth = Truth(story, lines, payments, **more)  # type: ignore[arg-type]
        self.shop.truths.append(truth)
        return truth

    def transaction_id(self, method: str, day: date) -> str:
        """Return an id as the channel makes them."""
        random = self.random
        if method == "airtel_money":
            letter = random.choice(ALPHABET)
            return (
                f"MP{day:%y%m%d}.{random.randrange(2400):04}.{letter}{random.randrange(100_000):05}"
            )
        if method == "bank_transfer":
            tail = "".join(random.choice(ALPHABET + "0123456789") for _ in range(5))
            return f"FT{day:%y%j}{tail}"
        if method == "card":
            return f"{random.randrange(1_000_000):06}"
        return f"{random.randrange(3_000_000_000, 9_000_000_000 * 3)}"

    def _reference(self, day: date) -> str:
        style = self.reference_style
        if style == "dated":
            return f"S{day:%Y%m%d}{self.number % 1000:03}"
        if style == "digits":
            return f"{self.number:08}"
        if style == "pupil":
            return f"GS/{2026}/{self.number:04}"
        return f"KGL/26/{self.number:06}"
