"""The index by which a part of a word finds refunds, made like that of payments.

It holds what a refund says itself, its credit note's number and all that is searched for in its
payment. Triggers keep it true in the very transaction that changes any of these.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.database.guard_statements import Trigger, any_changed
from core.database.payment_search import (
    WATCHED,
    key_number,
    searched_text,
    server_key_number,
)

REFUND_SEARCH_TABLE = "refund_search"

REFUND_SEARCH_INDEX = (
    f"CREATE VIRTUAL TABLE {REFUND_SEARCH_TABLE}"
    " USING fts5(text, content='', tokenize='trigram', detail='none')"
)

_FIELDS = (
    "refund_id",
    "reason",
    "reason_note",
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


def server_searched_refund_text(refund: str) -> str:
    """Return SQL for the same as PostgreSQL spells it."""
    return _on_server(searched_refund_text(refund))


def fill_statement() -> str:
    """Return the statement that indexes all refunds there are."""
    return _put_in(_ALL) + f" ORDER BY {_REFUND}.id"


def server_fill_statement() -> str:
    """Return the statement that indexes all refunds there are, as PostgreSQL spells it."""
    return _server_put_in(_ALL)


def refund_search_triggers() -> dict[str, Trigger]:
    """Return the triggers that keep the index, by name."""
    of_note, of_payment = f"{_REFUND}.id = NEW.refund_id", f"{_REFUND}.payment_id = NEW.id"
    uncredited = _Entries(_REFUND, of_note, note="NULL")
    credited = _Entries(_REFUND, of_note, note="NEW.credit_note_number")
    made = (
        _trigger("insert", "INSERT", _REFUND, "1", new=_Entries("NEW")),
        _trigger(
            "update",
            f"UPDATE OF {', '.join(_WATCHED)}",
            _REFUND,
            any_changed(_WATCHED),
            old=_Entries("OLD"),
            new=_Entries("NEW"),
        ),
        _trigger("credited", "INSERT", "credit_note", "1", old=uncredited, new=credited),
        _trigger(
            "of_payment",
            f"UPDATE OF {', '.join(WATCHED)}",
            "payment",
            any_changed(WATCHED),
            old=_Entries(_REFUND, of_payment, payment="OLD"),
            new=_Entries(_REFUND, of_payment, payment="NEW"),
        ),
    )
    return {each.name: each for each in made}


@dataclass(frozen=True, slots=True)
class _Entries:
    """Entries of the index: of a row at hand, or of the refunds in the table that fit.

    ``payment`` is their payment's row, ``note`` their credit note's number where it is at hand.
    """

    refund: str
    which: str = ""
    payment: str = "payment"
    note: str = ""

    @property
    def number(self) -> tuple[str, str]:
        """Moment and key of which their number is made."""
        return f"{self.refund}.requested_at", f"{self.refund}.id"

    @property
    def text(self) -> str:
        """What is indexed of them."""
        found = f"(SELECT credit_note_number FROM credit_note WHERE refund_id = {self.refund}.id)"  # noqa: S608 - names
        return searched_refund_text(self.refund, payment=self.payment, note=self.note or found)

    @property
    def source(self) -> str:
        """Where they are read from."""
        owner = f"payment.id = {self.refund}.payment_id"
        if self.refund != _REFUND:
            return f" FROM payment WHERE {owner}"
        joined = f" JOIN payment ON {owner}" if self.payment == "payment" else ""
        return f" FROM {_REFUND}{joined} WHERE {self.which}"


_ALL = _Entries(_REFUND, "true")


def _put_in(entries: _Entries) -> str:
    return (
        f"INSERT INTO {REFUND_SEARCH_TABLE}(rowid, text)"
        f" SELECT {key_number(*entries.number)}, {entries.text}{entries.source}"
    )


def _taken_out(entries: _Entries) -> str:
    return (
        f"INSERT INTO {REFUND_SEARCH_TABLE}({REFUND_SEARCH_TABLE}, rowid, text)"
        f" SELECT 'delete', {key_number(*entries.number)}, {entries.text}{entries.source}"
    )


def _server_put_in(entries: _Entries) -> str:
    return (
        f"INSERT INTO {REFUND_SEARCH_TABLE}(rowid, trigrams)"
        f" SELECT {server_key_number(*entries.number)}, trigrams_of({_on_server(entries.text)})"
        f"{entries.source}"
    )


def _server_taken_out(entries: _Entries) -> str:
    numbers = f"SELECT {server_key_number(*entries.number)}{entries.source}"
    return f"DELETE FROM {REFUND_SEARCH_TABLE} WHERE rowid IN ({numbers})"  # noqa: S608 - names


def _on_server(sql: str) -> str:
    return sql.replace("char(10)", "chr(10)")


def _trigger(
    name: str,
    event: str,
    table: str,
    condition: str,
    *,
    new: _Entries,
    old: _Entries | None = None,
) -> Trigger:
    body, server_body = [_put_in(new)], [_server_put_in(new)]
    if old is not None:
        body.insert(0, _taken_out(old))
        server_body.insert(0, _server_taken_out(old))
    return Trigger(
        f"search_refund_{name}",
        event,
        table,
        condition,
        body="\n" + ";\n".join(body) + ";\n",
        server_body=";\n".join(server_body) + ";",
    )
