"""The forms of the reconcile page: set aside, close, resolve, reopen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from core.model.reconciliations import LineCategory
from core.money import display
from core.services.reconciliations.lists import ReconciliationSummary
from core.services.rows import ReconciliationRow, StatementLineRow
from ui.context import PageContext
from ui.pages.reconcile.reasons import set_aside_reasons
from ui.pages.reconcile.verbs import Verbs
from ui.pages.reconcile.words import (
    filled,
    line_text,
    number,
    numbers_text,
    period_text,
    signed,
)
from ui.widgets.basics import PlainLabel
from ui.widgets.facts import KeyValueList
from ui.widgets.form_dialog import FormDialog
from ui.widgets.messages import InlineMessage

ResultT = TypeVar("ResultT")
translate = QCoreApplication.translate
_SHOWN_OPEN_LINES = 8
_LETTERS_OF_LINE = 76


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
    """Asks why lines are set aside: one of the usual reasons, or any other text."""

    def __init__(
        self,
        context: PageContext,
        verbs: Verbs,
        lines: Sequence[StatementLineRow],
        on_done: Callable[[], object],
        parent: QWidget,
        *,
        suggestion: str = "",
    ) -> None:
        super().__init__(
            self._title(len(lines)),
            translate("Reconcile", "Set aside (Enter)"),
            parent,
            self._explanation(lines),
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
            ids = [line.line_id for line in lines]
            self.run(context.tasks, lambda: verbs.ignore(ids, reason), lambda _none: on_done())

        self.submitted.connect(submit)

    def _title(self, count: int) -> str:
        if count == 1:
            return translate("Reconcile", "Set a line aside")
        return filled(translate("Reconcile", "Set %1 lines aside"), number(count))

    def _explanation(self, lines: Sequence[StatementLineRow]) -> str:
        amount = signed(sum(line.amount_minor for line in lines), lines[0].currency)
        if len(lines) == 1:
            return filled("%1 · %2 · %3", str(lines[0].line_date), amount, line_text(lines[0]))
        told = translate("Reconcile", "Lines %1 · together %2")
        return filled(told, numbers_text(lines), amount)


class UndoAllDialog(FormDialog):
    """Asks before every match of the statement is taken back; names how many they are."""

    def __init__(
        self, summary: ReconciliationSummary, on_yes: Callable[[], object], parent: QWidget
    ) -> None:
        count = number(summary.matches)
        super().__init__(
            translate("Reconcile", "Undo all matches"),
            filled(translate("Reconcile", "Undo %1 matches (F12)"), count),
            parent,
            explanation=translate(
                "Reconcile",
                "Whoever approved them. Proposals are offered again; what is set aside stays.",
            ),
        )
        told = translate("Reconcile", "%1 matches of %2 are taken back.")
        self.form.addRow(PlainLabel(filled(told, count, summary.row.file_name), wrap=True))

        def submit() -> None:
            self.accept()
            on_yes()

        self.submitted.connect(submit)


class CloseSheet(_NotesForm):
    """The last look before a reconciliation is locked."""

    def __init__(
        self,
        context: PageContext,
        verbs: Verbs,
        summary: ReconciliationSummary,
        on_done: Callable[[ReconciliationRow], object],
        parent: QWidget,
        *,
        missing: int,
    ) -> None:
        row = summary.row
        submit = (
            translate("Reconcile", "Close as complete (F12)")
            if summary.is_explained
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
        self.facts = KeyValueList(self._facts(summary, missing))
        self.form.addRow(self.facts)
        if row.balance_gap_minor:
            told = self.tr("The file itself does not add up: gap %1.")
            self._warn(filled(told, signed(row.balance_gap_minor, row.currency)))
        open_count = summary.still_open.count
        if open_count:
            self.form.addRow(PlainLabel(self.tr("These lines stay unmatched:"), look="muted"))
            # Its room is kept before its text is read: the form does not grow under the pointer.
            self.left_open = PlainLabel("\n" * (min(open_count, _SHOWN_OPEN_LINES + 1) - 1))
            self.left_open.setMinimumWidth(self.fontMetrics().averageCharWidth() * _LETTERS_OF_LINE)
            self.form.addRow(self.left_open)
            context.tasks.query(
                self,
                lambda: verbs.open_lines(_SHOWN_OPEN_LINES),
                on_success=lambda lines: self.left_open.setText(self._listed(lines, open_count)),
            )
        self.notes = self.add_notes(self.tr("Notes"))

        def submit_notes() -> None:
            notes = self.notes.toPlainText()
            self.run(context.tasks, lambda: verbs.close(notes), on_done)

        self.submitted.connect(submit_notes)

    def _facts(self, summary: ReconciliationSummary, missing: int) -> list[tuple[str, str]]:
        row = summary.row
        return [
            (self.tr("File"), row.file_name),
            (self.tr("Period"), period_text(row)),
            (self.tr("Matched"), number(summary.shares[LineCategory.MATCHED].count)),
            (self.tr("Set aside"), number(summary.shares[LineCategory.IGNORED].count)),
            (self.tr("Left unmatched"), number(summary.still_open.count)),
            (self.tr("Written off"), display(summary.written_off_minor, row.currency)),
            (self.tr("Unmatched payments"), number(missing)),
            (self.tr("Discrepancy"), signed(row.discrepancy_amount_minor, row.currency)),
        ]

    def _listed(self, lines: Sequence[StatementLineRow], count: int) -> str:
        told = [
            self._elided(
                filled(
                    "%1   %2   %3",
                    str(line.line_date),
                    signed(line.amount_minor, line.currency),
                    line_text(line),
                )
            )
            for line in lines
        ]
        hidden = count - len(lines)
        if hidden > 0:
            told.append(filled(self.tr("and %1 more"), number(hidden)))
        return "\n".join(told)

    def _elided(self, text: str) -> str:
        room = self.left_open.minimumWidth()
        return self.left_open.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)

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
