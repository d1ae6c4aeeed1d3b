"""Facts about one thing: labelled values, the way of the money, totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QWidget,
)

from ui.icons import paint_icon
from ui.theme import color, color_name, gap
from ui.widgets.basics import PlainLabel, SelectableLabel
from ui.widgets.buttons import IconButton
from ui.words import count_text

_COPY_LINES = 1.75
"""How high a copy button is, in lines of text: about 24 pixels, so that it can be hit."""


class KeyValueList(QWidget):
    """Labels and values in two columns; values can be marked, and copied where asked for."""

    def __init__(
        self,
        facts: Sequence[tuple[str, str]] = (),
        parent: QWidget | None = None,
        *,
        copyable: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(gap(self, 2.5))
        self._grid.setVerticalSpacing(gap(self, 0.9))
        self._grid.setColumnStretch(1, 1)
        self._copyable = copyable
        self._facts: tuple[tuple[str, str], ...] = ()
        self._labels: list[PlainLabel] = []
        self._copies: list[IconButton] = []
        self.set_facts(facts)

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """The labels and values shown."""
        return self._facts

    def set_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show other facts; an empty value is shown as a dash."""
        if tuple(facts) == self._facts:
            return
        self._facts = tuple(facts)
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._labels.clear()
        self._copies.clear()
        for row, (label, value) in enumerate(self._facts):
            self._labels.append(PlainLabel(label, look="muted"))
            # Beside a long text the label stays at the first line.
            self._grid.addWidget(self._labels[-1], row, 0, Qt.AlignmentFlag.AlignTop)
            shown = SelectableLabel(value or "–")
            shown.setAccessibleName(f"{label}: {value}")
            self._grid.addWidget(shown, row, 1)
            if label in self._copyable and value:
                self._copies.append(self._copy_button(label, value))
                self._grid.addWidget(self._copies[-1], row, 2, Qt.AlignmentFlag.AlignTop)
        self._space_rows()

    def changeEvent(self, event: QEvent) -> None:
        """Follow another size of text."""
        super().changeEvent(event)
        types = {QEvent.Type.FontChange, QEvent.Type.StyleChange}
        if event.type() in types and hasattr(self, "_copies"):
            self._space_rows()

    def _space_rows(self) -> None:
        """Make every row as high as one with a button: lines keep their distance."""
        self._grid.setVerticalSpacing(gap(self, 0.3 if self._copies else 0.9))
        height = 0
        if self._copies:
            self._copies[0].ensurePolished()
            height = round(self._copies[0].fontMetrics().height() * _COPY_LINES)
        for copy in self._copies:
            copy.setFixedHeight(height)
        for label in self._labels:
            label.setMinimumHeight(height)

    def _copy_button(self, label: str, value: str) -> IconButton:
        copy = IconButton("copy", self.tr("Copy %1").replace("%1", label))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(value))
        return copy


class StepState(Enum):
    """Where a step of the money's way stands."""

    DONE = "done"
    CURRENT = "current"
    WAITING = "waiting"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the money's way; ``note`` says when, or since when and what is awaited."""

    title: str
    state: StepState
    note: str = ""


_STEP_LOOKS = {
    StepState.DONE: ("success", "check"),
    StepState.CURRENT: ("accent", ""),
    StepState.WAITING: ("border_strong", ""),
    StepState.FAILED: ("danger", "cross"),
}


_CENTERED = int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap)


