"""The form of a rule: what rows must say truly, and the sentence they are refused with."""

# ruff: noqa: S608 - statements are made of names in this program, never of input

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.database.postgresql.engine import SCHEMA
from core.database.postgresql.roles.steps import Steps
from core.model.payments import PaymentMethod

CLOCK_TOLERANCE = "15 minutes"
"""How far a desk's clock may be off before what it writes is called backdated."""

NOW = (
    f"BETWEEN clock_timestamp() - interval '{CLOCK_TOLERANCE}'"
    f" AND clock_timestamp() + interval '{CLOCK_TOLERANCE}'"
)

NOT_NOW = "What is done now is written as of now: set the clock of this computer."


@dataclass(frozen=True, slots=True)
class Check:
    """What must not hold when a row is written, and the sentence it is refused with."""

    condition: str
    sentence: str


@dataclass(frozen=True, slots=True)
class LateCheck:
    """What must not hold once all of an act is there, and the event that calls for the look."""

    event: str
    condition: str
    sentence: str


@dataclass(frozen=True, slots=True)
class PersonRule:
    """What a table's rows must say truly.

    ``author`` names whoever wrote the row, ``names`` whoever did a later act or nobody, ``moments``
    are stamped now. ``steps`` are those of the column ``state``. ``checks`` are
    looked at when the row is written, ``at_commit`` when the transaction ends.
    """

    table: str
    author: str = ""
    names: tuple[str, ...] = ()
    moments: tuple[str, ...] = ()
    state: str = "status"
    steps: Steps | None = None
    checks: tuple[Check, ...] = ()
    at_commit: Mapping[str, LateCheck] = field(default_factory=dict)


MOBILE = ", ".join(f"'{method}'" for method in PaymentMethod if method.is_mobile_money)

_ENTRY = (
    f"SELECT 1 FROM {SCHEMA}.audit_entry a WHERE a.user_name = who"
    " AND a.written_in = pg_current_xact_id()"
)
NO_ENTRY = f"NOT EXISTS ({_ENTRY} ORDER BY a.sequence DESC LIMIT 1)"
UNTOLD = "Nothing is done without its entry in the audit trail."


def untold(subject: str, key: str) -> str:
    """Return that this act wrote no entry of the audit trail about the thing itself."""
    return f"NOT EXISTS ({_ENTRY} AND a.subject_type = '{subject}' AND a.subject_id = NEW.{key})"
