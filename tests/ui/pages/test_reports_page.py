"""The reports page through its own widgets, on a real shop: figures, ranges, drills, refreshing."""

import threading
from datetime import date

import pytest
from PySide6.QtCore import QDate, Qt

from core.errors import StorageError
from core.model.payments import PaymentMethod, PaymentStatus
from core.services.payments.lists import PaymentFilter
from core.services.reports.contract import ReportName
from tests.ui.pages.payments_steps import take
from tests.ui.pages.reports_steps import cells, choose, digits, open_page, settle
from ui.gallery_shop import CLERK, MANAGER, open_sample_shop
from ui.main_window import MainWindow
from ui.pages.reports.spans import Span
from ui.relay import ChangeRelay

FIRST, LAST = date(2026, 6, 1), date(2026, 7, 31)
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def shop(qapp):
    opened = open_sample_shop(payments=24)
    yield opened
    opened.close()


@pytest.fixture
def empty_shop(qapp):
    opened = open_sample_shop(payments=0)
    yield opened
    opened.close()


def payments_of(shop, wanted):
    return shop.app.payment_lists.page(MANAGER, wanted, limit=500).rows


# Figures


def test_each_report_is_chosen_by_its_key_and_shows_the_services_figures(qtbot, shop):
    page = open_page(qtbot, shop)
    page.window().activateWindow()
    for number, name in enumerate(ReportName, start=1):
        qtbot.keyClick(page, str(number), CTRL)
        settle(qtbot, shop, page)
        assert page.name is name
        assert page.view.report.query.name is name
        asked = shop.app.reports.run(MANAGER, page.query)
        assert page.view.report.rows == asked.rows


def test_the_payment_summary_agrees_with_the_payments_to_the_franc(qtbot, shop):
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page, "payment-summary", FIRST, LAST)
    everything = payments_of(shop, PaymentFilter())
    shown = cells(page.view.table.table)
    assert sum(digits(row[3]) for row in shown) == sum(p.amount_minor for p in everything)
    for method, status, count, amount in shown:
        own = [p for p in everything if (method, status) == badge_words(p)]
        assert (digits(count), digits(amount)) == (len(own), sum(p.amount_minor for p in own))
    (total,) = cells(page.view.table.totals)
    assert total[0] == "Total"
    assert digits(total[3]) == sum(p.amount_minor for p in everything)


def badge_words(payment):
    methods = {
        "mtn_mobile_money": "MTN", "airtel_money": "Airtel", "bank_transfer": "Bank",
        "cash": "Cash", "cash_on_delivery": "On delivery", "card": "Card",
    }  # fmt: skip
    states = {"pending": "Waiting"}
    status = states.get(payment.status, payment.status.capitalize())
    return methods[payment.payment_method], status


def test_the_days_close_shows_its_sections_and_leaves_out_columns_that_say_nothing(qtbot, shop):
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page, "day-close", date(2026, 6, 28), date(2026, 6, 28))
    groups = page.view.groups
    assert page.view.stack.currentWidget() is groups
    assert {"The day", "Collected by method", "Not on a statement yet"} <= set(groups.tables)
    by_method = groups.tables["Collected by method"]
    assert [column.key for column in by_method.model.columns] == [
        "payment_method", "count", "amount",
    ]  # fmt: skip
    collected = digits(cells(groups.tables["The day"].table)[0][2])
    assert sum(digits(row[2]) for row in cells(by_method.table)) == collected
    assert not page.range.last.isVisible()


def test_an_empty_shop_says_what_to_do(qtbot, empty_shop):
    page = open_page(qtbot, empty_shop)
    assert page.view.stack.currentWidget() is page.view.nothing
    assert page.view.nothing.sentence.text().endswith("Choose other days.")


# Behind a figure


