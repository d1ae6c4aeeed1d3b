"""A customer's account: what was ordered, paid and given back, in the order it happened.

The entries of an account add up to the balance: ordered − paid + refunded. A sale paid on the spot
stands in it twice, as sold and as paid. Money given back for an order that was paid in full takes
its price back too, as the refund's credit note says, so that nobody owes what they returned.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import day_end, shop_date
from core.model.customers import Order
from core.model.invoices import CreditNote
from core.model.payments import Payment, PaymentStatus
from core.model.refunds import RefundRequest, RefundStatus
from core.services.customers.order_balances import CAME_STATUSES, PROMISED_STATUSES, balances_of
from core.services.customers.rows import Balance


class EntryKind(StrEnum):
    """What an entry of an account is."""

    ORDER = "order"
    ORDER_CANCELLED = "order_cancelled"
    SALE = "sale"
    PAYMENT = "payment"
    REFUND = "refund"
    CREDIT_NOTE = "credit_note"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an account: a debit raises what the customer owes, a credit lowers it.

    ``reference`` is the number of the order, invoice or credit note; ``order_number`` is the
    placed order the entry belongs to, if any, and ``due_on`` the day that order falls due.
    """

    at: datetime
    kind: EntryKind
    reference: str
    debit_minor: int = 0
    credit_minor: int = 0
    method: str = ""
    order_number: str = ""
    due_on: date | None = None

    @property
    def change_minor(self) -> int:
        """What the entry adds to the balance."""
        return self.debit_minor - self.credit_minor


@dataclass(slots=True)
class _Placed:
    """A placed order while its story is told."""

    order: Order
    total_minor: int
    net_minor: int = 0
    is_settled: bool = False
    taken_back_minor: int = 0

    def change(self, amount_minor: int) -> int:
        """Take money in, or give it back; return by how much the price taken back changes."""
        self.net_minor += amount_minor
        if not self.total_minor:
            return 0
        self.is_settled = self.is_settled or self.net_minor >= self.total_minor
        after = max(0, self.total_minor - self.net_minor) if self.is_settled else 0
        change, self.taken_back_minor = after - self.taken_back_minor, after
        return change


@dataclass(frozen=True, slots=True)
class _Event:
    """An order, a cancellation, a payment or a refund, told by when it happened."""

    at: datetime
    rank: int
    key: int
    order: Order | None = None
    payment: Payment | None = None
    amount_minor: int = 0
    reference: str = ""


_ORDERED, _PAID, _RETURNED, _CANCELLED = range(4)


def entries_of(session: Session, ids: Sequence[int], currency: str) -> tuple[Entry, ...]:
    """Return the whole account of one customer in one currency, the oldest entry first."""
    orders = session.scalars(
        select(Order).where(Order.customer_id.in_(ids), Order.is_placed, Order.currency == currency)
    ).all()
    placed = {order.id: _Placed(order, order.total_minor) for order in orders}
    entries: list[Entry] = []
    events = [*_ordered(orders), *_moved(session, ids, currency)]
    for event in sorted(events, key=lambda each: (each.at, each.rank, each.key)):
        entries.extend(_told(event, placed))
    return tuple(entries)


def _told(event: _Event, placed: dict[int, _Placed]) -> Iterable[Entry]:
    if event.payment is None and event.order is not None:
        yield _order_entry(event, event.order, placed)
        return
    payment = event.payment
    if payment is None:
        return
    story = placed.get(payment.order_id or 0)
    number = story.order.order_number if story else ""
    came = event.rank == _PAID
    signed_minor = event.amount_minor if came else -event.amount_minor
    # Without a placed order the price follows the money: sold when paid, taken back when returned.
    taken_back_minor = story.change(signed_minor) if story else -signed_minor
    money = Entry(
        event.at,
        EntryKind.PAYMENT if came else EntryKind.REFUND,
        (payment.invoice_number or payment.transaction_reference) if came else event.reference,
        debit_minor=0 if came else event.amount_minor,
        credit_minor=event.amount_minor if came else 0,
        method=payment.payment_method,
        order_number=number,
    )
    price = Entry(
        event.at,
        EntryKind.SALE if taken_back_minor < 0 else EntryKind.CREDIT_NOTE,
        number or _sale_reference(payment) if taken_back_minor < 0 else event.reference,
        debit_minor=max(0, -taken_back_minor),
        credit_minor=max(0, taken_back_minor),
        order_number=number,
    )
    prices = [price] if taken_back_minor else []
    yield from (*prices, money)


def _order_entry(event: _Event, order: Order, placed: dict[int, _Placed]) -> Entry:
    if event.rank == _ORDERED:
        debit_minor, credit_minor, kind = order.total_minor, 0, EntryKind.ORDER
    else:
        story = placed[order.id]
        debit_minor, kind = 0, EntryKind.ORDER_CANCELLED
        credit_minor = story.total_minor - story.taken_back_minor
        story.total_minor = 0
    return Entry(
        event.at,
        kind,
        order.order_number,
        debit_minor=debit_minor,
        credit_minor=credit_minor,
        order_number=order.order_number,
        due_on=order.due_on or shop_date(order.created_at),
    )


def _sale_reference(payment: Payment) -> str:
    if payment.order is not None:
        return payment.order.order_number
    return payment.transaction_reference or payment.invoice_number or payment.payment_id[:8]


