"""What the sums kept by day tell about calls: how many, how they went, and where a day lies."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import accumulate

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core.model.calls import CallResult
from core.model.day_sums import CallDay
from core.services.calls.filters import CallFilter
from core.services.calls.listed import CallColumn
from core.services.calls.pages import CallOrder
from core.services.lists.keyset import Landmark
from core.services.payments.totals import first_key

_HAS_FAILED = ~CallDay.success & (CallDay.error_code != "")


def is_kept_by_day(wanted: CallFilter) -> bool:
    """Tell whether the kept sums answer a filter: it asks for nothing they do not know."""
    known = CallFilter(
        gateway_name=wanted.gateway_name,
        request_type=wanted.request_type,
        error_code=wanted.error_code,
        result=wanted.result,
        first_day=wanted.first_day,
        last_day=wanted.last_day,
    )
    return known == wanted


def kept_sums(session: Session, wanted: CallFilter) -> tuple[int, int, int]:
    """Return how many calls there are, how many failed, and how many have a response time."""
    row = session.execute(
        select(
            func.coalesce(func.sum(CallDay.calls), 0),
            func.coalesce(func.sum(CallDay.calls).filter(_HAS_FAILED), 0),
            func.coalesce(func.sum(CallDay.timed), 0),
        ).where(*_day_conditions(wanted))
    ).one()
    return int(row[0]), int(row[1]), int(row[2])


def landmarks(
    read: Callable[[], AbstractContextManager[Session]], wanted: CallFilter, order: CallOrder
) -> Callable[[int], Landmark | None]:
    """Return what tells, for a list in the order of calling, the day a place of it lies on.

    It asks for the days' counts when it is first needed, once.
    """
    kept: list[Landmark] = []
    ends: list[int] = []

    def locate(position: int) -> Landmark | None:
        if order.column is not CallColumn.REQUEST_AT or not is_kept_by_day(wanted):
            return None
        if not ends:
            by_day = CallDay.day.desc() if order.descending else CallDay.day.asc()
            counted = select(CallDay.day, func.sum(CallDay.calls)).where(*_day_conditions(wanted))
            with read() as session:
                found = session.execute(counted.group_by(CallDay.day).order_by(by_day)).all()
            ends.extend(accumulate(int(count) for _, count in found))
            starts = [0, *ends[:-1]]
            kept.extend(
                Landmark(start, first_key(day, descending=order.descending))
                for start, (day, _) in zip(starts, found, strict=True)
            )
        reached = zip(kept, ends, strict=True)
        return next((mark for mark, end in reached if end > position), None)

    return locate


def _day_conditions(wanted: CallFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.first_day is not None:
        conditions.append(CallDay.day >= wanted.first_day)
    if wanted.last_day is not None:
        conditions.append(CallDay.day <= wanted.last_day)
    if wanted.gateway_name is not None:
        conditions.append(CallDay.gateway_name == wanted.gateway_name)
    if wanted.request_type is not None:
        conditions.append(CallDay.request_type == wanted.request_type)
    if wanted.error_code is not None:
        conditions.append(CallDay.error_code == wanted.error_code)
    if wanted.result is CallResult.SUCCEEDED:
        conditions.append(CallDay.success.is_(True))
    elif wanted.result is CallResult.FAILED:
        conditions.append(_HAS_FAILED)
    elif wanted.result is CallResult.OPEN:
        conditions.append(~CallDay.success & (CallDay.error_code == ""))
    return conditions
