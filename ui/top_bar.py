"""The line over the pages: whose shop, who is signed in, and the keys that always work."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QWidget

from core.permissions import Actor
from ui.icons import icon
from ui.theme import color_name, gap, is_dark, set_look
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import button
from ui.words import role_name


class TopBar(QFrame):
    """Shop, person and the four things that are always at hand.

    Signals:
        keys_requested, scheme_toggled, lock_requested, sign_out_requested: a button was pressed.
        password_requested, people_requested: an entry of the person's own menu was chosen.
    """

    keys_requested = Signal()
    scheme_toggled = Signal()
    lock_requested = Signal()
    sign_out_requested = Signal()
    password_requested = Signal()
    people_requested = Signal()

    def __init__(self, actor: Actor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_look(self, look="topbar")
        row = QHBoxLayout(self)
        row.setContentsMargins(gap(self, 2.5), gap(self, 0.7), gap(self, 1.5), gap(self, 0.7))
        row.setSpacing(gap(self, 0.8))
        self.shop = PlainLabel(look="heading")
        self.person = button(f"{actor.name} · {role_name(actor.role)}", kind="quiet")
        self.person.setToolTip(self.tr("Your password, and who is here (Ctrl+Shift+W)"))
        self.person.setAccessibleName(
            self.tr("Signed in: %1, %2")
            .replace("%1", actor.name)
            .replace("%2", role_name(actor.role))
        )
        self.person.setMenu(self._make_menu())
        self.keys = self._add(self.tr("Keys (F1)"), "question", self.keys_requested)
        self.scheme = self._add(self.tr("Dark"), "moon", self.scheme_toggled)
        self.lock = self._add(self.tr("Lock (F8)"), "lock", self.lock_requested)
        self.sign_out = self._add(self.tr("Sign out"), "logout", self.sign_out_requested)
        self.keys.setToolTip(self.tr("Every key of the program (F1)"))
        self.lock.setToolTip(self.tr("Hide everything until you come back (F8)"))
        self.sign_out.setToolTip(self.tr("Sign out (Ctrl+Shift+Q)"))
        row.addWidget(self.shop, 1)
        row.addWidget(self.person)
        row.addSpacing(gap(self, 1.5))
        for made in (self.keys, self.scheme, self.lock, self.sign_out):
            row.addWidget(made)
        self._icons = {
            self.person: "user",
            self.keys: "question",
            self.scheme: "moon",
            self.lock: "lock",
            self.sign_out: "logout",
        }
        self.follow_theme()

    def set_shop(self, name: str) -> None:
        """Show the shop's name."""
        self.shop.setText(name or "Sanduku")

    def follow_theme(self) -> None:
        """Tint the icons anew and offer the other palette."""
        side = round(self.fontMetrics().height() * 1.1)
        self.scheme.setText(self.tr("Light") if is_dark() else self.tr("Dark"))
        self.scheme.setToolTip(
            self.tr("Use light colours (Ctrl+Shift+D)")
            if is_dark()
            else self.tr("Use dark colours (Ctrl+Shift+D)")
        )
        for made, name in self._icons.items():
            made.setIcon(icon(name, color_name("text")))
            made.setIconSize(QSize(side, side))

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        for text, signal in (
            (self.tr("&Change my password…"), self.password_requested),
            (self.tr("&Who is here…"), self.people_requested),
        ):
            menu.addAction(text).triggered.connect(lambda _=False, signal=signal: signal.emit())
        return menu

    def _add(self, text: str, icon_name: str, signal: object) -> QPushButton:
        made = button(text, kind="quiet", icon_name=icon_name)
        made.clicked.connect(signal)
        return made
