# ruff: noqa: E501 - the samples are lines of files
"""Small sound statement files of every format, from which broken ones are made.

Each format's own writer (``tests/core/statements/writers``) adds its varied samples.
"""

from __future__ import annotations

import gzip
import importlib.util
import io
import zipfile
from collections.abc import Callable

from tests.core.statements.samples import (
    AIRTEL,
    BK_ACCOUNT,
    BK_BRANCH,
    BK_INTERNET,
    MTN,
)

MT940 = """\
{1:F01BKIGRWRWAXXX0000000000}{2:I940BKIGRWRWXXXXN}{4:
:20:STMT260131
:25:00040012345678
:28C:1/1
:60F:C260101RWF500000,
:61:2601050105C2000000,NTRFFT26005ABCDE//BK77
Incoming transfer
:86:166?00TRANSFER?20INV-7 JANUARY?32KEZA TRADERS?31250788123456
:61:260109D590,NCHGNONREF
:86:ATM FEE
:61:2601100110RC1000,NMSC7788
:62F:C260131RWF2498410,
:64:C260131RWF2498410,
-}
"""
MT942 = """\
:20:INTERIM1
:25:BKIGRWRW/00040012345678
:28C:5/1
:34F:RWFD0,
:13D:2601161030+0200
:61:260116C15000,NMSCPAY-1
:86:/ORDP/JEAN UWASE/REMI/PAY-1
:90D:0RWF0,
:90C:1RWF15000,
-
"""
CAMT = """\
<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-01-31T10:00:00</CreDtTm></GrpHdr>
<Stmt><Id>S1</Id><ElctrncSeqNb>1</ElctrncSeqNb><Acct><Id><IBAN>CH2801234000123456789</IBAN></Id><Ccy>CHF</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="CHF">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-01</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="CHF">130.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-31</Dt></Dt></Bal>
<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries><Sum>50.50</Sum></TtlNtries></TxsSummry>
<Ntry><Amt Ccy="CHF">40.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-01-05</Dt></BookgDt><ValDt><Dt>2026-01-06</Dt></ValDt><AcctSvcrRef>R1</AcctSvcrRef>
<NtryDtls><TxDtls><Refs><EndToEndId>INV-7</EndToEndId></Refs><Amt Ccy="CHF">30.00</Amt><RltdPties><Dbtr><Nm>KEZA</Nm></Dbtr></RltdPties><RmtInf><Ustrd>January</Ustrd></RmtInf></TxDtls>
<TxDtls><Amt Ccy="CHF">10.50</Amt></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="CHF">10.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><RvslInd>false</RvslInd><Sts>BOOK</Sts><BookgDt><DtTm>2026-01-09T10:00:00</DtTm></BookgDt><AddtlNtryInf>Fee</AddtlNtryInf></Ntry>
</Stmt></BkToCstmrStmt></Document>
"""
OFX1 = """\
OFXHEADER:100
DATA:OFXSGML
VERSION:102
ENCODING:USASCII
CHARSET:1252

<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20260131<LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1>
<BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>1<ACCTID>00040012345678<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20260101<DTEND>20260131
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260105120000[+2:CAT]<TRNAMT>40.50<FITID>1<NAME>KEZA &amp; SONS<MEMO>INV-7</STMTTRN>
<STMTTRN><TRNTYPE>FEE<DTPOSTED>20260109<TRNAMT>-10.00<FITID>2<NAME>Fee</STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>130.50<DTASOF>20260131</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""
OFX2 = """\
<?xml version="1.0" encoding="UTF-8"?>
<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>
<OFX><CREDITCARDMSGSRSV1><CCSTMTTRNRS><CCSTMTRS><CURDEF>EUR</CURDEF><CCACCTFROM><ACCTID>4444</ACCTID></CCACCTFROM>
<BANKTRANLIST><STMTTRN><TRNTYPE>DEBIT</TRNTYPE><DTPOSTED>20260105</DTPOSTED><TRNAMT>-7,25</TRNAMT><FITID>A1</FITID><NAME>Shop</NAME></STMTTRN></BANKTRANLIST>
<LEDGERBAL><BALAMT>-7.25</BALAMT><DTASOF>20260131</DTASOF></LEDGERBAL></CCSTMTRS></CCSTMTTRNRS></CREDITCARDMSGSRSV1></OFX>
"""
QIF = """\
!Account
NCurrent account
TBank
^
!Type:Bank
D13/01/2026
T1,040.50
PKEZA TRADERS
MINV-7
N101
^
D14/01'26
T-10.00
PFee
SBank:Fees
$-10.00
^
"""
BAI2 = """\
01,122099999,123456789,260131,0200,1,,,2/
02,031001234,122099999,1,260131,,USD,2/
03,0975312468,USD,010,10000,,,015,13050,,/
16,165,4050,Z,BANKREF1,INV7,KEZA TRADERS/
88,January rent
16,455,1000,S,0,1000,0,BANKREF2,,FEE/
49,28100,5/
98,28100,1,7/
99,28100,1,9/
"""
HTML = """\
<html><head><meta charset="utf-8"></head><body><table><tr><td colspan=2>Account</td><td>00040012345678</td></tr></table>
<table><tr><th>Date<th>Description<th>Debit<th>Credit<th>Balance
<tr><td>05/01/2026<td>KEZA &amp; sons<td><td>2 000<td>2 500</tr>
<tr><td>16/01/2026<td>Fees<td>500<td>&nbsp;<td>2 000</tr></table></body></html>
"""
XML = """\
<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="Account"><Table>
<Row ss:Index="2"><Cell><Data ss:Type="String">Date</Data></Cell><Cell ss:Index="3"><Data ss:Type="String">Description</Data></Cell><Cell><Data ss:Type="String">Amount</Data></Cell></Row>
<Row><Cell><Data ss:Type="DateTime">2026-01-05T00:00:00.000</Data></Cell><Cell ss:Index="3"><Data ss:Type="String">KEZA</Data></Cell><Cell><Data ss:Type="Number">2000</Data></Cell></Row>
<Row><Cell><Data ss:Type="DateTime">2026-01-16T00:00:00.000</Data></Cell><Cell ss:Index="3"><Data ss:Type="String">Fee</Data></Cell><Cell><Data ss:Type="Number">-500.5</Data></Cell></Row>
</Table></Worksheet></Workbook>
"""
SMS = """\
You have received 15,000 RWF from JEAN UWASE (*********456) on your mobile money account at 2026-01-16 10:30:00. Your new balance:115,000 RWF. FT Id: 23301.
*165*S*20,000 RWF transferred to ERIC MUGABO (250788999888) from 36521838 at 2026-01-16 11:00:05 . Fee was: 100 RWF. New balance: 94,900 RWF. TxId: 23302.
TxId:23304*S*Your payment of 5,000 RWF to MTN Cash Power with token 1234 was completed at 2026-01-17 08:00:00. Fee: 0 RWF. Balance: 89,900 RWF.
"""


def _xlsx() -> list[bytes]:
    from openpyxl import Workbook  # noqa: PLC0415 - memory that only this format should show

    book = Workbook()
    sheet = book.active
    for row in (
        ["Account", "00040-0123456-78"],
        ["Date", "Description", "Debit", "Credit", "Balance"],
        ["05/01/2026", "KEZA", None, 2000, 2500],
        ["16/01/2026", "Fee", 500.5, None, 1999.5],
    ):
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return [buffer.getvalue()]


def _pdf() -> list[bytes]:
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415 - as above

    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=True)
    canvas.setFont("Helvetica", 9)
    for number, row in enumerate(BK_ACCOUNT.replace('"', "").splitlines()):
        for column, cell in enumerate(row.split(",")):
            canvas.drawString(40 + column * 75, 780 - number * 14, cell[:16])
    canvas.save()
    return [buffer.getvalue()]


def _zip() -> list[bytes]:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("january/statement.csv", MTN)
        archive.writestr("january/letter.txt", "Dear customer, here it is.")
    return [buffer.getvalue(), gzip.compress(BK_BRANCH.encode(), mtime=0)]


def _texts(*texts: str) -> Callable[[], list[bytes]]:
    return lambda: [text.encode() for text in texts]


OWN: dict[str, Callable[[], list[bytes]]] = {
    "bai2": _texts(BAI2),
    "camt": _texts(CAMT),
    "csv": _texts(MTN, AIRTEL, BK_ACCOUNT, BK_BRANCH, BK_INTERNET),
    "html": _texts(HTML),
    "mt940": _texts(MT940, MT942),
    "ofx": _texts(OFX1, OFX2),
    "pdf": _pdf,
    "qif": _texts(QIF),
    "sms": _texts(SMS),
    "xls": list,
    "xlsx": _xlsx,
    "xml": _texts(XML),
    "zip": _zip,
}


def seeds(format_name: str) -> list[bytes]:
    """Return small sound files of a format, in a fixed order."""
    name = f"tests.core.statements.writers.{format_name}"
    found = importlib.util.find_spec("tests.core.statements.writers")
    if found is None or importlib.util.find_spec(name) is None:
        return OWN[format_name]()
    return [*OWN[format_name](), *importlib.import_module(name).sample_files()]
