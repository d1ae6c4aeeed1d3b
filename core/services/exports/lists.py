"""Handing any list out as a file: its rows in its order, of one moment, and written down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from core.database.unit_of_work import Database
from core.documents.storage import whole_file
from core.permissions import Actor
from core.services.exports.table import ExportColumn, Exported, Report, write_table
from core.services.lists.keyset import PagedQuestion
from core.services.reports.contract import ExportFormat

RowT = TypeVar("RowT")

_ROWS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class ExportRows(Generic[RowT]):
    """What is handed out: which rows, in which columns, as what, where to.

    ``question`` is the list as its service made it for the person asking; ``total`` is how many
    rows it is known to have, for the progress only. ``chosen`` are rows picked from it, written as
    they were seen. ``subject`` names the list in the trail, ``words`` say which rows they were.
    """

    subject: str
    name: str
    question: PagedQuestion[RowT]
    total: int
    columns: Sequence[ExportColumn[RowT]]
    format: ExportFormat
    path: Path
    words: str = ""
    chosen: Sequence[RowT] | None = None


class ListExport:
    """Writes lists into files; each is written down in the trail."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def export(
        self,
        actor: Actor,
        command: ExportRows[RowT],
        report: Report = lambda _done, _total: None,
    ) -> Exported:
        """Write the rows into a file, as they are at this moment.

        ``report`` is told how far it is, and ends it by raising: then nothing is left behind. Who
        may see a list may hand it out: the question was refused to everybody else.

        Raises:
            StorageError: the file cannot be written; what was there before is untouched.

        """
        chosen = command.chosen
        total = command.total if chosen is None else len(chosen)
        rows = _all(command.question) if chosen is None else iter(chosen)
        with whole_file(command.path) as temporary:
            with command.question.one_moment():
                count = write_table(
                    temporary, command.format, command.name, command.columns, rows, total, report
                )
            # Written down first: a file that nobody knows of is worse than an entry without one.
            exported = Exported(command.path, count)
            titles = [each.title for each in command.columns]
            write_down(
                self._database,
                actor,
                command.subject,
                exported,
                words=command.words,
                format_=command.format,
                titles=titles,
            )
        return exported


def write_down(
    database: Database,
    actor: Actor,
    subject: str,
    exported: Exported,
    *,
    words: str,
    format_: ExportFormat,
    titles: Sequence[str],
) -> None:
    """Write in the trail who hands out which list, in which columns, and how many rows of it."""
    with database.write(actor, beside_others=True) as unit:
        unit.audit(
            f"{subject}:exported",
            subject,
            exported.path.name,
            filter=words,
            count=exported.rows,
            format=format_,
            columns=list(titles),
        )
        unit.commit()


def _all(question: PagedQuestion[RowT]) -> Iterator[RowT]:
    """Yield every row of a list, each stretch found from the row before it."""
    place = 0
    while rows := question.rows(place, _ROWS_AT_ONCE):
        yield from rows
        place += len(rows)
        if len(rows) < _ROWS_AT_ONCE:
            return
