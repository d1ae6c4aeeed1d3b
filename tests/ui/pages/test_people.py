"""The desk locks itself, a person changes their own password, and everybody sees who is here."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.pages.small_shop import PASSWORD
from tests.ui.pages.test_window import cashier_page, folder, make_desk, sign_in, signed_in
from ui.idle import IdleWatch
from ui.people.own_password import OwnPasswordDialog
from ui.people.who_is_here import WhoIsHereDialog

__all__ = ["folder", "make_desk"]


def test_a_desk_nobody_touches_warns_and_locks_with_the_half_typed_form_kept(
    qtbot, make_desk, folder
):
    desk = make_desk(folder, "aline")
    page = cashier_page(qtbot, desk)
    qtbot.keyClicks(page.form.amount.edit, "15000")
    assert desk.idle.warning_timer.interval() == (10 * 60 - 20) * 1000
    desk.idle.warning_timer.start(0)
    qtbot.waitUntil(lambda: "locks in 20 seconds" in desk.window.notice.text)
    assert desk.idle.end_timer.isActive()
    desk.idle.end_timer.start(0)
    qtbot.waitUntil(lambda: desk.main_window is None)
    assert not page.isVisible()
    assert not desk.idle.warning_timer.isActive()
    assert desk.window.notice.text == ""
    sign_in(qtbot, desk, "aline")
    signed_in(qtbot, desk)
    assert page.form.amount.amount_minor == 15_000
    assert desk.idle.warning_timer.isActive()


def test_any_key_after_the_warning_keeps_the_desk(qtbot, make_desk, folder):
    desk = make_desk(folder, "aline")
    cashier_page(qtbot, desk)
    desk.window.activateWindow()
    qtbot.waitUntil(desk.window.isActiveWindow)
    desk.idle.start(600)
    desk.idle.warning_timer.start(0)
    qtbot.waitUntil(desk.idle.end_timer.isActive)
    QTest.keyClick(desk.window.windowHandle(), Qt.Key.Key_Shift)
    qtbot.waitUntil(lambda: not desk.idle.end_timer.isActive())
    assert desk.main_window is not None
    assert desk.window.notice.text == ""
    assert desk.idle.warning_timer.isActive()


def test_zero_minutes_never_lock(qapp):
    watch = IdleWatch()
    watch.start(0)
    assert not watch.warning_timer.isActive()


def test_a_cashier_changes_their_own_password(qtbot, make_desk, folder):
    desk = make_desk(folder, "aline")
    main = signed_in(qtbot, desk)
    main.top_bar.password_requested.emit()
    dialog = main.findChild(OwnPasswordDialog)
    for field, text in ((dialog.old, "wrong"), (dialog.new, "open sesame 2")):
        qtbot.keyClicks(field, text)
    qtbot.keyClicks(dialog.again, "open sesame 3")
    dialog.submit_button.click()
    assert "differ" in dialog.message.text
    dialog.again.setText("open sesame 2")
    dialog.submit_button.click()
    qtbot.waitUntil(lambda: "wrong" in dialog.message.text)
    assert dialog.isVisible()
    dialog.old.setText(PASSWORD)
    dialog.submit_button.click()
    qtbot.waitUntil(lambda: not desk.tasks.is_busy and main.findChild(OwnPasswordDialog) is None)
    desk.lock()
    sign_in(qtbot, desk, "aline", PASSWORD)
    qtbot.waitUntil(lambda: "wrong" in desk.sign_in_page.message.text)
    sign_in(qtbot, desk, "aline", "open sesame 2")
    assert signed_in(qtbot, desk) is main


def test_everybody_sees_who_is_at_which_desk_as_it_changes(qtbot, make_desk, folder):
    first = make_desk(folder, "aline")
    main = signed_in(qtbot, first)
    main.top_bar.people_requested.emit()
    dialog = main.findChild(WhoIsHereDialog)
    qtbot.waitUntil(lambda: [r.user_name for r in dialog.rows] == ["aline"])
    second = make_desk(folder, "marie", "desk 2")
    signed_in(qtbot, second)
    qtbot.waitUntil(lambda: [r.user_name for r in dialog.rows] == ["aline", "marie"])
    assert [r.desk for r in dialog.rows] == ["desk 1", "desk 2"]
    second.lock()
    qtbot.waitUntil(lambda: [r.is_locked for r in dialog.rows] == [False, True])
    second.close()
    qtbot.waitUntil(lambda: [r.user_name for r in dialog.rows] == ["aline"])
    dialog.close()
