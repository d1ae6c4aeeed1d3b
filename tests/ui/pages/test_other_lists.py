"""Invoices, refunds and statements through their lists' own widgets: order, filters, panes."""

import csv
from datetime import date, timedelta

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from core.model.invoices import Invoice
from core.model.journal import AuditEntry, Topic
from core.model.payments import Payment, PaymentMethod
from core.model.reconciliations import (
    PaymentReconciliation,
    ReconciliationStatus,
    StatementProvider,
)
from core.model.refunds import RefundRequest
from core.services.payments.rules import RecordPayment
from core.services.refunds.service import RequestRefund
from core.services.reports.contract import ExportFormat
from ui.badges import badge_for
from ui.gallery_shop import CASHIER, CLERK, MANAGER, open_sample_shop
from ui.lists.filter_values import FilterValues
from ui.models.roles import DISPLAY
from ui.pages.invoices.page import InvoicesPage
from ui.pages.reconcile.page import ReconcilePage
from ui.pages.refunds.page import RefundsPage


@pytest.fixture
def shop(qapp):
    opened = open_sample_shop(payments=0)
    yield opened
    opened.close()


def take(shop, number, name, amount, method=PaymentMethod.CASH):
    return shop.app.payments.record(
        CASHIER,
        RecordPayment(
            key=f"take-{number}",
            method=method,
            amount_minor=amount,
            customer_name=name,
            tendered_minor=amount,
            transaction_id=f"FT{number}" if method is PaymentMethod.BANK_TRANSFER else "",
            complete_now=True,
        ),
    )


def shown(qtbot, shop, page):
    qtbot.addWidget(page)
    page.resize(1280, 720)
    with qtbot.waitExposed(page):
        page.show()
    page.refresh()
    return page


def settle(qtbot, shop, frame):
    qtbot.waitUntil(lambda: frame.model.is_answered and not shop.tasks.is_busy)


def column(frame, key):
    keys = [each.key for each in frame.model.columns]
    place = keys.index(key)
    return [frame.model.index(row, place).data(DISPLAY) for row in range(frame.model.rowCount())]


def tick(qtbot, shop, frame, chip, *words):
    """Choose values of a chip by their words, in its own menu."""
    for action in frame.bar.chips[chip].menu().actions():
        if action.text() in words:
            action.trigger()
    settle(qtbot, shop, frame)


def search(qtbot, shop, frame, words):
    frame.bar.search.setFocus()
    qtbot.keyClicks(frame.bar.search, words)
    qtbot.keyClick(frame.bar.search, Qt.Key.Key_Return)
    settle(qtbot, shop, frame)


def assert_every_column_sorts(qtbot, shop, frame):
    """Each header's click asks for the rows in that order, and the other way round again."""
    rows = frame.model.rowCount()
    for place, each in enumerate(frame.model.columns):
        assert each.sortable, each.key
        orders = []
        for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
            frame.table.sortByColumn(place, order)
            settle(qtbot, shop, frame)
            assert (frame.order.key, frame.order.descending) == (
                each.key,
                order is Qt.SortOrder.DescendingOrder,
            )
            orders.append([frame.model.row_at(row).id for row in range(rows)])
        assert orders[0] == orders[1][::-1], each.key


# Invoices


@pytest.fixture
def invoices(qtbot, shop):
    payments = [
        take(shop, n, name, 1_180 * n) for n, name in enumerate(("Aline", "Jean", "Eva"), 1)
    ]
    with shop.app.database.write(None) as unit:
        sent = unit.session.query(Invoice).filter_by(invoice_number=payments[1].invoice_number)
        sent.one().sent_to_customer = True
        sent.one().sent_at = unit.now
        unit.commit()
    page = shown(qtbot, shop, InvoicesPage(shop.context(CLERK)))
    settle(qtbot, shop, page.pane.list)
    return page


def test_invoices_stand_in_the_order_of_any_column(qtbot, shop, invoices):
    assert_every_column_sorts(qtbot, shop, invoices.pane.list)


