"""Words about providers."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.clock import shop_time
from core.model.payments import PaymentMethod
from core.model.providers import Environment
from core.services.providers.forms import ProviderKind
from core.services.providers.standings import JUDGED_DAYS, ProviderStanding
from ui.words import count_text

translate = QCoreApplication.translate
METHODS: dict[ProviderKind, PaymentMethod] = {
    "mtn": PaymentMethod.MTN_MOBILE_MONEY,
    "airtel": PaymentMethod.AIRTEL_MONEY,
    "bank": PaymentMethod.BANK_TRANSFER,
}


def failure_text(standing: ProviderStanding) -> str:
    """Return how often calls failed, rounded half up: "2.4 % of 1 204"; nothing without calls."""
    if not standing.answered or standing.failed is None:
        return ""
    tenths = (2_000 * standing.failed + standing.answered) // (2 * standing.answered)
    return f"{tenths // 10}.{tenths % 10}\u00a0%"


def missing_text(standing: ProviderStanding) -> str:
    """Return what a provider still needs to work."""
    names = ", ".join(name.replace("_", " ") for name in standing.provider.missing)
    return translate("ProviderWords", "Lacks: %1").replace("%1", names) if names else ""


def provider_facts(
    standing: ProviderStanding,
) -> tuple[list[tuple[str, str]], frozenset[str]]:
    """Return what is known of a provider but for its secrets, and which of it can be copied."""
    if standing.bank is not None:
        number = translate("ProviderWords", "Account number")
        holder = translate("ProviderWords", "Account holder")
        bank = standing.bank
        facts = [
            (translate("ProviderWords", "Bank"), bank.bank_name),
            (holder, bank.account_name),
            (number, bank.account_number),
            (translate("ProviderWords", "SWIFT"), bank.swift_code),
            (translate("ProviderWords", "Branch"), bank.branch),
            (translate("ProviderWords", "Told to customers"), bank.customer_instructions),
            (translate("ProviderWords", "Last transfer"), _last(standing)),
        ]
        return facts, frozenset({number, holder})
    row = standing.provider
    merchant = translate("ProviderWords", "Merchant ID")
    callback = translate("ProviderWords", "Callback address")
    is_live = row.environment is Environment.LIVE
    facts = [
        (
            translate("ProviderWords", "Account"),
            translate("ProviderWords", "Live")
            if is_live
            else translate("ProviderWords", "Sandbox: no real money"),
        ),
        (merchant, row.account),
        (translate("ProviderWords", "Address"), row.base_url),
        (callback, standing.webhook_url),
        (translate("ProviderWords", "Currency"), row.currency),
        (translate("ProviderWords", "Last success"), _last(standing)),
        (_failure_label(), _failures(standing)),
    ]
    return facts, frozenset({merchant, callback})


def _failure_label() -> str:
    told = translate("ProviderWords", "Failed, %1 days")
    return told.replace("%1", str(JUDGED_DAYS))


def _failures(standing: ProviderStanding) -> str:
    share = failure_text(standing)
    if not share:
        return ""
    told = translate("ProviderWords", "%1: %2 of %3 answered calls").replace("%1", share)
    told = told.replace("%2", count_text(standing.failed or 0))
    return told.replace("%3", count_text(standing.answered or 0))


def _last(standing: ProviderStanding) -> str:
    at = standing.last_success_at
    return "" if at is None else f"{shop_time(at):%Y-%m-%d %H:%M}"
