"""Acts and files for a selection of any size, from the keyboard, on a real shop."""

import csv
from dataclasses import replace
from threading import Event

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from sqlalchemy import insert

from core.model.payments import Payment, PaymentMethod, PaymentStatus, PaymentType
from core.services.payments.lists import PaymentFilter
from core.services.reports.contract import ExportFormat
from tests.ui.pages.payments_steps import (
    choose,
    dialog_of,
    entries,
    open_page,
    settle,
    status,
    take,
)
from ui.gallery_mail import set_up_mail
from ui.gallery_shop import CASHIER, MANAGER, open_sample_shop
from ui.lists.filter_values import FilterValues
from ui.pages.payments import chosen, many
from ui.pages.payments.acts import Act
from ui.pages.payments.bulk import BulkSheet
from ui.pages.payments.chosen import export_job
from ui.widgets import bulk_sheet

CTRL = Qt.KeyboardModifier.ControlModifier
MANY = 1_234


@pytest.fixture
def shop(qapp, monkeypatch):
    monkeypatch.setattr(chosen, "MOST_NAMED_ROWS", 10)
    opened = open_sample_shop(payments=0)
    yield opened
    opened.close()


def fill(shop, count, **facts):
    """Put many waiting cash payments into the shop at once."""
    values = {
        "payment_method": PaymentMethod.CASH,
        "payment_type": PaymentType.ORDER_PAYMENT,
        "status": PaymentStatus.PENDING,
        "amount_minor": 1_000,
        "currency": "RWF",
        "created_by": "aline",
    } | facts
    now = shop.clock.now
    with shop.app.database.write(None) as unit:
        unit.session.execute(
            insert(Payment),
            [values | {"created_at": now, "updated_at": now, "customer_name": f"C {number}"}
             for number in range(count)],
        )  # fmt: skip
        unit.commit()


def select_all(qtbot, shop, page):
    page.list.table.setFocus()
    qtbot.keyClick(page.list.table, Qt.Key.Key_A, CTRL)
    judged(qtbot, shop, page)


def judged(qtbot, shop, page):
    action = page.bulk.actions_by_act[Act.COMPLETE]
    qtbot.waitUntil(lambda: "being looked at" not in action.text() and not shop.tasks.is_busy)


def counts(shop):
    found = {}
    for each in PaymentStatus:
        wanted = PaymentFilter(statuses=frozenset({each}))
        found[each] = sum(t.count for t in shop.app.payment_lists.totals(MANAGER, wanted))
    return found


def finished(qtbot, sheet):
    qtbot.waitUntil(lambda: sheet.message.text.startswith("Done:"), timeout=60_000)


# Selecting


def test_everything_is_selected_and_judged_without_being_loaded(qtbot, shop):
    fill(shop, MANY)
    page = open_page(qtbot, shop)
    loaded = []
    page.list.model.page_wanted.connect(lambda _question, number: loaded.append(number))
    select_all(qtbot, shop, page)
    assert loaded == []
    assert page.list.totals.selection.text() == "Selected 1 234 · 1 234 000\u00a0RWF".replace(
        " 234", "\u202f234").replace("234 000", "234\u202f000")  # fmt: skip
    acts = page.bulk.actions_by_act
    assert acts[Act.COMPLETE].isEnabled()
    assert acts[Act.RECONCILE].text().endswith("this one is waiting.")


def test_one_that_is_not_like_the_others_is_counted_in_the_reason(qtbot, shop):
    fill(shop, MANY)
    take(shop, 1, seen=True)
    take(shop, 2, seen=True)
    page = open_page(qtbot, shop)
    select_all(qtbot, shop, page)
    told = page.bulk.actions_by_act[Act.COMPLETE].text()
    assert told.endswith("2 of 1\u202f236: It is completed already.")
    assert not page.bulk.actions_by_act[Act.COMPLETE].isEnabled()


def test_rows_taken_out_of_everything_are_left_alone(qtbot, shop):
    spared = take(shop, 1)
    shop.clock.now = shop.clock.now.replace(year=2025)
    fill(shop, 30)
    page = open_page(qtbot, shop)
    select_all(qtbot, shop, page)
    flag = page.list.table.selectionModel().SelectionFlag
    index = page.list.model.index(0, 0)
    page.list.table.selectionModel().select(index, flag.Deselect | flag.Rows)
    judged(qtbot, shop, page)
    assert page.bulk.selection().left_out == {spared.payment_id}
    qtbot.keyClick(page, Qt.Key.Key_2, CTRL)
    sheet = dialog_of(qtbot, page, BulkSheet)
    qtbot.keyClicks(sheet.note, "Never came")
    qtbot.keyClick(sheet, Qt.Key.Key_F12)
    finished(qtbot, sheet)
    assert sheet.message.text == "Done: 30 of 30."
    assert status(shop, spared) is PaymentStatus.PENDING
    assert counts(shop)[PaymentStatus.FAILED] == 30


