"""``sanduku mail``: mails to customers, and the account they are sent by."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import fields, replace
from typing import TYPE_CHECKING

import click

from core.clock import iso_utc
from core.errors import InvalidInputError, KnownError
from core.services.mail.queue import QueueMail
from core.services.mail.rows import MailKind, MailRow, MailStatus
from core.services.mail.settings import MailForm, MailSettings
from desktop.cli.common import (
    EVERY_ROW,
    ask_secret,
    can_ask,
    json_option,
    key_option,
    shop_options,
    signed_in,
)
from desktop.cli.output import local, print_json, print_table, say, warn
from desktop.logs import hide

if TYPE_CHECKING:
    from core.app import App
    from core.permissions import Actor

logger = logging.getLogger(__name__)

_PREFIX = "mail_"
_SETTING_TYPES = {
    one.name.removeprefix(_PREFIX): type(getattr(MailSettings(), one.name))
    for one in fields(MailSettings)
}
_PASSWORD = "password"  # noqa: S105 - the name of a key
_YES, _NO = frozenset({"true", "yes", "1", "on"}), frozenset({"false", "no", "0", "off"})

mails_argument = click.argument("mail_ids", nargs=-1, required=True, metavar="MAIL_ID…")


@click.group("mail")
@shop_options
def command() -> None:
    """Mails to customers, and the account they are sent by."""


@command.command("list")
@click.option("--status", type=click.Choice([each.value for each in MailStatus]))
@click.option("--payment", "payment_id", default="", metavar="PAYMENT_ID")
@click.option("--search", default="", metavar="TEXT", help="In address, name and subject.")
@json_option
@shop_options
def list_mails(*, status: str | None, payment_id: str, search: str, as_json: bool) -> None:
    """List mails, newest first, with what the mail server said last."""
    statuses = frozenset({MailStatus(status)} if status else ())
    with signed_in() as (app, actor):
        page = app.mail_queue.page(
            actor, statuses=statuses, payment_id=payment_id, search=search, limit=EVERY_ROW
        )
        channel = app.mail_queue.channel(actor)
    if channel.trouble is not None:
        warn(channel.told)
    if as_json:
        print_json([mail_document(row) for row in page.rows])
        return
    print_table(
        ["Mail", "Written", "Status", "To", "Subject", "Next try", "Last answer"],
        [
            [
                row.mail_id,
                local(row.created_at),
                row.status,
                row.recipient_address,
                row.subject,
                local(row.next_attempt_at),
                row.reason or row.last_answer,
            ]
            for row in page.rows
        ],
    )
    say(f"{page.total} mails")


@command.command("send")
@click.argument("kind", type=click.Choice([each.value for each in MailKind]))
@click.argument("payment_id")
@click.option("--to", "address", default="", metavar="ADDRESS", help="Else the customer's own.")
@click.option("--language", default="", metavar="en|fr|rw", help="Else the customer's own.")
@click.option("--refund", "refund_id", default="", metavar="REFUND_ID", help="Of a refund notice.")
@key_option
@json_option
@shop_options
def send(
    kind: str,
    payment_id: str,
    *,
    address: str,
    language: str,
    refund_id: str,
    key: str,
    as_json: bool,
) -> int:
    """Mail a payment's invoice, receipt, refund notice or reminder to its customer."""
    with signed_in() as (app, actor):
        wanted = MailKind(kind)
        draft = app.mail_queue.draft(actor, wanted, payment_id, refund_id=refund_id)
        queued = app.mail_queue.queue(
            actor,
            QueueMail(
                key=key,
                kind=wanted,
                payment_id=payment_id,
                address=address or draft.address,
                refund_id=refund_id,
                language=language,
            ),
        )
        send_waiting(app)
        row = app.mail_queue.one(actor, queued.mail_id).row
    _print_mail(row, as_json=as_json)
    return 1 if row.status is MailStatus.REFUSED else 0


@command.command("retry")
@mails_argument
@json_option
@shop_options
def retry(mail_ids: tuple[str, ...], *, as_json: bool) -> int:
    """Try waiting or refused mails now, as the same mails."""
    with signed_in() as (app, actor):
        return _each(app, actor, mail_ids, app.mail_queue.retry, sends=True, as_json=as_json)


@command.command("cancel")
@mails_argument
@json_option
@shop_options
def cancel(mail_ids: tuple[str, ...], *, as_json: bool) -> int:
    """Call mails off that were not sent yet."""
    with signed_in() as (app, actor):
        return _each(app, actor, mail_ids, app.mail_queue.cancel, sends=False, as_json=as_json)


@command.command("send-now")
@json_option
@shop_options
def send_now(*, as_json: bool) -> int:
    """Try every waiting mail now, whenever it was to be tried next."""
    with signed_in() as (app, actor):
        app.mail_queue.hasten(actor)
        taken = app.mail_sender.send_due()
        channel = app.mail_queue.channel(actor)
    if as_json:
        print_json(
            {
                "sent": taken,
                "waiting": channel.waiting,
                "trouble": channel.trouble,
                "told": channel.told,
            }
        )
    else:
        say(f"{taken} sent, {channel.waiting} waiting")
    if channel.trouble is not None:
        warn(channel.told)
        return 1
    return 0


