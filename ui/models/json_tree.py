"""Nodes of a JSON text for a tree view."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex

from ui.models.json_nodes import JsonNode, Kind, parsed
from ui.models.roles import ACCESSIBLE_TEXT, COPY, DISPLAY

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class JsonTreeModel(QAbstractItemModel):
    """One column; a node's text is its key and its value."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.root = parsed("[]")

    def set_text(self, text: str) -> None:
        """Show another text."""
        self.beginResetModel()
        self.root = parsed(text)
        self.endResetModel()

    def node(self, index: Index) -> JsonNode:
        """Return the node at an index, the root for none."""
        found = index.internalPointer() if index.isValid() else None
        return found if isinstance(found, JsonNode) else self.root

    def index_of(self, node: JsonNode) -> QModelIndex:
        """Return where a node stands; none for the root."""
        if node.parent is None:
            return QModelIndex()
        return self.createIndex(node.row, 0, node)

    def index(self, row: int, column: int, parent: Index = _ROOT) -> QModelIndex:
        """Return the place of a child."""
        node = self.node(parent)
        if column or not 0 <= row < self.rowCount(parent):
            return QModelIndex()
        return self.createIndex(row, 0, node.children[row])

    def parent(self, index: Index = _ROOT) -> QModelIndex:  # type: ignore[override]  # Qt has two
        """Return the place of what a node stands in."""
        owner = self.node(index).parent
        return QModelIndex() if owner is None else self.index_of(owner)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return how many children a node has."""
        node = self.node(parent)
        return len(node.children) if node.has_children else 0

    def columnCount(self, _parent: Index = _ROOT) -> int:
        """Return one."""
        return 1

    def hasChildren(self, parent: Index = _ROOT) -> bool:
        """Tell whether a node unfolds, without making its children."""
        return self.node(parent).has_children

    def data(self, index: Index, role: int = DISPLAY) -> str | None:
        """Return a node in words, or the whole of it to copy."""
        node = self.node(index)
        if role in {DISPLAY, ACCESSIBLE_TEXT}:
            is_listed = node.kind is Kind.TEXT or not node.label
            return node.text if is_listed else f"{node.label}: {node.text}"
        return node.plain if role == COPY else None
