"""A statement that was closed tells of its closing, whatever happens to its payments afterwards."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from core.clock import shop_time
from core.model.reconciliations import StatementProvider
from core.money import display
from core.services.statements.desk import ImportStatement
from tests.core.services.by_hand import match_by_hand
from tests.ui.pages.small_shop import open_small_shop
from tests.ui.pages.test_reconcile_page import (
    ROWS,
    form_of,
    press,
    show,
    take,
    take_in,
    until_settled,
    write_statement,
)
from ui.pages.reconcile.dialogs import CloseSheet, StepDialog


@pytest.fixture
def shop(qapp, tmp_path):
    opened = open_small_shop(tmp_path / "shop")
    yield opened
    opened.close()


def submit(qtbot, page, kind):
    form = form_of(qtbot, page, kind)
    form.notes.setPlainText("two deposits nobody knows")
    form.activateWindow()
    qtbot.waitUntil(form.isActiveWindow)
    qtbot.keyClick(form, Qt.Key.Key_F12)
    until_settled(qtbot, page)


def amounts(model):
    return [model.row_at(place).amount_minor for place in range(model.total)]


def prove(shop, tmp_path, payment_id, amount):
    """Prove a payment by another statement, at another desk."""
    path = write_statement(tmp_path, f"{{day}},{{day}},L1,DEPOSIT,,{amount},", name="later.csv")
    clerk = shop.actor("claude")
    (imported,) = shop.app.statements.import_file(
        clerk, ImportStatement(path, StatementProvider.BANK)
    )
    later = imported.reconciliation.reconciliation_id
    (line,) = shop.app.reconciliations.detail(clerk, later).lines
    match_by_hand(shop.app, clerk, later, [line.line_id], [payment_id])


def test_a_closed_statement_shows_what_was_unmatched_at_its_closing(qtbot, shop, tmp_path):
    take(shop, "a", 240_000, transaction="FT26182A1B2C", name="Eric Niyonzima")
    deposit = take(shop, "b", 15_000, transaction="SLIP-1", name="Alice Keza")
    take(shop, "c", 7_000, transaction="SLIP-2", name="Jean Bosco")
    page = show(qtbot, shop.context("marie"))
    take_in(qtbot, page, write_statement(tmp_path, *ROWS))
    missing, pane = page.work.missing, page.work.payments
    press(qtbot, page, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: missing.heading.text().startswith("2 unmatched payments"))
    press(qtbot, page, Qt.Key.Key_F12)
    submit(qtbot, page, CloseSheet)
    row = page.work.summary.row

    prove(shop, tmp_path, deposit.payment_id, 15_000)
    take(shop, "d", 30_000, transaction="SLIP-4", name="Claire Uwase")
    page.refresh()
    until_settled(qtbot, page)
    closing = f"at the closing on {shop_time(row.reconciled_at):%Y-%m-%d %H:%M}"
    told = f"2 payments unmatched {closing}, together {display(22_000)}"
    qtbot.waitUntil(lambda: missing.heading.text() == told)
    assert amounts(missing.model) == [15_000, 7_000]
    assert page.work.chips.missing.text().endswith("2")
    qtbot.waitUntil(lambda: pane.heading.text() == "Unmatched at the closing 2")
    assert amounts(pane.table.model_of_payments) == [15_000, 7_000]
    page.work.chips.missing.click()
    missing.search.search_for("alice")
    found = f"1 found among what was unmatched {closing}, together {display(15_000)}"
    qtbot.waitUntil(lambda: missing.heading.text() == found)
    missing.search.search_for("")

    press(qtbot, page, Qt.Key.Key_O)
    submit(qtbot, page, StepDialog)
    now = f"2 unmatched payments, together {display(37_000)}"
    qtbot.waitUntil(lambda: missing.heading.text() == now)
    assert amounts(missing.model) == [7_000, 30_000]
    qtbot.waitUntil(lambda: pane.heading.text() == "Unmatched payments 2")


def test_a_closed_statement_that_left_nothing_unmatched_says_so(qtbot, shop, tmp_path):
    page = show(qtbot, shop.context("marie"))
    take_in(qtbot, page, write_statement(tmp_path, *ROWS))
    press(qtbot, page, Qt.Key.Key_F12)
    submit(qtbot, page, CloseSheet)

    take(shop, "d", 30_000, transaction="SLIP-4", name="Claire Uwase")
    page.refresh()
    until_settled(qtbot, page)

    told = "When it was closed, a statement proved every completed payment of these days."
    qtbot.waitUntil(lambda: page.work.missing.note.text() == told)
    assert page.work.missing.model.total == 0
