"""A shop whose mail account is at a real server of the test's own, and the acts tests repeat."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from core.app import App
from core.configuration import Configuration, MailTiming, PasswordCost
from core.database.unit_of_work import Database
from core.model.customers import Customer
from core.model.payments import PaymentMethod
from core.permissions import Actor, Role
from core.services.mail.queue import QueueMail
from core.services.mail.rows import MailDetail, MailKind, MailRow, MailStatus
from core.services.mail.settings import MailForm, MailSettings, Security
from core.services.payments.rules import CompletePayment, RecordPayment, SaleLine
from core.services.refunds.service import CarryOutRefund, RequestRefund
from core.services.rows import PaymentRow, RefundRow
from tests.mail_host import PASSWORD, USER, MailHost

CASHIER = Actor(1, "aline", Role.CASHIER, desk="desk 1")
MANAGER = Actor(3, "marie", Role.MANAGER, desk="desk 3")
ADMIN = Actor(4, "ange", Role.ADMIN, desk="desk 4")

QUICK = MailTiming(opening_timeout_s=20, answer_timeout_s=20, final_timeout_s=2, idle_s=0.02)


class MailShop:
    """An open shop in a folder; its clock is the database's."""

    def __init__(self, database: Database, folder: Path, timing: MailTiming = QUICK) -> None:
        self.app = App(
            Configuration(
                folder,
                clock=database.clock,
                use_keyring=False,
                password_cost=PasswordCost(1, 8, 1),
                mail_timing=timing,
            ),
            database,
        )
        self._number = 0

    def connect(self, host: MailHost, **changes: Any) -> MailForm:
        """Set the shop's mail account up at a server."""
        settings = MailSettings(
            mail_host="localhost",
            mail_port=host.port,
            mail_security=Security.STARTTLS.value,
            mail_user=USER,
            mail_from_address=USER,
            mail_from_name="Inzozi Shop",
        )
        form = MailForm(replace(settings, **changes), PASSWORD)
        return self.app.mail_settings.save(ADMIN, form)

    def change(self, **changes: Any) -> None:
        """Change single settings."""
        settings = replace(self.app.mail_settings.load(), **changes)
        self.app.mail_settings.save(ADMIN, MailForm(settings))

    def sale(
        self, name: str = "Claire Uwase", *, email: str = "", language: str = "en", **more: Any
    ) -> PaymentRow:
        """Take 15 000 RWF in cash from a customer with this address."""
        return self._record(name, email, language, complete_now=True, **more)

    def waiting(
        self, name: str = "Eric Niyonzima", *, email: str = "", language: str = "en", **more: Any
    ) -> PaymentRow:
        """Record a payment that nobody has made yet."""
        more = {"method": PaymentMethod.CASH_ON_DELIVERY, **more}
        return self._record(name, email, language, **more)

    def _record(self, name: str, email: str, language: str, **more: Any) -> PaymentRow:
        self._number += 1
        if name:
            self.keep_customer(name, email, language)
        method = more.pop("method", PaymentMethod.CASH)
        command = RecordPayment(
            key=f"sale-{self._number}",
            method=method,
            amount_minor=15_000,
            transaction_reference=f"ORD-{self._number:03d}",
            customer_name=name,
            tendered_minor=15_000 if method is PaymentMethod.CASH else None,
            lines=(SaleLine("Umuceri 5 kg", 2, 7_500),),
            **more,
        )
        return self.app.payments.record(CASHIER, command)

    def keep_customer(self, name: str, email: str, language: str) -> None:
        """Keep a customer before the first sale."""
        with self.app.database.write(None) as unit:
            found = unit.session.query(Customer).filter(Customer.name == name).one_or_none()
            if found is None:
                found = Customer(name=name, created_at=unit.now)
                unit.session.add(found)
            found.email, found.language = email, language
            unit.commit()

    def address_of(self, name: str) -> str:
        """Return the address kept with a customer."""
        with self.app.database.read() as session:
            return session.query(Customer).filter(Customer.name == name).one().email

    def complete(self, payment: PaymentRow) -> PaymentRow:
        """Complete a waiting payment."""
        command = CompletePayment(
            key=f"complete-{payment.payment_id[:8]}", payment_id=payment.payment_id
        )
        return self.app.payments.complete(CASHIER, command)

    def refund(self, payment: PaymentRow, amount: int) -> RefundRow:
        """Give money of a payment back."""
        self._number += 1
        asked = self.app.refunds.request(
            CASHIER, RequestRefund(f"r-{self._number}", payment.payment_id, amount, "brought back")
        )
        self.app.refunds.approve(MANAGER, asked.refund_id)
        return self.app.refunds.carry_out(
            CASHIER, CarryOutRefund(f"c-{self._number}", asked.refund_id)
        )

    def queue(
        self,
        payment: PaymentRow,
        kind: MailKind = MailKind.INVOICE,
        address: str = "claire@example.rw",
        **more: Any,
    ) -> MailRow:
        """Queue a mail by hand."""
        self._number += 1
        command = QueueMail(
            key=more.pop("key", f"mail-{self._number}"),
            kind=kind,
            payment_id=payment.payment_id,
            address=address,
            **more,
        )
        return self.app.mail_queue.queue(CASHIER, command)

    def mail(self, mail: MailRow) -> MailDetail:
        """Return a mail as it stands."""
        return self.app.mail_queue.one(CASHIER, mail.mail_id)

    def status(self, mail: MailRow) -> MailStatus:
        """Return where a mail stands."""
        return self.mail(mail).row.status

    def mails(self) -> tuple[MailRow, ...]:
        """Return every mail, the oldest first."""
        return self.app.mail_queue.page(CASHIER).rows[::-1]

    def send(self) -> int:
        """Send what is due now."""
        return self.app.mail_sender.send_due()
