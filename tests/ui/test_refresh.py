import threading
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog

from ui.refresh import REFRESH_PAUSE_MS, RefreshWhenVisible
from ui.relay import ChangeRelay


class Page(RefreshWhenVisible):
    watches = frozenset({"payments"})

    def __init__(self):
        super().__init__()
        self.refreshed = 0

    def refresh(self):
        self.refreshed += 1


@dataclass(frozen=True)
class News:
    topics: frozenset[str]


class Feed:
    def __init__(self):
        self.callbacks = []

    def subscribe(self, callback):
        self.callbacks.append(callback)
        return lambda: self.callbacks.remove(callback)


def test_a_change_told_on_another_thread_arrives_on_the_gui_thread(qtbot):
    feed, seen = Feed(), []
    relay = ChangeRelay(feed)
    relay.changed.connect(
        lambda topics: seen.append((topics, threading.current_thread())),
        Qt.ConnectionType.DirectConnection,
    )
    teller = threading.Thread(target=lambda: feed.callbacks[0](News(frozenset({"payments"}))))
    teller.start()
    teller.join()
    assert not seen, "nothing of a change runs on the teller's thread"
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [(frozenset({"payments"}), threading.main_thread())]
    relay.close()
    assert not feed.callbacks
    relay.deleteLater()


def test_a_hidden_page_refreshes_once_when_it_is_shown(qtbot):
    page = Page()
    qtbot.addWidget(page)
    page.changes_arrived({"payments"})
    page.changes_arrived({"payments"})
    assert page.refreshed == 0
    page.show()
    assert page.refreshed == 1
    page.hide()
    page.show()
    assert page.refreshed == 1


def test_a_visible_page_refreshes_for_watched_topics_only(qtbot):
    page = Page()
    qtbot.addWidget(page)
    page.show()
    page.changes_arrived({"refunds"})
    assert page.refreshed == 1
    page.changes_arrived({"payments", "refunds"})
    assert page.refreshed == 2


def test_an_open_form_holds_the_refresh_until_it_is_closed(qtbot):
    page = Page()
    qtbot.addWidget(page)
    page.show()
    form = QDialog(page)
    page.open_form(form)
    page.changes_arrived({"payments"})
    assert page.refreshed == 1
    form.reject()
    assert page.refreshed == 2


def test_a_burst_of_changes_is_followed_at_once_and_once_more_after_it(qtbot):
    page = Page()
    qtbot.addWidget(page)
    page.show()
    for _ in range(50):
        page.changes_arrived({"payments"})
    assert page.refreshed == 2
    qtbot.waitUntil(lambda: page.refreshed == 3)
    qtbot.wait(2 * REFRESH_PAUSE_MS)
    assert page.refreshed == 3
