"""What the cards of the page "Today" say, and where each figure leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QLocale

from core.clock import shop_time
from core.model.reconciliations import ReconciliationStatus
from core.money import NARROW_SPACE, display
from core.services.dashboard import (
    Awaiting,
    DashboardFigures,
    MailFigures,
    OpenStatements,
    TillFigure,
    collected_filter,
    not_on_statement_filter,
    open_refunds_filter,
    paid_back_filter,
    waiting_filter,
)
from core.services.gateways.rows import Environment, HealthRow
from core.services.payments.filters import PaymentFilter
from core.services.payments.lists import Total
from core.services.reports.contract import ReportName
from ui.badges import Badge, badge_for
from ui.lists.filter_values import FilterValues
from ui.mobile_money.words import trouble_sentence
from ui.words import age_text, count_text

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class PageItem:
    """One thing of another page."""

    page: str
    item_id: str


@dataclass(frozen=True, slots=True)
class PageList:
    """The list of another page, filtered."""

    page: str
    values: FilterValues


Target = PaymentFilter | PageItem | PageList | None
"""Where a figure leads: payments, one thing or the list of another page, or nowhere."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. ``tone`` is "wrong", "good" or empty; a badge stands in place of the label."""

    key: str
    label: str
    value: str
    note: str = ""
    target: Target = None
    badge: Badge | None = None
    tone: str = ""


@dataclass(frozen=True, slots=True)
class CardContent:
    """One card: what it is about, its main figure, and those below it."""

    key: str
    title: str
    head: Figure
    lines: tuple[Figure, ...] = ()


def cards_of(figures: DashboardFigures, pages: frozenset[str]) -> tuple[CardContent, ...]:
    """Return the cards; a figure leads only to ``pages``, those the person may see."""
    found = [
        _collected(figures),
        _waiting(figures),
        _refunds(figures, pages),
        _statements(figures, pages),
        _tills(figures),
        _networks(figures, pages),
    ]
    if figures.mail is not None:
        found.append(_mail(figures.mail, pages))
    return tuple(found)


def amounts(totals: Sequence[Total], currency: str) -> str:
    """Return sums of each currency: "15 000 RWF + 12.50 USD"; none is nothing of the shop's own."""
    shown = [display(total.amount_minor, total.currency) for total in totals]
    return " + ".join(shown) or display(0, currency)


def _collected(figures: DashboardFigures) -> CardContent:
    totals = _by_currency(figures)
    lines = tuple(
        Figure(
            f"{each.method}-{each.currency}",
            badge_for("method", each.method).text,
            display(each.amount_minor, each.currency),
            _payments(each.count),
            collected_filter(figures.day, each.method),
            badge_for("method", each.method),
        )
        for each in figures.collected
    )
    head = Figure(
        "head",
        translate("Dashboard", "Collected today"),
        amounts(totals, figures.currency),
        _comparison(totals, figures),
        collected_filter(figures.day) if totals else None,
    )
    return CardContent("collected", translate("Dashboard", "Collected today"), head, lines)


def _by_currency(figures: DashboardFigures) -> list[Total]:
    currencies = dict.fromkeys([figures.currency, *(each.currency for each in figures.collected)])
    found = []
    for currency in currencies:
        own = [each for each in figures.collected if each.currency == currency]
        if own:
            count = sum(each.count for each in own)
            found.append(Total(currency, count, sum(each.amount_minor for each in own)))
    return found


def _comparison(totals: Sequence[Total], figures: DashboardFigures) -> str:
    """Say how today stands beside the same weekday a week ago, by the same hour."""
    before = {total.currency: total for total in figures.collected_a_week_ago}
    if not before or len(before.keys() | {total.currency for total in totals}) > 1:
        return "" if totals else translate("Dashboard", "Nothing has come in yet.")
    ((currency, then),) = before.items()
    more_minor = sum(total.amount_minor for total in totals) - then.amount_minor
    change = abs(more_minor) * 100 // then.amount_minor
    sign = "▲" if more_minor > 0 else "▼" if more_minor < 0 else "="
    sentence = translate("Dashboard", "%1 %2 beside last %3 by this hour: %4")
    day = QLocale().dayName(figures.day.isoweekday())
    shown = f"{change}{NARROW_SPACE}%"
    sentence = sentence.replace("%1", sign).replace("%2", shown).replace("%3", day)
    return sentence.replace("%4", display(then.amount_minor, currency))


