"""A desk's real window in a process of its own, driven from outside by mouse and keyboard.

``python -m tests.journeys.driven_window FOLDER STATEMENT`` opens the shop of a folder with a clerk
signed in; beside it stands what can be seen of a file manager, with the statement in it. What a
driver has to know of the window goes to standard output as a line of JSON whenever it changes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Hashable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QPoint, QRect, Qt, QTimer, QUrl
from PySide6.QtGui import QDrag, QFont, QMouseEvent
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from desktop.window import Desk, the_application
from tests.ui.pages.reconcile_steps import rows
from tests.ui.pages.small_shop import PASSWORD, configuration_in
from ui.pages.reconcile.page import ReconcilePage
from ui.preferences import Preferences
from ui.theme import Theme
from ui.widgets.data_table import DataTable

SCREEN = (1480, 900)
WINDOW, FILES = QRect(0, 0, 1280, 900), QRect(1290, 20, 180, 60)
"""Where the two windows stand on the screen."""

LOOK_EVERY_MS = 20


class FileManager(QLabel):
    """A file that can be dragged out of its window."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.name)
        self._path = path
        self.setWindowFlags(
            Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowDoesNotAcceptFocus
        )
        self.setGeometry(FILES)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Begin to drag when the mouse moves with its button down."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(self._path))])
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.CopyAction)


class Teller(QTimer):
    """Tells what the window shows, each time it has changed."""

    def __init__(self, desk: Desk, files: FileManager) -> None:
        super().__init__(desk)
        self._desk, self._files, self._told = desk, files, ""
        self.timeout.connect(self._tell)
        self.start(LOOK_EVERY_MS)

    def _tell(self) -> None:
        told = json.dumps(self._seen())
        if told != self._told:
            self._told = told
            sys.stdout.write(told + "\n")
            sys.stdout.flush()

    def _seen(self) -> dict[str, object]:
        window, is_busy = self._desk.main_window, self._desk.tasks.is_busy
        if window is None:
            return {"view": ""}
        page = window.pages.get("reconcile")
        if not isinstance(page, ReconcilePage) or not page.isVisible():
            doors = window.navigation.findChildren(QToolButton)
            door = next(each for each in doors if "Reconcile" in each.text())
            return {"view": window.current, "door": place_of(door)}
        shown = page.stack.currentWidget()
        if shown is page.start:
            zone = page.start.drop_zone
            return {
                "view": "start",
                "is_busy": is_busy,
                "file": place_of(self._files),
                "zone": place_of(zone),
                "is_hovered": zone.property("hovered") == "true",
            }
        if shown is page.preview:
            may_import = page.preview.import_button.isEnabled()
            return {"view": "preview", "is_busy": is_busy or not may_import}
        return {"view": "work", **seen_of_work(page, is_busy)}


def seen_of_work(page: ReconcilePage, is_busy: bool) -> dict[str, object]:
    """Return what the view shows in which lines and payments are put together."""
    pane, current = page.work.payments, page.work.current()
    lines = {each.line.line_number: each for each in rows(page)}
    payments = pane.table.rows.loaded(range(pane.table.rows.total)).values()
    return {
        "is_busy": is_busy or not page.work.is_settled,
        "lines": {
            str(number): place_of_row(page.work.table, each.line_id)
            for number, each in lines.items()
        },
        "categories": {str(number): each.category.value for number, each in lines.items()},
        "current": current.line.line_number if current is not None else 0,
        "payments": {
            row.transaction_id: place_of_row(pane.table, row.payment_id) for row in payments
        },
        "ticked": sorted(payment.transaction_id for payment in pane.ticked),
        "remaining": pane.remaining.text(),
        "hint": pane.drop_hint.title.text() if pane.drop_hint.isVisible() else "",
    }


def place_of(widget: QWidget) -> list[int]:
    """Return where on the screen the middle of a widget is."""
    return _coordinates(widget.mapToGlobal(widget.rect().center()))


def place_of_row(table: DataTable[Any], row_id: Hashable) -> list[int] | None:
    """Return where on the screen the middle of a row's first cell is; None while out of sight."""
    rect = table.visualRect(table.model().index(table.rows.position_of(row_id), 0))
    port = table.viewport()
    return _coordinates(port.mapToGlobal(rect.center())) if port.rect().contains(rect) else None


def _coordinates(point: QPoint) -> list[int]:
    return [point.x(), point.y()]


def main(folder: str, statement: str) -> int:
    """Show the two windows until the desk's is closed."""
    application = the_application()
    application.setQuitOnLastWindowClosed(False)
    application.setFont(QFont("DejaVu Sans", 10))
    desk = Desk(
        configuration_in(Path(folder)),
        Theme(application),
        Preferences(),
        sign_in_as=("claude", PASSWORD),
    )
    desk.finished.connect(application.quit)
    files = FileManager(Path(statement))
    files.show()
    desk.start()
    desk.window.setGeometry(WINDOW)
    Teller(desk, files)
    try:
        return application.exec()
    finally:
        desk.close()


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
