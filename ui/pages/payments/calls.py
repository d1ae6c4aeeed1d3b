"""The calls made to a network about one payment: when, what, its answer, how long it took."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.clock import shop_time
from core.model.payments import RequestType
from core.services.rows import TransactionRow
from ui.badges import badge_for
from ui.theme import gap
from ui.widgets.basics import BadgeLabel, PlainLabel, SelectableLabel
from ui.widgets.buttons import button
from ui.widgets.json_view import JsonView

_MOST_SHOWN = 8
"""Polling makes many calls; the latest tell what is going on."""


class CallList(QWidget):
    """Calls from the latest to the first; the many of a long wait are shown on demand."""

    def __init__(self, calls: Sequence[TransactionRow], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(self))
        latest = sorted(calls, key=lambda call: call.request_at, reverse=True)
        for call in latest[:_MOST_SHOWN]:
            column.addWidget(_call(call))
        earlier = latest[_MOST_SHOWN:]
        if earlier:
            told = self.tr("Show %1 earlier calls").replace("%1", str(len(earlier)))
            more = button(told, kind="link")
            more.clicked.connect(lambda: self._show_earlier(more, earlier))
            column.addWidget(more)

    def _show_earlier(self, more: QWidget, earlier: Sequence[TransactionRow]) -> None:
        more.hide()
        layout = self.layout()
        for call in earlier:
            if layout is not None:
                layout.addWidget(_call(call))


def call_line(call: TransactionRow) -> str:
    """Return when a call was made, what it was, its answer's code and how long it took."""
    took = ""
    if call.processing_time_ms is not None:
        took = f"{call.processing_time_ms:,} ms".replace(",", "\u202f")
    words = (f"{shop_time(call.request_at):%H:%M:%S}", _kind(call.request_type), call.response_code)
    return " · ".join(filter(None, (*words, took, call.gateway_name)))


def _kind(request_type: RequestType) -> str:
    return {
        RequestType.INITIATE: QCoreApplication.translate("PaymentCalls", "Asked to pay"),
        RequestType.QUERY: QCoreApplication.translate("PaymentCalls", "Asked how it stands"),
        RequestType.CONFIRM: QCoreApplication.translate("PaymentCalls", "Confirmed"),
        RequestType.CANCEL: QCoreApplication.translate("PaymentCalls", "Called off"),
        RequestType.REFUND: QCoreApplication.translate("PaymentCalls", "Sent back"),
    }[request_type]


def _call(call: TransactionRow) -> QWidget:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(gap(box, 0.4))
    head = QHBoxLayout()
    head.addWidget(BadgeLabel(badge_for("attempt", call.status)))
    head.addWidget(PlainLabel(call_line(call), wrap=True), 1)
    column.addLayout(head)
    said = call.error_message or call.response_message
    if call.error_code and call.error_code not in said:
        said = f"{said} ({call.error_code})" if said else call.error_code
    if said:
        column.addWidget(SelectableLabel(said, look="wrong" if call.error_message else ""))
    for title, text in (
        (QCoreApplication.translate("PaymentCalls", "Request"), call.request_data),
        (QCoreApplication.translate("PaymentCalls", "Answer"), call.response_data),
    ):
        if text:
            column.addWidget(JsonView(title, text))
    return box
