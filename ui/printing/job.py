"""Putting a PDF's pages on a printer of the system, page by page, off the GUI thread.

Qt lets any thread paint on a ``QPrinter``. The same code prints on paper and into a PDF file.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMarginsF, QRectF, QSizeF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter

from core.errors import StorageError
from ui.printing.pdf_pages import MM_PER_INCH, Pdf
from ui.tasks import Cancelled, Progress

MOST_DOTS_PER_INCH = 600
"""Finer than this shows on no paper, and a page at 1 200 dots would take half a gigabyte."""

_ROLL_BELOW_MM = 120
"""A page narrower than this is a receipt: it goes on a roll as long as it is itself."""


class NothingPrintedError(StorageError):
    """A job of which certainly no page came out."""


def is_roll(pdf: Pdf) -> bool:
    """Tell whether a paper is for a roll, not for sheets."""
    return bool(pdf.sizes_mm) and pdf.sizes_mm[0].width() < _ROLL_BELOW_MM


def is_roll_in(printer: QPrinter, pdf: Pdf) -> bool:
    """Tell whether a printer is set to a roll as wide as the paper, as it was proposed."""
    size_mm = printer.pageLayout().pageSize().size(QPageSize.Unit.Millimeter)
    return abs(size_mm.width() - pdf.sizes_mm[0].width()) < 1


def prepare_printer(printer: QPrinter, pdf: Pdf) -> None:
    """Give a printer the paper's name and size; a roll is cut where the receipt ends."""
    size_mm = pdf.sizes_mm[0]
    printer.setDocName(pdf.title)
    printer.setCreator("Sanduku")
    printer.setFullPage(True)
    roll = is_roll(pdf)
    landscape = not roll and size_mm.width() > size_mm.height()
    # A size is given as the paper lies in the tray; turning it is the orientation's work.
    in_tray = size_mm.transposed() if landscape else size_mm
    name = f"{round(size_mm.width())} mm" if roll else ""
    match = QPageSize.SizeMatchPolicy.ExactMatch if roll else QPageSize.SizeMatchPolicy.FuzzyMatch
    orientations = QPageLayout.Orientation
    printer.setPageLayout(
        QPageLayout(
            QPageSize(in_tray, QPageSize.Unit.Millimeter, name, match),
            orientations.Landscape if landscape else orientations.Portrait,
            QMarginsF(),
        )
    )


def wanted_pages(printer: QPrinter, pdf: Pdf) -> list[int]:
    """Return the pages the person asked for in the print dialog, the first is 0."""
    pages = list(range(len(pdf.sizes_mm)))
    if printer.printRange() is QPrinter.PrintRange.PageRange and not printer.pageRanges().isEmpty():
        pages = [page for page in pages if printer.pageRanges().contains(page + 1)]
    if printer.pageOrder() is QPrinter.PageOrder.LastPageFirst:
        pages.reverse()
    return pages


def print_all(printer: QPrinter, pieces: Sequence[Pdf], progress: Progress) -> int:
    """Print each piece as a job of its own, so that a tray or a cutter sets them apart.

    Returns how many pages were printed.

    Raises:
        NothingPrintedError: the printer refuses the first piece.
        StorageError: it stopped after that.
        Cancelled: the person pressed Cancel.

    """
    done = 0
    for pdf in pieces:
        if is_roll(pdf) and is_roll_in(printer, pdf):
            # The word "copy" may have made this piece longer than the one it was proposed for.
            prepare_printer(printer, pdf)
        try:
            done += print_pdf(printer, pdf, progress)
        except NothingPrintedError as error:
            if not done:
                raise
            raise StorageError(
                "Not all pieces were printed. The printer takes no more: see that it is switched on"
                " and has paper.",
                details=error.details,
            ) from error
    return done


def print_pdf(printer: QPrinter, pdf: Pdf, progress: Progress) -> int:
    """Print the wanted pages and return how many; slow work, to be run off the GUI thread.

    Raises:
        NothingPrintedError: the printer refuses, or there is no such page.
        StorageError: the printer went away in the middle.
        Cancelled: the person pressed Cancel; what is queued already may still come out.

    """
    pages = wanted_pages(printer, pdf)
    if not pages:
        raise NothingPrintedError("Nothing was printed. The paper has no such page.")
    progress.report(0, len(pages))
    painter = QPainter()
    if not painter.begin(printer):
        raise NothingPrintedError(
            "Nothing was printed. The printer does not accept the job: see that it is switched on"
            " and has paper, or choose another.",
            details=printer.printerName() or printer.outputFileName(),
        )
    try:
        for done, page in enumerate(pages, start=1):
            if done > 1 and not printer.newPage():
                raise StorageError(
                    f"Printing stopped after page {done - 1} of {len(pages)}. The printer takes no"
                    " more: see that it is switched on and has paper, then print the rest.",
                    details=printer.printerName(),
                )
            _draw(painter, printer, pdf, page)
            progress.report(done, len(pages))
    except Cancelled:
        printer.abort()
        raise
    finally:
        if painter.isActive():
            painter.end()
    return len(pages)


def _draw(painter: QPainter, printer: QPrinter, pdf: Pdf, page: int) -> None:
    """Draw a page in its own size, smaller only where the printer's paper is smaller."""
    size_mm = pdf.sizes_mm[page]
    paper = printer.pageLayout().fullRectPixels(printer.resolution())
    paper_mm = QSizeF(paper.width(), paper.height()) * (MM_PER_INCH / printer.resolution())
    shrink = min(1.0, paper_mm.width() / size_mm.width(), paper_mm.height() / size_mm.height())
    dots = min(printer.resolution(), MOST_DOTS_PER_INCH)
    picture = pdf.picture(page, dots * shrink)
    scale = printer.resolution() / dots
    width, height = picture.width() * scale, picture.height() * scale
    left = max(0.0, (paper.width() - width) / 2)
    painter.drawImage(QRectF(left, 0, width, height), picture)