class MoneyPath(QWidget):
    """The way of the money as a line of steps: done, current, still to come, failed.

    Every step has its own shape and words; the whole path is read out as one sentence.
    """

    def __init__(self, steps: Sequence[Step] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps: tuple[Step, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_steps(steps)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps shown."""
        return self._steps

    def set_steps(self, steps: Sequence[Step]) -> None:
        """Show other steps."""
        self._steps = tuple(steps)
        words = {
            StepState.DONE: self.tr("done"),
            StepState.CURRENT: self.tr("now"),
            StepState.WAITING: self.tr("not yet"),
            StepState.FAILED: self.tr("failed"),
        }
        spoken = [
            ", ".join(filter(None, [step.title, words[step.state], step.note]))
            for step in self._steps
        ]
        self.setAccessibleName("; ".join(spoken))
        self.setToolTip("\n".join(spoken))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for a circle and the words under it."""
        width = self.fontMetrics().height() * 7 * max(1, len(self._steps))
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Return the narrowest width at which the words can still be read."""
        width = self.fontMetrics().height() * 4 * max(1, len(self._steps))
        return QSize(width, self.heightForWidth(max(width, self.width())))

    def hasHeightForWidth(self) -> bool:
        """Tell that narrow steps need more lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height that the longest of the words need."""
        room = QRect(0, 0, width // max(1, len(self._steps)) - 8, 10_000)
        bold = self.font()
        bold.setBold(True)
        title_metrics, note_metrics = QFontMetrics(bold), self.fontMetrics()
        highest = 0
        for step in self._steps:
            height = title_metrics.boundingRect(room, _CENTERED, step.title).height()
            if step.note:
                height += note_metrics.boundingRect(room, _CENTERED, step.note).height() + 2
            highest = max(highest, height)
        return round(self._diameter() + gap(self, 0.8)) + highest + 4

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask the layout for the height that the new width needs."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint circles, the line between them, and the words."""
        if not self._steps:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = self.width() / len(self._steps)
        for number, step in enumerate(self._steps):
            if number:
                self._paint_line(painter, number, width)
            self._paint_step(painter, step, QRectF(number * width, 0, width, self.height()))

    def _diameter(self) -> float:
        return self.fontMetrics().height() * 1.5

    def _paint_line(self, painter: QPainter, number: int, width: float) -> None:
        reached = self._steps[number].state is not StepState.WAITING
        pen = QPen(color("success" if reached else "border_strong"), 2)
        if not reached:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        diameter = self._diameter()
        y = round(diameter / 2) + 1
        start = (number - 0.5) * width + diameter * 0.7
        painter.drawLine(round(start), y, round((number + 0.5) * width - diameter * 0.7), y)

    def _paint_step(self, painter: QPainter, step: Step, cell: QRectF) -> None:
        token, icon_name = _STEP_LOOKS[step.state]
        diameter = self._diameter()
        circle = QRectF(cell.center().x() - diameter / 2, 1, diameter, diameter)
        filled = step.state in {StepState.DONE, StepState.FAILED}
        painter.setPen(QPen(color(token), 2))
        painter.setBrush(color(token) if filled else color("surface"))
        painter.drawEllipse(circle.adjusted(1, 1, -1, -1))
        inset = diameter * 0.2
        inner = circle.adjusted(inset, inset, -inset, -inset)
        if icon_name:
            paint_icon(painter, icon_name, inner, color_name("surface"))
        elif step.state is StepState.CURRENT:
            painter.setBrush(color(token))
            painter.drawEllipse(inner.adjusted(inset / 2, inset / 2, -inset / 2, -inset / 2))
        font = self.font()
        font.setBold(step.state is StepState.CURRENT)
        painter.setFont(font)
        muted = step.state is StepState.WAITING
        painter.setPen(QColor(color_name("text_muted" if muted else "text")))
        top = diameter + gap(self, 0.8)
        room = QRectF(cell.left() + 4, top, cell.width() - 8, cell.height() - top)
        used = painter.boundingRect(room, _CENTERED, step.title)
        painter.drawText(room, _CENTERED, step.title)
        if step.note:
            font.setBold(False)
            painter.setFont(font)
            painter.setPen(color("text_muted"))
            painter.drawText(room.adjusted(0, used.height() + 2, 0, 0), _CENTERED, step.note)


class TotalsBar(QFrame):
    """The line under a table: how many rows and how much, of all that fits and of the selection."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(gap(self, 0.6), 0, gap(self, 0.6), 0)
        self.selection = PlainLabel()
        self.total = PlainLabel(look="muted")
        row.addWidget(self.selection)
        row.addStretch(1)
        row.addWidget(self.total)

    def show_total(self, count: int, amount_text: str = "", *, of: int | None = None) -> None:
        """Show the filtered set: "Shown 3 of 1 204 · Σ 267 000 RWF"; ``of`` is without filter."""
        if of is not None and of != count:
            text = (
                self.tr("Shown %1 of %2")
                .replace("%1", count_text(count))
                .replace("%2", count_text(of))
            )
        else:
            text = self.tr("Rows: %1").replace("%1", count_text(count))
        self.total.setText(f"{text} · Σ {amount_text}" if amount_text else text)

    def show_selection(self, count: int, amount_text: str = "") -> None:
        """Show the selected rows; none leaves the place empty."""
        if not count:
            self.selection.setText("")
            return
        text = self.tr("Selected %1").replace("%1", count_text(count))
        self.selection.setText(f"{text} · {amount_text}" if amount_text else text)
