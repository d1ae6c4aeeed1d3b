"""The nouns of the shop; importing this package makes every mapped class known."""

from core.model import (
    attempts,
    customers,
    invoices,
    journal,
    papers,
    payments,
    people,
    providers,
    reconciliations,
    refunds,
)

__all__ = [
    "attempts",
    "customers",
    "invoices",
    "journal",
    "papers",
    "payments",
    "people",
    "providers",
    "reconciliations",
    "refunds",
]
