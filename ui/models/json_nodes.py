"""A JSON text as nodes to fold: made only where somebody looks, whatever its length.

Numbers keep their own spelling, a repeated key stays repeated, and what is no JSON becomes its
lines. A long list is grouped, so that unfolding anything never shows more than a hundred nodes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from enum import StrEnum

MOST_CHILDREN = 100
PIECE_CHARACTERS = 64
"""Longer texts are unfolded into pieces of this length."""

_DIRECTION_MARKS = {
    mark: f"\\u{mark:04x}"
    for mark in (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
}
"""Invisible characters that turn the text beside them round."""


class Kind(StrEnum):
    """What a node is."""

    OBJECT = "object"
    ARRAY = "array"
    STRING = "string"
    NUMBER = "number"
    WORD = "word"
    TEXT = "text"
    GROUP = "group"


class _Number(str):
    """A number as it is spelt."""

    __slots__ = ()


class _Members(list[tuple[str, object]]):
    """The members of an object in their order."""

    __slots__ = ()


class _Lines(list[str]):
    """A text that is no JSON."""

    __slots__ = ()


class JsonNode:
    """One value with its key; its children are made when they are first asked for."""

    __slots__ = ("_children", "_last", "_start", "label", "parent", "row", "value")

    def __init__(
        self,
        label: str,
        value: object,
        parent: JsonNode | None = None,
        row: int = 0,
        group: tuple[int, int] | None = None,
    ) -> None:
        self.label = label
        self.value = value
        self.parent = parent
        self.row = row
        self._start, self._last = group or (0, -1)
        self._children: list[JsonNode] | None = None

    @property
    def kind(self) -> Kind:
        """What it is."""
        if self._last >= 0:
            return Kind.GROUP
        return _kind(self.value)

    @property
    def count(self) -> int:
        """How many values it holds, or pieces of a long text."""
        return self._end - self._start

    @property
    def has_children(self) -> bool:
        """Tell whether there is something to unfold."""
        return self.count > 0

    @property
    def children(self) -> list[JsonNode]:
        """What it unfolds into: its values, or groups of them where there are many."""
        if self._children is None:
            self._children = self._made()
        return self._children

    @property
    def text(self) -> str:
        """The value in one line, cut where it is long; of what is folded only how much it is."""
        kind, value = self.kind, self.value
        if kind is Kind.OBJECT:
            return f"{{ {self.count} }}"
        if kind in {Kind.ARRAY, Kind.GROUP}:
            return f"[ {self.count} ]"
        shown = str(value)
        if kind is Kind.STRING:
            cut = shown[:PIECE_CHARACTERS] + ("…" if len(shown) > PIECE_CHARACTERS else "")
            shown = json.dumps(cut, ensure_ascii=False)
        elif kind is Kind.WORD:
            shown = json.dumps(value)
        return shown.translate(_DIRECTION_MARKS)

    @property
    def plain(self) -> str:
        """The whole of it for the clipboard: a text as it is, anything else as indented JSON."""
        if self.kind is Kind.GROUP:
            return formatted(list(self._values())[self._start : self._end])
        if isinstance(self.value, str):
            return str(self.value)
        return formatted(self.value)

    @property
    def positions(self) -> range:
        """Which of the values of what it belongs to it holds."""
        return range(self._start, self._end)

    def at(self, position: int) -> JsonNode:
        """Return the node of the value at a position, through the groups it stands in."""
        node = self
        while True:
            children = node.children
            if not children or children[0].kind is not Kind.GROUP:
                return children[position - node.positions.start]
            node = next(each for each in children if position in each.positions)

    @property
    def _end(self) -> int:
        if self._last >= 0:
            return self._last + 1
        if isinstance(self.value, list):
            return len(self.value)
        length = len(self.value) if isinstance(self.value, str) else 0
        return -(-length // PIECE_CHARACTERS) if _is_long(self.value) else 0

    def _values(self) -> Sequence[object]:
        value = self.value
        if isinstance(value, list):
            return value
        text = str(value)
        return [text[at : at + PIECE_CHARACTERS] for at in range(0, len(text), PIECE_CHARACTERS)]

    def _made(self) -> list[JsonNode]:
        start, end = self._start, self._end
        size = 1
        while (end - start) > size * MOST_CHILDREN:
            size *= MOST_CHILDREN
        if size == 1:
            return [self._child(position, row) for row, position in enumerate(range(start, end))]
        groups = []
        for row, first in enumerate(range(start, end, size)):
            last = min(first + size, end) - 1
            label = f"{first} … {last}"
            groups.append(JsonNode(label, self.value, self, row, (first, last)))
        return groups

    def _child(self, position: int, row: int) -> JsonNode:
        value = self.value
        if isinstance(value, _Members):
            key, found = value[position]
            return JsonNode(key, found, self, row)
        if isinstance(value, _Lines):
            return JsonNode("", _Piece(value[position]), self, row)
        if isinstance(value, list):
            return JsonNode(str(position), value[position], self, row)
        at = position * PIECE_CHARACTERS
        return JsonNode("", _Piece(str(value)[at : at + PIECE_CHARACTERS]), self, row)


class _Piece(str):
    """A stretch of a text, shown as it is."""

    __slots__ = ()


def parsed(text: str) -> JsonNode:
    """Return a text's root, which is never shown itself; its children are what is seen first."""
    try:
        value = json.loads(text, parse_float=_Number, parse_int=_Number, object_pairs_hook=_Members)
    except (ValueError, RecursionError):
        value = _Lines(_cut_lines(text))
    return JsonNode("", value if isinstance(value, list) else [value])


