"""A table read column by column gives exactly what reading it row by row gives."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.statements.profile import ColumnProfile, SignRule
from core.statements.tables.assembling import (
    Assembled,
    assemble,
    assemble_carefully,
    assemble_plainly,
)
from core.statements.tables.cells import Body
from core.statements.tables.conventions import conventions_of
from core.statements.tables.entries import RowReader
from core.statements.tables.recognition import recognise
from core.statements.tables.text import Table, text_table
from tests.core.statements.writers.delimited import Dialect, sample, write

ROWS = 30


def _reader(table: Table, profile: ColumnProfile | None) -> tuple[RowReader, ColumnProfile | None]:
    recognised = recognise(table, profile)
    assert recognised is not None
    layout, used = recognised
    body = Body(table.rows, layout.first_row)
    conventions = conventions_of(layout, table.rows, body, used)
    return RowReader(layout, table.rows, body, conventions, _untold, tidy=table.tidy), used


def _untold(_done: int, _total: int) -> None:
    """Tell nobody."""


def _both(text: str, profile: ColumnProfile | None = None) -> tuple[Assembled | None, Assembled]:
    table = text_table(text.encode(), "sample.csv", None)
    reader, used = _reader(table, profile)
    fast = assemble_plainly(table, reader, used, "RWF")
    reader, used = _reader(table, profile)
    return fast, assemble_carefully(table, reader, used, "RWF")


def _text(rows: list[list[str]], delimiter: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _header(kind: str, *, with_fee: bool, with_balance: bool) -> list[str]:
    named = {
        "columns": ["Debit", "Credit"],
        "minus": ["Debit", "Credit"],
        "words": ["Amount", "Dr/Cr"],
        "wallet": ["Amount", "From", "To", "Status"],
    }.get(kind, ["Amount"])
    fees = ["Fee"] if with_fee else []
    return [
        "Date",
        "Description",
        "Reference",
        *named,
        *fees,
        *(["Balance"] if with_balance else []),
    ]


def _figures(kind: str, units: int, amount: Callable[[int], str]) -> list[str]:
    return {
        "columns": [amount(-units), ""] if units < 0 else ["", amount(units)],
        "minus": [amount(units), ""] if units < 0 else ["", amount(units)],
        "words": [amount(abs(units)), "DR" if units < 0 else "CR"],
        "unsigned": [amount(abs(units))],
    }.get(kind, [amount(units)])


@st.composite
def _tables(draw: st.DrawFn) -> str:
    """Draw a bank's export that is plain but for now and then one slip."""
    kind = draw(st.sampled_from(["columns", "signed", "words", "wallet", "unsigned", "minus"]))
    day_format = draw(st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%m/%d/%Y", "%d %b %Y"]))
    clock = draw(st.sampled_from(["", " %H:%M:%S", " %H:%M", "T%H:%M:%S"]))
    cents = draw(st.booleans())
    decimal_mark, thousands = draw(st.sampled_from([(".", ""), (".", ","), (",", "."), (",", " ")]))
    moment = datetime(2026, draw(st.integers(1, 12)), draw(st.integers(1, 28)), 0, 0)  # noqa: DTZ001
    balance = draw(st.integers(-(10**6), 10**8))
    steps = draw(
        st.lists(
            st.tuples(
                st.integers(-(10**6), 10**6),
                st.integers(0, 60 * 24 * 3),
                st.sampled_from(["", "Shop", " two  blanks ", "Solde", "Total"]),
            ),
            min_size=ROWS,
            max_size=ROWS + 12,
        )
    )
    with_balance = draw(st.booleans())
    with_fee = kind == "wallet" and draw(st.booleans())
    failed = draw(st.sets(st.integers(0, ROWS - 1), max_size=3)) if kind == "wallet" else set()

    def amount(units: int) -> str:
        plain = f"{units / 100:,.2f}" if cents else f"{units:,}"
        return plain.translate(str.maketrans({",": thousands, ".": decimal_mark}))

    rows: list[list[str]] = []
    for number, (units, minutes, words) in enumerate(steps):
        moment += timedelta(minutes=minutes)
        fee = 100 if with_fee and units < 0 else 0
        if number not in failed:
            balance += units - fee
        figures = _figures(kind, units, amount)
        if kind == "wallet":
            sides = ["FRI:250788000111/USER", f"FRI:25078800{number:04d}/MSISDN"]
            status = "FAILED" if number in failed else "SUCCESSFUL"
            figures += [*(sides if units < 0 else sides[::-1]), status]
        rows.append(
            [
                moment.strftime(day_format + clock),
                f"{words} {number}".strip() if draw(st.booleans()) else words,
                f"TX{number}",
                *figures,
                *([amount(fee)] if with_fee else []),
                *([amount(balance)] if with_balance else []),
            ]
        )
    if draw(st.booleans()):
        rows.reverse()
    for _ in range(draw(st.integers(0, 1))):
        row = draw(st.integers(0, len(rows) - 1))
        column = draw(st.integers(0, len(rows[0]) - 1))
        rows[row][column] = draw(st.sampled_from(["", "x", "-", "1", "0", " 7 ", "+5", "12..3"]))
    header = _header(kind, with_fee=with_fee, with_balance=with_balance)
    above = draw(st.sampled_from([[], [["Account No", "250788000111"], ["Currency", "KES"]]]))
    below = draw(st.sampled_from([[], [[]], [["Closing balance", *[""] * (len(header) - 2), "5"]]]))
    return _text([*above, header, *rows, *below], draw(st.sampled_from([",", ";", "\t"])))


@settings(max_examples=120, deadline=None)
@given(_tables(), st.sampled_from([None, SignRule.SIGNED, SignRule.INVERTED]))
def test_columns_and_rows_give_the_same(text: str, rule: SignRule | None) -> None:
    profile = ColumnProfile("answer", sign_rule=rule) if rule else None
    fast, careful = _both(text, profile)
    assert fast is None or fast == careful


def _wallet(day_format: str) -> str:
    """An export with a fee beside the amount, a failed payment and a deed at midnight."""
    head = "Id,Date,Status,Type,From,From name,To,To name,Amount,Fee,Balance"
    rows = [head.split(",")]
    balance = 10_000
    for number in range(ROWS):
        paid, failed = number % 3 == 1, number % 10 == 7
        amount, fee = (-300 - number, 20) if paid else (700 + number, 0)
        balance += 0 if failed else amount - fee
        moment = datetime(2026, 1, 13) + timedelta(hours=6 * number)  # noqa: DTZ001 - as written
        sides = ["FRI:250788000111/USER", "SHOP", f"FRI:2507880002{number:02d}/MSISDN", "ANN"]
        status = "FAILED" if failed else "SUCCESSFUL"
        parties = sides if paid else sides[2:] + sides[:2]
        figures = [str(amount), str(fee), str(balance)]
        rows.append(
            [str(number), moment.strftime(day_format), status, "Payment", *parties, *figures]
        )
    return _text(rows, ",")


_STATEMENT = sample(ROWS)
_CENTS = sample(ROWS, "EUR")
_PLAIN = [
    _wallet("%Y-%m-%d %H:%M:%S"),
    _wallet("%d/%m/%Y %H:%M:%S"),
    _wallet("%d/%m/%Y %H:%M"),
    *(
        write([statement], dialect).decode()
        for statement, dialect in (
            (_STATEMENT, Dialect(thousands=",", totals=True)),
            (_STATEMENT, Dialect(signs="signed", newest_first=True, date_format="%d/%m/%Y")),
            (_STATEMENT, Dialect(signs="words", delimiter=";", thousands=" ")),
            (_STATEMENT, Dialect(signs="signed", with_balance=False, preamble=False)),
            (_CENTS, Dialect(delimiter=";", decimal_mark=",", thousands=".")),
            (_CENTS, Dialect(signs="signed", date_format="%d %b %Y", quoted=True)),
        )
    ),
    re.sub(r",-(\d+),", r",(\1),", write([_STATEMENT], Dialect(signs="signed")).decode()),
]


@pytest.mark.parametrize("text", _PLAIN)
def test_a_plain_export_is_read_by_its_columns(text: str) -> None:
    fast, careful = _both(text)
    assert fast is not None
    assert fast == careful
    assert len(fast.statements[0].lines) > 0.8 * ROWS


def test_a_break_in_the_balance_is_told_however_long_the_table() -> None:
    rows = [["Date", "Description", "Amount", "Balance"]]
    rows += [["2026-01-15", f"Row {n}", "10", str(10 * n + (n > 300))] for n in range(600)]
    table = text_table(_text(rows, ",").encode(), "sample.csv", None)
    recognised = recognise(table, None)
    assert recognised is not None
    problems = assemble(table, recognised[0], None, "RWF").problems
    assert [problem.line for problem in problems] == [303]
