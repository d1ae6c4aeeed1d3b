"""Opening papers in the system's own programs: made off the GUI thread, then handed over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QUrl

from core.errors import KnownError, StorageError
from ui.context import PageContext

Opener = Callable[[QUrl], bool]
"""``QDesktopServices.openUrl`` or, in tests, something that remembers what it was given."""


def open_invoice(
    context: PageContext,
    owner: QObject,
    payment_id: str,
    *,
    opener: Opener,
    no_program: str,
    on_known_error: Callable[[KnownError], object],
) -> None:
    """Draw the invoice of a payment if it is not there yet, and open it.

    ``no_program`` is the sentence for a desk without a program for PDFs.
    """
    app, actor = context.app, context.actor
    open_paper(
        context,
        owner,
        lambda: app.invoices.pdf(actor, payment_id),
        opener=opener,
        no_program=no_program,
        on_known_error=on_known_error,
    )


def open_paper(
    context: PageContext,
    owner: QObject,
    draw: Callable[[], Path],
    *,
    opener: Opener,
    no_program: str,
    on_known_error: Callable[[KnownError], object],
) -> None:
    """Draw a paper if it is not there yet, and open it."""

    def show(path: Path) -> None:
        if not opener(QUrl.fromLocalFile(str(path))):
            on_known_error(StorageError(f"{no_program} {path}"))

    context.tasks.slow(
        owner,
        lambda _progress: draw(),
        on_success=show,
        on_known_error=on_known_error,
    )
