"""Customers: who they are, how they are found, and when two rows are one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from core.database.unit_of_work import Database, UnitOfWork
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.model.customers import Customer, Order, Subscription
from core.model.journal import Topic
from core.model.payments import Payment
from core.model.subscriptions import SubscriptionStatus
from core.permissions import Actor, Permission
from core.phones import normalize_phone
from core.services.customers.accounts import paid_of, promised_of
from core.services.customers.form import CustomerForm, checked_form, fill, form_of
from core.services.customers.history import history_of
from core.services.customers.identity import account_ids, survivor
from core.services.customers.lists import (
    CustomerShow,
    customer_row,
    customer_rows,
    same_phone_rows,
    shown,
)
from core.services.customers.order_balances import owing
from core.services.customers.rows import CustomerDetail, CustomerRow, HistoryRow
from core.services.customers.search import found_as_survivor
from core.services.loyalty.ledger import check_merger, move_points
from core.services.rows import Page
from core.services.session import KeyedCommand, once

__all__ = [
    "AddCustomer",
    "ChangeCustomer",
    "CustomerForm",
    "CustomerService",
    "CustomerShow",
    "find_customer",
]


@dataclass(frozen=True, slots=True)
class AddCustomer(KeyedCommand):
    """A customer to be added."""

    form: CustomerForm


@dataclass(frozen=True, slots=True)
class ChangeCustomer:
    """A customer's facts as they are to be; ``version`` is the one that was looked at."""

    customer_id: int
    version: int
    form: CustomerForm


