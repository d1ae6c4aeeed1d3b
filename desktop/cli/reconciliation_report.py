"""The part of ``sanduku reports`` that is about one reconciliation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from core.money import grouped
from core.services.reconciliation_report.sections import sections_of
from core.services.reconciliation_report.summary import facts_of, figure_lines
from core.services.reconciliation_report.words import TITLE
from core.services.reports.contract import ColumnKind, ExportFormat
from core.services.reports.shown import shown
from desktop.cli.output import print_table, say

if TYPE_CHECKING:
    from core.app import App
    from core.permissions import Actor
    from core.services.reconciliation_report.contract import Section

_SHOWN_ROWS = 50
"""Rows of a section that a terminal shows; a file has all of them."""

_FIGURES = frozenset({ColumnKind.AMOUNT, ColumnKind.COUNT})


def hand_out(
    app: App,
    actor: Actor,
    reconciliation_id: str,
    wanted: ExportFormat | None,
    output: Path | None,
) -> None:
    """Print the report of a reconciliation, or write it as a file."""
    reports = app.reconciliation_reports
    if wanted is None:
        _print_report(app, actor, reconciliation_id)
    elif output is None:
        click.echo(reports.content(actor, reconciliation_id, wanted), nl=False)
    else:
        reports.save(actor, reconciliation_id, wanted, output.absolute())
        say(str(output))


def _print_report(app: App, actor: Actor, reconciliation_id: str) -> None:
    head = app.reconciliation_reports.head(actor, reconciliation_id)
    say(f"{TITLE}, {head.reconciliation.file_name}")
    for fact in facts_of(head):
        say(f"{fact.label}: {shown(fact.value, fact.kind, head.currency)}")
    click.echo()
    print_table(
        ["", ">Count", f">Amount ({head.currency})"],
        [
            [
                line.label,
                "" if line.count is None else grouped(line.count),
                "" if line.amount_minor is None else grouped(line.amount_minor, head.currency),
            ]
            for line in figure_lines(head)
        ],
    )
    for section in sections_of(head):
        if section.count:
            click.echo()
            say(f"{section.title} ({grouped(section.count)})")
            _print_section(app, actor, reconciliation_id, section, head.currency)


def _print_section(
    app: App, actor: Actor, reconciliation_id: str, section: Section, currency: str
) -> None:
    """Print the first rows with the columns in which any of them says something."""
    rows = app.reconciliation_reports.rows(actor, reconciliation_id, section.name)
    cells = [
        [
            shown(cell, column.kind, currency)
            for cell, column in zip(row, section.columns, strict=True)
        ]
        for row in rows[:_SHOWN_ROWS]
    ]
    places = [place for place in range(len(section.columns)) if any(row[place] for row in cells)]
    print_table(
        [
            (">" if section.columns[place].kind in _FIGURES else "") + section.columns[place].title
            for place in places
        ],
        [[row[place] for place in places] for row in cells],
    )
    if len(rows) > len(cells):
        say(f"… and {grouped(len(rows) - len(cells))} more; a file (-o) has all of them.")
