"""Files that are not tables: named in plain words, so that a person knows what to do instead."""

from __future__ import annotations

import re

_HINT = "ask the bank for CSV or XLSX."
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", f"is a PDF; PDF statements cannot be read: {_HINT}"),
    (b"\x89PNG", "is a photo or picture, not a statement."),
    (b"\xff\xd8\xff", "is a photo or picture, not a statement."),
    (b"GIF8", "is a photo or picture, not a statement."),
    (b"BM", "is a photo or picture, not a statement."),
    (b"II*\x00", "is a photo or picture, not a statement."),
    (b"MM\x00*", "is a photo or picture, not a statement."),
    (b"RIFF", "is a picture, sound or film, not a statement."),
    (b"\x1f\x8b", "is a packed file; unpack it first."),
    (b"Rar!", "is a packed file; unpack it first."),
    (b"7z\xbc\xaf", "is a packed file; unpack it first."),
    (b"SQLite format 3", "is a database, not a statement."),
    (b"\x7fELF", "is a program, not a statement."),
    (b"MZ", "is a program, not a statement."),
    (b"{\\rtf", f"is a text document, not a table: {_HINT}"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TEXTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"<!doctype html|<html|<table", re.IGNORECASE),
        "is a web page; save it as CSV or XLSX.",
    ),
    (
        re.compile(r"urn:schemas-microsoft-com:office:spreadsheet"),
        "is an old XML spreadsheet; open it in a spreadsheet program and save it as XLSX.",
    ),
    (
        re.compile(r"^\s*(?:OFXHEADER|<OFX|<\?OFX)", re.IGNORECASE | re.MULTILINE),
        f"is an OFX file; {_HINT}",
    ),
    (re.compile(r"^\s*<(?:\?xml|\w+:?Document|Document)"), f"is an XML file; {_HINT}"),
    (re.compile(r"^\s*!(?:Type|Account|Option):", re.IGNORECASE), f"is a QIF file; {_HINT}"),
    (re.compile(r"^(?:\{1:|:20:|:25:|:60[FM]:|:940:)", re.MULTILINE), f"is an MT940 file; {_HINT}"),
    (re.compile(r"^01,[^,\n]*,[^,\n]*,\d{6},\d{4},"), f"is a BAI2 file; {_HINT}"),
    (re.compile(r'^\s*(?:\{\s*"|\[\s*[\[{])'), f"is a JSON file; {_HINT}"),
)


def foreign_kind(content: bytes) -> str:
    """Return what a file is and what to do, or "" when it may be a table."""
    head = content[:8192]
    if head.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            return "is protected by a password; save it without one."
        return "is an old Excel file (.xls); open it and save it as XLSX."
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
    return "is a packed file; unpack it first."


def _is_texty(head: bytes) -> bool:
    """Tell text from other bytes by its control characters, which text hardly has."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    control = sum(byte < 32 and byte not in (0, 9, 10, 12, 13, 27) for byte in head)
    return control * 100 <= len(head)
