"""What the window expects of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.context import PageContext
from ui.refresh import RefreshWhenVisible

if TYPE_CHECKING:
    from core.services.calls.filters import CallFilter
    from core.services.payments.lists import PaymentFilter
    from ui.lists.filter_values import FilterValues


class Page(RefreshWhenVisible):
    """Base of every page of the left navigation; pages never import each other.

    Signals:
        payment_requested(payment_id): show this payment on the payments page.
        payments_requested(filter): show the payments page with this ``PaymentFilter``.
        calls_requested(filter): show the transactions page with this ``CallFilter``.
        refund_requested(refund_id): show this refund on the refunds page.
        item_requested(page, item_id): show this thing on the page of this key.
        list_requested(page, values): show the list of this page with these ``FilterValues``.
        notice_raised(text): tell the person something in passing.
    """

    payment_requested = Signal(str)
    payments_requested = Signal(object)
    calls_requested = Signal(object)
    refund_requested = Signal(str)
    item_requested = Signal(str, str)
    list_requested = Signal(str, object)
    notice_raised = Signal(str)

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context

    def has_unsaved_input(self) -> bool:
        """Tell whether something typed would be lost if the page closed now."""
        return False

    @property
    def subject(self) -> str:
        """What the page shows at the moment, to stand over the payments it leads to."""
        return ""

    def open_item(self, item_id: str) -> None:
        """Show one thing of this page; pages that show none ignore it."""
        del item_id

    def show_values(self, values: FilterValues) -> None:
        """Show the page's list as filtered; pages without such a list ignore it."""
        del values

    def show_filter(self, wanted: PaymentFilter, behind: str = "") -> None:
        """Show the payments of a filter; ``behind`` names the figure they stand behind.

        Pages that list no payments ignore it.
        """
        del wanted, behind

    def show_calls(self, wanted: CallFilter) -> None:
        """Show the calls to gateways of a filter; pages that list none ignore it."""
        del wanted
