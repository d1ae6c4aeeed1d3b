"""A month's invoices at once: drawn, written out for an accountant, with Cancel at any paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from core.errors import KnownError
from core.services.papers.months import DrawnMonth, MonthExport
from ui.context import PageContext
from ui.pages.invoices.months import month_text, months_back
from ui.tasks import Progress, Task
from ui.theme import gap
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import BusyButton, button
from ui.widgets.messages import InlineMessage
from ui.widgets.progress_line import ProgressLine

_MONTHS = 36

TargetAsker = Callable[[QWidget, MonthExport, str, Callable[[Path], object]], object]
"""Ask where to write a month of this name, and what to do with the path."""


class MonthDialog(QDialog):
    """Stays open while the work runs and afterwards says what was done.

    Cancelling loses nothing: what has been drawn lies where it belongs, and the same month begun
    again goes on with what is missing.
    """

    def __init__(
        self,
        context: PageContext,
        today: date,
        parent: QWidget | None = None,
        *,
        ask_target: TargetAsker | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._ask_target = ask_target or _ask_target
        self._task: Task[DrawnMonth] | None = None
        self._target: Path | None = None
        self.setWindowTitle(self.tr("Draw a month"))
        self.setModal(True)
        margin = gap(self, 2.5)
        column = QVBoxLayout(self)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(gap(self, 1.6))
        column.addWidget(PlainLabel(self.tr("Draw a month"), look="title"))
        told = self.tr(
            "Every invoice of the month becomes a PDF in the shop's folder. For an accountant they"
            " are written out as well. Looking through them hands out none of them."
        )
        column.addWidget(PlainLabel(told, look="muted", wrap=True))
        self.form = QWidget()
        column.addWidget(self.form)
        self._fill_form(today)
        self.line = ProgressLine()
        self.line.cancelled.connect(self._on_cancel)
        column.addWidget(self.line)
        self.message = InlineMessage(self)
        column.addWidget(self.message)
        column.addStretch(1)
        column.addLayout(self._make_buttons())
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 80)

    def _fill_form(self, today: date) -> None:
        rows = QFormLayout(self.form)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setHorizontalSpacing(gap(self, 2))
        rows.setVerticalSpacing(gap(self, 1.2))
        self.month = QComboBox()
        for month in months_back(today, _MONTHS):
            self.month.addItem(month_text(month), month)
        if today.day <= 10:
            # In the first days the month that has just ended is the one that is wanted.
            self.month.setCurrentIndex(1)
        self.export = QComboBox()
        for export, text in (
            (None, self.tr("only into the shop's folder")),
            (MonthExport.MERGED_PDF, self.tr("also as one PDF…")),
            (MonthExport.ZIP, self.tr("also as a ZIP archive…")),
            (MonthExport.FOLDER, self.tr("also into a folder…")),
        ):
            self.export.addItem(text, export)
        for label, field in ((self.tr("Month"), self.month), (self.tr("Invoices"), self.export)):
            caption = PlainLabel(label)
            caption.setBuddy(field)
            field.setAccessibleName(label)
            rows.addRow(caption, field)

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addStretch(1)
        self.close_button = button(self.tr("Close (Esc)"))
        self.close_button.clicked.connect(self.reject)
        self.start = BusyButton(self.tr("Draw (F12)"), busy_text=self.tr("Drawing…"))
        self.start.clicked.connect(self._on_start)
        row.addWidget(self.close_button)
        row.addWidget(self.start)
        return row

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Begin with F12 or Enter; Esc stops what runs, and closes when nothing does."""
        if event.key() in {Qt.Key.Key_F12, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            focused = self.focusWidget()
            is_enter = event.key() != Qt.Key.Key_F12
            if event.isAutoRepeat():
                return
            if is_enter and isinstance(focused, QAbstractButton):
                focused.click()
            else:
                self.start.click()
            return
        super().keyPressEvent(event)

    def reject(self) -> None:
        """Stop the work first; a second time close."""
        if self._task is not None:
            self._on_cancel()
            return
        super().reject()

    def _on_start(self) -> None:
        self.message.clear()
        export: MonthExport | None = self.export.currentData()
        month: date = self.month.currentData()
        if export is None:
            self._run(month, None, None)
            return
        self.start.finish()
        name = f"invoices-{month:%Y-%m}"
        self._ask_target(self, export, name, lambda path: self._run(month, export, path))

    def _run(self, month: date, export: MonthExport | None, target: Path | None) -> None:
        months, actor = self._context.app.paper_months, self._context.actor
        self.start.start()
        self.form.setEnabled(False)
        self._target = target

        def work(progress: Progress) -> DrawnMonth:
            if export is None or target is None:
                return months.draw_month(actor, month.year, month.month, progress.report)
            return months.write_month(
                actor, month.year, month.month, target, export, progress.report
            )

        text = self.tr("Drawing %1…").replace("%1", month_text(month))
        self.line.start(text)
        self._task = self._context.tasks.slow(
            self,
            work,
            on_success=self._on_done,
            on_known_error=self._on_refused,
            on_finished=self._end,
            on_progress=lambda done, total: self.line.show_step(
                f"{text} {done} / {total}", done, total
            ),
        )

    def _on_cancel(self) -> None:
        if self._task is None:
            return
        self._task.cancel()
        self._end()
        self.message.show_message(
            self.tr("Stopped. What was drawn stays; the same month goes on from there."),
            level="warning",
        )

    def _end(self) -> None:
        self._task = None
        self.line.stop()
        self.start.finish()
        self.form.setEnabled(True)

    def _on_done(self, done: DrawnMonth) -> None:
        found = len(done.paths)
        if not found:
            self.message.show_message(self.tr("No invoice was issued in this month."), level="info")
            return
        text = self.tr("%1 invoices: %2 drawn now, %3 were there already.")
        for place, number in enumerate((found, done.drawn, found - done.drawn), start=1):
            text = text.replace(f"%{place}", str(number))
        if self._target is not None:
            text += " " + self.tr("Written to %1").replace("%1", str(self._target))
        self.message.show_message(text, level="success")

    def _on_refused(self, error: KnownError) -> None:
        self.message.show_error(error)


def _ask_target(
    window: QWidget, export: MonthExport, name: str, on_chosen: Callable[[Path], object]
) -> None:
    dialog = QFileDialog(window)
    if export is MonthExport.FOLDER:
        dialog.setFileMode(QFileDialog.FileMode.Directory)
    else:
        suffix = "zip" if export is MonthExport.ZIP else "pdf"
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(f"{suffix.upper()} (*.{suffix})")
        dialog.setDefaultSuffix(suffix)
        dialog.selectFile(f"{name}.{suffix}")
    dialog.fileSelected.connect(lambda path: on_chosen(Path(path)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
