"""One STMTTRN becomes one line."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping

from core.errors import InvalidInputError
from core.statements.currencies import stated_code
from core.statements.ofx.habits import Habits
from core.statements.ofx.markup import plain_value
from core.statements.statement import StatementLine

_BALANCE_ROW = re.compile(
    r"(?:s ?a ?l ?d ?o(?: total)?(?: dispon[ií]vel)?"
    r"(?: (?:anterior|inicial|final|atual|(?:do |em |no )?(?:dia|conta)))?"
    r"|(?:opening|closing|starting|ending) balance|balance (?:brought|carried) forward"
    r"|solde (?:initial|final|pr[eé]c[eé]dent|d.ouverture|de cl[oô]ture))[\s\d/.:-]*",
    re.IGNORECASE,
)
"""Some banks list their balances among the transactions, as if they were money."""


def transaction_line(
    number: int,
    fields: Mapping[str, str],
    currency: str,
    habits: Habits,
    tell: Callable[[str], None],
) -> StatementLine:
    """Return the line of the ``number``-th transaction; ``tell`` takes what was guessed.

    The sign of TRNAMT counts, never TRNTYPE (OFX 2.3 §11.4.4.3). CURRENCY says that the amount
    itself is in another currency; ORIGCURRENCY only what it was before it was changed (§5.2).

    Raises:
        InvalidInputError: it must not count as money; the message says why.

    """
    if "TRNAMT" not in fields:
        raise InvalidInputError("There is no amount (TRNAMT).")
    if "CURRENCY" in fields:
        currency = stated_code(fields.get("CURSYM", "")) or currency
    amount_minor = habits.minor(fields["TRNAMT"], currency)
    if fields.get("TRNTYPE", "").strip().upper() == "HOLD":
        raise InvalidInputError("The amount is only held (HOLD), not booked.")
    if fields.get("CORRECTACTION", "").strip().upper() == "DELETE":
        raise InvalidInputError("It only withdraws an earlier one.")
    day = habits.day(fields.get("DTPOSTED", "")) or _other_day(fields, habits, tell)
    name = plain_value(fields.get("NAME", ""))
    memo = plain_value(fields.get("MEMO", ""))
    if amount_minor and _BALANCE_ROW.fullmatch(memo or name):
        raise InvalidInputError(f"It is a balance (“{memo or name}”), not a movement.")
    check = (fields.get("CHECKNUM") or fields.get("CHKNUM", "")).strip()
    available = fields.get("DTAVAIL")
    to_account = "BANKACCTTO" in fields or "CCACCTTO" in fields
    return StatementLine(
        number,
        day,
        amount_minor,
        currency,
        habits.day(available) if available else None,
        reference=plain_value(fields.get("REFNUM", "")) or (check if check.strip("0") else ""),
        transaction_id=plain_value(fields.get("FITID", "")),
        description=memo or name,
        counterparty=name,
        counterparty_account=fields.get("ACCTID", "").strip() if to_account else "",
    )


def _other_day(fields: Mapping[str, str], habits: Habits, tell: Callable[[str], None]) -> dt.date:
    """Return the day a person gave, or the money was there, where the booking day is no date."""
    written = plain_value(fields.get("DTPOSTED", ""))
    wrong = f"“{written[:40]}” is not a date" if written else "There is no date"
    for tag in ("DTUSER", "DTAVAIL"):
        day = habits.day(fields.get(tag, ""))
        if day is not None:
            tell(f"{wrong} (DTPOSTED); {tag} was taken for it.")
            return day
    raise InvalidInputError(f"{wrong} (DTPOSTED).")
