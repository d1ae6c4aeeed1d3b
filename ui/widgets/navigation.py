"""The list of jobs at the left edge: a button per page with its key, a count of what waits."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QFrame, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ui.icons import icon
from ui.theme import color_name, gap, set_look
from ui.widgets.basics import PlainLabel
from ui.words import count_text

PAGE_KEYS = "1234567890-=["
"""The keys beside each other in the top row of the keyboard and the next one, one a page."""


class NavigationList(QFrame):
    """Buttons to pages; exactly one is checked.

    Signals:
        page_chosen(key): a button or its shortcut was used.
    """

    page_chosen = Signal(str)

    def __init__(self, heading: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_look(self, look="navigation")
        self._column = QVBoxLayout(self)
        margin = gap(self, 1.4)
        self._column.setContentsMargins(margin, margin * 2, margin, margin)
        self._column.setSpacing(gap(self, 0.5))
        if heading:
            title = PlainLabel(heading, look="title")
            title.setContentsMargins(gap(self), 0, 0, gap(self, 1.5))
            self._column.addWidget(title)
        self._column.addStretch(1)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        self._texts: dict[str, str] = {}
        self._icons: dict[str, str] = {}
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Pages"))

    @property
    def current(self) -> str:
        """The key of the page shown, or an empty text."""
        checked = self._group.checkedButton()
        return next((key for key, made in self._buttons.items() if made is checked), "")

    def add_page(self, key: str, text: str, icon_name: str) -> None:
        """Add a page under the others; the first get Alt and a key of :data:`PAGE_KEYS`."""
        made = QToolButton()
        made.setCheckable(True)
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        side = round(self.fontMetrics().height() * 1.1)
        made.setIconSize(QSize(side, side))
        set_look(made, kind="navigation")
        made.clicked.connect(lambda: self.page_chosen.emit(key))
        self._group.addButton(made)
        self._buttons[key], self._texts[key], self._icons[key] = made, text, icon_name
        self._column.insertWidget(self._column.count() - 1, made)
        place = len(self._buttons) - 1
        if place < len(PAGE_KEYS):
            keys = f"Alt+{PAGE_KEYS[place]}"
            QShortcut(QKeySequence(keys), self).activated.connect(made.click)
            made.setToolTip(f"{text} ({keys})")
        self.set_count(key, 0)
        self._tint()

    def add_foot(self, widget: QWidget) -> None:
        """Add something under the free space: who is signed in, the connection."""
        self._column.addWidget(widget)

    def choose(self, key: str) -> None:
        """Check a page's button without telling anybody."""
        self._buttons[key].setChecked(True)

    def set_count(self, key: str, waiting: int) -> None:
        """Show how many things wait on a page; 0 shows nothing."""
        text = self._texts[key]
        made = self._buttons[key]
        made.setText(f" {text}  ({count_text(waiting)})" if waiting else f" {text}")
        self._hold_width(made)
        made.setAccessibleName(
            self.tr("%1, %2 waiting").replace("%1", text).replace("%2", count_text(waiting))
            if waiting
            else text
        )

    def changeEvent(self, event: QEvent) -> None:
        """Follow another palette and another size of letters."""
        super().changeEvent(event)
        if not hasattr(self, "_buttons"):
            return
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()
        elif event.type() == QEvent.Type.FontChange:
            for made in self._buttons.values():
                self._hold_width(made)

    def _hold_width(self, made: QToolButton) -> None:
        """Keep the room its text takes while its page is shown, when it is bold."""
        made.setMinimumWidth(0)
        made.ensurePolished()
        bold = made.font()
        bold.setWeight(QFont.Weight.DemiBold)
        wider = QFontMetrics(bold).horizontalAdvance(made.text())
        plain = made.fontMetrics().horizontalAdvance(made.text())
        made.setMinimumWidth(made.sizeHint().width() + max(0, wider - plain))

    def _tint(self) -> None:
        for key, made in self._buttons.items():
            made.setIcon(icon(self._icons[key], color_name("text")))