def test_invoices_are_found_by_what_was_sent_when_issued_and_words(qtbot, shop, invoices):
    frame = invoices.pane.list
    tick(qtbot, shop, frame, "sent", "Yes")
    assert column(frame, "customer_name") == ["Jean"]
    assert frame.totals.total.text() == "Shown 1 of 3 · Σ 2\u202f360\u00a0RWF"
    tick(qtbot, shop, frame, "sent", "No")
    assert column(frame, "customer_name") == ["Eva", "Aline"]
    tick(qtbot, shop, frame, "issued", "Today")
    search(qtbot, shop, frame, "ali")
    assert column(frame, "customer_name") == ["Aline"]
    tick(qtbot, shop, frame, "states", badge_for("invoice", "void").text)
    assert frame.stack.currentWidget() is frame.no_results
    frame.no_results.button.click()
    settle(qtbot, shop, frame)
    assert len(column(frame, "customer_name")) == 3


def test_f6_goes_from_the_filters_to_the_list_and_the_paper(qtbot, shop, invoices):
    frame = invoices.pane.list
    frame.table.setFocus()
    frame.table.selectRow(0)
    settle(qtbot, shop, frame)
    qtbot.keyClick(invoices, Qt.Key.Key_F6)
    assert invoices.pane.detail.isAncestorOf(invoices.window().focusWidget())
    qtbot.keyClick(invoices, Qt.Key.Key_F6)
    assert frame.bar.isAncestorOf(invoices.window().focusWidget())
    qtbot.keyClick(invoices, Qt.Key.Key_F6)
    assert frame.table.hasFocus()


# Refunds


@pytest.fixture
def refunds(qtbot, shop):
    bank = PaymentMethod.BANK_TRANSFER
    for number, name in enumerate(("Aline", "Jean", "Eva"), 1):
        method = bank if name == "Eva" else PaymentMethod.CASH
        paid = take(shop, number, name, 1_000 * number, method)
        asked = shop.app.refunds.request(
            CASHIER,
            RequestRefund(f"ask-{number}", paid.payment_id, 500 * number, f"Reason {number}"),
        )
        if name == "Jean":
            shop.app.refunds.reject(MANAGER, asked.refund_id, reason="No")
    page = shown(qtbot, shop, RefundsPage(shop.context(MANAGER)))
    settle(qtbot, shop, page.list)
    return page


def test_refunds_stand_in_the_order_of_any_column(qtbot, shop, refunds):
    refunds.tabs.setCurrentIndex(4)
    settle(qtbot, shop, refunds.list)
    assert len(column(refunds.list, "customer_name")) == 3
    assert_every_column_sorts(qtbot, shop, refunds.list)


def request_many(shop, payment_id, count):
    """Refunds another desk asks for, each a second later than all there are."""
    with shop.app.database.write(None) as unit:
        payment = unit.session.query(Payment).filter_by(payment_id=payment_id).one()
        there = unit.session.query(RefundRequest).count()
        for number in range(there, there + count):
            unit.session.add(
                RefundRequest(
                    payment=payment,
                    refund_amount_minor=1,
                    reason=f"Reason {number}",
                    requested_by="claude",
                    requested_at=unit.now + timedelta(seconds=number),
                    updated_at=unit.now,
                )
            )
        unit.changed(Topic.REFUNDS)
        unit.commit()


@pytest.mark.parametrize(("place", "arrive"), [(60, 7), (140, 400)])
def test_what_another_desk_asks_for_moves_no_refund_under_the_eyes(qtbot, shop, place, arrive):
    paid = take(shop, 1, "Aline", 100_000)
    request_many(shop, paid.payment_id, 200)
    page = shown(qtbot, shop, RefundsPage(shop.context(MANAGER)))
    frame = page.list
    page.tabs.setCurrentIndex(4)
    settle(qtbot, shop, frame)
    assert frame.model.row_at(0).reason == "Reason 199"
    frame.table.scrollTo(frame.model.index(place, 0), frame.table.ScrollHint.PositionAtTop)
    frame.table.viewport().repaint()
    qtbot.waitUntil(lambda: frame.model.row_at(place) is not None)
    frame.table.selectRow(place)
    settle(qtbot, shop, frame)
    before = [row.id for row in frame.selected_rows()]
    top = frame.model.row_at(frame.table.rowAt(0)).id

    request_many(shop, paid.payment_id, arrive)
    page.refresh()
    qtbot.waitUntil(lambda: frame.model.rowCount() == 200 + arrive)
    settle(qtbot, shop, frame)
    assert [row.id for row in frame.selected_rows()] == before
    assert frame.model.row_at(frame.table.rowAt(0)).id == top


