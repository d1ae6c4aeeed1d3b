"""Which order a payment pays, and how much of it may still be taken."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.lock_order import Lock
from core.database.unit_of_work import UnitOfWork
from core.errors import ConflictError, InvalidInputError
from core.model.customers import Customer, Order, OrderLine
from core.money import display
from core.services.customers.order_balances import balance_of
from core.services.payments.rules import RecordPayment


def known_order(session: Session, order_number: str) -> Order | None:
    """Return the order of a number, if the shop has it."""
    number = order_number.strip()
    if not number:
        return None
    return session.scalar(select(Order).where(Order.order_number == number))


def held_order(unit: UnitOfWork, order_number: str) -> Order | None:
    """Return the order of a number, if the shop has it; nobody else pays it until the unit ends."""
    if number := order_number.strip():
        unit.lock(Lock.ORDER, number)
    return known_order(unit.session, number)


def order_to_pay(
    unit: UnitOfWork, known: Order | None, command: RecordPayment, customer: Customer | None
) -> Order | None:
    """Return the order a payment pays: a known one with room for it, or one made for it now.

    The unit holds the order's number, so that two desks cannot both take what is left.

    Raises:
        ConflictError: the known order is cancelled, or would get lines a second time.
        InvalidInputError: the payment is more than what is left, or of another currency.

    """
    if known is not None:
        _check_room(unit.session, known, command)
        return known
    number = command.order_number.strip()
    if not number and not command.lines:
        return None
    order = Order(
        order_number=number or f"S-{command.key[:12]}",
        customer=customer,
        total_minor=command.amount_minor,
        currency=command.currency,
        created_at=unit.now,
        lines=[
            OrderLine(
                description=line.description.strip(),
                quantity=line.quantity,
                unit_price_minor=line.unit_price_minor,
                tax_class=line.tax_class,
            )
            for line in command.lines
        ],
    )
    unit.session.add(order)
    return order


def _check_room(session: Session, order: Order, command: RecordPayment) -> None:
    number = order.order_number
    if command.lines:
        raise ConflictError(f"Nothing was recorded. Order {number} already has its lines.")
    if order.cancelled_at is not None:
        raise ConflictError(f"Nothing was recorded. Order {number} is cancelled.")
    if not order.is_placed and not order.lines:
        return  # a mere reference, under which any number of sales may stand
    balance = balance_of(session, order)
    room_minor = balance.room_minor or 0
    currency = order.currency
    if command.currency != currency:
        raise InvalidInputError(
            f"Nothing was recorded. Order {number} is in {currency}, not in {command.currency}.",
            field="currency",
        )
    if command.amount_minor > room_minor:
        under_way = (
            f"; {display(balance.promised_minor, currency)} more is under way and not confirmed yet"
            if balance.promised_minor
            else ""
        )
        left = f"has {display(room_minor, currency)} left" if room_minor else "has nothing left"
        raise InvalidInputError(
            f"Nothing was recorded. Order {number} {left} to pay{under_way}.", field="amount"
        )
    if command.amount_minor < room_minor and order.customer is not None:
        # Paid in parts it is more than a sale on the spot: the customer owes the rest.
        order.is_placed = True
