"""Money in or money out: the sign rule of a table, proved by its running balance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from core.statements.profile import SignRule
from core.statements.statement import Problem
from core.statements.tables.entries import Entry
from core.statements.tables.sign_rules import Rule, Terms, as_written, rules_for, unsigned


@dataclass(frozen=True, slots=True)
class Chain:
    """How well a running balance follows the movements."""

    compared: int
    breaks: tuple[int, ...]
    """Indices of entries whose balance does not follow from the one before."""
    newest_first: bool

    @property
    def holds(self) -> bool:
        """Whether the balances prove the movements, but for a few rows."""
        return self.compared > 0 and len(self.breaks) * 10 <= self.compared


@dataclass(frozen=True, slots=True)
class Settled:
    """The entries whose direction is known, with their effect, and what was found on the way."""

    entries: list[Entry]
    chain: Chain
    fees_separate: bool
    problems: tuple[Problem, ...] = ()
    rule: SignRule = SignRule.SIGNED
    unsure: bool = False
    """Whether nothing in the file proves the rule."""
    broken_lines: tuple[int, ...] = ()


def chain_of(
    entries: Sequence[Entry],
    effects: Sequence[Decimal],
    *,
    newest_first: bool,
    opening: Decimal | None = None,
) -> Chain:
    """Return where previous balance + effect differs from the balance, oldest to newest."""
    order = range(len(entries) - 1, -1, -1) if newest_first else range(len(entries))
    expected = opening
    compared = 0
    breaks: list[int] = []
    for index in order:
        balance = entries[index].balance
        if expected is not None:
            expected += effects[index]
        if balance is None:
            continue
        if expected is not None:
            compared += 1
            if expected != balance:
                breaks.append(index)
        expected = balance
    return Chain(compared, tuple(breaks), newest_first)


def settle(entries: list[Entry], terms: Terms) -> Settled:
    """Give every entry its effect: signed, + is money in, without a separate fee."""
    settled = _settle(entries, terms)
    if any((entry.balance or 0) > 0 for entry in entries):
        return settled
    against_signs = settled.rule == SignRule.INVERTED and terms.rule == SignRule.AUTO
    if settled.chain.holds and (terms.card or not against_signs):
        return settled
    _turn_balances(entries)  # some exports end every balance in a dash that means nothing
    turned = _settle(entries, terms)
    if turned.chain.compared > 1 and turned.chain.holds:
        if not settled.chain.holds:
            return turned
        told = Problem(None, NEGATIVE_BALANCES)
        return replace(turned, problems=(*turned.problems, told), unsure=True)
    _turn_balances(entries)
    return _settle(entries, terms)


def _turn_balances(entries: Sequence[Entry]) -> None:
    for entry in entries:
        entry.balance = None if entry.balance is None else -entry.balance


def _settle(entries: list[Entry], terms: Terms) -> Settled:
    opening = terms.opening
    rules = rules_for(entries, terms)
    newest_first, certain = direction_of(
        [entry.day for entry in entries],
        (entries[0].moment, entries[-1].moment) if entries else (None, None),
    )
    fees = not terms.net and any(entry.fee for entry in entries)
    fee_modes = (True, False) if fees else (False,)
    trials = [
        _trial(entries, rule, opening, separate, newest_first, certain=certain)
        for rule in rules
        for separate in fee_modes
    ]
    best = next((t for t in trials if t.chain.compared > 1 and t.chain.holds), trials[0])
    if best.chain.breaks and not best.chain.holds and terms.rule == SignRule.AUTO:
        derived = unsigned(entries) and _from_balances(
            entries, newest_first=newest_first, opening=opening
        )
        if derived:
            proved = Chain(len(derived), (), newest_first)
            best = _Trial(Rule(SignRule.SIGNED, as_written), derived, proved, False)
    return _applied(entries, best)


@dataclass(frozen=True, slots=True)
class _Trial:
    rule: Rule
    amounts: list[Decimal | None]
    chain: Chain
    separate: bool


def _trial(
    entries: Sequence[Entry],
    rule: Rule,
    opening: Decimal | None,
    separate: bool,
    newest_first: bool,
    *,
    certain: bool,
) -> _Trial:
    """Try one sign rule against the running balance, in the likelier direction unless it breaks."""
    amounts = [rule.effect(entry) for entry in entries]
    effects = [
        (amount or Decimal(0)) - (entry.fee if separate else 0)
        for amount, entry in zip(amounts, entries, strict=True)
    ]
    chain = chain_of(entries, effects, newest_first=newest_first, opening=opening)
    if chain.breaks and (opening is not None or not certain):
        other = chain_of(entries, effects, newest_first=not newest_first, opening=opening)
        if len(other.breaks) < len(chain.breaks):
            chain = other
    return _Trial(rule, amounts, chain, separate)


NEGATIVE_BALANCES = (
    "Every balance has a minus, and with it the amounts would mean the opposite of their signs: the"
    " minus was left out."
)


def _from_balances(
    entries: Sequence[Entry], *, newest_first: bool, opening: Decimal | None
) -> list[Decimal | None] | None:
    """Return the signs that the balances show when amounts carry none; None if they do not."""
    order = range(len(entries) - 1, -1, -1) if newest_first else range(len(entries))
    amounts: list[Decimal | None] = [None] * len(entries)
    previous = opening
    for index in order:
        entry = entries[index]
        if entry.balance is None:
            return None
        if previous is not None:
            change = entry.balance - previous
            if abs(change) != abs(entry.amount or Decimal(0)):
                return None
            amounts[index] = change
        previous = entry.balance
    return amounts


def direction_of(
    days: Sequence[date], ends: tuple[datetime | None, datetime | None]
) -> tuple[bool, bool]:
    """Return whether the newest row comes first, and whether the dates leave no doubt of it.

    ``ends`` are the moments of the first and the last row, which count within one day.
    """
    if not days:
        return False, False
    if days[0] != days[-1]:
        backwards = days[0] > days[-1]
        return backwards, list(days) == sorted(days, reverse=backwards)
    return bool(ends[0] and ends[1] and ends[0] > ends[1]), False


def _applied(entries: list[Entry], best: _Trial) -> Settled:
    problems: list[Problem] = []
    kept: list[Entry] = []
    chain = best.chain
    for entry, amount in zip(entries, best.amounts, strict=True):
        if amount is None:
            message = f"Row {entry.line}: it is not clear whether money came in or went out."
            problems.append(Problem(entry.line, f"{message} The row was not counted."))
            continue
        entry.effect = amount
        kept.append(entry)
    if chain.breaks:
        worst = min(chain.breaks, key=lambda index: entries[index].line)
        line = entries[worst].line
        more = f", and at {len(chain.breaks) - 1} more rows" if len(chain.breaks) > 1 else ""
        problems.append(
            Problem(line, f"Row {line}: the balance does not follow from the row before it{more}.")
        )
    doubt = best.rule.doubt if kept and not chain.holds else ""
    if doubt:
        problems.append(Problem(None, doubt))
    return Settled(
        kept,
        chain,
        best.separate,
        tuple(problems),
        best.rule.kind,
        bool(doubt),
        tuple(entries[index].line for index in chain.breaks),
    )
