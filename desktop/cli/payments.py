"""``sanduku payments``: import, list, collect and end payments."""

from __future__ import annotations

from pathlib import Path

import click

from core.errors import InvalidInputError
from core.model.payments import PaymentMethod
from core.money import display, parse_typed
from core.services.payments.import_report import ImportReport
from core.services.payments.json_form import payment_document
from core.services.payments.lists import PaymentFilter
from core.services.payments.rules import CompletePayment, RecordPayment
from core.services.rows import PaymentRow
from desktop.cli.common import (
    EVERY_ROW,
    draw_papers,
    file_argument,
    json_option,
    key_option,
    shop_options,
    signed_in,
)
from desktop.cli.networks import (
    asking_networks,
    currency_of,
    follow,
    longest_send_s,
    tell_outcome,
    wait_option,
    wait_until,
)
from desktop.cli.output import local, print_json, print_table, say, warn
from desktop.cli.payment_export import export_payments
from desktop.cli.payment_filters import payment_filter

payment_argument = click.argument("payment_id")
approval_code_option = click.option(
    "--approval-code", default="", help="The approval code on the card slip."
)
last4_option = click.option("--last4", default="", help="The last four digits of the card.")
tendered_option = click.option("--tendered", metavar="A", help="The cash the customer gave.")
transaction_option = click.option(
    "--transaction-id", default="", help="The bank's or network's own reference."
)


@click.group("payments")
@shop_options
def command() -> None:
    """Import, list, hand out, collect and end payments."""


command.add_command(export_payments)


@command.command("import")
@file_argument
@json_option
@shop_options
def import_payments(file: Path, *, as_json: bool) -> int:
    """Take in the payments of FILE: a JSON array, JSON Lines or CSV.

    Payments the shop knows already stay as they are, so the same file may come again. Ends with
    0 when any payment was new or known, and with 1 when the file cannot be read or every payment
    in it was refused.
    """
    with signed_in() as (app, actor):
        report = app.imports.import_file(actor, file)
    if as_json:
        print_json(_report_document(report))
    else:
        say(f"{report.new} new, {report.known} known, {len(report.refused)} refused")
    for row in report.refused:
        name = f" ({row.payment_id})" if row.payment_id else ""
        warn(f"{report.file_name}, {row.position}{name}: {row.reason}")
    return 1 if report.refused and not (report.new or report.known) else 0


def _report_document(report: ImportReport) -> dict[str, object]:
    return {
        "file_name": report.file_name,
        "new": report.new,
        "known": report.known,
        "refused": [
            {"position": row.position, "payment_id": row.payment_id, "reason": row.reason}
            for row in report.refused
        ],
    }


@command.command("list")
@payment_filter
@click.option(
    "--limit",
    type=click.IntRange(min=1, max=EVERY_ROW),
    default=EVERY_ROW,
    metavar="N",
    help="At most N.",
)
@json_option
@shop_options
def list_payments(*, wanted: PaymentFilter, limit: int, as_json: bool) -> None:
    """List payments, newest first."""
    with signed_in() as (app, actor):
        page = app.payment_lists.page(actor, wanted, limit=limit)
    if as_json:
        print_json([payment_document(row) for row in page.rows])
        return
    print_table(
        ["Payment", "Recorded", "Customer", ">Amount", "Method", "Status", "Reference", "Invoice"],
        [_cells(row) for row in page.rows],
    )
    say(f"{len(page.rows)} of {page.total} payments")


def _cells(row: PaymentRow) -> list[str]:
    return [
        row.payment_id,
        local(row.created_at),
        row.customer_name or row.phone_number,
        display(row.amount_minor, row.currency),
        row.payment_method,
        "reconciled" if row.reconciled else row.status,
        row.transaction_reference,
        row.invoice_number,
    ]


@command.command("collect")
@click.option("--method", type=click.Choice([each.value for each in PaymentMethod]), required=True)
@click.option("--amount", required=True, metavar="A", help="The amount, such as 15000.")
@click.option("--reference", required=True, metavar="R", help="What the customer sees.")
@click.option("--currency", help="RWF; for mobile money, what the shop's account takes.")
@click.option("--phone", default="", metavar="P", help="The customer's telephone number.")
@click.option("--customer", default="", help="The customer's name.")
@click.option("--order", default="", help="The number of the order paid.")
@click.option("--account", default="", help="The account a bank transfer comes from.")
@click.option("--notes", default="", help="A note for the customer.")
@tendered_option
@approval_code_option
@last4_option
@transaction_option
@click.option("--complete", is_flag=True, help="The money was seen: complete the payment.")
@click.option("--again", is_flag=True, help="Charge a sale once more that was paid before.")
@wait_option
@key_option
@json_option
@shop_options
def collect(
    *,
    method: str,
    amount: str,
    reference: str,
    currency: str | None,
    phone: str,
    customer: str,
    order: str,
    account: str,
    notes: str,
    tendered: str | None,
    approval_code: str,
    last4: str,
    transaction_id: str,
    complete: bool,
    again: bool,
    wait_s: float | None,
    key: str,
    as_json: bool,
) -> int:
    """Record a payment.

    Cash is completed by --tendered (or --complete, when the exact amount was given), a card by
    --approval-code, a bank transfer by --transaction-id with --complete; otherwise the payment
    stays pending. Points (loyalty_points) of the customer with this --phone are spent at once.
    Mobile money is asked of the customer's phone: with --wait this ends when the network has told
    the outcome, or after so many seconds; ends with 1 when the payment failed.
    """
    payment_method = PaymentMethod(method)
    with signed_in() as (app, actor):
        currency = currency or currency_of(app, actor, payment_method)
        amount_minor = parse_typed(amount, currency)
        is_exact = complete and payment_method is PaymentMethod.CASH
        tendered_minor = amount_minor if is_exact else None
        if tendered is not None:
            tendered_minor = _parse_tendered(tendered, currency)
        recorded = RecordPayment(
            key=key,
            method=payment_method,
            amount_minor=amount_minor,
            currency=currency,
            transaction_reference=reference,
            order_number=order,
            customer_name=customer,
            phone_number=phone,
            account_number=account,
            customer_notes=notes,
            tendered_minor=tendered_minor,
            card_approval_code=approval_code,
            card_last4=last4,
            transaction_id=transaction_id,
            complete_now=complete or _was_seen(payment_method, tendered_minor, approval_code),
            again=again,
        )
        row = app.payments.record(actor, recorded)
        path = follow(app, actor, row.payment_id, wait_s)
        draw_papers(app, path.payment.invoice_number)
    _print_payment(path.payment, as_json=as_json)
    return tell_outcome(path)


