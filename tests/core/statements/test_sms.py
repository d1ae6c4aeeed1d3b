# ruff: noqa: E501 - the samples are messages as a phone shows them
from __future__ import annotations

import datetime as dt
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import UnreadableFileError
from core.statements.reading import open_source, read_statement
from core.statements.sms.reader import SmsReader
from core.statements.statement import Statement, StatementLine
from tests.core.statements.samples import amounts, messages
from tests.core.statements.writers import sms
from tests.core.statements.writers.sms import Kept

MTN = """\
You have received 20000 RWF from ALINE UWASE (*********013) on your mobile money account at 2026-01-10 16:30:51. Message from sender: cancelled order 7. Your new balance:22000 RWF. Financial Transaction Id: 76600001.
TxId: 76600002. Your payment of 1,000 RWF to KEZA TRADERS 12845 has been completed at 2026-01-10 16:31:39. Your new balance: 21,000 RWF. Fee was 0 RWF.Kanda*182*16# wiyandikishe muri poromosiyo.
*113*R*A bank deposit of 40000 RWF has been added to your mobile money account at 2026-01-11 18:43:49. Your NEW BALANCE :61000 RWF. Cash Deposit::CASH::::0::250788000999.Thank you for using MTN MobileMoney.*EN#
*165*S*10000 RWF transferred to ERIC MUGABO (250788999888) from 36500001 at 2026-01-11 20:34:47 . Fee was: 100 RWF. New balance: 50900 RWF. Kugura ama inite cg interineti kuri MoMo, Kanda *182*2*1# .*EN#
*162*TxId:76600005*S*Your payment of 2000 RWF to Airtime with token  has been completed at 2026-01-12 11:41:28. Fee was 0 RWF. Your new balance: 48900 RWF . Message: - -. *EN#
You UMUCYO SHOP (*********036) have via agent: PAUL NKURU (250790777000), withdrawn 20000 RWF from your mobile money account: 36500001 at 2026-01-12 12:10:27 and you can now collect your money in cash. Your new balance: 28550 RWF. Fee paid: 350 RWF. Message from agent: 1. Financial Transaction Id: 76600006.
*164*S*Y'ello,A transaction of 5000 RWF by DIRECT SALES LTD on your MOMO account was successfully completed at 2026-01-12 21:01:00. Message from debit receiver: . Your new balance:23550 RWF. Fee was 0 RWF. Financial Transaction Id: 76600007. External Transaction Id: 4784-2929.*EN#
*143*S*Your transaction to ERIC MUGABO (250788999888) with 5000 RWF has been reversed at 2026-01-13 15:17:21. Your new balance is 28550 RWF.
"""
FAILED = "*143*R*Hello, the transaction with amount 7500 RWF for ALINE UWASE with message: 17 failed at 2026-01-13 20:30:00 .Please Contact MobileMoney HelpLine.*EN#\n"
CODE = "<#> Dear Customer, your MTN MoMo application one-time password is :2476. Do not share it.\n"
BUNDLE = "Yello!Umaze kugura 2000Rwf(1GB)/30days igura 2,000 RWF\n"


def read(folder, text, name="messages.txt"):
    path = folder / name
    content = text if isinstance(text, bytes) else text.encode()
    path.write_bytes(content)
    if content.startswith(b"<?xml"):
        source = open_source(path)
        assert SmsReader().accepts(source)
        return SmsReader().read(source, None, "RWF")
    return read_statement(path)


def test_every_sentence_of_mtn_has_its_direction_fee_and_balance(tmp_path):
    file = read(tmp_path, MTN)
    assert (file.format, file.profile) == ("sms", "MTN MoMo SMS")
    (statement,) = file.statements
    assert amounts(file) == [20000, -1000, 40000, -10000, -2000, -20000, -5000, 5000]
    assert [line.fee_minor for line in file.lines] == [0, 0, 0, 100, 0, 350, 0, 0]
    assert statement.fees_separate
    assert (statement.opening_balance_minor, statement.closing_balance_minor) == (2000, 28550)
    assert statement.balance_gap_minor() == 0
    assert statement.account == "36500001"
    assert not file.problems


