"""Filters kept by name: each person's own, for one list."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.database.unit_of_work import Database, UnitOfWork
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.model.saved_filters import SavedFilter
from core.permissions import Actor, Permission

MOST_NAME_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class SavedFilterRow:
    """One kept filter; ``content`` is the list's own text, which nobody else reads."""

    filter_id: int
    name: str
    content: str
    is_default: bool


class SavedFilterService:
    """Keeps what a person chose above a list; nobody sees or changes another's filters.

    Every method needs the permission to see payments, which all lists stand on, and gives the
    person's filters of that list as they are then, by name.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, actor: Actor, page: str) -> tuple[SavedFilterRow, ...]:
        """Return a person's filters of a list."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.read() as session:
            return _rows(session, actor, page)

    def save(
        self, actor: Actor, page: str, name: str, content: str, *, replaces: bool = False
    ) -> tuple[SavedFilterRow, ...]:
        """Keep a filter under a name; saving the same again changes nothing.

        Raises:
            ConflictError: another filter has that name, and is not to be replaced.
            InvalidInputError: the name is empty or too long.

        """
        name = " ".join(name.split())
        if not name:
            raise InvalidInputError("Nothing was saved. Give the filter a name.")
        _check_length(name)
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.write(actor) as unit:
            found = _named(unit.session, actor, page, name)
            if found is not None and found.content != content and not replaces:
                raise ConflictError(
                    f"Nothing was saved. Another filter is called “{found.name}”:"
                    " choose another name, or replace it."
                )
            if found is None or (found.content, found.name) != (content, name):
                if found is None:
                    found = SavedFilter(user_name=actor.name, page=page)
                    unit.session.add(found)
                found.name, found.name_folded = name, name.casefold()
                found.content, found.saved_at = content, unit.now
                unit.session.flush()
                _audit(unit, "saved", found, content=content)
                unit.commit()
            return _rows(unit.session, actor, page)

    def rename(
        self, actor: Actor, page: str, filter_id: int, name: str
    ) -> tuple[SavedFilterRow, ...]:
        """Give a filter another name.

        Raises:
            ConflictError: another filter has that name.
            InvalidInputError: the name is empty or too long.
            NotFoundError: the person has no such filter any more.

        """
        name = " ".join(name.split())
        if not name:
            raise InvalidInputError("Nothing was renamed. Give the filter a name.")
        _check_length(name)
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.write(actor) as unit:
            kept = _one(unit.session, actor, page, filter_id)
            other = _named(unit.session, actor, page, name)
            if other is not None and other is not kept:
                raise ConflictError(
                    f"Nothing was renamed. Another filter is called “{other.name}”:"
                    " choose another name."
                )
            if kept.name != name:
                _audit(unit, "renamed", kept, now=name)
                kept.name, kept.name_folded = name, name.casefold()
                unit.commit()
            return _rows(unit.session, actor, page)

    def remove(self, actor: Actor, page: str, filter_id: int) -> tuple[SavedFilterRow, ...]:
        """Take a filter away; once it is gone this changes nothing."""
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.write(actor) as unit:
            wanted = _kept(actor, page).where(SavedFilter.id == filter_id)
            kept = unit.session.scalar(wanted)
            if kept is not None:
                kept.removed_at = unit.now
                _audit(unit, "removed", kept)
                unit.commit()
            return _rows(unit.session, actor, page)

    def use_at_start(
        self, actor: Actor, page: str, filter_id: int | None
    ) -> tuple[SavedFilterRow, ...]:
        """Let a list begin with a filter, or with none.

        Raises:
            NotFoundError: the person has no such filter any more.

        """
        self._database.require(actor, Permission.VIEW_PAYMENTS)
        with self._database.write(actor) as unit:
            before = unit.session.scalar(_kept(actor, page).where(SavedFilter.is_default.is_(True)))
            wanted = None if filter_id is None else _one(unit.session, actor, page, filter_id)
            if wanted is not before:
                if before is not None:
                    before.is_default = False
                    _audit(unit, "not_default", before)
                    # One default at most: the old one goes before the new one comes.
                    unit.session.flush()
                if wanted is not None:
                    wanted.is_default = True
                    _audit(unit, "default", wanted)
                unit.commit()
            return _rows(unit.session, actor, page)


def _check_length(name: str) -> None:
    if len(name) > MOST_NAME_CHARACTERS:
        raise InvalidInputError(
            f"Nothing was changed. The name has {len(name)} letters; {MOST_NAME_CHARACTERS} fit."
        )


def _kept(actor: Actor, page: str) -> Select[SavedFilter]:
    return select(SavedFilter).where(
        SavedFilter.user_name == actor.name,
        SavedFilter.page == page,
        SavedFilter.removed_at.is_(None),
    )


def _named(session: Session, actor: Actor, page: str, name: str) -> SavedFilter | None:
    wanted = _kept(actor, page).where(SavedFilter.name_folded == name.casefold())
    return session.scalar(wanted)


def _one(session: Session, actor: Actor, page: str, filter_id: int) -> SavedFilter:
    found = session.scalar(_kept(actor, page).where(SavedFilter.id == filter_id))
    if found is None:
        raise NotFoundError("Nothing was changed. This filter was deleted meanwhile.")
    return found


def _rows(session: Session, actor: Actor, page: str) -> tuple[SavedFilterRow, ...]:
    found = session.scalars(_kept(actor, page).order_by(SavedFilter.name_folded))
    return tuple(
        SavedFilterRow(each.id, each.name, each.content, each.is_default) for each in found
    )


def _audit(unit: UnitOfWork, act: str, kept: SavedFilter, **details: str) -> None:
    unit.audit(
        f"saved_filter:{act}",
        "saved_filter",
        str(kept.id),
        page=kept.page,
        name=kept.name,
        **details,
    )
