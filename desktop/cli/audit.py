"""``sanduku audit``: prove that nobody changed the trail."""

from __future__ import annotations

from pathlib import Path

import click

from desktop.cli.common import json_option, opened_shop, shop_options
from desktop.cli.output import print_json, say, warn


@click.group("audit")
@shop_options
def command() -> None:
    """The trail of who did what."""


@command.command("verify")
@click.option(
    "--against",
    "reports",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A day's close kept as JSON elsewhere; may be given several times.",
)
@json_option
@shop_options
def verify(reports: tuple[Path, ...], *, as_json: bool) -> int:
    """Recompute every person's chain of entries; ends with 1 where one does not hold.

    A chain alone cannot show that its end was cut off, or that it was made anew from some entry
    on: for that it is held to the heads on a day's report, given with --against.
    """
    from core.services.audit.kept_heads import heads_of_report  # noqa: PLC0415 - not owed by --help

    heads = [head for file in reports for head in heads_of_report(file)]
    with opened_shop(for_keeper=True) as app:
        report = app.audit.verify(heads)
    if as_json:
        breaks = [
            {"user": each.user_name, "entry": each.sequence, "what": each.what}
            for each in report.breaks
        ]
        print_json(
            {
                "checked": report.checked,
                "intact": report.is_intact,
                "heads": len(heads),
                "first": breaks[0] if breaks else None,
                "breaks": breaks,
            }
        )
    elif report.is_intact:
        held = f", and {len(heads)} kept heads fit" if heads else ""
        say(f"{report.checked} entries, every chain holds{held}")
    for each in report.breaks:
        warn(each.sentence)
    return 0 if report.is_intact else 1
