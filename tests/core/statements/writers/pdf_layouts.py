"""The layouts in which banks and networks in Rwanda print a statement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.clock import SHOP_ZONE
from core.money import exponent
from core.statements.statement import StatementLine

Cells = Callable[[StatementLine, "Layout"], str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its printed name, its width as a share, how it is aligned and filled."""

    name: str
    share: float
    cell: Cells
    right: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """How a bank prints: columns, header lines, dates and amounts."""

    name: str
    columns: tuple[Column, ...]
    date_format: str = "%Y-%m-%d"
    decimals: bool = False
    labels: tuple[str, ...] = ()
    period_rows: bool = False
    newest_first: bool = False
    footer: str = ""


def amount_text(minor: int, layout: Layout, currency: str) -> str:
    places = exponent(currency)
    whole, rest = divmod(abs(minor), 10**places)
    text = f"{whole:,}"
    if places:
        text += f".{rest:0{places}}"
    elif layout.decimals:
        text += ".00"
    return f"-{text}" if minor < 0 else text


def _day(line: StatementLine, layout: Layout) -> str:
    if line.time is not None and "%H" in layout.date_format:
        return line.time.astimezone(SHOP_ZONE).strftime(layout.date_format)
    return line.date.strftime(layout.date_format)


def _value_day(line: StatementLine, layout: Layout) -> str:
    return (line.value_date or line.date).strftime(layout.date_format)


def _credit(line: StatementLine, layout: Layout) -> str:
    return amount_text(line.amount_minor, layout, line.currency) if line.amount_minor > 0 else ""


def _debit(line: StatementLine, layout: Layout) -> str:
    return amount_text(-line.amount_minor, layout, line.currency) if line.amount_minor < 0 else ""


def _signed(line: StatementLine, layout: Layout) -> str:
    return amount_text(line.amount_minor, layout, line.currency)


def _balance(line: StatementLine, layout: Layout) -> str:
    minor = line.balance_minor
    return "" if minor is None else amount_text(minor, layout, line.currency)


def _fee(line: StatementLine, layout: Layout) -> str:
    return amount_text(line.fee_minor, layout, line.currency)


def _text(line: StatementLine, _layout: Layout) -> str:
    return line.description


def _reference(line: StatementLine, _layout: Layout) -> str:
    return line.reference


def _nothing(_line: StatementLine, _layout: Layout) -> str:
    return ""


BK_ACCOUNT = Layout(
    "bk_account",
    (
        Column("Book Date", 0.1, _day),
        Column("Value Date", 0.1, _value_day),
        Column("Reference", 0.15, _reference),
        Column("Narration", 0.29, _text),
        Column("Debit", 0.11, _debit, right=True),
        Column("Credit", 0.11, _credit, right=True),
        Column("Balance", 0.14, _balance, right=True),
    ),
    labels=(
        "Customer Name : UMUCYO SHOP LTD",
        "Phone Number : 250788123456",
        "Address : KG 7 AVE KIGALI",
        "Email : shop@example.rw",
        "Period : {start} To {end}",
        "Account No: {account}",
        "Account Name : UMUCYO SHOP LTD",
        "Account Type : CURRENT ACCOUNT",
        "IBAN : RW00 0400 0000 1234",
        "Currency : {currency}",
        "Issued on : 2026-02-01 08:15:00",
        "Total Debits : {debits}",
        "Total Credits : {credits}",
        "Open Balance : {opening}",
        "Closing Balance : {closing}",
    ),
    footer="www.bk.rw (+250) 252 593 100",
)
BK_BRANCH = Layout(
    "bk_branch",
    (
        Column("Book Date", 0.09, _day),
        Column("Reference", 0.14, _reference),
        Column("Description", 0.11, lambda _l, _: "Movement"),
        Column("Narration", 0.23, _text),
        Column("Value Date", 0.09, _value_day),
        Column("Debit", 0.11, _debit, right=True),
        Column("Credit", 0.11, _credit, right=True),
        Column("Closing Balance", 0.12, _balance, right=True),
    ),
    date_format="%d %b %y",
    labels=(
        "Account Number : {account}",
        "Account Name : UMUCYO SHOP LTD",
        "Currency : {currency}",
    ),
    period_rows=True,
)
BK_INTERNET = Layout(
    "bk_internet",
    (
        Column("Date", 0.11, _day),
        Column("Narration", 0.37, _text),
        Column("Ref Number", 0.16, _reference),
        Column("Money In", 0.11, _credit, right=True),
        Column("Money Out", 0.11, _debit, right=True),
        Column("Balance", 0.14, _balance, right=True),
    ),
    date_format="%d/%m/%Y",
    labels=(
        "AccountNumber : {account}",
        "Currency : {currency}",
        "Opening Balance {opening}",
        "Closing Balance {closing}",
    ),
    newest_first=True,
)


