"""A selection of payments of any size: which are meant, what they are, and each in its turn.

A selection is never held as rows. What it means at one moment is an array of keys, eight bytes
for each payment; what may be done with it is judged by kind, because a rule looks at a few facts
only, and a million payments are some dozens of kinds.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from core.database.driver_questions import ask_driver, driver_question, open_value
from core.database.spelling import each_number, each_text
from core.database.unit_of_work import Database
from core.model.payments import (
    PAYMENT_TRANSITIONS,
    Payment,
    PaymentMethod,
    PaymentStatus,
    TransactionStatus,
)
from core.permissions import Actor, Permission
from core.services.mapping import payment_row
from core.services.payments.filters import PaymentFilter
from core.services.payments.listed import ListedPayment
from core.services.payments.orders import NEWEST_FIRST, PaymentOrder
from core.services.payments.pages import LISTED, ordered_keys
from core.services.rows import PaymentRow

_KEYS_AT_ONCE = 20_000
_ROWS_AT_ONCE = 1_000

Keys = Sequence[int]
"""Payments by their keys in the shop's file, in the order of the list."""


EVERY_PAYMENT = PaymentFilter()


@dataclass(frozen=True, slots=True)
class PaymentSelection:
    """Payments of a list: all that fit its filter, except some; or its stretches; or by name.

    ``stretches`` are first and last positions in the list's order, both included; None means all
    of it. ``payment_ids`` are looked for instead of the filter, in the order given.
    """

    wanted: PaymentFilter = EVERY_PAYMENT
    order: PaymentOrder = NEWEST_FIRST
    stretches: tuple[tuple[int, int], ...] | None = None
    payment_ids: tuple[str, ...] | None = None
    left_out: frozenset[str] = frozenset()


class PaymentKind(NamedTuple):
    """Payments that are alike in everything a rule asks about: how many, and their sum.

    The reference and the approval code are one payment's own; whether there is one is what counts.
    """

    status: PaymentStatus
    payment_method: PaymentMethod
    transaction_status: TransactionStatus | None
    reconciled: bool
    invoice_generated: bool
    currency: str
    transaction_id: str
    card_approval_code: str
    payments: int
    amount_minor: int

    @property
    def invoice_number(self) -> str:
        """No number: each payment's invoice is its own."""
        return ""

    @property
    def next_statuses(self) -> frozenset[PaymentStatus]:
        """The states they may go to from here."""
        return PAYMENT_TRANSITIONS[self.status]


@dataclass(frozen=True, slots=True)
class ChosenPayments:
    """What a selection meant at one moment; ``first`` are its first rows, to be looked at."""

    keys: Keys
    kinds: tuple[PaymentKind, ...]
    first: tuple[ListedPayment, ...]

    @property
    def sums(self) -> dict[str, int]:
        """The sum in minor units by currency."""
        found: dict[str, int] = {}
        for kind in self.kinds:
            found[kind.currency] = found.get(kind.currency, 0) + kind.amount_minor
        return found


class PaymentChoices:
    """The questions about selected payments; nothing here changes anything."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def chosen(
        self,
        actor: Actor,
        selection: PaymentSelection,
        *,
        shown: int = 0,
        cancelled: Callable[[], bool] | None = None,
    ) -> ChosenPayments:
        """Return what a selection means now, with the first rows of it, all of one moment.

        Raises:
            ReadCancelledError: nobody waits for the answer any more.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read(cancelled) as session:
            keys = selected_keys(session, selection)
            kinds = _kinds(session, selection, keys)
            first = tuple(listed(session, keys[:shown])) if shown else ()
            return ChosenPayments(keys, kinds, first)

    def kinds(
        self, actor: Actor, selection: PaymentSelection, *, cancelled: Callable[[], bool]
    ) -> tuple[PaymentKind, ...]:
        """Return what kinds of payments are selected now.

        Raises:
            ReadCancelledError: nobody waits for the answer any more.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read(cancelled) as session:
            return _kinds(session, selection, None)

    def rows(self, actor: Actor, keys: Keys) -> tuple[PaymentRow, ...]:
        """Return a few of the chosen payments as they are now, in their order."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            found = session.scalars(
                select(Payment).where(Payment.id.in_(keys)).options(joinedload(Payment.order))
            )
            rows = {payment.id: payment_row(payment) for payment in found}
        return tuple(rows[key] for key in keys if key in rows)


def selected_keys(session: Session, selection: PaymentSelection) -> array[int]:
    """Return the keys of the payments selected, in the order of their list."""
    if selection.payment_ids is not None:
        return _named_keys(session, selection.payment_ids)
    keys = array("q")
    query = ordered_keys(selection.wanted, selection.order)
    answer = session.execute(query.execution_options(yield_per=_KEYS_AT_ONCE))
    for part in answer.partitions():
        keys.extend([row[0] for row in part])
    if selection.stretches is not None:
        picked = array("q")
        for first, last in sorted(selection.stretches):
            picked.extend(keys[first : last + 1])
        keys = picked
    if selection.left_out:
        out = set(_named_keys(session, tuple(selection.left_out)))
        keys = array("q", [key for key in keys if key not in out])
    return keys


def listed(session: Session, keys: Keys) -> Iterator[ListedPayment]:
    """Return payments by their keys and in their order, a stretch at a time.

    All of them are as they were when the session began to read.
    """
    connection = session.connection()
    by_keys: Select[*tuple[Any, ...]] = select(*LISTED).where(
        Payment.id.in_(each_number(open_value("keys")))
    )
    question = driver_question(by_keys, connection.dialect)
    for start in range(0, len(keys), _ROWS_AT_ONCE):
        stretch = list(keys[start : start + _ROWS_AT_ONCE])
        rows = ask_driver(connection.connection, question, {"keys": json.dumps(stretch)})
        found = {row[0]: ListedPayment._make(row) for row in rows}
        yield from [found[key] for key in stretch if key in found]


def _named_keys(session: Session, payment_ids: Sequence[str]) -> array[int]:
    query = select(Payment.payment_id, Payment.id).where(
        Payment.payment_id.in_(each_text(open_value("ids")))
    )
    rows = session.execute(query, {"ids": json.dumps(payment_ids)}).all()
    found = {row[0]: row[1] for row in rows}
    return array("q", [found[each] for each in payment_ids if each in found])


def _kinds(
    session: Session, selection: PaymentSelection, keys: Keys | None
) -> tuple[PaymentKind, ...]:
    facts = (
        Payment.status,
        Payment.payment_method,
        Payment.transaction_status,
        Payment.reconciled,
        Payment.invoice_generated,
        Payment.currency,
    )
    query = select(
        *facts,
        func.coalesce(func.max(Payment.transaction_id), ""),
        func.max(Payment.card_approval_code),
        func.count(),
        func.sum(Payment.amount_minor),
    ).group_by(*facts, Payment.card_approval_code != "", Payment.transaction_id.is_not(None))
    if selection.stretches is None and selection.payment_ids is None:
        if selection.wanted != EVERY_PAYMENT:
            found = ordered_keys(selection.wanted, selection.order).order_by(None)
            query = query.where(Payment.id.in_(found))
        if selection.left_out:
            query = query.where(Payment.payment_id.not_in(selection.left_out))
        rows = session.execute(query)
    else:
        keys = selected_keys(session, selection) if keys is None else keys
        query = query.where(Payment.id.in_(each_number(open_value("keys"))))
        rows = session.execute(query, {"keys": json.dumps(list(keys))})
    return tuple(PaymentKind._make(row) for row in rows)
