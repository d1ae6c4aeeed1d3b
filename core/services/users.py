"""The people of the shop: signing in, and who may do so.

Passwords are kept as argon2id hashes (RFC 9106). Five wrong passwords in a row start a wait that
doubles with every further one; an unknown name costs the same work and gives the same answer.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.configuration import DEFAULT_PASSWORD_COST, PasswordCost
from core.database.unit_of_work import Database, UnitOfWork
from core.errors import NOT_SIGNED_IN, ConflictError, NotAllowedError, SignInError
from core.model.journal import Topic
from core.model.people import User
from core.permissions import Actor, Permission, Role
from core.services.people import SteppedUp
from core.services.rows import UserRow
from core.services.sign_in_waits import FREE_TRIES, in_words, left_s, wait_after
from core.services.user_rules import (
    MIN_PASSWORD_LENGTH,
    active_names,
    checked_name,
    checked_password,
    find_user,
    refuse_lockout,
    require_user,
    user_row,
)

if TYPE_CHECKING:
    from argon2 import PasswordHasher

__all__ = ["FREE_TRIES", "MIN_PASSWORD_LENGTH", "PasswordCost", "UserService"]

_WRONG = f"{NOT_SIGNED_IN} The name or the password is wrong."


class UserService:
    """Signing in, and the administration of people; each method is one unit of work."""

    def __init__(
        self, database: Database, *, password_cost: PasswordCost = DEFAULT_PASSWORD_COST
    ) -> None:
        self._database = database
        self._cost = password_cost

    def sign_in(self, name: str, password: str, desk: str) -> Actor:
        """Return the person behind a name and password, to act from a desk.

        Raises:
            SignInError: wrong, disabled, or too many wrong tries; then it says how long to wait.

        """
        return self._prove(name, password, desk, action="user:signed_in")

    @property
    def is_open(self) -> bool:
        """Tell whether the shop can be asked anything: its file needs nobody's leave."""
        return True

    @property
    def is_a_persons(self) -> bool:
        """Tell whether connections are a person's: a file's are nobody's."""
        return False

    def sign_out(self) -> None:
        """Let go of nothing: a file is not opened in anybody's name."""

    @contextmanager
    def stepped_up(
        self, actor: Actor, name: str, password: str, *, money_fact: str
    ) -> Iterator[SteppedUp]:
        """Let somebody prove at another's window who they are, for the acts of one block.

        Whoever is signed in stays so. Wrong tries count and wait as at sign-in; ``money_fact``
        begins the refusal ("Nothing was approved.").

        Raises:
            SignInError: wrong, disabled, or too many wrong tries; then it says how long to wait.

        """
        try:
            proven = self._prove(
                name, password, actor.desk, action="user:stepped_up", at_desk_of=actor.name
            )
        except SignInError as error:
            raise SignInError(error.message.replace(NOT_SIGNED_IN, money_fact)) from error
        yield SteppedUp(proven, self._database)

    def add(
        self,
        actor: Actor | None,
        name: str,
        role: Role,
        password: str,
        *,
        allow_weak: bool = False,
    ) -> UserRow:
        """Add a person. Without an actor only the very first one, who is an admin.

        Raises:
            NotAllowedError: the actor may not manage users, or is missing where one is needed.
            InvalidInputError: the name or password cannot be used.
            ConflictError: the name is taken.

        """
        if actor is not None:
            self._database.require(actor, Permission.MANAGE_USERS)
        name = checked_name(name)
        password_hash = self._hash(checked_password(password, allow_weak=allow_weak))
        with self._database.write(actor) as unit:
            if actor is None:
                _require_first_admin(unit.session, role)
            if find_user(unit.session, name) is not None:
                raise ConflictError(f"Nobody was added. There is already a person named {name}.")
            user = User(name=name, role=role, password_hash=password_hash, created_at=unit.now)
            unit.session.add(user)
            unit.audit("user:added", "user", name, role=role)
            return _committed(unit, user)

    def disable(self, actor: Actor, name: str) -> UserRow:
        """Keep a person from signing in; their history stays.

        Raises:
            NotAllowedError: it would be oneself, or nobody would be left to manage users.
            NotFoundError: there is nobody of this name.

        """
        return self._set_active(actor, name, is_active=False)

    def enable(self, actor: Actor, name: str) -> UserRow:
        """Let a disabled person sign in again.

        Raises:
            NotFoundError: there is nobody of this name.

        """
        return self._set_active(actor, name, is_active=True)

    def set_password(
        self, actor: Actor, name: str, new: str, *, allow_weak: bool = False
    ) -> UserRow:
        """Give a person a new password; ends any wait after wrong tries.

        Raises:
            InvalidInputError: the password is too short.
            NotFoundError: there is nobody of this name.

        """
        self._database.require(actor, Permission.MANAGE_USERS)
        password_hash = self._hash(checked_password(new, allow_weak=allow_weak))
        with self._database.write(actor) as unit:
            user = require_user(unit.session, name)
            _give_password(user, password_hash)
            unit.audit("user:password_set", "user", user.name)
            return _committed(unit, user)

    def change_password(self, actor: Actor, old: str, new: str) -> None:
        """Change one's own password, proven by the old one; wrong tries count as at sign-in.

        Raises:
            SignInError: the old password is wrong.
            InvalidInputError: the new password is too short.

        """
        password_hash = self._hash(checked_password(new, allow_weak=False))
        self._prove(actor.name, old, actor.desk, action="user:password_proven")
        with self._database.write(actor) as unit:
            user = require_user(unit.session, actor.name)
            _give_password(user, password_hash)
            unit.audit("user:password_changed", "user", user.name)
            _committed(unit, user)

    def everyone(self, actor: Actor) -> tuple[UserRow, ...]:
        """Return all people by name, the disabled ones too."""
        self._database.require(actor, Permission.MANAGE_USERS)
        with self._database.read() as session:
            return tuple(
                user_row(user) for user in session.scalars(select(User).order_by(User.name))
            )

    def names(self) -> tuple[str, ...]:
        """Return the names of those who may sign in, for the sign-in screen."""
        with self._database.read() as session:
            return active_names(session)

    def names_at_the_door(self) -> tuple[str, ...]:
        """Return the names a sign-in screen offers: everybody's, as the file's owner sees them."""
        return self.names()

    def has_users(self) -> bool:
        """Tell whether the shop has anybody yet; if not, the set-up adds an admin."""
        with self._database.read() as session:
            return bool(session.scalar(select(func.count()).select_from(User)))

    def _set_active(self, actor: Actor, name: str, *, is_active: bool) -> UserRow:
        self._database.require(actor, Permission.MANAGE_USERS)
        with self._database.write(actor) as unit:
            user = require_user(unit.session, name)
            if not is_active:
                refuse_lockout(unit.session, actor, user)
            if user.is_active is not is_active:
                user.is_active = is_active
                unit.audit("user:enabled" if is_active else "user:disabled", "user", user.name)
            return _committed(unit, user)

    def _prove(self, name: str, password: str, desk: str, *, action: str, **details: str) -> Actor:
        """Return the person whose password this is, and journal the try either way.

        The costly hash runs before the write lock is taken; under the lock the wait and the hash
        are looked at again, so that tries made side by side are no way around the wait.
        """
        with self._database.read() as session:
            seen = find_user(session, name)
            now = self._database.clock()
            waiting = seen is not None and left_s(seen.locked_until, now) > 0
            seen_hash = seen.password_hash if seen is not None else None
        proven = not waiting and self._verify(seen_hash, password)
        fresh_hash = self._hash(password) if proven and self._is_outdated(seen_hash) else None
        with self._database.write(None) as unit:
            user = find_user(unit.session, name)
            refusal = _refusal(unit, user, proven=proven, seen_hash=seen_hash)
            if user is None or refusal:
                # The typed name stays out of the books: it may be a password in the wrong field.
                known = user.name if user is not None else ""
                unit.audit(
                    "user:sign_in_refused", "user", known, reason=refusal, desk=desk, **details
                )
                unit.commit()
                raise SignInError(refusal)
            actor = Actor(user.id, user.name, user.role, desk)
            _give_password(user, fresh_hash or user.password_hash)
            unit.commit()
        with self._database.write(actor) as unit:
            unit.audit(action, "user", actor.name, **details)
            unit.commit()
        return actor

    @cached_property
    def _hasher(self) -> PasswordHasher:
        from argon2 import PasswordHasher  # noqa: PLC0415 - not owed at start

        return PasswordHasher(
            time_cost=self._cost.time_cost,
            memory_cost=self._cost.memory_kib,
            parallelism=self._cost.parallelism,
        )

    def _hash(self, password: str) -> str:
        return self._hasher.hash(_bytes(password))

    def _is_outdated(self, password_hash: str | None) -> bool:
        return password_hash is not None and self._hasher.check_needs_rehash(password_hash)

    def _verify(self, password_hash: str | None, password: str) -> bool:
        from argon2.exceptions import VerifyMismatchError  # noqa: PLC0415 - not owed at start

        if password_hash is None:
            self._hash(password)  # an unknown name takes as long as a known one
            return False
        try:
            return self._hasher.verify(password_hash, _bytes(password))
        except VerifyMismatchError:
            return False


