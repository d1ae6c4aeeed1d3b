"""The one bridge from the core's change feed, which speaks on any thread, to the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal

from core.model.journal import Topic


class News(Protocol):
    """What a change feed tells: the topics touched since it last spoke ("payments", …)."""

    @property
    def topics(self) -> AbstractSet[str]:
        """The words of the topics."""


class ChangeFeed(Protocol):
    """Tells of changes on a thread of its own; ``core.app.App.changes`` is one."""

    def subscribe(self, callback: Callable[[News], None], /) -> Callable[[], None]:
        """Call back on every change until the returned function is called."""


class ChangeRelay(QObject):
    """Passes changes on in the GUI thread.

    Signals:
        changed(topics): a frozenset of topic words; connect pages' ``changes_arrived``.
    """

    changed = Signal(object)
    _incoming = Signal(object)

    def __init__(self, feed: ChangeFeed, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._incoming.connect(self.changed, Qt.ConnectionType.QueuedConnection)
        self._unsubscribe: Callable[[], None] | None = feed.subscribe(self._on_news)

    def close(self) -> None:
        """Stop listening; call it before the program takes the feed or this object away."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    def catch_up(self) -> None:
        """Say that anything may have changed: for a while nobody could tell this desk."""
        self.changed.emit(frozenset(str(topic) for topic in Topic))

    def _on_news(self, news: News) -> None:
        self._incoming.emit(frozenset(str(topic) for topic in news.topics))
