"""A shop on disk and a way to type commands into it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.app import Configuration, open_shop
from core.configuration import PasswordCost
from core.permissions import Role
from desktop import logs
from desktop.__main__ import run
from desktop.cli.common import Invocation

NOW = datetime(2026, 1, 16, 10, 30, tzinfo=UTC)
CHEAP = PasswordCost(time_cost=1, memory_kib=8, parallelism=1)
PASSWORD = "open sesame"


@dataclass(frozen=True)
class Typed:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The JSON on stdout."""
        return json.loads(self.out)


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No shop or user of the developer's own machine takes part."""
    for name in ("DATA_DIR", "DATABASE", "USER", "PASSWORD", "NEW_PASSWORD"):
        monkeypatch.delenv(f"SANDUKU_{name}", raising=False)
    monkeypatch.setattr("desktop.__main__.default_data_dir", lambda: tmp_path / "default")
    monkeypatch.setattr("desktop.cli.common.default_data_dir", lambda: tmp_path / "default")
    monkeypatch.setattr(logs, "_known_secrets", set())


@pytest.fixture
def type_in(capsys: pytest.CaptureFixture[str]) -> Callable[..., Typed]:
    """Run a command line in this process."""

    def typed(*words: str | Path) -> Typed:
        capsys.readouterr()
        given = Invocation(clock=lambda: NOW, password_cost=CHEAP)
        code = run([str(word) for word in words], given)
        out, err = capsys.readouterr()
        return Typed(code, out, err)

    return typed


@pytest.fixture(scope="session")
def built_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with one person of each role, named as the role; built once, then copied."""
    folder = tmp_path_factory.mktemp("built") / "shop"
    configuration = Configuration(data_dir=folder, clock=lambda: NOW, password_cost=CHEAP)
    with open_shop(configuration) as app:
        app.users.add(None, "admin", Role.ADMIN, PASSWORD)
        admin = app.users.sign_in("admin", PASSWORD, "desk")
        for role in (Role.CASHIER, Role.CLERK, Role.MANAGER):
            app.users.add(admin, role.value, role, PASSWORD)
    return folder


@pytest.fixture
def shop(built_shop: Path, tmp_path: Path) -> Path:
    """A shop of this test's own."""
    return Path(shutil.copytree(built_shop, tmp_path / "shop"))


@pytest.fixture
def as_role(
    shop: Path, type_in: Callable[..., Typed], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Typed]:
    """Type a command as the person of a role: as_role("cashier", "payments", "list")."""

    def typed(role: str, *words: str | Path) -> Typed:
        monkeypatch.setenv("SANDUKU_DATA_DIR", str(shop))
        monkeypatch.setenv("SANDUKU_USER", role)
        monkeypatch.setenv("SANDUKU_PASSWORD", PASSWORD)
        return type_in(*words)

    return typed
