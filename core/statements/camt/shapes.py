"""What is read of an XML text: a table of paths, followed while the parser walks by.

A path of local names leads to a field of a record, or to a record inside a record. Everything
else passes unseen, so that memory holds one record at a time however large the file is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.errors import KnownError

if TYPE_CHECKING:
    from xml.parsers.expat import XMLParserType

_MOST_LEVELS = 64
_MOST_NAMES = 4096
_MOST_CHARACTERS = 100_000
_MOST_PIECES = 100
_MOST_BYTES_IN_ONE_TAG = 1024 * 1024

_Start = Callable[[str, dict[str, str]], None]
_End = Callable[[str], None]


class TooLargeError(KnownError):
    """More levels, or a longer text, than any message has."""


class Record:
    """Something a message tells; its fields are set by name and stay "" where nothing is told."""

    def take(self, inner: Record) -> None:
        """Receive a record that has ended inside this one."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How to read a record: ``fields`` by path, and the records ``inside`` by path.

    A field written "amount@currency" puts the attribute ``Ccy`` into a second one; one with "+"
    in front joins what is told several times, where else the first counts.
    """

    record: Callable[[], Record]
    fields: Mapping[str, str]
    inside: Mapping[str, Shape] = field(default_factory=dict)


class Node(dict[str, "Node"]):
    """One element of the table: its children by name, and what its text or its end means.

    A name as banks write it, with any prefix, leads to the child of the local name; any other
    leads to ``rest``. Both are remembered: a file asks for the same few names a million times.
    """

    __slots__ = ("currency", "joins", "matters", "record", "rest", "slot")

    def __init__(self, rest: Node | None = None) -> None:
        super().__init__()
        self.slot = ""
        self.currency = ""
        self.joins = False
        self.matters = False
        self.record: Callable[[], Record] | None = None
        self.rest = self if rest is None else rest

    def __missing__(self, name: str) -> Node:
        child = self.get(name.rpartition(":")[2], self.rest)
        if len(self) < _MOST_NAMES:
            self[name] = child
        return child


_NOTHING = Node()


def table(shapes: Mapping[str, Shape]) -> Node:
    """Return the table that finds the shapes at any depth: messages come in envelopes."""
    root = Node()
    made: dict[int, Node] = {}
    for name, shape in shapes.items():
        root[name] = _node(shape, made)
    return root


def _node(shape: Shape, made: dict[int, Node]) -> Node:
    """Return the shape's part of the table, once for every place where it is used."""
    top = made.get(id(shape))
    if top is not None:
        return top
    top = made[id(shape)] = Node(_NOTHING)
    top.record, top.matters = shape.record, True
    for path, slot in shape.fields.items():
        node = _at(top, path.split("/"))
        node.joins, node.matters = slot.startswith("+"), True
        node.slot, _, node.currency = slot.lstrip("+").partition("@")
    for path, inner in shape.inside.items():
        *outer, last = path.split("/")
        _at(top, outer)[last] = _node(inner, made)
    return top


def _at(node: Node, path: Sequence[str]) -> Node:
    for name in path:
        if name not in node:
            node[name] = Node(_NOTHING)
        node = node[name]
    return node


class Walk:
    """Makes an expat parser fill records, and give each to the one around it when it ends.

    The parser's calls are closures over plain variables: every tag of a file is one. Text is
    listened to only where it is wanted; most of it is indentation.
    """

    def __init__(self, parser: XMLParserType, root: Node, receiver: Record) -> None:
        self._nodes: list[Node] = []
        self._pieces: list[str] = []
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._calls(parser, root, receiver)

    def require_bounded(self, waiting_bytes: int) -> None:
        """Refuse what no message has, before it fills the memory.

        ``waiting_bytes`` is how much the parser has got and not told yet.

        Raises:
            TooLargeError: a tag or a text without an end, or too many levels.

        """
        if waiting_bytes > _MOST_BYTES_IN_ONE_TAG:
            raise TooLargeError("one of its tags is larger than a whole message.")
        if len(self._nodes) > _MOST_LEVELS:
            raise TooLargeError("its elements are nested deeper than in any message.")
        if len(self._pieces) > _MOST_PIECES:
            raise TooLargeError("one of its texts is longer than a message.")

    def _calls(self, parser: XMLParserType, node: Node, record: Record) -> tuple[_Start, _End]:
        nodes, pieces = self._nodes, self._pieces
        keep = pieces.append
        records: list[Record] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal node, record
            nodes.append(node)
            node = node[name]
            if not node.matters:
                return
            if node.slot:
                parser.CharacterDataHandler = keep
                if attributes and node.currency and not getattr(record, node.slot):
                    setattr(record, node.currency, attributes.get("Ccy", "").strip().upper())
            if node.record:
                records.append(record)
                record = node.record()

        def end(_name: str) -> None:
            nonlocal node, record
            if not node.matters:
                node = nodes.pop()
                return
            if node.slot:
                parser.CharacterDataHandler = None
                value = "".join(pieces).strip()
                pieces.clear()
                if not value:
                    pass
                elif not (before := getattr(record, node.slot)):
                    setattr(record, node.slot, value)
                elif node.joins and len(before) < _MOST_CHARACTERS:
                    setattr(record, node.slot, f"{before} {value}")
            if node.record:
                inner, record = record, records.pop()
                record.take(inner)
            node = nodes.pop()

        return start, end
