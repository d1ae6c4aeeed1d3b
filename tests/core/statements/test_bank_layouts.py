# ruff: noqa: E501 - the samples are lines of files
"""Layouts of banks and networks as CSV, XLSX and XLS: the same money whatever the file."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field

import pytest

from core.statements.profile import ColumnProfile
from core.statements.reading import read_statement
from core.statements.tables.builtin import ECOBANK, EQUITY, GENERIC, IM_BANK
from tests.core.statements import samples
from tests.core.statements.samples import amounts, messages
from tests.core.statements.writers import xls, xlsx


@dataclass(frozen=True, slots=True)
class Case:
    """A layout's sample and what must come out of it."""

    name: str
    text: str
    amounts: list[int]
    opening: int
    closing: int
    currency: str = "RWF"
    fees: list[int] = field(default_factory=list)
    told: str = ""
    profile: ColumnProfile | None = None
    account: str = ""


EWP = """\
Id,External id,Date,Status,Type,Provider category,From,From name,From handler name,To,To name,To handler name,Initiated by,On behalf of,Amount,Currency,Fee,External amount,External fx rate,External service provider,Balance
2331,PAY-1,2026-01-16 10:30:00,Successful,Payment,,FRI:250788123456/MSISDN,JEAN UWASE,,FRI:shop.momo/USER,UMUCYO SHOP,,FRI:250788123456/MSISDN,,15000,RWF,0,,,,115000
2332,,2026-01-16 11:00:05,Successful,Transfer,,FRI:shop.momo/USER,UMUCYO SHOP,,FRI:250788999888/MSISDN,ERIC MUGABO,,FRI:shop.momo/USER,,-20000,RWF,100,,,,94900
2333,PAY-2,2026-01-16 11:10:00,Failed,Payment,,FRI:250788123457/MSISDN,ALINE K,,FRI:shop.momo/USER,UMUCYO SHOP,,FRI:250788123457/MSISDN,,7000,RWF,0,,,,94900
2334,PAY-3,2026-01-16 11:12:00,Pending,Payment,,FRI:250788123459/MSISDN,ALINE M,,FRI:shop.momo/USER,UMUCYO SHOP,,FRI:250788123459/MSISDN,,8000,RWF,0,,,,94900
2335,PAY-1,2026-01-17 08:00:00,Successful,Reversal,,FRI:shop.momo/USER,UMUCYO SHOP,,FRI:250788123456/MSISDN,JEAN UWASE,,FRI:shop.momo/USER,,-15000,RWF,0,,,,79900
"""
WITHOUT_ID = """\
Mobile Money statement
Date,Status,Type,From,From handler name,To,To handler name,Amount,Fee,Balance
16/01/2026 10:30:00,Success,Cash in,FRI:250788123456/MSISDN,JEAN UWASE,FRI:250788000111/MSISDN,UMUCYO,15000,0,115000
16/01/2026 11:00:05,Success,Cash out,FRI:250788000111/MSISDN,UMUCYO,FRI:250788999888/MSISDN,AGENT 7,-20000,350,94650
17/01/2026 08:00:00,Success,External payment,FRI:250788000111/MSISDN,UMUCYO,FRI:999/USER,CASH POWER,-5000,0,89650
"""
AIRTEL_CUSTOMER = """\
Customer Name,UMUCYO SHOP,,,,,,
Mobile Number,256750000111,,,,,,
Opening Balance,Ugx 100000,,,,,,
Closing Balance,Ugx 94400,,,,,,
Transaction ID,Transaction Date,Description,Status,Transaction Amount,Credit/Debit,Fee,Balance
11001,01-05-25 08:17 AM,From KEZA,Success,15000,Credit,0,115000-
11002,01-05-25 09:17 PM,Sent to ERIC,Success,20000,Debit,600,94400-
11003,13-05-25 10:00 AM,Sent to PAUL,Failed,9000,Debit,0,94400-
"""
MTN_UGANDA = """\
Date / Time,Transaction ID,Transaction Type,Status,From Account,To Account,Amount,Fee,TAX,Commision Amount,Commision Receiving No.,Commision Balance,Float Balance
2026-01-16 10:30,901,Cash In,Successful,256772000111@mtn.ug,256772123456,-15000,0,0,300,256772000111,300,85000
2026-01-16 11:30,902,Cash Out,Successful,256772123457,256772000111@mtn.ug,40000,0,0,500,256772000111,800,125000
2026-01-16 12:30,903,Cash Out,Failed,256772123457,256772000111@mtn.ug,7000,0,0,0,256772000111,800,125000
"""
MPESA = """\
M-PESA STATEMENT,,,,,,
Customer Name:,UMUCYO SHOP,,,,,
Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Balance
TAG3,2026-01-18 09:00:00,Pay Bill to 222 - KPLC,Completed,,-300.00,1675.00
TAG2,2026-01-17 12:00:00,Pay Bill Charge,Completed,,-25.00,1975.00
TAG2,2026-01-17 12:00:00,Customer Transfer to ERIC,Completed,,-1000.00,2000.00
TAG1,2026-01-16 10:30:00,Funds received from KEZA,Completed,2500.00,,3000.00
"""
MPESA_TILL = """\
Organization Name:,UMUCYO SHOP,,,,,,,,,,,
Receipt No.,Completion Time,Initiation Time,Details,Transaction Status,Paid In,Withdrawn,Balance,Balance Confirmed,Reason Type,Other Party Info,Linked Transaction ID,A/C No.
TAG9,18-01-2026 10:30:00,18-01-2026 10:29:58,Pay Merchant,Completed,500.00,,1500.00,true,Pay Bill,2547XXX - KEZA,,INV-7
TAH1,18-01-2026 11:00:00,18-01-2026 11:00:00,Charge,Completed,,-5.00,1495.00,true,Merchant Charge,,TAG9,
TAH2,18-01-2026 12:00:00,18-01-2026 11:59:00,Pay Merchant,Cancelled,700.00,,1495.00,false,Pay Bill,2547XXX - PAUL,,INV-8
"""
EQUITY_FILE = """\
EQUITY BANK RWANDA PLC,,,,,,
Account Number:,4002200999111,,,,,
Currency:,RWF,,,,,
Transaction Date,Value Date,Narrative,Transaction Reference,Debit,Credit,Running Balance
,,BALANCE B/F,,,,"100,000.00"
13/01/2026,13/01/2026,DEPOSIT BY KEZA,S1,,"50,000.00","150,000.00"
14/01/2026,15/01/2026,CHQ 12 RENT,S2,"120,000.00",,"30,000.00"
14/01/2026,15/01/2026,EXCISE DUTY,S2,200.00,,"29,800.00"
,,TOTAL,,"120,200.00","50,000.00",
"""
IM_FILE = """\
I&M BANK (RWANDA) PLC;;;;;;
Account No.;20077201001;;;;;
Tran Date;Value Date;Particulars;Instrument No;Withdrawals;Deposits;Balance
05-Jan-2026;05-Jan-2026;RTGS KEZA LTD;000011;;1,000,000.00;1,500,000.00 Cr
06-Jan-2026;06-Jan-2026;CASH CHQ;000012;1,600,000.00;;100,000.00 Dr
07-Jan-2026;07-Jan-2026;CASH DEPOSIT;000013;;300,000.00;200,000.00 Cr
"""
ECOBANK_FILE = """\
Ecobank Rwanda\t\t\t\t\t\t
Account Number\t6775000111\t\t\t\t\t
Opening Balance\t10,000.00\t\t\t\t\t
Transaction Date\tReference\tDescription\tValue Date\tDebit Amount\tCredit Amount\tBalance
31-JAN-26\tH01\tTRANSFER TO ERIC\t31-JAN-26\t4,000.00\t\t8,500.00
30-JAN-26\tH00\tMOMO PUSH KEZA\t30-JAN-26\t\t2,500.00\t12,500.00
"""
CASES = [
    Case("MTN MoMo Rwanda", samples.MTN, [15000, -20000, 5000], 100000, 99900, fees=[0, 100, 0], told="FAILED", account="250788000111"),
    Case("MTN MoMo Rwanda", EWP, [15000, -20000, -15000], 100000, 79900, fees=[0, 100, 0], told="Pending"),
    Case("MTN MoMo Rwanda", WITHOUT_ID, [15000, -20000, -5000], 100000, 89650, fees=[0, 350, 0]),
    Case("Airtel Money Rwanda", samples.AIRTEL, [15000, -500, 2000], 100000, 116500, told="TF"),
    Case("Airtel Money (customer)", AIRTEL_CUSTOMER, [15000, -20000], 100000, 94400, currency="UGX", fees=[0, 600], told="Failed"),
    Case("MTN MoMo Uganda", MTN_UGANDA, [-15000, 40000], 100000, 125000, told="Failed"),
    Case("Bank of Kigali (account statement)", samples.BK_ACCOUNT, [2000000, -1236000, -590], 500000, 1263410, account="00040-0123456-78"),
    Case("Bank of Kigali (branch)", samples.BK_BRANCH, [100000, -500], 500000, 599500),
    Case("Bank of Kigali (internet banking)", samples.BK_INTERNET, [-400, 5000], 1000, 5600),
    Case("M-Pesa", MPESA, [-30000, -2500, -100000, 250000], 50000, 167500, currency="KES"),
    Case("M-Pesa", MPESA_TILL, [50000, -500], 100000, 149500, currency="KES", told="Cancelled"),
    Case("detected", EQUITY_FILE, [50000, -120000, -200], 100000, 29800, account="4002200999111"),
    Case("Equity", EQUITY_FILE, [50000, -120000, -200], 100000, 29800, profile=EQUITY),
    Case("detected", IM_FILE, [1000000, -1600000, 300000], 500000, 200000, account="20077201001"),
    Case("I&M Bank", IM_FILE, [1000000, -1600000, 300000], 500000, 200000, profile=IM_BANK),
    Case("detected", ECOBANK_FILE, [-4000, 2500], 10000, 8500, account="6775000111"),
    Case("Ecobank", ECOBANK_FILE, [-4000, 2500], 10000, 8500, profile=ECOBANK),
    Case("detected", ECOBANK_FILE, [-4000, 2500], 10000, 8500, profile=GENERIC),
]  # fmt: skip


