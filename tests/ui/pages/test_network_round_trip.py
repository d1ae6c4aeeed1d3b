"""Refunds and trouble seen in the window while a network of the sandbox really answers."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from core.gateways.sandbox import Sandbox, Settings
from core.model.refunds import RefundStatus
from tests.core.services.empty_shop import EmptyShop
from tests.core.services.network_shop import MANAGER, NetworkShop
from tests.empty_file import lay_empty_shop
from tests.ui.pages.test_refunds_page import choose, dialog_of, open_page
from ui.context import PageContext
from ui.main_window import MainWindow
from ui.pages.refunds.carry_out import CarryOutSheet
from ui.relay import ChangeRelay
from ui.tasks import TaskRunner
from ui.widgets.facts import StepState


class WindowShop:
    """A shop with real networks, as pages are given it."""

    def __init__(self, networks: NetworkShop) -> None:
        self.networks = networks
        self.app = networks.app
        self.tasks = TaskRunner()

    def context(self, actor=MANAGER) -> PageContext:
        return PageContext(self.app, actor, self.tasks)


@pytest.fixture
def networks(qapp):
    with Sandbox(Settings(speed=20, prompt_s=2)) as sandbox:
        yield sandbox


@pytest.fixture
def shop(networks, tmp_path):
    empty = EmptyShop(lay_empty_shop(tmp_path / "empty"))
    opened = WindowShop(NetworkShop(tmp_path / "shop", empty, networks.url))
    opened.app.changes.start()
    opened.app.gateway_worker.start()
    yield opened
    opened.tasks.shutdown()
    opened.app.close()


def test_a_refund_sent_through_the_network_is_seen_to_arrive(qtbot, shop):
    payment = shop.networks.record(amount=5_000)
    shop.networks.settled(payment)
    refund = shop.networks.approved_refund(payment, 3_000)
    page = open_page(qtbot, shop)
    relay = ChangeRelay(shop.app.changes)
    relay.changed.connect(page.changes_arrived)
    page.tabs.setCurrentIndex(1)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    choose(qtbot, shop, page)
    qtbot.keyClick(page.table, Qt.Key.Key_P)
    sheet = dialog_of(qtbot, page, CarryOutSheet)
    qtbot.keyClick(sheet, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(sheet, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: page.tabs.tabText(2) == "Done (1)", timeout=8000)
    # The page goes where the refund went: nobody has to look for it.
    qtbot.waitUntil(
        lambda: (
            page.tabs.currentIndex() == 2
            and page.detail.isVisible()
            and {step.state for step in page.detail.path.steps} == {StepState.DONE}
        )
    )
    assert shop.networks.refund(refund).status is RefundStatus.COMPLETED
    assert ("Credit note", shop.networks.refund(refund).credit_note_number) in (
        page.detail.facts.facts
    )
    relay.close()


def test_a_network_that_falls_silent_is_told_and_its_return_takes_the_line_away(
    qtbot, shop, networks
):
    relay = ChangeRelay(shop.app.changes)
    window = MainWindow(shop.context(), relay)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    shop.networks.connect("http://127.0.0.1:9")
    payment = shop.networks.record()
    qtbot.waitUntil(window.banner.isVisible, timeout=8000)
    assert "Nothing is lost" in window.banner.accessibleName()
    shop.networks.connect(networks.url)
    qtbot.waitUntil(lambda: not window.banner.isVisible(), timeout=8000)
    shop.networks.settled(payment)
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    relay.close()
