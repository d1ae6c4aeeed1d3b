"""Who is signed in at which desk, since when, and when the desk was last heard of."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from core.clock import shop_time
from core.services.presence import PresenceRow
from core.services.service_watch import ServiceStanding
from ui.context import PageContext
from ui.theme import gap
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import button
from ui.words import role_name

_AGAIN_MS = 30_000


class WhoIsHereDialog(QDialog):
    """A list that follows while it is open; Esc and Enter close it."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.rows: tuple[PresenceRow, ...] = ()
        self.setWindowTitle(self.tr("Who is here"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        margin = gap(self, 2.5)
        column = QVBoxLayout(self)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(gap(self, 1.6))
        column.addWidget(PlainLabel(self.windowTitle(), look="title"))
        self._holder = QWidget()
        column.addWidget(self._holder)
        self.service = PlainLabel(look="muted", wrap=True)
        self.service.hide()
        column.addWidget(self.service)
        column.addStretch(1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        self.close_button = button(self.tr("Close (Esc)"))
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        foot.addWidget(self.close_button)
        column.addLayout(foot)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 96)
        self._timer = QTimer(self)
        self._timer.setInterval(_AGAIN_MS)
        self._timer.timeout.connect(self.read)
        self._timer.start()
        self.read()

    def changes_arrived(self, topics: frozenset[str]) -> None:
        """Read again when somebody came or went."""
        if "users" in topics:
            self.read()

    def read(self) -> None:
        """Read who is here now."""
        presence = self._context.app.presence
        tasks, watch = self._context.tasks, self._context.app.service_watch
        tasks.query(self, presence.everyone, on_success=self._show, latest="presence")
        tasks.query(self, watch.standing, on_success=self._show_service, latest="service")

    def _show(self, rows: Sequence[PresenceRow]) -> None:
        self.rows = tuple(rows)
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(gap(self, 2.5))
        grid.setVerticalSpacing(gap(self))
        heads = (
            self.tr("Who"),
            self.tr("Role"),
            self.tr("Desk"),
            self.tr("Since"),
            self.tr("Last seen"),
            self.tr("State"),
        )
        for place, head in enumerate(heads):
            grid.addWidget(PlainLabel(head, look="muted"), 0, place)
        for line, row in enumerate(rows, start=1):
            for place, text in enumerate(self._texts(row)):
                grid.addWidget(PlainLabel(text), line, place)
        layout = self.layout()
        if layout is not None:
            layout.replaceWidget(self._holder, holder)
        self._holder.hide()
        self._holder.deleteLater()
        self._holder = holder

    def _show_service(self, standing: ServiceStanding) -> None:
        told = self.tr("The shop's service is not at work.")
        if standing.is_there:
            told = self.tr("The shop's service is at work on %1.").replace("%1", standing.place)
        elif standing.last_seen is not None:
            since = f"{shop_time(standing.last_seen):%Y-%m-%d %H:%M}"
            told = self.tr("The shop's service has not been at work since %1.").replace("%1", since)
        self.service.setText(told)
        self.service.setVisible(standing.is_needed)

    def _texts(self, row: PresenceRow) -> tuple[str, ...]:
        state = self.tr("here")
        if row.is_lost:
            state = self.tr("not heard of")
        elif row.is_locked:
            state = self.tr("locked")
        return (
            row.user_name,
            role_name(row.role),
            row.desk or "–",
            f"{shop_time(row.since):%Y-%m-%d %H:%M}",
            f"{shop_time(row.last_seen):%H:%M}",
            state,
        )
