"""Pictures of the reports page, for the gallery."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from PySide6.QtWidgets import QWidget

from core.model.payments import TransactionStatus
from core.services.reports.contract import Grouping, ReportName
from ui.gallery import SCREENS, Screen
from ui.gallery_networks import ask_customer, use_mtn
from ui.gallery_shop import MANAGER, SampleShop, close_shop, in_sample_shop, is_settled
from ui.main_window import MainWindow
from ui.pages.reports.page import ReportsPage
from ui.pages.reports.spans import RangeChoice, Span
from ui.relay import ChangeRelay
from ui.theme import Theme

_NARROW, _WIDE = (160, 45), (224, 60)
"""About 1280 × 720 and 1800 × 960 pixels at the usual text size."""
_JUNE = RangeChoice(Span.CUSTOM, date(2026, 6, 26), date(2026, 7, 10))


def _window(shop: SampleShop, name: ReportName, choice: RangeChoice | None = _JUNE) -> MainWindow:
    relay = ChangeRelay(shop.app.changes)
    window = MainWindow(shop.context(MANAGER), relay)
    relay.setParent(window)
    page = window.show_page("reports")
    if not isinstance(page, ReportsPage):
        raise TypeError("this picture needs the reports page")
    if choice is not None:
        page.choose(name, choice)
    else:
        page.open_item(name)
    return window


def _screen(
    name: str,
    make: Callable[[SampleShop], QWidget],
    *,
    payments: int = 48,
    size: tuple[int, int] = _NARROW,
) -> Screen:
    def build(_theme: Theme) -> QWidget:
        return in_sample_shop(make, payments=payments)

    return Screen(name, build, is_settled, close_shop, *size)


def _day_close(shop: SampleShop) -> QWidget:
    return _window(
        shop,
        ReportName.DAY_CLOSE,
        RangeChoice(Span.CUSTOM, date(2026, 6, 28), date(2026, 6, 28)),
    )


def _networks(shop: SampleShop) -> QWidget:
    use_mtn(shop)
    states = (
        TransactionStatus.SUCCEEDED,
        TransactionStatus.SUCCEEDED,
        TransactionStatus.UNKNOWN,
        TransactionStatus.PENDING,
    )
    for number, status in enumerate(states):
        shop.clock.now += timedelta(hours=11)
        ask_customer(shop, number, status)
    return _window(shop, ReportName.GATEWAY_PERFORMANCE)


def _by_week(shop: SampleShop) -> QWidget:
    weeks = RangeChoice(Span.CUSTOM, date(2026, 6, 1), date(2026, 7, 10), Grouping.WEEK)
    return _window(shop, ReportName.REVENUE, weeks)


def _register() -> None:
    for name in ReportName:
        if name is ReportName.GATEWAY_PERFORMANCE:
            SCREENS.append(_screen(f"report-{name}", _networks))
        elif name is not ReportName.DAY_CLOSE:
            SCREENS.append(_screen(f"report-{name}", partial(_window, name=name)))
    SCREENS.extend(
        [
            _screen("report-day-close", _day_close),
            _screen("report-day-close-wide", _day_close, size=_WIDE),
            _screen("report-revenue-weeks", _by_week),
            _screen(
                "report-revenue-wide", lambda shop: _window(shop, ReportName.REVENUE), size=_WIDE
            ),
            _screen(
                "report-nothing",
                lambda shop: _window(shop, ReportName.REVENUE, None),
                payments=0,
            ),
        ]
    )


_register()
