"""From a selection to the sheet that does one thing to all of it."""

from __future__ import annotations

from collections.abc import Callable

from core.errors import InvalidInputError, KnownError, ReadCancelledError
from core.permissions import Permission
from core.services.payments.choices import ChosenPayments, PaymentSelection
from ui.open_document import Opener
from ui.pages.page import Page
from ui.pages.payments.acts import Act
from ui.pages.payments.bulk import SHOWN_ROWS, BulkSheet
from ui.pages.payments.mailing import Reminders, read_reminders
from ui.pages.payments.reminders import ReminderSheet

MOST_CARDS = 40
"""So many reminders are shown each by itself; more go by mail from a sheet with their count."""


def open_bulk(
    page: Page,
    act: Act,
    selection: PaymentSelection,
    *,
    opener: Opener,
    on_known_error: Callable[[KnownError], object],
) -> None:
    """Find the chosen payments as they are now, and open the sheet that reviews the act."""
    context = page.context
    choices, actor = context.app.payment_choices, context.actor

    def refused(error: KnownError) -> None:
        if not isinstance(error, ReadCancelledError):
            on_known_error(error)

    def review(chosen: ChosenPayments) -> None:
        if act is not Act.REMIND:
            page.open_form(BulkSheet(context, act, chosen, page.refresh, page))
        elif len(chosen.keys) > MOST_CARDS:
            context.tasks.query(
                page,
                lambda: _require_mail(page),
                on_success=lambda _: page.open_form(
                    BulkSheet(context, act, chosen, page.refresh, page)
                ),
                on_known_error=refused,
                latest="reminders",
            )
        else:
            context.tasks.query(
                page,
                lambda: _reminders(page, chosen),
                on_success=lambda reminders: page.open_form(
                    ReminderSheet(context, reminders, page, opener=opener)
                ),
                on_known_error=refused,
                latest="reminders",
            )

    context.tasks.aside(
        page,
        lambda cancelled: choices.chosen(actor, selection, shown=SHOWN_ROWS, cancelled=cancelled),
        on_success=review,
        on_known_error=refused,
        latest="bulk",
    )


def _reminders(page: Page, chosen: ChosenPayments) -> Reminders:
    rows = page.context.app.payment_choices.rows(page.context.actor, chosen.keys)
    return read_reminders(page.context, rows)


def _require_mail(page: Page) -> None:
    """Refuse many reminders where no mail can be sent: nobody copies hundreds of texts.

    Raises:
        InvalidInputError: the person may not send mail, or the shop has no account for it.

    """
    context = page.context
    if not context.actor.may(Permission.SEND_MAIL) or not context.app.mail_settings.load().is_ready:
        told = page.tr(
            "Nothing was sent. Without a mail account (Settings, Mail) at most %1 reminders are"
            " shown at a time, to be sent by hand."
        )
        raise InvalidInputError(told.replace("%1", str(MOST_CARDS)))