def cells(text):
    """Return the cells of a sample, which is written with whichever mark it has most of."""
    delimiter = max(",;\t", key=text.splitlines()[-1].count)
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    return [[cell or None for cell in row] for row in rows]


KINDS = {
    "csv": lambda text: text.encode(),
    "xlsx": lambda text: xlsx.workbook([cells(text)]),
    "xls": lambda text: xls.workbook([cells(text)]),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_layout_gives_the_same_money_in_every_kind_of_file(tmp_path, case, kind):
    path = tmp_path / f"statement.{kind}"
    path.write_bytes(KINDS[kind](case.text))
    file = read_statement(path, profile=case.profile, currency=case.currency)
    assert (file.format, file.profile) == (kind, case.name)
    (statement,) = file.statements
    assert amounts(file) == case.amounts
    assert statement.currency == case.currency
    assert (statement.opening_balance_minor, statement.closing_balance_minor) == (
        case.opening,
        case.closing,
    )
    assert statement.balance_gap_minor() == 0
    assert [line.fee_minor for line in file.lines] == (case.fees or [0] * len(case.amounts))
    if case.account:
        assert statement.account == case.account
    if case.told:
        assert case.told in messages(file)
    else:
        assert not file.problems


def test_a_merchant_s_own_side_is_a_user_without_a_number(tmp_path):
    path = tmp_path / "statement.csv"
    path.write_text(EWP.replace("-20000", "20000").replace("-15000", "15000"), encoding="utf-8")
    file = read_statement(path)
    assert amounts(file) == [15000, -20000, -15000]
    first, second, _ = file.lines
    assert (first.counterparty, first.counterparty_account) == ("JEAN UWASE", "250788123456")
    assert (second.counterparty, second.counterparty_account) == ("ERIC MUGABO", "250788999888")
    assert (first.transaction_id, first.reference) == ("2331", "PAY-1")
