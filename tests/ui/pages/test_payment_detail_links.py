"""From a payment to its invoice's paper, its place among invoices, and the statement it is on."""

import pytest
from PySide6.QtCore import Qt

from core.model.payments import Payment
from core.model.reconciliations import (
    LineState,
    Match,
    MatchLine,
    MatchPayment,
    MatchState,
    PaymentReconciliation,
    StatementLine,
    StatementProvider,
)
from tests.ui.pages.payments_steps import choose, open_page, settle, take
from ui.gallery_shop import CLERK, MANAGER, open_sample_shop
from ui.printing.preview_dialog import PreviewDialog
from ui.widgets.basics import SelectableLabel
from ui.widgets.buttons import QPushButton


@pytest.fixture
def shop(qapp):
    opened = open_sample_shop(payments=0)
    yield opened
    opened.close()


def prove(shop, payment_id):
    """Let a line of a statement stand for a payment, as an approved match leaves it."""
    with shop.app.database.write(None) as unit:
        reconciliation = PaymentReconciliation(
            file_name="june.csv",
            file_sha256="0" * 64,
            provider=StatementProvider.BANK,
            imported_by="claude",
            imported_at=unit.now,
        )
        line = StatementLine(
            reconciliation=reconciliation,
            line_number=7,
            fingerprint="f" * 64,
            line_date=unit.now.date(),
            amount_minor=15_000,
            currency="RWF",
            transaction_id="FT77",
            state=LineState.MATCHED,
        )
        match = Match(
            reconciliation=reconciliation,
            kind="one_to_one",
            state=MatchState.APPROVED,
            proposed_at=unit.now,
        )
        unit.session.add_all([line, match])
        unit.session.flush()
        key = unit.session.query(Payment.id).filter_by(payment_id=payment_id).scalar()
        unit.session.add(MatchLine(match_id=match.id, line_id=line.id, active=True))
        unit.session.add(MatchPayment(match_id=match.id, payment_id=key, active=True))
        unit.commit()
        return reconciliation.reconciliation_id


def link(page, words):
    return next(b for b in page.detail.findChildren(QPushButton) if words in b.text())


def test_the_statement_line_leads_to_its_reconciliation(qtbot, shop):
    payment = take(shop)
    reconciliation = prove(shop, payment.payment_id)
    page = open_page(qtbot, shop, CLERK)
    choose(qtbot, shop, page, 0)
    told = [label.text() for label in page.detail.findChildren(SelectableLabel)]
    assert any("15\u202f000\u00a0RWF · FT77" in text for text in told)
    with qtbot.waitSignal(page.item_requested) as asked:
        link(page, "Line 7 of june.csv").click()
    assert asked.args == ["reconcile", reconciliation]


def test_the_invoice_is_looked_at_and_found_among_invoices(qtbot, shop):
    payment = take(shop)
    shop.app.invoices.generate(CLERK, payment.payment_id)
    page = open_page(qtbot, shop, CLERK)
    choose(qtbot, shop, page, 0)
    number = page.detail.detail.invoice.invoice_number
    with qtbot.waitSignal(page.item_requested) as asked:
        page.detail.invoice_link.click()
    assert asked.args == ["invoices", number]
    qtbot.keyClick(
        page, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    qtbot.waitUntil(lambda: bool(page.findChildren(PreviewDialog)))
    [dialog] = page.findChildren(PreviewDialog)
    qtbot.waitUntil(lambda: dialog.preview.is_drawn)


def test_the_history_says_from_which_state_to_which(qtbot, shop):
    payment = take(shop)
    shop.app.payments.cancel(MANAGER, payment.payment_id, note="Changed their mind")
    page = open_page(qtbot, shop, CLERK)
    choose(qtbot, shop, page, 0)
    settle(qtbot, shop, page)
    newest = page.detail._history.facts[0][1]
    assert newest.endswith("called it off: Changed their mind (Waiting → Cancelled)")
