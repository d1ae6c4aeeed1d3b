"""Looking for payments no statement proves yet, in all the shop's books."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from core.errors import KnownError
from core.services.matching.candidates import MATCHABLE_STATUSES
from core.services.payments.lists import PaymentFilter
from core.services.rows import Page as RowPage
from core.services.rows import PaymentRow
from ui.context import PageContext

MOST_FOUND = 200


def search_payments(
    context: PageContext,
    owner: QObject,
    text: str,
    on_found: Callable[[RowPage[PaymentRow]], object],
    on_known_error: Callable[[KnownError], object],
) -> None:
    """Look for payments off the GUI thread; a later search of the same owner replaces this one."""
    app, actor = context.app, context.actor
    wanted = PaymentFilter(statuses=frozenset(MATCHABLE_STATUSES), reconciled=False, search=text)
    context.tasks.query(
        owner,
        lambda: app.payment_lists.page(actor, wanted, limit=MOST_FOUND),
        on_success=on_found,
        on_known_error=on_known_error,
        latest="payments",
    )
