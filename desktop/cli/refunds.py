"""``sanduku refunds``: asked by one person, decided by another, carried out."""

from __future__ import annotations

import click

from core.app import App
from core.clock import iso_utc
from core.model.refunds import RefundStatus
from core.money import display, major, parse_typed
from core.permissions import Actor
from core.services.refunds.network_refunds import SendRefund, SettleRefund
from core.services.refunds.service import CarryOutRefund, RequestRefund
from core.services.rows import RefundRow
from desktop.cli.common import (
    EVERY_ROW,
    draw_papers,
    json_option,
    key_option,
    shop_options,
    signed_in,
)
from desktop.cli.networks import asking_networks, longest_send_s, wait_option, wait_until
from desktop.cli.output import local, print_json, print_table, say, warn

refund_argument = click.argument("refund_id")


@click.group("refunds")
@shop_options
def command() -> None:
    """Ask for, decide, carry out and list refunds."""


@command.command("request")
@click.argument("payment_id")
@click.option("--amount", required=True, metavar="A", help="How much goes back.")
@click.option("--reason", required=True, metavar="TEXT", help="Why it goes back.")
@click.option("--note", default="", metavar="TEXT", help="More words beside the reason.")
@key_option
@json_option
@shop_options
def request(
    payment_id: str, *, amount: str, reason: str, note: str, key: str, as_json: bool
) -> None:
    """Ask for a refund of part or all of a completed payment."""
    with signed_in() as (app, actor):
        currency = app.payment_lists.one(actor, payment_id).currency
        asked = RequestRefund(
            key=key,
            payment_id=payment_id,
            amount_minor=parse_typed(amount, currency),
            reason=reason,
            note=note,
        )
        row = app.refunds.request(actor, asked)
    _print_refund(row, as_json=as_json)


@command.command("approve")
@refund_argument
@click.option("--note", default="", metavar="TEXT")
@json_option
@shop_options
def approve(refund_id: str, *, note: str, as_json: bool) -> None:
    """Approve a refund that somebody else asked for."""
    with signed_in() as (app, actor):
        row = app.refunds.approve(actor, refund_id, note=note)
    _print_refund(row, as_json=as_json)


@command.command("reject")
@refund_argument
@click.option("--reason", "--note", "reason", default="", metavar="TEXT", help="Why it is refused.")
@json_option
@shop_options
def reject(refund_id: str, *, reason: str, as_json: bool) -> None:
    """Refuse a refund, with the reason."""
    with signed_in() as (app, actor):
        row = app.refunds.reject(actor, refund_id, reason=reason)
    _print_refund(row, as_json=as_json)


@command.command("pass-on")
@refund_argument
@click.option("--note", required=True, metavar="TEXT", help="A word for the owner.")
@json_option
@shop_options
def pass_on(refund_id: str, *, note: str, as_json: bool) -> None:
    """Leave the decision to an admin: it is above what a manager approves."""
    with signed_in() as (app, actor):
        row = app.refunds.pass_on(actor, refund_id, note=note)
    _print_refund(row, as_json=as_json)


@command.command("withdraw")
@refund_argument
@click.option("--note", default="", metavar="TEXT")
@json_option
@shop_options
def withdraw(refund_id: str, *, note: str, as_json: bool) -> None:
    """Take back what you asked for, before the money goes back."""
    with signed_in() as (app, actor):
        row = app.refunds.withdraw(actor, refund_id, note=note)
    _print_refund(row, as_json=as_json)


@command.command("process")
@refund_argument
@click.option(
    "--transaction-id",
    default="",
    metavar="TEXT",
    help="You sent the money yourself: the network's or bank's reference of it.",
)
@click.option("--note", default="", metavar="TEXT")
@wait_option
@key_option
@json_option
@shop_options
def process(
    refund_id: str,
    *,
    transaction_id: str,
    note: str,
    wait_s: float | None,
    key: str,
    as_json: bool,
) -> int:
    """Carry an approved refund out; once the money is back, this issues its credit note.

    Mobile money goes back through its network, once and followed until its end is known. What you
    sent yourself is recorded with --transaction-id; other money needs none.
    """
    with signed_in() as (app, actor):
        payment = app.refunds.facts(actor, refund_id).payment
        if payment.payment_method.is_mobile_money and not transaction_id:
            # Where the network cannot, it says why, and that the money is sent by hand.
            row = app.network_refunds.send(actor, SendRefund(key=key, refund_id=refund_id))
            with asking_networks(app):
                row = _wait_for_end(app, actor, row, wait_s)
        else:
            done = CarryOutRefund(
                key=key, refund_id=refund_id, refund_transaction_id=transaction_id, note=note
            )
            row = app.refunds.carry_out(actor, done)
        draw_papers(app, row.credit_note_number)
    _print_refund(row, as_json=as_json)
    if row.status is RefundStatus.FAILED:
        warn(row.response_notes)
        return 1
    if row.status is RefundStatus.UNKNOWN:
        warn("It is not known yet whether the money went back. Do not send it again.")
    return 0


