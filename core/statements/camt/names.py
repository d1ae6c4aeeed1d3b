"""Elements by local name: banks write any namespace, none, or one they made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element


class _LocalNames(dict[str, str]):
    """Local names by tag; a tag is cut once and looked up millions of times."""

    def __missing__(self, tag: str) -> str:
        name = tag.rpartition("}")[2]
        if len(self) < _MOST_TAGS:
            self[tag] = name
        return name


_MOST_TAGS = 4096
LOCAL = _LocalNames()


def text_of(element: _Element) -> str:
    """Return an element's own text on one line."""
    text = element.text
    return " ".join(text.split()) if text else ""


def first_text(element: _Element, *path: str) -> str:
    """Return the text at the end of a path of local names, or "" where there is none."""
    for name in path:
        for child in element:
            if LOCAL[child.tag] == name:
                element = child
                break
        else:
            return ""
    return text_of(element)


def first_leaf(element: _Element) -> str:
    """Return the first text inside an element: the code in any of its allowed wrappings."""
    for inner in element.iter():
        if text := text_of(inner):
            return text
    return ""
