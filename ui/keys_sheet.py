"""The sheet under F1: every key of the program."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ui.theme import gap
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import button

_GROUPS: tuple[tuple[object, tuple[tuple[str, object], ...]], ...] = (
    (
        QT_TRANSLATE_NOOP("KeysSheet", "Everywhere"),
        (
            ("Alt+1 … Alt+9", QT_TRANSLATE_NOOP("KeysSheet", "Go to a page")),
            ("Ctrl+F", QT_TRANSLATE_NOOP("KeysSheet", "Search")),
            ("F5", QT_TRANSLATE_NOOP("KeysSheet", "Read the page again")),
            ("F8", QT_TRANSLATE_NOOP("KeysSheet", "Lock the screen")),
            ("Ctrl+Shift+D", QT_TRANSLATE_NOOP("KeysSheet", "Dark or light")),
            ("Ctrl+Shift+Q", QT_TRANSLATE_NOOP("KeysSheet", "Sign out")),
            ("Ctrl+Q", QT_TRANSLATE_NOOP("KeysSheet", "Quit")),
            ("Esc", QT_TRANSLATE_NOOP("KeysSheet", "Close; typed data is never lost unasked")),
        ),
    ),
    (
        QT_TRANSLATE_NOOP("KeysSheet", "Taking a payment"),
        (
            ("F2", QT_TRANSLATE_NOOP("KeysSheet", "New payment")),
            ("Ctrl+1 … Ctrl+6", QT_TRANSLATE_NOOP("KeysSheet", "Cash, MTN, Airtel, bank, …")),
            ("+", QT_TRANSLATE_NOOP("KeysSheet", "In an amount: add 000")),
            ("−", QT_TRANSLATE_NOOP("KeysSheet", "In an amount: empty the field")),
            ("=", QT_TRANSLATE_NOOP("KeysSheet", "In “Customer gave”: exactly the amount")),
            ("Ctrl+L", QT_TRANSLATE_NOOP("KeysSheet", "Add a sale line")),
            ("Enter", QT_TRANSLATE_NOOP("KeysSheet", "Next field")),
            ("F12", QT_TRANSLATE_NOOP("KeysSheet", "Confirm the payment")),
            ("Ctrl+P", QT_TRANSLATE_NOOP("KeysSheet", "Open the last invoice")),
            ("Ctrl+R", QT_TRANSLATE_NOOP("KeysSheet", "Ask for a refund")),
            ("F6", QT_TRANSLATE_NOOP("KeysSheet", "To the waiting list and back")),
        ),
    ),
    (
        QT_TRANSLATE_NOOP("KeysSheet", "Lists and tables"),
        (
            ("Enter", QT_TRANSLATE_NOOP("KeysSheet", "Open")),
            ("Space", QT_TRANSLATE_NOOP("KeysSheet", "Select or unselect a row")),
            ("Ctrl+C", QT_TRANSLATE_NOOP("KeysSheet", "Copy the rows")),
            ("Ctrl+Shift+C", QT_TRANSLATE_NOOP("KeysSheet", "Copy the cell")),
            ("Ctrl+Z", QT_TRANSLATE_NOOP("KeysSheet", "Undo, while it is offered")),
        ),
    ),
)


class KeysSheet(QDialog):
    """Groups of keys side by side; Esc, Enter and F1 close it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keys"))
        margin = gap(self, 2.5)
        column = QVBoxLayout(self)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(gap(self, 2))
        column.addWidget(PlainLabel(self.tr("Keys"), look="title"))
        groups = QHBoxLayout()
        groups.setSpacing(gap(self, 5))
        for title, keys in _GROUPS:
            groups.addLayout(self._group(_word(title), keys))
        column.addLayout(groups)
        row = QHBoxLayout()
        row.addStretch(1)
        close = button(self.tr("Close (Esc)"), kind="primary")
        close.setDefault(True)
        close.setShortcut("F1")
        close.setText(self.tr("Close (Esc)"))
        close.clicked.connect(self.accept)
        row.addWidget(close)
        column.addLayout(row)

    def _group(self, title: str, keys: tuple[tuple[str, object], ...]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(gap(self, 2))
        grid.setVerticalSpacing(gap(self, 0.8))
        grid.addWidget(PlainLabel(title, look="heading"), 0, 0, 1, 2)
        for row, (key, text) in enumerate(keys, start=1):
            grid.addWidget(PlainLabel(key, look="key"), row, 0)
            grid.addWidget(PlainLabel(_word(text)), row, 1)
        grid.setRowStretch(len(keys) + 1, 1)
        return grid


def _word(text: object) -> str:
    return QCoreApplication.translate("KeysSheet", str(text))
