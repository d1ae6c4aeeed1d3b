"""Asking for a printer of the system, and the one this desk used last.

The dialog is the system's own on Windows and macOS and Qt's elsewhere; it is opened, never
executed, so that the window goes on. It offers to print into a PDF where the system does.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtPrintSupport import QAbstractPrintDialog, QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QDialog, QWidget

from core.errors import NotFoundError

PrinterAsker = Callable[[QPrinter, int, QWidget, Callable[[QPrinter], object]], object]
"""Ask for a printer: the one proposed, how many pages there are, over which window, and what to do
with the chosen one. ``ask_for_printer``, or in tests something that chooses a file."""


def proposed_printer(name: str) -> QPrinter:
    """Return the printer of this name, or the system's own choice where it is gone."""
    info = QPrinterInfo.printerInfo(name) if name else QPrinterInfo()
    mode = QPrinter.PrinterMode.HighResolution
    return QPrinter(mode) if info.isNull() else QPrinter(info, mode)


def remembered_printer(name: str) -> QPrinter:
    """Return the printer a desk prints on without asking.

    Raises:
        NotFoundError: the system has no such printer any more.

    """
    if QPrinterInfo.printerInfo(name).isNull():
        raise NotFoundError(
            f"Nothing was printed. This computer has no printer “{name}” any more: choose another."
        )
    return proposed_printer(name)


def printer_names() -> list[str]:
    """Return the system's printers by name."""
    return list(QPrinterInfo.availablePrinterNames())


def ask_for_printer(
    printer: QPrinter, pages: int, window: QWidget, on_chosen: Callable[[QPrinter], object]
) -> None:
    """Open the system's print dialog over a window."""
    dialog = QPrintDialog(printer, window)
    options = QAbstractPrintDialog.PrintDialogOption
    dialog.setOption(options.PrintPageRange, on=pages > 1)
    dialog.setOption(options.PrintSelection, on=False)
    dialog.setOption(options.PrintCurrentPage, on=False)
    dialog.setMinMax(1, pages)
    dialog.accepted.connect(lambda: on_chosen(printer))
    dialog.finished.connect(dialog.deleteLater)
    # QPrintDialog hides this one behind an open() that wants a slot by name.
    QDialog.open(dialog)
