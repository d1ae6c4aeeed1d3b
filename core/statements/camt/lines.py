"""From an entry and its payments to the line of a statement that a person reads."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from core.errors import InvalidInputError
from core.money import MAX_MINOR, parse_decimal
from core.statements.camt.vocabulary import (
    MOST_PAYMENTS_TOLD,
    Charge,
    Entry,
    Payment,
    direction,
    is_true,
    named,
)
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
    amount_minor = parse_decimal(f"0{text}" if text.startswith(".") else text, currency)
    if abs(amount_minor) > MAX_MINOR:
        raise InvalidInputError(f"“{text}” is more than any account holds.", field="amount")
    return amount_minor


def line_of(
    number: int, entry: Entry, *, day: dt.date, amount_minor: int, currency: str, account: str
) -> StatementLine:
    """Return the line of an entry whose day, signed amount and currency are settled."""
    payment = entry.payments[0] if entry.payment_count == 1 else None
    name, other_account = (
        _counterparty(entry, payment, amount_minor, account) if payment else ("", "")
    )
    return StatementLine(
        line=number,
        date=day,
        amount_minor=amount_minor,
        currency=currency,
        value_date=day_of(entry.valued),
        fee_minor=_fee_minor(entry, payment, amount_minor, currency),
        reference=(_reference(payment) if payment else "") or named(entry.reference),
        transaction_id=named(entry.servicer) or (_own_id(payment) if payment else ""),
        description=_description(entry, payment),
        counterparty=name,
        counterparty_account=other_account,
        status=entry.status,
        time=moment_of(entry.booked),
    )


def _reference(payment: Payment) -> str:
    """Return what the payer was asked to quote, else what the payer's own system called it."""
    return named(payment.structured) or named(payment.end_to_end) or named(payment.instruction)


def _own_id(payment: Payment) -> str:
    return named(payment.servicer) or named(payment.transaction) or named(payment.unique)


def _counterparty(
    entry: Entry, payment: Payment, amount_minor: int, account: str
) -> tuple[str, str]:
    """Return name and account of the other side: who paid what came, or was paid what went.

    A reversal names the parties of the payment that it takes back.
    """
    debtor = (payment.debtor or payment.ultimate_debtor, payment.debtor_account)
    creditor = (payment.creditor or payment.ultimate_creditor, payment.creditor_account)
    came = (amount_minor >= 0) != is_true(entry.reversal)
    for name, number in (debtor, creditor) if came else (creditor, debtor):
        if (name or number) and not (number and number == account):
            return named(name), number
    return "", ""


def _description(entry: Entry, payment: Payment | None) -> str:
    if entry.payment_count > 1:
        summaries = "; ".join(filter(None, map(_summary, entry.payments)))
        more = " …" if entry.payment_count > MOST_PAYMENTS_TOLD else ""
        return f"{named(entry.text)} {entry.payment_count} payments: {summaries}{more}".strip()
    texts = (payment.text, payment.further, entry.text) if payment else (entry.text,)
    told = [named(text) for text in texts if text]
    if entry.stated_payments not in {"", "0", "1"}:
        told.append(f"{named(entry.stated_payments)} payments")
    return " ".join(dict.fromkeys(filter(None, told))) or named(entry.code)


def _summary(payment: Payment) -> str:
    """Return one payment of a batch in a few words."""
    name = payment.creditor if direction(payment.direction) is False else payment.debtor
    amount = f"{payment.amount} {payment.currency}".strip()
    if not amount:
        amount = f"{payment.transaction_amount} {payment.transaction_currency}".strip()
    words = (amount, named(name), _reference(payment), named(payment.text))
    return " ".join(filter(None, words))


def _fee_minor(entry: Entry, payment: Payment | None, amount_minor: int, currency: str) -> int:
    """Return what the bank took out of the amount before booking it.

    A charge that is not part of the amount is booked as an entry of its own. Before version 4
    nothing says which it is: then it is part of it if it explains the payment's own amount.
    """
    charges = entry.charges or (payment.charges if payment else ())
    if not charges:
        return 0
    taken = [_charge_minor(charge, currency) for charge in charges if is_true(charge.included)]
    if not taken and payment and payment.amount and payment.currency == currency:
        unsaid = [_charge_minor(charge, currency) for charge in charges if not charge.included]
        gross = _minor_or_none(payment.amount, currency)
        if gross is not None and abs(abs(gross) - abs(amount_minor)) == sum(unsaid):
            taken = unsaid
    return max(sum(taken), 0)


def _charge_minor(charge: Charge, currency: str) -> int:
    if charge.currency not in {"", currency}:
        return 0
    charged = _minor_or_none(charge.amount, currency) or 0
    return -charged if direction(charge.direction) else charged


def _minor_or_none(text: str, currency: str) -> int | None:
    try:
        return minor_of(text, currency)
    except InvalidInputError:
        return None
