"""Receiving statements: look into a file, remember column profiles, take the new lines in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import shop_date
from core.database.unit_of_work import Database, UnitOfWork
from core.errors import ConflictError, InvalidInputError, StorageError
from core.model.journal import Topic
from core.model.reconciliations import (
    PaymentReconciliation,
    ReconciliationStatus,
    StatementProfile,
    StatementProvider,
)
from core.money import DEFAULT_CURRENCY, major
from core.permissions import Actor, Permission
from core.services.collector import collector_paused
from core.services.mapping import reconciliation_row
from core.services.rows import ReconciliationRow
from core.services.statement_lines import add_lines, known_fingerprints
from core.statements.fingerprints import fingerprints
from core.statements.profile import ColumnProfile
from core.statements.reading import preview_table, read_statement
from core.statements.sources import RawTable
from core.statements.statement import Statement, StatementFile

ARCHIVE_FOLDER = "archive"


@dataclass(frozen=True, slots=True)
class ImportStatement:
    """A file to take in: who sent it, and the saved column profile to read it with, if any."""

    path: Path
    provider: StatementProvider
    profile_name: str = ""
    currency: str = DEFAULT_CURRENCY


@dataclass(frozen=True, slots=True)
class ImportedStatement:
    """What came of one account in the file: lines new to the shop, and lines it already had."""

    reconciliation: ReconciliationRow
    new_lines: int
    known_lines: int
    already_imported: bool


class StatementDesk:
    """The verbs before matching; nothing is stored until a file is imported."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder

    def read(
        self, path: Path, *, profile_name: str = "", currency: str = DEFAULT_CURRENCY
    ) -> StatementFile:
        """Read a file and store nothing.

        Raises:
            UnreadableFileError: the file cannot be read or trusted; the message says why.
            InvalidInputError: there is no profile of that name.

        """
        profile = self.profile(profile_name) if profile_name else None
        return read_statement(path, profile=profile, currency=currency)

    def table(self, path: Path) -> RawTable:
        """Return a file's raw cells and what the columns are taken for, to map them by hand."""
        return preview_table(path)

    def profiles(self) -> tuple[str, ...]:
        """Return the names of the saved column profiles."""
        with self._database.read() as session:
            names = session.scalars(select(StatementProfile.name).order_by(StatementProfile.name))
            return tuple(names)

    def profile(self, name: str) -> ColumnProfile:
        """Return a saved column profile.

        Raises:
            InvalidInputError: there is none of that name.

        """
        with self._database.read() as session:
            saved = _saved_profile(session, name)
            if saved is None:
                raise InvalidInputError(
                    f"There is no saved column profile “{name}”.", field="profile"
                )
            return ColumnProfile.from_json(saved.definition)

    def save_profile(self, actor: Actor, profile: ColumnProfile) -> None:
        """Remember a column mapping under its name, replacing an older one of that name."""
        self._database.require(actor, Permission.RECONCILE)
        if not profile.name.strip():
            raise InvalidInputError("Give the profile a name.", field="name")
        with self._database.write(actor) as unit:
            saved = _saved_profile(unit.session, profile.name)
            if saved is None:
                saved = StatementProfile(name=profile.name)
                unit.session.add(saved)
            saved.definition = profile.to_json()
            saved.saved_by = actor.name
            saved.saved_at = unit.now
            unit.audit("profile:saved", "statement_profile", profile.name)
            unit.changed(Topic.SETTINGS)
            unit.commit()

    def import_file(self, actor: Actor, command: ImportStatement) -> tuple[ImportedStatement, ...]:
        """Take a statement in: only lines the shop does not have yet, one result per account.

        The same file again adds nothing and returns what the first time made.

        Raises:
            UnreadableFileError: the file cannot be read or trusted.
            StorageError: the original cannot be kept.

        """
        self._database.require(actor, Permission.RECONCILE)
        with collector_paused():
            return self._import(actor, command)

    def _import(self, actor: Actor, command: ImportStatement) -> tuple[ImportedStatement, ...]:
        file = self.read(command.path, profile_name=command.profile_name, currency=command.currency)
        kept_as = self._keep_original(command.path, file.sha256)
        with self._database.write(actor) as unit:
            results = tuple(
                _import_one(unit, command, file, index, kept_as)
                for index in range(len(file.statements))
            )
            unit.commit()
            return results

    def _keep_original(self, path: Path, sha256: str) -> str:
        """Copy the file into the shop's folder under our own name; the sender's is not trusted."""
        from core.documents.storage import write_document  # noqa: PLC0415 - not owed at start

        suffix = path.suffix.lower() if path.suffix.lower() in {".csv", ".txt", ".xlsx"} else ".dat"
        name = f"{ARCHIVE_FOLDER}/{sha256[:2]}/{sha256}{suffix}"
        target = self._folder / name
        if not target.exists():
            try:
                content = path.read_bytes()
            except OSError as error:
                raise StorageError(
                    f"Nothing was imported. “{path.name}” can no longer be read.",
                    details=str(error),
                ) from error
            write_document(target, content)
        return name