def _refusal(unit: UnitOfWork, user: User | None, *, proven: bool, seen_hash: str | None) -> str:
    """Return why a try at signing in is refused, counting a wrong one; "" where it succeeds."""
    if user is None:
        return _WRONG
    wait_s = left_s(user.locked_until, unit.now)
    if wait_s > 0:
        return (
            f"{NOT_SIGNED_IN} After too many wrong passwords this name waits another"
            f" {in_words(wait_s)}; an admin can set a new password."
        )
    if not proven or user.password_hash != seen_hash:
        user.failed_sign_ins += 1
        wait_s = wait_after(user.failed_sign_ins)
        if not wait_s:
            return _WRONG
        user.locked_until = unit.now + timedelta(seconds=wait_s)
        return f"{_WRONG} Wait {in_words(wait_s)} before the next try."
    if not user.is_active:
        return f"{NOT_SIGNED_IN} This name is disabled; ask an admin."
    return ""


def _give_password(user: User, password_hash: str) -> None:
    user.password_hash = password_hash
    user.failed_sign_ins = 0
    user.locked_until = None


def _require_first_admin(session: Session, role: Role) -> None:
    if session.scalar(select(func.count()).select_from(User)):
        raise NotAllowedError("Nobody was added. Sign in as an admin to add people.")
    if role is not Role.ADMIN:
        raise NotAllowedError("Nobody was added. The first person of a shop is an admin.")


def _bytes(password: str) -> bytes:
    """One password typed on two keyboards is the same bytes, whatever way accents are composed."""
    return unicodedata.normalize("NFC", password).encode("utf-8", errors="surrogatepass")


def _committed(unit: UnitOfWork, user: User) -> UserRow:
    unit.changed(Topic.USERS, user.name)
    unit.session.flush()
    row = user_row(user)
    unit.commit()
    return row
