"""Subscriptions in words: how often, where one stands, what is next, why something waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from PySide6.QtCore import QCoreApplication, QDate, QLocale

from core.model.subscriptions import Plan, SubscriptionStatus
from core.money import display
from core.permissions import Actor, Permission
from core.phones import phone_display
from core.services.subscriptions.renewal_rows import Sum
from core.services.subscriptions.renewal_rules import Hold
from core.services.subscriptions.rows import SubscriptionDetail, SubscriptionRow
from ui.badges import badge_for
from ui.words import moment_text

translate = QCoreApplication.translate


def plan_word(plan: Plan) -> str:
    """Return how often a subscription renews."""
    return {
        Plan.DAILY: translate("SubscriptionWords", "Daily"),
        Plan.WEEKLY: translate("SubscriptionWords", "Weekly"),
        Plan.MONTHLY: translate("SubscriptionWords", "Monthly"),
    }[plan]


def plan_text(plan: Plan, plan_name: str) -> str:
    """Return a plan's name with how often it renews."""
    return f"{plan_name} · {plan_word(plan).lower()}" if plan_name else plan_word(plan)


def price_text(row: SubscriptionRow) -> str:
    """Return the price of a period as people read it."""
    return display(row.price_minor, row.currency)


def day_text(day: date | None) -> str:
    """Return a day with its weekday: "Wed 2026-07-01"; empty without one."""
    if day is None:
        return ""
    name = QLocale().dayName(day.isoweekday(), QLocale.FormatType.ShortFormat)
    return f"{name} {day:%Y-%m-%d}"


def to_day(value: QDate) -> date:
    """Return the day a field shows."""
    return date(value.year(), value.month(), value.day())


def sums_text(sums: Sequence[Sum]) -> str:
    """Return sums by currency: "15 000 RWF + 20.00 USD"."""
    return " + ".join(display(each.amount_minor, each.currency) for each in sums)


def trouble_of(row: SubscriptionRow) -> str | None:
    """Return the badge of what is wrong with a subscription's money; None where nothing is."""
    if row.unpaid_count:
        return "past_due"
    if row.surplus:
        return "paid_twice"
    return "retrying" if row.next_try_at is not None else None


def trouble_sentence(row: SubscriptionRow, now: datetime) -> str:
    """Return what is wrong with a subscription's money and what to do; empty where nothing is."""
    told = []
    if row.unpaid_count:
        sentence = translate(
            "SubscriptionWords", "Past due: %1 unpaid (%2). Charge it again, or waive it."
        )
        if row.method.is_mobile_money:
            sentence += " " + translate(
                "SubscriptionWords", "Until then the phone is not asked for later periods."
            )
        count = str(row.unpaid_count)
        amount = display(row.unpaid_minor, row.currency)
        told.append(sentence.replace("%1", count).replace("%2", amount))
    if row.surplus:
        told.append(
            translate(
                "SubscriptionWords",
                "Paid twice: open the payment marked so below and ask for its refund.",
            )
        )
    if row.next_try_at is not None:
        sentence = translate("SubscriptionWords", "The last charge failed; tried again %1.")
        told.append(sentence.replace("%1", moment_text(row.next_try_at, now)))
    return " ".join(told)


def state_sentence(row: SubscriptionRow, today: date) -> str:
    """Return where a subscription stands and what comes next."""
    if row.status is SubscriptionStatus.CANCELLED:
        text = translate("SubscriptionWords", "Cancelled: nothing more is charged.")
    elif row.paused_from is not None and row.paused_from > today:
        text = translate("SubscriptionWords", "Pauses on %1; what begins before is charged.")
    elif row.paused_from is not None:
        text = translate("SubscriptionWords", "Paused since %1: no days are charged.")
    elif row.ends_on is not None:
        text = translate("SubscriptionWords", "Ends on %2; nothing is charged after that.")
    elif not row.auto_renewal:
        text = translate("SubscriptionWords", "Due %3; a person charges it.")
    elif row.next_due_on is not None and row.next_due_on <= today:
        text = translate("SubscriptionWords", "Due since %3.")
    else:
        text = translate("SubscriptionWords", "Next charged on %3.")
    days = {"%1": row.paused_from, "%2": row.ends_on, "%3": row.next_due_on}
    for mark, day in days.items():
        text = text.replace(mark, day_text(day))
    return text


def facts_of(detail: SubscriptionDetail) -> list[tuple[str, str]]:
    """Return what the pane says of one subscription; empty values are left out."""
    row = detail.subscription
    ways = [badge_for("method", row.method).text, phone_display(row.phone_number)]
    facts = [
        (translate("SubscriptionWords", "Number"), row.subscription_number),
        (translate("SubscriptionWords", "Plan"), plan_text(row.plan, row.plan_name)),
        (translate("SubscriptionWords", "Paid by"), " · ".join(filter(None, ways))),
        (translate("SubscriptionWords", "Since"), day_text(row.starts_on)),
        (
            translate("SubscriptionWords", "Next days"),
            ", ".join(day_text(day) for day in detail.upcoming),
        ),
        (translate("SubscriptionWords", "From %1").replace("%1", day_text(row.changes_on)),
         change_text(row)),
        (translate("SubscriptionWords", "Notes"), row.notes),
    ]  # fmt: skip
    return [fact for fact in facts if fact[1]]


def change_text(row: SubscriptionRow) -> str:
    """Return the terms agreed for later; empty where none are."""
    if row.changes_on is None or row.next_price_minor is None:
        return ""
    plan = plan_text(row.next_plan or row.plan, row.next_plan_name)
    return f"{display(row.next_price_minor, row.currency)} · {plan}"


def hold_text(hold: Hold) -> str:
    """Return why something due is not charged now."""
    return {
        Hold.FORMER_OPEN: translate(
            "SubscriptionWords", "an earlier prompt is not settled yet; this one follows"
        ),
        Hold.RETRY_WAITS: translate(
            "SubscriptionWords", "an earlier charge failed and waits for its next try"
        ),
        Hold.PAST_DUE: translate(
            "SubscriptionWords", "an earlier period is unpaid; charge it again or waive it"
        ),
        Hold.NIGHT: translate("SubscriptionWords", "phones are asked from 8 to 20 o'clock only"),
        Hold.PROMPTED_ENOUGH: translate(
            "SubscriptionWords", "the phone was asked often enough today"
        ),
        Hold.NO_ROOM: translate(
            "SubscriptionWords", "many requests wait to leave; this one follows in a moment"
        ),
    }[hold]


def why_no_change(actor: Actor) -> str:
    """Return why a person may not change subscriptions; empty when they may."""
    if actor.may(Permission.MANAGE_SUBSCRIPTIONS):
        return ""
    text = translate("SubscriptionWords", "%1 may look, but not change subscriptions.")
    return text.replace("%1", actor.role.with_article.capitalize())
