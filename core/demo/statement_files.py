"""Statements as the networks and the bank hand them out, made from an account's movements."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from core.clock import shop_date, shop_time
from core.demo.movements import Movement, MovementKind
from core.model.reconciliations import StatementProvider
from core.money import DEFAULT_CURRENCY
from core.statements.statement import StatementLine
from core.statements.tables.builtin import AIRTEL_RWANDA, BANK_OF_KIGALI_ACCOUNT, MTN_RWANDA

SHOP_NAME = "Isoko Ryiza Ltd"
MTN_ACCOUNT = "250788300100"
AIRTEL_ACCOUNT = "730300100"
BANK_ACCOUNT = "00040-0714400-01"

_MTN_HEADER = (
    "Id",
    "External id",
    "Date",
    "Status",
    "Type",
    "From",
    "From name",
    "To",
    "To name",
    "Amount",
    "Currency",
    "Fee",
    "Balance",
)
_AIRTEL_HEADER = (
    "transfer_date",
    "transfer_id",
    "entry_type",
    "service_type",
    "transfer_subtype",
    "account_id",
    "second_party_account_id",
    "transfer_value",
    "previous_balance",
    "post_balance",
    "transaction_type",
    "requested_value",
    "transfer_status",
    "attr_1_value",
)
_BANK_HEADER = ("Book Date", "Value Date", "Reference", "Narration", "Debit", "Credit", "Balance")

Cell = str | int | date
Table = list[tuple[Cell, ...]]


@dataclass(frozen=True, slots=True)
class Period:
    """The days a statement covers and the balance it opens with, in minor units."""

    first: date
    last: date
    opening_minor: int


def file_stem(provider: StatementProvider, period: Period) -> str:
    """Return the name the sender gives the file, without its suffix."""
    days = f"{period.first:%Y%m%d}-{period.last:%Y%m%d}"
    return {
        StatementProvider.MTN: f"MTN-MoMo-{MTN_ACCOUNT}-{days}",
        StatementProvider.AIRTEL: f"Airtel-Money-{AIRTEL_ACCOUNT}-{days}",
        StatementProvider.BANK: f"Bank-of-Kigali-statement-{days}",
    }[provider]


def closing_minor(period: Period, movements: Sequence[Movement]) -> int:
    """Return the balance a statement closes with."""
    return period.opening_minor + sum(movement.effect_minor for movement in movements)


def as_csv(provider: StatementProvider, period: Period, movements: Sequence[Movement]) -> bytes:
    """Return a statement as CSV in the provider's own layout."""
    text = io.StringIO()
    table = _TABLES[provider](period, movements)
    csv.writer(text, lineterminator="\r\n").writerows(table)
    return text.getvalue().encode("utf-8")


def as_xlsx(provider: StatementProvider, period: Period, movements: Sequence[Movement]) -> bytes:
    """Return a statement as a workbook in the provider's own layout."""
    from openpyxl import Workbook  # noqa: PLC0415 - only the demo owes this

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Transactions")
    for row in _TABLES[provider](period, movements):
        sheet.append(row)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def lines_as_read(
    provider: StatementProvider, period: Period, movements: Sequence[Movement]
) -> tuple[StatementLine, ...]:
    """Return the lines that the program reads from the CSV of these movements.

    Reading dozens of files would be most of the time a demo takes; none of them has failed rows.
    """
    first_row = _FIRST_ROWS[provider]
    mtn = provider is StatementProvider.MTN
    bank = provider is StatementProvider.BANK
    return tuple(
        StatementLine(
            line=row,
            date=shop_date(movement.at),
            value_date=shop_date(movement.at) if bank else None,
            amount_minor=movement.amount_minor,
            currency=DEFAULT_CURRENCY,
            fee_minor=movement.fee_minor,
            balance_minor=after,
            reference=movement.transaction_id if bank else movement.reference,
            transaction_id="" if bank else movement.transaction_id,
            description=_description(provider, movement),
            counterparty=movement.name if mtn else "",
            counterparty_account="" if bank else _wallet(provider, movement.phone),
        )
        for row, (movement, _, after) in enumerate(_balances(period, movements), start=first_row)
    )


def _description(provider: StatementProvider, movement: Movement) -> str:
    if provider is StatementProvider.MTN:
        return _MTN_TYPES.get(movement.kind, "Payment")
    return movement.text or " ".join(_airtel_types(movement))


def _wallet(provider: StatementProvider, phone: str) -> str:
    """Return a number as the network writes it: 2507XXXXXXXX at MTN, 7XXXXXXXX at Airtel."""
    return phone.removeprefix("+" if provider is StatementProvider.MTN else "+250")


