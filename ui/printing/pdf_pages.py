"""The pages of a PDF as pictures, for previews and for printers.

PDFium draws one page at a time in the whole process, so nothing here belongs on the GUI thread: it
would wait for whatever is being drawn. What is drawn is copied; it outlives its document.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QSizeF
from PySide6.QtGui import QImage

from core.errors import UnreadableFileError
from core.statements.pdf.pdfium_lock import PDFIUM

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

POINTS_PER_INCH = 72
MM_PER_INCH = 25.4


@dataclass(frozen=True, slots=True)
class Pdf:
    """A PDF in memory; ``title`` names its print job, ``sizes_mm`` are its pages'."""

    title: str
    content: bytes
    sizes_mm: tuple[QSizeF, ...]

    def picture(self, page: int, dots_per_inch: float) -> QImage:
        """Return a page (the first is 0) as a picture, white where nothing is drawn."""
        with _opened(self.content) as document:
            drawn = document[page].render(scale=dots_per_inch / POINTS_PER_INCH, prefer_bgrx=True)
            shared = QImage(
                memoryview(drawn.buffer),
                drawn.width,
                drawn.height,
                drawn.stride,
                QImage.Format.Format_RGB32,
            )
            picture = shared.copy()
            del shared
            drawn.close()
        return picture


def read_pdf(title: str, content: bytes) -> Pdf:
    """Look into a PDF.

    Raises:
        UnreadableFileError: the content is no PDF.

    """
    scale = MM_PER_INCH / POINTS_PER_INCH
    with _opened(content) as document:
        sizes = [document.get_page_size(number) for number in range(len(document))]
    return Pdf(title, content, tuple(QSizeF(wide * scale, high * scale) for wide, high in sizes))


@contextmanager
def _opened(content: bytes) -> Iterator[PdfDocument]:
    # Loaded with the first paper that is shown: 5 MB that the start does not owe.
    from pypdfium2 import PdfDocument, PdfiumError  # noqa: PLC0415

    with PDFIUM:
        try:
            document = PdfDocument(content)
        except PdfiumError as error:
            raise UnreadableFileError(
                "This paper cannot be shown: its file is damaged.", details=str(error)
            ) from error
        try:
            yield document
        finally:
            document.close()
