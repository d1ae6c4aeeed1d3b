"""Lists that are asked for with any filter in any column's order, page by page.

What a list is made of is said once (:class:`Listing`); its pages and its totals follow from that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Dialect, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.database.driver_questions import DriverQuestion, driver_question, open_value
from core.database.unit_of_work import Database
from core.services.lists.keyset import Key, PagedQuestion, Seek
from core.services.lists.keyset_queries import (
    Bound,
    Columns,
    Statement,
    ordering,
    page,
    seek_values,
)
from core.services.lists.standing import (
    again_statement,
    again_values,
    before_statement,
    counted_before,
)
from core.services.payments.totals import Total

WantedT = TypeVar("WantedT")
RowT = TypeVar("RowT")

FEW_ROWS = 8_000
"""As many rows are read and sorted sooner than a list is looked through for them."""


@dataclass(frozen=True, slots=True)
class Place:
    """One of the columns a list is ordered by: its SQL, never NULL, and the row's field for it.

    ``on_server`` is its SQL as PostgreSQL spells it, where that differs.
    """

    sql: str
    field: str
    on_server: str = ""


@dataclass(frozen=True, slots=True)
class ListOrder:
    """By which of a list's columns, and which way round."""

    column: StrEnum
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Hits:
    """The rows that can fit a search at all: as many as the index's ``entries``, or fewer."""

    entries: Statement
    members: ColumnElement[bool]


@dataclass(frozen=True, eq=False)
class Listing(Generic[WantedT, RowT]):
    """A kind of list, for filters of one kind, which are frozen.

    ``selected`` reads the fields of ``row`` in their order, of which ``id`` is the ``key``;
    ``summed`` is the amount and currency its totals are of. ``hits`` may name those rows that can
    fit a search: where they are few they are read and sorted, else the list is looked through in
    its order, which soon finds a page.
    """

    row: Callable[[Sequence[Any]], RowT]
    key: InstrumentedAttribute[int]
    selected: Callable[[WantedT], Statement]
    summed: tuple[InstrumentedAttribute[int], InstrumentedAttribute[str]]
    conditions: Callable[[WantedT], list[ColumnElement[bool]]]
    orders: Mapping[Any, tuple[Place, ...]]
    hits: Callable[[WantedT], Hits | None] = lambda _wanted: None


def ask_listing(
    database: Database, listing: Listing[WantedT, RowT], wanted: WantedT, order: ListOrder
) -> PagedQuestion[RowT]:
    """Return a filter in an order as a question that is answered page by page, from anywhere."""
    dialect = database.engine.dialect
    places = attrgetter(*(place.field for place in listing.orders[order.column]))
    told: list[bool] = []

    def are_few(cancelled: Callable[[], bool]) -> bool:
        if not told:
            count = _count_question(listing, wanted, dialect)
            told.append(count is not None and _are_few(database, count, cancelled))
        return told[0]

    def rows(seek: Seek, cancelled: Callable[[], bool]) -> Sequence[RowT]:
        few, bound = are_few(cancelled), Bound.of(seek)
        question = _page_question(listing, wanted, order, seek.backwards, bound, few, dialect)
        return list(map(listing.row, database.rows(question, seek_values(seek), cancelled)))

    def find(known: Sequence[RowT]) -> Sequence[RowT]:
        values = again_values(map(attrgetter("id"), known))
        return list(map(listing.row, database.rows(_again(listing, wanted, dialect), values)))

    def count_before(key: Key) -> int | None:
        few = are_few(lambda: False)
        return counted_before(
            database, _before(listing, wanted, order, len(key), few, dialect), key
        )

    return PagedQuestion(
        rows, places, find=find, count_before=count_before, one_moment=database.one_moment
    )


def listing_totals(
    session: Session, listing: Listing[WantedT, RowT], wanted: WantedT
) -> tuple[Total, ...]:
    """Return count and sum of the rows a list of this filter shows, by currency."""
    amount, currency = listing.summed
    found = _found(listing, wanted).with_only_columns(currency, func.count(), func.sum(amount))
    rows = session.execute(found.group_by(currency)).all()
    return tuple(Total(code, int(count), int(total or 0)) for code, count, total in rows)


@lru_cache(maxsize=128)
def _page_question(
    listing: Listing[Any, Any],
    wanted: Any,
    order: ListOrder,
    backwards: bool,
    key: Bound,
    few: bool,
    dialect: Dialect,
) -> DriverQuestion:
    """Return the question of a page; building one takes longer than answering it."""
    found, columns = _ordered(listing, wanted, order, few)
    return driver_question(page(found, columns, order.descending is not backwards, key), dialect)


@lru_cache(maxsize=128)
def _before(
    listing: Listing[Any, Any],
    wanted: Any,
    order: ListOrder,
    key_values: int,
    few: bool,
    dialect: Dialect,
) -> DriverQuestion:
    """Return the question how many rows stand before a key."""
    found, columns = _ordered(listing, wanted, order, few)
    found = found.with_only_columns(listing.key)
    return driver_question(before_statement(found, columns, order.descending, key_values), dialect)


@lru_cache(maxsize=128)
def _again(listing: Listing[Any, Any], wanted: Any, dialect: Dialect) -> DriverQuestion:
    """Return the question which of some rows are still in the list."""
    conditions = listing.conditions(wanted)
    again = again_statement(listing.selected(wanted), listing.key.expression, conditions)
    return driver_question(again, dialect)


def _ordered(
    listing: Listing[Any, Any], wanted: Any, order: ListOrder, few: bool
) -> tuple[Statement, Columns]:
    """Return what a list shows, and what it is ordered by."""
    found = _found(listing, wanted)
    hits = listing.hits(wanted) if few else None
    if hits is not None:
        found = found.where(hits.members)
    places = listing.orders[order.column]
    columns = ordering(
        [place.sql for place in places],
        indexed=hits is None,
        on_server=[place.on_server or place.sql for place in places],
    )
    return found, columns


def _found(listing: Listing[WantedT, RowT], wanted: WantedT) -> Statement:
    return listing.selected(wanted).where(*listing.conditions(wanted))


@lru_cache(maxsize=128)
def _count_question(
    listing: Listing[Any, Any], wanted: Any, dialect: Dialect
) -> DriverQuestion | None:
    """Return the question how many rows can fit a search, up to a bound; None where all can."""
    hits = listing.hits(wanted)
    if hits is None:
        return None
    first = hits.entries.limit(open_value("counted_rows")).subquery()
    return driver_question(select(func.count()).select_from(first), dialect)


def _are_few(database: Database, count: DriverQuestion, cancelled: Callable[[], bool]) -> bool:
    counted = database.rows(count, {"counted_rows": FEW_ROWS + 1}, cancelled)[0][0]
    return bool(counted <= FEW_ROWS)
