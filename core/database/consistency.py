"""Checks that the books agree with themselves; each violation is one sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from core.database.day_sums import difference_queries
from core.database.engine import READ_ONLY_OPTION
from core.database.guards import sqlite_guards
from core.database.schema import NEWEST_REVISION

_RULES = {
    "The refunds of payment {0} are {1}, more than the {2} paid (minor units).": """
        SELECT p.payment_id, SUM(r.refund_amount_minor), p.amount_minor
        FROM refund_request r JOIN payment p ON p.id = r.payment_id
        WHERE r.status <> 'rejected'
        GROUP BY p.id HAVING SUM(r.refund_amount_minor) > p.amount_minor""",
    "Payment {0} is refunded, but its completed refunds are not its amount.": """
        SELECT p.payment_id FROM payment p
        WHERE p.status = 'refunded' AND p.amount_minor <> (
            SELECT COALESCE(SUM(r.refund_amount_minor), 0) FROM refund_request r
            WHERE r.payment_id = p.id AND r.status = 'completed')
        AND NOT EXISTS (
            SELECT 1 FROM audit_entry a WHERE a.subject_type = 'payment'
            AND a.subject_id = p.payment_id AND a.action = 'payment:imported')""",
    "Subtotal and tax of invoice {0} are not its total.": """
        SELECT invoice_number FROM invoice WHERE subtotal_minor + tax_minor <> total_minor""",
    "Invoice {0} does not say what payment {1} says.": """
        SELECT i.invoice_number, p.payment_id FROM invoice i JOIN payment p ON p.id = i.payment_id
        WHERE i.total_minor <> p.amount_minor OR i.currency <> p.currency
        OR i.invoice_number IS NOT p.invoice_number""",
    "Payment {0} is {1} but has no invoice number.": """
        SELECT p.payment_id, p.status FROM payment p
        WHERE p.status IN ('completed', 'refunded') AND p.invoice_number IS NULL
        AND NOT EXISTS (
            SELECT 1 FROM audit_entry a WHERE a.subject_type = 'payment'
            AND a.subject_id = p.payment_id AND a.action = 'payment:imported')""",
    "Payment {0} stands in {1} approved matches; one payment is one match.": """
        SELECT p.payment_id, COUNT(*)
        FROM match_payment m JOIN payment p ON p.id = m.payment_id
        WHERE m.active GROUP BY p.id HAVING COUNT(*) > 1""",
    "Line {1} of statement {0} stands in {2} approved matches; one line is one match.": """
        SELECT l.reconciliation_id, l.line_number, COUNT(*)
        FROM match_line m JOIN statement_line l ON l.id = m.line_id
        WHERE m.active GROUP BY l.id HAVING COUNT(*) > 1""",
    "Line {1} of statement {0} is {2}, which its matches do not bear out.": """
        SELECT l.reconciliation_id, l.line_number, l.state FROM statement_line l
        WHERE (l.state = 'matched') <> EXISTS (
            SELECT 1 FROM match_line m WHERE m.line_id = l.id AND m.active = 1)""",
    "Payment {0} stands in an approved match but is not reconciled.": """
        SELECT p.payment_id FROM match_payment m JOIN payment p ON p.id = m.payment_id
        WHERE m.active AND NOT p.reconciled""",
    "Payment {0} is reconciled but {1}.": """
        SELECT p.payment_id, p.status FROM payment p
        WHERE p.reconciled AND p.status NOT IN ('completed', 'refunded')""",
}

_OWN_NUMBERS = """
    SELECT p.invoice_number, EXISTS (
        SELECT 1 FROM audit_entry a WHERE a.subject_type = 'payment'
        AND a.subject_id = p.payment_id AND a.action = 'payment:imported')
    FROM payment p
    WHERE p.invoice_number GLOB 'INV-[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]-[0-9]*'"""


def check(engine: Engine) -> tuple[str, ...]:
    """Return a sentence for each thing in the books that cannot be right; none when all is well."""
    reader = engine.execution_options(**{READ_ONLY_OPTION: True})
    try:
        with reader.connect() as connection:
            return tuple(_sentences(connection))
    except DBAPIError as error:
        return (f"The shop's file is damaged: {error.orig}.",)


def _sentences(connection: Connection) -> Iterator[str]:
    for (answer,) in connection.execute(text("PRAGMA integrity_check")).all():
        if answer != "ok":
            yield f"The shop's file is damaged: {answer}."
    for table, row_id, parent, _ in connection.execute(text("PRAGMA foreign_key_check")).all():
        yield f"Row {row_id} of {table} points at a row of {parent} that is not there."
    for sentence, query in _RULES.items():
        for row in connection.execute(text(query)).all():
            yield sentence.format(*row)
    yield from _number_gaps(connection)
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if revision == NEWEST_REVISION:  # else an upgrade brings the sums and guards of this version
        yield from _wrong_sums(connection)
        yield from _changed_guards(connection)


def _number_gaps(connection: Connection) -> Iterator[str]:
    """Yield the numbers of the shop's own series that no payment bears.

    Below the highest number brought in by an import nothing can be said: such a number moves the
    series on past numbers that another program may have given out.
    """
    numbers: defaultdict[str, set[int]] = defaultdict(set)
    imported: defaultdict[str, int] = defaultdict(int)
    for full_number, is_imported in connection.execute(text(_OWN_NUMBERS)):
        series, _, digits = full_number.rpartition("-")
        if not digits.isdecimal():
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


def _wrong_sums(connection: Connection) -> Iterator[str]:
    """Yield the days whose kept sums, which the reports show, are not those of their rows."""
    for table, query in difference_queries().items():
        for (day,) in connection.execute(text(query)).all():
            yield f"The sums of {day} in {table} are not those of its rows."


def _changed_guards(connection: Connection) -> Iterator[str]:
    """Yield the guards that somebody took out or changed to get around the program's rules."""
    triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type='trigger'"))
    present = {row.name: row.sql for row in triggers}
    for name, sql in sqlite_guards().items():
        if present.get(name) != sql:
            what = "changed" if name in present else "taken out"
            yield f"The database's guard {name} was {what}: the rules it keeps may be broken."
