"""The forms of the reconcile page: set aside, close, resolve, reopen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from core.model.reconciliations import DifferenceKind
from core.money import display
from core.services.rows import ReconciliationRow, StatementLineRow
from ui.context import PageContext
from ui.pages.reconcile.board import Board, BoardLine, Category
from ui.pages.reconcile.reasons import set_aside_reasons
from ui.pages.reconcile.verbs import Verbs
from ui.pages.reconcile.words import filled, line_text, number, period_text, signed
from ui.widgets.basics import PlainLabel
from ui.widgets.facts import KeyValueList
from ui.widgets.form_dialog import FormDialog
from ui.widgets.messages import InlineMessage

ResultT = TypeVar("ResultT")
translate = QCoreApplication.translate
_SHOWN_OPEN_LINES = 8


class _NotesForm(FormDialog):
    """A form with one box of notes, in which Enter makes a new line."""

    def __init__(self, title: str, submit_text: str, parent: QWidget, explanation: str) -> None:
        super().__init__(title, submit_text, parent, explanation=explanation)

    def add_notes(self, label: str) -> QPlainTextEdit:
        """Add the box."""
        notes = QPlainTextEdit()
        notes.setTabChangesFocus(True)
        notes.setFixedHeight(notes.fontMetrics().height() * 5)
        self.add_field(label, notes)
        self.begin_at(notes)
        return notes

    def begin_at(self, field: QWidget) -> None:
        """Put the focus on a field, and the buttons after it."""
        self.setTabOrder(field, self.cancel_button)
        self.setTabOrder(self.cancel_button, self.submit_button)
        field.setFocus()


class IgnoreDialog(_NotesForm):
    """Asks why a line is set aside: one of the usual reasons, or any other text."""

    def __init__(
        self,
        context: PageContext,
        verbs: Verbs,
        line: StatementLineRow,
        on_done: Callable[[Board], object],
        parent: QWidget,
        *,
        suggestion: str = "",
    ) -> None:
        amount = signed(line.amount_minor, line.currency)
        super().__init__(
            translate("Reconcile", "Set a line aside"),
            translate("Reconcile", "Set aside (Enter)"),
            parent,
            filled("%1 · %2 · %3", str(line.line_date), amount, line_text(line)),
        )
        edit = QLineEdit()
        edit.setPlaceholderText(self.tr("Choose or write"))
        self.reason = QComboBox()
        self.reason.setEditable(True)
        self.reason.setLineEdit(edit)
        self.reason.addItems(set_aside_reasons())
        self.reason.setCurrentIndex(-1)
        self.reason.setEditText(suggestion)
        edit.selectAll()
        self.reason.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.add_field(self.tr("Reason"), self.reason)
        self.begin_at(self.reason)

        def submit() -> None:
            reason = self.reason.currentText()
            self.run(context.tasks, lambda: verbs.ignore(line.line_id, reason), on_done)

        self.submitted.connect(submit)


class CloseSheet(_NotesForm):
    """The last look before a reconciliation is locked."""

    def __init__(
        self,
        context: PageContext,
        verbs: Verbs,
        board: Board,
        on_done: Callable[[ReconciliationRow], object],
        parent: QWidget,
    ) -> None:
        row = board.detail.reconciliation
        open_lines = [each for each in board.lines if each.category.is_open]
        submit = (
            translate("Reconcile", "Close as complete (F12)")
            if board.detail.is_explained
            else translate("Reconcile", "Close with a discrepancy (F12)")
        )
        super().__init__(
            translate("Reconcile", "Close the reconciliation"),
            submit,
            parent,
            translate(
                "Reconcile", "Its lines and matches are locked then; a manager can reopen it."
            ),
        )
        self.facts = KeyValueList(self._facts(board, len(open_lines)))
        self.form.addRow(self.facts)
        if row.balance_gap_minor:
            told = self.tr("The file itself does not add up: gap %1.")
            self._warn(filled(told, signed(row.balance_gap_minor, row.currency)))
        if open_lines:
            self.form.addRow(PlainLabel(self.tr("These lines stay unmatched:"), look="muted"))
            self.form.addRow(PlainLabel(self._listed(open_lines), wrap=True))
        self.notes = self.add_notes(self.tr("Notes"))

        def submit_notes() -> None:
            notes = self.notes.toPlainText()
            self.run(context.tasks, lambda: verbs.close(notes), on_done)

        self.submitted.connect(submit_notes)

    def _facts(self, board: Board, left_open: int) -> list[tuple[str, str]]:
        row = board.detail.reconciliation
        return [
            (self.tr("File"), row.file_name),
            (self.tr("Period"), period_text(row)),
            (self.tr("Matched"), number(board.shares[Category.MATCHED].count)),
            (self.tr("Set aside"), number(board.shares[Category.IGNORED].count)),
            (self.tr("Left unmatched"), number(left_open)),
            (self.tr("Written off"), display(_written_off_minor(board), row.currency)),
            (self.tr("Payments not on it"), number(board.detail.unmatched_payments_total)),
            (self.tr("Difference"), signed(row.discrepancy_amount_minor, row.currency)),
        ]

    def _listed(self, open_lines: Sequence[BoardLine]) -> str:
        told = [
            filled(
                "%1   %2   %3",
                str(each.line.line_date),
                signed(each.line.amount_minor, each.line.currency),
                line_text(each.line)[:60],
            )
            for each in open_lines[:_SHOWN_OPEN_LINES]
        ]
        hidden = len(open_lines) - _SHOWN_OPEN_LINES
        if hidden > 0:
            told.append(filled(self.tr("and %1 more"), number(hidden)))
        return "\n".join(told)

    def _warn(self, text: str) -> None:
        note = InlineMessage()
        self.form.addRow(note)
        note.show_message(text, level="warning")


class StepDialog(_NotesForm):
    """Asks for the sentence that resolving or reopening needs; ``step`` is given it."""

    def __init__(
        self,
        context: PageContext,
        title: str,
        submit_text: str,
        explanation: str,
        step: Callable[[str], ReconciliationRow],
        on_done: Callable[[ReconciliationRow], object],
        parent: QWidget,
    ) -> None:
        super().__init__(title, submit_text, parent, explanation)
        self.notes = self.add_notes(self.tr("Reason"))

        def submit_notes() -> None:
            notes = self.notes.toPlainText()
            self.run(context.tasks, lambda: step(notes), on_done)

        self.submitted.connect(submit_notes)


def _written_off_minor(board: Board) -> int:
    written_off = board.detail.explained(DifferenceKind.WRITE_OFF)
    return sum(abs(match.difference_minor) for match in written_off)


def resolve_dialog(
    context: PageContext,
    verbs: Verbs,
    on_done: Callable[[ReconciliationRow], object],
    parent: QWidget,
) -> StepDialog:
    """Return the form that asks how a closed discrepancy was settled."""
    return StepDialog(
        context,
        translate("Reconcile", "Resolve the discrepancy"),
        translate("Reconcile", "Resolve (F12)"),
        translate("Reconcile", "Write how it was settled: who was asked, what was found."),
        verbs.resolve,
        on_done,
        parent,
    )


def reopen_dialog(
    context: PageContext,
    verbs: Verbs,
    on_done: Callable[[ReconciliationRow], object],
    parent: QWidget,
) -> StepDialog:
    """Return the form that asks why a closed reconciliation is reopened."""
    return StepDialog(
        context,
        translate("Reconcile", "Reopen the reconciliation"),
        translate("Reconcile", "Reopen (F12)"),
        translate("Reconcile", "Its matches can be changed again until it is closed anew."),
        verbs.reopen,
        on_done,
        parent,
    )
