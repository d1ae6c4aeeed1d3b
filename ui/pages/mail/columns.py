"""The columns of the mails' table."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.services.mail.rows import MailRow
from ui.mail.words import kind_text
from ui.models.columns import badge_column, time_column
from ui.models.table import Column

translate = QCoreApplication.translate


def mail_columns() -> tuple[Column[MailRow], ...]:
    """Return the columns, titled in the user's language."""
    return (
        badge_column("status", translate("MailPage", "State"), "mail", lambda row: row.status),
        time_column("created_at", translate("MailPage", "Written"), lambda row: row.created_at),
        Column("kind", translate("MailPage", "Kind"), lambda row: kind_text(row.kind), width=15),
        Column(
            "recipient_name",
            translate("MailPage", "Customer"),
            lambda row: row.recipient_name,
            width=18,
            grows=True,
        ),
        Column(
            "recipient_address",
            translate("MailPage", "To"),
            lambda row: row.recipient_address,
            width=24,
            grows=True,
        ),
        Column(
            "subject",
            translate("MailPage", "Subject"),
            lambda row: row.subject,
            width=34,
            grows=True,
        ),
    )
