"""JSON from outside: read without floats, without surprises, and only when it is one object."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

JsonObject = Mapping[str, object]

_MAX_NUMBER_LENGTH = 40
_AMOUNT = re.compile(r"[+-]?\d{1,18}(?:\.\d{1,9})?")


def parse_object(body: bytes) -> JsonObject | None:
    """Return the JSON object in ``body``; None for anything else.

    Numbers with a fraction come as Decimal. A member given twice, NaN, an absurdly long number or
    endless nesting make the whole unreadable: which of two states counts is not ours to guess.
    """
    try:
        found: object = json.loads(
            body.decode("utf-8-sig"),
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_no_constant,
            object_pairs_hook=_members,
        )
    except (ValueError, RecursionError, InvalidOperation):
        return None
    return found if isinstance(found, dict) else None


def text(found: JsonObject, name: str) -> str:
    """Return a member as text, whether it came as a string or as a number; else ""."""
    value = found.get(name)
    if isinstance(value, bool):
        return ""
    return str(value).strip() if isinstance(value, str | int | Decimal) else ""


def flag(found: JsonObject, name: str) -> bool | None:
    """Return a member that is true or false, also where it came as text; None for all else."""
    value = found.get(name)
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def member(found: JsonObject, name: str) -> JsonObject:
    """Return a member that is an object; an empty one if there is none."""
    value = found.get(name)
    return value if isinstance(value, dict) else {}


def amount(value: str) -> Decimal | None:
    """Return an amount in major units exactly; None where the text is no plain decimal."""
    return Decimal(value) if _AMOUNT.fullmatch(value) else None


def _decimal(digits: str) -> Decimal:
    number = Decimal(_short(digits))
    if not -_MAX_NUMBER_LENGTH < number.adjusted() < _MAX_NUMBER_LENGTH:
        raise ValueError("The number is out of bounds.")
    return number


def _integer(digits: str) -> int:
    return int(_short(digits))


def _short(digits: str) -> str:
    if len(digits) > _MAX_NUMBER_LENGTH:
        raise ValueError("The number is too long.")
    return digits


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON.")


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("A member is given twice.")
    return members
