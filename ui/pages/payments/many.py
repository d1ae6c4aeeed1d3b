"""From a selection to the sheet that does one thing to all of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.errors import KnownError
from core.services.rows import PaymentRow
from ui.open_document import Opener
from ui.pages.page import Page
from ui.pages.payments.acts import Act
from ui.pages.payments.bulk import BulkSheet
from ui.pages.payments.mailing import read_reminders
from ui.pages.payments.reminders import ReminderSheet


def open_bulk(
    page: Page,
    act: Act,
    payment_ids: Sequence[str],
    *,
    opener: Opener,
    on_known_error: Callable[[KnownError], object],
) -> None:
    """Read the chosen payments as they are now, and open the sheet that reviews the act."""
    context = page.context

    def review(payments: tuple[PaymentRow, ...]) -> None:
        if act is not Act.REMIND:
            page.open_form(BulkSheet(context, act, payments, page.refresh, page))
            return
        context.tasks.query(
            page,
            lambda: read_reminders(context, payments),
            on_success=lambda reminders: page.open_form(
                ReminderSheet(context, reminders, page, opener=opener)
            ),
            on_known_error=on_known_error,
            latest="reminders",
        )

    context.tasks.query(
        page,
        lambda: context.app.payment_lists.named(context.actor, payment_ids),
        on_success=review,
        on_known_error=on_known_error,
        latest="bulk",
    )
