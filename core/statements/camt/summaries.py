"""TxsSummry: how many entries a statement says it has, and what they add up to."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from core.money import exponent
from core.statements.camt.parts import Summary
from core.statements.statement import Problem, StatementLine

_WORDS = {"TtlNtries": "entries", "TtlCdtNtries": "credits", "TtlDbtNtries": "debits"}


def summary_problems(
    summaries: Sequence[Summary], booked: Sequence[StatementLine], all_of: Sequence[StatementLine]
) -> list[Problem]:
    """Return where a statement's own counts and sums differ from its entries.

    Some banks count what is not booked yet and some do not: either agrees.
    """
    problems = []
    for summary in summaries:
        found = [_counted(summary.name, lines) for lines in (booked, all_of)]
        stated_count = int(summary.entries) if summary.entries.isdigit() else None
        stated_total = _decimal(summary.total)
        for count, total in found:
            if stated_count in {None, count} and (stated_total is None or stated_total == total):
                break
        else:
            words = _WORDS[summary.name]
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


def _counted(name: str, lines: Sequence[StatementLine]) -> tuple[int, Decimal]:
    if name == "TtlCdtNtries":
        lines = [line for line in lines if line.amount_minor >= 0]
    elif name == "TtlDbtNtries":
        lines = [line for line in lines if line.amount_minor < 0]
    places = exponent(lines[0].currency) if lines else 0
    return len(lines), Decimal(sum(abs(line.amount_minor) for line in lines)).scaleb(-places)


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except ArithmeticError:
        return None