def _waiting(figures: DashboardFigures) -> CardContent:
    waiting = figures.waiting
    lines = []
    if waiting.oldest_at is not None:
        lines.append(
            Figure(
                "oldest",
                translate("Dashboard", "The oldest"),
                age_text(waiting.oldest_at, figures.as_of),
                _since(waiting.oldest_at),
                PageItem("payments", waiting.oldest_id),
            )
        )
    if figures.needs_person:
        lines.append(
            Figure(
                "person",
                translate("Dashboard", "Needs a person"),
                count_text(figures.needs_person),
                translate("Dashboard", "the network gave no clear answer"),
                PaymentFilter(needs_decision=True),
                tone="wrong",
            )
        )
    title = translate("Dashboard", "Waiting")
    head = Figure(
        "head",
        title,
        amounts(waiting.totals, figures.currency),
        _payments(waiting.count),
        waiting_filter() if waiting.count else None,
    )
    return CardContent("waiting", title, head, tuple(lines))


def _refunds(figures: DashboardFigures, pages: frozenset[str]) -> CardContent:
    approve, pay = figures.to_approve, figures.to_pay_back
    back = sum(total.count for total in figures.paid_back)
    title = translate("Dashboard", "Refunds to approve")
    head = Figure(
        "head",
        title,
        amounts(approve.totals, figures.currency),
        _refunds_waiting(approve, figures.as_of),
        _refund_target(approve, pages, to_approve=True),
    )
    lines = (
        Figure(
            "pay",
            translate("Dashboard", "To pay back"),
            amounts(pay.totals, figures.currency),
            _refunds_waiting(pay, figures.as_of),
            _refund_target(pay, pages, to_approve=False),
        ),
        Figure(
            "back",
            translate("Dashboard", "Paid back today"),
            amounts(figures.paid_back, figures.currency),
            _refund_count(back),
            paid_back_filter(figures.day) if back else None,
        ),
    )
    return CardContent("refunds", title, head, lines)


def _refund_target(waiting: Awaiting, pages: frozenset[str], *, to_approve: bool) -> Target:
    if not waiting.count:
        return None
    if "refunds" in pages:
        return PageItem("refunds", waiting.oldest_id)
    return open_refunds_filter(to_approve=to_approve)


def _open_statements_target(opened: OpenStatements) -> Target:
    if opened.statements == 1:
        return PageItem("reconcile", opened.oldest_id)
    still_open = frozenset(each for each in ReconciliationStatus if not each.is_closed)
    return PageList("reconcile", FilterValues.choosing(statuses=frozenset(map(str, still_open))))


def _statements(figures: DashboardFigures, pages: frozenset[str]) -> CardContent:
    count = sum(total.count for total in figures.not_on_statement)
    opened = figures.open_statements
    leads = opened.statements and "reconcile" in pages
    title = translate("Dashboard", "On no statement yet")
    head = Figure(
        "head",
        title,
        amounts(figures.not_on_statement, figures.currency),
        _payments(count),
        not_on_statement_filter() if count else None,
    )
    line = Figure(
        "lines",
        translate("Dashboard", "Statement lines to explain"),
        count_text(opened.lines),
        translate("Dashboard", "open statements: %1").replace("%1", str(opened.statements)),
        _open_statements_target(opened) if leads else None,
    )
    return CardContent("statements", title, head, (line,))


def _tills(figures: DashboardFigures) -> CardContent:
    differing = [till for till in figures.tills if till.difference_minor]
    sums: dict[str, int] = {}
    for till in differing:
        sums[till.currency] = sums.get(till.currency, 0) + till.difference_minor
    totals = [Total(currency, 0, whole) for currency, whole in sums.items()]
    title = translate("Dashboard", "Till differences today")
    note = (
        translate("Dashboard", "tills: %1").replace("%1", str(len(differing)))
        if differing
        else translate("Dashboard", "No till closed today shows a difference.")
    )
    head = Figure(
        "head",
        title,
        amounts(totals, figures.currency),
        note,
        tone="wrong" if differing else "",
    )
    return CardContent("tills", title, head, tuple(_till(till, figures) for till in figures.tills))


