"""Pages of a PDF, by PDFium: the words with their places, and the lines drawn around them."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.errors import UnreadableFileError
from core.statements.pdf.pdfium_lock import PDFIUM
from core.statements.pdf.rulings import Rulings, rulings_of
from core.statements.pdf.words import Glyph, Word, words_of
from core.statements.sources import Source

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

MAX_PAGES = 5_000
MAX_GLYPHS = 60_000
"""The fullest printed page of a statement has about 8 000 characters."""
MAX_EXTENT = 14_400.0
"""Points: no page is larger (PDF 32000-1, annex C)."""
_LEVEL_RAD = 0.02
_HYPHENS = frozenset({0x02, 0xAD, 0xFFFE})
"""How PDFium gives a hyphen at the end of a line."""
_UNMAPPED = range(0xE000, 0xF900)
"""Private characters: the font does not say which letters they are."""
_PASSWORD_ERROR = 4


@dataclass(frozen=True, slots=True)
class Page:
    """What is printed on a page, in points from its upper left corner."""

    number: int
    words: tuple[Word, ...]
    rulings: Rulings
    unmapped: int = 0
    """Characters of which the file does not say what letter they are."""
    recognised: bool = False
    """The text is not drawn: a program read it from a picture and laid it under."""


@contextmanager
def opened(source: Source) -> Iterator[PdfDocument]:
    """Open a PDF; one that only forbids printing or changing opens with the empty password.

    Raises:
        UnreadableFileError: protected by a password, too long, or no PDF inside.

    """
    import pypdfium2  # noqa: PLC0415 - not owed at start

    try:
        with PDFIUM:
            document = pypdfium2.PdfDocument(source.content)
            pages = len(document)
    except pypdfium2.PdfiumError as error:
        if error.err_code == _PASSWORD_ERROR:
            raise UnreadableFileError(
                f"“{source.name}” is protected by a password. Open it with the password, print it"
                " to a new PDF and read that one; or ask the bank for CSV or XLSX."
            ) from error
        raise UnreadableFileError(
            f"“{source.name}” is damaged: it cannot be opened as a PDF. Download it again.",
            details=repr(error),
        ) from error
    try:
        if pages > MAX_PAGES:
            raise UnreadableFileError(
                f"“{source.name}” has {pages} pages, more than {MAX_PAGES}; split it into shorter"
                " periods."
            )
        yield document
    finally:
        with PDFIUM:
            document.close()


def pages_of(document: PdfDocument, source: Source) -> Iterator[Page]:
    """Return the pages one after the other; nothing of a page is kept after it.

    Raises:
        UnreadableFileError: a page is damaged, or has more on it than a page can have.

    """
    import pypdfium2  # noqa: PLC0415 - not owed at start

    with PDFIUM:
        total = len(document)
    for index in range(total):
        try:
            with PDFIUM:
                page = document[index]
                try:
                    found = _page(page, index + 1, source)
                finally:
                    page.close()
        except pypdfium2.PdfiumError as error:
            raise UnreadableFileError(
                f"“{source.name}”: page {index + 1} is damaged. Download the file again.",
                details=repr(error),
            ) from error
        source.progress(index + 1, total)
        yield found


def _page(page: Any, number: int, source: Source) -> Page:
    from pypdfium2 import raw  # noqa: PLC0415 - not owed at start

    turn = _Turn(page.get_rotation(), *page.get_mediabox())
    if not all(abs(edge) < MAX_EXTENT for edge in (turn.left, turn.bottom, turn.right, turn.top)):
        raise UnreadableFileError(
            f"“{source.name}”: page {number} is damaged, it has no size that paper can have."
        )
    text = page.get_textpage()
    try:
        count = raw.FPDFText_CountChars(text.raw)
        if count > MAX_GLYPHS:
            raise UnreadableFileError(
                f"“{source.name}”: page {number} holds {count} characters, more than a printed"
                " page can."
            )
        glyphs = _glyphs(text.raw, count, turn)
        recognised = _is_unseen(text.raw, count)
    finally:
        text.close()
    unmapped = sum(ord(glyph.text[0]) in _UNMAPPED or glyph.text == "\ufffd" for glyph in glyphs)
    words = tuple(words_of(glyphs))
    return Page(number, words, rulings_of(page, turn.placed), unmapped, recognised)


def _is_unseen(text: Any, count: int) -> bool:
    """Tell whether the middle character of a page is text that is not drawn."""
    from pypdfium2 import raw  # noqa: PLC0415 - not owed at start

    piece = raw.FPDFText_GetTextObject(text, count // 2) if count else None
    return (
        bool(piece)
        and raw.FPDFTextObj_GetTextRenderMode(piece) == raw.FPDF_TEXTRENDERMODE_INVISIBLE
    )


@dataclass(frozen=True, slots=True)
class _Turn:
    """How a page is turned when shown, and its box: left, bottom, right, top."""

    degrees: int
    left: float
    bottom: float
    right: float
    top: float

    def placed(self, x: float, y: float) -> tuple[float, float]:
        """Return a point as a reader sees it, from the upper left corner."""
        if self.degrees == 90:
            return y - self.bottom, x - self.left
        if self.degrees == 180:
            return self.right - x, y - self.bottom
        if self.degrees == 270:
            return self.top - y, self.right - x
        return x - self.left, self.top - y


def _glyphs(text: Any, count: int, turn: _Turn) -> list[Glyph]:
    """Return the upright characters of a page; text across it (a watermark) is left out."""
    from pypdfium2 import raw  # noqa: PLC0415 - not owed at start

    unicode_of, box_of = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox
    piece_of, address_of = raw.FPDFText_GetTextObject, ctypes.addressof
    box = raw.FS_RECTF()
    pointer = ctypes.byref(box)
    placed = turn.placed
    glyphs: list[Glyph] = []
    right = bottom = math.nan
    upright = True
    high = 0
    for index in range(count):
        code = unicode_of(text, index)
        if code in (32, 160, 13, 10, 9, 0):
            glyphs.append(_SPACE)
            continue
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code, high = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00), 0
        if not box_of(text, index, pointer):
            continue
        if turn.degrees:
            x0, y0 = placed(box.left, box.top)
            x1, y1 = placed(box.right, box.bottom)
            x0, x1, y0, y1 = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
        else:
            x0, x1 = box.left - turn.left, box.right - turn.left
            y0, y1 = turn.top - box.top, turn.top - box.bottom
        if not (abs(x0 - right) < 1 and y1 == bottom):
            upright = _is_upright(raw.FPDFText_GetCharAngle(text, index), turn)
        right, bottom = x1, y1
        if upright and y0 < y1 < MAX_EXTENT and -MAX_EXTENT < x0 <= x1 < MAX_EXTENT:
            piece = piece_of(text, index)
            drawn = address_of(piece.contents) if piece else 0
            letter = "-" if code in _HYPHENS else _letter(code)
            glyphs.append(Glyph(letter, x0, x1, y0, y1, drawn))
    return glyphs


_SPACE = Glyph(" ", 0.0, 0.0, 0.0, 0.0)


def _letter(code: int) -> str:
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _is_upright(angle: float, turn: _Turn) -> bool:
    if angle < 0:  # PDFium does not know
        return True
    away = (angle + math.radians(turn.degrees)) % math.tau
    return min(away, math.tau - away) < _LEVEL_RAD
