"""The payments table with its totals, the actions on a selection, and what an empty list says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QDesktopServices, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.money import display
from core.permissions import Permission
from core.services.keyset import PagedQuestion
from core.services.listed_payments import ListedPayment, PaymentColumn
from core.services.payment_choices import PaymentSelection
from core.services.payment_lists import PaymentFilter, Total
from core.services.payment_pages import LOOKED_THROUGH_ROWS, NEWEST_FIRST, PaymentOrder
from core.services.payment_search import SearchTerms
from core.services.reports.contract import ExportFormat
from ui.context import PageContext
from ui.exports.button import ExportButton
from ui.exports.list_export import ListExport
from ui.models.feed import TableFeed
from ui.models.stretches import count_of
from ui.models.table import PagedTableModel
from ui.open_document import Opener
from ui.pages.payments.acts import Act, JudgedPayment, why_not_all
from ui.pages.payments.bulk import sum_text
from ui.pages.payments.chosen import SelectionJudge, export_job, selection_of
from ui.pages.payments.columns import payment_columns
from ui.theme import gap
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import button
from ui.widgets.data_table import DataTable
from ui.widgets.facts import TotalsBar
from ui.widgets.messages import EmptyState
from ui.words import count_text

BULK_ACTS = (Act.COMPLETE, Act.FAIL, Act.GENERATE_INVOICE, Act.RECONCILE, Act.REMIND)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a filter's payments come to, and how many there are without it."""

    totals: tuple[Total, ...]
    all_count: int


