"""``sanduku invoices``: a payment's invoice as a PDF file."""

from __future__ import annotations

from pathlib import Path

import click

from core.documents.storage import write_document
from desktop.cli.common import shop_options, signed_in
from desktop.cli.output import say


@click.group("invoices")
@shop_options
def command() -> None:
    """Invoices as PDF."""


@command.command("pdf")
@click.argument("payment_id")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Where to write it."
)
@shop_options
def pdf(payment_id: str, *, output: Path | None) -> None:
    """Write the invoice of a completed payment; without -o, say where the shop keeps it."""
    with signed_in() as (app, actor):
        kept = app.invoices.pdf(actor, payment_id)
        if output is not None:
            write_document(output.absolute(), kept.read_bytes())
    say(str(output if output is not None else kept))
