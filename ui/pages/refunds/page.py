"""The refunds page: what waits for a decision, what waits to be paid, what is done."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QWidget,
)

from core.errors import KnownError
from core.model.refunds import RefundStatus
from core.services.rows import Page as RowPage
from core.services.rows import RefundFacts, RefundRow
from ui.badges import badge_for
from ui.context import PageContext
from ui.models.fetching import fetch_page
from ui.models.table import PagedTableModel
from ui.pages.page import Page
from ui.pages.refunds.columns import refund_columns
from ui.pages.refunds.dialogs import CarryOutSheet, DecisionSheet, RejectDialog
from ui.pages.refunds.words import (
    amount_text,
    refund_facts,
    state_sentence,
    why_no_approval,
    why_no_rejection,
    why_not_carried_out,
)
from ui.theme import gap, set_look
from ui.widgets.basics import BadgeLabel, Card, PageHeader, PlainLabel, page_layout, splitter
from ui.widgets.buttons import button
from ui.widgets.data_table import DataTable
from ui.widgets.facts import KeyValueList
from ui.widgets.messages import EmptyState, InfoBar

TABS: tuple[frozenset[RefundStatus], ...] = (
    frozenset({RefundStatus.REQUESTED}),
    frozenset(
        {
            RefundStatus.APPROVED,
            RefundStatus.PROCESSING,
            RefundStatus.FAILED,
            RefundStatus.UNKNOWN,
        }
    ),
    frozenset({RefundStatus.COMPLETED}),
    frozenset({RefundStatus.REJECTED}),
)
"""The states behind each tab."""


class RefundsPage(Page):
    """Every refund of the shop by where it stands."""

    watches = frozenset({"refunds", "payments"})

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._has_asked = False
        self._shown: RefundRow | None = None
        self._wanted_id = ""
        self.model: PagedTableModel[RefundRow] = PagedTableModel(
            refund_columns(), row_id=lambda row: row.refund_id, parent=self
        )
        self.model.page_wanted.connect(self._fetch)
        self.model.dataChanged.connect(self._on_rows_changed)
        self.model.layoutChanged.connect(self._on_rows_changed)
        self.table = DataTable(self.model, self.tr("Refunds"))
        self.table.row_opened.connect(self._on_opened)
        self.table.current_row_changed.connect(self._show)
        column = page_layout(self)
        column.addWidget(
            PageHeader(
                self.tr("Refunds"),
                self.tr("Asked by one person, approved by another, then paid back."),
            )
        )
        self.bar = InfoBar()
        self.bar.action_triggered.connect(self._on_try_again)
        column.addWidget(self.bar)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("Where refunds stand"))
        for _ in TABS:
            self.tabs.addTab("")
        self._show_counts(dict.fromkeys(RefundStatus, 0))
        self.tabs.currentChanged.connect(self._on_tab_changed)
        column.addWidget(self.tabs)
        self.detail = self._make_detail()
        self.split = splitter(self._make_list(), self.detail, shares=(5, 3))
        column.addWidget(self.split, 1)
        self.setFocusProxy(self.table)
        for keys, act in (("A", self._approve), ("J", self._reject), ("P", self._carry_out)):
            QShortcut(QKeySequence(keys), self).activated.connect(act)
        QShortcut(QKeySequence("Ctrl+J"), self).activated.connect(self._go_to_payment)

    def refresh(self) -> None:
        """Read the counts and the list again; selection and place stay."""
        if self._has_asked:
            self.model.refresh()
        else:
            self._has_asked = True
            self.model.ask_again()
        app, actor = self.context.app, self.context.actor
        self.context.tasks.query(
            self,
            lambda: app.refunds.counts(actor),
            on_success=self._show_counts,
            on_known_error=self._show_error,
            latest="counts",
        )

    def open_item(self, item_id: str) -> None:
        """Show one refund on the tab it belongs to."""
        app, actor = self.context.app, self.context.actor
        self.context.tasks.query(
            self,
            lambda: app.refunds.facts(actor, item_id),
            on_success=self._go_to,
            on_known_error=self._show_error,
            latest="item",
        )

    def _make_list(self) -> QWidget:
        self.stack = QStackedWidget()
        self.empty = EmptyState("refund", "")
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        self.stack.setMinimumWidth(self.fontMetrics().averageCharWidth() * 44)
        return self.stack

    def _make_detail(self) -> Card:
        card = Card()
        head = QHBoxLayout()
        self.amount = PlainLabel(look="amount")
        self.status = BadgeLabel()
        head.addWidget(self.amount, 1)
        head.addWidget(self.status)
        card.body.addLayout(head)
        self.sentence = PlainLabel(wrap=True)
        card.body.addWidget(self.sentence)
        self.facts = KeyValueList()
        card.body.addWidget(self.facts)
        self.approve_button = self._button(self.tr("Approve… (A)"), self._approve)
        self.reject_button = self._button(self.tr("Reject… (J)"), self._reject)
        self.carry_out_button = self._button(self.tr("Carry out… (P)"), self._carry_out)
        self.payment_button = self._button(self.tr("Show payment"), self._go_to_payment)
        self.payment_button.setToolTip("Ctrl+J")
        decide = QHBoxLayout()
        decide.setSpacing(gap(self))
        decide.addWidget(self.approve_button)
        decide.addWidget(self.reject_button)
        pay = QHBoxLayout()
        pay.setSpacing(gap(self))
        pay.addWidget(self.carry_out_button)
        pay.addWidget(self.payment_button)
        card.body.addLayout(decide)
        card.body.addLayout(pay)
        self.reasons = PlainLabel(look="small", wrap=True)
        card.body.addWidget(self.reasons)
        card.body.addStretch(1)
        card.setMinimumWidth(self.fontMetrics().averageCharWidth() * 62)
        card.hide()
        return card

    def _button(self, text: str, act: object) -> QPushButton:
        made = button(text)
        made.clicked.connect(act)
        return made

    # The list

    def _fetch(self, question: int, page: int) -> None:
        app, actor, statuses = self.context.app, self.context.actor, TABS[self.tabs.currentIndex()]
        fetch_page(
            self.context.tasks,
            self,
            self.model,
            question,
            page,
            lambda offset, limit: app.refunds.page(
                actor, statuses=statuses, offset=offset, limit=limit
            ),
            on_refused=self._show_error,
            on_delivered=self._on_delivered,
        )

    def _on_delivered(self, found: RowPage[RefundRow]) -> None:
        self._show_total(found.total)
        self._select_wanted()

    def _on_tab_changed(self) -> None:
        self.bar.clear()
        self._show(None)
        self._has_asked = True
        self.model.ask_again()

    def _show_counts(self, counts: dict[RefundStatus, int]) -> None:
        titles = (
            self.tr("To approve (%1)"),
            self.tr("Approved – to pay (%1)"),
            self.tr("Done (%1)"),
            self.tr("Rejected (%1)"),
        )
        for number, (title, statuses) in enumerate(zip(titles, TABS, strict=True)):
            count = sum(counts[status] for status in statuses)
            self.tabs.setTabText(number, title.replace("%1", str(count)))

    def _show_total(self, total: int) -> None:
        sentences = (
            self.tr("Nothing waits for a decision."),
            self.tr("No approved refund waits to be paid back."),
            self.tr("No refund has been paid back yet."),
            self.tr("No refund was rejected."),
        )
        self.empty.sentence.setText(sentences[self.tabs.currentIndex()])
        self.stack.setCurrentWidget(self.table if total else self.empty)

    def _go_to(self, facts: RefundFacts) -> None:
        self._wanted_id = facts.refund.refund_id
        tab = next(n for n, statuses in enumerate(TABS) if facts.refund.status in statuses)
        if tab == self.tabs.currentIndex():
            self._select_wanted()
        else:
            self.tabs.setCurrentIndex(tab)

    def _select_wanted(self) -> None:
        position = self.model.position_of(self._wanted_id) if self._wanted_id else None
        if position is not None:
            self._wanted_id = ""
            self.table.selectRow(position)

    # One refund

    def _on_rows_changed(self) -> None:
        current = self.table.current_row()
        if current != self._shown:
            self._show(current)

    def _show(self, refund: RefundRow | None) -> None:
        self._shown = refund
        self.detail.setVisible(refund is not None)
        if refund is None:
            return
        actor = self.context.actor
        self.amount.setText(amount_text(refund))
        self.status.set_badge(badge_for("refund", refund.status))
        self.sentence.setText(state_sentence(refund, self.context.app.configuration.clock()))
        self.facts.set_facts(refund_facts(refund))
        told: dict[str, list[str]] = {}
        for made, reason in (
            (self.approve_button, why_no_approval(actor, refund)),
            (self.reject_button, why_no_rejection(actor, refund)),
            (self.carry_out_button, why_not_carried_out(actor, refund)),
        ):
            made.setEnabled(not reason)
            made.setToolTip(reason)
            made.setAccessibleDescription(reason)
            if reason:
                told.setdefault(reason, []).append(made.text().partition("…")[0])
        self.reasons.setText(
            "\n".join(f"{', '.join(names)} – {reason}" for reason, names in told.items())
        )
        set_look(self.approve_button, kind="primary" if self.approve_button.isEnabled() else "")
        paying = self.carry_out_button.isEnabled()
        set_look(self.carry_out_button, kind="primary" if paying else "")

    def _on_opened(self, refund: RefundRow) -> None:
        self._show(refund)
        if not why_not_carried_out(self.context.actor, refund):
            self._carry_out()
        else:
            self._open_facts(refund)

    def _approve(self) -> None:
        if self._shown is None:
            return
        reason = why_no_approval(self.context.actor, self._shown)
        if reason:
            self.notice_raised.emit(reason)
        else:
            self._open_facts(self._shown)

    def _open_facts(self, refund: RefundRow) -> None:
        app, actor = self.context.app, self.context.actor
        self.context.tasks.query(
            self,
            lambda: app.refunds.facts(actor, refund.refund_id),
            on_success=lambda facts: self.open_form(
                DecisionSheet(self.context, facts, self._on_done, self._open_rejection, self)
            ),
            on_known_error=self._show_error,
            latest="facts",
        )

    def _reject(self) -> None:
        if self._shown is None:
            return
        reason = why_no_rejection(self.context.actor, self._shown)
        if reason:
            self.notice_raised.emit(reason)
        else:
            self._open_rejection(self._shown)

    def _open_rejection(self, refund: RefundRow) -> None:
        self.open_form(RejectDialog(self.context, refund, self._on_done, self))

    def _carry_out(self) -> None:
        if self._shown is None:
            return
        reason = why_not_carried_out(self.context.actor, self._shown)
        if reason:
            self.notice_raised.emit(reason)
        else:
            self.open_form(CarryOutSheet(self.context, self._shown, self._on_done, self))

    def _go_to_payment(self) -> None:
        if self._shown is not None:
            self.payment_requested.emit(self._shown.payment_id)

    def _on_done(self, sentence: str) -> None:
        self.notice_raised.emit(sentence)
        self.refresh()

    def _show_error(self, error: KnownError) -> None:
        self.bar.show_state(error.message, level="error", action=self.tr("Try again"))

    def _on_try_again(self) -> None:
        self.bar.clear()
        self.refresh()
