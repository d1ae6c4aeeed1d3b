"""What a shop's payments can be filtered by that only its books know: gateways and cashiers."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.model.payments import Payment

_MOST_CHOICES = 200


@dataclass(frozen=True, slots=True)
class PaymentNames:
    """The gateways payments went through and the people who took them, by name."""

    gateways: tuple[str, ...]
    cashiers: tuple[str, ...]


def payment_names(session: Session) -> PaymentNames:
    """Return what the payments of a shop of any size can be filtered by."""
    return PaymentNames(
        _values(session, Payment.gateway_name), _values(session, Payment.created_by)
    )


def _values(session: Session, column: InstrumentedAttribute[str]) -> tuple[str, ...]:
    """Return a column's values by stepping its index from one to the next.

    DISTINCT would read every entry: ten million to find five.
    """
    found = select(func.min(column).label("value")).where(column > "").cte("found", recursive=True)
    following = select(func.min(column)).where(column > found.c.value).scalar_subquery()
    steps = found.union_all(select(following).where(found.c.value.is_not(None)))
    wanted = select(steps.c.value).where(steps.c.value.is_not(None)).limit(_MOST_CHOICES)
    return tuple(session.scalars(wanted))
