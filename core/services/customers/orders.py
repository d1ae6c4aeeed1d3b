"""Orders: what a customer agreed to pay, line by line, and how far it is paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, selectinload

from core.database.unit_of_work import Database, UnitOfWork
from core.errors import ConflictError, NotFoundError
from core.model.customers import Customer, Order
from core.model.journal import Topic
from core.model.payments import Payment
from core.money import DEFAULT_CURRENCY, major, require_currency
from core.permissions import Actor, Permission
from core.services.customers.identity import account_ids, survivor
from core.services.customers.order_balances import balances_of, owing
from core.services.customers.order_rules import known_order
from core.services.customers.order_terms import (
    check_due,
    checked_lines,
    checked_notes,
    checked_number,
    free_number,
    mapped_lines,
    sale_lines_of,
    terms_of,
    told_lines,
    total_of,
    why_lines_stay,
    why_not_cancelled,
)
from core.services.customers.rows import OrderDetail, OrderLineRow, OrderPayment, OrderRow
from core.services.customers.search import search_conditions
from core.services.payments.rules import SaleLine
from core.services.rows import Page
from core.services.session import KeyedCommand, once


class OrderShow(StrEnum):
    """Which orders a list shows."""

    ALL = "all"
    OPEN = "open"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class AddOrder(KeyedCommand):
    """A new order of a customer; without a number the next of the shop's own series is drawn."""

    customer_id: int
    lines: tuple[SaleLine, ...]
    order_number: str = ""
    currency: str = DEFAULT_CURRENCY
    due_on: date | None = None
    notes: str = ""


@dataclass(frozen=True, slots=True)
class ChangeOrder:
    """An order's terms as they are to be; ``version`` is the one that was looked at."""

    order_number: str
    version: int
    lines: tuple[SaleLine, ...]
    due_on: date | None = None
    notes: str = ""


class OrderService:
    """The verbs of an order. Payments are taken by ``PaymentService``, under its number."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, actor: Actor, command: AddOrder) -> OrderRow:
        """Write down what a customer ordered; the same key again returns the same order.

        Raises:
            InvalidInputError: a line, the number or a date cannot be used.
            NotFoundError: there is no such customer.
            ConflictError: the number is taken.

        """
        self._database.require(actor, Permission.MANAGE_CUSTOMERS)
        require_currency(command.currency)
        lines = checked_lines(command.lines)
        number = checked_number(command.order_number)
        notes = checked_notes(command.notes)
        with self._database.write(actor) as unit:

            def act() -> str:
                customer = _customer_to_serve(unit.session, command.customer_id)
                check_due(unit, command.due_on)
                order = Order(
                    order_number=free_number(unit, number),
                    customer=customer,
                    total_minor=total_of(lines),
                    currency=command.currency,
                    created_at=unit.now,
                    created_by=actor.name,
                    is_placed=True,
                    due_on=command.due_on,
                    notes=notes,
                    lines=mapped_lines(lines),
                )
                unit.session.add(order)
                unit.session.flush()
                unit.audit(
                    "order:added",
                    "order",
                    order.order_number,
                    customer=customer.name,
                    total=major(order.total_minor, order.currency),
                    currency=order.currency,
                    lines=told_lines(lines),
                )
                _tell(unit, order)
                return order.order_number

            order_number, _ = once(unit, "order:add", command, act)
            row = _row(unit.session, find_order(unit.session, order_number))
            unit.commit()
            return row

    def change(self, actor: Actor, command: ChangeOrder) -> OrderRow:
        """Change an order's day, notes and, while nothing was paid, its lines.

        Raises:
            InvalidInputError: a line or a date cannot be used.
            ConflictError: it was changed meanwhile, is cancelled, or money came or is under way.

        """
        self._database.require(actor, Permission.MANAGE_CUSTOMERS)
        lines = checked_lines(command.lines)
        notes = checked_notes(command.notes)
        with self._database.write(actor) as unit:
            order = find_order(unit.session, command.order_number)
            _require_version(order, command.version)
            if order.cancelled_at is not None:
                raise ConflictError(
                    f"Nothing was changed. Order {order.order_number} is cancelled."
                )
            before = terms_of(order)
            if lines != sale_lines_of(order):
                if reason := why_lines_stay(unit.session, order):
                    raise ConflictError(f"Nothing was changed. {reason}")
                order.lines = mapped_lines(lines)
                order.total_minor = total_of(lines)
            if command.due_on != order.due_on:
                check_due(unit, command.due_on)
            order.due_on, order.notes = command.due_on, notes
            unit.session.flush()
            changes = {
                name: {"before": before[name], "after": value}
                for name, value in terms_of(order).items()
                if value != before[name]
            }
            if changes:
                unit.audit_details("order:changed", "order", order.order_number, changes)
                _tell(unit, order)
            row = _row(unit.session, order)
            unit.commit()
            return row

    def cancel(
        self, actor: Actor, order_number: str, *, reason: str = "", version: int | None = None
    ) -> OrderRow:
        """Call off an order that nobody paid anything for; it stays in the books.

        Raises:
            ConflictError: money came or is under way, or it is cancelled already.

        """
        self._database.require(actor, Permission.MANAGE_CUSTOMERS)
        why = checked_notes(reason)
        with self._database.write(actor) as unit:
            order = find_order(unit.session, order_number)
            _require_version(order, version)
            if refusal := why_not_cancelled(unit.session, order):
                raise ConflictError(f"Nothing was cancelled. {refusal}")
            order.cancelled_at = unit.now
            order.cancelled_by = actor.name
            order.cancel_reason = why
            unit.audit("order:cancelled", "order", order_number, reason=order.cancel_reason)
            _tell(unit, order)
            unit.session.flush()
            row = _row(unit.session, order)
            unit.commit()
            return row

    def page(
        self,
        actor: Actor,
        *,
        search: str = "",
        show: OrderShow = OrderShow.ALL,
        customer_id: int | None = None,
        offset: int = 0,
        limit: int = 100,
    ) -> Page[OrderRow]:
        """Return a stretch of the orders, newest first; words in number, name and telephone."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            conditions = _conditions(session, search, show, customer_id)
            total = session.scalar(select(func.count()).select_from(Order).where(*conditions)) or 0
            orders = session.scalars(
                select(Order)
                .where(*conditions)
                .options(selectinload(Order.customer))
                .order_by(Order.id.desc())
                .offset(offset)
                .limit(limit)
            ).all()
            return Page(order_rows(session, orders), offset, total)

    def known(self, actor: Actor, order_number: str) -> OrderRow | None:
        """Return the order of a number, or None where there is none."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            order = known_order(session, order_number)
            return _row(session, order) if order is not None else None

    def one(self, actor: Actor, order_number: str) -> OrderDetail:
        """Return one order with its lines and payments.

        Raises:
            NotFoundError: there is none of this number.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            order = find_order(session, order_number)
            payments = session.scalars(
                select(Payment)
                .where(Payment.order_id == order.id)
                .order_by(Payment.created_at, Payment.id)
            )
            return OrderDetail(
                order=_row(session, order),
                lines=tuple(
                    OrderLineRow(
                        line.description, line.quantity, line.unit_price_minor, line.tax_class
                    )
                    for line in order.lines
                ),
                payments=tuple(
                    OrderPayment(
                        payment.payment_id,
                        payment.paid_at or payment.created_at,
                        payment.amount_minor,
                        payment.payment_method,
                        payment.status,
                        payment.invoice_number or "",
                    )
                    for payment in payments
                ),
                lines_are_open=order.cancelled_at is None and not why_lines_stay(session, order),
            )


