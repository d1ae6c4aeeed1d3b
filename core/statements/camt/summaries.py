"""TxsSummry: how many entries a statement says it has, and what they add up to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from core.money import exponent
from core.statements.camt.vocabulary import PLAIN, Summary
from core.statements.statement import Problem, StatementLine

_COUNT = re.compile(r"[0-9]{1,9}")
_WORDS = {"": "entries", "CRDT": "credits", "DBIT": "debits"}


def summary_problems(
    summaries: Sequence[Summary], booked: Sequence[StatementLine], all_of: Sequence[StatementLine]
) -> list[Problem]:
    """Return where a statement's own counts and sums differ from its entries.

    Some banks count what is not booked yet and some do not: either agrees.
    """
    problems = []
    for summary in summaries:
        found = [_counted(summary.direction, lines) for lines in (booked, all_of)]
        stated_count = int(summary.entries) if _COUNT.fullmatch(summary.entries) else None
        stated_total = _decimal(summary.total)
        for count, total in found:
            if stated_count in {None, count} and (stated_total is None or stated_total == total):
                break
        else:
            words = _WORDS[summary.direction]
            stated = " worth ".join(filter(None, (f"{summary.entries} {words}", summary.total)))
            count, total = found[0]
            problems.append(
                Problem(
                    None,
                    f"The statement says it has {stated}, and it has {count} worth {total}:"
                    " entries are missing or wrong, or other pages have them.",
                )
            )
    return problems


def _counted(direction: str, lines: Sequence[StatementLine]) -> tuple[int, Decimal]:
    if direction == "CRDT":
        lines = [line for line in lines if line.amount_minor >= 0]
    elif direction == "DBIT":
        lines = [line for line in lines if line.amount_minor < 0]
    places = exponent(lines[0].currency) if lines else 0
    return len(lines), Decimal(sum(abs(line.amount_minor) for line in lines)).scaleb(-places)


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if PLAIN.fullmatch(text) else None