@command.command("test")
@click.argument("address", default="")
@json_option
@shop_options
def test_account(address: str, *, as_json: bool) -> int:
    """Try the mail account step by step; with ADDRESS, send a test mail there."""
    with signed_in() as (app, actor):
        checks = app.mail_trial.run(actor, address)
    passed = all(check.passed for check in checks)
    if as_json:
        steps = [{"what": c.what, "passed": c.passed, "told": c.told} for c in checks]
        print_json({"passed": passed, "checks": steps})
    else:
        for check in checks:
            say(f"{'passed' if check.passed else 'FAILED'}  {check.what}: {check.told}")
    return 0 if passed else 1


@command.command("set")
@click.argument("values", nargs=-1, required=True, metavar="[KEY=VALUE | password]…")
@shop_options
def set_values(values: tuple[str, ...]) -> None:
    """Change the mail account: its host, port, security, user, from_address and the like.

    Security is starttls, tls or none; a wrong KEY makes the command name them all.
    “password” stands without a value: it is asked, or read from SANDUKU_MAIL_PASSWORD, as words
    of a command stay in the shell's history.
    """
    with signed_in() as (app, actor):
        changes: dict[str, object] = {}
        password = None
        for given in values:
            key, equals, value = given.partition("=")
            if key == _PASSWORD:
                password = _secret(has_value=bool(equals))
            else:
                changes[f"{_PREFIX}{key}"] = _typed(key, value, has_value=bool(equals))
        settings = replace(app.mail_settings.load(), **changes)  # type: ignore[arg-type]  # checked
        app.mail_settings.save(actor, MailForm(settings, password))
    say(f"mail: {', '.join(sorted(given.partition('=')[0] for given in values))} set")


def _secret(*, has_value: bool) -> str:
    if has_value:
        raise InvalidInputError(
            "Nothing was changed. The password is a secret: write “password” alone to be asked, or"
            " set SANDUKU_MAIL_PASSWORD."
        )
    password = os.environ.get("SANDUKU_MAIL_PASSWORD")
    if password is None:
        if not can_ask():
            raise InvalidInputError(
                "Nothing was changed. Set SANDUKU_MAIL_PASSWORD, or run this in a terminal to be"
                " asked."
            )
        password = ask_secret("Password of the mail account")
    hide(password)
    return password


def _typed(key: str, value: str, *, has_value: bool) -> str | int | bool:
    kind = _SETTING_TYPES.get(key)
    if kind is None or not has_value:
        raise InvalidInputError(
            f"Nothing was changed. Write KEY=VALUE, with a key of {', '.join(_SETTING_TYPES)}."
        )
    word = value.strip().lower()
    if kind is bool and word in _YES | _NO:
        return word in _YES
    if kind is int and word.isdecimal():
        return int(word)
    if kind is str:
        return value
    wanted = "true or false" if kind is bool else "a number"
    raise InvalidInputError(f"Nothing was changed. {key} is {wanted}, not “{value}”.")


def send_waiting(app: App) -> None:
    """Send what was just queued before the command ends; where a window does it, leave it there."""
    try:
        app.mail_sender.send_due(wait_s=0.2)
    except KnownError as error:
        logger.info("mails stay owed: %s", error.message)


def mail_document(row: MailRow) -> dict[str, object]:
    """Return a mail as scripts read it; its field names are fixed."""
    return {
        "mail_id": row.mail_id,
        "message_id": row.message_id,
        "kind": row.kind,
        "automatic": row.automatic,
        "payment_id": row.payment_id,
        "refund_id": row.refund_id or None,
        "recipient_address": row.recipient_address,
        "recipient_name": row.recipient_name,
        "language": row.language,
        "subject": row.subject,
        "attachment": row.attachment_name or None,
        "status": row.status,
        "attempts": row.attempts,
        "next_attempt_at": iso_utc(row.next_attempt_at) if row.next_attempt_at else None,
        "sent_at": iso_utc(row.sent_at) if row.sent_at else None,
        "last_code": row.last_code,
        "last_answer": row.last_answer,
        "reason": row.reason,
        "created_by": row.created_by,
        "created_at": iso_utc(row.created_at),
    }


def _each(
    app: App,
    actor: Actor,
    mail_ids: tuple[str, ...],
    act: Callable[[Actor, str], MailRow],
    *,
    sends: bool,
    as_json: bool,
) -> int:
    """Do one thing to each mail; a refusal stops no other, and makes the command end with 1."""
    refusals: dict[str, str] = {}
    for mail_id in dict.fromkeys(mail_ids):
        try:
            act(actor, mail_id)
        except KnownError as error:
            refusals[mail_id] = error.message
    if sends:
        send_waiting(app)
    rows = [
        app.mail_queue.one(actor, mail_id).row
        for mail_id in dict.fromkeys(mail_ids)
        if mail_id not in refusals
    ]
    if as_json:
        print_json(
            [mail_document(row) for row in rows]
            + [{"mail_id": mail_id, "refusal": told} for mail_id, told in refusals.items()]
        )
    else:
        for row in rows:
            _print_mail(row, as_json=False)
    for told in refusals.values():
        warn(told)
    return 1 if refusals else 0


def _print_mail(row: MailRow, *, as_json: bool) -> None:
    if as_json:
        print_json(mail_document(row))
    else:
        facts = [row.mail_id, row.recipient_address, row.subject, row.status, row.reason]
        say(" · ".join(filter(None, facts)))
