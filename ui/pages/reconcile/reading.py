"""What a file that was looked into says, in words and figures; nothing is stored yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from core.clock import shop_time
from core.money import display
from core.services.statements.importing import problems_of
from core.services.statements.looking import LookedInto
from core.services.statements.verdicts import AccountVerdict, verdict_of
from core.statements.statement import Problem, Statement, StatementFile, StatementLine
from ui.pages.reconcile.words import balance_text, day_range, filled, number, signed


def money_in(lines: tuple[StatementLine, ...]) -> int:
    """Return the sum of what came in, in minor units."""
    return sum(line.amount_minor for line in lines if line.amount_minor > 0)


def money_out(lines: tuple[StatementLine, ...]) -> int:
    """Return the sum of what went out, in minor units, never above zero."""
    return sum(line.amount_minor for line in lines if line.amount_minor < 0)


def fees(lines: tuple[StatementLine, ...]) -> int:
    """Return the sum of what the channel charged, in minor units."""
    return sum(line.fee_minor for line in lines)


@dataclass(frozen=True, slots=True)
class Control:
    """Whether the balances of a file agree, in a sentence; None where it does not say.

    ``breaks`` are the lines at which the running balance does not follow.
    """

    text: str
    holds: bool | None
    breaks: tuple[int, ...] = ()


def control(verdict: AccountVerdict) -> Control:
    """Return the check of one account in words."""
    translate = QCoreApplication.translate
    told, _ = balance_text(
        verdict.opening_minor, verdict.movement_minor, verdict.closing_minor, verdict.currency
    )
    if verdict.breaks:
        lines = number(verdict.breaks[0])
        broken = translate("Reconcile", "The running balance breaks at line %1. ✗")
        if len(verdict.breaks) > 1:
            broken = translate(
                "Reconcile", "The running balance breaks at line %1, and at %2 more. ✗"
            )
        more = filled(broken, lines, number(len(verdict.breaks) - 1))
        told = f"{told}\n{more}" if verdict.gap_minor is not None else more
    elif verdict.gap_minor is None and verdict.compared:
        told = translate("Reconcile", "The running balance follows from line to line. ✓")
    return Control(told, verdict.holds, verdict.breaks)


def controls(file: StatementFile) -> tuple[Control, ...]:
    """Return the check of every account of a file."""
    return tuple(control(verdict_of(statement)) for statement in file.statements)


def days_of(statement: Statement) -> tuple[date | None, date | None]:
    """Return the first and the last day that one account's statement covers."""
    days = [line.date for line in statement.lines]
    first = statement.period_start or min(days, default=None)
    last = statement.period_end or max(days, default=None)
    return first, last


def found_as(look: LookedInto) -> str:
    """Return by what a file was read: its format, and the layout of its columns."""
    file = look.file
    if file is None:
        return ""
    found = file.format.upper()
    is_said = file.profile in {"", "detected"} or file.profile.upper() == found
    return found if is_said else f"{found} · {file.profile}"


def facts(look: LookedInto, index: int) -> list[tuple[str, str]]:
    """Return what a person checks of one account before it is taken in."""
    file = look.file
    if file is None or index >= len(file.statements):
        return []
    translate = QCoreApplication.translate
    statement, seen = file.statements[index], look.accounts[index]
    currency = statement.currency
    account = statement.account or translate("Reconcile", "not stated")
    told = [
        (translate("Reconcile", "Found"), found_as(look)),
        (translate("Reconcile", "Account"), f"{account} · {currency}"),
        (translate("Reconcile", "Period"), day_range(*days_of(statement))),
        (translate("Reconcile", "Lines"), number(len(statement.lines))),
    ]
    if seen.standing.known_lines and not statement.provisional:
        known = filled(
            translate("Reconcile", "%1 new, %2 already here"),
            number(seen.standing.new_lines),
            number(seen.standing.known_lines),
        )
        told.append((translate("Reconcile", "Of these"), known))
    told += [
        (translate("Reconcile", "Money in"), signed(money_in(statement.lines), currency)),
        (translate("Reconcile", "Money out"), display(money_out(statement.lines), currency)),
    ]
    if charged := fees(statement.lines):
        how = (
            translate("Reconcile", "%1, besides the amounts")
            if statement.fees_separate
            else translate("Reconcile", "%1, within the amounts")
        )
        told.append((translate("Reconcile", "Fees"), filled(how, display(charged, currency))))
    for label, balance in (
        (translate("Reconcile", "Opening balance"), statement.opening_balance_minor),
        (translate("Reconcile", "Closing balance"), statement.closing_balance_minor),
    ):
        if balance is not None:
            told.append((label, display(balance, currency)))
    return told


