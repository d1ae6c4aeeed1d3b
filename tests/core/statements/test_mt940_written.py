"""A statement written as MT940 or MT942 and read again is the same statement."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.statements.mt940.reader import Mt940Reader
from core.statements.sources import Source
from core.statements.statement import Statement, StatementFile, StatementLine
from tests.core.statements.writers.mt940 import Dialect, sample_files, write

WORD = st.text(
    alphabet="ABCDEFGHIKLMNOPQRSTUVWXYZabcdefgéèü0123456789.,()'", min_size=1, max_size=12
)
CODE = st.text(alphabet="ABCDEFGHIKLMNOPRSTUVWXYZ0123456789", min_size=3, max_size=14)
NAME = st.lists(WORD, min_size=1, max_size=4).map(" ".join)
DAY = st.dates(dt.date(1990, 1, 1), dt.date(2070, 12, 28))


def read(content: bytes, currency: str = "RWF") -> StatementFile:
    source = Source("statement.sta", content, hashlib.sha256(content).hexdigest())
    assert Mt940Reader().accepts(source)
    return Mt940Reader().read(source, None, currency)


@st.composite
def statements(draw, *, information: str) -> Statement:
    currency = draw(st.sampled_from(("RWF", "EUR", "USD", "TND")))
    start = draw(DAY)
    lines = []
    for number in range(1, draw(st.integers(0, 8)) + 1):
        structured = information != "plain"
        day = start + dt.timedelta(days=draw(st.integers(-400, 400)))
        lines.append(
            StatementLine(
                number,
                day,
                draw(st.integers(-(10**11), 10**11).filter(bool)),
                currency,
                value_date=day,
                reference=draw(st.one_of(st.just(""), CODE.map("R{}".format))),
                transaction_id=draw(st.one_of(st.just(""), CODE.map("T{}".format))),
                description=draw(NAME),
                counterparty=draw(NAME)[:54].strip() if structured else "",
                counterparty_account=draw(CODE) if structured else "",
            )
        )
    opening = draw(st.integers(-(10**12), 10**12))
    return Statement(
        draw(CODE),
        currency,
        tuple(lines),
        opening_balance_minor=opening,
        closing_balance_minor=opening + sum(line.amount_minor for line in lines),
        period_start=start,
        period_end=start + dt.timedelta(days=draw(st.integers(0, 40))),
        number=f"{draw(st.integers(1, 99999))}/1",
    )


def reversal(line: StatementLine) -> StatementLine:
    return line._replace(description=f"Reversal {line.description}")


@pytest.mark.parametrize("information", ["plain", "german", "polish", "dutch"])
def test_a_written_statement_is_read_as_it_was(information):
    @settings(max_examples=60, deadline=None)
    @given(
        statements(information=information),
        st.builds(
            Dialect,
            information=st.just(information),
            booked_after_days=st.sampled_from((None, -3, 0, 2)),
            funds_code=st.booleans(),
            reversals=st.booleans(),
            short_amounts=st.booleans(),
            blocks=st.booleans(),
            line_end=st.sampled_from(("\n", "\r\n", "\r")),
            encoding=st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252")),
            before=st.sampled_from(("", "\n\n", "BKIGRWRW\n940\nBKIGRWRW\n")),
        ),
    )
    def holds(statement: Statement, dialect: Dialect) -> None:
        file = read(write([statement], dialect))
        if dialect.reversals:
            statement = replace(statement, lines=tuple(map(reversal, statement.lines)))
        assert file.statements == (statement,)
        assert file.problems == ()

    holds()


@settings(max_examples=60, deadline=None)
@given(statements(information="german"), st.integers(1, 4))
def test_pages_are_one_statement_again(statement, page_lines):
    file = read(write([statement], Dialect("german", page_lines=page_lines)))
    (found,) = file.statements
    assert replace(found, number=statement.number) == statement
    assert file.problems == ()


@settings(max_examples=40, deadline=None)
@given(statements(information="plain").filter(lambda statement: statement.lines))
def test_an_interim_report_has_movements_and_no_balance(statement):
    file = read(write([statement], Dialect(interim=True)))
    (found,) = file.statements
    assert found.lines == statement.lines
    assert (found.opening_balance_minor, found.closing_balance_minor) == (None, None)
    assert file.profile == "MT942"
    assert file.problems == ()


def test_the_samples_are_read_without_a_problem_but_the_date_that_is_none():
    problems = [read(content).problems for content in sample_files()]
    assert problems[:-1] == [()] * (len(problems) - 1)
    (told,) = problems[-1]
    assert "2026-02-28" in told.message
