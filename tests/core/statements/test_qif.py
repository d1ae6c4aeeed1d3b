"""QIF as programs write it: what comes out, and what a person is told."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.statements.profile import ColumnProfile
from core.statements.qif.reader import QifReader
from core.statements.sources import Source
from core.statements.statement import Statement, StatementFile, StatementLine
from tests.core.statements.samples import amounts, messages
from tests.core.statements.writers import qif as writer
from tests.core.statements.writers.ofx import numbered


def read(content: str | bytes, *, currency: str = "USD", date_order: str = "") -> StatementFile:
    raw = content.encode("utf-8") if isinstance(content, str) else content
    source = Source("bank.qif", raw, "0" * 64)
    assert QifReader().accepts(source)
    profile = ColumnProfile("", date_order=date_order) if date_order else None
    return QifReader().read(source, profile, currency)


def bank(*records: str) -> str:
    return "!Type:Bank\n" + "".join(f"{record}\n^\n" for record in records)


def one(amount: str = "15.00", *, date: str = "2026-01-15", more: str = "") -> str:
    return f"D{date}\nT{amount}\nPKEZA{more}"


TEXT = st.text("abcXYZ019 &<>'\"/éüñ", min_size=1, max_size=25).map(lambda t: " ".join(t.split()))
WORD = st.text("ABC123-", min_size=1, max_size=12)
DAY = st.dates(dt.date(1980, 1, 1), dt.date(2079, 12, 31))


@st.composite
def statements(draw: st.DrawFn) -> tuple[Statement, ...]:
    currency = draw(st.sampled_from(["RWF", "USD"]))
    made = []
    for account in draw(st.lists(WORD, min_size=1, max_size=3, unique=True)):
        lines = []
        for _ in range(draw(st.integers(1, 4))):
            name, memo = draw(TEXT), draw(TEXT)
            line = StatementLine(
                0,
                draw(DAY),
                draw(st.integers(-(10**11), 10**11)),
                currency,
                reference=draw(st.just("") | WORD),
                description=memo or name,
                counterparty=name,
                counterparty_account=draw(st.just("") | WORD),
            )
            lines.append(line)
        days = [line.date for line in lines]
        made.append(
            Statement(account, currency, tuple(lines), period_start=min(days), period_end=max(days))
        )
    return numbered(made)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(statements(), st.sampled_from(writer.DIALECTS))
def test_what_is_written_is_what_is_read(wanted, dialect):
    content = writer.write(wanted, dialect)
    file = read(content, currency=wanted[0].currency, date_order=writer.order_of(dialect))
    assert file.statements == wanted
    assert "not counted" not in messages(file)


@pytest.mark.parametrize("content", writer.sample_files())
def test_every_dialect_is_recognised_and_read_whole(content):
    file = read(content)
    assert amounts(file) == [1_234_567, -50_005, 100, -99_999_901]
    assert [s.account for s in file.statements] == ["Current account", "Savings"]
    assert file.lines[0].date == dt.date(2026, 1, 13)
    assert file.lines[1].counterparty == "Café Nyamirambo"
    assert not file.date_order_unsure


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("1/15/26", (2026, 1, 15)), ("1/15'26", (2026, 1, 15)), ("1/15/2026", (2026, 1, 15)),
        ("15/1/26", (2026, 1, 15)), ("15.01.2026", (2026, 1, 15)), ("2026-01-15", (2026, 1, 15)),
        (" 1/15'26", (2026, 1, 15)), ("12/15' 4", (2004, 12, 15)), ("1-15-99", (1999, 1, 15)),
        ("20260115", (2026, 1, 15)), ("15 Jan 2026", (2026, 1, 15)), ("1/15' 0", (2000, 1, 15)),
        ("12/31'2026", (2026, 12, 31)), ("15/01/2026 14:30", (2026, 1, 15)),
    ],
)  # fmt: skip
def test_dates_in_every_habit(written, day):
    assert read(bank(one(date=written))).lines[0].date == dt.date(*day)


def test_a_day_over_twelve_decides_the_whole_file():
    file = read(bank(one(date="2/ 3'26"), one(date="2/13'26")))
    assert [line.date.day for line in file.lines] == [3, 13]
    assert not file.date_order_unsure


def test_the_order_that_runs_steadily_decides_when_no_day_is_over_twelve():
    file = read(bank(one(date="1/12/26"), one(date="2/1/26"), one(date="3/2/26")))
    assert file.lines[0].date == dt.date(2026, 1, 12)
    assert not file.date_order_unsure


def test_what_nothing_decides_is_asked_once_and_the_answer_counts():
    content = bank(one(date="2/3/26"))
    file = read(content)
    assert file.date_order_unsure
    assert file.lines[0].date == dt.date(2026, 3, 2)
    assert "day first or month first" in messages(file)
    asked = read(content, date_order="mdy")
    assert asked.lines[0].date == dt.date(2026, 2, 3)
    assert not asked.date_order_unsure


def test_the_file_may_name_its_date_order():
    file = read("!Option:MDY\n" + bank(one(date="2/3/26")))
    assert file.lines[0].date == dt.date(2026, 2, 3)
    assert not file.date_order_unsure


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("15.00", 1500), ("-1,234.56", -123456), ("1.234,56", 123456), ("1'234.56", 123456),
        ("$1,000.00", 100000), ("(15.00)", -1500), ("15,00-", -1500), ("+15", 1500),
        ("1,000", 100000), ("1,234,567", 123456700), (" 15.00 ", 1500), ("-.50", -50),
    ],
)  # fmt: skip
def test_amounts_as_programs_write_them(written, amount):
    assert amounts(read(bank(one(written)))) == [amount]


def test_an_amount_that_leaves_its_mark_open_is_told():
    assert "decimal mark" in messages(read(bank(one("1,000"))))


@pytest.mark.parametrize("written", ["", "abc", "12,5,0", "1e3", "15.005"])
def test_an_amount_that_is_none_is_told_and_not_counted(written):
    file = read(bank(one(written), one("20.00")))
    assert amounts(file) == [2000]
    assert "Transaction 1: " in messages(file)


@pytest.mark.parametrize("date", ["", "31/31/2026", "soon", "2/30/2026"])
def test_a_date_that_is_none_is_told_and_not_counted(date):
    file = read(bank(one(date=date), one("20.00")))
    assert amounts(file) == [2000]
    assert "Transaction 1: " in messages(file)


def test_t_and_u_are_one_amount():
    file = read(bank(one(more="\nU15.00"), "D2026-01-16\nU7.00"))
    assert amounts(file) == [1500, 700]
    assert not file.problems
    file = read(bank(one(more="\nU16.00")))
    assert amounts(file) == [1500]
    assert "U says 16.00" in messages(file)


def test_splits_detail_the_row_and_are_no_money():
    parts = "\nLFood\nSFood\nEpart\n$-5.00\nD1/1/26\nSHome\n$20.00"
    file = read(bank(one(more=parts)))
    assert amounts(file) == [1500]
    assert not file.problems


def test_splits_that_do_not_add_up_are_told():
    file = read(bank(one(more="\nSFood\n$5.00\nSHome\n$9.00")))
    assert amounts(file) == [1500]
    assert "14.00" in messages(file)
    assert not read(bank(one(more="\nSFood\n%50\n$5.00"))).problems


def test_an_opening_balance_names_the_account_and_is_told_to_be_no_payment():
    opening = "D2026-01-01\nT1,000.00\nCX\nPOpening Balance\nL[Till]"
    file = read(bank(opening, one()))
    assert [s.account for s in file.statements] == ["Till"]
    assert amounts(file) == [100000, 1500]
    assert "no payment" in messages(file)


def test_accounts_give_what_follows_its_name():
    content = (
        "!Account\nNTill\nTCash\n^\n!Type:Cash\n" + one() + "\n^\n"
        "!Account\nNBank\nTBank\n^\n" + bank(one("7")) + "!Account\nNTill\n^\n!Type:Cash\n"
        + one("8") + "\n^\n"
    )  # fmt: skip
    file = read(content)
    found = [(s.account, [line.amount_minor for line in s.lines]) for s in file.statements]
    assert found == [("Till", [1500, 800]), ("Bank", [700])]


def test_lists_and_investments_are_no_money_and_told():
    content = (
        "!Type:Cat\nNFood\nDWhat is eaten\nE\n^\n!Type:Class\nNx\n^\n!Type:Memorized\nKP\nT5\n^\n"
        "!Type:Invst\nD1/1/26\nNBuy\nT9.00\n^\n!Unknown:List\nDx\nT1\n^\n" + bank(one())
    )
    file = read(content)
    assert amounts(file) == [1500]
    assert "Investment records (1)" in messages(file)


def test_a_kind_of_account_nobody_knows_is_read_and_told():
    file = read(bank(one()).replace("Bank", "Banque"))
    assert amounts(file) == [1500]
    assert "“banque”" in messages(file)


def test_a_missing_end_is_told():
    file = read(bank(one())[:-2])
    assert amounts(file) == [1500]
    assert "no end (^)" in messages(file)


def test_a_missing_end_in_the_middle_does_not_lose_a_transaction():
    file = read(bank(one() + "\n" + one("7.00"), one("8.00")))
    assert amounts(file) == [1500, 700, 800]
    assert "Transaction 1 has no end (^)" in messages(file)


def test_two_amounts_in_one_record_are_told():
    file = read(bank(one(more="\nT9.00")))
    assert amounts(file) == [1500]
    assert "second amount" in messages(file)


def test_fields_of_a_record():
    more = "\nN1005\nMrent  May\nLHousing\nA1 Road\nAKigali\nC*\nF"
    (line,) = read(bank(one(more=more))).lines
    assert (line.reference, line.description, line.counterparty) == ("1005", "rent May", "KEZA")
    (line,) = read(bank("D2026-01-15\nT5\nAMama Aline\nL[Savings]")).lines
    assert (line.counterparty, line.counterparty_account) == ("Mama Aline", "Savings")


def test_a_currency_finer_than_the_assumed_is_unknown_and_told():
    file = read(bank(one("15.05")), currency="RWF")
    assert file.statements[0].currency == "XXX"
    assert "currency" in messages(file)


def test_a_file_without_transactions_says_so():
    file = read("!Account\nNTill\nTCash\n^\n")
    assert not file.lines
    assert "no transaction" in messages(file)


@pytest.mark.parametrize(
    ("content", "accepted"),
    [
        (b"!Type:Bank\n", True),
        (b"# note\n\n!type:bank\n", True),
        (b"!Option:AutoSwitch\n", True),
        (b"^\n!Type:Bank\n", True),
        ("!Type:Bank\n".encode("utf-16"), True),
        (b"line of a letter\n" * 12 + b"!Type:Bank\n", False),
        (b"Date,Amount\n2026-01-15,5\n", False),
        (b":20:X\n:25:Y\n", False),
        (b"Hello !Type:Bank\n", False),
    ],
)
def test_only_a_header_among_the_first_lines_is_the_mark(content, accepted):
    assert QifReader().accepts(Source("x", content, "")) is accepted


def test_reading_reports_how_far_it_is():
    seen: list[tuple[int, int]] = []
    content = bank(*[one()] * 3000).encode()
    QifReader().read(Source("x", content, "", lambda *at: seen.append(at)), None, "USD")
    assert len(seen) > 3
    assert all(0 <= done <= total for done, total in seen)


def test_numbers_run_through_the_file():
    file = read(writer.write(writer.sample_statements()))
    assert [line.line for line in file.lines] == [1, 2, 3, 4]
    assert replace(file.statements[0], lines=()).currency == "USD"
