"""Pages that follow the data: visible ones at once, hidden ones when they are shown.

However fast changes come, a page follows them four times a second at most. A page that has an
editor or a form open waits, so that nothing moves under the person's hands:

    class PaymentsPage(RefreshWhenVisible, QWidget):
        watches = frozenset({"payments", "refunds"})
        def refresh(self) -> None: ...
    relay.changed.connect(page.changes_arrived)
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QWidget

REFRESH_PAUSE_MS = 250
"""From one following of changes to the next."""


class RefreshWhenVisible(QWidget):
    """Base of a page: calls ``refresh()`` when watched topics changed and the page is seen."""

    watches: frozenset[str] = frozenset()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_stale = True
        self._open_editors = 0
        self._refresh_pause = QTimer(self)
        self._refresh_pause.setSingleShot(True)
        self._refresh_pause.setInterval(REFRESH_PAUSE_MS)
        self._refresh_pause.timeout.connect(self._refresh_then_pause)

    def refresh(self) -> None:
        """Read the page's data again."""
        raise NotImplementedError

    def changes_arrived(self, topics: AbstractSet[str]) -> None:
        """Note that topics changed, and refresh if they are watched and the page is seen."""
        if self.watches & topics:
            self._is_stale = True
            if not self._refresh_pause.isActive():
                self._refresh_then_pause()

    def hold_refresh(self) -> None:
        """Wait with refreshing until ``release_refresh``: an editor is open."""
        self._open_editors += 1

    def release_refresh(self) -> None:
        """An editor closed; catch up if anything changed meanwhile."""
        self._open_editors = max(0, self._open_editors - 1)
        self._refresh_if_possible()

    def open_form(self, dialog: QDialog) -> None:
        """Open a dialog without blocking and hold refreshing until it is finished.

        A closed dialog is deleted: a till runs all day and opens thousands.
        """
        self.hold_refresh()
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(self.release_refresh)
        dialog.open()

    def showEvent(self, event: QShowEvent) -> None:
        """Refresh a page that went stale while it was hidden."""
        super().showEvent(event)
        self._refresh_if_possible()

    def _refresh_then_pause(self) -> None:
        if self._refresh_if_possible():
            self._refresh_pause.start()

    def _refresh_if_possible(self) -> bool:
        if not self._is_stale or not self.isVisible() or self._open_editors:
            return False
        self._is_stale = False
        self.refresh()
        return True
