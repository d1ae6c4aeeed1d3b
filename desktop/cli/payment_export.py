"""``sanduku payments export``: payments as a file for a spreadsheet or another program."""

from __future__ import annotations

from pathlib import Path

import click

from core.services.exports.payments import ALL_COLUMNS, ExportPayments
from core.services.payments.choices import PaymentSelection
from core.services.payments.lists import PaymentFilter
from core.services.reports.contract import ExportFormat
from desktop.cli.common import file_argument, json_option, shop_options, signed_in
from desktop.cli.output import print_json, say
from desktop.cli.payment_filters import filter_words, payment_filter

_FORMATS = (ExportFormat.CSV, ExportFormat.XLSX)


@click.command("export")
@file_argument
@payment_filter
@click.option(
    "--format",
    "format_",
    type=click.Choice([each.value for each in _FORMATS]),
    help="csv or xlsx; without it, as the file's name ends.",
)
@json_option
@shop_options
def export_payments(
    *, file: Path, wanted: PaymentFilter, format_: str | None, as_json: bool
) -> None:
    """Write payments into FILE, newest first: every one that fits, with every column.

    Amounts are plain numbers in major units, times the shop's own. A file that is there already
    is replaced once the new one is whole.
    """
    ending = format_ or file.suffix.removeprefix(".").lower()
    if ending not in _FORMATS:
        raise click.UsageError(f"Say which --format {file} is to have.")
    command = ExportPayments(
        PaymentSelection(wanted),
        ALL_COLUMNS,
        ExportFormat(ending),
        file.absolute(),
        words=filter_words(wanted),
    )
    with signed_in() as (app, actor):
        exported = app.payment_export.export(actor, command)
    if as_json:
        print_json({"file": str(exported.path), "count": exported.rows})
    else:
        say(f"{exported.rows} payments in {exported.path}")
