# ruff: noqa: E501 - the samples are lines of files
"""What banks make of MT940 and MT942, each rule on a small invented statement."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest

from core.errors import UnreadableFileError
from core.statements.mt940.reader import Mt940Reader
from core.statements.reading import READERS
from core.statements.sources import Source
from core.statements.statement import StatementFile, StatementLine

HEADER = ":20:ST\n:25:0040-01\n:28C:1/1\n"
OPEN, CLOSE = ":60F:C260131EUR100,00\n", ":62F:C260228EUR100,00\n-\n"


def source(text: str | bytes, name: str = "statement.sta") -> Source:
    content = text.encode() if isinstance(text, str) else text
    return Source(name, content, hashlib.sha256(content).hexdigest())


def read(text: str | bytes, currency: str = "RWF") -> StatementFile:
    file = source(text)
    assert Mt940Reader().accepts(file)
    return Mt940Reader().read(file, None, currency)


def read_line(entry: str, information: str = "", *, currency: str = "EUR") -> StatementLine:
    text = f"{HEADER}:60F:C260131{currency}0,\n:61:{entry}\n"
    text += f":86:{information}\n" if information else ""
    (line,) = read(f"{text}:62F:C260228{currency}0,\n").lines
    return line


def told(file: StatementFile) -> str:
    return "\n".join(problem.message for problem in file.problems)


@pytest.mark.parametrize(
    ("mark", "amount_minor"),
    [
        ("C", 1250), ("D", -1250), ("CR", 1250), ("DR", -1250), ("RC", -1250), ("RD", 1250),
        ("RCR", -1250), ("RDR", 1250), ("CN", 1250), ("DD", -1250), ("CD", 1250), ("DC", -1250),
    ],
)  # fmt: skip
def test_the_mark_and_not_the_funds_code_decides_the_direction(mark, amount_minor):
    assert read_line(f"2602010201{mark}12,50NTRFREF").amount_minor == amount_minor


def test_a_reversal_says_so_in_its_text():
    assert (
        read_line("260201RC1,00NTRFA", "166?20SVWZ+Invoice 7").description == "Reversal Invoice 7"
    )
    assert read_line("260201RDR1,00NTRFA").description == "Reversal"
    assert read_line("260201CR1,00NTRFA").description == ""


@pytest.mark.parametrize(
    ("written", "amount_minor"),
    [
        ("12,5", 1250), ("12,", 1200), ("12", 1200), (",5", 50), ("000000000012,50", 1250),
        ("12.50", 1250), ("1.234,56", 123456), ("1,234.56", 123456), ("1.234", 123400),
        ("1 234,56", 123456), ("1'234.50", 123450), ("12,5000", 1250), ("0,", 0), ("0,00", 0),
        ("1234,500", 123450), ("0,500", 50),
    ],
)  # fmt: skip
def test_amounts_as_banks_write_them(written, amount_minor):
    line = read_line(f"260201C{written}NTRFREF")
    assert (line.amount_minor, line.reference) == (amount_minor, "REF")


@pytest.mark.parametrize("written", ["1000,", "1000,00", "1.000", "1.000,00", "1000"])
def test_francs_have_no_cents(written):
    assert read_line(f"260201C{written}NTRFREF", currency="RWF").amount_minor == 1000


@pytest.mark.parametrize(
    ("currency", "written"),
    [("RWF", "10,50"), ("EUR", "10,555"), ("RWF", "1,000"), ("EUR", "1.2.3")],
)
def test_an_amount_that_is_none_or_two_costs_its_line_only(currency, written):
    file = read(
        f"{HEADER}:60F:C260131{currency}0,\n:61:260201C{written}NTRFA\n:61:260202C7,NTRFB\n"
        f":62F:C260228{currency}7,\n"
    )
    (line,) = file.lines
    assert (line.line, line.reference) == (2, "B")
    assert file.problems[0].line == 1
    assert "left out" in file.problems[0].message


@pytest.mark.parametrize(
    ("entry", "date"),
    [
        ("2602010203C1,NTRF", dt.date(2026, 2, 1)),
        ("2512310102C1,NTRF", dt.date(2025, 12, 31)),
        ("260201    C1,NTRF", dt.date(2026, 2, 1)),
        ("260201C1,NTRF", dt.date(2026, 2, 1)),
        ("990201C1,NTRF", dt.date(1999, 2, 1)),
        ("202602010203C1,NTRF", dt.date(2026, 2, 1)),
        ("260201260203C1,NTRF", dt.date(2026, 2, 1)),
        ("2602010203CR\n1,NTRF", dt.date(2026, 2, 1)),
    ],
)
def test_the_value_date_dates_a_line(entry, date):
    line = read_line(entry)
    assert (line.date, line.value_date, line.amount_minor) == (date, date, 100)


@pytest.mark.parametrize(
    ("entry", "date"),
    [
        ("2602300301C0,NTRF", dt.date(2026, 2, 28)),
        ("2511311201C0,NTRF", dt.date(2025, 11, 30)),
        ("2699990227C0,NTRF", dt.date(2026, 2, 27)),
        ("269999C0,NTRF", dt.date(2026, 2, 28)),
    ],
)
def test_a_date_that_does_not_exist_is_told_and_the_likeliest_taken(entry, date):
    file = read(f"{HEADER}{OPEN}:61:{entry}\n{CLOSE}")
    assert file.lines[0].date == date
    (problem,) = file.problems
    assert problem.line == 1
    assert date.isoformat() in problem.message


def test_an_entry_date_is_of_the_year_nearest_to_its_statement():
    file = read(f"{HEADER}:60F:C251231EUR1,\n:61:2699991231C0,N\n:62F:C260102EUR1,\n")
    assert file.lines[0].date == dt.date(2025, 12, 31)


@pytest.mark.parametrize(
    ("references", "reference", "transaction_id"),
    [
        ("NTRFNONREF//FT26", "", "FT26"), ("NTRFINV-1//FT26", "INV-1", "FT26"), ("NTRFINV-1", "INV-1", ""),
        ("NTRFNONREF", "", ""), ("NONREF", "", ""), ("", "", ""), ("//19239", "", "19239"),
        ("NTRFA-REFERENCE-LONGER-THAN-16//2022070616391534000", "A-REFERENCE-LONGER-THAN-16", "2022070616391534000"),
        ("NTRFKREF+//B1", "", "B1"), ("S   X", "X", ""), ("NOV NONREF", "", ""), ("NTRFX\n//B1", "X", "B1"),
        ("NCHGNONREF//OCMT/USD1,00/CHGS/USD0,50/", "", ""), ("NCOMNONREF    //B1/IACC/D3/", "", "B1"),
        ("NTRFAB12345678901234", "AB12345678901234", ""),
    ],
)  # fmt: skip
def test_references(references, reference, transaction_id):
    line = read_line(f"260201C1,00{references}")
    assert (line.reference, line.transaction_id) == (reference, transaction_id)


def test_an_account_in_the_place_of_the_reference_is_the_other_party():
    line = read_line("260201C1,00NOVBBE68539007547034\nkeza traders", "BE68539007547034 invoice 7")
    assert (line.reference, line.counterparty_account) == ("", "BE68539007547034")
    assert line.counterparty == "keza traders"


def test_a_reference_that_is_an_account_by_chance_only_stays_a_reference():
    assert read_line("260201D1,00NTRFRA36G7XRA9RIZSK").reference == "RA36G7XRA9RIZSK"


def test_a_name_in_a_column_after_the_account():
    line = read_line("260201D1,00N0600733959555      KEZA TRADERS BV          ")
    assert (line.counterparty_account, line.counterparty) == ("0733959555", "KEZA TRADERS BV")
    line = read_line("260201D1,00N030NONREF          UMUCYO SHOP      ")
    assert (line.reference, line.counterparty) == ("", "UMUCYO SHOP")


@pytest.mark.parametrize(
    ("information", "text", "name", "account", "reference"),
    [
        (
            "166?00GUTSCHRIFT?109251?20EREF+RE-77?21SVWZ+Rechnung 77?30GENODEF1PFK?31DE893704\n?32Keza Traders?33 Kigali",
            "Rechnung 77", "Keza Traders Kigali", "DE893704", "RE-77",
        ),
        ("020~00VIR~20Faktura 1~32FIRMA~33KIGALI~38PL61109010140000071219812874",
         "Faktura 1", "FIRMA KIGALI", "PL61109010140000071219812874", ""),
        ("<20Faktura 1<32FIRMA", "Faktura 1", "FIRMA", "", ""),
        (">20Faktura 1>32FIRMA", "Faktura 1", "FIRMA", "", ""),
        ("020\n:86:020~00VIR\n:86:020~20Faktura\n:86:020~32FIRMA", "Faktura", "FIRMA", "", ""),
        ("005?20LASTSCHRIFT?21KARTENZAHLUNG", "LASTSCHRIFT KARTENZAHLUNG", "", "", ""),
        ("EREF+A-1 SVWZ+Invoice 9 IBAN+DE12 X", "Invoice 9", "", "DE12", "A-1"),
        ("/TRTP/SEPA OVERBOEKING/IBAN/NL30/BIC/B/NAME/KEZA/REMI/Factuur 9/EREF/NOTPROVIDED",
         "Factuur 9", "KEZA", "NL30", ""),
        ("/EREF/E-9//CNTP/NL21/INGBNL2A/KEZA B.V.///REMI/USTD//Factuur 9/",
         "Factuur 9", "KEZA B.V.", "NL21", "E-9"),
        ("/EREF/E-9/\n:86:/ORDP//NAME/KEZA/\n:86:/REMI/USTD//Factuur 9/", "Factuur 9", "KEZA", "", "E-9"),
        ("/ORDP/300000000460495\n/KEZA DOOEL\n/747", "/ORDP/300000000460495 /KEZA DOOEL /747",
         "KEZA DOOEL", "300000000460495", ""),
        ("SEPA OVERBOEKING   IBAN: NL52\nBIC: X   NAAM: KEZA\nOMSCHRIJVING: 9\nKENMERK: 7",
         "SEPA OVERBOEKING IBAN: NL52 BIC: X NAAM: KEZA OMSCHRIJVING: 9 KENMERK: 7", "KEZA", "NL52", "7"),
        ("TRANSFERT PAR MOBILE\nREF2639503734 INWARD 0788123456", "TRANSFERT PAR MOBILE REF2639503734 INWARD 0788123456",
         "", "", ""),
        ("166 +250788123456 paid", "166 +250788123456 paid", "", "", ""),
        (f"{'A' * 60}2263B\n36 end", f"{'A' * 60}2263B36 end", "", "", ""),
        ("", "", "", "", ""),
    ],
)  # fmt: skip
def test_information_in_the_forms_of_banks(information, text, name, account, reference):
    line = read_line("260201C1,00NTRFNONREF", information)
    assert (line.description, line.counterparty) == (text, name)
    assert (line.counterparty_account, line.reference) == (account, reference)


def test_the_owners_reference_comes_first_and_the_payers_is_kept_in_the_text():
    line = read_line("260201C1,00NTRFINV-1", "166?20EREF+PAY-9?21SVWZ+Thanks")
    assert (line.reference, line.description) == ("INV-1", "Thanks PAY-9")


def test_details_on_a_second_line_are_part_of_the_text():
    assert read_line("260201D1,00NCHGA\nVisa Annual Charge").description == "Visa Annual Charge"
    assert read_line("260201D1,00NTRFA\nVisa", "KEZA SHOP").description == "Visa KEZA SHOP"
    assert (
        read_line("260201D1,00NRTIA\n/OCMT/EUR1,//CHGS/EUR0,5/", "Return").description == "Return"
    )


def test_information_before_the_movement_it_is_about():
    one = read(f"{HEADER}{OPEN}:86:first\n:61:260201C0,N\n:86:second\n:61:260202C0,N\n{CLOSE}")
    assert [line.description for line in one.lines] == ["first", "second"]
    about_account = read(f"{HEADER}{OPEN}:86:IBAN RW12\n:61:260201C0,N\n:86:text\n{CLOSE}")
    assert [line.description for line in about_account.lines] == ["text"]


def test_information_after_the_closing_balance_is_about_the_statement():
    file = read(f"{HEADER}{OPEN}:61:260201C0,N\n:62F:C260228EUR100,00\n:86:deposit guarantee\n-\n")
    assert file.lines[0].description == ""


def test_a_numbered_field_of_the_postal_bank():
    text = (
        f"{HEADER}{OPEN}:61:260201C0,N\n:NS:01Invoice 7\n02of March\n15KEZA\n17GUTSCHRIFT\n{CLOSE}"
    )
    (line,) = read(text).lines
    assert (line.description, line.counterparty) == ("Invoice 7 of March", "KEZA")


@pytest.mark.parametrize(
    "text",
    [
        ":20: ST\n:25: 12\n:60F: C260131EUR5,00\n:61: 2602010201C7,50NTRFA\n:62F: C260201EUR12,50\n-\n",
        ":20:ST :25:12 :60F:C260131EUR5,00 :61:2602010201C7,50NTRFA :62F:C260201EUR12,50 -",
        ":20:ST\n:25:12\n:60F:CR260131EUR5,00\n:61:2602010201C7,50NTRFA\n:62F:CR260201EUR12,50\n",
        ":20:ST\n  :25:12\n  :60F:C260131EUR5,00\n  :61:2602010201C7,50NTRFA\n  :62F:C260201EUR12,50\n  -\n",
    ],
    ids=[
        "a space after each tag",
        "no line ends left",
        "CR for C before a balance",
        "all but the first line indented",
    ],
)
def test_a_statement_that_strays_from_the_form_is_read_the_same(text):
    (statement,) = read(text).statements
    ends = statement.opening_balance_minor, statement.closing_balance_minor
    assert (statement.account, statement.currency, *ends) == ("12", "EUR", 500, 1250)
    assert [line.amount_minor for line in statement.lines] == [750]


def test_a_header_without_anything_under_it_is_no_statement_beside_others():
    file = read(f"{HEADER}{OPEN}{CLOSE}:20:ST\n:25:0040-01\n:28C:2/1\n-\n")
    assert [statement.currency for statement in file.statements] == ["EUR"]
    assert read(f"{HEADER}-\n").statements


def test_information_after_an_intermediate_balance_is_of_the_movement_before_it():
    file = read(
        f"{HEADER}{OPEN}:61:260201C5,00NTRFA\n:86:first\n:62M:C260201EUR105,00\n"
        ":61:260202D5,00NTRFB\n:86:second\n:62F:C260202EUR100,00\n:86:of the statement\n-\n"
    )
    assert [line.description for line in file.lines] == ["first", "second"]


def test_the_wrapper_of_the_next_message_is_no_text_of_a_movement():
    wrapper = "{1:F01AAAARWRWAXXX0000000000}{2:I940BBBBRWRWXXXXN}{4:\n"
    file = read(f"{wrapper}{HEADER}{OPEN}:61:260201C5,00NTRFA\n:86:rent\n{wrapper}{HEADER}{OPEN}")
    assert [line.description for line in file.lines] == ["rent"]


def test_what_fills_empty_parts_of_the_information_is_no_text():
    text = f"{HEADER}{OPEN}:61:260201C5,00NTRFA\n:86:020~20ŁÓDŹ\n~21˙\n~22˙\n{CLOSE}"
    for encoding in ("utf-8", "cp1250"):
        (line,) = read(text.replace("EUR", "PLN").encode(encoding)).lines
        assert line.description == "ŁÓDŹ"


def test_forints_have_fillers():
    assert read_line("260201D10000,50NTRFA", currency="HUF").amount_minor == -1000050


def test_a_line_of_text_that_begins_like_a_tag_is_no_field():
    text = f"{HEADER}{OPEN}:61:260201C0,NTRFA\n:86:paid\n:8612 and :61\n:200 more\n{CLOSE}"
    assert [line.description for line in read(text).lines] == ["paid :8612 and :61 :200 more"]


def test_a_balance_that_lacks_the_colon_of_its_tag_is_read():
    file = read(f"{HEADER}:60F:C260131EURO0,00\n:61:260201C1,NTRFA\n:62FC260228EUR1,00\n-\n")
    assert file.statements[0].closing_balance_minor == 100
    assert file.problems == ()


@pytest.mark.parametrize(
    "time", ["2026-02-01T13\n:20:11", "at 16\n:28:37 end", "T09\n:25:00", "T13\n:12:11"]
)
def test_a_time_of_day_broken_over_two_lines_is_no_field(time):
    file = read(f"{HEADER}{OPEN}:61:260201C0,NTRFA\n:86:paid {time}\n:61:260202C0,NTRFB\n{CLOSE}")
    assert [line.reference for line in file.lines] == ["A", "B"]
    assert file.statements[0].account == "0040-01"
    assert file.problems == ()


@pytest.mark.parametrize(
    "text",
    [
        "{1:F01X}{2:I940X}{3:{108:1}}{4:\n"
        + HEADER
        + OPEN
        + ":62F:C260228EUR100,00\n-}{5:{CHK:1}}\n",
        "{1:F01X}{2:I940X}{4:" + HEADER + OPEN + ":62F:C260228EUR100,00-}",
        "\x01" + HEADER + OPEN + ":62F:C260228EUR100,00\n-\x03\n",
        "ABNANL2A\n940\nABNANL2A\n" + HEADER + OPEN + CLOSE,
        ":940:\n" + HEADER + OPEN + CLOSE,
        "Here is\n\n- - - -\nan example\n\n" * 20
        + HEADER
        + OPEN
        + CLOSE
        + "-XXX\n0000 01X\n940 00\n",
        (HEADER + OPEN + CLOSE).replace("\n", "\n    ").join(("    ", "")),
    ],
)
def test_wrappers_of_the_transmission_are_no_part_of_the_statement(text):
    file = read(text)
    (statement,) = file.statements
    assert (statement.account, statement.number) == ("0040-01", "1/1")
    assert (statement.opening_balance_minor, statement.closing_balance_minor) == (10000, 10000)
    assert file.problems == ()


def test_a_line_that_begins_with_a_dash_is_still_text():
    line = read_line("260201C1,00N", "166?20GLAEUBIGER\n-ID:?21DE21ZTZ")
    assert line.description == "GLAEUBIGER -ID: DE21ZTZ"


@pytest.mark.parametrize(
    ("currency", "words", "encodings"),
    [
        ("EUR", "Müller & Söhne, reçu à l'étage", ("utf-8", "cp1252", "cp850")),
        ("PLN", "URZĄD SKARBOWY ŚRODKÓW opłata", ("utf-8", "cp1250", "cp852")),
        ("RUB", "Оплата по счёту", ("utf-8", "cp1251", "cp866")),
        ("TRY", "İşlem ücreti, çağrı", ("utf-8", "cp1254", "cp857")),
    ],
)
def test_letters_in_the_sets_of_windows_and_dos(currency, words, encodings):
    balance = f"C260131{currency}0,"
    text = f"{HEADER}:60F:{balance}\n:61:260201C0,N\n:86:{words}\n:62F:{balance}\n"
    for encoding in encodings:
        assert read(text.encode(encoding)).lines[0].description == words


def page(number: str, opening: str, entries: str, closing: str) -> str:
    return f":20:S\n:25:0040-01\n:28C:{number}\n:{opening}\n{entries}:{closing}\n-\n"


def test_pages_that_continue_each_other_are_one_statement():
    file = read(
        page("5/1", "60F:C260101EUR1,00", ":61:260101C2,NTRFA\n", "62M:C260101EUR3,00")
        + page("5/2", "60M:C260101EUR3,00", ":61:260102C4,NTRFB\n", "62M:C260102EUR7,00")
        + page("5/3", "60M:C260102EUR7,00", ":61:260103D1,NTRFC\n", "62F:C260103EUR6,00")
        + page("6/1", "60F:C260103EUR6,00", "", "62F:C260104EUR6,00")
    )
    first, second = file.statements
    assert (first.opening_balance_minor, first.closing_balance_minor) == (100, 600)
    assert [line.line for line in first.lines] == [1, 2, 3]
    assert (first.period_start, first.period_end) == (dt.date(2026, 1, 1), dt.date(2026, 1, 3))
    assert second.lines == ()
    assert file.problems == ()


def test_a_missing_page_is_told():
    file = read(
        page("5/1", "60F:C260101EUR1,00", ":61:260101C2,NTRFA\n", "62M:C260101EUR3,00")
        + page("5/3", "60M:C260102EUR7,00", ":61:260103D1,NTRFC\n", "62F:C260103EUR6,00")
    )
    assert len(file.statements) == 2
    assert "pages after it are not in this file" in told(file)
    assert "pages before it are not in this file" in told(file)
    assert "a statement is missing between them" in told(file)


def test_several_accounts_and_currencies_each_have_their_statement():
    file = read(
        f":20:A\n:25:1\n{OPEN}{CLOSE}:20:B\n:25:2\n:60F:D260101RWF5000,\n:61:260102C700,NTRFX\n"
        ":62F:D260103RWF4300,00\n"
    )
    assert [(s.account, s.currency) for s in file.statements] == [("1", "EUR"), ("2", "RWF")]
    assert file.statements[1].opening_balance_minor == -5000
    assert file.problems == ()


@pytest.mark.parametrize(
    ("marked", "closing_minor", "sentence"),
    [
        ("EUP10000,00", 1000000, ""),
        ("USD10000,00", 1000000, "closes in USD: the closing balance is taken as EUR"),
        ("RWF10000,", None, "closes in RWF: the closing balance is left out"),
    ],
)
def test_a_closing_balance_marked_in_another_currency(marked, closing_minor, sentence):
    file = read(f"{HEADER}:60F:C260131EUR10000,00\n:62F:C260228{marked}\n-\n")
    (statement,) = file.statements
    assert (statement.currency, statement.closing_balance_minor) == ("EUR", closing_minor)
    assert sentence in told(file)
    assert bool(file.problems) == bool(sentence)


def test_balances_that_do_not_follow_are_told():
    file = read(f"{HEADER}{OPEN}:61:260201C50,NTRFA\n:62F:C260228EUR149,00\n")
    assert "lines worth \N{MINUS SIGN}1.00" in told(file)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f"{HEADER}{OPEN}:61:260201C1,NTRFA\n", "has no closing balance"),
        (f"{HEADER}:61:260201C1,NTRFA\n{CLOSE}", "has no opening balance"),
        (f"{HEADER}{OPEN}:62F:C260228USD100,00\n", "opens in EUR and closes in USD"),
        (f"{HEADER}{OPEN}:62F:C260228100,00\n", "closing balance of statement 1/1"),
        (f"{HEADER}{OPEN}:60F:C260131EUR7,00\n{CLOSE}", "has 2 opening balances"),
        (f"{HEADER}{OPEN}:62F:C260228EUR7,00\n{CLOSE}", "has 2 closing balances; the last one"),
        (f"{HEADER}{OPEN}:62F:C260231EUR100,00\n", "2026-02-28 is taken"),
        (f"{HEADER}{OPEN}:61:nonsense\n{CLOSE}", "is not a movement"),
        (f"{HEADER}{OPEN}:61:260201EC5,NTRF\n{CLOSE}", "only expected"),
        (f"{HEADER}{OPEN}:61:260201D-5,NTRF\n:62F:C260228EUR105,00\n", "a minus before the amount"),
        (
            f"{HEADER}{OPEN}:62F:C260228EUR100,00\n:86:D000001C000000D5,00C0,00\n",
            "states 1 movements",
        ),
        (f"{HEADER}{OPEN}:62F:C260228EUR100,00\n:86:/SUM/0/2/0,00/7,00/\n", "states 2 movements"),
        (f"{HEADER}:34F:EUR0,\n:61:260201D5,NTRF\n:90D:1EUR6,\n", "worth 6.00"),
        (f"{HEADER}:34F:EUR0,\n:90C:1EURnone\n", "cannot be read"),
        (HEADER, "There is no transaction in this file"),
    ],
)
def test_what_cannot_be_trusted_is_told(text, sentence):
    assert sentence in told(read(text))


def test_the_same_statement_twice_is_told():
    once = f"{HEADER}{OPEN}:61:260201C5,NTRFA\n:62F:C260228EUR105,00\n-\n"
    assert "is in this file twice" in told(read(once + once))


def test_an_interim_report_beside_its_statement_is_told():
    interim = f"{HEADER}:34F:EUR0,\n:13D:2602011200+0200\n:61:260201C5,NTRFA\n:90C:1EUR5,\n-\n"
    file = read(f"{interim}{HEADER}{OPEN}:61:260201C5,NTRFA\n:62F:C260228EUR105,00\n-\n")
    assert len(file.lines) == 2
    assert "may come a second time" in told(file)


def test_an_interim_report_counts_its_movements():
    file = read(
        f"{HEADER}:34F:EURD0,\n:34F:EURC0,\n:13D:2602011200+0200\n:61:260201C5,NTRFA\n"
        ":61:260201RC2,NTRFB\n:90D:1EUR2,\n:90C:1EUR5,\n-\n"
    )
    (statement,) = file.statements
    assert (file.profile, statement.currency, statement.period_end) == (
        "MT942",
        "EUR",
        dt.date(2026, 2, 1),
    )
    assert [line.amount_minor for line in statement.lines] == [500, -200]
    assert file.problems == ()


def test_a_statement_without_movements_is_a_statement():
    file = read(HEADER + OPEN + CLOSE)
    assert file.statements[0].lines == ()
    assert file.problems == ()


def test_without_any_currency_the_shops_own_is_taken_unless_there_are_cents():
    assert read(":61:260201C500,NTRFA\n").lines[0].currency == "RWF"
    assert read(":61:260201C7,50NTRFA\n").lines[0].currency == "XXX"
    assert read(":25:123/456EUR\n:61:260201C7,50NTRFA\n").lines[0].currency == "EUR"


def test_whole_messages_without_an_account_are_refused():
    with pytest.raises(UnreadableFileError, match=r"“statement\.sta” does not name its account"):
        read(f":20:ST\n:28C:1\n{OPEN}{CLOSE}")


def test_other_messages_are_refused():
    payment = "{1:F01X}{2:I103X}{4:\n:20:REF\n:23B:CRED\n:32A:260201EUR5,\n:59:KEZA\n-}"
    with pytest.raises(UnreadableFileError, match="not an account statement"):
        read(payment)


def test_more_statements_than_a_bank_sends_are_refused():
    with pytest.raises(UnreadableFileError, match="more than 50000 statements"):
        read(":20:ST\n" * 50_001)


def test_zero_bytes_are_refused():
    with pytest.raises(UnreadableFileError, match="zero bytes"):
        read(HEADER.encode() + b"\0\1\2\3\4\5\6\7\0\0\0\0\0\0\0\0\0" + b"A" * 4000)


@pytest.mark.parametrize(
    "text",
    [
        ":NS:\n", "1\n2\n3\n", "Date;Amount\n2026-02-01;5\n", "<Document>\n:20:X\n</Document>", "!Type:Bank\n:20:X\n",
        "%PDF-1.4\n:20:X\n", "01,a,b,260201,1200,1,,,2/\n", '{"a": "\n:20:X\n"}', "meet at\n:20:\n",
    ],
)  # fmt: skip
def test_what_is_no_swift_statement_is_not_accepted(text):
    assert not Mt940Reader().accepts(source(text))


def test_exactly_one_reader_takes_a_swift_statement():
    assert isinstance(READERS.reader_of(source(HEADER + OPEN + CLOSE, "x.pdf")), Mt940Reader)


def test_progress_is_told_and_may_stop_the_reading():
    class Stopped(Exception):  # noqa: N818
        pass

    told_of = []

    def stop(done: int, total: int) -> None:
        told_of.append((done, total))
        raise Stopped

    content = (HEADER + OPEN + ":61:260201C0,NTRFA\n" * 1500 + CLOSE).encode()
    with pytest.raises(Stopped):
        Mt940Reader().read(Source("s", content, "", progress=stop), None, "RWF")
    assert told_of == [(1000, 1500)]
