"""The text of a SWIFT statement file: its character set, its line ends, and what marks it."""

from __future__ import annotations

import re

from core.errors import UnreadableFileError
from core.statements.decoding import NULS_FORGIVEN, encoding_by_form

_HEAD_BYTES = 65_536
"""Some files begin with pages of prose or hundreds of bytes of padding before the first tag."""

_MARK = re.compile(
    r"^(?:\{[1-5]:[^\n]*\{4:\s*)?"
    r":(?:20: ?\S|25P?: ?\S|28C?: ?\d|34F: ?[A-Z]{3}|6[02][FM]: ?[CD]|61: ?\d{6}|64: ?[CD]|86:\S"
    r"|90[CD]: ?\d)",
    re.MULTILINE,
)
_TAG_IN_ONE_LINE = re.compile(r"[ \t]+(?=:(?:20|25P?|28C?|6[02][FM]|61|6[45]|86):|-\s*\Z)")
_INDENTED = re.compile(r"^[ \t]+:(?:20|25|28C?|60F):", re.MULTILINE)
_INDENTED_BALANCE = re.compile(r"^[ \t]+:60[FM]:[CD]", re.MULTILINE)
_OTHER_FORMATS = ("<", "!", "%PDF", "PK\x03\x04", "\xd0\xcf\x11\xe0", "OFXHEADER", '{"')
_CHARACTER_SETS = (
    (
        re.compile(rb"\d(?:PLN|CZK|HUF|RON|RSD|BAM)[\d,-]"),
        ("cp1250", "cp852"),
        "ąćęłńóśźżĄĆĘŁŃÓŚŹŻáéíúýčďěňřšťůžŠČŘŽđĐőűăâîșțöüäßÖÜ",
    ),
    (
        re.compile(rb"\d(?:RUB|RUR|UAH|BYN|KZT|BGN|MKD)[\d,-]"),
        ("cp1251", "cp866"),
        "абвгдежзийклмнопрстуфхцчшщыьэюяАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯ",
    ),
    (re.compile(rb"\dTRY[\d,-]"), ("cp1254", "cp857"), "şğıİĞŞçöüÇÖÜ"),
)
"""By the currency of the balances: the sets of Windows and of DOS, and the letters to expect."""
_WESTERN = ("cp1252", "cp850"), "äöüÄÖÜßéèêëàâçîïôûùñáíóúãõÉÈÀÇåæøÅÆØ€’–"

_STRAY = dict.fromkeys((0, 1, 2, 3, 4, 0x1A, 0x1B, 0xFEFF))
"""Frame marks of the transmission (SOH, STX, ETX, EOT), the end mark of old systems, a late BOM."""

_FILLER = {
    "cp1250": "\u02d9", "cp852": "\u00a0", "cp1252": "\u00ff", "cp850": "\u00a0", "utf-8": "\u02d9",
}  # fmt: skip
"""What 0xFF is in each set: a Polish bank fills empty parts with it, and programs rewrite it."""


def is_swift_statement(content: bytes) -> bool:
    """Tell by a line that begins with one of the tags that only SWIFT statements have."""
    head = content[:_HEAD_BYTES]
    encoding = _encoding_of(head)
    text = _one_line_end(head.decode(encoding, errors="replace"))
    if text.lstrip("\ufeff \t\n").startswith(_OTHER_FORMATS):
        return False
    return bool(_MARK.search(text))


def decoded(content: bytes, file_name: str) -> tuple[str, str]:
    """Return the text with LF as its only line end, and the name of its encoding.

    Raises:
        UnreadableFileError: the bytes are not text.

    """
    encoding = _encoding_of(content)
    text = content.decode(encoding, errors="replace")
    if text.count("\x00") > NULS_FORGIVEN:
        raise UnreadableFileError(f"“{file_name}” is not a text file: it holds zero bytes.")
    text = text.translate(_STRAY)
    if encoding in _FILLER:
        text = text.replace(_FILLER[encoding], "")
    return _one_line_end(text), encoding


def _one_line_end(text: str) -> str:
    """Return the text with LF at line ends; one that is indented, as mails do, moved left.

    A file that lost all its line ends has them again before its tags.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.startswith((":20:", "{1:")) and "\n" not in text.rstrip():
        text = _TAG_IN_ONE_LINE.sub("\n", text)
    if _INDENTED_BALANCE.search(text, 0, _HEAD_BYTES) or (
        _INDENTED.search(text, 0, _HEAD_BYTES) and not _MARK.search(text, 0, _HEAD_BYTES)
    ):
        text = re.sub(r"^[ \t]+", "", text, flags=re.MULTILINE)
    return text


def _encoding_of(content: bytes) -> str:
    if form := encoding_by_form(content):
        return form
    if content.isascii():
        return "ascii"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason != "unexpected end of data":
            return _eight_bit_of(content)
    return "utf-8"


def _eight_bit_of(content: bytes) -> str:
    """Tell the sets of DOS and Windows apart by which of them makes letters of the bytes.

    Bank programs of the MultiCash family still write the code pages of DOS.
    """
    high = bytes(byte for byte in content[:200_000] if 0x80 <= byte < 0xFF)
    head = content[:_HEAD_BYTES]
    names, letters = next(
        (rest for currencies, *rest in _CHARACTER_SETS if currencies.search(head)), _WESTERN
    )

    def score(name: str) -> int:
        text = high.decode(name, errors="replace")
        return sum(text.count(letter) for letter in letters)

    return max(names, key=score)
