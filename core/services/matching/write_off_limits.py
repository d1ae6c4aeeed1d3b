"""How much a clerk may write off without a manager: of one match, and in one day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from core.clock import day_start, shop_date
from core.database.unit_of_work import Database
from core.errors import InvalidInputError
from core.model.reconciliations import Match, PaymentReconciliation
from core.money import MAX_MINOR
from core.permissions import Actor, Permission
from core.services.setting_values import load_values, save_values
from core.services.settings import load_settings

MAX_PERCENT = 100


@dataclass(frozen=True, slots=True)
class WriteOffLimits:
    """A clerk's limits for one match: an amount in the shop's own currency, in its minor units.

    In another currency, where that amount would mean something else, it is a share of what was
    recorded as paid. ``write_off_day_limit_minor`` is for all that one clerk writes off in one day
    of the shop, in the shop's own currency; 0 means that there is no such limit.
    """

    write_off_limit_minor: int = 1_000
    write_off_limit_percent: int = 1
    write_off_day_limit_minor: int = 0


class WriteOffLimitService:
    """Reads and changes the limits."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self) -> WriteOffLimits:
        """Return the limits; what was never set has its default."""
        with self._database.read() as session:
            return load_values(session, WriteOffLimits)

    def save(self, actor: Actor, limits: WriteOffLimits) -> WriteOffLimits:
        """Keep the limits; unchanged ones leave no trace.

        Raises:
            NotAllowedError: the person may not change settings.
            InvalidInputError: a limit is negative, or a share above the whole.

        """
        self._database.require(actor, Permission.MANAGE_SETTINGS)
        for name in ("write_off_limit_minor", "write_off_day_limit_minor"):
            if not 0 <= getattr(limits, name) <= MAX_MINOR:
                raise InvalidInputError(
                    "Nothing was changed. Type an amount of zero or more.", field=name
                )
        if not 0 <= limits.write_off_limit_percent <= MAX_PERCENT:
            raise InvalidInputError(
                f"Nothing was changed. A share is 0 to {MAX_PERCENT} percent.",
                field="write_off_limit_percent",
            )
        with self._database.write(actor) as unit:
            if save_values(unit, limits, subject="write-off limits"):
                unit.commit()
        return limits


def clerk_limit_minor(session: Session, currency: str, paid_minor: int) -> int:
    """Return what a clerk may write off of a match, in minor units of its currency."""
    limits = load_values(session, WriteOffLimits)
    if currency == load_settings(session).default_currency:
        return limits.write_off_limit_minor
    return paid_minor * limits.write_off_limit_percent // MAX_PERCENT


def left_of_day_minor(session: Session, match: Match, name: str, now: datetime) -> int | None:
    """Return what a clerk may still write off today besides a match; None without a limit.

    What is written off in another currency does not count, as no rate is known.
    """
    limit_minor = load_values(session, WriteOffLimits).write_off_day_limit_minor
    currency = load_settings(session).default_currency
    if not limit_minor or match.reconciliation.currency != currency:
        return None
    given_up = (
        select(func.coalesce(func.sum(func.abs(Match.difference_minor)), 0))
        .join(PaymentReconciliation, PaymentReconciliation.id == Match.reconciliation_id)
        .where(
            # As literals, for it is by them that the planner knows the index.
            Match.difference_kind == literal_column("'write_off'"),
            Match.state == literal_column("'approved'"),
            Match.difference_by == name,
            Match.difference_at >= day_start(shop_date(now)),
            Match.id != match.id,
            PaymentReconciliation.currency == currency,
        )
    )
    return max(0, limit_minor - int(session.scalar(given_up) or 0))
