"""Payments a line of a statement may still be matched with, page by page from a row that is known.

A statement of a large shop leaves a hundred thousand of them: no list holds them all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session

from core.database.unit_of_work import Database
from core.model.payments import Payment
from core.permissions import Actor, Permission
from core.services.lists.keyset import Key, PagedQuestion, Seek
from core.services.matching.candidates import MATCHABLE_STATUSES
from core.services.payments.filters import PaymentFilter, payment_conditions
from core.services.reconciliations.detail import not_shown_conditions, payments_by_key
from core.services.reconciliations.service import find_reconciliation
from core.services.rows import PaymentRow

_ORDER = (Payment.created_at, Payment.id)
_Conditions = Callable[[Session], Sequence[ColumnElement[bool]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPayment(PaymentRow):
    """A payment with its place in the list."""

    key: int


@dataclass(frozen=True, slots=True)
class OpenSum:
    """How many payments a list has, and their sum in minor units."""

    count: int
    amount_minor: int


class OpenPaymentLists:
    """The questions; nothing here changes anything. Both lists begin with the oldest payment."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def missing(
        self, actor: Actor, reconciliation_id: str, *, search: str = ""
    ) -> PagedQuestion[OpenPayment]:
        """Return the completed payments of a statement's days that no match proves.

        Of a closed statement those of its closing, as its report has them.
        """
        return self._ask(actor, _missing(reconciliation_id, search))

    def sum_of_missing(
        self,
        actor: Actor,
        reconciliation_id: str,
        *,
        search: str = "",
        cancelled: Callable[[], bool] | None = None,
    ) -> OpenSum:
        """Return how many :meth:`missing` finds, and their sum.

        Raises:
            NotFoundError: there is no such reconciliation.
            ReadCancelledError: ``cancelled`` answered yes.

        """
        return self._sum(actor, _missing(reconciliation_id, search), cancelled)

    def found(self, actor: Actor, currency: str, search: str) -> PagedQuestion[OpenPayment]:
        """Return what a search finds among all payments of the shop that may still be matched."""
        return self._ask(actor, _found(currency, search))

    def sum_of_found(
        self,
        actor: Actor,
        currency: str,
        search: str,
        *,
        cancelled: Callable[[], bool] | None = None,
    ) -> OpenSum:
        """Return how many :meth:`found` finds, and their sum.

        Raises:
            ReadCancelledError: ``cancelled`` answered yes.

        """
        return self._sum(actor, _found(currency, search), cancelled)

    def _ask(self, actor: Actor, wanted: _Conditions) -> PagedQuestion[OpenPayment]:
        self._database.require(actor, Permission.VIEW_PAYMENTS)

        def read(seek: Seek, cancelled: Callable[[], bool]) -> Sequence[OpenPayment]:
            with self._database.read(cancelled) as session:
                return _rows(session, seek, wanted(session))

        def again(rows: Sequence[OpenPayment]) -> Sequence[OpenPayment]:
            keys = Payment.id.in_([row.key for row in rows])
            with self._database.read() as session:
                return _rows(session, Seek(len(rows)), [*wanted(session), keys])

        def count_before(key: Key) -> int:
            with self._database.read() as session:
                before = (*wanted(session), tuple_(*_ORDER) < key)
                return session.scalar(select(func.count(Payment.id)).where(*before)) or 0

        return PagedQuestion(
            read, lambda row: (row.created_at, row.key), find=again, count_before=count_before
        )

    def _sum(
        self, actor: Actor, wanted: _Conditions, cancelled: Callable[[], bool] | None
    ) -> OpenSum:
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        amount = func.coalesce(func.sum(Payment.amount_minor), 0)
        with self._database.read(cancelled) as session:
            question = select(func.count(), amount).where(*wanted(session))
            count, amount_minor = session.execute(question).one()
            return OpenSum(count, int(amount_minor))


def _missing(reconciliation_id: str, search: str) -> _Conditions:
    found_by = payment_conditions(PaymentFilter(search=search))

    def conditions(session: Session) -> Sequence[ColumnElement[bool]]:
        reconciliation = find_reconciliation(session, reconciliation_id)
        return [*not_shown_conditions(reconciliation), *found_by]

    return conditions


def _found(currency: str, search: str) -> _Conditions:
    wanted = PaymentFilter(
        statuses=frozenset(MATCHABLE_STATUSES), reconciled=False, currency=currency, search=search
    )
    return lambda _session: payment_conditions(wanted)


def _rows(
    session: Session, seek: Seek, conditions: Sequence[ColumnElement[bool]]
) -> Sequence[OpenPayment]:
    order = [place.desc() if seek.backwards else place for place in _ORDER]
    # The first query walks an index alone, so that a far page touches no row it passes.
    ids = select(Payment.id).where(*conditions, *_beyond(seek)).order_by(*order)
    keys = session.scalars(ids.offset(seek.skip).limit(seek.limit)).all()
    found = payments_by_key(session, keys)
    names = [field.name for field in fields(PaymentRow)]
    return [
        OpenPayment(**{name: getattr(found[key], name) for name in names}, key=key) for key in keys
    ]


def _beyond(seek: Seek) -> list[ColumnElement[bool]]:
    if seek.key is None:
        return []
    here = tuple_(*_ORDER)
    if seek.backwards:
        return [here <= seek.key if seek.inclusive else here < seek.key]
    return [here >= seek.key if seek.inclusive else here > seek.key]
