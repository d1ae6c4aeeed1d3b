"""``sanduku reconcile``: take a statement in and find its lines among the payments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from core.clock import iso_utc
from core.errors import InvalidInputError
from core.model.reconciliations import LineState, StatementProvider
from core.money import DEFAULT_CURRENCY, display, major
from core.services.matching.proposals import PROVING_KINDS
from core.services.rows import MatchRow, ReconciliationDetail, ReconciliationRow
from core.services.statements.desk import ImportedStatement, ImportStatement
from desktop.cli.common import (
    draw_papers,
    file_argument,
    json_option,
    shop_options,
    signed_in,
)
from desktop.cli.output import print_json, print_table, say, warn

if TYPE_CHECKING:
    from core.app import App
    from core.permissions import Actor

MAX_ROUNDS = 10
_EXPLAINED = (LineState.MATCHED, LineState.IGNORED)


@click.command("reconcile")
@file_argument
@click.option(
    "--provider",
    required=True,
    type=click.Choice([each.value for each in StatementProvider], case_sensitive=False),
    help="Who sent the statement.",
)
@click.option("--profile", default="", metavar="NAME", help="A column profile saved in the shop.")
@click.option(
    "--currency",
    default=DEFAULT_CURRENCY,
    show_default=True,
    help="The currency of a file that names none.",
)
@click.option(
    "--date-order",
    type=click.Choice(["dmy", "mdy", "ymd"], case_sensitive=False),
    help="What comes first in dates such as 03/04/2026; remembered for the account.",
)
@click.option("--approve", is_flag=True, help="Approve the certain matches.")
@json_option
@shop_options
def command(
    file: Path,
    *,
    provider: str,
    profile: str,
    currency: str,
    date_order: str | None,
    approve: bool,
    as_json: bool,
) -> None:
    """Take the statement FILE in and find its lines among the payments.

    Certain matches are approved with --approve; suggestions wait for a person. The same file again
    adds nothing and prints the same result. With --json a file of several accounts gives an array.
    A file whose dates may be read two ways is refused until --date-order tells which is meant.
    """
    statement = ImportStatement(
        path=file,
        provider=StatementProvider(provider.upper()),
        profile_name=profile,
        currency=currency,
        date_order=date_order or "",
    )
    with signed_in() as (app, actor):
        imported = _imported(app, actor, statement)
        found = [_matched(app, actor, each.reconciliation, approve=approve) for each in imported]
        unmatched = [
            app.reconciliations.unmatched_payment_ids(
                actor, detail.reconciliation.reconciliation_id
            )
            for detail in found
        ]
    if as_json:
        documents = [
            reconciliation_document(detail, payment_ids)
            for detail, payment_ids in zip(found, unmatched, strict=True)
        ]
        print_json(documents[0] if len(documents) == 1 else documents)
        return
    for detail in found:
        _print_detail(detail)


def _imported(app: App, actor: Actor, statement: ImportStatement) -> tuple[ImportedStatement, ...]:
    """Take the file in; where it is not clear which number is the day, say how to tell.

    Raises:
        InvalidInputError: the dates may be read two ways.

    """
    try:
        return app.statements.import_file(actor, statement)
    except InvalidInputError as error:
        if error.field != "date_order":
            raise
        message = (
            f"{error.message} Say it with --date-order dmy (the day comes first) or --date-order"
            " mdy (the month comes first)."
        )
        raise InvalidInputError(message, field=error.field) from error


def _matched(
    app: App, actor: Actor, reconciliation: ReconciliationRow, *, approve: bool
) -> ReconciliationDetail:
    """Return a reconciliation with its matches looked for, and approved until none is certain.

    An approval takes lines and payments away, which can make certain what was a choice of two;
    going on until nothing changes makes a second run find what the first one left.
    """
    reconciliation_id = reconciliation.reconciliation_id
    left = reconciliation.unmatched_count
    for _ in range(0 if reconciliation.status.is_closed else MAX_ROUNDS):
        if left == 0:
            break
        app.matches.look_for(actor, reconciliation_id)
        if not approve:
            break
        decided = app.matches.approve_automatic(actor, reconciliation_id)
        draw_papers(app, *decided.invoice_numbers)
        if decided.matches == 0:
            break
        left = decided.unmatched_count
    return app.reconciliations.detail(actor, reconciliation_id)


def reconciliation_document(
    detail: ReconciliationDetail, unmatched_payment_ids: Sequence[str]
) -> dict[str, object]:
    """Return a reconciliation as scripts read it; its field names are fixed."""
    row = detail.reconciliation
    matches, suggestions = _matches(detail), _suggestions(detail)
    spoken_for = {
        payment.payment_id for match in (*matches, *suggestions) for payment in match.payments
    }
    return {
        **row_document(row),
        "matches": [_match_document(match) for match in matches],
        "suggestions": [_match_document(match) for match in suggestions],
        "unmatched_lines": _unmatched_lines(detail, [*matches, *suggestions]),
        "unmatched_payments": [
            payment_id for payment_id in unmatched_payment_ids if payment_id not in spoken_for
        ],
        "problems": list(detail.problems),
        "not_searched": list(detail.not_searched),
    }


def row_document(row: ReconciliationRow) -> dict[str, object]:
    """Return a reconciliation without its lines as scripts read it; its field names are fixed."""
    return {
        "reconciliation_id": row.reconciliation_id,
        "file_name": row.file_name,
        "file_upload": row.file_upload,
        "provider": row.provider,
        "account": row.account,
        "currency": row.currency,
        "statement_date": _iso(row.statement_date),
        "statement_period_start": _iso(row.statement_period_start),
        "statement_period_end": _iso(row.statement_period_end),
        "total_transactions": row.total_transactions,
        "total_amount": major(row.total_amount_minor, row.currency),
        "known_transactions": row.known_transactions,
        "matched_count": row.matched_count,
        "unmatched_count": row.unmatched_count,
        "discrepancy_amount": major(row.discrepancy_amount_minor, row.currency),
        "status": row.status,
        "reconciled_by": row.reconciled_by or None,
        "reconciled_at": iso_utc(row.reconciled_at) if row.reconciled_at else None,
        "notes": row.notes,
    }


def _matches(detail: ReconciliationDetail) -> list[MatchRow]:
    """Return what stands and what is certain, in the order of the statement.

    Of a closed statement what was approved: nothing else became of it.
    """
    certain = (
        () if detail.reconciliation.status.is_closed else _open(detail.proposed(automatic=True))
    )
    found = [*detail.approved(), *certain]
    return sorted(found, key=lambda match: [line.line_number for line in match.lines])


def _suggestions(detail: ReconciliationDetail) -> list[MatchRow]:
    """Return what waits for a person; a closed statement waits for nobody."""
    return [] if detail.reconciliation.status.is_closed else _open(detail.proposed(automatic=False))


def _open(proposals: Iterable[MatchRow]) -> list[MatchRow]:
    """Return the proposals that no decision on their lines or payments has overtaken."""
    return [
        match
        for match in proposals
        if not any(line.state in _EXPLAINED for line in match.lines)
        and not (match.kind in PROVING_KINDS and any(each.reconciled for each in match.payments))
    ]


def _unmatched_lines(detail: ReconciliationDetail, shown: Iterable[MatchRow]) -> list[int]:
    """Return the lines that nobody explained and nothing is offered for."""
    offered = {line.line_id for match in shown for line in match.lines}
    return [
        line.line_number
        for line in detail.lines
        if line.state not in _EXPLAINED and line.line_id not in offered
    ]


def _match_document(match: MatchRow) -> dict[str, object]:
    return {
        "lines": [line.line_number for line in match.lines],
        "payments": [payment.payment_id for payment in match.payments],
        "kind": match.kind,
        "automatic": match.automatic,
        "confidence": match.confidence,
        "reasons": list(match.reasons),
        "state": match.state,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _print_detail(detail: ReconciliationDetail) -> None:
    row = detail.reconciliation
    period = f"{_iso(row.statement_period_start)} to {_iso(row.statement_period_end)}"
    say(f"{row.file_name}: {row.provider} {row.account} {period}, {row.status}")
    matches = [*_matches(detail), *_suggestions(detail)]
    if matches:
        print_table(
            ["Lines", ">Amount", "", "Payments", "Why"], [_match_cells(match) for match in matches]
        )
    new = row.total_transactions - row.known_transactions
    say(f"{row.total_transactions} lines: {row.known_transactions} already here, {new} new")
    say(
        f"{row.total_transactions} lines, together {display(row.total_amount_minor, row.currency)}:"
        f" {row.matched_count} matched, {row.unmatched_count} not,"
        f" discrepancy {display(row.discrepancy_amount_minor, row.currency)}"
    )
    left = _unmatched_lines(detail, matches)
    if left:
        say(f"Lines nobody explained: {', '.join(map(str, left))}")
    for problem in (*detail.problems, *detail.not_searched):
        warn(f"{row.file_name}: {problem}")


def _match_cells(match: MatchRow) -> list[str]:
    total_minor = sum(line.amount_minor for line in match.lines)
    currency = match.lines[0].currency if match.lines else DEFAULT_CURRENCY
    return [
        ", ".join(str(line.line_number) for line in match.lines),
        display(total_minor, currency),
        str(match.state) if match.automatic or match.decided_by else "suggested",
        ", ".join(payment.payment_id for payment in match.payments),
        "; ".join(match.reasons),
    ]
