"""Pictures of every screen: ``python -m ui.gallery DIRECTORY [NAME …]`` writes PNGs.

Each screen is rendered light and dark, without a display, after its data has settled. A screen is
a function of the theme that returns a widget; pages add theirs to ``SCREENS``, as
``Screen("payments", make_payments_page, settled=lambda page: page.is_settled)``.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, QSize
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from ui.theme import Scheme, Theme
from ui.widgets.form_dialog import FormDialog

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

SETTLE_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Screen:
    """One picture: ``make`` builds the widget, ``settled`` tells when its data is there.

    ``close`` ends what the screen started (a throw-away shop, threads). ``lines`` and ``columns``
    size the window in lines and characters of text.
    """

    name: str
    make: Callable[[Theme], QWidget]
    settled: Callable[[QWidget], bool] = lambda _widget: True
    close: Callable[[QWidget], None] = lambda _widget: None
    columns: int = 150
    lines: int = 48


SCREENS: list[Screen] = []
"""Every registered screen. A module that registers some is named in ``MODULES``."""

MODULES: list[str] = [
    "ui.gallery_kit",
    "ui.gallery_desk",
    "ui.gallery_banner",
    "ui.loyalty.gallery",
    "ui.pages.cashier.gallery",
    "ui.pages.payments.gallery",
    "ui.pages.invoices.gallery",
    "ui.pages.mail.gallery",
    "ui.pages.transactions.gallery",
    "ui.pages.audit.gallery",
    "ui.pages.providers.gallery",
    "ui.printing.gallery",
    "ui.pages.refunds.gallery",
    "ui.pages.reconcile.gallery",
    "ui.pages.reconcile.gallery_hand",
    "ui.pages.customers.gallery",
    "ui.pages.subscriptions.gallery",
    "ui.pages.reports.gallery",
    "ui.pages.dashboard.gallery",
]
"""Modules that append to ``SCREENS`` when imported; a page's module adds itself here."""


def all_screens() -> list[Screen]:
    """Import the registered modules and return every screen."""
    # Run as a script, this file is __main__; the modules append to the importable copy's list.
    registry = importlib.import_module("ui.gallery")
    for name in registry.MODULES:
        importlib.import_module(name)
    return list(registry.SCREENS)


def wait_until(condition: Callable[[], bool], timeout_s: float = SETTLE_TIMEOUT_S) -> bool:
    """Let Qt work until a condition holds; False when the time was over first."""
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end:
            return False
        QCoreApplication.processEvents()
        time.sleep(0.005)
    return True


def render(screen: Screen, theme: Theme) -> QImage:
    """Return one screen as an image in the theme in force.

    Raises:
        TimeoutError: the screen's data did not settle.

    """
    widget = screen.make(theme)
    metrics = widget.fontMetrics()
    if isinstance(widget, QDialog):
        widget.setModal(False)
    if not isinstance(widget, FormDialog):  # a form takes the room it needs
        widget.resize(
            QSize(metrics.horizontalAdvance("0") * screen.columns, metrics.height() * screen.lines)
        )
    widget.show()
    try:
        if not wait_until(lambda: screen.settled(widget)):
            raise TimeoutError(f"The screen {screen.name} did not settle.")
        for _ in range(3):
            QCoreApplication.processEvents()
        return widget.grab().toImage()
    finally:
        screen.close(widget)
        widget.hide()
        widget.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def render_all(directory: Path, theme: Theme, names: Iterable[str] = ()) -> list[Path]:
    """Write screens (all, or those named) in light and dark to PNG files."""
    directory.mkdir(parents=True, exist_ok=True)
    wanted = set(names)
    written = []
    for scheme in (Scheme.LIGHT, Scheme.DARK):
        theme.apply(scheme, theme.text_percent)
        for screen in all_screens():
            if wanted and screen.name not in wanted:
                continue
            path = directory / f"{screen.name}-{scheme}.png"
            if not render(screen, theme).save(str(path)):
                raise OSError(f"{path} cannot be written.")
            written.append(path)
    return written


def main(arguments: list[str]) -> int:
    """Render the gallery; the first argument is the directory, the others are screens' names."""
    if not arguments or arguments[0].startswith("-"):
        sys.stderr.write("usage: python -m ui.gallery DIRECTORY [SCREEN …]\n")
        return 2
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication([])
    paths = render_all(Path(arguments[0]), Theme(app), arguments[1:])
    sys.stdout.write("".join(f"{path}\n" for path in paths))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