class CustomerService:
    """The verbs of a customer, and the questions about their account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, actor: Actor, command: AddCustomer) -> CustomerRow:
        """Write down a customer; the same key again returns the same one.

        Two customers may share a telephone: ``same_phone`` tells whom to look at first.

        Raises:
            InvalidInputError: a field cannot be used; its name is on the error.

        """
        self._database.require(actor, Permission.MANAGE_CUSTOMERS)
        form = checked_form(command.form)
        with self._database.write(actor) as unit:

            def act() -> str:
                customer = Customer(created_at=unit.now)
                fill(customer, form)
                unit.session.add(customer)
                unit.session.flush()
                unit.audit(
                    "customer:added",
                    "customer",
                    str(customer.id),
                    name=customer.name,
                    phone=customer.phone_number,
                )
                unit.changed(Topic.CUSTOMERS, str(customer.id))
                return str(customer.id)

            customer_id, _ = once(unit, "customer:add", command, act)
            row = customer_row(find_customer(unit.session, int(customer_id)))
            unit.commit()
            return row

    def change(self, actor: Actor, command: ChangeCustomer) -> CustomerRow:
        """Change a customer's facts; payments keep the name and number they were made with.

        Raises:
            InvalidInputError: a field cannot be used; its name is on the error.
            ConflictError: somebody changed the customer meanwhile, or they were merged.

        """
        self._database.require(actor, Permission.MANAGE_CUSTOMERS)
        form = checked_form(command.form)
        with self._database.write(actor) as unit:
            customer = find_customer(unit.session, command.customer_id)
            _require_version(customer, command.version)
            _require_not_merged(customer)
            before = form_of(customer)
            changes = {
                field.name: {
                    "before": getattr(before, field.name),
                    "after": getattr(form, field.name),
                }
                for field in fields(CustomerForm)
                if getattr(before, field.name) != getattr(form, field.name)
            }
            if changes:
                fill(customer, form)
                unit.audit_details("customer:changed", "customer", str(customer.id), changes)
                unit.changed(Topic.CUSTOMERS, str(customer.id))
                unit.session.flush()
            row = customer_row(customer)
            unit.commit()
            return row

    def retire(
        self, actor: Actor, customer_id: int, *, version: int | None = None, back: bool = False
    ) -> CustomerRow:
        """Take a customer out of the lists, or with ``back`` into them again; nothing is deleted.

        Raises:
            ConflictError: they are there already, were changed meanwhile, still owe something, or
                have a subscription.

        """
        self._database.require(actor, Permission.MANAGE_CUSTOMERS)
        with self._database.write(actor) as unit:
            customer = find_customer(unit.session, customer_id)
            _require_version(customer, version)
            _require_not_merged(customer)
            if (customer.retired_at is None) is back:
                state = "among the customers" if back else "retired"
                raise ConflictError(f"Nothing was changed. {customer.name} is {state} already.")
            if not back and customer_rows(unit.session, [customer])[0].balances:
                raise ConflictError(
                    f"Nothing was changed. {customer.name}'s account is still open: settle or"
                    " cancel the orders first."
                )
            if not back:
                _refuse_while_subscribed(unit.session, customer)
            customer.retired_at = None if back else unit.now
            action = "customer:brought_back" if back else "customer:retired"
            unit.audit(action, "customer", str(customer_id), name=customer.name)
            unit.changed(Topic.CUSTOMERS, str(customer_id))
            unit.session.flush()
            row = customer_row(customer)
            unit.commit()
            return row

    def merge(self, actor: Actor, customer_id: int, into_id: int) -> CustomerRow:
        """Say that two customers are one; the first keeps its rows and points at the second.

        What the survivor lacks (telephone, e-mail, TIN, address) is taken over, and so are points
        and subscriptions. From now on both histories are one account. Returns the survivor.

        Raises:
            ConflictError: it is the same one, or either was merged before.
            NotAllowedError: one has points, which only a manager may give to another.

        """
        self._database.require(actor, Permission.MANAGE_CUSTOMERS)
        with self._database.write(actor) as unit:
            session = unit.session
            gone, kept = find_customer(session, customer_id), find_customer(session, into_id)
            if gone is kept:
                raise ConflictError("Nothing was changed. These two are the same customer.")
            _require_not_merged(gone)
            _require_not_merged(kept)
            check_merger(session, actor, gone, kept)
            for earlier in session.scalars(
                select(Customer).where(Customer.merged_into_id == gone.id)
            ):
                earlier.merged_into_id = kept.id
            gone.merged_into_id = kept.id
            taken = {
                name: getattr(gone, name)
                for name in ("phone_number", "email", "tin", "address")
                if getattr(gone, name) and not getattr(kept, name)
            }
            fill(kept, replace(form_of(kept), **taken))
            kept.retired_at = None
            session.flush()
            move_points(unit, gone, kept)
            _move_subscriptions(unit, gone, kept)
            unit.audit(
                "customer:merged", "customer", str(gone.id), name=gone.name, into=kept.id, **taken
            )
            unit.audit("customer:took_over", "customer", str(kept.id), other=gone.id, **taken)
            unit.changed(Topic.CUSTOMERS)
            session.flush()
            row = customer_row(kept)
            unit.commit()
            return row

    def page(
        self,
        actor: Actor,
        *,
        search: str = "",
        show: CustomerShow = CustomerShow.ACTIVE,
        offset: int = 0,
        limit: int = 100,
    ) -> Page[CustomerRow]:
        """Return a stretch of the customers by name, with what they owe and when they last paid.

        Words are looked for in parts of name, telephone (in any form), e-mail and TIN, also of
        those who were merged into one.
        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        conditions = shown(show) + found_as_survivor(search)
        with self._database.read() as session:
            total = session.scalar(select(func.count()).select_from(Customer).where(*conditions))
            # The inner query walks an index alone, so that a far offset touches no row.
            ids = (
                select(Customer.id)
                .where(*conditions)
                .order_by(Customer.search_text, Customer.id)
                .offset(offset)
                .limit(limit)
            )
            customers = session.scalars(
                select(Customer)
                .where(Customer.id.in_(ids))
                .order_by(Customer.search_text, Customer.id)
            ).all()
            return Page(customer_rows(session, customers), offset, total or 0)

    def same_phone(
        self, actor: Actor, phone_number: str, *, but: int | None = None
    ) -> tuple[CustomerRow, ...]:
        """Return those who have this telephone already: perhaps the same person."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        try:
            phone = normalize_phone(phone_number)
        except InvalidInputError:
            return ()
        with self._database.read() as session:
            return same_phone_rows(session, phone, but)

    def one(self, actor: Actor, customer_id: int) -> CustomerRow:
        """Return one customer.

        Raises:
            NotFoundError: there is none of this number.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            return customer_rows(session, [find_customer(session, customer_id)])[0]

    def detail(self, actor: Actor, customer_id: int) -> CustomerDetail:
        """Return a customer with the figures of their account; a merged one as their survivor.

        Raises:
            NotFoundError: there is none of this number.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            customer = survivor(session, find_customer(session, customer_id))
            ids = account_ids(session, customer.id)
            merged = session.scalars(
                select(Customer.name).where(Customer.merged_into_id == customer.id)
            )
            phone = customer.phone_number
            return CustomerDetail(
                customer=customer_rows(session, [customer])[0],
                promised=promised_of(session, ids),
                paid=paid_of(session, ids),
                open_orders=_count(session, select(Order.id).where(_of(Order, ids), owing())),
                payments=_count(session, select(Payment.id).where(_of(Payment, ids))),
                merged_names=tuple(merged),
                same_phone=same_phone_rows(session, phone, customer.id) if phone else (),
                active_subscriptions=_count(
                    session,
                    select(Subscription.id).where(
                        _of(Subscription, ids), Subscription.status == SubscriptionStatus.ACTIVE
                    ),
                ),
            )

    def history(
        self, actor: Actor, customer_id: int, *, offset: int = 0, limit: int = 100
    ) -> Page[HistoryRow]:
        """Return a stretch of what happened with one customer, the newest first.

        Raises:
            NotFoundError: there is none of this number.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            customer = survivor(session, find_customer(session, customer_id))
            rows = history_of(session, account_ids(session, customer.id))
            return Page(tuple(rows[offset : offset + limit]), offset, len(rows))


