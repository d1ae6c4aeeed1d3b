"""One stretch of an import: some rows taken in together, each new, known or refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session, joinedload, selectinload

from core.clock import iso_utc
from core.database.unit_of_work import UnitOfWork
from core.model.customers import Customer, Order
from core.model.invoices import Invoice, InvoiceLine
from core.model.journal import IdempotencyKey, Topic
from core.model.payments import Payment, PaymentMethod, PaymentStatus
from core.money import major
from core.permissions import Actor
from core.services.customers.identity import survivor
from core.services.papers.issuing import issue_invoice, keep_series_ahead
from core.services.papers.letterheads import papers_language
from core.services.payments.import_report import ImportedRow
from core.services.payments.json_form import PaymentDocument
from core.services.payments.service import GATEWAY_NAMES, owner_of
from core.services.session import IMPORT_KEY_PREFIX

_ACTION = "payment:imported"
_COMPARED = (
    "payment_method", "payment_type", "currency", "status", "transaction_id",
    "transaction_reference", "phone_number", "customer_name", "account_number", "customer_notes",
    "gateway_name", "invoice_number", "payment_link", "error_message", "card_last4",
    "card_approval_code", "reconciled", "created_at", "processing_started_at", "paid_at",
    "reconciled_at",
)  # fmt: skip
_PAID = frozenset({PaymentStatus.COMPLETED, PaymentStatus.REFUNDED})


@dataclass(frozen=True, slots=True)
class StretchRow:
    """One record of the file, read: its payment, or the reason why it is none."""

    position: int
    given_id: str
    document: PaymentDocument | None
    reason: str = ""


class Stretch:
    """Some rows of a file inside one unit of work; what they meet is looked up in advance."""

    def __init__(self, unit: UnitOfWork, actor: Actor, rows: list[StretchRow]) -> None:
        self._unit = unit
        self._actor = actor
        self._rows = rows
        documents = [row.document for row in rows if row.document is not None]
        self._fingerprints = self._known_fingerprints(documents)
        self._payments = self._known_payments(documents)
        self._transactions = self._known_transactions(documents)
        self._invoices = self._known_invoices(documents)
        self._orders = self._known_orders(documents)
        self._customers = self._known_customers(documents)
        self._language = papers_language(unit.session)
        self._new_numbers: list[str] = []
        self._new_keys: list[dict[str, object]] = []

    def take(self) -> tuple[int, int, list[ImportedRow]]:
        """Write what is new; return how many were new and known, and the refused rows."""
        new = known = 0
        refused = []
        with self._unit.session.no_autoflush:
            for row in self._rows:
                reason = row.reason
                if row.document is not None:
                    if self._is_known(row.document):
                        known += 1
                        continue
                    reason = self._refusal(row.document)
                    if not reason:
                        self._add(row.document)
                        new += 1
                        continue
                refused.append(ImportedRow(row.position, row.given_id, reason))
            _number_new_rows(self._unit.session)
        keep_series_ahead(self._unit.session, self._new_numbers)
        if new:
            self._unit.session.execute(insert(IdempotencyKey), self._new_keys)
            self._unit.changed(Topic.PAYMENTS)
        return new, known, refused

    def _is_known(self, document: PaymentDocument) -> bool:
        """Tell whether this very row was imported before, or says nothing that differs."""
        payment_id = document.payment_id or ""
        if self._fingerprints.get(payment_id) == document.fingerprint:
            return True
        payment = self._payments.get(payment_id)
        return payment is not None and not _differences(payment, document)

    def _refusal(self, document: PaymentDocument) -> str:
        payment = self._payments.get(document.payment_id or "")
        if payment is not None:
            return "; ".join(_differences(payment, document))
        if document.transaction_id is not None:
            other = self._transactions.get((document.payment_method, document.transaction_id))
            if other is not None:
                return _taken("transaction_id", document.transaction_id, other)
        if document.invoice_number is not None:
            other = self._invoices.get(document.invoice_number)
            if other is not None:
                return _taken("invoice_number", document.invoice_number, other)
        return ""

    def _add(self, document: PaymentDocument) -> None:
        unit = self._unit
        payment = self._payment(document)
        unit.session.add(payment)
        payment_id = payment.payment_id
        self._new_keys.append(
            {
                "key": _key(payment_id),
                "action": _ACTION,
                "fingerprint": document.fingerprint,
                "subject_id": payment_id,
                "at": unit.now,
            }
        )
        self._payments[payment_id] = payment
        self._fingerprints[payment_id] = document.fingerprint
        if document.transaction_id is not None:
            self._transactions[document.payment_method, document.transaction_id] = payment_id
        unit.audit(
            _ACTION,
            "payment",
            payment_id,
            method=payment.payment_method,
            amount=major(payment.amount_minor, payment.currency),
            currency=payment.currency,
            status=payment.status,
            invoice=document.invoice_number or "",
        )
        if document.invoice_number is not None:
            self._invoices[document.invoice_number] = payment_id
            self._new_numbers.append(document.invoice_number)
            if payment.status in _PAID:
                issue_invoice(unit, payment)

    def _payment(self, document: PaymentDocument) -> Payment:
        created_at = document.created_at or self._unit.now
        paid_at = document.paid_at
        if paid_at is None and document.status in _PAID:
            paid_at = created_at
        return Payment(
            payment_id=document.payment_id,
            payment_method=document.payment_method,
            payment_type=document.payment_type,
            amount_minor=document.amount_minor,
            currency=document.currency,
            status=document.status,
            order=self._order(document, created_at),
            customer=self._account(document),
            transaction_id=document.transaction_id,
            transaction_reference=document.transaction_reference or "",
            transaction_status=document.transaction_status,
            phone_number=document.phone_number or "",
            customer_name=document.customer_name or "",
            account_number=document.account_number or "",
            customer_notes=document.customer_notes or "",
            gateway_name=document.gateway_name or GATEWAY_NAMES.get(document.payment_method, ""),
            invoice_number=document.invoice_number,
            payment_link=document.payment_link or "",
            error_message=document.error_message or "",
            card_last4=document.card_last4 or "",
            card_approval_code=document.card_approval_code or "",
            reconciled=bool(document.reconciled),
            reconciled_at=document.reconciled_at,
            reconciled_by=self._actor.name if document.reconciled else "",
            created_by=self._actor.name,
            created_at=created_at,
            processing_started_at=document.processing_started_at,
            paid_at=paid_at,
            updated_at=self._unit.now,
        )

    def _order(self, document: PaymentDocument, created_at: datetime) -> Order | None:
        number = document.order_number
        if number is None:
            return None
        if number not in self._orders:
            self._orders[number] = Order(
                order_number=number,
                customer=self._customer(document),
                total_minor=document.amount_minor,
                currency=document.currency,
                created_at=created_at,
                lines=[],
            )
        return self._orders[number]

    def _account(self, document: PaymentDocument) -> Customer | None:
        """Return whose account a payment belongs to: that of the one who owes its order."""
        order = self._orders.get(document.order_number or "")
        return owner_of(self._unit.session, order) or self._customer(document)

    def _customer(self, document: PaymentDocument) -> Customer | None:
        if document.customer_name is None:
            return None
        who = (document.customer_name, document.phone_number or "")
        if who not in self._customers:
            self._customers[who] = Customer(
                name=who[0],
                phone_number=who[1],
                language=self._language,
                created_at=self._unit.now,
            )
            self._unit.changed(Topic.CUSTOMERS)
        return self._customers[who]

    # --- what the rows may meet

    def _known_fingerprints(self, documents: list[PaymentDocument]) -> dict[str, str]:
        keys = [_key(document.payment_id or "") for document in documents]
        rows = self._unit.session.execute(
            select(IdempotencyKey.subject_id, IdempotencyKey.fingerprint).where(
                IdempotencyKey.key.in_(keys)
            )
        )
        return {row.subject_id: row.fingerprint for row in rows}

    def _known_payments(self, documents: list[PaymentDocument]) -> dict[str, Payment]:
        """Return those whose contents must be compared: all that were not imported just so."""
        ids = [
            document.payment_id or ""
            for document in documents
            if self._fingerprints.get(document.payment_id or "") != document.fingerprint
        ]
        payments = self._unit.session.scalars(
            select(Payment).where(Payment.payment_id.in_(ids)).options(joinedload(Payment.order))
        )
        return {payment.payment_id: payment for payment in payments}

    def _known_transactions(
        self, documents: list[PaymentDocument]
    ) -> dict[tuple[PaymentMethod, str], str]:
        ids = [one.transaction_id for one in documents if one.transaction_id is not None]
        rows = self._unit.session.execute(
            select(Payment.payment_method, Payment.transaction_id, Payment.payment_id).where(
                Payment.transaction_id.in_(ids)
            )
        )
        return {(method, str(transaction)): owner for method, transaction, owner in rows}

    def _known_invoices(self, documents: list[PaymentDocument]) -> dict[str, str]:
        numbers = [one.invoice_number for one in documents if one.invoice_number is not None]
        rows = self._unit.session.execute(
            select(Payment.invoice_number, Payment.payment_id).where(
                Payment.invoice_number.in_(numbers)
            )
        )
        return {str(number): owner for number, owner in rows}

    def _known_orders(self, documents: list[PaymentDocument]) -> dict[str, Order]:
        numbers = [one.order_number for one in documents if one.order_number is not None]
        orders = self._unit.session.scalars(
            select(Order)
            .where(Order.order_number.in_(numbers))
            .options(selectinload(Order.lines), joinedload(Order.customer))
        )
        return {order.order_number: order for order in orders}

    def _known_customers(self, documents: list[PaymentDocument]) -> dict[tuple[str, str], Customer]:
        names = {one.customer_name for one in documents if one.customer_name is not None}
        session = self._unit.session
        customers = session.scalars(select(Customer).where(Customer.name.in_(names)))
        return {(one.name, one.phone_number): survivor(session, one) for one in customers}


def _number_new_rows(session: Session) -> None:
    """Give new rows their keys before they are written, in large strokes.

    SQLite hands keys out one row at a time. The unit holds the write lock, so nobody else can take
    the same ones; with the keys known, the rows of a table go in as one statement.
    """
    if session.get_bind().dialect.name != "sqlite":
        return
    for kind in (Customer, Order, Payment, Invoice, InvoiceLine):
        last = session.scalar(select(func.max(kind.id))) or 0
        new = (one for one in session.new if isinstance(one, kind))
        for number, one in enumerate(new, start=last + 1):
            one.id = number


def _taken(name: str, value: str, owner: str) -> str:
    return f"{name} {value} already belongs to payment {owner}"


def _key(payment_id: str) -> str:
    return f"{IMPORT_KEY_PREFIX}{payment_id}"


def _differences(payment: Payment, document: PaymentDocument) -> list[str]:
    """Return, in words, where a row of the file contradicts the payment of its id."""
    here_and_file: list[tuple[str, object, object]] = [
        (
            "amount",
            major(payment.amount_minor, payment.currency),
            major(document.amount_minor, document.currency),
        ),
        (
            "order_id",
            payment.order.order_number if payment.order else None,
            document.order_number,
        ),
        *((name, getattr(payment, name), getattr(document, name)) for name in _COMPARED),
    ]
    return [
        f"differs in {name}: {_shown(here)} here, {_shown(there)} in the file"
        for name, here, there in here_and_file
        if there is not None and _shown(here) != _shown(there)
    ]


def _shown(value: object) -> str:
    """Return a value as a file shows it; moments to the second, as files carry no finer ones."""
    if isinstance(value, datetime):
        return iso_utc(value)
    if value is None or value == "":
        return "nothing"
    return str(value)
