"""Writes statements as SWIFT MT940 or MT942, in the forms that banks give the free text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from core.money import exponent
from core.statements.statement import Statement, StatementFile, StatementLine

LINE_LENGTH = 65
PART_LENGTH = 27


@dataclass(frozen=True, slots=True)
class Dialect:
    """What banks do differently.

    ``information``: "plain", "german" (numbered parts and SEPA words), "polish" (the same parts
    after a tilde) or "dutch" (words between slashes). ``page_lines`` splits a statement into
    pages of so many movements. ``booked_after_days`` writes an entry date besides the value date.
    """

    information: str = "plain"
    page_lines: int = 0
    booked_after_days: int | None = 0
    funds_code: bool = False
    reversals: bool = False
    short_amounts: bool = False
    blocks: bool = False
    interim: bool = False
    line_end: str = "\r\n"
    encoding: str = "utf-8"
    before: str = ""


PLAIN = Dialect()


def write(file: StatementFile | Sequence[Statement], dialect: Dialect = PLAIN) -> bytes:
    """Return the statements as the bytes of a file."""
    statements = file.statements if isinstance(file, StatementFile) else file
    messages = [line for statement in statements for line in _messages(statement, dialect)]
    text = dialect.before + "\n".join(messages) + "\n"
    return text.replace("\n", dialect.line_end).encode(dialect.encoding)


def _messages(statement: Statement, dialect: Dialect) -> Iterable[str]:
    size = dialect.page_lines or len(statement.lines) or 1
    pages = [statement.lines[i : i + size] for i in range(0, len(statement.lines), size)] or [()]
    balance = statement.opening_balance_minor or 0
    for number, lines in enumerate(pages, start=1):
        first, last = number == 1, number == len(pages)
        closing = balance + sum(line.amount_minor for line in lines)
        if last and statement.closing_balance_minor is not None:
            closing = statement.closing_balance_minor
        if dialect.blocks:
            yield "{1:F01BKIGRWRWAXXX0000000000}{2:I940BKIGRWRWXXXXN}{4:"
        yield f":20:STMT{number}"
        yield f":25:{statement.account}"
        yield f":28C:{statement.number.partition('/')[0]}/{number}"
        if dialect.interim:
            yield f":34F:{statement.currency}0,"
            yield f":13D:{statement.period_end:%y%m%d}1200+0200"
        else:
            day = statement.period_start if first else statement.period_end
            yield _balance("60F" if first else "60M", balance, day, statement.currency)
        for line in lines:
            yield from _entry(line, dialect)
        if dialect.interim:
            yield from _sums(statement, dialect)
        else:
            tag = "62F" if last else "62M"
            yield _balance(tag, closing, statement.period_end, statement.currency)
        yield "-}{5:{CHK:000000000000}}" if dialect.blocks else "-"
        balance = closing


def _balance(tag: str, amount_minor: int, day: dt.date | None, currency: str) -> str:
    mark = "D" if amount_minor < 0 else "C"
    return f":{tag}:{mark}{day:%y%m%d}{currency}{_amount(abs(amount_minor), currency)}"


def _sums(statement: Statement, dialect: Dialect) -> Iterable[str]:
    amounts = [line.amount_minor for line in statement.lines]
    for tag, part in (
        ("90D", [-a for a in amounts if a < 0]),
        ("90C", [a for a in amounts if a > 0]),
    ):
        yield f":{tag}:{len(part)}{statement.currency}{_amount(sum(part), statement.currency)}"


def _amount(amount_minor: int, currency: str, *, short: bool = False) -> str:
    places = exponent(currency)
    whole, part = divmod(amount_minor, 10**places)
    decimals = f"{part:0{places}d}" if places else ""
    return f"{whole},{decimals.rstrip('0') if short else decimals}"


def _entry(line: StatementLine, dialect: Dialect) -> Iterable[str]:
    booked = ""
    if dialect.booked_after_days is not None:
        booked = f"{line.date + dt.timedelta(days=dialect.booked_after_days):%m%d}"
    mark = "D" if line.amount_minor < 0 else "C"
    if dialect.reversals:
        mark = "RC" if line.amount_minor < 0 else "RD"
    if dialect.funds_code:
        mark += line.currency[2]
    amount = _amount(abs(line.amount_minor), line.currency, short=dialect.short_amounts)
    bank = f"//{line.transaction_id}" if line.transaction_id else ""
    yield f":61:{line.date:%y%m%d}{booked}{mark}{amount}NTRF{line.reference or 'NONREF'}{bank}"
    text = _information(line, dialect.information)
    if text:
        yield ":86:" + "\n".join(_cut(text, LINE_LENGTH))


def _information(line: StatementLine, form: str) -> str:
    if form == "plain":
        return line.description
    if form == "dutch":
        return (
            f"/TRTP/SEPA OVERBOEKING/IBAN/{line.counterparty_account}/BIC/BKIGRWRW/NAME/"
            f"{line.counterparty}/REMI/{line.description}/EREF/NOTPROVIDED"
        )
    mark = "?" if form == "german" else "~"
    purpose = f"SVWZ+{line.description}" if form == "german" else line.description
    parts = [f"{mark}{20 + n}{part}" for n, part in enumerate(_cut(purpose, PART_LENGTH))]
    names = [f"{mark}{32 + n}{part}" for n, part in enumerate(_cut(line.counterparty, PART_LENGTH))]
    account = f"{mark}31{line.counterparty_account}"
    return f"166{mark}00TRANSFER{''.join(parts)}{mark}30BKIGRWRW{account}{''.join(names)}"


def _cut(text: str, length: int) -> list[str]:
    return [text[i : i + length] for i in range(0, len(text), length)]


_UNTIDY = b"""\
:20:X
:25:1
:28C:1/1
:60F:C260101RWF1.000.000,
:61:260131    CF1 500.00NTRF//B1
Details
:86:a
:86:b
:62F:C260231RWF1001500,00
:86:D000000C000001D0,00C1500,00
-XXX
"""


def sample_files() -> list[bytes]:
    """Return small files of each dialect, to begin mutations with."""
    rwf = _sample("RWF", 1)
    eur = _sample("EUR", 100)
    return [
        write([rwf]),
        write([rwf, replace(eur, account="2")], Dialect("german")),
        write([eur], Dialect("polish", page_lines=2, funds_code=True)),
        write([eur], Dialect("dutch", blocks=True, short_amounts=True)),
        write([eur], Dialect(reversals=True, line_end="\r")),
        write([eur], Dialect(interim=True, booked_after_days=None)),
        write([rwf], Dialect(encoding="utf-16", before="\nKGL1\n940\nKGL1\n")),
        write([eur], Dialect("german", booked_after_days=2, encoding="cp1252", line_end="\n")),
        _UNTIDY,
    ]


def _sample(currency: str, unit: int) -> Statement:
    days = (dt.date(2025, 12, 30), dt.date(2025, 12, 31), dt.date(2026, 1, 2))
    amounts = (15000, -2500, 1)
    lines = tuple(
        StatementLine(
            number,
            day,
            amount * unit,
            currency,
            value_date=day,
            reference=f"INV-{number}",
            transaction_id=f"FT26{number:06d}",
            description=f"Facture numéro {number} de la boutique Umucyo à Kigali, merci beaucoup",
            counterparty="KEZA TRADERS LTD KIMIRONKO KIGALI RWANDA",
            counterparty_account="RW1234567890123456",
        )
        for number, (day, amount) in enumerate(zip(days, amounts, strict=True), start=1)
    )
    return Statement(
        "00040-0123456-78",
        currency,
        lines,
        opening_balance_minor=-100 * unit,
        closing_balance_minor=12401 * unit,
        period_start=dt.date(2025, 12, 29),
        period_end=dt.date(2026, 1, 2),
        number="7/1",
    )
