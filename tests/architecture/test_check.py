"""What the command for all checks leaves in the computer's memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.check import _clear_what_dead_runs_left


def test_what_dead_runs_left_goes_and_what_is_anybody_elses_stays(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    names = [f"sanduku-tests-{ended.pid}-a1b2", f"sanduku-tests-{os.getpid()}-c3d4", "sanduku-1-a"]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "sanduku.db").touch()

    _clear_what_dead_runs_left(tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == set(names[1:])
