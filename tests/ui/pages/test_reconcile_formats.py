"""Formats without columns through the page: messages pasted from a phone, a bank's MT940."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from core.model.reconciliations import StatementProvider
from tests.ui.pages.reconcile_steps import rows
from tests.ui.pages.test_reconcile_files import (
    look,
    page,  # noqa: F401 - a fixture
    press,
    shop,  # noqa: F401 - a fixture
    until_shown,
    until_work,
    written,
)

MESSAGES = (
    (
        "You have received 2000 RWF from Alice Keza (*********013) on your mobile money account at"
        " 2026-05-10 16:30:51. Message from sender: . Your new balance:2000 RWF. Financial"
        " Transaction Id: 76662021701."
    ),
    (
        "TxId: 73214484438. Your payment of 1,000 RWF to Jean Bosco 12845 has been completed at"
        " 2026-05-10 16:31:39. Your new balance: 1,000 RWF. Fee was 0 RWF."
    ),
    (
        "*113*R*A bank deposit of 40000 RWF has been added to your mobile money account at"
        " 2026-05-11 18:43:49. Your NEW BALANCE :41000 RWF. Cash Deposit::CASH::::0::250788000036."
    ),
)

MT940 = (
    ":20:START",
    ":25:BKIGRWRW/0001234567",
    ":28C:1/1",
    ":60F:C260701RWF1000,",
    ":61:2607010701C500,NTRFNONREF",
    ":86:Sale one",
    ":61:2607020702D200,NCHGNONREF",
    ":86:Monthly charge",
    ":62F:C260702RWF1300,",
    "-",
)


def test_messages_pasted_from_a_phone_become_a_statement(qtbot, shop, page):  # noqa: F811
    QGuiApplication.clipboard().setText("\n".join(MESSAGES))
    press(qtbot, page, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    until_shown(qtbot, page, page.preview)
    assert page.preview.provider is StatementProvider.MTN
    assert not page.preview.map_button.isVisible()
    press(qtbot, page, Qt.Key.Key_Return)
    until_work(qtbot, page)
    amounts = [each.line.amount_minor for each in rows(page)]
    assert amounts == [2000, -1000, 40_000]
    row = page.work.summary.row
    assert (shop.folder / row.file_upload).read_text(encoding="utf-8") == "\n".join(MESSAGES)
    assert row.file_upload.endswith(".txt")


def test_a_format_without_columns_offers_no_mapping(qtbot, page, tmp_path):  # noqa: F811
    look(qtbot, page, written(tmp_path / "july.sta", *MT940))
    assert not page.preview.map_button.isVisible()
    assert not page.preview.card.profile_choice.isVisible()
    press(qtbot, page, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    press(qtbot, page, Qt.Key.Key_Return)
    until_work(qtbot, page)
    row = page.work.summary.row
    assert (row.total_transactions, row.balance_gap_minor) == (2, 0)
    assert row.file_upload.endswith(".sta")
