"""What was done to anything but a payment or a refund, as the middle of a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from core.errors import InvalidInputError
from core.money import display, parse_decimal
from core.permissions import Role

Details = Mapping[str, object]
translate = QCoreApplication.translate


def _word(details: Details, key: str) -> str:
    value = details.get(key)
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return "" if value is None else str(value).strip()


def _filled(sentence: object, *keys: str, end: str = "") -> Callable[[Details], str]:
    """Fill %1, %2, … with details, and end with what the person wrote under ``end``."""

    def told(details: Details) -> str:
        text = translate("AuditDeeds", str(sentence))
        for place, key in enumerate(keys, start=1):
            text = text.replace(f"%{place}", _word(details, key) or "—")
        words = _word(details, end) if end else ""
        return f"{text}: {words}" if words else f"{text}."

    return told


def _money(sentence: object, *keys: str, end: str = "") -> Callable[[Details], str]:
    """Fill %1, %2, … with amounts of the entry's currency."""

    def told(details: Details) -> str:
        currency = _word(details, "currency") or "RWF"
        text = translate("AuditDeeds", str(sentence))
        for place, key in enumerate(keys, start=1):
            text = text.replace(f"%{place}", _amount(_word(details, key), currency))
        words = _word(details, end) if end else ""
        return f"{text}: {words}" if words else f"{text}."

    return told


def _amount(text: str, currency: str) -> str:
    try:
        return display(parse_decimal(text, currency), currency)
    except InvalidInputError:
        return text or "—"


def _user_added(details: Details) -> str:
    role = _word(details, "role")
    named = Role(role).with_article if role in set(Role) else role
    return translate("AuditDeeds", "was added as %1.").replace("%1", named)


def _signed_in(details: Details) -> str:
    """A server counts no wrong passwords; the desk tells them once the right one came."""
    wrong = _word(details, "wrong_tries")
    if not wrong:
        return translate("AuditDeeds", "signed in.")
    told = translate("AuditDeeds", "signed in, after %1 wrong passwords at this desk.")
    return told.replace("%1", wrong)


def _saved(sentence: object) -> Callable[[Details], str]:
    """Name what was changed: from what to what where the entry tells both, else its names."""

    def told(details: Details) -> str:
        changed = [change for key in details if (change := _change(key, details[key]))]
        text = translate("AuditDeeds", str(sentence))
        return f"{text}: {'; '.join(changed)}" if changed else f"{text}."

    return told


def _change(key: str, value: object) -> str:
    name = key.replace("_", " ")
    if isinstance(value, Mapping) and {"before", "after"} <= value.keys():
        return f"{name} {value['before'] or '—'} → {value['after'] or '—'}"
    if isinstance(value, list) and len(value) == 2:
        return f"{name} {value[0] or '—'} → {value[1] or '—'}"
    if isinstance(value, Mapping):
        return name
    return f"{name} {value}" if value not in (None, "", []) else ""


_N = QT_TRANSLATE_NOOP

