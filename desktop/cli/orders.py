"""``sanduku orders``: what customers ordered, and how far it is paid."""

from __future__ import annotations

from datetime import date

import click

from core.clock import iso_utc
from core.errors import InvalidInputError
from core.model.customers import TaxClass
from core.money import DEFAULT_CURRENCY, display, major, parse_typed
from core.services.customers.orders import AddOrder, OrderShow
from core.services.customers.rows import OrderDetail, OrderRow
from core.services.payments.rules import SaleLine
from desktop.cli.common import (
    EVERY_ROW,
    day_option,
    json_option,
    key_option,
    shop_options,
    signed_in,
)
from desktop.cli.output import local, print_json, print_table, say

order_argument = click.argument("order_number")


@click.group("orders")
@shop_options
def command() -> None:
    """What customers ordered, and how far it is paid."""


@command.command("add")
@click.option("--customer", "customer_id", type=int, required=True, metavar="ID")
@click.option(
    "--line", "lines", multiple=True, required=True, metavar="NAME;COUNT;PRICE[;TAX]",
    help="One article: its name, how many, the price of one with VAT, and A, B, C or D"
    " (B: the standard rate). Once for each.",
)  # fmt: skip
@click.option("--number", default="", help="The order's number; without it the next is drawn.")
@click.option("--currency", default=DEFAULT_CURRENCY, show_default=True)
@day_option("--due", "due_on", "The day it is to be paid by.")
@click.option("--notes", default="", metavar="TEXT")
@key_option
@json_option
@shop_options
def add(
    *,
    customer_id: int,
    lines: tuple[str, ...],
    number: str,
    currency: str,
    due_on: date | None,
    notes: str,
    key: str,
    as_json: bool,
) -> None:
    """Write down what a customer ordered; pay it by “payments collect --order NUMBER”."""
    sold = tuple(_line(text, currency) for text in lines)
    with signed_in() as (app, actor):
        row = app.orders.add(
            actor, AddOrder(key, customer_id, sold, number, currency, due_on, notes)
        )
    _print_order(row, as_json=as_json)


def _line(text: str, currency: str) -> SaleLine:
    parts = [part.strip() for part in text.split(";")]
    if len(parts) not in {3, 4} or not parts[1].isascii() or not parts[1].isdecimal():
        raise InvalidInputError(
            f"“{text}” is not a line such as “Igitenge;2;6000” or “Umuceri;1;7000;A”.",
            field="lines",
        )
    kind = parts[3].upper() if len(parts) == 4 else TaxClass.STANDARD.value
    if kind not in {each.value for each in TaxClass}:
        raise InvalidInputError(f"“{kind}” is not a tax class: A, B, C or D.", field="lines")
    return SaleLine(parts[0], int(parts[1]), parse_typed(parts[2], currency), TaxClass(kind))


@command.command("list")
@click.option("--search", default="", metavar="TEXT", help="Words in number, name, telephone.")
@click.option("--customer", "customer_id", type=int, metavar="ID", help="Of one customer.")
@click.option(
    "--show", type=click.Choice([each.value for each in OrderShow]), default=OrderShow.ALL.value,
    show_default=True, help="Open ones have something left to pay.",
)  # fmt: skip
@click.option(
    "--limit", type=click.IntRange(min=1, max=EVERY_ROW), default=EVERY_ROW, metavar="N",
    help="At most N.",
)  # fmt: skip
@json_option
@shop_options
def list_orders(
    *, search: str, customer_id: int | None, show: str, limit: int, as_json: bool
) -> None:
    """List orders, newest first."""
    with signed_in() as (app, actor):
        page = app.orders.page(
            actor, search=search, show=OrderShow(show), customer_id=customer_id, limit=limit
        )
    if as_json:
        print_json([order_document(row) for row in page.rows])
        return
    print_table(
        ["Order", "Written", "Customer", ">Total", ">Paid", ">Under way", ">Left", "State", "Due"],
        [_cells(row) for row in page.rows],
    )
    say(f"{len(page.rows)} of {page.total} orders")


