"""What the matcher is given: the open lines, and the payments a statement could prove.

There may be a million of them, so both are read as narrow rows, never as mapped objects.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.clock import shop_date
from core.database.hints import few_fulfil
from core.database.spelling import json_list
from core.matching.records import OpenLine, OpenRefund, PaymentColumns
from core.model.customers import Order
from core.model.payments import Payment, PaymentStatus
from core.model.reconciliations import LineState, PaymentReconciliation, StatementLine
from core.model.refunds import RefundRequest, RefundStatus
from core.services.reconciliations.detail import (
    PROVEN_METHODS,
    first_moment,
    open_payment_conditions,
    unproven_conditions,
)
from core.services.refunds.lines import ShownRefund, shown_refunds

if TYPE_CHECKING:
    from core.matching.books import Books
    from core.matching.facts import LineFacts

LOOK_BACK = timedelta(days=45)
"""How long before a statement's first day a payment may have been recorded."""

MATCHABLE_STATUSES = (
    PaymentStatus.PENDING,
    PaymentStatus.PROCESSING,
    PaymentStatus.COMPLETED,
    PaymentStatus.REFUNDED,
)
"""Money for a failed or cancelled payment is a question for a person, never a match."""

_OPEN = (LineState.UNMATCHED, LineState.SUGGESTED)

Q = TypeVar("Q")
A = TypeVar("A")

_STRETCH_IDS = 10_000
_TO_THE_HOUR = len("2026-01-16 10")


def open_line_ids(session: Session, reconciliation: PaymentReconciliation) -> list[int]:
    """Return which lines no approved match and no person has explained yet."""
    listed = select(json_list(StatementLine.id)).where(
        StatementLine.reconciliation_id == reconciliation.id, StatementLine.state.in_(_OPEN)
    )
    found: list[int] = json.loads(session.scalars(listed).one())
    return found


def open_lines(
    session: Session, reconciliation: PaymentReconciliation, *conditions: ColumnElement[bool]
) -> list[OpenLine]:
    """Return the lines that no approved match and no person has explained yet."""
    numbers = (StatementLine.id, StatementLine.amount_minor, StatementLine.fee_minor)
    texts = (
        StatementLine.currency,
        StatementLine.description,
        StatementLine.reference,
        StatementLine.transaction_id,
        StatementLine.counterparty,
        StatementLine.counterparty_account,
    )
    lists = session.execute(
        select(*map(_listed, (*numbers, StatementLine.line_date, *texts))).where(
            StatementLine.reconciliation_id == reconciliation.id,
            StatementLine.state.in_(_OPEN),
            *conditions,
        )
    ).one()
    ids, amounts, fees = map(json.loads, lists[: len(numbers)])
    days, *rest = map(_texts, lists[len(numbers) :])
    day_of = {each: date.fromisoformat(each) for each in set(days)}
    return list(map(OpenLine, ids, map(day_of.__getitem__, days), amounts, *rest, fees))


def open_payments(
    session: Session,
    reconciliation: PaymentReconciliation,
    check: Callable[[], None] = lambda: None,
) -> PaymentColumns:
    """Return the payments that the statement could prove; ``check`` is called now and then.

    The id on a customer's own message is a trail, which only the statement itself confirms: it
    stands in for the network's own where there is none.
    """
    columns = PaymentColumns()
    reading = _Reading(session, reconciliation, columns, check)
    unproven = select(Payment.id).where(*unproven_conditions(reconciliation, before=LOOK_BACK))
    reading.add(unproven, _unproven(reconciliation))
    # A payment proven long ago still matters when its refund leaves the account now.
    first_proven = len(columns)
    reading.add(_refunded_keys(reconciliation), _lately_refunded(reconciliation))
    columns.reconciled.update(range(first_proven, len(columns)))
    _add_refunds(session, reconciliation, columns)
    return columns


