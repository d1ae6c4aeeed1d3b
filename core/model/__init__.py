"""The nouns of the shop; importing this package makes every mapped class known."""

from core.model import (
    attempts,
    customers,
    day_sums,
    invoices,
    journal,
    loyalty,
    mail,
    papers,
    payments,
    people,
    providers,
    reconciliations,
    refunds,
    saved_filters,
    subscriptions,
)

__all__ = [
    "attempts",
    "customers",
    "day_sums",
    "invoices",
    "journal",
    "loyalty",
    "mail",
    "papers",
    "payments",
    "people",
    "providers",
    "reconciliations",
    "refunds",
    "saved_filters",
    "subscriptions",
]
