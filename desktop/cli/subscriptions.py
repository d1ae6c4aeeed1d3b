"""``sanduku subscriptions``: start, pause, resume, cancel, list, and charge what is due."""

from __future__ import annotations

import time
from datetime import date

import click

from core.app import App
from core.clock import iso_utc, shop_date
from core.errors import InvalidInputError
from core.model.payments import PaymentMethod
from core.model.subscriptions import SUBSCRIPTION_METHODS, Plan, SubscriptionStatus
from core.money import display, major, parse_typed
from core.permissions import Actor
from core.services.subscriptions.commands import (
    CancelSubscription,
    PauseSubscription,
    ResumeSubscription,
    StartSubscription,
)
from core.services.subscriptions.lists import SubscriptionFilter
from core.services.subscriptions.renewal_rows import (
    ChargedPeriod,
    HeldPeriod,
    RefusedRenewal,
    RenewalReport,
)
from core.services.subscriptions.renewal_rules import Hold
from core.services.subscriptions.rows import PlanRow, SubscriptionRow
from desktop.cli.common import (
    EVERY_ROW,
    day_option,
    json_option,
    key_option,
    shop_options,
    signed_in,
)
from desktop.cli.networks import asking_networks, wait_option, wait_until
from desktop.cli.output import print_json, print_table, say, warn

number_argument = click.argument("number")

_ROOM_WAIT_S = 1.0
_HOLDS = {
    Hold.FORMER_OPEN: "an earlier prompt is not settled yet",
    Hold.RETRY_WAITS: "an earlier charge failed and waits for its next try",
    Hold.PAST_DUE: "an earlier period is unpaid; a person decides",
    Hold.NIGHT: "no phone is prompted at night",
    Hold.PROMPTED_ENOUGH: "the phone was prompted often enough today",
    Hold.NO_ROOM: "enough requests wait to leave already; renew again in a moment",
}


@click.group("subscriptions")
@shop_options
def command() -> None:
    """Start, pause, resume, cancel and list subscriptions, and charge what is due."""


@command.command("renew")
@day_option("--until", "until", "Charge periods that began by this day; today unless given.")
@wait_option
@json_option
@shop_options
def renew(*, until: date | None, wait_s: float | None, as_json: bool) -> int:
    """Charge every period that is due, once, however often this runs.

    Phones are asked for one period at a time, the oldest first, from 8 to 20 o'clock; a failed
    charge is tried again as the shop's rules say. Requests are sent from here unless a window or
    the service does it already. Ends with 1 when a subscription was refused.
    """
    with signed_in() as (app, actor):
        report = _renew(app, actor, until, wait_s)
    if as_json:
        print_json(_report_document(report))
    else:
        _say_report(report)
    for row in report.refused:
        warn(f"{row.subscription_number} ({row.customer_name}): {row.refusal}")
    return 1 if report.refused else 0


def _renew(app: App, actor: Actor, until: date | None, wait_s: float | None) -> RenewalReport:
    """Renew, and go on while requests leave and make room for more."""
    report = app.renewals.renew(actor, until)
    if not report.pushed and not report.waits_for_room:
        return report
    longest_s = app.configuration.gateway_timing.send_within_s if wait_s is None else wait_s
    end_s = time.monotonic() + longest_s
    with asking_networks(app):
        while report.waits_for_room and time.monotonic() < end_s:
            time.sleep(min(_ROOM_WAIT_S, longest_s))
            report = _joined(report, app.renewals.renew(actor, until))
        pushed = [each.payment_id for each in report.charged if each.is_pushed]
        if wait_s is None:
            # Until each request has left: what a customer answers is asked by whoever serves next.
            wait_until(lambda: not any(app.gateways.is_sending(actor, p) for p in pushed), 60)
        else:
            rest_s = max(0.0, end_s - time.monotonic())
            wait_until(lambda: not app.gateways.still_open(actor, pushed), rest_s)
    return report


def _joined(before: RenewalReport, after: RenewalReport) -> RenewalReport:
    charged = before.charged + after.charged
    refused = {row.subscription_number: row for row in (*before.refused, *after.refused)}
    return RenewalReport(after.up_to, charged, after.held, tuple(refused.values()))


def _report_document(report: RenewalReport) -> dict[str, object]:
    return {
        "until": report.up_to.isoformat(),
        "charged": [_charged_document(row) for row in report.charged],
        "held": [_held_document(row) for row in report.held],
        "refused": [_refused_document(row) for row in report.refused],
    }


