"""Papers to print in tests, and a printer that prints into a PDF file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtPrintSupport import QPrinter

from core.documents.invoice import render_invoice
from core.documents.receipt import ReceiptWidth, render_receipt
from tests.core.documents.samples import invoice, many
from ui.printing.pdf_pages import Pdf, read_pdf


def long_invoice(lines: int = 60, **changes: object) -> Pdf:
    return read_pdf("Invoice 1", render_invoice(invoice(many(lines), **changes)))


def receipt(width: ReceiptWidth = ReceiptWidth.ROLL_80, **changes: object) -> Pdf:
    return read_pdf("Receipt 1", render_receipt(invoice(**changes), width))


def into_file(printer: QPrinter, path: Path, dots_per_inch: int = 150) -> QPrinter:
    """Let a printer print into a PDF: by Qt's own engine, as "Print to file" does."""
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    printer.setResolution(dots_per_inch)
    return printer


def file_printer(path: Path, dots_per_inch: int = 150) -> QPrinter:
    return into_file(QPrinter(QPrinter.PrinterMode.HighResolution), path, dots_per_inch)


def darkness(pdf: Pdf, page: int = 0, across: int = 24, down: int = 60) -> list[int]:
    """Return how dark a page is, in a coarse grid: the same page again looks the same."""
    picture = pdf.picture(page, 100).convertToFormat(QImage.Format.Format_Grayscale8)
    small = picture.scaled(
        across,
        down,
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    return [255 - small.pixelColor(x, y).lightness() for y in range(down) for x in range(across)]


def alike(first: list[int], second: list[int]) -> bool:
    """Tell whether two pages look the same but for how their dots were rounded."""
    if len(first) != len(second):
        return False
    differences = [abs(a - b) for a, b in zip(first, second, strict=True)]
    return sum(differences) / len(differences) < 6
