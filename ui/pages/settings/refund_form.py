"""What the shop lays down about refunds: the reasons offered, and a manager's limit."""

from __future__ import annotations

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from core.errors import InvalidInputError
from core.services.refunds.rules import OTHER_REASON, RefundRules
from ui.context import PageContext
from ui.pages.settings.shop_form import SavingForm
from ui.widgets.inputs import AmountEdit

_LINES = 8


class RefundForm(SavingForm):
    """The list of reasons, one a line, and the amount up to which a manager approves alone."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._context = context
        self.add_explanation(
            self.tr(
                "A manager approves a refund up to this amount, in the shop's own currency; above"
                " it, and in any other currency, the refund is passed on to an admin. An empty"
                " amount leaves every refund to an admin. Nobody approves what they asked for."
            )
        )
        self.limit = AmountEdit(self.tr("A manager approves up to"))
        self.limit.edit.textChanged.connect(self.note_edit)
        self.add_field("refund_limit_minor", self.tr("A manager approves up to"), self.limit)
        self.reasons = QPlainTextEdit()
        self.reasons.setTabChangesFocus(True)
        self.reasons.setFixedHeight(self.fontMetrics().height() * (_LINES + 1))
        self.reasons.textChanged.connect(self.note_edit)
        self.add_field("refund_reasons", self.tr("Reasons, one a line"), self.reasons)
        self.save_requested.connect(self._save_rules)

    def refresh(self) -> None:
        """Read the rules again; what is being edited stays."""
        load = self._context.app.refund_rules.load
        self._context.tasks.query(self, load, on_success=self._on_read, latest="rules")

    def show_rules(self, rules: RefundRules) -> None:
        """Fill the fields."""

        def put() -> None:
            self.limit.set_amount(rules.limit_minor or None)
            own = [reason for reason in rules.reasons if reason != OTHER_REASON]
            self.reasons.setPlainText("\n".join(own))

        self.fill(put)

    def _on_read(self, rules: RefundRules) -> None:
        if not self.has_edits:
            self.show_rules(rules)

    def _save_rules(self) -> None:
        app, actor = self._context.app, self._context.actor
        limit_minor = self.limit.amount_minor
        if limit_minor is None and self.limit.edit.text().strip() not in {"", "0"}:
            self.finish()
            told = self.tr("Nothing was changed. Type an amount.")
            self.fail(InvalidInputError(told, field="refund_limit_minor"))
            return
        reasons = tuple(self.reasons.toPlainText().splitlines())

        def save() -> RefundRules:
            return app.refund_rules.save(actor, limit_minor or 0, reasons)

        def on_success(saved: RefundRules) -> None:
            self.show_rules(saved)
            self.tell_saved()

        self._context.tasks.operation(
            self,
            save,
            on_success=on_success,
            on_known_error=self.fail,
            on_finished=self.finish,
        )
