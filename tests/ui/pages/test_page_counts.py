"""What the left navigation counts, for those who can do something about it."""

from dataclasses import replace

import pytest

from core.permissions import Role
from core.services.mail.rows import MailStatus
from ui.gallery_mail import fill_mail
from ui.gallery_shop import MANAGER, open_sample_shop
from ui.main_window import MainWindow
from ui.page_counts import PAGE_COUNTS
from ui.page_entries import ENTRIES
from ui.pages.subscriptions.gallery import fill as fill_subscriptions
from ui.relay import ChangeRelay

CASHIER = replace(MANAGER, role=Role.CASHIER)


@pytest.fixture
def shop(qapp):
    opened = open_sample_shop(payments=24)
    yield opened
    opened.close()


def title(window, page):
    return window.navigation._buttons[page].text()


def test_refused_mails_and_subscriptions_past_due_are_counted_as_they_come(qtbot, shop):
    relay = ChangeRelay(shop.app.changes)
    manager, cashier = (MainWindow(shop.context(each), relay) for each in (MANAGER, CASHIER))
    for window in (manager, cashier):
        qtbot.addWidget(window)
    relay.setParent(manager)
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    assert "(" not in title(manager, "mail") + title(manager, "subscriptions")
    fill_mail(shop)
    fill_subscriptions(shop)
    relay.changed.emit(frozenset({"mail", "subscriptions"}))
    qtbot.waitUntil(lambda: not shop.tasks.is_busy)
    refused = shop.app.mail_queue.counts(MANAGER)[MailStatus.REFUSED]
    behind = shop.app.subscription_lists.needing_a_look(MANAGER)
    assert refused
    assert behind
    assert f"({refused})" in title(manager, "mail")
    assert f"({behind})" in title(manager, "subscriptions")
    assert f"({refused})" in title(cashier, "mail")
    assert "(" not in title(cashier, "subscriptions")


def test_every_count_belongs_to_a_page():
    assert {count.page for count in PAGE_COUNTS} <= {entry.key for entry in ENTRIES}


def test_the_mail_card_of_today_tells_what_the_mail_page_counts(shop):
    assert shop.app.dashboard.figures(MANAGER).mail is None
    fill_mail(shop)
    counts = shop.app.mail_queue.counts(MANAGER)
    mail = shop.app.dashboard.figures(MANAGER).mail
    assert mail.waiting == counts[MailStatus.WAITING] + counts[MailStatus.SENDING]
    assert mail.refused == counts[MailStatus.REFUSED]
    assert mail.refused
