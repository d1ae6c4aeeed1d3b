"""The panel of a customer's points, and the correction by a manager."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from core.model.payments import PaymentMethod
from core.services.payments.rules import RecordPayment
from core.services.rows import PaymentRow
from tests.ui.pages.small_shop import Shop, open_small_shop
from ui.loyalty.correction import CorrectionDialog
from ui.loyalty.panel import PointsPanel


@pytest.fixture
def shop(qapp, tmp_path: Path) -> Iterator[Shop]:
    made = open_small_shop(tmp_path)
    yield made
    made.close()


def sell(shop: Shop, amount_minor: int, name: str = "Alice") -> PaymentRow:
    return shop.app.payments.record(
        shop.actor("aline"),
        RecordPayment(
            key=f"{name}{amount_minor}",
            method=PaymentMethod.CASH,
            amount_minor=amount_minor,
            tendered_minor=amount_minor,
            customer_name=name,
            complete_now=True,
        ),
    )


def open_panel(qtbot, shop: Shop, name: str, customer: str = "Alice") -> PointsPanel:
    panel = PointsPanel(shop.context(name))
    qtbot.addWidget(panel)
    panel.resize(900, 600)
    panel.show()
    panel.show_customer(shop.app.loyalty.find(shop.actor(name), customer).customer_id)
    idle(qtbot, shop, panel)
    panel.activateWindow()
    return panel


def idle(qtbot, shop: Shop, panel: PointsPanel) -> None:
    qtbot.waitUntil(lambda: panel.member is not None and not shop.tasks.is_busy)


def dialog_of(qtbot, panel: PointsPanel) -> CorrectionDialog:
    panel.correct.click()
    dialog = panel.findChild(CorrectionDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.isVisible)
    return dialog


def test_it_shows_balance_tier_and_movements_and_opens_their_payment(qtbot, shop) -> None:
    payment = sell(shop, 450_000)
    panel = open_panel(qtbot, shop, "marie")
    assert panel.points.text() == "45 points"
    assert panel.tier.accessibleName() == "Silver"
    assert "1\u202f050\u202f000\u00a0RWF more to Gold" in panel.next_tier.text()
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    with qtbot.waitSignal(panel.payment_requested) as asked:
        panel.table.selectRow(0)
        qtbot.keyClick(panel.table, Qt.Key.Key_Return)
    assert asked.args == [payment.payment_id]


def test_somebody_without_points_is_told_so(qtbot, shop) -> None:
    sell(shop, 5_000)
    panel = open_panel(qtbot, shop, "marie")
    assert panel.points.text() == "0 points"
    assert panel.nothing.isVisible()


def test_another_customer_takes_the_place_of_the_first(qtbot, shop) -> None:
    sell(shop, 450_000)
    sell(shop, 20_000, name="Bosco")
    panel = open_panel(qtbot, shop, "marie")
    panel.show_customer(shop.app.loyalty.find(shop.actor("marie"), "Bosco").customer_id)
    idle(qtbot, shop, panel)
    assert panel.points.text() == "2 points"
    panel.show_customer(None)
    assert panel.points.text() == "–"
    qtbot.waitUntil(lambda: not shop.tasks.is_busy and panel.model.rowCount() == 0)


def test_a_manager_corrects_points_with_a_reason(qtbot, shop) -> None:
    sell(shop, 450_000)
    panel = open_panel(qtbot, shop, "marie")
    dialog = dialog_of(qtbot, panel)
    dialog.submit_button.click()
    assert "how many points" in dialog.message.text
    dialog.points.setValue(-50)
    assert dialog.points.value() == -45
    assert dialog.outcome.text() == "45 now, 0 afterwards"
    dialog.points.setValue(-5)
    dialog.submit_button.click()
    assert "Write why" in dialog.message.text
    dialog.reason.setText("counted twice")
    assert dialog.submit_button.text() == "Take 5 points (F12)"
    with qtbot.waitSignal(panel.corrected):
        qtbot.keyClick(dialog.reason, Qt.Key.Key_F12)
    assert panel.points.text() == "40 points"
    qtbot.waitUntil(lambda: panel.model.rowCount() == 2 and not shop.tasks.is_busy)


def test_a_cashier_sees_no_way_to_correct(qtbot, shop) -> None:
    sell(shop, 450_000)
    panel = open_panel(qtbot, shop, "aline")
    assert not panel.correct.isVisible()


def test_news_of_points_is_read_while_the_panel_is_seen(qtbot, shop) -> None:
    sell(shop, 450_000)
    panel = open_panel(qtbot, shop, "marie")
    sell(shop, 50_000)
    panel.changes_arrived({"loyalty"})
    qtbot.waitUntil(lambda: panel.points.text() == "50 points" and not shop.tasks.is_busy)