def _balances(period: Period, movements: Sequence[Movement]) -> Iterator[tuple[Movement, int, int]]:
    """Yield each movement with the balance before and after it."""
    balance = period.opening_minor
    for movement in movements:
        before, balance = balance, balance + movement.effect_minor
        yield movement, before, balance


def _mtn_table(period: Period, movements: Sequence[Movement]) -> Table:
    own = (f"FRI:{MTN_ACCOUNT}/MSISDN", SHOP_NAME)
    table: Table = [
        ("MTN Mobile Money Rwanda", "Transaction history"),
        ("Account", MTN_ACCOUNT),
        ("Account name", SHOP_NAME),
        ("Currency", DEFAULT_CURRENCY),
        ("Period", f"{period.first} to {period.last}"),
        ("Opening balance", period.opening_minor),
        ("Closing balance", closing_minor(period, movements)),
        (),
        _MTN_HEADER,
    ]
    for movement, _, after in _balances(period, movements):
        wallet = _wallet(StatementProvider.MTN, movement.phone)
        other = (f"FRI:{wallet}/MSISDN", movement.name)
        incoming = movement.amount_minor >= 0
        failed = movement.kind is MovementKind.FAILED
        table.append(
            (
                movement.transaction_id,
                movement.reference,
                f"{shop_time(movement.at):%Y-%m-%d %H:%M:%S}",
                "FAILED" if failed else "SUCCESSFUL",
                _MTN_TYPES.get(movement.kind, "Payment"),
                *(other if incoming else own),
                *(own if incoming else other),
                movement.amount_minor,
                DEFAULT_CURRENCY,
                movement.fee_minor,
                after,
            )
        )
    return table


_MTN_TYPES = {
    MovementKind.REFUND: "Transfer",
    MovementKind.REVERSAL: "Reversal",
    MovementKind.UNKNOWN: "Deposit",
}


def _airtel_table(period: Period, movements: Sequence[Movement]) -> Table:
    table: Table = [_AIRTEL_HEADER]
    for movement, before, after in _balances(period, movements):
        incoming = movement.amount_minor >= 0
        value = abs(movement.amount_minor)
        table.append(
            (
                shop_date(movement.at),
                movement.transaction_id,
                "CR" if incoming else "DR",
                *_airtel_types(movement)[:2],
                AIRTEL_ACCOUNT,
                _wallet(StatementProvider.AIRTEL, movement.phone),
                value,
                before,
                after,
                _airtel_types(movement)[2],
                value,
                "SUCCESS",
                movement.reference,
            )
        )
    return table


def _bank_table(period: Period, movements: Sequence[Movement]) -> Table:
    debits = sum(-each.amount_minor for each in movements if each.amount_minor < 0)
    credits_ = sum(each.amount_minor for each in movements if each.amount_minor > 0)
    table: Table = [
        ("Bank of Kigali Account Statement",),
        (f"Customer Name : {SHOP_NAME}",),
        (f"Period : {period.first} To {period.last}",),
        (f"Account No: {BANK_ACCOUNT}",),
        (f"Account Name : {SHOP_NAME}",),
        (f"Currency : {DEFAULT_CURRENCY}",),
        (f"Total Debits : {debits:,}",),
        (f"Total Credits : {credits_:,}",),
        (f"Open Balance : {period.opening_minor:,}",),
        (f"Closing Balance : {closing_minor(period, movements):,}",),
        (),
        _BANK_HEADER,
    ]
    for movement, _, after in _balances(period, movements):
        day = f"{shop_date(movement.at)}"
        amount = f"{abs(movement.amount_minor):,}"
        sides = ("", amount) if movement.amount_minor > 0 else (amount, "")
        table.append((day, day, movement.transaction_id, movement.text, *sides, f"{after:,}"))
    return table


def _airtel_types(movement: Movement) -> tuple[str, str, str]:
    subtype = "Merchant payment" if movement.amount_minor >= 0 else "Merchant refund"
    return "MERCHPAY", subtype, "MP"


_TABLES = {
    StatementProvider.MTN: _mtn_table,
    StatementProvider.AIRTEL: _airtel_table,
    StatementProvider.BANK: _bank_table,
}
_FIRST_ROWS = {
    provider: len(table(Period(date.min, date.min, 0), ())) + 1
    for provider, table in _TABLES.items()
}
"""The spreadsheet row of each layout's first transaction."""

ACCOUNTS = {
    StatementProvider.MTN: MTN_ACCOUNT,
    StatementProvider.AIRTEL: AIRTEL_ACCOUNT,
    StatementProvider.BANK: BANK_ACCOUNT,
}
PROFILES = {
    StatementProvider.MTN: MTN_RWANDA.name,
    StatementProvider.AIRTEL: AIRTEL_RWANDA.name,
    StatementProvider.BANK: BANK_OF_KIGALI_ACCOUNT.name,
}
"""The layouts the program knows the files by."""