def test_a_message_s_numbers_names_and_time(tmp_path):
    lines = read(tmp_path, MTN).lines
    assert [line.transaction_id for line in lines][:3] == ["76600001", "76600002", ""]
    assert lines[0].counterparty_account == "*********013"
    assert lines[0].time == dt.datetime(2026, 1, 10, 14, 30, 51, tzinfo=dt.UTC)
    assert [(line.counterparty, line.counterparty_account) for line in lines[:2]] == [
        ("ALINE UWASE", "*********013"),
        ("KEZA TRADERS", "12845"),
    ]
    assert lines[5].counterparty == "PAUL NKURU"
    assert (lines[6].counterparty, lines[6].reference) == ("DIRECT SALES LTD", "4784-2929")
    assert lines[7].counterparty == "ERIC MUGABO"
    assert [line.line for line in lines] == list(range(1, 9))


def test_what_moved_no_money_is_told_and_never_counted(tmp_path):
    file = read(tmp_path, MTN + FAILED + CODE + BUNDLE)
    assert len(file.lines) == 8
    told = {problem.line: problem.message for problem in file.problems}
    assert "failed" in told[9]
    assert "no date" in told[11]
    assert "2000Rwf" in told[11]
    assert "1 message without an amount" in told[None]


PUSH = "You have transferred 50000 RWF to UMUCYO SHOP (250788000999) from your mobile money account 20077000001 imbank.bank at 2026-01-13 16:43:03. Your new balance:  . Message from sender: . Message to receiver: . Financial Transaction Id: 76600011.\n"
AFTER = "*165*S*2000 RWF transferred to ERIC MUGABO (250788999888) from 36500001 at 2026-01-13 18:40:31 . Fee was: 100 RWF. New balance: {} RWF. .*EN#\n"


def test_a_push_from_a_linked_bank_account_is_money_in_where_the_balance_shows_it(tmp_path):
    file = read(tmp_path, MTN + PUSH + AFTER.format(28550 + 50000 - 2100))
    assert amounts(file)[-2:] == [50000, -2000]
    assert not file.problems
    elsewhere = read(tmp_path, MTN + PUSH + AFTER.format(28550 - 2100))
    assert amounts(elsewhere)[-2:] == [5000, -2000]
    assert "Message 9: the balances do not show" in messages(elsewhere)


def test_a_bundle_without_a_balance_counts_where_the_next_balance_shows_it(tmp_path):
    bundle = "Yello!Umaze kugura 3000Frw=2500Mins+100SMS igura 3,000 RWF kuwa 2026-01-13 17:00\n"
    paid = read(tmp_path, MTN + bundle + AFTER.format(28550 - 3000 - 2100))
    assert amounts(paid)[-2:] == [-3000, -2000]
    by_airtime = read(tmp_path, MTN + bundle + AFTER.format(28550 - 2100))
    assert amounts(by_airtime)[-2:] == [5000, -2000]
    assert "Message 9" in messages(by_airtime)


def test_a_bundle_paid_from_the_wallet_is_money(tmp_path):
    paid = "Yello!Umaze kugura 500Rwf(1GB) igura 500 RWF kuwa 2026-01-14 08:00:00. Your new balance: 28050 RWF.\n"
    assert amounts(read(tmp_path, MTN + paid))[-1] == -500


def test_a_gift_of_airtime_is_no_money(tmp_path):
    gift = "You have received 500 RWF bonus airtime from MTN on 2026-01-14 08:00:00.\n"
    file = read(tmp_path, MTN + gift)
    assert len(file.lines) == 8
    assert "Message 9" in messages(file)


def test_a_message_pasted_twice_is_counted_once(tmp_path):
    lines = MTN.splitlines(keepends=True)
    file = read(tmp_path, "".join([*lines, lines[0], lines[3]]))
    assert len(file.lines) == 8
    assert "repeats message 1" in messages(file)
    assert "repeats message 4" in messages(file)


def test_newest_first_is_turned(tmp_path):
    file = read(tmp_path, "".join(reversed(MTN.splitlines(keepends=True))))
    assert amounts(file)[0] == 20000
    assert file.statements[0].balance_gap_minor() == 0
    assert [line.line for line in file.lines] == list(range(8, 0, -1))


