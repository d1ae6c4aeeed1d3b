"""Statements of account: a customer's account over some days, as figures and as a PDF."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from core.clock import day_end, day_start, shop_date
from core.database.unit_of_work import Database
from core.documents.account_statement import (
    AccountStatement,
    StatementEntry,
    StatementParts,
    render_account_statement,
)
from core.documents.contents import ShopBlock
from core.documents.storage import write_document
from core.errors import InvalidInputError
from core.permissions import Actor, Permission
from core.phones import phone_display
from core.services.customers.accounts import (
    Ageing,
    Entry,
    ageing_of,
    entries_of,
    promised_of,
)
from core.services.customers.identity import account_ids, survivor
from core.services.customers.lists import customer_row
from core.services.customers.rows import CustomerRow
from core.services.customers.service import find_customer
from core.services.papers.documents import block_of
from core.services.papers.letterheads import current_letterhead
from core.services.settings import load_settings

STATEMENT_FOLDER = "documents/statements-of-account"


@dataclass(frozen=True, slots=True)
class AccountPeriod:
    """A customer's account over some days of the shop, in minor units of one currency.

    The opening balance and the entries make the closing balance. ``promised_minor`` is under way
    now and counts in neither.
    """

    customer: CustomerRow
    currency: str
    first_day: date
    last_day: date
    issued_on: date
    opening_minor: int
    entries: tuple[Entry, ...]
    closing_minor: int
    ageing: Ageing
    promised_minor: int


class AccountStatements:
    """Reads accounts and draws their statements into the shop's folder."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder

    def period(
        self,
        actor: Actor,
        customer_id: int,
        first_day: date,
        last_day: date,
        *,
        currency: str = "",
    ) -> AccountPeriod:
        """Return a customer's account from the first day to the last, in the shop's currency.

        Raises:
            NotFoundError: there is no such customer.
            InvalidInputError: the last day is before the first.

        """
        return self._read(actor, customer_id, first_day, last_day, currency)[0]

    def statement_of_account(
        self,
        actor: Actor,
        customer_id: int,
        first_day: date,
        last_day: date,
        *,
        currency: str = "",
        copy_to: Path | None = None,
    ) -> Path:
        """Draw a statement in the customer's language, and return where it lies.

        With ``copy_to`` it is written there too, and that path is returned. Drawn again on the
        same day over the same books it is the same file, byte for byte.

        Raises:
            NotFoundError: there is no such customer.
            InvalidInputError: the last day is before the first.
            StorageError: the file cannot be written.

        """
        period, shop = self._read(actor, customer_id, first_day, last_day, currency)
        content = render_account_statement(_document(period, shop))
        path = self._folder / STATEMENT_FOLDER / f"{last_day:%Y/%m}" / file_name(period)
        write_document(path, content)
        if copy_to is None:
            return path
        write_document(copy_to, content)
        return copy_to

    def _read(
        self, actor: Actor, customer_id: int, first_day: date, last_day: date, currency: str
    ) -> tuple[AccountPeriod, ShopBlock]:
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        if last_day < first_day:
            raise InvalidInputError(
                "There is no such statement: its last day is before its first.", field="last_day"
            )
        with self._database.read() as session:
            currency = currency or load_settings(session).default_currency
            today = shop_date(self._database.clock())
            customer = survivor(session, find_customer(session, customer_id))
            ids = account_ids(session, customer.id)
            entries = entries_of(session, ids, currency)
            start, end = day_start(first_day), day_end(last_day)
            before = sum(entry.change_minor for entry in entries if entry.at < start)
            within = tuple(entry for entry in entries if start <= entry.at < end)
            promised = {each.currency: each.amount_minor for each in promised_of(session, ids)}
            period = AccountPeriod(
                customer=customer_row(customer),
                currency=currency,
                first_day=first_day,
                last_day=last_day,
                issued_on=today,
                opening_minor=before,
                entries=within,
                closing_minor=before + sum(entry.change_minor for entry in within),
                ageing=ageing_of(entries, min(last_day, today)),
                promised_minor=promised.get(currency, 0),
            )
            return period, block_of(current_letterhead(session))


def file_name(period: AccountPeriod) -> str:
    """Return a file's name that says whose statement it is, and of which days."""
    name = re.sub(r"[^\w-]+", "-", period.customer.name, flags=re.ASCII).strip("-")[:40]
    days = f"{period.first_day:%Y%m%d}-{period.last_day:%Y%m%d}"
    return f"{period.customer.customer_id}-{name or 'customer'}-{days}-{period.currency}.pdf"


def _document(period: AccountPeriod, shop: ShopBlock) -> AccountStatement:
    customer, ageing = period.customer, period.ageing
    return AccountStatement(
        language=customer.language,
        shop=shop,
        customer_name=customer.name,
        customer_phone=phone_display(customer.phone_number),
        customer_tin=customer.tin,
        customer_address=customer.address,
        currency=period.currency,
        first_day=period.first_day,
        last_day=period.last_day,
        issued_on=period.issued_on,
        opening_minor=period.opening_minor,
        entries=tuple(
            StatementEntry(
                shop_date(entry.at),
                entry.kind,
                entry.reference,
                entry.debit_minor,
                entry.credit_minor,
                entry.method,
            )
            for entry in period.entries
        ),
        closing_minor=period.closing_minor,
        parts=StatementParts(
            ageing.not_due_minor,
            ageing.to_30_days_minor,
            ageing.to_60_days_minor,
            ageing.to_90_days_minor,
            ageing.older_minor,
            ageing.credit_minor,
        ),
        promised_minor=period.promised_minor,
    )
