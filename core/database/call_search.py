"""The index by which a part of a word finds calls to gateways, made like that of payments.

It holds what a call says itself, and the id and reference of the payment it was made for. Triggers
keep it true in the very transaction that changes either of them.
"""

from __future__ import annotations

from core.database.guard_statements import Trigger, any_changed
from core.database.payment_search import key_number, server_key_number

CALL_SEARCH_TABLE = "call_search"

CALL_SEARCH_INDEX = (
    f"CREATE VIRTUAL TABLE {CALL_SEARCH_TABLE}"
    " USING fts5(text, content='', tokenize='trigram', detail='none')"
)

_FIELDS = ("transaction_id", "response_code", "response_message", "error_code", "error_message")
_OF_PAYMENT = ("payment_id", "transaction_reference")
_WATCHED = (*_FIELDS, "payment_id", "request_at")


def _row_number(call: str) -> str:
    return key_number(f"{call}.request_at", f"{call}.id")


def _searched_text(call: str, payment: str = "") -> str:
    """Return SQL for what is indexed of a call; ``payment`` is a row that is at hand."""
    fields = [f"{call}.{field}" for field in _FIELDS]
    for field in _OF_PAYMENT:
        found = f"(SELECT {field} FROM payment WHERE payment.id = {call}.payment_id)"  # noqa: S608 - names
        fields.append(f"{payment}.{field}" if payment else found)
    return " || char(10) || ".join(f"coalesce({field}, '')" for field in fields)


def fill_statement() -> str:
    """Return the statement that indexes all calls there are."""
    table = "payment_transaction"
    return (
        f"INSERT INTO {CALL_SEARCH_TABLE}(rowid, text)"  # noqa: S608 - made of the names above
        f" SELECT {_row_number(table)}, {_searched_text(table)} FROM {table} ORDER BY id"
    )


def server_fill_statement() -> str:
    """Return the statement that indexes all calls there are, as PostgreSQL spells it."""
    table = "payment_transaction"
    return f"{_server_put_in(table)} FROM {table}"


def call_search_triggers() -> dict[str, Trigger]:
    """Return the triggers that keep the index, by name."""
    of_payment, calls = ", ".join(_OF_PAYMENT), "payment_transaction"
    return {
        "search_call_insert": Trigger(
            "search_call_insert",
            "INSERT",
            calls,
            "1",
            body=f"\n{_put_in('NEW')}\n",
            server_body=f"{_server_put_in('NEW')};",
        ),
        "search_call_update": Trigger(
            "search_call_update",
            f"UPDATE OF {', '.join(_WATCHED)}",
            calls,
            any_changed(_WATCHED),
            body=f"\n{_taken_out('OLD')}\n{_put_in('NEW')}\n",
            server_body=f"{_server_taken_out('OLD')}\n{_server_put_in('NEW')};",
        ),
        "search_call_of_payment": Trigger(
            "search_call_of_payment",
            f"UPDATE OF {of_payment}",
            "payment",
            any_changed(_OF_PAYMENT),
            body=f"\n{_taken_out(calls, 'OLD')}\n{_put_in(calls, 'NEW')}\n",
            server_body=f"{_server_taken_out(calls, 'OLD')}\n{_server_put_in(calls, 'NEW')};",
        ),
    }


def _server_number(call: str) -> str:
    return server_key_number(f"{call}.request_at", f"{call}.id")


def _server_put_in(call: str, payment: str = "") -> str:
    text = _searched_text(call, payment).replace("char(10)", "chr(10)")
    return (
        f"INSERT INTO {CALL_SEARCH_TABLE}(rowid, trigrams)"
        f" SELECT {_server_number(call)}, trigrams_of({text}){_calls_of(payment)}"
    )


def _server_taken_out(call: str, payment: str = "") -> str:
    numbers = f"SELECT {_server_number(call)}{_calls_of(payment)}"
    return f"DELETE FROM {CALL_SEARCH_TABLE} WHERE rowid IN ({numbers});"  # noqa: S608 - names


def _put_in(call: str, payment: str = "") -> str:
    return (
        f"INSERT INTO {CALL_SEARCH_TABLE}(rowid, text)"
        f" SELECT {_row_number(call)}, {_searched_text(call, payment)}{_calls_of(payment)};"
    )


def _taken_out(call: str, payment: str = "") -> str:
    return (
        f"INSERT INTO {CALL_SEARCH_TABLE}({CALL_SEARCH_TABLE}, rowid, text)"
        f" SELECT 'delete', {_row_number(call)}, {_searched_text(call, payment)}"
        f"{_calls_of(payment)};"
    )


def _calls_of(payment: str) -> str:
    table = "payment_transaction"
    return f" FROM {table} WHERE {table}.payment_id = {payment}.id" if payment else ""