def test_a_missing_message_is_told_with_the_one_after_it(tmp_path):
    lines = MTN.splitlines(keepends=True)
    file = read(tmp_path, "".join(lines[:3] + lines[4:]))
    assert any(p.line == 4 and "balance" in p.message for p in file.problems)


@pytest.mark.parametrize(
    ("text", "amount", "party"),
    [
        (
            "TID PP260116.1030.A12345. You have received RWF 5,000 from ALINE UWASE 0738123456. Your available balance is RWF 15,000.",
            5000,
            "ALINE UWASE",
        ),
        (
            "TID: MP260116.1131.B1. You have sent RWF 2,000 to ERIC MUGABO 0733123456. Fee RWF 20. Balance RWF 12,980.",
            -2000,
            "ERIC MUGABO",
        ),
        (
            "Txn ID: CO260116.1200.C1. You have withdrawn RWF 10,000.00 from PAUL NKURU. Airtel Money balance RWF 2,980.",
            -10000,
            "PAUL NKURU",
        ),
    ],
)
def test_airtel_money_takes_its_time_from_the_number(tmp_path, text, amount, party):
    file = read(tmp_path, text)
    assert file.profile == "Airtel Money SMS"
    (line,) = file.lines
    assert (line.amount_minor, line.counterparty) == (amount, party)
    assert line.date == dt.date(2026, 1, 16)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        (
            "Wakiriye RWF 3500 kuva kwa MARIE KEZA +250789654321 kuwa 2026-01-15 10:15. TxId: 9",
            3500,
        ),
        (
            "Umaze kohereza 1,200 RWF kuri ERIC MUGABO (250788999888) kuwa 2026-01-15 10:15:00. Usigaranye 5,000 RWF.",
            -1200,
        ),
        ("Wishyuye 800 RWF kuri KEZA 12845 kuwa 2026-01-15 10:15:00. Ikiguzi: 0 RWF", -800),
        (
            "Vous avez reçu 2 500 FRW de KEZA le 15/01/2026 à 10:15. Nouveau solde: 12 500 FRW.",
            2500,
        ),
        ("Vous avez envoyé 1.500 FRW à KEZA le 15/01/2026 à 10:15. Frais: 20 FRW.", -1500),
    ],
)
def test_kinyarwanda_and_french(tmp_path, text, amount):
    (line,) = read(tmp_path, text).lines
    assert (line.amount_minor, line.date) == (amount, dt.date(2026, 1, 15))


def test_a_chat_s_date_stands_in_where_a_message_has_none(tmp_path):
    text = "[16/01/2026, 10:30:00] M-Money: You have received 500 RWF from KEZA (*********013). TxId: 7\n[17/01/2026, 11:00] M-Money: Good morning\n"
    file = read(tmp_path, text)
    (line,) = file.lines
    assert line.time == dt.datetime(2026, 1, 16, 8, 30, tzinfo=dt.UTC)


def test_a_message_without_any_date_is_told(tmp_path):
    file = read(tmp_path, MTN + "You have received 500 RWF from KEZA (*********013). TxId: 7\n")
    assert len(file.lines) == 8
    assert "no date" in messages(file)


def test_a_message_from_a_person_s_number_is_no_proof_of_money(tmp_path):
    content = sms.write([_statement([(500, 0)])], Kept.BACKUP)
    file = read(tmp_path, content.replace(b"M-Money", b"+250788123456"))
    assert file.lines == ()
    assert "a person" in messages(file)


def test_an_emoji_in_two_halves_does_not_spoil_a_backup(tmp_path):
    content = sms.write([_statement([(500, 0)])], Kept.BACKUP, extra=["Happy birthday EMOJI"])
    file = read(tmp_path, content.replace(b"EMOJI", b"&#55357;&#56832;"))
    assert amounts(file) == [500]


@pytest.mark.parametrize("cut", [b"</smses>", b" />\n</smses>"])
def test_a_cut_backup_is_refused(tmp_path, cut):
    content = sms.write([_statement([(500, 0), (700, 0)])], Kept.BACKUP)
    with pytest.raises(UnreadableFileError, match="breaks off"):
        read(tmp_path, content.removesuffix(cut))


