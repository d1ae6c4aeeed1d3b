"""The network between a desk and its server goes and comes back, through the real window."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest
from PySide6.QtCore import Qt

from core.database.consistency import check
from core.database.postgresql import lost_commits
from core.model.payments import PaymentMethod
from core.services.payments.rules import RecordPayment
from desktop.window import Desk
from tests.faults.desks.flaky_network import CommitFaults, FlakyNetwork
from tests.journeys.test_desks_on_a_server import WAIT_MS, seated
from tests.served_shop import PASSWORD, served_shop
from tests.ui.conftest import theme
from ui import connection_banner
from ui.preferences import Preferences

__all__ = ["theme"]


@pytest.fixture
def network(postgresql_server):
    with FlakyNetwork(postgresql_server.socket) as made:
        yield made


@pytest.fixture
def shop(postgresql_server):
    with served_shop(postgresql_server) as made:
        yield made


@pytest.fixture
def other(shop, tmp_path):
    """Another desk of the shop, whose network is well."""
    with shop.opened(tmp_path / "other", "office") as app:
        yield app


@pytest.fixture
def desk(qtbot, theme, shop, network, tmp_path, monkeypatch):
    monkeypatch.setattr(connection_banner, "LOST_AFTER_S", 2.0)
    monkeypatch.setattr(lost_commits, "PATIENCE_S", 0.5)
    through = f"postgresql://127.0.0.1:{network.port}/{shop.database}"
    configuration = replace(shop.configuration(tmp_path / "desk"), url=through)
    made = Desk(configuration, theme, Preferences())
    made.start()
    qtbot.waitUntil(lambda: made.app is not None and not made.tasks.is_busy, timeout=WAIT_MS)
    yield made
    network.come_back()
    network.stand_still(still=False)
    made.close()
    made.deleteLater()


def cashier_page(qtbot, desk):
    window = seated(qtbot, desk, "aline")
    page = window.show_page("cashier")
    qtbot.waitUntil(lambda: page.is_settled and not desk.tasks.is_busy, timeout=WAIT_MS)
    return page


def typed(qtbot, form, amount):
    qtbot.keyClicks(form.amount.edit, amount)
    qtbot.keyClick(form.cash.tendered.edit, "=")


def confirm(qtbot, desk, form):
    qtbot.keyClick(form.amount.edit, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: not desk.tasks.is_busy, timeout=WAIT_MS)


def taken(shop):
    with psycopg.connect(shop.owner_url) as connection:
        rows = connection.execute("SELECT amount_minor FROM sanduku.payment ORDER BY id")
        return [row[0] for row in rows]


@pytest.mark.parametrize("way", ["gone", "standing still"])
def test_a_form_outlives_the_network_and_the_desk_catches_up(
    qtbot, desk, other, shop, network, way
):
    page = cashier_page(qtbot, desk)
    banner = desk.window.connection
    typed(qtbot, page.form, "7000")
    assert not banner.isVisible()

    network.go() if way == "gone" else network.stand_still()
    qtbot.waitUntil(banner.isVisible, timeout=WAIT_MS)
    assert "The shop's server cannot be reached since" in banner.text
    assert "What you type stays" in banner.text
    if way == "gone":
        confirm(qtbot, desk, page.form)
        assert page.form.message.text.startswith("Nothing was changed.")
    assert page.form.amount.amount_minor == 7_000

    manager = other.users.sign_in("marie", PASSWORD, "office")
    meanwhile = RecordPayment(
        key="meanwhile", method=PaymentMethod.CASH_ON_DELIVERY, amount_minor=9_000
    )
    row = other.payments.record(manager, meanwhile)
    assert row.payment_id
    heard = []
    desk.app.changes.subscribe(lambda changes: heard.extend(changes.subjects))

    network.come_back() if way == "gone" else network.stand_still(still=False)
    qtbot.waitUntil(lambda: not banner.isVisible(), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: ("payments", row.payment_id) in heard, timeout=WAIT_MS)
    confirm(qtbot, desk, page.form)
    qtbot.waitUntil(lambda: page.form.amount.edit.text() == "", timeout=WAIT_MS)
    assert taken(shop) == [9_000, 7_000]


def test_a_sale_whose_answer_was_lost_is_told_as_saved_and_taken_once(
    qtbot, desk, shop, network, expect_log
):
    expect_log("The answer of a commit was lost")
    page = cashier_page(qtbot, desk)
    typed(qtbot, page.form, "7000")
    network.commit_faults = CommitFaults(answer_lost=1.0)
    confirm(qtbot, desk, page.form)
    qtbot.waitUntil(lambda: page.form.amount.edit.text() == "", timeout=WAIT_MS)
    assert taken(shop) == [7_000]


@pytest.mark.parametrize(
    ("fault", "told"), [("answer_lost", "it was saved"), ("never_sent", "nothing was saved")]
)
def test_an_unknown_sale_is_looked_up_when_the_server_is_back(
    qtbot, desk, shop, network, expect_log, fault, told
):
    expect_log("The answer of a commit was lost")
    page = cashier_page(qtbot, desk)
    banner = desk.window.connection
    typed(qtbot, page.form, "7000")
    network.commit_faults = CommitFaults(**{fault: 1.0}, then_gone=True)
    confirm(qtbot, desk, page.form)
    assert page.form.message.text.startswith("It is not known whether this was done")
    assert page.form.amount.amount_minor == 7_000
    qtbot.waitUntil(lambda: "not known yet" in banner.text, timeout=WAIT_MS)

    network.commit_faults = CommitFaults()
    network.come_back()
    qtbot.waitUntil(lambda: told in banner.text, timeout=WAIT_MS)
    assert banner.text.startswith("The payment recorded at ")
    desk.window.activateWindow()
    qtbot.waitUntil(desk.window.isActiveWindow, timeout=WAIT_MS)
    qtbot.keyClick(
        banner,
        Qt.Key.Key_L,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    qtbot.waitUntil(lambda: not banner.isVisible(), timeout=WAIT_MS)
    confirm(qtbot, desk, page.form)
    qtbot.waitUntil(lambda: page.form.amount.edit.text() == "", timeout=WAIT_MS)
    assert taken(shop) == [7_000]
    with shop.owned() as database:
        assert check(database.engine) == ()
