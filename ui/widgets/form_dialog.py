"""Dialogs: a form that closes only on success, and the sheet that money leaves by.

Neither blocks: ``open()`` it and listen to ``finished``. No dialog here is ever ``exec()``-ed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from core.errors import KnownError
from ui.tasks import TaskRunner
from ui.theme import gap, set_look
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import BusyButton, button
from ui.widgets.facts import KeyValueList
from ui.widgets.messages import InlineMessage

ResultT = TypeVar("ResultT")
_ACTING_KEYS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F12})


class FormDialog(QDialog):
    """A form with its error on top and its buttons below.

    Fill ``form`` by ``add_field``; on ``submitted`` read the fields and ``run`` the operation, or
    ``fail(error)`` at once. F12 submits from anywhere, Esc asks before typed data
    is lost. A key that is held down acts once: what opened the form never submits it too.

    Signals:
        submitted: the primary button was pressed; the dialog is busy until succeed or fail.
    """

    submitted = Signal()

    def __init__(
        self,
        title: str,
        submit_text: str,
        parent: QWidget | None = None,
        *,
        explanation: str = "",
        kind: str = "primary",
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        margin = gap(self, 2.5)
        column = QVBoxLayout(self)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(gap(self, 1.6))
        column.addWidget(PlainLabel(title, look="title", wrap=True))
        if explanation:
            column.addWidget(PlainLabel(explanation, look="muted", wrap=True))
        self.message = InlineMessage()
        column.addWidget(self.message)
        self.body = QWidget()
        self.form = QFormLayout(self.body)
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setVerticalSpacing(gap(self, 1.2))
        self.form.setHorizontalSpacing(gap(self, 2))
        self.form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        column.addWidget(self.body)
        column.addStretch(1)
        self._discard_bar = self._make_discard_bar()
        column.addWidget(self._discard_bar)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        self.cancel_button = button(self.tr("Cancel"))
        self.cancel_button.setToolTip("Esc")
        self.cancel_button.clicked.connect(self.reject)
        self.submit_button = BusyButton(submit_text, kind=kind)
        self.submit_button.clicked.connect(self._on_submit)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.submit_button)
        column.addLayout(buttons)
        self._first_values: tuple[str, ...] | None = None
        self._focused_field: QWidget | None = None
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 76)

    def add_field(self, label: str, field: QWidget) -> QWidget:
        """Add a row; the label names the field for screen readers too."""
        text = PlainLabel(label)
        text.setBuddy(field)
        if not field.accessibleName():
            field.setAccessibleName(label)
        self.form.addRow(text, field)
        return field

    @property
    def is_busy(self) -> bool:
        """Tell whether the work of the primary button is under way."""
        return self.submit_button.is_busy

    @property
    def has_changes(self) -> bool:
        """Tell whether anything was typed or chosen since the form was opened."""
        return self._first_values is not None and self._values() != self._first_values

    def run(
        self,
        tasks: TaskRunner,
        work: Callable[[], ResultT],
        on_done: Callable[[ResultT], object],
    ) -> None:
        """Do the work off the GUI thread; close on success, stay with the reason on a refusal."""

        def succeeded(result: ResultT) -> None:
            self.succeed()
            on_done(result)

        tasks.operation(
            self, work, on_success=succeeded, on_known_error=self.fail, on_finished=self.stop
        )

    def succeed(self) -> None:
        """Close the form: the work is done."""
        self._set_busy(False)
        self.accept()

    def fail(self, error: KnownError) -> None:
        """Show why the work was not done; everything typed stays."""
        self._set_busy(False)
        self.message.show_error(error)

    def stop(self) -> None:
        """Take the busy state away without a word, after an unexpected error was reported."""
        self._set_busy(False)

    def sizeHint(self) -> QSize:
        """Return the form's width, and the height that its texts need when they have it."""
        layout = self.layout()
        if layout is None:
            return super().sizeHint()
        wanted = layout.totalSizeHint()
        wanted.setWidth(max(wanted.width(), self.minimumWidth()))
        if layout.hasHeightForWidth():
            wanted.setHeight(layout.totalHeightForWidth(wanted.width()))
        return wanted

    def event(self, event: QEvent) -> bool:
        """Grow when a message or a field that appeared needs room."""
        if event.type() is QEvent.Type.LayoutRequest and self.isVisible():
            layout = self.layout()
            if layout is not None:
                needed = layout.totalHeightForWidth(self.width())
                self.resize(self.width(), max(self.height(), needed))
        return super().event(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Remember what the form holds when it opens."""
        super().showEvent(event)
        if self._first_values is None:
            self._first_values = self._values()

    def reject(self) -> None:
        """Close unless work is under way or typed data would be lost."""
        if self.is_busy:
            return
        if self.has_changes and not self._discard_bar.isVisible():
            self._discard_bar.show()
            self._keep_button.setFocus()
            return
        super().reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter move to the next field, and submit from the last one or with Ctrl; or F12."""
        if event.isAutoRepeat() and event.key() in _ACTING_KEYS:
            return
        if event.key() == Qt.Key.Key_F12:
            self.submit_button.click()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._on_enter(
                with_control=bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            )
        else:
            super().keyPressEvent(event)

    def _on_enter(self, *, with_control: bool) -> None:
        focused = self.focusWidget()
        if with_control or focused is self._last_field():
            self.submit_button.click()
        elif isinstance(focused, QAbstractButton):
            focused.click()
        else:
            self.focusNextChild()

    def _last_field(self) -> QWidget | None:
        fields = [
            field
            for field in self.body.findChildren(QWidget)
            if isinstance(field, QLineEdit | QComboBox) and field.isVisible()
        ]
        return fields[-1] if fields else None

    def _on_submit(self) -> None:
        self.message.clear()
        self._discard_bar.hide()
        self._set_busy(True)
        self.submitted.emit()

    def _set_busy(self, busy: bool) -> None:
        if busy:
            self._focused_field = self.focusWidget()
        self.body.setEnabled(not busy)
        self.cancel_button.setEnabled(not busy)
        if busy:
            self.submit_button.start()
        else:
            self.submit_button.finish()
            field = self._focused_field
            if field is not None and self.body.isAncestorOf(field):
                field.setFocus()

    def _values(self) -> tuple[str, ...]:
        found = []
        for field in self.body.findChildren(QWidget):
            if isinstance(field, QLineEdit):
                found.append(field.text())
            elif isinstance(field, QComboBox):
                found.append(field.currentText())
            elif isinstance(field, QPlainTextEdit):
                found.append(field.toPlainText())
        return tuple(found)

    def _make_discard_bar(self) -> QFrame:
        bar = QFrame()
        set_look(bar, look="warning")
        row = QHBoxLayout(bar)
        row.addWidget(PlainLabel(self.tr("What you typed is not saved."), wrap=True), 1)
        self._keep_button = button(self.tr("Keep editing"))
        self._keep_button.clicked.connect(bar.hide)
        discard = button(self.tr("Discard"), kind="danger")
        discard.clicked.connect(self._on_discard)
        row.addWidget(self._keep_button)
        row.addWidget(discard)
        bar.hide()
        return bar

    def _on_discard(self) -> None:
        super().reject()


class ReviewSheet(FormDialog):
    """The last look before money leaves: who, how, how much in figures and words, and what stays.

    The button carries the act and the amount ("Refund 15 000 RWF"). Cancel has the focus and is
    the default; Enter never fires the act, only a click, Space on the button, or F12.
    """

    def __init__(
        self,
        title: str,
        submit_text: str,
        amount_text: str,
        facts: Sequence[tuple[str, str]],
        parent: QWidget | None = None,
        *,
        amount_words: str = "",
        warnings: Sequence[str] = (),
    ) -> None:
        super().__init__(title, submit_text, parent, kind="danger")
        self.amount = PlainLabel(amount_text, look="amount")
        self.form.addRow(self.amount)
        if amount_words:
            self.form.addRow(PlainLabel(amount_words, look="muted", wrap=True))
        self.facts = KeyValueList(facts)
        self.form.addRow(self.facts)
        for warning in warnings:
            note = InlineMessage()
            self.form.addRow(note)
            note.show_message(warning, level="warning")
        self.cancel_button.setDefault(True)

    def showEvent(self, event: QShowEvent) -> None:
        """Put the focus on Cancel."""
        super().showEvent(event)
        self.cancel_button.setFocus()

    def _on_enter(self, *, with_control: bool) -> None:  # noqa: ARG002 - no Enter sends money
        focused = self.focusWidget()
        if isinstance(focused, QAbstractButton) and focused is not self.submit_button:
            focused.click()
        else:
            self.focusNextChild()
