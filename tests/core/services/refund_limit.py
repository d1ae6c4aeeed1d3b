"""A shop whose managers may approve a refund of any amount."""

from __future__ import annotations

from core.database.unit_of_work import Database
from core.permissions import Actor, Role
from core.services.refunds.rules import RefundRuleService

_ANY_AMOUNT = 10**12


def leave_to_managers(database: Database) -> None:
    """Leave every refund to the managers, where it is not so already."""
    rules = RefundRuleService(database)
    now = rules.load()
    if now.limit_minor < _ANY_AMOUNT:
        rules.save(Actor(9, "ange", Role.ADMIN), _ANY_AMOUNT, now.reasons)
