"""One call beside the list: what became of it, what was sent, what was answered."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from core.model.calls import CallResult
from core.services.rows import TransactionRow
from ui.badges import badge_for
from ui.pages.transactions.words import call_facts
from ui.theme import gap
from ui.widgets.basics import BadgeLabel, PlainLabel, SelectableLabel
from ui.widgets.buttons import IconButton, button
from ui.widgets.facts import KeyValueList
from ui.widgets.json_view import JsonView
from ui.widgets.panes import scrolled_card


class CallPane(QFrame):
    """Shows one call.

    Signals:
        payment_wanted(payment_id): show the payment it was made for.
        calls_wanted(payment_id): show all calls about that payment.
        closed: the person closed the pane.
    """

    payment_wanted = Signal(str)
    calls_wanted = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.call: TransactionRow | None = None
        self.area, self._column = scrolled_card(
            self,
            self._make_head(),
            name=self.tr("Call"),
            shown=self.tr("The call chosen"),
            characters=64,
        )
        self._fill()

    def show_call(self, call: TransactionRow) -> None:
        """Show a call, or the same one as it is now; what was unfolded stays so."""
        self.call = call
        self.title.setText(badge_for("request", call.request_type).text)
        self.result.set_badge(badge_for("outcome", _result(call).name))
        self.status.set_badge(badge_for("attempt", call.status))
        said = call.error_message
        if call.error_code and call.error_code not in said:
            said = f"{said} ({call.error_code})" if said else call.error_code
        self.error.setText(said)
        self.error.setVisible(bool(said))
        facts, copyable = call_facts(call)
        self._show_facts(facts, copyable)
        self.request.set_text(call.request_data)
        self.request.setVisible(bool(call.request_data))
        self.answer.set_text(call.response_data)
        self.answer.setVisible(bool(call.response_data))
        self.no_answer.setVisible(not call.response_data)

    def _make_head(self) -> QVBoxLayout:
        head = QVBoxLayout()
        row = QHBoxLayout()
        self.title = PlainLabel(look="heading")
        row.addWidget(self.title)
        row.addStretch(1)
        close = IconButton("cross", self.tr("Close (Esc)"))
        close.clicked.connect(self.closed)
        row.addWidget(close)
        head.addLayout(row)
        badges = QHBoxLayout()
        badges.setSpacing(gap(self))
        self.result, self.status = BadgeLabel(), BadgeLabel()
        badges.addWidget(self.result)
        badges.addWidget(self.status)
        badges.addStretch(1)
        head.addLayout(badges)
        return head

    def _fill(self) -> None:
        self.error = SelectableLabel(look="wrong")
        self._column.addWidget(self.error)
        row = QHBoxLayout()
        row.setSpacing(gap(self, 0.8))
        self.payment_button = button(self.tr("Show payment (Enter)"))
        self.payment_button.setToolTip("Ctrl+J")
        self.payment_button.clicked.connect(lambda: self._ask(self.payment_wanted))
        self.calls_button = button(self.tr("All calls about it"))
        self.calls_button.setToolTip("Ctrl+L")
        self.calls_button.clicked.connect(lambda: self._ask(self.calls_wanted))
        row.addWidget(self.payment_button)
        row.addWidget(self.calls_button)
        row.addStretch(1)
        self._column.addLayout(row)
        self._facts = KeyValueList()
        self._column.addWidget(self._facts)
        self.request = JsonView(self.tr("Request"))
        self.answer = JsonView(self.tr("Response"))
        self.no_answer = PlainLabel(self.tr("No response was received."), look="muted")
        for view in (self.request, self.answer):
            view.fold.setChecked(True)
            self._column.addWidget(view)
        self._column.addWidget(self.no_answer)
        self._column.addStretch(1)

    def _show_facts(self, facts: list[tuple[str, str]], copyable: frozenset[str]) -> None:
        if tuple(facts) == self._facts.facts:
            return
        shown = KeyValueList(facts, copyable=copyable)
        self._column.replaceWidget(self._facts, shown)
        self._facts.hide()
        self._facts.deleteLater()
        self._facts = shown

    def _ask(self, signal: object) -> None:
        if self.call is not None:
            signal.emit(self.call.payment_id)  # type: ignore[attr-defined]  # a bound signal


def _result(call: TransactionRow) -> CallResult:
    if call.success:
        return CallResult.SUCCEEDED
    return CallResult.FAILED if call.error_code else CallResult.OPEN
