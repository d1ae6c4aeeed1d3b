"""Writes statements as messages of MTN MoMo and Airtel Money, in the files that hold such."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum
from xml.sax.saxutils import quoteattr

from core.clock import SHOP_ZONE
from core.statements.statement import Statement, StatementFile, StatementLine
from tests.core.statements.writers.grid import statements_of


class Kept(StrEnum):
    """How messages come into a file."""

    LINES = "lines"
    BLOCKS = "blocks"
    """Wrapped, with a blank line between."""
    CHAT = "chat"
    BACKUP = "backup"
    """Android's SMS Backup & Restore."""


def write(
    file: StatementFile | Sequence[Statement],
    kept: Kept = Kept.LINES,
    *,
    airtel: bool = False,
    newest_first: bool = False,
    extra: Sequence[str] = (),
) -> bytes:
    """Return a file of messages; ``extra`` ones, that moved no money, stand after the first."""
    texts = [
        (line, _airtel(line) if airtel else _mtn(line))
        for statement in statements_of(file)
        for line in statement.lines
    ]
    messages = [*texts[:1], *[(texts[0][0], text) for text in extra], *texts[1:]]
    if newest_first:
        messages.reverse()
    sender = "AirtelMoney" if airtel else "M-Money"
    if kept == Kept.BACKUP:
        return _backup(messages, sender)
    if kept == Kept.BLOCKS:
        blocks = [text.replace(". ", ".\n", 1) for _, text in messages]
        return "\n\n".join(blocks).encode()
    if kept == Kept.CHAT:
        return "".join(
            f"{_local(line):%d/%m/%Y, %H:%M} - {sender}: {text}\n" for line, text in messages
        ).encode()
    return "".join(f"{text}\n" for _, text in messages).encode()


def sample_files() -> list[bytes]:
    """Return small files of messages, kept in every way."""
    written = [_sample()]
    code = "<#> Dear Customer, your MTN MoMo application one-time password is :0123."
    return [
        *[write(written, kept, extra=[code]) for kept in Kept],
        write(written, airtel=True),
        write(written, Kept.BACKUP, airtel=True, newest_first=True),
    ]


def _sample() -> Statement:
    balance, lines = 50_000, []
    for n, (amount, fee) in enumerate([(2000, 0), (-1000, 20), (15_000, 0), (-10_000, 100)]):
        balance += amount - fee
        moment = dt.datetime(2026, 1, 5 + n, 8, 30, n, tzinfo=dt.UTC)
        lines.append(
            StatementLine(
                line=n + 1,
                date=moment.date(),
                amount_minor=amount,
                currency="RWF",
                fee_minor=fee,
                balance_minor=balance,
                transaction_id=f"2330{n}",
                counterparty="ALINE UWASE",
                counterparty_account="250788123456",
                time=moment,
            )
        )
    return Statement("", "RWF", tuple(lines))


def _local(line: StatementLine) -> dt.datetime:
    assert line.time is not None
    return line.time.astimezone(SHOP_ZONE)


def _mtn(line: StatementLine) -> str:
    when = f"{_local(line):%Y-%m-%d %H:%M:%S}"
    name, phone = line.counterparty, line.counterparty_account
    if line.amount_minor > 0:
        return (
            f"You have received {line.amount_minor} RWF from {name} ({phone}) on your mobile money"
            f" account at {when}. Message from sender: . Your new balance:{line.balance_minor} RWF."
            f" Financial Transaction Id: {line.transaction_id}."
        )
    return (
        f"*165*S*{-line.amount_minor} RWF transferred to {name} ({phone}) from 36500001 at {when} ."
        f" Fee was: {line.fee_minor} RWF. New balance: {line.balance_minor} RWF. Kanda *182*2*1# ."
        f" TxId: {line.transaction_id} *EN#"
    )


def _airtel(line: StatementLine) -> str:
    verb, way = ("received", "from") if line.amount_minor > 0 else ("sent", "to")
    fee = f" Fee RWF {line.fee_minor:,}." if line.fee_minor else ""
    return (
        f"TID {line.transaction_id}. You have {verb} RWF {abs(line.amount_minor):,} {way}"
        f" {line.counterparty} {line.counterparty_account} on {_local(line):%d/%m/%Y %H:%M:%S}."
        f"{fee} Your Airtel Money balance is RWF {line.balance_minor:,}."
    )


def _backup(messages: Sequence[tuple[StatementLine, str]], sender: str) -> bytes:
    items = "".join(
        f'  <sms protocol="0" address="{sender}" date="{int(_local(line).timestamp() * 1000)}"'
        f' type="1" body={quoteattr(text)} readable_date="x" />\n'
        for line, text in messages
    )
    return (
        "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n"
        f'<!--File Created By SMS Backup & Restore-->\n<smses count="1">\n{items}</smses>'
    ).encode()
