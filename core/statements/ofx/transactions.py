"""One transaction (STMTTRN) becomes one line."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping

from core.errors import InvalidInputError
from core.statements.currencies import stated_code
from core.statements.ofx.habits import Habits
from core.statements.ofx.markup import plain_value
from core.statements.ofx.outline import Usual, usual_values
from core.statements.statement import StatementLine

_BALANCE_ROW = re.compile(
    r"(?:s ?a ?l ?d ?o(?: total)?(?: dispon[ií]vel)?"
    r"(?: (?:anterior|inicial|final|atual|(?:do |em |no )?(?:dia|conta)))?"
    r"|(?:opening|closing|starting|ending) balance|balance (?:brought|carried) forward"
    r"|solde (?:initial|final|pr[eé]c[eé]dent|d.ouverture|de cl[oô]ture))[\s\d/.:-]*",
    re.IGNORECASE,
)
"""Some banks list their balances among the transactions, as if they were money."""
_BALANCE_INITIALS = "sSoOcCeEbB"


def transaction_line(
    number: int, usual: Usual, currency: str, habits: Habits, tell: Callable[[str], None]
) -> StatementLine:
    """Return the line of the ``number``-th transaction of the file; ``tell`` takes guesses.

    The sign of TRNAMT counts, never TRNTYPE (OFX 2.3 §11.4.4).

    Raises:
        InvalidInputError: it must not count as money; the message says why.

    """
    kind, posted, user, available, amount, bank_id, check, reference, name, memo = usual
    amount_minor = habits.minor(amount, currency)
    day = habits.day(posted) or _other_day(posted, user, available, habits, tell)
    bank_id = bank_id.strip()
    name = plain_value(name)
    text = plain_value(memo) or name
    if "HOLD" in kind.upper():
        raise InvalidInputError("The amount is only held (HOLD), not booked.")
    if text[:1] in _BALANCE_INITIALS and amount_minor and _BALANCE_ROW.fullmatch(text):
        raise InvalidInputError(f"It is a balance (“{text}”), not a movement.")
    if check:
        check = check.strip()
        check = check if check.strip("0") else ""
    # By position: naming them takes as long again, and this is done for every transaction.
    return StatementLine(
        number,
        day,
        amount_minor,
        currency,
        habits.day(available) if available else None,
        0,
        None,
        (plain_value(reference) if reference else "") or check,
        bank_id if bank_id.isalnum() else plain_value(bank_id),
        text,
        name,
    )


def unusual_line(
    number: int,
    fields: Mapping[str, str],
    currency: str,
    habits: Habits,
    tell: Callable[[str], None],
) -> StatementLine:
    """Return the line of a transaction that has other leaves, or an order of its own.

    CURRENCY says that the amount itself is in another currency; ORIGCURRENCY only what it was
    before it was changed (OFX 2.3 §5.2).

    Raises:
        InvalidInputError: as ``transaction_line``.

    """
    if fields.get("CORRECTACTION", "").strip().upper() == "DELETE":
        raise InvalidInputError("It only withdraws an earlier one.")
    values = dict(fields)
    values.setdefault("CHECKNUM", fields.get("CHKNUM", ""))
    values.setdefault("NAME", fields.get("PAYEE", ""))
    if "CURRENCY" in fields:
        currency = stated_code(fields.get("CURSYM", "")) or currency
    line = transaction_line(number, usual_values(values), currency, habits, tell)
    if "BANKACCTTO" in fields or "CCACCTTO" in fields:
        return line._replace(counterparty_account=fields.get("ACCTID", "").strip())
    return line


def _other_day(
    posted: str, user: str, available: str, habits: Habits, tell: Callable[[str], None]
) -> dt.date:
    """Return the day a person gave, or the money was there, where the booking day is no date."""
    written = plain_value(posted)[:40]
    wrong = f"“{written}” is not a date (DTPOSTED)" if written else "There is no date (DTPOSTED)"
    for tag, other in (("DTUSER", user), ("DTAVAIL", available)):
        day = habits.day(other)
        if day is not None:
            tell(f"{wrong}; {tag} was taken for it.")
            return day
    raise InvalidInputError(f"{wrong}.")
