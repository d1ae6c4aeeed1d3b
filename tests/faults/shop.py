"""A shop whose accounts are at a sandbox."""

from __future__ import annotations

from pathlib import Path

from core.app import App, open_shop
from core.configuration import Configuration, GatewayTiming, PasswordCost
from core.gateways.sandbox import Sandbox, airtel_keys, mtn_keys
from core.model.people import User
from core.permissions import Actor, Role
from core.services.providers.forms import Network
from tests.empty_file import lay_empty_shop

_CHEAP = PasswordCost(time_cost=1, memory_kib=8, parallelism=1)
_PASSWORD = "shop-password"


def configuration(folder: Path, timing: GatewayTiming) -> Configuration:
    """Return how every life opens the shop."""
    return Configuration(
        folder, desk="till", password_cost=_CHEAP, use_keyring=False, gateway_timing=timing
    )


def make_shop(folder: Path, timing: GatewayTiming) -> None:
    """Make a shop with an admin, a cashier and a manager."""
    lay_empty_shop(folder)
    with open_shop(configuration(folder, timing)) as app:
        app.users.add(None, "ange", Role.ADMIN, _PASSWORD)
        app.users.add(actor(app, "ange"), "aline", Role.CASHIER, _PASSWORD)
        app.users.add(actor(app, "ange"), "marie", Role.MANAGER, _PASSWORD)


def connect(folder: Path, sandbox: Sandbox, timing: GatewayTiming) -> None:
    """Give a shop the accounts of both networks at a sandbox."""
    keys: dict[Network, dict[str, str | bool]] = {
        "mtn": mtn_keys(sandbox.url, sandbox.settings),
        "airtel": airtel_keys(sandbox.url, sandbox.settings),
    }
    with open_shop(configuration(folder, timing)) as app:
        for network, values in keys.items():
            words = {key: str(value) for key, value in values.items()}
            app.providers.set_values(actor(app, "ange"), network, words, from_file=True)


def actor(app: App, name: str) -> Actor:
    """Return a person of the shop as signed in."""
    with app.database.read() as session:
        user = session.query(User).filter(User.name == name).one()
        return Actor(user.id, user.name, user.role, desk="till")
