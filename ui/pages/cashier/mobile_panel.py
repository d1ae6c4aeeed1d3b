"""Mobile money in the form: whether the customer's phone will ask, and what is missing if not."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.money import DEFAULT_CURRENCY
from core.services.gateways.rows import ConnectionRow
from ui.badges import BLUE, Badge
from ui.mobile_money.words import sandbox_sentence
from ui.pages.cashier.method_panels import MethodPanel
from ui.theme import gap
from ui.widgets.basics import BadgeLabel, IconLabel, PlainLabel


class MobileMoneyPanel(MethodPanel):
    """Nothing to type: it says what happens next."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._connection: ConnectionRow | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(gap(self))
        self._icon = IconLabel("info", "info", self, scale=1.2)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(gap(self, 0.8))
        self.text = PlainLabel(wrap=True)
        self.sandbox = BadgeLabel()
        column.addWidget(self.text)
        column.addWidget(self.sandbox, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        row.addLayout(column, 1)
        self.set_connection(None)

    def set_connection(self, connection: ConnectionRow | None) -> None:
        """Follow the shop's account at the network."""
        self._connection = connection
        self.text.setText(self._told())
        self._icon.set_icon("phone" if self.asks() else "info", "info")
        trial = sandbox_sentence(connection.environment) if connection is not None else ""
        self.sandbox.set_badge(Badge(trial, "info", BLUE) if trial else None)
        self.sandbox.setVisible(bool(trial))

    def asks(self) -> bool:
        """Tell whether the network will ask the customer's phone."""
        return self._connection is not None and self._connection.is_ready

    def problem(self) -> str:
        """Refuse an account in another currency: the network would."""
        connection = self._connection
        if connection is None or not self.asks() or connection.currency == DEFAULT_CURRENCY:
            return ""
        return (
            self.tr("The shop's account at %1 takes %2 only, not %3; an admin sets its currency.")
            .replace("%1", connection.gateway_name)
            .replace("%2", connection.currency)
            .replace("%3", DEFAULT_CURRENCY)
        )

    def _told(self) -> str:
        connection = self._connection
        if problem := self.problem():
            return problem
        if self.asks():
            return self.tr(
                "The customer's phone will ask for the PIN at once: let the customer hold it"
                " ready. The sale is confirmed when the network says that the money came."
            )
        recorded = self.tr(
            "The payment is recorded only, and waits. It is completed when a statement shows the"
            " money, or by a manager who has seen it arrive."
        )
        if connection is None:
            missing = self.tr("No network connection is set up yet.")
        else:
            missing = (
                self.tr("The connection to %1 still lacks %2; an admin enters it under Settings.")
                .replace("%1", connection.gateway_name)
                .replace("%2", ", ".join(connection.missing).replace("_", " "))
            )
        return f"{missing} {recorded}"
