"""``sanduku invoices``: list invoices, write them and their receipts, record the fiscal number."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from core.clock import iso_utc
from core.documents.storage import write_document
from core.errors import InvalidInputError
from core.model.papers import PaperKind
from core.money import display, major
from core.services.papers.months import MonthExport
from desktop.cli.common import (
    EVERY_ROW,
    day_option,
    draw_papers,
    json_option,
    shop_options,
    signed_in,
)
from desktop.cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from core.services.rows import InvoiceRow

_EXPORTS = {".zip": MonthExport.ZIP, ".pdf": MonthExport.MERGED_PDF}


@click.group("invoices")
@shop_options
def command() -> None:
    """Invoices and receipts."""


@command.command("list")
@click.option("--search", default="", metavar="TEXT", help="Words in number, customer, telephone.")
@day_option("--from", "first_day", "Issued on this day or later.")
@day_option("--to", "last_day", "Issued on this day or earlier.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=EVERY_ROW, help="At most so many, the newest."
)
@json_option
@shop_options
def list_(
    search: str, *, first_day: date | None, last_day: date | None, limit: int, as_json: bool
) -> None:
    """List invoices, the newest first."""
    with signed_in() as (app, actor):
        page = app.invoices.page(
            actor, search=search, first_day=first_day, last_day=last_day, limit=limit
        )
    if as_json:
        print_json([_document(row) for row in page.rows])
        return
    print_table(
        ["Invoice", "Issued", "Customer", ">Total", ">VAT", "Standing", "Payment"],
        [
            [
                row.invoice_number,
                row.issued_date.isoformat(),
                row.customer_name,
                display(row.total_minor, row.currency),
                display(row.tax_minor, row.currency),
                _standing(row),
                row.payment_id,
            ]
            for row in page.rows
        ],
    )


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


@command.command("receipt")
@click.argument("payment_id")
@click.option(
    "--width",
    type=click.Choice(["80", "58", "a4"]),
    default="80",
    help="The paper: a roll of 80 or 58 mm, or A4.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="Where to write it.",
)
@shop_options
def receipt(payment_id: str, *, width: str, output: Path) -> None:
    """Write the receipt of a paid payment as a PDF."""
    from core.documents.receipt import ReceiptWidth  # noqa: PLC0415 - not owed by --help

    with signed_in() as (app, actor):
        content = app.invoices.receipt_pdf(actor, payment_id, ReceiptWidth(width))
        write_document(output.absolute(), content)
    say(str(output))


@command.command("month")
@click.argument("month", metavar="YYYY-MM")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where to write them: a folder, or a file ending in .zip or .pdf for all in one.",
)
@shop_options
def month(month: str, *, output: Path | None) -> None:
    """Draw every invoice issued in a month; run again after a stop, it goes on."""
    year, number = _year_and_month(month)
    with signed_in() as (app, actor):
        if output is None:
            done = app.paper_months.draw_month(actor, year, number)
        else:
            export = _EXPORTS.get(output.suffix.lower(), MonthExport.FOLDER)
            done = app.paper_months.write_month(actor, year, number, output.absolute(), export)
    where = f" in {output}" if output is not None else ""
    say(f"{len(done.paths)} invoices of {month}{where}, {done.drawn} of them drawn now")


@command.command("ebm")
@click.argument("number")
@click.option("--receipt-number", required=True, metavar="TEXT", help="Such as 1234/1300 NS.")
@click.option(
    "--signature", default="", metavar="TEXT", help="As printed, or the scanned code's text."
)
@json_option
@shop_options
def ebm(number: str, *, receipt_number: str, signature: str, as_json: bool) -> None:
    """Put the fiscal machine's receipt number and signature on an invoice or a credit note."""
    kind = PaperKind.CREDIT_NOTE if number.upper().startswith("CN-") else PaperKind.INVOICE
    with signed_in() as (app, actor):
        mark = app.fiscal.record_fiscal(actor, kind, number, receipt_number, signature)
        draw_papers(app, number)
    if as_json:
        print_json(
            {
                "number": number,
                "ebm_receipt_number": mark.receipt_number,
                "ebm_signature": mark.signature,
            }
        )
        return
    say(f"{number}: {mark.receipt_number} {mark.signature}".rstrip())


def _year_and_month(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{4})-(\d{2})", text)
    if found is None:
        raise InvalidInputError(f"“{text}” is not a month such as 2026-01.", field="month")
    return int(found[1]), int(found[2])


def _standing(row: InvoiceRow) -> str:
    if row.is_paid:
        return "paid"
    return "void" if row.void_date is not None else "to be paid"


def _document(row: InvoiceRow) -> dict[str, object]:
    """Return an invoice under the names that scripts rely on; amounts in major units."""

    def day(value: date | None) -> str | None:
        return value.isoformat() if value is not None else None

    return {
        "invoice_number": row.invoice_number,
        "payment_id": row.payment_id,
        "customer_name": row.customer_name,
        "subtotal": major(row.subtotal_minor, row.currency),
        "tax_amount": major(row.tax_minor, row.currency),
        "total_amount": major(row.total_minor, row.currency),
        "currency": row.currency,
        "issued_date": day(row.issued_date),
        "due_date": day(row.due_date),
        "is_paid": row.is_paid,
        "paid_date": day(row.paid_date),
        "void_date": day(row.void_date),
        "language": row.language,
        "ebm_receipt_number": row.ebm_receipt_number or None,
        "ebm_signature": row.ebm_signature or None,
        "sent_to_customer": row.sent_to_customer,
        "sent_at": iso_utc(row.sent_at) if row.sent_at is not None else None,
        "notes": row.notes,
    }
