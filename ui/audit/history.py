"""The audit trail of a payment as sentences: what was done, without who and when."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from core.clock import shop_time
from core.errors import InvalidInputError
from core.money import display, parse_decimal
from core.services.mail.rows import MailKind
from core.services.rows import AuditRow
from ui.badges import badge_for
from ui.loyalty.words import points_text
from ui.mail.words import kind_text

Details = Mapping[str, object]
translate = QCoreApplication.translate
_PROGRAM = "sanduku"
"""The name that the books give the program itself; no person may bear it."""


def history_line(entry: AuditRow) -> tuple[str, str]:
    """Return when, and who did what in a sentence: ("2026-07-01 10:41", "aline completed it…")."""
    moment = f"{shop_time(entry.at):%Y-%m-%d %H:%M}"
    who = who_acted(entry.user_name)
    if entry.desk:
        who = f"{who} ({entry.desk})"
    return moment, f"{who} {deed_with_step(entry)}"


def who_acted(user_name: str) -> str:
    """Return the person's name as a sentence begins with it; the program has one too."""
    by_program = user_name in {"", _PROGRAM}
    return translate("PaymentHistory", "The program") if by_program else user_name


def deed_with_step(entry: AuditRow) -> str:
    """Return what was done, and from which state to which it led where it led to one."""
    told, step = deed(entry), _step(entry)
    return f"{told} ({step})" if step else told


def is_told(action: str) -> bool:
    """Tell whether an action has a sentence here."""
    return action in _SENTENCES


def details_of(text: str) -> Details:
    """Return an entry's details; nothing where they are not what this program writes."""
    return _details(text)


def deed(entry: AuditRow) -> str:
    """Return what an entry says was done; an action of another version is shown as written."""
    details = _details(entry.details)
    sentence = _SENTENCES.get(entry.action)
    if sentence is None:
        return translate("PaymentHistory", "did “%1”.").replace(
            "%1", entry.action.replace("_", " ")
        )
    return sentence(details)


def _step(entry: AuditRow) -> str:
    """Return from which state to which an entry led: "Pending → Completed"; empty if to none."""
    details = _details(entry.details)
    kind = "refund" if entry.subject_type == "refund" else "status"
    before, after = _word(details, "before"), _word(details, "after")
    if not before or not after:
        return ""
    return f"{badge_for(kind, before).text} → {badge_for(kind, after).text}"


def _details(text: str) -> Details:
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _word(details: Details, key: str) -> str:
    value = details.get(key)
    return "" if value is None else str(value).strip()


def _amount(details: Details) -> str:
    currency = _word(details, "currency") or "RWF"
    try:
        return display(parse_decimal(_word(details, "amount"), currency), currency)
    except InvalidInputError:
        return _word(details, "amount")


def _with(sentence: str, details: Details, key: str) -> str:
    """End a sentence with what the person wrote, or with a full stop."""
    words = _word(details, key)
    return f"{sentence}: {words}" if words else f"{sentence}."


def _recorded(details: Details) -> str:
    method = badge_for("method", _word(details, "method")).text
    return (
        translate("PaymentHistory", "recorded it: %1, %2.")
        .replace("%1", _amount(details))
        .replace("%2", method)
    )


def _imported(details: Details) -> str:
    state = badge_for("status", _word(details, "status")).text.lower()
    sentence = translate("PaymentHistory", "imported it from a file: %1, %2.")
    return sentence.replace("%1", _amount(details)).replace("%2", state)


def _completed(details: Details) -> str:
    invoice = _word(details, "invoice")
    if details.get("with_points"):
        sentence = translate("PaymentHistory", "completed it with points; invoice %1")
        return _with(sentence.replace("%1", invoice), details, "note")
    sentence = translate("PaymentHistory", "confirmed that the money came")
    if invoice:
        sentence = translate("PaymentHistory", "confirmed that the money came; invoice %1").replace(
            "%1", invoice
        )
    return _with(sentence, details, "note")


def _reconciled(details: Details) -> str:
    return _with(
        translate("PaymentHistory", "marked it by hand as found on a statement"), details, "note"
    )


def _match(sentence: object, one_line: object, more_lines: object) -> Callable[[Details], str]:
    """Name the lines and the statement where the entry tells them."""

    def told(details: Details) -> str:
        lines, statement = details.get("lines"), _word(details, "statement")
        if not isinstance(lines, list) or not lines or not statement:
            return translate("PaymentHistory", str(sentence)) + "."
        filled = translate("PaymentHistory", str(one_line if len(lines) == 1 else more_lines))
        numbers = ", ".join(str(line) for line in lines)
        return filled.replace("%1", numbers).replace("%2", statement) + "."

    return told


