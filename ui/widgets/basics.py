"""Labels, cards, headings and dividers: the plain parts of a page."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QTextDocument, QTextOption
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from ui.badges import Badge
from ui.delegates.badge import badge_pixmap, badge_size
from ui.icons import icon_pixmap
from ui.theme import color_name, gap, set_look

_LEAST_CHARACTERS = 12
"""A label whose text is longer can be made as narrow as so many characters."""


class PlainLabel(QLabel):
    """A label that never reads its text as markup.

    ``look`` is title, heading, muted, small, amount, wrong or good.
    """

    def __init__(
        self, text: str = "", parent: QWidget | None = None, *, look: str = "", wrap: bool = False
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if look:
            set_look(self, look=look)
        self.setText(text)


class ElidedLabel(PlainLabel):
    """A label of one line whose text gives up its middle where room is short.

    The whole text is its tool tip and what screen readers and ``text()`` tell.
    """

    def __init__(self, text: str = "", parent: QWidget | None = None, *, look: str = "") -> None:
        super().__init__(text, parent, look=look)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        """Return room for the beginning and the end."""
        whole = super().sizeHint()
        return QSize(
            min(whole.width(), self.fontMetrics().averageCharWidth() * _LEAST_CHARACTERS),
            whole.height(),
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint what fits."""
        text = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideMiddle, self.width()
        )
        self.setToolTip("" if text == self.text() else self.text())
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)


class SelectableLabel(PlainLabel):
    """A label whose text can be marked and copied with mouse and keyboard.

    A word longer than its line, an identifier say, is broken where the line ends: nothing is put
    into the text for it, so that what is copied is what the shop has.
    """

    def __init__(self, text: str = "", parent: QWidget | None = None, *, look: str = "") -> None:
        super().__init__(text, parent, look=look, wrap=True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def setText(self, text: str) -> None:
        """Show another text."""
        super().setText(text)
        self.heightForWidth(self.width())

    def minimumSizeHint(self) -> QSize:
        """Return room for a line of some characters, however long the words are."""
        longest = super().minimumSizeHint()
        least = self.fontMetrics().averageCharWidth() * _LEAST_CHARACTERS
        return QSize(min(longest.width(), least), longest.height())

    def heightForWidth(self, width: int) -> int:
        """Return the height of the lines, long words broken."""
        height = super().heightForWidth(width)
        return super().heightForWidth(width) if self._break_long_words() else height

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines anew."""
        super().resizeEvent(event)
        self.heightForWidth(self.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it, and once more where the label had laid its lines out anew by itself."""
        super().paintEvent(event)
        if self._break_long_words():
            self.update()

    def _break_long_words(self) -> bool:
        """Tell the label's document to break long words; return whether it did not do so before.

        QLabel has no option for it and tells its document otherwise at each change of its own.
        """
        document = self.findChild(QTextDocument)
        if document is None:
            return False
        option = document.defaultTextOption()
        if option.wrapMode() is QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere:
            return False
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        document.setDefaultTextOption(option)
        return True


class IconLabel(QWidget):
    """An icon in a token's colour, as high as a line of text times ``scale``."""

    def __init__(
        self, name: str, color: str = "text_muted", parent: QWidget | None = None, scale: float = 1
    ) -> None:
        super().__init__(parent)
        self._name, self._color, self._scale = name, color, scale
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_icon(self, name: str, color: str) -> None:
        """Show another icon."""
        self._name, self._color = name, color
        self.update()

    def sizeHint(self) -> QSize:
        """Return a square that follows the text size."""
        side = round(self.fontMetrics().height() * self._scale)
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the icon in the palette in force."""
        side = self.sizeHint().width()
        pixmap = icon_pixmap(self._name, color_name(self._color), side, self.devicePixelRatioF())
        painter = QPainter(self)
        painter.drawPixmap((self.width() - side) // 2, (self.height() - side) // 2, pixmap)


class BadgeLabel(QWidget):
    """One badge outside a table; screen readers get its word."""

    def __init__(self, badge: Badge | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._badge = badge
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_badge(badge)

    @property
    def badge(self) -> Badge | None:
        """The badge shown."""
        return self._badge

    def set_badge(self, badge: Badge | None) -> None:
        """Show another badge, or nothing."""
        self._badge = badge
        self.setAccessibleName(badge.text if badge else "")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the badge's own size."""
        if self._badge is None:
            return QSize(0, 0)
        return badge_size(self._badge, self._height(), self.font())

    def minimumSizeHint(self) -> QSize:
        """Return the badge's own size: a badge is never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the cached badge."""
        if self._badge is None:
            return
        pixmap = badge_pixmap(self._badge, self._height(), self.devicePixelRatioF(), self.font())
        QPainter(self).drawPixmap(0, (self.height() - self._height()) // 2, pixmap)

    def changeEvent(self, event: QEvent) -> None:
        """Follow another font."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self.updateGeometry()

    def _height(self) -> int:
        return round(self.fontMetrics().height() * 1.45)


class Card(QFrame):
    """A rounded surface with an optional heading; put content into ``body``."""

    def __init__(self, heading: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_look(self, look="card")
        self.body = QVBoxLayout(self)
        margin = gap(self, 2)
        self.body.setContentsMargins(margin, margin, margin, margin)
        self.body.setSpacing(gap(self, 1.2))
        if heading:
            self.body.addWidget(PlainLabel(heading, look="heading"))
            self.setAccessibleName(heading)


class PageHeader(QWidget):
    """A page's title with a sentence under it; put the page's buttons into ``buttons``."""

    def __init__(self, title: str, subtitle: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        texts = QVBoxLayout()
        texts.setSpacing(gap(self, 0.4))
        self.title = PlainLabel(title, look="title")
        # With a parent from the start: shown without one it would open a window of its own.
        self.subtitle = PlainLabel(subtitle, self, look="muted", wrap=True)
        self.subtitle.setVisible(bool(subtitle))
        texts.addWidget(self.title)
        texts.addWidget(self.subtitle)
        row.addLayout(texts, 1)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(gap(self))
        row.addLayout(self.buttons)


def page_layout(page: QWidget) -> QVBoxLayout:
    """Give a page its usual margins and spacing and return the column to fill."""
    column = QVBoxLayout(page)
    margin = gap(page, 2.5)
    column.setContentsMargins(margin, margin, margin, margin)
    column.setSpacing(gap(page, 1.6))
    return column


def splitter(
    first: QWidget, second: QWidget, *, vertical: bool = False, shares: tuple[int, int] = (3, 2)
) -> QSplitter:
    """Return a divider between two panes; neither can be closed by dragging."""
    orientation = Qt.Orientation.Vertical if vertical else Qt.Orientation.Horizontal
    result = QSplitter(orientation)
    result.setChildrenCollapsible(False)
    for pane, share in zip((first, second), shares, strict=True):
        result.addWidget(pane)
        result.setStretchFactor(result.count() - 1, share)
    width = gap(first, 1.6)
    result.setHandleWidth(width)
    result.setSizes([share * 10_000 for share in shares])
    return result