def _ordered(orders: Iterable[Order]) -> Iterable[_Event]:
    for order in orders:
        yield _Event(order.created_at, _ORDERED, order.id, order=order)
        if order.cancelled_at is not None:
            yield _Event(order.cancelled_at, _CANCELLED, order.id, order=order)


def _moved(session: Session, ids: Sequence[int], currency: str) -> Iterable[_Event]:
    payments = session.scalars(
        select(Payment).where(
            Payment.customer_id.in_(ids),
            Payment.status.in_(CAME_STATUSES),
            Payment.currency == currency,
        )
    ).all()
    by_id = {payment.id: payment for payment in payments}
    for payment in payments:
        came_at = payment.paid_at or payment.created_at
        yield _Event(came_at, _PAID, payment.id, payment=payment, amount_minor=payment.amount_minor)
    left = {p.id: p.amount_minor for p in payments if p.status is PaymentStatus.REFUNDED}
    for refund, number in _refunds(session, ids):
        found = by_id.get(refund.payment_id)
        if found is None:
            continue
        if found.id in left:
            left[found.id] -= refund.refund_amount_minor
        yield _returned(found, refund.refund_amount_minor, refund.refund_completed_at, number)
    # History brought in from elsewhere says that money went back, but not when.
    for key, amount_minor in left.items():
        if amount_minor > 0:
            yield _returned(by_id[key], amount_minor, None, "")


def _returned(payment: Payment, amount_minor: int, at: datetime | None, number: str) -> _Event:
    came_at = payment.paid_at or payment.created_at
    return _Event(
        max(at or came_at, came_at), _RETURNED, payment.id, None, payment, amount_minor, number
    )


def _refunds(session: Session, ids: Sequence[int]) -> Iterable[tuple[RefundRequest, str]]:
    rows = session.execute(
        select(RefundRequest, CreditNote.credit_note_number)
        .join(Payment, Payment.id == RefundRequest.payment_id)
        .outerjoin(CreditNote, CreditNote.refund_id == RefundRequest.id)
        .where(Payment.customer_id.in_(ids), RefundRequest.status == RefundStatus.COMPLETED)
        .order_by(RefundRequest.id)
    )
    return [(refund, number or "") for refund, number in rows]


# --- Balances of many customers at once, for lists.


def balances_by_customer(
    session: Session, customers: dict[int, int]
) -> dict[int, tuple[Balance, ...]]:
    """Return what customers owe; ``customers`` maps each row's key to that of its survivor."""
    orders = session.scalars(
        select(Order).where(Order.customer_id.in_(customers), Order.is_placed)
    ).all()
    figures = balances_of(session, orders)
    sums: defaultdict[tuple[int, str], int] = defaultdict(int)
    for order in orders:
        if order.customer_id is not None:
            sums[customers[order.customer_id], order.currency] += figures[order.id].owed_minor
    return _by_customer(sums)


def promised_of(session: Session, ids: Sequence[int]) -> tuple[Balance, ...]:
    """Return what is under way on one customer's account."""
    return _money(session, ids, PROMISED_STATUSES)


def paid_of(session: Session, ids: Sequence[int]) -> tuple[Balance, ...]:
    """Return all that ever came from one customer, whether or not some went back."""
    return _money(session, ids, CAME_STATUSES)


def _money(
    session: Session, ids: Sequence[int], statuses: Sequence[PaymentStatus]
) -> tuple[Balance, ...]:
    rows = session.execute(
        select(Payment.currency, func.sum(Payment.amount_minor))
        .where(Payment.customer_id.in_(ids), Payment.status.in_(statuses))
        .group_by(Payment.currency)
        .order_by(Payment.currency)
    )
    return tuple(Balance(currency, int(amount)) for currency, amount in rows)


def _by_customer(sums: dict[tuple[int, str], int]) -> dict[int, tuple[Balance, ...]]:
    found: defaultdict[int, list[Balance]] = defaultdict(list)
    for (customer_id, currency), amount_minor in sorted(sums.items()):
        if amount_minor:
            found[customer_id].append(Balance(currency, amount_minor))
    return {customer_id: tuple(balances) for customer_id, balances in found.items()}


# --- How old what is open is.


@dataclass(frozen=True, slots=True)
class Ageing:
    """What is open of placed orders by how long it is overdue; ``credit_minor`` is our debt.

    All parts less the credit are the closing balance.
    """

    not_due_minor: int = 0
    to_30_days_minor: int = 0
    to_60_days_minor: int = 0
    to_90_days_minor: int = 0
    older_minor: int = 0
    credit_minor: int = 0


def ageing_of(entries: Iterable[Entry], last_day: date) -> Ageing:
    """Return how old each open part is at the end of a day of the shop."""
    until = day_end(last_day)
    left: defaultdict[str, int] = defaultdict(int)
    due: dict[str, date] = {}
    for entry in entries:
        if entry.at >= until:
            continue
        left[entry.order_number] += entry.change_minor
        if entry.due_on is not None:
            due[entry.order_number] = entry.due_on
    parts = [0, 0, 0, 0, 0]
    credit_minor = 0
    for number, amount_minor in left.items():
        if amount_minor <= 0:
            credit_minor -= amount_minor
            continue
        late_days = (last_day - due.get(number, last_day)).days
        parts[sum(late_days > most for most in (0, 30, 60, 90))] += amount_minor
    not_due, to_30, to_60, to_90, older = parts
    return Ageing(not_due, to_30, to_60, to_90, older, credit_minor)
