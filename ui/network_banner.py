"""The line under the top bar: a network in trouble, a wrong clock, or play money.

It goes by itself when what it says is over, and cannot be put away before. It has nothing to
press, so that it never takes the keyboard from whoever is typing.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QPoint, QTimer
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from core.services.gateways.rows import ConnectionRow, Environment, HealthRow, Trouble
from core.services.mail.rows import MailChannelRow
from core.services.service_watch import ServiceStanding
from ui.context import PageContext
from ui.mail.words import channel_sentence
from ui.mobile_money.words import seconds_text, trouble_sentence
from ui.theme import gap, set_look
from ui.widgets.basics import IconLabel, PlainLabel
from ui.widgets.messages import announce
from ui.words import moment_text

translate = QCoreApplication.translate
_STILL_MS = 250
_LONGEST_WAIT_MS = 3000
_AGAIN_MS = 15_000
"""That a service of a server went away, nobody tells: it is looked for now and then."""
_ICONS = {"error": ("offline", "danger"), "warning": ("alert", "warning"), "info": ("info", "info")}


@dataclass(frozen=True, slots=True)
class Notice:
    """One matter of the line; ``level`` is error, warning or info, ``more`` is for the tool tip."""

    level: str
    word: str
    text: str
    more: str = ""


def notices(
    health: Sequence[HealthRow], connections: Sequence[ConnectionRow], now: datetime
) -> tuple[Notice, ...]:
    """Return what is to be told of the networks in use, the worst first."""
    return tuple(filter(None, (*_troubles(health, now), _clock(health), _sandbox(connections))))


def mail_notices(channel: MailChannelRow, now: datetime) -> tuple[Notice, ...]:
    """Return what keeps the shop's mails back, where any waits."""
    if channel.trouble is None or not channel.waiting:
        return ()
    word = translate("NetworkBanner", "Mail")
    return (Notice("error", word, channel_sentence(channel, now), channel.answer),)


def service_notices(standing: ServiceStanding, now: datetime) -> tuple[Notice, ...]:
    """Return what is to be told where no service works for a shop on a server."""
    if not standing.is_needed or standing.is_there:
        return ()
    if standing.last_seen is None:
        text = translate("NetworkBanner", "The shop's service was never started.")
    else:
        text = translate("NetworkBanner", "The shop's service has not been there since %1 (%2).")
        text = text.replace("%1", moment_text(standing.last_seen, now))
        text = text.replace("%2", standing.place)
    more = translate(
        "NetworkBanner",
        "Sales go on; what waits for a network, a paper or a mail is done once it is started again"
        " on the server.",
    )
    return (Notice("warning", translate("NetworkBanner", "No service"), f"{text} {more}"),)


def _troubles(health: Sequence[HealthRow], now: datetime) -> list[Notice]:
    """What is wrong; networks that are kept away by the same thing share a notice."""
    by_told: dict[str, list[HealthRow]] = {}
    for row in health:
        if row.trouble is not None:
            by_told.setdefault(trouble_sentence(row.trouble), []).append(row)
    found = []
    for told, rows in by_told.items():
        moments = [row.since for row in rows if row.since is not None]
        names = " + ".join(row.gateway_name for row in rows)
        text = translate("NetworkBanner", "%1, since %2: %3 %4") if moments else "%1: %3 %4"
        text = text.replace("%2", moment_text(min(moments), now) if moments else "")
        text = text.replace("%3", told).replace("%4", _nothing_lost()).replace("%1", names)
        busy = all(row.trouble is Trouble.TOO_MANY_REQUESTS for row in rows)
        more = "\n".join(f"{row.gateway_name}: {row.told}" for row in rows if row.told)
        word = translate("NetworkBanner", "Trouble")
        found.append(Notice("warning" if busy else "error", word, text, more))
    return sorted(found, key=lambda notice: notice.level)


def _nothing_lost() -> str:
    return translate("NetworkBanner", "Nothing is lost: whatever is open is asked again by itself.")


def _clock(health: Sequence[HealthRow]) -> Notice | None:
    worst = max(health, key=lambda row: abs(row.clock_ahead_s), default=None)
    if worst is None or not worst.clock_ahead_s:
        return None
    told = translate(
        "NetworkBanner",
        "%2 says that this computer's clock is %1 ahead: set its date and time, or the network"
        " will soon refuse every call.",
    )
    if worst.clock_ahead_s < 0:
        told = translate(
            "NetworkBanner",
            "%2 says that this computer's clock is %1 behind: set its date and time, or the network"
            " will soon refuse every call.",
        )
    told = told.replace("%1", seconds_text(abs(worst.clock_ahead_s)))
    word = translate("NetworkBanner", "Wrong clock")
    return Notice("warning", word, told.replace("%2", worst.gateway_name))


