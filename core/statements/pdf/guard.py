"""What is told of a PDF before PDFium works on it: packed streams that would fill the memory."""

from __future__ import annotations

import re
import zlib

from core.errors import UnreadableFileError
from core.statements.sources import Source

MAX_STREAM_BYTES = 24 * 1024 * 1024
"""A page's text and lines take some hundred kilobytes."""
MAX_PICTURE_BYTES = 256 * 1024 * 1024
"""A scanned page; it is not unpacked for its text."""
MAX_TOTAL_BYTES = 512 * 1024 * 1024
_STREAM = re.compile(rb"stream\r?\n")
_STEP = 1024 * 1024
_MAX_LAYERS = 4


def refuse_bombs(source: Source) -> None:
    """Refuse a file whose packed streams grow far beyond what a statement holds.

    Streams of an encrypted file do not show their size; the process that reads has a limit.

    Raises:
        UnreadableFileError: a stream, or all together, unpack to too much.

    """
    total = 0
    content = source.content
    for match in _STREAM.finditer(content):
        if content[match.start() - 3 : match.start()] == b"end":
            continue
        head = content[max(0, match.start() - 400) : match.start()]
        head = head[head.rfind(b"obj") :]
        limit = MAX_PICTURE_BYTES if b"/Image" in head else MAX_STREAM_BYTES
        data = memoryview(content)[match.end() :]
        size = _unpacked_size(data, limit, head.count(b"Flate"))
        total += size
        if size > limit or total > MAX_TOTAL_BYTES:
            raise UnreadableFileError(
                f"“{source.name}” is refused: what is packed in it would fill the memory."
            )


def _unpacked_size(data: memoryview, limit: int, layers: int) -> int:
    """Return how large a zlib stream becomes, counted no further than the limit."""
    if len(data) < 2 or data[0] & 0x0F != 8 or int.from_bytes(data[:2]) % 31:
        return 0
    unpacker = zlib.decompressobj()
    size, at = 0, 0
    inner = bytearray()
    nested = 1 < layers <= _MAX_LAYERS
    try:
        while not unpacker.eof and size <= limit:
            chunk = unpacker.unconsumed_tail or bytes(data[at : at + _STEP])
            if not unpacker.unconsumed_tail:
                at += len(chunk)
            if not chunk:
                break
            piece = unpacker.decompress(chunk, _STEP)
            size += len(piece)
            if nested:
                inner += piece
    except zlib.error:
        pass  # PDFium reads what comes before the damage, and so much was counted
    if nested and size <= limit:
        size += _unpacked_size(memoryview(inner), limit, layers - 1)
    return size
