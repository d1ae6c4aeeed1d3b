"""``sanduku statements``: look into a statement file and store nothing."""

from __future__ import annotations

from pathlib import Path

import click

from core.money import DEFAULT_CURRENCY, grouped
from core.statements.json_form import to_json_document
from core.statements.reading import read_statement
from core.statements.statement import Statement, StatementFile
from desktop.cli.common import file_argument, json_option, opened_shop, shop_options
from desktop.cli.output import print_json, print_table, say, warn


@click.group("statements")
@shop_options
def command() -> None:
    """Look into a statement file."""


@command.command("read")
@file_argument
@click.option("--profile", default="", metavar="NAME", help="A column profile saved in the shop.")
@click.option(
    "--currency",
    default=DEFAULT_CURRENCY,
    show_default=True,
    help="The currency of a file that names none.",
)
@json_option
@shop_options
def read(file: Path, *, profile: str, currency: str, as_json: bool) -> None:
    """Read FILE and print what is in it; nothing is stored, and no shop is needed."""
    if profile:
        with opened_shop() as app:
            found = app.statements.read(file, profile_name=profile, currency=currency)
    else:
        found = read_statement(file, currency=currency)
    if as_json:
        print_json(to_json_document(found))
    else:
        _print_file(file.name, found)


def _print_file(name: str, found: StatementFile) -> None:
    say(f"{name}: {found.format}, {found.profile or 'columns recognised'}")
    for statement in found.statements:
        _print_statement(statement)
    for problem in found.problems:
        warn(f"{name}: {problem.message}")


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
    gap = statement.balance_gap_minor()
    verdict = {None: "cannot be checked", 0: "holds"}.get(gap)
    total = sum(line.amount_minor for line in statement.lines)
    say(
        f"{len(statement.lines)} lines, together {grouped(total, statement.currency)};"
        f" opening + lines = closing {verdict or f'misses {grouped(gap or 0, statement.currency)}'}"
    )
