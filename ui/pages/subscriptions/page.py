"""The subscriptions page: who pays again and again, what is due, and what needs a look."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QPushButton, QWidget

from core.clock import shop_date
from core.errors import KnownError
from core.permissions import Permission
from core.services.rows import PaymentRow
from core.services.subscriptions.commands import ChargePeriod, KeepSubscription
from core.services.subscriptions.renewal_rows import RenewalReport
from core.services.subscriptions.renewal_settings import RenewalSettings
from core.services.subscriptions.rows import (
    ChargeRow,
    PlanRow,
    SubscriptionDetail,
    SubscriptionRow,
)
from ui.context import PageContext
from ui.pages.page import Page
from ui.pages.subscriptions.catalogue import PlansDialog, RulesDialog
from ui.pages.subscriptions.detail import KEYS, SubscriptionAct, SubscriptionDetailPane
from ui.pages.subscriptions.dialogs import (
    CancelDialog,
    ChangeDialog,
    PauseDialog,
    ResumeDialog,
    WaiveDialog,
)
from ui.pages.subscriptions.filters import subscription_chips, wanted_by
from ui.pages.subscriptions.list_pane import SubscriptionsList
from ui.pages.subscriptions.renew_sheet import RenewSheet
from ui.pages.subscriptions.start_dialog import StartDialog
from ui.pages.subscriptions.words import day_text
from ui.widgets.basics import PageHeader, page_layout, splitter
from ui.widgets.buttons import button
from ui.widgets.filters import FilterChips
from ui.widgets.inputs import SearchField
from ui.widgets.messages import InfoBar
from ui.words import count_text

_NARROW_CHARACTERS = 150


class SubscriptionsPage(Page):
    """Every subscription of the shop, the next due first."""

    watches = frozenset({"subscriptions", "payments", "settings"})

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._may_change = context.actor.may(Permission.MANAGE_SUBSCRIPTIONS)
        self._may_rule = context.actor.may(Permission.MANAGE_SETTINGS)
        self._shown = ""
        self._search = ""
        column = page_layout(self)
        column.addWidget(self._make_header())
        self.bar = InfoBar()
        self.bar.action_triggered.connect(self._on_try_again)
        column.addWidget(self.bar)
        self.chips = FilterChips(subscription_chips())
        self.chips.filters_changed.connect(self._on_filter_changed)
        column.addWidget(self.chips)
        self.list = SubscriptionsList(context)
        self.detail = SubscriptionDetailPane(context.actor)
        self.detail.hide()
        self.split = splitter(self.list, self.detail, shares=(5, 4))
        column.addWidget(self.split, 1)
        self.setFocusProxy(self.list.table)
        self._connect()
        self._add_keys()

    def refresh(self) -> None:
        """Read the list, what needs a look, and the subscription shown again."""
        self.list.refresh()
        self._count_needed()
        self.context.tasks.query(
            self,
            self.context.app.renewal_settings.load,
            on_success=self._show_rules,
            on_known_error=self._show_error,
            latest="rules",
        )
        if self._shown:
            self._read(self._shown)

    def open_item(self, item_id: str) -> None:
        """Show one subscription by its number."""
        self.list.select(item_id)
        self._read(item_id)

    def _make_header(self) -> PageHeader:
        header = self.header = PageHeader(self.tr("Subscriptions"), " ")
        self.needed_button: QPushButton = button("", icon_name="alert")
        self.needed_button.setCheckable(True)
        self.needed_button.setToolTip("Ctrl+U")
        header.buttons.addWidget(self.needed_button)
        self.needed_button.hide()
        self.search = SearchField(self.tr("Search name, phone, number, plan"))
        self.search.setMinimumWidth(self.fontMetrics().averageCharWidth() * 40)
        header.buttons.addWidget(self.search)
        self.plans_button = button(self.tr("Plans…"))
        self.rules_button = button(self.tr("Rules…"))
        self.renew_button = button(self.tr("Renew now…"), icon_name="sync")
        self.start_button = button(self.tr("Start…"), kind="primary", icon_name="plus")
        for made, key, act, is_allowed in (
            (self.plans_button, "Ctrl+L", self._on_plans, self._may_change),
            (self.rules_button, "Ctrl+K", self._on_rules, self._may_rule),
            (self.renew_button, "Ctrl+D", self._on_renew, self._may_change),
            (self.start_button, "Ctrl+N", self._on_start, self._may_change),
        ):
            made.setToolTip(key)
            made.clicked.connect(act)
            header.buttons.addWidget(made)
            # Only now: shown before it has a parent, it would be a window of its own.
            made.setVisible(is_allowed)
            if is_allowed:
                QShortcut(QKeySequence(key), self).activated.connect(act)
        return header

    def _connect(self) -> None:
        self.needed_button.toggled.connect(self._on_filter_changed)
        self.search.search_changed.connect(self._on_search_changed)
        self.list.current_changed.connect(self._on_current_changed)
        self.list.row_opened.connect(self._on_opened)
        self.list.clear_wanted.connect(self._on_clear)
        self.list.start_wanted.connect(self._on_start)
        self.list.failed.connect(self._show_error)
        self.detail.act_wanted.connect(self._on_act)
        self.detail.charge_opened.connect(self._on_charge_opened)

    def _add_keys(self) -> None:
        for act, key in KEYS.items():
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.activated.connect(lambda act=act: self._on_act(act))
        QShortcut(QKeySequence("Ctrl+U"), self).activated.connect(self._on_needed_wanted)
        QShortcut(QKeySequence("F6"), self).activated.connect(self._on_next_pane)

    # Finding

    def _on_search_changed(self, text: str) -> None:
        self._search = text
        self._on_filter_changed()

    def _on_filter_changed(self) -> None:
        self.bar.clear()
        self._shown = ""
        self.detail.hide()
        needs_look = self.needed_button.isChecked()
        self.list.show_filter(wanted_by(self.chips.values, self._search, needs_look=needs_look))

    def _on_clear(self) -> None:
        self._search = ""
        self.search.clear()
        self.needed_button.setChecked(False)
        self.chips.clear()
        self._on_filter_changed()
        self.list.table.setFocus()

    def _count_needed(self) -> None:
        app, actor = self.context.app, self.context.actor
        self.context.tasks.query(
            self,
            lambda: app.subscription_lists.needing_a_look(actor),
            on_success=self._show_needed,
            on_known_error=self._show_error,
            latest="needed",
        )

    def _show_needed(self, count: int) -> None:
        self.needed_button.setText(self.tr("Needs a look (%1)").replace("%1", count_text(count)))
        self.needed_button.setVisible(bool(count) or self.needed_button.isChecked())

    def _show_rules(self, rules: RenewalSettings) -> None:
        told = self.tr("Charged by itself each day from %1 o'clock, while Sanduku runs.")
        if not rules.renews_by_itself:
            told = self.tr("Nothing is charged by itself: “Renew now…” charges what is due.")
        self.header.subtitle.setText(told.replace("%1", str(rules.renewal_hour)))

    def _on_needed_wanted(self) -> None:
        if self.needed_button.isVisible():
            self.needed_button.toggle()
        else:
            self.notice_raised.emit(self.tr("Nothing needs a look"))

    # One subscription

    def _on_current_changed(self, row: SubscriptionRow | None) -> None:
        if row is not None:
            self._read(row.subscription_number)

    def _on_opened(self, row: SubscriptionRow) -> None:
        self._read(row.subscription_number)
        self.detail.table.setFocus()

    def _read(self, number: str) -> None:
        self._shown = number
        app, actor = self.context.app, self.context.actor
        self.context.tasks.query(
            self,
            lambda: app.subscription_lists.detail(actor, number),
            on_success=self._on_detail,
            on_known_error=self._show_error,
            latest="detail",
        )

    def _on_detail(self, detail: SubscriptionDetail) -> None:
        if detail.subscription.subscription_number == self._shown:
            self.detail.show_detail(detail, self.context.app.configuration.clock())
            self.detail.show()

    def _on_charge_opened(self, charge: ChargeRow) -> None:
        self.payment_requested.emit(charge.payment_id)

    def _on_next_pane(self) -> None:
        in_detail = self.detail.table.hasFocus() or not self.detail.table.isVisible()
        other = self.list.table if in_detail else self.detail.table
        other.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # Acts

    def _on_act(self, act: SubscriptionAct) -> None:
        detail = self.detail.detail
        if detail is None or not self.detail.isVisible():
            return
        reason = self.detail.reason_against(act)
        if reason:
            self.notice_raised.emit(reason)
            return
        context, row, done = self.context, detail.subscription, self._on_done
        today = shop_date(context.app.configuration.clock())
        unpaid = self.detail.unpaid_charge
        if act is SubscriptionAct.PAUSE:
            self.open_form(PauseDialog(context, row, today, done, self))
        elif act is SubscriptionAct.RESUME:
            self.open_form(ResumeDialog(context, row, today, done, self))
        elif act is SubscriptionAct.CANCEL:
            self.open_form(CancelDialog(context, row, done, self))
        elif act is SubscriptionAct.CHANGE:
            self._with_plans(
                lambda plans: self.open_form(ChangeDialog(context, row, plans, done, self)),
                offered_only=True,
            )
        elif act is SubscriptionAct.KEEP:
            self._keep(row)
        elif act is SubscriptionAct.CHARGE:
            self._charge(row)
        elif unpaid is not None:
            self.open_form(WaiveDialog(context, row, unpaid, done, self))

    def _keep(self, row: SubscriptionRow) -> None:
        app, actor = self.context.app, self.context.actor
        command = KeepSubscription(str(uuid.uuid4()), row.subscription_number, row.version)
        self.context.tasks.operation(
            self,
            lambda: app.subscriptions.keep(actor, command),
            on_success=lambda kept: self._on_done(
                self.tr("%1 goes on").replace("%1", kept.customer_name)
            ),
            on_known_error=self._show_error,
        )

    def _charge(self, row: SubscriptionRow) -> None:
        app, actor = self.context.app, self.context.actor
        command = ChargePeriod(str(uuid.uuid4()), row.subscription_number)
        self.context.tasks.operation(
            self,
            lambda: app.period_acts.charge(actor, command),
            on_success=self._on_charged,
            on_known_error=self._show_error,
        )

    def _on_charged(self, payment: PaymentRow) -> None:
        told = self.tr("%1 is charged").replace("%1", payment.transaction_reference)
        self._on_done(told)

    def _on_start(self) -> None:
        today = shop_date(self.context.app.configuration.clock())
        self._with_plans(
            lambda plans: self.open_form(
                StartDialog(self.context, plans, today, self._on_started, self)
            ),
            offered_only=True,
        )

    def _on_started(self, row: SubscriptionRow) -> None:
        told = self.tr("%1 pays from %2 on").replace("%1", row.customer_name)
        self._on_done(told.replace("%2", day_text(row.starts_on)))
        self.open_item(row.subscription_number)

    def _on_plans(self) -> None:
        self._with_plans(
            lambda plans: self.open_form(PlansDialog(self.context, plans, self._on_done, self)),
            offered_only=False,
        )

    def _with_plans(
        self, open_form: Callable[[tuple[PlanRow, ...]], object], *, offered_only: bool
    ) -> None:
        app, actor = self.context.app, self.context.actor
        self.context.tasks.query(
            self,
            lambda: app.subscription_lists.plans(actor, offered_only=offered_only),
            on_success=open_form,
            on_known_error=self._show_error,
            latest="form",
        )

    def _on_rules(self) -> None:
        def show(rules: RenewalSettings) -> None:
            self.open_form(RulesDialog(self.context, rules, self._on_done, self))

        self.context.tasks.query(
            self,
            self.context.app.renewal_settings.load,
            on_success=show,
            on_known_error=self._show_error,
            latest="form",
        )

    def _on_renew(self) -> None:
        def show(planned: RenewalReport) -> None:
            self.open_form(RenewSheet(self.context, planned, self.refresh, self))

        app, actor = self.context.app, self.context.actor
        self.context.tasks.query(
            self,
            lambda: app.renewals.preview(actor),
            on_success=show,
            on_known_error=self._show_error,
            latest="form",
        )

    def _on_done(self, sentence: str) -> None:
        self.notice_raised.emit(sentence)
        self.refresh()

    # Troubles, and the window around

    def _show_error(self, error: KnownError) -> None:
        self.bar.show_state(error.message, level="error", action=self.tr("Try again"))

    def _on_try_again(self) -> None:
        self.bar.clear()
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the subscription shown below the list where there is no room beside it."""
        super().resizeEvent(event)
        narrow = self.width() < self.fontMetrics().averageCharWidth() * _NARROW_CHARACTERS
        wanted = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
        if self.split.orientation() != wanted:
            self.split.setOrientation(wanted)
