"""The form that asks what became of the difference of one match."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtWidgets import QWidget

from core.model.reconciliations import DifferenceKind, MatchState, WriteOffReason
from core.money import display
from core.services.matching.by_hand import ExplainDifference
from core.services.matching.differences import DifferenceAnswer
from core.services.rows import MatchRow
from ui.context import PageContext
from ui.pages.reconcile.difference_choice import DifferenceChoice
from ui.pages.reconcile.reasons import explained_text
from ui.pages.reconcile.words import filled
from ui.widgets.facts import KeyValueList
from ui.widgets.form_dialog import FormDialog

ResultT = TypeVar("ResultT")


class DifferenceDialog(FormDialog, Generic[ResultT]):
    """What was received, what is recorded, and what becomes of the difference.

    Of a proposal the answer approves it too. The key is made when the form opens.
    """

    def __init__(
        self,
        context: PageContext,
        match: MatchRow,
        explain: Callable[[ExplainDifference], ResultT],
        on_done: Callable[[ResultT], object],
        parent: QWidget,
    ) -> None:
        super().__init__(
            self.tr("What became of the difference"),
            "",
            parent,
            explanation=explained_text(match),
        )
        self._match = match
        self._key = str(uuid.uuid4())
        currency = match.lines[0].currency
        received = sum(line.amount_minor for line in match.lines)
        self._amount = display(abs(match.difference_minor), currency)
        short = match.difference_minor > 0
        self.form.addRow(
            KeyValueList(
                [
                    (self.tr("Received"), display(received, currency)),
                    (self.tr("Recorded"), display(received + match.difference_minor, currency)),
                    (self.tr("Short") if short else self.tr("Over"), self._amount),
                ]
            )
        )
        self.choice = DifferenceChoice()
        self.choice.show_difference(match.difference_minor)
        self.choice.choose(answer_of(match))
        self.add_field(self.tr("What becomes of it"), self.choice)
        self.choice.changed.connect(self._name_act)
        self.submitted.connect(lambda: self.run(context.tasks, self._work(explain), on_done))
        self._name_act()
        self.choice.answers.setFocus()

    @property
    def command(self) -> ExplainDifference:
        """What the form would do now."""
        return ExplainDifference(self._key, self._match.match_id, self.choice.answer)

    def _work(self, explain: Callable[[ExplainDifference], ResultT]) -> Callable[[], ResultT]:
        command = self.command
        return lambda: explain(command)

    def _name_act(self) -> None:
        told = {
            DifferenceKind.OPEN: self.tr("Keep %1 open (F12)"),
            DifferenceKind.FEE: self.tr("%1 is the fee (F12)"),
            DifferenceKind.WRITE_OFF: self.tr("Write off %1 (F12)"),
        }[self.choice.answer.kind]
        if self._match.state is MatchState.PROPOSED:
            told = filled(self.tr("Approve · %1"), told)
        self.submit_button.setText(filled(told, self._amount))

    def _last_field(self) -> QWidget | None:
        return self.choice.note if self.choice.note.isVisible() else self.choice.answers


def answer_of(match: MatchRow) -> DifferenceAnswer:
    """Return what was said of a match's difference until now."""
    reason = WriteOffReason(match.difference_reason) if match.difference_reason else None
    return DifferenceAnswer(match.difference_kind, reason, match.difference_note)
