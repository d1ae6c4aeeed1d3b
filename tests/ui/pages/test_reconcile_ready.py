"""What a large statement needs is made ready while the page that takes it is shown."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QStackedWidget, QWidget

from core.model.payments import PaymentMethod
from core.services.payments.rules import RecordPayment
from core.services.proposing import standby
from tests.matching_processes import processes
from tests.ui.pages.small_shop import open_small_shop
from ui.pages.reconcile.page import ReconcilePage

_ENDED_WITHIN_MS = 20_000


@pytest.fixture
def shop(qapp, tmp_path, monkeypatch):
    """A shop for which one payment is many."""
    monkeypatch.setattr(standby, "MANY_PAYMENTS", 1)
    opened = open_small_shop(tmp_path / "shop")
    opened.app.payments.record(
        opened.actor("aline"),
        RecordPayment(
            key="a", method=PaymentMethod.BANK_TRANSFER, amount_minor=500, transaction_id="FT1"
        ),
    )
    yield opened
    opened.close()
    assert processes() == set()


def window_of(qtbot, shop, name: str) -> QStackedWidget:
    """Show the page for a person, beside another page."""
    window = QStackedWidget()
    qtbot.addWidget(window)
    window.addWidget(ReconcilePage(shop.context(name)))
    window.addWidget(QWidget())
    window.show()
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    return window


def test_a_process_is_ready_while_the_page_is_shown(qtbot, shop, monkeypatch):
    monkeypatch.setattr(standby, "_LEFT_S", 0.2)
    window = window_of(qtbot, shop, "claude")
    (process,) = processes()
    window.setCurrentIndex(1)
    qtbot.waitUntil(lambda: processes() == set(), timeout=_ENDED_WITHIN_MS)
    window.setCurrentIndex(0)
    qtbot.waitUntil(lambda: len(processes()) == 1, timeout=_ENDED_WITHIN_MS)
    assert processes() != {process}


def test_who_brings_a_file_after_a_long_time_has_one_made_ready_again(
    qtbot, shop, tmp_path, monkeypatch
):
    monkeypatch.setattr(standby, "_UNUSED_S", 0.2)
    window = window_of(qtbot, shop, "claude")
    qtbot.waitUntil(lambda: processes() == set(), timeout=_ENDED_WITHIN_MS)
    monkeypatch.setattr(standby, "_UNUSED_S", 600.0)
    window.widget(0).open_files([tmp_path / "not there.csv"])
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    assert len(processes()) == 1


def test_none_is_ready_for_who_may_take_no_statement_in(qtbot, shop):
    window = window_of(qtbot, shop, "aline")
    window.setCurrentIndex(1)
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    assert processes() == set()