def _sandbox(connections: Sequence[ConnectionRow]) -> Notice | None:
    asked = [row for row in connections if row.is_ready]
    playing = [row.gateway_name for row in asked if row.environment is Environment.SANDBOX]
    if not playing:
        return None
    told = translate("NetworkBanner", "No real money moves.")
    if len(playing) < len(asked):
        told = translate("NetworkBanner", "No real money moves at %1; elsewhere it does.")
    word = translate("NetworkBanner", "Sandbox")
    return Notice("info", word, told.replace("%1", " + ".join(playing)))


class NetworkBanner(QFrame):
    """Tells of the networks in use; takes no room while all is well.

    It comes and goes only while the pointer rests, so that nothing moves away under a click.
    """

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._notices: tuple[Notice, ...] = ()
        self._wanted: tuple[Notice, ...] = ()
        self._has_told = False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(
            gap(self, 2.5), gap(self, 0.5), gap(self, 2), gap(self, 0.5)
        )
        self._column.setSpacing(gap(self, 0.3))
        self._pointer = QPoint()
        self._waited_ms = 0
        self._still = QTimer(self)
        self._still.setInterval(_STILL_MS)
        self._still.timeout.connect(self._on_still)
        self._again = QTimer(self)
        self._again.setInterval(_AGAIN_MS)
        self._again.timeout.connect(self._look_again)
        self.hide()
        self.refresh()
        if context.app.database.is_shared:
            self._again.start()

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is told at the moment."""
        return self._notices

    def changes_arrived(self, topics: AbstractSet[str]) -> None:
        """Look again when the networks, their accounts or mails changed."""
        if topics & {"providers", "mail", "users"}:
            self.refresh()

    def _look_again(self) -> None:
        # A locked window asks nothing.
        parent = self.parentWidget()
        if parent is not None and parent.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Ask how the networks are."""
        app, actor = self._context.app, self._context.actor

        def read() -> tuple[Notice, ...]:
            health, connections = app.gateways.health(actor), app.gateways.connections(actor)
            now = app.configuration.clock()
            mail = mail_notices(app.mail_queue.channel(actor), now)
            service = service_notices(app.service_watch.standing(), now)
            return (*service, *notices(health, connections, now), *mail)

        self._context.tasks.query(self, read, on_success=self.show_notices, latest="networks")

    def show_notices(self, wanted: tuple[Notice, ...]) -> None:
        """Tell other matters: at once where nothing moves by it, else when the pointer rests."""
        self._wanted = wanted
        if len(wanted) == len(self._notices) or not self._has_told:
            self._still.stop()
            self._tell()
        elif not self._still.isActive():
            self._waited_ms = 0
            self._pointer = QCursor.pos()
            self._still.start()

    def _on_still(self) -> None:
        self._waited_ms += _STILL_MS
        before, self._pointer = self._pointer, QCursor.pos()
        pressed = bool(QApplication.mouseButtons().value)
        if pressed or (before != self._pointer and self._waited_ms < _LONGEST_WAIT_MS):
            return
        self._still.stop()
        self._tell()

    def _tell(self) -> None:
        self._has_told = True
        before, self._notices = self._notices, self._wanted
        if before == self._notices:
            return
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for notice in self._notices:
            self._column.addWidget(_line(notice))
        spoken = " ".join(f"{notice.word}: {notice.text}" for notice in self._notices)
        self.setAccessibleName(spoken)
        self.setToolTip("\n".join(notice.more for notice in self._notices if notice.more))
        if self._notices:
            set_look(self, look=self._notices[0].level)
        self.setVisible(bool(self._notices))
        if any(notice not in before for notice in self._notices):
            announce(self, spoken)


def _line(notice: Notice) -> QWidget:
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(gap(line))
    icon, token = _ICONS[notice.level]
    row.addWidget(IconLabel(icon, token, line, scale=1.1))
    word = PlainLabel(notice.word)
    bold = word.font()
    bold.setBold(True)
    word.setFont(bold)
    row.addWidget(word)
    row.addWidget(PlainLabel(notice.text, wrap=True), 1)
    return line
