"""The cashier's turn at a drawer: from the counted float to the counted close."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.database.unit_of_work import Database
from core.errors import ConflictError, InvalidInputError
from core.model.journal import Topic
from core.model.payments import Payment, PaymentMethod, PaymentStatus
from core.model.people import TillSession
from core.model.refunds import RefundRequest, RefundStatus
from core.money import DEFAULT_CURRENCY, MAX_MINOR, display, major, require_currency
from core.permissions import Actor, Permission

DRAWER_METHODS = (PaymentMethod.CASH, PaymentMethod.CASH_ON_DELIVERY)
"""The methods whose money ends in the drawer."""


@dataclass(frozen=True, slots=True)
class TillRow:
    """One turn at a drawer; amounts are minor units. Counted and difference come at its close."""

    user_name: str
    desk: str
    currency: str
    opening_float_minor: int
    expected_minor: int
    counted_minor: int | None
    difference_reason: str
    opened_at: datetime
    closed_at: datetime | None

    @property
    def difference_minor(self) -> int | None:
        """What was counted above (or, negative, below) what should be there."""
        return None if self.counted_minor is None else self.counted_minor - self.expected_minor


class TillService:
    """The verbs of a cashier's own till."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def current(self, actor: Actor) -> TillRow | None:
        """Return the person's open till, or None."""
        self._database.require(actor, Permission.TAKE_PAYMENT)
        with self._database.read() as session:
            till = _open_till(session, actor)
            return _row(session, actor, till) if till is not None else None

    def open(
        self, actor: Actor, opening_float_minor: int, *, currency: str = DEFAULT_CURRENCY
    ) -> TillRow:
        """Begin a turn with the cash counted into the drawer.

        Raises:
            InvalidInputError: the float is negative.
            ConflictError: the person's till is already open.

        """
        self._database.require(actor, Permission.TAKE_PAYMENT)
        require_currency(currency)
        _require_countable(opening_float_minor, "opening_float")
        with self._database.write(actor, beside_others=True) as unit:
            if _open_till(unit.session, actor) is not None:
                raise ConflictError("Nothing was changed. Your till is already open.")
            till = TillSession(
                user_id=actor.user_id,
                desk=actor.desk,
                currency=currency,
                opening_float_minor=opening_float_minor,
                opened_at=unit.now,
            )
            unit.session.add(till)
            unit.session.flush()
            unit.audit(
                "till:opened",
                "till",
                str(till.id),
                opening_float=major(opening_float_minor, currency),
                currency=currency,
            )
            unit.changed(Topic.TILLS, str(till.id))
            row = _row(unit.session, actor, till)
            unit.commit()
            return row

    def expected(self, actor: Actor) -> int:
        """Return what should be in the drawer now, in minor units.

        The float, plus cash received in the turn, less cash the person refunded during it.

        Raises:
            ConflictError: no till is open.

        """
        self._database.require(actor, Permission.TAKE_PAYMENT)
        with self._database.read() as session:
            return _expected(session, actor, _require_open(session, actor))

    def close(self, actor: Actor, counted_minor: int, reason: str = "") -> TillRow:
        """End the turn with the cash counted in the drawer; a difference needs its reason.

        Raises:
            InvalidInputError: the count is negative, or differs and no reason is given.
            ConflictError: no till is open.

        """
        self._database.require(actor, Permission.TAKE_PAYMENT)
        _require_countable(counted_minor, "counted")
        with self._database.write(actor, beside_others=True) as unit:
            till = _require_open(unit.session, actor)
            expected_minor = _expected(unit.session, actor, till)
            if counted_minor != expected_minor and not reason.strip():
                raise InvalidInputError(
                    f"The till is still open. {display(expected_minor, till.currency)} should be"
                    f" there and {display(counted_minor, till.currency)} is: write why.",
                    field="reason",
                )
            till.counted_minor = counted_minor
            till.difference_reason = reason.strip()[:300]
            till.closed_at = unit.now
            unit.audit(
                "till:closed",
                "till",
                str(till.id),
                expected=major(expected_minor, till.currency),
                counted=major(counted_minor, till.currency),
                currency=till.currency,
                reason=till.difference_reason,
            )
            unit.changed(Topic.TILLS, str(till.id))
            row = _row(unit.session, actor, till, expected_minor)
            unit.commit()
            return row


def _open_till(session: Session, actor: Actor) -> TillSession | None:
    return session.scalar(
        select(TillSession).where(
            TillSession.user_id == actor.user_id, TillSession.closed_at.is_(None)
        )
    )


def _require_open(session: Session, actor: Actor) -> TillSession:
    till = _open_till(session, actor)
    if till is None:
        raise ConflictError("Nothing was changed. Your till is not open.")
    return till


def _require_countable(amount_minor: int, field: str) -> None:
    if not 0 <= amount_minor <= MAX_MINOR:
        raise InvalidInputError("Nothing was changed. Counted cash is zero or more.", field=field)


def _expected(session: Session, actor: Actor, till: TillSession) -> int:
    return expected_in_drawer(session, till, actor.name)


def expected_in_drawer(session: Session, till: TillSession, user_name: str) -> int:
    """Return what should be in a person's drawer, in minor units: now, or when its turn ended."""
    # A refunded payment did bring its cash in; what went out again is counted as a refund.
    received = session.scalar(
        select(func.coalesce(func.sum(Payment.amount_minor), 0)).where(
            Payment.till_session_id == till.id,
            Payment.payment_method.in_(DRAWER_METHODS),
            Payment.status.in_([PaymentStatus.COMPLETED, PaymentStatus.REFUNDED]),
            Payment.currency == till.currency,
            *([Payment.paid_at <= till.closed_at] if till.closed_at else []),
        )
    )
    returned = session.scalar(
        select(func.coalesce(func.sum(RefundRequest.refund_amount_minor), 0))
        .join(Payment, Payment.id == RefundRequest.payment_id)
        .where(
            RefundRequest.status == RefundStatus.COMPLETED,
            RefundRequest.processed_by == user_name,
            RefundRequest.refund_completed_at >= till.opened_at,
            *([RefundRequest.refund_completed_at <= till.closed_at] if till.closed_at else []),
            RefundRequest.currency == till.currency,
            Payment.payment_method.in_(DRAWER_METHODS),
        )
    )
    return till.opening_float_minor + int(received or 0) - int(returned or 0)


def _row(
    session: Session, actor: Actor, till: TillSession, expected_minor: int | None = None
) -> TillRow:
    return TillRow(
        user_name=actor.name,
        desk=till.desk,
        currency=till.currency,
        opening_float_minor=till.opening_float_minor,
        expected_minor=(
            expected_minor if expected_minor is not None else _expected(session, actor, till)
        ),
        counted_minor=till.counted_minor,
        difference_reason=till.difference_reason,
        opened_at=till.opened_at,
        closed_at=till.closed_at,
    )
