"""Which lines of a file the shop has already, told by occurrence-numbered fingerprints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.model.reconciliations import PaymentReconciliation, StatementProvider
from core.services.mapping import reconciliation_row
from core.services.rows import ReconciliationRow
from core.services.statements.alike import AlikeLines, alike_lines
from core.services.statements.stored_lines import known_fingerprints
from core.statements.fingerprints import fingerprints
from core.statements.statement import Statement, StatementFile


@dataclass(frozen=True, slots=True)
class Standing:
    """How many lines of one account are new to the shop.

    ``earlier`` is what this very file made when it was imported before. ``alike`` tells of new
    lines that may be here already from a file of another format.
    """

    index: int
    new_lines: int
    known_lines: int
    earlier: ReconciliationRow | None = None
    alike: AlikeLines | None = None


def standing_of(
    session: Session, file: StatementFile, providers: Sequence[StatementProvider]
) -> tuple[Standing, ...]:
    """Return the standing of every account; ``providers`` has one for each."""
    before = {
        row.statement_index: reconciliation_row(row)
        for row in session.scalars(
            select(PaymentReconciliation).where(PaymentReconciliation.file_sha256 == file.sha256)
        )
    }
    found = []
    seen: set[str] = set()
    for index, (statement, provider) in enumerate(zip(file.statements, providers, strict=True)):
        marks = marks_of(provider, statement)
        # The same movement under two statements of one file is new only once.
        known = known_fingerprints(session, marks) | (seen & set(marks))
        seen.update(marks)
        new = sum(mark not in known for mark in marks)
        earlier = before.get(index)
        alike = None
        if earlier is None and not statement.provisional:
            alike = alike_lines(session, statement, marks, known, file.sha256)
        found.append(Standing(index, new, len(marks) - new, earlier, alike))
    return tuple(found)


def marks_of(provider: StatementProvider, statement: Statement) -> list[str]:
    """Return the fingerprint of every line.

    Two providers may number alike; the account alone would confuse them where it is unknown.
    """
    return fingerprints(f"{provider}:{statement.account}", statement.lines)
