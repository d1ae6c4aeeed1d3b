"""Words for values that stand in sentences rather than in badges."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QDate, QLocale

from core.clock import shop_date, shop_time
from core.money import NARROW_SPACE
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


def moment_text(moment: datetime | None, now: datetime) -> str:
    """Return a moment in shop time; the date is left out on the day itself."""
    if moment is None:
        return ""
    form = "%H:%M" if shop_date(moment) == shop_date(now) else "%Y-%m-%d %H:%M"
    return shop_time(moment).strftime(form)


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


def count_text(count: int) -> str:
    """Return how many there are, in three-digit groups as amounts are: "1 204"."""
    return f"{count:,}".replace(",", NARROW_SPACE)


def days_text(first: date | None, last: date | None) -> str:
    """Return a range of days, both included, as short as it can be said.

    "12 March 2026", "3 – 9 March 2026", "March 2026", "28 February 2026 – 3 March 2026"; None
    leaves a side open.
    """
    if first is None or last is None:
        if first is not None:
            return QCoreApplication.translate("Words", "from %1").replace("%1", _day(first))
        until = QCoreApplication.translate("Words", "until %1")
        return until.replace("%1", _day(last)) if last is not None else ""
    if first == last:
        return _day(first)
    if (first.year, first.month) != (last.year, last.month):
        return f"{_day(first)} – {_day(last)}"
    if first.day == 1 and (last + timedelta(days=1)).day == 1:
        return _written(first, "MMMM yyyy")
    return f"{first.day} – {_day(last)}"


def _day(day: date) -> str:
    return _written(day, "d MMMM yyyy")


def _written(day: date, form: str) -> str:
    return QLocale().toString(QDate(day.year, day.month, day.day), form)