def _refund(sentence: object, key: str) -> Callable[[Details], str]:
    return lambda details: _with(
        translate("PaymentHistory", str(sentence)).replace("%1", _amount(details)), details, key
    )


def _issued(_details: Details) -> str:
    return translate("PaymentHistory", "issued the invoice.")


def _plain(sentence: object, key: str = "note") -> Callable[[Details], str]:
    return lambda details: _with(translate("PaymentHistory", str(sentence)), details, key)


def _shown(details: Details) -> str:
    sentence = translate("PaymentHistory", "typed in the message the customer showed: %1.")
    return sentence.replace("%1", _word(details, "shown"))


def _network(sentence: object) -> Callable[[Details], str]:
    """Name the network; what it said, where it said anything, ends the sentence."""

    def told(details: Details) -> str:
        names = {"mtn": "MTN", "airtel": "Airtel"}
        network = names.get(_word(details, "network"), _word(details, "network"))
        filled = translate("PaymentHistory", str(sentence)).replace("%1", network)
        return _with(filled, details, "note")

    return told


def _refunded(details: Details) -> str:
    sentence = translate("PaymentHistory", "carried out the refund of %1").replace(
        "%1", _amount(details)
    )
    if _word(details, "transaction"):
        sentence += " (" + _word(details, "transaction") + ")"
    return _with(sentence, details, "note")


def _points(sentence: object) -> Callable[[Details], str]:
    def told(details: Details) -> str:
        points = _word(details, "points").lstrip("-")
        text = points_text(int(points)) if points.isdecimal() else points
        return translate("PaymentHistory", str(sentence)).replace("%1", text) + "."

    return told


def _mail(sentence: object) -> Callable[[Details], str]:
    """Name what was mailed and to whom; a reason ends the sentence."""

    def told(details: Details) -> str:
        kind, values = _word(details, "kind"), {each.value: each for each in MailKind}
        what = kind_text(values[kind]) if kind in values else kind
        filled = translate("PaymentHistory", str(sentence)).replace("%1", what)
        return _with(filled.replace("%2", _word(details, "to")), details, "note")

    return told


