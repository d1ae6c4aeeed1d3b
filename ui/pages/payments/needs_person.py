"""The worklist of requests whose end a person must find out, the oldest first."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QToolButton, QVBoxLayout, QWidget

from core.clock import Clock
from core.services.gateways.rows import UnresolvedRow
from ui.icons import icon
from ui.models.columns import amount_column, badge_column, time_column
from ui.models.rows import RowsModel
from ui.models.table import Column
from ui.theme import color_name, gap, set_look
from ui.widgets.basics import PlainLabel
from ui.widgets.buttons import icon_size
from ui.widgets.data_table import DataTable
from ui.widgets.messages import EmptyState
from ui.words import age_text

translate = QCoreApplication.translate


def _what(row: UnresolvedRow) -> str:
    if row.refund is None:
        return translate("NeedsPerson", "Did the money come?")
    return translate("NeedsPerson", "Did the refund go back?")


def _amount(row: UnresolvedRow) -> int:
    return row.payment.amount_minor if row.refund is None else row.refund.refund_amount_minor


def _columns(clock: Clock) -> tuple[Column[UnresolvedRow], ...]:
    def since(row: UnresolvedRow) -> datetime:
        return row.attempt.created_at

    return (
        Column("what", translate("NeedsPerson", "To find out"), _what, width=24),
        amount_column(
            "amount",
            translate("NeedsPerson", "Amount"),
            _amount,
            currency=lambda row: row.payment.currency,
        ),
        badge_column(
            "method",
            translate("NeedsPerson", "Method"),
            "method",
            lambda row: row.payment.payment_method,
        ),
        Column(
            "customer",
            translate("NeedsPerson", "Customer"),
            lambda row: row.payment.customer_name,
            width=20,
            grows=True,
        ),
        time_column("since", translate("NeedsPerson", "Asked"), since),
        Column(
            "age",
            translate("NeedsPerson", "Open for"),
            lambda row: age_text(since(row), clock()),
            width=9,
        ),
        Column(
            "order",
            translate("NeedsPerson", "Reference"),
            lambda row: row.payment.transaction_reference or row.payment.order_number,
            width=18,
        ),
        Column(
            "message",
            translate("NeedsPerson", "What the network said"),
            lambda row: row.attempt.message,
            tool_tip=lambda row: row.attempt.message,
            width=30,
            grows=True,
        ),
    )


class NeedsPersonButton(QToolButton):
    """Shows and hides the worklist and says how long it is; takes no room while it is empty."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(icon_size(self))
        self.setToolTip(
            self.tr("Requests without a clear end, which a manager must look up (Ctrl+U)")
        )
        set_look(self, kind="pick", active="true")
        self._tint()

    def show_count(self, count: int) -> None:
        """Say how many requests need a person."""
        self.setText(f" {self.tr('Needs a person')}  ({count})")
        self.setAccessibleName(self.tr("Needs a person, %1 waiting").replace("%1", str(count)))
        self.setVisible(bool(count) or self.isChecked())

    def changeEvent(self, event: QEvent) -> None:
        """Follow another palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        self.setIcon(icon("alert", color_name("danger")))


class NeedsPersonList(QWidget):
    """Requests without a clear end. It shows what it is given.

    Signals:
        current_changed(row): the row with the focus, or None.
        row_opened(row): Enter or a double click.
    """

    current_changed = Signal(object)
    row_opened = Signal(object)

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[UnresolvedRow, ...] = ()
        self.model: RowsModel[UnresolvedRow] = RowsModel(
            _columns(clock), row_id=lambda row: row.attempt.reference, parent=self
        )
        self.table = DataTable(self.model, self.tr("Needs a person"))
        self.table.current_row_changed.connect(self.current_changed)
        self.table.clicked.connect(lambda: self.current_changed.emit(self.table.current_row()))
        self.table.row_opened.connect(self.row_opened)
        self.empty = EmptyState(
            "check", self.tr("Every request to the networks has a clear end, or will have one.")
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self))
        told = PlainLabel(
            self.tr(
                "The networks gave no clear end to these requests. Look each up in the network's"
                " own books or on its statement, then say what you found. Esc goes back."
            ),
            look="muted",
            wrap=True,
        )
        column.addWidget(told)
        column.addWidget(self.stack, 1)
        self.setFocusProxy(self.table)

    @property
    def rows(self) -> tuple[UnresolvedRow, ...]:
        """The requests shown."""
        return self._rows

    def show_rows(self, rows: tuple[UnresolvedRow, ...]) -> None:
        """Show other requests; the selection stays with its request."""
        self._rows = rows
        self.model.show_rows(rows)
        self.stack.setCurrentWidget(self.table if rows else self.empty)
