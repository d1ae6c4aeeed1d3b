"""A paper on screen: its pages below each other, drawn off the GUI thread, with zoom and keys."""

from __future__ import annotations

import math
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from ui.printing.pdf_pages import MM_PER_INCH, Pdf
from ui.tasks import Progress, Task, TaskRunner
from ui.theme import color, gap

ZOOM_STEPS_PERCENT = (25, 33, 50, 67, 80, 100, 125, 150, 200, 300, 400)
_MOST_FITTED_PERCENT = 200
_SCREEN_DOTS_PER_INCH = 96
"""What 100 % means: a millimetre on paper is about one on an ordinary screen."""


class PaperPreview(QAbstractScrollArea):
    """Shows a ``Pdf``. Without a zoom of its own the first page fits the width.

    Keys: Ctrl with +, − and 0 (fit); arrows, Page Up and Down, Home and End; the wheel with Ctrl.

    Signals:
        zoom_changed(percent): what is shown is another size now.
    """

    zoom_changed = Signal(int)

    def __init__(self, tasks: TaskRunner, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._pdf: Pdf | None = None
        self._zoom_percent: int | None = None
        self._pictures: dict[int, tuple[float, QImage]] = {}
        self._drawing: dict[int, tuple[float, Task[QImage]]] = {}
        self._pages: tuple[QRectF, ...] = ()
        self._told_percent = 0
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(QSize(1, 1) * self.fontMetrics().height() * 12)

    @property
    def pdf(self) -> Pdf | None:
        """The paper shown."""
        return self._pdf

    @property
    def is_drawn(self) -> bool:
        """Tell whether every page that can be seen is there, as sharp as it is shown."""
        return self._pdf is not None and not self._drawing and not self._wanted()

    @property
    def zoom_percent(self) -> int:
        """The size shown; 100 is about that of the paper."""
        return round(self._scale() * MM_PER_INCH / _SCREEN_DOTS_PER_INCH * 100)

    def show_pdf(self, pdf: Pdf | None) -> None:
        """Show a paper, or nothing; zoom and place stay, so that an edit is seen where it was."""
        for _, task in self._drawing.values():
            task.cancel()
        self._drawing.clear()
        pages = len(pdf.sizes_mm) if pdf else 0
        # The old pictures stand until the new ones are there: an edit must not flicker.
        self._pictures = {n: (0.0, old) for n, (_, old) in self._pictures.items() if n < pages}
        self._pdf = pdf
        self._lay_out()

    def zoom_to(self, percent: int | None) -> None:
        """Show another size; None fits the width."""
        self._zoom_percent = percent
        self._lay_out()

    def zoom_in(self) -> None:
        """Show the next larger size."""
        now = self.zoom_percent
        self.zoom_to(next((step for step in ZOOM_STEPS_PERCENT if step > now), now))

    def zoom_out(self) -> None:
        """Show the next smaller size."""
        now = self.zoom_percent
        self.zoom_to(next((step for step in reversed(ZOOM_STEPS_PERCENT) if step < now), now))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom and scroll."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        bar, keys = self.verticalScrollBar(), Qt.Key
        if control and event.key() in {keys.Key_Plus, keys.Key_Equal}:
            self.zoom_in()
        elif control and event.key() == keys.Key_Minus:
            self.zoom_out()
        elif control and event.key() == keys.Key_0:
            self.zoom_to(None)
        elif event.key() == keys.Key_Home:
            bar.setValue(bar.minimum())
        elif event.key() == keys.Key_End:
            bar.setValue(bar.maximum())
        elif event.key() in {keys.Key_PageUp, keys.Key_PageDown}:
            step = bar.pageStep() * 9 // 10
            bar.setValue(bar.value() + (step if event.key() == keys.Key_PageDown else -step))
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl, else scroll."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if event.angleDelta().y() > 0:
                self.zoom_in()
            else:
                self.zoom_out()
            event.accept()
            return
        super().wheelEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what was given while nobody saw it."""
        super().showEvent(event)
        self._draw_wanted()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit anew, and draw what came into view."""
        super().resizeEvent(event)
        self._lay_out()

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """Paint at the new place."""
        self.viewport().update()
        self._draw_wanted()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint sheets of paper, and what is on them as far as it has been drawn."""
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), color("surface_hover"))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for page in self._seen():
            sheet = self._on_screen(page)
            painter.fillRect(sheet, Qt.GlobalColor.white)
            drawn = self._pictures.get(page)
            if drawn is not None:
                painter.drawImage(sheet, drawn[1])
            painter.setPen(QPen(color("border_strong"), 1))
            painter.drawRect(sheet)

    # Where the pages lie.

    def _scale(self) -> float:
        """Return the screen's dots per millimetre of paper."""
        hundred = _SCREEN_DOTS_PER_INCH / MM_PER_INCH
        if self._zoom_percent is not None or self._pdf is None:
            return hundred * (self._zoom_percent or 100) / 100
        widest = max(size.width() for size in self._pdf.sizes_mm)
        fitted = (self.viewport().width() - 2 * self._edge()) / widest
        most, least = hundred * _MOST_FITTED_PERCENT / 100, hundred * ZOOM_STEPS_PERCENT[0] / 100
        return max(least, min(most, fitted))

    def _edge(self) -> int:
        return gap(self, 2)

    def _lay_out(self) -> None:
        sizes = self._pdf.sizes_mm if self._pdf else ()
        scale, edge = self._scale(), self._edge()
        wide = max((size.width() * scale for size in sizes), default=0.0) + 2 * edge
        across = max(wide, float(self.viewport().width()))
        pages, top = [], float(edge)
        for size in sizes:
            width, height = size.width() * scale, size.height() * scale
            pages.append(QRectF(round((across - width) / 2), round(top), width, height))
            top += height + edge
        self._pages = tuple(pages)
        for bar, whole, shown in (
            (self.verticalScrollBar(), top, self.viewport().height()),
            (self.horizontalScrollBar(), wide, self.viewport().width()),
        ):
            bar.setPageStep(shown)
            bar.setSingleStep(self.fontMetrics().height() * 2)
            bar.setRange(0, max(0, math.ceil(whole) - shown))
        self.viewport().update()
        self._draw_wanted()
        if self._pdf is not None and self._told_percent != self.zoom_percent:
            self._told_percent = self.zoom_percent
            self.zoom_changed.emit(self.zoom_percent)

    def _on_screen(self, page: int) -> QRectF:
        return self._pages[page].translated(
            -self.horizontalScrollBar().value(), -self.verticalScrollBar().value()
        )

    def _seen(self) -> list[int]:
        window = QRectF(self.viewport().rect())
        return [n for n in range(len(self._pages)) if self._on_screen(n).intersects(window)]

    # What is drawn.

    def _dots_per_inch(self) -> float:
        return self._scale() * MM_PER_INCH * self.devicePixelRatioF()

    def _wanted(self) -> list[int]:
        """Return the pages in view that are not drawn as they are shown."""
        dots = self._dots_per_inch()
        return [
            page
            for page in self._seen()
            if page not in self._pictures or self._pictures[page][0] != dots
        ]

    def _draw_wanted(self) -> None:
        pdf, dots = self._pdf, self._dots_per_inch()
        if pdf is None or not self.isVisible():
            return
        for page in self._wanted():
            under_way = self._drawing.get(page)
            if under_way is not None:
                if under_way[0] == dots:
                    continue
                under_way[1].cancel()
            task = self._tasks.slow(
                self,
                partial(_drawn, pdf, page, dots),
                on_success=partial(self._on_drawn, page, dots),
            )
            self._drawing[page] = (dots, task)

    def _on_drawn(self, page: int, dots: float, picture: QImage) -> None:
        self._drawing.pop(page, None)
        self._pictures[page] = (dots, picture)
        seen = set(self._seen())
        for other in set(self._pictures) - seen - {page}:
            del self._pictures[other]
        self.viewport().update()


def _drawn(pdf: Pdf, page: int, dots_per_inch: float, _progress: Progress) -> QImage:
    return pdf.picture(page, dots_per_inch)
