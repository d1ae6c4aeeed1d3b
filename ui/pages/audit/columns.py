"""The columns of the audit trail."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.services.audit.filters import REFUSALS
from core.services.audit.lists import ListedEntry
from ui.audit.history import who_acted
from ui.audit.words import about_text, deed_text
from ui.models.columns import time_column
from ui.models.table import Column

translate = QCoreApplication.translate
AT = "at"


def audit_columns() -> tuple[Column[ListedEntry], ...]:
    """Return the columns, titled in the user's language."""
    return (
        time_column(AT, translate("AuditColumns", "When"), lambda row: row.at, sortable=True),
        Column(
            "user_name",
            translate("AuditColumns", "Who"),
            lambda row: who_acted(row.user_name),
            width=12,
        ),
        Column(
            "subject",
            translate("AuditColumns", "About"),
            lambda row: about_text(row.row),
            copy=lambda row: row.subject_id,
            tool_tip=lambda row: row.subject_id,
            width=28,
            grows=True,
        ),
        Column(
            "deed",
            translate("AuditColumns", "What was done"),
            lambda row: deed_text(row.row),
            tone=lambda row: "danger" if row.action in REFUSALS else None,
            tool_tip=lambda row: deed_text(row.row),
            width=60,
            grows=True,
        ),
        Column(
            "desk",
            translate("AuditColumns", "Desk"),
            lambda row: row.desk,
            tone=lambda _row: "text_muted",
            width=14,
        ),
        Column(
            "sequence",
            translate("AuditColumns", "Entry"),
            lambda row: str(row.sequence),
            tone=lambda _row: "text_muted",
            width=8,
        ),
    )
