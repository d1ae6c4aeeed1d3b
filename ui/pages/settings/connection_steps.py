"""What came of a connection test, step by step."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from core.services.gateways.rows import ConnectionCheck
from ui.theme import gap
from ui.widgets.basics import IconLabel, SelectableLabel
from ui.widgets.messages import announce


class ConnectionSteps(QWidget):
    """A list of steps, each with a mark, what was tried, and what the network said to it.

    It takes no room while it has nothing to show.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._list = QWidget(self)
        self._column.addWidget(self._list)
        self.texts: tuple[str, ...] = ()
        self.hide()

    def show_checks(self, checks: Sequence[ConnectionCheck]) -> None:
        """Show the steps of a test in place of an earlier one's."""
        self._renew()
        grid = QGridLayout(self._list)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(gap(self))
        grid.setVerticalSpacing(gap(self, 0.6))
        grid.setColumnStretch(1, 1)
        for row, check in enumerate(checks):
            name, color = ("check", "success") if check.passed else ("error", "danger")
            grid.addWidget(IconLabel(name, color), row, 0, Qt.AlignmentFlag.AlignTop)
            label = SelectableLabel(self._sentence(check), look="" if check.passed else "wrong")
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label, row, 1)
        self.texts = tuple(self._sentence(check) for check in checks)
        self.show()
        announce(self, " ".join(self.texts))

    def clear(self) -> None:
        """Take everything away."""
        self._renew()
        self.texts = ()
        self.hide()

    def _renew(self) -> None:
        old = self._list
        self._list = QWidget(self)
        self._column.replaceWidget(old, self._list)
        old.hide()
        old.deleteLater()

    def _sentence(self, check: ConnectionCheck) -> str:
        told = self.tr("%1: %2") if check.passed else self.tr("%1 failed: %2")
        # Put together from behind: what the network said may hold a "%1" of its own.
        return told.replace("%2", check.told).replace("%1", check.what, 1)