def test_a_stretch_that_was_never_loaded_is_acted_on_where_it_lies(qtbot, shop):
    fill(shop, 250)
    page = open_page(qtbot, shop)
    names = [row.customer_name for row in shop.app.payment_lists.ask(
        MANAGER, PaymentFilter()).rows(0, 250)]  # fmt: skip
    choose(qtbot, shop, page, 5)
    selection = page.list.table.selectionModel()
    top, bottom = page.list.model.index(190, 0), page.list.model.index(229, 0)
    flag = selection.SelectionFlag
    kind = type(selection.selection())
    selection.select(kind(top, bottom), flag.ClearAndSelect | flag.Rows)
    judged(qtbot, shop, page)
    assert page.list.selection_count == 40
    page.bulk.actions_by_act[Act.FAIL].trigger()
    sheet = dialog_of(qtbot, page, BulkSheet)
    qtbot.keyClicks(sheet.note, "Never came")
    sheet.submit_button.click()
    finished(qtbot, sheet)
    wanted = PaymentFilter(statuses=frozenset({PaymentStatus.FAILED}))
    failed = shop.app.payment_lists.ask(MANAGER, wanted).rows(0, 250)
    assert {row.customer_name for row in failed} == set(names[190:230])


def test_all_rows_of_a_list_that_is_not_counted_yet_are_not_taken_for_the_whole_list(qtbot, shop):
    fill(shop, MANY)
    page = open_page(qtbot, shop)
    page.show_filter(PaymentFilter(created_by="aline"))
    qtbot.waitUntil(lambda: page.list.model.total > 0)
    page.list.feed._has_counted = False
    page.list.table.selectAll()
    assert page.bulk.selection().left_out == frozenset()
    assert page.bulk.selection().stretches is not None
    settle(qtbot, shop, page)


# Acting


def test_cancel_keeps_what_is_done_and_says_what_was_left(qtbot, shop):
    fill(shop, 90)
    page = open_page(qtbot, shop)
    select_all(qtbot, shop, page)
    page.bulk.actions_by_act[Act.COMPLETE].trigger()
    sheet = dialog_of(qtbot, page, BulkSheet)
    sheet.submit_button.click()
    qtbot.waitUntil(lambda: len(sheet.outcomes.texts) >= 20)
    assert sheet.progress.bar.format().endswith(" of 90")
    qtbot.mouseClick(sheet.progress.cancel_button, Qt.MouseButton.LeftButton)
    finished(qtbot, sheet)
    done = counts(shop)[PaymentStatus.COMPLETED]
    assert 20 <= done < 90
    assert sheet.message.text == (
        f"Done: {done} of 90. Stopped: {90 - done} were left as they were."
    )
    sheet.submitted.emit()
    sheet.reject()
    settle(qtbot, shop, page)
    assert counts(shop)[PaymentStatus.COMPLETED] == done


def test_escape_stops_the_act_before_it_closes_the_sheet(qtbot, shop):
    fill(shop, 90)
    page = open_page(qtbot, shop)
    select_all(qtbot, shop, page)
    page.bulk.actions_by_act[Act.COMPLETE].trigger()
    sheet = dialog_of(qtbot, page, BulkSheet)
    sheet.submit_button.click()
    qtbot.waitUntil(lambda: len(sheet.outcomes.texts) >= 10)
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    finished(qtbot, sheet)
    assert sheet.isVisible()
    assert 0 < counts(shop)[PaymentStatus.COMPLETED] < 90


def test_only_the_refused_are_shown_and_copied(qtbot, shop):
    payments = [take(shop, number) for number in range(1, 6)]
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page, 0, 1, 2, 3, 4)
    page.bulk.actions_by_act[Act.COMPLETE].trigger()
    sheet = dialog_of(qtbot, page, BulkSheet)
    for payment in payments[1:3]:
        shop.app.payments.cancel(CASHIER, payment.payment_id, note="gone")
    sheet.submit_button.click()
    finished(qtbot, sheet)
    assert sheet.message.text == "Done: 3 of 5."
    assert len(sheet.outcomes.texts) == 5
    assert sheet.outcomes.only_refused.text() == "Only refused (2)"
    qtbot.mouseClick(sheet.outcomes.only_refused, Qt.MouseButton.LeftButton)
    if not sheet.outcomes.only_refused.isChecked():
        sheet.outcomes.only_refused.click()
    assert len(sheet.outcomes.texts) == 2
    sheet.outcomes.copy_button.click()
    lines = QGuiApplication.clipboard().text().split("\n")
    assert [line.split("\t")[0].split(" · ")[1] for line in lines] == ["Customer 3", "Customer 2"]
    assert all("cancelled" in line.split("\t")[1] for line in lines)


