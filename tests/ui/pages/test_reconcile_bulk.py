"""Acts on many matches at once through the page, and saying no to one payment of a choice."""

from __future__ import annotations

from threading import Event

from PySide6.QtCore import Qt

from core.database.consistency import check
from core.model.reconciliations import LineCategory
from tests.ui.pages.reconcile_steps import rows
from tests.ui.pages.test_reconcile_page import (  # noqa: F401 - fixtures
    activate,
    go_to,
    page,
    sales,
    shop,
    statement,
    take_in,
    until_settled,
)


def test_approving_all_is_stopped_by_cancel_with_nothing_changed(
    qtbot,
    shop,  # noqa: F811
    sales,  # noqa: F811
    page,  # noqa: F811
    statement,  # noqa: F811
):
    take_in(qtbot, page, statement)
    heard, is_over = [], Event()
    page.work.notice_raised.connect(heard.append)
    for _ in range(2):  # whoever works beside the database has both hands full
        page.context.tasks.slow(page, lambda _progress: is_over.wait(20))
    page.work.line_acts.approve_certain()
    assert page.work.progress.isVisible()
    page.work.progress.cancel_button.click()
    is_over.set()
    until_settled(qtbot, page)

    assert heard == ["Stopped. Nothing was changed."]
    assert page.work.summary.matches == 0
    assert not page.work.progress.isVisible()
    assert not page.work.message.text
    page.work.line_acts.approve_certain()
    until_settled(qtbot, page)
    assert page.work.summary.matches == 1
    assert check(shop.app.database.engine) == ()


def test_one_payment_of_a_choice_is_declined_and_the_other_is_offered_on(
    qtbot,
    shop,  # noqa: F811
    sales,  # noqa: F811
    page,  # noqa: F811
    statement,  # noqa: F811
):
    take_in(qtbot, page, statement)
    go_to(page, 4)
    first, second = (each.payments[0].payment_id for each in page.work.current().candidates)
    activate(qtbot, page)
    page.work.table.setFocus()
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    qtbot.keyClick(page.work.table, Qt.Key.Key_1, both)
    until_settled(qtbot, page)

    (left,) = page.work.current().candidates
    assert left.payments[0].payment_id == second != first
    listed = next(each for each in rows(page) if each.line.line_number == 4)
    assert listed.category is LineCategory.SUGGESTED
    assert check(shop.app.database.engine) == ()
