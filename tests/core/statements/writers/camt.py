"""Writes CAMT.052, 053 and 054 in the versions and dialects that banks use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape

from core.money import exponent
from core.statements.statement import Statement, StatementFile, StatementLine

_ROOTS = {"052": "BkToCstmrAcctRpt", "053": "BkToCstmrStmt", "054": "BkToCstmrDbtCdtNtfctn"}
_PARTS = {"052": "Rpt", "053": "Stmt", "054": "Ntfctn"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a bank writes the message; ``version`` is 1 to 13, ``namespace`` may be anything."""

    message: str = "053"
    version: int = 2
    namespace: str | None = None
    prefix: str = ""
    encoding: str = "utf-8"
    mark: bool = False
    before: str = ""
    after: str = ""
    indent: bool = False
    previous_closing: bool = False
    with_time: bool = False


def write(file: StatementFile | Sequence[Statement], dialect: Dialect = Dialect()) -> bytes:
    """Return the statements as a message; a notification (054) has no balances."""
    statements = file.statements if isinstance(file, StatementFile) else tuple(file)
    text = "".join(_document(statements, dialect))
    content = (dialect.before + text + dialect.after).encode(dialect.encoding)
    marks = {"utf-8": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
    return marks.get(dialect.encoding, b"") + content if dialect.mark else content


def _document(statements: Sequence[Statement], dialect: Dialect) -> Iterator[str]:
    root = _ROOTS[dialect.message] + (f"V{dialect.version:02}" if dialect.version == 1 else "")
    namespace = dialect.namespace
    if namespace is None:
        kind = f"camt.{dialect.message}.001.{dialect.version:02}"
        namespace = f"urn:iso:std:iso:20022:tech:xsd:{kind}"
    colon = f":{dialect.prefix}" if dialect.prefix else ""
    bound = f' xmlns{colon}="{namespace}"' if namespace else ""
    declared = {"utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}.get(
        dialect.encoding, dialect.encoding.upper()
    )
    tags = _Tags(dialect)
    yield f'<?xml version="1.0" encoding="{declared}"?>{tags.end}'
    yield f"<{tags.prefix}Document{bound}>{tags.end}"
    yield tags.open(root)
    yield tags.wrap("GrpHdr", tags.leaf("MsgId", "M1"))
    for statement in statements:
        yield from _part(statement, tags)
    yield tags.close(root) + tags.close("Document")


class _Tags:
    """Elements with the dialect's prefix and line ends."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.prefix = f"{dialect.prefix}:" if dialect.prefix else ""
        self.end = "\n  " if dialect.indent else ""

    def open(self, name: str) -> str:
        return f"<{self.prefix}{name}>{self.end}"

    def close(self, name: str) -> str:
        return f"</{self.prefix}{name}>{self.end}"

    def wrap(self, path: str, *inner: str) -> str:
        """Return nested elements, outermost first in the path, or nothing around nothing."""
        text = "".join(inner)
        for name in reversed(path.split("/")) if text else ():
            text = self.open(name) + text + self.close(name)
        return text

    def leaf(self, path: str, text: str) -> str:
        if not text:
            return ""
        *outer, name = path.split("/")
        element = f"<{self.prefix}{name}>{escape(text)}</{self.prefix}{name}>{self.end}"
        return self.wrap("/".join(outer), element) if outer else element

    def amount(self, amount_minor: int, currency: str) -> str:
        text = format(Decimal(abs(amount_minor)).scaleb(-exponent(currency)), "f")
        return f'<{self.prefix}Amt Ccy="{currency}">{text}</{self.prefix}Amt>{self.end}'

    def direction(self, amount_minor: int) -> str:
        return self.leaf("CdtDbtInd", "DBIT" if amount_minor < 0 else "CRDT")


def _part(statement: Statement, tags: _Tags) -> Iterator[str]:
    dialect = tags.dialect
    part = _PARTS[dialect.message]
    yield tags.open(part)
    yield tags.leaf("Id", "S1") + tags.leaf("ElctrncSeqNb", statement.number)
    if statement.period_start and statement.period_end:
        yield tags.wrap(
            "FrToDt",
            tags.leaf("FrDtTm", f"{statement.period_start}T00:00:00"),
            tags.leaf("ToDtTm", f"{statement.period_end}T23:59:59"),
        )
    kind = "IBAN" if statement.account[:2].isalpha() else "Othr/Id"
    if dialect.version == 1 and kind != "IBAN":
        kind = "PrtryAcct/Id"
    yield tags.wrap(
        "Acct", tags.leaf(f"Id/{kind}", statement.account), tags.leaf("Ccy", statement.currency)
    )
    if dialect.message != "054":
        day = statement.lines[0].date if statement.lines else dt.date(2026, 1, 1)
        opening = "PRCD" if dialect.previous_closing else "OPBD"
        yield _balance(tags, opening, statement.opening_balance_minor, statement.currency, day)
        yield _balance(tags, "CLBD", statement.closing_balance_minor, statement.currency, day)
    for line in statement.lines:
        yield entry(line, tags)
    yield tags.close(part)


def _balance(tags: _Tags, kind: str, amount_minor: int | None, currency: str, day: dt.date) -> str:
    if amount_minor is None:
        return ""
    path = "Tp/Cd" if tags.dialect.version == 1 else "Tp/CdOrPrtry/Cd"
    return tags.wrap(
        "Bal",
        tags.leaf(path, kind),
        tags.amount(amount_minor, currency),
        tags.direction(amount_minor),
        tags.leaf("Dt/Dt", day.isoformat()),
    )


def entry(line: StatementLine, tags: _Tags) -> str:
    """Return a line as an entry of one payment."""
    version = tags.dialect.version
    role = "Dbtr" if line.amount_minor >= 0 else "Cdtr"
    name = f"{role}/Pty/Nm" if version >= 7 else f"{role}/Nm"
    day = tags.leaf("BookgDt/Dt", line.date.isoformat())
    if line.time and tags.dialect.with_time:
        day = tags.leaf("BookgDt/DtTm", f"{line.time.isoformat(timespec='seconds')}+02:00")
    kind = "IBAN" if line.counterparty_account[:2].isalpha() else "Othr/Id"
    bic = "BICFI" if version >= 3 else "BIC"
    details = tags.wrap(
        "TxDtls",
        tags.leaf("Refs/EndToEndId", line.reference),
        tags.wrap(
            "RltdPties",
            tags.leaf(name, line.counterparty),
            tags.leaf(f"{role}Acct/Id/{kind}", line.counterparty_account),
        ),
        tags.leaf(f"RltdAgts/{role}Agt/FinInstnId/{bic}", "BKIGRWRW"),
        tags.leaf("RmtInf/Ustrd", line.description),
    )
    return tags.wrap(
        "Ntry",
        tags.amount(line.amount_minor, line.currency),
        tags.direction(line.amount_minor),
        tags.leaf("Sts/Cd" if version >= 7 else "Sts", line.status or "BOOK"),
        day,
        tags.leaf("ValDt/Dt", line.value_date.isoformat() if line.value_date else ""),
        tags.leaf("AcctSvcrRef", line.transaction_id),
        tags.wrap(
            "BkTxCd",
            tags.wrap(
                "Domn",
                tags.leaf("Cd", "PMNT"),
                tags.leaf("Fmly/Cd", "RCDT") + tags.leaf("Fmly/SubFmlyCd", "DMCT"),
            ),
            tags.leaf("Prtry/Cd", "NTRF"),
        ),
        details if version == 1 else tags.wrap("NtryDtls", details),
    )


def sample_files() -> list[bytes]:
    """Return small files in varied dialects."""
    statements = [_sample("RW250788000111", "RWF", 1), _sample("00040-0123456-78", "USD", 3)]
    return [write(statements, dialect) for dialect in sample_dialects()]


def sample_dialects() -> Iterable[Dialect]:
    """Return dialects that differ in every respect."""
    return (
        Dialect(),
        Dialect("052", 1),
        Dialect("053", 3, indent=True),
        Dialect("054", 4, prefix="ns2", before="\r\n \n"),
        Dialect("053", 6, namespace="http://bank.example/statements", mark=True),
        Dialect("053", 8, namespace="", encoding="utf-16-le", mark=True),
        Dialect("052", 10, encoding="utf-16-be", indent=True, with_time=True),
        Dialect("053", 13, encoding="iso-8859-1", previous_closing=True, after="\n\x1a"),
    )


def _sample(account: str, currency: str, number: int) -> Statement:
    lines = tuple(
        StatementLine(
            line=number + index,
            date=dt.date(2026, 1, 5 + index),
            amount_minor=amount_minor,
            currency=currency,
            value_date=dt.date(2026, 1, 6),
            reference=f"INV-2026-{number}{index}",
            transaction_id=f"FT26{number}{index}",
            description="Payment & more < than > before",
            counterparty="Keza Traders",
            counterparty_account="00099887766",
            status="BOOK",
            time=dt.datetime.fromisoformat(f"2026-01-{5 + index:02}T10:30:00"),
        )
        for index, amount_minor in enumerate((150_000, -2_500))
    )
    return Statement(account, currency, lines, 100_000, 247_500, number=str(number))