def test_enter_on_a_row_leads_to_exactly_the_payments_behind_it(qtbot, shop):
    relay = ChangeRelay(shop.app.changes)
    window = MainWindow(shop.context(), relay)
    qtbot.addWidget(window)
    relay.setParent(window)
    window.resize(1280, 760)
    with qtbot.waitExposed(window):
        window.show()
    page = window.show_page("reports")
    settle(qtbot, shop, page)
    choose(qtbot, shop, page, "payment-summary", FIRST, LAST)
    row = next(r for r in page.view.report.rows if r.cells[1] is PaymentStatus.COMPLETED)
    table = page.view.table.table
    place = page.view.report.rows.index(row)
    table.setCurrentIndex(page.view.table.model.index(place, 0))
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert window.current == "payments"
    payments = window.pages["payments"]
    qtbot.waitUntil(lambda: payments.list.model.is_answered and not shop.tasks.is_busy)
    model = payments.list.model
    shown = [model.row_at(number) for number in range(model.rowCount())]
    assert {p.payment_method for p in shown} == {row.cells[0]}
    assert {p.status for p in shown} == {PaymentStatus.COMPLETED}
    assert (len(shown), sum(p.amount_minor for p in shown)) == (row.cells[2], row.cells[3])
    assert payments.behind.text.startswith("Payments behind: Payments, 1 June 2026 – ")
    relay.close()


def test_every_figure_of_every_report_leads_to_payments_that_make_it_up(qtbot, shop):
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page, "revenue", FIRST, LAST)
    report = page.view.report
    keys = [column.key for column in report.columns]
    for row in report.rows:
        behind = payments_of(shop, row.drill)
        assert sum(p.amount_minor for p in behind) == row.cells[keys.index("gross")]


def test_a_row_without_payments_says_so(qtbot, shop):
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page, "day-close", date(2026, 6, 28), date(2026, 6, 28))
    audit = page.view.groups.tables["Audit trail"].table
    audit.setCurrentIndex(audit.rows.index(0, 0))
    with qtbot.waitSignal(page.notice_raised) as told:
        qtbot.keyClick(audit, Qt.Key.Key_Return)
    assert told.args == ["No payments stand behind this row"]


# Ranges


def test_the_range_and_the_grouping_are_remembered_for_each_person_and_report(qtbot, shop):
    page = open_page(qtbot, shop)
    page.open_item("revenue")
    page.range.span.setCurrentIndex(page.range.span.findData(Span.LAST_MONTH))
    page.range.span.activated.emit(page.range.span.currentIndex())
    page.range.grouping.setCurrentIndex(1)
    page.range.grouping.activated.emit(1)
    settle(qtbot, shop, page)
    assert page.query.first_day == date(2026, 5, 1)
    page.open_item("refunds")
    assert page.query.first_day == date(2026, 6, 1)
    settle(qtbot, shop, page)
    again = open_page(qtbot, shop)
    again.open_item("revenue")
    settle(qtbot, shop, again)
    assert again.query.first_day == date(2026, 5, 1)
    assert again.query.grouping == "week"
    other = open_page(qtbot, shop, CLERK)
    other.open_item("revenue")
    settle(qtbot, shop, other)
    assert other.query.first_day == date(2026, 6, 1)


def test_a_damaged_file_of_choices_is_as_good_as_none(qtbot, shop):
    folder = shop.app.configuration.data_dir / "choices"
    folder.mkdir()
    (folder / "reports-marie.json").write_text('{"revenue": {"span": "for ever"}, "refunds": 1}')
    page = open_page(qtbot, shop)
    page.open_item("revenue")
    assert page.query.first_day == date(2026, 6, 1)
    settle(qtbot, shop, page)


def test_today_is_another_day_after_midnight(qtbot, shop):
    page = open_page(qtbot, shop)
    page.open_item("day-close")
    settle(qtbot, shop, page)
    assert page.view.report.query.first_day == date(2026, 6, 28)
    shop.clock.now = shop.clock.now.replace(month=7, day=1)
    page.refresh()
    settle(qtbot, shop, page)
    assert page.view.report.query.first_day == date(2026, 7, 1)
    assert page.range.first.date() == QDate(2026, 7, 1)


def test_keys_go_to_earlier_and_later_ranges(qtbot, shop):
    page = open_page(qtbot, shop)
    page.window().activateWindow()
    page.open_item("revenue")
    qtbot.keyClick(page, Qt.Key.Key_PageUp, CTRL)
    settle(qtbot, shop, page)
    query = page.view.report.query
    assert (query.first_day, query.last_day) == (date(2026, 5, 1), date(2026, 5, 31))
    assert page.range.choice.span is Span.CUSTOM


