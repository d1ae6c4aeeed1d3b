"""The commands, one module per subject; a subject is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import cast

import click

SUBJECTS = {
    "demo": "Open a throw-away shop with invented data.",
    "payments": "Import, list, hand out, collect and end payments.",
    "customers": "Add, find and show customers, and their statements of account.",
    "orders": "What customers ordered, and how far it is paid.",
    "refunds": "Ask for, decide, carry out and list refunds.",
    "statements": "Look into a statement file; list those taken in.",
    "reconcile": "Find a statement's lines among the payments.",
    "learned": "What decisions on statements taught, and how to forget it.",
    "invoices": "Invoices, receipts and their fiscal numbers.",
    "mail": "Mails to customers: list, send, try again, call off, set up and test.",
    "reminders": "Remind customers of payments that are still open.",
    "subscriptions": "Start, pause, cancel and renew subscriptions.",
    "loyalty": "Customers' points and tiers, and the rules they follow.",
    "reports": "What came in, what went back, and what does not agree.",
    "providers": "Accounts at mobile networks and banks.",
    "service": "Serve the mobile networks without a window.",
    "callbacks": "Listen for what the mobile networks report.",
    "sandbox": "Both mobile networks, invented, to try and develop with.",
    "users": "The people of the shop.",
    "audit": "The trail of who did what.",
    "database": "Check, upgrade, back up and restore the shop's file, or move it to a server.",
}
"""Each is a module of this package with a command ``command``, listed in the order of the help."""


class LazyGroup(click.Group):
    """The root of the commands. Its help is printed without importing any of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the subjects."""
        return list(SUBJECTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return a subject, imported now."""
        if cmd_name not in SUBJECTS:
            return None
        module = import_module(f"{__name__}.{cmd_name}")
        return cast("click.Command", module.command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the subjects with their one line each."""
        with formatter.section("Commands"):
            formatter.write_dl(list(SUBJECTS.items()))
