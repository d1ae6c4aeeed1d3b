"""Looking at the calls to gateways through the page's own widgets on a real shop."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt

from core.model.calls import CallResult
from core.model.payments import (
    Payment,
    PaymentMethod,
    PaymentTransaction,
    RequestType,
    TransactionStatus,
)
from core.services.calls.filters import CallFilter
from tests.ui.pages.payments_steps import open_page, take
from ui.gallery_shop import CASHIER, MANAGER, open_sample_shop
from ui.lists.filter_values import FilterValues
from ui.models.roles import DISPLAY
from ui.pages.transactions.page import TransactionsPage

MTN, AIRTEL = "MTN Mobile Money", "Airtel Money"


@pytest.fixture
def shop(qapp):
    opened = open_sample_shop(payments=0)
    yield opened
    opened.close()


def call(shop, payment_id, minutes=0, **more):
    """Write a call as the worker would have."""
    with shop.app.database.write(CASHIER) as unit:
        owner = unit.session.query(Payment).filter_by(payment_id=payment_id).one()
        success = more.pop("success", True)
        made = PaymentTransaction(
            payment=owner,
            gateway_name=more.pop("gateway_name", MTN),
            request_type=more.pop("request_type", RequestType.QUERY),
            request_data={"externalId": "ORD-1", "payer": {"partyId": "250788123456"}},
            response_data=more.pop("response_data", {"status": "PENDING"}),
            status=more.pop("status", TransactionStatus.PENDING),
            success=success,
            processing_time_ms=more.pop("processing_time_ms", 340),
            request_at=unit.now + timedelta(minutes=minutes),
            **more,
        )
        unit.session.add(made)
        unit.session.flush()
        unit.changed("calls", str(made.id))
        unit.commit()
        return made.id


@pytest.fixture
def filled(shop):
    """Four calls about two payments, one of them failed, one slow."""
    first = take(shop, 1, method=PaymentMethod.MTN_MOBILE_MONEY).payment_id
    second = take(shop, 2, method=PaymentMethod.AIRTEL_MONEY, phone_number="+250733123456")
    call(shop, first, 1, request_type=RequestType.INITIATE, response_code="202")
    call(
        shop, first, 2, success=False, error_code="EXPIRED", error_message="The PIN came too late",
        status=TransactionStatus.FAILED,
    )  # fmt: skip
    call(shop, first, 3, processing_time_ms=12_400, transaction_id="TX-778")
    call(shop, second.payment_id, 4, gateway_name=AIRTEL)
    return shop


def opened(qtbot, shop):
    page = TransactionsPage(shop.context(MANAGER))
    qtbot.addWidget(page)
    page.resize(1300, 800)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    settle(qtbot, shop, page)
    return page


def settle(qtbot, shop, page):
    qtbot.waitUntil(lambda: page.list.model.is_answered and not shop.tasks.is_busy)


def column(page, key):
    model = page.list.model
    place = [each.key for each in model.columns].index(key)
    return [model.index(row, place).data(DISPLAY) for row in range(model.rowCount())]


def choose(qtbot, shop, page, row):
    selection = page.list.table.selectionModel()
    flag = selection.SelectionFlag
    selection.setCurrentIndex(page.list.model.index(row, 0), flag.ClearAndSelect | flag.Rows)
    qtbot.waitUntil(page.detail.isVisible)
    settle(qtbot, shop, page)


def test_the_newest_call_stands_first_with_its_figures_below(qtbot, filled):
    page = opened(qtbot, filled)
    assert column(page, "gateway_name") == [AIRTEL, MTN, MTN, MTN]
    assert column(page, "result") == ["Success", "Success", "Failure", "Success"]
    assert column(page, "request_type")[-1] == "Asked to pay"
    assert column(page, "processing_time_ms")[1] == "12\u202f400 ms"
    assert page.list.totals.total.text() == "Rows: 4"
    assert page.list.note.text() == "1 failed (25.0\u00a0%) · half answered within 340 ms"


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ({"result": {"failed"}}, 1),
        ({"request_type": {"INITIATE"}}, 1),
        ({"statuses": {"failed", "pending"}}, 4),
        ({"statuses": {"failed"}}, 1),
        ({"gateway_name": {AIRTEL}}, 1),
        ({"error_code": {"EXPIRED"}}, 1),
        ({"date": {"week"}}, 4),
        ({"least_ms": {"10000"}}, 1),
    ],
)
def test_each_chip_narrows_the_table(qtbot, filled, values, count):
    page = opened(qtbot, filled)
    chosen = {key: frozenset(each) for key, each in values.items()}
    page.list.show_values(FilterValues.choosing(**chosen))
    qtbot.waitUntil(lambda: page.list.model.rowCount() == count)
    shown = "Rows: 4" if count == 4 else f"Shown {count} of 4"
    qtbot.waitUntil(lambda: page.list.totals.total.text().startswith(shown))


@pytest.mark.parametrize("typed", ["tx-778", "too late", "expired"])
def test_typing_searches_ids_and_error_texts(qtbot, filled, typed):
    page = opened(qtbot, filled)
    page.list.bar.search.setFocus()
    qtbot.keyClicks(page.list.bar.search, typed)
    qtbot.keyClick(page.list.bar.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 1)


def test_an_empty_search_offers_to_clear_and_an_empty_shop_says_what_fills_it(qtbot, filled):
    page = opened(qtbot, filled)
    page.list.show_values(FilterValues(search="nobody"))
    qtbot.waitUntil(lambda: page.list.stack.currentWidget() is page.list.no_results)
    page.list.no_results.action_triggered.emit()
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 4)
    assert page.list.bar.search.text() == ""
    bare = open_sample_shop(payments=0)
    empty = opened(qtbot, bare)
    qtbot.waitUntil(lambda: empty.list.stack.currentWidget() is empty.list.none_at_all)
    bare.close()


def test_a_header_sorts_the_whole_list(qtbot, filled):
    page = opened(qtbot, filled)
    place = [each.key for each in page.list.model.columns].index("processing_time_ms")
    page.list.table.sortByColumn(place, Qt.SortOrder.DescendingOrder)
    qtbot.waitUntil(lambda: column(page, "processing_time_ms")[:1] == ["12\u202f400 ms"])


def test_a_call_is_shown_with_request_and_response_and_leads_to_its_payment(qtbot, filled):
    page = opened(qtbot, filled)
    choose(qtbot, filled, page, 2)
    assert page.detail.error.text() == "The PIN came too late (EXPIRED)"
    assert page.detail.request.tree.model().index(0, 0).data() == 'externalId: "ORD-1"'
    assert page.detail.answer.tree.model().index(0, 0).data() == 'status: "PENDING"'
    owner = page.list.table.current_row().payment_id
    page.list.table.setFocus()
    with qtbot.waitSignal(page.payment_requested) as asked:
        qtbot.keyClick(page.list.table, Qt.Key.Key_Return)
    assert asked.args == [owner]
    with qtbot.waitSignal(page.payment_requested):
        qtbot.keyClick(page, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)


def test_all_calls_about_a_payment_are_a_key_away_and_esc_leads_back(qtbot, filled):
    page = opened(qtbot, filled)
    choose(qtbot, filled, page, 1)
    qtbot.keyClick(page, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 3)
    assert "about payment" in page.behind_bar.text
    assert not page.list.bar.chips["result"].isVisible()
    qtbot.keyClick(page.list.table, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 4)
    assert page.list.bar.chips["result"].isVisible()


def test_f6_goes_from_the_list_to_the_call_and_back(qtbot, filled):
    page = opened(qtbot, filled)
    choose(qtbot, filled, page, 0)
    page.list.table.setFocus()
    qtbot.keyClick(page.list.table, Qt.Key.Key_F6)
    assert page.detail.area.hasFocus()
    qtbot.keyClick(page.detail.area, Qt.Key.Key_F6)
    assert page.list.table.hasFocus()


def test_a_new_call_appears_without_moving_the_selection(qtbot, filled):
    page = opened(qtbot, filled)
    choose(qtbot, filled, page, 1)
    before = page.list.table.current_row().id
    call(filled, page.list.table.current_row().payment_id, 9)
    page.changes_arrived(frozenset({"calls"}))
    # How many there are may be known before the rows are.
    qtbot.waitUntil(lambda: page.list.table.currentIndex().row() == 2)
    assert page.list.model.rowCount() == 5
    assert page.list.table.current_row().id == before
    assert page.detail.isVisible()


def test_a_hidden_page_waits_until_it_is_shown(qtbot, filled):
    page = opened(qtbot, filled)
    owner = page.list.model.row_at(0).payment_id
    page.hide()
    call(filled, owner, 9)
    page.changes_arrived(frozenset({"calls"}))
    settle(qtbot, filled, page)
    assert page.list.model.rowCount() == 4
    page.show()
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 5)


def test_a_payment_leads_to_its_calls(qtbot, filled):
    payments = open_page(qtbot, filled)
    with qtbot.waitActive(payments):
        payments.activateWindow()
    owner = take(filled, 3, method=PaymentMethod.MTN_MOBILE_MONEY).payment_id
    call(filled, owner, 5)
    payments.refresh()
    payments.open_item(owner)
    qtbot.waitUntil(lambda: payments.detail.isVisible() and not filled.tasks.is_busy)
    with qtbot.waitSignal(payments.calls_requested) as asked:
        qtbot.keyClick(payments, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert asked.args == [CallFilter(payment_id=owner)]


def test_a_figure_of_another_page_is_named_over_the_list(qtbot, filled):
    page = opened(qtbot, filled)
    page.show_calls(CallFilter(gateway_name=MTN, result=CallResult.FAILED))
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 1)
    assert page.behind_bar.text == f"Calls: {MTN}, Failure"
