"""Tells a barcode scanner from a person: it types faster than anybody, and ends with Enter."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

MIN_KEYS = 7
MAX_GAP_MS = 35


class ScannerGuard(QObject):
    """Watches fields; a scanned code is taken out of the field it fell into.

    Signals:
        scanned(code): a scanner typed this.
    """

    scanned = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._burst = ""
        self._before = ""
        self._last_ms = 0

    def watch(self, edit: QLineEdit) -> None:
        """Guard a field."""
        edit.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Collect keys that come too fast for a hand; swallow the Enter that ends a scan."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if not isinstance(watched, QLineEdit):
            return False
        at_ms = event.timestamp()
        # Keys that programs send carry no time; only real ones can be told apart.
        is_fast = at_ms > 0 and at_ms - self._last_ms <= MAX_GAP_MS
        self._last_ms = at_ms
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            return self._end(watched, is_fast=is_fast)
        if not is_fast:
            self._burst, self._before = "", watched.text()
        if event.text().isprintable():
            self._burst += event.text()
        return False

    def _end(self, edit: QLineEdit, *, is_fast: bool) -> bool:
        code, self._burst = self._burst, ""
        if not is_fast or len(code) < MIN_KEYS:
            return False
        edit.setText(self._before)
        self.scanned.emit(code)
        return True
