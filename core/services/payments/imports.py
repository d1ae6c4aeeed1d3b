"""Taking in payments that another program recorded: every row once, whatever is read how often.

Good rows go in, refused ones are reported with their place and reason. Rows are written in
stretches, each one transaction, so that a long file keeps no other desk waiting and a kill in the
middle is healed by importing the file again.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from core.database.unit_of_work import Database
from core.errors import InvalidInputError, StorageError
from core.permissions import Actor, Permission
from core.services.payments.files import PaymentRecord, open_payment_file
from core.services.payments.import_report import ImportedRow, ImportReport
from core.services.payments.import_stretch import Stretch, StretchRow
from core.services.payments.json_form import read_document

ROWS_AT_ONCE = 500
_NAMESPACE = uuid.UUID("7a3a1f2e-6c1b-5d0e-9f43-1b6d4f1c2e58")


@dataclass(slots=True)
class _Tally:
    new: int = 0
    known: int = 0
    refused: list[ImportedRow] = field(default_factory=list)


class ImportService:
    """Imports files of payments."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def import_file(self, actor: Actor, path: Path) -> ImportReport:
        """Take in the payments of a JSON, JSON Lines or CSV file; a second time changes nothing.

        Raises:
            NotAllowedError: the person may not import payments.
            UnreadableFileError: the file cannot be read to its end; nothing was imported.
            StorageError: the disk is full or failing; the message says what was imported.

        """
        self._database.require(actor, Permission.IMPORT_PAYMENTS)
        file = open_payment_file(path)
        tally = _Tally()
        for rows in _stretches(_read(file.records())):
            try:
                with self._database.write(actor) as unit:
                    new, known, refused = Stretch(unit, actor, rows).take()
                    unit.commit()
            except StorageError as error:
                raise _stopped(error, tally) from error
            tally.new += new
            tally.known += known
            tally.refused += refused
        with self._database.write(actor) as unit:
            unit.audit(
                "payments:imported",
                "file",
                file.sha256,
                file=file.name,
                new=tally.new,
                known=tally.known,
                refused=len(tally.refused),
            )
            unit.commit()
        return ImportReport(file.name, tally.new, tally.known, tuple(tally.refused))


def _read(records: Iterable[PaymentRecord]) -> Iterator[StretchRow]:
    """Check the records one by one and give each payment without an id its own.

    Such an id comes from the row's contents and from how often they were there before, so that
    the same file gives the same ids and two truly equal rows stay two.
    """
    occurrences: dict[str, int] = {}
    for record in records:
        given = record.fields.get("payment_id")
        given_id = given[:64] if isinstance(given, str) else ""
        if record.problem:
            yield StretchRow(record.position, given_id, None, record.problem)
            continue
        try:
            document = read_document(record.fields)
        except InvalidInputError as error:
            yield StretchRow(record.position, given_id, None, error.message)
            continue
        if document.payment_id is None:
            said = document.fingerprint
            occurrences[said] = occurrences.get(said, 0) + 1
            own_id = str(uuid.uuid5(_NAMESPACE, f"{said}#{occurrences[said]}"))
            document = replace(document, payment_id=own_id)
        yield StretchRow(record.position, given_id, document)


def _stretches(rows: Iterator[StretchRow]) -> Iterator[list[StretchRow]]:
    while stretch := list(islice(rows, ROWS_AT_ONCE)):
        yield stretch


def _stopped(error: StorageError, tally: _Tally) -> StorageError:
    if not tally.new:
        return error
    return StorageError(
        f"{tally.new} payments were imported, then the disk or the database refused the rest:"
        " put that right and import the same file again.",
        details=error.details or error.message,
    )
