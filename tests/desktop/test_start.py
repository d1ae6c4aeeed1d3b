"""How the program starts and ends: quickly, in UTF-8, and never with a traceback on the screen."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

import desktop
from core.services.payments.lists import PaymentLists
from desktop import display
from tests.desktop.conftest import PASSWORD, Typed

ROOT = Path(desktop.__file__).parents[1]
HEAVY = ("PySide6", "reportlab", "openpyxl", "requests", "keyring", "lxml")


def started(
    *words: str, shop: Path | None = None, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run the program as a person does, in a process of its own."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SANDUKU_", "QT_")) and name not in {"DISPLAY", "WAYLAND_DISPLAY"}
    }
    if shop is not None:
        inherited |= {
            "SANDUKU_DATA_DIR": str(shop),
            "SANDUKU_USER": "manager",
            "SANDUKU_PASSWORD": PASSWORD,
        }
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=inherited | (environment or {}),
        capture_output=True,
        timeout=120,
        check=False,
    )


PROBE = (
    "import sys; from desktop.__main__ import main; code = main(sys.argv[1:]); "
    "sys.stderr.write(','.join(sorted({name.split('.')[0] for name in sys.modules}))); "
    "sys.exit(code)"
)


def test_help_loads_neither_qt_nor_the_database() -> None:
    done = started("-c", PROBE, "--help")
    assert done.returncode == 0
    loaded = set(done.stderr.decode().split(","))
    assert not loaded & {*HEAVY, "sqlalchemy", "alembic", "argon2", "cryptography"}
    for subject in (b"demo", b"payments", b"refunds", b"reconcile", b"database"):
        assert subject in done.stdout


def test_a_command_loads_no_library_it_does_not_use(shop: Path) -> None:
    done = started("-c", PROBE, "payments", "list", "--json", shop=shop)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stderr.decode().split(","))
    assert "sqlalchemy" in loaded
    assert not loaded & {*HEAVY, "alembic"}


BACKGROUND = """
import sys, time
from pathlib import Path
from core.app import Configuration, open_shop
with open_shop(Configuration(Path(sys.argv[1]), use_keyring=False)) as app:
    app.start_background()
    time.sleep(0.3)
    sys.stdout.write(",".join(sys.modules))
"""


def test_the_window_mails_and_prints_nothing_so_it_loads_no_library_for_it(shop: Path) -> None:
    done = started("-c", BACKGROUND, str(shop))
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.decode().split(","))
    unused = {"smtplib", "reportlab", "pypdfium2", "escpos", "numpy", "pyqtgraph"}
    assert not loaded & {*unused, "psycopg", "sqlalchemy.dialects.postgresql"}


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"},
    ],
)
def test_amounts_are_utf8_whatever_the_locale(shop: Path, environment: dict[str, str]) -> None:
    done = started(
        "-m", "desktop", "payments", "collect", "--method", "cash", "--amount", "15000",
        "--reference", "Isombe", "--customer", "Ingabire", "--complete",
        shop=shop, environment=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "15\u202f000\u00a0RWF" in done.stdout.decode("utf-8")
    listed = started("-m", "desktop", "payments", "list", shop=shop, environment=environment)
    assert "15\u202f000" in listed.stdout.decode("utf-8")


def test_words_that_are_no_text_are_refused(shop: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows hands over text, never bytes")
    done = started("-m", "desktop", "payments", "list", "--search", "caf\udce9", shop=shop)
    assert done.returncode == 2
    assert b"is not text in UTF-8" in done.stderr


def test_the_version_is_the_one_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert desktop.__version__ == project["version"]


def test_without_a_screen_the_window_is_refused_in_words(tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux may be without a screen")
    done = started("-m", "desktop", "--data-dir", str(tmp_path / "shop"))
    assert done.returncode == 1
    assert done.stderr.decode().startswith("There is no screen here")
    assert b"Traceback" not in done.stderr


def test_a_bug_is_one_line_on_the_screen_and_a_traceback_in_the_log(
    shop: Path,
    as_role: Callable[..., Typed],
    monkeypatch: pytest.MonkeyPatch,
    expect_log: Callable[[str], None],
) -> None:
    expect_log("a bug in a command")

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError(f"a bug with {PASSWORD}")

    monkeypatch.setattr(PaymentLists, "page", broken)
    typed = as_role("manager", "payments", "list")
    log = shop / "logs" / "sanduku.log"
    assert typed.code == 1
    assert typed.err == (
        f"Something went wrong inside Sanduku; nothing more was done. Details are in {log}.\n"
    )
    written = log.read_text("utf-8")
    assert "ZeroDivisionError" in written
    assert "Traceback" in written
    assert PASSWORD not in written


def test_details_are_said_only_when_asked_for(
    as_role: Callable[..., Typed], tmp_path: Path
) -> None:
    file = tmp_path / "backup.db"
    file.write_text("this is no database, but long enough to look like one" * 20, "utf-8")
    plain = as_role("admin", "database", "restore", file)
    assert (plain.code, plain.err.count("\n")) == (1, 1)
    detailed = as_role("admin", "database", "restore", file, "--verbose")
    assert detailed.code == 1
    assert detailed.err == f"{plain.err}Details: file is not a database\n"


def test_a_reader_that_goes_away_is_no_bug() -> None:
    if sys.platform == "win32":
        pytest.skip("pipes end otherwise on Windows")
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "desktop", "--help"],
            cwd=ROOT,
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


def test_a_missing_library_is_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform != "linux":
        pytest.skip("other systems bring Qt's libraries along")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)

    def refuse(path: str) -> None:
        assert path.endswith("libqxcb.so")
        raise OSError("libxcb-cursor.so.0: cannot open shared object file: No such file")

    monkeypatch.setattr("ctypes.CDLL", refuse)
    sentence = display.missing_library()
    assert "libxcb-cursor.so.0" in sentence
    assert "“sudo apt-get install" in sentence
    assert "libxcb-cursor0" in sentence
