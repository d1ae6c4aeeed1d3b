"""The words of the reconcile page: kinds of matches, categories of lines, periods, balances."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from core.clock import shop_time
from core.model.reconciliations import LineCategory
from core.money import display
from core.services.learning.rows import SuggestedReason
from core.services.reconciliations.lists import ListedLine
from core.services.rows import MatchRow, PaymentRow, ReconciliationRow, StatementLineRow
from ui.badges import BLUE, GRAY, GREEN, YELLOW, Badge

_KINDS = {
    "one_to_one": QT_TRANSLATE_NOOP("Reconcile", "One payment"),
    "fee_net": QT_TRANSLATE_NOOP("Reconcile", "Payment less the channel's fee"),
    "settlement": QT_TRANSLATE_NOOP("Reconcile", "Payout of several payments"),
    "split": QT_TRANSLATE_NOOP("Reconcile", "Several lines or payments together"),
    "reversal": QT_TRANSLATE_NOOP("Reconcile", "Money taken back"),
    "refund": QT_TRANSLATE_NOOP("Reconcile", "Refund to a customer"),
    "bank_charge": QT_TRANSLATE_NOOP("Reconcile", "The bank's own charge"),
    "by_hand": QT_TRANSLATE_NOOP("Reconcile", "Put together by hand"),
}
_CATEGORIES = {
    LineCategory.CERTAIN: (QT_TRANSLATE_NOOP("Reconcile", "Certain"), "check", BLUE),
    LineCategory.SUGGESTED: (QT_TRANSLATE_NOOP("Reconcile", "Suggested"), "question", BLUE),
    LineCategory.AMBIGUOUS: (QT_TRANSLATE_NOOP("Reconcile", "Ambiguous"), "split", YELLOW),
    LineCategory.UNMATCHED: (QT_TRANSLATE_NOOP("Reconcile", "Unmatched"), "circle", YELLOW),
    LineCategory.MATCHED: (QT_TRANSLATE_NOOP("Reconcile", "Matched"), "equal", GREEN),
    LineCategory.IGNORED: (QT_TRANSLATE_NOOP("Reconcile", "Set aside"), "ban", GRAY),
}

_ACCOUNT_END = 12
"""Characters of an account that a column shows."""


def tr(text: str) -> str:
    """Return one of the texts above in the user's language."""
    return QCoreApplication.translate("Reconcile", text)


def filled(text: str, *values: str) -> str:
    """Put values into %1, %2 …; a value's own percent signs stay as they are."""
    parts = text.split("%")
    made = [parts[0]]
    for part in parts[1:]:
        place = ord(part[0]) - ord("1") if part else -1
        made.append(values[place] + part[1:] if 0 <= place < len(values) else f"%{part}")
    return "".join(made)


def number(count: int) -> str:
    """Return a whole number in groups of three."""
    return f"{count:,}".replace(",", "\u202f")


def listed_badge(listed: ListedLine) -> Badge:
    """Return a line's badge in the list: its category, or that such lines are usually set aside."""
    if listed.suggested is not None and listed.category is LineCategory.UNMATCHED:
        return Badge(QCoreApplication.translate("Reconcile", "Set aside?"), "ban", YELLOW)
    return category_badge(listed.category)


def numbers_text(lines: Sequence[StatementLineRow]) -> str:
    """Return the numbers of some lines, the first of them where there are many."""
    told = ", ".join(number(line.line_number) for line in lines[:8])
    return f"{told} …" if len(lines) > 8 else told


def usual_text(usual: SuggestedReason) -> str:
    """Return why a line may be set aside, and since when such lines are."""
    told = QCoreApplication.translate("Reconcile", "May be set aside: %1 (as on %2)")
    return filled(told, usual.reason, f"{shop_time(usual.last_at):%Y-%m-%d}")


def signed(amount_minor: int, currency: str) -> str:
    """Return an amount with its currency; money in carries a plus."""
    return ("+" if amount_minor > 0 else "") + display(amount_minor, currency)


def kind_words(match: MatchRow) -> str:
    """Return what a match says that lines and payments have to do with each other."""
    if match.kind == "settlement" and len(match.payments) > 1:
        told = QCoreApplication.translate("Reconcile", "Payout of %1 payments")
        return filled(told, number(len(match.payments)))
    return tr(str(_KINDS.get(match.kind, match.kind)))


def category_word(category: LineCategory) -> str:
    """Return a category as the chips and badges say it."""
    return tr(str(_CATEGORIES[category][0]))


def category_badge(category: LineCategory) -> Badge:
    """Return a category's badge."""
    _, icon, color = _CATEGORIES[category]
    return Badge(category_word(category), icon, color)


def day_range(first: date | None, last: date | None) -> str:
    """Return a period as ISO days, one day only once."""
    if first is None or last is None:
        return str(first or last or "")
    return str(first) if first == last else f"{first} – {last}"


