"""Who may sign in, in either kind of shop: what windows and commands ask, whoever keeps the people.

A shop of one desk keeps them as rows (:mod:`core.services.users`), one on a server as its login
roles (:mod:`core.services.login_users`).
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from core.database.unit_of_work import Database
from core.permissions import Actor, Role
from core.services.rows import UserRow


@dataclass(frozen=True, slots=True)
class SteppedUp:
    """Somebody who proved themselves at another's window, and the connection that is theirs."""

    actor: Actor
    database: Database


class People(Protocol):
    """Signing in, and the administration of people; each method is one unit of work."""

    @property
    def is_open(self) -> bool:
        """Tell whether the shop can be asked anything: on a server only once somebody signed in."""

    @property
    def is_a_persons(self) -> bool:
        """Tell whether connections are those of a person who signed in; those of a file never."""

    def sign_in(self, name: str, password: str, desk: str) -> Actor:
        """Return the person behind a name and password, to act from a desk.

        Raises:
            SignInError: wrong, disabled, or too many wrong tries; then it says how long to wait.
            StorageError: the shop's server cannot be reached.

        """

    def sign_out(self) -> None:
        """Let go of what was this person's: on a server their connections."""

    def stepped_up(
        self, actor: Actor, name: str, password: str, *, money_fact: str
    ) -> AbstractContextManager[SteppedUp]:
        """Let somebody prove at another's window who they are, for the acts of one block.

        Whoever is signed in stays so. Wrong tries count and wait as at sign-in; ``money_fact``
        begins the refusal ("Nothing was approved.").

        Raises:
            SignInError: wrong, disabled, or too many wrong tries; then it says how long to wait.

        """

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

    def disable(self, actor: Actor, name: str) -> UserRow:
        """Keep a person from signing in; their history stays.

        Raises:
            NotAllowedError: it would be oneself, or nobody would be left to manage users.
            NotFoundError: there is nobody of this name.

        """

    def enable(self, actor: Actor, name: str) -> UserRow:
        """Let a disabled person sign in again.

        Raises:
            NotFoundError: there is nobody of this name.

        """

    def set_password(
        self, actor: Actor, name: str, new: str, *, allow_weak: bool = False
    ) -> UserRow:
        """Give a person a new password.

        Raises:
            InvalidInputError: the password cannot be used.
            NotFoundError: there is nobody of this name.

        """

    def change_password(self, actor: Actor, old: str, new: str) -> None:
        """Change one's own password, proven by the old one; wrong tries count as at sign-in.

        Raises:
            SignInError: the old password is wrong.
            InvalidInputError: the new password cannot be used.

        """

    def everyone(self, actor: Actor) -> tuple[UserRow, ...]:
        """Return all people by name, the disabled ones too."""

    def names(self) -> tuple[str, ...]:
        """Return the names of those who may sign in, for somebody who has."""

    def names_at_the_door(self) -> tuple[str, ...]:
        """Return the names a sign-in screen offers: on a server those known at this desk."""

    def has_users(self) -> bool:
        """Tell whether the shop has anybody yet; if not, the set-up adds an admin."""
