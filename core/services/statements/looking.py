"""Looking into a file before anything is stored: how it is read, and what the shop has of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from core.database.unit_of_work import Database
from core.errors import InvalidInputError, UnreadableFileError
from core.model.reconciliations import StatementProvider
from core.money import DEFAULT_CURRENCY
from core.services.rows import ReconciliationRow
from core.services.statements.known_lines import Standing, standing_of
from core.services.statements.layouts import (
    FileLayout,
    columnless_layout,
    has_columns,
    layout_of_header,
    layout_of_table,
    possible_marks,
)
from core.services.statements.memory import RememberedAnswer, answer_for, remembered
from core.services.statements.opening import Watch, read_file, read_table
from core.services.statements.profiles import profile_named, saved_names
from core.services.statements.providers import likely_provider
from core.services.statements.verdicts import AccountVerdict, verdict_of
from core.statements.profile import ColumnProfile, Role, plain
from core.statements.sources import RawTable
from core.statements.statement import StatementFile, StatementLine
from core.statements.tables.columns import layout_by_profile

ORDERS = ("dmy", "mdy")
"""What may be meant where a file does not show which number is the day."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How a person wants a file read.

    ``profile_name`` None means as remembered, "" by the file itself. An empty ``date_order`` or
    ``currency`` means as remembered or as the file shows.
    """

    profile_name: str | None = None
    date_order: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class DateReading:
    """What comes of one order of day and month: the first and last day, and the example's."""

    order: str
    first: date
    last: date
    example: date


@dataclass(frozen=True, slots=True)
class DateQuestion:
    """Which number is the day? ``written`` is a date of the file that may be read both ways."""

    written: str
    readings: tuple[DateReading, ...]


@dataclass(frozen=True, slots=True)
class AccountSeen:
    """One account (statement) of a file: who sent it, whether it adds up, what is new in it.

    ``earlier`` is what was made when this very file was imported before. ``answer`` is what was
    remembered of the account.
    """

    index: int
    provider: StatementProvider
    verdict: AccountVerdict
    standing: Standing
    answer: RememberedAnswer | None

    @property
    def earlier(self) -> ReconciliationRow | None:
        """What this very file made when it was imported before."""
        return self.standing.earlier


@dataclass(frozen=True, slots=True)
class LookedInto:
    """A file that was read and not stored.

    ``file`` is None where its columns are not known: ``refusal`` says so, and ``table`` is what
    can be mapped. ``profile_name``, ``date_order`` and ``currency`` are what it was read with,
    asked for or remembered.
    """

    path: Path
    file: StatementFile | None
    table: RawTable | None
    layout: FileLayout
    saved_profiles: tuple[str, ...]
    profile_name: str = ""
    date_order: str = ""
    currency: str = ""
    accounts: tuple[AccountSeen, ...] = ()
    date_question: DateQuestion | None = None
    refusal: str = ""

    @property
    def is_table(self) -> bool:
        """Tell whether the file has columns that can be mapped."""
        return self.file is None or has_columns(self.file.format)

    @property
    def answers(self) -> tuple[RememberedAnswer, ...]:
        """What was remembered of the file's accounts."""
        return tuple(account.answer for account in self.accounts if account.answer)


@dataclass(frozen=True, slots=True)
class _Read:
    """A file as read so far, and with what."""

    file: StatementFile
    profile_name: str = ""
    date_order: str = ""
    currency: str = ""


