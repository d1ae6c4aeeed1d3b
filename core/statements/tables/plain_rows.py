"""Rows of a worksheet written in the plainest way, taken without an XML parser's five calls a cell.

Excel, LibreOffice and most libraries write row after row of the same few tags. A block of whole
rows that is nothing but those is read by one regular expression; anything else in it (a formula, a
comment, rich text, an unusual order) and the whole block goes to the XML parser instead. Both
fill the same rows, so that no file is read otherwise than its XML says; this way is twice as fast.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from core.statements.tables.sheet_rows import MAX_COLUMNS, SheetRows, is_true, unescaped

_END = b"</row>"
_TAGS = re.compile(
    r'(<c r="([A-Z]{1,3})\d{1,7}"(?: s="(\d+)")?(?: t="(\w+)")?(?:/>|>(?:<v>([^<]+)</v>'
    r'|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>)</c>)'
    r'|<row r="(\d{1,7})"((?: [\w:]+="[^"<>]*")*)>|</row>)'
)
_HIDDEN = re.compile(r' hidden="(\w+)"')
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_ENTITY = re.compile(r"&(\w+);")
_OTHER_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)")
_ENCODING = re.compile(rb"encoding=[\"']([\w-]+)")
_MAX_REFUSED = 2

Row = tuple[int, list[str], bool, bool]


class PlainRows:
    """Takes plain rows out of the bytes on their way to the XML parser."""

    def __init__(self, rows: SheetRows, parser_ready: Callable[[], bool]) -> None:
        self._rows = rows
        self._parser_ready = parser_ready
        self._at_row = False
        """Whether the parser stands right before a row."""
        self._held = b""
        self._refused = 0
        self._head = True

    def taken(self, chunk: bytes) -> bytes:
        """Return what is left for the parser of one more chunk; all held back at the end (b"")."""
        if self._head:
            self._head = False
            named = _ENCODING.search(chunk[:200])
            if chunk[:1] != b"<" or (named and named[1].upper() != b"UTF-8"):
                self._refused = _MAX_REFUSED
        data, self._held = self._held + chunk, b""
        if self._refused >= _MAX_REFUSED:
            return data
        if not self._at_row:
            end = data.find(_END) + len(_END)
            if end < len(_END) or not chunk:
                return data
            left, self._held = data[:end], data[end:]
            self._at_row = True
            return left  # the parser must have seen the tags before the first rows
        if not self._parser_ready():
            self._refused = _MAX_REFUSED
            return data
        left = self._rest(data)
        if not chunk:
            left, self._held = left + self._held, b""
        return left

    def _rest(self, data: bytes) -> bytes:
        """Take the whole rows of the data, hold the begun one back; return what is not plain."""
        end = data.rfind(_END) + len(_END)
        if end < len(_END):
            if len(data) < 1_000_000:
                self._held = data
                return b""
            self._at_row = False
            return data
        block, self._held = data[:end], data[end:]
        found = self._plain(block)
        if found is None:
            # a row may end within a comment or a CDATA section; then nothing more is taken
            self._refused = _MAX_REFUSED if b"<!" in block else self._refused + 1
            return block
        self._refused = 0
        for number, row, hidden, cut in found:
            self._rows.add(number, row, hidden=hidden, cut=cut)
        return b""

    def _plain(self, block: bytes) -> list[Row] | None:
        """Return the rows of a block, or None when there is more in it than plain rows."""
        try:
            text = block.decode("utf-8")
        except UnicodeDecodeError:
            return None
        count = text.count("<row ")
        paired = text.count("</row>") == count and text.count("</row><row ") == count - 1
        if not paired or not text.startswith("<row "):
            return None
        tags = _TAGS.findall(text)
        if sum([len(tag[0]) for tag in tags]) != len(text) or _OTHER_ENTITY.search(text):
            return None
        return self._rows_of(tags)

    def _rows_of(self, tags: list[tuple[str, ...]]) -> list[Row] | None:
        found: list[Row] = []
        converters, columns = self._rows.converters, self._rows.columns
        last = self._rows.number
        row: list[str] = []
        cut = False
        for _, letters, style, kind, value, inline, number, attributes in tags:
            if value:
                convert = converters.get((kind, style)) or self._rows.converter(kind, style)
                text = convert(_ENTITY.sub(_entity, value) if "&" in value else value)
            elif inline:
                text = unescaped(_ENTITY.sub(_entity, inline) if "&" in inline else inline)
            elif letters:
                continue
            elif number:
                if int(number) <= last:
                    return None
                last = int(number)
                row, cut = [], False
                found.append((last, row, _is_hidden(attributes), cut))
                continue
            else:
                continue
            at = columns.get(letters, -1)
            if at == len(row):
                row.append(text)
            else:
                cut = self._place(row, letters, text) or cut
                found[-1] = (*found[-1][:3], cut)
        return found

    def _place(self, row: list[str], letters: str, text: str) -> bool:
        """Put a text where its column says; True when that is past the last column of all."""
        at = self._rows.columns.get(letters, -1)
        if at < 0:
            at = self._rows.column(letters)
        if at >= MAX_COLUMNS:
            return bool(text)
        row.extend([""] * (at + 1 - len(row)))
        row[at] = text
        return False


def _is_hidden(attributes: str) -> bool:
    return bool(attributes) and any(map(is_true, _HIDDEN.findall(attributes)))


def _entity(match: re.Match[str]) -> str:
    return _ENTITIES[match[1]]
