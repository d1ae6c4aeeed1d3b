"""What a shop lays down about refunds: its reasons, and how much a manager approves alone."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.database.unit_of_work import Database, UnitOfWork
from core.errors import InvalidInputError
from core.model.refunds import DEFAULT_REFUND_LIMIT_MINOR
from core.money import DEFAULT_CURRENCY, MAX_MINOR
from core.permissions import Actor, Permission
from core.services.setting_values import load_values, save_values
from core.services.settings import load_settings

OTHER_REASON = "Another reason"
"""Stands at the end of every list of reasons; the asker's own words say which."""

MOST_REASONS = 30
MOST_REASON_LENGTH = 60
_DEFAULT_REASONS = (
    "Customer requested refund",
    "Wrong item or amount",
    "Faulty or damaged",
    "Not delivered",
    "Order cancelled",
    "Paid twice",
)


@dataclass(frozen=True, slots=True)
class RefundSettings:
    """As they are kept: reasons a line each, and an amount in the shop's own currency."""

    refund_reasons: str = "\n".join(_DEFAULT_REASONS)
    refund_limit_minor: int = DEFAULT_REFUND_LIMIT_MINOR


@dataclass(frozen=True, slots=True)
class RefundRules:
    """The reasons offered, and what a manager approves without the owner, in minor units.

    The limit is an amount of ``currency``, the shop's own; in any other currency, where that
    amount would mean something else, a manager approves nothing alone.
    """

    reasons: tuple[str, ...] = (*_DEFAULT_REASONS, OTHER_REASON)
    limit_minor: int = DEFAULT_REFUND_LIMIT_MINOR
    currency: str = DEFAULT_CURRENCY

    def is_above(self, amount_minor: int, currency: str) -> bool:
        """Tell whether an amount is the owner's to approve."""
        return currency != self.currency or amount_minor > self.limit_minor


class RefundRuleService:
    """Reads and changes the rules: managers keep the reasons, admins the limit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self) -> RefundRules:
        """Return the rules; what was never set has its default."""
        with self._database.read() as session:
            return load_rules(session)

    def save_reasons(self, actor: Actor, reasons: tuple[str, ...]) -> RefundRules:
        """Keep the list of reasons; blank and repeated ones are left out.

        Raises:
            NotAllowedError: the person may not keep the list.
            InvalidInputError: no reason is left, or there are too many or too long ones.

        """
        self._database.require(actor, Permission.KEEP_REFUND_REASONS)
        checked = _checked_reasons(reasons)
        with self._database.write(actor) as unit:
            kept = load_values(unit.session, RefundSettings)
            return _saved(unit, RefundSettings("\n".join(checked), kept.refund_limit_minor))

    def save(self, actor: Actor, limit_minor: int, reasons: tuple[str, ...]) -> RefundRules:
        """Keep what a manager approves alone, and the list; zero leaves every refund to the owner.

        Raises:
            NotAllowedError: the person may not change settings.
            InvalidInputError: the limit is negative, or the list cannot be kept.

        """
        self._database.require(actor, Permission.MANAGE_SETTINGS)
        if not 0 <= limit_minor <= MAX_MINOR:
            raise InvalidInputError(
                "Nothing was changed. Type an amount of zero or more.", field="refund_limit_minor"
            )
        checked = _checked_reasons(reasons)
        with self._database.write(actor) as unit:
            return _saved(unit, RefundSettings("\n".join(checked), limit_minor))


def load_rules(session: Session) -> RefundRules:
    """Return the rules inside a unit of work."""
    kept = load_values(session, RefundSettings)
    return RefundRules(
        reasons=(*kept.refund_reasons.splitlines(), OTHER_REASON),
        limit_minor=kept.refund_limit_minor,
        currency=load_settings(session).default_currency,
    )


def _saved(unit: UnitOfWork, settings: RefundSettings) -> RefundRules:
    if save_values(unit, settings, subject="refunds"):
        unit.session.flush()
        rules = load_rules(unit.session)
        unit.commit()
        return rules
    return load_rules(unit.session)


def _checked_reasons(reasons: tuple[str, ...]) -> list[str]:
    wanted: dict[str, str] = {}
    for each in reasons:
        reason = " ".join(each.split())
        if reason and reason.casefold() != OTHER_REASON.casefold():
            wanted.setdefault(reason.casefold(), reason)
    checked = list(wanted.values())
    if not checked:
        raise InvalidInputError(
            "Nothing was changed. Keep at least one reason.", field="refund_reasons"
        )
    too_long = next((each for each in checked if len(each) > MOST_REASON_LENGTH), "")
    if too_long:
        raise InvalidInputError(
            f"Nothing was changed. “{too_long}” is longer than {MOST_REASON_LENGTH} characters;"
            " the asker adds their own words.",
            field="refund_reasons",
        )
    if len(checked) > MOST_REASONS:
        raise InvalidInputError(
            f"Nothing was changed. A list has at most {MOST_REASONS} reasons.",
            field="refund_reasons",
        )
    return checked
