"""Reading everything about one payment, and again when its network should have been asked."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import QObject, Signal

from core.services.gateways.rows import PaymentPath
from core.services.rows import PaymentDetail
from ui.context import PageContext
from ui.pages.payments.network import next_check_at

_READ_AGAIN_EVERY = timedelta(seconds=3)


class DetailReader(QObject):
    """Reads off the GUI thread; an answer to an older question is dropped.

    Signals:
        arrived(detail, path): the payment; ``path`` is None where no network can have its money.
        refused(error): it could not be read.
    """

    arrived = Signal(object, object)
    refused = Signal(object)

    def __init__(self, context: PageContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._read_at = context.app.configuration.clock()

    def read(self, payment_id: str) -> None:
        """Read a payment."""
        app, actor = self._context.app, self._context.actor
        self._read_at = app.configuration.clock()

        def read() -> tuple[PaymentDetail, PaymentPath | None]:
            detail = app.payment_lists.detail(actor, payment_id)
            mobile = detail.payment.payment_method.is_mobile_money
            return detail, app.gateways.path(actor, payment_id) if mobile else None

        self._context.tasks.query(
            self,
            read,
            on_success=lambda found: self.arrived.emit(*found),
            on_known_error=self.refused.emit,
            latest="detail",
        )

    def read_if_due(self, path: PaymentPath | None) -> None:
        """Read a payment again whose network should have been asked by now.

        An answer that changes nothing is told to nobody, but the next check moves on.
        """
        now, due = self._context.app.configuration.clock(), next_check_at(path)
        if (
            path is not None
            and due is not None
            and due < now
            and now - self._read_at >= _READ_AGAIN_EVERY
        ):
            self.read(path.payment.payment_id)
