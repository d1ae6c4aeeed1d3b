"""What is told of a PDF before PDFium works on it: what would fill the memory or never end."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import UnreadableFileError
from core.statements.pdf.drawing import is_damaged
from core.statements.sources import Source
from core.statements.statement import Problem

MAX_STREAM_BYTES = 8 * 1024 * 1024
"""A page's text and lines take some hundred kilobytes."""
MAX_FONT_BYTES = 32 * 1024 * 1024
MAX_PICTURE_BYTES = 256 * 1024 * 1024
"""A scanned page; it is not unpacked for its text."""
MAX_TOTAL_BYTES = 512 * 1024 * 1024
MAX_DRAWINGS = 20_000
"""So often may one page draw its forms (pictures made of drawing steps)."""
MAX_SAVES = 500_000
"""So often may a page keep its pen and colours for later (operator q); each takes memory."""
_DAMAGED = "A part of the file is damaged, so that transactions may be missing: download it again."
_TAIL_BYTES = 4096
_STREAM = re.compile(rb"stream\r?\n")
_OBJECT = re.compile(rb"(\d{1,9})\s+\d{1,5}\s+obj\b")
_REFERENCE = re.compile(rb"(\d{1,9})\s+\d{1,5}\s+R\b")
_ZLIB_METHOD = 8
_LENGTH = re.compile(rb"/Length\s+(\d{1,10})(?!\d|\s+\d+\s+R)")
_HEAD_BYTES = 2_000
_STEP = 1024 * 1024
_MAX_LAYERS = 4
_ASCII_MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Stream:
    """A stream's number, the dictionary before it, and where its bytes begin."""

    number: int
    head: bytes
    start: int


@dataclass(slots=True)
class _Measure:
    """What was counted in a stream: bytes, forms drawn, states kept, and whether it is whole.

    ``steps`` are the bytes themselves, of a stream that may be a page's.
    """

    size: int = 0
    draws: int = 0
    saves: int = 0
    damaged: bool = False
    steps: bytearray | None = None

    def add(self, piece: bytes) -> None:
        """Count one more piece of the unpacked stream."""
        self.size += len(piece)
        if self.steps is not None and len(self.steps) <= MAX_STREAM_BYTES:
            self.steps += piece
        self.draws += piece.count(b" Do")
        self.saves += piece.count(b"q")


def inspected(source: Source) -> list[Problem]:
    """Refuse a file whose packed streams grow far beyond what a statement holds.

    Returns what is damaged in it, so that transactions may be missing. Streams of an encrypted
    file do not show their size; the process that reads has a limit.

    Raises:
        UnreadableFileError: a stream, or all together, unpack to too much; or forms draw
            themselves, or each other so often that a page would never be done.

    """
    total = damaged = 0
    drawn: dict[int, list[int]] = {}
    for stream in _streams(source.content):
        limit = _limit(stream.head)
        found = _measured(source.content, stream, limit)
        total += found.size
        whole = not found.damaged and _has_its_length(source.content, stream)
        whole = whole and not (found.steps and is_damaged(found.steps))
        damaged += not whole and limit == MAX_STREAM_BYTES
        kept = limit == MAX_STREAM_BYTES and found.saves > MAX_SAVES
        if found.size > limit or total > MAX_TOTAL_BYTES or kept:
            raise UnreadableFileError(
                f"“{source.name}” is refused: what is packed in it would fill the memory."
            )
        if b"/Form" in stream.head:
            numbers = {int(number) for number in _REFERENCE.findall(stream.head)}
            drawn[stream.number] = sorted(numbers) * max(1, found.draws)
    if _draw_without_end(drawn):
        raise UnreadableFileError(
            f"“{source.name}” is refused: drawing one of its pages would never end."
        )
    if b"/Encrypt" in source.content:
        damaged = 0  # what is encrypted does not look packed
    ends = b"%%EOF" in source.content[-_TAIL_BYTES:]
    return [Problem(None, _DAMAGED)] if damaged or not ends else []


def _streams(content: bytes) -> Iterator[_Stream]:
    for match in _STREAM.finditer(content):
        if content[match.start() - 3 : match.start()] == b"end":
            continue
        head = content[max(0, match.start() - _HEAD_BYTES) : match.start()]
        found = None
        for found in _OBJECT.finditer(head):  # noqa: B007 - the last one before the stream
            pass
        number = int(found[1]) if found else 0
        yield _Stream(number, head[found.end() :] if found else head, match.end())


