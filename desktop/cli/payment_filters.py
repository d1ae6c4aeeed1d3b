"""Which payments a command is about, as options."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import TypeVar

import click

from core.model.payments import PaymentMethod, PaymentStatus
from core.services.payments.lists import PaymentFilter
from desktop.cli.common import day_option

ResultT = TypeVar("ResultT")

_OPTIONS = (
    click.option("--status", type=click.Choice([each.value for each in PaymentStatus])),
    click.option("--method", type=click.Choice([each.value for each in PaymentMethod])),
    click.option(
        "--search",
        default="",
        metavar="TEXT",
        help="Words in ids, references, order and invoice numbers, telephones, accounts, names.",
    ),
    day_option("--from", "first_day", "The first day, such as 2026-01-16."),
    day_option("--to", "last_day", "The last day."),
)


def payment_filter(function: Callable[..., ResultT]) -> Callable[..., ResultT]:
    """Let a command be given which payments it is about, as its argument ``wanted``."""

    @wraps(function)
    def filtered(
        *,
        status: str | None,
        method: str | None,
        search: str,
        first_day: date | None,
        last_day: date | None,
        **others: object,
    ) -> ResultT:
        wanted = PaymentFilter(
            statuses=frozenset({PaymentStatus(status)} if status else ()),
            methods=frozenset({PaymentMethod(method)} if method else ()),
            search=search,
            first_day=first_day,
            last_day=last_day,
        )
        return function(wanted=wanted, **others)

    for option in reversed(_OPTIONS):
        filtered = option(filtered)
    return filtered


def filter_words(wanted: PaymentFilter) -> str:
    """Return what a command's filter asks for, for the trail."""
    words = [
        *sorted(wanted.statuses),
        *sorted(wanted.methods),
        f"from {wanted.first_day}" if wanted.first_day else "",
        f"to {wanted.last_day}" if wanted.last_day else "",
        f"“{wanted.search}”" if wanted.search else "",
    ]
    return ", ".join(filter(None, words)) or "all payments"
