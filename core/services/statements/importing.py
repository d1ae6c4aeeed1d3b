"""Taking a file's accounts in: only the lines that the shop does not have yet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import shop_date
from core.database.bulk import take_keys
from core.database.unit_of_work import UnitOfWork
from core.errors import ConflictError
from core.model.journal import Topic
from core.model.reconciliations import (
    PaymentReconciliation,
    ReconciliationStatus,
    StatementProvider,
)
from core.model.reconciliations import StatementLine as StoredLine
from core.money import DEFAULT_CURRENCY, major
from core.services.mapping import reconciliation_row
from core.services.proposing import MANY_LINES
from core.services.proposing.ahead import Frame
from core.services.proposing.standby import Standby
from core.services.rows import ReconciliationRow
from core.services.statements.alike import alike_lines
from core.services.statements.known_lines import marks_of
from core.services.statements.looking import LookedInto
from core.services.statements.stored_lines import add_lines, as_open_lines, known_fingerprints
from core.statements.statement import Problem, Statement, StatementFile
from core.statements.statement import StatementLine as Line


@dataclass(frozen=True, slots=True)
class ChosenAccount:
    """One account of a file that is taken in: its place in the file, and who sent it."""

    index: int
    provider: StatementProvider


@dataclass(frozen=True, slots=True)
class ImportStatement:
    """A file to take in: who sent it, and the saved column profile to read it with, if any.

    ``accounts`` are those taken in, all of ``provider`` when empty. ``looked`` is the file as the
    person saw it; without it the file is read now, as remembered where nothing else is said.
    """

    path: Path
    provider: StatementProvider
    profile_name: str = ""
    currency: str = DEFAULT_CURRENCY
    date_order: str = ""
    accounts: tuple[ChosenAccount, ...] = ()
    looked: LookedInto | None = None


@dataclass(frozen=True, slots=True)
class ImportedStatement:
    """What came of one account in the file: lines new to the shop, and lines it already had."""

    reconciliation: ReconciliationRow
    new_lines: int
    known_lines: int
    already_imported: bool
    problems: tuple[str, ...] = ()


def booked_accounts(command: ImportStatement, file: StatementFile) -> tuple[ChosenAccount, ...]:
    """Return the accounts to take in: those chosen, else all; what is only announced never is.

    Raises:
        ConflictError: it holds no account at all, or the bank has booked nothing of it yet.

    """
    if not file.statements:
        raise ConflictError(f"Nothing was imported. “{command.path.name}” holds no lines.")
    chosen = command.accounts or tuple(
        ChosenAccount(index, command.provider) for index in range(len(file.statements))
    )
    booked = tuple(each for each in chosen if not file.statements[each.index].provisional)
    if chosen and not booked:
        raise ConflictError(
            f"Nothing was imported. “{command.path.name}” only announces payments: the bank has"
            " booked none of them yet. Import the statement that has them booked."
        )
    return booked


def problems_of(file: StatementFile, index: int) -> tuple[Problem, ...]:
    """Return what concerns one account: its own lines, and what belongs to no line of another.

    A sentence about no line that names one of the other accounts, and not this one, is about that.
    """
    if len(file.statements) < 2:
        return file.problems
    account = file.statements[index].account
    names = {each.account for each in file.statements if each.account not in {"", account}}
    own = {line.line for line in file.statements[index].lines}
    others = {
        line.line
        for place, statement in enumerate(file.statements)
        if place != index
        for line in statement.lines
    } - own

    def is_anothers(problem: Problem) -> bool:
        if problem.line is not None:
            return problem.line in others
        named = any(_names(problem.message, name) for name in names)
        return named and not _names(problem.message, account)

    return tuple(problem for problem in file.problems if not is_anothers(problem))


def _names(sentence: str, account: str) -> bool:
    """Tell whether a sentence names an account, and not a longer one that it is a part of."""
    return bool(account) and bool(
        re.search(rf"(?<![\w/-]){re.escape(account)}(?![\w/-])", sentence)
    )


def import_account(
    unit: UnitOfWork,
    path: Path,
    file: StatementFile,
    chosen: ChosenAccount,
    kept_as: str,
    standby: Standby | None = None,
) -> ImportedStatement:
    """Take one account of a file in; the same file again returns what the first time made.

    ``standby`` may begin to match its lines while they are written.

    Raises:
        ConflictError: it was imported before as another provider's.

    """
    index = chosen.index
    earlier = unit.session.scalar(
        select(PaymentReconciliation).where(
            PaymentReconciliation.file_sha256 == file.sha256,
            PaymentReconciliation.statement_index == index,
        )
    )
    if earlier is not None:
        return _made_before(earlier, chosen)
    statement = file.statements[index]
    reconciliation = _new_reconciliation(unit, path, file, chosen, kept_as)
    unit.session.add(reconciliation)
    unit.session.flush()
    new = _add_new_lines(unit.session, reconciliation, statement, standby)
    new_lines, known = len(new), len(statement.lines) - len(new)
    reconciliation.known_transactions = known
    reconciliation.unmatched_count = new_lines
    reconciliation.discrepancy_amount_minor = sum(line.amount_minor for line in new)
    unit.audit(
        "statement:imported",
        "reconciliation",
        reconciliation.reconciliation_id,
        file=reconciliation.file_name,
        sha256=file.sha256,
        lines=len(statement.lines),
        new=new_lines,
        known=known,
        total=major(reconciliation.total_amount_minor, reconciliation.currency),
    )
    unit.changed(Topic.RECONCILIATIONS, reconciliation.reconciliation_id)
    unit.session.flush()
    return ImportedStatement(
        reconciliation_row(reconciliation),
        new_lines,
        known,
        already_imported=False,
        problems=tuple(reconciliation.problems),
    )


def _made_before(earlier: PaymentReconciliation, chosen: ChosenAccount) -> ImportedStatement:
    if earlier.provider is not chosen.provider:
        raise ConflictError(
            f"Nothing was imported. This file was already imported as a statement of"
            f" {earlier.provider} by {earlier.imported_by} on"
            f" {shop_date(earlier.imported_at)}."
        )
    return ImportedStatement(
        reconciliation_row(earlier),
        0,
        earlier.total_transactions,
        already_imported=True,
        problems=tuple(earlier.problems),
    )


def frame_of(statement: Statement, provider: StatementProvider) -> Frame:
    """Return what tells which payments a statement could prove; else its lines tell its days."""
    days = [line.date for line in statement.lines]
    return Frame(
        provider,
        statement.currency,
        statement.period_start or min(days, default=None),
        statement.period_end or max(days, default=None),
    )


def guessed_frame(command: ImportStatement) -> Frame:
    """Return as much of the frame of a file's first account as can be told before it is read."""
    provider = command.accounts[0].provider if command.accounts else command.provider
    return Frame(provider, command.currency or DEFAULT_CURRENCY, None, None)