def facts_of(
    session: Session,
    reconciliation: PaymentReconciliation,
    line_ids: Sequence[int],
    payment_keys: Sequence[int],
) -> tuple[dict[int, LineFacts], Books]:
    """Return a few lines, those of them that are open, and payments as the matcher sees them."""
    from core.matching.books import Books  # noqa: PLC0415 - not owed until somebody searches
    from core.matching.finding import line_facts  # noqa: PLC0415 - as above

    columns = PaymentColumns()
    _Reading(session, reconciliation, columns).add_those(Payment.id.in_(payment_keys))
    books = Books(columns)
    lines = open_lines(session, reconciliation, StatementLine.id.in_(line_ids))
    return line_facts(lines, books.identifiers), books


class _Reading:
    """Reads payments column by column: SQLite makes each stretch of a column one JSON list.

    A row as a tuple costs twice as much, and every step of it takes Python's lock again. So SQLite
    is at work on the next stretch, on a thread of its own, while one is taken apart.
    """

    def __init__(
        self,
        session: Session,
        reconciliation: PaymentReconciliation,
        columns: PaymentColumns,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._session = session
        self._check = check
        self._currency = reconciliation.currency
        self._columns = columns
        self._days: dict[str, date] = {}
        self._same: dict[str, str] = {}

    def add(self, keys: Select[int], conditions: Sequence[ColumnElement[bool]]) -> None:
        """Read the payments that some conditions leave between the first and last of some keys."""
        stretches = (_NARROW.where(*conditions, each) for each in _stretches(self._session, keys))
        for lists in _one_ahead(self._lists, stretches):
            self._check()
            self._take(lists)

    def add_those(self, *conditions: ColumnElement[bool]) -> None:
        """Read a few payments."""
        self._take(self._lists(_NARROW.where(*conditions)))

    def _lists(self, stretch: Select[*tuple[Any, ...]]) -> Sequence[str]:
        return tuple(self._session.execute(stretch).one())

    def _take(self, lists: Sequence[str]) -> None:
        amounts, *rest = lists
        ids, moments, methods, names, *texts = map(_texts, rest)
        columns, days, same = self._columns, self._days, self._same
        columns.payment_ids.extend(ids)
        columns.days.extend([days.get(each[:_TO_THE_HOUR]) or _day(days, each) for each in moments])
        columns.amounts_minor.extend(json.loads(amounts))
        columns.currencies.extend([self._currency] * len(ids))
        columns.methods.extend([same.setdefault(each, each) for each in methods])
        columns.customer_names.extend([same.setdefault(each, each) for each in names])
        columns.transaction_ids.extend(texts[0])
        columns.references.extend(texts[1])
        columns.invoice_numbers.extend(texts[2])
        columns.order_numbers.extend(texts[3])
        columns.phones.extend(texts[4])
        columns.account_numbers.extend(texts[5])


def _one_ahead(read: Callable[[Q], A], questions: Iterable[Q]) -> Iterator[A]:
    """Yield the answer to each question while the next is being read, on a thread of its own."""
    with ThreadPoolExecutor(max_workers=1) as reader:
        coming: Future[A] | None = None
        for each in questions:
            read_before, coming = coming, reader.submit(read, each)
            if read_before is not None:
                yield read_before.result()
        if coming is not None:
            yield coming.result()


def _listed(column: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[str]:
    """Return a whole column as one JSON list."""
    return json_list(column)


_READ: tuple[ColumnElement[Any], ...] = (
    Payment.__table__.c.amount_minor,
    Payment.__table__.c.payment_id,
    func.coalesce(Payment.paid_at, Payment.created_at),
    Payment.__table__.c.payment_method,
    Payment.__table__.c.customer_name,
    func.coalesce(func.nullif(Payment.transaction_id, ""), Payment.claimed_transaction_id),
    Payment.__table__.c.transaction_reference,
    func.coalesce(Payment.invoice_number, ""),
    func.coalesce(Order.order_number, ""),
    Payment.__table__.c.phone_number,
    Payment.__table__.c.account_number,
)
"""What the matcher reads of a payment, its texts never NULL."""

_NARROW = (
    select(*map(_listed, _READ)).select_from(Payment).outerjoin(Order, Order.id == Payment.order_id)
)


def _stretches(session: Session, keys: Select[int]) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions of each stretch, from the first of some payments' keys to the last."""
    key = keys.subquery().c[0]
    first, last = session.execute(select(func.min(key), func.max(key))).one()
    starts = range(first, last + 1, _STRETCH_IDS) if first is not None else ()
    return (_between(start, start + _STRETCH_IDS - 1) for start in starts)


def _between(first: int, last: int) -> ColumnElement[bool]:
    """Return which keys make a stretch, told as few: SQLite then goes along the rows themselves.

    By an index of open payments it would look up each row, at twice the cost, and by that of
    reconciled ones all that the shop ever had.
    """
    return few_fulfil(Payment.id.between(first, last))


def _unproven(reconciliation: PaymentReconciliation) -> list[ColumnElement[bool]]:
    return [
        *open_payment_conditions(reconciliation, before=LOOK_BACK),
        Payment.status.in_(MATCHABLE_STATUSES),
    ]


def _lately_refunded(reconciliation: PaymentReconciliation) -> list[ColumnElement[bool]]:
    return [
        Payment.reconciled.is_(True),
        Payment.currency == reconciliation.currency,
        Payment.payment_method.in_(PROVEN_METHODS[reconciliation.provider]),
        Payment.id.in_(_refunded_keys(reconciliation)),
    ]


def _refunded_keys(reconciliation: PaymentReconciliation) -> Select[int]:
    return select(RefundRequest.payment_id).where(
        RefundRequest.status == RefundStatus.COMPLETED,
        RefundRequest.refund_completed_at >= first_moment(reconciliation) - LOOK_BACK,
    )


def _add_refunds(
    session: Session, reconciliation: PaymentReconciliation, columns: PaymentColumns
) -> None:
    given = select(
        Payment.payment_id,
        RefundRequest.refund_id,
        RefundRequest.refund_amount_minor,
        RefundRequest.refund_completed_at,
        RefundRequest.refund_transaction_id,
    ).join(RefundRequest, RefundRequest.payment_id == Payment.id)
    completed = given.where(
        RefundRequest.status == RefundStatus.COMPLETED,
        RefundRequest.refund_completed_at.is_not(None),
        Payment.currency == reconciliation.currency,
    ).order_by(RefundRequest.id)
    refunds: dict[str, list[OpenRefund]] = defaultdict(list)
    for row in session.execute(completed):
        refund = OpenRefund(
            refund_id=row.refund_id,
            amount_minor=row.refund_amount_minor,
            day=shop_date(row.refund_completed_at),
            transaction_id=row.refund_transaction_id,
        )
        refunds[row.payment_id].append(refund)
    if not refunds:
        return
    shown = shown_refunds(session)
    for place, payment_id in enumerate(columns.payment_ids):
        if payment_id in refunds:
            open_ones = _not_shown(refunds[payment_id], shown.get(payment_id, ()))
            if open_ones:
                columns.refunded[place] = open_ones


def _not_shown(
    refunds: Sequence[OpenRefund], shown: Sequence[ShownRefund]
) -> tuple[OpenRefund, ...]:
    """Return the refunds of a payment that no standing match explains: one refund is one debit."""
    left = list(refunds)
    for line in shown:
        same = [refund for refund in left if refund.amount_minor == line.amount_minor]
        named = [each for each in same if each.transaction_id and each.transaction_id in line.text]
        for settled in (named or same)[:1]:
            left.remove(settled)
    return tuple(left)


def _texts(listed: str) -> list[str]:
    """Return the texts of a JSON list: without an escape in it, commas between quotes part them."""
    if "\\" in listed or len(listed) <= len('[""]'):
        found: list[str] = json.loads(listed)
        return found
    return listed[2:-2].split('","')


def _day(known: dict[str, date], moment: str) -> date:
    """Return the shop's day of a stored moment; the hour tells it, as the zone is whole hours."""
    hour = moment[:_TO_THE_HOUR]
    day = known[hour] = shop_date(datetime.fromisoformat(f"{hour}:00:00+00:00"))
    return day
