"""What may be done with the selected payments: a menu under the list, and the way into a file."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QPushButton

from core.services.payments.choices import PaymentSelection
from core.services.payments.listed import ListedPayment
from core.services.reports.contract import ExportFormat
from ui.context import PageContext
from ui.exports.button import ExportButton
from ui.exports.list_export import ListExport
from ui.lists.frame import ListFrame
from ui.open_document import Opener
from ui.pages.payments.acts import Act, JudgedPayment, why_not_all
from ui.pages.payments.bulk import sum_text
from ui.pages.payments.chosen import SelectionJudge, export_job, selection_of
from ui.pages.payments.source import PaymentSource
from ui.widgets.buttons import button

BULK_ACTS = (Act.COMPLETE, Act.FAIL, Act.GENERATE_INVOICE, Act.RECONCILE, Act.REMIND)


class BulkMenu(QObject):
    """The buttons under the list, their menus, and the table's context menu.

    ``export`` tells how far a file is, and goes on the page.

    Signals:
        wanted(act, selection): do this to these payments.
    """

    wanted = Signal(object, object)

    def __init__(
        self,
        context: PageContext,
        owner: ListFrame[ListedPayment],
        source: PaymentSource,
        opener: Opener,
    ) -> None:
        super().__init__(owner)
        self._context, self._list, self._source = context, owner, source
        self.menu = QMenu(owner)
        self.menu.setToolTipsVisible(True)
        self.actions_by_act: dict[Act, QAction] = {}
        for number, act in enumerate(BULK_ACTS, start=1):
            action = QAction(owner)
            action.setShortcut(QKeySequence(f"Ctrl+{number}"))
            action.triggered.connect(lambda _=False, act=act: self._on_triggered(act))
            self.actions_by_act[act] = action
            self.menu.addAction(action)
            owner.addAction(action)
        self.button: QPushButton = button(self.tr("Actions"))
        self.button.setMenu(self.menu)
        self.button.setToolTip(self.tr("What may be done with the selection (Ctrl+1 to 5)"))
        self.export_button = ExportButton(owner)
        self.export_button.wanted.connect(self._on_export)
        self.export = ListExport(context.tasks, opener)
        owner.foot.addWidget(self.button)
        owner.foot.addWidget(self.export_button)
        self._judge = SelectionJudge(context, owner.table, self.selection, self)
        self._judge.judged.connect(self._show_judged)
        owner.selection_changed.connect(self._on_selection_changed)
        owner.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        owner.table.customContextMenuRequested.connect(self._on_context_menu)
        self._on_selection_changed()

    def selection(self) -> PaymentSelection:
        """Return which payments are selected, without reading any."""
        everything, is_counted = self._everything(), self._list.feed.is_counted
        return selection_of(self._list.table, everything, is_counted=is_counted)

    def _everything(self) -> PaymentSelection:
        return self._source.everything(self._list.values, self._list.order)

    def _on_selection_changed(self) -> None:
        count = self._list.selection_count
        self.button.setEnabled(bool(count))
        self.export_button.show_selection(count)
        self._judge.look()

    def _show_judged(self, payments: Sequence[JudgedPayment] | None) -> None:
        """Offer what all selected allow, and say why the rest is not; None while they are read."""
        count = self._list.selection_count
        if payments:
            self._list.totals.show_selection(count, sum_text(payments))
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

    def _on_triggered(self, act: Act) -> None:
        if self.actions_by_act[act].isEnabled():
            self.wanted.emit(act, self.selection())

    def _on_export(self, selected_only: bool, format_: ExportFormat) -> None:
        selection = self.selection() if selected_only else self._everything()
        self.export.choose_file(export_job(self._context, self._list.table, selection), format_)

    def _on_context_menu(self, place: QPoint) -> None:
        if self._list.selection_count:
            self.menu.popup(self._list.table.viewport().mapToGlobal(place))
