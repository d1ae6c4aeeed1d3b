"""OFX as banks write it: what comes out, and what a person is told."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import UnreadableFileError
from core.statements.ofx.reader import OfxReader
from core.statements.profile import ColumnProfile
from core.statements.sources import Source
from core.statements.statement import Statement, StatementFile, StatementLine
from tests.core.statements.samples import amounts, messages
from tests.core.statements.writers import ofx as writer

HEADER = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nCHARSET:1252\n\n"
TRANSACTION = "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260105<TRNAMT>15.00<FITID>A1<NAME>KEZA</STMTTRN>"


def statement(inside: str = TRANSACTION, *, currency: str = "USD", after: str = "") -> str:
    return (
        f"<STMTRS><CURDEF>{currency}<BANKACCTFROM><BANKID>1<ACCTID>123-4</BANKACCTFROM>"
        f"<BANKTRANLIST><DTSTART>20260101<DTEND>20260131{inside}</BANKTRANLIST>{after}</STMTRS>"
    )


def document(*statements: str) -> str:
    return f"{HEADER}<OFX><BANKMSGSRSV1>{''.join(statements)}</BANKMSGSRSV1></OFX>"


def read(content: str | bytes, *, currency: str = "RWF", date_order: str = "") -> StatementFile:
    raw = content.encode("utf-8") if isinstance(content, str) else content
    source = Source("bank.ofx", raw, "0" * 64)
    assert OfxReader().accepts(source)
    profile = ColumnProfile("", date_order=date_order) if date_order else None
    return OfxReader().read(source, profile, currency)


def one(amount: str = "15.00", *, date: str = "20260105", more: str = "") -> str:
    return f"<STMTTRN><DTPOSTED>{date}<TRNAMT>{amount}<FITID>A1{more}</STMTTRN>"


TEXT = st.text("abcXYZ019 &<>'\"/éüñ", min_size=1, max_size=25).map(lambda t: " ".join(t.split()))
WORD = st.text("ABC123-", min_size=1, max_size=12).filter(lambda t: t.strip("0-"))
DAY = st.dates(dt.date(1980, 1, 1), dt.date(2099, 12, 31))


@st.composite
def statements(draw: st.DrawFn) -> tuple[Statement, ...]:
    made = []
    for _ in range(draw(st.integers(1, 3))):
        currency = draw(st.sampled_from(["RWF", "USD", "BHD"]))
        minor = st.integers(-(10**11), 10**11)
        lines = []
        for _ in range(draw(st.integers(1, 4))):
            name = draw(TEXT)
            lines.append(
                StatementLine(
                    0,
                    draw(DAY),
                    draw(minor),
                    currency,
                    draw(st.none() | DAY),
                    reference=draw(st.just("") | WORD),
                    transaction_id=draw(WORD),
                    description=draw(TEXT) or name,
                    counterparty=name,
                    counterparty_account=draw(st.just("") | WORD),
                )
            )
        made.append(
            Statement(
                draw(WORD),
                currency,
                tuple(lines),
                None,
                draw(st.none() | minor),
                draw(DAY),
                draw(DAY),
            )
        )
    return writer.numbered(made)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(statements(), st.sampled_from(writer.DIALECTS))
def test_what_is_written_is_what_is_read(wanted, dialect):
    file = read(writer.write(wanted, dialect))
    assert file.statements == wanted
    assert not [problem for problem in file.problems if "not counted" in problem.message]


@pytest.mark.parametrize("content", writer.sample_files())
def test_every_dialect_is_recognised_and_read_whole(content):
    file = read(content)
    assert amounts(file) == [-123457, 246907, -370357, 15000]
    assert [s.closing_balance_minor for s in file.statements] == [99_950, 15_000]
    assert file.lines[3].description == "Café"
    assert not file.problems


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("15", 1500), ("15.5", 1550), ("15,00", 1500), ("+15.00", 1500), (" -15.00 ", -1500),
        ("1,234.56", 123456), ("1.234,56", 123456), ("1'234.56", 123456), ("1 234,56", 123456),
        ("$120", 12000), ("-$1,120.00", -112000), ("R$ 1.500,00", 150000), ("15.00-", -1500),
        ("(15.00)", -1500), ("\u221215.00", -1500), ("00000000001500.0000", 150000),
        (".50", 50), ("1234567", 123456700), ("1.234.567,00", 123456700), ("15.00 CR", 1500),
        ("15.00 DR", -1500), ("1234.500", 123450),
    ],
)  # fmt: skip
def test_amounts_as_banks_write_them(written, amount):
    assert amounts(read(document(statement(one(written))))) == [amount]


@pytest.mark.parametrize("written", [".", "", "abc", "1e3", "12..3", "1,2,3", "15.005", "NaN", "-"])
def test_an_amount_that_is_none_is_told_and_not_counted(written):
    file = read(document(statement(one(written) + TRANSACTION)))
    assert amounts(file) == [1500]
    assert "Transaction 1: " in messages(file)
    assert "not counted" in messages(file)


def test_three_digits_behind_a_mark_are_decided_by_the_other_amounts():
    file = read(document(statement(one("1,500") + one("12.50"))))
    assert amounts(file) == [150000, 1250]
    assert "decimal mark" not in messages(file)
    file = read(document(statement(one("1.500") + one("12,50"))))
    assert amounts(file) == [150000, 1250]


def test_three_digits_behind_a_mark_are_told_when_nothing_decides():
    file = read(document(statement(one("1,500"), currency="RWF")))
    assert amounts(file) == [1500]
    assert "decimal mark" in messages(file)


@pytest.mark.parametrize(
    "written",
    [
        "20260105", "202601052359", "20260105235959", "20260105000000.000[-7:MST]",
        "20260105120000[0:GMT]", "20260105235900.123[+2:CAT]", "2026-01-05", "2026-01-05T23:59:59",
        "20260105 ", "20260105120000[-03:EST]",
    ],
)  # fmt: skip
def test_the_day_is_the_banks_own_as_written(written):
    assert read(document(statement(one(date=written)))).lines[0].date == dt.date(2026, 1, 5)


def test_dates_as_people_write_them_are_decided_by_the_file():
    file = read(document(statement(one(date="15/01/2026") + one(date="02/03/2026"))))
    assert [line.date for line in file.lines] == [dt.date(2026, 1, 15), dt.date(2026, 3, 2)]
    assert not file.date_order_unsure


def test_a_day_and_month_that_nothing_tells_apart_are_asked_once():
    content = document(statement(one(date="02/03/2026")))
    file = read(content)
    assert file.date_order_unsure
    assert file.lines[0].date == dt.date(2026, 3, 2)
    asked = read(content, date_order="mdy")
    assert asked.lines[0].date == dt.date(2026, 2, 3)
    assert not asked.date_order_unsure


@pytest.mark.parametrize("date", ["", "00000000", "20260231", "soon", "11111111"])
def test_a_date_that_is_none_costs_its_transaction_and_is_told(date):
    file = read(document(statement(one(date=date) + TRANSACTION)))
    assert amounts(file) == [1500]
    assert "Transaction 1: " in messages(file)


@pytest.mark.parametrize("date", ["", "20260231"])
def test_another_date_of_the_transaction_is_taken_and_told(date):
    usual = one(date=f"{date}<DTUSER>20260107")
    unusual = one(date=date, more="<DTUSER>20260107")
    file = read(document(statement(usual + unusual)))
    assert [line.date for line in file.lines] == [dt.date(2026, 1, 7)] * 2
    assert messages(file).count("DTUSER was taken") == 2


def test_the_sign_counts_and_not_the_type():
    file = read(document(statement(one("-15", more="<TRNTYPE>CREDIT"))))
    assert amounts(file) == [-1500]


def test_a_file_without_any_minus_is_told():
    file = read(document(statement(one("15", more="<TRNTYPE>DEBIT"))))
    assert amounts(file) == [1500]
    assert "money out" in messages(file)


def test_pending_held_and_withdrawn_transactions_are_no_money():
    pending = (
        f"<BANKTRANLISTP><STMTTRNP><TRNAMT>-9<DTTRAN>20260105</STMTTRNP>{TRANSACTION}"
        "</BANKTRANLISTP>"
    )
    inside = (
        one(more="<TRNTYPE>HOLD")
        + "<STMTTRN><DTPOSTED>20260105<TRNAMT>7<FITID>B</STMTTRN>"
        + one(more="<CORRECTFITID>B<CORRECTACTION>DELETE")
    )
    file = read(document(statement(inside, after=pending)))
    assert amounts(file) == []
    told = messages(file)
    assert "2 pending on 123-4" in told
    assert "HOLD" in told
    assert "corrected by transaction 3" in told


def test_a_replacement_takes_the_place_of_what_it_corrects():
    first = "<STMTTRN><DTPOSTED>20260105<TRNAMT>7<FITID>B</STMTTRN>"
    again = one("8.00", more="<CORRECTFITID>B<CORRECTACTION>REPLACE")
    file = read(document(statement(first + again)))
    assert amounts(file) == [800]
    assert "corrected by" in messages(file)


@pytest.mark.parametrize("text", ["SALDO ANTERIOR", "Saldo do dia", "SALDO TOTAL DISPONÍVEL DIA"])
def test_balances_listed_among_the_transactions_are_no_money(text):
    file = read(document(statement(one("900.00", more=f"<MEMO>{text}") + TRANSACTION)))
    assert amounts(file) == [1500]
    assert "is a balance" in messages(file)


def test_the_ledger_balance_closes_and_the_available_does_not():
    balances = "<AVAILBAL><BALAMT>99.00</AVAILBAL><LEDGERBAL><BALAMT>15,00<DTASOF>0</LEDGERBAL>"
    (found,) = read(document(statement(after=balances))).statements
    assert found.closing_balance_minor == 1500
    assert found.opening_balance_minor is None


def test_an_empty_ledger_balance_is_told():
    file = read(document(statement(after="<LEDGERBAL><BALAMT><DTASOF>20260131</LEDGERBAL>")))
    assert file.statements[0].closing_balance_minor is None
    assert "closing balance of 123-4" in messages(file)


def test_an_amount_in_another_currency_is_kept_apart():
    foreign = one("9.00", more="<CURRENCY><CURRATE>1.1<CURSYM>EUR</CURRENCY>")
    changed = one("7.00", more="<ORIGCURRENCY><CURRATE>1.1<CURSYM>EUR</ORIGCURRENCY>")
    home, other = read(document(statement(foreign + changed))).statements
    assert [line.amount_minor for line in home.lines] == [700]
    assert (other.currency, other.lines[0].amount_minor) == ("EUR", 900)


def test_a_currency_that_is_not_stated_is_the_assumed_one_or_unknown():
    assert read(document(statement(currency="")), currency="EUR").statements[0].currency == "EUR"
    fine = read(document(statement(one("15.05"), currency="")))
    assert fine.statements[0].currency == "XXX"
    assert read(document(statement(currency="usd"))).statements[0].currency == "USD"
    assert "CURDEF" in messages(read(document(statement(currency="Euro"))))
    named = one("15.05", more="<CURRENCY><CURRATE>1<CURSYM>AUD</CURRENCY>")
    assert read(document(statement(named, currency=""))).statements[0].currency == "AUD"


def test_several_accounts_are_several_statements():
    other = statement().replace("123-4", "99").replace("STMTRS", "CCSTMTRS")
    file = read(document(statement(), other.replace("BANKACCTFROM", "CCACCTFROM")))
    assert [s.account for s in file.statements] == ["123-4", "99"]
    assert [line.line for line in file.lines] == [1, 2]


def test_bank_ids_that_are_missing_or_repeated_are_kept_and_told():
    file = read(document(statement(TRANSACTION + TRANSACTION + one().replace("<FITID>A1", ""))))
    assert amounts(file) == [1500, 1500, 1500]
    told = messages(file)
    assert "Transaction 2 carries the same bank id as transaction 1" in told
    assert "Transaction 3 has no bank id (FITID) (1 in all)" in told


def test_an_investment_account_gives_its_cash_only():
    inside = f"<BUYSTOCK><TOTAL>-50</BUYSTOCK><INVBANKTRAN>{TRANSACTION}</INVBANKTRAN>"
    content = document(statement(inside)).replace("STMTRS", "INVSTMTRS")
    file = read(content.replace("BANKTRANLIST", "INVTRANLIST"))
    assert amounts(file) == [1500]
    assert "investment" in messages(file)


def test_the_banks_error_is_told_in_its_words():
    status = "<STATUS><CODE>2000<SEVERITY>ERROR<MESSAGE>Try &amp; call us</STATUS>"
    file = read(document(status))
    assert not file.lines
    assert "2000, Try & call us" in messages(file)


def test_names_entities_and_vendor_tags():
    more = (
        "<PAYEE><NAME>UWASE &amp; SONS R&D &#233; &lt;x&gt;&nbsp;Ltd<CITY>Kigali</PAYEE>"
        "<BANKACCTTO><BANKID>9<ACCTID>77</BANKACCTTO><CHECKNUM>0<REFNUM>R9<INTU.BID>3<MEMO>m"
    )
    (line,) = read(document(statement(one(more=more)))).lines
    assert line.counterparty == "UWASE & SONS R&D é <x> Ltd"
    assert (line.counterparty_account, line.reference, line.description) == ("77", "R9", "m")


@pytest.mark.parametrize(
    "content",
    [
        '<?xml version="1.0"?><?OFX OFXHEADER="200"?><ofx:OFX xmlns:ofx="urn:x">{}</ofx:OFX>',
        "\n\n\nContent-Type: application/x-ofx\n\nOFXHEADER:100\n<OFX>{}</OFX>",
        "<OFX>{}</OFX>",
        "<!-- made by a bank -->\n<OFX>{}</OFX>",
        "<BANKMSGSRSV1>{}</BANKMSGSRSV1></OFX>",
    ],
)
def test_headers_of_every_kind(content):
    assert amounts(read(content.format(statement()))) == [1500]


def test_a_sign_that_opens_no_tag_is_text():
    (line,) = read(document(statement(one(more="<NAME>5 < 6 <b>bold</b> <memo />")))).lines
    assert line.counterparty.startswith("5 < 6")


@pytest.mark.parametrize("declared", ["1252", "UTF-8", "8859-1", "NONE", "klingon"])
def test_the_charset_may_be_declared_wrongly(declared):
    text = document(statement(one(more="<NAME>Café"))).replace("1252", declared)
    for encoding in ("cp1252", "utf-8"):
        assert read(text.encode(encoding)).lines[0].counterparty == "Café"


@pytest.mark.parametrize(
    "hostile",
    ['<!DOCTYPE OFX [<!ENTITY a "aaaa">]>', "<!doctype ofx>", '<!ENTITY x SYSTEM "file:///etc">'],
)
def test_a_document_type_is_refused(hostile):
    with pytest.raises(UnreadableFileError, match=r"bank\.ofx.*DOCTYPE"):
        read(f'<?xml version="1.0"?>{hostile}<OFX>{statement()}</OFX>')


@pytest.mark.parametrize("cut", ["</STMTTRN>", "<TRNAMT>15", "</BANKTRANLIST>"])
def test_a_file_cut_in_the_middle_is_refused(cut):
    content = document(statement(TRANSACTION + TRANSACTION))
    with pytest.raises(UnreadableFileError, match=r"bank\.ofx.*cut off"):
        read(content[: content.rindex(cut)])


def test_a_file_cut_after_its_transactions_is_told():
    content = document(statement())
    file = read(content[: content.rindex("</STMTRS>")])
    assert amounts(file) == [1500]
    assert "no end" in messages(file)


def test_transactions_without_their_end_tags_are_all_there():
    unclosed = one("7.00", more="<SIC>1").replace("</STMTTRN>", "")
    file = read(document(statement(unclosed + TRANSACTION + unclosed + unclosed)))
    assert amounts(file) == [700, 1500, 700, 700]


def test_an_amount_outside_of_a_transaction_is_told():
    twice = one("15.00", more="<TRNAMT>16.00")
    assert "second in one" in messages(read(document(statement(twice))))


def test_reading_reports_how_far_it_is_and_can_be_stopped():
    class StopError(Exception):
        pass

    def stop(done: int, total: int) -> None:
        assert 0 <= done <= total
        if done:
            raise StopError

    content = document(statement(TRANSACTION * 3000)).encode()
    with pytest.raises(StopError):
        OfxReader().read(Source("x", content, "", stop), None, "RWF")


@pytest.mark.parametrize(
    "content", [b"Date,Amount\n", b"<Document><OFX/></Document>", b"!Type:Bank"]
)
def test_other_formats_are_left_alone(content):
    assert not OfxReader().accepts(Source("x.ofx", content, ""))
