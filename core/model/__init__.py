"""The nouns of the shop; importing this package makes every mapped class known."""

from core.model import (
    attempts,
    customers,
    day_sums,
    invoices,
    journal,
    payments,
    people,
    providers,
    reconciliations,
    refunds,
)

__all__ = [
    "attempts",
    "customers",
    "day_sums",
    "invoices",
    "journal",
    "payments",
    "people",
    "providers",
    "reconciliations",
    "refunds",
]
