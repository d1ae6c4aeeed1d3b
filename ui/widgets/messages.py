"""What the program tells: in a form, over a page, for a moment, or where nothing is yet."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.errors import KnownError
from ui.theme import gap, set_look
from ui.widgets.basics import IconLabel, PlainLabel, SelectableLabel

_ICONS = {"info": "info", "warning": "alert", "error": "error", "success": "check"}
UNDO_SECONDS = 8


def announce(widget: QWidget, text: str) -> None:
    """Let a screen reader say a text that appeared without the person moving there."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


class InlineMessage(QFrame):
    """A message inside a layout, with the raw text behind Details; takes no room while empty.

    Put it into a layout before it has something to say: a widget without a parent would open a
    window of its own.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        margin = gap(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(margin, margin, margin, margin)
        row = QHBoxLayout()
        row.setSpacing(margin)
        self._icon = IconLabel("info", parent=self, scale=1.2)
        self._text = SelectableLabel()
        self._more = QPushButton()
        set_look(self._more, kind="link")
        self._more.setCheckable(True)
        self._more.toggled.connect(self._on_details_toggled)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)
        row.addWidget(self._more, 0, Qt.AlignmentFlag.AlignTop)
        self._details = SelectableLabel(look="small")
        column.addLayout(row)
        column.addWidget(self._details)
        self.clear()

    @property
    def text(self) -> str:
        """The sentence shown, or an empty text."""
        return self._text.text()

    def show_message(self, text: str, *, level: str = "info", details: str = "") -> None:
        """Show a sentence; ``level`` is info, warning, error or success."""
        set_look(self, look=level)
        token = level if level != "error" else "danger"
        self._icon.set_icon(_ICONS[level], token)
        self._text.setText(text)
        self._details.setText(details)
        self._more.setChecked(False)
        self._on_details_toggled(False)
        self._more.setVisible(bool(details))
        self.setAccessibleName(text)
        self.show()
        announce(self, text)

    def show_error(self, error: KnownError) -> None:
        """Show a known error: its sentence, and its raw text behind Details."""
        self.show_message(error.message, level="error", details=error.details)

    def toggle_details(self) -> None:
        """Show the raw text, or fold it again, as the button does."""
        if self._more.isVisible():
            self._more.toggle()

    def clear(self) -> None:
        """Take the message away."""
        self._text.setText("")
        self._details.setText("")
        self.hide()

    def _on_details_toggled(self, shown: bool) -> None:
        self._more.setText(self.tr("Details ▾") if shown else self.tr("Details ▸"))
        self._details.setVisible(shown)


class InfoBar(QFrame):
    """A lasting state over the page (offline, till not open), one at a time, with one button.

    Signals:
        action_triggered: the button was pressed.
    """

    action_triggered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(gap(self, 1.5), gap(self, 0.8), gap(self), gap(self, 0.8))
        row.setSpacing(gap(self))
        self._icon = IconLabel("info", parent=self, scale=1.2)
        self._text = PlainLabel(wrap=True)
        self._action = QPushButton()
        self._action.clicked.connect(self.action_triggered)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self._action)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence shown, or an empty text."""
        return self._text.text()

    def show_state(self, text: str, *, level: str = "warning", action: str = "") -> None:
        """Show a state; it stays until ``clear``."""
        set_look(self, look=level)
        self._icon.set_icon(_ICONS[level], level if level != "error" else "danger")
        self._text.setText(text)
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self.setAccessibleName(text)
        self.show()

    def clear(self) -> None:
        """Take the bar away."""
        self._text.setText("")
        self.hide()


class EmptyState(QWidget):
    """What a page shows when it has nothing: a picture, a sentence, the button that fills it.

    Signals:
        action_triggered: the button was pressed.
    """

    action_triggered = Signal()

    def __init__(
        self, icon: str, sentence: str, action: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setSpacing(gap(self, 1.5))
        center = Qt.AlignmentFlag.AlignHCenter
        column.addStretch(2)
        column.addWidget(IconLabel(icon, "border_strong", self, scale=3.5), 0, center)
        self.sentence = PlainLabel(sentence, look="muted", wrap=True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.sentence)
        self.button = QPushButton(action, self)
        set_look(self.button, kind="primary")
        self.button.clicked.connect(self.action_triggered)
        self.button.setVisible(bool(action))
        column.addWidget(self.button, 0, center)
        column.addStretch(3)


class Toast(QFrame):
    """An event told for a moment at the foot of a window, with Undo while it can be undone.

    ``Toast.of(window)`` gives the window's one toast; a new message replaces the old one.
    Ctrl+Z presses Undo. The time stands still while the pointer or the focus is on it.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        set_look(self, look="toast")
        row = QHBoxLayout(self)
        row.setContentsMargins(gap(self, 2), gap(self), gap(self), gap(self))
        row.setSpacing(gap(self, 2))
        self._text = PlainLabel()
        self._undo = QPushButton(self.tr("Undo"))
        self._undo.clicked.connect(self._on_undo)
        row.addWidget(self._text)
        row.addWidget(self._undo)
        self._on_undo_wanted: Callable[[], object] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_time_over)
        self._shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self)
        self._shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        self._shortcut.activated.connect(self._on_undo)
        self.hide()
        window.installEventFilter(self)

    @classmethod
    def of(cls, widget: QWidget) -> Toast:
        """Return the one toast of the window a widget stands in."""
        window = widget.window()
        found = window.findChild(cls, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return found or cls(window)

    @property
    def text(self) -> str:
        """What is told at the moment, or an empty text."""
        return self._text.text() if self.isVisible() else ""

    def tell(
        self,
        text: str,
        undo: Callable[[], object] | None = None,
        *,
        seconds: float = UNDO_SECONDS,
    ) -> None:
        """Tell an event; with ``undo`` a button offers to take it back."""
        self._text.setText(text)
        self._on_undo_wanted = undo
        self._undo.setVisible(undo is not None)
        # A notice with nothing to press takes no click from the button that it covers.
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, undo is None)
        self._shortcut.setEnabled(undo is not None)
        self.setAccessibleName(text)
        self._timer.start(round(seconds * 1000))
        # Placed before it is shown: at its first place it could pass under a resting pointer.
        self.ensurePolished()
        self._place()
        self.show()
        self.raise_()
        announce(self, text)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Stay at the foot of the window when it changes size."""
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place()
        return False

    def _place(self) -> None:
        self.adjustSize()
        left = (self._window.width() - self.width()) // 2
        self.move(max(0, left), self._window.height() - self.height() - gap(self, 3))

    def _on_time_over(self) -> None:
        if self.underMouse() or self._undo.hasFocus():
            self._timer.start(1000)
            return
        self._close()

    def _on_undo(self) -> None:
        undo = self._on_undo_wanted
        self._close()
        if undo is not None:
            undo()

    def _close(self) -> None:
        self._timer.stop()
        self._on_undo_wanted = None
        self._shortcut.setEnabled(False)
        self.hide()
