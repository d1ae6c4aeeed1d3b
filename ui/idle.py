"""Whether somebody is there: keys and the mouse, and how long there were none."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow

WARN_BEFORE_S = 20
"""How long before the lock the person is told (WCAG 2.2.1: 20 seconds or more, one key extends)."""

_SIGNS = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.InputMethod,
    }
)


class IdleWatch(QObject):
    """Tells when nobody has touched the program's windows for a while.

    Only what arrives at a window from outside is looked at: a filter over every event of every
    widget would cost each of them a call.

    Signals:
        warned: in :data:`WARN_BEFORE_S` seconds the time is over.
        returned: somebody is there again after the warning.
        idle: the time is over.
    """

    warned = Signal()
    returned = Signal()
    idle = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._limit_s = 0
        self._watched: QWindow | None = None
        self._is_warned = False
        self.warning_timer = QTimer(self)
        self.warning_timer.setSingleShot(True)
        self.warning_timer.timeout.connect(self._on_warning_due)
        self.end_timer = QTimer(self)
        self.end_timer.setSingleShot(True)
        self.end_timer.setInterval(WARN_BEFORE_S * 1000)
        self.end_timer.timeout.connect(self._on_end)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.focusWindowChanged.connect(self._on_window)

    def start(self, limit_s: int) -> None:
        """Count from now; 0 seconds is never."""
        self._limit_s = limit_s
        self.stop()
        if limit_s > 0:
            self._on_window(QGuiApplication.focusWindow())
            self._count()

    def stop(self) -> None:
        """Count no longer."""
        self.warning_timer.stop()
        self.end_timer.stop()
        self._is_warned = False
        self._let_go()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Begin to count anew at every sign of somebody."""
        if event.type() in _SIGNS:
            self._on_sign()
        return False

    def _count(self) -> None:
        self.warning_timer.start(max(0, self._limit_s - WARN_BEFORE_S) * 1000)

    def _on_sign(self) -> None:
        if not self.warning_timer.isActive() and not self.end_timer.isActive():
            return
        self.end_timer.stop()
        self._count()
        if self._is_warned:
            self._is_warned = False
            self.returned.emit()

    def _on_window(self, window: QWindow | None) -> None:
        if not self._limit_s or window is None or window is self._watched:
            return
        self._let_go()
        self._watched = window
        window.installEventFilter(self)
        window.destroyed.connect(self._on_destroyed)
        self._on_sign()

    def _let_go(self) -> None:
        if self._watched is not None:
            self._watched.removeEventFilter(self)
            self._watched = None

    def _on_destroyed(self) -> None:
        self._watched = None

    def _on_warning_due(self) -> None:
        self._is_warned = True
        self.end_timer.start()
        self.warned.emit()

    def _on_end(self) -> None:
        self.stop()
        self.idle.emit()
