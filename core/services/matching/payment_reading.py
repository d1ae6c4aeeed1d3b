"""Reading payments by the hundred thousand for the matcher, as columns."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import fields
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.clock import shop_date
from core.database.hints import few_fulfil
from core.database.spelling import json_list
from core.matching.records import PaymentColumns
from core.model.customers import Order
from core.model.payments import Payment

Q = TypeVar("Q")
A = TypeVar("A")

_STRETCH_IDS = 10_000
_AHEAD = 2
"""So many stretches are read ahead: the database never waits for whoever takes them apart."""
_TO_THE_HOUR = len("2026-01-16 10")

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
    select(*map(json_list, _READ))
    .select_from(Payment)
    .outerjoin(Order, Order.id == Payment.order_id)
)


def stretch_of(key: InstrumentedAttribute[int]) -> ColumnElement[int]:
    """Return the number of the stretch that a payment's key falls into."""
    return key // _STRETCH_IDS


def stretches_of(session: Session, keys: Select[int]) -> range:
    """Return the stretches from the first of some payments' keys to the last."""
    key = keys.subquery().c[0]
    return _range(*session.execute(select(func.min(key), func.max(key))).one())


def whole_stretches(session: Session) -> range:
    """Return the stretches of all payments."""
    first, last = (select(end(Payment.id)).scalar_subquery() for end in (func.min, func.max))
    return _range(*session.execute(select(first, last)).one())


def _range(first: int | None, last: int | None) -> range:
    if first is None or last is None:
        return range(0)
    return range(first // _STRETCH_IDS, last // _STRETCH_IDS + 1)


class PaymentReading:
    """Reads payments column by column: SQLite makes each stretch of a column one JSON list.

    A row as a tuple costs twice as much, and every step of it takes Python's lock again. So SQLite
    is at work on the next stretch, on a thread of its own, while one is taken apart.
    """

    def __init__(
        self, session: Session, currency: str, check: Callable[[], None] = lambda: None
    ) -> None:
        self.columns = PaymentColumns()
        self.stretches: dict[int, slice] = {}
        """The places of the payments of each stretch."""
        self._session = session
        self._check = check
        self._currency = currency
        self._days: dict[str, date] = {}
        self._same: dict[str, str] = {}

    def add(self, stretches: Iterable[int], conditions: Sequence[ColumnElement[bool]]) -> None:
        """Read the payments that some conditions leave of each stretch."""

        def read(stretch: int) -> tuple[int, Sequence[str]]:
            return stretch, self._lists(_NARROW.where(*conditions, _in_stretch(stretch)))

        for stretch, lists in _read_ahead(read, stretches):
            self._check()
            first = len(self.columns)
            self._take(lists)
            self.stretches[stretch] = slice(first, len(self.columns))
            self._read_identifiers(first)

    def _read_identifiers(self, first: int) -> None:
        """Make of the payments from a place on what the matcher looks for, beside the database."""
        from core.matching.read_identifiers import ReadIdentifiers  # noqa: PLC0415 - numpy is not owed before somebody searches

        new = [column[first:] for column in self.columns.identifiers]
        self.columns.read_identifiers.append(ReadIdentifiers.of(new))

    def add_those(self, *conditions: ColumnElement[bool]) -> None:
        """Read a few payments."""
        self._take(self._lists(_NARROW.where(*conditions)))

    def keep(self, wanted: Collection[int]) -> None:
        """Let go of the payments of all other stretches."""
        kept = {stretch: each for stretch, each in self.stretches.items() if stretch in wanted}
        if len(kept) == len(self.stretches):
            return
        read = zip(self.stretches, self.columns.read_identifiers, strict=True)
        still_read = [each for stretch, each in read if stretch in kept]
        self.columns.read_identifiers.clear()
        for each in fields(self.columns):
            column = getattr(self.columns, each.name)
            if isinstance(column, list):
                column[:] = [value for places in kept.values() for value in column[places]]
        self.columns.read_identifiers.extend(still_read)
        self.stretches.clear()
        first = 0
        for stretch, places in kept.items():
            self.stretches[stretch] = slice(first, first := first + places.stop - places.start)

    def _lists(self, question: Select[*tuple[Any, ...]]) -> Sequence[str]:
        return tuple(self._session.execute(question).one())

    def _take(self, lists: Sequence[str]) -> None:
        amounts, *rest = lists
        ids, moments, methods, names, *texts = map(listed_texts, rest)
        columns, days, same = self.columns, self._days, self._same
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


def _in_stretch(stretch: int) -> ColumnElement[bool]:
    """Return which keys make a stretch, told as few: SQLite then goes along the rows themselves.

    By an index of open payments it would look up each row, at twice the cost, and by that of
    reconciled ones all that the shop ever had.
    """
    first = stretch * _STRETCH_IDS
    return few_fulfil(Payment.id.between(first, first + _STRETCH_IDS - 1))


def _read_ahead(read: Callable[[Q], A], questions: Iterable[Q]) -> Iterator[A]:
    """Yield the answer to each question while the next are being read, on a thread of their own."""
    coming = deque[Future[A]]()
    with ThreadPoolExecutor(max_workers=1) as reader:
        for each in questions:
            coming.append(reader.submit(read, each))
            if len(coming) > _AHEAD:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()


def listed_texts(listed: str) -> list[str]:
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