def _has_its_length(content: bytes, stream: _Stream) -> bool:
    """Tell whether a stream ends where its dictionary says, if it says so itself."""
    stated = _LENGTH.search(stream.head)
    if stated is None:
        return True
    end = stream.start + int(stated[1])
    return content[end : end + 16].lstrip().startswith(b"endstream")


def _limit(head: bytes) -> int:
    if b"/Image" in head:
        return MAX_PICTURE_BYTES
    fonts = (b"/Length1", b"/CIDFontType0C", b"/Type1C", b"/OpenType")
    return MAX_FONT_BYTES if any(mark in head for mark in fonts) else MAX_STREAM_BYTES


def _may_draw(head: bytes) -> bool:
    """Tell whether a stream may be a page's: such a one has no type, or is a form."""
    return (b"/Type" not in head or b"/Form" in head) and b"LZW" not in head


def _measured(content: bytes, stream: _Stream, limit: int) -> _Measure:
    """Return what a stream holds once it is unpacked."""
    head, measure = stream.head, _Measure()
    layers = head.count(b"Flate") + head.count(b"/Fl ")
    if limit == MAX_STREAM_BYTES and layers <= 1 and _may_draw(head):
        measure.steps = bytearray()
    if b"/Image" in head and b"Flate" not in head:
        return measure
    data = memoryview(content)[stream.start :]
    if b"ASCII85" in head or b"/A85" in head or b"ASCIIHex" in head or b"/AHx" in head:
        end = content.find(b"endstream", stream.start)
        text = content[stream.start : end if end >= 0 else None][:_ASCII_MAX_BYTES]
        data = memoryview(_from_ascii(text, base85=b"85" in head))
        measure.damaged = not data and bool(text.strip())
    if len(data) < 2 or data[0] & 0x0F != _ZLIB_METHOD or int.from_bytes(data[:2]) % 31:
        end = content.find(b"endstream", stream.start)
        measure.add(content[stream.start : end if end >= 0 else None])
        measure.size = 0
        measure.damaged |= head.count(b"Flate") > 0
        if b"/Filter" in head:
            measure.steps = None
        return measure
    _unzip(data, limit, layers, measure)
    return measure


def _unzip(data: memoryview, limit: int, layers: int, measure: _Measure) -> None:
    """Count a zlib stream, no further than the limit."""
    unpacker = zlib.decompressobj()
    at = 0
    inner = bytearray()
    nested = 1 < layers <= _MAX_LAYERS
    try:
        while not unpacker.eof and measure.size <= limit:
            chunk = unpacker.unconsumed_tail
            if not chunk:
                chunk = bytes(data[at : at + _STEP])
                at += len(chunk)
            if not chunk:
                break
            piece = unpacker.decompress(chunk, _STEP)
            measure.add(piece)
            if nested:
                inner += piece
        measure.damaged |= not unpacker.eof and measure.size <= limit
    except zlib.error:
        measure.damaged = True  # PDFium reads what comes before, and so much was counted
    if nested and measure.size <= limit:
        _unzip(memoryview(inner), limit, layers - 1, measure)


def _from_ascii(data: bytes, *, base85: bool) -> bytes:
    try:
        if base85:
            body = data.strip().removeprefix(b"<~").split(b"~")[0]
            return base64.a85decode(body)
        return binascii.unhexlify(
            re.sub(rb"[^0-9A-Fa-f]", b"", data.split(b">")[0])[: len(data) & ~1]
        )
    except ValueError:
        return b""  # damaged: PDFium stops there as well


def _draw_without_end(drawn: dict[int, list[int]]) -> bool:
    """Tell whether forms draw each other in a circle, or more often than a page can hold."""
    counted: dict[int, int] = {}
    under_way: set[int] = set()
    for first in drawn:
        stack = [first]
        while stack:
            number = stack[-1]
            if number in counted:
                stack.pop()
                continue
            inside = [other for other in drawn[number] if other in drawn]
            waiting = [other for other in set(inside) if other not in counted]
            if not waiting:
                counted[number] = 1 + sum(counted[other] for other in inside)
                under_way.discard(number)
                stack.pop()
                if counted[number] > MAX_DRAWINGS:
                    return True
                continue
            if number in under_way or number in waiting:
                return True
            under_way.add(number)
            stack.extend(waiting)
    return False
