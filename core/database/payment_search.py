"""The index by which a part of a word finds its payments: SQLite's own full text, by trigrams.

It holds the seven search fields of the specification and the customer's name, one line each, and
is kept true by triggers in the very transaction that changes a payment. A row's number carries
the moment of recording above the payment's key, so that the newest hits come first without a
sort. It holds no text of its own (https://www.sqlite.org/fts5.html#contentless_tables), and knows
which letters a payment has but not where: a hit is looked at again in the payment itself.
"""

from __future__ import annotations

from datetime import datetime

from core.database.guard_statements import Trigger, any_changed

SEARCH_TABLE = "payment_search"
SHORTEST_TERM = 3
"""A trigram index knows nothing of shorter parts of words."""

_MOST_TRIGRAMS = 3

KEY_MASK = (1 << 31) - 1
_LAST_MOMENT = (1 << 32) - 1

SEARCH_INDEX = (
    f"CREATE VIRTUAL TABLE {SEARCH_TABLE}"
    " USING fts5(text, content='', tokenize='trigram', detail='none')"
)

_FIELDS = (
    "payment_id",
    "transaction_id",
    "phone_number",
    "account_number",
    "invoice_number",
    "transaction_reference",
    "customer_name",
)
WATCHED = (*_FIELDS, "order_id", "created_at")
"""The columns of a payment by which it is searched for."""


def row_number(row: str) -> str:
    """Return SQL for the number under which a row of payments is found."""
    return key_number(f"{row}.created_at", f"{row}.id")


def key_number(moment: str, key: str) -> str:
    """Return SQL for a number that runs by a stored moment, and by a key within the second."""
    second = f"CAST(strftime('%s', substr({moment}, 1, 19)) AS INTEGER)"
    return f"((min(max({second}, 0), {_LAST_MOMENT}) << 31) | {key})"


def server_key_number(moment: str, key: str) -> str:
    """Return SQL for the same number as PostgreSQL spells it."""
    second = f"CAST(floor(extract(epoch FROM {moment})) AS bigint)"
    return f"((least(greatest({second}, 0), {_LAST_MOMENT}) << 31) | {key})"


def key_in_index(created_at: datetime, key: int) -> int:
    """Return the number under which a payment of this moment and key is found."""
    return first_in_index(int(created_at.timestamp())) | key


def first_in_index(second: int) -> int:
    """Return the number that those of all payments of a second (of Unix time) follow."""
    return min(max(second, 0), _LAST_MOMENT) << 31


def searched_text(row: str) -> str:
    """Return SQL for what is indexed of a row of payments."""
    order = f'(SELECT order_number FROM "order" WHERE "order".id = {row}.order_id)'  # noqa: S608 - as above
    fields = [order, *(f"{row}.{field}" for field in _FIELDS)]
    return " || char(10) || ".join(f"coalesce({field}, '')" for field in fields)


def server_searched_text(row: str) -> str:
    """Return SQL for the same as PostgreSQL spells it."""
    return searched_text(row).replace("char(10)", "chr(10)")


def fill_statement() -> str:
    """Return the statement that indexes all payments there are."""
    return (
        f"INSERT INTO {SEARCH_TABLE}(rowid, text)"  # noqa: S608 - made of the names above
        f" SELECT {row_number('payment')}, {searched_text('payment')} FROM payment ORDER BY id"
    )


def server_fill_statement() -> str:
    """Return the statement that indexes all payments there are, as PostgreSQL spells it."""
    return f"{_server_put_in('payment')} FROM payment"


def search_triggers() -> dict[str, Trigger]:
    """Return the triggers that keep the index, by name."""
    put_in = (
        f"INSERT INTO {SEARCH_TABLE}(rowid, text)"  # noqa: S608 - made of the names above
        f" VALUES ({row_number('NEW')}, {searched_text('NEW')});"
    )
    taken_out = (
        f"INSERT INTO {SEARCH_TABLE}({SEARCH_TABLE}, rowid, text)"  # noqa: S608 - as above
        f" VALUES ('delete', {row_number('OLD')}, {searched_text('OLD')});"
    )
    old_number = server_key_number("OLD.created_at", "OLD.id")
    return {
        "search_payment_insert": Trigger(
            "search_payment_insert",
            "INSERT",
            "payment",
            "1",
            body=f"\n{put_in}\n",
            server_body=f"{_server_put_in('NEW')};",
        ),
        "search_payment_update": Trigger(
            "search_payment_update",
            f"UPDATE OF {', '.join(WATCHED)}",
            "payment",
            any_changed(WATCHED),
            body=f"\n{taken_out}\n{put_in}\n",
            server_body=(
                f"DELETE FROM {SEARCH_TABLE} WHERE rowid = {old_number};\n{_server_put_in('NEW')};"  # noqa: S608 - names
            ),
        ),
    }


def _server_put_in(row: str) -> str:
    number = server_key_number(f"{row}.created_at", f"{row}.id")
    text = server_searched_text(row)
    return f"INSERT INTO {SEARCH_TABLE}(rowid, trigrams) SELECT {number}, trigrams_of({text})"


def term_query(term: str) -> str:
    """Return the index's own question for one part of a word of three letters or more.

    Only the few trigrams that tell most: the payment itself is looked at again, and to ask for
    what nearly every payment has ("ORD", "+25", the year) costs more than it leaves out. Numbers
    differ at their ends, so the last come first; a sign begins a trigram ("-14"), as what stands
    around it ("3-1") is in every date.
    """
    parts = (term[place : place + SHORTEST_TERM] for place in _telling_places(term))
    return " AND ".join('"' + part.replace('"', '""') + '"' for part in parts)


def term_trigrams(term: str) -> list[str]:
    """Return what :func:`term_query` asks for as the trigrams themselves, for a server's index."""
    folded = term.lower()
    return [folded[place : place + SHORTEST_TERM] for place in _telling_places(folded)]


def _telling_places(term: str) -> list[int]:
    """Return where the trigrams begin that are asked for, the last first."""
    places = [len(term) - SHORTEST_TERM]
    while len(places) < _MOST_TRIGRAMS and places[-1] > 0:
        place = max(places[-1] - SHORTEST_TERM, 0)
        if not term[place + 1].isalnum() and place + 1 < places[-1]:
            place += 1
        places.append(place)
    return places