def short_period(first: date | None, last: date | None) -> str:
    """Return a period with the year only once: "2026-11-16 – 11-25"."""
    if first is not None and last is not None and first != last and first.year == last.year:
        return f"{first} – {last:%m-%d}"
    return day_range(first, last)


def short_account(account: str) -> str:
    """Return the end of an account's number: a bank's accounts all begin alike."""
    if len(account) <= _ACCOUNT_END:
        return account or "–"
    return f"…{account[1 - _ACCOUNT_END :]}"


def account_text(row: ReconciliationRow) -> str:
    """Return a statement's account and currency, by which those of one file are told apart."""
    return f"{short_account(row.account)} · {row.currency}"


def period_text(row: ReconciliationRow) -> str:
    """Return the days a reconciliation covers."""
    return day_range(row.statement_period_start, row.statement_period_end)


def report_text(row: ReconciliationRow) -> str:
    """Return what came of the import: "132 lines: 118 already here, 14 new"."""
    new = row.total_transactions - row.known_transactions
    if not row.known_transactions:
        return filled(QCoreApplication.translate("Reconcile", "%1 new lines"), number(new))
    told = QCoreApplication.translate("Reconcile", "%1 lines: %2 already here, %3 new")
    counts = (row.total_transactions, row.known_transactions, new)
    return filled(told, *(number(count) for count in counts))


def line_text(line: StatementLineRow) -> str:
    """Return what the statement says of a line, the other party included once."""
    return said_of(line.description, line.counterparty)


def said_of(description: str, counterparty: str) -> str:
    """Return a description and the other party, who is named only once."""
    if counterparty and counterparty.casefold() not in description.casefold():
        return " · ".join(filter(None, [description, counterparty]))
    return description or counterparty


def line_reference(line: StatementLineRow) -> str:
    """Return the line's most telling identifier."""
    return line.transaction_id or line.reference


def payment_reference(payment: PaymentRow) -> str:
    """Return by which number people know a payment."""
    return (
        payment.invoice_number
        or payment.order_number
        or payment.transaction_reference
        or payment.transaction_id
        or payment.payment_id
    )


def payment_identifiers(payment: PaymentRow) -> str:
    """Return every number of a payment that a statement may show."""
    found = (
        payment.invoice_number,
        payment.order_number,
        payment.transaction_reference,
        payment.transaction_id,
        payment.phone_number,
    )
    return " · ".join(dict.fromkeys(text for text in found if text))


def payment_day(payment: PaymentRow) -> str:
    """Return when a payment was paid, or else recorded, in shop time."""
    return f"{shop_time(payment.paid_at or payment.created_at):%Y-%m-%d}"


def movement_text(row: ReconciliationRow, money_in_minor: int, money_out_minor: int) -> str:
    """Return "opening + money in − money out = closing" with ✓, or ✗ and by how much it fails.

    Money in and out are those of the lines kept; lines that were here already are not among them.
    """
    currency = row.currency
    told = QCoreApplication.translate("Reconcile", "Money in %1, money out %2")
    moved = filled(told, display(money_in_minor, currency), display(money_out_minor, currency))
    if row.opening_balance_minor is None or row.closing_balance_minor is None:
        return moved
    if row.known_transactions:
        told = QCoreApplication.translate(
            "Reconcile", "%1 in the new lines; %2 opening, %3 closing"
        )
        return filled(
            told,
            moved,
            display(row.opening_balance_minor, currency),
            display(row.closing_balance_minor, currency),
        )
    gap = row.balance_gap_minor or 0
    told = QCoreApplication.translate("Reconcile", "%1 opening + %2 in − %3 out = %4 closing ✓")
    if gap:
        told = QCoreApplication.translate(
            "Reconcile", "%1 opening + %2 in − %3 out ≠ %4 closing ✗  gap %5"
        )
    return filled(
        told,
        display(row.opening_balance_minor, currency),
        display(money_in_minor, currency),
        display(money_out_minor, currency),
        display(row.closing_balance_minor, currency),
        signed(gap, currency),
    )


def balance_text(
    opening_minor: int | None, movement_minor: int, closing_minor: int | None, currency: str
) -> tuple[str, bool | None]:
    """Return "opening + movements = closing ✓" and whether it holds; None where it is unknown."""
    if opening_minor is None or closing_minor is None:
        told = QCoreApplication.translate("Reconcile", "The file states no opening balance.")
        return told, None
    gap = closing_minor - opening_minor - movement_minor
    sign = "+" if movement_minor >= 0 else "−"
    sum_told = f"{display(opening_minor, currency)} {sign} {display(abs(movement_minor), currency)}"
    if gap == 0:
        return f"{sum_told} = {display(closing_minor, currency)} ✓", True
    told = QCoreApplication.translate("Reconcile", "%1 ≠ %2 ✗  gap %3")
    return (
        filled(told, sum_told, display(closing_minor, currency), signed(gap, currency)),
        False,
    )
