"""F6: the keyboard goes from one pane of a page to the next that is seen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


def turn_panes(page: QWidget, *panes: Callable[[], QWidget | None]) -> None:
    """Let F6 turn through panes; each is asked for anew, as a pane may show another list."""

    def turn() -> None:
        found = (find() for find in panes)
        shown = [pane for pane in found if pane is not None and pane.isVisible()]
        if not shown:
            return
        places = [place for place, pane in enumerate(shown) if _has_keyboard(pane)]
        following = (places[0] + 1) % len(shown) if places else 0
        shown[following].setFocus(Qt.FocusReason.ShortcutFocusReason)

    QShortcut(QKeySequence("F6"), page).activated.connect(turn)


def _has_keyboard(pane: QWidget) -> bool:
    focused: QWidget | None = pane.window().focusWidget()
    return focused is not None and (focused is pane or pane.isAncestorOf(focused))