OTHER_DEEDS: dict[str, Callable[[Details], str]] = {
    "act:refused": _filled(
        _N("AuditDeeds", "tried what is not theirs to do, and was refused"), end="refusal"
    ),
    "user:signed_in": _signed_in,
    "user:sign_in_refused": _filled(_N("AuditDeeds", "was not let in at %1"), "desk", end="reason"),
    "user:locked": _filled(_N("AuditDeeds", "locked the desk")),
    "user:signed_out": _filled(_N("AuditDeeds", "signed out")),
    "user:stepped_up": _filled(
        _N("AuditDeeds", "gave their password at the window of %1"), "at_desk_of"
    ),
    "user:added": _user_added,
    "user:disabled": _filled(_N("AuditDeeds", "may no longer sign in")),
    "user:enabled": _filled(_N("AuditDeeds", "may sign in again")),
    "user:password_set": _filled(_N("AuditDeeds", "was given a new password")),
    "user:password_changed": _filled(_N("AuditDeeds", "changed their own password")),
    "user:password_proven": _filled(_N("AuditDeeds", "gave their password again")),
    "till:opened": _money(_N("AuditDeeds", "opened the drawer with %1"), "opening_float"),
    "till:closed": _money(
        _N("AuditDeeds", "counted the drawer and closed it: %1 counted, %2 expected"),
        "counted",
        "expected",
        end="reason",
    ),
    "shop:moved": _filled(_N("AuditDeeds", "moved the shop from %1 to %2"), "from", "to"),
    "shop:backed_up": _filled(_N("AuditDeeds", "backed the shop up into %1"), "file"),
    "settings:saved": _saved(_N("AuditDeeds", "changed the shop's settings")),
    "provider:saved": _saved(_N("AuditDeeds", "changed the account")),
    "provider:tested": _saved(_N("AuditDeeds", "tried the account")),
    "provider:used": _saved(_N("AuditDeeds", "put the account in use")),
    "template:saved": _filled(_N("AuditDeeds", "saved the template %1"), "name"),
    "template:default": _filled(_N("AuditDeeds", "made %1 the template in use"), "name"),
    "template:retired": _filled(_N("AuditDeeds", "put the template %1 away"), "name"),
    "statement:imported": _filled(
        _N("AuditDeeds", "received the statement %1 with %2 lines, %3 of them new"),
        "file",
        "lines",
        "new",
    ),
    "matches:proposed": _filled(_N("AuditDeeds", "had matches looked for")),
    "matches:search_stopped": _filled(_N("AuditDeeds", "stopped a search for matches")),
    "match:approved": _filled(_N("AuditDeeds", "matched line %1"), "lines", end="reasons"),
    "match:undone": _filled(_N("AuditDeeds", "took the match of line %1 back"), "lines"),
    "match:declined": _filled(_N("AuditDeeds", "declined a match of line %1"), "lines"),
    "match:decline_lifted": _filled(_N("AuditDeeds", "let a declined match be offered again")),
    "line:ignored": _filled(
        _N("AuditDeeds", "set line %1 of %2 aside"), "line", "amount", end="reason"
    ),
    "line:taken_back": _filled(_N("AuditDeeds", "took line %1 back into the work"), "line"),
    "reconciliation:closed": _filled(
        _N("AuditDeeds", "closed the statement as %1; it differs by %2"),
        "status",
        "discrepancy",
        end="notes",
    ),
    "reconciliation:resolved": _filled(
        _N("AuditDeeds", "settled what the statement differed by"), end="notes"
    ),
    "reconciliation:reopened": _filled(
        _N("AuditDeeds", "opened the closed statement again"), end="reason"
    ),
    "lesson:forgotten": _filled(_N("AuditDeeds", "had a lesson forgotten")),
    "lesson:restored": _filled(_N("AuditDeeds", "brought a lesson back")),
    "credit_note:issued": _filled(_N("AuditDeeds", "was issued for refund %1"), "refund"),
    "customer:added": _saved(_N("AuditDeeds", "wrote the customer down")),
    "customer:changed": _saved(_N("AuditDeeds", "changed the customer")),
    "customer:merged": _saved(_N("AuditDeeds", "merged the customer into another")),
    "customer:took_over": _saved(_N("AuditDeeds", "gave the customer what another had")),
    "customer:retired": _filled(_N("AuditDeeds", "put the customer away")),
    "customer:brought_back": _filled(_N("AuditDeeds", "brought the customer back")),
    "order:added": _money(_N("AuditDeeds", "wrote the order down: %1"), "total", end="customer"),
    "order:changed": _saved(_N("AuditDeeds", "changed the order")),
    "order:cancelled": _filled(_N("AuditDeeds", "called the order off"), end="reason"),
    "subscription:started": _money(
        _N("AuditDeeds", "started the subscription: %1"), "price", end="customer"
    ),
    "subscription:cancelled": _filled(_N("AuditDeeds", "ended the subscription on %1"), "ends_on"),
    "subscription:paused": _filled(
        _N("AuditDeeds", "paused the subscription from %1 on"), "paused_from"
    ),
    "subscription:resumed": _filled(_N("AuditDeeds", "took the subscription up again")),
    "payments:exported": _filled(
        _N("AuditDeeds", "handed %1 payments out as a file (%2)"), "count", "format", end="filter"
    ),
    "audit:exported": _filled(
        _N("AuditDeeds", "handed %1 entries of the trail out as a file (%2)"), "count", "format"
    ),
    "calls:exported": _filled(
        _N("AuditDeeds", "handed %1 calls out as a file (%2)"), "count", "format", end="filter"
    ),
    "credit_notes:exported": _filled(
        _N("AuditDeeds", "handed %1 credit notes out as a file (%2)"),
        "count",
        "format",
        end="filter",
    ),
    "invoices:exported": _filled(
        _N("AuditDeeds", "handed %1 invoices out as a file (%2)"), "count", "format", end="filter"
    ),
    "reconciliations:exported": _filled(
        _N("AuditDeeds", "handed %1 statements out as a file (%2)"), "count", "format", end="filter"
    ),
    "refunds:exported": _filled(
        _N("AuditDeeds", "handed %1 refunds out as a file (%2)"), "count", "format", end="filter"
    ),
    "payments:imported": _saved(_N("AuditDeeds", "imported payments from a file")),
}
"""By action. Of an invoice or a person that something was done to, the thing itself is told."""
