"""New lines that look like lines the shop has from another file: the same money told twice.

Fingerprints know a movement again where both files carry the same reference. One bank's MT940 and
its CSV often do not, so day and amount are compared as well; a person decides what they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.model.reconciliations import PaymentReconciliation, StatementLine
from core.services.statements.memory import account_key
from core.statements.statement import Statement

_FEWEST_CHARACTERS = 6
"""An account written shorter than that says too little to be the end of a longer one."""


@dataclass(frozen=True, slots=True)
class AlikeLines:
    """So many new lines have the day and amount of lines that came with another file."""

    count: int
    file_name: str

    def told(self, new_lines: int) -> str:
        """Return it as a sentence for the reconciliation's problems."""
        return (
            f"{self.count} of {new_lines} new lines have the day and amount of lines that are here"
            f" already from “{self.file_name}”, with another reference: they may be the same"
            " money. Set aside those that are."
        )


def alike_lines(
    session: Session,
    statement: Statement,
    marks: Sequence[str],
    known: Collection[str],
    sha256: str,
) -> AlikeLines | None:
    """Return which new lines of a statement may be here already, or None where none looks so.

    ``marks`` are the lines' fingerprints, ``known`` those the shop has, ``sha256`` the file's own.
    Where one of the two accounts is not named, a few equal amounts are chance: half of the new
    lines must look so.
    """
    days = {line.date for line in statement.lines}
    if not days:
        return None
    first, last = min(days), max(days)
    others = session.execute(
        select(
            PaymentReconciliation.id, PaymentReconciliation.account, PaymentReconciliation.file_name
        ).where(
            PaymentReconciliation.currency == statement.currency,
            PaymentReconciliation.file_sha256 != sha256,
            PaymentReconciliation.statement_period_start <= last,
            PaymentReconciliation.statement_period_end >= first,
        )
    ).all()
    if not others:
        return None
    new = Counter(
        (line.date, line.amount_minor)
        for line, mark in zip(statement.lines, marks, strict=True)
        if mark not in known
    )
    if not new:
        return None
    own = set(marks)
    fewest = {True: 1, False: (new.total() + 1) // 2}
    best: AlikeLines | None = None
    for row in others:
        is_named = bool(row.account and statement.account)
        if is_named and not _is_one_account(row.account, statement.account):
            continue
        here = Counter(
            (day, amount_minor)
            for day, amount_minor, mark in session.execute(
                select(
                    StatementLine.line_date, StatementLine.amount_minor, StatementLine.fingerprint
                ).where(
                    StatementLine.reconciliation_id == row.id,
                    StatementLine.line_date.between(first, last),
                )
            )
            if mark not in own
        )
        count = (new & here).total()
        if count >= fewest[is_named] and (best is None or count > best.count):
            best = AlikeLines(count, row.file_name)
    return best


def _is_one_account(one: str, other: str) -> bool:
    """Tell whether two accounts are one: an IBAN or a bank's code may stand before the number."""
    shorter, longer = sorted((account_key(one), account_key(other)), key=len)
    return shorter == longer or (len(shorter) >= _FEWEST_CHARACTERS and longer.endswith(shorter))
