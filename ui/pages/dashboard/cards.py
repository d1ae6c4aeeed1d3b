"""Cards of figures, each of which is a link that the keyboard reaches too."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ui.pages.dashboard.contents import CardContent, Figure, Target
from ui.theme import gap, set_look
from ui.widgets.basics import BadgeLabel, Card, PlainLabel


class FigureButton(QPushButton):
    """A figure; where something stands behind it, it is pressed to go there."""

    def __init__(self, *, large: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.target: Target = None
        self.setAutoDefault(False)
        set_look(self, kind="headline" if large else "figure")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def show_figure(self, figure: Figure) -> None:
        """Show a figure and where it leads."""
        leads = figure.target is not None
        self.target = figure.target
        self.setText(figure.value)
        told = " ".join(filter(None, [f"{figure.label}:", figure.value, figure.note]))
        self.setAccessibleName(told)
        self.setAccessibleDescription(
            self.tr("Press to see what stands behind it") if leads else ""
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if leads else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if leads else Qt.CursorShape.ArrowCursor)
        set_look(self, tone=figure.tone, linked="true" if leads else "false")


class _Line(QWidget):
    """A label or badge at the left, the figure at the right, a note below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setSpacing(gap(self))
        self.badge = BadgeLabel(parent=self)
        self.label = PlainLabel(parent=self)
        self.figure = FigureButton()
        self.count = PlainLabel("", self, look="small")
        row.addWidget(self.badge)
        row.addWidget(self.label)
        row.addWidget(self.count)
        row.addStretch(1)
        row.addWidget(self.figure)
        column.addLayout(row)
        self.note = PlainLabel("", self, look="small", wrap=True)
        column.addWidget(self.note)

    def show_figure(self, figure: Figure) -> None:
        """Show another figure."""
        self.badge.set_badge(figure.badge)
        self.badge.setVisible(figure.badge is not None)
        self.label.setText(figure.label)
        self.label.setVisible(figure.badge is None)
        self.figure.show_figure(figure)
        beside, below = (self.count, self.note) if figure.badge else (self.note, self.count)
        beside.setText(figure.note)
        beside.setVisible(bool(figure.note))
        below.hide()


class FigureCard(Card):
    """One card; a figure that stays keeps the keyboard when others come and go.

    Signals:
        pressed(target): the person wants to see what stands behind a figure.
    """

    pressed = Signal(object)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.title = PlainLabel(title, look="muted")
        self.head = FigureButton(large=True)
        self.head.clicked.connect(lambda: self.pressed.emit(self.head.target))
        self.note = PlainLabel("", self, look="small", wrap=True)
        self.lines: dict[str, _Line] = {}
        self._column = QVBoxLayout()
        self._column.setSpacing(gap(self, 0.8))
        self.body.setSpacing(gap(self, 0.4))
        self.body.addWidget(self.title)
        self.body.addWidget(self.head)
        self.body.addWidget(self.note)
        self.body.addSpacing(gap(self, 0.8))
        self.body.addLayout(self._column)
        self.body.addStretch(1)

    def show_content(self, content: CardContent) -> None:
        """Show other figures."""
        self.title.setText(content.title)
        self.setAccessibleName(content.title)
        self.head.show_figure(content.head)
        self.note.setText(content.head.note)
        self.note.setVisible(bool(content.head.note))
        self._keep([figure.key for figure in content.lines])
        for place, figure in enumerate(content.lines):
            line = self.lines.get(figure.key)
            if line is None:
                line = self.lines[figure.key] = self._make_line()
            if self._column.indexOf(line) != place:
                self._column.removeWidget(line)
                self._column.insertWidget(place, line)
            line.show_figure(figure)

    def _make_line(self) -> _Line:
        line = _Line(self)
        line.figure.clicked.connect(lambda: self.pressed.emit(line.figure.target))
        return line

    def _keep(self, keys: Sequence[str]) -> None:
        for key in [key for key in self.lines if key not in keys]:
            line = self.lines.pop(key)
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