def _charged_document(row: ChargedPeriod) -> dict[str, object]:
    return {
        "subscription": row.subscription_number,
        "customer": row.customer_name,
        "period_start": row.starts_on.isoformat(),
        "reference": row.reference,
        "amount": major(row.amount_minor, row.currency),
        "currency": row.currency,
        "payment_method": row.method,
        "try": row.try_number,
        "pushed": row.is_pushed,
        "payment_id": row.payment_id,
    }


def _held_document(row: HeldPeriod) -> dict[str, object]:
    return {
        "subscription": row.subscription_number,
        "customer": row.customer_name,
        "period_start": row.starts_on.isoformat(),
        "amount": major(row.amount_minor, row.currency),
        "currency": row.currency,
        "payment_method": row.method,
        "why": row.hold,
    }


def _refused_document(row: RefusedRenewal) -> dict[str, object]:
    return {
        "subscription": row.subscription_number,
        "customer": row.customer_name,
        "refusal": row.refusal,
    }


def _say_report(report: RenewalReport) -> None:
    if report.charged:
        print_table(
            ["Period", "Customer", ">Amount", "Method", "Try", "What happens"],
            [
                [
                    row.reference,
                    row.customer_name,
                    display(row.amount_minor, row.currency),
                    row.method,
                    str(row.try_number),
                    "asked by telephone" if row.is_pushed else "waits for its money",
                ]
                for row in report.charged
            ],
        )
    for held in report.held:
        warn(f"{held.subscription_number} ({held.customer_name}) waits: {_HOLDS[held.hold]}")
    sums = " + ".join(display(each.amount_minor, each.currency) for each in report.sums())
    told = f"{len(report.charged)} periods charged up to {report.up_to}"
    say(f"{told}: {sums}" if sums else told)


@command.command("list")
@click.option("--status", type=click.Choice([each.value for each in SubscriptionStatus]))
@click.option("--plan", type=click.Choice([each.value for each in Plan]))
@click.option("--unpaid", is_flag=True, help="Only what a person must look at.")
@click.option("--search", default="", metavar="TEXT", help="Words in names, telephones, numbers.")
@json_option
@shop_options
def list_subscriptions(
    *, status: str | None, plan: str | None, unpaid: bool, search: str, as_json: bool
) -> None:
    """List subscriptions, the next due first."""
    wanted = SubscriptionFilter(
        statuses=frozenset({SubscriptionStatus(status)} if status else ()),
        plans=frozenset({Plan(plan)} if plan else ()),
        needs_look=unpaid,
        search=search,
    )
    with signed_in() as (app, actor):
        page = app.subscription_lists.page(actor, wanted, limit=EVERY_ROW)
    if as_json:
        print_json([subscription_document(row) for row in page.rows])
        return
    print_table(
        ["Number", "Customer", "Plan", ">Price", "Method", "Next due", "Status", ">Unpaid"],
        [
            [
                row.subscription_number,
                row.customer_name,
                row.plan_name or row.plan,
                display(row.price_minor, row.currency),
                row.method,
                str(row.next_due_on or ""),
                row.status,
                display(row.unpaid_minor, row.currency) if row.unpaid_minor else "",
            ]
            for row in page.rows
        ],
    )
    say(f"{page.total} subscriptions")


@command.command("start")
@click.option("--customer", required=True, metavar="NAME", help="Found by name and telephone.")
@click.option("--phone", default="", metavar="P", help="The telephone that is asked.")
@click.option("--plan", required=True, metavar="PLAN", help="daily, weekly, monthly, or a name.")
@click.option("--price", metavar="A", help="The price of a period; that of the named plan if not.")
@click.option(
    "--method", required=True, type=click.Choice([each.value for each in SUBSCRIPTION_METHODS])
)
@day_option("--from", "starts_on", "The first day; today unless given.")
@click.option("--no-auto-renewal", is_flag=True, help="A person charges each period.")
@click.option("--note", default="", metavar="TEXT")
@key_option
@json_option
@shop_options
def start(
    *,
    customer: str,
    phone: str,
    plan: str,
    price: str | None,
    method: str,
    starts_on: date | None,
    no_auto_renewal: bool,
    note: str,
    key: str,
    as_json: bool,
) -> None:
    """Begin a subscription; its first period is charged on its first day."""
    with signed_in() as (app, actor):
        offered = _plan_of(app, actor, plan, price)
        row = app.subscriptions.start(
            actor,
            StartSubscription(
                key=key,
                plan=offered.plan,
                plan_name=offered.name,
                price_minor=offered.price_minor,
                currency=offered.currency,
                method=PaymentMethod(method),
                starts_on=starts_on or shop_date(app.configuration.clock()),
                customer_name=customer,
                phone_number=phone,
                auto_renewal=not no_auto_renewal,
                notes=note,
            ),
        )
    _print_subscription(row, as_json=as_json)