def _wait_for_end(app: App, actor: Actor, sent: RefundRow, wait_s: float | None) -> RefundRow:
    def present() -> RefundRow:
        return app.refunds.facts(actor, sent.refund_id).refund

    if wait_s is None:
        wait_until(lambda: not app.gateways.is_sending(actor, sent.payment_id), longest_send_s(app))
    else:
        wait_until(lambda: present().status is not RefundStatus.PROCESSING, wait_s)
    return present()


@command.command("settle")
@refund_argument
@click.option("--sent/--not-sent", "was_sent", required=True, help="Whether the money went back.")
@click.option("--transaction-id", default="", metavar="TEXT", help="The network's id of it.")
@click.option("--note", default="", metavar="TEXT", help="Where you saw it.")
@key_option
@json_option
@shop_options
def settle(
    refund_id: str, *, was_sent: bool, transaction_id: str, note: str, key: str, as_json: bool
) -> None:
    """Decide a refund whose end the network does not tell, on what you saw in its own books."""
    decided = SettleRefund(
        key=key,
        refund_id=refund_id,
        was_sent=was_sent,
        refund_transaction_id=transaction_id,
        note=note,
    )
    with signed_in() as (app, actor):
        row = app.network_refunds.settle(actor, decided)
        draw_papers(app, row.credit_note_number)
    _print_refund(row, as_json=as_json)


@command.command("list")
@click.option("--status", type=click.Choice([each.value for each in RefundStatus]))
@json_option
@shop_options
def list_refunds(*, status: str | None, as_json: bool) -> None:
    """List refunds, newest first."""
    statuses = frozenset({RefundStatus(status)} if status else ())
    with signed_in() as (app, actor):
        page = app.refunds.page(actor, statuses=statuses, limit=EVERY_ROW)
    if as_json:
        print_json([refund_document(row) for row in page.rows])
        return
    print_table(
        ["Refund", "Asked", "By", ">Amount", "Status", "Customer", "Reason"],
        [
            [
                row.refund_id,
                local(row.requested_at),
                row.requested_by,
                display(row.refund_amount_minor, row.currency),
                row.status,
                row.customer_name,
                row.reason,
            ]
            for row in page.rows
        ],
    )
    say(f"{page.total} refunds")


def refund_document(row: RefundRow) -> dict[str, object]:
    """Return a refund as scripts read it; its field names are fixed."""
    return {
        "refund_id": row.refund_id,
        "payment_id": row.payment_id,
        "refund_amount": major(row.refund_amount_minor, row.currency),
        "currency": row.currency,
        "status": row.status,
        "reason": row.reason,
        "reason_note": row.reason_note,
        "refund_transaction_id": row.refund_transaction_id or None,
        "requested_by": row.requested_by,
        "requested_at": iso_utc(row.requested_at),
        "approved_by": row.approved_by or None,
        "approved_at": iso_utc(row.approved_at) if row.approved_at else None,
        "passed_on_by": row.passed_on_by or None,
        "rejected_by": row.rejected_by or None,
        "processed_by": row.processed_by or None,
        "response_notes": row.response_notes,
        "refund_completed_at": (
            iso_utc(row.refund_completed_at) if row.refund_completed_at else None
        ),
        "credit_note_number": row.credit_note_number or None,
    }


def _print_refund(row: RefundRow, *, as_json: bool) -> None:
    if as_json:
        print_json(refund_document(row))
        return
    facts = [row.refund_id, display(row.refund_amount_minor, row.currency), row.status]
    if row.credit_note_number:
        facts.append(row.credit_note_number)
    say(" · ".join(facts))
