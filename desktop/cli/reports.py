"""``sanduku reports``: an owner's and accountant's questions, answered as table or file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from core.clock import shop_date
from core.documents.storage import write_document
from core.services.reports.contract import (
    ColumnKind,
    ExportFormat,
    Grouping,
    Report,
    ReportName,
    ReportQuery,
    ReportRow,
)
from core.services.reports.flat import FlatTable
from core.services.reports.shown import shown
from desktop.cli.common import day_option, shop_options, signed_in
from desktop.cli.output import print_table, say
from desktop.cli.reconciliation_report import hand_out

RECONCILIATION = "reconciliation"
"""The report of one statement; the others are about a range of days."""

_BINARY = frozenset({ExportFormat.XLSX, ExportFormat.PDF})
_AT_THE_LEFT = frozenset(
    {
        ColumnKind.TEXT,
        ColumnKind.METHOD,
        ColumnKind.PAYMENT_STATUS,
        ColumnKind.DAY,
        ColumnKind.MOMENT,
    }
)


@click.command("reports")
@click.argument("name", type=click.Choice([*(name.value for name in ReportName), RECONCILIATION]))
@day_option("--from", "first_day", "The first day; without it, the first of the month.")
@day_option("--to", "last_day", "The last day; without it, today.")
@click.option(
    "--group",
    type=click.Choice([grouping.value for grouping in Grouping]),
    default=Grouping.DAY.value,
    help="How a report over time is cut.",
)
@click.option("--customer", "customer_id", type=int, metavar="ID", help="One customer's payments.")
@click.option(
    "--reconciliation",
    "reconciliation_id",
    metavar="ID",
    help="The one that the report “reconciliation” is about.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice([each.value for each in ExportFormat]),
    help="A file for another program; without it, a table to read.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Where to write it."
)
@shop_options
def command(
    name: str,
    *,
    first_day: date | None,
    last_day: date | None,
    group: str,
    customer_id: int | None,
    reconciliation_id: str | None,
    format_: str | None,
    output: Path | None,
) -> None:
    """Show a report over some days of the shop.

    The day's close is about one day: without any, about today. The report “reconciliation” is
    about one statement, whose days are its own; “statements list” shows their numbers.
    """
    wanted = _wanted_format(format_, output)
    _check_reconciliation(name, reconciliation_id, has_days=bool(first_day or last_day))
    with signed_in() as (app, actor):
        if reconciliation_id is not None:
            hand_out(app, actor, reconciliation_id, wanted, output)
            return
        report_name = ReportName(name)
        today = shop_date(app.database.clock())
        first, last = _days(report_name, first_day, last_day, today)
        query = ReportQuery(report_name, first, last, Grouping(group), customer_id)
        if wanted is None:
            _print_report(app.reports.run(actor, query))
            return
        content = app.reports.export(actor, query, wanted)
    if output is None:
        click.echo(content, nl=False)
        return
    write_document(output.absolute(), content)
    say(str(output))


def _check_reconciliation(name: str, reconciliation_id: str | None, *, has_days: bool) -> None:
    if (name == RECONCILIATION) != (reconciliation_id is not None):
        raise click.UsageError(
            f"The report {RECONCILIATION} and --reconciliation ID go together; “sanduku statements"
            " list” shows the numbers."
        )
    if reconciliation_id is not None and has_days:
        raise click.UsageError("A reconciliation's days are those of its statement.")


def _wanted_format(name: str | None, output: Path | None) -> ExportFormat | None:
    """Return the format asked for, else the one the file's name tells."""
    if name is None and output is not None:
        ending = output.suffix.removeprefix(".").lower()
        if ending not in set(ExportFormat):
            raise click.UsageError(f"Say which --format {output} is to have.")
        name = ending
    wanted = None if name is None else ExportFormat(name)
    if wanted in _BINARY and output is None and sys.stdout.isatty():
        raise click.UsageError(f"A terminal cannot show a {wanted}: name a file with -o.")
    return wanted


def _days(
    name: ReportName, first: date | None, last: date | None, today: date
) -> tuple[date, date]:
    """Return the days meant where one or both ends are not given."""
    if name is ReportName.DAY_CLOSE:
        return first or last or today, last or first or today
    last = last or max(today, first or today)
    return first or last.replace(day=1), last


def _print_report(report: Report) -> None:
    query = report.query
    say(f"{report.title}, {query.first_day} to {query.last_day}")
    table = FlatTable(report)
    for group in dict.fromkeys(row.group for row in report.rows):
        click.echo()
        if group:
            say(group)
        _print_rows(table, [row for row in report.rows if row.group == group])
    click.echo()
    say("Total")
    _print_rows(table, report.totals)
    for note in report.notes:
        say(note)


def _print_rows(table: FlatTable, rows: Sequence[ReportRow]) -> None:
    """Print rows with the columns in which any of them says something."""
    cells = [
        [
            shown(cell, column.kind, row.currency)
            for cell, column in zip(table.cells(row, group=""), table.columns, strict=True)
        ]
        for row in rows
    ]
    places = [place for place in range(len(table.columns)) if any(row[place] for row in cells)]
    headers = [
        ("" if table.columns[place].kind in _AT_THE_LEFT else ">") + table.columns[place].title
        for place in places
    ]
    print_table(headers, [[row[place] for place in places] for row in cells])
