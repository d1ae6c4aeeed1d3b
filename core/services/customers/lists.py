"""Lists of customers: which a list shows, and what each row says of an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core.model.customers import Customer, Order
from core.model.payments import Payment
from core.services.customers.accounts import balances_by_customer
from core.services.customers.order_balances import CAME_STATUSES, owing
from core.services.customers.rows import CustomerRow

_MOST_HINTS = 5


class CustomerShow(StrEnum):
    """Which customers a list shows; merged ones never."""

    ACTIVE = "active"
    OWING = "owing"
    RETIRED = "retired"


def shown(show: CustomerShow) -> list[ColumnElement[bool]]:
    """Return the conditions of the customers a list shows."""
    if show is CustomerShow.OWING:
        owners = (
            select(func.coalesce(Customer.merged_into_id, Customer.id))
            .join(Order, Order.customer_id == Customer.id)
            .where(owing())
        )
        return [Customer.id.in_(owners)]
    retired = Customer.retired_at.is_not(None)
    return [
        Customer.merged_into_id.is_(None),
        retired if show is CustomerShow.RETIRED else ~retired,
    ]


def same_phone_rows(session: Session, phone: str, but: int | None) -> tuple[CustomerRow, ...]:
    """Return a few of those who have a telephone number, given in E.164."""
    conditions = [Customer.phone_number == phone, Customer.merged_into_id.is_(None)]
    if but is not None:
        conditions.append(Customer.id != but)
    found = session.scalars(
        select(Customer).where(*conditions).order_by(Customer.id).limit(_MOST_HINTS)
    )
    return customer_rows(session, found.all())


def customer_rows(session: Session, customers: Sequence[Customer]) -> tuple[CustomerRow, ...]:
    """Return customers as lists show them, their accounts read at once."""
    owners = _owners(session, customers)
    balances = balances_by_customer(session, owners)
    last = _last_paid(session, owners)
    return tuple(
        replace(customer_row(one), balances=balances.get(one.id, ()), last_paid_at=last.get(one.id))
        for one in customers
    )


def customer_row(customer: Customer) -> CustomerRow:
    """Return a customer without the figures of their account."""
    return CustomerRow(
        customer_id=customer.id,
        name=customer.name,
        phone_number=customer.phone_number,
        email=customer.email,
        tin=customer.tin,
        language=customer.language,
        address=customer.address,
        notes=customer.notes,
        created_at=customer.created_at,
        is_retired=customer.retired_at is not None,
        merged_into_id=customer.merged_into_id,
        version=customer.version,
    )


def _owners(session: Session, customers: Sequence[Customer]) -> dict[int, int]:
    """Return whose account each row belongs to: their own, and those merged into them."""
    ids = [customer.id for customer in customers]
    merged = session.execute(
        select(Customer.id, Customer.merged_into_id).where(Customer.merged_into_id.in_(ids))
    )
    return {key: key for key in ids} | {key: owner for key, owner in merged if owner is not None}


def _last_paid(session: Session, owners: dict[int, int]) -> dict[int, datetime]:
    rows = session.execute(
        select(Payment.customer_id, func.max(Payment.paid_at))
        .where(Payment.customer_id.in_(owners), Payment.status.in_(CAME_STATUSES))
        .group_by(Payment.customer_id)
    )
    last: dict[int, datetime] = {}
    for key, at in rows:
        if key is not None and at is not None:
            last[owners[key]] = max(at, last.get(owners[key], at))
    return last