def find_order(session: Session, order_number: str) -> Order:
    """Return an order by its number.

    Raises:
        NotFoundError: there is none in this shop.

    """
    order = known_order(session, order_number)
    if order is None:
        raise NotFoundError(
            f"Nothing was changed. There is no order “{order_number}” in this shop."
        )
    return order


def order_rows(session: Session, orders: Sequence[Order]) -> tuple[OrderRow, ...]:
    """Return orders as lists show them, with their figures read at once."""
    balances = balances_of(session, orders)
    owners = {
        order.id: survivor(session, order.customer)
        for order in orders
        if order.customer is not None
    }
    return tuple(
        OrderRow(
            order_number=order.order_number,
            customer_id=owners[order.id].id if order.id in owners else None,
            customer_name=owners[order.id].name if order.id in owners else "",
            phone_number=owners[order.id].phone_number if order.id in owners else "",
            currency=order.currency,
            balance=balances[order.id],
            created_at=order.created_at,
            created_by=order.created_by,
            due_on=order.due_on,
            notes=order.notes,
            cancelled_at=order.cancelled_at,
            cancelled_by=order.cancelled_by,
            cancel_reason=order.cancel_reason,
            version=order.version,
        )
        for order in orders
    )


def _customer_to_serve(session: Session, customer_id: int) -> Customer:
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFoundError("Nothing was saved. There is no such customer in this shop.")
    return survivor(session, customer)


def _require_version(order: Order, version: int | None) -> None:
    if version is not None and order.version != version:
        raise ConflictError(
            "Nothing was changed. This order was changed since you opened it; look again."
        )


def _conditions(
    session: Session, search: str, show: OrderShow, customer_id: int | None
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if show is OrderShow.OPEN:
        conditions.append(owing())
    elif show is OrderShow.CANCELLED:
        conditions.append(Order.cancelled_at.is_not(None))
    if customer_id is not None:
        conditions.append(Order.customer_id.in_(account_ids(session, customer_id)))
    for word in search.split():
        found = select(Customer.id).where(*search_conditions(word))
        merged = select(Customer.id).where(Customer.merged_into_id.in_(found))
        conditions.append(
            or_(
                Order.order_number.icontains(word, autoescape=True),
                Order.customer_id.in_(found),
                Order.customer_id.in_(merged),
            )
        )
    return conditions


def _row(session: Session, order: Order) -> OrderRow:
    return order_rows(session, [order])[0]


def _tell(unit: UnitOfWork, order: Order) -> None:
    unit.changed(Topic.ORDERS, order.order_number)
    unit.changed(Topic.CUSTOMERS, str(order.customer_id or ""))