def _new_reconciliation(
    unit: UnitOfWork, path: Path, file: StatementFile, chosen: ChosenAccount, kept_as: str
) -> PaymentReconciliation:
    statement = file.statements[chosen.index]
    frame = frame_of(statement, chosen.provider)
    return PaymentReconciliation(
        file_name=path.name[:300],
        file_upload=kept_as,
        file_sha256=file.sha256,
        statement_index=chosen.index,
        provider=frame.provider,
        profile_name=file.profile[:80],
        account=statement.account[:64],
        currency=frame.currency,
        statement_date=frame.last_day,
        statement_period_start=frame.first_day,
        statement_period_end=frame.last_day,
        opening_balance_minor=statement.opening_balance_minor,
        closing_balance_minor=statement.closing_balance_minor,
        balance_gap_minor=statement.balance_gap_minor(),
        total_transactions=len(statement.lines),
        total_amount_minor=sum(line.amount_minor for line in statement.lines),
        status=ReconciliationStatus.PENDING,
        problems=[problem.message for problem in problems_of(file, chosen.index)],
        imported_by=unit.actor_name,
        imported_at=unit.now,
    )


def _add_new_lines(
    session: Session,
    reconciliation: PaymentReconciliation,
    statement: Statement,
    standby: Standby | None,
) -> list[Line]:
    """Store the lines that the shop does not have, and return them.

    Those that may be here from a file of another format are told among the problems.
    """
    marks = marks_of(reconciliation.provider, statement)
    known = known_fingerprints(session, marks)
    alike = alike_lines(session, statement, marks, known, reconciliation.file_sha256)
    marked = [
        (line, mark) for line, mark in zip(statement.lines, marks, strict=True) if mark not in known
    ]
    new = [line for line, _mark in marked]
    if alike is not None:
        reconciliation.problems = [alike.told(len(new)), *reconciliation.problems]
    # Nobody else writes within this unit of work, so the next keys are ours.
    first = take_keys(session, StoredLine, len(new))
    if standby is not None and len(new) >= MANY_LINES:
        standby.think_ahead(reconciliation.reconciliation_id, as_open_lines(first, new))
    add_lines(session, reconciliation.id, first, marked)
    return new