def test_refunds_are_found_by_who_how_when_and_words(qtbot, shop, refunds):
    frame, bank = refunds.list, PaymentMethod.BANK_TRANSFER
    refunds.tabs.setCurrentIndex(4)
    settle(qtbot, shop, frame)
    tick(qtbot, shop, frame, "people", MANAGER.name)
    assert column(frame, "customer_name") == ["Jean"]
    assert frame.totals.total.text() == "Shown 1 of 3 · Σ 1\u202f000\u00a0RWF"
    frame.clear()
    settle(qtbot, shop, frame)
    tick(qtbot, shop, frame, "methods", badge_for("method", bank).text)
    assert column(frame, "customer_name") == ["Eva"]
    frame.clear()
    tick(qtbot, shop, frame, "requested", "Today")
    search(qtbot, shop, frame, "reason eva")
    assert column(frame, "customer_name") == ["Eva"]


def test_a_state_of_another_tab_is_looked_for_among_all(qtbot, shop, refunds):
    frame = refunds.list
    assert refunds.tabs.currentIndex() == 0
    word = frame.model.columns[0].text(frame.model.row_at(0))
    tick(qtbot, shop, frame, "statuses", word)
    assert refunds.tabs.currentIndex() == 0
    tick(qtbot, shop, frame, "statuses", badge_for("refund", "rejected").text)
    assert refunds.tabs.currentIndex() == refunds.tabs.count() - 1
    assert sorted(column(frame, "customer_name")) == ["Aline", "Eva", "Jean"]
    refunds.tabs.setCurrentIndex(3)
    settle(qtbot, shop, frame)
    assert column(frame, "customer_name") == ["Jean"]
    assert frame.values.of("statuses") == {"rejected"}


def test_f6_goes_through_the_refunds_page(qtbot, shop, refunds):
    frame = refunds.list
    frame.table.setFocus()
    frame.table.selectRow(0)
    settle(qtbot, shop, frame)
    panes = [refunds.detail, refunds.tabs, frame.bar, frame.table]
    for pane in panes:
        qtbot.keyClick(refunds, Qt.Key.Key_F6)
        focused = refunds.window().focusWidget()
        assert focused is pane or pane.isAncestorOf(focused)


# Statements


@pytest.fixture
def statements(qtbot, shop):
    states = list(ReconciliationStatus)
    with shop.app.database.write(None) as unit:
        for number, provider in enumerate(StatementProvider):
            unit.session.add(
                PaymentReconciliation(
                    file_name=f"{provider.lower()}.csv",
                    file_sha256=f"{number:064d}",
                    provider=provider,
                    account=f"400{number}",
                    statement_period_start=date(2026, 6, 1),
                    statement_period_end=date(2026, 6, 30) if number else date(2026, 6, 9),
                    discrepancy_amount_minor=-500 * number,
                    status=states[number],
                    imported_by="claude",
                    imported_at=unit.now,
                )
            )
        unit.commit()
    page = shown(qtbot, shop, ReconcilePage(shop.context(CLERK)))
    qtbot.waitUntil(page.start.list.isVisible)
    settle(qtbot, shop, page.start.list)
    return page


def test_statements_stand_in_the_order_of_any_column(qtbot, shop, statements):
    assert_every_column_sorts(qtbot, shop, statements.start.list)


def test_statements_are_found_by_sender_state_days_and_discrepancy(qtbot, shop, statements):
    frame = statements.start.list
    tick(qtbot, shop, frame, "differs", "Not zero")
    assert sorted(column(frame, "file")) == ["bank.csv", "mtn.csv"]
    assert frame.totals.total.text() == "Shown 2 of 3 · Σ −1\u202f500\u00a0RWF discrepancy"
    tones = {frame.model.cell(row, 9)[2] for row in range(2)}
    assert tones == {"danger"}
    tick(qtbot, shop, frame, "providers", "MTN")
    assert column(frame, "file") == ["mtn.csv"]
    frame.clear()
    tick(qtbot, shop, frame, "statuses", badge_for("reconciliation", "pending").text)
    assert column(frame, "file") == ["airtel.csv"]
    frame.clear()
    tick(qtbot, shop, frame, "days", "7 days")
    assert sorted(column(frame, "file")) == ["bank.csv", "mtn.csv"]
    frame.clear()
    search(qtbot, shop, frame, "4000 clau")
    assert column(frame, "file") == ["airtel.csv"]
    search(qtbot, shop, frame, "xyz")
    assert frame.stack.currentWidget() is frame.no_results
    assert statements.start.list_heading.isVisible()


