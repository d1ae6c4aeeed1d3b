"""Column profiles by name: those a person saved, and those that come with the program."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.unit_of_work import Database
from core.errors import InvalidInputError
from core.model.journal import Topic
from core.model.statement_memory import StatementProfile
from core.permissions import Actor, Permission
from core.statements.profile import ColumnProfile
from core.statements.tables.builtin import NAMED_PROFILES


def saved_names(database: Database) -> tuple[str, ...]:
    """Return the names of the saved profiles, in order."""
    with database.read() as session:
        names = session.scalars(select(StatementProfile.name).order_by(StatementProfile.name))
        return tuple(names)


def builtin_names() -> tuple[str, ...]:
    """Return the names of the profiles that come with the program."""
    return tuple(dict.fromkeys(profile.name for profile in NAMED_PROFILES))


def profile_named(database: Database, name: str) -> ColumnProfile:
    """Return a profile; a saved one counts before a built-in one of the same name.

    Raises:
        InvalidInputError: there is none of that name.

    """
    with database.read() as session:
        saved = _saved(session, name)
        if saved is not None:
            return ColumnProfile.from_json(saved.definition)
    builtin = next((profile for profile in NAMED_PROFILES if profile.name == name), None)
    if builtin is None:
        raise InvalidInputError(f"There is no saved column profile “{name}”.", field="profile")
    return builtin


def save_profile(database: Database, actor: Actor, profile: ColumnProfile) -> None:
    """Remember a column mapping under its name, replacing an older one of that name.

    Raises:
        InvalidInputError: it has no name.

    """
    database.require(actor, Permission.RECONCILE)
    if not profile.name.strip():
        raise InvalidInputError("Give the profile a name.", field="name")
    with database.write(actor) as unit:
        saved = _saved(unit.session, profile.name)
        if saved is None:
            saved = StatementProfile(name=profile.name)
            unit.session.add(saved)
        saved.definition = profile.to_json()
        saved.saved_by = actor.name
        saved.saved_at = unit.now
        unit.audit("profile:saved", "statement_profile", profile.name)
        unit.changed(Topic.SETTINGS)
        unit.commit()


def _saved(session: Session, name: str) -> StatementProfile | None:
    return session.scalar(select(StatementProfile).where(StatementProfile.name == name))
