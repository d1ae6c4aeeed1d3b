"""The terms of an order: what makes lines, numbers and days usable, and when they may change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import shop_date
from core.database.unit_of_work import UnitOfWork
from core.errors import ConflictError, InvalidInputError
from core.model.customers import Order, OrderLine
from core.model.invoices import Invoice, NumberSeries
from core.model.payments import Payment
from core.money import MAX_MINOR, display, major
from core.services.customers.order_balances import OrderState, balance_of
from core.services.customers.order_rules import known_order
from core.services.payments.rules import SaleLine

MOST_LINES = 500
_MAX_NUMBER = 60
_MAX_NOTES = 2000


def checked_lines(lines: Sequence[SaleLine]) -> tuple[SaleLine, ...]:
    """Return an order's lines in stored form.

    Raises:
        InvalidInputError: there are none, one lacks something, or all together cost nothing.

    """
    if not 0 < len(lines) <= MOST_LINES:
        raise InvalidInputError(
            f"Nothing was saved. An order has 1 to {MOST_LINES} lines.", field="lines"
        )
    for line in lines:
        name = line.description.strip()
        if not name or len(name) > 300 or line.quantity < 1 or line.unit_price_minor < 0:
            raise InvalidInputError(
                "Nothing was saved. Each line needs a name, a number and a price.", field="lines"
            )
    if not 0 < total_of(lines) <= MAX_MINOR:
        raise InvalidInputError(
            "Nothing was saved. The lines together cost nothing, or too much to be an order.",
            field="lines",
        )
    return tuple(
        SaleLine(line.description.strip(), line.quantity, line.unit_price_minor, line.tax_class)
        for line in lines
    )


def checked_number(text: str) -> str:
    """Return an order's number as typed, without spaces around it; "" stands for the next one.

    Raises:
        InvalidInputError: it is too long or holds a character no number has.

    """
    number = text.strip()
    if len(number) > _MAX_NUMBER or (number and not re.fullmatch(r"[^\x00-\x1f\x7f]+", number)):
        raise InvalidInputError(
            f"Nothing was saved. An order's number has at most {_MAX_NUMBER} characters.",
            field="order_number",
        )
    return number


def checked_notes(text: str) -> str:
    """Return a note without spaces around it; refuse one that is too long."""
    notes = text.strip()
    if len(notes) > _MAX_NOTES:
        raise InvalidInputError(
            f"Nothing was saved. A note has at most {_MAX_NOTES} characters.", field="notes"
        )
    return notes


def check_due(unit: UnitOfWork, due_on: date | None) -> None:
    """Refuse a day that has passed already."""
    if due_on is not None and due_on < shop_date(unit.now):
        raise InvalidInputError(
            "Nothing was saved. The order cannot be due before today.", field="due_on"
        )


def free_number(unit: UnitOfWork, number: str) -> str:
    """Return the number given, or the next of the year's series; the write lock makes it ours."""
    session = unit.session
    if number:
        if known_order(session, number) is not None:
            raise ConflictError(f"Nothing was saved. There is already an order {number}.")
        return number
    name = f"ORD-{shop_date(unit.now).year}"
    series = session.get(NumberSeries, name)
    if series is None:
        series = NumberSeries(name=name, last_number=0)
        session.add(series)
    while True:
        series.last_number += 1
        drawn = f"{name}-{series.last_number:05d}"
        # Somebody may have typed, or brought in, a number of the series before its turn.
        if known_order(session, drawn) is None:
            return drawn


def total_of(lines: Sequence[SaleLine]) -> int:
    """Return what lines cost together, in minor units."""
    return sum(line.quantity * line.unit_price_minor for line in lines)


def mapped_lines(lines: Sequence[SaleLine]) -> list[OrderLine]:
    """Return lines as the books hold them."""
    return [
        OrderLine(
            description=line.description,
            quantity=line.quantity,
            unit_price_minor=line.unit_price_minor,
            tax_class=line.tax_class,
        )
        for line in lines
    ]


def sale_lines_of(order: Order) -> tuple[SaleLine, ...]:
    """Return an order's lines as they are typed."""
    return tuple(
        SaleLine(line.description, line.quantity, line.unit_price_minor, line.tax_class)
        for line in order.lines
    )


def told_lines(lines: Sequence[SaleLine]) -> list[str]:
    """Return lines as the audit trail tells them."""
    return [
        f"{line.quantity} × {line.description} à {line.unit_price_minor} ({line.tax_class})"
        for line in lines
    ]


def terms_of(order: Order) -> dict[str, object]:
    """Return all that may be changed of an order, as the audit trail tells it."""
    return {
        "lines": told_lines(sale_lines_of(order)),
        "total": major(order.total_minor, order.currency),
        "due_on": order.due_on.isoformat() if order.due_on else "",
        "notes": order.notes,
    }


def why_lines_stay(session: Session, order: Order) -> str:
    """Return why the lines may not change; "" while nobody paid anything or holds an invoice."""
    balance = balance_of(session, order)
    if balance.paid_minor:
        return f"Order {order.order_number} was paid, all or part: its lines stay as they are."
    if balance.promised_minor:
        return (
            f"A payment of {display(balance.promised_minor, order.currency)} for order"
            f" {order.order_number} is under way: its lines stay as they are."
        )
    invoiced = session.scalar(
        select(Invoice.id).join(Payment).where(Payment.order_id == order.id).limit(1)
    )
    return f"An invoice was made from order {order.order_number}." if invoiced else ""


def why_not_cancelled(session: Session, order: Order) -> str:
    """Return why an order may not be cancelled; "" when it may."""
    number, currency = order.order_number, order.currency
    balance = balance_of(session, order)
    if balance.is_cancelled:
        return f"Order {number} is cancelled already."
    if balance.net_minor > 0:
        return (
            f"{display(balance.net_minor, currency)} was paid for order {number}; refund it first."
        )
    if balance.promised_minor:
        return (
            f"A payment of {display(balance.promised_minor, currency)} for order {number} is under"
            " way; wait for it, or call it off."
        )
    if balance.state is OrderState.REFUNDED:
        return f"Order {number} was paid and refunded; nothing is owed for it."
    return ""
