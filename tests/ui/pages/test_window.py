"""The window from the first paint to the last thread, with every page of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QSettings, Qt
from PySide6.QtWidgets import QApplication, QWidget

from core.app import App, open_shop
from core.model.payments import PaymentMethod, PaymentStatus
from core.services.payments.lists import PaymentFilter
from core.services.payments.rules import RecordPayment
from core.services.refunds.service import RequestRefund
from desktop.window import Desk
from tests.empty_file import lay_empty_shop
from tests.ui.pages.small_shop import PASSWORD, PEOPLE, Shop, add_people, configuration_in
from ui.keys import PAGES
from ui.keys_sheet import KeysSheet
from ui.main_window import MainWindow
from ui.page_entries import ENTRIES, entries_for
from ui.pages.cashier.dialogs import RefundDialog
from ui.pages.cashier.page import CashierPage
from ui.pages.first_run.page import FirstRunPage
from ui.preferences import Preferences
from ui.program_window import ProgramWindow
from ui.tasks import TaskRunner
from ui.theme import Scheme, is_dark
from ui.widgets.basics import PageHeader, PlainLabel
from ui.widgets.messages import EmptyState
from ui.widgets.navigation import PAGE_KEYS

MakeDesk = Callable[..., Desk]


@pytest.fixture
def folder(tmp_path) -> Path:
    lay_empty_shop(tmp_path)
    with open_shop(configuration_in(tmp_path)) as app:
        add_people(app)
    return tmp_path


@pytest.fixture
def make_desk(qtbot, theme, tmp_path) -> Iterator[MakeDesk]:
    # The folder is asked for here too: it must not go before its desks are closed.
    desks: list[Desk] = []

    def make(folder: Path, name: str = "", desk: str = "desk 1", password: str = PASSWORD) -> Desk:
        made = Desk(
            configuration_in(folder, desk),
            theme,
            Preferences(),
            sign_in_as=(name, password) if name else None,
        )
        desks.append(made)
        made.start()
        return made

    yield make
    for made in desks:
        made.close()
        made.deleteLater()


def signed_in(qtbot, desk: Desk) -> MainWindow:
    qtbot.waitUntil(lambda: desk.main_window is not None and not desk.tasks.is_busy)
    return desk.main_window


def cashier_page(qtbot, desk: Desk) -> CashierPage:
    page = signed_in(qtbot, desk).pages["cashier"]
    qtbot.waitUntil(lambda: page.is_settled and not desk.tasks.is_busy)
    return page


def sign_in(qtbot, desk: Desk, name: str, password: str = PASSWORD) -> None:
    page = desk.sign_in_page
    page.name.setText(name)
    page.password.setText(password)
    page.submit.click()


def paid(app: App) -> tuple:
    admin = app.users.sign_in("ange", PASSWORD, "test")
    return app.payment_lists.page(admin, PaymentFilter()).rows


def test_the_window_is_painted_before_the_shop_is_opened(qtbot, make_desk, folder):
    desk = make_desk(folder, "aline")
    seen = []
    desk.window.first_painted.connect(lambda: seen.append(desk.app))
    assert desk.app is None
    with qtbot.waitSignal(desk.window.first_painted):
        pass
    assert seen == [None]
    assert signed_in(qtbot, desk).context.actor.name == "aline"


def test_pages_print_by_what_the_desk_remembers(qtbot, make_desk, folder):
    desk = make_desk(folder, "aline")
    context = signed_in(qtbot, desk).context
    assert context.preferences is desk._preferences


def test_a_cash_sale_ends_with_an_invoice_on_disk_and_a_second_window_sees_it(
    qtbot, make_desk, folder
):
    first = make_desk(folder, "aline")
    page = cashier_page(qtbot, first)
    second = make_desk(folder, "marie", "desk 2")
    other = cashier_page(qtbot, second)
    first.window.activateWindow()
    qtbot.waitUntil(first.window.isActiveWindow)
    page.form.methods.buttons[PaymentMethod.CASH_ON_DELIVERY].click()
    qtbot.keyClicks(page.form.amount.edit, "7000")
    qtbot.keyClick(page.form, Qt.Key.Key_F12)
    qtbot.waitUntil(page.strip.isVisible)
    qtbot.waitUntil(lambda: other.waiting.model.rowCount() == 1, timeout=1000)
    page.form.methods.buttons[PaymentMethod.CASH].click()
    qtbot.keyClicks(page.form.amount.edit, "12.500")
    qtbot.keyClicks(page.form.cash.tendered.edit, "20000")
    qtbot.keyClick(page.form, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: page.strip.change.text() == "7\u202f500\u00a0RWF")
    qtbot.waitUntil(lambda: len(list(folder.glob("documents/invoices/*/*/*.pdf"))) == 1)
    (pdf,) = folder.glob("documents/invoices/*/*/*.pdf")
    assert pdf.stem == page.strip.row.invoice_number
    assert pdf.read_bytes().startswith(b"%PDF-")


def test_locking_hides_everything_and_keeps_the_half_typed_amount(qtbot, make_desk, folder):
    desk = make_desk(folder, "aline")
    page = cashier_page(qtbot, desk)
    main = desk.main_window
    qtbot.keyClicks(page.form.amount.edit, "15000")
    qtbot.keyClick(page.form.amount.edit, Qt.Key.Key_F8)
    assert desk.main_window is None
    assert not page.isVisible()
    assert desk.sign_in_page.isVisible()
    sign_in(qtbot, desk, "aline", "wrong")
    qtbot.waitUntil(lambda: "wrong" in desk.sign_in_page.message.text)
    assert not page.isVisible()
    sign_in(qtbot, desk, "aline")
    assert signed_in(qtbot, desk) is main
    assert page.isVisible()
    assert page.form.amount.amount_minor == 15_000


def test_somebody_else_may_use_a_locked_desk_and_the_first_comes_back(qtbot, make_desk, folder):
    desk = make_desk(folder, "aline")
    page = cashier_page(qtbot, desk)
    qtbot.keyClicks(page.form.amount.edit, "15000")
    desk.lock()
    sign_in(qtbot, desk, "marie")
    marie = signed_in(qtbot, desk)
    assert marie.context.actor.name == "marie"
    assert marie.pages["cashier"].form.amount.edit.text() == ""
    marie.top_bar.sign_out.click()
    qtbot.waitUntil(desk.sign_in_page.isVisible)
    sign_in(qtbot, desk, "aline")
    assert signed_in(qtbot, desk).pages["cashier"] is page
    assert page.form.amount.amount_minor == 15_000


def test_signing_out_keeps_the_form_of_the_same_person(qtbot, make_desk, folder):
    desk = make_desk(folder, "aline")
    page = cashier_page(qtbot, desk)
    qtbot.keyClicks(page.form.amount.edit, "15000")
    desk.main_window.top_bar.sign_out.click()
    sign_in(qtbot, desk, "aline")
    page = cashier_page(qtbot, desk)
    qtbot.waitUntil(lambda: page.form.amount.amount_minor == 15_000)
    assert page.kept_bar.isVisible()


def test_a_dialog_is_hidden_by_the_lock_and_comes_back_as_it_was(qtbot, make_desk, folder):
    desk = make_desk(folder, "aline")
    page = cashier_page(qtbot, desk)
    qtbot.keyClicks(page.form.amount.edit, "1000")
    page.form.cash.exact.click()
    page.form.confirm.click()
    qtbot.waitUntil(page.strip.isVisible)
    page.strip.ask_refund.click()
    dialog = page.findChild(RefundDialog)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    qtbot.keyClicks(dialog.reason.note, "Wrong")
    qtbot.keyClick(dialog.reason.note, Qt.Key.Key_F8)
    assert desk.main_window is None
    assert not dialog.isVisible()
    assert QApplication.activeModalWidget() is None
    sign_in(qtbot, desk, "aline")
    signed_in(qtbot, desk)
    assert dialog.isVisible()
    assert dialog.reason.own_words == "Wrong"
    dialog.reason.note.clear()
    dialog.reject()


def test_everybody_sees_the_pages_of_their_role_by_alt_and_a_digit(qtbot, make_desk, folder):
    shown = {}
    with open_shop(configuration_in(folder)) as app:
        for name in PEOPLE:
            actor = app.users.sign_in(name, PASSWORD, "desk")
            shown[name] = [entry.key for entry in entries_for(actor)]
    looks = ["invoices", "customers", "subscriptions"]
    reads = ["reports", "transactions", "providers"]
    assert shown == {
        "ange": ["dashboard", "payments", "refunds", *looks, *reads, "audit", "settings"],
        "aline": ["cashier", "payments", "refunds", *looks, "mail"],
        "claude": ["dashboard", "payments", "reconcile", *looks, "mail", *reads],
        "marie": [
            *("cashier", "dashboard", "payments", "refunds", "reconcile"),
            *looks,
            "mail",
            *reads,
            "audit",
        ],
    }
    desk = make_desk(folder, "ange")
    main = signed_in(qtbot, desk)
    desk.window.activateWindow()
    qtbot.waitUntil(desk.window.isActiveWindow)
    key = PAGE_KEYS[shown["ange"].index("settings")]
    qtbot.keyClick(main, key, Qt.KeyboardModifier.AltModifier)
    assert main.current == "settings"
    qtbot.waitUntil(lambda: main.pages["settings"].is_settled and not desk.tasks.is_busy)


def test_an_empty_shop_begins_with_the_set_up(qtbot, make_desk, tmp_path):
    desk = make_desk(tmp_path)
    qtbot.waitUntil(lambda: desk.window.findChild(FirstRunPage) is not None)
    page = desk.window.findChild(FirstRunPage)
    page.shop.name.setText("Inzozi")
    page.next.click()
    for field, text in (
        (page.owner.name, "ange"),
        (page.owner.password, PASSWORD),
        (page.owner.again, PASSWORD),
    ):
        field.setText(text)
    for _ in range(3):
        page.next.click()
    main = signed_in(qtbot, desk)
    assert main.top_bar.shop.text() == "Inzozi"
    assert main.top_bar.person.text() == "ange · Admin"


def test_a_folder_that_cannot_be_a_shop_is_told_in_the_window(qtbot, make_desk, folder, tmp_path):
    blocked = tmp_path / "a file"
    blocked.write_text("", encoding="utf-8")
    desk = make_desk(blocked)
    qtbot.waitUntil(lambda: "cannot be used" in desk.opening.message.text)
    assert desk.opening.leave.isVisible()
    assert desk.opening.other_folder.isVisible()
    desk.open_folder(str(folder))
    qtbot.waitUntil(lambda: desk.sign_in_page is not None and desk.sign_in_page.isVisible())


def test_wrong_names_to_begin_with_lead_to_the_sign_in_page(qtbot, make_desk, folder):
    desk = make_desk(folder, "aline", password="wrong")
    qtbot.waitUntil(lambda: desk.sign_in_page is not None and bool(desk.sign_in_page.message.text))
    assert desk.main_window is None


def test_a_bug_is_told_in_a_bar_and_the_form_is_kept(qtbot, make_desk, folder, expect_log):
    expect_log("Work off the GUI thread failed")
    desk = make_desk(folder, "aline")
    page = cashier_page(qtbot, desk)
    qtbot.keyClicks(page.form.amount.edit, "15000")
    desk.tasks.operation(page, lambda: 1 // 0)
    qtbot.waitUntil(desk.window.notice.isVisible)
    assert "Something went wrong" in desk.window.notice.text
    assert page.form.amount.amount_minor == 15_000
    thread = threading.Thread(target=lambda: desk.bug_escaped.emit(ValueError()))
    desk.window.notice.clear()
    thread.start()
    thread.join()
    qtbot.waitUntil(desk.window.notice.isVisible)


def test_typed_settings_are_not_lost_without_asking(qtbot, make_desk, folder):
    desk = make_desk(folder, "ange")
    main = signed_in(qtbot, desk)
    page = main.show_page("settings")
    qtbot.waitUntil(lambda: page.is_settled and not desk.tasks.is_busy)
    qtbot.keyClicks(page.shop.fields["shop_name"], "Inzozi")
    desk.window.close()
    assert desk.window.isVisible()
    assert "Settings" in desk.window.notice.text
    with qtbot.waitSignal(desk.finished):
        desk.window.notice_action_triggered.emit()
    assert not desk.window.isVisible()


def test_leaving_finishes_the_sale_in_hand_and_leaves_no_thread(qtbot, make_desk, folder):
    before = set(threading.enumerate())
    desk = make_desk(folder, "aline")
    page = cashier_page(qtbot, desk)
    qtbot.keyClicks(page.form.amount.edit, "1000")
    page.form.cash.exact.click()
    page.form.confirm.click()
    desk.window.close()
    assert {thread for thread in threading.enumerate() if thread.is_alive()} <= before
    with open_shop(configuration_in(folder)) as app:
        (payment,) = paid(app)
        assert payment.status is PaymentStatus.COMPLETED


def test_leaving_while_the_shop_is_being_opened_leaves_nothing_open(qtbot, make_desk, folder):
    before = set(threading.enumerate())
    desk = make_desk(folder)
    with qtbot.waitSignal(desk.window.first_painted):
        pass
    desk.window.close()
    assert set(threading.enumerate()) <= before


def test_dark_and_light_are_switched_and_remembered_on_the_desk(qtbot, make_desk, folder, tmp_path):
    desk = make_desk(folder, "aline")
    main = signed_in(qtbot, desk)
    before = is_dark()
    qtbot.keyClick(
        main, "D", Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert is_dark() is not before
    store = QSettings(str(tmp_path / "desk.ini"), QSettings.Format.IniFormat)
    Preferences(store).scheme = Scheme.DARK
    store.sync()
    again = QSettings(str(tmp_path / "desk.ini"), QSettings.Format.IniFormat)
    assert Preferences(again).scheme is Scheme.DARK


def test_the_window_stands_where_it_stood(qtbot, theme, folder):
    preferences = Preferences()
    desk = Desk(configuration_in(folder), theme, preferences)
    desk.start()
    qtbot.waitUntil(lambda: desk.sign_in_page is not None and desk.sign_in_page.isVisible())
    desk.window.resize(733, 641)
    with qtbot.waitSignal(desk.finished):
        desk.window.close()
    desk.deleteLater()
    again = ProgramWindow(preferences)
    qtbot.addWidget(again)
    assert (again.width(), again.height()) == (733, 641)


def test_the_manager_sees_how_many_refunds_wait(qtbot, make_desk, folder):
    desk = make_desk(folder, "marie")
    main = signed_in(qtbot, desk)
    with open_shop(configuration_in(folder, "desk 2")) as app:
        aline = app.users.sign_in("aline", PASSWORD, "desk 2")
        row = app.payments.record(
            aline,
            RecordPayment(
                key="k",
                method=PaymentMethod.CASH,
                amount_minor=500,
                tendered_minor=500,
                complete_now=True,
            ),
        )
        app.refunds.request(aline, RequestRefund("r", row.payment_id, 500, "Broken"))
    button = main.navigation._buttons["refunds"]
    qtbot.waitUntil(lambda: "(1)" in button.text(), timeout=2000)


def test_f1_opens_the_sheet_of_keys(qtbot, make_desk, folder):
    desk = make_desk(folder, "aline")
    main = signed_in(qtbot, desk)
    qtbot.keyClick(main, Qt.Key.Key_F1)
    sheet = main.findChild(KeysSheet)
    assert sheet.isVisible()
    qtbot.keyClick(sheet, Qt.Key.Key_F1)
    assert not sheet.isVisible()


def test_the_sheet_of_keys_names_every_page_and_fits_a_small_screen(qtbot, theme):
    theme.apply(Scheme.LIGHT)
    sheet = KeysSheet()
    qtbot.addWidget(sheet)
    told = {label.text() for label in sheet.findChildren(PlainLabel)}
    assert {"Cashier", "Payments", "Refunds", "Reconcile", "Invoices", "Settings"} <= told
    assert {"Approve all certain", "Import payments", "Open the PDF", "Carry out"} <= told
    around = sheet.sizeHint() - sheet.area.sizeHint()
    assert sheet.content.sizeHint().width() + around.width() <= 1280
    assert sheet.content.sizeHint().height() + around.height() <= 720


def test_the_sheet_of_keys_opens_at_the_page_and_the_arrows_go_to_others(qtbot, make_desk, folder):
    desk = make_desk(folder, "marie")
    main = signed_in(qtbot, desk)
    main.show_page("refunds")
    qtbot.keyClick(main, Qt.Key.Key_F1)
    sheet = main.findChild(KeysSheet)
    assert "Approve" in shown_keys(sheet)
    qtbot.keyClick(sheet.pages, Qt.Key.Key_Down)
    assert "Approve all certain" in shown_keys(sheet)
    qtbot.keyClick(sheet.pages, Qt.Key.Key_Return)
    assert not sheet.isVisible()


def shown_keys(sheet: KeysSheet) -> set[str]:
    return {label.text() for label in sheet.stack.currentWidget().findChildren(PlainLabel)}


def test_every_page_that_a_key_sheet_names_is_in_the_navigation():
    assert set(PAGES) <= {entry.key for entry in ENTRIES}


@pytest.mark.parametrize("name", ["aline", "marie"])
def test_after_signing_in_and_after_the_lock_the_keyboard_is_in_the_form(
    qtbot, make_desk, folder, name
):
    desk = make_desk(folder)
    qtbot.waitUntil(lambda: desk.app is not None and not desk.tasks.is_busy)
    desk.window.activateWindow()
    sign_in(qtbot, desk, name)
    page = cashier_page(qtbot, desk)
    assert desk.window.focusWidget() is page.form.amount.edit
    page.form.customer.setFocus()
    desk.lock()
    assert desk.window.focusWidget() is desk.sign_in_page.password
    sign_in(qtbot, desk, name)
    signed_in(qtbot, desk)
    assert desk.window.focusWidget() is page.form.customer


def test_every_list_takes_the_keyboard_when_its_page_is_shown(qtbot, make_desk, folder):
    desk = make_desk(folder, "marie")
    main = signed_in(qtbot, desk)
    for key, table in (
        ("payments", lambda page: page.list.table),
        ("refunds", lambda page: page.table),
        ("reconcile", lambda page: page.start.table),
        ("invoices", lambda page: page.table),
    ):
        page = main.show_page(key)
        assert page.focusProxy() is table(page)
        qtbot.waitUntil(lambda: not desk.tasks.is_busy)


class _WindowsShown(QObject):
    """Remembers every widget that was shown as a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[QWidget] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(watched)
        return False


@pytest.mark.parametrize("name", ["aline", "ange"])
def test_building_the_desk_s_pages_opens_no_stray_window(qtbot, qapp, folder, name):
    shop = Shop(open_shop(configuration_in(folder)), TaskRunner())
    shown = _WindowsShown()
    qapp.installEventFilter(shown)
    try:
        for entry in entries_for(shop.actor(name)):
            if entry.key in {"cashier", "settings"}:
                qtbot.addWidget(entry.build(shop.context(name)))
        PageHeader("Title", "Subtitle")
        EmptyState("inbox", "Nothing here", "Fill it")
    finally:
        qapp.removeEventFilter(shown)
        shop.close()
    assert shown.seen == []