def _saved_profile(session: Session, name: str) -> StatementProfile | None:
    return session.scalar(select(StatementProfile).where(StatementProfile.name == name))


def _import_one(
    unit: UnitOfWork, command: ImportStatement, file: StatementFile, index: int, kept_as: str
) -> ImportedStatement:
    earlier = unit.session.scalar(
        select(PaymentReconciliation).where(
            PaymentReconciliation.file_sha256 == file.sha256,
            PaymentReconciliation.statement_index == index,
        )
    )
    if earlier is not None:
        if earlier.provider is not command.provider:
            raise ConflictError(
                f"Nothing was imported. This file was already imported as a statement of"
                f" {earlier.provider} by {earlier.imported_by} on"
                f" {shop_date(earlier.imported_at)}."
            )
        return ImportedStatement(
            reconciliation_row(earlier), 0, earlier.total_transactions, already_imported=True
        )
    statement = file.statements[index]
    reconciliation = _new_reconciliation(unit, command, file, index, kept_as)
    unit.session.add(reconciliation)
    unit.session.flush()
    new_lines = _add_new_lines(unit.session, reconciliation, statement)
    known = len(statement.lines) - new_lines
    reconciliation.known_transactions = known
    reconciliation.unmatched_count = new_lines
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
        reconciliation_row(reconciliation), new_lines, known, already_imported=False
    )


def _new_reconciliation(
    unit: UnitOfWork, command: ImportStatement, file: StatementFile, index: int, kept_as: str
) -> PaymentReconciliation:
    statement = file.statements[index]
    days = [line.date for line in statement.lines]
    start = statement.period_start or min(days, default=None)
    end = statement.period_end or max(days, default=None)
    return PaymentReconciliation(
        file_name=command.path.name[:300],
        file_upload=kept_as,
        file_sha256=file.sha256,
        statement_index=index,
        provider=command.provider,
        profile_name=file.profile,
        account=statement.account,
        currency=statement.currency,
        statement_date=end,
        statement_period_start=start,
        statement_period_end=end,
        opening_balance_minor=statement.opening_balance_minor,
        closing_balance_minor=statement.closing_balance_minor,
        balance_gap_minor=statement.balance_gap_minor(),
        total_transactions=len(statement.lines),
        total_amount_minor=sum(line.amount_minor for line in statement.lines),
        status=ReconciliationStatus.PENDING,
        problems=[problem.message for problem in file.problems],
        imported_by=unit.actor_name,
        imported_at=unit.now,
    )


def _add_new_lines(
    session: Session, reconciliation: PaymentReconciliation, statement: Statement
) -> int:
    # Two providers may number alike; the account alone would confuse them where it is unknown.
    marks = fingerprints(f"{reconciliation.provider}:{statement.account}", statement.lines)
    known = known_fingerprints(session, marks)
    pairs = zip(statement.lines, marks, strict=True)
    return add_lines(session, reconciliation.id, (pair for pair in pairs if pair[1] not in known))