def _till(till: TillFigure, figures: DashboardFigures) -> Figure:
    whose = ", ".join(filter(None, [till.user_name, till.desk]))
    own = PaymentFilter(till_session_id=till.till_session_id)
    if till.closed_at is None:
        age = age_text(till.opened_at, figures.as_of)
        opened = translate("Dashboard", "open for %1").replace("%1", age)
        return Figure(f"till-{till.till_session_id}", whose, opened, _since(till.opened_at), own)
    difference = display(till.difference_minor, till.currency)
    return Figure(f"till-{till.till_session_id}", whose, difference, till.reason, own, tone="wrong")


def _networks(figures: DashboardFigures, pages: frozenset[str]) -> CardContent:
    troubled = [row for row in figures.networks if row.trouble is not None]
    title = translate("Dashboard", "Networks")
    note = ""
    if not figures.networks:
        word, tone = translate("Dashboard", "None in use"), ""
        note = translate("Dashboard", "An admin takes one into use under Settings, Channels.")
    elif troubled:
        word, tone = translate("Dashboard", "In trouble: %1"), "wrong"
        word = word.replace("%1", str(len(troubled)))
    else:
        word, tone = translate("Dashboard", "All well"), "good"
    head = Figure("head", title, word, note, tone=tone)
    target = PageItem("reports", ReportName.GATEWAY_PERFORMANCE) if "reports" in pages else None
    lines = tuple(_network(row, figures.as_of, target) for row in figures.networks)
    return CardContent("networks", title, head, lines)


def _network(row: HealthRow, now: datetime, target: Target) -> Figure:
    name = row.gateway_name
    if row.environment is Environment.SANDBOX:
        name = translate("Dashboard", "%1 (sandbox)").replace("%1", name)
    if row.last_answer_at is None:
        answered = translate("Dashboard", "not asked yet")
    else:
        answered = translate("Dashboard", "last answer: %1").replace(
            "%1", age_text(row.last_answer_at, now)
        )
    key = f"{row.gateway_name}-{row.environment}"
    if row.trouble is None:
        word = translate("Dashboard", "Answers" if row.last_answer_at else "Ready")
        return Figure(key, name, word, answered, target, tone="good")
    told = f"{trouble_sentence(row.trouble).rstrip('.')} · {answered}"
    return Figure(key, name, translate("Dashboard", "Trouble"), told, target, tone="wrong")


def _mail(mail: MailFigures, pages: frozenset[str]) -> CardContent:
    target = PageItem("mail", "") if "mail" in pages else None
    title = translate("Dashboard", "Mail to leave")
    refused = Figure(
        "refused",
        translate("Dashboard", "Refused"),
        count_text(mail.refused),
        target=target if mail.refused else None,
        tone="wrong" if mail.refused else "",
    )
    head = Figure("head", title, count_text(mail.waiting), target=target if mail.waiting else None)
    return CardContent("mail", title, head, (refused,))


def _payments(count: int) -> str:
    if count == 1:
        return translate("Dashboard", "1 payment")
    return translate("Dashboard", "%1 payments").replace("%1", count_text(count))


def _refund_count(count: int) -> str:
    if count == 1:
        return translate("Dashboard", "1 refund")
    return translate("Dashboard", "%1 refunds").replace("%1", count_text(count))


def _refunds_waiting(waiting: Awaiting, now: datetime) -> str:
    if waiting.oldest_at is None:
        return _refund_count(0)
    told = translate("Dashboard", "%1, the oldest for %2").replace(
        "%1", _refund_count(waiting.count)
    )
    return told.replace("%2", age_text(waiting.oldest_at, now))


def _since(moment: datetime) -> str:
    return translate("Dashboard", "since %1").replace("%1", f"{shop_time(moment):%Y-%m-%d %H:%M}")
