"""An entry of the audit trail in words: what was done, and what it was done to."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.services.audit.filters import AuditKind
from core.services.rows import AuditRow
from ui.audit.history import deed_with_step, details_of, is_told, who_acted
from ui.audit.other_deeds import OTHER_DEEDS

translate = QCoreApplication.translate
_IN_HISTORY = {"payment", "refund", "invoice", "credit_note"}
_SHORT_ID_LENGTH = 8


def deed_text(entry: AuditRow) -> str:
    """Return what was done, as "recorded it: 15 000 RWF, Cash"; who and when stand beside it."""
    own = OTHER_DEEDS.get(entry.action)
    in_history = entry.subject_type in _IN_HISTORY and is_told(entry.action)
    if own is None or in_history:
        return deed_with_step(entry)
    return own(details_of(entry.details))


def sentence(entry: AuditRow) -> str:
    """Return the whole entry as a sentence, but for when: who, where, about what, what."""
    who = who_acted(entry.user_name)
    if entry.desk:
        who = f"{who} ({entry.desk})"
    about = about_text(entry)
    # Somebody's own coming and going is about nothing else.
    if entry.subject_type == AuditKind.PERSON and entry.subject_id == entry.user_name:
        about = ""
    told = deed_text(entry)
    return f"{who}: {about} – {told}" if about else f"{who} {told}"


def about_text(entry: AuditRow) -> str:
    """Return what an entry is about, as "Payment 0f3a2b1c"."""
    names = kind_names()
    kinds = {kind.value: kind for kind in AuditKind}
    kind = kinds.get(entry.subject_type)
    name = names[kind] if kind else entry.subject_type.replace("_", " ").capitalize()
    if kind is AuditKind.SETTINGS:
        return name
    return f"{name} {short_number(entry.subject_id)}".strip()


def short_number(number: str) -> str:
    """Return a number as lists show it: of a long random one its beginning."""
    is_random = len(number) == 36 and number.count("-") == 4
    return number[:_SHORT_ID_LENGTH] if is_random else number


def kind_names() -> dict[AuditKind, str]:
    """Return every kind in the user's language."""
    return {
        AuditKind.PAYMENT: translate("AuditKind", "Payment"),
        AuditKind.REFUND: translate("AuditKind", "Refund"),
        AuditKind.STATEMENT: translate("AuditKind", "Statement"),
        AuditKind.INVOICE: translate("AuditKind", "Invoice"),
        AuditKind.CREDIT_NOTE: translate("AuditKind", "Credit note"),
        AuditKind.CUSTOMER: translate("AuditKind", "Customer"),
        AuditKind.ORDER: translate("AuditKind", "Order"),
        AuditKind.SUBSCRIPTION: translate("AuditKind", "Subscription"),
        AuditKind.TILL: translate("AuditKind", "Till"),
        AuditKind.PERSON: translate("AuditKind", "Person"),
        AuditKind.SETTINGS: translate("AuditKind", "Settings"),
        AuditKind.PROVIDER: translate("AuditKind", "Account"),
        AuditKind.REFUSED: translate("AuditKind", "Refused"),
    }
