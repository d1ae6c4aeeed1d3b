"""The filters above the subscriptions table."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.model.payments import PaymentMethod
from core.model.subscriptions import SUBSCRIPTION_METHODS, Plan, SubscriptionStatus
from core.services.subscriptions.lists import SubscriptionFilter
from ui.badges import badge_for
from ui.pages.subscriptions.words import plan_word
from ui.widgets.filters import Chip, Choice

translate = QCoreApplication.translate


def subscription_chips() -> tuple[Chip, ...]:
    """Return the chips, worded in the user's language."""
    return (
        Chip(
            "statuses",
            translate("SubscriptionFilters", "State"),
            tuple(
                Choice(each, badge_for("subscription", each).text) for each in SubscriptionStatus
            ),
        ),
        Chip(
            "plans",
            translate("SubscriptionFilters", "Renews"),
            tuple(Choice(each, plan_word(each)) for each in Plan),
        ),
        Chip(
            "methods",
            translate("SubscriptionFilters", "Method"),
            tuple(Choice(each, badge_for("method", each).text) for each in SUBSCRIPTION_METHODS),
        ),
    )


def wanted_by(
    values: dict[str, frozenset[str]], search: str, *, needs_look: bool
) -> SubscriptionFilter:
    """Return what the chips, the search and the button ask for."""
    return SubscriptionFilter(
        statuses=frozenset(SubscriptionStatus(value) for value in values.get("statuses", ())),
        plans=frozenset(Plan(value) for value in values.get("plans", ())),
        methods=frozenset(PaymentMethod(value) for value in values.get("methods", ())),
        needs_look=needs_look,
        search=search,
    )
