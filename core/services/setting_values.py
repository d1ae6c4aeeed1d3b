"""Settings of one subject as a frozen dataclass, each field one row of the shop's settings."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, TypeVar, get_type_hints

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.unit_of_work import UnitOfWork
from core.model.journal import Setting, Topic

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    ValuesT = TypeVar("ValuesT", bound=DataclassInstance)
else:
    ValuesT = TypeVar("ValuesT")


_MEMO = "settings"


def load_values(session: Session, kind: type[ValuesT]) -> ValuesT:
    """Return a subject's settings; a field never set has its default.

    ``kind`` is a dataclass with a default for each field; a field is text, a whole number or yes
    or no, and its name is its own in the whole shop.
    """
    names = [field.name for field in fields(kind)]
    loaded: dict[str, str | None] = session.info.get(_MEMO, {})
    if not loaded.keys() >= set(names):
        loaded = _texts(session, names)
    hints = get_type_hints(kind)
    return kind(
        **{name: _value(hints[name], text) for name in names if (text := loaded[name]) is not None}
    )


def load_together(session: Session, *kinds: type[DataclassInstance]) -> None:
    """Read several subjects' settings with one question, for an act that needs them all."""
    if _MEMO not in session.info:
        names = [field.name for kind in kinds for field in fields(kind)]
        session.info[_MEMO] = _texts(session, names)


def _texts(session: Session, names: list[str]) -> dict[str, str | None]:
    kept = session.execute(select(Setting.name, Setting.value).where(Setting.name.in_(names)))
    return dict.fromkeys(names) | {row.name: row.value for row in kept}


def save_values(
    unit: UnitOfWork, values: ValuesT, *, subject: str, secret: frozenset[str] = frozenset()
) -> bool:
    """Keep a subject's settings and journal what changed; tell whether anything did.

    The audit trail names the fields of ``secret`` without their values.
    """
    before = texts_of(load_values(unit.session, type(values)))
    after = texts_of(values)
    changed = {name: text for name, text in after.items() if text != before[name]}
    if not changed:
        return False
    for name, text in changed.items():
        unit.session.merge(Setting(name=name, value=text))
    unit.session.info.pop(_MEMO, None)
    unit.audit_details(
        "settings:saved",
        "settings",
        subject,
        {
            name: "changed" if name in secret else {"before": before[name], "after": text}
            for name, text in changed.items()
        },
    )
    unit.changed(Topic.SETTINGS)
    return True


def texts_of(values: DataclassInstance) -> dict[str, str]:
    """Return the fields as they are kept."""
    return {field.name: str(getattr(values, field.name)) for field in fields(values)}


def _value(kind: object, text: str) -> str | int | bool:
    if kind is bool:
        return text == "True"
    return int(text) if kind is int else text