def _plan_of(app: App, actor: Actor, plan: str, price: str | None) -> PlanRow:
    """Return what was named: a line of the catalogue, or how often with a price."""
    found = next((row for row in app.subscription_lists.plans(actor) if row.name == plan), None)
    if found is None and plan not in list(Plan):
        raise InvalidInputError(
            f"Nothing was started. “{plan}” is neither daily, weekly or monthly nor a plan of this"
            " shop.",
            field="plan",
        )
    if found is None:
        if price is None:
            raise InvalidInputError("Nothing was started. Type the price.", field="price")
        return PlanRow("", Plan(plan), parse_typed(price), "RWF", is_offered=True)
    if price is None:
        return found
    price_minor = parse_typed(price, found.currency)
    return PlanRow(found.name, found.plan, price_minor, found.currency, is_offered=True)


@command.command("pause")
@number_argument
@day_option("--from", "paused_from", "The first day that is not charged; today unless given.")
@key_option
@json_option
@shop_options
def pause(number: str, *, paused_from: date | None, key: str, as_json: bool) -> None:
    """Charge no days from a day on, until it is resumed."""
    with signed_in() as (app, actor):
        day = paused_from or shop_date(app.configuration.clock())
        row = app.subscriptions.pause(actor, PauseSubscription(key, number, day))
    _print_subscription(row, as_json=as_json)


@command.command("resume")
@number_argument
@day_option("--on", "resumed_on", "The first day that is charged again; today unless given.")
@key_option
@json_option
@shop_options
def resume(number: str, *, resumed_on: date | None, key: str, as_json: bool) -> None:
    """Charge days again, later by the days of the pause."""
    with signed_in() as (app, actor):
        day = resumed_on or shop_date(app.configuration.clock())
        row = app.subscriptions.resume(actor, ResumeSubscription(key, number, day))
    _print_subscription(row, as_json=as_json)


@command.command("cancel")
@number_argument
@click.option("--at-once", is_flag=True, help="Now, not when the period that runs is over.")
@click.option("--reason", default="", metavar="TEXT")
@key_option
@json_option
@shop_options
def cancel(number: str, *, at_once: bool, reason: str, key: str, as_json: bool) -> None:
    """End a subscription when the period that runs is over, or at once."""
    with signed_in() as (app, actor):
        wanted = CancelSubscription(key, number, at_once=at_once, reason=reason)
        row = app.subscriptions.cancel(actor, wanted)
    _print_subscription(row, as_json=as_json)


def subscription_document(row: SubscriptionRow) -> dict[str, object]:
    """Return a subscription as scripts read it; its field names are fixed."""
    return {
        "subscription": row.subscription_number,
        "customer": row.customer_name,
        "phone_number": row.phone_number,
        "plan": row.plan,
        "plan_name": row.plan_name,
        "price": major(row.price_minor, row.currency),
        "currency": row.currency,
        "payment_method": row.method,
        "status": row.status,
        "auto_renewal": row.auto_renewal,
        "starts_on": row.starts_on.isoformat(),
        "next_due_on": row.next_due_on.isoformat() if row.next_due_on else None,
        "paused_from": row.paused_from.isoformat() if row.paused_from else None,
        "ends_on": row.ends_on.isoformat() if row.ends_on else None,
        "past_due": row.is_past_due,
        "unpaid": major(row.unpaid_minor, row.currency),
        "next_try_at": iso_utc(row.next_try_at) if row.next_try_at else None,
    }


def _print_subscription(row: SubscriptionRow, *, as_json: bool) -> None:
    if as_json:
        print_json(subscription_document(row))
        return
    price = display(row.price_minor, row.currency)
    due = f"next due {row.next_due_on}" if row.next_due_on else ""
    say(
        " · ".join(
            filter(None, [row.subscription_number, row.customer_name, price, row.status, due])
        )
    )
