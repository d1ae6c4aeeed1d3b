"""Buttons: one that cannot be pressed twice, and ready looks."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from ui.icons import icon
from ui.theme import color_name, set_look


def icon_size(widget: QWidget) -> QSize:
    """Return the size of an icon beside a widget's text."""
    side = round(widget.fontMetrics().height() * 1.15)
    return QSize(side, side)


class IconButton(QToolButton):
    """A button that shows only an icon; its name is read out and shown as a tool tip."""

    def __init__(self, icon_name: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self.setAccessibleName(name)
        self.setToolTip(name)
        set_look(self, kind="quiet")
        self.setIconSize(icon_size(self))
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        """Follow another palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        self.setIcon(icon(self._icon_name, color_name("text"), color_name("text_disabled")))


class BusyButton(QPushButton):
    """A button that turns to "Saving…" and is dead from the first click until ``finish()``.

    ``kind`` is primary, danger or quiet. Connect ``clicked``; the button is already busy when
    the slot runs. A slot that starts no work calls ``finish()`` itself.
    """

    def __init__(
        self,
        text: str,
        parent: QWidget | None = None,
        *,
        busy_text: str = "",
        kind: str = "primary",
    ) -> None:
        super().__init__(text, parent)
        self._idle_text = text
        self._busy_text = busy_text or self.tr("Saving…")
        self._is_busy = False
        self._was_focused = False
        self.setAutoDefault(False)
        set_look(self, kind=kind)
        # Connected first, so that every other slot finds the button busy already.
        self.clicked.connect(self.start)

    @property
    def is_busy(self) -> bool:
        """Tell whether work is under way."""
        return self._is_busy

    def setText(self, text: str) -> None:
        """Change the idle text; a busy button shows it later."""
        self._idle_text = text
        if not self._is_busy:
            super().setText(text)

    def start(self) -> None:
        """Become busy."""
        if self._is_busy:
            return
        self._is_busy = True
        self._was_focused = self.hasFocus()
        self.setMinimumWidth(self.width() if self.isVisible() else 0)
        super().setText(self._busy_text)
        self.setEnabled(False)

    def finish(self) -> None:
        """Become pressable again."""
        if not self._is_busy:
            return
        self._is_busy = False
        super().setText(self._idle_text)
        self.setMinimumWidth(0)
        self.setEnabled(True)
        if self._was_focused:
            self.setFocus()


class _PictureButton(QPushButton):
    """A push button with an icon in the colour of its text, in whatever theme."""

    def __init__(self, text: str, icon_name: str, token: str) -> None:
        super().__init__(text)
        self._icon_name, self._token = icon_name, token
        self.setIconSize(icon_size(self))
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        """Follow another palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        shades = color_name(self._token), color_name("text_disabled")
        self.setIcon(icon(self._icon_name, *shades))


def button(text: str, *, kind: str = "", icon_name: str = "") -> QPushButton:
    """Return a push button; ``kind`` is primary, danger, quiet, link or plain ("")."""
    token = {"primary": "on_accent", "danger": "on_danger", "link": "accent"}.get(kind, "text")
    result = _PictureButton(text, icon_name, token) if icon_name else QPushButton(text)
    result.setAutoDefault(False)
    if kind:
        set_look(result, kind=kind)
    return result