def find_customer(session: Session, customer_id: int) -> Customer:
    """Return a customer by their number in the shop.

    Raises:
        NotFoundError: there is none in this shop.

    """
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFoundError(
            f"Nothing was changed. There is no customer {customer_id} in this shop."
        )
    return customer


def _require_version(customer: Customer, version: int | None) -> None:
    if version is not None and customer.version != version:
        raise ConflictError(
            "Nothing was changed. This customer was changed since you opened it; look again."
        )


def _require_not_merged(customer: Customer) -> None:
    if customer.merged_into_id is not None:
        raise ConflictError(
            f"Nothing was changed. {customer.name} was merged into customer"
            f" {customer.merged_into_id}."
        )


def _refuse_while_subscribed(session: Session, customer: Customer) -> None:
    """Renewal would go on charging somebody whom no list shows."""
    number = session.scalar(
        select(Subscription.subscription_number)
        .where(
            _of(Subscription, account_ids(session, customer.id)),
            Subscription.status != SubscriptionStatus.CANCELLED,
        )
        .limit(1)
    )
    if number is not None:
        raise ConflictError(
            f"Nothing was changed. {customer.name} has subscription {number}: cancel it first."
        )


def _move_subscriptions(unit: UnitOfWork, gone: Customer, kept: Customer) -> None:
    """What is agreed goes on with the survivor: they are charged, and get the papers."""
    for subscription in unit.session.scalars(
        select(Subscription).where(Subscription.customer_id == gone.id)
    ):
        subscription.customer = kept
        number = subscription.subscription_number
        unit.audit("subscription:moved", "subscription", number, customer=kept.name)
        unit.changed(Topic.SUBSCRIPTIONS, number)


def _of(
    kind: type[Order] | type[Payment] | type[Subscription], ids: Sequence[int]
) -> ColumnElement[bool]:
    return kind.customer_id.in_(ids)


def _count(session: Session, query: Select[int]) -> int:
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0
