"""The chips above the payments table, and what they ask for."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QCoreApplication

from core.model.payments import PaymentMethod, PaymentStatus, PaymentType
from core.money import DEFAULT_CURRENCY
from core.services.payments.filters import PaymentFilter
from ui.badges import badge_for
from ui.lists.chips import AmountChip, AnyChip, DayChip
from ui.lists.filter_values import FilterValues, amounts_of, days_of
from ui.pages.payments.words import type_word
from ui.widgets.filters import Chip, Choice

translate = QCoreApplication.translate


def payment_chips() -> tuple[AnyChip, ...]:
    """Return the chips, worded in the user's language; the shop fills the last two."""
    return (
        Chip(
            "methods",
            translate("PaymentFilters", "Method"),
            tuple(Choice(method, badge_for("method", method).text) for method in PaymentMethod),
        ),
        Chip(
            "statuses",
            translate("PaymentFilters", "Status"),
            tuple(Choice(status, badge_for("status", status).text) for status in PaymentStatus),
        ),
        Chip(
            "types",
            translate("PaymentFilters", "For"),
            tuple(Choice(kind, type_word(kind)) for kind in PaymentType),
        ),
        DayChip("date", translate("PaymentFilters", "Date")),
        AmountChip("amount", translate("PaymentFilters", "Amount")),
        Chip(
            "reconciled",
            translate("PaymentFilters", "Reconciled"),
            (
                Choice("yes", translate("PaymentFilters", "Yes")),
                Choice("no", translate("PaymentFilters", "No")),
            ),
            single=True,
        ),
        Chip("gateway", translate("PaymentFilters", "Gateway"), (), single=True),
        Chip("cashier", translate("PaymentFilters", "Cashier"), (), single=True),
    )


def payment_filter(values: FilterValues, today: date) -> PaymentFilter:
    """Return what the chips and the search ask for, as of today."""
    first, last = days_of(values.one("date"), today)
    least, most = amounts_of(values.one("amount"))
    reconciled = values.one("reconciled")
    return PaymentFilter(
        statuses=frozenset(PaymentStatus(value) for value in values.of("statuses")),
        methods=frozenset(PaymentMethod(value) for value in values.of("methods")),
        types=frozenset(PaymentType(value) for value in values.of("types")),
        reconciled=None if not reconciled else reconciled == "yes",
        first_day=first,
        last_day=last,
        # Minor units of two currencies are not to be compared.
        currency=DEFAULT_CURRENCY if values.one("amount") else "",
        least_minor=least,
        most_minor=most,
        gateway_name=values.one("gateway") or None,
        created_by=values.one("cashier") or None,
        search=values.search,
    )
