"""Every check of the project in one command: ``python -m tests.check``.

Runs style, types, import contracts and the test suite, all of them even when one fails, and ends
with 0 only when every one passed. Arguments are handed to pytest.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent

_ON_EVERY_CORE = ("-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder")
"""A file's tests stay together: they share what is dear to make. Files keep their order, for those
with the fewest tests are the slowest and must not come last."""

_MEMORY = Path("/dev/shm")
_FOLDER = "sanduku-tests-"
"""Begins the names of the runs' folders; the number of the run's process follows."""
_ROOM_BYTES = 4 * 1024**3
"""Many times what a run holds at once; the rest is left to the processes."""


def checks(pytest_arguments: list[str]) -> list[tuple[str, list[str]]]:
    """Return each check's name and command."""
    python = sys.executable
    return [
        ("style", [python, "-m", "ruff", "check", "."]),
        ("format", [python, "-m", "ruff", "format", "--check", "."]),
        ("types", [python, "-m", "mypy"]),
        ("imports", [python, "-c", "from importlinter.cli import lint_imports_command as c; c()"]),
        ("tests", [python, "-m", "pytest", *_ON_EVERY_CORE, *pytest_arguments]),
    ]


def main(pytest_arguments: list[str]) -> int:
    """Run every check and say at the end which passed."""
    # Every process that runs tests must name them alike, also those made from sets.
    seed = os.environ.get("PYTHONHASHSEED", str(secrets.randbelow(1 << 32)))
    environment = {**os.environ, "PYTHONUTF8": "1", "PYTHONHASHSEED": seed}
    # The tests start our program hundreds of times: compiled anew it takes half as long again.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    print(f"PYTHONHASHSEED={seed}", flush=True)
    failed = []
    _clear_what_dead_runs_left(_MEMORY)
    folder = _folder_in_memory()
    if folder is not None:
        environment["TMPDIR"] = str(folder)
    for name, command in checks(pytest_arguments):
        print(f"── {name}", flush=True)
        started = time.monotonic()
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        print(
            f"── {name}: {'passed' if code == 0 else 'FAILED'} in "
            f"{time.monotonic() - started:.0f} s\n",
            flush=True,
        )
        if code != 0:
            failed.append(name)
    if folder is not None and not failed:
        shutil.rmtree(folder, ignore_errors=True)
    elif folder is not None:
        print(f"What the failed tests wrote is in {folder}, in memory until the next run.")
    print("All checks passed." if not failed else f"Failed: {', '.join(failed)}.")
    return 1 if failed else 0


def _folder_in_memory() -> Path | None:
    """Return a new folder for what tests write where no disk is waited for; None without room.

    A test's shop commits hundreds of times, and what it wrote need not outlive the computer.
    """
    if not (_MEMORY.is_dir() and os.access(_MEMORY, os.W_OK)):
        return None
    if shutil.disk_usage(_MEMORY).free < _ROOM_BYTES or _available_bytes() < _ROOM_BYTES:
        return None
    folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-", dir=_MEMORY))
    folder.chmod(0o755)  # the tests' PostgreSQL server runs as somebody else where root tests
    return folder


def _clear_what_dead_runs_left(memory: Path) -> None:
    """Remove the folders of runs that failed or were killed: nobody else gives the memory back."""
    for folder in memory.glob(f"{_FOLDER}*-*"):
        process = folder.name.removeprefix(_FOLDER).partition("-")[0]
        if process.isdecimal() and not psutil.pid_exists(int(process)):
            shutil.rmtree(folder, ignore_errors=True)


def _available_bytes() -> int:
    return int(psutil.virtual_memory().available)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