def test_the_sheet_acts_on_what_was_reviewed_and_nothing_that_came_later(qtbot, shop):
    fill(shop, 25)
    page = open_page(qtbot, shop)
    select_all(qtbot, shop, page)
    page.bulk.actions_by_act[Act.COMPLETE].trigger()
    sheet = dialog_of(qtbot, page, BulkSheet)
    late = take(shop, 9)
    sheet.submit_button.click()
    finished(qtbot, sheet)
    assert sheet.message.text == "Done: 25 of 25."
    assert status(shop, late) is PaymentStatus.PENDING
    assert len(entries(shop, "payment:completed")) == 25


def test_an_unexpected_error_ends_the_act_and_says_how_far_it_came(
    qtbot, shop, monkeypatch, expect_log
):
    expect_log("Work off the GUI thread failed.")
    fill(shop, 30)
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page, *range(30))
    judged(qtbot, shop, page)
    page.bulk.actions_by_act[Act.COMPLETE].trigger()
    sheet = dialog_of(qtbot, page, BulkSheet)
    monkeypatch.setattr(type(shop.app.payments), "complete", lambda *_: 1 / 0)
    sheet.submit_button.click()
    finished(qtbot, sheet)
    assert sheet.message.text == "Done: 0 of 30. Stopped: 30 were left as they were."


def test_invoices_are_generated_for_a_large_selection(qtbot, shop):
    fill(shop, 24)
    page = open_page(qtbot, shop)
    select_all(qtbot, shop, page)
    qtbot.keyClick(page, Qt.Key.Key_3, CTRL)
    sheet = dialog_of(qtbot, page, BulkSheet)
    sheet.submit_button.click()
    finished(qtbot, sheet)
    assert sheet.message.text == "Done: 24 of 24."
    assert all(row.invoice_generated for row in shop.app.payment_lists.ask(
        MANAGER, PaymentFilter()).rows(0, 24))  # fmt: skip


def test_many_reminders_go_by_mail_and_who_has_no_address_is_told(qtbot, shop, monkeypatch):
    monkeypatch.setattr(many, "MOST_CARDS", 2)
    set_up_mail(shop)
    fill(shop, 3)
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page, 0, 1, 2)
    qtbot.keyClick(page, Qt.Key.Key_5, CTRL)
    sheet = dialog_of(qtbot, page, BulkSheet)
    sheet.submit_button.click()
    finished(qtbot, sheet)
    assert sheet.message.text == "Done: 0 of 3."
    assert all("no e-mail address" in text for text in sheet.outcomes.texts)


def test_without_a_mail_account_many_reminders_are_refused_before_a_sheet(qtbot, shop, monkeypatch):
    monkeypatch.setattr(many, "MOST_CARDS", 2)
    fill(shop, 3)
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page, 0, 1, 2)
    page.bulk.actions_by_act[Act.REMIND].trigger()
    qtbot.waitUntil(lambda: "Nothing was sent." in page.bar.text)
    assert page.findChildren(BulkSheet) == []


def test_other_work_is_served_while_many_are_acted_on(qtbot, shop, monkeypatch):
    monkeypatch.setattr(bulk_sheet, "ROWS_AT_ONCE", 5)
    fill(shop, 60)
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page, *range(60))
    judged(qtbot, shop, page)
    page.bulk.actions_by_act[Act.COMPLETE].trigger()
    sheet = dialog_of(qtbot, page, BulkSheet)
    reached = []
    sheet.submit_button.click()
    qtbot.waitUntil(lambda: len(sheet.outcomes.texts) >= 10)
    shop.tasks.query(
        page,
        lambda: shop.app.payment_lists.totals(MANAGER, PaymentFilter()),
        on_success=lambda _: reached.append(len(sheet.outcomes.texts)),
    )
    finished(qtbot, sheet)
    assert reached
    assert reached[0] < 60


# Handing out


def export(qtbot, page, path, *, selected_only=False):
    format_ = ExportFormat(path.suffix[1:])
    page.bulk.export_button.action(format_, selected_only=selected_only).trigger()
    qtbot.waitUntil(lambda: bool(page.findChildren(QFileDialog)))
    (dialog,) = page.findChildren(QFileDialog)
    dialog.setDirectory(str(path.parent))
    dialog.selectFile(path.name)
    dialog.accept()


def exported(qtbot, page):
    qtbot.waitUntil(lambda: page.bulk.export.bar.text.startswith("Exported"), timeout=30_000)


