"""Mails in words: what they are, in which language, where one stands and what follows."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication

from core.services.mail.rows import MailChannelRow, MailKind, MailRow, MailStatus
from core.services.settings import LANGUAGES
from ui.words import moment_text

translate = QCoreApplication.translate


def kind_text(kind: MailKind) -> str:
    """Return what a mail is, as a person says it."""
    return {
        MailKind.INVOICE: translate("MailWords", "Invoice"),
        MailKind.RECEIPT: translate("MailWords", "Receipt"),
        MailKind.REFUND_NOTICE: translate("MailWords", "Refund notice"),
        MailKind.PAYMENT_REMINDER: translate("MailWords", "Payment reminder"),
    }[kind]


def language_choices() -> tuple[tuple[str, str], ...]:
    """Return the languages mails are written in, each named in itself."""
    names = {"en": "English", "fr": "Français", "rw": "Ikinyarwanda"}
    return tuple((code, names[code]) for code in LANGUAGES)


def language_text(code: str) -> str:
    """Return the name of a mail's language."""
    return dict(language_choices()).get(code, code)


def state_sentence(row: MailRow, now: datetime) -> str:
    """Return where a mail stands and what follows, in one or two sentences."""
    if row.status is MailStatus.SENT and row.sent_at is not None:
        told = translate("MailWords", "The mail server took it: %1.")
        return told.replace("%1", moment_text(row.sent_at, now))
    if row.status is MailStatus.SENDING:
        return translate("MailWords", "It is being sent at this moment.")
    if row.status is MailStatus.CANCELLED:
        told = translate("MailWords", "It was called off before it was sent.")
        return f"{told} {row.reason}".strip()
    if row.status is MailStatus.REFUSED:
        told = translate("MailWords", "It did not reach the customer and is not tried again.")
        return f"{told} {row.reason}".strip()
    due = row.next_attempt_at
    if due is None or due <= now:
        told = translate("MailWords", "It goes as soon as the mail server takes it.")
    else:
        told = translate("MailWords", "It is tried again by itself: %1.")
        told = told.replace("%1", moment_text(due, now))
    return f"{told} {row.reason}".strip()


def channel_sentence(channel: MailChannelRow, now: datetime) -> str:
    """Return what keeps all mails back, since when and what follows; empty when all is well."""
    if channel.trouble is None:
        return ""
    told = translate("MailWords", "No mail goes out since %1: %2 %3")
    waiting = translate("MailWords", "Waiting: %1. Nothing is lost.")
    told = told.replace("%3", waiting.replace("%1", str(channel.waiting)))
    since = moment_text(channel.since, now) if channel.since else "–"
    return told.replace("%1", since, 1).replace("%2", channel.told, 1)


def mail_facts(row: MailRow, now: datetime) -> list[tuple[str, str]]:
    """Return what is known of a mail, as labels and values."""
    writer = row.created_by if not row.automatic else translate("MailWords", "by itself")
    answer = " ".join(filter(None, [str(row.last_code or ""), row.last_answer]))
    facts = [
        (translate("MailWords", "To"), row.recipient_address),
        (translate("MailWords", "Customer"), row.recipient_name),
        (translate("MailWords", "Kind"), kind_text(row.kind)),
        (translate("MailWords", "Language"), language_text(row.language)),
        (translate("MailWords", "Attachment"), row.attachment_name),
        (translate("MailWords", "Written"), f"{moment_text(row.created_at, now)}, {writer}"),
        (translate("MailWords", "Tries"), str(row.attempts)),
        (translate("MailWords", "Last answer"), answer),
        (translate("MailWords", "Payment"), row.payment_id),
    ]
    return [fact for fact in facts if fact[1]]
