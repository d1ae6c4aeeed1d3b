"""Looking at the calls made to gateways: page by page, counted, and one with all it said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core.database.unit_of_work import Database
from core.errors import NotFoundError
from core.model.calls import CallResult
from core.model.day_sums import CallDay
from core.model.payments import Payment, PaymentTransaction
from core.permissions import Actor, Permission
from core.services.calls.days import is_kept_by_day, kept_sums, landmarks
from core.services.calls.filters import CallFilter, call_conditions, has_result
from core.services.calls.listed import ListedCall
from core.services.calls.pages import NEWEST_CALLS_FIRST, CallOrder, ask, found_by_search
from core.services.lists.keyset import PagedQuestion
from core.services.mapping import transaction_row
from core.services.payments.search import SearchTerms
from core.services.rows import TransactionRow

__all__ = ["CallFilter", "CallLists", "CallTotals"]

_MOST_TIMED = 100_000
"""Beyond this many answers the middle one is not looked for: it would have to be sorted for."""


@dataclass(frozen=True, slots=True)
class CallTotals:
    """How many calls, how many of them failed, and the median response time in milliseconds.

    ``median_ms`` is a time that occurred (nearest rank); None where nothing was answered, or too
    much to find its middle quickly.
    """

    count: int
    failed: int
    median_ms: int | None


class CallLists:
    """The questions about calls; nothing here changes anything."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(
        self, actor: Actor, wanted: CallFilter, order: CallOrder = NEWEST_CALLS_FIRST
    ) -> PagedQuestion[ListedCall]:
        """Return a filter in an order as a question that answers page by page, from anywhere."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        locate = landmarks(self._database.read, wanted, order)
        return ask(self._database, wanted, order, locate=locate)

    def totals(
        self,
        actor: Actor,
        wanted: CallFilter,
        *,
        cancelled: Callable[[], bool] | None = None,
    ) -> CallTotals:
        """Return count, failures and median response time of the calls asked for.

        Raises:
            ReadCancelledError: ``cancelled`` answered yes meanwhile.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read(cancelled) as session:
            if is_kept_by_day(wanted):
                count, failed, timed = kept_sums(session, wanted)
            else:
                count, failed, timed = _counted(session, wanted)
            return CallTotals(count, failed, _median(session, wanted, timed))

    def count_all(self, actor: Actor) -> int:
        """Return how many calls there are."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            return kept_sums(session, CallFilter())[0]

    def gateways(self, actor: Actor) -> tuple[str, ...]:
        """Return the names of the gateways that were ever called, for a filter."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            names = session.scalars(select(CallDay.gateway_name).distinct())
            return tuple(sorted(name for name in names if name))

    def error_codes(self, actor: Actor, *, limit: int = 40) -> tuple[str, ...]:
        """Return the error codes that were ever answered, the most frequent first."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            return tuple(
                session.scalars(
                    select(CallDay.error_code)
                    .where(CallDay.error_code != "")
                    .group_by(CallDay.error_code)
                    .having(func.sum(CallDay.calls) > 0)
                    .order_by(func.sum(CallDay.calls).desc(), CallDay.error_code)
                    .limit(limit)
                )
            )

    def one(self, actor: Actor, call_id: int) -> TransactionRow:
        """Return one call with its request and its response.

        Raises:
            NotFoundError: there is none with this id.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            found = session.execute(
                select(PaymentTransaction, Payment.payment_id)
                .join(Payment, Payment.id == PaymentTransaction.payment_id)
                .where(PaymentTransaction.id == call_id)
            ).one_or_none()
            if found is None:
                raise NotFoundError("This call is not in the shop's books.")
            call, payment_id = found
            return transaction_row(call, payment_id)


def _counted(session: Session, wanted: CallFilter) -> tuple[int, int, int]:
    row = session.execute(
        select(
            func.count(),
            func.count().filter(has_result(CallResult.FAILED)),
            func.count(PaymentTransaction.processing_time_ms),
        ).where(*_conditions(wanted))
    ).one()
    return int(row[0]), int(row[1]), int(row[2])


def _median(session: Session, wanted: CallFilter, timed: int) -> int | None:
    if not 0 < timed <= _MOST_TIMED:
        return None
    return session.scalar(
        select(PaymentTransaction.processing_time_ms)
        .where(*_conditions(wanted), PaymentTransaction.processing_time_ms.is_not(None))
        .order_by(PaymentTransaction.processing_time_ms)
        .offset(-(-timed // 2) - 1)
        .limit(1)
    )


def _conditions(wanted: CallFilter) -> list[ColumnElement[bool]]:
    terms = SearchTerms.of(wanted.search)
    found = found_by_search(wanted, terms) if terms else []
    return [*found, *call_conditions(wanted)]