def formatted(value: object) -> str:
    """Return a parsed value as indented JSON with its numbers as they were spelt."""
    if isinstance(value, _Lines):
        return "\n".join(value)
    try:
        return "".join(_written(value, ""))
    except RecursionError:
        return ""


def found_paths(root: JsonNode, words: str, most: int) -> Iterator[tuple[int, ...]]:
    """Yield where a text stands in keys and values, in their order, as positions from the root."""
    wanted = words.casefold()
    stack: list[tuple[tuple[int, ...], object]] = [((), root.value)]
    count = 0
    while stack and count < most:
        path, value = stack.pop()
        key = ""
        if isinstance(value, tuple):
            key, value = value
        if path and (wanted in key.casefold() or wanted in _searched(value).casefold()):
            count += 1
            yield path
        if isinstance(value, list):
            # Turned round, as the stack gives the last one first.
            stack.extend(
                ((*path, position), value[position]) for position in reversed(range(len(value)))
            )


def node_at(root: JsonNode, path: tuple[int, ...]) -> JsonNode:
    """Return the node that a path leads to."""
    node = root
    for position in path:
        node = node.at(position)
    return node


def _kind(value: object) -> Kind:
    if isinstance(value, _Members):
        return Kind.OBJECT
    if isinstance(value, list):
        return Kind.ARRAY
    if isinstance(value, _Number):
        return Kind.NUMBER
    if isinstance(value, _Piece):
        return Kind.TEXT
    return Kind.STRING if isinstance(value, str) else Kind.WORD


def _is_long(value: object) -> bool:
    return type(value) is str and len(value) > PIECE_CHARACTERS


def _searched(value: object) -> str:
    if isinstance(value, str):
        return value
    return "" if isinstance(value, list) else json.dumps(value)


def _cut_lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        for at in range(0, max(len(line), 1), PIECE_CHARACTERS * 2):
            yield line[at : at + PIECE_CHARACTERS * 2]


def _written(value: object, indent: str) -> Iterator[str]:
    inner = f"{indent}  "
    if isinstance(value, _Members):
        opening, closing = "{", "}"
        members = [(f"{json.dumps(key, ensure_ascii=False)}: ", each) for key, each in value]
    elif isinstance(value, list):
        opening, closing = "[", "]"
        members = [("", each) for each in value]
    else:
        is_spelt = isinstance(value, _Number)
        yield str(value) if is_spelt else json.dumps(value, ensure_ascii=False)
        return
    if not members:
        yield opening + closing
        return
    for place, (key, each) in enumerate(members):
        yield f"{',' if place else opening}\n{inner}{key}"
        yield from _written(each, inner)
    yield f"\n{indent}{closing}"
