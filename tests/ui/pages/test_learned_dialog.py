"""The list of what was learned, through its own widgets."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from core.matching.fees import FeeRule, FeeTier
from core.model.reconciliations import StatementProvider
from core.services.learning.rows import LessonKind
from core.services.statements.desk import ImportStatement
from tests.ui.pages.small_shop import open_small_shop
from ui.pages.reconcile.learned_dialog import LearnedDialog
from ui.pages.reconcile.learned_words import fee_words
from ui.pages.reconcile.page import ReconcilePage

STATEMENT = (
    "Date,Reference,Description,Amount",
    "2026-07-01,C1,FRAIS TENUE DE COMPTE,-1000",
    "2026-07-02,C2,COMMISSION SUR VIREMENT,-500",
)


@pytest.fixture
def shop(qapp, tmp_path):
    opened = open_small_shop(tmp_path / "shop")
    yield opened
    opened.close()


@pytest.fixture
def taught(shop, tmp_path):
    """The shop once a clerk set two lines aside."""
    path = tmp_path / "july.csv"
    path.write_text("\n".join(STATEMENT) + "\n", encoding="utf-8")
    clerk = shop.actor("claude")
    (taken,) = shop.app.statements.import_file(clerk, ImportStatement(path, StatementProvider.BANK))
    detail = shop.app.reconciliations.detail(clerk, taken.reconciliation.reconciliation_id)
    for line in detail.lines:
        shop.app.reconciliations.ignore(clerk, line.line_id, reason="Bank charge")
    return shop


@pytest.fixture
def page(qtbot, taught):
    made = ReconcilePage(taught.context("claude"))
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def dialog(qtbot, page):
    page.start.learned_button.click()
    qtbot.waitUntil(lambda: page.findChild(LearnedDialog) is not None)
    made = page.findChild(LearnedDialog)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    qtbot.waitUntil(lambda: made.tabs.tabText(1) == "Set aside 2")
    return made


def test_lessons_stand_under_their_kind_and_are_found_by_typing(qtbot, dialog):
    assert [dialog.tabs.tabText(place)[-1] for place in range(4)] == ["0", "2", "0", "0"]
    # The first kind of which something was learned is shown first.
    assert dialog.model.total == 2
    qtbot.keyClick(dialog, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert dialog.empty.isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    dialog.search.search_for("tenue")
    qtbot.waitUntil(lambda: dialog.model.total == 1)
    assert dialog.model.row_at(0).shown == "FRAIS TENUE DE COMPTE"
    dialog.close_button.click()


def test_delete_forgets_several_and_undo_puts_them_back(qtbot, taught, dialog):
    dialog.tabs.setCurrentIndex(1)
    dialog.table.selectAll()
    qtbot.keyClick(dialog.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: dialog.tabs.tabText(1) == "Set aside 0")
    assert taught.app.learning.lessons(taught.actor("claude")) == ()
    assert "Ctrl+Z" in dialog.message.text
    qtbot.keyClick(dialog, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: dialog.tabs.tabText(1) == "Set aside 2")
    rows = taught.app.learning.lessons(taught.actor("claude"))
    assert {row.ref.kind for row in rows} == {LessonKind.WORDING}
    assert not dialog.undo_button.isEnabled()
    dialog.close_button.click()


@pytest.mark.parametrize(
    ("tiers", "words"),
    [
        ((FeeTier(basis_points=100),), "1.00 %"),
        ((FeeTier(basis_points=50, fixed_minor=20),), "0.50 % + 20 RWF"),
        (
            (FeeTier(basis_points=100, minimum_minor=50, maximum_minor=900),),
            "1.00 %, at least 50 RWF, at most 900 RWF",
        ),
        (
            (
                FeeTier(up_to_minor=499),
                FeeTier(fixed_minor=20, up_to_minor=900),
                FeeTier(up_to_minor=1_099),
                FeeTier(fixed_minor=100, up_to_minor=9_000),
            ),
            "20 RWF from 500 RWF to 900 RWF; 100 RWF from 1 100 RWF to 9 000 RWF",
        ),
    ],
)
def test_a_fee_rule_is_told_in_words(qapp, tiers, words):
    told = fee_words(FeeRule("mtn_mobile_money", tiers), "RWF")
    assert " ".join(told.split()) == words
