"""The people of a shop on a server: each is a login role, and the server itself asks who is there.

To sign in is to connect as one's own login; from then on every connection of this desk is theirs.
Before that nothing is asked: not even names are told to who has not proven theirs. Wrong tries are
counted at the desk (:mod:`core.services.sign_in_waits`), and told in the trail when the person
signs in after all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.database.postgresql.engine import SCHEMA
from core.database.postgresql.login_names import login_of
from core.database.postgresql.logins import SERVICE_LOGIN, Logins
from core.database.postgresql.roles.names import Group
from core.database.postgresql.seat import LoginRefusedError, Seat
from core.database.schema import refuse_other_version
from core.database.unit_of_work import Database
from core.errors import (
    NOT_SIGNED_IN,
    NOTHING_CHANGED,
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    SignInError,
)
from core.model.people import User
from core.permissions import Actor, Permission, Role
from core.services.people import SteppedUp
from core.services.rows import UserRow
from core.services.sign_in_waits import DeskMemory, in_words
from core.services.user_rules import (
    active_names,
    all_users,
    checked_name,
    find_user,
    refuse_lockout,
    require_user,
    user_row,
)

_WHO = text(f"SELECT {SCHEMA}.acting_user(), {SCHEMA}.acting_name(), {SCHEMA}.acting_group()")


class LoginUserService:
    """Signing in, and the administration of people, by login roles.

    ``leaving`` is called while the connections are still of whoever sat here, ``come`` when they
    are somebody's again.
    """

    def __init__(
        self,
        database: Database,
        memory: DeskMemory,
        *,
        leaving: Callable[[], None] = lambda: None,
        come: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._memory = memory
        self._leaving = leaving
        self._come = come
        self._seat = Seat(database)
        self._logins = Logins(database)

    @property
    def is_open(self) -> bool:
        """Tell whether the shop can be asked anything: once connections are somebody's."""
        return self._seat.is_taken

    @property
    def is_a_persons(self) -> bool:
        """Tell whether connections are those of a person who signed in, not of the service."""
        return bool(self._seat.login)

    def sign_in(self, name: str, password: str, desk: str) -> Actor:
        """Return the person behind a name and password, whose connections are this desk's now.

        Raises:
            SignInError: wrong, disabled, or too many wrong tries; then it says how long to wait.
            StorageError: the server cannot be reached, or its shop is of another version.

        """
        login = login_of(name)
        with self._proven(login, password) as (door, wrong_tries):
            refuse_other_version(door.engine)
            actor = _who(door, desk)
        self._leaving()
        self._seat.take(login, password)
        self._memory.remember(actor.name)
        try:
            with self._database.write(actor) as unit:
                told = {"wrong_tries": wrong_tries} if wrong_tries else {}
                unit.audit("user:signed_in", "user", actor.name, **told)
                unit.commit()
        except BaseException:
            self._seat.leave()
            raise
        self._come()
        return actor

    def sign_out(self) -> None:
        """Close the connections of whoever sat here."""
        self._leaving()
        self._seat.leave()

    @contextmanager
    def stepped_up(
        self, actor: Actor, name: str, password: str, *, money_fact: str
    ) -> Iterator[SteppedUp]:
        """Let somebody prove at another's window who they are, over a connection of their own.

        Raises:
            SignInError: wrong, disabled, or too many wrong tries; then it says how long to wait.
            StorageError: the server cannot be reached.

        """
        try:
            with self._proven(login_of(name), password) as (door, _):
                approver = _who(door, actor.desk)
                with door.write(approver) as unit:
                    unit.audit("user:stepped_up", "user", approver.name, at_desk_of=actor.name)
                    unit.commit()
                yield SteppedUp(approver, door)
        except SignInError as error:
            told = error.message.replace(NOT_SIGNED_IN, money_fact)
            self._record_refusal(actor, name, told)
            raise SignInError(told, details=error.details) from error

    def add(
        self,
        actor: Actor | None,
        name: str,
        role: Role,
        password: str,
        *,
        allow_weak: bool = False,
    ) -> UserRow:
        """Add a person and their login. Without an actor only the server's owner does, an admin.

        Raises:
            NotAllowedError: the actor may not manage users, or is missing where one is needed.
            InvalidInputError: the name or password cannot be used.
            ConflictError: the name is taken, or too like another's.

        """
        if actor is not None:
            self._database.require(actor, Permission.MANAGE_USERS)
        name = checked_name(name)
        del allow_weak  # no shop on a server is a demonstration
        if login_of(name) == SERVICE_LOGIN:
            raise InvalidInputError(
                f"Nobody was added. “{name}” is the name the shop's service works under.",
                field="name",
            )
        if actor is None and role is not Role.ADMIN:
            raise NotAllowedError("Nobody was added. The first person of a shop is an admin.")
        with self._database.read() as session:
            like = next((each for each in _names(session) if login_of(each) == login_of(name)), "")
            if actor is None and _names(session):
                raise NotAllowedError("Nobody was added. Sign in as an admin to add people.")
        if like:
            told = f"Nobody was added. There is already a person named {like}"
            is_same = like.casefold() == name.casefold()
            more = "" if is_same else ", and a server tells names apart by letters and digits alone"
            raise ConflictError(f"{told}{more}.")
        self._logins.make(actor, login_of(name), name, role, password)
        return self._row(name)

    def disable(self, actor: Actor, name: str) -> UserRow:
        """Keep a person from signing in; whoever is signed in is refused their next act.

        Raises:
            NotAllowedError: it would be oneself, or nobody would be left to manage users.
            NotFoundError: there is nobody of this name.

        """
        self._database.require(actor, Permission.MANAGE_USERS)
        with self._database.read() as session:
            person = require_user(session, name)
            refuse_lockout(session, actor, person)
        if person.is_active:
            self._logins.disable(actor, person.name)
        return self._row(person.name)

    def enable(self, actor: Actor, name: str) -> UserRow:
        """Let a disabled person sign in again.

        Raises:
            NotFoundError: there is nobody of this name.

        """
        person = self._managed(actor, name)
        if not person.is_active:
            self._logins.enable(actor, person.name)
        return self._row(person.name)

    def set_password(
        self, actor: Actor, name: str, new: str, *, allow_weak: bool = False
    ) -> UserRow:
        """Give a person a new password.

        Raises:
            InvalidInputError: the password cannot be used.
            NotFoundError: there is nobody of this name.

        """
        del allow_weak  # as above
        person = self._managed(actor, name)
        self._logins.set_password(actor, person.name, new)
        self._memory.proven(login_of(person.name))
        return self._row(person.name)

    def change_password(self, actor: Actor, old: str, new: str) -> None:
        """Change one's own password, proven by the old one; wrong tries count as at sign-in.

        Raises:
            SignInError: the old password is wrong.
            InvalidInputError: the new password cannot be used.

        """
        login = self._seat.login
        try:
            with self._proven(login, old):
                pass
        except SignInError as error:
            raise SignInError(error.message.replace(NOT_SIGNED_IN, NOTHING_CHANGED)) from error
        self._logins.change_own_password(actor, old, new)
        self._seat.take(login, new)

    def everyone(self, actor: Actor) -> tuple[UserRow, ...]:
        """Return all people by name, the disabled ones too."""
        self._database.require(actor, Permission.MANAGE_USERS)
        with self._database.read() as session:
            return all_users(session)

    def names(self) -> tuple[str, ...]:
        """Return the names of those who may sign in, for somebody who has."""
        with self._database.read() as session:
            return active_names(session)

    def names_at_the_door(self) -> tuple[str, ...]:
        """Return the names of those who signed in at this desk before; the server tells none."""
        return self._memory.names()

    def has_users(self) -> bool:
        """Tell whether the shop has anybody; who is not let in cannot know, and must sign in."""
        if not self.is_open:
            return True
        with self._database.read() as session:
            return bool(session.scalar(select(func.count()).select_from(User)))

    @contextmanager
    def _proven(self, login: str, password: str) -> Iterator[tuple[Database, int]]:
        """Open a door for who proves themselves; also tell how many wrong tries went before."""
        wait_s = self._memory.wait_s(login)
        if wait_s:
            raise SignInError(
                f"{NOT_SIGNED_IN} After too many wrong passwords this name waits another"
                f" {in_words(wait_s)} at this desk."
            )
        try:
            with self._seat.door(login, password) as door:
                yield door, self._memory.proven(login)
        except LoginRefusedError as error:
            wait_s = self._memory.failed(login)
            told = f" Wait {in_words(wait_s)} before the next try." if wait_s else ""
            raise SignInError(f"{error.message}{told}") from error

    def _managed(self, actor: Actor, name: str) -> User:
        self._database.require(actor, Permission.MANAGE_USERS)
        with self._database.read() as session:
            return require_user(session, name)

    def _row(self, name: str) -> UserRow:
        with self._database.read() as session:
            return user_row(require_user(session, name))

    def _record_refusal(self, actor: Actor, name: str, reason: str) -> None:
        with self._database.write(actor) as unit:
            # The typed name stays out of the books: it may be a password in the wrong field.
            user = find_user(unit.session, name)
            known = user.name if user is not None else ""
            unit.audit(
                "user:sign_in_refused",
                "user",
                known,
                reason=reason,
                desk=actor.desk,
                at_desk_of=actor.name,
            )
            unit.commit()


def _who(door: Database, desk: str) -> Actor:
    """Return whom the server knows by the login of a door.

    Raises:
        SignInError: it is no person's.

    """
    with door.read() as session:
        user_id, name, group = session.execute(_WHO).one()
    if user_id is None or group not in set(Role):
        whose = "that of the service" if group == Group.SERVICE else "nobody's"
        raise SignInError(f"{NOT_SIGNED_IN} This login is {whose}; choose your own name.")
    return Actor(user_id, name, Role(group), desk)


def _names(session: Session) -> list[str]:
    return list(session.scalars(select(User.name)))
