"""The sheets of a refund before money moves: the manager's decision, and the rejection."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from core.services.rows import Check, RefundFacts, RefundRow
from ui.context import PageContext
from ui.pages.refunds.words import (
    amount_text,
    decision_facts,
    in_words,
    why_no_approval,
    why_no_rejection,
)
from ui.theme import gap
from ui.widgets.basics import IconLabel, PlainLabel
from ui.widgets.buttons import button
from ui.widgets.form_dialog import FormDialog, ReviewSheet

Done = Callable[[str], object]
"""Called with a sentence for the person once the work is done."""


def note_field(placeholder: str) -> QPlainTextEdit:
    """Return a field for a reason of a few lines; Tab leaves it."""
    field = QPlainTextEdit()
    field.setTabChangesFocus(True)
    field.setPlaceholderText(placeholder)
    field.setFixedHeight(field.fontMetrics().lineSpacing() * 4)
    return field


class CheckList(QWidget):
    """Checks as sentences, each with a tick or a cross."""

    def __init__(self, checks: tuple[Check, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, gap(self), 0, 0)
        column.setSpacing(gap(self, 0.5))
        self.sentences: list[PlainLabel] = []
        for check in checks:
            row = QHBoxLayout()
            row.setSpacing(gap(self))
            icon, token = ("check", "success") if check.passed else ("cross", "danger")
            row.addWidget(IconLabel(icon, token, self))
            label = PlainLabel(check.text, look="" if check.passed else "wrong", wrap=True)
            said = self.tr("passed") if check.passed else self.tr("not passed")
            label.setAccessibleName(f"{said}: {check.text}")
            row.addWidget(label, 1)
            column.addLayout(row)
            self.sentences.append(label)


class DecisionSheet(ReviewSheet):
    """Shows a manager all they weigh; approves what was on the screen, or goes on to a rejection.

    The approval is bound to the version shown: a refund that changed meanwhile is not approved.
    """

    def __init__(
        self,
        context: PageContext,
        facts: RefundFacts,
        on_done: Done,
        on_reject: Callable[[RefundRow], object],
        parent: QWidget,
    ) -> None:
        refund = facts.refund
        super().__init__(
            self.tr("Decide on a refund"),
            self.tr("Approve %1 (F12)").replace("%1", amount_text(refund)),
            amount_text(refund),
            decision_facts(facts),
            parent,
            amount_words=in_words(refund),
        )
        self._context = context
        self._refund = refund
        self._on_done = on_done
        self.checks = CheckList(facts.checks)
        self.form.addRow(self.checks)
        refusal = why_no_approval(context.actor, refund)
        if not refusal and not facts.may_approve:
            refusal = next(check.text for check in facts.checks if not check.passed)
        self.submit_button.setEnabled(not refusal)
        self.submit_button.setToolTip(refusal)
        self.refusal = PlainLabel(refusal, look="wrong", wrap=True)
        self.form.addRow(self.refusal)
        # A check that did not pass has said it already.
        self.refusal.setVisible(bool(refusal) and facts.may_approve)
        self.reject_button = button(self.tr("Reject… (J)"))
        no_rejection = why_no_rejection(context.actor, refund)
        self.reject_button.setEnabled(not no_rejection)
        self.reject_button.setToolTip(no_rejection)
        self.reject_button.setShortcut("J")
        self.reject_button.clicked.connect(lambda: self._go_on(on_reject))
        layout = self.layout()
        row = layout.itemAt(layout.count() - 1) if layout is not None else None
        if isinstance(row, QHBoxLayout):
            row.insertWidget(0, self.reject_button)
        self.submitted.connect(self._on_submitted)

    def _go_on(self, on_reject: Callable[[RefundRow], object]) -> None:
        refund = self._refund
        self.done(0)
        on_reject(refund)

    def _on_submitted(self) -> None:
        app, actor, refund = self._context.app, self._context.actor, self._refund
        self.run(
            self._context.tasks,
            lambda: app.refunds.approve(actor, refund.refund_id, seen=refund.seen),
            self._on_approved,
        )

    def _on_approved(self, refund: RefundRow) -> None:
        self._on_done(self.tr("Refund of %1 approved").replace("%1", amount_text(refund)))


class RejectDialog(FormDialog):
    """Asks a manager why a refund is refused; the one who asked will read it."""

    def __init__(
        self, context: PageContext, refund: RefundRow, on_done: Done, parent: QWidget
    ) -> None:
        super().__init__(
            self.tr("Reject a refund"),
            self.tr("Reject %1 (F12)").replace("%1", amount_text(refund)),
            parent,
            explanation=self.tr("No money leaves. %1 will read your reason.").replace(
                "%1", refund.requested_by
            ),
            kind="danger",
        )
        self._context = context
        self._refund = refund
        self._on_done = on_done
        self.reason = note_field(self.tr("Why the money does not go back"))
        self.add_field(self.tr("Reason"), self.reason)
        self.reason.setFocus()
        self.submitted.connect(self._on_submitted)

    def _on_submitted(self) -> None:
        app, actor, refund = self._context.app, self._context.actor, self._refund
        reason = self.reason.toPlainText().strip()
        self.run(
            self._context.tasks,
            lambda: app.refunds.reject(actor, refund.refund_id, reason=reason, seen=refund.seen),
            self._on_rejected,
        )

    def _on_rejected(self, refund: RefundRow) -> None:
        self._on_done(self.tr("Refund of %1 rejected").replace("%1", amount_text(refund)))
