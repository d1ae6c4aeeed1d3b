"""OFX text brought to one form: capital tags, no comments, no CDATA, no declarations.

OFX 1 is SGML whose leaves need no end tag, OFX 2 is XML; banks write both at once. The one form
is ``<TAG>``, ``</TAG>`` and text with entities between them.
"""

from __future__ import annotations

import html
import re
from html.entities import html5

from core.errors import UnreadableFileError
from core.statements.decoding import decoded_text, head_text

_MARK = re.compile(
    r"^\s*(?:<[?!][^<>]*>\s*)*?"
    r"(?:OFXHEADER\s*[:=]|<\?OFX\b|<!DOCTYPE\s+OFX\b|<(?:\w+:)?OFX\b[^<>]*>"
    r"|<(?:SIGNON|BANK|CREDITCARD|INVSTMT)MSGSRSV1>)",
    re.MULTILINE | re.IGNORECASE,
)
_ROOT = re.compile(
    r"<(?:\w+:)?(?:OFX|(?:SIGNON|BANK|CREDITCARD|INVSTMT)MSGSRSV1)\b[^<>?]*>", re.IGNORECASE
)
_CHARSET = re.compile(
    r"\bCHARSET\s*[:=]\s*\"?([\w-]+)|\bencoding\s*=\s*[\"']([\w-]+)", re.IGNORECASE
)
_DECLARATION = re.compile(r"<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)\b", re.IGNORECASE)
_UNUSUAL = re.compile(r"<(?!/?[A-Z][A-Z0-9._-]*>)")
_TAG = re.compile(
    r"<(/?)\s*(?:[A-Za-z_][\w-]*:)?([A-Za-z][A-Za-z0-9._-]*)"
    r"(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*\s*(/?)>"
    r"|<[?!][^<>]*>|<"
)
_ENTITY = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,30}));")


def is_ofx(content: bytes) -> bool:
    """Tell by the OFX header, its processing instruction or its root element."""
    return _MARK.search(head_text(content)) is not None


def document_text(content: bytes, file_name: str) -> tuple[str, str]:
    """Return the document from its root element on, and its encoding; tags are as written.

    Raises:
        UnreadableFileError: not text, no root element, or it declares a document type: entities
            of its own can blow a small file up, and no bank needs them.

    """
    declared = _CHARSET.search(head_text(content, 2048))
    charset = (declared[1] or declared[2]) if declared else ""
    text, encoding = decoded_text(content, file_name, charset)
    if "!" in text:
        text = _without_comments(_without_cdata(text))
        if _DECLARATION.search(text):
            raise UnreadableFileError(
                f"“{file_name}” is refused: it declares a document type (DOCTYPE), which no bank's"
                " OFX file does."
            )
    root = _ROOT.search(text)
    if root is None:
        raise UnreadableFileError(
            f"“{file_name}” has an OFX header and nothing after it; download it again."
        )
    return text[root.start() :], encoding


def plain_tags(text: str) -> str:
    """Return the text with its tags in the one form; a sign that opens no tag is escaped."""
    return _TAG.sub(_plain_tag, text) if _UNUSUAL.search(text) else text


def plain_value(text: str) -> str:
    """Return a leaf's text as a person reads it: entities replaced, spaces single."""
    if "&" in text:
        text = _ENTITY.sub(_character, text)
    return " ".join(text.split())


def _without_cdata(text: str) -> str:
    if "<![CDATA[" not in text:
        return text
    first, *rest = text.split("<![CDATA[")
    parts = [first]
    for piece in rest:
        inside, end, after = piece.partition("]]>")
        parts.append(html.escape(inside, quote=False) + after if end else piece)
    return "".join(parts)


def _without_comments(text: str) -> str:
    if "<!--" not in text:
        return text
    first, *rest = text.split("<!--")
    parts = [first]
    for piece in rest:
        _, end, after = piece.partition("-->")
        parts.append(after if end else f"&lt;!--{piece}")
    return "".join(parts)


def _plain_tag(match: re.Match[str]) -> str:
    closing, name, empty = match[1], match[2], match[3]
    if name is None:
        return "" if match[0] != "<" else "&lt;"
    name = name.upper()
    return f"<{closing}{name}></{name}>" if empty else f"<{closing}{name}>"


def _character(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name:
        return html5.get(f"{name};", match[0])
    number = int(decimal) if decimal else int(hexadecimal, 16)
    legal = 32 <= number < 0xD800 or 0xE000 <= number <= 0x10FFFF
    return chr(number) if legal else " "
