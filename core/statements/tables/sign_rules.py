"""The ways a table says money in from money out, the likelier ones first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.statements.profile import SignRule
from core.statements.tables.entries import Entry
from core.statements.tables.words import PAYMENT, THANKS

NO_SIGN = "No amount has a sign: all were read as money in."
CARD = "This looks like a card statement: charges were read as money out."
CARD_AS_WRITTEN = "This looks like a card statement: what has a minus was read as money out."
SOME_PLUS = "Only some amounts have a plus: those were read as money in, the others as money out."
SOME_MARKED = "Only some amounts are marked {0}: the others were read as money {1}."
MIXED_DEBITS = (
    "Some amounts in the column for money out have a minus and some have none: those with one"
    " were read as money {0}."
)
MIXED_MARKS = (
    "Some amounts have a minus beside the word for in or out: the word was followed, not the minus."
)


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


def rules_for(entries: Sequence[Entry], terms: Terms) -> list[Rule]:
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
        return [Rule(SignRule.SIGNED, as_written)]
    if rule == SignRule.INVERTED:
        return [Rule(SignRule.INVERTED, _inverted)]
    return _single_rules(entries, terms)


def _column_rules(entries: Sequence[Entry]) -> list[Rule]:
    minus_means_debit, doubt = mixed_debits([entry.debit for entry in entries if entry.debit])
    subtracted = Rule(SignRule.COLUMNS, _subtracted, doubt)
    added = Rule(SignRule.COLUMNS, _added, doubt)
    return [added, subtracted] if minus_means_debit else [subtracted, added]


def mixed_debits(debits: Sequence[Decimal | int]) -> tuple[bool, str]:
    """Return whether a minus in the column for money out means out, by majority, and the doubt."""
    negative = sum(debit < 0 for debit in debits)
    minus_means_debit = negative * 2 > len(debits)
    if not 0 < negative < len(debits):
        return minus_means_debit, ""
    return minus_means_debit, MIXED_DEBITS.format("out" if minus_means_debit else "in")


def _single_rules(entries: Sequence[Entry], terms: Terms) -> list[Rule]:
    """Return the rules for one amount column, where no word says in or out on every row."""
    usual = Rule(SignRule.SIGNED, as_written)
    plain = unsigned(entries)
    own = _own_account(entries, terms.own_account) if plain else ""
    if own:
        return [Rule(SignRule.FROM_TO, _by_party(own))]
    marks = {entry.mark for entry in entries} - {""}
    if len(marks) == 1 and not any((entry.amount or 0) < 0 for entry in entries):
        mark = marks.pop()
        shown, rest = ("CR", "out") if mark == "C" else ("DR", "in")
        doubt = SOME_MARKED.format(shown, rest)
        return [Rule(SignRule.INDICATOR, _others_opposite(mark), doubt), usual]
    plusses = sum(entry.plus for entry in entries)
    if plain and 0 < plusses < len(entries):
        return [Rule(SignRule.INDICATOR, _by_plus, SOME_PLUS), usual]
    if looks_charged(
        [entry.amount or Decimal(0) for entry in entries],
        [" ".join(entry.texts) for entry in entries],
        card=terms.card,
    ):
        return [Rule(SignRule.INVERTED, _inverted, CARD), usual]
    if plain:
        return [Rule(SignRule.SIGNED, as_written, "" if plusses else NO_SIGN)]
    doubt = CARD_AS_WRITTEN if terms.card else ""
    return [Rule(SignRule.SIGNED, as_written, doubt), Rule(SignRule.INVERTED, _inverted)]


def looks_charged(amounts: Sequence[Decimal | int], texts: Sequence[str], *, card: bool) -> bool:
    """Tell a card statement whose plain amounts are charges from one with signs as banks use them.

    What the holder paid in ("Payment received, thank you") tells which sign money in has; without
    such a row, most rows of a card statement are charges.
    """
    words = PAYMENT if card else THANKS
    paid = [amount > 0 for amount, text in zip(amounts, texts, strict=True) if words.search(text)]
    if 2 * sum(paid) != len(paid):
        return 2 * sum(paid) < len(paid)
    return card and sum(amount > 0 for amount in amounts) * 2 > len(amounts)


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


def as_written(entry: Entry) -> Decimal:
    """Return the amount with the sign it has, or the one its mark gives it."""
    amount = entry.amount or Decimal(0)
    if entry.mark:
        return abs(amount) if entry.mark == "C" else -abs(amount)
    return amount


def _plain(entry: Entry) -> Decimal:
    return entry.amount or Decimal(0)


def _inverted(entry: Entry) -> Decimal:
    return -as_written(entry) if not entry.mark else as_written(entry)


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


def unsigned(entries: Sequence[Entry]) -> bool:
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
