"""What holds for people in either kind of shop: names, passwords, and the last admin."""

from __future__ import annotations

import unicodedata

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.database.unit_of_work import SYSTEM_USER
from core.errors import InvalidInputError, NotAllowedError, NotFoundError
from core.model.people import User
from core.permissions import Actor, Role
from core.services.rows import UserRow

MIN_PASSWORD_LENGTH = 6
MAX_PASSWORD_LENGTH = 200
MAX_NAME_LENGTH = 40


def refuse_lockout(session: Session, actor: Actor, user: User) -> None:
    """Refuse to disable oneself, or whoever alone could still manage users.

    Raises:
        NotAllowedError: it would be so.

    """
    if user.name == actor.name:
        raise NotAllowedError("Nothing was changed. Nobody can disable themselves.")
    others = session.scalar(
        select(func.count())
        .select_from(User)
        .where(User.role == Role.ADMIN, User.is_active, User.id != user.id)
    )
    if user.role is Role.ADMIN and not others:
        raise NotAllowedError(
            f"Nothing was changed. {user.name} is the last admin; without one nobody could manage"
            " users."
        )


def checked_name(name: str) -> str:
    """Return a name as it is kept.

    Raises:
        InvalidInputError: it cannot be a person's.

    """
    name = plain_name(name)
    if not name or len(name) > MAX_NAME_LENGTH or not name.isprintable():
        raise InvalidInputError(
            f"Nobody was added. A name has 1 to {MAX_NAME_LENGTH} letters or digits.", field="name"
        )
    if name.casefold() == SYSTEM_USER:
        raise InvalidInputError(
            f"Nobody was added. “{name}” is the name under which the program itself acts.",
            field="name",
        )
    return name


def checked_password(password: str, *, allow_weak: bool) -> str:
    """Return a password that may be used; ``allow_weak`` is for the demonstration.

    Raises:
        InvalidInputError: it is too short or too long.

    """
    shortest = 1 if allow_weak else MIN_PASSWORD_LENGTH
    if not shortest <= len(password) <= MAX_PASSWORD_LENGTH:
        raise InvalidInputError(
            f"Nothing was changed. A password has {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH}"
            " characters.",
            field="password",
        )
    return password


def plain_name(name: str) -> str:
    """Return a name without what two keyboards write differently."""
    return unicodedata.normalize("NFC", name.strip())


def find_user(session: Session, name: str) -> User | None:
    """Return the person of a name in any case; a shop has few, and SQLite folds ASCII only."""
    wanted = plain_name(name).casefold()
    return next(
        (user for user in session.scalars(select(User)) if user.name.casefold() == wanted), None
    )


def require_user(session: Session, name: str) -> User:
    """Return the person of a name in any case.

    Raises:
        NotFoundError: there is nobody of this name.

    """
    user = find_user(session, name)
    if user is None:
        raise NotFoundError(f"Nothing was changed. There is nobody named “{name}”.")
    return user


def all_users(session: Session) -> tuple[UserRow, ...]:
    """Return everybody by name as people order names: "Paul" after "marie"."""
    users = sorted(session.scalars(select(User)), key=lambda user: user.name.casefold())
    return tuple(user_row(user) for user in users)


def active_names(session: Session) -> tuple[str, ...]:
    """Return the names of those who may sign in."""
    return tuple(row.name for row in all_users(session) if row.is_active)


def user_row(user: User) -> UserRow:
    """Return a person as windows see them."""
    return UserRow(user.name, user.role, user.is_active, user.created_at)
