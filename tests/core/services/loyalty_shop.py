"""A shop with customers who earn and spend points, for the tests of the loyalty programme."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from sqlalchemy import select

from core.database.unit_of_work import Database
from core.model.customers import Customer, LoyaltyAccount
from core.model.payments import PaymentMethod
from core.permissions import Actor, Role
from core.services.loyalty.rows import LoyaltyEntryRow, MemberRow
from core.services.loyalty.service import CorrectPoints, LoyaltyService
from core.services.payments.rules import RecordPayment
from core.services.payments.service import PaymentService
from core.services.refunds.service import CarryOutRefund, RefundService, RequestRefund
from core.services.rows import PaymentRow, RefundRow
from tests.core.services.refund_limit import leave_to_managers

ALICE, PHONE = "Alice Uwase", "+250788123456"
CASHIER = Actor(1, "aline", Role.CASHIER, desk="desk 1")
MANAGER = Actor(3, "marie", Role.MANAGER, desk="desk 3")


@dataclass
class LoyaltyShop:
    """The verbs of the tests, each a service's own."""

    database: Database
    keys: count[int] = field(default_factory=count)

    @property
    def loyalty(self) -> LoyaltyService:
        return LoyaltyService(self.database)

    def key(self) -> str:
        return f"k{next(self.keys)}"

    def sell(self, amount_minor: int, name: str = ALICE, phone: str = PHONE) -> PaymentRow:
        """Take cash."""
        return PaymentService(self.database).record(
            CASHIER,
            RecordPayment(
                key=self.key(),
                method=PaymentMethod.CASH,
                amount_minor=amount_minor,
                tendered_minor=amount_minor,
                customer_name=name,
                phone_number=phone,
                complete_now=True,
            ),
        )

    def spend(
        self, points: int, name: str = ALICE, phone: str = PHONE, **more: object
    ) -> PaymentRow:
        """Take points, each worth RWF 100."""
        command = RecordPayment(
            key=self.key(),
            method=PaymentMethod.LOYALTY_POINTS,
            amount_minor=points * 100,
            customer_name=name,
            phone_number=phone,
            **more,  # type: ignore[arg-type]
        )
        return PaymentService(self.database).record(CASHIER, command)

    def refund(self, payment: PaymentRow, amount_minor: int) -> RefundRow:
        """Give part of a payment back: asked, approved by another, carried out."""
        refunds = RefundService(self.database)
        leave_to_managers(self.database)
        asked = refunds.request(
            CASHIER, RequestRefund(self.key(), payment.payment_id, amount_minor, "broken")
        )
        refunds.approve(MANAGER, asked.refund_id)
        return refunds.carry_out(CASHIER, CarryOutRefund(self.key(), asked.refund_id))

    def correct(self, points: int, name: str = ALICE) -> MemberRow:
        """Add or take points by hand."""
        command = CorrectPoints(self.key(), self.member(name).customer_id, points, "a mistake")
        return self.loyalty.correct(MANAGER, command)

    def member(self, name: str = ALICE) -> MemberRow:
        return self.loyalty.find(CASHIER, name)

    def points(self, name: str = ALICE) -> int:
        """Return the balance, as the account holds it."""
        with self.database.read() as session:
            held = session.scalar(
                select(LoyaltyAccount.points)
                .join(Customer, Customer.id == LoyaltyAccount.customer_id)
                .where(Customer.name == name)
            )
        return held or 0

    def ledger(self, name: str = ALICE) -> list[LoyaltyEntryRow]:
        """Return the movements, the oldest first."""
        page = self.loyalty.ledger(CASHIER, self.member(name).customer_id)
        return list(reversed(page.rows))

    def moved(self, name: str = ALICE) -> list[tuple[str, int, int]]:
        """Return kind, points and balance of each movement, the oldest first."""
        return [(row.kind.value, row.points, row.balance_after) for row in self.ledger(name)]
