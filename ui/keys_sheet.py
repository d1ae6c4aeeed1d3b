"""The sheet under F1: every key of the program, beginning with those of the page shown."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QListWidget,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ui.keys import ALWAYS, FURTHER, PAGES, Group
from ui.theme import gap, set_look
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import button


class KeysSheet(QDialog):
    """The keys of one page beside those that hold everywhere; Esc, Enter and F1 close it.

    It opens at the page the person is on; the arrows go to another page's keys.
    """

    def __init__(self, parent: QWidget | None = None, *, page: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keys"))
        margin = gap(self, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(gap(self, 1.5))
        column.addWidget(PlainLabel(self.tr("Keys"), look="title"))
        self.pages = QListWidget()
        self.pages.setAccessibleName(self.tr("Pages"))
        self.stack = QStackedWidget()
        places: dict[str, int] = {}
        for key, own in PAGES.items():
            places[key] = self.pages.count()
            for group in (own, *FURTHER.get(key, ())):
                self.pages.addItem(_word(group[0]))
                self.stack.addWidget(self._column((group,)))
        self.pages.currentRowChanged.connect(self.stack.setCurrentIndex)
        self.content = self._make_content()
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setWidget(self.content)
        column.addWidget(self.area, 1)
        row = QHBoxLayout()
        row.addStretch(1)
        close = button(self.tr("Close (Esc)"), kind="primary")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        row.addWidget(close)
        column.addLayout(row)
        self.pages.setCurrentRow(places.get(page, 0))
        self.pages.setFocus()
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let the key that opened the sheet close it too, once it is pressed anew."""
        if event.key() == Qt.Key.Key_F1:
            if not event.isAutoRepeat():
                self.accept()
            return
        super().keyPressEvent(event)

    def _make_content(self) -> QWidget:
        content = QWidget()
        set_look(content, look="page")
        row = QHBoxLayout(content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(gap(self, 3))
        longest = max(self.pages.sizeHintForColumn(0), self.fontMetrics().averageCharWidth() * 18)
        self.pages.setFixedWidth(longest + gap(self, 4))
        row.addWidget(self.pages)
        row.addWidget(self.stack, 1)
        row.addWidget(self._column(ALWAYS[:2]))
        row.addWidget(self._column(ALWAYS[2:]))
        return content

    def _column(self, groups: tuple[Group, ...]) -> QWidget:
        column = QWidget()
        grid = QGridLayout(column)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(gap(self, 1.5))
        grid.setVerticalSpacing(gap(self, 0.5))
        for title, keys in groups:
            if grid.count():
                grid.setRowMinimumHeight(grid.rowCount(), gap(self))
            grid.addWidget(PlainLabel(_word(title), look="heading"), grid.rowCount(), 0, 1, 2)
            for key, text in keys:
                row = grid.rowCount()
                grid.addWidget(PlainLabel(key, look="key"), row, 0)
                grid.addWidget(PlainLabel(_word(text)), row, 1)
        grid.setRowStretch(grid.rowCount(), 1)
        grid.setColumnStretch(1, 1)
        return column

    def _fit(self) -> None:
        """Take the room the keys need, and never more than the screen has."""
        self.ensurePolished()
        most = self.screen().availableSize() * 0.95
        wanted = self.sizeHint() - self.area.sizeHint() + self.content.sizeHint()
        self.resize(wanted.boundedTo(most))


def _word(text: object) -> str:
    return QCoreApplication.translate("KeysSheet", str(text))
