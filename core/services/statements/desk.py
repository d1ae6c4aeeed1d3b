"""Receiving statements: look into a file, remember what was answered, take the new lines in."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select

from core.database.bulk import room_for_many
from core.database.unit_of_work import Database
from core.errors import NotFoundError, UnreadableFileError
from core.model.reconciliations import PaymentReconciliation, StatementProvider
from core.money import DEFAULT_CURRENCY
from core.permissions import Actor, Permission
from core.services.proposing.standby import Standby
from core.services.statements import profiles
from core.services.statements.archive import (
    ARCHIVE_FOLDER,
    OPENED_FOLDER,
    copy_name,
    drop_pasted,
    keep_original,
    keep_pasted,
    original_content,
)
from core.services.statements.importing import (
    ChosenAccount,
    ImportedStatement,
    ImportStatement,
    booked_accounts,
    frame_of,
    guessed_frame,
    import_account,
)
from core.services.statements.known_lines import Standing, standing_of
from core.services.statements.looking import Asked, LookedInto, Looking, unsure_dates
from core.services.statements.memory import (
    GivenAnswers,
    RememberedAnswer,
    forget,
    remember,
    remembered,
)
from core.services.statements.opening import NOBODY, Watch, read_file, read_table
from core.statements.profile import ColumnProfile
from core.statements.sources import RawTable
from core.statements.statement import StatementFile

__all__ = [
    "ARCHIVE_FOLDER",
    "Asked",
    "ChosenAccount",
    "ImportStatement",
    "ImportedStatement",
    "LookedInto",
    "RememberedAnswer",
    "StatementDesk",
]


_LARGE_FILE_BYTES = 100_000


class StatementDesk:
    """The verbs before matching; nothing is stored until a file is imported."""

    def __init__(self, database: Database, folder: Path, standby: Standby | None = None) -> None:
        self._database = database
        self._folder = folder
        self._standby = standby or Standby(database)

    # Looking

    def read(
        self,
        path: Path,
        *,
        profile_name: str = "",
        currency: str = DEFAULT_CURRENCY,
        profile: ColumnProfile | None = None,
        watch: Watch = NOBODY,
    ) -> StatementFile:
        """Read a file and store nothing; ``profile`` is a mapping that has no name yet.

        Raises:
            UnreadableFileError: the file cannot be read or trusted; the message says why.
            InvalidInputError: there is no profile of that name.

        """
        chosen = self.profile(profile_name) if profile_name else profile
        return read_file(path, profile=chosen, currency=currency, watch=watch)

    def look(self, path: Path, asked: Asked | None = None, *, watch: Watch = NOBODY) -> LookedInto:
        """Read a file as asked or as remembered, and tell what the shop has of it already.

        Raises:
            UnreadableFileError: it is no statement at all; nothing can be mapped.
            InvalidInputError: there is no profile of the name asked for.

        """
        return Looking(self._database, path, asked or Asked(), watch).look()

    def table(
        self,
        path: Path,
        profile: ColumnProfile | None = None,
        *,
        watch: Watch = NOBODY,
    ) -> RawTable:
        """Return a file's raw cells and what the columns are taken for, to map them by hand."""
        return read_table(path, profile=profile, watch=watch)

    def standing(
        self, file: StatementFile, providers: Sequence[StatementProvider]
    ) -> tuple[Standing, ...]:
        """Return how many lines of each account are new, if these providers sent them."""
        with self._database.read() as session:
            return standing_of(session, file, providers)

    # Column profiles

    def profiles(self) -> tuple[str, ...]:
        """Return the names of the saved column profiles."""
        return profiles.saved_names(self._database)

    def builtin_profiles(self) -> tuple[str, ...]:
        """Return the names of the column profiles that come with the program."""
        return profiles.builtin_names()

    def profile(self, name: str) -> ColumnProfile:
        """Return a saved or built-in column profile.

        Raises:
            InvalidInputError: there is none of that name.

        """
        return profiles.profile_named(self._database, name)

    def save_profile(self, actor: Actor, profile: ColumnProfile) -> None:
        """Remember a column mapping under its name, replacing an older one of that name."""
        profiles.save_profile(self._database, actor, profile)

    # What was remembered per account

    def remembered(self, actor: Actor) -> tuple[RememberedAnswer, ...]:
        """Return what is remembered about the accounts, the newest first."""
        self._database.require(actor, Permission.RECONCILE)
        with self._database.read() as session:
            return remembered(session)

    def forget(self, actor: Actor, answer_id: int) -> None:
        """Forget an account's answers: its next file is asked about again.

        Raises:
            NotFoundError: it was forgotten already.

        """
        self._database.require(actor, Permission.RECONCILE)
        with self._database.write(actor) as unit:
            forget(unit, answer_id)
            unit.commit()

    # Taking in

    def expect_files(self, actor: Actor) -> None:
        """Make ready what a large statement is matched with: somebody is where files are brought.

        Said again whenever they do something there. It asks the shop how large it is.
        """
        self._database.require(actor, Permission.RECONCILE)
        self._standby.expect()

    def expect_no_files(self) -> None:
        """Let go before long of what was made ready: nobody is there any more."""
        self._standby.expect_no_more()

    def import_file(self, actor: Actor, command: ImportStatement) -> tuple[ImportedStatement, ...]:
        """Take a statement in: only lines the shop does not have yet, one result per account.

        The same file again adds nothing and returns what the first time made. What the file was
        read with is remembered for its accounts.

        Raises:
            UnreadableFileError: the file cannot be read or trusted.
            InvalidInputError: nothing tells which number of its dates is the day.
            ConflictError: the file changed since it was looked into, was imported before as
                another provider's, or nothing in it is booked yet.
            StorageError: the original cannot be kept.

        """
        self._database.require(actor, Permission.RECONCILE)
        if not _is_large(command.path):
            return self._taken_in(actor, command, None)
        self._standby.start()
        self._standby.read_ahead(guessed_frame(command))
        try:
            return self._taken_in(actor, command, self._standby)
        except BaseException:
            self._standby.end()  # what it began is about nothing
            raise

    def _taken_in(
        self, actor: Actor, command: ImportStatement, standby: Standby | None
    ) -> tuple[ImportedStatement, ...]:
        """Take a statement in while a process begins to match it, if one stands by."""
        looked = (
            command.looked
            or Looking(
                self._database,
                command.path,
                Asked(command.profile_name or None, command.date_order, _asked_currency(command)),
                NOBODY,
            ).read()
        )
        if looked.file is None:
            raise UnreadableFileError(looked.refusal)
        if looked.date_question is not None:
            raise unsure_dates(looked.date_question, command.path.name)
        file = looked.file
        chosen = booked_accounts(command, file)
        if standby is not None:
            standby.frame_known(frame_of(file.statements[chosen[0].index], chosen[0].provider))
        kept_as = keep_original(self._folder, command.path, file)
        if standby is not None:
            standby.wait_until_read(len(file.statements[chosen[0].index].lines))
        with self._database.write(actor) as unit, room_for_many(unit.session):
            results = tuple(
                import_account(
                    unit, command.path, file, each, kept_as, standby if each is chosen[0] else None
                )
                for each in chosen
            )
            remember(
                unit,
                [(file.statements[each.index].account, each.provider) for each in chosen],
                GivenAnswers(
                    looked.layout, looked.profile_name, looked.date_order, looked.currency
                ),
            )
            unit.commit()
            return results

    def paste(self, actor: Actor, text: str) -> Path:
        """Keep pasted messages as a file to look into; ``drop_pasted`` takes it away again.

        Raises:
            InvalidInputError: there is no text.
            StorageError: it cannot be written.

        """
        self._database.require(actor, Permission.RECONCILE)
        return keep_pasted(self._folder, text, self._database.clock())

    def drop_pasted(self, path: Path) -> None:
        """Take pasted text away once it is imported or not wanted; other files stay."""
        drop_pasted(self._folder, path)

    # The original

    def original(self, actor: Actor, reconciliation_id: str) -> Path:
        """Return a copy of the file a reconciliation was made from, to be opened and looked at.

        Raises:
            NotFoundError: there is no such reconciliation.
            StorageError: the original is missing or was changed, or the copy cannot be written.

        """
        return self._copy(actor, reconciliation_id, None)

    def save_original(self, actor: Actor, reconciliation_id: str, target: Path) -> Path:
        """Write a copy of the original where the person wants it.

        Raises:
            NotFoundError, StorageError: as ``original``.

        """
        return self._copy(actor, reconciliation_id, target)

    def _copy(self, actor: Actor, reconciliation_id: str, target: Path | None) -> Path:
        from core.documents.storage import write_document  # noqa: PLC0415 - not owed at start

        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            row = session.scalar(
                select(PaymentReconciliation).where(
                    PaymentReconciliation.reconciliation_id == reconciliation_id
                )
            )
            if row is None:
                raise NotFoundError("There is no such reconciliation.")
            name, kept_as, sha256 = row.file_name, row.file_upload, row.file_sha256
        content = original_content(self._folder, kept_as, sha256, name)
        if target is None:
            # A folder of its own per file: the copy may carry the sender's name.
            place = self._folder / OPENED_FOLDER / sha256[:16]
            shutil.rmtree(place, ignore_errors=True)
            target = place / copy_name(name, kept_as)
        write_document(target, content)
        return target


def _asked_currency(command: ImportStatement) -> str:
    """Return the currency asked for; the shop's own is what is assumed anyway."""
    return "" if command.currency == DEFAULT_CURRENCY else command.currency


def _is_large(path: Path) -> bool:
    """Tell whether a file may hold so many lines that a process of its own matches them."""
    try:
        return path.stat().st_size >= _LARGE_FILE_BYTES
    except OSError:
        return False  # whoever reads it says what is wrong
