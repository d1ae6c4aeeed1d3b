"""Which rows of customers are one person: those merged into another count as that one."""

from __future__ import annotations

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from core.model.customers import Customer
from core.model.payments import Payment


def survivor(session: Session, customer: Customer) -> Customer:
    """Return the one whose account it is: a customer, or the one they were merged into."""
    if customer.merged_into_id is None:
        return customer
    return session.get_one(Customer, customer.merged_into_id)


def account_of_payment(session: Session, payment: Payment) -> Customer | None:
    """Return whose account a payment is on now, whoever it was written down for."""
    return survivor(session, payment.customer) if payment.customer is not None else None


def account_ids(session: Session, customer_id: int) -> tuple[int, ...]:
    """Return the keys of the rows that make up one customer: their own, and those merged in."""
    return tuple(session.scalars(account_rows(customer_id).order_by(Customer.id)))


def account_rows(customer_id: int) -> Select[int]:
    """Return the query of :func:`account_ids`, for use inside another."""
    return select(Customer.id).where(
        or_(Customer.id == customer_id, Customer.merged_into_id == customer_id)
    )
