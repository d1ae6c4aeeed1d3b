"""The XML of a CAMT message: where it begins, how it is encoded, and walking through it safely.

Nothing that XML can do besides holding text is let through: no DOCTYPE in any encoding, so no
entities, no files and no addresses. expat of the standard library builds no tree, so that no
text, however made, fills the memory.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import UnreadableFileError
from core.statements.camt.shapes import Node, Record, TooLargeError, Walk
from core.statements.sources import Source

_HEAD_BYTES = 64 * 1024
_CHUNK_BYTES = 64 * 1024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MESSAGE = re.compile(
    r"<(?:[\w.-]+:)?(?:BkToCstmrStmt|BkToCstmrAcctRpt|BkToCstmrDbtCdtNtfctn)(?:V\d+)?[\s/>]"
)
_BEGINNING = re.compile(r"<\?xml\s|<(?:[\w.-]+:)?[A-Za-z]\w*[\s>]|<!--|<!DOCTYPE")
_DECLARED = re.compile(r"<\?xml[^>]*?\sencoding\s*=\s*[\"']([\w.:-]+)[\"']")
_DOCTYPE = b"<!DOCTYPE"
_PADDING = b" \t\r\n\x00\x1a"


@dataclass(frozen=True, slots=True)
class _Text:
    """How the bytes make characters: the bytes of the mark in front, and of one character.

    In one-byte text the head is decoded as Latin-1, so that places in it are places in the bytes
    whatever the encoding is; markup is ASCII in all of them.
    """

    codec: str
    mark_bytes: int
    unit_bytes: int
    head: str

    def offset(self, place: int) -> int:
        return self.mark_bytes + place * self.unit_bytes


def is_message(content: bytes) -> bool:
    """Tell whether the text is XML with a bank-to-customer statement, report or notification."""
    head = _text(content).head
    start, message = _BEGINNING.search(head), _MESSAGE.search(head)
    return start is not None and message is not None and start.start() <= message.start()


def is_utf8(content: bytes) -> bool:
    """Tell whether the bytes are what they say; a bank may say UTF-8 and write Windows-1252."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(content), _CHUNK_BYTES):
            decoder.decode(content[start : start + _CHUNK_BYTES])
    except UnicodeDecodeError:
        return False
    return True


def encoding_of(content: bytes) -> str:
    """Return the Python codec of the text: by its byte order mark or zeros, else as declared."""
    text = _text(content)
    declared = _DECLARED.search(text.head)
    if text.unit_bytes == 2 or declared is None:
        return text.codec
    try:
        codec = codecs.lookup(declared[1]).name
    except LookupError:
        return "utf-8"
    # A single-byte text that calls itself UTF-16 went through a program that recoded it.
    return codec if codec.startswith(("iso8859", "cp125", "latin")) else "utf-8"


def parse(source: Source, encoding: str, root: Node, receiver: Record) -> None:
    """Read the whole text along the table ``root``; its records go to ``receiver``.

    Raises:
        UnreadableFileError: a DOCTYPE, text that is no XML or ends too early (with the line).

    """
    for start, end in _documents(source.content):
        _parse_document(source, _utf8_chunks(source, start, end, encoding), root, receiver)


def _parse_document(source: Source, chunks: Iterator[bytes], root: Node, receiver: Record) -> None:
    from xml.parsers import expat  # noqa: PLC0415 - not owed at start

    parser = expat.ParserCreate("utf-8")
    walk = Walk(parser, root, receiver)
    fed_bytes = 0
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
            fed_bytes += len(chunk)
            walk.require_bounded(fed_bytes - parser.CurrentByteIndex)
        parser.Parse(b"", True)
    except TooLargeError as error:
        raise UnreadableFileError(f"“{source.name}” is refused: {error.message}") from error
    except expat.ExpatError as error:
        raise UnreadableFileError(
            f"“{source.name}” is damaged or cut off at line {error.lineno}, and nothing of it was"
            " taken: get the file from the bank again.",
            details=str(error),
        ) from error


def _utf8_chunks(source: Source, start: int, end: int, encoding: str) -> Iterator[bytes]:
    """Yield the text in pieces, recoded; a DOCTYPE is refused before the parser sees it.

    What is searched is what the parser gets, so that no encoding can hide one.
    """
    content = source.content
    decoder = None
    if encoding != "utf-8":
        errors = "strict" if encoding.startswith("utf") else "replace"
        decoder = codecs.getincrementaldecoder(encoding)(errors)
    seam = b""
    for place in range(start, end, _CHUNK_BYTES):
        source.progress(place, len(content))
        chunk = content[place : min(place + _CHUNK_BYTES, end)]
        if decoder is not None:
            chunk = _decoded(decoder, chunk, source.name).encode()
        if _DOCTYPE in seam + chunk:
            raise UnreadableFileError(
                f"“{source.name}” is refused: it declares a DOCTYPE, which no bank statement"
                " needs and which can harm the program that reads it."
            )
        seam = chunk[1 - len(_DOCTYPE) :]
        yield chunk


def _decoded(decoder: codecs.IncrementalDecoder, chunk: bytes, name: str) -> str:
    try:
        return decoder.decode(chunk)
    except UnicodeDecodeError as error:
        raise UnreadableFileError(
            f"“{name}” is damaged: it holds bytes that are no text. Get the file from the bank"
            " again.",
            details=str(error),
        ) from error


def _documents(content: bytes) -> list[tuple[int, int]]:
    """Return where each XML document begins and ends: some banks join several into one file."""
    text = _text(content)
    beginning = _BEGINNING.search(text.head)
    starts = [text.offset(beginning.start() if beginning else 0)]
    declaration = "<?xml ".encode(text.codec)
    while (found := content.find(declaration, starts[-1] + len(declaration))) >= 0:
        starts.append(found)
    end = len(content)
    if text.unit_bytes == 1:
        tail = content[-_CHUNK_BYTES:]
        end -= len(tail) - len(tail.rstrip(_PADDING))
    mark = next(mark for mark, codec in _MARKS if codec == text.codec)
    ends = [start - content.endswith(mark, 0, start) * len(mark) for start in starts[1:]]
    return list(zip(starts, [*ends, end], strict=True))


def _text(content: bytes) -> _Text:
    head = content[:_HEAD_BYTES]
    for mark, codec in _MARKS:
        if head.startswith(mark):
            width = 1 if codec == "utf-8" else 2
            inside = head[len(mark) :]
            break
    else:
        mark, inside = b"", head
        codec, width = _by_zeros(head)
    if width == 1:
        return _Text(codec, len(mark), 1, inside.decode("latin-1"))
    return _Text(codec, len(mark), 2, inside.decode(codec, errors="replace"))


def _by_zeros(head: bytes) -> tuple[str, int]:
    """Tell two-byte text without a mark: in ASCII markup every other byte is zero."""
    sample = head[:256]
    if sample[1::2].count(0) * 3 > len(sample):
        return "utf-16-le", 2
    if sample[::2].count(0) * 3 > len(sample):
        return "utf-16-be", 2
    return "utf-8", 1
