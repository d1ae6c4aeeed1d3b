"""What a window says of a refund that somebody else, or a network, moved on."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QObject

from core.model.payments import PaymentMethod
from core.model.refunds import RefundStatus
from core.services.payments.rules import RecordPayment
from core.services.refunds.news import RefundNews
from core.services.refunds.service import RequestRefund
from tests.ui.pages.small_shop import open_small_shop
from ui.pages.settings.refund_form import RefundForm
from ui.refund_notices import RefundNotices, news_sentence


@pytest.fixture
def shop(qapp, tmp_path):
    opened = open_small_shop(tmp_path / "shop")
    yield opened
    opened.close()


def asked(shop, number=1):
    aline = shop.actor("aline")
    sale = shop.app.payments.record(
        aline,
        RecordPayment(
            key=f"sale-{number}",
            method=PaymentMethod.CASH,
            amount_minor=5_000,
            tendered_minor=5_000,
            complete_now=True,
        ),
    )
    command = RequestRefund(f"ask-{number}", sale.payment_id, 5_000, "Wrong item or amount")
    return shop.app.refunds.request(aline, command)


def test_every_state_has_its_sentence_with_the_amount(shop):
    row = asked(shop)
    for status in RefundStatus:
        said = news_sentence(RefundNews(replace(row, status=status), is_mine=True))
        assert "5\u202f000\u00a0RWF" in said
        assert "%" not in said
    unknown = news_sentence(RefundNews(replace(row, status=RefundStatus.UNKNOWN), is_mine=True))
    assert "not known yet" in unknown
    assert "do not pay it again" in unknown


def test_what_was_there_before_is_no_news_and_many_are_summed_up(qtbot, shop):
    asked(shop, 1)
    told, parent = [], QObject()
    notices = RefundNotices(shop.context("marie"), told.append, parent)
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    notices.changes_arrived({"payments"})
    notices.changes_arrived({"refunds"})
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    assert told == []
    for number in range(2, 7):
        asked(shop, number)
    notices.changes_arrived({"refunds"})
    qtbot.waitUntil(lambda: bool(told))
    assert told[0].count("asks for a refund") == 3
    assert told[0].endswith("2 more refunds moved on")
    notices.changes_arrived({"refunds"})
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    assert len(told) == 1


def test_an_admin_sets_limit_and_reasons_and_hears_what_is_wrong(qtbot, shop):
    form = RefundForm(shop.context("ange"))
    qtbot.addWidget(form)
    form.refresh()
    qtbot.waitUntil(lambda: form.limit.amount_minor == 100_000)
    form.limit.set_amount(30_000)
    form.reasons.setPlainText("")
    form.save.click()
    qtbot.waitUntil(lambda: "Keep at least one reason" in form.message.text)
    form.reasons.setPlainText("Faulty")
    form.save.click()
    qtbot.waitUntil(lambda: form.message.text == "Saved.")
    rules = shop.app.refund_rules.load()
    assert (rules.limit_minor, rules.reasons) == (30_000, ("Faulty", "Another reason"))
    assert not form.has_edits
