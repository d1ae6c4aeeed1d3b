"""``sanduku audit``: prove that nobody changed the trail."""

from __future__ import annotations

import click

from desktop.cli.common import json_option, opened_shop, shop_options
from desktop.cli.output import print_json, say, warn


@click.group("audit")
@shop_options
def command() -> None:
    """The trail of who did what."""


@command.command("verify")
@json_option
@shop_options
def verify(*, as_json: bool) -> int:
    """Recompute every person's chain of entries; ends with 1 where one does not hold."""
    with opened_shop() as app:
        report = app.audit.verify()
    if as_json:
        print_json(
            {
                "checked": report.checked,
                "intact": report.is_intact,
                "breaks": [
                    {"user": each.user_name, "entry": each.sequence, "what": each.what}
                    for each in report.breaks
                ],
            }
        )
    elif report.is_intact:
        say(f"{report.checked} entries, every chain holds")
    for each in report.breaks:
        warn(f"The chain of {each.user_name} is broken at entry {each.sequence}: {each.what}.")
    return 0 if report.is_intact else 1