def test_exactly_what_is_filtered_is_handed_out_in_the_columns_shown(qtbot, shop, tmp_path):
    opened = []
    fill(shop, 250)
    take(shop, 1, seen=True)
    page = open_page(qtbot, shop, opener=lambda url: opened.append(url) or True)
    page.list.show_values(FilterValues.choosing(statuses=frozenset({"pending"})))
    page.list.table.setColumnHidden(0, True)
    page.list.table.horizontalHeader().moveSection(2, 1)
    settle(qtbot, shop, page)
    path = tmp_path / "out.csv"
    export(qtbot, page, path)
    exported(qtbot, page)
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    assert head[:4] == ["Amount", "Currency", "Status", "Method"]
    assert "Id" not in head
    shown = shop.app.payment_lists.ask(MANAGER, page.source.wanted(page.list.values)).rows(0, 300)
    names = [row[head.index("Customer")] for row in rows]
    assert names == [row.customer_name for row in shown]
    assert {tuple(row[:3]) for row in rows} == {("1000", "RWF", "pending")}
    assert page.bulk.export.bar.text == f"Exported 250 rows to {path}"
    page.bulk.export.bar.action_triggered.emit()
    assert opened[0].toLocalFile() == str(path)
    (entry,) = entries(shop, "payments:exported")
    assert "Waiting" in entry.details


def test_only_the_selected_rows_go_into_a_workbook(qtbot, shop, tmp_path):
    payments = [take(shop, number) for number in (1, 2, 3)]
    page = open_page(qtbot, shop)
    choose(qtbot, shop, page, 0, 2)
    path = tmp_path / "out.xlsx"
    export(qtbot, page, path, selected_only=True)
    exported(qtbot, page)
    rows = list(openpyxl.load_workbook(path).active.iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == [payments[2].payment_id, payments[0].payment_id]
    assert rows[0][2] == 15_000


def test_nothing_selected_offers_no_selection_to_hand_out(qtbot, shop):
    take(shop, 1)
    page = open_page(qtbot, shop)
    action = page.bulk.export_button.action(ExportFormat.CSV, selected_only=True)
    page.list.table.clearSelection()
    assert not action.isEnabled()
    choose(qtbot, shop, page, 0)
    assert action.isEnabled()


@pytest.mark.qt_log_ignore("grabbing the keyboard|raise|propagateSizeHints")
def test_ctrl_e_opens_the_menu_and_it_is_worked_by_keys(qtbot, shop, tmp_path):
    take(shop, 1)
    page = open_page(qtbot, shop)
    page.window().activateWindow()
    qtbot.keyClick(page, Qt.Key.Key_E, CTRL)
    menu = page.bulk.export_button.menu_of_files
    qtbot.waitUntil(menu.isVisible)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page.findChildren(QFileDialog)))
    (dialog,) = page.findChildren(QFileDialog)
    dialog.setDirectory(str(tmp_path))
    dialog.selectFile("out.csv")
    dialog.accept()
    exported(qtbot, page)
    assert (tmp_path / "out.csv").exists()


def test_an_export_is_cancelled_and_leaves_nothing(qtbot, shop, tmp_path, monkeypatch):
    monkeypatch.setattr("core.services.exports.table._ROWS_BETWEEN_REPORTS", 10)
    fill(shop, 3_000)
    page = open_page(qtbot, shop)
    pressed = Event()

    def held_job(*given):
        job = export_job(*given)

        def write(format_, path, report):
            def report_and_wait(done, total):
                report(done, total)
                if done:
                    # However fast the file is written, the button is pressed in the midst of it.
                    assert pressed.wait(30)

            return job.write(format_, path, report_and_wait)

        return replace(job, write=write)

    def press(done, _total):
        if done and not pressed.is_set():
            page.bulk.export.progress.cancel_button.click()
            pressed.set()

    monkeypatch.setattr("ui.pages.payments.bulk_menu.export_job", held_job)
    tell = page.bulk.export._on_progress
    monkeypatch.setattr(
        page.bulk.export,
        "_on_progress",
        lambda done, total: (tell(done, total), press(done, total)),
    )
    export(qtbot, page, tmp_path / "out.csv")
    qtbot.waitUntil(lambda: page.bulk.export.bar.text.startswith("Cancelled"))
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    assert list(tmp_path.iterdir()) == []
    assert entries(shop, "payments:exported") == []


def test_a_place_that_cannot_be_written_is_told_with_what_to_do(qtbot, shop, tmp_path):
    take(shop, 1)
    page = open_page(qtbot, shop)
    (tmp_path / "file").write_text("")
    from ui.pages.payments.chosen import export_job  # noqa: PLC0415

    job = export_job(shop.context(), page.list.table, page.bulk.selection())
    page.bulk.export.write(job, ExportFormat.CSV, tmp_path / "file" / "out.csv")
    qtbot.waitUntil(lambda: bool(page.bulk.export.bar.text))
    assert not page.bulk.export.bar.text.startswith("Exported")
    assert not page.bulk.export.is_writing
