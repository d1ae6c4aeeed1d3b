"""Writes statements as OFX in the dialects banks use; nothing of the reader is used here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from xml.sax.saxutils import escape

from core.money import exponent
from core.statements.statement import Statement, StatementFile, StatementLine


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a bank spells OFX; ``end_tags`` of leaves are SGML's choice and XML's duty."""

    xml: bool = False
    end_tags: bool = False
    newline: str = "\r\n"
    encoding: str = "cp1252"
    header: str = "full"
    """"full", "tight" (no blank line after it), "line" (all on one line) or "none"."""
    decimal_mark: str = "."
    lower: bool = False
    cdata: bool = False
    comments: bool = False
    card: bool = False
    clock: str = "120000[+2:CAT]"


DIALECTS = (
    Dialect(),
    Dialect(xml=True, end_tags=True, newline="\n", encoding="utf-8"),
    Dialect(xml=True, end_tags=True, newline="", encoding="utf-8-sig", cdata=True),
    Dialect(end_tags=True, header="tight", newline="\n", decimal_mark=","),
    Dialect(header="none", newline="", encoding="utf-8", clock=""),
    Dialect(header="line", newline="\r", comments=True, clock="000000.000"),
    Dialect(encoding="utf-16", lower=True, card=True, newline="\n"),
    Dialect(encoding="utf-16-be", end_tags=True, clock=""),
)


def write(file: StatementFile | Sequence[Statement], dialect: Dialect = DIALECTS[0]) -> bytes:
    """Return the file's bytes."""
    statements = file.statements if isinstance(file, StatementFile) else file
    body = "".join(_statement(statement, dialect) for statement in statements)
    messages = "CREDITCARDMSGSRSV1" if dialect.card else "BANKMSGSRSV1"
    sign_on = _aggregate("SONRS", _status(dialect) + _leaf("DTSERVER", "20260131120000", dialect)
                         + _leaf("LANGUAGE", "ENG", dialect), dialect)  # fmt: skip
    content = _aggregate("SIGNONMSGSRSV1", sign_on, dialect) + _aggregate(messages, body, dialect)
    text = _header(dialect) + _aggregate("OFX", content, dialect)
    return text.encode(dialect.encoding)


def sample_statements(lines: int = 3) -> tuple[Statement, ...]:
    """Return two small invented statements."""
    first = dt.date(2026, 1, 5)
    made = tuple(
        StatementLine(
            number,
            first + dt.timedelta(days=number),
            (-1) ** number * (number * 1_234_50 + 7),
            "USD",
            value_date=first + dt.timedelta(days=number + 1),
            reference=f"CHQ{number}",
            transaction_id=f"FT26{number:06d}",
            description=f"Invoice {number} <paid> & closed",
            counterparty=f"KEZA TRADERS {number}",
            counterparty_account="",
        )
        for number in range(1, lines + 1)
    )
    period = (dt.date(2026, 1, 1), dt.date(2026, 1, 31))
    other = StatementLine(
        lines + 1, first, 15_000, "RWF", transaction_id="R1", description="Café", counterparty=""
    )
    return (
        Statement("00040-0123456-78", "USD", made, None, 99_950, *period),
        Statement("00040-0999999-11", "RWF", (other,), None, 15_000, *period),
    )


def sample_files() -> list[bytes]:
    """Return small files in every dialect, as seeds for files that are then damaged."""
    statements = sample_statements()
    return [write(statements, dialect) for dialect in DIALECTS]


def numbered(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """Return the statements with their lines numbered through, as a reader numbers them."""
    result, number = [], 0
    for statement in statements:
        lines = []
        for line in statement.lines:
            number += 1
            lines.append(line._replace(line=number))
        result.append(replace(statement, lines=tuple(lines)))
    return tuple(result)


def _header(dialect: Dialect) -> str:
    end = dialect.newline
    if dialect.header == "none":
        return ""
    if dialect.xml:
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>{end}<?OFX OFXHEADER="200" VERSION="211"'
            f' SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>{end}'
        )
    fields = (
        "OFXHEADER:100", "DATA:OFXSGML", "VERSION:102", "SECURITY:NONE", "ENCODING:USASCII",
        "CHARSET:1252", "COMPRESSION:NONE", "OLDFILEUID:NONE", "NEWFILEUID:NONE",
    )  # fmt: skip
    if dialect.header == "line":
        return " ".join(fields) + " "
    return end.join(fields) + end + ("" if dialect.header == "tight" else end)


