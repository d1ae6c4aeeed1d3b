"""The columns of the providers' table."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.services.providers.standings import JUDGED_DAYS, ProviderStanding
from ui.models.columns import badge_column, time_column
from ui.models.table import Column, ColumnKind
from ui.pages.providers.words import METHODS, failure_text, missing_text

translate = QCoreApplication.translate
_POOR_SHARE = 10
"""One failure in so many answered calls is worth a look."""


def provider_columns() -> tuple[Column[ProviderStanding], ...]:
    """Return the columns, titled in the user's language."""
    failed = translate("ProviderColumns", "Failed, %1 days").replace("%1", str(JUDGED_DAYS))
    return (
        badge_column(
            "is_active",
            translate("ProviderColumns", "Status"),
            "active",
            lambda row: row.provider.is_active,
            width=11,
        ),
        badge_column(
            "kind",
            translate("ProviderColumns", "Kind"),
            "method",
            lambda row: METHODS[row.provider.kind],
            width=10,
        ),
        Column(
            "name",
            translate("ProviderColumns", "Name"),
            lambda row: row.provider.name,
            tool_tip=lambda row: row.provider.name,
            width=34,
        ),
        badge_column(
            "environment",
            translate("ProviderColumns", "Account"),
            "environment",
            lambda row: row.provider.environment,
            width=11,
        ),
        Column(
            "failed",
            failed,
            failure_text,
            ColumnKind.AMOUNT,
            tone=_failure_tone,
            width=15,
        ),
        time_column(
            "last_success_at",
            translate("ProviderColumns", "Last success"),
            lambda row: row.last_success_at,
        ),
        Column(
            "account",
            translate("ProviderColumns", "Merchant or account"),
            lambda row: row.provider.account,
            width=24,
        ),
        Column(
            "missing",
            translate("ProviderColumns", "To do"),
            lambda row: row.told or missing_text(row),
            tone=lambda row: "danger" if row.told else "warning",
            tool_tip=lambda row: row.told or missing_text(row),
            width=40,
        ),
    )


def _failure_tone(row: ProviderStanding) -> str | None:
    is_poor = bool(row.failed) and (row.failed or 0) * _POOR_SHARE >= (row.answered or 0)
    return "danger" if is_poor else None
