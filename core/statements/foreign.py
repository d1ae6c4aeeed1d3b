"""Files that no reader takes: named in plain words, so that a person knows what to do instead.

The marks here are wider than those that readers accept by: what only looks like a format is told
so, and never read as a table of text.
"""

from __future__ import annotations

import re

READABLE = "CSV, XLSX, XLS, OFX, QIF, MT940, CAMT, BAI2 or PDF with text"
"""What a bank may be asked for, as it stands in sentences."""

_HINT = f"ask the bank for {READABLE}."
_BROKEN = "but is cut off, changed on the way, or holds no statement: download it again."
_PICTURE = "is a photo or picture, not a statement."
_PACKED = "is a packed file of a kind that cannot be read; unpack it first."
_PROGRAM = "is a program, not a statement."
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", f"looks like a PDF, {_BROKEN}"),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"II*\x00", _PICTURE),
    (b"MM\x00*", _PICTURE),
    (b"RIFF", "is a picture, sound or film, not a statement."),
    (b"\x1f\x8b", _PACKED),
    (b"BZh", _PACKED),
    (b"\xfd7zXZ\x00", _PACKED),
    (b"Rar!", _PACKED),
    (b"7z\xbc\xaf", _PACKED),
    (b"SQLite format 3", "is a database, not a statement."),
    (b"\x7fELF", _PROGRAM),
    (b"{\\rtf", f"is a text document, not a table: {_HINT}"),
)
_SHORT_MAGIC: tuple[tuple[bytes, str], ...] = ((b"BM", _PICTURE), (b"MZ", _PROGRAM))
"""Letters that a text may begin with too; these files have zero bytes soon after."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TEXTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"\A\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE
        ),
        f"is a web page without a table: {_HINT}",
    ),
    (
        re.compile(r"^\s*(?:OFXHEADER|<OFX|<\?OFX)", re.IGNORECASE | re.MULTILINE),
        f"looks like an OFX file, {_BROKEN}",
    ),
    (
        re.compile(r"\A\s*<(?:\?xml|\w+:?Document|Document|!DOCTYPE)"),
        f"is an XML file, but none of those that hold a statement (CAMT.052, 053, 054): {_HINT}",
    ),
    (
        re.compile(r"\A\s*!(?:Type|Account|Option):", re.IGNORECASE),
        f"looks like a QIF file, {_BROKEN}",
    ),
    (
        re.compile(r"^(?:\{1:|:20:|:25:|:60[FM]:|:940:)", re.MULTILINE),
        f"looks like an MT940 file, {_BROKEN}",
    ),
    (re.compile(r"\A\s*01,[^,\n]*,[^,\n]*,\d{6},\d{4},"), f"looks like a BAI2 file, {_BROKEN}"),
    (re.compile(r'\A\s*(?:\{\s*"|\[\s*[\[{])'), f"is a JSON file: {_HINT}"),
)


def foreign_kind(content: bytes) -> str:
    """Return what a file is and what to do, or "" when it may be a table of text."""
    head = content[:8192]
    if head.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            return "is protected by a password; save it without one."
        return f"is an old Office document without a spreadsheet: {_HINT}"
    if 0 in head[:64]:
        for magic, sentence in _SHORT_MAGIC:
            if head.startswith(magic):
                return sentence
    for magic, sentence in _MAGIC:
        if head.startswith(magic):
            return sentence
    if head[4:8] == b"ftyp":
        return "is a photo or film, not a statement."
    if head.startswith(b"PK"):
        return _zip_kind(content)
    if head.count(0) > len(head) // 2 + 8 or not _is_texty(head):
        return "is not a text file or a spreadsheet."
    text = head.decode("utf-8-sig" if head.count(0) < 8 else "utf-16", errors="replace").lstrip(
        "\ufeff"
    )
    for pattern, sentence in _TEXTS:
        if pattern.search(text):
            return sentence
    return ""


def _zip_kind(content: bytes) -> str:
    if b"xl/" in content:
        return ""
    if b"mimetypeapplication/vnd.oasis" in content[:200]:
        return "is an OpenDocument file; save it as XLSX or CSV."
    if b"word/" in content or b"ppt/" in content:
        return f"is an Office document, not a table: {_HINT}"
    return _PACKED


def _is_texty(head: bytes) -> bool:
    """Tell text from other bytes by its control characters, which text hardly has."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    control = sum(byte < 32 and byte not in (0, 9, 10, 12, 13, 27) for byte in head)
    return control * 100 <= len(head)
