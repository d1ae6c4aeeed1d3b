"""A real shop on a temporary file, with people to sign in as, for tests of the window's pages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.app import App, Configuration, open_shop
from core.configuration import PasswordCost
from core.permissions import Actor, Role
from tests.empty_file import lay_empty_shop
from ui.context import PageContext
from ui.tasks import TaskRunner

PASSWORD = "sesame-7"
CHEAP = PasswordCost(time_cost=1, memory_kib=8, parallelism=1)
PEOPLE = {
    "ange": Role.ADMIN,
    "aline": Role.CASHIER,
    "claude": Role.CLERK,
    "marie": Role.MANAGER,
}


def configuration_in(folder: Path, desk: str = "desk 1") -> Configuration:
    return Configuration(data_dir=folder, desk=desk, password_cost=CHEAP)


def add_people(app: App) -> None:
    app.users.add(None, "ange", Role.ADMIN, PASSWORD)
    admin = app.users.sign_in("ange", PASSWORD, "office")
    for name, role in PEOPLE.items():
        if role is not Role.ADMIN:
            app.users.add(admin, name, role, PASSWORD)


@dataclass
class Shop:
    """An open shop with a task runner; ``close`` leaves no thread."""

    app: App
    tasks: TaskRunner

    @property
    def folder(self) -> Path:
        return self.app.configuration.data_dir

    def actor(self, name: str) -> Actor:
        return self.app.users.sign_in(name, PASSWORD, self.app.configuration.desk)

    def context(self, name: str) -> PageContext:
        return PageContext(self.app, self.actor(name), self.tasks)

    def close(self) -> None:
        self.tasks.shutdown()
        self.app.close()


def open_small_shop(folder: Path) -> Shop:
    lay_empty_shop(folder)
    app = open_shop(configuration_in(folder))
    add_people(app)
    return Shop(app, TaskRunner())
