"""The payments page shown from outside: the payments behind a figure of another page."""

from datetime import date

import pytest
from PySide6.QtCore import Qt

from core.model.calls import CallResult
from core.model.payments import PaymentMethod, PaymentStatus
from core.model.refunds import RefundStatus
from core.services.calls.filters import CallFilter
from core.services.payments.filters import PaymentFilter, RefundFilter
from tests.ui.pages.payments_steps import column, open_page, settle, take
from ui.gallery_shop import open_sample_shop
from ui.main_window import MainWindow
from ui.pages.payments.behind import filter_words
from ui.relay import ChangeRelay

CASH_OF_THE_DAY = PaymentFilter(
    methods=frozenset({PaymentMethod.CASH}),
    statuses=frozenset({PaymentStatus.COMPLETED}),
    first_day=date(2026, 6, 26),
    last_day=date(2026, 6, 26),
)


@pytest.fixture
def shop(qapp):
    opened = open_sample_shop(payments=0)
    take(opened, 1, seen=True)
    take(opened, 2, method=PaymentMethod.MTN_MOBILE_MONEY)
    take(opened, 3, seen=True)
    yield opened
    opened.close()


def test_a_figures_payments_are_shown_with_the_figures_name(qtbot, shop):
    page = open_page(qtbot, shop)
    page.show_filter(CASH_OF_THE_DAY, "Revenue")
    settle(qtbot, shop, page)
    assert column(page, "customer_name") == ["Customer 3", "Customer 1"]
    assert page.behind.text == ("Payments behind: Revenue, 26 June 2026, Cash, Completed")
    assert page.behind.isVisible()
    assert not page.list.bar.chips["statuses"].isVisible()


def test_a_search_narrows_what_stands_behind_a_figure(qtbot, shop):
    page = open_page(qtbot, shop)
    page.show_filter(CASH_OF_THE_DAY, "Revenue")
    qtbot.keyClicks(page.list.bar.search, "ord-003")
    qtbot.keyClick(page.list.bar.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: column(page, "customer_name") == ["Customer 3"])
    assert page.source.wanted(page.list.values).methods == CASH_OF_THE_DAY.methods


@pytest.mark.parametrize("by_key", [True, False])
def test_all_payments_come_back_by_button_or_esc(qtbot, shop, by_key):
    page = open_page(qtbot, shop)
    page.show_filter(CASH_OF_THE_DAY, "Revenue")
    settle(qtbot, shop, page)
    if by_key:
        page.list.table.setFocus()
        qtbot.keyClick(page.list.table, Qt.Key.Key_Escape)
    else:
        qtbot.mouseClick(page.behind.all_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(column(page, "customer_name")) == 3)
    assert page.source.wanted(page.list.values) == PaymentFilter()
    assert page.list.bar.chips["statuses"].isVisible()
    assert not page.behind.isVisible()


def test_the_window_leads_from_any_page_to_the_payments_it_asks_for(qtbot, shop):
    relay = ChangeRelay(shop.app.changes)
    window = MainWindow(shop.context(), relay)
    qtbot.addWidget(window)
    relay.setParent(window)
    window.resize(1280, 720)
    with qtbot.waitExposed(window):
        window.show()
    window.show_page("invoices").payments_requested.emit(CASH_OF_THE_DAY)
    page = window.pages["payments"]
    assert window.current == "payments"
    settle(qtbot, shop, page)
    assert column(page, "customer_name") == ["Customer 3", "Customer 1"]
    relay.close()


def test_a_filters_words_name_what_every_report_asks_for():
    money = frozenset(PaymentMethod) - {PaymentMethod.CASH}
    wanted = PaymentFilter(
        paid_first_day=date(2026, 6, 2),
        paid_last_day=date(2026, 6, 2),
        methods=money,
        currency="USD",
        created_by="aline",
        needs_decision=True,
    )
    assert filter_words(wanted) == (
        "paid 2 June 2026, without Cash, USD, taken by aline, Needs a decision"
    )
    assert filter_words(PaymentFilter(methods=frozenset(PaymentMethod))) == ""
    back = RefundFilter(
        statuses=frozenset({RefundStatus.COMPLETED}),
        first_completed_day=date(2026, 6, 2),
        last_completed_day=date(2026, 6, 3),
        requested_by="aline",
    )
    assert filter_words(PaymentFilter(refunds=back)) == (
        "with a refund, Paid back, paid back 2 – 3 June 2026, asked for by aline"
    )
    calls = CallFilter(gateway_name="MTN MoMo", result=CallResult.FAILED, error_code="TIMEOUT")
    assert filter_words(PaymentFilter(calls=calls)) == "MTN MoMo, Failure, error TIMEOUT"
    several = PaymentFilter(payment_ids=frozenset({"a", "b"}), has_customer=False)
    assert filter_words(several) == "no customer, 2 payments chosen"


def test_a_filters_words_say_an_open_side():
    assert filter_words(PaymentFilter(first_day=date(2026, 6, 1), last_day=date(2026, 6, 30))) == (
        "June 2026"
    )
    assert filter_words(PaymentFilter(first_day=date(2026, 6, 1), last_day=date(2026, 6, 9))) == (
        "1 – 9 June 2026"
    )
    assert filter_words(PaymentFilter(first_day=date(2026, 6, 2), reconciled=False)) == (
        "from 2 June 2026, Not seen yet"
    )
    assert filter_words(PaymentFilter(last_day=date(2026, 6, 2), search="jean")) == (
        "until 2 June 2026, “jean”"
    )


def test_amounts_are_named_in_their_currency():
    space = "\u00a0"
    for least, most, told in (
        (1_000, 5_000, "1\u202f000 RWF to 5\u202f000 RWF"),
        (1_000, None, "at least 1\u202f000 RWF"),
        (None, 5_000, "at most 5\u202f000 RWF"),
        (5_000, 5_000, "5\u202f000 RWF"),
    ):
        wanted = PaymentFilter(currency="RWF", least_minor=least, most_minor=most)
        assert filter_words(wanted) == told.replace(" RWF", f"{space}RWF")
    assert filter_words(PaymentFilter(currency="USD")) == "USD"
