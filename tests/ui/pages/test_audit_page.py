"""Reading the audit trail through the page's own widgets on a real shop."""

import csv
import json

import pytest
from PySide6.QtCore import Qt

from core.services.refunds.service import RequestRefund
from core.services.reports.contract import ExportFormat
from core.services.rows import AuditRow
from tests.ui.pages.payments_steps import choose, column, settle, take
from ui.audit.words import deed_text, sentence
from ui.gallery_shop import CASHIER, MANAGER, open_sample_shop
from ui.lists.filter_values import FilterValues
from ui.main_window import MainWindow
from ui.page_entries import entries_for
from ui.pages.audit.page import AuditPage
from ui.pages.payments.page import PaymentsPage
from ui.relay import ChangeRelay


@pytest.fixture
def shop(qapp):
    opened = open_sample_shop(payments=0)
    yield opened
    opened.close()


def open_audit(qtbot, shop):
    page = AuditPage(shop.context())
    qtbot.addWidget(page)
    page.resize(1300, 800)
    with qtbot.waitExposed(page):
        page.show()
    settle(qtbot, shop, page)
    return page


def refunded(shop, number=1):
    payment = take(shop, number, seen=True)
    shop.app.refunds.request(
        CASHIER,
        RequestRefund(
            key=f"r{number}", payment_id=payment.payment_id, amount_minor=5_000, reason="broken"
        ),
    )
    return payment


def test_the_trail_reads_newest_first_in_sentences(qtbot, shop):
    payment = refunded(shop)
    page = open_audit(qtbot, shop)
    told = column(page, "deed")
    assert told[0].startswith("asked for a refund of 5")
    assert told[0].endswith("RWF: broken")
    assert any(each.startswith("recorded it: 15") for each in told)
    assert set(column(page, "user_name")) == {CASHIER.name}
    assert f"Payment {payment.payment_id[:8]}" in column(page, "subject")


def test_a_number_a_person_and_a_kind_narrow_it(qtbot, shop):
    payment, other = refunded(shop, 1), refunded(shop, 2)
    page = open_audit(qtbot, shop)
    everything = len(column(page, "deed"))
    page.show_values(FilterValues(search=payment.payment_id))
    settle(qtbot, shop, page)
    own = column(page, "subject")
    assert 0 < len(own) < everything
    assert f"Payment {other.payment_id[:8]}" not in own
    assert any(each.startswith("Refund") for each in own)
    page.show_values(FilterValues.choosing(kind="refund"))
    settle(qtbot, shop, page)
    assert len(column(page, "deed")) == 2
    page.show_values(FilterValues.choosing(search="nobody"))
    settle(qtbot, shop, page)
    qtbot.waitUntil(lambda: page.list.stack.currentWidget() is page.list.no_results)


def test_a_new_act_arrives_while_the_list_is_open(qtbot, shop):
    refunded(shop, 1)
    page = open_audit(qtbot, shop)
    before = len(column(page, "deed"))
    refunded(shop, 2)
    page.changes_arrived(frozenset({"payments"}))
    qtbot.waitUntil(lambda: len(column(page, "deed")) > before)


def test_the_pane_leads_to_the_payment_and_to_all_its_entries(qtbot, shop):
    payment = refunded(shop)
    page = open_audit(qtbot, shop)
    place = column(page, "subject").index(f"Payment {payment.payment_id[:8]}")
    choose(qtbot, shop, page, place)
    assert page.detail.isVisible()
    assert f"aline (desk 1): Payment {payment.payment_id[:8]}" in page.detail.told.text()
    asked = []
    page.item_requested.connect(lambda *wanted: asked.append(wanted))
    qtbot.keyClick(page.list.table, Qt.Key.Key_Return)
    assert asked == [("payments", payment.payment_id)]
    qtbot.mouseClick(page.detail.entries_button, Qt.MouseButton.LeftButton)
    settle(qtbot, shop, page)
    assert page.list.values.search == payment.payment_id


def test_from_a_payments_pane_to_its_entries_and_back(qtbot, shop):
    payment = refunded(shop)
    relay = ChangeRelay(shop.app.changes)
    window = MainWindow(shop.context(), relay)
    qtbot.addWidget(window)
    window.resize(1300, 800)
    with qtbot.waitExposed(window):
        window.show()
    payments = window.show_page("payments")
    assert isinstance(payments, PaymentsPage)
    payments.open_item(payment.payment_id)
    qtbot.waitUntil(payments.detail.isVisible)
    assert payments.detail.audit_link.isVisibleTo(payments)
    payments.detail.audit_link.click()
    audit = window.pages["audit"]
    qtbot.waitUntil(lambda: audit.list.model.is_answered and audit.list.model.rowCount() > 0)
    assert window.current == "audit"
    choose(qtbot, shop, audit, audit.list.model.rowCount() - 1)
    audit.detail.subject_button.click()
    assert window.current == "payments"
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    relay.close()


