"""The program's one window: one screen at a time, and a bar for what went wrong.

It needs nothing of a shop, so it is painted before the shop's file is even opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from resources import resource_path
from ui.preferences import Preferences
from ui.theme import gap
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import button
from ui.widgets.logo import Logo
from ui.widgets.messages import InfoBar, InlineMessage

if TYPE_CHECKING:
    from core.app import App
    from ui.connection_banner import ConnectionBanner
    from ui.tasks import TaskRunner


class ProgramWindow(QMainWindow):
    """Shows opening, set-up, sign-in and the shop's pages, each filling the window.

    Signals:
        first_painted: the window stands on the screen; heavy work may begin.
        close_requested: the person wants to leave; accept it by ``close_for_good``.
        notice_action_triggered: the button of the notice was pressed.
    """

    first_painted = Signal()
    close_requested = Signal()
    notice_action_triggered = Signal()

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._preferences = preferences
        self._may_close = False
        self._was_painted = False
        self.connection: ConnectionBanner | None = None
        self.setWindowTitle("Sanduku")
        body = QWidget()
        self._column = column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.notice = InfoBar(body)
        self.notice.action_triggered.connect(self.notice_action_triggered)
        self.screens = QStackedWidget()
        column.addWidget(self.notice)
        column.addWidget(self.screens, 1)
        self.setCentralWidget(body)
        leave = QAction(self.tr("Quit"), self)
        leave.setShortcut(QKeySequence("Ctrl+Q"))
        leave.triggered.connect(self.close)
        self.addAction(leave)
        if not self.restoreGeometry(preferences.geometry):
            character, line = self.fontMetrics().averageCharWidth(), self.fontMetrics().height()
            self.resize(max(1100, character * 150), max(700, line * 44))

    def watch_connection(self, app: App, tasks: TaskRunner) -> None:
        """Tell over everything when the server of a shared shop cannot be reached."""
        if app.database.is_shared:
            from ui.connection_banner import ConnectionBanner  # noqa: PLC0415 - a shop of one desk owes none of it

            self.connection = ConnectionBanner(app, tasks)
            self._column.insertWidget(0, self.connection)

    def show_screen(self, screen: QWidget) -> None:
        """Fill the window with a screen; the one before is hidden, not closed."""
        if self.screens.indexOf(screen) < 0:
            self.screens.addWidget(screen)
        self.screens.setCurrentWidget(screen)

    def drop_screen(self, screen: QWidget) -> None:
        """Take a screen away for good."""
        self.screens.removeWidget(screen)
        screen.hide()
        screen.deleteLater()

    def close_for_good(self) -> None:
        """Close without asking again, and remember where the window stood."""
        self._may_close = True
        self._preferences.geometry = self.saveGeometry()
        self.close()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell once that the window has been painted."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.first_painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask the program first: something typed may still be unsaved."""
        if not self._may_close:
            self.close_requested.emit()
        # Whoever listened may have agreed meanwhile.
        event.setAccepted(self._may_close)


class OpeningScreen(QWidget):
    """What stands in the window while the shop is opened, and why when it cannot be.

    Signals:
        quit_requested: leave the program.
        other_folder_requested: open the shop of another folder.
    """

    quit_requested = Signal()
    other_folder_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setSpacing(gap(self, 2))
        center = Qt.AlignmentFlag.AlignHCenter
        column.addStretch(2)
        column.addWidget(Logo(resource_path("icons", "sanduku.svg")), 0, center)
        self.title = PlainLabel("Sanduku", look="title")
        column.addWidget(self.title, 0, center)
        self.state = PlainLabel(self.tr("Opening the shop…"), look="muted")
        column.addWidget(self.state, 0, center)
        self.message = InlineMessage(self)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.message, 2)
        middle.addStretch(1)
        column.addLayout(middle)
        row = QHBoxLayout()
        self.other_folder = button(self.tr("Choose another folder…"), kind="primary")
        self.other_folder.clicked.connect(self.other_folder_requested)
        self.leave = button(self.tr("Quit (Ctrl+Q)"))
        self.leave.clicked.connect(self.quit_requested)
        row.addStretch(1)
        row.addWidget(self.leave)
        row.addWidget(self.other_folder)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(3)
        self.show_opening()

    def show_opening(self) -> None:
        """Say that the shop is being opened."""
        self.message.clear()
        self.state.show()
        self.other_folder.hide()
        self.leave.hide()

    def show_failure(self, text: str, details: str = "") -> None:
        """Say in a sentence why the shop cannot be opened, with the two ways on."""
        self.state.hide()
        self.message.show_message(text, level="error", details=details)
        self.other_folder.show()
        self.leave.show()
        self.other_folder.setFocus()
