"""Who pays: the customer of a name and telephone, and the one written down when they are new."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.lock_order import Lock
from core.database.unit_of_work import UnitOfWork
from core.model.customers import Customer
from core.model.journal import Topic
from core.services.customers.identity import survivor
from core.services.papers.letterheads import papers_language


def find_or_add_customer(unit: UnitOfWork, name: str, phone_number: str) -> Customer | None:
    """Return the customer of this name and phone, added when new and named.

    For one that was merged into another, the other is returned.
    """
    name = name.strip()
    if name:
        unit.lock(Lock.CUSTOMER, f"{phone_number} {name}")
    customer = known_customer(unit.session, name, phone_number)
    if customer is None and name:
        customer = Customer(
            name=name,
            phone_number=phone_number,
            language=papers_language(unit.session),
            created_at=unit.now,
        )
        unit.session.add(customer)
        unit.changed(Topic.CUSTOMERS)
    return customer


def known_customer(session: Session, name: str, phone_number: str) -> Customer | None:
    """Return the customer of this name and phone; without a name, the only one with the phone.

    For one that was merged into another, the other is returned.
    """
    name = name.strip()
    query = (
        select(Customer)
        .where(Customer.phone_number == phone_number)
        .order_by(Customer.merged_into_id.is_not(None), Customer.retired_at.is_not(None))
    )
    if name:
        found = session.scalar(query.where(Customer.name == name).limit(1))
        return survivor(session, found) if found is not None else None
    alike = session.scalars(query).all() if phone_number else []
    accounts = {survivor(session, customer) for customer in alike}
    return accounts.pop() if len(accounts) == 1 else None