def test_what_is_filtered_goes_into_a_file_and_into_the_trail(qtbot, shop, tmp_path):
    payment = refunded(shop, 1)
    refunded(shop, 2)
    page = open_audit(qtbot, shop)
    page.show_values(FilterValues(search=payment.payment_id))
    settle(qtbot, shop, page)
    shown = len(column(page, "deed"))
    path = tmp_path / "trail.csv"
    page.export.write(page.export_job(), ExportFormat.CSV, path)
    qtbot.waitUntil(lambda: not page.export.is_writing and path.exists())
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == shown
    assert any(row["what"].startswith("recorded it: 15") for row in rows)
    assert payment.payment_id in {row["number"] for row in rows}
    newest = shop.app.audit.page(MANAGER, limit=1).rows[0]
    assert (newest.action, newest.user_name) == ("audit:exported", MANAGER.name)


def exported(qtbot, page, path, *, selected_only=False):
    page.export.write(page.export_job(selected_only=selected_only), ExportFormat.CSV, path)
    qtbot.waitUntil(lambda: not page.export.is_writing and path.exists())
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_selected_entries_go_into_a_file_and_the_order_shown_is_the_files(qtbot, shop, tmp_path):
    refunded(shop, 1)
    page = open_audit(qtbot, shop)
    settle(qtbot, shop, page)
    selected = page.export_button.action(ExportFormat.CSV, selected_only=True)
    page.list.table.clearSelection()
    assert not selected.isEnabled()
    page.list.table.selectRow(1)
    qtbot.waitUntil(selected.isEnabled)
    (entry,) = page.list.selected_rows()
    (row,) = exported(qtbot, page, tmp_path / "one.csv", selected_only=True)
    assert row["hash"] == entry.entry_hash

    newest_first = [row["hash"] for row in exported(qtbot, page, tmp_path / "down.csv")]
    settle(qtbot, shop, page)
    page.list.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    qtbot.waitUntil(lambda: not page.list.order.descending)
    settle(qtbot, shop, page)
    oldest_first = [row["hash"] for row in exported(qtbot, page, tmp_path / "up.csv")]
    assert oldest_first[: len(newest_first)] == newest_first[::-1]


def test_the_check_tells_that_all_entries_hold_and_which_does_not(qtbot, shop):
    refunded(shop)
    page = open_audit(qtbot, shop)
    page.verify_button.click()
    qtbot.waitUntil(lambda: "as they were written" in page.bar.text)
    with shop.app.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER guard_audit_entry_facts")
        connection.exec_driver_sql("UPDATE audit_entry SET desk = 'x' WHERE sequence = 2")
    page.verify_button.click()
    qtbot.waitUntil(lambda: "tampered" in page.bar.text)
    assert "The chain of aline is broken at entry 2" in page.bar.text


def test_only_managers_and_admins_have_the_page(qapp):
    assert "audit" in {entry.key for entry in entries_for(MANAGER)}
    assert "audit" not in {entry.key for entry in entries_for(CASHIER)}


@pytest.mark.parametrize(
    ("subject", "action", "details", "told"),
    [
        ("user", "user:added", {"role": "admin"}, "was added as an admin."),
        ("user", "user:signed_in", {}, "signed in."),
        (
            "user",
            "user:signed_in",
            {"wrong_tries": 3},
            "signed in, after 3 wrong passwords at this desk.",
        ),
        (
            "user",
            "user:stepped_up",
            {"at_desk_of": "aline"},
            "gave their password at the window of aline.",
        ),
        (
            "refunds",
            "refunds:exported",
            {"count": 12, "format": "csv", "filter": "methods: cash"},
            "handed 12 refunds out as a file (csv): methods: cash",
        ),
        (
            "till",
            "till:closed",
            {"counted": "96300", "expected": "96100", "currency": "RWF", "reason": "Change"},
            "counted the drawer and closed it: 96 300 RWF counted, 96 100 RWF expected: Change",
        ),
        (
            "settings",
            "settings:saved",
            {"shop_name": {"before": "Old", "after": "New"}},
            "changed the shop's settings: shop name Old → New",
        ),
        ("reconciliation", "match:approved", {"lines": [3, 4]}, "matched line 3, 4."),
        ("payment", "match:approved", {}, "matched it to a statement line."),
        ("thing", "thing:done_by_another_version", {}, "did “thing:done by another version”."),
    ],
)
def test_every_kind_of_act_reads_as_a_sentence(qapp, subject, action, details, told, shop):
    entry = AuditRow(shop.clock.now, "marie", "office", action, subject, "x", json.dumps(details))
    spaces = str.maketrans({"\u202f": " ", "\u00a0": " "})
    assert deed_text(entry).translate(spaces) == told
    assert sentence(entry).startswith("marie (office)")
