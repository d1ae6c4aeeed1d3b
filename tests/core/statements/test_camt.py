"""What a CAMT message means: entries, directions, balances, details; in every version."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.statements.reading import READERS
from core.statements.sources import Source
from core.statements.statement import Statement, StatementFile, StatementLine
from tests.core.statements.samples import messages, read
from tests.core.statements.writers.camt import Dialect, sample_dialects, sample_files, write

OPENING = '<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="RWF">100000</Amt>{}</Bal>'
CLOSING = '<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="RWF">{}</Amt>{}</Bal>'
CREDIT = "<CdtDbtInd>CRDT</CdtDbtInd>"
DEBIT = "<CdtDbtInd>DBIT</CdtDbtInd>"


def message(*parts: str, kind: str = "053", around: str = "{}") -> str:
    root, part = {
        "052": ("BkToCstmrAcctRpt", "Rpt"),
        "053": ("BkToCstmrStmt", "Stmt"),
        "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    }[kind]
    account = "<Acct><Id><IBAN>RW05</IBAN></Id><Ccy>RWF</Ccy></Acct>"
    inner = "".join(f"<{part}>{account}{content}</{part}>" for content in parts)
    return around.format(f"<Document><{root}>{inner}</{root}></Document>")


def entry(amount: str = "1500", *inner: str, direction: str = CREDIT, status: str = "BOOK") -> str:
    booked = "<BookgDt><Dt>2026-01-16</Dt></BookgDt>"
    if any("BookgDt" in each for each in inner):
        booked = ""
    return (
        f'<Ntry><Amt Ccy="RWF">{amount}</Amt>{direction}<Sts>{status}</Sts>{booked}'
        f"{''.join(inner)}</Ntry>"
    )


def payment(name: str, amount: str) -> str:
    return (
        f"<TxDtls><Refs><EndToEndId>{name}</EndToEndId></Refs>"
        f'<Amt Ccy="RWF">{amount}</Amt>{CREDIT}</TxDtls>'
    )


def details(*inner: str) -> str:
    return f"<NtryDtls><TxDtls>{''.join(inner)}</TxDtls></NtryDtls>"


def only(file: StatementFile) -> StatementLine:
    (line,) = file.lines
    return line


def test_a_credit_is_money_in_and_a_debit_money_out(tmp_path):
    file = read(tmp_path, message(entry("1500") + entry("400", direction=DEBIT)))
    assert [line.amount_minor for line in file.lines] == [1500, -400]
    assert [line.line for line in file.lines] == [1, 2]
    assert not file.problems


def test_a_reversal_goes_the_way_it_was_booked(tmp_path):
    back = entry("1500", "<RvslInd>true</RvslInd>", direction=DEBIT)
    file = read(tmp_path, message(OPENING.format(CREDIT) + back + CLOSING.format(98500, CREDIT)))
    assert only(file).amount_minor == -1500
    assert not file.problems


@pytest.mark.parametrize(("status", "words"), [("PDNG", "pending"), ("INFO", "for information")])
def test_what_is_not_booked_is_told_and_not_counted(tmp_path, status, words):
    for wrapped in (status, f"<Cd>{status}</Cd>"):
        file = read(tmp_path, message(entry("1500") + entry("9999", status=wrapped)))
        assert only(file).amount_minor == 1500
        assert f"Entry 2 is {words}" in messages(file)


def test_a_report_without_anything_booked_is_shown_as_provisional(tmp_path):
    file = read(tmp_path, message(entry(status="PDNG") + entry(status="PDNG"), kind="052"))
    (statement,) = file.statements
    assert statement.provisional
    assert statement.movement_minor() == 0
    assert [line.status for line in statement.lines] == ["PDNG", "PDNG"]
    assert "never imported" in messages(file)


def test_an_unknown_status_counts_and_is_told(tmp_path):
    file = read(tmp_path, message(entry(status="<Prtry>ODD</Prtry>")))
    assert only(file).amount_minor == 1500
    assert "ODD" in messages(file)


def test_the_payments_of_a_batch_describe_it_and_are_not_counted(tmp_path):
    batch = f"<NtryDtls>{payment('A1', '1000')}{payment('B2', '500')}</NtryDtls>"
    file = read(tmp_path, message(entry("1500", batch)))
    assert only(file).amount_minor == 1500
    assert only(file).description == "2 payments: 1000 RWF A1; 500 RWF B2"
    assert not file.problems
    off = read(tmp_path, message(entry("1700", batch)))
    assert only(off).amount_minor == 1700
    assert "Entry 1 is 1700 RWF, but the 2 payments it is made of add up to 1500" in messages(off)


def test_a_large_batch_names_its_first_payments_and_their_number(tmp_path):
    inner = "".join(payment(f"T{number}", "3") for number in range(500))
    file = read(tmp_path, message(entry("1500", f"<NtryDtls>{inner}</NtryDtls>")))
    assert only(file).description.startswith("500 payments: ")
    assert only(file).description.endswith("…")
    assert not file.problems


def test_a_payment_gives_its_references_text_and_other_side(tmp_path):
    payment = details(
        "<Refs><AcctSvcrRef>BANK1</AcctSvcrRef><InstrId>I1</InstrId><EndToEndId>E1</EndToEndId></Refs>",
        "<RltdPties><Dbtr><Nm>Keza\n Traders</Nm></Dbtr>"
        "<DbtrAcct><Id><Othr><Id>0009</Id></Othr></Id></DbtrAcct>"
        "<Cdtr><Nm>Umucyo Shop</Nm></Cdtr></RltdPties>",
        "<RmtInf><Ustrd>Invoice</Ustrd><Ustrd>7 &amp; 8</Ustrd></RmtInf>",
    )
    line = only(read(tmp_path, message(entry("1500", payment))))
    assert (line.reference, line.transaction_id) == ("E1", "BANK1")
    assert (line.counterparty, line.counterparty_account) == ("Keza Traders", "0009")
    assert line.description == "Invoice 7 & 8"
    paid = only(read(tmp_path, message(entry("1500", payment, direction=DEBIT))))
    assert paid.counterparty == "Umucyo Shop"


def test_newer_versions_wrap_parties_and_older_ones_their_accounts(tmp_path):
    wrapped = details("<RltdPties><Dbtr><Pty><Nm>Keza</Nm></Pty></Dbtr></RltdPties>")
    assert only(read(tmp_path, message(entry("5", wrapped)))).counterparty == "Keza"
    old = (
        "<TxDtls><RltdPties><Dbtr><Nm>Keza</Nm></Dbtr><DbtrAcct><Id><PrtryAcct><Id>77</Id>"
        "</PrtryAcct></Id></DbtrAcct></RltdPties></TxDtls>"
    )
    line = only(read(tmp_path, message(entry("5", old))))
    assert (line.counterparty, line.counterparty_account) == ("Keza", "77")


def test_a_structured_reference_is_what_the_payer_was_asked_to_quote(tmp_path):
    payment = details(
        "<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>",
        "<RmtInf><Strd><RfrdDocInf><Nb>INV-7</Nb></RfrdDocInf>"
        "<CdtrRefInf><Ref>RF18 5390</Ref></CdtrRefInf></Strd></RmtInf>",
    )
    line = only(read(tmp_path, message(entry("1500", payment))))
    assert line.reference == "RF18 5390"
    assert line.description == "INV-7"


def test_a_charge_inside_the_amount_is_a_fee_and_one_beside_it_is_not(tmp_path):
    for included, fee_minor in (("true", 20), ("false", 0)):
        charge = (
            f'<Chrgs><TtlChrgsAndTaxAmt Ccy="RWF">20</TtlChrgsAndTaxAmt><Rcrd><Amt Ccy="RWF">20'
            f"</Amt>{DEBIT}<ChrgInclInd>{included}</ChrgInclInd></Rcrd></Chrgs>"
        )
        line = only(read(tmp_path, message(entry("1480", charge))))
        assert (line.amount_minor, line.fee_minor) == (1480, fee_minor)


def test_without_a_word_a_charge_is_inside_where_it_explains_the_payment(tmp_path):
    payment = details(f'<Amt Ccy="RWF">1500</Amt>{CREDIT}<Chrgs><Amt Ccy="RWF">20</Amt></Chrgs>')
    assert only(read(tmp_path, message(entry("1480", payment)))).fee_minor == 20
    assert only(read(tmp_path, message(entry("1500", payment)))).fee_minor == 0


def test_dates_and_times_are_as_the_bank_wrote_them(tmp_path):
    moment = "<BookgDt><DtTm>2026-01-16T23:30:00.123456789-05:00</DtTm></BookgDt>"
    valued = "<ValDt><Dt>2026-01-17</Dt></ValDt>"
    line = only(read(tmp_path, message(entry("5", moment, valued))))
    assert line.date == dt.date(2026, 1, 16)
    assert line.value_date == dt.date(2026, 1, 17)
    assert str(line.time) == "2026-01-16 23:30:00"


@pytest.mark.parametrize("booked", ["", "<BookgDt><Dt>2026-02-31</Dt></BookgDt>"])
def test_without_a_booking_date_the_value_date_counts_and_is_told(tmp_path, booked):
    text = message(entry("5", booked or "<BookgDt/>", "<ValDt><Dt>2026-01-17</Dt></ValDt>"))
    file = read(tmp_path, text)
    assert only(file).date == dt.date(2026, 1, 17)
    assert "no booking date" in messages(file)


def test_without_any_date_an_entry_is_left_out_and_told(tmp_path):
    file = read(tmp_path, message(entry("7") + entry("5", "<BookgDt/>")))
    assert only(file).amount_minor == 7
    assert "Entry 2 was left out: it has no date" in messages(file)


def test_a_field_that_cannot_be_read_costs_its_entry_only(tmp_path):
    file = read(tmp_path, message(entry("12.50") + entry("7") + entry("5", direction="")))
    assert only(file).amount_minor == 7
    assert only(file).line == 2
    assert "Entry 1 was left out: “12.50” is finer" in messages(file)
    assert "Entry 3 was left out: it does not say" in messages(file)


def test_balances_that_do_not_follow_are_told(tmp_path):
    file = read(tmp_path, message(OPENING.format(CREDIT) + CLOSING.format(5, CREDIT) + entry("7")))
    assert file.statements[0].closing_balance_minor == 5
    assert "missing or wrong" in messages(file)


@pytest.mark.parametrize("direction", [CREDIT, DEBIT])
def test_a_negative_amount_is_money_out_unless_the_balances_prove_otherwise(tmp_path, direction):
    file = read(tmp_path, message(entry("-7", direction=direction)))
    assert only(file).amount_minor == -7
    assert "negative" in messages(file)
    for closing, amount_minor in ((99_993, -7), (100_007, 7)):
        balanced = OPENING.format(CREDIT) + CLOSING.format(closing, CREDIT)
        proved = read(tmp_path, message(balanced + entry("-7", direction=direction)))
        assert only(proved).amount_minor == amount_minor
        assert "missing or wrong" not in messages(proved)


def test_balances_without_a_mark_have_the_sign_that_the_movements_prove(tmp_path):
    for amount, opening_minor in ((100_007, 100_000), (99_993, -100_000)):
        file = read(tmp_path, message(OPENING.format("") + CLOSING.format(amount, "") + entry("7")))
        assert file.statements[0].opening_balance_minor == opening_minor
        assert "missing or wrong" not in messages(file)
        assert "credit or a debit" in messages(file)


def test_a_closed_balance_or_an_interim_one_opens_where_nothing_else_does(tmp_path):
    for kind in ("PRCD", "ITBD"):
        text = message(OPENING.format(CREDIT).replace("OPBD", kind) + entry("7"))
        assert read(tmp_path, text).statements[0].opening_balance_minor == 100_000
    both = OPENING.format(CREDIT) + CLOSING.format(100_007, CREDIT).replace("CLBD", "ITBD")
    assert read(tmp_path, message(both + entry("7"))).statements[0].closing_balance_minor == 100_007


def test_what_is_available_is_no_booked_balance(tmp_path):
    available = CLOSING.format(999, CREDIT).replace("CLBD", "CLAV")
    balanced = OPENING.format(CREDIT) + CLOSING.format(100_007, CREDIT)
    file = read(tmp_path, message(available + balanced + entry("7")))
    assert file.statements[0].closing_balance_minor == 100_007
    assert not file.problems


def test_amounts_in_another_currency_are_a_statement_of_their_own(tmp_path):
    dollars = entry("12.50").replace('Ccy="RWF"', 'Ccy="USD"')
    file = read(tmp_path, message(OPENING.format(CREDIT) + entry("7") + dollars))
    own, other = file.statements
    assert (own.currency, own.lines[0].amount_minor) == ("RWF", 7)
    assert (other.currency, other.lines[0].amount_minor) == ("USD", 1250)
    assert "Entry 2" in messages(file)


def test_amounts_in_another_currency_have_the_balances_of_that_currency(tmp_path):
    dollars = entry("5.00", direction=DEBIT).replace("RWF", "USD")
    balances = (CLOSING.format("20.00", CREDIT) + OPENING.format(CREDIT)).replace("RWF", "USD")
    home = OPENING.format(CREDIT) + CLOSING.format(101500, CREDIT)
    file = read(tmp_path, message(home + balances.replace("100000", "25.00") + entry() + dollars))
    assert [
        (each.currency, each.opening_balance_minor, each.closing_balance_minor)
        for each in file.statements
    ] == [("RWF", 100000, 101500), ("USD", 2500, 2000)]


def test_a_lone_closing_balance_marked_in_another_currency_is_taken_and_told(tmp_path):
    strange = CLOSING.format(101500, CREDIT).replace("RWF", "XAF")
    finer = CLOSING.format(7, CREDIT).replace("RWF", "EUR")
    file = read(tmp_path, message(OPENING.format(CREDIT) + finer + strange + entry()))
    (statement,) = file.statements
    assert (statement.currency, statement.closing_balance_minor) == ("RWF", 101500)
    assert "CLBD is marked XAF while the account is in RWF" in file.problems[0].message


def test_a_balance_in_another_currency_that_cannot_be_taken_is_told(tmp_path):
    finer = CLOSING.format(7, CREDIT).replace("RWF", "EUR")
    file = read(tmp_path, message(OPENING.format(CREDIT) + finer + entry()))
    (statement,) = file.statements
    assert statement.closing_balance_minor is None
    assert "CLBD is in EUR while the account is in RWF: it is left out" in file.problems[0].message


def test_several_accounts_are_all_read_and_their_entries_counted_through(tmp_path):
    file = read(tmp_path, message(entry("7"), entry("8")))
    assert [s.lines[0].line for s in file.statements] == [1, 2]


def test_counts_and_sums_that_the_statement_states_are_compared(tmp_path):
    summary = (
        "<TxsSummry><TtlNtries><NbOfNtries>{}</NbOfNtries><Sum>{}</Sum></TtlNtries>"
        "<TtlDbtNtries><NbOfNtries>1</NbOfNtries></TtlDbtNtries></TxsSummry>"
    )
    entries = entry("7") + entry("5", direction=DEBIT)
    assert not read(tmp_path, message(summary.format(2, "12.00") + entries)).problems
    told = messages(read(tmp_path, message(summary.format(3, 13) + entries)))
    assert "says it has 3 entries worth 13, and it has 2 worth 12" in told


def test_a_page_that_is_not_the_last_is_told_unless_the_file_goes_on(tmp_path):
    page = "<StmtPgntn><PgNb>{}</PgNb><LastPgInd>{}</LastPgInd></StmtPgntn>"
    first, last = page.format(1, "false") + entry("7"), page.format(2, "true") + entry("8")
    assert "more pages follow" in messages(read(tmp_path, message(first)))
    assert not read(tmp_path, message(first, last)).problems


def test_an_account_known_by_its_phone_number_only_is_named_by_it(tmp_path):
    payer = "<RltdPties><DbtrAcct><Prxy><Id>+250788123456</Id></Prxy></DbtrAcct></RltdPties>"
    line = only(read(tmp_path, message(entry("7", details(payer)))))
    assert line.counterparty_account == "+250788123456"


def test_amounts_may_be_padded_or_have_a_decimal_comma(tmp_path):
    dollars = entry("000000000000087.71") + entry("3,50") + entry(".5") + entry("+4")
    text = message(dollars).replace("RWF", "USD")
    assert [line.amount_minor for line in read(tmp_path, text).lines] == [8771, 350, 50, 400]


def test_an_account_in_no_currency_that_there_is_takes_that_of_its_entries(tmp_path):
    text = message(entry("7")).replace("<Ccy>RWF</Ccy>", "<Ccy>FRANCS</Ccy>")
    assert read(tmp_path, text).statements[0].currency == "RWF"
    wrong = message(entry("7") + entry("9")).replace('Ccy="RWF">7', 'Ccy="R1">7')
    file = read(tmp_path, wrong)
    assert only(file).amount_minor == 9
    assert "Entry 1 was left out" in messages(file)


def test_the_message_is_found_in_an_envelope_and_with_any_namespace(tmp_path):
    envelope = (
        '<?xml version="1.0"?><!-- sent --><x:Env xmlns:x="urn:x"><AppHdr/><x:B>{}</x:B></x:Env>'
    )
    assert only(read(tmp_path, message(entry("7"), around=envelope))).amount_minor == 7


def test_joined_messages_are_all_read(tmp_path):
    one = '<?xml version="1.0"?>{}\r\n'
    file = read(tmp_path, message(entry("7"), around=one) + message(entry("8"), around=one))
    assert [line.amount_minor for line in file.lines] == [7, 8]
    marked = [message(entry(each), around=one).encode("utf-8-sig") for each in "78"]
    assert [line.amount_minor for line in read(tmp_path, b"".join(marked)).lines] == [7, 8]


def test_a_text_that_is_not_what_it_says_is_read_and_told(tmp_path):
    text = message(entry("7", details("<RmtInf><Ustrd>caf\xe9</Ustrd></RmtInf>")))
    file = read(tmp_path, ('<?xml version="1.0" encoding="UTF-8"?>' + text).encode("cp1252"))
    assert only(file).description == "café"
    assert "encoding" in messages(file)
    recoded = ('<?xml version="1.0" encoding="utf-16"?>' + text).encode()
    assert only(read(tmp_path, recoded)).description == "café"


def test_entries_without_a_currency_are_in_that_of_the_account_else_the_assumed(tmp_path):
    bare = message(entry("7")).replace(' Ccy="RWF"', "")
    assert read(tmp_path, bare).statements[0].currency == "RWF"
    unknown = bare.replace("<Ccy>RWF</Ccy>", "")
    assert read(tmp_path, unknown, currency="UGX").lines[0].currency == "UGX"


def test_the_samples_are_read_without_a_problem(tmp_path):
    for content in sample_files():
        file = read(tmp_path, content)
        assert file.format == "camt"
        assert len(file.lines) == 4
        assert not file.problems


_TEXT = st.text(
    st.characters(codec="latin-1", exclude_categories=("Cc", "Zs")) | st.just(" "), max_size=30
).map(lambda text: " ".join(text.split()))
_WORD = _TEXT.filter(lambda text: text.upper() not in {"N/A", "-", "NONREF"})
_ACCOUNTS = st.lists(
    st.from_regex(r"[A-Z]{2}[0-9]{6,20}|[0-9]{4,16}", fullmatch=True),
    min_size=1,
    max_size=3,
    unique=True,
)
_DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31))


@st.composite
def statements(draw: st.DrawFn) -> list[Statement]:
    result = []
    number = 1
    for account in draw(_ACCOUNTS):
        currency = draw(st.sampled_from(["RWF", "USD", "EUR", "TND", "JPY"]))
        lines = []
        for _ in range(draw(st.integers(0, 4))):
            lines.append(
                StatementLine(
                    line=number,
                    date=draw(_DAYS),
                    amount_minor=draw(st.integers(-(10**12), 10**12)),
                    currency=currency,
                    value_date=draw(st.none() | _DAYS),
                    reference=draw(_WORD),
                    transaction_id=draw(_WORD),
                    description=draw(_WORD.filter(bool)),
                    counterparty=draw(_WORD),
                    counterparty_account=draw(st.from_regex(r"[0-9]{5,9}", fullmatch=True)),
                    status="BOOK",
                )
            )
            number += 1
        opening = draw(st.integers(-(10**12), 10**12))
        closing = opening + sum(line.amount_minor for line in lines)
        result.append(Statement(account, currency, tuple(lines), opening, closing, number="7"))
    return result


@settings(max_examples=150, deadline=None)
@given(statements(), st.sampled_from(sample_dialects()))
def test_what_is_written_is_read_back(written: list[Statement], dialect: Dialect):
    content = write(written, dialect)
    source = Source("written.xml", content, "")
    file = READERS.reader_of(source).read(source, None, "RWF")
    if dialect.message == "054":
        written = [
            Statement(each.account, each.currency, each.lines, number=each.number)
            for each in written
        ]
    assert list(file.statements) == written
    assert not file.problems