class Looking:
    """One look into one file; every step of reading goes through ``opening``."""

    def __init__(self, database: Database, path: Path, asked: Asked, watch: Watch) -> None:
        self._database = database
        self._path = path
        self._asked = asked
        self._watch = watch
        self._saved = saved_names(database)

    def look(self) -> LookedInto:
        """Return the file with what the shop knows of it.

        Raises:
            UnreadableFileError: it is no statement at all; nothing can be mapped.
            InvalidInputError: there is no profile of the name asked for.

        """
        looked = self.read()
        if looked.file is None:
            return looked
        return replace(looked, accounts=self._accounts(looked, looked.file))

    def read(self) -> LookedInto:
        """Return the file as it is read; of its accounts nothing is said.

        Raises:
            UnreadableFileError, InvalidInputError: as ``look``.

        """
        try:
            read = self._read(self._asked.profile_name or "")
        except UnreadableFileError as error:
            found = self._read_as_before(error)
            if isinstance(found, LookedInto):
                return found
            read = found
        layout = self._layout(read)
        with self._database.read() as session:
            answers = remembered(session, layouts=[layout.mark])
        read = self._with_remembered(read, answers)
        if self._asked.profile_name is None and not read.profile_name:
            read = self._with_remembered_profile(read, answers)
        question = self._date_question(read)
        return LookedInto(
            path=self._path,
            file=read.file,
            table=None,
            layout=layout,
            saved_profiles=self._saved,
            profile_name=read.profile_name,
            date_order=read.date_order,
            currency=read.currency,
            date_question=question,
        )

    def _read(self, profile_name: str, date_order: str = "", currency: str = "") -> _Read:
        date_order = date_order or self._asked.date_order
        currency = currency or self._asked.currency
        profile = profile_named(self._database, profile_name) if profile_name else None
        file = read_file(
            self._path,
            profile=_ordered(profile, date_order),
            currency=currency or DEFAULT_CURRENCY,
            watch=self._watch,
        )
        return _Read(file, profile_name, date_order, currency)

    def _read_as_before(self, error: UnreadableFileError) -> _Read | LookedInto:
        """Read a table of unknown columns as such a table was read before, or let it be mapped."""
        try:
            table = read_table(self._path, watch=self._watch)
        except UnreadableFileError:
            raise error from None
        if self._asked.profile_name is None:
            for name in self._profiles_for(table):
                try:
                    read = self._read(name)
                except (UnreadableFileError, InvalidInputError):
                    continue
                if read.file.lines:
                    return read
        return LookedInto(
            path=self._path,
            file=None,
            table=table,
            layout=layout_of_table(table),
            saved_profiles=self._saved,
            profile_name=self._asked.profile_name or "",
            refusal=error.message,
        )

    def _profiles_for(self, table: RawTable) -> tuple[str, ...]:
        """Return what such a table was read by; else the one saved profile that fits it.

        Where several were used for one layout, or several fit, to choose would be a guess.
        """
        with self._database.read() as session:
            answers = remembered(session, layouts=possible_marks(table))
        names = dict.fromkeys(each.profile_name for each in answers if each.profile_name)
        if len(names) == 1:
            return tuple(names)
        fitting = [
            name
            for name in (names or self._saved)
            if layout_by_profile(profile_named(self._database, name), table.rows)
        ]
        return tuple(fitting) if len(fitting) == 1 else ()

    def _layout(self, read: _Read) -> FileLayout:
        if not has_columns(read.file.format):
            return columnless_layout(read.file.format)
        if read.file.header:
            return layout_of_header(read.file.header)
        return layout_of_table(self._table(read))

    def _table(self, read: _Read) -> RawTable:
        profile = profile_named(self._database, read.profile_name) if read.profile_name else None
        return read_table(self._path, profile=_ordered(profile, read.date_order), watch=self._watch)

    def _with_remembered(self, read: _Read, answers: Sequence[RememberedAnswer]) -> _Read:
        """Read again with the order of dates and the currency that the file does not tell."""
        own = [answer_for(answers, each.account) for each in read.file.statements]
        orders = {each.date_order if each else "" for each in own}
        order = orders.pop() if len(orders) == 1 and read.file.date_order_unsure else ""
        currencies = {each.currency if each else "" for each in own}
        currency = currencies.pop() if len(currencies) == 1 else ""
        named = {each.currency for each in read.file.statements}
        if read.date_order:
            order = ""
        if read.currency or currency in named:
            currency = ""
        if not order and not currency:
            return read
        return self._read(read.profile_name, order, currency)

    def _with_remembered_profile(self, read: _Read, answers: Sequence[RememberedAnswer]) -> _Read:
        """Read again by the mapping that a person preferred to what was found by itself."""
        own = [answer_for(answers, each.account) for each in read.file.statements]
        names = {each.profile_name if each else "" for each in own}
        name = names.pop() if len(names) == 1 else ""
        if not name:
            return read
        try:
            return self._read(name, read.date_order, read.currency)
        except (UnreadableFileError, InvalidInputError):
            # The mapping of that name was changed since; the file reads by itself.
            return read

    def _date_question(self, read: _Read) -> DateQuestion | None:
        if not read.file.date_order_unsure or read.date_order or not read.file.lines:
            return None
        files = [read.file, self._read(read.profile_name, ORDERS[1], read.currency).file]
        pairs = zip(files[0].lines, files[1].lines, strict=False)
        shown = next(((a, b) for a, b in pairs if a.date != b.date), None)
        if shown is None:
            return None
        readings = []
        for order, file, line in zip(ORDERS, files, shown, strict=True):
            days = [each.date for each in file.lines]
            readings.append(DateReading(order, min(days), max(days), line.date))
        table = self._table(read) if has_columns(read.file.format) else None
        return DateQuestion(_as_written(shown[0], table), tuple(readings))

    def _accounts(self, looked: LookedInto, file: StatementFile) -> tuple[AccountSeen, ...]:
        with self._database.read() as session:
            answers = remembered(session, layouts=[looked.layout.mark])
            own = [answer_for(answers, each.account) for each in file.statements]
            providers = [
                answer.provider
                if answer
                else likely_provider(self._path, file, statement, looked.profile_name)
                for answer, statement in zip(own, file.statements, strict=True)
            ]
            standings = standing_of(session, file, providers)
        return tuple(
            AccountSeen(
                index=standing.index,
                provider=standing.earlier.provider if standing.earlier else provider,
                verdict=verdict_of(statement),
                standing=standing,
                answer=answer,
            )
            for standing, provider, statement, answer in zip(
                standings, providers, file.statements, own, strict=True
            )
        )


def unsure_dates(question: DateQuestion, name: str) -> InvalidInputError:
    """Return the refusal of a file whose dates may be read in two ways."""
    first, second = question.readings
    return InvalidInputError(
        f"Nothing was imported. “{name}” does not show which number is the day: {question.written}"
        f" may be {_in_words(first.example)} or {_in_words(second.example)}.",
        field="date_order",
    )


def _in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _ordered(profile: ColumnProfile | None, date_order: str) -> ColumnProfile | None:
    """Return a profile that carries the person's answer about day and month."""
    if not date_order:
        return profile
    if profile is None:
        return ColumnProfile(name="", date_order=date_order)
    return replace(profile, date_order=date_order)


def _as_written(line: StatementLine, table: RawTable | None) -> str:
    """Return a line's date as the file writes it; else as it would with slashes."""
    cell = _date_cell(line, table) if table is not None else ""
    return cell or f"{line.date:%d/%m/%Y}"


def _date_cell(line: StatementLine, table: RawTable) -> str:
    if table.profile is None or table.header_row is None or line.line > len(table.rows):
        return ""
    names = [plain(cell) for cell in table.rows[table.header_row]]
    row = table.rows[line.line - 1]
    for header in table.profile.headers(Role.DATE):
        if plain(header) in names:
            place = names.index(plain(header))
            return row[place].strip()[:20] if place < len(row) else ""
    return ""
