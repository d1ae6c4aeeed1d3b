"""Every check of the project in one command: ``python -m tests.check``.

Runs style, types, import contracts and the test suite, all of them even when one fails, and ends
with 0 only when every one passed. Arguments are handed to pytest.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_ON_EVERY_CORE = ("-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder")
"""A file's tests stay together: they share what is dear to make. Files keep their order, for those
with the fewest tests are the slowest and must not come last."""


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
    print("All checks passed." if not failed else f"Failed: {', '.join(failed)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
