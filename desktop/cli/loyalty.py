"""``sanduku loyalty``: customers' points and tiers, and the rules they follow."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import date

import click

from core.clock import iso_utc
from core.errors import InvalidInputError
from core.money import DEFAULT_CURRENCY, display, grouped, major, parse_typed
from core.services.loyalty.ledger import points_text
from core.services.loyalty.rows import LoyaltyEntryRow, MemberRow
from core.services.loyalty.service import CorrectPoints
from core.services.loyalty.settings import LoyaltySettings
from desktop.cli.common import (
    EVERY_ROW,
    day_option,
    json_option,
    key_option,
    shop_options,
    signed_in,
)
from desktop.cli.output import local, print_json, print_table, say

customer_argument = click.argument("customer", metavar="CUSTOMER|PHONE")
_PREFIX = "loyalty_"


@click.group("loyalty")
@shop_options
def command() -> None:
    """Customers' points and tiers, and the rules they follow."""


@command.command("show")
@customer_argument
@click.option(
    "--limit",
    type=click.IntRange(min=1, max=EVERY_ROW),
    default=EVERY_ROW,
    metavar="N",
    help="At most the N newest movements.",
)
@json_option
@shop_options
def show(customer: str, *, limit: int, as_json: bool) -> None:
    """Show a customer's points, tier and every movement of points, newest first."""
    with signed_in() as (app, actor):
        member = app.loyalty.find(actor, customer)
        entries = app.loyalty.ledger(actor, member.customer_id, limit=limit).rows
    if as_json:
        print_json(
            _member_document(member) | {"entries": [_entry_document(entry) for entry in entries]}
        )
        return
    _say_member(member)
    print_table(
        ["At", "What", ">Points", ">Balance", "Payment", "Note", "By"],
        [
            [
                local(entry.at),
                entry.kind.replace("_", " "),
                f"{entry.points:+d}",
                str(entry.balance_after),
                entry.payment_id,
                entry.note,
                entry.by,
            ]
            for entry in entries
        ],
    )


@command.command("correct")
@customer_argument
@click.option(
    "--points", required=True, type=int, metavar="N", help="Points to add, or to take: -5."
)
@click.option("--reason", required=True, metavar="TEXT", help="Why.")
@key_option
@json_option
@shop_options
def correct(customer: str, *, points: int, reason: str, key: str, as_json: bool) -> None:
    """Add or take points by hand."""
    with signed_in() as (app, actor):
        member = app.loyalty.find(actor, customer)
        member = app.loyalty.correct(
            actor, CorrectPoints(key, member.customer_id, points=points, reason=reason)
        )
    if as_json:
        print_json(_member_document(member))
    else:
        _say_member(member)


@command.command("settings")
@click.argument("changes", nargs=-1, metavar="[KEY=VALUE…]")
@json_option
@shop_options
def settings(changes: tuple[str, ...], *, as_json: bool) -> None:
    """Show the rules of the programme, or change them.

    Keys: enabled and part_payments (yes or no); francs_per_point (paid for one point),
    point_worth, silver_from, gold_from and platinum_from (francs).
    """
    with signed_in() as (app, actor):
        rules = app.loyalty.settings()
        if changes:
            rules = app.loyalty.save_settings(actor, _changed(rules, changes))
    shown = {
        field.name.removeprefix(_PREFIX): _shown(getattr(rules, field.name))
        for field in fields(rules)
    }
    if as_json:
        print_json(shown)
        return
    print_table(
        ["Rule", "Value"],
        [
            [key, ("yes" if value else "no") if isinstance(value, bool) else value]
            for key, value in shown.items()
        ],
    )


@command.command("credit-history")
@day_option("--from", "first_day", "Only payments paid since this day.")
@day_option("--to", "last_day", "Only payments paid until this day.")
@json_option
@shop_options
def credit_history(*, first_day: date | None, last_day: date | None, as_json: bool) -> None:
    """Credit the points of past payments that earned none, such as imported ones.

    Each payment earns once, however often this is run.
    """
    with signed_in() as (app, actor):
        report = app.loyalty.credit_history(actor, first_day=first_day, last_day=last_day)
    if as_json:
        print_json({"payments": report.payments, "points": report.points})
    else:
        say(f"{points_text(report.points)} credited for {grouped(report.payments)} payments")


def _shown(value: bool | int) -> bool | str:
    return value if isinstance(value, bool) else major(value)


def _changed(rules: LoyaltySettings, changes: tuple[str, ...]) -> LoyaltySettings:
    for change in changes:
        key, equals, text = change.partition("=")
        name = f"{_PREFIX}{key.strip()}"
        known = {field.name for field in fields(rules)}
        if not equals or name not in known:
            names = ", ".join(sorted(each.removeprefix(_PREFIX) for each in known))
            raise click.UsageError(f"“{change}” is not KEY=VALUE with one of {names}.")
        value = _parsed(text.strip(), is_switch=isinstance(getattr(rules, name), bool))
        rules = replace(rules, **{name: value})  # type: ignore[arg-type]
    return rules


def _parsed(text: str, *, is_switch: bool) -> bool | int:
    if not is_switch:
        return parse_typed(text)
    if not re.fullmatch("yes|no|true|false", text.lower()):
        raise InvalidInputError(f"Nothing was changed. “{text}” is neither yes nor no.")
    return text.lower() in {"yes", "true"}


def _member_document(member: MemberRow) -> dict[str, object]:
    standing = member.standing
    return {
        "customer_id": member.customer_id,
        "customer_name": member.customer_name,
        "phone_number": member.phone_number,
        "points": member.points,
        "points_owed": member.owed_points,
        "worth": major(member.worth_minor),
        "currency": DEFAULT_CURRENCY,
        "tier": standing.tier,
        "spent_12_months": major(standing.spent_minor),
        "since": standing.since.isoformat(),
        "next_tier": standing.next_tier,
        "missing_to_next_tier": major(standing.missing_minor) if standing.next_tier else None,
    }


def _entry_document(entry: LoyaltyEntryRow) -> dict[str, object]:
    return {
        "sequence": entry.sequence,
        "at": iso_utc(entry.at),
        "kind": entry.kind,
        "points": entry.points,
        "balance_after": entry.balance_after,
        "owed": entry.owed,
        "payment_id": entry.payment_id or None,
        "refund_id": entry.refund_id or None,
        "invoice_number": entry.invoice_number or None,
        "note": entry.note,
        "by": entry.by,
    }


def _say_member(member: MemberRow) -> None:
    standing = member.standing
    facts = [
        f"{member.customer_name} {member.phone_number}".strip(),
        f"{points_text(member.points)}, worth {display(member.worth_minor)}",
        f"{standing.tier.capitalize()}: {display(standing.spent_minor)} since {standing.since}",
    ]
    if standing.next_tier:
        facts.append(f"{display(standing.missing_minor)} to {standing.next_tier.capitalize()}")
    if member.owed_points:
        facts.append(f"{points_text(member.owed_points)} owed from refunds")
    say(" · ".join(facts))
