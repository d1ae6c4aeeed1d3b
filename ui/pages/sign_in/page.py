"""Signing in, and coming back to a locked screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPainter, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.clock import shop_time
from core.configuration import DEMO_MARK, Configuration
from core.errors import KnownError
from core.permissions import Actor
from resources import resource_path
from ui.tasks import TaskRunner
from ui.theme import color, gap, set_look
from ui.widgets.basics import Card, PlainLabel
from ui.widgets.buttons import BusyButton
from ui.widgets.logo import Logo
from ui.widgets.messages import InlineMessage

if TYPE_CHECKING:
    from core.app import App

MOST_TILES = 8
_TILES_PER_ROW = 4


class SignInPage(QWidget):
    """Asks who is there and for the password; a wrong one is told under it, with the wait.

    It takes the keyboard before the shop is open: what is sent waits its turn behind the opening,
    on the one database thread.

    Signals:
        signed_in(actor): somebody proved who they are.
    """

    signed_in = Signal(object)

    def __init__(
        self,
        configuration: Configuration,
        tasks: TaskRunner,
        shop: Callable[[], App],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._configuration = configuration
        self._tasks = tasks
        self._shop = shop
        self._is_shop_open = False
        self._is_locked = False
        self._tiles: dict[str, QToolButton] = {}
        self.title = PlainLabel(look="title")
        self.subtitle = PlainLabel(look="muted", wrap=True)
        self._tile_group = QButtonGroup(self)
        self._tile_grid = QGridLayout()
        self.name = QLineEdit()
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.caps_hint = PlainLabel(self.tr("Caps Lock seems to be on."), look="error")
        self.place = PlainLabel(look="small", wrap=True)
        self.demo_hint = PlainLabel(
            self.tr("This is a demonstration shop: every password is “demo”."), look="muted"
        )
        self.message = InlineMessage()
        self.submit = BusyButton(self.tr("Sign in"), busy_text=self.tr("Signing in…"))
        self.submit.setToolTip("Enter")
        self._lay_out()
        self.submit.clicked.connect(self._on_submit)
        self.name.returnPressed.connect(self.password.setFocus)
        self.name.textEdited.connect(self._on_name_edited)
        self.password.returnPressed.connect(self.submit.click)
        self.password.installEventFilter(self)
        self.show_sign_in()

    def show_sign_in(self, name: str = "") -> None:
        """Ask anybody to sign in; a name given is filled in."""
        self.title.setText(self.tr("Who is there?"))
        self._is_locked = False
        self._tell_how()
        self._start_over(name)

    def show_locked(self, actor: Actor, at: datetime) -> None:
        """Hide a person's work until they, or somebody else, sign in."""
        self._is_locked = True
        self.title.setText(
            self.tr("Locked by %1 at %2")
            .replace("%1", actor.name)
            .replace("%2", f"{shop_time(at):%H:%M}")
        )
        self.subtitle.setText(
            self.tr("What %1 was typing is kept. Somebody else may sign in too.").replace(
                "%1", actor.name
            )
        )
        self._start_over(actor.name)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Look for a capital letter typed without Shift: no platform tells it in one way."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            text = event.text()
            if text.isalpha():
                shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self.caps_hint.setVisible(text.isupper() != shift)
        return False

    def showEvent(self, event: QShowEvent) -> None:
        """Fetch the names, which may have changed since the page was last seen."""
        super().showEvent(event)
        if self._is_shop_open:
            self._fetch_names()

    def shop_opened(self) -> None:
        """Show who may sign in, now that the shop can tell."""
        self._is_shop_open = True
        self._fetch_names()

    def _read_names(self) -> tuple[str, ...]:
        return self._shop().users.names_at_the_door()

    def _fetch_names(self) -> None:
        self._tasks.query(self, self._read_names, on_success=self._show_names, latest="names")
        folder = self._configuration.data_dir
        self._tasks.slow(
            self, lambda _progress: _is_demo(folder), on_success=self.demo_hint.setVisible
        )

    def _lay_out(self) -> None:
        outer = QHBoxLayout(self)
        outer.addStretch(1)
        middle = QVBoxLayout()
        middle.addStretch(2)
        head = QHBoxLayout()
        head.addWidget(Logo(resource_path("icons", "sanduku.svg"), lines=2.6))
        head.addWidget(PlainLabel("Sanduku", look="title"))
        head.addStretch(1)
        middle.addLayout(head)
        card = Card()
        card.setFixedWidth(self.fontMetrics().averageCharWidth() * 76)
        card.body.addWidget(self.title)
        card.body.addWidget(self.subtitle)
        self._tile_grid.setSpacing(gap(self))
        card.body.addLayout(self._tile_grid)
        for label, field in ((self.tr("Name"), self.name), (self.tr("Password"), self.password)):
            caption = PlainLabel(label, look="muted")
            caption.setBuddy(field)
            field.setAccessibleName(label)
            card.body.addWidget(caption)
            card.body.addWidget(field)
        self.caps_hint.hide()
        self.demo_hint.hide()
        card.body.addWidget(self.caps_hint)
        card.body.addWidget(self.demo_hint)
        card.body.addWidget(self.message)
        set_look(self.submit, large="true")
        card.body.addWidget(self.submit)
        middle.addWidget(card)
        if self._configuration.asks_for_login:
            # Whose password is typed must be told: a name may be known at two servers.
            self.place.setText(self.tr("Shop at %1").replace("%1", self._configuration.place))
            middle.addWidget(self.place)
        middle.addStretch(3)
        outer.addLayout(middle)
        outer.addStretch(1)

    def _start_over(self, name: str) -> None:
        self.name.setText(name)
        self.password.clear()
        self.message.clear()
        self.caps_hint.hide()
        self._mark_tile()
        (self.password if name else self.name).setFocus()

    def _show_names(self, names: tuple[str, ...]) -> None:
        for tile in self._tiles.values():
            self._tile_grid.removeWidget(tile)
            self._tile_group.removeButton(tile)
            tile.deleteLater()
        self._tiles = {}
        # A long list of tiles is slower to read than a name is to type.
        for place, name in enumerate(names if len(names) <= MOST_TILES else ()):
            tile = _UserTile(name)
            tile.clicked.connect(partial(self._on_tile, name))
            self._tile_group.addButton(tile)
            self._tile_grid.addWidget(tile, place // _TILES_PER_ROW, place % _TILES_PER_ROW)
            self._tiles[name] = tile
        self._tell_how()
        if len(names) == 1 and not self.name.text():
            self.name.setText(names[0])
            self.password.setFocus()
        self._mark_tile()

    def _tell_how(self) -> None:
        """Say what to do; a server tells nobody's name, and neither does a long list."""
        if self._is_locked:
            return
        told = self.tr("Choose your name and type your password.")
        if not self._tiles:
            told = self.tr("Type your name and your password.")
        self.subtitle.setText(told)

    def _mark_tile(self) -> None:
        typed = self.name.text().strip().casefold()
        self._tile_group.setExclusive(False)
        for name, tile in self._tiles.items():
            tile.setChecked(name.casefold() == typed)
        self._tile_group.setExclusive(True)

    def _on_tile(self, name: str) -> None:
        self.name.setText(name)
        self.message.clear()
        self.password.clear()
        self.password.setFocus()
        self._mark_tile()

    def _on_name_edited(self) -> None:
        self.message.clear()
        self._mark_tile()

    def _on_submit(self) -> None:
        name, password = self.name.text(), self.password.text()
        if not name.strip():
            self.submit.finish()
            self.message.show_message(self.tr("Choose or type your name first."), level="error")
            self.name.setFocus()
            return
        self.message.clear()
        desk = self._configuration.desk
        self._tasks.operation(
            self,
            lambda: self._shop().users.sign_in(name, password, desk),
            on_success=self._on_signed_in,
            on_known_error=self._on_refused,
            on_finished=self.submit.finish,
        )

    def _on_signed_in(self, actor: Actor) -> None:
        self.password.clear()
        self.signed_in.emit(actor)

    def _on_refused(self, error: KnownError) -> None:
        self.message.show_error(error)
        self.password.selectAll()
        self.password.setFocus()


class _UserTile(QToolButton):
    """A person to choose: their initial in a ring, and the name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setText(name if len(name) <= 16 else f"{name[:15]}…")
        self.setToolTip(name)
        self.setAccessibleName(name)
        self.setCheckable(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        set_look(self, kind="tile")
        side = round(self.fontMetrics().height() * 2.2)
        self.setIconSize(QSize(side, side))
        self._initial = name[:1].upper()
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        """Follow another palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_initial"):
            self._tint()

    def _tint(self) -> None:
        side, dpr = self.iconSize().width(), self.devicePixelRatioF()
        pixmap = QPixmap(round(side * dpr), round(side * dpr))
        pixmap.setDevicePixelRatio(dpr)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("accent"))
        painter.drawEllipse(0, 0, side, side)
        font = self.font()
        font.setBold(True)
        font.setPixelSize(round(side * 0.5))
        painter.setFont(font)
        painter.setPen(color("on_accent"))
        painter.drawText(0, 0, side, side, int(Qt.AlignmentFlag.AlignCenter), self._initial)
        painter.end()
        self.setIcon(QIcon(pixmap))


def _is_demo(folder: Path) -> bool:
    return (folder / DEMO_MARK).is_file()