class PaymentsList(QWidget):
    """Payments that fit a filter.

    Signals:
        current_changed(payment): the row with the focus, or None.
        row_opened(payment): Enter or a double click.
        bulk_wanted(act, selection): do this to these payments.
        clear_wanted, import_wanted: buttons of the empty states.
        emptiness_changed(is_empty): the shop has no payment at all, or has one now.
        failed(error): the list could not be read.
    """

    current_changed = Signal(object)
    row_opened = Signal(object)
    bulk_wanted = Signal(object, object)
    clear_wanted = Signal()
    import_wanted = Signal()
    emptiness_changed = Signal(bool)
    failed = Signal(object)

    def __init__(
        self,
        context: PageContext,
        parent: QWidget | None = None,
        *,
        opener: Opener = QDesktopServices.openUrl,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._filter = PaymentFilter()
        self._has_asked = False
        self._to_select = ""
        self._wants_all = False
        self.model: PagedTableModel[ListedPayment] = PagedTableModel(
            payment_columns(), row_id=lambda row: row.payment_id, parent=self
        )
        self._order = NEWEST_FIRST
        self.model.sort_wanted.connect(self._on_sort_wanted)
        self.feed: TableFeed[ListedPayment, Figures] = TableFeed(
            context.tasks,
            self.model,
            ask=self._ask,
            count=self._count,
            rows_of=lambda figures: sum(total.count for total in figures.totals),
            parent=self,
        )
        self.feed.delivered.connect(self._on_delivered)
        self.feed.counted.connect(self._show_figures)
        self.feed.failed.connect(self.failed)
        self.table = DataTable(self.model, self.tr("Payments"))
        self.table.row_opened.connect(self.row_opened)
        self.setFocusProxy(self.table)
        self.table.current_row_changed.connect(self.current_changed)
        # A pane that was closed opens again by a click on the same row.
        self.table.clicked.connect(lambda: self.current_changed.emit(self.table.current_row()))
        self.table.selection_changed.connect(self._on_selection_changed)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._on_context_menu)
        # A refresh may change what the selected rows allow.
        self.model.dataChanged.connect(self._on_rows_changed)
        self.model.layoutChanged.connect(self._on_rows_changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self, 0.8))
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.none_at_all, self.no_results = self._make_empty_states()
        self.stack.addWidget(self.none_at_all)
        self.stack.addWidget(self.no_results)
        column.addWidget(self.stack, 1)
        column.addLayout(self._make_foot())
        self.export = ListExport(context.tasks, opener)
        column.addWidget(self.export)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 50)

    @property
    def wanted(self) -> PaymentFilter:
        """Which payments are asked for."""
        return self._filter

    @property
    def selection_count(self) -> int:
        """How many rows are selected, loaded or not."""
        return count_of(self.table.selected_stretches())

    def selection(self) -> PaymentSelection:
        """Return which payments are selected, without reading any."""
        return selection_of(self.table, self._everything(), is_counted=self.feed.is_counted)

    def _everything(self) -> PaymentSelection:
        return PaymentSelection(self._filter, self._order)

    def show_filter(self, wanted: PaymentFilter) -> None:
        """Ask for other payments, from an empty table."""
        self._filter = wanted
        self._has_asked = True
        self._to_select = ""
        self.model.ask_again()
        self._on_selection_changed()

    def refresh(self) -> None:
        """Ask for the same payments as they are now; selection and place stay."""
        if not self._has_asked:
            self.show_filter(self._filter)
            return
        self.model.refresh()

    def select(self, payment_id: str) -> bool:
        """Go to a payment; False when it is not in the table, then it is taken on arrival."""
        position = self.model.position_of(payment_id)
        if position is None:
            self._to_select = payment_id
            return False
        self._to_select = ""
        self.table.selectRow(position)
        self.table.scrollTo(self.model.index(position, 0))
        return True

    def _make_empty_states(self) -> tuple[EmptyState, EmptyState]:
        may_import = self._context.actor.may(Permission.IMPORT_PAYMENTS)
        sentence = (
            self.tr("No payments yet. Take one at the cashier, or drop a file of payments here.")
            if may_import
            else self.tr("No payments yet. The first one taken at the cashier appears here.")
        )
        none_at_all = EmptyState(
            "payments", sentence, self.tr("Import payments…") if may_import else ""
        )
        none_at_all.action_triggered.connect(self.import_wanted)
        no_results = EmptyState(
            "search", self.tr("No payment fits these filters."), self.tr("Clear filters")
        )
        no_results.action_triggered.connect(self.clear_wanted)
        return none_at_all, no_results

    def _make_foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(gap(self))
        self.menu = QMenu(self)
        self.menu.setToolTipsVisible(True)
        self.actions_by_act: dict[Act, QAction] = {}
        for number, act in enumerate(BULK_ACTS, start=1):
            action = QAction(self)
            action.setShortcut(QKeySequence(f"Ctrl+{number}"))
            action.triggered.connect(lambda _=False, act=act: self._on_bulk(act))
            self.actions_by_act[act] = action
            self.menu.addAction(action)
            self.addAction(action)
        self.bulk_button: QPushButton = button(self.tr("Actions"))
        self.bulk_button.setMenu(self.menu)
        self.bulk_button.setToolTip(self.tr("What may be done with the selection (Ctrl+1 to 5)"))
        self.totals = TotalsBar()
        told = self.tr("Looked for in the newest %1 payments; three letters find all.")
        self.short_search = PlainLabel(told.replace("%1", count_text(LOOKED_THROUGH_ROWS)))
        self.short_search.hide()
        self.export_button = ExportButton(self)
        self.export_button.wanted.connect(self._on_export)
        foot.addWidget(self.bulk_button)
        foot.addWidget(self.export_button)
        foot.addWidget(self.short_search)
        foot.addWidget(self.totals, 1)
        self._judge = SelectionJudge(self._context, self.table, self.selection, self)
        self._judge.judged.connect(self._show_judged)
        self._on_selection_changed()
        return foot

    def _ask(self) -> PagedQuestion[ListedPayment]:
        lists = self._context.app.payment_lists
        return lists.ask(self._context.actor, self._filter, self._order)

    def _count(self, cancelled: Callable[[], bool]) -> Figures:
        lists, actor, wanted = self._context.app.payment_lists, self._context.actor, self._filter
        found = lists.totals(actor, wanted, cancelled=cancelled)
        everything = found if wanted == PaymentFilter() else lists.totals(actor, PaymentFilter())
        return Figures(found, sum(total.count for total in everything))

    def _on_sort_wanted(self, column: str, descending: bool) -> None:
        order = PaymentOrder(PaymentColumn(column), descending)
        if order != self._order:
            self._order = order
            self.show_filter(self._filter)

    def _on_delivered(self) -> None:
        if self.model.total:
            self.stack.setCurrentWidget(self.table)
        if self._to_select:
            self.select(self._to_select)

    def _show_figures(self, figures: Figures) -> None:
        if self._wants_all:
            self.table.selectAll()
        count = sum(total.count for total in figures.totals)
        amounts = " + ".join(display(each.amount_minor, each.currency) for each in figures.totals)
        self.totals.show_total(count, amounts, of=figures.all_count)
        few_letters = SearchTerms.of(self._filter.search).is_unindexed
        self.short_search.setVisible(few_letters and figures.all_count > LOOKED_THROUGH_ROWS)
        if count:
            self.stack.setCurrentWidget(self.table)
        else:
            nothing_at_all = not figures.all_count
            self.stack.setCurrentWidget(self.none_at_all if nothing_at_all else self.no_results)
        self.emptiness_changed.emit(not figures.all_count)

    def _on_rows_changed(self) -> None:
        self._on_selection_changed()

    def _on_selection_changed(self) -> None:
        count = self.selection_count
        # All that is known of a list whose end is not: the rest belongs to it once it is known.
        self._wants_all = not self.feed.is_counted and 0 < count == self.model.total
        self.bulk_button.setEnabled(bool(count))
        self.export_button.show_selection(count)
        self._judge.look()

    def _show_judged(self, payments: Sequence[JudgedPayment] | None) -> None:
        """Offer what all selected allow, and say why the rest is not; None while they are read."""
        count = self.selection_count
        self.totals.show_selection(count, sum_text(payments) if payments else "")
        words = {
            Act.COMPLETE: self.tr("Mark as completed…"),
            Act.FAIL: self.tr("Mark as failed…"),
            Act.GENERATE_INVOICE: self.tr("Generate invoices…"),
            Act.RECONCILE: self.tr("Mark as reconciled…"),
            Act.REMIND: self.tr("Send payment reminders…"),
        }
        for act, action in self.actions_by_act.items():
            reason = self._reason_against(act, payments, count)
            action.setEnabled(not reason)
            action.setText(f"{words[act]}  –  {reason}" if reason and count else words[act])

    def _reason_against(
        self, act: Act, payments: Sequence[JudgedPayment] | None, count: int
    ) -> str:
        if not count:
            return self.tr("Select payments first.")
        if payments is None:
            return self.tr("The selection is being looked at…")
        return why_not_all(act, self._context.actor, payments)

    def _on_bulk(self, act: Act) -> None:
        if self.actions_by_act[act].isEnabled():
            self.bulk_wanted.emit(act, self.selection())

    def _on_export(self, selected_only: bool, format_: ExportFormat) -> None:
        selection = self.selection() if selected_only else self._everything()
        self.export.choose_file(export_job(self._context, self.table, selection), format_)

    def _on_context_menu(self, place: QPoint) -> None:
        if self.selection_count:
            self.menu.popup(self.table.viewport().mapToGlobal(place))
