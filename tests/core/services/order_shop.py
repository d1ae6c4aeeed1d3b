"""A small shop with a customer, for tests of orders and accounts: verbs with short names."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from core.database.unit_of_work import Database
from core.model.customers import TaxClass
from core.model.payments import PaymentMethod
from core.permissions import Actor, Role
from core.services.customers.account_statements import AccountStatements
from core.services.customers.orders import AddOrder, OrderService
from core.services.customers.rows import CustomerRow, OrderRow
from core.services.customers.service import AddCustomer, CustomerForm, CustomerService
from core.services.payments.rules import CompletePayment, RecordPayment, SaleLine
from core.services.payments.service import PaymentService
from core.services.refunds.service import CarryOutRefund, RefundService, RequestRefund
from core.services.rows import PaymentRow, RefundRow

CASHIER = Actor(1, "aline", Role.CASHIER, desk="desk 1")
CLERK = Actor(2, "claude", Role.CLERK, desk="desk 2")
MANAGER = Actor(3, "marie", Role.MANAGER, desk="desk 3")
ADMIN = Actor(4, "ange", Role.ADMIN, desk="desk 4")
THREE_LINES = (
    SaleLine("Igitenge, 6 yards", 2, 6_000),
    SaleLine("Umuceri, 5 kg", 1, 7_000, TaxClass.EXEMPT),
    SaleLine("Isabune", 3, 1_000),
)
THREE_LINES_TOTAL = 22_000


@dataclass
class OrderShop:
    """The services of one shop; every command gets a key of its own."""

    database: Database
    folder: Path = Path()
    keys: count[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.customers = CustomerService(self.database)
        self.orders = OrderService(self.database)
        self.payments = PaymentService(self.database)
        self.refunds = RefundService(self.database)
        self.statements = AccountStatements(self.database, self.folder)

    def key(self) -> str:
        return f"key-{next(self.keys)}"

    def customer(self, name: str = "Jean Bosco Habimana", phone: str = "0788123456") -> CustomerRow:
        return self.customers.add(CASHIER, AddCustomer(self.key(), CustomerForm(name, phone)))

    def order(
        self, customer_id: int, *lines: SaleLine, number: str = "", **terms: object
    ) -> OrderRow:
        command = AddOrder(self.key(), customer_id, lines or THREE_LINES, number, **terms)  # type: ignore[arg-type]
        return self.orders.add(CASHIER, command)

    def cash(self, order_number: str, amount_minor: int, **fields: object) -> PaymentRow:
        command = RecordPayment(
            self.key(),
            PaymentMethod.CASH,
            amount_minor,
            order_number=order_number,
            transaction_reference=order_number,
            tendered_minor=amount_minor,
            complete_now=True,
            **fields,  # type: ignore[arg-type]
        )
        return self.payments.record(CASHIER, command)

    def transfer(self, order_number: str, amount_minor: int, **fields: object) -> PaymentRow:
        """Promise a bank transfer; its money is not there yet."""
        command = RecordPayment(
            self.key(),
            PaymentMethod.BANK_TRANSFER,
            amount_minor,
            order_number=order_number,
            transaction_reference=order_number,
            **fields,  # type: ignore[arg-type]
        )
        return self.payments.record(CASHIER, command)

    def arrive(self, payment: PaymentRow) -> PaymentRow:
        return self.payments.complete(
            CASHIER, CompletePayment(self.key(), payment.payment_id, note="seen at the bank")
        )

    def refund(self, payment: PaymentRow, amount_minor: int) -> RefundRow:
        asked = self.refunds.request(
            CASHIER, RequestRefund(self.key(), payment.payment_id, amount_minor, "returned")
        )
        self.refunds.approve(MANAGER, asked.refund_id)
        return self.refunds.carry_out(CASHIER, CarryOutRefund(self.key(), asked.refund_id))

    def state(self, order_number: str) -> OrderRow:
        return self.orders.one(CASHIER, order_number).order
