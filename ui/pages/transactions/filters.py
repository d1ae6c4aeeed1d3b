"""The filters over the calls' table: chips, and what they ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.model.calls import CallResult
from core.model.payments import RequestType, TransactionStatus
from core.services.call_filter import CallFilter
from ui.badges import badge_for
from ui.pages.transactions.words import time_text
from ui.widgets.filters import Chip, Choice, FilterChips

translate = QCoreApplication.translate
_DAYS = {"today": 1, "week": 7, "month": 30, "quarter": 91}
_TIMES_MS = (500, 1_000, 3_000, 10_000, 30_000)


def call_chips(gateways: Sequence[str], error_codes: Sequence[str]) -> tuple[Chip, ...]:
    """Return the chips, worded in the user's language."""
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
        Chip(
            "gateway_name",
            translate("CallFilters", "Gateway"),
            tuple(Choice(each, each) for each in gateways),
            single=True,
        ),
        Chip(
            "error_code",
            translate("CallFilters", "Error"),
            tuple(Choice(each, each) for each in error_codes),
            single=True,
        ),
        Chip("date", translate("CallFilters", "Date"), _day_choices(), single=True),
        Chip(
            "least_ms",
            translate("CallFilters", "Took at least"),
            tuple(Choice(str(each), time_text(each)) for each in _TIMES_MS),
            single=True,
        ),
    )


def call_filter(values: Mapping[str, frozenset[str]], search: str, today: date) -> CallFilter:
    """Return what chosen values and typed words ask for."""

    def one(key: str) -> str | None:
        return next(iter(values.get(key, ())), None)

    days, result, request, least = one("date"), one("result"), one("request_type"), one("least_ms")
    return CallFilter(
        gateway_name=one("gateway_name"),
        request_type=None if request is None else RequestType(request),
        error_code=one("error_code"),
        result=None if result is None else CallResult[result.upper()],
        first_day=None if days is None else today - timedelta(days=_DAYS[days] - 1),
        statuses=frozenset(TransactionStatus(each) for each in values.get("statuses", ())),
        least_ms=None if least is None else int(least),
        search=search,
    )


def _day_choices() -> tuple[Choice, ...]:
    return (
        Choice("today", translate("CallFilters", "Today")),
        Choice("week", translate("CallFilters", "7 days")),
        Choice("month", translate("CallFilters", "30 days")),
        Choice("quarter", translate("CallFilters", "13 weeks")),
    )


class CallChips(QWidget):
    """The chips; those of gateways and error codes offer what the shop has met.

    Signals:
        filters_changed: ask ``values``.
    """

    filters_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._offered: tuple[tuple[str, ...], tuple[str, ...]] | None = None
        self.chips = FilterChips(())
        self.offer((), ())

    @property
    def values(self) -> dict[str, frozenset[str]]:
        """The chosen values by key."""
        return self.chips.values

    def offer(self, gateways: tuple[str, ...], error_codes: tuple[str, ...]) -> None:
        """Offer these gateways and codes; what is chosen stays."""
        if self._offered == (gateways, error_codes):
            return
        self._offered = (gateways, error_codes)
        before, layout = self.chips, self.layout()
        self.chips = FilterChips(call_chips(gateways, error_codes))
        self.chips.set_values(before.values)
        self.chips.filters_changed.connect(self.filters_changed)
        before.hide()
        before.deleteLater()
        if layout is not None:
            layout.addWidget(self.chips)
