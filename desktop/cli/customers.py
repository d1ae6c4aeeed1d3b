"""``sanduku customers``: add, find and show customers, and their statements of account."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from core.clock import iso_utc, shop_date
from core.money import display, major
from core.phones import phone_display
from core.services.customers.account_statements import AccountPeriod
from core.services.customers.rows import Balance, CustomerDetail, CustomerRow, HistoryRow
from core.services.customers.service import AddCustomer, CustomerForm, CustomerShow
from core.services.settings import LANGUAGES
from desktop.cli.common import (
    EVERY_ROW,
    day_option,
    json_option,
    key_option,
    shop_options,
    signed_in,
)
from desktop.cli.output import local, print_json, print_table, say, warn

customer_argument = click.argument("customer_id", type=int)


@click.group("customers")
@shop_options
def command() -> None:
    """Add, find and show customers, and their statements of account."""


@command.command("add")
@click.argument("name")
@click.option("--phone", default="", metavar="P", help="The telephone number.")
@click.option("--email", default="", metavar="E", help="The e-mail address.")
@click.option("--tin", default="", metavar="N", help="The nine digits of the TIN.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("--address", default="", metavar="TEXT")
@click.option("--notes", default="", metavar="TEXT")
@key_option
@json_option
@shop_options
def add(
    name: str,
    *,
    phone: str,
    email: str,
    tin: str,
    language: str,
    address: str,
    notes: str,
    key: str,
    as_json: bool,
) -> None:
    """Add a customer; says so where somebody has the same telephone already."""
    form = CustomerForm(name, phone, email, tin, language, address, notes)
    with signed_in() as (app, actor):
        row = app.customers.add(actor, AddCustomer(key, form))
        others = app.customers.same_phone(actor, phone, but=row.customer_id)
    if as_json:
        print_json(customer_document(row))
    else:
        say(f"{row.customer_id} · {row.name}")
    for other in others:
        warn(f"The same telephone has customer {other.customer_id}, {other.name}.")


@command.command("list")
@click.option("--search", default="", metavar="TEXT", help="Words in name, telephone, e-mail, TIN.")
@click.option("--owing", is_flag=True, help="Only those with an open order.")
@click.option("--retired", is_flag=True, help="Only retired ones.")
@click.option(
    "--limit", type=click.IntRange(min=1, max=EVERY_ROW), default=EVERY_ROW, metavar="N",
    help="At most N.",
)  # fmt: skip
@json_option
@shop_options
def list_customers(*, search: str, owing: bool, retired: bool, limit: int, as_json: bool) -> None:
    """List customers by name, with what they owe."""
    if owing and retired:
        raise click.UsageError("Choose --owing or --retired.")
    show = CustomerShow.OWING if owing else CustomerShow.ACTIVE
    show = CustomerShow.RETIRED if retired else show
    with signed_in() as (app, actor):
        page = app.customers.page(actor, search=search, show=show, limit=limit)
    if as_json:
        print_json([customer_document(row) for row in page.rows])
        return
    print_table(
        ["Customer", "Name", "Telephone", ">Balance", "Last payment"],
        [
            [
                str(row.customer_id),
                row.name,
                phone_display(row.phone_number),
                _amounts(row.balances),
                local(row.last_paid_at),
            ]
            for row in page.rows
        ],
    )
    say(f"{len(page.rows)} of {page.total} customers")


@command.command("show")
@customer_argument
@json_option
@shop_options
def show(customer_id: int, *, as_json: bool) -> None:
    """Show a customer with their account and all that happened, the newest first."""
    with signed_in() as (app, actor):
        detail = app.customers.detail(actor, customer_id)
        history = app.customers.history(actor, customer_id, limit=EVERY_ROW)
    if as_json:
        print_json(_detail_document(detail, history.rows))
        return
    row = detail.customer
    say(f"{row.customer_id} · {row.name}")
    facts = (
        ("Telephone", phone_display(row.phone_number)),
        ("E-mail", row.email),
        ("TIN", row.tin),
        ("Address", row.address),
        ("Notes", row.notes),
        ("Balance", _amounts(row.balances) or "settled"),
        ("Under way", _amounts(detail.promised)),
        ("Open orders", str(detail.open_orders)),
    )
    for label, value in facts:
        if value:
            say(f"{label}: {value}")
    print_table(
        ["When", "What", ">Amount", "Status", "For"],
        [[local(e.at), e.kind, _amount(e), e.status, e.title] for e in history.rows],
    )


@command.command("statement")
@customer_argument
@day_option("--from", "first_day", "The first day; without it, the first of this month.")
@day_option("--to", "last_day", "The last day; without it, today.")
@click.option("--currency", default="", help="Without it, the shop's.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Where to write it."
)
@json_option
@shop_options
def statement(
    customer_id: int,
    *,
    first_day: date | None,
    last_day: date | None,
    currency: str,
    output: Path | None,
    as_json: bool,
) -> None:
    """Draw a statement of account as PDF, or print its figures with --json."""
    with signed_in() as (app, actor):
        last = last_day or shop_date(app.configuration.clock())
        first = first_day or last.replace(day=1)
        if as_json and output is None:
            period = app.account_statements.period(
                actor, customer_id, first, last, currency=currency
            )
            print_json(_period_document(period))
            return
        written = app.account_statements.statement_of_account(
            actor,
            customer_id,
            first,
            last,
            currency=currency,
            copy_to=output.absolute() if output is not None else None,
        )
    shown = str(output if output is not None else written)
    if as_json:
        print_json({"customer_id": customer_id, "file": shown})
    else:
        say(shown)


@command.command("merge")
@customer_argument
@click.argument("into_id", type=int)
@json_option
@shop_options
def merge(customer_id: int, into_id: int, *, as_json: bool) -> None:
    """Say that CUSTOMER_ID and INTO_ID are one; the second stays, nothing is deleted."""
    with signed_in() as (app, actor):
        row = app.customers.merge(actor, customer_id, into_id)
    if as_json:
        print_json(customer_document(row))
    else:
        say(f"{row.customer_id} · {row.name}")


def customer_document(row: CustomerRow) -> dict[str, object]:
    """Return a customer as scripts read it; its field names are fixed."""
    return {
        "customer_id": row.customer_id,
        "name": row.name,
        "phone_number": row.phone_number or None,
        "email": row.email or None,
        "tin": row.tin or None,
        "language": row.language,
        "address": row.address,
        "notes": row.notes,
        "retired": row.is_retired,
        "created_at": iso_utc(row.created_at),
        "last_paid_at": iso_utc(row.last_paid_at) if row.last_paid_at else None,
        "balances": _balance_documents(row.balances),
    }


def _balance_documents(balances: tuple[Balance, ...]) -> list[dict[str, str]]:
    return [
        {"currency": each.currency, "amount": major(each.amount_minor, each.currency)}
        for each in balances
    ]


def _detail_document(detail: CustomerDetail, history: tuple[HistoryRow, ...]) -> dict[str, object]:
    return {
        **customer_document(detail.customer),
        "under_way": _balance_documents(detail.promised),
        "paid": _balance_documents(detail.paid),
        "open_orders": detail.open_orders,
        "merged_names": list(detail.merged_names),
        "history": [
            {
                "at": iso_utc(event.at),
                "kind": event.kind,
                "subject_id": event.subject_id,
                "amount": (
                    major(event.amount_minor, event.currency)
                    if event.currency
                    else str(event.amount_minor)
                ),
                "currency": event.currency or None,
                "status": event.status or None,
                "title": event.title,
            }
            for event in history
        ],
    }


def _period_document(period: AccountPeriod) -> dict[str, object]:
    currency, ageing = period.currency, period.ageing
    balance_minor = period.opening_minor
    entries = []
    for entry in period.entries:
        balance_minor += entry.change_minor
        entries.append(
            {
                "at": iso_utc(entry.at),
                "kind": entry.kind,
                "reference": entry.reference,
                "method": entry.method or None,
                "debit": major(entry.debit_minor, currency),
                "credit": major(entry.credit_minor, currency),
                "balance": major(balance_minor, currency),
            }
        )
    parts = {
        "not_due": ageing.not_due_minor,
        "1_30_days": ageing.to_30_days_minor,
        "31_60_days": ageing.to_60_days_minor,
        "61_90_days": ageing.to_90_days_minor,
        "over_90_days": ageing.older_minor,
        "credit": ageing.credit_minor,
    }
    return {
        "customer_id": period.customer.customer_id,
        "name": period.customer.name,
        "currency": currency,
        "from": period.first_day.isoformat(),
        "to": period.last_day.isoformat(),
        "opening_balance": major(period.opening_minor, currency),
        "entries": entries,
        "closing_balance": major(period.closing_minor, currency),
        "under_way": major(period.promised_minor, currency),
        "ageing": {name: major(amount, currency) for name, amount in parts.items()},
    }


def _amounts(balances: tuple[Balance, ...]) -> str:
    return ", ".join(display(each.amount_minor, each.currency) for each in balances)


def _amount(event: HistoryRow) -> str:
    return (
        display(event.amount_minor, event.currency) if event.currency else str(event.amount_minor)
    )
