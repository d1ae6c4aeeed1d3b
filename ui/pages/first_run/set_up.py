"""Writes a new shop: its owner, its settings, its first people. Nothing before the last click."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from core.app import App
from core.permissions import Actor, Role


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who will sign in."""

    name: str
    role: Role
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewShop:
    """Everything the set-up asks for."""

    shop_name: str
    tin: str
    phone: str
    address: str
    owner: Person
    team: tuple[Person, ...] = ()


def set_up(app: App, shop: NewShop) -> Actor:
    """Write the shop and return the owner, signed in.

    It can be repeated after it stopped half-way: what is there already is left as it is.

    Raises:
        KnownError: something typed cannot be used, or the disk refuses.

    """
    owner = shop.owner
    if not app.users.has_users():
        app.users.add(None, owner.name, Role.ADMIN, owner.password)
    actor = app.users.sign_in(owner.name, owner.password, app.configuration.desk)
    app.settings.save(
        actor,
        replace(
            app.settings.load(),
            shop_name=shop.shop_name,
            tin=shop.tin,
            phone=shop.phone,
            address=shop.address,
        ),
    )
    known = {name.casefold() for name in app.users.names()}
    for person in shop.team:
        if person.name.casefold() not in known:
            app.users.add(actor, person.name, person.role, person.password)
    return actor