def _was_seen(method: PaymentMethod, tendered_minor: int | None, approval_code: str) -> bool:
    """Tell whether what was given proves by itself that the money is there."""
    if method is PaymentMethod.CASH:
        return tendered_minor is not None
    return method is PaymentMethod.CARD and bool(approval_code)


@command.command("resolve")
@wait_option
@json_option
@shop_options
def resolve(*, wait_s: float | None, as_json: bool) -> None:
    """Ask the networks about everything that is open, once or until settled.

    Prints the payments that were open, as they stand now.
    """
    with signed_in() as (app, actor):
        asked = app.gateways.ask_everything(actor)
        started = app.configuration.clock()
        with asking_networks(app):
            longest_s = longest_send_s(app) if wait_s is None else wait_s
            wait_until(lambda: app.gateways.all_asked_since(actor, started), longest_s)
            if wait_s is not None:
                left_s = wait_s - (app.configuration.clock() - started).total_seconds()
                wait_until(lambda: not app.gateways.still_open(actor, asked), left_s)
        rows = [app.payment_lists.one(actor, payment_id) for payment_id in asked]
        draw_papers(app, *(row.invoice_number for row in rows))
    if as_json:
        print_json([payment_document(row) for row in rows])
        return
    for row in rows:
        _print_payment(row, as_json=False)
    say(f"{len(rows)} asked about")


@command.command("complete")
@payment_argument
@click.option(
    "--note", default="", help="What was seen; why a manager completes mobile money by hand."
)
@tendered_option
@approval_code_option
@last4_option
@transaction_option
@key_option
@json_option
@shop_options
def complete_payment(
    payment_id: str,
    *,
    note: str,
    tendered: str | None,
    approval_code: str,
    last4: str,
    transaction_id: str,
    key: str,
    as_json: bool,
) -> None:
    """Confirm that the money of a pending payment is there; this issues its invoice.

    Cash without --tendered was given exactly. A card or bank transfer without --approval-code or
    --transaction-id is completed on the word of the person, and its history says so.
    """
    with signed_in() as (app, actor):
        payment = app.payment_lists.one(actor, payment_id)
        row = app.payments.complete(
            actor,
            CompletePayment(
                key=key,
                payment_id=payment_id,
                tendered_minor=_tendered(payment, tendered),
                card_approval_code=approval_code,
                card_last4=last4,
                transaction_id=transaction_id,
                note=note or _word_given(payment, approval_code, transaction_id),
            ),
        )
        draw_papers(app, row.invoice_number)
    _print_payment(row, as_json=as_json)


def _word_given(payment: PaymentRow, approval_code: str, transaction_id: str) -> str:
    """Return what the history says where no reference backs a person's word; else nothing."""
    by_word = payment.payment_method in {PaymentMethod.CARD, PaymentMethod.BANK_TRANSFER}
    backed = approval_code or transaction_id or payment.card_approval_code or payment.transaction_id
    return "confirmed by command, without a reference" if by_word and not backed else ""


def _tendered(payment: PaymentRow, tendered: str | None) -> int | None:
    if tendered is not None:
        return _parse_tendered(tendered, payment.currency)
    given_exactly = payment.payment_method is PaymentMethod.CASH and payment.tendered_minor is None
    return payment.amount_minor if given_exactly else None


def _parse_tendered(text: str, currency: str) -> int:
    try:
        return parse_typed(text, currency)
    except InvalidInputError as error:
        raise InvalidInputError(error.message, field="tendered") from error


@command.command("fail")
@payment_argument
@click.option("--note", default="", help="Why the money did not come.")
@json_option
@shop_options
def fail(payment_id: str, *, note: str, as_json: bool) -> None:
    """Record that the money of a pending payment did not come."""
    with signed_in() as (app, actor):
        row = app.payments.fail(actor, payment_id, note=note)
    _print_payment(row, as_json=as_json)


@command.command("cancel")
@payment_argument
@click.option("--note", default="", help="Why the payment is called off.")
@json_option
@shop_options
def cancel(payment_id: str, *, note: str, as_json: bool) -> None:
    """Call a pending payment off."""
    with signed_in() as (app, actor):
        row = app.payments.cancel(actor, payment_id, note=note)
    _print_payment(row, as_json=as_json)


def _print_payment(row: PaymentRow, *, as_json: bool) -> None:
    if as_json:
        print_json(payment_document(row))
        return
    facts = [row.payment_id, display(row.amount_minor, row.currency), row.status]
    if row.invoice_number:
        facts.append(row.invoice_number)
    if row.tendered_minor is not None:
        facts.append(f"change {display(row.change_minor, row.currency)}")
    say(" · ".join(facts))