def test_a_table_with_such_texts_stays_a_table(tmp_path):
    rows = "".join(
        f"You have received {n}00 RWF from KEZA,2026-01-1{n},{n}00\n" for n in range(1, 6)
    )
    file = read(tmp_path, "Details,Date,Amount\n" + rows)
    assert file.format == "csv"
    assert amounts(file) == [100, 200, 300, 400, 500]
    quoted = "".join(f'2026-01-1{n},"{line}",{n}\n' for n, line in enumerate(MTN.splitlines(), 1))
    assert read(tmp_path, "Date,Details,Amount\n" + quoted).format == "csv"


def _statement(movements):
    balance, lines = 10**7, []
    for n, (amount, seconds) in enumerate(movements):
        fee = 20 if amount < 0 else 0
        balance += amount - fee
        moment = dt.datetime(2026, 1, 14, 22, tzinfo=dt.UTC) + dt.timedelta(days=n, seconds=seconds)
        lines.append(
            StatementLine(
                line=n + 1,
                date=(moment + dt.timedelta(hours=2)).date(),
                amount_minor=amount,
                currency="RWF",
                fee_minor=fee,
                balance_minor=balance,
                transaction_id=f"7660{n:04}",
                counterparty="ALINE UWASE",
                counterparty_account="250788123456",
                time=moment,
            )
        )
    return Statement("", "RWF", tuple(lines))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    movements=st.lists(
        st.tuples(st.integers(-900_000, 900_000).filter(bool), st.integers(0, 80_000)),
        min_size=1,
        max_size=9,
    ),
    kept=st.sampled_from(Kept),
    airtel=st.booleans(),
    newest_first=st.booleans(),
)
def test_a_statement_written_and_read_back_is_the_same(
    tmp_path, movements, kept, airtel, newest_first
):
    written = _statement(movements)
    content = sms.write([written], kept, airtel=airtel, newest_first=newest_first)
    file = read(tmp_path, content)
    (found,) = file.statements
    assert [line._replace(line=0, description="") for line in found.lines] == [
        line._replace(line=0) for line in written.lines
    ]
    assert found.balance_gap_minor() == 0
    assert found.opening_balance_minor == 10**7


@pytest.mark.parametrize(
    ("written", "grown"),
    [
        ("balance: 21,000 RWF", f"balance: {'9' * 30} RWF"),
        ("payment of 1,000 RWF", f"payment of {'1' * 1300} RWF"),
        ("Fee was 0 RWF", "Fee was 12345678901234567 RWF"),
    ],
)
def test_a_figure_beyond_any_wallet_is_told_and_its_message_not_counted(tmp_path, written, grown):
    file = read(tmp_path, MTN.replace(written, grown, 1))
    assert amounts(file) == [20000, 40000, -10000, -2000, -20000, -5000, 5000]
    assert "Message 2: “" in messages(file)
    assert "is more than any wallet holds. It was not counted." in messages(file)


def test_a_balance_that_would_be_beyond_any_wallet_is_not_reckoned(tmp_path):
    largest = 10**15
    text = (
        f"You have received {largest} RWF from ALINE UWASE (*********013) on your mobile money"
        " account at 2026-01-10 16:30:51. Your new balance:22000 RWF."
        " Financial Transaction Id: 76600001.\n"
    )
    later = text.replace("76600001", "76600002").replace("new balance:22000 RWF", "thanks")
    (statement,) = read(tmp_path, text + later).statements
    assert statement.closing_balance_minor is None


def test_a_long_gap_inside_a_name_costs_no_time(tmp_path):
    gap = " " * 1500
    text = f"You have received 2000 RWF from ALINE{gap}UWASE (*********013) on your mobile money"
    text += (
        " account at 2026-01-10 16:30:51. Your new balance:2000 RWF. Financial Transaction Id: 7.\n"
    )
    before_s = time.process_time()
    assert [line.counterparty for line in read(tmp_path, text).lines] == ["ALINE UWASE"]
    assert time.process_time() - before_s < 2
