"""What a writer of delimited text puts down is read back as the same statement."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from core.statements.sources import Source
from core.statements.statement import Statement, StatementFile, StatementLine
from core.statements.tables.csv_reader import CsvReader
from tests.core.statements.writers.delimited import Dialect, sample_files, write

_WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyzABCDEFGHé -,;|\"'/", max_size=24).map(
    lambda text: " ".join(text.split())
)


def _read(content: bytes) -> StatementFile:
    source = Source("sample.csv", content, hashlib.sha256(content).hexdigest())
    return CsvReader().read(source, None, "RWF")


@st.composite
def _statements(draw: st.DrawFn) -> Statement:
    currency = draw(st.sampled_from(["RWF", "EUR", "USD"]))
    opening = draw(st.integers(-(10**7), 10**9))
    day = draw(st.dates(date(2020, 1, 1), date(2027, 12, 1)))
    balance = opening
    lines = []
    amounts = draw(st.lists(st.integers(-(10**8), 10**8).filter(bool), min_size=4, max_size=40))
    for number, amount in enumerate(amounts):
        day += timedelta(days=draw(st.integers(1, 20)))
        balance += amount
        lines.append(
            StatementLine(
                line=0,
                date=day,
                amount_minor=amount,
                currency=currency,
                value_date=day,
                balance_minor=balance,
                reference=f"FT{number}X",
                description=draw(_WORDS),
            )
        )
    return Statement(
        account=str(draw(st.integers(10**6, 10**12))),
        currency=currency,
        lines=tuple(lines),
        opening_balance_minor=opening,
        closing_balance_minor=balance,
        period_start=lines[0].date,
        period_end=lines[-1].date,
    )


@st.composite
def _dialects(draw: st.DrawFn) -> Dialect:
    decimal_mark, thousands = draw(
        st.sampled_from([(".", ""), (".", ","), (".", "'"), (",", "."), (",", " "), (",", "")])
    )
    return Dialect(
        delimiter=draw(st.sampled_from([",", ";", "\t", "|"])),
        decimal_mark=decimal_mark,
        thousands=thousands,
        date_format=draw(st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d %b %Y", "%d-%b-%y"])),
        signs=draw(st.sampled_from(["columns", "signed", "words"])),
        newest_first=draw(st.booleans()),
        totals=draw(st.booleans()),
        encoding=draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])),
        line_end=draw(st.sampled_from(["\n", "\r\n", "\r"])),
        quoted=draw(st.booleans()),
    )


@settings(max_examples=150, deadline=None)
@given(_statements(), _dialects())
def test_a_statement_written_in_any_dialect_is_read_back_the_same(
    statement: Statement, dialect: Dialect
) -> None:
    file = _read(write([statement], dialect))
    (found,) = file.statements
    lines = found.lines[::-1] if dialect.newest_first else found.lines
    assert tuple(line._replace(line=0) for line in lines) == statement.lines
    assert replace(found, lines=()) == replace(statement, lines=())
    assert file.problems == ()
    assert not file.date_order_unsure


def test_every_sample_is_read_without_a_doubt() -> None:
    for content in sample_files():
        file = _read(content)
        assert file.problems == ()
        assert all(len(statement.lines) >= 4 for statement in file.statements)