def test_enter_opens_the_statement(qtbot, shop, statements):
    frame = statements.start.list
    frame.table.setFocus()
    frame.table.selectRow(0)
    with qtbot.waitSignal(statements.start.opened) as opened:
        qtbot.keyClick(frame.table, Qt.Key.Key_Return)
    assert opened.args == [frame.model.row_at(0).reconciliation_id]


def test_a_figure_of_another_page_shows_its_list_filtered(qtbot, shop, statements):
    statements.open_item(statements.start.model.row_at(0).reconciliation_id)
    statements.show_values(FilterValues.choosing(differs="yes"))
    settle(qtbot, shop, statements.start.list)
    assert statements.stack.currentWidget() is statements.start
    assert sorted(column(statements.start.list, "file")) == ["bank.csv", "mtn.csv"]


def test_a_figure_of_refunds_shows_the_tab_of_their_states(qtbot, shop, refunds):
    refunds.show_values(FilterValues.choosing(statuses="rejected"))
    settle(qtbot, shop, refunds.list)
    assert refunds.tabs.currentIndex() == 3
    assert column(refunds.list, "customer_name") == ["Jean"]
    refunds.show_values(FilterValues())
    settle(qtbot, shop, refunds.list)
    assert len(column(refunds.list, "customer_name")) == 3


# Handing out


def export(qtbot, page, made, path, *, selected_only=False):
    made.button.action(ExportFormat(path.suffix[1:]), selected_only=selected_only).trigger()
    qtbot.waitUntil(lambda: bool(page.findChildren(QFileDialog)))
    (dialog,) = page.findChildren(QFileDialog)
    dialog.setDirectory(str(path.parent))
    dialog.selectFile(path.name)
    dialog.accept()
    qtbot.waitUntil(lambda: made.writing.bar.text.startswith("Exported"), timeout=30_000)


def in_text(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_refunds_go_into_a_file_as_they_are_filtered_and_shown(qtbot, shop, refunds, tmp_path):
    frame, path = refunds.list, tmp_path / "refunds.csv"
    refunds.tabs.setCurrentIndex(4)
    settle(qtbot, shop, frame)
    tick(qtbot, shop, frame, "methods", badge_for("method", PaymentMethod.CASH).text)
    frame.table.sortByColumn(2, Qt.SortOrder.AscendingOrder)
    frame.table.setColumnHidden(1, True)
    settle(qtbot, shop, frame)
    export(qtbot, refunds, refunds.export, path)
    head, *rows = in_text(path)
    assert head[:4] == ["State", "Amount", "Currency", "Customer"]
    assert [row[:4] for row in rows] == [
        ["requested", "500", "RWF", "Aline"],
        ["rejected", "1000", "RWF", "Jean"],
    ]
    with shop.app.database.read() as session:
        entry = session.query(AuditEntry).filter_by(action="refunds:exported").one()
    assert "methods: cash" in entry.details


def test_selected_invoices_go_into_a_workbook_with_amounts_as_numbers(
    qtbot, shop, invoices, tmp_path
):
    frame, path = invoices.pane.list, tmp_path / "invoices.xlsx"
    none = invoices.pane.export.button.action(ExportFormat.XLSX, selected_only=True)
    assert not none.isEnabled()
    frame.table.selectRow(1)
    export(qtbot, invoices, invoices.pane.export, path, selected_only=True)
    head, row = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    assert row[head.index("Customer")] == "Jean"
    assert row[head.index("Total")] == 2_360
    assert head.count("Currency") == 1


def test_statements_go_into_a_file_with_counts_as_numbers(qtbot, shop, statements, tmp_path):
    path = tmp_path / "statements.xlsx"
    export(qtbot, statements, statements.start.export, path)
    head, *rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    assert len(rows) == 3
    assert {row[head.index("Lines")] for row in rows} == {0}
    assert sorted(row[head.index("Discrepancy")] for row in rows) == [-1_000, -500, 0]
