"""Record 16: a transaction, whose fields depend on its funds type and end in free text."""

from __future__ import annotations

import re
from typing import NamedTuple

from core.errors import InvalidInputError
from core.statements.bai2.records import Record

_PLAIN_FUNDS = {"", "Z", "0", "1", "2"}
_REFERENCES = re.compile(r"[^\s,]*,[^\s,]*(?:,.*)?")


class Detail(NamedTuple):
    """A transaction as it is written; ``value_date`` is "" unless the funds have a date."""

    type_code: str
    amount: str
    value_date: str
    bank_reference: str
    customer_reference: str
    text: str


def detail_of(record: Record) -> Detail:
    """Return what a record 16 says.

    Raises:
        InvalidInputError: its funds type is none, so that nobody knows where its fields end.

    """
    fields, more = _ended(record.rests[0]).split(","), record.rests[1:]
    while len(fields) < 3 and more:
        fields += _ended(more.pop(0)).split(",")
    fields += [""] * (3 - len(fields))
    funds = fields[2].strip().upper()
    wanted = _funds_fields(funds, fields)
    while len(fields) < wanted and more:
        fields += _ended(more.pop(0)).split(",")
        wanted = _funds_fields(funds, fields)
    if len(fields) == wanted and more and _REFERENCES.fullmatch(more[0].strip()):
        fields += _ended(more.pop(0)).split(",")
    fields += [""] * (wanted + 2 - len(fields))
    texts = [",".join(fields[wanted + 2 :]), *(_ended(rest) for rest in more)]
    return Detail(
        type_code=fields[0].strip(),
        amount=fields[1].strip(),
        value_date=fields[3].strip() if funds == "V" else "",
        bank_reference=fields[wanted].strip(),
        customer_reference=fields[wanted + 1].strip(),
        text=" ".join(" ".join(texts).split()).rstrip(",").rstrip(),
    )


def funds_length(funds: str, following: list[str]) -> int:
    """Return how many fields belong to a funds type, itself apart.

    S: three amounts by day; V: a date and a time; D: a count and so many pairs.

    Raises:
        InvalidInputError: there is no such funds type, or D does not count.

    """
    if funds in _PLAIN_FUNDS:
        return 0
    if funds == "S":
        return 3
    if funds == "V":
        return 2
    if funds == "D":
        count = following[0].strip() if following else "0"
        if count.isdecimal() and len(count) <= 3:
            return 1 + 2 * int(count)
    raise InvalidInputError(f"“{funds}” is no funds type.")


def _funds_fields(funds: str, fields: list[str]) -> int:
    return 3 + funds_length(funds, fields[3:4])


def _ended(rest: str) -> str:
    """Return a line's fields without the "/" that ends them; inside a text it is a character."""
    rest = rest.rstrip()
    return rest.removesuffix("/")
