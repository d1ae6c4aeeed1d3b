"""What a person is told to tell accounts, files and the same money apart."""

from __future__ import annotations

from PySide6.QtCore import Qt

from tests.ui.pages.test_reconcile_files import (
    look,
    page,  # noqa: F401 - a fixture
    press,
    shop,  # noqa: F401 - a fixture
    until_shown,
    until_work,
    written,
)
from ui.pages.reconcile.words import short_account

ACCOUNTS = ("BKIGRWRW/00040-0712345-01", "BKIGRWRW/00040-0712345-02")


def by_bank(path, prefix, *accounts):
    rows = ["Account,Book Date,Reference,Description,Amount,Currency"]
    for place, account in enumerate(accounts):
        currency = ("RWF", "USD")[place]
        rows += [
            f"{account},2026-07-0{day},{prefix}{place}{day},Sale,{day}000,{currency}"
            for day in (1, 2, 3)
        ]
    return written(path, *rows)


def test_accounts_that_begin_alike_are_told_apart_everywhere(qtbot, page, tmp_path):  # noqa: F811
    look(qtbot, page, by_bank(tmp_path / "both.csv", "A", *ACCOUNTS))
    ends = [short_account(account) for account in ACCOUNTS]
    assert ends == ["…-0712345-01", "…-0712345-02"]
    preview = page.preview.accounts.rows
    keys = [column.key for column in preview.columns]
    assert [preview.cell(row, keys.index("account"))[0] for row in (0, 1)] == ends
    press(qtbot, page, Qt.Key.Key_Return)
    until_shown(qtbot, page, page.report)
    told = [page.report.model.cell(row, 2)[0] for row in (0, 1)]
    assert told == [f"{ends[0]} · RWF", f"{ends[1]} · USD"]
    press(qtbot, page, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page.start.model.total == 2)
    shown = {(page.start.model.cell(row, 2)[0], page.start.model.cell(row, 3)[0]) for row in (0, 1)}
    assert shown == {(ends[0], "RWF"), (ends[1], "USD")}


def test_the_same_money_under_other_references_is_told_before_the_import(
    qtbot,
    page,  # noqa: F811
    tmp_path,
):
    look(qtbot, page, by_bank(tmp_path / "july.csv", "A", ACCOUNTS[0]))
    press(qtbot, page, Qt.Key.Key_Return)
    until_work(qtbot, page)
    look(qtbot, page, by_bank(tmp_path / "again.csv", "B", ACCOUNTS[0][9:]))
    assert "3 of 3 new lines" in page.preview.message.text
    assert "“july.csv”" in page.preview.message.text


def test_a_statement_that_is_being_opened_offers_nothing_to_press(qtbot, page, tmp_path):  # noqa: F811
    look(qtbot, page, by_bank(tmp_path / "july.csv", "A", ACCOUNTS[0]))
    press(qtbot, page, Qt.Key.Key_Return)
    until_work(qtbot, page)
    work = page.work
    assert work.head.buttons.isVisible()
    assert work.chips.isVisible()
    page.open_item(work.summary.row.reconciliation_id)
    assert not work.head.buttons.isVisible()
    assert not work.chips.isVisible()
    assert work.place.line_id is None
    until_work(qtbot, page)
    assert work.head.buttons.isVisible()
    assert work.chips.isVisible()