_SENTENCES: dict[str, Callable[[Details], str]] = {
    "payment:recorded": _recorded,
    "payment:imported": _imported,
    "payment:completed": _completed,
    "payment:failed": _plain(
        QT_TRANSLATE_NOOP("PaymentHistory", "noted that the money did not come")
    ),
    "drawer:opened": _plain(QT_TRANSLATE_NOOP("PaymentHistory", "opened the cash drawer"), ""),
    "payment:cancelled": _plain(QT_TRANSLATE_NOOP("PaymentHistory", "called it off")),
    "payment:reconciled": _reconciled,
    "match:approved": _match(
        QT_TRANSLATE_NOOP("PaymentHistory", "matched it to a statement line"),
        QT_TRANSLATE_NOOP("PaymentHistory", "matched it to line %1 of %2"),
        QT_TRANSLATE_NOOP("PaymentHistory", "matched it to lines %1 of %2"),
    ),
    "match:undone": _match(
        QT_TRANSLATE_NOOP("PaymentHistory", "took the match to a statement line back"),
        QT_TRANSLATE_NOOP("PaymentHistory", "took the match to line %1 of %2 back"),
        QT_TRANSLATE_NOOP("PaymentHistory", "took the match to lines %1 of %2 back"),
    ),
    "match:declined": _plain(QT_TRANSLATE_NOOP("PaymentHistory", "declined a proposed match"), ""),
    "invoice:issued": _issued,
    "invoice:rendered": _plain(QT_TRANSLATE_NOOP("PaymentHistory", "made the invoice's PDF"), ""),
    "invoice:paid": _plain(QT_TRANSLATE_NOOP("PaymentHistory", "marked the invoice as paid"), ""),
    "invoice:voided": _plain(QT_TRANSLATE_NOOP("PaymentHistory", "marked the invoice as void"), ""),
    "invoice:fiscal": _plain(
        QT_TRANSLATE_NOOP("PaymentHistory", "put the fiscal (EBM) number on the invoice"), ""
    ),
    "invoice:handed_out": _plain(QT_TRANSLATE_NOOP("PaymentHistory", "handed the invoice out"), ""),
    "receipt:handed_out": _plain(QT_TRANSLATE_NOOP("PaymentHistory", "handed the receipt out"), ""),
    "refund:requested": _refund(
        QT_TRANSLATE_NOOP("PaymentHistory", "asked for a refund of %1"), "reason"
    ),
    "refund:approved": _refund(
        QT_TRANSLATE_NOOP("PaymentHistory", "approved the refund of %1"), "note"
    ),
    "refund:rejected": _refund(
        QT_TRANSLATE_NOOP("PaymentHistory", "rejected the refund of %1"), "reason"
    ),
    "refund:passed_on": _refund(
        QT_TRANSLATE_NOOP("PaymentHistory", "left the refund of %1 to the owner"), "note"
    ),
    "refund:withdrawn": _refund(
        QT_TRANSLATE_NOOP("PaymentHistory", "withdrew the request to refund %1"), "note"
    ),
    "payment:sent": _network(QT_TRANSLATE_NOOP("PaymentHistory", "sent the request to %1")),
    "payment:not_sent": _network(
        QT_TRANSLATE_NOOP("PaymentHistory", "could not reach %1; nothing was sent")
    ),
    "payment:pending": _network(
        QT_TRANSLATE_NOOP("PaymentHistory", "heard from %1 that the customer is asked for the PIN")
    ),
    "payment:unknown": _network(
        QT_TRANSLATE_NOOP("PaymentHistory", "got no clear answer from %1 and asks again")
    ),
    "payment:unresolved": _network(
        QT_TRANSLATE_NOOP("PaymentHistory", "got no clear answer from %1: a manager must find out")
    ),
    "payment:came_late": _network(
        QT_TRANSLATE_NOOP(
            "PaymentHistory",
            "heard from %1 that the money came after all, after it had said it would not",
        )
    ),
    "payment:asked_now": _plain(
        QT_TRANSLATE_NOOP("PaymentHistory", "had the network asked at once")
    ),
    "payment:message_shown": _shown,
    "refund:handed_to_network": _refund(
        QT_TRANSLATE_NOOP("PaymentHistory", "handed the refund of %1 to the network"), ""
    ),
    "refund:sent": _network(QT_TRANSLATE_NOOP("PaymentHistory", "sent the refund to %1")),
    "refund:not_sent": _network(
        QT_TRANSLATE_NOOP("PaymentHistory", "could not reach %1; no refund was sent")
    ),
    "refund:pending": _network(
        QT_TRANSLATE_NOOP("PaymentHistory", "heard from %1 that the refund is on its way")
    ),
    "refund:unknown": _network(
        QT_TRANSLATE_NOOP(
            "PaymentHistory", "got no clear answer from %1 about the refund and asks again"
        )
    ),
    "refund:unresolved": _network(
        QT_TRANSLATE_NOOP(
            "PaymentHistory",
            "got no clear answer from %1 about the refund: a manager must find out",
        )
    ),
    "refund:failed": _plain(
        QT_TRANSLATE_NOOP("PaymentHistory", "noted that the refund did not go back")
    ),
    "refund:came_late": _plain(
        QT_TRANSLATE_NOOP(
            "PaymentHistory",
            "heard from the network that it sent the refund after all; the customer may have it"
            " twice",
        ),
        "transaction",
    ),
    "refund:completed": _refunded,
    "points:earned": _points(QT_TRANSLATE_NOOP("PaymentHistory", "credited the customer with %1")),
    "points:taken_back": _points(
        QT_TRANSLATE_NOOP("PaymentHistory", "took back %1 for the refund")
    ),
    "points:settled": _points(
        QT_TRANSLATE_NOOP("PaymentHistory", "kept %1 that an earlier refund could not take back")
    ),
    "points:spent": _points(QT_TRANSLATE_NOOP("PaymentHistory", "took %1 in payment")),
    "points:returned": _points(QT_TRANSLATE_NOOP("PaymentHistory", "gave %1 back")),
    "mail:queued": _mail(QT_TRANSLATE_NOOP("PaymentHistory", "wrote a mail to %2 (%1)")),
    "mail:sent": _mail(QT_TRANSLATE_NOOP("PaymentHistory", "sent the mail to %2 (%1)")),
    "mail:refused": _mail(
        QT_TRANSLATE_NOOP("PaymentHistory", "could not send the mail to %2 (%1)")
    ),
    "mail:retried": _mail(
        QT_TRANSLATE_NOOP("PaymentHistory", "had the mail to %2 (%1) tried at once")
    ),
    "mail:cancelled": _mail(QT_TRANSLATE_NOOP("PaymentHistory", "called the mail to %2 (%1) off")),
}
