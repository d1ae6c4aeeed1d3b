"""The demo shop and the self-test, each as a person starts them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from core.app import Configuration, open_shop
from core.configuration import DATABASE_FILE, DEMO_MARK
from core.permissions import Actor, Role
from desktop.cli import demo
from desktop.opening import networks_of_a_demo
from tests.desktop.conftest import Typed
from tests.desktop.test_start import ROOT, started


def test_a_kept_demo_can_be_used_by_its_commands(
    tmp_path: Path, type_in: Callable[..., Typed], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "demo"
    built = type_in("demo", "--to", home, "--payments", "60", "--seed", "7", "--no-window")
    assert built.code == 0, built.err
    assert str(home) in built.out
    assert "cashier, clerk, manager, admin; the password of each is “demo”" in built.out
    monkeypatch.setenv("SANDUKU_DATA_DIR", str(home))
    monkeypatch.setenv("SANDUKU_USER", "manager")
    monkeypatch.setenv("SANDUKU_PASSWORD", "demo")
    assert len(type_in("payments", "list", "--json").document) == 60
    assert type_in("database", "check").code == 0
    assert type_in("audit", "verify").code == 0
    for words in (
        ("payments", "list"),
        ("payments", "list", "--status", "completed", "--method", "cash", "--search", "ORD"),
        ("refunds", "list"),
        ("providers", "list"),
        ("audit", "verify"),
        ("database", "check"),
    ):
        shown = type_in(*words)
        assert (shown.code, shown.err) == (0, ""), words
        assert shown.out
    again = type_in("demo", "--to", home, "--no-window")
    assert (again.code, again.out) == (1, "")
    assert "is not an empty folder" in again.err
    for statement in (home / "statements").iterdir():
        provider = statement.name.partition("-")[0]
        reconcile = ("reconcile", statement, "--provider", provider, "--approve", "--json")
        first = type_in(*reconcile)
        assert first.code == 0, first.err
        assert type_in(*reconcile) == first
        shown = type_in("reconcile", statement, "--provider", provider)
        assert (shown.code, statement.name in shown.out) == (0, True)


def test_a_demo_that_fails_leaves_nothing(
    tmp_path: Path,
    type_in: Callable[..., Typed],
    monkeypatch: pytest.MonkeyPatch,
    expect_log: Callable[[str], None],
) -> None:
    expect_log("a bug in a command")

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(demo, "build_demo", broken)
    assert type_in("demo", "--to", tmp_path / "demo", "--no-window").code == 1
    assert not (tmp_path / "demo").exists()


def test_without_a_screen_the_demo_says_what_to_try(tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux may be without a screen")
    environment = {"TMPDIR": str(tmp_path)}
    done = started("-m", "desktop", "demo", "--payments", "20", environment=environment)
    assert done.returncode == 0, done.stderr
    printed = done.stdout.decode("utf-8")
    (home,) = tmp_path.glob("sanduku-demo-*")
    assert "There is no screen here" in printed
    assert f'--data-dir "{home}" payments list' in printed


def _path(*parts: str) -> str:
    return str(Path(*parts))


@pytest.mark.parametrize(
    ("started_as", "program"),
    [
        (_path(".venv", "bin", "sanduku"), _path(".venv", "bin", "sanduku")),
        (_path("my shop", "sanduku"), f'"{_path("my shop", "sanduku")}"'),
        ("/usr/lib/python3/desktop/__main__.py", "sanduku"),
    ],
)
def test_the_commands_to_try_begin_as_the_demo_was_started(
    started_as: str,
    program: str,
    tmp_path: Path,
    type_in: Callable[..., Typed],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "argv", [started_as])
    home = tmp_path / "demo"
    built = type_in("demo", "--to", home, "--payments", "20", "--no-window")
    assert f'\n  {program} --data-dir "{home}" payments list' in built.out


def _has_window(folder: Path) -> bool:
    """Tell whether the window has opened its shop: the hooks came before it, the WAL with it."""
    wanted = ("logs/crash.log", "sanduku.db-wal")
    return all(list(folder.glob(f"sanduku-demo-*/{name}")) for name in wanted)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_throw_away_demo_goes_with_its_window(tmp_path: Path, number: signal.Signals) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows sends no such signals to a window")
    environment = {name: value for name, value in os.environ.items() if "SANDUKU" not in name}
    environment |= {"TMPDIR": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(
        [sys.executable, "-m", "desktop", "demo", "--payments", "20"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        end = time.monotonic() + 60
        while not _has_window(tmp_path):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < end
            time.sleep(0.1)
        time.sleep(2)  # an idle window runs no Python, so nothing but the signal wakes it
        process.send_signal(number)
        _, errors = process.communicate(timeout=15)
    assert process.returncode == 0, errors
    assert b"Traceback" not in errors
    assert list(tmp_path.glob("sanduku-demo-*")) == []


def test_the_self_test_holds_here(tmp_path: Path) -> None:
    done = started("-m", "desktop", "--self-test", environment={"TMPDIR": str(tmp_path)})
    printed = done.stdout.decode("utf-8")
    assert done.returncode == 0, printed
    assert [line[:6] for line in printed.splitlines()] == ["ok    "] * 6
    assert list(Path(tmp_path).glob("sanduku-*")) == []
    assert Path(tempfile.gettempdir()) != tmp_path


def test_the_self_test_names_what_is_missing(
    type_in: Callable[..., Typed],
    monkeypatch: pytest.MonkeyPatch,
    expect_log: Callable[[str], None],
) -> None:
    expect_log("self-test of program files failed")
    monkeypatch.setattr("desktop.self_test.resource_bytes", lambda *_: b"")
    monkeypatch.setattr("desktop.self_test._window", lambda: "left out")
    typed = type_in("--self-test")
    assert typed.code == 1
    assert typed.out.startswith("FAILED program files: RuntimeError: a file is empty\n")
    assert typed.out.count("\nok ") == 5


def _is_answered(url: str) -> bool:
    parts = urlsplit(url)
    with socket.socket() as caller:
        caller.settimeout(5)
        return caller.connect_ex((parts.hostname, parts.port)) == 0


def test_the_networks_of_a_demo_answer_as_long_as_its_window_is_open(
    tmp_path: Path, type_in: Callable[..., Typed], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "demo"
    built = type_in("demo", "--to", home, "--payments", "20", "--no-window")
    assert "sanduku sandbox --port 8750" in built.out
    assert f'--data-dir "{home}" payments collect' in built.out
    seen = []

    def window(configuration: Configuration, *, sign_in_as: object) -> int:
        with open_shop(configuration) as app:
            clerk = Actor(2, "clerk", Role.CLERK)
            addresses = {row.base_url for row in app.providers.list(clerk) if row.base_url}
        (url,) = addresses
        seen.append((url, _is_answered(url)))
        return 0

    monkeypatch.setattr("desktop.window.run", window)
    monkeypatch.setattr("desktop.opening.obstacle", lambda: "")
    assert type_in("--data-dir", home).code == 0
    ((url, answered),) = seen
    assert answered
    assert not _is_answered(url)


def test_the_window_of_a_real_shop_starts_no_network(shop: Path) -> None:
    before = threading.active_count()
    with networks_of_a_demo(Configuration(data_dir=shop, use_keyring=False)):
        assert threading.active_count() == before


def test_a_damaged_demo_still_gets_its_window(tmp_path: Path) -> None:
    (tmp_path / DEMO_MARK).write_text("", encoding="utf-8")
    (tmp_path / DATABASE_FILE).write_bytes(b"no database at all" * 100)
    before = threading.active_count()
    with networks_of_a_demo(Configuration(data_dir=tmp_path, use_keyring=False)):
        assert threading.active_count() == before
