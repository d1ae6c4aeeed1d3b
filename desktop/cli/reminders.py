"""``sanduku reminders``: reminding customers of payments that are still open."""

from __future__ import annotations

import click

from core.services.mail.rows import MailKind, MailRow
from desktop.cli.common import json_option, key_option, shop_options, signed_in
from desktop.cli.mail import send_waiting
from desktop.cli.output import print_json, say


@click.group("reminders")
@shop_options
def command() -> None:
    """Remind customers of payments that are still open."""


@command.command("send")
@click.argument("payment_ids", nargs=-1, required=True, metavar="PAYMENT_ID…")
@key_option
@json_option
@shop_options
def send(payment_ids: tuple[str, ...], *, key: str, as_json: bool) -> int:
    """Mail a reminder of each payment to its customer, in the customer's language.

    Reminders of one payment are kept apart and few, as the shop's settings say; one refused stops
    no other, and makes the command end with 1.
    """
    with signed_in() as (app, actor):
        outcomes = app.mail_queue.remind(actor, payment_ids, key=key)
        send_waiting(app)
        mails: dict[str, MailRow] = {}
        for outcome in outcomes:
            if outcome.done:
                rows = app.mail_queue.page(actor, payment_id=outcome.subject_id).rows
                mails[outcome.subject_id] = next(
                    row for row in rows if row.kind is MailKind.PAYMENT_REMINDER
                )
    if as_json:
        print_json(
            [
                {
                    "payment_id": outcome.subject_id,
                    "queued": outcome.done,
                    "mail_id": mails[outcome.subject_id].mail_id if outcome.done else None,
                    "recipient_address": (
                        mails[outcome.subject_id].recipient_address if outcome.done else None
                    ),
                    "status": mails[outcome.subject_id].status if outcome.done else None,
                    "refusal": outcome.refusal or None,
                }
                for outcome in outcomes
            ]
        )
    else:
        for outcome in outcomes:
            if outcome.done:
                mail = mails[outcome.subject_id]
                say(f"{outcome.subject_id} · {mail.recipient_address} · {mail.status}")
            else:
                say(f"{outcome.subject_id} · {outcome.refusal}")
    return 0 if all(outcome.done for outcome in outcomes) else 1
