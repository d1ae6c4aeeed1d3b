# ruff: noqa: E501 - the samples are lines of files
"""Invented statements in the layouts that Rwandan shops receive, with their usual mess."""

from __future__ import annotations

from pathlib import Path

from core.statements.profile import ColumnProfile
from core.statements.reading import read_statement
from core.statements.statement import StatementFile

MTN = """\
Mobile Money statement,,,,,,,,,,,,
Account holder:,UMUCYO SHOP LTD,,,,,,,,,,,
Account number:,250788000111,,,,,,,,,,,
,,,,,,,,,,,,
Id,External id,Date,Status,Type,From,From name,To,To name,Amount,Currency,Fee,Balance
23301,PAY-1,2026-01-16 10:30:00,SUCCESSFUL,Payment,FRI:250788123456/MSISDN,JEAN UWASE,FRI:250788000111/USER,UMUCYO SHOP,15000,RWF,0,115000
23302,,2026-01-16 11:00:05,Successful,Transfer,FRI:250788000111/USER,UMUCYO SHOP,FRI:250788999888/MSISDN,ERIC MUGABO,-20000,RWF,100,94900
23303,PAY-2,2026-01-16 11:10:00,FAILED,Payment,FRI:250788123457/MSISDN,ALINE K,FRI:250788000111/USER,UMUCYO SHOP,7000,RWF,0,94900
23304,PAY-3,2026-01-17 08:00:00,SUCCESSFUL,Payment,FRI:250788123458/MSISDN,"NKURU, PAUL",FRI:250788000111/USER,UMUCYO SHOP,5000,RWF,0,99900
"""

AIRTEL = """\
transfer_date,transfer_id,entry_type,service_type,transfer_subtype,account_id,second_party_account_id,transfer_value,previous_balance,post_balance,transaction_type,requested_value,transfer_status,attr_1_value
16/01/2026,PP260116.1030.A1,CR,MERCHPAY,MP,250733000111,250733123456,15000,100000,115000,MP,15000,TS,PAY-9
16/01/2026,PP260116.1100.A2,DR,COMDISB,CD,250733000111,250733000999,500,115000,114500,CD,500,TS,
16/01/2026,PP260116.1101.A3,CR,MERCHPAY,MP,250733000111,250733123457,7000,114500,114500,MP,7000,TF,PAY-10
17/01/2026,PP260117.0900.A4,CR,MERCHPAY,MP,250733000111,250733123458,2000,114500,116500,MP,2000,TS,PAY-11
"""

BK_ACCOUNT = """\
Bank of Kigali,Account Statement,,,,,
Customer Name :,UMUCYO SHOP LTD,,,,,
Period :,2026-01-01 To 2026-01-31,,,,,
Account No:,00040-0123456-78,,,,,
Currency :,RWF,,,,,
Total Debits :,"1,236,590",,,,,
Total Credits :,"2,000,000",,,,,
Open Balance :,"500,000",,,,,
Closing Balance :,"1,263,410",,,,,
Book Date,Value Date,Reference,Narration,Debit,Credit,Balance
2026-01-05,2026-01-05,FT26005ABCDE,Incoming Trsf frm local banks | KEZA TRADERS,,"2,000,000","2,500,000"
,,,00099887766,,,
2026-01-09,2026-01-10,FTCM26009HS1,ATM Cash Withdrawal | KIMIRONKO,"1,236,000",,"1,264,000"
Book Date,Value Date,Reference,Narration,Debit,Credit,Balance
2026-01-09,2026-01-10,FTCM26009HS1,ATM Cash Withdrawal Fee : AC-RWF,590,,"1,263,410"
Total,,,,"1,236,590","2,000,000",
www.bk.rw (+250) 252 593 100,,,,,,
"""

BK_BRANCH = """\
Account Number :;00040-0123456-78;;;;;;
Account Name :;UMUCYO SHOP LTD;;;;;;
Book Date;Reference;Description;Narration;Value Date;Debit;Credit;Closing Balance
;;Balance at Period Start;;;;;500,000
03 Dec 25;FT1;Transfer;IN FROM KEZA;03 Dec 25;;100,000;600,000
04 Dec 25;FT2;Charge;SMS FEE;04 Dec 25;-500;;599,500
;;Balance at Period End;;;;;599,500
"""

BK_INTERNET = """\
AccountNumber :\t00040-0123456-78\t\t\t\t
Opening Balance\t1,000\t\t\t\t
Date\tNarration\tRef Number\tMoney In\tMoney Out\tBalance
13/01/2026\tAccount transfer/KEZA/inv 7\tR2\t\t400\t5,600
12/01/2026\tAccount transfer/ERIC/inv 6\tR1\t5,000\t\t6,000
Closing Balance\t5,600\t\t\t\t
"""


def read(
    folder: Path,
    text: str | bytes,
    *,
    name: str = "statement.csv",
    profile: ColumnProfile | None = None,
    currency: str = "RWF",
) -> StatementFile:
    """Write the text as a file and read it back as a statement."""
    path = folder / name
    path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    return read_statement(path, profile=profile, currency=currency)


def amounts(file: StatementFile) -> list[int]:
    """Return the signed amounts in the order of the file."""
    return [line.amount_minor for line in file.lines]


def messages(file: StatementFile) -> str:
    """Return all problems as one text."""
    return "\n".join(problem.message for problem in file.problems)
