"""The page "Today" through its own widgets, on a real shop and beside another window."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt

from core.app import open_shop
from core.model.payments import PaymentMethod, PaymentStatus
from core.services.payments.filters import PaymentFilter
from core.services.payments.rules import RecordPayment
from tests.ui.pages.payments_steps import take
from tests.ui.pages.small_shop import configuration_in, open_small_shop
from ui.gallery_shop import CLERK, MANAGER, open_sample_shop
from ui.main_window import MainWindow
from ui.pages.dashboard.page import DashboardPage
from ui.relay import ChangeRelay


@pytest.fixture
def shop(qapp):
    opened = open_sample_shop(payments=24)
    yield opened
    opened.close()


@pytest.fixture
def small(qapp, tmp_path):
    opened = open_small_shop(tmp_path)
    yield opened
    opened.close()


def open_page(qtbot, shop, context):
    page = DashboardPage(context)
    qtbot.addWidget(page)
    page.resize(1280, 760)
    with qtbot.waitExposed(page):
        page.show()
    qtbot.waitUntil(lambda: page.figures is not None and not shop.tasks.is_busy)
    return page


def open_window(qtbot, shop, context):
    relay = ChangeRelay(shop.app.changes)
    window = MainWindow(context, relay)
    qtbot.addWidget(window)
    relay.setParent(window)
    window.resize(1280, 760)
    with qtbot.waitExposed(window):
        window.show()
    return window, relay


def digits(text):
    return int("".join(c for c in text if c.isdigit()))


def test_the_cards_show_what_the_books_hold(qtbot, shop):
    page = open_page(qtbot, shop, shop.context(MANAGER))
    rows = shop.app.payment_lists.page(MANAGER, PaymentFilter(), limit=500).rows
    open_states = {PaymentStatus.PENDING, PaymentStatus.PROCESSING}
    waiting = [row for row in rows if row.status in open_states]
    card = page.cards["waiting"]
    assert digits(card.head.text()) == sum(row.amount_minor for row in waiting)
    assert card.note.text() == f"{len(waiting)} payments"
    unproven = [
        row
        for row in rows
        if row.status is PaymentStatus.COMPLETED
        and not row.reconciled
        and row.payment_method is not PaymentMethod.CASH
    ]
    assert digits(page.cards["statements"].head.text()) == sum(r.amount_minor for r in unproven)
    by_method = page.cards["collected"].lines.values()
    assert digits(page.cards["collected"].head.text()) == sum(
        digits(line.figure.text()) for line in by_method
    )


def test_a_figure_says_itself_to_a_screen_reader_and_takes_the_keyboard(qtbot, shop):
    page = open_page(qtbot, shop, shop.context(MANAGER))
    head = page.cards["waiting"].head
    assert head.accessibleName().startswith("Waiting: ")
    assert head.focusPolicy() == Qt.FocusPolicy.StrongFocus
    page.window().activateWindow()
    head.setFocus()
    with qtbot.waitSignal(page.payments_requested) as asked:
        qtbot.keyClick(head, Qt.Key.Key_Space)
    assert asked.args[0].statuses == {PaymentStatus.PENDING, PaymentStatus.PROCESSING}
    assert page.subject == "Waiting"
    networks = page.cards["networks"].head
    assert networks.focusPolicy() == Qt.FocusPolicy.NoFocus, "nothing stands behind it"


def test_a_figure_leads_through_the_window_to_its_payments(qtbot, shop):
    window, relay = open_window(qtbot, shop, shop.context(MANAGER))
    page = window.show_page("dashboard")
    qtbot.waitUntil(lambda: page.figures is not None and not shop.tasks.is_busy)
    wanted = digits(page.cards["statements"].head.text())
    page.cards["statements"].head.click()
    payments = window.pages["payments"]
    assert window.current == "payments"
    qtbot.waitUntil(lambda: payments.list.model.is_answered and not shop.tasks.is_busy)
    model = payments.list.model
    shown = [model.row_at(number) for number in range(model.rowCount())]
    assert sum(row.amount_minor for row in shown) == wanted
    assert payments.behind.text.startswith("Payments behind: On no statement yet, ")
    relay.close()


def test_the_oldest_waiting_payment_and_refund_are_opened_on_their_pages(qtbot, shop):
    window, relay = open_window(qtbot, shop, shop.context(MANAGER))
    page = window.show_page("dashboard")
    qtbot.waitUntil(lambda: page.figures is not None and not shop.tasks.is_busy)
    page.cards["waiting"].lines["oldest"].figure.click()
    payments = window.pages["payments"]
    qtbot.waitUntil(payments.detail.isVisible)
    assert payments.detail.detail.payment.payment_id == page.figures.waiting.oldest_id
    window.show_page("dashboard")
    page.cards["refunds"].head.click()
    assert window.current == "refunds"
    qtbot.waitUntil(lambda: window.pages["refunds"].detail.isVisible() and not shop.tasks.is_busy)
    relay.close()


def test_who_has_no_refunds_page_is_led_to_the_payments_instead(qtbot, shop):
    page = open_page(qtbot, shop, shop.context(CLERK))
    with qtbot.waitSignal(page.payments_requested) as asked:
        page.cards["refunds"].head.click()
    assert asked.args[0].refunds is not None


def test_a_payment_of_another_window_on_the_same_file_appears_by_itself(qtbot, small):
    small.app.start_background()
    window, relay = open_window(qtbot, small, small.context("claude"))
    page = window.pages["dashboard"]
    qtbot.waitUntil(lambda: page.figures is not None and not small.tasks.is_busy)
    assert digits(page.cards["collected"].head.text()) == 0
    with open_shop(configuration_in(small.folder, "desk 2")) as other:
        cashier = small.actor("aline")
        other.payments.record(
            cashier,
            RecordPayment(
                key="elsewhere",
                method=PaymentMethod.CASH,
                amount_minor=12_500,
                tendered_minor=12_500,
                complete_now=True,
            ),
        )
        qtbot.waitUntil(lambda: digits(page.cards["collected"].head.text()) == 12_500)
    relay.close()


def test_a_figure_with_the_keyboard_keeps_it_when_figures_change(qtbot, shop):
    page = open_page(qtbot, shop, shop.context(MANAGER))
    page.window().activateWindow()
    qtbot.waitUntil(page.window().isActiveWindow)
    figure = page.cards["waiting"].lines["oldest"].figure
    figure.setFocus()
    take(shop, 1, method=PaymentMethod.CASH, amount=7_000, seen=True)
    page.changes_arrived({"payments"})
    before = page.figures
    qtbot.waitUntil(lambda: page.figures is not before and not shop.tasks.is_busy)
    assert figure.hasFocus()


@pytest.mark.parametrize(
    ("today", "told"),
    [
        (12_000, "▲ 20\u202f% beside last Friday by this hour: 10\u202f000\u00a0RWF"),
        (10_000, "= 0\u202f% beside last Friday by this hour: 10\u202f000\u00a0RWF"),
        (2_500, "▼ 75\u202f% beside last Friday by this hour: 10\u202f000\u00a0RWF"),
    ],
)
def test_today_stands_beside_the_same_hour_a_week_ago(qtbot, qapp, today, told):
    shop = open_sample_shop(payments=0)
    take(shop, 1, method=PaymentMethod.CASH, amount=10_000, seen=True)
    shop.clock.now += timedelta(days=7)
    take(shop, 2, method=PaymentMethod.CASH, amount=today, seen=True)
    page = open_page(qtbot, shop, shop.context(MANAGER))
    assert page.cards["collected"].note.text() == told
    shop.close()


def test_ages_grow_only_while_the_page_is_seen(qtbot, shop):
    page = open_page(qtbot, shop, shop.context(MANAGER))
    assert page._timer.isActive()
    before = page.cards["waiting"].lines["oldest"].figure.text()
    shop.clock.now = shop.clock.now.replace(month=7, day=20)
    page._timer.timeout.emit()
    oldest = page.cards["waiting"].lines["oldest"].figure
    qtbot.waitUntil(lambda: oldest.text() != before)
    page.hide()
    assert not page._timer.isActive()
