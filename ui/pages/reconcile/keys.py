"""Keys that work while the focus is anywhere within a widget, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


def bind_keys(widget: QWidget, keys: Mapping[str, Callable[[], object]]) -> tuple[QShortcut, ...]:
    """Let keys do their acts within a widget; a letter typed into a field stays a letter.

    Returns:
        The keys, to be switched off while they have no meaning.

    """
    made = []
    for key, act in keys.items():
        shortcut = QShortcut(QKeySequence(key), widget)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(act)
        made.append(shortcut)
    return tuple(made)
