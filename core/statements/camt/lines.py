"""From an entry and its payments to the line of a statement that a person reads."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from core.errors import InvalidInputError
from core.money import MAX_MINOR, parse_decimal
from core.statements.camt.details import NOBODY, Charge, Details, Party
from core.statements.camt.entries import MOST_DETAILS_TOLD, Batch, Entry
from core.statements.statement import StatementLine

_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")
_FIRST_YEAR = 1970
"""Programs write year 1 for "no date"."""


@lru_cache(maxsize=4096)
def day_of(text: str) -> dt.date | None:
    """Return the day of an ISO date or date and time as the bank wrote it; None if it is none."""
    found = _DAY.match(text)
    if found is None:
        return None
    try:
        day = dt.date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
    return day if day.year >= _FIRST_YEAR else None


def moment_of(text: str) -> dt.datetime | None:
    """Return the time of day as the bank wrote it; midnight sharp is a date written as a time."""
    if len(text) < 19 or text[10] != "T":
        return None
    try:
        moment = dt.datetime.fromisoformat(text[:19])
    except ValueError:
        return None
    return moment if moment.time() != dt.time() else None


def minor_of(text: str, currency: str) -> int:
    """Return the minor units of an amount; a decimal comma is understood.

    Raises:
        InvalidInputError: no amount, finer than the currency's coin, or beyond any account.

    """
    if "," in text and "." not in text:
        text = text.replace(",", ".")
    amount_minor = parse_decimal(text, currency)
    if abs(amount_minor) > MAX_MINOR:
        raise InvalidInputError(f"“{text}” is more than any account holds.", field="amount")
    return amount_minor


def line_of(
    number: int,
    entry: Entry,
    batch: Batch,
    *,
    day: dt.date,
    amount_minor: int,
    currency: str,
    account: str,
) -> StatementLine:
    """Return the line; the amount is signed and in the currency of the entry already."""
    details = batch.details[0] if batch.count == 1 else None
    party = _counterparty(entry, details, account) if details else NOBODY
    return StatementLine(
        line=number,
        date=day,
        amount_minor=amount_minor,
        currency=currency,
        value_date=day_of(entry.valued),
        fee_minor=_fee_minor(entry, details, amount_minor, currency),
        reference=(details.reference if details else "") or entry.reference,
        transaction_id=entry.servicer or _own_id(details),
        description=_description(entry, batch),
        counterparty=party.name,
        counterparty_account=party.account,
        status=entry.status,
        time=moment_of(entry.booked),
    )


def _own_id(details: Details | None) -> str:
    return (details.servicer or details.transaction) if details else ""


def _counterparty(entry: Entry, details: Details, account: str) -> Party:
    """Return the other side: who paid when money came, who was paid when it went.

    A reversal names the parties of the payment that it takes back.
    """
    paid_to_us = bool(entry.is_credit) != entry.is_reversal
    sides = (details.debtor, details.creditor)
    for party in sides if paid_to_us else sides[::-1]:
        if party != NOBODY and not (party.account and party.account == account):
            return party
    return NOBODY


def _description(entry: Entry, batch: Batch) -> str:
    if batch.count > 1:
        told = "; ".join(filter(None, map(_summary, batch.details)))
        more = " …" if batch.count > MOST_DETAILS_TOLD else ""
        return f"{entry.text} {batch.count} payments: {told}{more}".strip()
    texts = [batch.details[0].text if batch.details else "", entry.text]
    stated = entry.stated_payments
    if stated.isdigit() and int(stated) > 1:
        texts.append(f"{int(stated)} payments")
    return " ".join(dict.fromkeys(filter(None, texts))) or entry.code


def _summary(details: Details) -> str:
    """Return one payment of a batch in a few words."""
    party = details.creditor if details.is_credit is False else details.debtor
    amount = f"{details.amount} {details.currency}".strip()
    return " ".join(filter(None, (amount, party.name, details.reference, details.text)))


def _fee_minor(entry: Entry, details: Details | None, amount_minor: int, currency: str) -> int:
    """Return what the bank took out of the amount before booking it.

    A charge that is not part of the amount is booked as an entry of its own. Before version 4
    nothing says which it is: then it is part of it if it explains the payment's own amount.
    """
    charges = entry.charges or (details.charges if details else ())
    if not charges:
        return 0
    taken = [_charge_minor(charge, currency) for charge in charges if charge.included]
    if not taken and details and details.currency == currency:
        unsaid = [_charge_minor(charge, currency) for charge in charges if charge.included is None]
        gross = _whole_minor(details.amount, currency)
        if gross is not None and abs(gross) - abs(amount_minor) in {sum(unsaid), -sum(unsaid)}:
            taken = unsaid
    return max(sum(taken), 0)


def _charge_minor(charge: Charge, currency: str) -> int:
    if charge.currency not in {"", currency}:
        return 0
    charged = _whole_minor(charge.amount, currency) or 0
    return -charged if charge.is_credit else charged


def _whole_minor(text: str, currency: str) -> int | None:
    try:
        return minor_of(text, currency)
    except InvalidInputError:
        return None
