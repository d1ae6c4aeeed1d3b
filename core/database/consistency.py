"""Checks that the books agree with themselves; each violation is one sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.database.audit_chains import verify_chains
from core.database.consistency_rules import RULES
from core.database.day_sums import difference_queries
from core.database.engine import READ_ONLY_OPTION, is_server
from core.database.guards import sqlite_guards
from core.database.schema import NEWEST_REVISION

_OWN_NUMBERS = """
    SELECT p.invoice_number, EXISTS (
        SELECT 1 FROM audit_entry a WHERE a.subject_type = 'payment'
        AND a.subject_id = p.payment_id AND a.action = 'payment:imported')
    FROM payment p
    WHERE p.invoice_number LIKE 'INV-________-_%'"""


def check(engine: Engine) -> tuple[str, ...]:
    """Return a sentence for each thing in the books that cannot be right; none when all is well."""
    reader = engine.execution_options(**{READ_ONLY_OPTION: True})
    try:
        with reader.connect() as connection:
            return check_within(connection)
    except DBAPIError as error:
        return (f"The shop's file is damaged: {error.orig}.",)


def check_within(connection: Connection) -> tuple[str, ...]:
    """Return the same of a shop as a transaction sees it, with what it has not committed yet."""
    return tuple(_sentences(connection))


def _sentences(connection: Connection) -> Iterator[str]:
    on_server = is_server(connection)
    if not on_server:
        yield from _damages(connection)
    # As they stand: SQLAlchemy would take longer to read the queries than the database to answer.
    plain = connection.execution_options(no_parameters=True)
    for sentence, query in RULES.items():
        for row in plain.exec_driver_sql(query).all():
            yield sentence.format(*row)
    yield from _number_gaps(connection)
    yield from _credit_note_gaps(connection)
    yield from _broken_chains(connection)
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if revision == NEWEST_REVISION:  # else an upgrade brings the sums and guards of this version
        yield from _wrong_sums(connection, on_server=on_server)
        yield from _changed_server_guards(connection) if on_server else _changed_guards(connection)


def _damages(connection: Connection) -> Iterator[str]:
    """Yield where a shop's own file is no whole database any more."""
    for (answer,) in connection.execute(text("PRAGMA integrity_check")).all():
        if answer != "ok":
            yield f"The shop's file is damaged: {answer}."
    for table, row_id, parent, _ in connection.execute(text("PRAGMA foreign_key_check")).all():
        yield f"Row {row_id} of {table} points at a row of {parent} that is not there."


def _number_gaps(connection: Connection) -> Iterator[str]:
    """Yield the numbers of the shop's own series that no payment bears.

    Below the highest number brought in by an import nothing can be said: such a number moves the
    series on past numbers that another program may have given out.
    """
    numbers: defaultdict[str, set[int]] = defaultdict(set)
    imported: defaultdict[str, int] = defaultdict(int)
    for full_number, is_imported in connection.exec_driver_sql(_OWN_NUMBERS):
        series, _, digits = full_number.rpartition("-")
        if not (digits.isdecimal() and series.removeprefix("INV-").isdecimal()):
            continue
        numbers[series].add(int(digits))
        if is_imported:
            imported[series] = max(imported[series], int(digits))
    series_rows = connection.execute(
        text("SELECT name, last_number FROM number_series WHERE name LIKE 'INV-%' ORDER BY name")
    )
    for series, last_number in series_rows.all():
        borne = numbers[series]
        for number in range(imported[series] + 1, last_number + 1):
            if number not in borne:
                yield f"Invoice number {series}-{number:05d} was drawn, but no payment bears it."
        if borne and max(borne) > last_number:
            yield f"Series {series} stands at {last_number}, behind its number {max(borne):05d}."


def _credit_note_gaps(connection: Connection) -> Iterator[str]:
    """Yield the numbers of credit notes that were drawn and that no note bears, or the reverse."""
    numbers: defaultdict[str, set[int]] = defaultdict(set)
    for (full_number,) in connection.execute(text("SELECT credit_note_number FROM credit_note")):
        series, _, digits = full_number.rpartition("-")
        if digits.isdecimal():
            numbers[series].add(int(digits))
    rows = connection.execute(
        text("SELECT name, last_number FROM number_series WHERE name LIKE 'CN-%' ORDER BY name")
    )
    last = {row.name: row.last_number for row in rows}
    for series in sorted(last.keys() | numbers.keys()):
        for number in range(1, last.get(series, 0) + 1):
            if number not in numbers[series]:
                yield f"Credit note number {series}-{number:05d} was drawn, but no note bears it."
        if numbers[series] and max(numbers[series]) > last.get(series, 0):
            highest, stands = max(numbers[series]), last.get(series, 0)
            yield f"Series {series} stands at {stands}, behind its number {highest:05d}."


def _broken_chains(connection: Connection) -> Iterator[str]:
    """Yield where the audit trail was changed."""
    with Session(connection) as session:
        _, breaks = verify_chains(session)
    for each in breaks:
        yield each.sentence


def _wrong_sums(connection: Connection, *, on_server: bool) -> Iterator[str]:
    """Yield the days whose kept sums, which the reports show, are not those of their rows."""
    for table, query in difference_queries(on_server=on_server).items():
        for (day,) in connection.exec_driver_sql(query).all():
            yield f"The sums of {day} in {table} are not those of its rows."


def _changed_guards(connection: Connection) -> Iterator[str]:
    """Yield the guards that somebody took out or changed to get around the program's rules."""
    triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type='trigger'"))
    present = {row.name: row.sql for row in triggers}
    for name, sql in sqlite_guards().items():
        if present.get(name) != sql:
            what = "changed" if name in present else "taken out"
            yield f"The database's guard {name} was {what}: the rules it keeps may be broken."


def _changed_server_guards(connection: Connection) -> Iterator[str]:
    from core.database.postgresql.additions import additions  # noqa: PLC0415 - as below
    from core.database.postgresql.guards import changed_guards  # noqa: PLC0415 - a shop of one desk owes none of it

    for name, what in changed_guards(connection):
        yield f"The database's guard {name} was {what}: the rules it keeps may be broken."
    yield from additions(connection)
