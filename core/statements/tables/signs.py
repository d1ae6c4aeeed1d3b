"""Money in or money out: the sign rule of a file, proved by its running balance."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from core.statements.profile import SignRule
from core.statements.statement import Problem
from core.statements.tables.entries import Entry


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to tell in from out; ``doubt`` is told unless the running balance proves the rule."""

    kind: SignRule
    effect: Callable[[Entry], Decimal | None]
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the layout and the lines above a table say about signs."""

    rule: SignRule
    own_account: str = ""
    opening: Decimal | None = None
    card: bool = False
    """A cardholder's statement: a plain amount is a charge."""
    net: bool = False
    """The amount column is net: a fee is in it already."""


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
    if settled.chain.holds or any((entry.balance or 0) > 0 for entry in entries):
        return settled
    _turn_balances(entries)  # some exports end every balance in a dash that means nothing
    turned = _settle(entries, terms)
    if turned.chain.compared > 1 and turned.chain.holds:
        return turned
    _turn_balances(entries)
    return settled


def _turn_balances(entries: Sequence[Entry]) -> None:
    for entry in entries:
        entry.balance = None if entry.balance is None else -entry.balance


def _settle(entries: list[Entry], terms: Terms) -> Settled:
    opening = terms.opening
    rules = _rules(entries, terms)
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
        derived = _unsigned(entries) and _from_balances(
            entries, newest_first=newest_first, opening=opening
        )
        if derived:
            proved = Chain(len(derived), (), newest_first)
            best = _Trial(Rule(SignRule.SIGNED, _as_written), derived, proved, False)
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


NO_SIGN = "No amount has a sign: all were read as money in."
CARD = "This looks like a card statement: charges were read as money out."
SOME_PLUS = "Only some amounts have a plus: those were read as money in, the others as money out."
SOME_MARKED = "Only some amounts are marked {0}: the others were read as money {1}."
MIXED_DEBITS = (
    "Some amounts in the column for money out have a minus and some have none: those with one"
    " were read as money {0}."
)
MIXED_MARKS = (
    "Some amounts have a minus beside the word for in or out: the word was followed, not the minus."
)


def _rules(entries: Sequence[Entry], terms: Terms) -> list[Rule]:
    """Return the sign rules that fit the columns, the usual one first."""
    rule = terms.rule
    if any(entry.credit is not None or entry.debit is not None for entry in entries):
        return _column_rules(entries)
    marked = sum(bool(entry.mark) for entry in entries)
    if rule == SignRule.INDICATOR or (rule == SignRule.AUTO and marked * 10 > len(entries) * 9):
        negative = {entry.mark for entry in entries if (entry.amount or 0) < 0}
        positive = {entry.mark for entry in entries if (entry.amount or 0) > 0}
        doubt = "" if negative <= {"D"} and not (negative & positive) else MIXED_MARKS
        return [
            Rule(SignRule.INDICATOR, _by_mark, doubt),
            Rule(SignRule.INDICATOR, _by_mark_signed),
            Rule(SignRule.SIGNED, _plain),
        ]
    if rule == SignRule.SIGNED:
        return [Rule(SignRule.SIGNED, _as_written)]
    if rule == SignRule.INVERTED:
        return [Rule(SignRule.INVERTED, _inverted)]
    return _single_rules(entries, terms)


def _column_rules(entries: Sequence[Entry]) -> list[Rule]:
    minus_means_debit, doubt = mixed_debits([entry.debit for entry in entries if entry.debit])
    subtracted = Rule(SignRule.COLUMNS, _subtracted, doubt)
    added = Rule(SignRule.COLUMNS, _added, doubt)
    return [added, subtracted] if minus_means_debit else [subtracted, added]


def mixed_debits(debits: Sequence[Decimal] | Sequence[int]) -> tuple[bool, str]:
    """Return whether a minus in the column for money out means out, by majority, and the doubt."""
    negative = sum(debit < 0 for debit in debits)
    minus_means_debit = negative * 2 > len(debits)
    if not 0 < negative < len(debits):
        return minus_means_debit, ""
    return minus_means_debit, MIXED_DEBITS.format("out" if minus_means_debit else "in")


