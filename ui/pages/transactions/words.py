"""Words about calls to gateways."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.clock import shop_time
from core.services.calls.filters import CallFilter
from core.services.calls.lists import CallTotals
from core.services.rows import TransactionRow
from ui.badges import badge_for
from ui.words import count_text, days_text

translate = QCoreApplication.translate
SLOW_MS = 3_000
"""From here on a customer at the till notices the wait."""


def time_text(milliseconds: int | None) -> str:
    """Return how long an answer took: "340 ms", "12 400 ms"; nothing without an answer."""
    return "" if milliseconds is None else f"{count_text(milliseconds)} ms"


def figures_text(totals: CallTotals) -> str:
    """Return how calls went in one line; nothing where there are none."""
    if not totals.count:
        return ""
    failed = translate("TransactionWords", "%1 failed (%2)")
    failed = failed.replace("%1", count_text(totals.failed))
    told = [failed.replace("%2", share_text(totals.failed, totals.count))]
    if totals.median_ms is not None:
        median = translate("TransactionWords", "half answered within %1")
        told.append(median.replace("%1", time_text(totals.median_ms)))
    return " · ".join(told)


def share_text(part: int, whole: int) -> str:
    """Return a share in percent with one decimal, rounded half up: "2.4 %"."""
    tenths = (2_000 * part + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}\u00a0%"


def filter_words(wanted: CallFilter) -> str:
    """Return what a filter of another page asks for."""
    words = [wanted.gateway_name or ""]
    if wanted.payment_id is not None:
        about = translate("TransactionWords", "about payment %1")
        words.append(about.replace("%1", wanted.payment_id[:8]))
    if wanted.request_type is not None:
        words.append(badge_for("request", wanted.request_type).text)
    if wanted.result is not None:
        words.append(badge_for("outcome", wanted.result.name).text)
    words += [badge_for("attempt", each).text for each in sorted(wanted.statuses)]
    if wanted.error_code is not None:
        error = translate("TransactionWords", "error %1")
        words.append(error.replace("%1", wanted.error_code))
    if wanted.first_day is not None or wanted.last_day is not None:
        words.append(days_text(wanted.first_day, wanted.last_day))
    return ", ".join(filter(None, words))


def call_facts(call: TransactionRow) -> tuple[list[tuple[str, str]], frozenset[str]]:
    """Return what is known of a call, and which of it can be copied."""
    payment = translate("TransactionWords", "Payment")
    transaction = translate("TransactionWords", "Transaction")
    answered = ""
    if call.response_at is not None:
        answered = f"{shop_time(call.response_at):%Y-%m-%d %H:%M:%S}"
    facts = [
        (translate("TransactionWords", "Gateway"), call.gateway_name),
        (
            translate("TransactionWords", "Called"),
            f"{shop_time(call.request_at):%Y-%m-%d %H:%M:%S}",
        ),
        (translate("TransactionWords", "Answered"), answered),
        (translate("TransactionWords", "Took"), time_text(call.processing_time_ms)),
        (translate("TransactionWords", "Response code"), call.response_code),
        (translate("TransactionWords", "Message"), call.response_message),
        (transaction, call.transaction_id),
        (payment, call.payment_id),
    ]
    return facts, frozenset({payment, transaction})
