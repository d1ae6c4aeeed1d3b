"""What may be done with the selected payments: a menu under the list, and why not the rest."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QPushButton

from core.permissions import Actor
from core.services.listed_payments import ListedPayment
from ui.lists.frame import ListFrame
from ui.pages.payments.acts import Act, why_not_all
from ui.widgets.buttons import button

BULK_ACTS = (Act.COMPLETE, Act.FAIL, Act.GENERATE_INVOICE, Act.RECONCILE, Act.REMIND)


class BulkMenu(QObject):
    """The button under the list, its menu, and the table's context menu.

    Signals:
        wanted(act, payments): do this to these payments.
    """

    wanted = Signal(object, object)

    def __init__(self, actor: Actor, owner: ListFrame[ListedPayment]) -> None:
        super().__init__(owner)
        self._actor, self._list = actor, owner
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
        owner.foot.addWidget(self.button)
        owner.selection_changed.connect(self._show_what_may_be_done)
        owner.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        owner.table.customContextMenuRequested.connect(self._on_context_menu)
        self._show_what_may_be_done()

    def _show_what_may_be_done(self) -> None:
        count = self._list.selection_count
        rows = self._list.selected_rows() if count else []
        self.button.setEnabled(bool(count))
        words = {
            Act.COMPLETE: self.tr("Mark as completed…"),
            Act.FAIL: self.tr("Mark as failed…"),
            Act.GENERATE_INVOICE: self.tr("Generate invoices…"),
            Act.RECONCILE: self.tr("Mark as reconciled…"),
            Act.REMIND: self.tr("Send payment reminders…"),
        }
        for act, action in self.actions_by_act.items():
            reason = self._reason_against(act, rows, count)
            action.setEnabled(not reason)
            action.setText(f"{words[act]}  –  {reason}" if reason and count else words[act])

    def _reason_against(self, act: Act, rows: Sequence[ListedPayment], count: int) -> str:
        if not count:
            return self.tr("Select payments first.")
        if count != len(rows):
            return self.tr("Some selected rows are not loaded: narrow the filter.")
        return why_not_all(act, self._actor, rows)

    def _on_triggered(self, act: Act) -> None:
        rows = self._list.selected_rows()
        if rows and not self._reason_against(act, rows, self._list.selection_count):
            self.wanted.emit(act, rows)

    def _on_context_menu(self, place: QPoint) -> None:
        if self._list.selection_count:
            self.menu.popup(self._list.table.viewport().mapToGlobal(place))