def _single_rules(entries: Sequence[Entry], terms: Terms) -> list[Rule]:
    """Return the rules for one amount column, where no word says in or out on every row."""
    usual = Rule(SignRule.SIGNED, _as_written)
    unsigned = _unsigned(entries)
    own = _own_account(entries, terms.own_account) if unsigned else ""
    if own:
        return [Rule(SignRule.FROM_TO, _by_party(own))]
    marks = {entry.mark for entry in entries} - {""}
    if len(marks) == 1 and not any((entry.amount or 0) < 0 for entry in entries):
        mark = marks.pop()
        shown, rest = ("CR", "out") if mark == "C" else ("DR", "in")
        doubt = SOME_MARKED.format(shown, rest)
        return [Rule(SignRule.INDICATOR, _others_opposite(mark), doubt), usual]
    plusses = sum(entry.plus for entry in entries)
    if unsigned and 0 < plusses < len(entries):
        return [Rule(SignRule.INDICATOR, _by_plus, SOME_PLUS), usual]
    if terms.card and sum((entry.amount or 0) > 0 for entry in entries) * 2 > len(entries):
        return [Rule(SignRule.INVERTED, _inverted, CARD), usual]
    if unsigned:
        return [Rule(SignRule.SIGNED, _as_written, "" if plusses else NO_SIGN)]
    return [usual, Rule(SignRule.INVERTED, _inverted)]


def _others_opposite(mark: str) -> Callable[[Entry], Decimal | None]:
    """Where only one side is marked, what has no mark is the other side."""

    def effect(entry: Entry) -> Decimal | None:
        amount = abs(entry.amount or Decimal(0))
        return amount if (entry.mark == mark) == (mark == "C") else -amount

    return effect


def _by_plus(entry: Entry) -> Decimal:
    amount = entry.amount or Decimal(0)
    return amount if entry.plus else -amount


def _added(entry: Entry) -> Decimal:
    return (entry.credit or Decimal(0)) + (entry.debit or Decimal(0))


def _subtracted(entry: Entry) -> Decimal:
    return (entry.credit or Decimal(0)) - (entry.debit or Decimal(0))


def _as_written(entry: Entry) -> Decimal:
    amount = entry.amount or Decimal(0)
    if entry.mark:
        return abs(amount) if entry.mark == "C" else -abs(amount)
    return amount


def _plain(entry: Entry) -> Decimal:
    return entry.amount or Decimal(0)


def _inverted(entry: Entry) -> Decimal:
    return -_as_written(entry) if not entry.mark else _as_written(entry)


def _by_mark(entry: Entry) -> Decimal | None:
    amount = entry.amount or Decimal(0)
    if not entry.mark:
        return amount if amount < 0 else None
    return abs(amount) if entry.mark == "C" else -abs(amount)


def _by_mark_signed(entry: Entry) -> Decimal | None:
    amount = entry.amount or Decimal(0)
    if not entry.mark:
        return None
    return amount if entry.mark == "C" else -amount


def _by_party(own: str) -> Callable[[Entry], Decimal | None]:
    def effect(entry: Entry) -> Decimal | None:
        amount = abs(entry.amount or Decimal(0))
        payer, payee = _digits(entry.payer[0]), _digits(entry.payee[0])
        if (payer == own) == (payee == own):
            return None
        return amount if payee == own else -amount

    return effect


def _unsigned(entries: Sequence[Entry]) -> bool:
    """Tell whether one plain amount column says nothing about in or out."""
    single = all(entry.credit is None and entry.debit is None for entry in entries)
    return single and not any((entry.amount or 0) < 0 or entry.mark for entry in entries)


def _own_account(entries: Sequence[Entry], stated: str) -> str:
    """Return the party that is in every row: the statement's own account."""
    sides = [(_digits(entry.payer[0]), _digits(entry.payee[0])) for entry in entries]
    if not any(payer and payee for payer, payee in sides):
        return ""
    known = _digits(stated)
    if known and any(known in side for side in sides):
        return known
    counts = Counter(name for side in sides for name in set(side) if name)
    (most, times), *others = counts.most_common(2)
    alone = not others or others[0][1] < times
    return most if times == len(sides) and alone else ""


def _digits(account: str) -> str:
    found = re.search(r"\d{6,}", account)
    return found[0] if found else account.strip().casefold()


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