def _statement(statement: Statement, dialect: Dialect) -> str:
    account = _leaf("ACCTID", statement.account, dialect)
    if not dialect.card:
        kind = _leaf("ACCTTYPE", "CHECKING", dialect)
        account = _leaf("BANKID", "040", dialect) + account + kind
    start, end = statement.period_start, statement.period_end
    listed = "".join(
        [
            _leaf("DTSTART", _date(start, dialect), dialect) if start else "",
            _leaf("DTEND", _date(end, dialect), dialect) if end else "",
            *(_transaction(line, dialect) for line in statement.lines),
        ]
    )
    comment = f"<!-- <TRNAMT>1.00 -->{dialect.newline}" if dialect.comments else ""
    content = (
        _leaf("CURDEF", statement.currency, dialect)
        + _aggregate("CCACCTFROM" if dialect.card else "BANKACCTFROM", account, dialect)
        + comment
        + _aggregate("BANKTRANLIST", listed, dialect)
        + _balances(statement, dialect)
    )
    prefix = "CC" if dialect.card else ""
    whole = _leaf("TRNUID", "1", dialect) + _status(dialect)
    whole += _aggregate(f"{prefix}STMTRS", content, dialect)
    return _aggregate(f"{prefix}STMTTRNRS", whole, dialect)


def _transaction(line: StatementLine, dialect: Dialect) -> str:
    kind = "CREDIT" if line.amount_minor >= 0 else "DEBIT"
    memo = "" if line.description == line.counterparty else line.description
    value = _date(line.value_date, dialect) if line.value_date else ""
    leaves = [
        ("TRNTYPE", kind),
        ("DTPOSTED", _date(line.date, dialect)),
        ("DTAVAIL", value),
        ("TRNAMT", _amount(line.amount_minor, line.currency, dialect)),
        ("FITID", line.transaction_id),
        ("CHECKNUM", line.reference),
        ("NAME", line.counterparty),
    ]
    content = "".join(_leaf(tag, text, dialect) for tag, text in leaves if text)
    if line.counterparty_account:
        to_account = _leaf("BANKID", "041", dialect)
        to_account += _leaf("ACCTID", line.counterparty_account, dialect)
        to_account += _leaf("ACCTTYPE", "CHECKING", dialect)
        content += _aggregate("BANKACCTTO", to_account, dialect)
    content += _leaf("MEMO", memo, dialect) if memo else ""
    return _aggregate("STMTTRN", content, dialect)


def _balances(statement: Statement, dialect: Dialect) -> str:
    closing = statement.closing_balance_minor
    if closing is None:
        return ""
    as_of = _leaf("DTASOF", "20260131", dialect)
    amount = _leaf("BALAMT", _amount(closing, statement.currency, dialect), dialect)
    other = _leaf("BALAMT", _amount(closing + 100, statement.currency, dialect), dialect)
    ledger = _aggregate("LEDGERBAL", amount + as_of, dialect)
    return ledger + _aggregate("AVAILBAL", other + as_of, dialect)


def _status(dialect: Dialect) -> str:
    content = _leaf("CODE", "0", dialect) + _leaf("SEVERITY", "INFO", dialect)
    return _aggregate("STATUS", content, dialect)


def _date(day: dt.date, dialect: Dialect) -> str:
    return day.strftime("%Y%m%d") + dialect.clock


def _amount(amount_minor: int, currency: str, dialect: Dialect) -> str:
    places = exponent(currency)
    text = format(Decimal(amount_minor).scaleb(-places), f".{places}f")
    return text.replace(".", dialect.decimal_mark)


def _leaf(tag: str, text: str, dialect: Dialect) -> str:
    name = tag.lower() if dialect.lower else tag
    held = f"<![CDATA[{text}]]>" if dialect.cdata and tag == "MEMO" else escape(text)
    close = f"</{name}>" if dialect.end_tags else ""
    return f"<{name}>{held}{close}{dialect.newline}"


def _aggregate(tag: str, content: str, dialect: Dialect) -> str:
    name = tag.lower() if dialect.lower else tag
    return f"<{name}>{dialect.newline}{content}</{name}>{dialect.newline}"
