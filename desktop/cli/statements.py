"""``sanduku statements``: look into a statement file, and list those taken in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from core.errors import InvalidInputError
from core.money import DEFAULT_CURRENCY, grouped
from core.statements.apart import read_apart
from core.statements.json_form import to_json_document
from core.statements.profile import DATE_ORDERS, ColumnProfile
from core.statements.statement import Statement, StatementFile
from core.statements.tables.recognition import DETECTED
from desktop.cli.common import (
    file_argument,
    invocation,
    json_option,
    opened_shop,
    shop_options,
    signed_in,
)
from desktop.cli.output import print_json, print_table, say, warn


@click.group("statements")
@shop_options
def command() -> None:
    """Look into a statement file, and list those taken in."""


@command.command("read")
@file_argument
@click.option(
    "--profile", default="", metavar="NAME", help="A layout known by name, or saved in the shop."
)
@click.option(
    "--date-order",
    type=click.Choice(DATE_ORDERS),
    help="How the file writes dates, where day and month cannot be told apart.",
)
@click.option(
    "--currency",
    default=DEFAULT_CURRENCY,
    show_default=True,
    help="The currency of a file that names none.",
)
@json_option
@shop_options
def read(file: Path, *, profile: str, date_order: str | None, currency: str, as_json: bool) -> None:
    """Read FILE and print what is in it; nothing is stored, and no shop is needed."""
    chosen = _profile_named(profile) if profile else None
    if date_order:
        chosen = replace(chosen or ColumnProfile(name=""), date_order=date_order)
    found = read_apart(file, profile=chosen, currency=currency)
    if as_json:
        print_json(to_json_document(found))
    else:
        _print_file(file.name, found)


@command.command("list")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    help="At most so many, the newest first.",
)
@json_option
@shop_options
def list_(*, limit: int, as_json: bool) -> None:
    """List the statements taken in, with the number each report is asked for by."""
    from desktop.cli.reconcile import row_document  # noqa: PLC0415 - not owed by reading a file

    with signed_in() as (app, actor):
        page = app.reconciliations.page(actor, limit=limit)
    if as_json:
        print_json([row_document(row) for row in page.rows])
        return
    print_table(
        ["Number", "State", "From", "First day", "Last day", ">Lines", ">Open", "File"],
        [
            [
                row.reconciliation_id,
                row.status,
                row.provider,
                str(row.statement_period_start or ""),
                str(row.statement_period_end or ""),
                grouped(row.total_transactions - row.known_transactions),
                grouped(row.unmatched_count),
                row.file_name,
            ]
            for row in page.rows
        ],
    )
    if page.total > len(page.rows):
        say(f"The newest {len(page.rows)} of {page.total}; --limit shows more.")


def _profile_named(name: str) -> ColumnProfile:
    """Return a profile of the shop, if there is one with such a profile, else a built-in one."""
    from core.statements.tables.builtin import NAMED_PROFILES  # noqa: PLC0415 - not owed by --help

    if invocation().shop().is_there:
        with opened_shop(for_keeper=True) as app:
            if name in app.statements.profiles():
                return app.statements.profile(name)
    for known in NAMED_PROFILES:
        if known.name.casefold() == name.casefold():
            return known
    names = ", ".join(f"“{known.name}”" for known in NAMED_PROFILES)
    raise InvalidInputError(
        f"There is no profile “{name}”, neither saved in the shop nor among {names}.",
        field="profile",
    )


def _print_file(name: str, found: StatementFile) -> None:
    layout = {"": "", DETECTED: ", columns recognised"}.get(found.profile, f", {found.profile}")
    say(f"{name}: {found.format}{layout}")
    for statement in found.statements:
        _print_statement(statement)
    for problem in found.problems:
        warn(f"{name}: {problem.message}")
    if found.date_order_unsure:
        warn(f"{name}: nothing tells day from month; say which comes first with --date-order.")


def _print_statement(statement: Statement) -> None:
    say(f"Account {statement.account or '(not named)'}, {statement.currency}")
    print_table(
        [">Line", "Date", ">Amount", ">Fee", "Reference", "Description", "Counterparty"],
        [
            [
                str(line.line),
                line.date.isoformat(),
                grouped(line.amount_minor, line.currency),
                grouped(line.fee_minor, line.currency) if line.fee_minor else "",
                line.transaction_id or line.reference,
                line.description,
                line.counterparty or line.counterparty_account,
            ]
            for line in statement.lines
        ],
    )
    total = sum(line.amount_minor for line in statement.lines)
    say(f"{len(statement.lines)} lines, together {grouped(total, statement.currency)}")
    say(f"Balances: {_balances(statement)}")


def _balances(statement: Statement) -> str:
    """Say whether opening + lines = closing, with every figure that takes part."""
    gap = statement.balance_gap_minor()
    if gap is None:
        return "cannot be checked, the file does not state both opening and closing balance"
    opening, moved, closing = (
        grouped(amount or 0, statement.currency)
        for amount in (
            statement.opening_balance_minor,
            statement.movement_minor(),
            statement.closing_balance_minor,
        )
    )
    sum_is = f"opening {opening} + movements {moved} = closing {closing}"
    return (
        f"{sum_is} holds"
        if gap == 0
        else (f"{sum_is} does not hold: {grouped(gap, statement.currency)} missing or wrong")
    )