def _cells(row: OrderRow) -> list[str]:
    balance = row.balance
    amounts = (row.total_minor, balance.net_minor, balance.promised_minor, row.left_minor)
    return [
        row.order_number,
        local(row.created_at),
        row.customer_name,
        *(display(amount, row.currency) for amount in amounts),
        row.state,
        row.due_on.isoformat() if row.due_on else "",
    ]


@command.command("show")
@order_argument
@json_option
@shop_options
def show_order(order_number: str, *, as_json: bool) -> None:
    """Show an order with its lines and payments."""
    with signed_in() as (app, actor):
        detail = app.orders.one(actor, order_number)
    if as_json:
        print_json(_detail_document(detail))
        return
    row = detail.order
    _print_order(row, as_json=False)
    print_table(
        ["Article", ">Count", ">Price", "Tax", ">Amount"],
        [
            [
                line.description,
                str(line.quantity),
                display(line.unit_price_minor, row.currency),
                line.tax_class,
                display(line.total_minor, row.currency),
            ]
            for line in detail.lines
        ],
    )
    if detail.payments:
        print_table(
            ["Payment", "When", ">Amount", "Method", "Status", "Invoice"],
            [
                [
                    paid.payment_id,
                    local(paid.at),
                    display(paid.amount_minor, row.currency),
                    paid.method,
                    paid.status,
                    paid.invoice_number,
                ]
                for paid in detail.payments
            ],
        )


@command.command("cancel")
@order_argument
@click.option("--reason", default="", metavar="TEXT", help="Why it is called off.")
@json_option
@shop_options
def cancel(order_number: str, *, reason: str, as_json: bool) -> None:
    """Call off an order that nobody paid anything for."""
    with signed_in() as (app, actor):
        row = app.orders.cancel(actor, order_number, reason=reason)
    _print_order(row, as_json=as_json)


def order_document(row: OrderRow) -> dict[str, object]:
    """Return an order as scripts read it; its field names are fixed."""
    currency, balance = row.currency, row.balance
    return {
        "order_number": row.order_number,
        "customer_id": row.customer_id,
        "customer_name": row.customer_name,
        "total": major(row.total_minor, currency),
        "paid": major(balance.paid_minor, currency),
        "refunded": major(balance.refunded_minor, currency),
        "under_way": major(balance.promised_minor, currency),
        "left": major(row.left_minor, currency),
        "currency": currency,
        "state": row.state,
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "notes": row.notes,
        "created_at": iso_utc(row.created_at),
        "created_by": row.created_by,
        "cancelled_at": iso_utc(row.cancelled_at) if row.cancelled_at else None,
    }


def _detail_document(detail: OrderDetail) -> dict[str, object]:
    currency = detail.order.currency
    return {
        **order_document(detail.order),
        "lines": [
            {
                "description": line.description,
                "quantity": line.quantity,
                "unit_price": major(line.unit_price_minor, currency),
                "tax_class": line.tax_class,
                "total": major(line.total_minor, currency),
            }
            for line in detail.lines
        ],
        "payments": [
            {
                "payment_id": paid.payment_id,
                "at": iso_utc(paid.at),
                "amount": major(paid.amount_minor, currency),
                "payment_method": paid.method,
                "status": paid.status,
                "invoice_number": paid.invoice_number or None,
            }
            for paid in detail.payments
        ],
    }


def _print_order(row: OrderRow, *, as_json: bool) -> None:
    if as_json:
        print_json(order_document(row))
        return
    facts = [row.order_number, row.customer_name, display(row.total_minor, row.currency), row.state]
    if row.left_minor:
        facts.append(f"{display(row.left_minor, row.currency)} left")
    if row.balance.promised_minor:
        facts.append(f"{display(row.balance.promised_minor, row.currency)} under way")
    say(" · ".join(filter(None, facts)))