def _from(line: StatementLine, _layout: Layout) -> str:
    number = line.counterparty_account if line.amount_minor > 0 else "250788000111"
    return f"FRI:{number}/MSISDN"


def _to(line: StatementLine, _layout: Layout) -> str:
    number = "250788000111" if line.amount_minor > 0 else line.counterparty_account
    return f"FRI:{number}/MSISDN"


def _from_name(line: StatementLine, _layout: Layout) -> str:
    return line.counterparty if line.amount_minor > 0 else "UMUCYO SHOP"


def _to_name(line: StatementLine, _layout: Layout) -> str:
    return "UMUCYO SHOP" if line.amount_minor > 0 else line.counterparty


MTN = Layout(
    "mtn",
    (
        Column("Id", 0.08, lambda line, _: line.transaction_id),
        Column("Date", 0.08, _day),
        Column("Status", 0.08, lambda line, _: line.status or "Successful"),
        Column("Type", 0.07, _text),
        Column("From", 0.13, _from),
        Column("From Name", 0.1, _from_name),
        Column("To", 0.13, _to),
        Column("To Name", 0.1, _to_name),
        Column("Amount", 0.08, _signed, right=True),
        Column(
            "Fee", 0.05, lambda line, lay: amount_text(line.fee_minor, lay, line.currency), True
        ),
        Column("Balance", 0.1, _balance, right=True),
    ),
    date_format="%Y-%m-%d %H:%M:%S",
    labels=("Account number : {account}", "Currency : {currency}"),
)
AIRTEL = Layout(
    "airtel",
    (
        Column("transfer_date", 0.11, _day),
        Column("transfer_id", 0.17, lambda line, _: line.transaction_id),
        Column("entry_type", 0.08, lambda line, _: "CR" if line.amount_minor > 0 else "DR"),
        Column("service_type", 0.12, _text),
        Column("account_id", 0.12, lambda _l, _: "250733000111"),
        Column("second_party_account_id", 0.17, lambda line, _: line.counterparty_account),
        Column(
            "transfer_value", 0.12, lambda line, lay: _credit(line, lay) or _debit(line, lay), True
        ),
        Column("post_balance", 0.11, _balance, right=True),
    ),
    date_format="%d/%m/%Y",
)
MPESA = Layout(
    "mpesa",
    (
        Column("Receipt No.", 0.12, lambda line, _: line.transaction_id),
        Column("Completion Time", 0.14, _day),
        Column("Details", 0.27, _text),
        Column("Transaction Status", 0.12, lambda line, _: line.status or "Completed"),
        Column("Paid In", 0.11, _credit, right=True),
        Column(
            "Withdrawn", 0.11, lambda line, lay: f"-{d}" if (d := _debit(line, lay)) else "", True
        ),
        Column("Balance", 0.13, _balance, right=True),
    ),
    date_format="%Y-%m-%d %H:%M:%S",
    decimals=True,
    newest_first=True,
    labels=("Customer Name: UMUCYO SHOP", "Mobile Number: {account}", "Currency : {currency}"),
)
FRENCH = Layout(
    "french",
    (
        Column("Date opération", 0.12, _day),
        Column("Libellé", 0.4, _text),
        Column("Référence", 0.14, _reference),
        Column("Débit", 0.11, _debit, right=True),
        Column("Crédit", 0.11, _credit, right=True),
        Column("Solde", 0.12, _balance, right=True),
    ),
    date_format="%d/%m/%Y",
    labels=(
        "Numéro de compte : {account}",
        "Devise : {currency}",
        "Solde initial : {opening}",
        "Solde final : {closing}",
    ),
)
LAYOUTS = {
    layout.name: layout
    for layout in (BK_ACCOUNT, BK_BRANCH, BK_INTERNET, MTN, AIRTEL, MPESA, FRENCH)
}
