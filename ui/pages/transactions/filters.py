"""The filters over the calls' table: chips, and what they ask for."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QCoreApplication

from core.model.calls import CallResult
from core.model.payments import RequestType, TransactionStatus
from core.services.calls.filters import CallFilter
from ui.badges import badge_for
from ui.lists.chips import AnyChip, DayChip
from ui.lists.filter_values import FilterValues, days_of
from ui.pages.transactions.words import time_text
from ui.widgets.filters import Chip, Choice

translate = QCoreApplication.translate
_TIMES_MS = (500, 1_000, 3_000, 10_000, 30_000)


def call_chips() -> tuple[AnyChip, ...]:
    """Return the chips, worded in the user's language; the shop fills those of what it has met."""
    return (
        Chip(
            "result",
            translate("CallFilters", "Success"),
            tuple(
                Choice(each.name.lower(), badge_for("outcome", each.name).text)
                for each in CallResult
            ),
            single=True,
        ),
        Chip(
            "request_type",
            translate("CallFilters", "Request"),
            tuple(Choice(each, badge_for("request", each).text) for each in RequestType),
            single=True,
        ),
        Chip(
            "statuses",
            translate("CallFilters", "Status"),
            tuple(Choice(each, badge_for("attempt", each).text) for each in TransactionStatus),
        ),
        Chip("gateway_name", translate("CallFilters", "Gateway"), (), single=True),
        Chip("error_code", translate("CallFilters", "Error"), (), single=True),
        DayChip("date", translate("CallFilters", "Date")),
        Chip(
            "least_ms",
            translate("CallFilters", "Took at least"),
            tuple(Choice(str(each), time_text(each)) for each in _TIMES_MS),
            single=True,
        ),
    )


def call_filter(values: FilterValues, today: date) -> CallFilter:
    """Return what the chips and the search ask for, as of today."""
    first, last = days_of(values.one("date"), today)
    result, request, least = (
        values.one("result"),
        values.one("request_type"),
        values.one("least_ms"),
    )
    return CallFilter(
        gateway_name=values.one("gateway_name") or None,
        request_type=RequestType(request) if request else None,
        error_code=values.one("error_code") or None,
        result=CallResult[result.upper()] if result else None,
        first_day=first,
        last_day=last,
        statuses=frozenset(TransactionStatus(each) for each in values.of("statuses")),
        least_ms=int(least) if least else None,
        search=values.search,
    )