def remembered_text(look: LookedInto) -> str:
    """Return by whose answers a file was read without a question; empty where there are none."""
    translate = QCoreApplication.translate
    answers = look.answers
    if not answers or not (look.profile_name or look.date_order or look.currency):
        return ""
    parts = []
    if look.profile_name:
        parts.append(filled(translate("Reconcile", "columns “%1”"), look.profile_name))
    if look.date_order:
        parts.append(date_order_words(look.date_order))
    if look.currency:
        parts.append(look.currency)
    newest = max(answers, key=lambda answer: answer.answered_at)
    return filled(
        translate("Reconcile", "Read as %1 answered on %2: %3."),
        newest.answered_by,
        f"{shop_time(newest.answered_at):%Y-%m-%d}",
        ", ".join(parts),
    )


def alike_text(look: LookedInto) -> str:
    """Return which new lines may be here already from another file; empty where none look so."""
    translate = QCoreApplication.translate
    if look.file is None:
        return ""
    told = [
        filled(
            translate(
                "Reconcile",
                "%1 of %2 new lines have the day and amount of lines that are here already from"
                " “%3”, with another reference: they may be the same money.",
            ),
            number(seen.standing.alike.count),
            number(seen.standing.new_lines),
            seen.standing.alike.file_name,
        )
        for seen in look.accounts
        if seen.standing.alike is not None
    ]
    if len(told) > 1:
        more = translate("Reconcile", "The same of %1 other accounts.")
        return f"{told[0]} {filled(more, number(len(told) - 1))}"
    return "".join(told)


def date_order_words(order: str) -> str:
    """Return an order of dates in words."""
    translate = QCoreApplication.translate
    return {
        "dmy": translate("Reconcile", "Day, month, year"),
        "mdy": translate("Reconcile", "Month, day, year"),
        "ymd": translate("Reconcile", "Year, month, day"),
    }.get(order, order)


def short_totals(file: StatementFile) -> str:
    """Return the control totals of a file in one line, for a mapping in the making."""
    translate = QCoreApplication.translate
    currency = file.statements[0].currency if file.statements else "RWF"
    parts = [
        filled(translate("Reconcile", "%1 lines"), number(len(file.lines))),
        filled(translate("Reconcile", "in %1"), signed(money_in(file.lines), currency)),
        filled(translate("Reconcile", "out %1"), display(money_out(file.lines), currency)),
        *(found.text.split("\n")[0] for found in controls(file)[:1]),
    ]
    if charged := fees(file.lines):
        parts.insert(3, filled(translate("Reconcile", "fees %1"), display(charged, currency)))
    if file.problems:
        parts.append(filled(translate("Reconcile", "%1 problems"), number(len(file.problems))))
    return "  ·  ".join(parts)


class PreviewRow(NamedTuple):
    """A row of the preview: a line, or a place of the file that was not counted.

    ``number`` is where a person finds it in the file; two lines may come from one place.
    """

    number: int
    line: StatementLine | None
    problem: str = ""


def preview_rows(file: StatementFile, index: int) -> tuple[PreviewRow, ...]:
    """Return an account's lines, and between them what was not counted, in the file's order."""
    told: dict[int, list[str]] = {}
    for problem in problems_of(file, index):
        if problem.line is not None:
            told.setdefault(problem.line, []).append(problem.message)
    lines = file.statements[index].lines
    rows = [PreviewRow(each.line, each, " ".join(told.pop(each.line, ()))) for each in lines]
    rows += [PreviewRow(place, None, " ".join(messages)) for place, messages in told.items()]
    return tuple(sorted(rows, key=lambda row: row.number))


def problem_account(file: StatementFile, problem: Problem, shown: int) -> int:
    """Return at which account a problem is shown: where its line is, else where the person is."""
    for index, statement in enumerate(file.statements):
        if any(line.line == problem.line for line in statement.lines):
            return index
    return shown
