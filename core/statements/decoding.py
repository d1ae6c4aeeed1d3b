"""Bytes of a text statement as text, whatever their encoding and however wrongly declared."""

from __future__ import annotations

import re

from core.errors import UnreadableFileError

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_CODE_PAGE = re.compile(r"(?:cp|windows-?|win-?)?(125[0-8]|437|85[0-8]|86[0-6]|932|936|949|950)")
_LATIN = re.compile(r"(?:iso-?)?8859[-_]?(\d{1,2})")
_OTHERS = frozenset({"gb2312", "gbk", "gb18030", "big5", "shift_jis", "euc-jp", "euc-kr", "koi8-r"})
NULS_FORGIVEN = 8
"""A few stray zero bytes are an exporter's slip; more is a binary file."""


def decoded_text(content: bytes, file_name: str, declared: str = "") -> tuple[str, str]:
    """Return the text and the encoding it was found to be in.

    What a file declares counts only where the bytes leave it open: banks declare Windows-1252
    and write UTF-8, and the other way round. Bytes that are valid UTF-8 are hardly ever
    anything else.

    Raises:
        UnreadableFileError: the bytes are not text.

    """
    text, encoding = _decoded(content, declared)
    if "\x00" in text:
        if text.count("\x00") > NULS_FORGIVEN:
            raise UnreadableFileError(f"“{file_name}” is not a text file: it holds zero bytes.")
        text = text.replace("\x00", "")
    return text.lstrip("\ufeff"), encoding


def head_text(content: bytes, length: int = 8192) -> str:
    """Return the beginning of a file as text, to look for a format's mark."""
    head = content[:length]
    encoding = encoding_by_form(head)
    return head.decode(encoding or "latin-1", errors="replace").lstrip("\ufeff")


def _decoded(content: bytes, declared: str) -> tuple[str, str]:
    if encoding := encoding_by_form(content):
        return content.decode(encoding, errors="replace"), encoding
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        encoding = _declared_codec(declared)
        return content.decode(encoding, errors="replace"), encoding


def encoding_by_form(content: bytes) -> str:
    """Return the encoding that a byte order mark or every other byte being zero shows, or ""."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return name
    sample = content[:4000]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = max(len(sample) // 2, 1)
    if odd / half > 0.4 > even / half:
        return "utf-16-le"
    if even / half > 0.4 > odd / half:
        return "utf-16-be"
    return ""


def _declared_codec(declared: str) -> str:
    """Return Python's name of a declared 8-bit or East Asian set, cp1252 for any other."""
    name = declared.strip().lower()
    if match := _CODE_PAGE.fullmatch(name):
        return f"cp{match[1]}"
    if match := _LATIN.fullmatch(name):
        number = int(match[1])
        # Windows-1252 is what is written as Latin-1: its marks are no control characters.
        return f"iso8859-{number}" if 2 <= number <= 16 and number != 12 else "cp1252"
    return name if name in _OTHERS else "cp1252"
