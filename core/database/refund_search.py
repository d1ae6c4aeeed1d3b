"""The index by which a part of a word finds refunds, made like that of payments.

It holds what a refund says itself, its credit note's number and all that is searched for in its
payment. Triggers keep it true in the very transaction that changes any of these.
"""

from __future__ import annotations

from core.database.payment_search import WATCHED, key_number, searched_text

REFUND_SEARCH_TABLE = "refund_search"

REFUND_SEARCH_INDEX = (
    f"CREATE VIRTUAL TABLE {REFUND_SEARCH_TABLE}"
    " USING fts5(text, content='', tokenize='trigram', detail='none')"
)

_FIELDS = (
    "refund_id",
    "reason",
    "refund_transaction_id",
    "requested_by",
    "approved_by",
    "rejected_by",
)
_WATCHED = (*_FIELDS, "payment_id", "requested_at")
_REFUND = "refund_request"


def searched_refund_text(
    refund: str, *, payment: str = "payment", note: str = "credit_note.credit_note_number"
) -> str:
    """Return SQL for what is indexed of a refund, beside its payment and its note's number."""
    own = [*(f"{refund}.{field}" for field in _FIELDS), note]
    told = " || char(10) || ".join(f"coalesce({field}, '')" for field in own)
    return f"{told} || char(10) || {searched_text(payment)}"


def fill_statement() -> str:
    """Return the statement that indexes all refunds there are."""
    return _put_in(_REFUND, of_refund="1") + f" ORDER BY {_REFUND}.id"


def refund_search_triggers() -> dict[str, str]:
    """Return the triggers that keep the index, by name."""
    of_note = f"{_REFUND}.id = NEW.refund_id"
    of_payment = f"{_REFUND}.payment_id = NEW.id"
    return {
        "search_refund_insert": _trigger(
            "search_refund_insert", "INSERT", _REFUND, "1", _put_in("NEW", of_refund="1")
        ),
        "search_refund_update": _trigger(
            "search_refund_update",
            f"UPDATE OF {', '.join(_WATCHED)}",
            _REFUND,
            _changed(_WATCHED),
            _taken_out("OLD", of_refund="1"),
            _put_in("NEW", of_refund="1"),
        ),
        "search_refund_credited": _trigger(
            "search_refund_credited",
            "INSERT",
            "credit_note",
            "1",
            _taken_out(_REFUND, note="NULL", of_refund=of_note),
            _put_in(_REFUND, note="NEW.credit_note_number", of_refund=of_note),
        ),
        "search_refund_of_payment": _trigger(
            "search_refund_of_payment",
            f"UPDATE OF {', '.join(WATCHED)}",
            "payment",
            _changed(WATCHED),
            _taken_out(_REFUND, payment="OLD", of_refund=of_payment),
            _put_in(_REFUND, payment="NEW", of_refund=of_payment),
        ),
    }


def _put_in(refund: str, *, of_refund: str, payment: str = "payment", note: str = "") -> str:
    return (
        f"INSERT INTO {REFUND_SEARCH_TABLE}(rowid, text)"
        f" SELECT {_entry(refund, payment, note, of_refund)}"
    )


def _taken_out(refund: str, *, of_refund: str, payment: str = "payment", note: str = "") -> str:
    return (
        f"INSERT INTO {REFUND_SEARCH_TABLE}({REFUND_SEARCH_TABLE}, rowid, text)"
        f" SELECT 'delete', {_entry(refund, payment, note, of_refund)}"
    )


def _entry(refund: str, payment: str, note: str, of_refund: str) -> str:
    """Return number and text of refunds as a query: of a row at hand, or of those that fit."""
    number = key_number(f"{refund}.requested_at", f"{refund}.id")
    found = f"(SELECT credit_note_number FROM credit_note WHERE refund_id = {refund}.id)"  # noqa: S608 - names
    text = searched_refund_text(refund, payment=payment, note=note or found)
    owner = f"payment.id = {refund}.payment_id"
    if refund != _REFUND:
        return f"{number}, {text} FROM payment WHERE {owner}"
    joined = f" JOIN payment ON {owner}" if payment == "payment" else ""
    return f"{number}, {text} FROM {_REFUND}{joined} WHERE {of_refund}"


def _changed(columns: tuple[str, ...]) -> str:
    return " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)


def _trigger(name: str, event: str, table: str, condition: str, *body: str) -> str:
    statements = ";\n".join(body)
    return (
        f'CREATE TRIGGER {name} AFTER {event} ON "{table}" FOR EACH ROW\n'
        f"WHEN {condition}\nBEGIN\n{statements};\nEND"
    )
