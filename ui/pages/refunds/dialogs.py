"""The smaller dialogs of a refund before money moves: it is rejected, or withdrawn."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from core.services.refunds.rules import OTHER_REASON, RefundRules
from core.services.rows import RefundRow
from ui.context import PageContext
from ui.pages.refunds.words import amount_text
from ui.widgets.form_dialog import FormDialog

Done = Callable[[str], object]
"""Called with a sentence for the person once the work is done."""


def note_field(placeholder: str) -> QPlainTextEdit:
    """Return a field for a reason of a few lines; Tab leaves it."""
    field = QPlainTextEdit()
    field.setTabChangesFocus(True)
    field.setPlaceholderText(placeholder)
    field.setFixedHeight(field.fontMetrics().lineSpacing() * 4)
    return field


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


class WithdrawDialog(FormDialog):
    """Takes one's own request back; whoever decides is told, and it can be asked anew."""

    def __init__(
        self, context: PageContext, refund: RefundRow, on_done: Done, parent: QWidget
    ) -> None:
        super().__init__(
            self.tr("Withdraw a request"),
            self.tr("Withdraw %1 (F12)").replace("%1", amount_text(refund)),
            parent,
            explanation=self.tr("No money leaves. You can ask for it again."),
        )
        self._context = context
        self._refund = refund
        self._on_done = on_done
        self.cancel_button.setText(self.tr("Go back"))
        self.note = note_field(self.tr("Why (may stay empty)"))
        self.add_field(self.tr("Note"), self.note)
        self.note.setFocus()
        self.submitted.connect(self._on_submitted)

    def _on_submitted(self) -> None:
        app, actor, refund = self._context.app, self._context.actor, self._refund
        note = self.note.toPlainText().strip()
        self.run(
            self._context.tasks,
            lambda: app.refunds.withdraw(actor, refund.refund_id, note=note, seen=refund.seen),
            self._on_withdrawn,
        )

    def _on_withdrawn(self, refund: RefundRow) -> None:
        self._on_done(self.tr("Request for %1 withdrawn").replace("%1", amount_text(refund)))


class ReasonsDialog(FormDialog):
    """Keeps the list of reasons that is offered to whoever asks for a refund."""

    def __init__(
        self, context: PageContext, rules: RefundRules, on_done: Done, parent: QWidget
    ) -> None:
        super().__init__(
            self.tr("Reasons for refunds"),
            self.tr("Keep this list (F12)"),
            parent,
            explanation=self.tr(
                "One reason a line. “%1” always stands at the end. What was asked for before keeps"
                " the reason it had."
            ).replace("%1", OTHER_REASON),
        )
        self._context = context
        self._on_done = on_done
        self.reasons = note_field("")
        self.reasons.setFixedHeight(self.reasons.fontMetrics().lineSpacing() * 9)
        own = [reason for reason in rules.reasons if reason != OTHER_REASON]
        self.reasons.setPlainText("\n".join(own))
        self.add_field(self.tr("Reasons"), self.reasons)
        self.reasons.setFocus()
        self.submitted.connect(self._on_submitted)

    def _on_submitted(self) -> None:
        app, actor = self._context.app, self._context.actor
        reasons = tuple(self.reasons.toPlainText().splitlines())
        self.run(
            self._context.tasks,
            lambda: app.refund_rules.save_reasons(actor, reasons),
            lambda _rules: self._on_done(self.tr("The list of reasons is kept")),
        )
