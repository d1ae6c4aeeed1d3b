"""JSON to look into: folded, coloured by kind, searched and copied, all of it from the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QFontDatabase,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from ui.delegates.json_cell import JsonDelegate
from ui.models.json_nodes import JsonNode, formatted, found_paths, node_at
from ui.models.json_tree import JsonTreeModel
from ui.models.roles import COPY
from ui.theme import gap, row_height, set_look
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import IconButton
from ui.words import count_text

_MOST_UNFOLDED = 400
_FIRST_UNFOLDED = 24
_LEAST_LINES, _MOST_LINES = 2, 18
_MOST_FOUND = 1_000


class JsonTree(QTreeView):
    """The nodes: arrows walk and fold, Enter folds, * unfolds all below, Ctrl+C copies a value."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.nodes = JsonTreeModel(self)
        self.setModel(self.nodes)
        self.setItemDelegate(JsonDelegate(self))
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setAnimated(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPointSizeF(self.font().pointSizeF())
        self.setFont(fixed)
        self.setIndentation(round(self.fontMetrics().height() * 1.1))
        self.expanded.connect(self._fit)
        self.collapsed.connect(self._fit)

    def set_text(self, text: str) -> None:
        """Show another text with its first values unfolded."""
        self.nodes.set_text(text)
        self.unfold(QModelIndex(), _FIRST_UNFOLDED)
        self._fit()

    def unfold(self, index: QModelIndex, most: int = _MOST_UNFOLDED) -> None:
        """Unfold what stands below a place, from the top down, until so many rows are shown."""
        waiting = [index]
        shown = 0
        while waiting:
            place = waiting.pop(0)
            shown += self.nodes.rowCount(place)
            if place.isValid():
                if shown > most:
                    return
                self.expand(place)
            rows = range(self.nodes.rowCount(place))
            children = (self.nodes.index(row, 0, place) for row in rows)
            waiting.extend(child for child in children if self.nodes.hasChildren(child))

    def show_node(self, node: JsonNode) -> None:
        """Unfold what a node stands in, and go there."""
        index = self.nodes.index_of(node)
        above = index.parent()
        while above.isValid():
            self.expand(above)
            above = above.parent()
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin at the first value."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self.nodes.index(0, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Fold with Enter, unfold all below with *, copy with Ctrl+C."""
        current = self.currentIndex()
        if event.matches(QKeySequence.StandardKey.Copy):
            if current.isValid():
                QGuiApplication.clipboard().setText(str(current.data(COPY)))
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.setExpanded(current, not self.isExpanded(current))
        elif event.key() == Qt.Key.Key_Asterisk:
            self.unfold(current)
        else:
            super().keyPressEvent(event)

    def _fit(self) -> None:
        """Take the room the unfolded rows need, within bounds."""
        lines = 0
        index = self.nodes.index(0, 0)
        while index.isValid() and lines < _MOST_LINES:
            lines += 1
            index = self.indexBelow(index)
        height = round(row_height(self.fontMetrics()) * 0.8)
        self.setFixedHeight(max(lines, _LEAST_LINES) * height + 2 * self.frameWidth() + 4)


class JsonView(QWidget):
    """A titled fold over a tree; text that is no JSON is shown by its lines.

    F3 looks for words within (Enter and F3 go on, Shift+F3 goes back, Esc ends), Ctrl+Shift+C
    copies everything.
    """

    def __init__(self, title: str, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._text: str | None = None
        self._is_shown = False
        self._found: list[tuple[int, ...]] = []
        self._place = -1
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 0.4))
        column.addLayout(self._make_head())
        self.find_field = QLineEdit()
        self.find_field.setPlaceholderText(self.tr("Find a key or a value"))
        self.find_field.setAccessibleName(self.tr("Find in %1").replace("%1", title))
        self.find_field.setClearButtonEnabled(True)
        self.find_field.returnPressed.connect(lambda: self.find_next(1))
        self.find_field.textChanged.connect(self._on_words_changed)
        self.find_field.hide()
        column.addWidget(self.find_field)
        self.tree = JsonTree(title)
        column.addWidget(self.tree)
        self._add_keys()
        self.set_text(text)
        self._on_toggled(False)

    @property
    def text(self) -> str:
        """All of it, indented; what is no JSON as it is."""
        return formatted(self.tree.nodes.root.value) if self._is_shown else self._text or ""

    def set_text(self, text: str) -> None:
        """Show another text; it is read when it is unfolded."""
        if text == self._text:
            return
        self._text = text
        self._is_shown = False
        self._on_words_changed()
        if self.fold.isChecked():
            self._show_text()

    def copy_all(self) -> None:
        """Put everything on the clipboard, as it was received."""
        QGuiApplication.clipboard().setText(self._text or "")

    def find_next(self, step: int) -> None:
        """Go to the next place of what is looked for, or to the one before."""
        words = self.find_field.text().strip()
        if not words:
            return
        if self._place < 0:
            self._found = list(found_paths(self.tree.nodes.root, words, _MOST_FOUND))
        if not self._found:
            self.told.setText(self.tr("Not found"))
            return
        start = self._place if self._place >= 0 else (-1 if step > 0 else 0)
        self._place = (start + step) % len(self._found)
        self.tree.show_node(node_at(self.tree.nodes.root, self._found[self._place]))
        told = self.tr("%1 of %2").replace("%1", count_text(self._place + 1))
        self.told.setText(told.replace("%2", count_text(len(self._found))))

    def _make_head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        self.fold = QToolButton()
        self.fold.setCheckable(True)
        set_look(self.fold, kind="quiet")
        self.fold.toggled.connect(self._on_toggled)
        self.told = PlainLabel(look="small")
        self.find_button = IconButton("search", self.tr("Find in it (F3)"))
        self.find_button.clicked.connect(self._on_find)
        self.copy_button = IconButton("copy", self.tr("Copy all of it (Ctrl+Shift+C)"))
        self.copy_button.clicked.connect(self.copy_all)
        head.addWidget(self.fold)
        head.addStretch(1)
        for part in (self.told, self.find_button, self.copy_button):
            head.addWidget(part)
        return head

    def _add_keys(self) -> None:
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for keys, act in (
            ("F3", self._on_find),
            ("Shift+F3", lambda: self.find_next(-1)),
            ("Ctrl+Shift+C", self.copy_all),
        ):
            QShortcut(QKeySequence(keys), self, context=within).activated.connect(act)
        leave = QShortcut(QKeySequence("Esc"), self.find_field)
        leave.setContext(Qt.ShortcutContext.WidgetShortcut)
        leave.activated.connect(self._on_left)

    def _show_text(self) -> None:
        if not self._is_shown:
            self._is_shown = True
            self.tree.set_text(self._text or "")

    def _on_toggled(self, opened: bool) -> None:
        self.fold.setText(f"{self._title} {'▾' if opened else '▸'}")
        if opened:
            self._show_text()
        else:
            self._on_left()
        for part in (self.tree, self.find_button, self.copy_button, self.told):
            part.setVisible(opened)

    def _on_find(self) -> None:
        if self.find_field.isVisible() and self.find_field.text().strip():
            self.find_next(1)
            return
        self.fold.setChecked(True)
        self.find_field.show()
        self.find_field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.find_field.selectAll()

    def _on_words_changed(self) -> None:
        self._found, self._place = [], -1
        self.told.setText("")

    def _on_left(self) -> None:
        if self.find_field.isHidden():
            return
        self.find_field.hide()
        self.find_field.clear()
        self.tree.setFocus()
