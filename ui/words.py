"""Words for values that stand in sentences rather than in badges."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from core.permissions import Role

_ROLES = {
    Role.CASHIER: QT_TRANSLATE_NOOP("Words", "Cashier"),
    Role.CLERK: QT_TRANSLATE_NOOP("Words", "Clerk"),
    Role.MANAGER: QT_TRANSLATE_NOOP("Words", "Manager"),
    Role.ADMIN: QT_TRANSLATE_NOOP("Words", "Admin"),
}
_ROLE_DUTIES = {
    Role.CASHIER: QT_TRANSLATE_NOOP("Words", "takes payments, asks for refunds"),
    Role.CLERK: QT_TRANSLATE_NOOP("Words", "compares statements with payments"),
    Role.MANAGER: QT_TRANSLATE_NOOP("Words", "does both, and decides refunds"),
    Role.ADMIN: QT_TRANSLATE_NOOP("Words", "people, channels and settings; no money"),
}


def role_name(role: Role) -> str:
    """Return a role as people call it."""
    return QCoreApplication.translate("Words", str(_ROLES[role]))


def role_duties(role: Role) -> str:
    """Return in a few words what a role does."""
    return QCoreApplication.translate("Words", str(_ROLE_DUTIES[role]))


def age_text(since: datetime, now: datetime) -> str:
    """Return how long something has waited: "now", "5 min", "3 h", "2 d"."""
    minutes = max(0, int((now - since).total_seconds())) // 60
    if minutes < 1:
        return QCoreApplication.translate("Words", "now")
    if minutes < 60:
        return QCoreApplication.translate("Words", "%1 min").replace("%1", str(minutes))
    if minutes < 24 * 60:
        return QCoreApplication.translate("Words", "%1 h").replace("%1", str(minutes // 60))
    return QCoreApplication.translate("Words", "%1 d").replace("%1", str(minutes // (24 * 60)))
