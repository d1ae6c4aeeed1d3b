"""Panes of a page: F6 goes from one to the next, and one beside a list scrolls under its head."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QVBoxLayout, QWidget

from ui.theme import gap, set_look


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


def scrolled_card(
    pane: QFrame, head: QLayout, *, name: str, shown: str, characters: int
) -> tuple[QScrollArea, QVBoxLayout]:
    """Make a pane a card with a head that stays and a column that scrolls, to be filled.

    ``name`` and ``shown`` are what the pane and its column are called for a screen reader.
    """
    pane.setAccessibleName(name)
    set_look(pane, look="card")
    outer = QVBoxLayout(pane)
    margin = gap(pane, 1.6)
    outer.setContentsMargins(margin, margin, gap(pane, 0.4), margin)
    outer.addLayout(head)
    area = QScrollArea()
    area.setAccessibleName(shown)
    area.setWidgetResizable(True)
    content = QWidget()
    set_look(content, look="page")
    column = QVBoxLayout(content)
    column.setContentsMargins(0, 0, margin, 0)
    column.setSpacing(gap(pane, 1.2))
    area.setWidget(content)
    outer.addWidget(area, 1)
    pane.setMinimumWidth(pane.fontMetrics().averageCharWidth() * characters)
    pane.setMinimumHeight(pane.fontMetrics().height() * 12)
    return area, column


def _has_keyboard(pane: QWidget) -> bool:
    focused: QWidget | None = pane.window().focusWidget()
    return focused is not None and (focused is pane or pane.isAncestorOf(focused))
