"""The worklist of what a person must find out, in place of the payments list while it is wanted."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from core.services.gateways.rows import UnresolvedRow
from core.services.payments.listed import ListedPayment
from ui.context import PageContext
from ui.lists.frame import ListFrame
from ui.pages.payments.needs_person import NeedsPersonButton, NeedsPersonList


class NeededSide(QObject):
    """The worklist's button, its list, and the way from one to the other.

    Signals:
        turned: the worklist came, or the payments again.
        chosen(payment_id): show this payment.
        opened(payment_id): show it and go there.
        refund_opened(refund_id): Enter on a refund.
        failed(error): it could not be read.
    """

    turned = Signal()
    chosen = Signal(str)
    opened = Signal(str)
    refund_opened = Signal(str)
    failed = Signal(object)

    def __init__(self, context: PageContext, payments: ListFrame[ListedPayment]) -> None:
        super().__init__(payments)
        self._context, self._payments = context, payments
        self.button = NeedsPersonButton()
        self.button.hide()
        self.list = NeedsPersonList(context.app.configuration.clock)
        payments.lists.addWidget(self.list)
        self.button.toggled.connect(self._on_toggled)
        self.list.current_changed.connect(self._on_chosen)
        self.list.row_opened.connect(self._on_opened)

    @property
    def is_shown(self) -> bool:
        """Tell whether the worklist stands in place of the payments."""
        return self.button.isChecked()

    def show_payments(self) -> None:
        """Show the payments again."""
        self.button.setChecked(False)

    def read(self) -> None:
        """Read the worklist again."""
        app, actor = self._context.app, self._context.actor
        self._context.tasks.query(
            self,
            lambda: app.gateways.unresolved(actor),
            on_success=self._on_read,
            on_known_error=self.failed.emit,
            latest="needed",
        )

    def focus_list(self) -> None:
        """Put the keyboard into the list that is seen."""
        (self.list.table if self.is_shown else self._payments.table).setFocus()

    def _on_read(self, rows: tuple[UnresolvedRow, ...]) -> None:
        self.list.show_rows(rows)
        self.button.show_count(len(rows))

    def _on_toggled(self, shown: bool) -> None:
        self.turned.emit()
        was_searching = self._payments.bar.search.hasFocus()
        self._payments.show_instead(self.list if shown else None)
        if shown or not was_searching:
            self.focus_list()
        self.button.show_count(len(self.list.rows))

    def _on_chosen(self, row: UnresolvedRow | None) -> None:
        if row is not None:
            self.chosen.emit(row.payment.payment_id)

    def _on_opened(self, row: UnresolvedRow) -> None:
        if row.refund is not None:
            self.refund_opened.emit(row.refund.refund_id)
        else:
            self.opened.emit(row.payment.payment_id)
