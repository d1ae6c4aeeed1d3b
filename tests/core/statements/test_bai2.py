"""What a BAI2 file means: records, type codes, funds, days, totals."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import KnownError, UnreadableFileError
from core.statements.bai2.reader import Bai2Reader
from core.statements.reading import READERS
from core.statements.sources import Source
from core.statements.statement import Statement, StatementFile, StatementLine
from tests.core.statements.samples import amounts, messages, read
from tests.core.statements.writers.bai2 import Dialect, sample_dialects, sample_files, write

HEADER = "01,BANK,SHOP,260601,1200,1,,,2/\n"
GROUP = "02,SHOP,BANK,1,260531,2359,USD,2/\n"
ACCOUNT = "03,000123,USD,010,100000,,,015,100000,,/\n"


def file_with(*records: str, group: str = GROUP, account: str = ACCOUNT, end: str = "99/\n") -> str:
    return HEADER + group + account + "".join(f"{record}\n" for record in records) + end


def only(file: StatementFile) -> StatementLine:
    (line,) = file.lines
    return line


@pytest.mark.parametrize(
    ("code", "amount_minor"),
    [("165", 700), ("399", 700), ("400", -700), ("699", -700), ("931", 700), ("975", -700)],
)
def test_the_type_code_says_whether_money_came_or_went(tmp_path, code, amount_minor):
    assert (
        only(read(tmp_path, file_with(f"16,{code},700,Z,B1,C1,Text/"))).amount_minor == amount_minor
    )


@pytest.mark.parametrize("code", ["890", "905"])
def test_a_notice_is_no_money_and_its_text_goes_with_it(tmp_path, code):
    file = read(
        tmp_path, file_with(f"16,{code},700,Z,B,C,note/", "88,more/", "16,165,5,Z,B,C,real/")
    )
    assert only(file).description == "real"
    assert only(file).line == 2
    assert "is a notice and no money" in messages(file)


def test_a_loan_says_neither_in_nor_out(tmp_path):
    file = read(tmp_path, file_with("16,710,700,Z,B,C,loan/"))
    assert only(file).amount_minor == 0
    assert "neither in nor out" in messages(file)


def test_an_unknown_code_is_left_out_and_told(tmp_path):
    file = read(tmp_path, file_with("16,42,700,Z,B,C,odd/", "16,165,5,Z,B,C,real/"))
    assert amounts(file) == [5]
    assert "“42”" in messages(file)


def test_a_line_that_adds_up_the_others_is_no_money(tmp_path):
    file = read(
        tmp_path,
        file_with("16,100,12,Z,,,Total/", "16,165,5,Z,B,C,a/", "16,165,7,Z,B,C,b/"),
    )
    assert amounts(file) == [5, 7]
    assert "repeats what the others add up to" in messages(file)
    assert amounts(read(tmp_path, file_with("16,100,12,Z,,,A lone credit/"))) == [12]


@pytest.mark.parametrize(
    ("funds", "value_date"),
    [
        ("", None),
        ("Z", None),
        ("0", None),
        ("S,700,0,0", None),
        ("V,260602,1200", dt.date(2026, 6, 2)),
        ("V,260602,", dt.date(2026, 6, 2)),
        ("D,3,0,300,1,300,2,100", None),
        ("d,0", None),
    ],
)
def test_the_funds_type_says_where_the_references_begin(tmp_path, funds, value_date):
    line = only(read(tmp_path, file_with(f"16,165,700,{funds},BANK1,CUST1,One, two, three/")))
    assert (line.transaction_id, line.reference) == ("BANK1", "CUST1")
    assert line.description == "One, two, three"
    assert line.value_date == value_date


def test_an_unknown_funds_type_costs_its_transaction_only(tmp_path):
    file = read(tmp_path, file_with("16,165,700,Q,B,C,text/", "16,165,5,Z,B,C,real/"))
    assert amounts(file) == [5]
    assert "“Q” is no funds type" in messages(file)


def test_continuations_go_on_with_fields_and_then_with_text(tmp_path):
    line = only(
        read(tmp_path, file_with("16,165,700,S,700,0/", "88,0,BANK1,CUST1,One/", "88,two, three/"))
    )
    assert (line.transaction_id, line.reference) == ("BANK1", "CUST1")
    assert line.description == "One two, three"
    late = only(read(tmp_path, file_with("16,165,700,Z/", "88,BANK1,CUST1,One/")))
    assert (late.transaction_id, late.description) == ("BANK1", "One")


def test_a_line_without_a_code_belongs_to_the_text_before_it(tmp_path):
    line = only(read(tmp_path, file_with("16,165,700,Z,B,C,One", "two / three", "88,four/")))
    assert line.description == "One two / three four"


def test_amounts_are_in_the_smallest_coin_of_their_currency(tmp_path):
    for currency, amount in (("USD", "7.00"), ("RWF", "700"), ("TND", "0.700")):
        account = f"03,1,{currency}/\n"
        file = read(tmp_path, file_with("16,165,700,Z,B,C,x/", account=account))
        assert only(file).currency == currency
        assert only(file).amount_minor == 700
        marked = read(tmp_path, file_with(f"16,165,{amount},Z,B,C,x/", account=account))
        assert only(marked).amount_minor == 700


def test_a_negative_amount_turns_round_and_is_told(tmp_path):
    file = read(tmp_path, file_with("16,475,-700,Z,B,C,back/"))
    assert only(file).amount_minor == 700
    assert "negative" in messages(file)


def test_the_currency_is_the_accounts_else_the_groups_else_dollars(tmp_path):
    entry = "16,165,700,Z,B,C,x/"
    group = GROUP.replace("USD", "EUR")
    assert (
        only(read(tmp_path, file_with(entry, group=group, account="03,1,,/\n"))).currency == "EUR"
    )
    neither = file_with(entry, group=GROUP.replace("USD", ""), account="03,1,,/\n")
    unnamed = read(tmp_path, neither, currency="UGX")
    assert only(unnamed).currency == "USD"
    assert "names no currency" in messages(unnamed)


def test_records_that_share_a_line_are_told_apart_and_a_text_is_not_cut(tmp_path):
    text = file_with("16,165,700,Z,B,C,One / 16, Main street/", "16,475,5,Z,B,C,Two/")
    joined = text.replace("/\n", "/   ")
    for each in (text, joined):
        file = read(tmp_path, each)
        assert amounts(file) == [700, -5]
        assert file.lines[0].description == "One / 16, Main street"


def test_a_file_of_which_no_transaction_can_be_read_is_refused(tmp_path):
    with pytest.raises(UnreadableFileError, match="no transaction of it can be read"):
        read(tmp_path, file_with("16,10000,700,Z,B,C,x/", "16,165,seven,Z,B,C,x/"))


def test_balances_are_read_wherever_they_stand_and_are_no_transactions(tmp_path):
    account = (
        "03,1,USD,040,5,,V,260601,1200,010,100,1,S,1,2,3,100,700,1,,/\n88,015,800,,,072,0,,,/\n"
    )
    (statement,) = read(tmp_path, file_with("16,165,700,Z,B,C,x/", account=account)).statements
    assert (statement.opening_balance_minor, statement.closing_balance_minor) == (100, 800)
    assert len(statement.lines) == 1
    assert statement.period_start == dt.date(2026, 5, 31)


def test_balances_that_do_not_follow_are_told(tmp_path):
    assert "missing or wrong" in messages(read(tmp_path, file_with("16,165,700,Z,B,C,x/")))


def test_without_a_day_of_its_own_a_group_has_the_files_and_it_is_told(tmp_path):
    group = GROUP.replace("260531", "")
    file = read(tmp_path, file_with("16,165,700,Z,B,C,x/", group=group))
    assert only(file).date == dt.date(2026, 6, 1)
    assert "has no date" in messages(file)
    nowhere = file_with("16,165,700,Z,B,C,x/", group=group).replace("260601", "999999")
    with pytest.raises(UnreadableFileError, match="neither this group nor the file has a date"):
        read(tmp_path, nowhere)


def test_years_from_eighty_are_of_the_last_century(tmp_path):
    group = GROUP.replace("260531", "950531")
    assert only(read(tmp_path, file_with("16,165,7,Z,B,C,x/", group=group))).date.year == 1995


def test_a_group_that_is_taken_back_or_a_test_is_not_counted(tmp_path):
    for status in "24":
        group = GROUP.replace(",1,", f",{status},")
        file = read(tmp_path, file_with("16,165,700,Z,B,C,x/", group=group))
        assert not file.lines
        assert f"status {status}" in messages(file)


def test_totals_and_counts_that_the_file_states_are_compared(tmp_path):
    end = "49,200700,3/\n98,200700,1,5/\n99,200700,1,7/\n"
    account = "03,1,USD,010,100000,,,015,100000,,/\n"
    right = read(tmp_path, file_with("16,165,700,Z,B,C,x/", account=account, end=end))
    assert "control total" not in messages(right)
    assert "states" not in messages(right)
    for stated, told in (("49,200701", "account"), ("98,200701", "group"), ("99,200701", "file")):
        wrong = end.replace(f"{stated[:3]}200700", stated)
        assert (
            f"{told}"
            in messages(
                read(tmp_path, file_with("16,165,700,Z,B,C,x/", account=account, end=wrong))
            ).lower()
        )
    counts = end.replace("49,200700,3", "49,200700,4").replace("98,200700,1,", "98,200700,2,")
    told = messages(read(tmp_path, file_with("16,165,700,Z,B,C,x/", end=counts)))
    assert "states 4 records, and there are 3" in told
    assert "states 2 accounts, and there are 1" in told


def test_a_file_without_its_end_is_told(tmp_path):
    assert "99" in messages(read(tmp_path, file_with("16,165,700,Z,B,C,x/", end="")))
    cut = file_with("16,165,700,Z,B,C,x/", end="49,200700,3/\n03,2,USD/\n16,165,5,Z")
    assert "49" in messages(read(tmp_path, cut))


def test_a_file_without_header_or_accounts_is_refused(tmp_path):
    with pytest.raises(UnreadableFileError):
        read(tmp_path, GROUP + ACCOUNT + "16,165,700,Z,B,C,x/\n")
    with pytest.raises(UnreadableFileError, match="without any account"):
        read(tmp_path, HEADER + GROUP)


def test_a_table_that_begins_with_a_number_is_not_taken():
    for text in (
        "01,02,2026,5\n02,02,2026,7\n",
        "01,Anna,260101\n",
        "Date,Amount\n01,02,260101,\n",
    ):
        assert not Bai2Reader().accepts(Source("table.csv", text.encode(), ""))


def test_the_samples_are_read_without_a_problem(tmp_path):
    for content in sample_files():
        file = read(tmp_path, content)
        assert file.format == "bai2"
        assert len(file.lines) == 6
        assert not file.problems


_WORD = st.from_regex(r"[A-Z0-9]{1,16}", fullmatch=True)
_DESCRIPTION = st.from_regex(r"[A-Z]{1,9}(?:[ ,:.-]{1,2}[A-Z0-9]{1,9}){0,6}", fullmatch=True).map(
    lambda text: " ".join(text.split())
)


@st.composite
def statements(draw: st.DrawFn) -> list[Statement]:
    result = []
    number = 1
    for account in draw(st.lists(_WORD, min_size=1, max_size=3, unique=True)):
        currency = draw(st.sampled_from(["RWF", "USD", "TND"]))
        day = draw(st.dates(dt.date(1980, 1, 1), dt.date(2079, 12, 31)))
        lines = []
        for _ in range(draw(st.integers(0, 4))):
            lines.append(
                StatementLine(
                    line=number,
                    date=day,
                    amount_minor=draw(st.integers(-(10**12), 10**12)),
                    currency=currency,
                    value_date=day,
                    reference=draw(_WORD),
                    transaction_id=draw(_WORD),
                    description=draw(_DESCRIPTION),
                )
            )
            number += 1
        opening = draw(st.integers(-(10**12), 10**12))
        closing = opening + sum(line.amount_minor for line in lines)
        result.append(
            Statement(
                account, currency, tuple(lines), opening, closing, period_start=day, period_end=day
            )
        )
    return result


@settings(max_examples=150, deadline=None)
@given(statements(), st.sampled_from(sample_dialects()))
def test_what_is_written_is_read_back(written: list[Statement], dialect: Dialect):
    content = write(written, dialect)
    source = Source("written.bai", content, "")
    file = READERS.reader_of(source).read(source, None, "RWF")
    assert not file.problems
    for found, wanted in zip(file.statements, written, strict=True):
        for line, other in zip(found.lines, wanted.lines, strict=True):
            text = "".join(line.description.split())
            assert text == "".join(other.description.split())
            same = {"description": "", "value_date": None}
            assert line._replace(**same) == other._replace(**same)
            assert line.value_date == (other.value_date if dialect.funds == "V" else None)
        balances = (found.account, found.opening_balance_minor, found.closing_balance_minor)
        assert balances == (
            wanted.account,
            wanted.opening_balance_minor,
            wanted.closing_balance_minor,
        )


def test_a_mutated_file_is_read_or_refused():
    chance = random.Random(7)
    samples = sample_files()
    for _ in range(600):
        content = bytearray(chance.choice(samples))
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(content))
            end = place + chance.randint(0, 40)
            piece = content[place:end]
            content[place:end] = chance.choice([b"", piece * 2, bytes([chance.randrange(256)])])
        source = Source("mutated.bai", bytes(content), "")
        if Bai2Reader().accepts(source):
            try:
                Bai2Reader().read(source, None, "RWF")
            except KnownError as error:
                assert isinstance(error, UnreadableFileError)