def test_typing_fast_never_shows_the_figures_of_an_older_range(qtbot, shop, monkeypatch):
    page = open_page(qtbot, shop)
    page.open_item("revenue")
    settle(qtbot, shop, page)
    before = page.view.report
    slow_disk, run, shown = threading.Event(), shop.app.reports.run, []
    older = date(2026, 6, 27)

    def hesitating(actor, query):
        if query.first_day == older:
            slow_disk.wait(10)
        return run(actor, query)

    monkeypatch.setattr(shop.app.reports, "run", hesitating)
    page.reader.arrived.connect(lambda report: shown.append(report.query.first_day))
    page.range.first.setDate(QDate(2026, 6, 27))
    qtbot.waitUntil(lambda: page.reader.is_reading)
    assert page.view.is_dimmed
    assert page.view.report is before, "the old figures stay while others are read"
    page.range.first.setDate(QDate(2026, 6, 26))
    qtbot.waitUntil(lambda: bool(shown))
    slow_disk.set()
    settle(qtbot, shop, page)
    assert shown == [date(2026, 6, 26)]
    assert not page.view.is_dimmed


def test_a_report_that_cannot_be_read_says_why_and_is_tried_again(qtbot, shop, monkeypatch):
    page = open_page(qtbot, shop)
    run = shop.app.reports.run

    def refuse(_actor, _query):
        raise StorageError("The disk does not answer.")

    monkeypatch.setattr(shop.app.reports, "run", refuse)
    page.refresh()
    qtbot.waitUntil(lambda: page.bar.text == "The disk does not answer.")
    monkeypatch.setattr(shop.app.reports, "run", run)
    page.bar.action_triggered.emit()
    settle(qtbot, shop, page)
    assert page.bar.text == ""


# Live


def test_a_payment_taken_elsewhere_changes_the_figures_without_dimming_them(qtbot, shop):
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page, "payment-summary", FIRST, LAST)
    before = digits(cells(page.view.table.totals)[0][3])
    take(shop, 1, method=PaymentMethod.CASH, amount=7_000, seen=True)
    page.changes_arrived({"payments"})
    assert not page.view.is_dimmed
    settle(qtbot, shop, page)
    assert digits(cells(page.view.table.totals)[0][3]) == before + 7_000


def test_changes_while_a_report_is_read_are_read_once_more_and_never_starve_it(
    qtbot, shop, monkeypatch
):
    page = open_page(qtbot, shop)
    gate, run, asked = threading.Event(), shop.app.reports.run, []

    def counting(actor, query):
        asked.append(query)
        gate.wait(10)
        return run(actor, query)

    monkeypatch.setattr(shop.app.reports, "run", counting)
    for _ in range(20):
        page.changes_arrived({"payments"})
    # The first is followed at once, all the others together a moment later.
    qtbot.waitUntil(lambda: not page._is_stale)
    gate.set()
    settle(qtbot, shop, page)
    assert len(asked) == 2


def test_a_selected_row_stays_selected_when_its_figures_change(qtbot, shop):
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page, "payment-summary", FIRST, LAST)
    table = page.view.table.table
    table.setCurrentIndex(page.view.table.model.index(2, 0))
    about = table.current_row().cells[:2]
    take(shop, 1, method=PaymentMethod.CASH, amount=7_000, seen=True)
    page.refresh()
    settle(qtbot, shop, page)
    assert table.current_row().cells[:2] == about


def test_one_customers_history_is_asked_for_by_number_and_left_again(qtbot, shop):
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page, "customers", FIRST, LAST)
    number = page.view.report.rows[0].cells[0]
    page.open_item(f"customers:{number}")
    settle(qtbot, shop, page)
    assert page.view.report.query.customer_id == int(number)
    assert page.all_customers.isVisible()
    page.all_customers.click()
    settle(qtbot, shop, page)
    assert page.view.report.query.customer_id is None
    assert not page.all_customers.isVisible()
